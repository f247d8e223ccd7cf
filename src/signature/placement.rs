//! Where prepared fields go on a draft: as told, found in the page's own text, or by the profile's
//! geometry, in this order.
//!
//! The number goes into the gap between its label and the slash, or behind the label when nothing
//! follows; day and month go into the gaps of the date line; the personal signature goes above the
//! signer's name at the right, beside the list of recipients; the seal goes over its left third
//! (Decree 30/2020, App. I, II.7–8). The profile's geometry is for scans and for heads without these
//! lines; it is never put over text that stands there.

mod block;
mod printed;
mod rows;
mod upright;

use super::prepare::{Alignment, Place, Plan, Rectangle, TextField};
use super::shown::overlaps;
use crate::pdf::font::{Face, Repertoire};
use crate::pdf::text::{Page, Pages};
use crate::profile::Profile;
pub use printed::Printed;
use printed::number_row;
use rows::{Row, after, gap, on_line};
use upright::Upright;

/// Name of the field of the digits, before a printed symbol.
pub const NUMBER: &str = "number";
/// Name of the field of number and symbol.
pub const NOTATION: &str = "notation";
/// Name of the field of a whole date line.
pub const DATE: &str = "date";
/// Name of the field of the day.
pub const DAY: &str = "day";
/// Name of the field of the month.
pub const MONTH: &str = "month";

/// Size of number and date where no text shows another, in points.
const SIZE: f64 = 13.0;
/// A number with its symbol, at most, in points.
const NOTATION_WIDTH: f64 = 160.0;

/// How the number and date are to be filled in: what the gaps on the page hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum NumberGap {
    /// The digits; the symbol is printed.
    Digits,
    /// Number and symbol.
    Whole,
}

/// Places that are told instead of found.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Told {
    /// Number and symbol.
    pub number: Option<Place>,
    /// The whole date line.
    pub date: Option<Place>,
    /// The personal signature.
    pub personal: Option<Place>,
    /// The agency's signature.
    pub agency: Option<Place>,
}

impl Told {
    fn each(&self, change: impl Fn(&Place) -> Place) -> Self {
        let change = |place: &Option<Place>| place.as_ref().map(&change);
        Self {
            number: change(&self.number),
            date: change(&self.date),
            personal: change(&self.personal),
            agency: change(&self.agency),
        }
    }
}

/// Where everything goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The plan for preparing.
    pub plan: Plan,
    /// What the number's field holds.
    pub number: NumberGap,
    /// Parts that the text didn't show and the profile's geometry placed.
    pub by_profile: Vec<&'static str>,
    /// What is printed of number and date.
    pub printed: Printed,
}

/// Why a draft can't be laid out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlacementError {
    /// No page could be read.
    #[error("no page of the draft can be read")]
    NoPage,
    /// The number stands there already.
    #[error(
        "the draft carries a number already ({0}): leave a gap behind the label, the number is given later"
    )]
    NumberPresent(String),
    /// The date stands there already.
    #[error("the draft carries a date already ({0}): leave gaps for day and month, the date is given later")]
    DatePresent(String),
    /// A gap is too narrow.
    #[error("the gap for the {part} is too narrow ({text}): leave room for two digits")]
    GapTooNarrow {
        /// Which gap.
        part: &'static str,
        /// The line it is in.
        text: String,
    },
    /// The part isn't found and other text stands where the profile would have it.
    #[error(
        "no place for the {0} is found, and text stands where it would go by the profile: add its line to the draft, or tell its place"
    )]
    NoRoom(&'static str),
    /// A place that was told is on no page.
    #[error("the place told for the {0} lies on no page of the draft")]
    NoSuchPlace(&'static str),
}

/// Finds the places.
///
/// # Errors
/// [`PlacementError`].
pub fn find(pages: &Pages, profile: &Profile) -> Result<Found, PlacementError> {
    find_beside(pages, profile, &Told::default())
}

/// Finds the places of what isn't told.
///
/// # Errors
/// [`PlacementError`].
pub fn find_beside(pages: &Pages, profile: &Profile, told: &Told) -> Result<Found, PlacementError> {
    let upright = Upright::of(pages);
    let told = told.each(|place| upright.as_shown(place));
    let mut found = find_upright(&upright.pages, profile, &told)?;
    for text in &mut found.plan.texts {
        text.place = upright.on_page(&text.place);
    }
    found.plan.personal = upright.on_page(&found.plan.personal);
    found.plan.agency = found.plan.agency.map(|place| upright.on_page(&place));
    Ok(found)
}

/// Where the personal signature goes on a document that wasn't prepared.
///
/// # Errors
/// [`PlacementError`].
pub fn personal(pages: &Pages, profile: &Profile) -> Result<Place, PlacementError> {
    let upright = Upright::of(pages);
    let place = match block::find(&upright.pages, profile) {
        Some(place) => place,
        None => personal_by_profile(&upright.pages, profile)?,
    };
    Ok(upright.on_page(&place))
}

/// Where the agency's signature goes beside a personal one.
///
/// # Errors
/// [`PlacementError::NoRoom`] when it has to keep clear of the text, as somebody signed that already, and can't.
pub fn agency(
    personal: &Place,
    pages: &Pages,
    profile: &Profile,
    clear: bool,
) -> Result<Place, PlacementError> {
    let upright = Upright::of(pages);
    let place = beside(&upright.as_shown(personal), &upright.pages, profile);
    let page = upright.pages.pages.get(place.page).filter(|_| clear);
    let place = match page {
        Some(page) => kept_clear(place, page).ok_or(PlacementError::NoRoom("agency signature"))?,
        None => place,
    };
    Ok(upright.on_page(&place))
}

/// The place nearest to this one, to the left or higher or lower, that covers no text.
fn kept_clear(place: Place, page: &Page) -> Option<Place> {
    /// Steps, and how far it may go to the left and up or down, in points: still beside the signature.
    const STEP: f64 = 2.0;
    const LEFT: i32 = 40;
    const HIGH: i32 = 15;
    let boxes = page.text_boxes();
    let [left, bottom, right, top] = page.bounds;
    let moved = |x: i32, y: i32| {
        let (x, y) = (f64::from(x) * STEP, f64::from(y) * STEP);
        let at = place.rectangle;
        Rectangle { left: at.left - x, bottom: at.bottom + y, right: at.right - x, top: at.top + y }
    };
    let mut steps: Vec<(i32, i32)> = (0..=LEFT).flat_map(|x| (-HIGH..=HIGH).map(move |y| (x, y))).collect();
    steps.sort_by_key(|(x, y)| x * x + y * y);
    steps
        .into_iter()
        .map(|(x, y)| moved(x, y))
        .find(|at| {
            let on_paper = at.left >= left && at.bottom >= bottom && at.right <= right && at.top <= top;
            on_paper && !boxes.iter().any(|text| overlaps(text, at))
        })
        .map(|rectangle| Place { rectangle, ..place })
}

fn personal_by_profile(pages: &Pages, profile: &Profile) -> Result<Place, PlacementError> {
    let last = pages.pages.iter().rposition(|page| !page.glyphs.is_empty()).unwrap_or(0);
    let page = pages.pages.get(last).ok_or(PlacementError::NoPage)?;
    let place = Place { page: last, rectangle: fraction(page, profile.placement.personal) };
    is_free(page, &place, "personal signature")?;
    Ok(place)
}

fn find_upright(pages: &Pages, profile: &Profile, told: &Told) -> Result<Found, PlacementError> {
    let first = pages.pages.first().ok_or(PlacementError::NoPage)?;
    for (part, place) in [
        ("number", told.number),
        ("date", told.date),
        ("personal signature", told.personal),
        ("agency signature", told.agency),
    ] {
        if place.is_some_and(|place| !lies_on(pages, &place)) {
            return Err(PlacementError::NoSuchPlace(part));
        }
    }
    let rows = rows::rows(0, first);
    let mut by_profile = Vec::new();
    let mut texts = Vec::new();
    let number = match (told.number, number_field(&rows, profile)) {
        (Some(place), _) => {
            texts.push(text_field(NOTATION, place, Face::Regular, SIZE));
            NumberGap::Whole
        }
        (None, found) => match found? {
            Some((field, gap)) => {
                texts.push(field);
                gap
            }
            None => {
                by_profile.push("number");
                let place = Place { page: 0, rectangle: fraction(first, profile.placement.number) };
                is_free(first, &place, "number")?;
                texts.push(text_field(NOTATION, place, Face::Regular, SIZE));
                NumberGap::Whole
            }
        },
    };
    let dates = match told.date {
        Some(place) => vec![text_field(DATE, place, Face::Italic, SIZE)],
        None => date_fields(&rows, profile)?,
    };
    if dates.is_empty() {
        by_profile.push("date");
        let rectangle = beside_number(first, &rows, profile);
        let place = Place { page: 0, rectangle };
        is_free(first, &place, "date")?;
        let mut field = text_field(DATE, place, Face::Italic, SIZE);
        field.alignment = Alignment::Centre;
        texts.push(field);
    }
    texts.extend(dates);
    let personal = match (told.personal, block::find(pages, profile)) {
        (Some(place), _) | (None, Some(place)) => place,
        (None, None) => {
            by_profile.push("personal");
            personal_by_profile(pages, profile)?
        }
    };
    let agency = told.agency.unwrap_or_else(|| beside(&personal, pages, profile));
    let printed = printed::read(&rows, profile);
    Ok(Found { plan: Plan { texts, personal, agency: Some(agency) }, number, by_profile, printed })
}

/// The seal overlaps the left third of the personal signature and is centred on its height.
fn beside(personal: &Place, pages: &Pages, profile: &Profile) -> Place {
    let seal = profile.placement.seal_diameter * 72.0 / 25.4;
    let at = personal.rectangle;
    let middle = f64::midpoint(at.bottom, at.top);
    let (mut left, mut bottom) = (at.left + at.width() / 3.0 - seal, middle - seal / 2.0);
    if let Some(page) = pages.pages.get(personal.page) {
        // Never over the edge of the page.
        let [x0, y0, x1, y1] = page.bounds;
        left = left.clamp(x0, (x1 - seal).max(x0));
        bottom = bottom.clamp(y0, (y1 - seal).max(y0));
    }
    Place {
        page: personal.page,
        rectangle: Rectangle { left, bottom, right: left + seal, top: bottom + seal },
    }
}

fn lies_on(pages: &Pages, place: &Place) -> bool {
    let at = place.rectangle;
    pages.pages.get(place.page).is_some_and(|page| {
        let [left, bottom, right, top] = page.bounds;
        at.left >= left - 1.0
            && at.bottom >= bottom - 1.0
            && at.right <= right + 1.0
            && at.top <= top + 1.0
            && at.width() > 1.0
            && at.height() > 1.0
    })
}

/// Refuses a place of the profile where visible text stands.
fn is_free(page: &Page, place: &Place, part: &'static str) -> Result<(), PlacementError> {
    let at = place.rectangle;
    let covers =
        page.glyphs.iter().filter(|glyph| !glyph.invisible && !glyph.text.trim().is_empty()).any(|glyph| {
            glyph.x < at.right
                && glyph.x + glyph.advance > at.left
                && glyph.y + glyph.size * 0.7 > at.bottom
                && glyph.y - glyph.size * 0.2 < at.top
        });
    if covers { Err(PlacementError::NoRoom(part)) } else { Ok(()) }
}

fn text_field(name: &str, place: Place, face: Face, size: f64) -> TextField {
    let repertoire =
        if [NUMBER, DAY, MONTH].contains(&name) { Repertoire::Digits } else { Repertoire::Whole };
    TextField { name: name.to_owned(), place, face, repertoire, size, alignment: Alignment::Left }
}

fn fraction(page: &Page, part: [f64; 4]) -> Rectangle {
    let [left, bottom, right, top] = page.bounds;
    let (width, height) = (right - left, top - bottom);
    let [x0, y0, x1, y1] = part;
    Rectangle {
        left: left + width * x0,
        bottom: top - height * y1,
        right: left + width * x1,
        top: top - height * y0,
    }
}

/// The place of a date line that isn't there: by the profile, but on the number's line when that is
/// (Decree 30/2020, App. I, II.4: both stand on one line).
fn beside_number(page: &Page, rows: &[Row<'_>], profile: &Profile) -> Rectangle {
    let by_profile = fraction(page, profile.placement.date);
    let label = &profile.numbering.label;
    match rows.iter().find(|row| after(row, label, 0).is_some()) {
        Some(row) if (row.baseline() - by_profile.bottom).abs() < 120.0 => {
            on_line(row, by_profile.left, by_profile.right, SIZE)
        }
        _ => by_profile,
    }
}

fn number_field(
    rows: &[Row<'_>],
    profile: &Profile,
) -> Result<Option<(TextField, NumberGap)>, PlacementError> {
    let separator = profile.numbering.number_symbol_separator.trim();
    let Some((row, start, from)) = number_row(rows, profile) else { return Ok(None) };
    let Some(first) = row.glyphs.get(start) else { return Ok(None) };
    let size = first.size.round().clamp(8.0, 16.0);
    let (left, next) = gap(row, from);
    let (right, kind) = match next {
        Some((x, text)) if text.starts_with(separator) => (x - 0.3, NumberGap::Digits),
        Some((_, text)) if text.starts_with(|character: char| character.is_ascii_digit()) => {
            if row.is_recognised() {
                return Ok(None);
            }
            return Err(PlacementError::NumberPresent(row.text()));
        }
        // The date line follows on the same height: the number ends well before it.
        Some((x, _)) => ((x - 12.0).min(left + NOTATION_WIDTH), NumberGap::Whole),
        None => (left + NOTATION_WIDTH, NumberGap::Whole),
    };
    let left = left + 2.0;
    if right - left < size * 0.85 {
        if row.is_recognised() {
            return Ok(None);
        }
        return Err(PlacementError::GapTooNarrow { part: "number", text: row.text() });
    }
    let place = Place { page: row.page, rectangle: on_line(row, left, right, size) };
    let name = if kind == NumberGap::Digits { NUMBER } else { NOTATION };
    let mut field = text_field(name, place, Face::Regular, size);
    if kind == NumberGap::Digits {
        field.alignment = Alignment::Right;
    }
    Ok(Some((field, kind)))
}

/// The gaps of day and month: of those that are blank. A month that is printed stays.
fn date_fields(rows: &[Row<'_>], profile: &Profile) -> Result<Vec<TextField>, PlacementError> {
    let Some([day_word, month_word, year_word]) = profile.date.words() else { return Ok(Vec::new()) };
    for row in rows {
        let Some((_, day)) = after(row, &day_word, 0) else { continue };
        let Some((month_start, month)) = after(row, &month_word, day) else { continue };
        let Some((year_start, year)) = after(row, &year_word, month) else { continue };
        // A date cited in the text has text behind its year; the date line has digits at most.
        let tail: String = row.glyphs.iter().skip(year).map(|glyph| glyph.text.trim()).collect();
        let figures = |character: char| character.is_ascii_digit() || matches!(character, '.' | '…' | '_');
        if tail.chars().count() > 6 || !tail.chars().all(figures) {
            continue;
        }
        let edge = |at: usize| row.glyphs.get(at).map_or(0.0, |glyph| glyph.x);
        let size = row.glyphs.get(month_start).map_or(SIZE, |glyph| glyph.size.round().clamp(8.0, 16.0));
        let mut fields = Vec::new();
        for (name, from, until) in [(DAY, day, month_start), (MONTH, month, year_start)] {
            let (left, next) = gap(row, from);
            let until = edge(until);
            if next.is_some_and(|(x, _)| x < until - 0.1) {
                continue;
            }
            if until - left < size * 0.85 {
                if row.is_recognised() {
                    return Ok(Vec::new());
                }
                let part = if name == DAY { "day" } else { "month" };
                return Err(PlacementError::GapTooNarrow { part, text: row.text() });
            }
            let rectangle = on_line(row, left + 0.5, until - 0.5, size);
            let mut field = text_field(name, Place { page: row.page, rectangle }, Face::Italic, size);
            field.alignment = Alignment::Centre;
            fields.push(field);
        }
        if fields.is_empty() && !row.is_recognised() {
            return Err(PlacementError::DatePresent(row.text()));
        }
        return Ok(fields);
    }
    Ok(Vec::new())
}

#[cfg(test)]
mod tests;
