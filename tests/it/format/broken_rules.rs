//! For every rule a document that breaks it, and nothing else.

use super::made::{ARTICLES, GROUNDS, Made, PageNumbers, Setting, Wrong};
use super::made_pdf::{self, Stamp};

/// A rule, the document that breaks it, and the only kind of file it can be seen in, if there is one.
pub type Case = (&'static str, Made, Option<&'static str>);

/// The rule that each way of writing a part wrongly breaks.
fn wrong_parts() -> Vec<(&'static str, &'static str, Wrong)> {
    vec![
        ("title.national.size", "title", Wrong::Size(15.0)),
        ("title.national.weight", "title", Wrong::Bold(false)),
        ("title.national.slant", "title", Wrong::Italic(true)),
        ("title.motto.size", "motto", Wrong::Size(12.0)),
        ("title.motto.weight", "motto", Wrong::Bold(false)),
        ("title.motto.slant", "motto", Wrong::Italic(true)),
        ("number.size", "number", Wrong::Size(12.0)),
        ("number.weight", "number", Wrong::Bold(true)),
        ("number.slant", "number", Wrong::Italic(true)),
        ("date.size", "date", Wrong::Size(12.0)),
        ("date.weight", "date", Wrong::Bold(true)),
        ("date.slant", "date", Wrong::Italic(false)),
        ("type.size", "type", Wrong::Size(12.0)),
        ("type.weight", "type", Wrong::Bold(false)),
        ("type.slant", "type", Wrong::Italic(true)),
        ("abstract.size", "abstract", Wrong::Size(12.0)),
        ("abstract.slant", "abstract", Wrong::Italic(true)),
        ("letter_abstract.size", "letter_abstract", Wrong::Size(14.0)),
        ("letter_abstract.weight", "letter_abstract", Wrong::Bold(true)),
        ("letter_abstract.slant", "letter_abstract", Wrong::Italic(true)),
        ("addressee.size", "addressee", Wrong::Size(12.0)),
        ("addressee.weight", "addressee", Wrong::Bold(true)),
        ("addressee.slant", "addressee", Wrong::Italic(true)),
        ("authority.size", "authority", Wrong::Size(12.0)),
        ("authority.weight", "authority", Wrong::Bold(false)),
        ("authority.slant", "authority", Wrong::Italic(true)),
        ("recipients.label.size", "recipients.label", Wrong::Size(13.0)),
        ("recipients.label.weight", "recipients.label", Wrong::Bold(false)),
        ("recipients.label.slant", "recipients.label", Wrong::Italic(false)),
        ("recipients.size", "recipients", Wrong::Size(12.0)),
        ("recipients.weight", "recipients", Wrong::Bold(true)),
        ("recipients.slant", "recipients", Wrong::Italic(true)),
        ("type.case", "type", Wrong::Text("Quyết định")),
        ("authority.case", "authority", Wrong::Text("KT. Giám đốc")),
        ("authority.form", "authority", Wrong::Text("KT.GIÁM ĐỐC")),
        ("authority.form", "authority", Wrong::Text("KT GIÁM ĐỐC")),
        ("authority.form", "authority", Wrong::Text("K/T GIÁM ĐỐC")),
        ("authority.form", "authority", Wrong::Text("T.U.Q. GIÁM ĐỐC")),
        ("recipients.label.form", "recipients.label", Wrong::Text("Nơi nhận")),
        ("recipients.kept", "kept", Wrong::Text("- Lưu VT, NV.")),
        ("addressee.form", "addressee", Wrong::Text("Kính gửi Các phòng thuộc Sở.")),
        ("letter_abstract.form", "letter_abstract", Wrong::Text("V/vrà soát thể thức văn bản")),
        ("text.colour", "abstract", Wrong::Colour),
        ("text.composed", "signer", Wrong::Text("Nguye\u{302}\u{303}n Văn Thử")),
        ("superior.size", "superior", Wrong::Size(14.0)),
        ("superior.slant", "superior", Wrong::Italic(true)),
        ("superior.weight", "superior", Wrong::Bold(true)),
        ("superior.case", "superior", Wrong::Text("Ủy ban nhân dân")),
        ("issuer.size", "issuer", Wrong::Size(14.0)),
        ("issuer.weight", "issuer", Wrong::Bold(false)),
        ("issuer.slant", "issuer", Wrong::Italic(true)),
        ("issuer.case", "issuer", Wrong::Text("Sở Nội vụ")),
        ("issuer.centred", "issuer", Wrong::Aside),
        ("title.motto.centred", "motto", Wrong::Aside),
        ("number.centred", "number", Wrong::Aside),
        ("date.centred", "date", Wrong::Aside),
        ("type.centred", "type", Wrong::Aside),
        ("abstract.centred", "abstract", Wrong::Aside),
        ("abstract.weight", "abstract", Wrong::Bold(false)),
        ("letter_abstract.centred", "letter_abstract", Wrong::Aside),
        ("signer.centred", "signer", Wrong::Aside),
        ("signer.size", "signer", Wrong::Size(12.0)),
        ("signer.weight", "signer", Wrong::Bold(false)),
        ("signer.slant", "signer", Wrong::Italic(true)),
        ("signer.case", "signer", Wrong::Text("NGUYỄN VĂN THỬ")),
        ("signer.case", "signer", Wrong::Text("nguyễn văn thử")),
        ("signer.case", "signer", Wrong::Text("Nguyễn văn Thử")),
        ("signer.honours", "signer", Wrong::Text("TS. Nguyễn Văn Thử")),
        ("signer.present", "signer", Wrong::Missing),
        ("letter_abstract.present", "letter_abstract", Wrong::Missing),
        ("addressee.present", "addressee", Wrong::Missing),
        ("abstract.present", "abstract", Wrong::Missing),
        ("recipients.form", "recipients", Wrong::Text("Như trên;")),
        ("recipients.ends", "recipients", Wrong::Text("- Như trên,")),
        ("recipients.ends", "kept", Wrong::Text("- Lưu: VT, NV")),
        ("recipients.kept.order", "kept", Wrong::Text("- Lưu: NV, VT.")),
        ("recipients.kept.order", "kept", Wrong::Text("- Lưu: VT, NV, VT.")),
        ("recipients.place", "recipients.label", Wrong::Aside),
        ("body.slant", "body", Wrong::Italic(true)),
        ("body.weight", "body", Wrong::Bold(true)),
        ("grounds.slant", "ground", Wrong::Italic(false)),
        ("article.weight", "article", Wrong::Bold(false)),
        ("article.slant", "article", Wrong::Italic(true)),
        ("chapter.weight", "chapter", Wrong::Bold(false)),
        ("chapter.size", "chapter", Wrong::Size(12.0)),
        ("chapter.centred", "chapter", Wrong::Aside),
        ("chapter.title.case", "chapter.title", Wrong::Text("Quy định chung")),
        ("chapter.title.weight", "chapter.title", Wrong::Bold(false)),
        ("chapter.title.centred", "chapter.title", Wrong::Aside),
        ("address.size", "address", Wrong::Size(14.0)),
        ("address.slant", "address", Wrong::Italic(true)),
        ("address.case", "address", Wrong::Text("SỐ 1 PHỐ LÊ LỢI; SNV@EXAMPLE.VN")),
        ("urgency.size", "urgency", Wrong::Size(12.0)),
        ("urgency.weight", "urgency", Wrong::Bold(false)),
        ("urgency.case", "urgency", Wrong::Text("Hỏa tốc")),
        ("urgency.colour", "urgency", Wrong::Colour),
        ("circulation.size", "circulation", Wrong::Size(12.0)),
        ("circulation.weight", "circulation", Wrong::Bold(false)),
        ("copies_mark.size", "copies_mark", Wrong::Size(12.0)),
        ("copies_mark.weight", "copies_mark", Wrong::Bold(true)),
        ("copies_mark.slant", "copies_mark", Wrong::Italic(true)),
        ("copies_mark.case", "copies_mark", Wrong::Text("pl.(300)")),
        ("annex.weight", "annex", Wrong::Bold(false)),
        ("annex.size", "annex", Wrong::Size(13.0)),
        ("annex.centred", "annex", Wrong::Aside),
        ("annex.title.size", "annex.title", Wrong::Size(12.0)),
        ("annex.title.weight", "annex.title", Wrong::Bold(false)),
        ("annex.reference.slant", "annex.reference", Wrong::Italic(false)),
        ("annex.reference.size", "annex.reference", Wrong::Size(12.0)),
        ("page.number.size", "page", Wrong::Size(11.0)),
        ("page.number.slant", "page", Wrong::Italic(true)),
    ]
}

/// A document that has the part.
pub fn having(part: &str) -> Made {
    match part {
        "letter_abstract" | "addressee" => Made::letter(),
        "chapter" | "chapter.title" => Made::regulation(),
        "annex" | "annex.title" | "annex.reference" => Made::with_annexes(),
        "page" => Made { paragraphs: 24, ..Made::letter() },
        "address" => {
            Made { address: "Số 1 phố Lê Lợi; thư điện tử: snv@example.vn", ..Made::decision() }
        }
        "urgency" => Made { marks: &[("urgency", "HỎA TỐC")], ..Made::decision() },
        "circulation" => Made { marks: &[("circulation", "LƯU HÀNH NỘI BỘ")], ..Made::decision() },
        "copies_mark" => Made { copies_mark: "PL.(300)", ..Made::decision() },
        "body" => Made::letter(),
        _ => Made::decision(),
    }
}

pub fn says(text: &'static str) -> Made {
    Made { content: vec![("body", text)], ..Made::letter() }
}

/// Each rule with a document that breaks it.
pub fn cases() -> Vec<Case> {
    let mut all: Vec<Case> = wrong_parts()
        .into_iter()
        .map(|(rule, part, wrong)| (rule, Made { wrong: Some((part, wrong)), ..having(part) }, None))
        .collect();
    all.extend(super::broken_text::cases().into_iter().map(|(rule, made)| (rule, made, None)));
    let decision = Made::decision;
    let setting = decision().setting;
    let pages = decision().pages;
    let long = |pages| Made { paragraphs: 24, pages, ..Made::letter() };
    let set = |setting| Made { setting, ..Made::plan() };
    let both: Vec<(&'static str, Made)> = vec![
        ("title.national.place", Made { narrow: true, ..decision() }),
        ("title.motto.line", Made { lines: [None, Some(0.4), Some(0.4)], ..decision() }),
        ("title.motto.line.length", Made { lines: [Some(0.6), Some(0.4), Some(0.4)], ..decision() }),
        ("issuer.line", Made { lines: [Some(1.0), None, Some(0.4)], ..decision() }),
        ("issuer.line.length", Made { lines: [Some(1.0), Some(1.0), Some(0.4)], ..decision() }),
        ("abstract.line", Made { lines: [Some(1.0), Some(0.4), None], ..decision() }),
        ("abstract.line.length", Made { lines: [Some(1.0), Some(0.4), Some(0.15)], ..decision() }),
        ("title.pair", Made { wrong: Some(("title", Wrong::Size(12.0))), ..decision() }),
        (
            "title.national",
            Made {
                wrong: Some(("title", Wrong::Text("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAMM"))), ..decision()
            },
        ),
        ("date.form", Made { date: "Hà Nội, Ngày 05 Tháng 01 Năm 2026", ..decision() }),
        (
            "abstract.case",
            Made {
                wrong: Some(("abstract", Wrong::Text("VỀ VIỆC THÀNH LẬP TỔ CÔNG TÁC"))), ..decision()
            },
        ),
        ("urgency.frame", Made { frame: None, ..having("urgency") }),
        ("circulation.frame", Made { frame: None, ..having("circulation") }),
        ("date.pair", Made { wrong: Some(("date", Wrong::Size(13.0))), ..decision() }),
        ("date.row", Made { setting: Setting { date_below: 6.0, ..setting }, ..decision() }),
        ("issuer.present", Made { wrong: Some(("issuer", Wrong::Missing)), ..headless() }),
        ("type.present", Made { wrong: Some(("addressee", Wrong::Missing)), subject: "", ..Made::letter() }),
        ("authority.present", Made { authority: &[], signer: "", ..decision() }),
        ("recipients.present", Made { wrong: Some(("recipients.label", Wrong::Missing)), ..unlisted() }),
        (
            "recipients.kept.present",
            Made { wrong: Some(("kept", Wrong::Missing)), recipients: &["- Như trên."], ..decision() },
        ),
        ("recipients.kept.present", Made { wrong: Some(("kept", Wrong::Missing)), ..decision() }),
        ("recipients.kept.last", kept_before("- Lưu: VT, NV;")),
        ("recipients.kept.last", kept_before("- Lưu: VT, NV.")),
        ("recipients.first", Made { recipients: &["- Các phòng thuộc Sở;"], ..Made::letter() }),
        ("recipients.first", Made { recipients: &["- Như Điều 4;"], ..Made::letter() }),
        ("authority.deputy", Made { authority: &["PHÓ GIÁM ĐỐC"], ..decision() }),
        ("authority.deputy", Made { authority: &["THỨ TRƯỞNG"], ..Made::letter() }),
        ("addressees.form", Made { addressees: &["- Sở Tài chính,", "- Sở Tư pháp."], ..Made::letter() }),
        ("body.indent", set(Setting { indent: 7.0, ..setting })),
        ("body.indent", set(Setting { indent: 12.0, ..setting })),
        ("body.gap", set(Setting { gap: 2.0, ..setting })),
        ("body.pitch", set(Setting { pitch: 1.8, ..setting })),
        ("body.justified", Made { paragraphs: 1, ..set(Setting { justified: false, ..setting }) }),
        (
            "grounds.form",
            Made {
                content: vec![
                    ("ground", "Căn cứ Luật Tổ chức chính quyền địa phương,"),
                    ("ground", GROUNDS[1]),
                    ("article", ARTICLES[0]),
                ],
                ..decision()
            },
        ),
        (
            "article.form",
            Made {
                content: vec![
                    (
                        "article",
                        "Điều 1: Ban hành kèm theo văn bản này Quy chế làm việc của Sở, áp dụng đối với tất cả các phòng, đơn vị.",
                    ),
                    ("article", ARTICLES[1]),
                ],
                ..Made::regulation()
            },
        ),
        (
            "order.articles",
            Made {
                content: vec![
                    ("ground", GROUNDS[0]),
                    ("ground", GROUNDS[1]),
                    ("article", ARTICLES[0]),
                    ("article", ARTICLES[2]),
                ],
                ..decision()
            },
        ),
        (
            "order.chapters",
            Made {
                content: vec![
                    ("chapter", "Chương I"),
                    ("chapter.title", "QUY ĐỊNH CHUNG"),
                    ("article", ARTICLES[0]),
                    ("chapter", "Chương III"),
                    ("chapter.title", "TỔ CHỨC THỰC HIỆN"),
                    ("article", ARTICLES[1]),
                ],
                ..Made::regulation()
            },
        ),
        (
            "order.chapters",
            Made {
                content: vec![
                    ("chapter", "Mục 1"),
                    ("chapter.title", "QUY ĐỊNH CHUNG"),
                    ("chapter", "Tiểu mục 1"),
                    ("chapter.title", "PHẠM VI"),
                    ("article", ARTICLES[0]),
                    ("chapter", "Tiểu mục 3"),
                    ("chapter.title", "TỔ CHỨC THỰC HIỆN"),
                    ("article", ARTICLES[1]),
                ],
                ..Made::regulation()
            },
        ),
        ("chapter.number", chapters("Chương 2")),
        ("chapter.number", chapters("Mục I")),
        (
            "clause.form",
            says(
                "1) Các đơn vị rà soát toàn bộ văn bản đã ban hành trong năm, lập danh mục văn bản còn sai sót và đề xuất biện pháp khắc phục.",
            ),
        ),
        (
            "clause.form",
            says(
                "1/ Các đơn vị rà soát toàn bộ văn bản đã ban hành trong năm, lập danh mục văn bản còn sai sót và đề xuất biện pháp khắc phục.",
            ),
        ),
        ("annex.case", Made { annexes: &[("PHỤ LỤC", "DANH MỤC NHIỆM VỤ")], ..Made::plan() }),
        ("order.clauses", without_second_clause()),
        ("order.points", points(["a) ", "b) ", "c) ", "d) ", "e) "])),
        (
            "citation.number",
            says(
                "Thực hiện Kế hoạch 25/KH-UBND ngày 02 tháng 3 năm 2026 của Ủy ban nhân dân thành phố, Sở đề nghị các phòng triển khai thực hiện.",
            ),
        ),
        (
            "citation.first",
            says(
                "Thực hiện Kế hoạch số 25/KH-UBND của Ủy ban nhân dân thành phố về công tác văn thư, Sở đề nghị các phòng triển khai thực hiện.",
            ),
        ),
        (
            "capital.clause",
            says(
                "Các đơn vị thực hiện đúng quy định tại Khoản 2 Điều 5 của Nghị định về công tác văn thư và báo cáo kết quả về Sở trước ngày 15.",
            ),
        ),
        (
            "capital.article",
            says(
                "Các đơn vị thực hiện đúng quy định tại khoản 2 điều 5 của Nghị định về công tác văn thư và báo cáo kết quả về Sở trước ngày 15.",
            ),
        ),
        (
            "capital.state",
            says(
                "Các đơn vị tuyên truyền để mọi người hiểu và tin vào chủ trương của Đảng, chính sách và pháp luật của nhà nước về văn thư, lưu trữ.",
            ),
        ),
        (
            "capital.people",
            says(
                "Các đơn vị tiếp thu ý kiến đóng góp của nhân dân đối với việc cung cấp dịch vụ công trực tuyến và báo cáo kết quả về Sở đúng hạn.",
            ),
        ),
        (
            "capital.weekday",
            says(
                "Các đơn vị gửi báo cáo về Văn phòng Sở vào chiều thứ sáu hằng tuần để tổng hợp và trình người đứng đầu xem xét, cho ý kiến chỉ đạo.",
            ),
        ),
        (
            "capital.tet",
            says(
                "Các đơn vị bố trí công chức trực, xử lý văn bản trong thời gian nghỉ tết Nguyên đán và báo cáo kết quả về Sở trước ngày làm việc.",
            ),
        ),
        (
            "capital.document",
            says(
                "Các đơn vị thực hiện nghiêm quyết định số 12/QĐ-UBND ngày 05 tháng 01 năm 2026 của Ủy ban nhân dân thành phố về công tác văn thư.",
            ),
        ),
        (
            "annex.order",
            Made {
                annexes: &[("Phụ lục 1", "DANH MỤC NHIỆM VỤ"), ("Phụ lục 2", "PHÂN CÔNG THỰC HIỆN")],
                ..Made::plan()
            },
        ),
        ("page.number", long(PageNumbers { shown: false, ..pages })),
        ("page.number.place", long(PageNumbers { above: false, ..pages })),
        ("page.number.place", long(PageNumbers { centred: false, ..pages })),
        ("page.number.first", long(PageNumbers { on_first: true, ..pages })),
        ("page.number.form", long(PageNumbers { form: "- # -", ..pages })),
        ("page.number.form", long(PageNumbers { form: "Trang #", ..pages })),
        ("page.number.form", long(PageNumbers { form: "#/7", ..pages })),
        ("page.number.form", long(PageNumbers { form: "roman", ..pages })),
        ("page.number.order", long(PageNumbers { off: 3, ..pages })),
        ("annex.pages", Made { pages: PageNumbers { anew: false, ..pages }, ..Made::with_annexes() }),
    ];
    all.extend(both.into_iter().map(|(rule, made)| (rule, made, None)));
    all.extend(super::broken_head::cases());
    all.push(("authority.place", Made { signed_at: 0.45, ..decision() }, Some("pdf")));
    all.push(("urgency.frame.size", Made { frame: Some([45.0, 12.0]), ..having("urgency") }, Some("pdf")));
    all
}

/// A decision whose list of recipients ends behind the kept copy.
fn kept_before(kept: &'static str) -> Made {
    let recipients: &'static [&'static str] = if kept.ends_with(';') {
        &["- Như trên;", "- Lưu: VT, NV;"]
    } else {
        &["- Như trên;", "- Lưu: VT, NV."]
    };
    let last = if kept.ends_with(';') { "- Sở Tài chính." } else { "- Sở Tài chính;" };
    Made { recipients, wrong: Some(("kept", Wrong::Text(last))), ..Made::decision() }
}

/// A decision of a body that has none above it.
fn headless() -> Made {
    Made { superior: "", ..Made::decision() }
}

/// A decision whose list of recipients isn't there.
fn unlisted() -> Made {
    Made { recipients: &[], ..Made::decision() }
}

/// A regulation whose second heading is another.
pub fn chapters(second: &'static str) -> Made {
    Made {
        content: vec![
            ("chapter", "Chương I"),
            ("chapter.title", "QUY ĐỊNH CHUNG"),
            ("article", ARTICLES[0]),
            ("chapter", second),
            ("chapter.title", "TỔ CHỨC THỰC HIỆN"),
            ("article", ARTICLES[1]),
        ],
        ..Made::regulation()
    }
}

fn without_second_clause() -> Made {
    let mut made = Made::plan();
    made.content.retain(|(_, text)| !text.starts_with("2. "));
    made.content.insert(2, ("clause", "3. Yêu cầu: các đơn vị chủ động, phân công rõ người, rõ việc, rõ thời gian và báo cáo kết quả đúng thời hạn."));
    made
}

pub fn points(letters: [&'static str; 5]) -> Made {
    let text = |letter: &str| -> &'static str {
        match letter {
            "a) " => {
                "a) Rà soát toàn bộ văn bản đã ban hành trong năm, lập danh mục văn bản còn sai sót, đề xuất biện pháp;"
            }
            "b) " => {
                "b) Tổ chức tập huấn cho công chức, viên chức của các phòng về thể thức và kỹ thuật trình bày văn bản;"
            }
            "c) " => {
                "c) Kiểm tra việc lập hồ sơ công việc và nộp lưu hồ sơ, tài liệu vào Lưu trữ cơ quan đúng thời hạn;"
            }
            "d) " => {
                "d) Cập nhật danh mục hồ sơ của cơ quan và thời hạn bảo quản của từng hồ sơ ngay từ đầu năm công tác;"
            }
            "đ) " => {
                "đ) Theo dõi việc ứng dụng công nghệ thông tin, chữ ký số trong soạn thảo, ban hành và quản lý văn bản;"
            }
            _ => {
                "e) Báo cáo kết quả thực hiện về Văn phòng Sở trước ngày làm việc cuối cùng của mỗi quý để tổng hợp."
            }
        }
    };
    let mut content = vec![(
        "clause",
        "1. Các phòng thực hiện những nhiệm vụ sau đây và chịu trách nhiệm trước Giám đốc Sở về kết quả thực hiện:",
    )];
    content.extend(letters.iter().map(|letter| ("point", text(letter))));
    Made { content, ..Made::plan() }
}

/// Rules of what signatures draw and of scans.
pub fn signed_and_scanned() -> Vec<(&'static str, Vec<u8>)> {
    let blue = [20, 40, 180];
    let red = [210, 20, 30];
    let personal = [130.0, 225.0, 40.0, 18.0];
    let seal = [105.0, 216.0, 36.0, 36.0];
    let short = Made { paragraphs: 4, ..Made::decision() };
    let with = |person: ([f64; 4], [u8; 3], bool), agency: ([f64; 4], [u8; 3], bool)| {
        let stamps =
            [Stamp::Picture(person.0, person.1, person.2), Stamp::Picture(agency.0, agency.1, agency.2)];
        made_pdf::signed(&short, &stamps)
    };
    let text = |size, left, baseline, text| {
        made_pdf::signed(&Made::decision(), &[Stamp::Text(left, baseline, size, text)])
    };
    let paper = (210.0, 297.0);
    let mut old = made_pdf::scan(paper, 200.0, false);
    old[5..8].copy_from_slice(b"1.3");
    vec![
        ("signature.personal.colour", with((personal, [20, 20, 20], true), (seal, red, true))),
        ("signature.personal.alpha", with((personal, blue, false), (seal, red, true))),
        ("signature.agency.colour", with((personal, blue, true), (seal, [30, 30, 30], true))),
        ("signature.agency.alpha", with((personal, blue, true), (seal, red, false))),
        (
            "signature.personal.place",
            with(([130.0, 251.0, 40.0, 18.0], blue, true), ([105.0, 242.0, 36.0, 36.0], red, true)),
        ),
        ("signature.overlap", with((personal, blue, true), ([150.0, 216.0, 36.0, 36.0], red, true))),
        ("signature.seal.size", with((personal, blue, true), ([118.0, 222.0, 24.0, 24.0], red, true))),
        ("attachment.form", text(10.0, 130.0, 10.0, "Số: 15/QĐ-SNV; 5/1/2026; 14:03")),
        ("attachment.size", text(12.0, 120.0, 10.0, "Số: 15/QĐ-SNV; 05/01/2026; 14:03:27")),
        ("attachment.place", text(10.0, 30.0, 10.0, "Số: 15/QĐ-SNV; 05/01/2026; 14:03:27")),
        ("copy.form", text(10.0, 110.0, 10.0, "SAO Y; Sở Nội vụ; 05/01/2026; lúc 14 giờ;")),
        ("copy.size", text(12.0, 110.0, 10.0, "SAO Y; Sở Nội vụ; 05/01/2026; 14:03:27 +07:00")),
        ("copy.place", text(10.0, 30.0, 10.0, "SAO Y; Sở Nội vụ; 05/01/2026; 14:03:27 +07:00")),
        ("scan.resolution", made_pdf::scan(paper, 100.0, false)),
        ("scan.colour", made_pdf::scan(paper, 200.0, true)),
        ("scan.ratio", made_pdf::scan_placed(paper, 200.0, false, 0.8, true)),
        ("scan.text", made_pdf::scan_placed(paper, 200.0, false, 1.0, false)),
        ("pdf.version", old),
    ]
}
