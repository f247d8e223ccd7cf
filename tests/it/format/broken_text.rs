//! For every rule of the body's parts and of annexes a document that breaks it, and nothing else.

use super::broken_rules::{chapters, having, points};
use super::made::{ARTICLES, GROUNDS, Made, SENTENCE, Wrong};

/// A sentence of running text in capitals.
const LOUD: &str = "CÁC CƠ QUAN, ĐƠN VỊ THUỘC SỞ CÓ TRÁCH NHIỆM TỔ CHỨC THỰC HIỆN NGHIÊM TÚC CÁC NỘI DUNG ĐÃ ĐƯỢC PHÊ DUYỆT VÀ BÁO CÁO KẾT QUẢ BẰNG VĂN BẢN TRƯỚC NGÀY CUỐI CÙNG CỦA MỖI QUÝ.";

/// The rule that each way of writing a part wrongly breaks.
fn wrong_parts() -> Vec<(&'static str, &'static str, Wrong)> {
    vec![
        ("chapter.slant", "chapter", Wrong::Italic(true)),
        ("chapter.case", "chapter", Wrong::Text("CHƯƠNG I")),
        ("chapter.title.size", "chapter.title", Wrong::Size(12.0)),
        ("chapter.title.slant", "chapter.title", Wrong::Italic(true)),
        ("heading.size", "roman", Wrong::Size(12.0)),
        ("heading.weight", "roman", Wrong::Bold(false)),
        ("heading.slant", "roman", Wrong::Italic(true)),
        ("heading.case", "roman", Wrong::Text("I. Mục đích, yêu cầu")),
        ("article.size", "article", Wrong::Size(13.0)),
        ("clause.title.weight", "clause.title", Wrong::Bold(false)),
        ("point.weight", "point", Wrong::Bold(true)),
        ("point.slant", "point", Wrong::Italic(true)),
        ("body.case", "body", Wrong::Text(LOUD)),
        ("grounds.size", "ground", Wrong::Size(12.0)),
        ("grounds.weight", "ground", Wrong::Bold(true)),
        ("annex.slant", "annex", Wrong::Italic(true)),
        ("annex.title.slant", "annex.title", Wrong::Italic(true)),
        ("annex.title.case", "annex.title", Wrong::Text("Danh mục nhiệm vụ")),
        ("annex.title.centred", "annex.title", Wrong::Aside),
        ("annex.title.present", "annex.title", Wrong::Missing),
        ("annex.reference.weight", "annex.reference", Wrong::Bold(true)),
        ("annex.reference.centred", "annex.reference", Wrong::Aside),
        ("annex.reference.present", "annex.reference", Wrong::Missing),
    ]
}

/// Each rule with a document that breaks it.
pub fn cases() -> Vec<(&'static str, Made)> {
    let mut all: Vec<(&'static str, Made)> = wrong_parts()
        .into_iter()
        .map(|(rule, part, wrong)| {
            let made = match part {
                "roman" | "point" => Made::plan(),
                "clause.title" => titled_clauses(),
                _ => having(part),
            };
            (rule, Made { wrong: Some((part, wrong)), ..made })
        })
        .collect();
    all.extend([
        ("chapter.title.present", untitled()),
        (
            "article.title.present",
            Made {
                content: vec![
                    ("chapter", "Chương I"),
                    ("chapter.title", "QUY ĐỊNH CHUNG"),
                    ("article", ARTICLES[0]),
                    ("article", ARTICLES[1]),
                    ("article", "Điều 3."),
                    ("body", SENTENCE),
                ],
                ..Made::regulation()
            },
        ),
        (
            "grounds.line",
            Made {
                content: vec![
                    ("ground", "Căn cứ Luật Tổ chức chính quyền địa phương; Căn cứ Luật Lưu trữ;"),
                    ("ground", GROUNDS[1]),
                    ("article", ARTICLES[0]),
                    ("article", ARTICLES[1]),
                ],
                ..Made::decision()
            },
        ),
        (
            "point.form",
            second_point("b. Tổ chức tập huấn về thể thức cho công chức, viên chức của các phòng;"),
        ),
        (
            "point.form",
            second_point("b/ Tổ chức tập huấn về thể thức cho công chức, viên chức của các phòng;"),
        ),
        (
            "point.form",
            second_point("B) Tổ chức tập huấn về thể thức cho công chức, viên chức của các phòng;"),
        ),
        ("annex.mentioned", unannounced()),
        (
            "citation.law",
            Made {
                content: vec![
                    ("ground", "Căn cứ Luật Tổ chức chính quyền địa phương số 72/2025/QH15;"),
                    ("ground", GROUNDS[1]),
                    ("article", ARTICLES[0]),
                    ("article", ARTICLES[1]),
                ],
                ..Made::decision()
            },
        ),
    ]);
    all
}

fn titled_clauses() -> Made {
    Made {
        content: vec![
            ("roman", "I. KẾT QUẢ THỰC HIỆN"),
            ("clause.title", "1. Công tác chỉ đạo"),
            ("body", SENTENCE),
            ("clause.title", "2. Công tác kiểm tra"),
        ],
        ..Made::plan()
    }
}

/// A regulation whose second chapter has no title.
fn untitled() -> Made {
    let mut made = chapters("Chương II");
    made.content.remove(4);
    made
}

/// A plan with points, the second of which is written otherwise.
fn second_point(text: &'static str) -> Made {
    let mut made = points(["a) ", "b) ", "c) ", "d) ", "đ) "]);
    made.content[2].1 = text;
    made
}

/// A plan with annexes its text doesn't speak of.
fn unannounced() -> Made {
    let mut made = Made::with_annexes();
    made.content.retain(|(_, text)| !text.contains("Phụ lục"));
    made
}
