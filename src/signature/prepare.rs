//! Making a draft ready for signatures, before the first of them.
//!
//! What will be written after the leader has signed (number, date, the agency's signature) must
//! exist as empty fields by then: filling a field and signing an empty signature field leave the
//! first signature valid, almost anything else doesn't. The agency's field carries a lock on number
//! and date, because a lock added later would itself be an alteration.

pub use crate::pdf::geometry::Rectangle;

use crate::pdf::font::{Face, Font, Repertoire};
use crate::pdf::writer::{Appended, RevisionWriter};
use crate::pdf::{self, Dictionary, Object, Pdf, Reference};

/// Name of the leader's signature field.
pub const PERSONAL: &str = "signature_personal";
/// Name of the agency's signature field.
pub const AGENCY: &str = "signature_agency";
/// Pages a document may have to be prepared.
const PAGE_LIMIT: usize = 20_000;

/// A place on a page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Page, from 0.
    pub page: usize,
    /// Where on it.
    pub rectangle: Rectangle,
}

/// A text to be filled in later.
#[derive(Debug, Clone, PartialEq)]
pub struct TextField {
    /// The field's name; no name may be the beginning of another.
    pub name: String,
    /// Where.
    pub place: Place,
    /// Upright or slanted.
    pub face: Face,
    /// What it may be filled with.
    pub repertoire: Repertoire,
    /// Size in points.
    pub size: f64,
    /// Where in the field the text stands.
    pub alignment: Alignment,
}

/// Where in a field a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alignment {
    /// At the left.
    Left,
    /// In the middle.
    Centre,
    /// At the right.
    Right,
}

/// Everything that is to be in the file before the first signature.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Texts filled in when the agency signs, which its signature locks.
    pub texts: Vec<TextField>,
    /// The leader's signature.
    pub personal: Place,
    /// The agency's signature.
    pub agency: Option<Place>,
}

/// Why a draft can't be prepared.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// The file can't be worked on.
    #[error(transparent)]
    Pdf(#[from] pdf::Error),
    /// Somebody signed it already.
    #[error("the draft carries a signature already")]
    AlreadySigned,
    /// A field of that name exists.
    #[error("a field named {0} exists already")]
    NameTaken(String),
    /// A name of the plan is the beginning of another, or unusable as a field's name.
    #[error("the field name {0} can't be used beside the others")]
    NameUnusable(String),
    /// A field's place is empty or not on paper.
    #[error("the place of the field {0} is no rectangle on the page")]
    NoPlace(String),
    /// There is no such page.
    #[error("there is no page {0}")]
    NoSuchPage(usize),
    /// The form is of a kind that can't be added to (XFA).
    #[error("the draft contains an XFA form")]
    Xfa,
}

/// What an appearance is drawn on: a widget's rectangle as it is shown on a page that may be turned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    /// Width as shown, in points.
    pub(super) width: f64,
    /// Height as shown, in points.
    pub(super) height: f64,
    /// Degrees clockwise the page is shown turned by.
    turn: u32,
}

impl Area {
    /// The area of a widget with this rectangle on a page turned so.
    pub(super) fn new(rectangle: &Rectangle, turn: u32) -> Self {
        let (width, height) = (rectangle.width(), rectangle.height());
        let (width, height) = if matches!(turn, 90 | 270) { (height, width) } else { (width, height) };
        Self { width, height, turn }
    }

    /// The area of a widget that exists, by its own word (/MK) or by its page.
    pub(super) fn of(pdf: &Pdf<'_>, widget: &Dictionary) -> Result<Option<Self>, pdf::Error> {
        let Some(rectangle) = super::fill::rectangle(widget) else { return Ok(None) };
        let revision = pdf.newest();
        let said = pdf.get(widget, "MK", revision)?;
        let turn = match (said.as_dictionary().and_then(|said| said.integer("R")), widget.reference("P")) {
            (Some(turn), _) => u32::try_from(turn.rem_euclid(360)).unwrap_or(0) / 90 * 90,
            (None, Some(page)) => pdf::turn(pdf, page, revision)?,
            (None, None) => 0,
        };
        Ok(Some(Self::new(&rectangle, turn)))
    }

    /// The key that says how a widget's content is turned (ISO 32000-2, Table 192); none where it isn't.
    pub(super) fn characteristics(&self) -> Option<(&'static str, Object)> {
        let turn = Object::Integer(i64::from(self.turn));
        (self.turn != 0).then(|| ("MK", Object::Dictionary(Dictionary::of(vec![("R", turn)]))))
    }
}

/// A Form XObject for an area with this content, upright as the page is shown (ISO 32000-2, 12.5.5: the box turned by the
/// matrix is laid over the widget's rectangle).
pub(super) fn form(
    writer: &mut RevisionWriter<'_, '_>,
    area: &Area,
    resources: Dictionary,
    content: &[u8],
) -> Reference {
    let size = Rectangle { left: 0.0, bottom: 0.0, right: area.width, top: area.height };
    let mut dictionary = Dictionary::of(vec![
        ("Type", Object::name("XObject")),
        ("Subtype", Object::name("Form")),
        ("BBox", size.object()),
        ("Resources", Object::Dictionary(resources)),
    ]);
    let matrix: Option<[i64; 6]> = match area.turn {
        90 => Some([0, 1, -1, 0, 0, 0]),
        180 => Some([-1, 0, 0, -1, 0, 0]),
        270 => Some([0, -1, 1, 0, 0, 0]),
        _ => None,
    };
    if let Some(matrix) = matrix {
        dictionary.set("Matrix", Object::Array(matrix.into_iter().map(Object::Integer).collect()));
    }
    writer.add_stream(dictionary, content)
}

/// The revision that makes a draft ready.
///
/// # Errors
/// When the draft can't be worked on, is signed, or lacks a page the plan names.
pub fn prepare(pdf: &Pdf<'_>, plan: &Plan, identifier: [u8; 16]) -> Result<Appended, PrepareError> {
    let revision = pdf.newest();
    let catalog = pdf.catalog(revision)?;
    let (form_at, mut acro_form) = existing_form(pdf, &catalog)?;
    refuse_unusable(plan)?;
    refuse_clashes(pdf, &acro_form, plan)?;
    let pages = pdf::pages(pdf, revision, PAGE_LIMIT)?;
    let page = |number: usize| pages.get(number).copied().ok_or(PrepareError::NoSuchPage(number + 1));

    let mut writer = RevisionWriter::new(pdf)?;
    let fonts = Fonts::embed(&mut writer, plan);
    let mut widgets: Vec<(Reference, Reference)> = Vec::new();
    for text in &plan.texts {
        let on = page(text.place.page)?;
        let area = Area::new(&text.place.rectangle, pdf::turn(pdf, on, revision)?);
        let field = text_field(&mut writer, text, on, &area);
        widgets.push((on, field));
    }
    let on = page(plan.personal.page)?;
    let area = Area::new(&plan.personal.rectangle, pdf::turn(pdf, on, revision)?);
    let personal = signature_field(&mut writer, PERSONAL, &plan.personal.rectangle, on, &area, None);
    widgets.push((on, personal));
    if let Some(agency) = &plan.agency {
        let on = page(agency.page)?;
        let lock = (!plan.texts.is_empty()).then(|| {
            let names =
                plan.texts.iter().map(|text| Object::String(text.name.clone().into_bytes())).collect();
            writer.add(&Object::Dictionary(Dictionary::of(vec![
                ("Type", Object::name("SigFieldLock")),
                ("Action", Object::name("Include")),
                ("Fields", Object::Array(names)),
            ])))
        });
        let area = Area::new(&agency.rectangle, pdf::turn(pdf, on, revision)?);
        let field = signature_field(&mut writer, AGENCY, &agency.rectangle, on, &area, lock);
        widgets.push((on, field));
    }
    annotate(pdf, &mut writer, &widgets)?;
    extend_form(pdf, &mut acro_form, &widgets, &fonts)?;
    let mut changed = catalog.clone();
    let form_at = form_at.unwrap_or_else(|| writer.allocate());
    changed.set("AcroForm", Object::Reference(form_at));
    declare_version(pdf, &mut changed)?;
    if changed != catalog {
        writer.put(pdf.root(revision)?, &Object::Dictionary(changed));
    }
    writer.put(form_at, &Object::Dictionary(acro_form));
    Ok(writer.finish(identifier)?)
}

/// Says which PDF the document is from now on: what it holds (field locks, `ETSI.CAdES.detached`) is
/// of PDF 1.7 and the extension ETSI registered, and nobody may say so later.
fn declare_version(pdf: &Pdf<'_>, catalog: &mut Dictionary) -> Result<(), pdf::Error> {
    let header = pdf.source().bytes(0, 8)?;
    let stated =
        catalog.name("Version").map_or_else(|| header.get(5..8).unwrap_or_default().to_vec(), <[u8]>::to_vec);
    // Compared as text, which is right for one digit, a dot and one digit.
    if stated.as_slice() >= b"2.0".as_slice() {
        return Ok(());
    }
    if stated.as_slice() < b"1.7".as_slice() {
        catalog.set("Version", Object::name("1.7"));
    }
    let mut extensions = match pdf.get(catalog, "Extensions", pdf.newest())? {
        Object::Dictionary(extensions) => extensions,
        _ => Dictionary::default(),
    };
    if extensions.get("ESIC").is_none() {
        let level = Dictionary::of(vec![
            ("BaseVersion", Object::name("1.7")),
            ("ExtensionLevel", Object::Integer(1)),
        ]);
        extensions.set("ESIC", Object::Dictionary(level));
        catalog.set("Extensions", Object::Dictionary(extensions));
    }
    Ok(())
}

/// The document's form and, if it is an object of its own, its reference.
fn existing_form(
    pdf: &Pdf<'_>,
    catalog: &Dictionary,
) -> Result<(Option<Reference>, Dictionary), PrepareError> {
    match catalog.get("AcroForm") {
        Some(Object::Reference(at)) => match pdf.resolve(*at, pdf.newest())? {
            Object::Dictionary(form) => Ok((Some(*at), form)),
            _ => Ok((None, Dictionary::default())),
        },
        Some(Object::Dictionary(form)) => Ok((None, form.clone())),
        _ => Ok((None, Dictionary::default())),
    }
}

/// Names and places that can't be put into any document. A lock names fields and what is below them,
/// and some validators take any name that begins alike as below: no name may begin another.
fn refuse_unusable(plan: &Plan) -> Result<(), PrepareError> {
    /// A page is at most 200 inches wide (ISO 32000-1, Annex C).
    const PAPER: f64 = 14_400.0;
    let texts = plan.texts.iter().map(|text| (text.name.as_str(), &text.place));
    let agency = plan.agency.as_ref().map(|agency| (AGENCY, agency));
    let all: Vec<(&str, &Place)> = texts.chain([(PERSONAL, &plan.personal)]).chain(agency).collect();
    for (n, (name, place)) in all.iter().enumerate() {
        let sound = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'.');
        let clashes = all.iter().enumerate().any(|(m, (other, _))| m != n && other.starts_with(name));
        if !sound || clashes {
            return Err(PrepareError::NameUnusable((*name).to_owned()));
        }
        let Rectangle { left, bottom, right, top } = place.rectangle;
        let on_paper = [left, bottom, right, top].iter().all(|edge| edge.abs() <= PAPER);
        if !on_paper || left >= right || bottom >= top {
            return Err(PrepareError::NoPlace((*name).to_owned()));
        }
    }
    Ok(())
}

fn refuse_clashes(pdf: &Pdf<'_>, form: &Dictionary, plan: &Plan) -> Result<(), PrepareError> {
    if form.get("XFA").is_some() {
        return Err(PrepareError::Xfa);
    }
    let fields = super::fields::all(pdf, pdf.newest())?;
    if fields.iter().any(|field| field.kind == b"Sig" && field.value.is_some()) {
        return Err(PrepareError::AlreadySigned);
    }
    let names = plan.texts.iter().map(|text| text.name.as_str()).chain([PERSONAL, AGENCY]);
    for name in names {
        // `number` clashes with `number.old` too: the parent of that field is called `number`.
        let taken = |field: &super::fields::Field| field.name.split('.').next() == Some(name);
        if fields.iter().any(taken) {
            return Err(PrepareError::NameTaken(name.to_owned()));
        }
    }
    Ok(())
}

/// The fonts of the text fields, each once, under their names.
struct Fonts(Vec<(&'static str, Reference)>);

impl Fonts {
    fn embed(writer: &mut RevisionWriter<'_, '_>, plan: &Plan) -> Self {
        let mut fonts = Vec::new();
        for face in [Face::Regular, Face::Italic] {
            for repertoire in [Repertoire::Digits, Repertoire::Whole] {
                let used = plan.texts.iter().any(|text| (text.face, text.repertoire) == (face, repertoire));
                let font = Font::of(face).filter(|_| used);
                if let Some(reference) = font.and_then(|font| font.embed(writer, repertoire)) {
                    fonts.push((font_name(face, repertoire), reference));
                }
            }
        }
        Self(fonts)
    }
}

/// Name of a font in /DR and in default appearances.
#[must_use]
pub(super) fn font_name(face: Face, repertoire: Repertoire) -> &'static str {
    match (face, repertoire) {
        (Face::Regular, Repertoire::Whole) => "FVN",
        (Face::Italic, Repertoire::Whole) => "FVNI",
        (Face::Regular, Repertoire::Digits) => "FVND",
        (Face::Italic, Repertoire::Digits) => "FVNDI",
    }
}

fn text_field(
    writer: &mut RevisionWriter<'_, '_>,
    text: &TextField,
    page: Reference,
    area: &Area,
) -> Reference {
    let empty = form(writer, area, Dictionary::default(), b"/Tx BMC EMC");
    let appearance = format!("/{} {} Tf 0 g", font_name(text.face, text.repertoire), text.size);
    let mut dictionary = Dictionary::of(vec![
        ("Type", Object::name("Annot")),
        ("Subtype", Object::name("Widget")),
        ("FT", Object::name("Tx")),
        ("T", Object::String(text.name.clone().into_bytes())),
        ("TU", Object::String(text.name.clone().into_bytes())),
        ("Ff", Object::Integer(0)),
        (
            "Q",
            Object::Integer(match text.alignment {
                Alignment::Left => 0,
                Alignment::Centre => 1,
                Alignment::Right => 2,
            }),
        ),
        ("DA", Object::String(appearance.into_bytes())),
        ("Rect", text.place.rectangle.object()),
        ("P", Object::Reference(page)),
        ("F", Object::Integer(4)),
        ("AP", Object::Dictionary(Dictionary::of(vec![("N", Object::Reference(empty))]))),
    ]);
    if let Some((key, value)) = area.characteristics() {
        dictionary.set(key, value);
    }
    writer.add(&Object::Dictionary(dictionary))
}

fn signature_field(
    writer: &mut RevisionWriter<'_, '_>,
    name: &str,
    rectangle: &Rectangle,
    page: Reference,
    area: &Area,
    lock: Option<Reference>,
) -> Reference {
    // An empty appearance keeps PDF/A drafts what they are.
    let empty = form(writer, area, Dictionary::default(), b"");
    let mut dictionary = Dictionary::of(vec![
        ("Type", Object::name("Annot")),
        ("Subtype", Object::name("Widget")),
        ("FT", Object::name("Sig")),
        ("T", Object::String(name.as_bytes().to_vec())),
        ("TU", Object::String(name.as_bytes().to_vec())),
        ("Rect", rectangle.object()),
        ("P", Object::Reference(page)),
        ("F", Object::Integer(132)),
        ("AP", Object::Dictionary(Dictionary::of(vec![("N", Object::Reference(empty))]))),
    ]);
    if let Some((key, value)) = area.characteristics() {
        dictionary.set(key, value);
    }
    if let Some(lock) = lock {
        dictionary.set("Lock", Object::Reference(lock));
    }
    writer.add(&Object::Dictionary(dictionary))
}

/// Appends widgets to their pages' /Annots.
pub(super) fn annotate(
    pdf: &Pdf<'_>,
    writer: &mut RevisionWriter<'_, '_>,
    widgets: &[(Reference, Reference)],
) -> Result<(), pdf::Error> {
    let mut pages: Vec<Reference> = widgets.iter().map(|(page, _)| *page).collect();
    pages.sort_unstable();
    pages.dedup();
    for page in pages {
        let Object::Dictionary(mut dictionary) = pdf.resolve(page, pdf.newest())? else {
            return Err(pdf::Error::Missing("a page where its tree names one"));
        };
        let added =
            widgets.iter().filter(|(on, _)| *on == page).map(|(_, widget)| Object::Reference(*widget));
        match dictionary.get("Annots").cloned() {
            Some(Object::Reference(at)) => {
                let Object::Array(mut list) = pdf.resolve(at, pdf.newest())? else {
                    return Err(pdf::Error::Missing("an array as /Annots"));
                };
                list.extend(added);
                writer.put(at, &Object::Array(list));
            }
            Some(Object::Array(mut list)) => {
                list.extend(added);
                dictionary.set("Annots", Object::Array(list));
                writer.put(page, &Object::Dictionary(dictionary));
            }
            _ => {
                dictionary.set("Annots", Object::Array(added.collect()));
                writer.put(page, &Object::Dictionary(dictionary));
            }
        }
    }
    Ok(())
}

fn extend_form(
    pdf: &Pdf<'_>,
    form: &mut Dictionary,
    widgets: &[(Reference, Reference)],
    fonts: &Fonts,
) -> Result<(), PrepareError> {
    let mut fields = match pdf.get(form, "Fields", pdf.newest())? {
        Object::Array(fields) => fields,
        _ => Vec::new(),
    };
    fields.extend(widgets.iter().map(|(_, field)| Object::Reference(*field)));
    form.set("Fields", Object::Array(fields));
    form.set("SigFlags", Object::Integer(3));
    form.remove("NeedAppearances");
    let mut resources = match pdf.get(form, "DR", pdf.newest())? {
        Object::Dictionary(resources) => resources,
        _ => Dictionary::default(),
    };
    let mut named = match pdf.get(&resources, "Font", pdf.newest())? {
        Object::Dictionary(named) => named,
        _ => Dictionary::default(),
    };
    for (name, font) in &fonts.0 {
        named.set(name, Object::Reference(*font));
    }
    resources.set("Font", Object::Dictionary(named));
    form.set("DR", Object::Dictionary(resources));
    if let Some((name, _)) = fonts.0.first().filter(|_| form.get("DA").is_none()) {
        form.set("DA", Object::String(format!("/{name} 13 Tf 0 g").into_bytes()));
    }
    Ok(())
}
