//! From lines to the parts of a document that rules speak of: title block, number, date, type,
//! abstract, body.

use super::facts::{Facts, Line};
use super::report::DocumentFacts;
use crate::profile::{DocumentType, Notation, Profile, Summary};
use chrono::NaiveDate;
use regex::Regex;

/// Lines looked at for the parts of the head.
const HEAD: usize = 40;
/// A title block's line is no longer than this, in characters.
const TITLE_LENGTH: usize = 90;

/// The parts found.
#[derive(Debug, Clone, Default)]
pub struct Layout<'f> {
    /// Lines of the head: of the first page, or the first paragraphs of a DOCX.
    pub head: Vec<&'f Line>,
    /// The line with the number.
    pub number: Option<&'f Line>,
    /// The line with place and date.
    pub date: Option<&'f Line>,
    /// A line that means to be the date line and isn't.
    pub near_date: Option<&'f Line>,
    /// Lines of the body.
    pub body: Vec<&'f Line>,
    /// Whether the file is an annex that goes with a document in another file.
    pub annex: bool,
    /// Whether any text of the head belongs to the state: without, this is no document's first page.
    pub headed: bool,
    /// What the document says of itself.
    pub document: DocumentFacts,
    expression: Option<Regex>,
}

/// Text that is compared: case and white space don't count, nor on which vowel of a pair the tone
/// stands (`HOÀ`, `HÒA`), which writers do both ways.
#[must_use]
pub fn folded(text: &str) -> String {
    const PAIRS: [(&str, &str); 15] = [
        ("oà", "òa"),
        ("oá", "óa"),
        ("oả", "ỏa"),
        ("oã", "õa"),
        ("oạ", "ọa"),
        ("oè", "òe"),
        ("oé", "óe"),
        ("oẻ", "ỏe"),
        ("oẽ", "õe"),
        ("oẹ", "ọe"),
        ("uỳ", "ùy"),
        ("uý", "úy"),
        ("uỷ", "ủy"),
        ("uỹ", "ũy"),
        ("uỵ", "ụy"),
    ];
    let text = text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    PAIRS
        .iter()
        .fold(text, |text, (from, to)| if text.contains(from) { text.replace(from, to) } else { text })
}

impl<'f> Layout<'f> {
    /// Finds the parts. Of a scan only recognised text is there; what it says is read, not judged.
    #[must_use]
    pub fn find(facts: &'f Facts, profile: &Profile) -> Self {
        // The title block is on the first page; in a DOCX among the first paragraphs.
        let head: Vec<&Line> = facts
            .lines
            .iter()
            .filter(|line| line.invisible == facts.scan && line.page == 0)
            .take(HEAD)
            .collect();
        let label = profile.numbering.label.trim_end_matches(':');
        let number = head.iter().copied().find(|line| {
            line.text.strip_prefix(label).is_some_and(|rest| {
                let rest = rest.trim_start();
                rest.starts_with(':') || rest.starts_with(|character: char| character.is_ascii_digit())
            })
        });
        // The pattern was tried when the profile was read.
        let expression = profile.date.expression().ok();
        let short = |line: &&&Line| line.text.chars().count() < TITLE_LENGTH;
        let is_date = |line: &&&Line| expression.as_ref().is_some_and(|date| date.is_match(&line.text));
        let date = head.iter().filter(short).find(is_date).copied();
        let near_date = near_date(&head, number, profile).filter(|_| date.is_none());
        let annex = head.first().is_some_and(|line| {
            let text = folded(&line.text);
            profile.recognition.annex.iter().any(|word| text.starts_with(&folded(word)))
        });
        let state: Vec<String> = profile.recognition.head.iter().map(|text| folded(text)).collect();
        let headed = head.iter().any(|line| {
            let text = folded(&line.text);
            state.iter().any(|state| text.contains(state) || close(&text, state))
        });
        let body = body(facts);
        let document = DocumentFacts::default();
        let mut layout = Self { head, number, date, near_date, body, annex, headed, document, expression };
        layout.document = layout.describe(profile);
        layout
    }

    /// What stands after the label of the number line.
    #[must_use]
    pub fn number_text(&self, profile: &Profile) -> Option<String> {
        let label = profile.numbering.label.trim_end_matches(':');
        let rest = self.number?.text.strip_prefix(label)?;
        Some(rest.trim_start().trim_start_matches(':').trim().to_owned())
    }

    /// Number and symbol, when they follow the grammar.
    #[must_use]
    pub fn notation(&self, profile: &Profile) -> Option<Notation> {
        profile.numbering.parse(&self.number_text(profile)?).ok()
    }

    /// What the date line says: before, day, month, year.
    #[must_use]
    pub fn date_parts(&self) -> Option<[String; 4]> {
        let found = self.expression.as_ref()?.captures(&self.date?.text)?;
        Some(
            ["before", "day", "month", "year"]
                .map(|name| found.name(name).map_or(String::new(), |text| text.as_str().trim().to_owned())),
        )
    }

    fn describe(&self, profile: &Profile) -> DocumentFacts {
        let number = self.notation(profile);
        let date = self.date_parts().and_then(|[_, day, month, year]| {
            NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
        });
        let titled = self.head.iter().enumerate().find_map(|(at, line)| {
            let text = folded(line.text.trim_end_matches(':'));
            let kind = profile.types.iter().find(|kind| folded(&kind.name) == text)?;
            Some((at, kind))
        });
        let letter = profile
            .recognition
            .letter_abstract
            .as_ref()
            .and_then(|mark| self.head.iter().position(|line| line.text.starts_with(mark.as_str())));
        let (kind, subject) = match (titled, letter) {
            (Some((at, kind)), _) => (Some(kind.code.clone()), self.under_title(at)),
            (None, Some(at)) => (letter_type(profile).map(|kind| kind.code.clone()), self.under_number(at)),
            (None, None) => {
                let addressed =
                    profile.recognition.addressee.as_ref().is_some_and(|mark| {
                        self.head.iter().any(|line| line.text.starts_with(mark.as_str()))
                    });
                let kind = letter_type(profile).filter(|_| addressed && self.headed);
                (kind.map(|kind| kind.code.clone()), None)
            }
        };
        DocumentFacts {
            kind,
            number: number.map(|number| number.to_string()),
            date,
            issuer: self.issuer(profile),
            subject,
        }
    }

    /// The abstract under the title: bold lines in sentence case, up to a gap or other text.
    fn under_title(&self, title: usize) -> Option<String> {
        self.head
            .iter()
            .skip(title + 1)
            .take(6)
            .take_while(|line| line.bold && line.text != line.text.to_uppercase())
            .map(|line| line.text.clone())
            .reduce(|all, next| format!("{all} {next}"))
    }

    /// The abstract of a letter: its first line and those close below it in the same column.
    fn under_number(&self, first: usize) -> Option<String> {
        let start = self.head.get(first)?;
        let mut above = *start;
        let mut text = start.text.clone();
        for line in self.head.iter().skip(first + 1).take(8) {
            let overlaps = line.bounds[0] < above.bounds[2] && line.bounds[2] > above.bounds[0];
            let close = line.baseline - above.baseline < above.size * 0.6;
            let same = if start.at.is_some() {
                // A DOCX has no places: the abstract goes on in paragraphs of its own size.
                (line.size - start.size).abs() < 0.1
                    && !line.bold
                    && line.text.chars().count() < 60
                    && line.text.chars().next().is_some_and(|first| first.is_lowercase())
            } else {
                overlaps && close && (line.size - start.size).abs() < 0.6
            };
            if same {
                text = format!("{text} {}", line.text);
                above = line;
            } else if start.at.is_some() || (overlaps && !close) {
                break;
            }
        }
        Some(text)
    }

    /// The issuing body: bold capitals above the number that aren't the state's.
    fn issuer(&self, profile: &Profile) -> Option<String> {
        let state: Vec<String> = profile.recognition.head.iter().map(|text| folded(text)).collect();
        // The superior body is not bold; a name over several lines is bold in all of them.
        self.head
            .iter()
            .take_while(|line| self.number.is_none_or(|number| !std::ptr::eq(**line, number)))
            .filter(|line| {
                let text = folded(&line.text);
                line.bold
                    && line.text.chars().any(char::is_alphabetic)
                    && line.text == line.text.to_uppercase()
                    && !state
                        .iter()
                        .any(|state| text == *state || close(&text, state) || state.contains(&text))
            })
            .map(|line| line.text.clone())
            .reduce(|all, next| format!("{all} {next}"))
    }
}

/// The type whose abstract stands under the number.
fn letter_type(profile: &Profile) -> Option<&DocumentType> {
    profile.types.iter().find(|kind| kind.summary == Summary::UnderNumber)
}

/// Whether two texts differ in few characters only (a misspelling, another dash).
pub(super) fn close(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > 4 || a.len() > TITLE_LENGTH || b.len() < 8 {
        return false;
    }
    distance(&a, &b) * 6 <= b.len()
}

/// Levenshtein's distance.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (at, x) in a.iter().enumerate() {
        let mut diagonal = at;
        let mut left = at + 1;
        let mut next = vec![left];
        for (y, above) in b.iter().zip(row.iter().skip(1)) {
            let value = (diagonal + usize::from(x != y)).min(left + 1).min(above + 1);
            diagonal = *above;
            left = value;
            next.push(value);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

/// A line that means to be the date line: it has the pattern's words, or a date in figures, and stands
/// where date lines stand.
fn near_date<'f>(head: &[&'f Line], number: Option<&Line>, profile: &Profile) -> Option<&'f Line> {
    let words = profile.date.words().map(|words| words.map(|word| folded(&word)));
    head.iter().copied().find(|line| {
        let text = folded(&line.text);
        if text.chars().count() > TITLE_LENGTH {
            return false;
        }
        // The words in their order, little before them and nothing but the year behind them: a line of
        // the body that cites a date has more.
        let worded = words.as_ref().is_some_and(|[day, month, year]| {
            let split = text.split_once(day.as_str()).and_then(|(before, rest)| {
                let (_, rest) = rest.split_once(month.as_str())?;
                let (_, after) = rest.split_once(year.as_str())?;
                Some((before, after))
            });
            split.is_some_and(|(before, after)| {
                let after = after.trim_matches([' ', '.', '…', '_', ',', ';']);
                before.chars().count() <= 40
                    && after.len() <= 4
                    && after.bytes().all(|byte| byte.is_ascii_digit())
            })
        });
        let beside = number.is_some_and(|number| {
            line.at.is_none()
                && (number.baseline - line.baseline).abs() < 3.0
                && line.bounds[0] > number.bounds[2]
        });
        let pieces: Vec<&str> =
            text.rsplit([' ', ',']).next().unwrap_or_default().split(['/', '.', '-']).collect();
        let figures = pieces.len() == 3
            && pieces
                .iter()
                .all(|piece| !piece.is_empty() && piece.bytes().all(|byte| byte.is_ascii_digit()));
        worded || (figures && (beside || line.italic))
    })
}

/// Lines of running text: long ones, or in a DOCX paragraphs of a sentence's length.
fn body(facts: &Facts) -> Vec<&Line> {
    let width = facts.sheets.first().map_or(210.0, |sheet| sheet.width);
    facts
        .lines
        .iter()
        .filter(|line| !line.invisible && !line.stamped)
        .filter(|line| match facts.kind {
            "docx" => line.text.chars().count() >= 80,
            _ => line.bounds[2] - line.bounds[0] > width * 0.6,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_placing_the_tone_are_one_word() {
        assert_eq!(folded("BẢN THOẢ THUẬN"), folded("Bản thỏa  thuận"));
        assert_eq!(folded("GIẤY UỶ QUYỀN"), folded("Giấy ủy quyền"));
    }

    #[test]
    fn a_misspelt_title_is_close_and_another_text_is_not() {
        let title = folded("Độc lập - Tự do - Hạnh phúc");
        assert!(close(&folded("Độc lập – Tự do – Hạnh phúc"), &title));
        assert!(!close(&folded("Kính gửi: Các sở, ban, ngành"), &title));
    }
}
