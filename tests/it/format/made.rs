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
    pub superior: &'static str,
    pub issuer: &'static str,
    pub number: &'static str,
    pub date: &'static str,
    /// The type, none for a letter.
    pub kind: Option<&'static str>,
    pub subject: &'static str,
    pub addressees: &'static [&'static str],
    /// Paragraphs that stand before the sentences: what they are, and what they say.
    pub content: Vec<(&'static str, &'static str)>,
    /// Sentences of running text.
    pub paragraphs: usize,
    /// Marks of the head: `urgency` or `circulation`.
    pub marks: &'static [(&'static str, &'static str)],
    /// How to reach who issues it, at the foot of the first page.
    pub address: &'static str,
    /// Width and height of the frames around them.
    pub frame: Option<[f64; 2]>,
    pub recipients: &'static [&'static str],
    pub copies_mark: &'static str,
    pub authority: &'static [&'static str],
    pub signer: &'static str,
    /// The middle of the signer's block on a page, as a share of the text's width.
    pub signed_at: f64,
    /// Labels and titles of annexes.
    pub annexes: &'static [(&'static str, &'static str)],
    pub setting: Setting,
    /// Space above motto, issuer and a letter's abstract beyond single lines, in points.
    pub spaces: [f64; 3],
    /// Whether the state's title stands at the left, and the bodies at the right.
    pub swapped: bool,
    /// Whether the state's title has too little room.
    pub narrow: bool,
    /// Whether a PDF has two fonts for each face, as Word writes them.
    pub split: bool,
    /// Lengths of the lines under motto, issuer and abstract, as shares of their texts.
    pub lines: [Option<f64>; 3],
    /// Which of those lines are broken into dashes.
    pub dashed: [bool; 3],
    pub pages: PageNumbers,
    /// What is written otherwise than it should be: in which part, and how.
    pub wrong: Option<(&'static str, Wrong)>,
}

/// How running text is set.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Of first lines, in millimetres.
    pub indent: f64,
    /// Between paragraphs, in points.
    pub gap: f64,
    /// Multiple of the font's own distance of lines.
    pub pitch: f64,
    /// The same for grounds.
    pub grounds: f64,
    pub justified: bool,
    /// How far the date is below the number, in millimetres.
    pub date_below: f64,
}

/// How pages are numbered.
#[derive(Debug, Clone, Copy)]
pub struct PageNumbers {
    pub shown: bool,
    pub above: bool,
    pub centred: bool,
    pub on_first: bool,
    /// How a number is written: `#` is the number; `roman` writes it in Roman figures.
    pub form: &'static str,
    /// What is added to the right number.
    pub off: usize,
    /// Whether annexes begin anew.
    pub anew: bool,
}

/// One thing that is wrong with a part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Wrong {
    Size(f64),
    Bold(bool),
    Italic(bool),
    Text(&'static str),
    Colour,
    Font(&'static str),
    Missing,
    Aside,
    /// At the left edge.
    Left,
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
    /// Not in the middle, though it should be.
    pub aside: bool,
    /// At the left edge instead.
    pub left: bool,
    /// Words at its beginning that are bold.
    pub lead: usize,
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
            superior: "ỦY BAN NHÂN DÂN",
            issuer: "SỞ NỘI VỤ",
            number: "Số: 15/QĐ-SNV",
            date: "Hà Nội, ngày 05 tháng 01 năm 2026",
            kind: Some("QUYẾT ĐỊNH"),
            subject: "Về việc ban hành Quy chế làm việc",
            addressees: &[],
            content: vec![
                ("ground", GROUNDS[0]),
                ("ground", GROUNDS[1]),
                ("article", ARTICLES[0]),
                ("article", ARTICLES[1]),
            ],
            paragraphs: 6,
            marks: &[],
            address: "",
            frame: Some([30.0, 8.0]),
            recipients: &["- Như trên;"],
            copies_mark: "",
            authority: &["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"],
            signer: "Nguyễn Văn Thử",
            signed_at: 0.70,
            annexes: &[],
            setting: Setting {
                indent: 12.7,
                gap: 7.0,
                pitch: 1.0,
                grounds: 1.0,
                justified: true,
                date_below: 0.0,
            },
            spaces: [0.0, 0.0, 6.0],
            swapped: false,
            narrow: false,
            split: false,
            lines: [Some(1.0), Some(0.4), Some(0.4)],
            dashed: [false; 3],
            pages: PageNumbers {
                shown: true,
                above: true,
                centred: true,
                on_first: false,
                form: "#",
                off: 0,
                anew: true,
            },
            wrong: None,
        }
    }

    /// A letter.
    pub fn letter() -> Self {
        Self {
            number: "Số: 128/SNV-VP",
            date: "Hà Nội, ngày 13 tháng 4 năm 2026",
            kind: None,
            subject: "V/v rà soát thể thức văn bản",
            content: Vec::new(),
            paragraphs: 9,
            ..Self::decision()
        }
    }

    /// Of another type, with its abbreviation.
    pub fn of_type(kind: &'static str, number: &'static str) -> Self {
        Self { kind: Some(kind), number, content: Vec::new(), paragraphs: 9, ..Self::decision() }
    }

    /// A plan with headings, clauses and points.
    pub fn plan() -> Self {
        Self {
            content: vec![
                ("roman", "I. MỤC ĐÍCH, YÊU CẦU"),
                (
                    "clause",
                    "1. Mục đích: nâng cao chất lượng công tác văn thư, bảo đảm văn bản được soạn thảo đúng thể thức và ban hành kịp thời.",
                ),
                (
                    "clause",
                    "2. Yêu cầu: các đơn vị chủ động, phân công rõ người, rõ việc, rõ thời gian và báo cáo kết quả thực hiện đúng thời hạn.",
                ),
                (
                    "point",
                    "a) Rà soát toàn bộ văn bản đã ban hành trong năm, lập danh mục văn bản còn sai sót và đề xuất biện pháp khắc phục;",
                ),
                (
                    "point",
                    "b) Tổ chức tập huấn cho công chức, viên chức của các phòng, đơn vị về thể thức và kỹ thuật trình bày văn bản;",
                ),
                ("roman", "II. TỔ CHỨC THỰC HIỆN"),
                (
                    "clause",
                    "1. Văn phòng chủ trì, phối hợp với các đơn vị theo dõi, đôn đốc, kiểm tra các nhiệm vụ tại Phụ lục kèm theo Kế hoạch này.",
                ),
            ],
            paragraphs: 5,
            ..Self::of_type("KẾ HOẠCH", "Số: 09/KH-SNV")
        }
    }

    /// A regulation with chapters.
    pub fn regulation() -> Self {
        Self {
            content: vec![
                ("chapter", "Chương I"),
                ("chapter.title", "QUY ĐỊNH CHUNG"),
                ("article", ARTICLES[0]),
                ("article", ARTICLES[1]),
                ("chapter", "Chương II"),
                ("chapter.title", "TỔ CHỨC THỰC HIỆN"),
                ("article", ARTICLES[2]),
            ],
            paragraphs: 3,
            ..Self::of_type("QUY CHẾ", "Số: 21/QC-SNV")
        }
    }

    /// A plan with annexes of two pages.
    pub fn with_annexes() -> Self {
        Self {
            annexes: &[("Phụ lục I", "DANH MỤC NHIỆM VỤ"), ("Phụ lục II", "PHÂN CÔNG THỰC HIỆN")],
            ..Self::plan()
        }
    }

    /// How a part is written, right or wrong; nothing when it is left out.
    pub fn write(&self, part: &str, text: &str, size: f64, bold: bool, italic: bool) -> Written {
        let mut line = Written {
            text: text.to_owned(),
            size,
            bold,
            italic,
            red: part == "urgency",
            font: None,
            aside: false,
            left: false,
            lead: match part {
                "article" => 2,
                "point.led" => 13,
                _ => 0,
            },
        };
        match self.wrong {
            Some((wrong, how)) if wrong == part => match how {
                Wrong::Size(size) => line.size = size,
                Wrong::Bold(bold) => (line.bold, line.lead) = (bold, 0),
                Wrong::Italic(italic) => line.italic = italic,
                Wrong::Text(text) => line.text = text.to_owned(),
                Wrong::Colour => line.red = !line.red,
                Wrong::Font(font) => line.font = Some(font),
                Wrong::Missing => line.text.clear(),
                Wrong::Aside => line.aside = true,
                Wrong::Left => (line.aside, line.left) = (true, true),
            },
            _ => {}
        }
        line
    }

    /// The end of the document: recipients on the left, authority and name on the right.
    pub fn foot(&self) -> (Vec<Written>, Vec<Written>) {
        let mut recipients = vec![self.write("recipients.label", "Nơi nhận:", 12.0, true, true)];
        recipients
            .extend(self.recipients.iter().map(|text| self.write("recipients", text, 11.0, false, false)));
        recipients.push(self.write("kept", "- Lưu: VT, NV.", 11.0, false, false));
        recipients.push(self.write("copies_mark", self.copies_mark, 11.0, false, false));
        let authority = self.authority.iter().map(|text| self.write("authority", text, 14.0, true, false));
        let mut signer: Vec<Written> = authority.collect();
        signer.push(self.write("signer", self.signer, 14.0, true, false));
        recipients.retain(|line| !line.text.is_empty());
        (recipients, signer)
    }

    /// The body's paragraphs.
    pub fn body(&self) -> Vec<(&'static str, Written)> {
        let content = self.content.iter().map(|(part, text)| {
            let (bold, italic) = match *part {
                "roman" | "chapter" | "chapter.title" | "clause.title" => (true, false),
                "ground" => (false, true),
                _ => (false, false),
            };
            (*part, self.write(part, text, self.body_size, bold, italic))
        });
        let sentences = (0..self.paragraphs)
            .map(|_| ("body", self.write("body", SENTENCE, self.body_size, false, false)));
        content.chain(sentences).collect()
    }
}

/// A sentence of running text, long enough for several lines.
pub const SENTENCE: &str = "Các cơ quan, đơn vị thuộc Sở có trách nhiệm tổ chức thực hiện nghiêm túc các nội dung đã được phê duyệt, bảo đảm đúng tiến độ, đúng thẩm quyền và báo cáo kết quả bằng văn bản trước ngày cuối cùng của mỗi quý để tổng hợp.";
/// Whom letters are for.
pub const ADDRESSEE: &str = "Kính gửi: Các phòng thuộc Sở.";
/// What a decision rests on.
pub const GROUNDS: [&str; 2] = [
    "Căn cứ Luật Tổ chức chính quyền địa phương;",
    "Theo đề nghị của Chánh Văn phòng Sở tại Tờ trình số 12/TTr-VP ngày 02 tháng 01 năm 2026.",
];
/// What it decides.
pub const ARTICLES: [&str; 3] = [
    "Điều 1. Ban hành kèm theo Quyết định này Quy chế làm việc của Sở, áp dụng đối với tất cả công chức, viên chức và người lao động thuộc các phòng, đơn vị trực thuộc.",
    "Điều 2. Quyết định này có hiệu lực kể từ ngày ký; Chánh Văn phòng, Trưởng các phòng và các tổ chức, cá nhân có liên quan chịu trách nhiệm thi hành Quyết định này.",
    "Điều 3. Các đơn vị tổ chức thực hiện nghiêm túc những nội dung nêu trên và định kỳ báo cáo kết quả về Văn phòng để tổng hợp, trình người đứng đầu xem xét, quyết định.",
];
