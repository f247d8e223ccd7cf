//! Active content: what makes a viewer run, fetch, send or play something when a document is opened or clicked on.
//!
//! A document of record says the same to everybody and does nothing. Scripts, program launches, forms that send, XFA
//! and media are therefore looked for in every revision and every object stream, since a later revision may bring
//! back what an earlier one hides. Links to web pages, jumps within the document and attached files are no active
//! content: nothing happens before somebody decides so.

use super::error::Error;
use super::object::{Dictionary, Object, Reference};
use super::reader::Pdf;
use super::section::Entry;

/// Actions that do more than show another place (ISO 32000-2, 12.6.4).
const ACTIONS: [&[u8]; 9] = [
    b"JavaScript",
    b"Launch",
    b"SubmitForm",
    b"ImportData",
    b"Rendition",
    b"Movie",
    b"Sound",
    b"GoTo3DView",
    b"RichMediaExecute",
];
/// Annotations that play (ISO 32000-2, 12.5.6).
const ANNOTATIONS: [&[u8]; 5] = [b"RichMedia", b"Movie", b"Sound", b"Screen", b"3D"];

impl Pdf<'_> {
    /// The first active content found, by the name the standard gives it.
    ///
    /// Objects that can't be read are passed over: nothing that follows the standard runs them.
    ///
    /// # Errors
    /// When there are more objects than are looked at.
    pub fn active_content(&self) -> Result<Option<String>, Error> {
        for (number, revision) in self.revisions.iter().enumerate() {
            for object in revision.numbers() {
                let generation = match revision.entry(object) {
                    Some(Entry::At { generation, .. }) => generation,
                    Some(Entry::In { .. }) => 0,
                    _ => continue,
                };
                match self.resolve(Reference { number: object, generation }, number) {
                    Ok(found) => {
                        if let Some(name) = within(&found) {
                            return Ok(Some(name));
                        }
                    }
                    Err(limit @ Error::Limit(_)) => return Err(limit),
                    Err(_) => {}
                }
            }
            if let Some(name) = self.revisions.get(number).and_then(|one| of_dictionary(one.trailer())) {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }
}

/// Objects nest no deeper than the parser lets them.
fn within(object: &Object) -> Option<String> {
    match object {
        Object::Dictionary(dictionary) => of_dictionary(dictionary),
        Object::Array(elements) => elements.iter().find_map(within),
        _ => None,
    }
}

fn of_dictionary(dictionary: &Dictionary) -> Option<String> {
    let named = |key: &str, among: &[&[u8]]| dictionary.name(key).filter(|name| among.contains(name));
    let found = named("S", &ACTIONS).or_else(|| named("Subtype", &ANNOTATIONS));
    if let Some(name) = found {
        return Some(String::from_utf8_lossy(name).into_owned());
    }
    // Forms of the other kind; scripts that go by names are actions too.
    if dictionary.get("XFA").is_some_and(|value| *value != Object::Null) {
        return Some("XFA".to_owned());
    }
    dictionary.iter().find_map(|(_, value)| within(value))
}
