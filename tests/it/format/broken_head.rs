//! For every rule of the head that came after the first ones a document that breaks it, and nothing else.

use super::broken_rules::{Case, having, says};
use super::made::{Made, Wrong};
use super::made_pdf::{self, Face, Stamp};

/// The rule that each way of writing a part wrongly breaks.
fn wrong_parts() -> Vec<(&'static str, &'static str, Wrong)> {
    vec![
        ("letter_abstract.case", "letter_abstract", Wrong::Text("V/v RÀ SOÁT THỂ THỨC VĂN BẢN")),
        ("addressees.size", "addressees", Wrong::Size(12.0)),
        ("addressees.weight", "addressees", Wrong::Bold(true)),
        ("addressees.slant", "addressees", Wrong::Italic(true)),
        ("urgency.slant", "urgency", Wrong::Italic(true)),
        ("circulation.slant", "circulation", Wrong::Italic(true)),
        ("circulation.case", "circulation", Wrong::Text("Lưu hành nội bộ")),
    ]
}

/// A letter to these.
fn to(addressees: &'static [&'static str]) -> Made {
    Made { addressees, ..Made::letter() }
}

/// Each rule with a document that breaks it.
pub fn cases() -> Vec<Case> {
    let mut all: Vec<Case> = wrong_parts()
        .into_iter()
        .map(|(rule, part, wrong)| {
            let made = if part == "addressees" {
                to(&["- Sở Tài chính;", "- Sở Tư pháp."])
            } else {
                having(part)
            };
            (rule, Made { wrong: Some((part, wrong)), ..made }, None)
        })
        .collect();
    let (decision, letter) = (Made::decision, Made::letter);
    let both: Vec<(&'static str, Made)> = vec![
        // One fault is one finding.
        ("number.form", Made { number: "Số: 15/qđ-snv", ..decision() }),
        ("number.form", Made { number: "Số: 15/QĐinh-SNV", ..decision() }),
        (
            "title.motto",
            Made {
                motto: "Độc lập-Tự do-Hạnh phúc", lines: [Some(1.1), Some(0.4), Some(0.4)], ..decision()
            },
        ),
        ("date.form", Made { date: "1, ngày 05 tháng 01 năm 2026", ..decision() }),
        ("title.motto.line", Made { dashed: [true, false, false], ..decision() }),
        ("issuer.line", Made { dashed: [false, true, false], ..decision() }),
        ("abstract.line", Made { dashed: [false, false, true], ..decision() }),
        ("title.gap", Made { spaces: [12.0, 0.0, 6.0], ..decision() }),
        ("issuer.gap", Made { spaces: [0.0, 10.0, 6.0], ..decision() }),
        ("letter_abstract.gap", Made { spaces: [0.0; 3], ..letter() }),
        ("letter_abstract.gap", Made { spaces: [0.0, 0.0, 3.0], ..letter() }),
        ("title.place", Made { swapped: true, ..decision() }),
        ("addressees.lead", to(&["+ Sở Tài chính;", "+ Sở Tư pháp."])),
        ("addressees.lead", to(&["* Sở Tài chính;", "* Sở Tư pháp."])),
        ("addressees.lead", to(&["Sở Tài chính;", "Sở Tư pháp."])),
        ("addressees.alone", to(&["- Sở Tài chính."])),
        (
            "capital.holiday",
            says(
                "Các đơn vị treo cờ, trang trí trụ sở làm việc nhân dịp kỷ niệm ngày quốc khánh 2-9 và báo cáo kết quả về Sở trước ngày làm việc.",
            ),
        ),
        (
            "capital.capital",
            says(
                "Các đơn vị phối hợp với cơ quan có liên quan của thành phố Hồ Chí Minh tổ chức hội nghị tập huấn về văn thư, lưu trữ trong năm nay.",
            ),
        ),
        (
            "capital.unit",
            says(
                "Các đơn vị phối hợp với cơ quan có liên quan trên địa bàn phường 3, tổ chức hội nghị tập huấn về công tác văn thư trong năm nay.",
            ),
        ),
        (
            "capital.premier",
            says(
                "Các đơn vị thực hiện nghiêm túc ý kiến chỉ đạo của thủ tướng Chính phủ về cải cách thủ tục hành chính và báo cáo kết quả về Sở.",
            ),
        ),
        (
            "capital.office",
            says(
                "Các đơn vị phát động phong trào thi đua học tập và làm theo tư tưởng, đạo đức, phong cách của chủ tịch Hồ Chí Minh trong toàn cơ quan.",
            ),
        ),
        (
            "capital.decoration",
            says(
                "Các đơn vị lập hồ sơ đề nghị tặng thưởng Huân chương Lao động hạng ba cho các tập thể có thành tích và gửi về Sở trước ngày làm việc.",
            ),
        ),
        (
            "capital.article",
            says(
                "Các đơn vị thực hiện đúng quy định tại mục 2 Chương III của Nghị định về công tác văn thư và báo cáo kết quả về Sở trước ngày 15.",
            ),
        ),
        (
            "capital.region",
            says(
                "Các đơn vị phối hợp với cơ quan có liên quan của các tỉnh tây nguyên tổ chức hội nghị tập huấn về văn thư, lưu trữ trong năm nay.",
            ),
        ),
    ];
    all.extend(both.into_iter().map(|(rule, made)| (rule, made, None)));
    // Only a page shows where marks stand.
    for (rule, part) in
        [("urgency.place", "urgency"), ("secrecy.place", "secrecy"), ("circulation.place", "circulation")]
    {
        let made = match part {
            "secrecy" => Made { marks: &[("secrecy", "MẬT")], ..decision() },
            part => having(part),
        };
        all.push((rule, Made { wrong: Some((part, Wrong::Aside)), ..made }, Some("pdf")));
    }
    all
}

/// Rules of what signatures write onto attachments and copies.
pub fn signed() -> Vec<(&'static str, Vec<u8>)> {
    let attachment = ("attachment", "Số: 15/QĐ-SNV; 05/01/2026; 14:03:27");
    let copy = ("copy", "SAO Y; Sở Nội vụ; 05/01/2026; 14:03:27 +07:00");
    let looks: [(&str, Face, &str); 4] = [
        ("weight", Face::Bold, "0 g"),
        ("slant", Face::Slanted, "0 g"),
        ("colour", Face::Upright, "0.8 0 0 rg"),
        ("font", Face::Other, "0 g"),
    ];
    let of = |(part, text): (&str, &'static str)| {
        looks.map(|(look, face, paint)| {
            let rule: &'static str = Box::leak(format!("{part}.{look}").into_boxed_str());
            let stamp = Stamp::Set(face, paint, Box::new(Stamp::Text(112.0, 10.0, 10.0, text)));
            let made = Made { wrong: Some(("signed", Wrong::Font("ArialMT"))), ..Made::decision() };
            (rule, made_pdf::signed(&made, &[stamp]))
        })
    };
    of(attachment).into_iter().chain(of(copy)).collect()
}
