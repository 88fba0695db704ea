//! Looks at a whole file: its records together, how it opens.

use std::collections::HashMap;

use super::Seen;
use crate::codec::text;
use crate::observe::{How, ItemFact, Reading};
use crate::profile::{self, Version};
use crate::verdict::generation;
use crate::verdict::{Context, Rule};

/// The tags that the standard puts into a file, in order.
fn expected_tags(context: &Context<'_>, rule: &Rule) -> Vec<u8> {
    let version = context.version().unwrap_or(Version::V2);
    profile::records(rule.application, rule.file, version).filter_map(|item| item.tag).collect()
}

pub(super) fn extra_record(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let expected = expected_tags(context, rule);
    let place = &context.social.place;
    let extra = context
        .facts
        .item_facts(place, rule.file)
        .find(|fact| !expected.contains(&fact.tag) && !fact.is_truncated())?;
    Seen::at(extra.reading.exchanges.clone())
}

/// Records that stand in another order than the standard's. A missing record
/// moves the numbers of those behind it, not their order.
pub(super) fn order_differs(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let expected = expected_tags(context, rule);
    let position = |tag: u8| expected.iter().position(|want| *want == tag);
    let place = &context.social.place;
    let mut single = Vec::new();
    for reading in context.facts.readings_of(place, rule.file).filter(|r| r.is_ok()) {
        let positions: Vec<usize> = reading.items().filter_map(|fact| position(fact.tag)).collect();
        let complete = !reading.items().any(|fact| fact.is_truncated());
        match reading.how {
            How::RecordsFrom(1) if complete && !positions.is_sorted() => {
                return Seen::at(reading.exchanges.clone());
            }
            How::Record(number) if number > 0 => {
                single.extend(positions.first().map(|at| (number, *at, &reading.exchanges)));
            }
            _ => {}
        }
    }
    single.sort_unstable();
    single.windows(2).find_map(|pair| match pair {
        [(number, at, one), (next, behind, other)] if number < next && at > behind => {
            Seen::at([&one[..], other].concat())
        }
        _ => None,
    })
}

/// Whether a record was addressed by its number (and not by its tag).
fn by_number(fact: &ItemFact<'_>) -> bool {
    !matches!(fact.reading.how, How::Tag(_))
}

pub(super) fn number_and_tag_differ(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let place = &context.social.place;
    let whole = |fact: &ItemFact<'_>| fact.tag == rule.tag && !fact.is_truncated();
    let facts = || context.facts.item_facts(place, rule.file).filter(whole);
    let number = facts().find(by_number)?;
    let tagged = facts().find(|fact| !by_number(fact))?;
    let both = || [&number.reading.exchanges[..], &tagged.reading.exchanges].concat();
    (number.value != tagged.value).then(|| Seen::at(both())).flatten()
}

/// The same record, addressed by number, read twice with different bytes.
pub(super) fn unstable(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    Seen::at(read_differently(context, rule.file)?)
}

/// The exchanges of two answers to the same question about a file of SSSE that differ.
/// Of a record that was asked for in part, the part counts.
pub(super) fn read_differently(context: &Context<'_>, file: u16) -> Option<Vec<u32>> {
    let place = &context.social.place;
    let mut longest: HashMap<How, &Reading> = HashMap::new();
    for reading in context.facts.readings_of(place, file) {
        if !reading.is_ok() || matches!(reading.how, How::Tag(_) | How::Record(0)) {
            continue;
        }
        let before = longest.entry(reading.how).or_insert(reading);
        if before.differs_from(reading) {
            return Some([&before.exchanges[..], &reading.exchanges].concat());
        }
        if reading.data.len() > before.data.len() {
            *before = reading;
        }
    }
    None
}

/// A record that is shorter than it says. Of a whole file the last record may
/// just have been asked for too short: only single records count.
pub(super) fn truncated(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let place = &context.social.place;
    let is_short = |fact: &ItemFact<'_>| {
        fact.is_truncated() && !matches!(fact.reading.how, How::RecordsFrom(_))
    };
    let cut = context
        .facts
        .item_facts(place, rule.file)
        .find(|fact| is_short(fact) && !fact.is_cut_by_us())?;
    Seen::at(cut.reading.exchanges.clone())
}

/// Number and name are there and blank.
pub(super) fn all_blank(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let place = &context.social.place;
    let blank = |tag: u8| {
        let fact = context.facts.item_facts(place, rule.file).find(|fact| fact.tag == tag)?;
        let blank = fact.declared > 0 && text::is_blank(fact.value);
        blank.then(|| fact.reading.exchanges.clone())
    };
    let (number, name) = (blank(0x08)?, blank(0x09)?);
    Seen::at([number, name].concat())
}

pub(super) fn opens(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let place = &context.social.place;
    let open = context
        .facts
        .readings_of(place, rule.file)
        .find(|reading| reading.is_ok() && !reading.authenticated && !reading.data.is_empty())?;
    Seen::at(open.exchanges.clone())
}

pub(super) fn protected(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let place = &context.social.place;
    let readings = || context.facts.readings_of(place, rule.file);
    let refused = readings().find(|reading| reading.is_protected())?;
    (!readings().any(Reading::is_ok)).then(|| Seen::at(refused.exchanges.clone())).flatten()
}

pub(super) fn absent(context: &Context<'_>, rule: &Rule) -> Option<Seen> {
    let place = &context.social.place;
    Seen::at(generation::absent(context.facts, place, rule.file)?)
}
