//! Pages as a signature saw them beside the same pages now: pictures for the eyes of a person who has to decide, and
//! a check of the judgement by objects that knows nothing of it. It changes no verdict: what is filled in later looks
//! different too.

use crate::pdf::picture::{PictureError, Raster, Scene, paint};
use crate::pdf::text::Limits;
use crate::pdf::{Pdf, Source};
use serde::{Serialize, Serializer};

/// Pages painted: each is painted twice.
const PAGE_LIMIT: usize = 200;
/// Files larger than this aren't painted: both states of one are held.
const FILE_LIMIT: u64 = 256 << 20;
/// Steps of a colour that the eye doesn't see.
const FAINT: u8 = 24;
/// Millimetres an inch.
const INCH: f64 = 25.4;
/// Pixels an inch of the pictures, as [`paint`] makes them unless a page is very large.
const DPI: f64 = 110.0;

/// A page that looks different.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PageDifference {
    /// The page, from 1.
    pub page: usize,
    /// `page_differs`, `page_missing` or `page_not_painted`.
    pub what: &'static str,
    /// Pixels that differ, of all, in thousandths.
    pub per_mille: u64,
    /// What encloses them: left, top, width, height in millimetres from the top left.
    pub r#box: Option<[f64; 4]>,
    /// As it was signed.
    #[serde(serialize_with = "size")]
    pub signed: Option<Raster>,
    /// As it is now.
    #[serde(serialize_with = "size")]
    pub now: Option<Raster>,
}

/// A picture in a report is its size in pixels.
fn size<S: Serializer>(picture: &Option<Raster>, serializer: S) -> Result<S::Ok, S::Error> {
    picture.as_ref().map(|picture| [picture.width, picture.height]).serialize(serializer)
}

/// The pages that look different now from how they were in a revision (from 1). Nothing was compared in a file that
/// can't be read or is too large: then its first page is named as not painted.
#[must_use]
pub fn differences(source: &dyn Source, revision: usize) -> Vec<PageDifference> {
    let unread = || vec![PageDifference { what: "page_not_painted", ..blank(1) }];
    let Ok(pdf) = Pdf::open(source) else { return unread() };
    let Some(signed) = revision.checked_sub(1) else { return unread() };
    let Some(end) = pdf.revisions().get(signed).map(|revision| revision.end) else { return unread() };
    if signed == pdf.newest() {
        return Vec::new();
    }
    let count = |revision| crate::pdf::pages(&pdf, revision, PAGE_LIMIT).map(|pages| pages.len());
    let (Ok(before), Ok(after)) = (count(signed), count(pdf.newest())) else { return unread() };
    let whole = |end: u64| {
        let length = usize::try_from(end).ok().filter(|_| end <= FILE_LIMIT)?;
        source.bytes(0, length).ok()
    };
    let (Some(then), Some(now)) = (whole(end), whole(source.len())) else { return unread() };
    let picture = |bytes: &[u8], page: usize| paint(bytes, page, &Limits::default(), &|_| Scene::default());
    (0..before.max(after))
        .filter_map(|page| compare(page + 1, picture(&then, page), picture(&now, page)))
        .collect()
}

fn blank(page: usize) -> PageDifference {
    PageDifference { page, what: "page_differs", per_mille: 0, r#box: None, signed: None, now: None }
}

fn compare(
    page: usize,
    then: Result<Raster, PictureError>,
    now: Result<Raster, PictureError>,
) -> Option<PageDifference> {
    match (then, now) {
        (Ok(then), Ok(now)) => {
            let (per_mille, bounds) = apart(&then, &now)?;
            Some(PageDifference {
                per_mille,
                r#box: bounds,
                signed: Some(then),
                now: Some(now),
                ..blank(page)
            })
        }
        (Err(PictureError::NoPage), now) => {
            Some(PageDifference { what: "page_missing", per_mille: 1000, now: now.ok(), ..blank(page) })
        }
        (then, Err(PictureError::NoPage)) => {
            Some(PageDifference { what: "page_missing", per_mille: 1000, signed: then.ok(), ..blank(page) })
        }
        _ => Some(PageDifference { what: "page_not_painted", ..blank(page) }),
    }
}

/// How much of two pictures differs, and what encloses it; none when nothing does.
fn apart(then: &Raster, now: &Raster) -> Option<(u64, Option<[f64; 4]>)> {
    if (then.width, then.height) != (now.width, now.height) {
        return Some((1000, None));
    }
    let width = usize::from(then.width).max(1);
    let (mut left, mut top, mut right, mut bottom) = (usize::MAX, usize::MAX, 0, 0);
    let mut count: u64 = 0;
    let pixels = then.rgb.chunks_exact(3).zip(now.rgb.chunks_exact(3));
    for (place, (was, is)) in pixels.enumerate() {
        if was.iter().zip(is).any(|(was, is)| was.abs_diff(*is) > FAINT) {
            let (row, column) = (place / width, place % width);
            (left, top) = (left.min(column), top.min(row));
            (right, bottom) = (right.max(column), bottom.max(row));
            count += 1;
        }
    }
    if count == 0 {
        return None;
    }
    let all = u64::from(then.width) * u64::from(then.height);
    let millimetres = |pixels: usize| f64::from(u32::try_from(pixels).unwrap_or(u32::MAX)) / DPI * INCH;
    let bounds =
        [millimetres(left), millimetres(top), millimetres(right - left + 1), millimetres(bottom - top + 1)];
    Some(((count * 1000).div_ceil(all.max(1)), Some(bounds)))
}
