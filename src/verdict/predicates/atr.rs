//! Looks at the answer to reset beside what the card holds.

use super::Seen;
use crate::atr::SocialSecurityLayout;
use crate::observe::ItemState;
use crate::verdict::{Context, Kind, Rule};

/// Historical bytes of a social security card (P2 8.4).
const HISTORICAL_BYTES: usize = 13;
/// Supply of 5 V, among the classes of supply voltage.
const CLASS_A: u8 = 1;

pub(super) fn historical_bytes_missing(context: &Context<'_>) -> Option<Seen> {
    let atr = context.facts.atr.as_ref()?;
    let fewer = atr.historical.len() < HISTORICAL_BYTES && !atr.bytes.is_empty();
    (context.kind == Kind::SocialSecurity && fewer).then(|| Seen::at(Vec::new())).flatten()
}

pub(super) fn region_differs(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    differs(context, rule, 0..2, |layout| layout.region.to_vec())
}

pub(super) fn serial_differs(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    differs(context, rule, 8..12, |layout| layout.serial.to_vec())
}

/// Whether a part of the card identification code is another than in the answer
/// to reset.
fn differs(
    context: &Context<'_>,
    rule: &Rule,
    part: std::ops::Range<usize>,
    of_atr: impl FnOnce(&SocialSecurityLayout) -> Vec<u8>,
) -> Option<Seen> {
    let layout = context.facts.atr.as_ref()?.social_security()?;
    let known = context.social.item(rule.file, rule.tag)?;
    let ItemState::Present(fact) = known.evidence.state else { return None };
    known.written()?;
    let same = fact.value.get(part)? == of_atr(&layout);
    (!same).then(|| Seen::at(known.evidence.exchanges.clone()))?
}

/// A class indicator that names class A (5 V) alone. A chip of a lower voltage
/// alone is no old one.
pub(super) fn five_volts_alone(context: &Context<'_>) -> Option<Seen> {
    let classes = context.facts.atr.as_ref()?.clock_and_class?.classes;
    (classes == CLASS_A).then(|| Seen::at(Vec::new())).flatten()
}
