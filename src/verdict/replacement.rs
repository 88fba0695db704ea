//! Should the citizen replace the card? From the public notices: second-generation
//! cards stay valid, and nobody must replace one because of its generation.

use crate::profile::ApplicationKind;

use super::{ApplicationVerdict, Context, Finding, Generation, Kind, Remedy, Severity, State};

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
) -> Option<Replacement> {
    let ssse = applications.iter().find(|verdict| verdict.application.id == "ssse")?;
    // What is said of the chip is said of the card.
    let chip =
        applications.iter().filter(|row| row.application.kind == ApplicationKind::CardManager);
    let chip: Vec<&Finding> = chip.flat_map(|row| &row.findings).collect();
    let fired = |id: &str| ssse.findings.iter().any(|finding| finding.rule.id == id);
    let broken =
        |f: &Finding| f.rule.remedy == Remedy::Replace && f.rule.severity >= Severity::Error;
    let answer = |answer, reason| Some(Replacement { answer, reasons: vec![reason] });
    if ssse.findings.iter().chain(chip).any(broken) {
        return answer(ReplacementAnswer::Required, Reason::Lost);
    }
    // One reading that was interrupted says nothing of the chip.
    if context.facts.incident.is_some() {
        return None;
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
    let lost = |f: &Finding| f.rule.state == Some(State::PermanentlyBlocked);
    weigh(ssse.findings.iter().any(lost), Reason::Lost);
    let faulty = |f: &Finding| f.rule.remedy == Remedy::Replace && !lost(f);
    weigh(fired(UNSTABLE) || ssse.findings.iter().any(faulty), Reason::WornChip);
    if !reasons.is_empty() {
        return Some(Replacement { answer: ReplacementAnswer::Recommended, reasons });
    }
    match context.generation.value {
        Generation::Second => answer(ReplacementAnswer::Optional, Reason::SecondGeneration),
        _ => answer(ReplacementAnswer::NotNeeded, Reason::ThirdGeneration),
    }
}
