//! What a document was when it was signed: the roles its objects had.

use super::graph::Graph;
use crate::pdf::{self, Dictionary, Object, Pdf, Reference};
use crate::signature::content::{Content, Later};
use crate::signature::fields::{self, Field};
use crate::signature::prepare::Rectangle;
use crate::signature::remark::{self, Tint};
use crate::signature::{fill, shown};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Pages looked through for annotations; a page beyond is judged like any other object.
const PAGE_LIMIT: usize = 20_000;

/// The role of an object that may be written again after signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The catalog.
    Catalog,
    /// The form.
    Form,
    /// The form's list of fields.
    FieldList,
    /// A field.
    Field,
    /// A widget of a field that has several.
    Widget {
        /// The field.
        field: Reference,
    },
    /// The appearance stream of an empty field, used by nothing else.
    Appearance {
        /// The field or widget.
        widget: Reference,
    },
    /// A page.
    Page,
    /// A page's list of annotations.
    Annotations {
        /// The page.
        page: Reference,
    },
    /// The document information dictionary.
    Information,
    /// The document's metadata stream.
    Metadata,
    /// Part of the document security store.
    Evidence,
}

/// A document as of one revision.
pub(super) struct Baseline<'p, 'a> {
    pub(super) pdf: &'p Pdf<'a>,
    pub(super) revision: usize,
    pub(super) root: Reference,
    pub(super) fields: HashMap<Reference, Field>,
    /// Pages with their numbers, from 1.
    pub(super) pages: HashMap<Reference, usize>,
    roles: HashMap<Reference, Role>,
    graph: Graph,
    /// The text of pages looked at; none when it can't be read.
    text: RefCell<HashMap<usize, Option<Vec<Rectangle>>>>,
    looks: RefCell<Looks>,
    /// The colours highlights give pages (from 1).
    tints: RefCell<HashMap<usize, HashMap<Reference, Tint>>>,
}

/// The pages looked at last, painted ones being large, and how many were looked at in all.
#[derive(Default)]
struct Looks {
    last: Vec<(usize, Option<Rc<Content>>)>,
    count: usize,
}

impl<'p, 'a> Baseline<'p, 'a> {
    /// Whether a rectangle covers text of a page (from 1) that was shown when the document was signed. Where the text
    /// can't be read, it does.
    pub(super) fn shows_text_in(&self, page: usize, rectangle: &Rectangle) -> bool {
        let mut text = self.text.borrow_mut();
        let boxes = text
            .entry(page)
            .or_insert_with(|| shown::text_boxes(self.pdf, self.revision, page.saturating_sub(1)));
        boxes.as_ref().is_none_or(|boxes| boxes.iter().any(|text| shown::overlaps(text, rectangle)))
    }

    /// Whether something that came later lies on what a page (from 1) showed when the document was signed. Where that
    /// can't be told, it does.
    pub(super) fn covers(&self, page: usize, place: &Rectangle, later: Later) -> bool {
        /// Pages held at once.
        const HELD: usize = 4;
        /// Pages looked at for one signature: each is read and painted.
        const LOOKS: usize = 200;
        let mut looks = self.looks.borrow_mut();
        let known = looks.last.iter().find(|(known, _)| *known == page).map(|(_, content)| content.clone());
        let content = known.unwrap_or_else(|| {
            looks.count += 1;
            let content = (looks.count <= LOOKS)
                .then(|| Content::of(self.pdf, self.revision, page.saturating_sub(1)).map(Rc::new))
                .flatten();
            if looks.last.len() >= HELD {
                looks.last.remove(0);
            }
            looks.last.push((page, content.clone()));
            content
        });
        content.is_none_or(|content| content.lies_under(place, later))
    }

    /// Whether a page (from 1) is still read under one highlight more.
    pub(super) fn stays_light(&self, page: usize, highlight: Reference, tint: Tint) -> bool {
        let mut tints = self.tints.borrow_mut();
        let page = tints.entry(page).or_default();
        page.insert(highlight, tint);
        remark::is_light(remark::under(page.values().copied()))
    }

    /// Reads the roles.
    ///
    /// # Errors
    /// When the document can't be read as of that revision.
    pub(super) fn new(pdf: &'p Pdf<'a>, revision: usize) -> Result<Self, pdf::Error> {
        let root = pdf.root(revision)?;
        let mut baseline = Self {
            pdf,
            revision,
            root,
            fields: HashMap::new(),
            pages: HashMap::new(),
            roles: HashMap::new(),
            graph: Graph::default(),
            text: RefCell::default(),
            looks: RefCell::default(),
            tints: RefCell::default(),
        };
        let catalog = pdf.catalog(revision)?;
        let mut roles = Vec::new();
        baseline.field_roles(&catalog, &mut roles)?;
        baseline.page_roles(&mut roles)?;
        let trailer = pdf.revisions().get(revision).map(pdf::Revision::trailer);
        if let Some(information) = trailer.and_then(|trailer| trailer.reference("Info")) {
            roles.push((information, Role::Information));
        }
        if let Some(metadata) = catalog.reference("Metadata") {
            roles.push((metadata, Role::Metadata));
        }
        roles.extend(evidence(pdf, &catalog, revision)?.into_iter().map(|one| (one, Role::Evidence)));
        roles.push((root, Role::Catalog));
        // An object with two roles has none: it may change as neither.
        let mut twice = HashSet::new();
        for (reference, role) in roles {
            if baseline.roles.insert(reference, role).is_some_and(|before| before != role) {
                twice.insert(reference);
            }
        }
        baseline.roles.retain(|reference, _| !twice.contains(reference));
        let wanted: HashSet<u32> = baseline.roles.keys().map(|reference| reference.number).collect();
        baseline.graph = Graph::new(pdf, revision, &wanted)?;
        let numbers: HashMap<u32, Role> =
            baseline.roles.iter().map(|(reference, role)| (reference.number, *role)).collect();
        let shared: Vec<Reference> = baseline
            .roles
            .iter()
            .filter(|(reference, role)| !baseline.is_reached_as_expected(**reference, **role, &numbers))
            .map(|(reference, _)| *reference)
            .collect();
        for reference in shared {
            baseline.roles.remove(&reference);
        }
        Ok(baseline)
    }

    /// The role an object had, if it is one that may be written again.
    pub(super) fn role(&self, reference: Reference) -> Option<Role> {
        self.roles.get(&reference).copied()
    }

    /// Whether the document names an object that doesn't exist.
    pub(super) fn misses(&self, number: u32) -> bool {
        self.graph.misses(number)
    }

    /// Whether a widget lies on signed text, on the pages that show it, whatever page it says it is on.
    ///
    /// # Errors
    /// When a page can't be read.
    pub(super) fn lies_on_text(&self, at: Reference, widget: &Dictionary) -> Result<bool, pdf::Error> {
        let place = fill::rectangle(widget);
        let Some(place) = place.filter(|place| place.width() > 0.0 && place.height() > 0.0) else {
            return Ok(false);
        };
        for (page, number) in &self.pages {
            let page = self.pdf.resolve(*page, self.revision)?;
            let Some(page) = page.as_dictionary() else { continue };
            let annotations = self.pdf.get(page, "Annots", self.revision)?;
            let shows = annotations.as_array().is_some_and(|list| list.contains(&Object::Reference(at)));
            if shows && self.shows_text_in(*number, &place) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The page a widget says it is on.
    pub(super) fn page_of(&self, widget: &Dictionary) -> Option<usize> {
        widget.reference("P").and_then(|page| self.pages.get(&page).copied())
    }

    fn field_roles(
        &mut self,
        catalog: &Dictionary,
        roles: &mut Vec<(Reference, Role)>,
    ) -> Result<(), pdf::Error> {
        let form = self.pdf.get(catalog, "AcroForm", self.revision)?;
        if let Some(form) = catalog.reference("AcroForm") {
            roles.push((form, Role::Form));
        }
        if let Some(list) = form.as_dictionary().and_then(|form| form.reference("Fields")) {
            roles.push((list, Role::FieldList));
        }
        for field in fields::all(self.pdf, self.revision)? {
            roles.push((field.reference, Role::Field));
            if field.merged {
                roles.extend(appearance(&field.dictionary, field.reference));
            }
            if let Object::Array(kids) = self.pdf.get(&field.dictionary, "Kids", self.revision)? {
                for kid in &kids {
                    let Object::Reference(kid) = kid else { continue };
                    roles.push((*kid, Role::Widget { field: field.reference }));
                    if let Object::Dictionary(widget) = self.pdf.resolve(*kid, self.revision)? {
                        roles.extend(appearance(&widget, *kid));
                    }
                }
            }
            self.fields.insert(field.reference, field);
        }
        Ok(())
    }

    fn page_roles(&mut self, roles: &mut Vec<(Reference, Role)>) -> Result<(), pdf::Error> {
        for (number, page) in pdf::pages(self.pdf, self.revision, PAGE_LIMIT)?.into_iter().enumerate() {
            self.pages.insert(page, number + 1);
            roles.push((page, Role::Page));
            if let Object::Dictionary(dictionary) = self.pdf.resolve(page, self.revision)?
                && let Some(list) = dictionary.reference("Annots")
            {
                roles.push((list, Role::Annotations { page }));
            }
        }
        Ok(())
    }

    /// An object that may change freely must not serve anything else: a page's resources that are
    /// also the document information would change what the page shows.
    fn is_reached_as_expected(&self, reference: Reference, role: Role, numbers: &HashMap<u32, Role>) -> bool {
        let only = |expected: &[Role]| {
            self.graph.is_reached_only(reference, |from| {
                numbers.get(&from).is_some_and(|role| expected.contains(role))
            })
        };
        match role {
            // What may change in these means nothing elsewhere.
            Role::Catalog | Role::Page | Role::Field | Role::Widget { .. } => true,
            Role::Form | Role::Metadata => self.graph.is_reached_once(reference, self.root),
            Role::Annotations { page } => self.graph.is_reached_once(reference, page),
            Role::Appearance { widget } => self.graph.is_reached_once(reference, widget),
            Role::FieldList => only(&[Role::Form, Role::Catalog]),
            Role::Information => only(&[]),
            Role::Evidence => only(&[Role::Evidence, Role::Catalog]),
        }
    }
}

fn appearance(widget: &Dictionary, owner: Reference) -> Option<(Reference, Role)> {
    let normal = widget.get("AP")?.as_dictionary()?.reference("N")?;
    Some((normal, Role::Appearance { widget: owner }))
}

/// The objects of the document security store (ISO 32000-2, 12.8.4.3).
fn evidence(pdf: &Pdf<'_>, catalog: &Dictionary, revision: usize) -> Result<Vec<Reference>, pdf::Error> {
    let mut found: Vec<Reference> = catalog.reference("DSS").into_iter().collect();
    let Object::Dictionary(store) = pdf.get(catalog, "DSS", revision)? else { return Ok(found) };
    for key in ["Certs", "OCSPs", "CRLs", "VRI"] {
        found.extend(store.reference(key));
    }
    if let Object::Dictionary(entries) = pdf.get(&store, "VRI", revision)? {
        for (_, entry) in entries.iter() {
            if let Object::Reference(entry) = entry {
                found.push(*entry);
            }
            if let Object::Dictionary(entry) = pdf.follow(entry, revision)? {
                found.extend(["Cert", "OCSP", "CRL"].iter().filter_map(|key| entry.reference(key)));
            }
        }
    }
    Ok(found)
}
