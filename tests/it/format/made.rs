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
    /// What is written otherwise than it should be: in which part, and how.
    pub wrong: Option<(&'static str, Wrong)>,
}

/// One thing that is wrong with a part.
#[derive(Debug, Clone, Copy)]
pub enum Wrong {
    Size(f64),
    Bold(bool),
    Italic(bool),
    Text(&'static str),
    Colour,
    Font(&'static str),
}

/// A line as it is to be written.
#[derive(Debug, Clone)]
pub struct Written {
    pub text: String,
    pub size: f64,
    pub bold: bool,
    pub italic: bool,
    pub red: bool,
    pub font: Option<&'static str>,
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
            wrong: None,
        }
    }

    /// How a part is written, right or wrong.
    pub fn write(&self, part: &str, text: &str, size: f64, bold: bool, italic: bool) -> Written {
        let mut line = Written { text: text.to_owned(), size, bold, italic, red: false, font: None };
        match self.wrong {
            Some((wrong, how)) if wrong == part => match how {
                Wrong::Size(size) => line.size = size,
                Wrong::Bold(bold) => line.bold = bold,
                Wrong::Italic(italic) => line.italic = italic,
                Wrong::Text(text) => line.text = text.to_owned(),
                Wrong::Colour => line.red = true,
                Wrong::Font(font) => line.font = Some(font),
            },
            _ => {}
        }
        line
    }

    /// The end of the document: recipients on the left, authority and name on the right.
    pub fn foot(&self) -> (Vec<Written>, Vec<Written>) {
        let recipients = vec![
            self.write("recipients.label", "Nơi nhận:", 12.0, true, true),
            self.write("recipients", "- Như trên;", 11.0, false, false),
            self.write("kept", "- Lưu: VT, NV.", 11.0, false, false),
        ];
        let signer = vec![
            self.write("authority", "KT. GIÁM ĐỐC", 14.0, true, false),
            self.write("signer", "Nguyễn Văn Thử", 14.0, true, false),
        ];
        (recipients, signer)
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
/// Whom letters are for.
pub const ADDRESSEE: &str = "Kính gửi: Các phòng thuộc Sở.";
