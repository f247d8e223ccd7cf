//! What a page showed in a place when it was signed: text by its boxes, everything else by painting the page. What lies on
//! it later hides it or puts something else in its stead.
//!
//! Where it can't be told what was shown, something was.

use super::prepare::Rectangle;
use super::{remark, shown};
use crate::pdf::geometry::View;
use crate::pdf::picture::{Raster, paint_content};
use crate::pdf::text::{Limits, read_page};
use crate::pdf::{self, Dictionary, Object, Pdf, Reference};
use std::collections::HashSet;

/// Pages of a document walked to find one.
const PAGE_LIMIT: usize = 20_000;
/// Forms drawn within forms before the painter stops drawing, with room to spare.
const NESTING: usize = 24;
/// Objects looked at to know how deep forms are nested.
const FORMS: usize = 20_000;
/// Points from which a thin stroke is a ruled line.
const RULED: f64 = 24.0;
/// Drawing steps of a page that is looked at; a dense table has about 10,000.
const STEPS: usize = 30_000;
/// What looking at a page costs at least, in bytes: that of the picture.
const PAGE: u64 = 4 << 20;
/// Steps of a colour that can be noise of a scan.
const NOISE: u8 = 40;
/// Steps of a colour that the eye doesn't see on a page that is no scan.
const FAINT: u8 = 16;
/// Share of a page from which a picture is a scan of it.
const SCAN: f64 = 0.8;
/// Points at the edge of a place in which nothing is looked for.
const EDGE: f64 = 1.0;
/// Pixels (at about 110 an inch) that can be specks: less than half a square millimetre.
const SPECKS: usize = 8;

/// What lies on a page later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Later {
    /// A signature: seals may lie on pictures of signatures, as custom has it.
    Signature,
    /// A remark.
    Remark,
}

/// A page as it was in a revision.
pub(super) struct Content {
    text: Vec<Rectangle>,
    /// Annotations that show something whatever paints them.
    without_picture: Vec<Rectangle>,
    /// Annotations with pictures of their own.
    pictures: Vec<Rectangle>,
    /// Lines and leaders: a form's, left to be written on.
    ruled: Vec<Rectangle>,
    view: View,
    /// Whether the page is a picture of paper.
    is_scan: bool,
    /// The page by itself; none when it can't be painted.
    painted: Option<Raster>,
}

impl Content {
    /// Looks at a page (from 0); none when it can't be read.
    pub(super) fn of(pdf: &Pdf<'_>, revision: usize, number: usize) -> Option<Self> {
        let end = pdf.revisions().get(revision).map(|revision| revision.end)?;
        if !pdf.may_look(end.saturating_add(PAGE)) {
            return None;
        }
        let bytes = shown::bytes_of(pdf, revision)?;
        let pages = pdf::pages(pdf, revision, PAGE_LIMIT).ok()?;
        let page = *pages.get(number)?;
        // A file may have many signatures, each with pages to look at: heavier pages than any honest one has aren't.
        let limits = Limits { steps: STEPS, ..Limits::default() };
        let read = read_page(bytes.clone(), &limits, number)?;
        let pixels = read.images.iter().map(|image| u64::from(image.pixels[0]) * u64::from(image.pixels[1]));
        let pixels = pixels.fold(0, u64::saturating_add);
        let painted = match nests_too_deep(pdf, page, revision) {
            Ok(false) if pdf.may_look(pixels) => paint_content(&bytes, number, &limits).ok(),
            _ => None,
        };
        let strokes = read.strokes.iter().map(|[left, bottom, right, top]| Rectangle {
            left: *left,
            bottom: *bottom,
            right: *right,
            top: *top,
        });
        // Shorter ones may be parts of letters.
        let strokes = strokes.filter(|line| line.width().max(line.height()) >= RULED);
        let whole = read.view().width() * read.view().height();
        let is_scan = read.images.iter().filter(|image| !image.annotation).any(|image| {
            let [left, bottom, right, top] = image.bounds;
            (right - left) * (top - bottom) >= whole * SCAN
        });
        let mut found = Self {
            is_scan,
            text: read.text_boxes(),
            without_picture: Vec::new(),
            pictures: Vec::new(),
            ruled: strokes.chain(read.leader_boxes()).collect(),
            view: read.view(),
            painted,
        };
        found.annotations(pdf, page, revision).ok()?;
        Some(found)
    }

    fn annotations(&mut self, pdf: &Pdf<'_>, page: Reference, revision: usize) -> Result<(), pdf::Error> {
        let Object::Dictionary(page) = pdf.resolve(page, revision)? else { return Ok(()) };
        let Object::Array(list) = pdf.get(&page, "Annots", revision)? else { return Ok(()) };
        for one in &list {
            let Object::Dictionary(annotation) = pdf.follow(one, revision)? else { continue };
            let Some(place) = super::fill::rectangle(&annotation) else { continue };
            let has_picture = annotation.get("AP").is_some();
            if !has_picture && remark::is_drawn(&annotation) {
                self.without_picture.push(place);
            } else if has_picture && !shown::is_blank(pdf, &annotation, revision)? {
                self.pictures.push(place);
            }
        }
        Ok(())
    }

    /// Whether something was shown in a place.
    pub(super) fn lies_under(&self, place: &Rectangle, later: Later) -> bool {
        let any = |list: &[Rectangle]| list.iter().any(|one| shown::overlaps(one, place));
        any(&self.text)
            || any(&self.without_picture)
            || (later == Later::Remark && any(&self.pictures))
            || self.painted.as_ref().is_none_or(|painted| self.is_painted(painted, place))
    }

    /// Whether the painted page has anything but one colour and ruled lines in a place.
    fn is_painted(&self, painted: &Raster, place: &Rectangle) -> bool {
        let pixels = Pixels::of(painted, &self.view);
        // What only touches the edge isn't covered: letters reach a little beyond the boxes that are kept clear.
        let inside = grown(place, -EDGE.min(place.width() / 4.0).min(place.height() / 4.0));
        let Some(area) = pixels.area(&inside, 0) else { return false };
        let mut ruled = vec![false; area.size()];
        let lines = self.ruled.iter().filter(|line| shown::overlaps(&grown(line, 2.0), place));
        for line in lines.filter_map(|line| pixels.area(line, 1)) {
            for at in line.within(&area).pixels() {
                if let Some(is_ruled) = ruled.get_mut(area.index(at)) {
                    *is_ruled = true;
                }
            }
        }
        let mut counted = vec![0_usize; 4096];
        let seen = || area.pixels().filter(|at| ruled.get(area.index(*at)) != Some(&true));
        for at in seen() {
            if let Some(count) = pixels.colour(at).and_then(|colour| counted.get_mut(coarse(colour))) {
                *count += 1;
            }
        }
        let most =
            counted.iter().enumerate().max_by_key(|(_, count)| **count).map_or(0, |(colour, _)| colour);
        // The paper: the first pixel of the colour most have.
        let paper = seen().filter_map(|at| pixels.colour(at)).find(|colour| coarse(*colour) == most);
        let Some(paper) = paper else { return false };
        let noise = if self.is_scan { NOISE } else { FAINT };
        let differs = |colour: [u8; 3]| colour.iter().zip(paper).any(|(a, b)| a.abs_diff(b) > noise);
        seen().filter_map(|at| pixels.colour(at)).filter(|colour| differs(*colour)).count() > SPECKS
    }
}

/// A colour by four bits of each part.
fn coarse([red, green, blue]: [u8; 3]) -> usize {
    usize::from(red >> 4) << 8 | usize::from(green >> 4) << 4 | usize::from(blue >> 4)
}

fn grown(place: &Rectangle, by: f64) -> Rectangle {
    Rectangle {
        left: place.left - by,
        bottom: place.bottom - by,
        right: place.right + by,
        top: place.top + by,
    }
}

/// Columns and rows of a picture: from, and up to but without.
#[derive(Clone, Copy)]
struct Area {
    columns: (usize, usize),
    rows: (usize, usize),
}

impl Area {
    fn pixels(self) -> impl Iterator<Item = (usize, usize)> {
        (self.rows.0..self.rows.1)
            .flat_map(move |row| (self.columns.0..self.columns.1).map(move |column| (column, row)))
    }

    /// How many there are.
    fn size(&self) -> usize {
        self.columns.1.saturating_sub(self.columns.0) * self.rows.1.saturating_sub(self.rows.0)
    }

    /// The place of one among them, row by row.
    fn index(&self, (column, row): (usize, usize)) -> usize {
        let width = self.columns.1.saturating_sub(self.columns.0);
        row.saturating_sub(self.rows.0) * width + column.saturating_sub(self.columns.0)
    }

    /// What it shares with another.
    fn within(self, other: &Self) -> Self {
        let both = |a: (usize, usize), b: (usize, usize)| (a.0.max(b.0), a.1.min(b.1));
        Self { columns: both(self.columns, other.columns), rows: both(self.rows, other.rows) }
    }
}

/// A painted page, and where its points are.
struct Pixels<'r> {
    raster: &'r Raster,
    view: &'r View,
    /// Pixels a point.
    scale: f64,
}

impl<'r> Pixels<'r> {
    fn of(raster: &'r Raster, view: &'r View) -> Self {
        Self { raster, view, scale: f64::from(raster.width) / view.width().max(1.0) }
    }

    /// The pixels of a place on the page, as far as they are in the picture, with a margin.
    fn area(&self, place: &Rectangle, margin: usize) -> Option<Area> {
        let shown = self.view.as_shown(place);
        let (width, height) = (usize::from(self.raster.width), usize::from(self.raster.height));
        let whole = |value: f64| -> usize {
            // Outside of the picture is outside, however far.
            let value = (value * self.scale).clamp(0.0, 70_000.0);
            format!("{value:.0}").parse().unwrap_or(0)
        };
        let above = self.view.height();
        let columns =
            (whole(shown.left).saturating_sub(margin), whole(shown.right).saturating_add(margin).min(width));
        let rows = (
            whole(above - shown.top).saturating_sub(margin),
            whole(above - shown.bottom).saturating_add(margin).min(height),
        );
        (columns.0 < columns.1 && rows.0 < rows.1).then_some(Area { columns, rows })
    }

    fn colour(&self, (column, row): (usize, usize)) -> Option<[u8; 3]> {
        let at = (row * usize::from(self.raster.width) + column) * 3;
        self.raster.rgb.get(at..at + 3)?.first_chunk().copied()
    }
}

/// Whether a page draws forms in forms in forms, deeper than is painted; or so many that it isn't known.
fn nests_too_deep(pdf: &Pdf<'_>, page: Reference, revision: usize) -> Result<bool, pdf::Error> {
    let mut level = vec![pdf::inherited(pdf, page, "Resources", revision)?];
    let mut seen: HashSet<Reference> = HashSet::new();
    for _ in 0..NESTING {
        let mut next = Vec::new();
        for resources in &level {
            let Some(resources) = resources.as_dictionary() else { continue };
            for drawn in drawn_by(pdf, resources, revision)? {
                if seen.len() > FORMS {
                    return Ok(true);
                }
                if let Object::Reference(reference) = drawn
                    && !seen.insert(reference)
                {
                    continue;
                }
                let Object::Dictionary(drawn) = pdf.follow(&drawn, revision)? else { continue };
                if drawn.name("Subtype") != Some(b"Image") {
                    next.push(pdf.get(&drawn, "Resources", revision)?);
                }
            }
        }
        if next.is_empty() {
            return Ok(false);
        }
        level = next;
    }
    Ok(true)
}

/// Forms, patterns and groups of soft masks that resources name.
fn drawn_by(pdf: &Pdf<'_>, resources: &Dictionary, revision: usize) -> Result<Vec<Object>, pdf::Error> {
    let mut drawn = Vec::new();
    for kind in ["XObject", "Pattern"] {
        if let Object::Dictionary(named) = pdf.get(resources, kind, revision)? {
            drawn.extend(named.iter().map(|(_, value)| value.clone()));
        }
    }
    if let Object::Dictionary(states) = pdf.get(resources, "ExtGState", revision)? {
        for (_, state) in states.iter() {
            let Object::Dictionary(state) = pdf.follow(state, revision)? else { continue };
            if let Object::Dictionary(mask) = pdf.get(&state, "SMask", revision)? {
                drawn.extend(mask.get("G").cloned());
            }
        }
    }
    Ok(drawn)
}
