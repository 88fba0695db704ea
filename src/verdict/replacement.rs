//! Should the citizen replace the card? From the public notices: second-generation
//! cards stay valid, and nobody must replace one because of its generation.

use super::{ApplicationVerdict, Context, Generation, Kind, Outcome, Remedy, Severity};

/// The answer for the citizen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplacementAnswer {
    /// Keep it.
    NotNeeded,
    /// Keep it, or replace it for the third generation's functions.
    Optional,
    /// Better replaced.
    Recommended,
    /// Of no use as it is.
    Required,
}

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Blocked for good.
    Lost,
    /// Never issued.
    Unissued,
    /// It does not answer as a card must.
    Unreadable,
    /// First generation.
    FirstGeneration,
    /// Past its validity.
    Expired,
    /// The chip is unstable or at fault.
    WornChip,
    /// Second generation: stays valid.
    SecondGeneration,
    /// Third generation.
    ThirdGeneration,
}

/// The answer and its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// The answer.
    pub answer: ReplacementAnswer,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// Rules that name their own reason.
const UNISSUED: &str = "SSSE_RECORD.EF05.01.UNISSUED";
const EXPIRED: &str = "SSSE_RECORD.EF05.06.EXPIRED";
const UNSTABLE: &str = "TRANSPORT.UNSTABLE";

/// The first row that fits; `None` unless this is a social security card of
/// known generation (blocked and unreadable cards excepted).
pub(super) fn replacement(
    context: &Context<'_>,
    applications: &[ApplicationVerdict],
    outcome: Outcome,
) -> Option<Replacement> {
    let ssse = applications.iter().find(|verdict| verdict.application.id == "ssse")?;
    let fired = |id: &str| ssse.findings.iter().any(|finding| finding.rule.id == id);
    let to_replace = |least: Severity| {
        ssse.findings.iter().any(|f| f.rule.remedy == Remedy::Replace && f.rule.severity >= least)
    };
    let answer = |answer, reason| Some(Replacement { answer, reasons: vec![reason] });
    if to_replace(Severity::Error) {
        return answer(ReplacementAnswer::Required, Reason::Lost);
    }
    if outcome == Outcome::Unreadable {
        return answer(ReplacementAnswer::Required, Reason::Unreadable);
    }
    if context.kind != Kind::SocialSecurity || context.generation.value == Generation::Unknown {
        return None;
    }
    if fired(UNISSUED) {
        return answer(ReplacementAnswer::Required, Reason::Unissued);
    }
    let mut reasons = Vec::new();
    let mut weigh = |holds: bool, reason| reasons.extend(holds.then_some(reason));
    weigh(context.generation.value == Generation::First, Reason::FirstGeneration);
    weigh(fired(EXPIRED), Reason::Expired);
    weigh(fired(UNSTABLE) || to_replace(Severity::Warn), Reason::WornChip);
    if !reasons.is_empty() {
        return Some(Replacement { answer: ReplacementAnswer::Recommended, reasons });
    }
    match context.generation.value {
        Generation::Second => answer(ReplacementAnswer::Optional, Reason::SecondGeneration),
        _ => answer(ReplacementAnswer::NotNeeded, Reason::ThirdGeneration),
    }
}
