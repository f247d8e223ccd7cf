//! Descriptive metadata as fields: read once each, of the lengths the circular allows.

use super::super::model;
use super::super::read::parse;
use super::Checker;
use roxmltree::Node;
use std::collections::BTreeMap;

impl Checker<'_> {
    pub(super) fn lengths(&mut self, path: &str, document: &BTreeMap<String, String>) {
        for (name, limit, required) in [
            ("docId", 25, false),
            ("typeName", 10, true),
            ("codeNumber", 11, false),
            ("codeNotation", 30, false),
            ("subject", 500, true),
            ("mode", 20, true),
        ] {
            let value = document.get(name).map_or("", String::as_str);
            let holds = model::field(name, value, limit, required).is_ok();
            self.judge(
                "field_length",
                holds,
                path,
                &format!("{name} is empty or longer than {limit} characters"),
            );
        }
    }

    /// The fields of a `simpledc` file.
    pub(super) fn simple(&mut self, relative: &str) -> Option<BTreeMap<String, String>> {
        let text = self.text(relative, "metadata_present")?;
        let document = parse(&text);
        let fields = document.as_ref().and_then(|document| {
            let root = document.root_element();
            (root.tag_name().name() == "simpledc").then(|| {
                let elements: Vec<Node<'_, '_>> = root.children().filter(Node::is_element).collect();
                let fields: BTreeMap<String, String> = elements
                    .iter()
                    .map(|node| {
                        (node.tag_name().name().to_owned(), node.text().unwrap_or_default().trim().to_owned())
                    })
                    .collect();
                (fields.len() == elements.len()).then_some(fields)
            })?
        });
        self.judge(
            "metadata_structure",
            fields.is_some(),
            relative,
            "not a simpledc of fields that stand once",
        );
        fields
    }
}
