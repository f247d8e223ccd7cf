//! Writing XML in memory.

use super::build::BuildError;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

/// XML in memory.
pub(super) struct Xml(Writer<Vec<u8>>);

impl Xml {
    pub(super) fn new() -> Self {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
        let _ = writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        Self(writer)
    }

    pub(super) fn text(self) -> String {
        String::from_utf8(self.0.into_inner()).unwrap_or_default()
    }

    pub(super) fn within(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        content: impl FnOnce(&mut Self) -> Result<(), BuildError>,
    ) -> Result<(), BuildError> {
        let start = quick_xml::events::BytesStart::new(name).with_attributes(attributes.iter().copied());
        self.0.write_event(Event::Start(start))?;
        content(self)?;
        self.0.write_event(Event::End(quick_xml::events::BytesEnd::new(name)))?;
        Ok(())
    }

    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> Result<(), BuildError> {
        let element = quick_xml::events::BytesStart::new(name).with_attributes(attributes.iter().copied());
        self.0.write_event(Event::Empty(element))?;
        Ok(())
    }

    pub(super) fn text_element(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        text: &str,
    ) -> Result<(), BuildError> {
        let start = quick_xml::events::BytesStart::new(name).with_attributes(attributes.iter().copied());
        self.0.write_event(Event::Start(start))?;
        self.0.write_event(Event::Text(BytesText::new(text)))?;
        self.0.write_event(Event::End(quick_xml::events::BytesEnd::new(name)))?;
        Ok(())
    }
}
