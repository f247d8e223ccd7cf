//! The font that fills in what the system writes into documents: Liberation Serif, of the same
//! widths as Times New Roman, with the whole Vietnamese repertoire.
//!
//! Regular for numbers, italic for dates. Subset once and embedded as a Type0 font whose codes are
//! glyph numbers (ISO 32000-2, 9.7): every viewer shows the same, with or without the font.

use super::filter::deflate;
use super::object::{Dictionary, Object, Reference};
use super::writer::RevisionWriter;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use subsetter::GlyphRemapper;

/// The whole upright font, as it is drawn with.
pub(super) const UPRIGHT: &[u8] = include_bytes!("fonts/LiberationSerif-Regular.ttf");
/// The whole slanted one.
pub(super) const SLANTED: &[u8] = include_bytes!("fonts/LiberationSerif-Italic.ttf");

/// Upright or slanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Face {
    /// Upright.
    Regular,
    /// Slanted.
    Italic,
}

/// How much of a face is embedded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Repertoire {
    /// Digits, and the signs before them in ASCII: a tenth of the bytes, for numbers, days and months.
    Digits,
    /// Every character the face can show here.
    Whole,
}

impl Repertoire {
    /// Whether a character belongs to it, when the face has it.
    #[must_use]
    pub fn holds(self, character: char) -> bool {
        self == Self::Whole || (' '..='9').contains(&character)
    }
}

/// A subset face, ready to be embedded and measured.
#[derive(Debug)]
pub struct Font {
    source: &'static [u8],
    glyphs: BTreeMap<char, (u16, u16)>,
    units: u16,
    ascent: i16,
    descent: i16,
    cap_height: i16,
    bounds: [i16; 4],
    italic_angle: i64,
    name: &'static str,
    digits: OnceLock<Option<Packed>>,
    whole: OnceLock<Option<Packed>>,
}

/// A character the font can't show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the character {0:?} is outside the repertoire")]
pub struct OutsideRepertoire(pub char);

/// In this order, so that what [`Repertoire::Digits`] holds has the same codes by itself. ASCII, Latin-1, the Vietnamese letters of Latin Extended-A and -B, and Latin Extended Additional.
fn repertoire() -> impl Iterator<Item = char> {
    let ranges = [
        0x20..=0x7e_u32,
        0xa0..=0xff,
        0x100..=0x17f,
        0x1a0..=0x1a1,
        0x1af..=0x1b0,
        0x1ea0..=0x1ef9,
        0x2013..=0x2014,
        0x2018..=0x201d,
    ];
    ranges.into_iter().flatten().filter_map(char::from_u32)
}

/// Its streams, deflated: the same in every document.
#[derive(Debug)]
struct Packed {
    program: Vec<u8>,
    /// Bytes of the program before deflating.
    length: usize,
    to_unicode: Vec<u8>,
}

impl Font {
    /// The font of a face; `None` only if the program was built with a broken font.
    #[must_use]
    pub fn of(face: Face) -> Option<&'static Self> {
        static REGULAR: OnceLock<Option<Font>> = OnceLock::new();
        static ITALIC: OnceLock<Option<Font>> = OnceLock::new();
        match face {
            Face::Regular => {
                REGULAR.get_or_init(|| Self::subset(UPRIGHT, "CHANCR+LiberationSerif", 0)).as_ref()
            }
            Face::Italic => {
                ITALIC.get_or_init(|| Self::subset(SLANTED, "CHANCI+LiberationSerif-Italic", -16)).as_ref()
            }
        }
    }

    fn subset(source: &'static [u8], name: &'static str, italic_angle: i64) -> Option<Self> {
        let face = ttf_parser::Face::parse(source, 0).ok()?;
        let mut remapper = GlyphRemapper::new();
        let mut glyphs = BTreeMap::new();
        for character in repertoire() {
            if let Some(glyph) = face.glyph_index(character) {
                let width = face.glyph_hor_advance(glyph)?;
                glyphs.insert(character, (remapper.remap(glyph.0), width));
            }
        }
        let bounds = face.global_bounding_box();
        Some(Self {
            source,
            glyphs,
            units: face.units_per_em(),
            ascent: face.ascender(),
            descent: face.descender(),
            cap_height: face.capital_height().unwrap_or(face.ascender()),
            bounds: [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max],
            italic_angle,
            name,
            digits: OnceLock::new(),
            whole: OnceLock::new(),
        })
    }

    fn scaled(&self, value: f64) -> f64 {
        value * 1000.0 / f64::from(self.units.max(1))
    }

    /// The codes of `text` (two bytes each) and its width at size 1.
    ///
    /// # Errors
    /// [`OutsideRepertoire`] for the first character the font lacks.
    pub fn encode(&self, text: &str) -> Result<(Vec<u8>, f64), OutsideRepertoire> {
        let mut codes = Vec::new();
        let mut width = 0.0;
        for character in text.chars() {
            let (glyph, advance) = self.glyphs.get(&character).ok_or(OutsideRepertoire(character))?;
            codes.extend_from_slice(&glyph.to_be_bytes());
            width += f64::from(*advance) / f64::from(self.units.max(1));
        }
        Ok((codes, width))
    }

    /// The glyphs of a repertoire in the order of their codes, each with its character and width.
    fn by_glyph(&self, repertoire: Repertoire) -> Vec<(u16, char, u16)> {
        let held = self.glyphs.iter().filter(|(character, _)| repertoire.holds(**character));
        let mut all: Vec<_> = held.map(|(character, (glyph, width))| (*glyph, *character, *width)).collect();
        all.sort_unstable();
        all.dedup_by_key(|(glyph, _, _)| *glyph);
        all
    }

    fn pack(&self, repertoire: Repertoire) -> Option<Packed> {
        let face = ttf_parser::Face::parse(self.source, 0).ok()?;
        let by_glyph = self.by_glyph(repertoire);
        let mut remapper = GlyphRemapper::new();
        for (code, character, _) in &by_glyph {
            if remapper.remap(face.glyph_index(*character)?.0) != *code {
                return None;
            }
        }
        let program = subsetter::subset(self.source, 0, &remapper).ok()?;
        Some(Packed {
            program: deflate(&program),
            length: program.len(),
            to_unicode: deflate(to_unicode(&by_glyph).as_bytes()),
        })
    }

    fn packed(&self, repertoire: Repertoire) -> Option<&Packed> {
        let place = match repertoire {
            Repertoire::Digits => &self.digits,
            Repertoire::Whole => &self.whole,
        };
        place.get_or_init(|| self.pack(repertoire)).as_ref()
    }

    /// Writes the font's objects; gives the Type0 font, or `None` if the program was built with a broken font.
    pub fn embed(&self, writer: &mut RevisionWriter<'_, '_>, repertoire: Repertoire) -> Option<Reference> {
        let rounded = |value: f64| Object::real(value.round());
        let packed = self.packed(repertoire)?;
        let by_glyph = self.by_glyph(repertoire);
        let length = Object::Integer(i64::try_from(packed.length).unwrap_or(0));
        let length = Dictionary::of(vec![("Length1", length)]);
        let program = writer.add_deflated_stream(length, packed.program.clone());
        let bounds = self.bounds.iter().map(|value| rounded(self.scaled(f64::from(*value)))).collect();
        let descriptor = writer.add(&Object::Dictionary(Dictionary::of(vec![
            ("Type", Object::name("FontDescriptor")),
            ("FontName", Object::name(self.name)),
            // Serif and nonsymbolic, slanted where it is (ISO 32000-2, table 121).
            ("Flags", Object::Integer(if self.italic_angle == 0 { 34 } else { 98 })),
            ("FontBBox", Object::Array(bounds)),
            ("ItalicAngle", Object::Integer(self.italic_angle)),
            ("Ascent", rounded(self.scaled(f64::from(self.ascent)))),
            ("Descent", rounded(self.scaled(f64::from(self.descent)))),
            ("CapHeight", rounded(self.scaled(f64::from(self.cap_height)))),
            ("StemV", Object::Integer(80)),
            ("FontFile2", Object::Reference(program)),
        ])));
        let mut widths = Vec::new();
        for (glyph, _, width) in &by_glyph {
            widths.push(Object::Integer(i64::from(*glyph)));
            widths.push(Object::Array(vec![rounded(self.scaled(f64::from(*width)))]));
        }
        let descendant = writer.add(&Object::Dictionary(Dictionary::of(vec![
            ("Type", Object::name("Font")),
            ("Subtype", Object::name("CIDFontType2")),
            ("BaseFont", Object::name(self.name)),
            (
                "CIDSystemInfo",
                Object::Dictionary(Dictionary::of(vec![
                    ("Registry", Object::String(b"Adobe".to_vec())),
                    ("Ordering", Object::String(b"Identity".to_vec())),
                    ("Supplement", Object::Integer(0)),
                ])),
            ),
            ("FontDescriptor", Object::Reference(descriptor)),
            ("CIDToGIDMap", Object::name("Identity")),
            ("DW", Object::Integer(500)),
            ("W", Object::Array(widths)),
        ])));
        let to_unicode = writer.add_deflated_stream(Dictionary::default(), packed.to_unicode.clone());
        Some(writer.add(&Object::Dictionary(Dictionary::of(vec![
            ("Type", Object::name("Font")),
            ("Subtype", Object::name("Type0")),
            ("BaseFont", Object::name(self.name)),
            ("Encoding", Object::name("Identity-H")),
            ("DescendantFonts", Object::Array(vec![Object::Reference(descendant)])),
            ("ToUnicode", Object::Reference(to_unicode)),
        ]))))
    }
}

/// The CMap that says which character each code stands for (ISO 32000-2, 9.10.3).
fn to_unicode(glyphs: &[(u16, char, u16)]) -> String {
    use std::fmt::Write;
    let mut text = String::from(
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n",
    );
    for part in glyphs.chunks(100) {
        let _ = writeln!(text, "{} beginbfchar", part.len());
        for (glyph, character, _) in part {
            let _ = write!(text, "<{glyph:04X}> <");
            let mut buffer = [0_u16; 2];
            for unit in character.encode_utf16(&mut buffer) {
                let _ = write!(text, "{unit:04X}");
            }
            text.push_str(">\n");
        }
        text.push_str("endbfchar\n");
    }
    text.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_faces_show_every_vietnamese_letter() {
        let text = "Số: 05/QĐ-UBND; Hà Nội, ngày 05 tháng 01 năm 2026 ẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸạảấầẩẫậắằẳẵặđĐơƠưƯ";
        for face in [Face::Regular, Face::Italic] {
            assert!(Font::of(face).unwrap().encode(text).is_ok());
        }
    }

    #[test]
    fn widths_are_those_of_times() {
        // The national title in Times New Roman Bold differs; regular digits are half an em wide.
        let (_, width) = Font::of(Face::Regular).unwrap().encode("0123456789").unwrap();
        assert!((width - 5.0).abs() < 0.01, "{width}");
    }

    #[test]
    fn a_character_outside_the_repertoire_is_refused_by_name() {
        assert_eq!(Font::of(Face::Regular).unwrap().encode("a漢"), Err(OutsideRepertoire('漢')));
    }
}
