//! A document to be made, as DOCX or PDF: correct by Decree 30/2020 until something is changed.

/// What is made.
#[derive(Debug, Clone)]
pub struct Made {
    /// Paper in millimetres.
    pub paper: (f64, f64),
    /// Left, right, top, bottom margins in millimetres.
    pub margins: [f64; 4],
    pub font: &'static str,
    pub body_size: f64,
    pub title: &'static str,
    pub motto: &'static str,
    pub issuer: &'static str,
    pub number: &'static str,
    pub date: &'static str,
    /// The type, none for a letter.
    pub kind: Option<&'static str>,
    pub subject: &'static str,
    pub paragraphs: usize,
}

impl Made {
    /// A decision.
    pub fn decision() -> Self {
        Self {
            paper: (210.0, 297.0),
            margins: [30.0, 20.0, 20.0, 20.0],
            font: "Times New Roman",
            body_size: 14.0,
            title: "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            motto: "Độc lập - Tự do - Hạnh phúc",
            issuer: "SỞ NỘI VỤ",
            number: "Số: 15/QĐ-SNV",
            date: "Hà Nội, ngày 05 tháng 01 năm 2026",
            kind: Some("QUYẾT ĐỊNH"),
            subject: "Về việc ban hành Quy chế làm việc",
            paragraphs: 8,
        }
    }

    /// A letter.
    pub fn letter() -> Self {
        Self {
            number: "Số: 128/SNV-VP",
            date: "Hà Nội, ngày 13 tháng 4 năm 2026",
            kind: None,
            subject: "V/v rà soát thể thức văn bản",
            ..Self::decision()
        }
    }

    /// Of another type, with its abbreviation.
    pub fn of_type(kind: &'static str, number: &'static str) -> Self {
        Self { kind: Some(kind), number, ..Self::decision() }
    }
}

/// A sentence of running text, long enough for several lines.
pub const SENTENCE: &str = "Các cơ quan, đơn vị thuộc Sở có trách nhiệm tổ chức thực hiện nghiêm túc các nội dung đã được phê duyệt, bảo đảm đúng tiến độ, đúng thẩm quyền và báo cáo kết quả bằng văn bản trước ngày cuối cùng của mỗi quý để tổng hợp.";
