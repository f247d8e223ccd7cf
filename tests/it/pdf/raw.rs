//! Builds PDFs byte by byte, so that every way of being wrong can be built too.

use std::collections::BTreeMap;

/// A file under construction: a table at the end of every revision.
#[derive(Clone)]
pub struct Raw {
    pub bytes: Vec<u8>,
    pub section: usize,
    pub size: u32,
    pub trailer: String,
}

/// Catalog, page tree, one page with text, a font.
pub const DRAFT: [(u32, &str); 5] = [
    (1, "<</Type/Catalog/Pages 2 0 R>>"),
    (2, "<</Type/Pages/Kids[3 0 R]/Count 1>>"),
    (3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"),
    (4, "<</Length 46>>\nstream\nBT /F1 12 Tf 100 700 Td (Signed content) Tj ET\nendstream"),
    (5, "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>"),
];

pub const ID: &str = "/ID[<000102030405060708090A0B0C0D0E0F><000102030405060708090A0B0C0D0E0F>]";

impl Raw {
    /// A first revision of these objects; the first is the catalog.
    pub fn new(objects: &[(u32, &str)]) -> Self {
        let mut raw = Self {
            bytes: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec(),
            section: 0,
            size: 0,
            trailer: format!("/Root 1 0 R{ID}"),
        };
        raw.append(objects, &[]);
        raw
    }

    pub fn draft() -> Self {
        Self::new(&DRAFT)
    }

    /// Writes objects; gives their offsets.
    pub fn objects(&mut self, objects: &[(u32, &str)]) -> BTreeMap<u32, String> {
        let mut entries = BTreeMap::new();
        for (number, body) in objects {
            entries.insert(*number, format!("{:010} 00000 n\r\n", self.bytes.len()));
            self.bytes.extend_from_slice(format!("{number} 0 obj\n{body}\nendobj\n").as_bytes());
            self.size = self.size.max(number + 1);
        }
        entries
    }

    /// Appends a revision of these objects, freeing others.
    pub fn append(&mut self, objects: &[(u32, &str)], freed: &[u32]) {
        let mut entries = self.objects(objects);
        for number in freed {
            entries.insert(*number, "0000000000 00001 f\r\n".to_owned());
        }
        self.end(&entries);
    }

    /// Ends a revision with a table of these entries.
    pub fn end(&mut self, entries: &BTreeMap<u32, String>) {
        let start = self.bytes.len();
        let mut text = "xref\n".to_owned();
        if self.section == 0 {
            text.push_str("0 1\n0000000000 65535 f\r\n");
        }
        for (number, entry) in entries {
            text.push_str(&format!("{number} 1\n{entry}"));
        }
        let previous = if self.section == 0 { String::new() } else { format!("/Prev {}", self.section) };
        text.push_str(&format!(
            "trailer\n<</Size {}{}{previous}>>\nstartxref\n{start}\n%%EOF\n",
            self.size, self.trailer
        ));
        self.bytes.extend_from_slice(text.as_bytes());
        self.section = start;
    }

    /// Ends a revision with a stream of entries (kind, offset or holder, generation or place).
    pub fn end_with_stream(&mut self, entries: &BTreeMap<u32, [u64; 3]>) {
        let start = self.bytes.len();
        let own = self.size;
        self.size += 1;
        let mut entries = entries.clone();
        entries.insert(own, [1, start as u64, 0]);
        if self.section == 0 {
            entries.insert(0, [0, 0, 65535]);
        }
        let mut index = String::new();
        let mut rows = Vec::new();
        for (number, [kind, a, b]) in &entries {
            index.push_str(&format!("{number} 1 "));
            rows.push(*kind as u8);
            rows.extend_from_slice(&(*a as u32).to_be_bytes());
            rows.extend_from_slice(&(*b as u16).to_be_bytes());
        }
        let previous = if self.section == 0 { String::new() } else { format!("/Prev {}", self.section) };
        let head = format!(
            "{own} 0 obj\n<</Type/XRef/Size {}/W[1 4 2]/Index[{index}]/Length {}{}{previous}>>\nstream\n",
            self.size,
            rows.len(),
            self.trailer
        );
        self.bytes.extend_from_slice(head.as_bytes());
        self.bytes.extend_from_slice(&rows);
        let tail = format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n");
        self.bytes.extend_from_slice(tail.as_bytes());
        self.section = start;
    }

    /// Writes an object stream of these objects; gives its offset.
    pub fn holder(&mut self, number: u32, objects: &[(u32, &str)]) -> u64 {
        let mut header = String::new();
        let mut body = String::new();
        for (inner, text) in objects {
            header.push_str(&format!("{inner} {} ", body.len()));
            body.push_str(text);
            body.push(' ');
            self.size = self.size.max(inner + 1);
        }
        let text = format!(
            "<</Type/ObjStm/N {}/First {}/Length {}>>\nstream\n{header}{body}\nendstream",
            objects.len(),
            header.len(),
            header.len() + body.len()
        );
        let at = self.bytes.len() as u64;
        self.objects(&[(number, &text)]);
        at
    }
}
