//! What a repair did, and what it left to people.

use super::super::report::{At, FileFacts, Finding, NotChecked, ProfileFacts, Scope};
use crate::messages::Message;
use serde::Serialize;

/// The report on a repair.
#[derive(Debug, Clone, Serialize)]
pub struct Repair {
    /// The file given.
    pub file: FileFacts,
    /// The file made; the same when nothing was changed.
    pub output: FileFacts,
    /// The profile it was judged by.
    pub profile: ProfileFacts,
    /// Whether the rules apply to it.
    pub scope: Scope,
    /// Whether anything was changed.
    pub changed: bool,
    /// Whether the file made conforms; null when the rules don't apply or nothing could be judged.
    pub conforms: Option<bool>,
    /// What was corrected, in the order of the profile's rules.
    pub done: Vec<Done>,
    /// What remains, each with what to do about it.
    pub left: Vec<Left>,
    /// Rules that weren't judged, and why.
    pub not_checked: Vec<NotChecked>,
}

/// Something corrected.
#[derive(Debug, Clone, Serialize)]
pub struct Done {
    /// The rule.
    pub rule: String,
    /// The clause.
    pub basis: String,
    /// The first place.
    pub at: Option<At>,
    /// What the rule asks for.
    pub expected: String,
    /// What was there.
    pub found: String,
    /// What was wrong.
    pub message: Message,
}

/// Something that remains.
#[derive(Debug, Clone, Serialize)]
pub struct Left {
    /// The finding.
    #[serde(flatten)]
    pub finding: Finding,
    /// Why it was left and what to do.
    pub advice: Advice,
}

/// Advice.
#[derive(Debug, Clone, Serialize)]
pub struct Advice {
    /// Stable code.
    pub code: String,
    /// For people.
    pub message: Message,
}
