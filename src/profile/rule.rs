//! Format rules as data: what is measured, by which numbers, and what the law says of it.

use super::part::Part;
use super::values::{Counted, Hue, Pattern, Severity, Side};
use crate::messages::Message;
use serde::Deserialize;

/// A format rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its stable identifier.
    pub id: String,
    /// What is measured, and its parameters.
    pub measure: Measure,
    /// How bad a deviation is.
    pub severity: Severity,
    /// The clause.
    pub basis: String,
    /// Whether a draft can be repaired by machine.
    pub repairable: bool,
    /// What is wrong when it is broken.
    pub message: Message,
}

/// What the code can measure. Lengths are millimetres, sizes points; `range` is least and greatest.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Measure {
    /// Paper size, upright or not.
    Paper {
        /// The shorter side.
        width: f64,
        /// The longer side.
        height: f64,
        /// What measuring may be off by.
        tolerance: f64,
        /// The same for scans, whose makers round more.
        scan_tolerance: f64,
    },
    /// Orientation of the first page.
    Orientation {
        /// Whether it must be upright.
        portrait: bool,
    },
    /// A margin.
    Margin {
        /// Which.
        side: Side,
        /// Least and greatest.
        range: [f64; 2],
        /// What measuring may be off by.
        tolerance: f64,
    },
    /// Fonts of visible text.
    FontFamily {
        /// Accepted families, and how their files call them.
        families: Vec<String>,
    },
    /// Size of running text.
    BodySize {
        /// Least and greatest.
        range: [f64; 2],
        /// What measuring may be off by.
        tolerance: f64,
    },
    /// A text that must stand in the head, exactly so.
    FixedText {
        /// The text.
        text: String,
        /// Other spellings that pass.
        #[serde(default)]
        also: Vec<String>,
    },
    /// A spelling that is better replaced.
    Discouraged {
        /// What stands there.
        texts: Vec<String>,
        /// What is better.
        instead: String,
    },
    /// Form of number and symbol.
    NumberForm,
    /// Leading zeros of the number.
    NumberPadding,
    /// Whether the symbol says the type that the title says.
    NumberType,
    /// Form of the date line.
    DateForm,
    /// Leading zeros of the date line.
    DatePadding,
    /// Resolution of scanned pages.
    ScanResolution {
        /// Least dots per inch.
        least: f64,
        /// What measuring may be off by.
        tolerance: f64,
    },
    /// Size of a part.
    PartSize {
        /// Of which part.
        part: Part,
        /// Least and greatest.
        range: [f64; 2],
        /// What measuring may be off by.
        tolerance: f64,
    },
    /// Weight of a part.
    PartWeight {
        /// Of which part.
        part: Part,
        /// Whether it is bold.
        bold: bool,
    },
    /// Slant of a part.
    PartSlant {
        /// Of which part.
        part: Part,
        /// Whether it is slanted.
        italic: bool,
    },
    /// A part in capitals.
    PartCapitals {
        /// Which part.
        part: Part,
    },
    /// The text of each line of a part, as a regular expression.
    PartText {
        /// Of which part.
        part: Part,
        /// What it must match.
        pattern: Pattern,
        /// Only lines that match this are judged.
        #[serde(default)]
        when: Option<Pattern>,
        /// How it is done.
        example: String,
    },
    /// A part that isn't all in capitals.
    PartSentence {
        /// Which part.
        part: Part,
        /// Words that it begins with and that don't count; what follows is judged as one text.
        #[serde(default)]
        behind: Option<String>,
    },
    /// The first words of each line of a part.
    PartLead {
        /// Of which part.
        part: Part,
        /// Whether they are bold.
        bold: bool,
    },
    /// The colour of a part: `red`, `blue` or `black`.
    PartColour {
        /// Of which part.
        part: Part,
        /// Which.
        colour: Hue,
    },
    /// A part in a frame of its own.
    PartFramed {
        /// Which part.
        part: Part,
    },
    /// How large that frame is, by what stands in it: width and height in millimetres.
    FrameSize {
        /// Of which part.
        part: Part,
        /// Text and size.
        sizes: std::collections::BTreeMap<String, [f64; 2]>,
        /// What measuring may be off by.
        tolerance: f64,
    },
    /// A part that must be there.
    PartPresent {
        /// Which part.
        part: Part,
        /// Parts that may stand for it.
        #[serde(default)]
        or: Vec<Part>,
        /// The types that have it; all where none is named.
        #[serde(default)]
        types: Vec<String>,
        /// Only where this part is there.
        #[serde(default)]
        with: Option<Part>,
        /// Types that needn't have it.
        #[serde(default)]
        except: Vec<String>,
    },
    /// Size of a part of the running text. One as large as the text isn't judged: that is the text's size.
    SizeInText {
        /// Of which part.
        part: Part,
        /// Least and greatest; the text's own where none is named.
        #[serde(default)]
        range: Option<[f64; 2]>,
        /// What measuring may be off by.
        tolerance: f64,
    },
    /// Headings that have titles; articles where most of a document's have a title or text beside their number.
    Titled {
        /// Of which kinds.
        units: Vec<Counted>,
    },
    /// Each annex has this part.
    AnnexHas {
        /// Which part.
        part: Part,
    },
    /// Where there are annexes, the text above them says so, with one of these words.
    AnnexMentioned {
        /// The words.
        words: Vec<String>,
    },
    /// A part in the middle: of the page, or under another part.
    PartCentred {
        /// Which part.
        part: Part,
        /// Under which parts; the middle of any will do.
        #[serde(default)]
        under: Vec<Part>,
        /// What measuring may be off by, in millimetres.
        tolerance: f64,
    },
    /// A part that stands where it must: fractions of its page, left top right bottom.
    PartPlace {
        /// Which part.
        part: Part,
        /// Where.
        within: [f64; 4],
        /// Types in which it may stand elsewhere.
        #[serde(default)]
        except: Vec<String>,
    },
    /// Space between a part and the one above it beyond single lines, in points.
    PartGap {
        /// The lower part.
        part: Part,
        /// The upper one.
        above: Part,
        /// Least.
        #[serde(default)]
        least: Option<f64>,
        /// Greatest.
        #[serde(default)]
        most: Option<f64>,
        /// What measuring may be off by; at the least end of a file that states spaces, nothing.
        tolerance: f64,
    },
    /// A part to the right of another, where they stand beside each other.
    PartBeside {
        /// The right one.
        part: Part,
        /// The left one.
        of: Part,
    },
    /// Fonts of a part.
    PartFont {
        /// Of which part.
        part: Part,
        /// Accepted families, and how their files call them.
        families: Vec<String>,
    },
    /// Two parts at one height.
    SameRow {
        /// The one.
        part: Part,
        /// The other.
        other: Part,
        /// What measuring may be off by, in millimetres.
        tolerance: f64,
    },
    /// A part that is not broken over lines.
    OneLine {
        /// Which part.
        part: Part,
    },
    /// A line drawn under a part.
    LineUnder {
        /// Under which part.
        part: Part,
    },
    /// How long that line is, as a share of the text above it.
    LineLength {
        /// Under which part.
        part: Part,
        /// Least and greatest.
        range: [f64; 2],
        /// What measuring may be off by.
        tolerance: f64,
    },
    /// Sizes of two parts that go together.
    SizePairs {
        /// The parts.
        parts: [Part; 2],
        /// Their sizes.
        pairs: Vec<[f64; 2]>,
        /// What measuring may be off by.
        tolerance: f64,
    },
    /// Where first lines of running text begin, in millimetres from the edge of the text.
    BodyIndent {
        /// The places there are.
        values: Vec<f64>,
        /// What measuring may be off by.
        tolerance: f64,
    },
    /// Space between paragraphs of running text, in points.
    BodyGap {
        /// Least.
        least: f64,
        /// What measuring may be off by.
        tolerance: f64,
    },
    /// Distance of lines of running text, as a multiple of the font's own.
    BodyPitch {
        /// Least and greatest.
        range: [f64; 2],
        /// What measuring may be off by.
        tolerance: f64,
    },
    /// Running text reaches both edges.
    BodyJustified,
    /// Running text is upright.
    BodyUpright,
    /// Running text is not bold.
    BodyRegular,
    /// Running text is not in capitals.
    BodySentence,
    /// Pages have numbers.
    PageNumbers,
    /// Where they stand: in the middle above the text.
    PageNumberPlace,
    /// The first page has none.
    PageNumberFirst,
    /// They are Arabic figures, and nothing else.
    PageNumberForm,
    /// They count on.
    PageNumberOrder,
    /// Those of annexes begin anew.
    AnnexPages,
    /// Numbers without gaps.
    Order {
        /// Of what.
        units: Vec<Counted>,
    },
    /// Letters of points in the order of the alphabet.
    LetterOrder {
        /// The letters that are used.
        letters: Vec<String>,
        /// Letters of the alphabet that may be used, too.
        #[serde(default)]
        also: Vec<String>,
    },
    /// How the entries of a list end.
    ListEnds {
        /// Which list.
        part: Part,
        /// All but the last.
        between: String,
        /// The last.
        last: String,
        /// The part that the last is: where it isn't there, that is another fault, and the others are judged alone.
        #[serde(default)]
        last_is: Option<Part>,
    },
    /// A part that is the last entry of a list.
    ListLast {
        /// Which part.
        part: Part,
        /// Of which list.
        list: Part,
    },
    /// The first entry of a list, as a regular expression.
    ListFirst {
        /// Of which list.
        list: Part,
        /// What it must match.
        pattern: Pattern,
        /// Only where this part is there.
        with: Part,
        /// The types that have it.
        types: Vec<String>,
        /// How it is done.
        example: String,
    },
    /// With whom the kept copy is: the clerks first, and nobody twice.
    KeptWith {
        /// What the clerks are called.
        clerks: Vec<String>,
    },
    /// A part at the left edge of the text, level with the lines of another part or wholly below them.
    LeftEdge {
        /// Which part.
        part: Part,
        /// Level with which.
        level_with: Part,
        /// What the place at the edge may be off by, in millimetres.
        tolerance: f64,
        /// What the height may be off by, in millimetres.
        level: f64,
        /// Types in which it may stand elsewhere.
        except: Vec<String>,
    },
    /// A deputy's office, which stands below the words that say for whom he signs.
    Deputy {
        /// How names of deputies' offices begin.
        words: Vec<String>,
        /// What stands above them, as an example.
        example: String,
        /// Types that anyone may sign in an office of his own.
        except: Vec<String>,
    },
    /// A part that is a person's name: neither in capitals nor with a word that begins without one.
    PartNamed {
        /// Which part.
        part: Part,
    },
    /// A list of one entry, which belongs on the line of the words above it.
    ListAlone {
        /// The words above it.
        part: Part,
        /// The list.
        list: Part,
        /// Words of an entry that speaks of several, in small letters.
        several: Vec<String>,
    },
    /// Words of running text that are better written otherwise.
    Wording {
        /// What stands there.
        pattern: Pattern,
        /// What is better.
        instead: String,
        /// Words before it that make it right.
        #[serde(default)]
        unless_after: Vec<String>,
    },
    /// The first citation of a document says when it was made.
    FirstCitation {
        /// A citation; its number is the group `number`.
        pattern: Pattern,
        /// A word that follows.
        needs: String,
    },
    /// The colour of a signature's picture.
    SignatureColour {
        /// Whose.
        role: super::Role,
        /// Which.
        colour: Hue,
    },
    /// The page shines through a signature's picture.
    SignatureTransparent {
        /// Whose.
        role: super::Role,
    },
    /// The picture of a personal signature stands between the signer's office and name.
    SignatureBetween,
    /// How much of the personal signature the agency's covers, on its left.
    SealOverlap {
        /// Least and greatest share of its width.
        range: [f64; 2],
    },
    /// The seal is as large as the real one.
    SealSize {
        /// Least and greatest diameter in millimetres.
        range: [f64; 2],
    },
    /// Scans are as large as what was scanned.
    ScanRatio {
        /// Least share of the page, across and along.
        least: f64,
    },
    /// Scans have recognised text.
    ScanText,
    /// The version of a PDF.
    PdfVersion {
        /// Least: major and minor.
        least: [u8; 2],
    },
    /// Fonts of codes older than Unicode, by how their names begin.
    LegacyFonts {
        /// How they begin.
        prefixes: Vec<String>,
    },
    /// Text is black.
    Black,
    /// Letters are composed as Unicode's normal form C has them.
    Composed,
    /// Scans are in colour.
    ScanColour,
}
