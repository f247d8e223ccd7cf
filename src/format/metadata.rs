//! What a document says of itself, for registering it: each with where it was read and how sure that is, so
//! that a clerk confirms instead of typing. Nothing is guessed: what isn't found is left out.

use super::facts::{Facts, Line};
use super::layout::{Layout, begins, folded};
use super::report::At;
use super::rules::order::entries;
use crate::profile::{Part, Profile};
use serde::Serialize;
use utoipa::ToSchema;

/// Recipients kept; a circular may name hundreds.
const RECIPIENTS: usize = 100;

/// How sure a reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Recognised by a machine in a picture: to be read again.
    Low,
    /// By where it stands and how it looks.
    Medium,
    /// By words or a grammar that leave no other reading.
    High,
}

/// Something a document says, and where.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Proposed {
    /// What it says.
    pub value: String,
    /// How sure the reading is.
    pub confidence: Confidence,
    /// The line it was read from.
    pub source: String,
    /// Page, from 1; null for DOCX.
    pub page: Option<usize>,
    /// Where on the page, as of findings; null for DOCX.
    #[serde(rename = "box")]
    pub bounds: Option<[f64; 4]>,
    /// Where in a DOCX; null for PDF.
    pub at: Option<At>,
}

/// What a document says of itself, for registering it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = ExtractedMetadata)]
pub struct Metadata {
    /// Type, by its code.
    #[serde(rename = "type")]
    pub kind: Option<Proposed>,
    /// Number, without the symbol.
    pub number: Option<Proposed>,
    /// Symbol, without the number.
    pub symbol: Option<Proposed>,
    /// Date, as YYYY-MM-DD.
    pub date: Option<Proposed>,
    /// Place.
    pub place: Option<Proposed>,
    /// Issuing body.
    pub issuer: Option<Proposed>,
    /// The body above it.
    pub superior: Option<Proposed>,
    /// Abstract.
    pub subject: Option<Proposed>,
    /// Who signs: the full name.
    pub signer: Option<Proposed>,
    /// In which authority and office.
    pub signer_title: Option<Proposed>,
    /// Whom it is for and who gets it, in order; what stays with the agency left out.
    pub recipients: Vec<Proposed>,
    /// Urgency: `urgent`, `very_urgent`, `flash`.
    pub urgency: Option<Proposed>,
    /// Secrecy: `confidential`, `secret`, `top_secret`.
    pub secrecy: Option<Proposed>,
}

/// Reads them.
pub(super) fn read(facts: &Facts, layout: &Layout<'_>, profile: &Profile) -> Metadata {
    let reader = Reader { facts, layout };
    let recognition = &profile.recognition;
    let notation = layout.notation(profile);
    let blank = layout.blank_symbol(profile);
    let number = layout.number.filter(|_| notation.is_some() || blank.is_some());
    let symbol = notation.as_ref().and_then(|notation| {
        let text = notation.to_string();
        let (_, symbol) = text.split_once(&profile.numbering.number_symbol_separator)?;
        Some(symbol.to_owned())
    });
    let symbol = symbol.or(blank);
    let digits = layout
        .number_text(profile)
        .map(|text| -> String { text.chars().take_while(char::is_ascii_digit).collect() });
    let date = layout.document.date.map(|date| date.to_string());
    let place = layout.date_parts().map(|[before, ..]| before.trim_end_matches([',', ' ']).to_owned());
    let kind = layout.document.kind.clone();
    let titled = layout.part(Part::TypeName).first().copied();
    let of_letter =
        layout.part(Part::LetterAbstract).first().or(layout.part(Part::Addressee).first()).copied();
    let subject = if titled.is_some() { Part::Abstract } else { Part::LetterAbstract };
    let mark = recognition.letter_abstract.as_deref().unwrap_or_default();
    let subject_text = reader.joined(subject).map(|text| match text.strip_prefix(mark) {
        Some(rest) if !mark.is_empty() => rest.trim_start_matches([':', ' ']).to_owned(),
        _ => text,
    });
    // Of parties to an agreement none is the signer.
    let alone = !layout.several || layout.kind(profile).is_none_or(|kind| !kind.parties);
    Metadata {
        kind: reader.proposed(kind, titled.or(of_letter), Confidence::High),
        number: reader.proposed(digits.filter(|text| !text.is_empty()), number, Confidence::High),
        symbol: reader.proposed(symbol, number, Confidence::High),
        date: reader.proposed(date, layout.date, Confidence::High),
        place: reader.proposed(place.filter(|text| !text.is_empty()), layout.date, Confidence::High),
        issuer: reader.part(Part::Issuer, Confidence::Medium),
        superior: reader.part(Part::Superior, Confidence::Medium),
        subject: reader.proposed(
            subject_text,
            layout.part(subject).first().copied(),
            if titled.is_some() { Confidence::Medium } else { Confidence::High },
        ),
        signer: reader.signer(&recognition.before_names).filter(|_| alone),
        signer_title: reader.part(Part::Authority, Confidence::Medium).filter(|_| alone),
        recipients: reader.recipients(profile),
        urgency: reader.mark(Part::Urgency, &recognition.urgency, profile),
        secrecy: reader.mark(Part::Secrecy, &recognition.secrecy, profile),
    }
}

struct Reader<'r> {
    facts: &'r Facts,
    layout: &'r Layout<'r>,
}

impl Reader<'_> {
    fn proposed(
        &self,
        value: Option<String>,
        line: Option<&Line>,
        confidence: Confidence,
    ) -> Option<Proposed> {
        let (value, line) = (value?, line?);
        let is_pdf = self.facts.kind == "pdf";
        Some(Proposed {
            value,
            confidence: if line.invisible { Confidence::Low } else { confidence },
            source: line.text.clone(),
            page: is_pdf.then_some(line.page + 1),
            bounds: is_pdf.then(|| line.bounds.map(|value| (value * 100.0).round() / 100.0)),
            at: line.at.clone(),
        })
    }

    fn joined(&self, part: Part) -> Option<String> {
        let lines = self.layout.part(part).iter().map(|line| line.text.clone());
        lines.reduce(|all, next| format!("{all} {next}"))
    }

    /// All lines of a part, placed where the first of them is.
    fn part(&self, part: Part, confidence: Confidence) -> Option<Proposed> {
        self.proposed(self.joined(part), self.layout.part(part).first().copied(), confidence)
    }

    /// Who signs, without the rank or degree that may stand before the name.
    fn signer(&self, before: &[String]) -> Option<Proposed> {
        let whole = self.joined(Part::Signer)?;
        let mut name = whole.as_str();
        while let Some(word) = before.iter().find(|word| begins(name, word)) {
            let cut = name.char_indices().nth(word.chars().count()).map_or(name.len(), |(at, _)| at);
            name = name.get(cut..).unwrap_or_default().trim_start_matches(['.', ',', ' ', '-']);
        }
        let name = if name.is_empty() { &whole } else { name };
        let line = self.layout.part(Part::Signer).first().copied();
        self.proposed(Some(name.to_owned()), line, Confidence::Medium)
    }

    /// A mark, by the code the profile has for it.
    fn mark(&self, part: Part, marks: &[String], profile: &Profile) -> Option<Proposed> {
        let line = self.layout.part(part).first().copied()?;
        let text = folded(&self.joined(part)?);
        // The longest that fits: one mark may begin with the words of another.
        let fits = |mark: &&String| text.starts_with(&folded(mark));
        let found = marks.iter().filter(fits).max_by_key(|mark| mark.chars().count())?;
        let code = profile.recognition.mark_codes.get(found).cloned();
        self.proposed(code, Some(line), Confidence::High)
    }

    /// Whom it is addressed to, then the list of recipients.
    fn recipients(&self, profile: &Profile) -> Vec<Proposed> {
        let recognition = &profile.recognition;
        let kept = recognition.kept.as_deref().map(folded).unwrap_or_default();
        let addressee = recognition.addressee.as_deref().unwrap_or_default();
        let tidy = |text: &str| -> Option<String> {
            let text = text
                .trim_start_matches(['-', '–', '+', '*', '•', ' '])
                .trim_end_matches([';', '.', ',', ' ']);
            (!text.is_empty()).then(|| text.to_owned())
        };
        let of = |part: Part| self.layout.part(part).iter().copied();
        let whole = self.joined(Part::Addressee);
        let named = of(Part::Addressee).take(1).filter_map(|line| {
            let text = whole.as_deref().unwrap_or(&line.text);
            let rest = text.strip_prefix(addressee).unwrap_or(text).trim_start_matches([':', ' ']);
            self.proposed(tidy(rest), Some(line), Confidence::High)
        });
        let addressed = entries(self.layout, Part::Addressees);
        let listed = addressed
            .into_iter()
            .filter_map(|(text, line)| self.proposed(tidy(&text), Some(line), Confidence::High));
        let entries = self.layout.entries.iter().filter_map(|(text, line)| {
            let text = tidy(text).filter(|text| kept.is_empty() || !folded(text).starts_with(&kept))?;
            self.proposed(Some(text), Some(line), Confidence::Medium)
        });
        named.chain(listed).chain(entries).take(RECIPIENTS).collect()
    }
}
