//! What a signature of the command line shows, and where (Decree 30/2020, App. I, II.7–8 and Part II).

use super::{Args, Failure};
use crate::cli::{FAULT, NOT_GOOD, UNREADABLE, USAGE};
use crate::pdf::geometry::{Rectangle, View};
use crate::pdf::{self, Dictionary, FileSource, Pdf, Reference, Source};
use crate::pki::Certificate;
use crate::profile::Profile;
use crate::signature::prepare::Place;
use crate::signature::sign::would_cover;
use crate::signature::{appearance, fields, fill, placement};
use chrono::{DateTime, FixedOffset, Utc};
use unicode_normalization::UnicodeNormalization;

/// Points a millimetre.
const POINTS: f64 = 72.0 / 25.4;
/// From the edges of the page to a line of text in its top right corner, in millimetres.
const EDGE: f64 = 10.0;

/// Whether the signature shows a picture.
pub(super) fn is_picture(args: &Args) -> bool {
    matches!(args.appearance.as_str(), "personal" | "agency")
}

/// The text it shows: of an attachment the number of its document, of a copy its form and who made it, of both the time with
/// its zone.
pub(super) fn text(
    args: &Args,
    certificate: &Certificate,
    now: DateTime<Utc>,
) -> Result<Option<String>, Failure> {
    /// Vietnam, east of Greenwich in seconds.
    const ZONE: i32 = 7 * 3600;
    let profile = Profile::builtin();
    let agency = || certificate.organisation.clone().or_else(|| certificate.common_name.clone());
    let first = match args.appearance.as_str() {
        "attachment" => match &args.number {
            Some(number) => Some(format!("{} {}", profile.numbering.label, number.trim())),
            None => agency(),
        },
        "copy" => {
            let known = &profile.recognition.copies;
            let form = match &args.copy_form {
                None => known.first(),
                Some(wanted) => known.iter().find(|form| form.to_lowercase() == wanted.trim().to_lowercase()),
            };
            let form = form.ok_or_else(|| (USAGE, "copy_form_unknown", known.join(", ")))?;
            Some(agency().map_or_else(|| form.clone(), |agency| format!("{form}; {agency}")))
        }
        _ => return Ok(None),
    };
    let zone = FixedOffset::east_opt(ZONE).ok_or((FAULT, "internal_error", "no time zone".to_owned()))?;
    let time = now.with_timezone(&zone).format("%d/%m/%Y; %H:%M:%S %:z").to_string();
    let parts = first.into_iter().chain([time]).collect::<Vec<_>>();
    Ok(Some(parts.join("; ").nfc().collect()))
}

/// The field asked for, or else the first of a row of names that is free or waits to be signed.
pub(super) fn field(args: &Args, pdf: &Pdf<'_>) -> Result<String, Failure> {
    if let Some(name) = &args.field {
        return Ok(name.clone());
    }
    let known =
        fields::all(pdf, pdf.newest()).map_err(|error| (UNREADABLE, error.code(), error.to_string()))?;
    let is_usable = |name: &String| {
        known
            .iter()
            .filter(|field| field.name == *name)
            .all(|field| field.kind == b"Sig" && field.value.is_none() && field.merged)
    };
    let mut names = (1..=known.len() + 1).map(|number| format!("Signature{number}"));
    Ok(names.find(is_usable).unwrap_or_default())
}

/// Where it shows: as told, in the field that is there, or where the document has its place for it.
pub(super) fn place(
    args: &Args,
    name: &str,
    pdf: &Pdf<'_>,
    source: &FileSource,
    text: Option<&str>,
) -> Result<Option<Place>, Failure> {
    let unreadable = |error: pdf::Error| (UNREADABLE, error.code(), error.to_string());
    let free = |place: Place| match would_cover(pdf, &place).map_err(unreadable)? {
        true => Err((NOT_GOOD, "covers_signed_text", name.to_owned())),
        false => Ok(Some(place)),
    };
    if let Some(told) = &args.place {
        return free(parse(told, pdf).ok_or((USAGE, "place_unreadable", told.clone()))?);
    }
    let known = fields::all(pdf, pdf.newest()).map_err(unreadable)?;
    if known.iter().any(|field| field.name == name) {
        return Ok(None);
    }
    match (args.appearance.as_str(), text) {
        ("personal", _) => free(beside_the_name(name, source)?),
        ("agency", _) => {
            let mut signed = known.iter().rev().filter(|field| field.value.is_some()).peekable();
            let is_signed = signed.peek().is_some();
            let personal = signed.find_map(|field| shown_at(pdf, &field.dictionary));
            free(over_the_signature(name, source, personal, is_signed)?)
        }
        (_, Some(text)) => free(top_right(pdf, text)?),
        _ => Ok(None),
    }
}

/// The pages with their letters.
fn pages(source: &FileSource) -> Result<pdf::text::Pages, Failure> {
    let bytes = source.bytes(0, usize::try_from(source.len()).unwrap_or(usize::MAX));
    let bytes = bytes.map_err(super::unreadable)?.into_owned();
    pdf::text::read(bytes, &pdf::text::Limits::default())
        .map_err(|error| (UNREADABLE, "file_unreadable", error.to_string()))
}

/// A personal signature stands between the title and the name (boxes 7a to 7c).
fn beside_the_name(name: &str, source: &FileSource) -> Result<Place, Failure> {
    placement::personal(&pages(source)?, Profile::builtin())
        .map_err(|_| (USAGE, "place_missing", name.to_owned()))
}

/// The agency's signature lies over the left third of the personal one (box 8), wherever that is; on a document that is signed
/// without having been prepared, as far as that leaves the signed text free.
fn over_the_signature(
    name: &str,
    source: &FileSource,
    personal: Option<Place>,
    is_signed: bool,
) -> Result<Place, Failure> {
    let pages = pages(source)?;
    let profile = Profile::builtin();
    let missing = |_| (USAGE, "place_missing", name.to_owned());
    let personal = match personal {
        Some(place) => place,
        None => placement::personal(&pages, profile).map_err(missing)?,
    };
    placement::agency(&personal, &pages, profile, is_signed).map_err(missing)
}

/// Where a signature that is there shows.
fn shown_at(pdf: &Pdf<'_>, widget: &Dictionary) -> Option<Place> {
    let rectangle = fill::rectangle(widget).filter(|at| at.width() > 1.0 && at.height() > 1.0)?;
    let on = widget.reference("P")?;
    let all = pdf::pages(pdf, pdf.newest(), usize::MAX).ok()?;
    Some(Place { page: all.iter().position(|page| *page == on)?, rectangle })
}

/// A line in the top right corner of the first page; more than one where it is too long.
fn top_right(pdf: &Pdf<'_>, text: &str) -> Result<Place, Failure> {
    let unreadable = |error: pdf::Error| (UNREADABLE, error.code(), error.to_string());
    let view = view_of(pdf, 1).map_err(unreadable)?;
    let (width, height) =
        appearance::room(text).map_err(|error| (NOT_GOOD, "appearance_unusable", error.to_string()))?;
    let (right, top) = (view.width() - EDGE * POINTS, view.height() - EDGE * POINTS);
    let shown = Rectangle { left: (right - width).max(0.0), bottom: top - height, right, top };
    Ok(Place { page: 0, rectangle: view.on_page(&shown) })
}

/// `PAGE:x,y,w,h` in millimetres from the top left of the page as it is shown.
fn parse(text: &str, pdf: &Pdf<'_>) -> Option<Place> {
    let (page, numbers) = text.split_once(':')?;
    let page: usize = page.parse().ok().filter(|page| *page >= 1)?;
    let numbers: Vec<f64> = numbers
        .split(',')
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()
        .filter(|list: &Vec<f64>| list.len() == 4)?;
    let [x, y, width, height] = numbers.as_slice() else { return None };
    if !numbers.iter().all(|number| number.is_finite() && number.abs() < 10_000.0) {
        return None;
    }
    if *width <= 0.0 || *height <= 0.0 {
        return None;
    }
    let view = view_of(pdf, page).ok()?;
    let top = view.height();
    let shown = Rectangle {
        left: x * POINTS,
        bottom: top - (y + height) * POINTS,
        right: (x + width) * POINTS,
        top: top - y * POINTS,
    };
    Some(Place { page: page - 1, rectangle: view.on_page(&shown) })
}

/// How a page (from 1) is shown.
fn view_of(pdf: &Pdf<'_>, page: usize) -> Result<View, pdf::Error> {
    let all = pdf::pages(pdf, pdf.newest(), page)?;
    let at: Option<&Reference> = page.checked_sub(1).and_then(|page| all.get(page));
    pdf::view(pdf, *at.ok_or(pdf::Error::Missing("the page named"))?, pdf.newest())
}
