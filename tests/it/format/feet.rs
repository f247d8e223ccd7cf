//! The foot as facts of a page, where what makes documents doesn't break it.

use super::made::Made;
use super::variants::judged;
use super::{made_docx, made_pdf};
use chancery::format::facts::{Facts, Line, Sheet};
use chancery::format::layout::Layout;
use chancery::format::setting::{Drawn, Stroke};
use chancery::profile::Profile;

/// A line of a page: its number, left edge, baseline, size, text.
fn line((page, left, baseline, size, text): (usize, f64, f64, f64, &str)) -> Line {
    let wide = text.chars().count() as f64 * size * 0.15;
    Line {
        page,
        text: text.to_owned(),
        bounds: [left, baseline - size * 0.31, left + wide, baseline + size * 0.08],
        baseline,
        size,
        fonts: std::collections::BTreeMap::new(),
        bold: text.chars().all(|character| !character.is_lowercase()),
        italic: false,
        leads_bold: false,
        stamped: false,
        invisible: false,
        colour: None,
        decomposed: false,
        at: None,
        setting: None,
    }
}

#[test]
fn notes_below_a_line_are_no_recipients_of_a_list_that_goes_on_overleaf() {
    let lines = [
        (0, 110.0, 30.0, 13.0, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (0, 40.0, 42.0, 13.0, "Số: 09/BC-SNV"),
        (0, 30.0, 240.0, 12.0, "Nơi nhận:"),
        (0, 30.0, 247.0, 10.0, "1 Nghị quyết số 10/NQ-HĐND của Hội đồng nhân dân tỉnh."),
        (0, 30.0, 251.0, 10.0, "2 Kế hoạch số 11/KH-UBND của Ủy ban nhân dân tỉnh."),
        (1, 30.0, 24.0, 11.0, "- Như trên;"),
        (1, 130.0, 24.0, 14.0, "GIÁM ĐỐC"),
        (1, 30.0, 29.0, 11.0, "- Lưu: VT."),
        (1, 130.0, 54.0, 14.0, "Nguyễn Văn Thử"),
    ];
    let sheet = Sheet { width: 210.0, height: 297.0, ..Sheet::default() };
    let above_notes = Drawn {
        page: 0,
        bounds: [30.0, 243.0, 80.0, 243.1],
        length: 50.0,
        stroke: Stroke::Shape,
        paragraph: None,
        cell: None,
    };
    let facts = Facts {
        kind: "pdf",
        sheets: vec![sheet.clone(), sheet],
        lines: lines.into_iter().map(line).collect(),
        drawn: vec![above_notes],
        ..Facts::default()
    };
    let layout = Layout::find(&facts, Profile::builtin());
    let names: Vec<&str> = layout.entries.iter().map(|(text, _)| text.as_str()).collect();
    assert_eq!(names, ["- Như trên;", "- Lưu: VT."]);
}

#[test]
fn an_open_letter_has_neither_number_nor_recipients() {
    for kind in ["THƯ KHEN", "THƯ NGỎ", "THƯ CẢM ƠN", "THƯ CHÚC MỪNG NĂM MỚI 2026"] {
        let made = Made { number: "", subject: "", ..Made::of_type(kind, "") };
        for (file, bytes) in [("docx", made_docx::docx(&made)), ("pdf", made_pdf::pdf(&made))] {
            let report = judged(bytes);
            assert_eq!(report.document.kind.as_deref(), Some("TCg"), "{file} {kind}");
            let broken: Vec<&str> = report.findings.iter().map(|finding| finding.rule.as_str()).collect();
            assert_eq!(broken, [""; 0], "{file} {kind}");
            let signer = report.metadata.signer.map(|signer| signer.value);
            assert_eq!(signer.as_deref(), Some(made.signer), "{file} {kind}");
        }
    }
}
