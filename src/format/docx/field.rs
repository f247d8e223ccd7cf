//! Fields that make the numbers of pages, and how they write them.

use crate::format::facts::Line;
use crate::format::setting::Align;

/// Stands for the number that a field makes.
pub(super) const NUMBER: char = '\u{fffc}';

/// A field that makes page numbers.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) line: Line,
    /// Its paragraph's text, with [`NUMBER`] where the number is.
    pub(super) around: String,
    /// How its own instruction writes it; as the section says where it doesn't.
    pub(super) format: Option<String>,
    pub(super) align: Align,
}

/// What a field's instruction gives for the number of the page: how it is written; none where it gives another
/// number, or none (ISO/IEC 29500-1, 17.16.4.3).
pub(super) fn page_format(instruction: &str) -> Option<Option<String>> {
    let mut words = instruction.split_whitespace();
    words.next().filter(|word| word.eq_ignore_ascii_case("PAGE"))?;
    let formats = words.filter(|word| !word.starts_with('\\') && !word.eq_ignore_ascii_case("MERGEFORMAT"));
    Some(formats.map(str::to_owned).next())
}

/// Whether a field's instruction counts the pages.
pub(super) fn counts_pages(instruction: &str) -> bool {
    let first = instruction.split_whitespace().next().unwrap_or_default();
    ["NUMPAGES", "SECTIONPAGES"].iter().any(|word| first.eq_ignore_ascii_case(word))
}

/// The second page's number in a format of the section's or a field's own; as Arabic figures where that isn't known
/// (17.18.59, 17.16.4.3.1).
pub(super) fn sample(format: Option<&str>) -> &'static str {
    match format.unwrap_or_default() {
        "lowerRoman" | "roman" => "ii",
        "upperRoman" | "ROMAN" => "II",
        "numberInDash" | "ArabicDash" => "- 2 -",
        _ => "2",
    }
}
