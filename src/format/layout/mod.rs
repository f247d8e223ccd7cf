//! From lines to the parts of a document that rules speak of: title block, number, date, type,
//! abstract, addressees, body, signature, recipients, marks, annexes.
//!
//! Places tell on a page; in a DOCX tables, alignment and order do. A part that isn't recognised is
//! left out, so that no rule misjudges another.

mod annex;
mod body;
mod foot;
mod head;
mod marks;
mod sections;
mod short;
mod signers;
mod units;
mod words;

pub use annex::Annex;
pub use body::Paragraph;
pub(super) use body::{in_table, is_running};
pub(super) use foot::{is_authority, is_family_name};
pub(super) use head::is_entry;
pub(super) use sections::{HEADINGS, is_titled};
pub(super) use short::{Short, short};
pub(super) use units::from_roman;
pub use units::{Unit, UnitKind};
pub use words::folded;
pub(super) use words::{begins, close, is_capitals};

use super::facts::{Facts, Line, is_signing_note};
use super::report::DocumentFacts;
use crate::profile::{DocumentType, Notation, Numbering, Part, Profile, Summary};
use chrono::NaiveDate;
use regex::Regex;
use std::collections::BTreeMap;

/// Lines looked at for the parts of the head.
const HEAD: usize = 60;
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
    /// Lines of running text.
    pub body: Vec<&'f Line>,
    /// Paragraphs between head and foot, outside tables.
    pub paragraphs: Vec<Paragraph<'f>>,
    /// What those paragraphs are in the order of the text.
    pub units: Vec<Unit>,
    /// Whether the file is an annex that goes with a document in another file.
    pub annex: bool,
    /// Whether the file is a text that was issued with a document in another file, which has the number, the
    /// date and the signature.
    pub attached: bool,
    /// Annexes in the file.
    pub annexes: Vec<Annex<'f>>,
    /// Whether any text of the head belongs to the state: without, this is no document's first page.
    pub headed: bool,
    /// What the document says of itself.
    pub document: DocumentFacts,
    /// The recipients with all of their text.
    pub entries: Vec<(String, &'f Line)>,
    /// Whether several sign side by side.
    pub several: bool,
    /// Where the foot begins: page of the signature.
    pub signed_on: Option<usize>,
    /// The head's lines as they are compared.
    pub(super) folds: Vec<String>,
    parts: BTreeMap<Part, Vec<&'f Line>>,
    /// What the date line says: before, day, month, year.
    dated: Option<[String; 4]>,
}

impl<'f> Layout<'f> {
    /// Finds the parts. Of a scan only recognised text is there; what it says is read, not judged.
    #[must_use]
    pub fn find(facts: &'f Facts, profile: &Profile) -> Self {
        let state: Vec<String> = profile.recognition.head.iter().map(|text| folded(text)).collect();
        let of_state = |text: &str| state.iter().any(|state| text == state.as_str() || close(text, state));
        // A header with the state's title is the letterhead.
        let letterhead = facts.header.0.iter().any(|line| of_state(&folded(&line.text)));
        let header = facts.header.0.iter().filter(|_| letterhead);
        // The title block is on the first page; in a DOCX among the first paragraphs.
        let mut head: Vec<&Line> = header
            .chain(&facts.lines)
            .filter(|line| line.invisible == facts.scan && line.page == 0)
            .take(HEAD)
            .collect();
        // The number of the page is no part of the head.
        if let Some(number) = facts.numbers.iter().find(|number| number.page == 0 && facts.kind == "pdf") {
            head.retain(|line| line.baseline != number.line.baseline || line.text != number.line.text);
        }
        let label = profile.numbering.label.trim_end_matches(':');
        let exact = head.iter().copied().find(|line| {
            line.text.strip_prefix(label).is_some_and(|rest| {
                let rest = rest.trim_start();
                let marked =
                    rest.starts_with(':') || rest.starts_with(|character: char| character.is_ascii_digit());
                // A signature on an attachment names the number too, with the time behind it.
                marked && !rest.contains(';')
            })
        });
        // In other letters (`SỐ:`) it is the line still, and wrong.
        let number = exact.or_else(|| {
            let meant = |line: &&&Line| {
                let rest = behind_label(&line.text, label).map(str::trim_start);
                rest.is_some_and(|rest| rest.starts_with(':') && !rest.contains(';'))
                    && line.text.chars().count() < TITLE_LENGTH
            };
            head.iter().find(meant).copied()
        });
        // The pattern was tried when the profile was read.
        let expression = profile.date.line_expression();
        let short = |line: &&&Line| line.text.chars().count() < TITLE_LENGTH;
        let is_date = |line: &&&Line| expression.is_some_and(|date| date.is_match(&line.text));
        let date = head.iter().filter(short).find(is_date).copied();
        let dated = expression.zip(date).and_then(|(expression, line)| read_date(expression, &line.text));
        let folds: Vec<String> = head.iter().map(|line| folded(&line.text)).collect();
        let near_date = head::near_date(&head, &folds, number, profile).filter(|_| date.is_none());
        // What was signed onto it may stand above its first line.
        let own = |line: &Line| !line.stamped && !is_signing_note(&line.text);
        let annex = head.iter().zip(&folds).find(|(line, _)| own(line)).is_some_and(|(_, text)| {
            profile.recognition.annex.iter().any(|word| text.starts_with(&folded(word)))
        });
        let headed =
            folds.iter().any(|text| state.iter().any(|state| text.contains(state)) || of_state(text));
        let mut layout =
            Self { head, number, date, near_date, annex, headed, folds, dated, ..Self::default() };
        layout.parts.extend(head::parts(&layout, facts, profile));
        layout.attached = head::is_attached(&layout, profile);
        let foot = foot::find(facts, &layout, profile);
        (layout.signed_on, layout.several) = (foot.page, foot.several);
        layout.parts.extend(foot.parts);
        layout.entries = foot.entries;
        layout.annexes = annex::find(facts, &layout, foot.end, profile);
        layout.parts.extend(annex::parts(&layout, facts, profile));
        layout.paragraphs = body::paragraphs(facts, &layout, foot.begin, profile);
        let grounded = layout
            .part(Part::TypeName)
            .first()
            .and_then(|line| head::type_of(&line.text, profile))
            .is_some_and(|kind| kind.grounded);
        layout.units = units::units(&layout.paragraphs, grounded, profile);
        layout.parts.extend(sections::parts(&layout.paragraphs, &layout.units));
        layout.body = body::running(facts);
        let numbers = facts.numbers.iter().map(|number| &number.line);
        layout.parts.insert(Part::Address, facts.foot.iter().collect());
        layout.parts.insert(Part::PageNumber, numbers.collect());
        layout.document = layout.describe(profile);
        layout
    }

    /// The lines of a part; none when it isn't there.
    #[must_use]
    pub fn part(&self, part: Part) -> &[&'f Line] {
        self.parts.get(&part).map_or(&[], Vec::as_slice)
    }

    /// What stands after the label of the number line.
    #[must_use]
    pub fn number_text(&self, profile: &Profile) -> Option<String> {
        let label = profile.numbering.label.trim_end_matches(':');
        let line = self.number?;
        let rest = behind_label(&line.text, label)?;
        let text = rest.trim_start().trim_start_matches(':').trim().to_owned();
        // A number stamped into a blank leaves some of it: no fault of the form.
        let separator = profile.numbering.number_symbol_separator.trim();
        Some(match text.split_once(separator).filter(|_| line.stamped) {
            Some((number, symbol)) => format!("{}{separator}{symbol}", number.trim()),
            None => text,
        })
    }

    /// Number and symbol, when they follow the grammar but for blanks: what is meant is told by a number that
    /// was stamped into a wider gap, too.
    #[must_use]
    pub fn notation(&self, profile: &Profile) -> Option<Notation> {
        let text = self.number_text(profile)?;
        let joined = || text.split_whitespace().collect::<String>();
        profile.numbering.parse(&text).or_else(|_| profile.numbering.parse(&joined())).ok()
    }

    /// The symbol of a draft whose number hasn't been given yet, when it follows the grammar.
    #[must_use]
    pub fn blank_symbol(&self, profile: &Profile) -> Option<String> {
        let numbering = &profile.numbering;
        let text = self.number_text(profile)?;
        if !is_blank(&text, &numbering.number_symbol_separator) {
            return None;
        }
        numbering.parse(&filled(&text, numbering)).ok().map(|notation| notation.symbol().to_owned())
    }

    /// What the date line says: before, day, month, year.
    #[must_use]
    pub fn date_parts(&self) -> Option<[String; 4]> {
        self.dated.clone()
    }

    /// The type that the document says it is.
    #[must_use]
    pub fn kind<'p>(&self, profile: &'p Profile) -> Option<&'p DocumentType> {
        self.document.kind.as_deref().and_then(|code| profile.document_type(code))
    }

    fn describe(&self, profile: &Profile) -> DocumentFacts {
        let number = self.notation(profile);
        let date =
            self.date_parts().filter(|[.., year]| year.len() == 4).and_then(|[_, day, month, year]| {
                NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
            });
        let joined = |part: Part| {
            let lines = self.part(part).iter().map(|line| line.text.clone());
            lines.reduce(|all, next| format!("{all} {next}"))
        };
        let titled = self.part(Part::TypeName).first().and_then(|line| head::type_of(&line.text, profile));
        let letter = self.part(Part::LetterAbstract).first();
        let (kind, subject) = match (titled, letter) {
            (Some(kind), _) => (Some(kind), joined(Part::Abstract)),
            (None, Some(_)) => (letter_type(profile), joined(Part::LetterAbstract)),
            (None, None) => {
                let addressed = !self.part(Part::Addressee).is_empty();
                (letter_type(profile).filter(|_| addressed && self.headed), None)
            }
        };
        DocumentFacts {
            kind: kind.map(|kind| kind.code.clone()),
            number: number.map(|number| number.to_string()),
            date,
            issuer: joined(Part::Issuer),
            subject,
        }
    }
}

/// What stands behind a label, in whatever letters that is written.
fn behind_label<'t>(text: &'t str, label: &str) -> Option<&'t str> {
    let mut rest = text.chars();
    for wanted in label.chars() {
        if !rest.next()?.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
    }
    Some(rest.as_str())
}

/// What stands for a number that hasn't been given yet.
const BLANKS: [char; 4] = ['.', '…', '_', ' '];

/// Whether the number has not been given yet: a draft's gap is no error.
pub(super) fn is_blank(text: &str, separator: &str) -> bool {
    text.is_empty() || text.starts_with(separator.trim()) || text.starts_with(BLANKS)
}

/// A draft's number and symbol as they would be with a number in the gap.
pub(super) fn filled(text: &str, numbering: &Numbering) -> String {
    let separator = numbering.number_symbol_separator.as_str();
    let symbol = text.trim_start_matches(BLANKS).trim_start_matches(separator.trim());
    format!("1{separator}{}", symbol.trim_start())
}

/// What a date line says: before, day, month, year.
fn read_date(expression: &Regex, line: &str) -> Option<[String; 4]> {
    let found = expression.captures(line)?;
    let named = |name| found.name(name).map_or(String::new(), |text| text.as_str().trim().to_owned());
    Some(["before", "day", "month", "year"].map(named))
}

/// The type whose abstract stands under the number.
fn letter_type(profile: &Profile) -> Option<&DocumentType> {
    profile.types.iter().find(|kind| kind.summary == Summary::UnderNumber)
}
