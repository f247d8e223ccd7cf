use super::*;
use crate::pdf::text::made::page;

fn pages(lines: &[(f64, f64, f64, &str)]) -> Pages {
    Pages { pages: vec![page(lines)], count: 1, unread: vec![] }
}

const BLOCK: [(f64, f64, f64, &str); 3] = [
    (85.0, 300.0, 12.0, "Nơi nhận:"),
    (400.0, 300.0, 14.0, "CHỦ TỊCH"),
    (395.0, 200.0, 14.0, "Trần Văn Mẫu"),
];

fn draft(number: &'static str, date: &'static str) -> Pages {
    let mut lines = vec![(110.0, 740.0, 13.0, number), (320.0, 740.0, 13.0, date)];
    lines.extend(BLOCK);
    pages(&lines)
}

fn find(pages: &Pages) -> Result<Found, PlacementError> {
    super::find(pages, Profile::builtin())
}

#[test]
fn number_day_and_month_go_into_their_gaps_on_the_lines_own_baseline() {
    let found = find(&draft("Số:      /QĐ-UBND", "Hà Nội, ngày    tháng    năm 2026")).unwrap();
    let names: Vec<&str> = found.plan.texts.iter().map(|text| text.name.as_str()).collect();
    assert_eq!((names, found.number), (vec![NUMBER, DAY, MONTH], NumberGap::Digits));
    assert!(found.by_profile.is_empty());
    for text in &found.plan.texts {
        let at = text.place.rectangle;
        assert!((at.bottom + crate::signature::fill::baseline(13.0) - 740.0).abs() < 0.01);
        // No glyph that shows lies in a gap.
        let all = draft("Số:      /QĐ-UBND", "Hà Nội, ngày    tháng    năm 2026");
        let covered = all.pages[0].glyphs.iter().any(|glyph| {
            !glyph.text.trim().is_empty()
                && (glyph.y - 740.0).abs() < 1.0
                && glyph.x < at.right
                && glyph.x + glyph.advance > at.left
        });
        assert!(!covered, "{}", text.name);
    }
}

#[test]
fn a_label_with_nothing_behind_takes_number_and_symbol() {
    let found = find(&draft("Số:", "Hà Nội, ngày    tháng    năm 2026")).unwrap();
    assert_eq!((found.number, found.plan.texts[0].name.as_str()), (NumberGap::Whole, NOTATION));
}

#[test]
fn a_month_that_is_printed_stays_and_only_the_day_is_filled() {
    let found = find(&draft("Số:      /KH-SGDĐT", "Hà Nội, ngày     tháng 4 năm 2026")).unwrap();
    let names: Vec<&str> = found.plan.texts.iter().map(|text| text.name.as_str()).collect();
    assert_eq!(names, [NUMBER, DAY]);
}

#[test]
fn a_number_or_date_that_stands_there_is_never_written_over() {
    let date = "Hà Nội, ngày    tháng    năm 2026";
    assert!(matches!(find(&draft("Số: 15/QĐ-UBND", date)), Err(PlacementError::NumberPresent(_))));
    let dated = find(&draft("Số:      /QĐ-UBND", "Hà Nội, ngày 05 tháng 01 năm 2026"));
    assert!(matches!(dated, Err(PlacementError::DatePresent(_))));
    let narrow = find(&draft("Số:/QĐ-UBND", date));
    assert!(matches!(narrow, Err(PlacementError::GapTooNarrow { part: "number", .. })));
}

#[test]
fn a_date_cited_in_the_text_is_not_the_date_line() {
    let mut lines = vec![
        (110.0, 740.0, 13.0, "Số:      /QĐ-UBND"),
        (85.0, 600.0, 14.0, "Căn cứ Nghị định ngày 05 tháng 3 năm 2020 của Chính phủ;"),
    ];
    lines.extend(BLOCK);
    let found = find(&pages(&lines)).unwrap();
    assert_eq!(found.by_profile, ["date"]);
    // On the number's line, as the decree has it.
    let date = found.plan.texts.iter().find(|text| text.name == DATE).unwrap();
    assert!(date.place.rectangle.bottom < 740.0 && date.place.rectangle.top > 740.0);
}

#[test]
fn the_signature_stands_between_title_and_name_and_the_seal_over_its_left_third() {
    let found = find(&draft("Số:      /QĐ-UBND", "Hà Nội, ngày    tháng    năm 2026")).unwrap();
    let (personal, agency) = (found.plan.personal.rectangle, found.plan.agency.unwrap().rectangle);
    assert!(personal.bottom > 200.0 && personal.top < 300.0);
    let overlap = agency.right - personal.left;
    assert!((overlap / personal.width() - 1.0 / 3.0).abs() < 0.01);
    assert!((agency.width() - 36.0 * 72.0 / 25.4).abs() < 0.01);
}

#[test]
fn the_block_beside_the_recipients_goes_before_a_blank_on_a_later_page() {
    let mut all = draft("Số:      /QĐ-UBND", "Hà Nội, ngày    tháng    năm 2026");
    all.pages.push(page(&[(400.0, 600.0, 14.0, "PHỤ LỤC"), (400.0, 450.0, 14.0, "Bảng số")]));
    all.count = 2;
    assert_eq!(find(&all).unwrap().plan.personal.page, 0);
}

#[test]
fn the_profiles_place_is_not_put_over_text() {
    let dense: Vec<(f64, f64, f64, &str)> = (0..50)
        .map(|row| {
            (
                60.0,
                800.0 - f64::from(row) * 15.0,
                14.0,
                "văn bản không có phần ký, chữ kín cả trang giấy như thế này đây",
            )
        })
        .collect();
    assert_eq!(find(&pages(&dense)), Err(PlacementError::NoRoom("number")));
}

#[test]
fn a_scan_without_recognised_text_is_placed_by_the_profile() {
    let found = find(&pages(&[])).unwrap();
    assert_eq!(found.by_profile, ["number", "date", "personal"]);
}

#[test]
fn what_is_told_goes_before_what_is_found_and_must_lie_on_a_page() {
    let place = |page, left| Place {
        page,
        rectangle: Rectangle { left, bottom: 90.0, right: left + 50.0, top: 120.0 },
    };
    let all = draft("Số:      /QĐ-UBND", "Hà Nội, ngày    tháng    năm 2026");
    let told = Told { personal: Some(place(0, 100.0)), ..Told::default() };
    assert_eq!(find_beside(&all, Profile::builtin(), &told).unwrap().plan.personal, place(0, 100.0));
    for wrong in [place(1, 100.0), place(0, 590.0)] {
        let told = Told { agency: Some(wrong), ..Told::default() };
        let refused = find_beside(&all, Profile::builtin(), &told);
        assert_eq!(refused, Err(PlacementError::NoSuchPlace("agency signature")));
    }
}

#[test]
fn what_is_printed_beside_the_gaps_is_read_and_nothing_else() {
    let printed = |number, date| find(&draft(number, date)).unwrap().printed;
    let (number, date) = ("Số:      /QĐ-UBND", "Hà Nội, ngày    tháng    năm 2026");
    let all = Printed { symbol: Some("QĐ-UBND".to_owned()), day: None, month: None, year: Some(2026) };
    assert_eq!(printed(number, date), all);
    assert_eq!(printed(number, "Hà Nội, ngày    tháng 11 năm 2026").month, Some(11));
    // The date line on the same height is not part of the symbol, and decomposed letters are composed.
    assert_eq!(printed("Số:      /Q\u{110}-UBND", date).symbol.as_deref(), Some("QĐ-UBND"));
    let blank = printed("Số:", date);
    assert_eq!((blank.symbol, blank.year), (None, Some(2026)));
}
