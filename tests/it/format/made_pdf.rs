//! The document as a small PDF with the fonts Word names, which aren't embedded: every character has
//! a code of its own and stands exactly where it is put.

use super::made::{Made, SENTENCE};
use chancery::pdf::filter::deflate;
use std::collections::BTreeMap;
use std::fmt::Write as _;

const POINTS: f64 = 72.0 / 25.4;
/// Every character is half as wide as its font is high.
const WIDTH: f64 = 0.5;

/// Upright, bold, slanted.
#[derive(Clone, Copy)]
pub enum Face {
    Upright = 1,
    Bold = 2,
    Slanted = 3,
}

/// Where a line stands.
enum At {
    /// Centred on this, in millimetres from the left.
    Centre(f64),
    /// Beginning here.
    Left(f64),
    /// Spread from here to there.
    Spread(f64, f64),
}

/// Pages being written.
pub struct Writer {
    paper: (f64, f64),
    codes: BTreeMap<char, u16>,
    pages: Vec<String>,
    lines: Vec<String>,
}

impl Writer {
    pub fn new(paper: (f64, f64)) -> Self {
        Self { paper, codes: BTreeMap::new(), pages: Vec::new(), lines: Vec::new() }
    }

    /// A line at a baseline, in millimetres from the top.
    fn line(&mut self, at: &At, baseline: f64, size: f64, face: Face, text: &str) {
        let count = text.chars().count() as f64;
        let natural = count * size * WIDTH / POINTS;
        let (x, spacing) = match at {
            At::Centre(centre) => (centre - natural / 2.0, 0.0),
            At::Left(left) => (*left, 0.0),
            At::Spread(left, right) => (*left, (right - left - natural) / (count - 1.0) * POINTS),
        };
        let mut coded = String::new();
        for character in text.chars() {
            let next = u16::try_from(self.codes.len() + 1).unwrap();
            let code = *self.codes.entry(character).or_insert(next);
            write!(coded, "{code:04x}").unwrap();
        }
        let (x, y) = (x * POINTS, (self.paper.1 - baseline) * POINTS);
        self.lines
            .push(format!("BT /F{} {size} Tf {spacing:.4} Tc {x:.3} {y:.3} Td <{coded}> Tj ET", face as u8));
    }

    pub fn end_page(&mut self) {
        self.pages.push(std::mem::take(&mut self.lines).join("\n"));
    }

    /// The file, with its fonts called so: upright, bold, slanted.
    pub fn finish(mut self, fonts: [&str; 3]) -> Vec<u8> {
        if !self.lines.is_empty() {
            self.end_page();
        }
        let mut map = String::from(
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n1 begincodespacerange <0000> <ffff> endcodespacerange\n",
        );
        for (character, code) in &self.codes {
            let units: String =
                character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("{unit:04x}")).collect();
            writeln!(map, "1 beginbfchar <{code:04x}> <{units}> endbfchar").unwrap();
        }
        map += "endcmap end end";
        let mut objects: Vec<Vec<u8>> = vec![b"<</Type/Catalog/Pages 2 0 R>>".to_vec()];
        let first_page = 10;
        let kids: String = (0..self.pages.len()).map(|n| format!("{} 0 R ", first_page + 2 * n)).collect();
        let (width, height) = (self.paper.0 * POINTS, self.paper.1 * POINTS);
        objects.push(
            format!(
                "<</Type/Pages/Kids[{kids}]/Count {}/MediaBox[0 0 {width:.3} {height:.3}]/Resources<</Font<</F1 3 0 R/F2 5 0 R/F3 7 0 R>>>>>>",
                self.pages.len()
            )
            .into_bytes(),
        );
        for (at, name) in fonts.iter().enumerate() {
            objects.push(format!("<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H/ToUnicode 9 0 R/DescendantFonts[{} 0 R]>>", 4 + 2 * at).into_bytes());
            objects.push(format!("<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW {}/FontDescriptor<</Type/FontDescriptor/FontName/{name}/Flags 4/ItalicAngle 0/Ascent 891/Descent -216/CapHeight 662/StemV 80/FontBBox[0 0 1000 1000]>>>>", WIDTH * 1000.0).into_bytes());
        }
        objects.push(stream(b"", map.as_bytes()));
        for (at, page) in self.pages.iter().enumerate() {
            objects.push(
                format!("<</Type/Page/Parent 2 0 R/Contents {} 0 R>>", first_page + 2 * at + 1).into_bytes(),
            );
            objects.push(stream(b"", page.as_bytes()));
        }
        file(&objects)
    }
}

pub fn stream(dictionary: &[u8], data: &[u8]) -> Vec<u8> {
    [format!("<</Length {}", data.len()).as_bytes(), dictionary, b">>stream\n", data, b"\nendstream"].concat()
}

/// A PDF of these objects, the first of which is the catalog.
pub fn file(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (at, object) in objects.iter().enumerate() {
        writeln!(table, "{:010} 00000 n ", bytes.len()).unwrap();
        bytes.extend(format!("{} 0 obj\n", at + 1).into_bytes());
        bytes.extend(object);
        bytes.extend(b"\nendobj\n");
    }
    let start = bytes.len();
    bytes.extend(table.into_bytes());
    bytes.extend(
        format!(
            "trailer<</Size {}/Root 1 0 R/ID[<00><00>]>>\nstartxref\n{start}\n%%EOF\n",
            objects.len() + 1
        )
        .into_bytes(),
    );
    bytes
}

/// Makes the document.
pub fn pdf(made: &Made) -> Vec<u8> {
    let mut writer = Writer::new(made.paper);
    let [left, right, top, bottom] = made.margins;
    let (width, height) = made.paper;
    let (end, floor) = (width - right, height - bottom);
    let (west, east) = (left + (end - left) * 0.22, left + (end - left) * 0.70);
    // A first line's upper edge is 0.891 of its size above the baseline in Times New Roman.
    let first = top + 13.0 * 0.891 / POINTS;
    let step = 6.0;
    writer.line(&At::Centre(west), first, 9.0, Face::Upright, "ỦY BAN NHÂN DÂN");
    writer.line(&At::Centre(east), first, 10.0, Face::Bold, made.title);
    writer.line(&At::Centre(west), first + step, 12.0, Face::Bold, made.issuer);
    writer.line(&At::Centre(east), first + step, 12.0, Face::Bold, made.motto);
    writer.line(&At::Centre(west), first + 3.0 * step, 12.0, Face::Upright, made.number);
    writer.line(&At::Centre(east), first + 3.0 * step, 12.0, Face::Slanted, made.date);
    let mut y = first + 5.0 * step;
    match made.kind {
        None => writer.line(&At::Centre(west), first + 4.2 * step, 9.0, Face::Upright, made.subject),
        Some(kind) => {
            writer.line(&At::Centre(width / 2.0), y, 14.0, Face::Bold, kind);
            y += step;
            writer.line(&At::Centre(width / 2.0), y, 14.0, Face::Bold, made.subject);
        }
    }
    y += 1.6 * step;
    let pitch = made.body_size * 1.15 / POINTS;
    let words: Vec<&str> = SENTENCE.split(' ').collect();
    for _ in 0..made.paragraphs {
        y += 2.5;
        for (at, chunk) in words.chunks(12).enumerate() {
            // The lower edge of a line is 0.216 of its size below the baseline.
            if y + made.body_size * 0.216 / POINTS > floor {
                writer.end_page();
                writer.line(&At::Centre(width / 2.0), 12.0, 13.0, Face::Upright, "2");
                y = top + made.body_size * 0.891 / POINTS;
            }
            let whole = chunk.len() == 12;
            let from = if at == 0 { left + 12.7 } else { left };
            let place = if whole { At::Spread(from, end) } else { At::Left(from) };
            writer.line(&place, y, made.body_size, Face::Upright, &chunk.join(" "));
            y += pitch;
        }
    }
    if y + 45.0 > floor {
        writer.end_page();
        writer.line(&At::Centre(width / 2.0), 12.0, 13.0, Face::Upright, "2");
        y = top + 5.0;
    }
    writer.line(&At::Left(left), y + 5.0, 12.0, Face::Slanted, "Nơi nhận:");
    writer.line(&At::Centre(east), y + 5.0, 14.0, Face::Bold, "GIÁM ĐỐC");
    writer.line(&At::Centre(east), y + 38.0, 14.0, Face::Bold, "Nguyễn Văn Thử");
    match made.font {
        "Times New Roman" => {
            writer.finish(["TimesNewRomanPSMT", "TimesNewRomanPS-BoldMT", "TimesNewRomanPS-ItalicMT"])
        }
        _ => writer.finish(["ArialMT", "Arial-BoldMT", "Arial-ItalicMT"]),
    }
}

/// Pages that are pictures of this many dots per inch.
pub fn scan(paper: (f64, f64), dpi: f64) -> Vec<u8> {
    let (width, height) = (paper.0 * POINTS, paper.1 * POINTS);
    let (columns, rows) = ((paper.0 / 25.4 * dpi).round() as usize, (paper.1 / 25.4 * dpi).round() as usize);
    let data = deflate(&vec![0xff; columns.div_ceil(8) * rows]);
    file(&[
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        format!("<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 {width:.2} {height:.2}]>>").into_bytes(),
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>".to_vec(),
        stream(b"", format!("q {width:.2} 0 0 {height:.2} 0 0 cm /I Do Q").as_bytes()),
        stream(
            format!("/Type/XObject/Subtype/Image/Width {columns}/Height {rows}/BitsPerComponent 1/ColorSpace/DeviceGray/Filter/FlateDecode").as_bytes(),
            &data,
        ),
    ])
}
