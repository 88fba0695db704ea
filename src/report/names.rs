//! The names of values in documents: part of the contract, the same in every language.

use crate::verdict::{
    Algorithm, EvidenceId, Generation, Kind, Presence, Remedy, ReplacementAnswer, Responsible,
    Severity, State, Strength, Supports, Trust,
};

/// `second_or_third` and the like, as in documents.
#[must_use]
pub fn supports(value: Supports) -> &'static str {
    match value {
        Supports::First => "first",
        Supports::Second => "second",
        Supports::Third => "third",
        Supports::SecondOrThird => "second_or_third",
        Supports::NotThird => "not_third",
        Supports::None => "none",
    }
}

/// The name in documents.
#[must_use]
pub fn strength(value: Strength) -> &'static str {
    match value {
        Strength::Strong => "strong",
        Strength::Medium => "medium",
        Strength::Weak => "weak",
        Strength::None => "none",
    }
}

/// The name in documents.
#[must_use]
pub fn evidence(id: EvidenceId) -> &'static str {
    match id {
        EvidenceId::SpecVersion => "spec-version",
        EvidenceId::Algorithm => "algorithm",
        EvidenceId::Acse => "acse",
        EvidenceId::Contactless => "contactless",
        EvidenceId::HolderProtected => "holder-protected",
        EvidenceId::Structure2 => "structure-2",
        EvidenceId::Structure1 => "structure-1",
        EvidenceId::Payment => "payment",
        EvidenceId::Atr => "atr",
        EvidenceId::Dates => "dates",
    }
}

/// The name in documents.
#[must_use]
pub fn generation(value: Generation) -> &'static str {
    match value {
        Generation::First => "first",
        Generation::Second => "second",
        Generation::Third => "third",
        Generation::Unknown => "unknown",
    }
}

/// The name in documents.
#[must_use]
pub fn trust(value: Trust) -> &'static str {
    match value {
        Trust::Certain => "certain",
        Trust::Probable => "probable",
        Trust::Presumed => "presumed",
        Trust::Conflicting => "conflicting",
        Trust::None => "none",
    }
}

/// The name in documents.
#[must_use]
pub fn algorithm(value: Option<Algorithm>) -> &'static str {
    match value {
        Some(Algorithm::Des) => "DES",
        Some(Algorithm::Ssf33) => "SSF33",
        Some(Algorithm::Sm4) => "SM4",
        None => "unknown",
    }
}

/// The name in documents.
#[must_use]
pub fn kind(value: Kind) -> &'static str {
    match value {
        Kind::SocialSecurity => "social_security",
        Kind::Bank => "bank",
        Kind::Transport => "transport",
        Kind::Psam => "psam",
        Kind::Other => "other",
        Kind::Unknown => "unknown",
    }
}

/// The name in documents.
#[must_use]
pub fn presence(value: Presence) -> &'static str {
    match value {
        Presence::Present => "present",
        Presence::Absent => "absent",
        Presence::NotSeenHere => "not_seen_here",
        Presence::Hidden => "hidden",
        Presence::Unlisted => "unlisted",
        Presence::Unknown => "unknown",
    }
}

/// The name in documents.
#[must_use]
pub fn state(value: State) -> &'static str {
    match value {
        State::Healthy => "healthy",
        State::Protected => "protected",
        State::Attention => "attention",
        State::Expired => "expired",
        State::NotYetValid => "not_yet_valid",
        State::Blocked => "blocked",
        State::PermanentlyBlocked => "permanently_blocked",
        State::PinBlocked => "pin_blocked",
        State::NotPersonalised => "not_personalised",
        State::NotInstalled => "not_installed",
        State::Incomplete => "incomplete",
        State::Malformed => "malformed",
        State::Inconsistent => "inconsistent",
        State::Leaking => "leaking",
        State::NotChecked => "not_checked",
    }
}

/// The name in documents.
#[must_use]
pub fn severity(value: Severity) -> &'static str {
    match value {
        Severity::Info => "info",
        Severity::Warn => "warn",
        Severity::Error => "error",
        Severity::Fatal => "fatal",
    }
}

/// The name in documents.
#[must_use]
pub fn responsible(value: Responsible) -> &'static str {
    match value {
        Responsible::SocialSecurityOffice => "social_security_office",
        Responsible::Bank => "bank",
        Responsible::TransportOperator => "transport_operator",
        Responsible::CardMaker => "card_maker",
        Responsible::Reader => "reader",
        Responsible::Computer => "computer",
        Responsible::Nobody => "nobody",
    }
}

/// The name in documents.
#[must_use]
pub fn remedy(value: Remedy) -> &'static str {
    match value {
        Remedy::None => "none",
        Remedy::CleanAndRetry => "clean_and_retry",
        Remedy::OtherInterface => "other_interface",
        Remedy::Visit => "visit",
        Remedy::Update => "update",
        Remedy::Replace => "replace",
    }
}

/// The name in documents.
#[must_use]
pub fn replacement(value: ReplacementAnswer) -> &'static str {
    match value {
        ReplacementAnswer::NotNeeded => "not_needed",
        ReplacementAnswer::Optional => "optional",
        ReplacementAnswer::Recommended => "recommended",
        ReplacementAnswer::Required => "required",
    }
}

/// The name in documents.
#[must_use]
pub fn application_kind(value: crate::profile::ApplicationKind) -> &'static str {
    use crate::profile::ApplicationKind as Kind;
    match value {
        Kind::SocialSecurity => "social_security",
        Kind::Certificate => "certificate",
        Kind::Payment => "payment",
        Kind::Transport => "transport",
        Kind::Directory => "directory",
        Kind::CardManager => "card_manager",
        Kind::Psam => "psam",
    }
}

/// The name in documents.
#[must_use]
pub fn confidence(value: crate::profile::Confidence) -> &'static str {
    use crate::profile::Confidence;
    match value {
        Confidence::Low => "low",
        Confidence::Medium => "medium",
        Confidence::High => "high",
    }
}
