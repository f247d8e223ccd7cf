//! The states of an official document and the acts that lead from one to another.
//!
//! The table is the rule: what isn't in it can't happen (Decree 30/2020, Art. 10–19 for outgoing
//! documents: signed by the person, numbered, sealed by the agency, issued).

use serde::{Deserialize, Serialize};

/// Where a document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Taken in; versions may still be replaced.
    Draft,
    /// Everything to be filled in after the first signature is in the file.
    Prepared,
    /// Signed by the person with authority.
    Signed,
    /// Has its number and date.
    Numbered,
    /// Number, date and the agency's signature are in the file.
    Sealed,
    /// Issued.
    Issued,
    /// Given up after it was numbered; its number stays in the register.
    Voided,
    /// An incoming document, taken in.
    Received,
    /// An incoming document with its arrival number.
    Registered,
}

/// What is done to a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// Another file for the draft.
    Revise,
    /// A file is put beside its main text.
    Attach,
    /// The file is made ready for signatures.
    Prepare,
    /// The person signs.
    Sign,
    /// A number is taken.
    Number,
    /// Number, date and agency signature are written.
    Seal,
    /// It goes out.
    Issue,
    /// It is given up.
    Void,
    /// The level of its signatures is raised, or its archive time-stamp renewed.
    Augment,
}

/// (from, act, to)
const TRANSITIONS: &[(State, Act, State)] = &[
    (State::Draft, Act::Revise, State::Draft),
    (State::Draft, Act::Attach, State::Draft),
    (State::Received, Act::Attach, State::Received),
    (State::Draft, Act::Prepare, State::Prepared),
    (State::Prepared, Act::Revise, State::Draft),
    // Signed in a month or year that passed before it was numbered: it is drafted and signed anew.
    (State::Signed, Act::Revise, State::Draft),
    (State::Prepared, Act::Sign, State::Signed),
    (State::Signed, Act::Number, State::Numbered),
    (State::Numbered, Act::Seal, State::Sealed),
    (State::Numbered, Act::Void, State::Voided),
    (State::Sealed, Act::Issue, State::Issued),
    (State::Sealed, Act::Void, State::Voided),
    (State::Issued, Act::Augment, State::Issued),
    (State::Received, Act::Number, State::Registered),
];

impl State {
    /// The state `act` leads to from here, if it may be done here.
    #[must_use]
    pub fn after(self, act: Act) -> Option<Self> {
        TRANSITIONS.iter().find(|(from, by, _)| *from == self && *by == act).map(|(_, _, to)| *to)
    }

    /// The word stored and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Prepared => "prepared",
            Self::Signed => "signed",
            Self::Numbered => "numbered",
            Self::Sealed => "sealed",
            Self::Issued => "issued",
            Self::Voided => "voided",
            Self::Received => "received",
            Self::Registered => "registered",
        }
    }

    /// Whether the document may be filed: it is final.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Issued | Self::Registered)
    }
}

impl Act {
    /// The word shown in refusals and events.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Revise => "revise",
            Self::Attach => "attach",
            Self::Prepare => "prepare",
            Self::Sign => "sign",
            Self::Number => "number",
            Self::Seal => "seal",
            Self::Issue => "issue",
            Self::Void => "void",
            Self::Augment => "augment",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_agency_signs_only_a_numbered_document_that_a_person_signed() {
        for state in [State::Draft, State::Prepared, State::Signed, State::Voided, State::Issued] {
            assert_eq!(state.after(Act::Seal), None, "{state:?}");
        }
        assert_eq!(State::Draft.after(Act::Number), None);
        assert_eq!(State::Prepared.after(Act::Number), None);
    }

    #[test]
    fn only_what_is_issued_is_raised_to_another_level_and_stays_issued() {
        for state in
            [State::Draft, State::Signed, State::Numbered, State::Sealed, State::Voided, State::Registered]
        {
            assert_eq!(state.after(Act::Augment), None, "{state:?}");
        }
        assert_eq!(State::Issued.after(Act::Augment), Some(State::Issued));
    }

    #[test]
    fn nothing_else_is_done_to_an_issued_or_voided_document() {
        for act in
            [Act::Revise, Act::Attach, Act::Prepare, Act::Sign, Act::Number, Act::Seal, Act::Issue, Act::Void]
        {
            assert_eq!(State::Issued.after(act), None);
            assert_eq!(State::Voided.after(act), None);
        }
    }
}
