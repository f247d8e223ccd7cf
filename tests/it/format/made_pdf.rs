//! The document as a small PDF with the fonts Word names, which aren't embedded: every character has
//! a code of its own and stands exactly where it is put.

use super::made::{ADDRESSEE, Made, SENTENCE, Written, Wrong};
use chancery::pdf::filter::deflate;
use std::collections::BTreeMap;
use std::fmt::Write as _;

const POINTS: f64 = 72.0 / 25.4;
/// Every character is this wide, as a share of its font's height.
const WIDTH: f64 = 0.4;

/// Upright, bold, slanted, both, and a font of another name.
#[derive(Clone, Copy)]
pub enum Face {
    Upright = 1,
    Bold = 2,
    Slanted = 3,
    Both = 4,
    Other = 5,
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

    /// A line with its own weight, slant and colour.
    fn written(&mut self, at: &At, baseline: f64, line: &Written) {
        let face = match (line.bold, line.italic) {
            _ if line.font.is_some() => Face::Other,
            (true, true) => Face::Both,
            (true, false) => Face::Bold,
            (false, true) => Face::Slanted,
            (false, false) => Face::Upright,
        };
        self.lines.push(if line.red { "1 0 0 rg" } else { "0 g" }.to_owned());
        self.line(at, baseline, line.size, face, &line.text);
        self.lines.push("0 g".to_owned());
    }

    pub fn end_page(&mut self) {
        self.pages.push(std::mem::take(&mut self.lines).join("\n"));
    }

    /// The file, with its fonts called so: one for each face.
    pub fn finish(mut self, fonts: [&str; 5]) -> Vec<u8> {
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
        let first_page = 14;
        let kids: String = (0..self.pages.len()).map(|n| format!("{} 0 R ", first_page + 2 * n)).collect();
        let (width, height) = (self.paper.0 * POINTS, self.paper.1 * POINTS);
        objects.push(
            format!(
                "<</Type/Pages/Kids[{kids}]/Count {}/MediaBox[0 0 {width:.3} {height:.3}]/Resources<</Font<</F1 3 0 R/F2 5 0 R/F3 7 0 R/F4 9 0 R/F5 11 0 R>>>>>>",
                self.pages.len()
            )
            .into_bytes(),
        );
        for (at, name) in fonts.iter().enumerate() {
            objects.push(format!("<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H/ToUnicode 13 0 R/DescendantFonts[{} 0 R]>>", 4 + 2 * at).into_bytes());
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
    let mut put = |at: f64, baseline: f64, line: Written| writer.written(&At::Centre(at), baseline, &line);
    put(west, first, made.write("superior", "ỦY BAN NHÂN DÂN", 13.0, false, false));
    put(east, first, made.write("title", made.title, 13.0, true, false));
    put(west, first + step, made.write("issuer", made.issuer, 13.0, true, false));
    put(east, first + step, made.write("motto", made.motto, 14.0, true, false));
    put(west, first + 3.0 * step, made.write("number", made.number, 13.0, false, false));
    put(east, first + 3.0 * step, made.write("date", made.date, 13.0, false, true));
    let mut y = first + 5.0 * step;
    match made.kind {
        None => {
            let subject = made.write("letter_abstract", made.subject, 12.0, false, false);
            put(west, first + 4.2 * step, subject);
            y += step;
            put(width / 2.0, y, made.write("addressee", ADDRESSEE, 14.0, false, false));
        }
        Some(kind) => {
            put(width / 2.0, y, made.write("type", kind, 14.0, true, false));
            y += step;
            put(width / 2.0, y, made.write("abstract", made.subject, 14.0, true, false));
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
    let (recipients, signer) = made.foot();
    for (at, line) in recipients.iter().enumerate() {
        writer.written(&At::Left(left), y + 5.0 + 5.0 * at as f64, line);
    }
    for (line, below) in signer.iter().zip([5.0, 38.0]) {
        writer.written(&At::Centre(east), y + below, line);
    }
    let other = match made.wrong {
        Some((_, Wrong::Font(name))) => name,
        _ => "Symbol",
    };
    match made.font {
        "Times New Roman" => writer.finish([
            "TimesNewRomanPSMT",
            "TimesNewRomanPS-BoldMT",
            "TimesNewRomanPS-ItalicMT",
            "TimesNewRomanPS-BoldItalicMT",
            other,
        ]),
        _ => writer.finish(["ArialMT", "Arial-BoldMT", "Arial-ItalicMT", "Arial-BoldItalicMT", other]),
    }
}

/// Pages that are pictures of this many dots per inch.
pub fn scan(paper: (f64, f64), dpi: f64, grey: bool) -> Vec<u8> {
    let (width, height) = (paper.0 * POINTS, paper.1 * POINTS);
    let (columns, rows) = ((paper.0 / 25.4 * dpi).round() as usize, (paper.1 / 25.4 * dpi).round() as usize);
    let data = deflate(&vec![0xff; columns * rows * if grey { 1 } else { 3 }]);
    file(&[
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        format!("<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 {width:.2} {height:.2}]>>").into_bytes(),
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>".to_vec(),
        stream(b"", format!("q {width:.2} 0 0 {height:.2} 0 0 cm /I Do Q").as_bytes()),
        stream(
            format!("/Type/XObject/Subtype/Image/Width {columns}/Height {rows}/BitsPerComponent 8/ColorSpace/{}/Filter/FlateDecode", if grey { "DeviceGray" } else { "DeviceRGB" }).as_bytes(),
            &data,
        ),
    ])
}
