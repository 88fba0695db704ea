//! Looks at the card as a whole: selection, algorithm, challenges.

use std::collections::HashMap;

use super::Seen;
use crate::apdu::StatusWord;
use crate::observe::{Nameless, Other};
use crate::profile::Application;
use crate::tlv::ber;
use crate::verdict::applications::presence;
use crate::verdict::generation::{Strength, Trust};
use crate::verdict::kind::{FUNCTION_NOT_SUPPORTED, is_blocked};
use crate::verdict::{Context, Generation, Kind, Presence, Rule};

/// Path of the algorithm identifier in the FCI of SSSE.
const ALGORITHM: [u32; 4] = [0x6F, 0xA5, 0x9F0C, 0x86];

pub(super) fn absent(context: &Context<'_>) -> Option<Seen> {
    let ssse = context.facts.selection("ssse")?;
    let found = context.facts.nameless().is_some();
    let surely = context.kind.is_foreign() && ssse.sw.0 == 0x6A82 && !found;
    surely.then(|| Seen::at(ssse.exchanges.clone())).flatten()
}

pub(super) fn without_name(context: &Context<'_>) -> Option<Seen> {
    nameless_seen(context, Nameless::SocialSecurity)
}

pub(super) fn health_card(context: &Context<'_>) -> Option<Seen> {
    nameless_seen(context, Nameless::HealthCard)
}

fn nameless_seen(context: &Context<'_>, wanted: Nameless) -> Option<Seen> {
    let (_, place) = context.facts.nameless().filter(|(card, _)| *card == wanted)?;
    let reading = context.facts.readings_of(&place, 0xEF05).find(|reading| reading.is_ok())?;
    Seen::at(reading.exchanges.clone())
}

pub(super) fn psam(context: &Context<'_>) -> Option<Seen> {
    (context.kind == Kind::Psam).then_some(())?;
    Seen::at(context.facts.opened("psam")?.exchanges.clone())
}

pub(super) fn select_refused(
    context: &Context<'_>,
    rule: &Rule,
    application: &'static Application,
) -> Option<Seen> {
    let facts = context.facts;
    if facts.opened(application).is_some() {
        return None;
    }
    let refused = facts.selections_of(application).find(|s| rule.sws.contains(&s.sw))?;
    // What one side does not show may be on the other.
    if presence(context, application) == Presence::NotSeenHere {
        return None;
    }
    Seen::value(refused.sw.to_string(), refused.exchanges.clone())
}

pub(super) fn blocked(context: &Context<'_>) -> Option<Seen> {
    let facts = context.facts;
    is_blocked(facts).then_some(())?;
    let selections = facts.selections.iter().flat_map(|selection| &selection.exchanges);
    let others = facts.others.iter().flat_map(|other| &other.exchanges);
    Seen::at(selections.chain(others).copied().collect())
}

pub(super) fn name_differs(context: &Context<'_>) -> Option<Seen> {
    let ssse = context.facts.named_ssse()?;
    let crate::observe::Target::Name(asked) = &ssse.target else { return None };
    let answered = ber::find(&ssse.fci, &[0x6F, 0x84])?;
    (answered != asked.as_slice()).then(|| Seen::at(ssse.exchanges.clone())).flatten()
}

pub(super) fn algorithm_unknown(context: &Context<'_>) -> Option<Seen> {
    let ssse = context.facts.named_ssse()?;
    match ber::find(&ssse.fci, &ALGORITHM)? {
        [1..=3] => None,
        [] => Seen::value("-", ssse.exchanges.clone()),
        other => Seen::value(hex::encode_upper(other), ssse.exchanges.clone()),
    }
}

/// Of a card that says its version: what only looks like a third generation is
/// contradicted by nothing here.
pub(super) fn algorithm_not_sm4(context: &Context<'_>) -> Option<Seen> {
    let named = context.generation.spec_version.as_deref().and_then(Generation::of_version);
    (named == Some(Generation::Third)).then_some(())?;
    let ssse = context.facts.named_ssse().filter(|ssse| !ssse.fci.is_empty())?;
    let observed = match ber::find(&ssse.fci, &ALGORITHM) {
        Some([1]) => "01 DES",
        Some([2]) => "02 SSF33",
        None => "-",
        Some(_) => return None,
    };
    Seen::value(observed, ssse.exchanges.clone())
}

pub(super) fn version_conflict(context: &Context<'_>) -> Option<Seen> {
    (context.generation.trust == Trust::Conflicting).then_some(())?;
    let strong = context.generation.evidence.iter().filter(|e| e.strength == Strength::Strong);
    Seen::at(strong.flat_map(|evidence| evidence.exchanges.iter().copied()).collect())
}

pub(super) fn challenge_repeats(context: &Context<'_>) -> Option<Seen> {
    let mut earlier: HashMap<&[u8], &Other> = HashMap::new();
    for challenge in challenges(context).filter(|c| c.sw == StatusWord::OK && c.data.len() >= 4) {
        if let Some(same) = earlier.insert(&challenge.data, challenge) {
            return Seen::at([&same.exchanges[..], &challenge.exchanges].concat());
        }
    }
    None
}

pub(super) fn challenge_refused(context: &Context<'_>) -> Option<Seen> {
    let lacks = |sw: StatusWord| sw == FUNCTION_NOT_SUPPORTED || sw.0 == 0x6D00;
    let refused = challenges(context).find(|challenge| lacks(challenge.sw))?;
    let given = challenges(context).any(|challenge| challenge.sw == StatusWord::OK);
    if given || context.facts.all_answered(refused.sw) {
        return None;
    }
    Seen::value(refused.sw.to_string(), refused.exchanges.clone())
}

/// GET CHALLENGE within the social security application.
fn challenges<'a>(context: &'a Context<'_>) -> impl Iterator<Item = &'a Other> {
    context.facts.others_of(0x84).filter(|challenge| challenge.place.is("ssse"))
}

/// The last VERIFY of the social security PIN ended so.
pub(super) fn pin_state(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let social = |other: &&Other| other.place == context.social.place;
    let last = context.facts.others_of(0x20).filter(social).last()?;
    let fits = rule.sws.contains(&last.sw);
    fits.then(|| Seen::value(last.sw.to_string(), last.exchanges.clone()))?
}

pub(super) fn internal_authentication(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let answer = context
        .facts
        .others_of(0x88)
        .find(|other| other.place.is(rule.application) && rule.sws.contains(&other.sw))?;
    Seen::at(answer.exchanges.clone())
}
