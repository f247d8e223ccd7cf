//! Pictures of signatures on electronic originals, and what scans are.

use super::{Case, Deviation, Outcome, Why, of_page, plain, range_text};
use crate::format::facts::Facts;
use crate::format::setting::Shown;
use crate::messages::{Message, message};
use crate::profile::{Hue, Part, Role};

/// Seals are about as high as wide.
const ROUND: std::ops::Range<f64> = 0.85..1.18;
/// Seals are at least this wide, in millimetres.
const SEAL: f64 = 22.0;
/// How far above and below the signer's lines pictures belong to them, in millimetres.
const NEAR: f64 = 25.0;

fn size(picture: &Shown) -> (f64, f64) {
    (picture.bounds[2] - picture.bounds[0], picture.bounds[3] - picture.bounds[1])
}

fn is_seal(picture: &Shown) -> bool {
    let (width, height) = size(picture);
    width >= SEAL && ROUND.contains(&(width / height.max(0.1)))
}

/// The pictures that signatures drew near the signer's name: the person's and the agency's.
fn pictures<'c>(case: &Case<'c>) -> (Option<&'c Shown>, Option<&'c Shown>) {
    let block = case.layout.part(Part::Authority).iter().chain(case.layout.part(Part::Signer));
    let lines: Vec<_> = block.filter(|line| line.at.is_none()).collect();
    let Some(first) = lines.first() else { return (None, None) };
    let top = lines.iter().map(|line| line.bounds[1]).fold(f64::MAX, f64::min) - NEAR;
    let bottom = lines.iter().map(|line| line.bounds[3]).fold(f64::MIN, f64::max) + NEAR;
    let near = case.facts.pictures.iter().filter(|picture| {
        let middle = (picture.bounds[1] + picture.bounds[3]) / 2.0;
        picture.stamped && picture.page == first.page && middle > top && middle < bottom
    });
    let near: Vec<&Shown> = near.collect();
    let red = |picture: &Shown| picture.ink.is_some_and(|ink| Hue::Red.is(ink));
    let blue = |picture: &Shown| picture.ink.is_some_and(|ink| Hue::Blue.is(ink));
    // What is round and large is a seal, whatever its colour; of two such the one further left.
    let left = |a: &&&Shown, b: &&&Shown| a.bounds[0].total_cmp(&b.bounds[0]);
    let seal = near
        .iter()
        .filter(|picture| is_seal(picture) && !blue(picture))
        .min_by(left)
        .or_else(|| near.iter().filter(|picture| red(picture)).min_by(left))
        .copied();
    let personal = near
        .iter()
        .filter(|picture| seal.is_none_or(|seal| !std::ptr::eq(seal, **picture)))
        .max_by(|a, b| (size(a).0 * size(a).1).total_cmp(&(size(b).0 * size(b).1)))
        .copied();
    (personal, seal)
}

fn of_role<'c>(case: &Case<'c>, role: Role) -> Option<&'c Shown> {
    let (personal, seal) = pictures(case);
    match role {
        Role::Personal => personal,
        Role::Agency => seal,
    }
}

fn of_picture(picture: &Shown, expected: impl Into<Message>, found: impl Into<Message>) -> Outcome {
    let deviation = Deviation {
        page: picture.page,
        expected: expected.into(),
        found: found.into(),
        ..Deviation::default()
    };
    Outcome::Broken(vec![deviation.at(picture.bounds)])
}

fn hue(hue: Hue) -> Message {
    let code = match hue {
        Hue::Black => "format_word_black",
        Hue::Blue => "format_word_blue",
        Hue::Red => "format_word_red",
    };
    message(code, &[])
}

pub(super) fn colour(case: &Case<'_>, role: Role, wanted: Hue) -> Outcome {
    let Some(picture) = of_role(case, role) else { return Outcome::NotChecked(Why::NotSigned) };
    match picture.ink {
        None => Outcome::NotChecked(Why::NoInk),
        Some(ink) if wanted.is(ink) => Outcome::Holds,
        Some([red, green, blue]) => {
            of_picture(picture, hue(wanted), format!("#{red:02x}{green:02x}{blue:02x}"))
        }
    }
}

pub(super) fn transparent(case: &Case<'_>, role: Role) -> Outcome {
    let Some(picture) = of_role(case, role) else { return Outcome::NotChecked(Why::NotSigned) };
    if picture.transparent {
        Outcome::Holds
    } else {
        of_picture(picture, message("format_word_transparent", &[]), message("format_word_opaque", &[]))
    }
}

/// Whether the middle of the personal signature is between the signer's office and name, either of which it may
/// touch.
pub(super) fn between(case: &Case<'_>) -> Outcome {
    let Some(personal) = of_role(case, Role::Personal) else { return Outcome::NotChecked(Why::NotSigned) };
    let (office, name) = (case.layout.part(Part::Authority).first(), case.layout.part(Part::Signer).first());
    let (Some(office), Some(name)) = (office, name) else { return Outcome::NotChecked(Why::NoSuchPart) };
    if office.page != personal.page || name.page != personal.page {
        return Outcome::NotChecked(Why::NoSuchPart);
    }
    let middle = (personal.bounds[1] + personal.bounds[3]) / 2.0;
    let off = (office.bounds[1] - middle).max(middle - name.bounds[3]);
    if off <= 0.0 {
        return Outcome::Holds;
    }
    of_picture(personal, message("format_word_between", &[]), format!("↕ {} mm", plain(off)))
}

pub(super) fn overlap(case: &Case<'_>, [least, greatest]: [f64; 2]) -> Outcome {
    let (Some(personal), Some(seal)) = pictures(case) else { return Outcome::NotChecked(Why::NotSigned) };
    let covered = seal.bounds[2].min(personal.bounds[2]) - seal.bounds[0].max(personal.bounds[0]);
    let share = (covered / size(personal).0.max(1.0)).max(0.0);
    let middle = |picture: &Shown| (picture.bounds[0] + picture.bounds[2]) / 2.0;
    let beside = seal.bounds[3] > personal.bounds[1] && personal.bounds[3] > seal.bounds[1];
    if beside && middle(seal) < middle(personal) && (least..=greatest).contains(&share) {
        return Outcome::Holds;
    }
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    let side = if middle(seal) < middle(personal) { "" } else { " (→)" };
    of_picture(
        seal,
        format!("{:.0}–{}", least * 100.0, percent(greatest)),
        format!("{}{side}", percent(if beside { share } else { 0.0 })),
    )
}

pub(super) fn seal_size(case: &Case<'_>, range: [f64; 2]) -> Outcome {
    let Some(seal) = of_role(case, Role::Agency) else { return Outcome::NotChecked(Why::NotSigned) };
    let (width, height) = size(seal);
    let [least, greatest] = range;
    if (least..=greatest).contains(&width.max(height)) {
        Outcome::Holds
    } else {
        of_picture(seal, range_text(range, "mm"), format!("{} mm", plain(width.max(height))))
    }
}

/// Whether scans are as large as their pages.
pub(super) fn scan_ratio(facts: &Facts, least: f64) -> Outcome {
    if !facts.scan {
        return Outcome::NotChecked(Why::NotScanned);
    }
    let pages = facts.sheets.iter().enumerate();
    let covered = pages.filter_map(|(page, sheet)| Some((page, sheet.covered?)));
    let smaller = covered.map(|(page, [x, y])| (page, x.min(y))).find(|(_, share)| *share < least);
    match smaller {
        Some((page, share)) => of_page(page, "100 %", format!("{:.0} %", share * 100.0)),
        None => Outcome::Holds,
    }
}

/// Whether scans have recognised text.
pub(super) fn scan_text(facts: &Facts) -> Outcome {
    if !facts.scan {
        return Outcome::NotChecked(Why::NotScanned);
    }
    if facts.lines.iter().any(|line| line.invisible) {
        Outcome::Holds
    } else {
        of_page(0, message("format_word_text_layer", &[]), "—")
    }
}

/// Whether a PDF is of a version that will do.
pub(super) fn version(facts: &Facts, least: [u8; 2]) -> Outcome {
    // What it asks for is asked of paper that was made into files.
    match facts.version {
        None => Outcome::NotChecked(Why::NotPdf),
        Some(_) if !facts.scan => Outcome::NotChecked(Why::NotScanned),
        Some((major, minor)) if [major, minor] >= least => Outcome::Holds,
        Some((major, minor)) => {
            of_page(0, format!("≥ {}.{}", least[0], least[1]), format!("{major}.{minor}"))
        }
    }
}
