//! What a draft says of itself in print, held against what it is given: a symbol, day or month that is printed stays
//! printed, so a document may not get others (Decree 30/2020, App. I, II.3–4). Blanks are for filling.
//!
//! Scans are not held to it: what was recognised on them may be misread. Nor is the year, which every draft prints.

use super::super::error::Error;
use super::super::rows::{Document, DocumentId, Version};
use super::open_pdf;
use crate::desk::Desk;
use crate::format;
use crate::format::Kind;
use crate::format::layout::Layout;
use crate::identity::Acting;
use crate::identity::rows::Agency;
use crate::pdf::{Source, text};
use crate::profile::Profile;
use crate::store::{self, AnyConnection};
use chrono::{Datelike, NaiveDate};

/// What stands on the first page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Printed {
    /// The symbol, without white space.
    symbol: Option<String>,
    /// The day.
    day: Option<u32>,
    /// The month.
    month: Option<u32>,
}

fn compact(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).collect()
}

impl Printed {
    /// Reads it from a file; a file of which nothing can be read says nothing.
    #[must_use]
    pub fn read(bytes: Vec<u8>, profile: &Profile) -> Self {
        let Ok(readable) = format::read(bytes, &text::Limits::default()) else { return Self::default() };
        let Some(facts) = readable.facts().filter(|facts| !facts.scan) else { return Self::default() };
        let layout = Layout::find(facts, profile);
        let [_, day, month, _] = layout.date_parts().unwrap_or_default();
        let separator = profile.numbering.number_symbol_separator.trim();
        let symbol = layout
            .number_text(profile)
            .and_then(|text| Some(compact(text.split_once(separator)?.1)))
            .filter(|symbol| symbol.chars().any(char::is_alphanumeric));
        Self { symbol, day: day.parse().ok(), month: month.parse().ok() }
    }

    /// Whether a number and symbol may be given to it.
    ///
    /// # Errors
    /// When another symbol is printed.
    pub fn allows_notation(&self, notation: &str, profile: &Profile) -> Result<(), Error> {
        let separator = profile.numbering.number_symbol_separator.trim();
        let given = notation.split_once(separator).map_or(notation, |(_, symbol)| symbol);
        match &self.symbol {
            Some(printed) if *printed != compact(given) => Err(Error::Refused {
                code: "printed_symbol_differs",
                args: vec![("printed", printed.clone()), ("given", given.to_owned())],
            }),
            _ => Ok(()),
        }
    }

    /// Whether a date may be given to it.
    ///
    /// # Errors
    /// When another day or month is printed.
    pub fn allows_date(&self, date: NaiveDate) -> Result<(), Error> {
        let differs = |printed: Option<u32>, given: u32| printed.is_some_and(|printed| printed != given);
        if !differs(self.day, date.day()) && !differs(self.month, date.month()) {
            return Ok(());
        }
        let shown = |part: Option<u32>| part.map_or("…".to_owned(), |part| part.to_string());
        Err(Error::Refused {
            code: "printed_date_differs",
            args: vec![
                ("printed", format!("{}/{}", shown(self.day), shown(self.month))),
                ("given", format!("{}/{}", date.day(), date.month())),
            ],
        })
    }
}

/// What the current version of a document prints: asked before it is numbered, outside of the transaction.
///
/// # Errors
/// When there is no such document, or kept bytes can't be read.
pub fn printed_on(desk: &Desk, by: &Acting, document: &DocumentId) -> Result<Printed, Error> {
    let version = desk.database.read_blocking(|c| {
        Document::find(c, &by.scope, document)?.ok_or(Error::NotFound("document"))?;
        Version::current(c, &by.scope, document)?.ok_or(Error::NotFound("version"))
    })?;
    if version.media_type != Kind::Pdf.media_type() {
        return Ok(Printed::default());
    }
    let source = open_pdf(desk, &version)?;
    if source.len() > text::Limits::default().file {
        return Ok(Printed::default());
    }
    let bytes = source
        .bytes(0, usize::try_from(source.len()).unwrap_or(usize::MAX))
        .map_err(|source| store::Error::Io { what: "reading kept bytes", source })?;
    Ok(Printed::read(bytes, &desk.profile))
}

/// Refuses a draft whose printed symbol can't become the one its register will give, before anybody signs it.
pub(super) fn check_symbol(
    c: &mut AnyConnection,
    desk: &Desk,
    by: &Acting,
    document: &Document,
    printed: &Printed,
) -> Result<(), Error> {
    let agency = Agency::of(c, &by.scope)?;
    let unit = document.drafting_unit.as_deref();
    match desk.profile.symbol(&document.type_code, &agency.abbreviation, unit) {
        Ok(symbol) => {
            let separator = &desk.profile.numbering.number_symbol_separator;
            printed.allows_notation(&format!("{separator}{symbol}"), &desk.profile)
        }
        // That it can't be composed is told when it is numbered.
        Err(_) => Ok(()),
    }
}
