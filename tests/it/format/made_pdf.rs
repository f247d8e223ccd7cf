//! The document as a small PDF with the fonts Word names, which aren't embedded: every character has
//! a code of its own and stands exactly where it is put.

use super::made::{ADDRESSEE, Made, Written};
use super::made_marks;
pub use super::made_marks::{scan, scan_placed};
use std::collections::BTreeMap;
use std::fmt::Write as _;

#[path = "made_table.rs"]
mod made_table;

const POINTS: f64 = 72.0 / 25.4;
/// Every character is this wide, as a share of its font's height.
const WIDTH: f64 = 0.4;

/// Upright, bold, slanted, both, and a font of another name.
#[derive(Debug, Clone, Copy)]
pub enum Face {
    Upright = 1,
    Bold = 2,
    Slanted = 3,
    Both = 4,
    Other = 5,
}

/// Where a line stands.
pub enum At {
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
    split: bool,
    codes: BTreeMap<char, u16>,
    pages: Vec<String>,
    pub lines: Vec<String>,
}

impl Writer {
    pub fn new(paper: (f64, f64), split: bool) -> Self {
        Self { paper, split, codes: BTreeMap::new(), pages: Vec::new(), lines: Vec::new() }
    }

    /// A line at a baseline, in millimetres from the top.
    pub fn line(&mut self, at: &At, baseline: f64, size: f64, face: Face, text: &str) {
        let count = text.chars().count() as f64;
        let natural = count * size * WIDTH / POINTS;
        let (x, spacing) = match at {
            At::Centre(centre) => (centre - natural / 2.0, 0.0),
            At::Left(left) => (*left, 0.0),
            At::Spread(left, right) => (*left, (right - left - natural) / (count - 1.0) * POINTS),
        };
        // As Word writes them: ASCII letters in one font of a face, all others in another.
        let mut pieces: Vec<(bool, String)> = Vec::new();
        for character in text.chars() {
            let next = u16::try_from(self.codes.len() + 1).unwrap();
            let code = *self.codes.entry(character).or_insert(next);
            let first = !self.split || character.is_ascii();
            match pieces.last_mut() {
                Some((ascii, piece)) if *ascii == first => write!(piece, "{code:04x}").unwrap(),
                _ => pieces.push((first, format!("{code:04x}"))),
            }
        }
        let (x, y) = (x * POINTS, (self.paper.1 - baseline) * POINTS);
        let shown: String = pieces
            .iter()
            .map(|(ascii, piece)| {
                format!("/{}{} {size} Tf <{piece}> Tj ", if *ascii { "F" } else { "G" }, face as u8)
            })
            .collect();
        self.lines.push(format!("BT {spacing:.4} Tc {x:.3} {y:.3} Td {shown}ET"));
    }

    /// A line with its own weight, slant and colour.
    fn written(&mut self, at: &At, baseline: f64, line: &Written) {
        if line.text.is_empty() {
            return;
        }
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

    /// The content and resources of an annotation's appearance, and its rectangle.
    fn appearance(&mut self, stamp: &Stamp, picture: usize) -> ([f64; 4], String, String) {
        let height = self.paper.1;
        match stamp {
            Stamp::Set(face, paint, text) => {
                let (place, content, fonts) = self.appearance(text, picture);
                let font = format!("/F1 {} 0 R", 1 + 2 * *face as usize);
                (place, format!("{paint} {content}"), fonts.replace("/F1 3 0 R", &font))
            }
            Stamp::Picture([left, top, wide, high], ..) => (
                [
                    left * POINTS,
                    (height - top - high) * POINTS,
                    (left + wide) * POINTS,
                    (height - top) * POINTS,
                ],
                format!("q {:.2} 0 0 {:.2} 0 0 cm /I Do Q", wide * POINTS, high * POINTS),
                format!("/XObject<</I {picture} 0 R>>"),
            ),
            Stamp::Text(left, baseline, size, text) => {
                let coded: String = text
                    .chars()
                    .map(|character| {
                        let next = u16::try_from(self.codes.len() + 1).unwrap();
                        format!("{:04x}", *self.codes.entry(character).or_insert(next))
                    })
                    .collect();
                let y = (height - baseline) * POINTS;
                (
                    [left * POINTS, y - size, left * POINTS + 240.0, y + size],
                    format!("BT /F1 {size} Tf 0 {size} Td <{coded}> Tj ET"),
                    "/Font<</F1 3 0 R>>".to_owned(),
                )
            }
        }
    }

    /// The file, with what signatures draw onto its last page before any annex (or its first).
    pub fn finish_signed(mut self, fonts: [&str; 5], stamps: &[Stamp]) -> Vec<u8> {
        if !self.lines.is_empty() {
            self.end_page();
        }
        let first_page = 19;
        let behind = first_page + 2 * self.pages.len();
        let drawn: Vec<([f64; 4], String, String)> = stamps
            .iter()
            .enumerate()
            .map(|(at, stamp)| self.appearance(stamp, behind + 4 * at + 2))
            .collect();
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
        let kids: String = (0..self.pages.len()).map(|n| format!("{} 0 R ", first_page + 2 * n)).collect();
        let (width, height) = (self.paper.0 * POINTS, self.paper.1 * POINTS);
        objects.push(
            format!(
                "<</Type/Pages/Kids[{kids}]/Count {}/MediaBox[0 0 {width:.3} {height:.3}]/Resources<</Font<</F1 3 0 R/F2 5 0 R/F3 7 0 R/F4 9 0 R/F5 11 0 R/G1 14 0 R/G2 15 0 R/G3 16 0 R/G4 17 0 R/G5 18 0 R>>>>>>",
                self.pages.len()
            )
            .into_bytes(),
        );
        for (at, name) in fonts.iter().enumerate() {
            objects.push(format!("<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H/ToUnicode 13 0 R/DescendantFonts[{} 0 R]>>", 4 + 2 * at).into_bytes());
            objects.push(format!("<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW {}/FontDescriptor<</Type/FontDescriptor/FontName/{name}/Flags 4/ItalicAngle 0/Ascent 891/Descent -216/CapHeight 662/StemV 80/FontBBox[0 0 1000 1000]>>>>", WIDTH * 1000.0).into_bytes());
        }
        objects.push(stream(b"", map.as_bytes()));
        for (at, name) in fonts.iter().enumerate() {
            objects.push(format!("<</Type/Font/Subtype/Type0/BaseFont/ABCDEF+{name}/Encoding/Identity-H/ToUnicode 13 0 R/DescendantFonts[{} 0 R]>>", 4 + 2 * at).into_bytes());
        }
        for (at, page) in self.pages.iter().enumerate() {
            let annotations: String = (0..if at == 0 { stamps.len() } else { 0 })
                .map(|stamp| format!("{} 0 R ", behind + 4 * stamp))
                .collect();
            objects.push(
                format!(
                    "<</Type/Page/Parent 2 0 R/Contents {} 0 R/Annots[{annotations}]>>",
                    first_page + 2 * at + 1
                )
                .into_bytes(),
            );
            objects.push(stream(b"", page.as_bytes()));
        }
        for (at, (stamp, ([left, bottom, right, top], content, resources))) in
            stamps.iter().zip(drawn).enumerate()
        {
            let number = behind + 4 * at;
            objects.push(format!("<</Type/Annot/Subtype/Widget/FT/Sig/F 4/T(s{at})/Rect[{left:.2} {bottom:.2} {right:.2} {top:.2}]/AP<</N {} 0 R>>>>", number + 1).into_bytes());
            let form = format!(
                "/Type/XObject/Subtype/Form/BBox[0 0 {:.2} {:.2}]/Resources<<{resources}>>",
                right - left,
                top - bottom
            );
            objects.push(stream(form.as_bytes(), content.as_bytes()));
            let (colour, holes) = match stamp {
                Stamp::Picture(_, colour, holes) => (*colour, *holes),
                _ => ([0; 3], false),
            };
            let mask = if holes { format!("/SMask {} 0 R", number + 3) } else { String::new() };
            let kind = "/Type/XObject/Subtype/Image/Width 8/Height 8/BitsPerComponent 8";
            objects.push(stream(format!("{kind}/ColorSpace/DeviceRGB{mask}").as_bytes(), &colour.repeat(64)));
            // Every other pixel lets the page shine through.
            objects.push(stream(format!("{kind}/ColorSpace/DeviceGray").as_bytes(), &[0, 255].repeat(32)));
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

/// What a signature draws onto a page: a picture, or a text.
#[derive(Debug, Clone)]
pub enum Stamp {
    /// Left, top, width, height in millimetres, its colour, and whether it has holes.
    Picture([f64; 4], [u8; 3], bool),
    /// Left and baseline in millimetres, size and text.
    Text(f64, f64, f64, &'static str),
    /// A text in a face, painted by an operator of the content.
    Set(Face, &'static str, Box<Stamp>),
}

/// A document being laid out.
struct Flow<'m> {
    made: &'m Made,
    writer: Writer,
    y: f64,
    /// The page, from 1, and the page that its numbers count from.
    page: usize,
    counted: usize,
}

impl Flow<'_> {
    fn end(&self) -> f64 {
        self.made.paper.0 - self.made.margins[1]
    }

    fn floor(&self) -> f64 {
        self.made.paper.1 - self.made.margins[3]
    }

    /// The number of the page that begins.
    fn numbered(&mut self) {
        let pages = self.made.pages;
        let first = self.page == self.counted;
        if !pages.shown || (first && !(pages.on_first && self.page == 1)) {
            return;
        }
        let from = if pages.anew { self.counted } else { 1 };
        let number = self.page - from + 1 + pages.off;
        let number = match pages.form {
            "roman" => ["", "i", "ii", "iii", "iv", "v", "vi"][number].to_owned(),
            form => form.replace('#', &number.to_string()),
        };
        let line = self.made.write("page", &number, 13.0, false, false);
        let baseline = if pages.above { 12.0 } else { self.made.paper.1 - 10.0 };
        let middle = if pages.centred { self.made.paper.0 / 2.0 } else { self.end() - 4.0 };
        self.writer.written(&At::Centre(middle), baseline, &line);
    }

    fn turn(&mut self, anew: bool) {
        self.writer.end_page();
        self.page += 1;
        if anew {
            self.counted = self.page;
        }
        self.numbered();
        self.y = self.made.margins[2] + self.made.body_size * 0.891 / POINTS;
    }

    fn centred(&mut self, line: &Written, middle: f64) {
        if line.left {
            return self.writer.written(&At::Left(self.made.margins[0]), self.y, line);
        }
        let natural = line.text.chars().count() as f64 * line.size * WIDTH / POINTS;
        let at = if line.aside { middle - 14.0 } else { middle };
        // What is aside must stay on the paper.
        let at = at.max(natural / 2.0 + 4.0);
        self.writer.written(&At::Centre(at), self.y, line);
    }

    fn drawn(&mut self, line: &Written, middle: f64, share: Option<f64>, dashed: bool) {
        let Some(share) = share.filter(|_| !line.text.is_empty()) else { return };
        let middle = if line.aside { middle - 14.0 } else { middle };
        let long = line.text.chars().count() as f64 * line.size * WIDTH / POINTS * share;
        let y = (self.made.paper.1 - self.y - 1.5) * POINTS;
        let (from, to) = ((middle - long / 2.0) * POINTS, (middle + long / 2.0) * POINTS);
        let dash = if dashed { "[3 2] 0 d" } else { "[] 0 d" };
        self.writer.lines.push(format!("{dash} 0.7 w {from:.2} {y:.2} m {to:.2} {y:.2} l S [] 0 d"));
    }

    /// A paragraph of running text.
    fn paragraph(&mut self, line: &Written, times: f64) {
        let setting = self.made.setting;
        let (left, end) = (self.made.margins[0], self.end());
        let pitch = line.size * 1.15 * times / POINTS;
        self.y += setting.gap / POINTS;
        let mut rest: Vec<&str> = line.text.split(' ').collect();
        let mut first = true;
        while !rest.is_empty() {
            // The lower edge of a line is 0.216 of its size below the baseline.
            if self.y + line.size * 0.216 / POINTS > self.floor() {
                self.turn(false);
            }
            let from = if first { left + setting.indent } else { left };
            let wide = |words: &[&str]| words.join(" ").chars().count() as f64 * line.size * WIDTH / POINTS;
            let fits = (1..=rest.len()).rev().find(|count| wide(&rest[..*count]) <= end - from).unwrap_or(1);
            let behind = rest.split_off(fits);
            let place = match (behind.is_empty(), setting.justified) {
                (false, true) => At::Spread(from, end),
                // Ragged lines end where the next word finds no room.
                _ => At::Left(from),
            };
            let piece = Written { text: rest.join(" "), ..line.clone() };
            if first && line.lead > 0 {
                self.led(&piece, &place);
            } else {
                self.writer.written(&place, self.y, &piece);
            }
            self.y += pitch;
            (rest, first) = (behind, false);
        }
    }
}

/// Makes the document.
pub fn pdf(made: &Made) -> Vec<u8> {
    signed(made, &[])
}

/// Makes the document with what signatures draw onto its first page.
pub fn signed(made: &Made, stamps: &[Stamp]) -> Vec<u8> {
    let mut flow = Flow { made, writer: Writer::new(made.paper, made.split), y: 0.0, page: 1, counted: 1 };
    flow.numbered();
    head(&mut flow);
    for (part, line) in made.body() {
        if part == "table" {
            flow.table(&line);
        } else if matches!(part, "chapter" | "chapter.title") {
            flow.y += 7.0;
            flow.centred(&line, made.paper.0 / 2.0);
            flow.y += 6.0;
        } else {
            flow.paragraph(&line, if part == "ground" { made.setting.grounds } else { made.setting.pitch });
        }
    }
    if flow.y + 48.0 > flow.floor() {
        flow.turn(false);
        flow.y += 2.0;
    }
    let [left, ..] = made.margins;
    let east = left + (flow.end() - left) * made.signed_at;
    let (recipients, signer) = made.foot();
    let top = flow.y + 5.0;
    for (at, line) in recipients.iter().enumerate() {
        let left = if line.aside { left + 24.0 } else { left };
        flow.writer.written(&At::Left(left), top + 5.0 * at as f64, line);
    }
    let (name, offices) = signer.split_last().unwrap();
    for (at, line) in offices.iter().enumerate() {
        flow.y = top + 6.0 * at as f64;
        flow.centred(line, east);
    }
    flow.y = top + 33.0;
    flow.centred(name, east);
    for (label, title) in made.annexes {
        flow.turn(true);
        for (part, text, bold) in [
            ("annex", *label, true),
            ("annex.title", *title, true),
            ("annex.reference", "(Kèm theo Kế hoạch số 09/KH-SNV ngày 05 tháng 01 năm 2026)", false),
        ] {
            let line = made.write(part, text, 14.0, bold, !bold);
            flow.centred(&line, made.paper.0 / 2.0);
            flow.y += 6.5;
        }
        for _ in 0..14 {
            flow.paragraph(
                &made.write("annex.body", super::made::SENTENCE, made.body_size, false, false),
                made.setting.pitch,
            );
        }
    }
    flow.writer.finish_signed(made_marks::fonts(made), stamps)
}

fn head(flow: &mut Flow<'_>) {
    let made = flow.made;
    let [left, _, top, _] = made.margins;
    let (width, end) = (made.paper.0, flow.end());
    let (mut west, mut east) = (left + (end - left) * 0.22, left + (end - left) * 0.70);
    if made.swapped {
        (west, east) = (left + (end - left) * 0.26, left + (end - left) * 0.78);
        std::mem::swap(&mut west, &mut east);
    }
    let [lower_motto, lower_issuer, lower_abstract] = made.spaces.map(|space| space / POINTS);
    // A first line's upper edge is 0.891 of its size above the baseline in Times New Roman.
    let top = top + 13.0 * 0.891 / POINTS;
    let step = 6.0;
    let (marked, first) = made_marks::place(made, west, east, (top, step));
    let mut put = |at: f64, baseline: f64, line: Written, ruled: Option<usize>| {
        flow.y = baseline;
        flow.centred(&line, at);
        let share = ruled.and_then(|which| made.lines[which]);
        flow.drawn(&line, at, share, ruled.is_some_and(|which| made.dashed[which]));
    };
    put(west, first, made.write("superior", made.superior, 13.0, false, false), None);
    let title = made.write("title", made.title, 13.0, true, false);
    // A motto below a title on two lines is one line further down.
    let lower = lower_motto + if made.narrow { 5.0 } else { 0.0 };
    if made.narrow {
        let (upper, rest) = title.text.split_at(title.text.find(" VIỆT").unwrap());
        put(east, first, Written { text: upper.to_owned(), ..title.clone() }, None);
        put(east, first + 5.0, Written { text: rest.trim().to_owned(), ..title.clone() }, None);
    } else {
        put(east, first, title, None);
    }
    put(west, first + step + lower_issuer, made.write("issuer", made.issuer, 13.0, true, false), Some(1));
    put(east, first + step + lower, made.write("motto", made.motto, 14.0, true, false), Some(0));
    put(west, first + 3.0 * step, made.write("number", made.number, 13.0, false, false), None);
    let below = made.setting.date_below;
    put(east, first + 3.0 * step + below, made.write("date", made.date, 14.0, false, true), None);
    for (part, text) in made.marks {
        let line = Written { aside: false, ..made.write(part, text, 13.0, true, false) };
        put(marked.0, marked.1, line, None);
    }
    let mut y = first + 5.6 * step;
    match made.kind {
        None => {
            let subject = made.write("letter_abstract", made.subject, 12.0, false, false);
            // One line of this size is 14.4 points below one of 13.
            put(west, first + 3.0 * step + 14.4 / POINTS + lower_abstract, subject, None);
            y += step;
            let one = made.addressees.is_empty();
            let text = if one { ADDRESSEE } else { "Kính gửi:" };
            put(width / 2.0, y, made.write("addressee", text, 14.0, false, false), None);
            for text in made.addressees {
                y += step;
                put(width / 2.0 + 20.0, y, made.write("addressees", text, 14.0, false, false), None);
            }
        }
        Some(kind) => {
            put(width / 2.0, y, made.write("type", kind, 14.0, true, false), None);
            y += step;
            put(width / 2.0, y, made.write("abstract", made.subject, 14.0, true, false), Some(2));
        }
    }
    flow.y = y + 1.6 * step;
    flow.writer.lines.extend(made_marks::frames(made, marked));
    if !made.address.is_empty() {
        flow.writer.lines.push(made_marks::foot_line(made));
        let line = made.write("address", made.address, 11.0, false, false);
        flow.writer.written(&At::Centre(width / 2.0), made.paper.1 - 13.0, &line);
    }
}
