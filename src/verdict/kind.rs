//! Is it a social security card? In the order that decides, each step on what
//! the card answered, never on the ATR alone.

use crate::apdu::StatusWord;
use crate::observe::{Facts, Nameless, Place, Selection};
use crate::profile::{self, ApplicationKind, UNUSED_AID};

/// What kind of card it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A social security card.
    SocialSecurity,
    /// A bank card without a social security application.
    Bank,
    /// A transport card alone.
    Transport,
    /// A terminal's security module.
    Psam,
    /// Something else that answers.
    Other,
    /// It answers, but nothing can be told.
    Unknown,
}

impl Kind {
    /// Whether this is surely no social security card.
    #[must_use]
    pub fn is_foreign(self) -> bool {
        matches!(self, Self::Bank | Self::Transport | Self::Psam | Self::Other)
    }
}

pub(super) const FUNCTION_NOT_SUPPORTED: StatusWord = StatusWord(0x6A81);

/// Decides the kind of card from what it answered.
pub(super) fn kind(facts: &Facts) -> Kind {
    if facts.opened("psam").is_some() {
        return Kind::Psam;
    }
    let refusals: Vec<u16> = facts.selections_of("ssse").map(|s| s.sw.0).collect();
    let knows_the_name = |sw| matches!(sw, 0x9303 | 0x6283 | 0x6985);
    if facts.named_ssse().is_some() || refusals.iter().copied().any(knows_the_name) {
        return Kind::SocialSecurity;
    }
    match facts.nameless() {
        Some((Nameless::SocialSecurity, _)) => return Kind::SocialSecurity,
        Some((Nameless::HealthCard, _)) => return Kind::Other,
        None => {}
    }
    if answers(facts, ApplicationKind::Payment) {
        return Kind::Bank;
    }
    if answers(facts, ApplicationKind::Transport) {
        return Kind::Transport;
    }
    let asked_elsewhere =
        asked(facts, ApplicationKind::Payment) || asked(facts, ApplicationKind::Directory);
    // Garbage to every command, or an end before all was asked, tells nothing: an
    // unstable social security card may answer so.
    let plain = refusals.contains(&0x6A82) || facts.selections.iter().any(Selection::is_ok);
    if !plain || !asked_elsewhere || is_blocked(facts) || facts.incident.is_some() {
        return Kind::Unknown;
    }
    Kind::Other
}

/// The place where the social security data stands; SSSE where it was not found.
pub(super) fn social_place(facts: &Facts) -> Place {
    facts.home().unwrap_or_else(Place::ssse)
}

/// Whether the whole card is blocked: `6A81` to everything, an AID that no card
/// has and GET CHALLENGE included.
pub(super) fn is_blocked(facts: &Facts) -> bool {
    let control = facts.selections.iter().any(|selection| {
        matches!(&selection.target, crate::observe::Target::Name(name) if name == UNUSED_AID)
    });
    let challenge = facts.others_of(0x84).next().is_some();
    let payment = asked(facts, ApplicationKind::Directory);
    let ssse = facts.selection("ssse").is_some();
    ssse && control && challenge && payment && facts.all_answered(FUNCTION_NOT_SUPPORTED)
}

fn asked(facts: &Facts, kind: ApplicationKind) -> bool {
    profile::applications_of(kind).any(|row| facts.selection(row).is_some())
}

/// Whether an application of this kind is on the card, blocked or not.
pub(super) fn answers(facts: &Facts, kind: ApplicationKind) -> bool {
    profile::applications_of(kind).any(|row| facts.selections_of(row).any(Selection::is_there))
}
