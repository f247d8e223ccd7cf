//! The parts of a document that rules speak of: the boxes of Decree 30/2020, App. I, Part I, IV, by
//! names of their own so that another jurisdiction can use those it has.

use serde::Deserialize;

/// A part of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The state's name (box 1).
    NationalTitle,
    /// The state's motto (box 1).
    Motto,
    /// The body above the issuing one (box 2).
    Superior,
    /// The issuing body (box 2).
    Issuer,
    /// Number and symbol (box 3).
    Number,
    /// Place and date (box 4).
    Date,
    /// The name of the type (box 5a).
    TypeName,
    /// The abstract under the type (box 5a).
    Abstract,
    /// The abstract of a letter, under the number (box 5b).
    LetterAbstract,
    /// The grounds that the document rests on (box 6).
    Grounds,
    /// Lines with the numbers of parts, chapters and sections (box 6).
    Chapter,
    /// The titles below them (box 6).
    ChapterTitle,
    /// Headings with Roman numbers (box 6).
    Heading,
    /// Lines that begin articles (box 6).
    Article,
    /// Titles of clauses, on lines of their own (box 6).
    ClauseTitle,
    /// Lines that begin points (box 6).
    Point,
    /// Those of points that are sentences of running text (box 6).
    PointText,
    /// Paragraphs of running text (box 6).
    Body,
    /// In whose name and office it is signed (box 7a).
    Authority,
    /// Who signs (box 7b).
    Signer,
    /// Whom it is for (box 9a).
    Addressee,
    /// Those it is for, listed below (box 9a).
    Addressees,
    /// The words above the list of recipients (box 9b).
    RecipientsLabel,
    /// The list of recipients (box 9b).
    Recipients,
    /// The line of that list that says what stays with the agency.
    KeptCopy,
    /// How secret it is (box 10a).
    Secrecy,
    /// How urgent it is (box 10b).
    Urgency,
    /// How far it may go round (box 11).
    Circulation,
    /// Who drafted it and how many copies there are (box 12).
    CopiesMark,
    /// How to reach who issues it, at the foot of the first page (box 13).
    Address,
    /// What the agency's signature on a copy says (box 14).
    CopySignature,
    /// What the agency's signature on an attachment says.
    AttachmentSignature,
    /// The line with the number of an annex.
    AnnexLabel,
    /// The title of an annex.
    AnnexTitle,
    /// The line that says which document an annex goes with.
    AnnexReference,
    /// The number of a page.
    PageNumber,
}
