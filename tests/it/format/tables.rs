//! Tables with lines: what their cells say and where they break their lines is none of the text's.

use super::made::Made;
use super::made_pdf;
use super::variants::judged;
use chancery::format::report::Report;

/// A report that is nearly all a table.
fn tabular(rows: usize, last: &'static str) -> Report {
    let row = "1|Rà soát, sửa đổi, bổ sung các quy định về công tác văn thư, lưu trữ của cơ quan, đơn vị trực thuộc bảo đảm thống nhất|Phòng Hành chính";
    let mut all = vec![row; rows];
    all.push(last);
    let text: &'static str = Box::leak(all.join(";").into_boxed_str());
    let content = vec![("body", "Sở Nội vụ báo cáo kết quả thực hiện nhiệm vụ như sau:"), ("table", text)];
    let made = Made { content, paragraphs: 0, ..Made::of_type("BÁO CÁO", "Số: 09/BC-SNV") };
    judged(made_pdf::pdf(&made))
}

fn broken(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.rule.as_str()).collect()
}

#[test]
fn cells_show_no_margins_and_no_middle() {
    for rows in [3, 8, 30] {
        let report = tabular(rows, "2|Tổng hợp, báo cáo|Văn phòng Sở");
        assert_eq!(broken(&report), [""; 0], "{rows} rows");
        assert!(report.not_checked.iter().any(|one| one.rule == "margin.right"), "{rows} rows");
    }
}

#[test]
fn a_cells_last_word_is_no_number_of_a_page() {
    // Of so many tables some end with their page.
    for rows in 1..26 {
        let report = tabular(rows, "2|Tổng hợp, báo cáo|Trước ngày kết thúc quý I năm 2025");
        assert_eq!(broken(&report), [""; 0], "{rows} rows");
    }
}

#[test]
fn nobody_signs_in_a_cell() {
    for last in ["2|Tổng hợp, báo cáo|Chánh Văn phòng", "2|Chủ trì cuộc họp giao ban|TL. Giám đốc"]
    {
        let report = tabular(2, last);
        assert_eq!(broken(&report), [""; 0], "{last}");
        let title = report.metadata.signer_title.map(|title| title.value);
        assert_eq!(title.as_deref(), Some("KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC"), "{last}");
    }
}

#[test]
fn whom_a_cell_speaks_to_gets_nothing() {
    let report = tabular(1, "2|Kính gửi: Sở Tài chính|Văn phòng Sở");
    let names: Vec<&str> = report.metadata.recipients.iter().map(|one| one.value.as_str()).collect();
    assert_eq!(names, ["Như trên"]);
}
