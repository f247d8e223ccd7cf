//! The parts of a document that rules speak of: the boxes of Decree 30/2020, App. I, Part I, IV, by
//! names of their own so that another jurisdiction can use those it has.

use serde::Deserialize;

/// A part of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The state's name (box 1).
    NationalTitle,
    /// The state's motto (box 1).
    Motto,
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
    /// Whom it is for (box 9a).
    Addressee,
    /// In whose name and office it is signed (box 7a).
    Authority,
    /// The words above the list of recipients (box 9b).
    RecipientsLabel,
    /// The list of recipients (box 9b).
    Recipients,
    /// The line of that list that says what stays with the agency.
    KeptCopy,
}
