//! The answers that decide what a card is: what a report shows beside the rules,
//! and where no rule fired.

use super::kind::Kind;
use crate::apdu::{StatusWord, instruction_name};
use crate::observe::{Facts, How, IncidentKind, Selection};

/// So many answers are shown at most; a recording may hold any number.
const SHOWN: usize = 8;

/// An answer, or an event, that a verdict rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decisive {
    /// What was asked, or what happened.
    pub what: Decided,
    /// The exchanges that show it.
    pub exchanges: Vec<u32>,
}

/// What was asked, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decided {
    /// SELECT of an application, by its id.
    Selection(&'static str, StatusWord),
    /// Where none was selected: the last command, by its name.
    Command(&'static str, StatusWord),
    /// What ended the conversation, by the name that stands in recordings.
    Incident(String),
    /// No command was answered.
    Nothing,
}

/// What decides a kind of card, in the order of the exchanges, then what ended the
/// conversation.
#[must_use]
pub fn decisive(facts: &Facts, kind: Kind) -> Vec<Decisive> {
    let mut found: Vec<_> = selections(facts, kind).take(SHOWN).collect();
    if found.is_empty() {
        found.extend(last(facts));
    }
    found.extend(facts.incident.iter().map(|incident| {
        let name = match &incident.kind {
            IncidentKind::Removed => "removed".to_owned(),
            IncidentKind::Timeout => "timeout".to_owned(),
            IncidentKind::Error(name) => name.clone(),
        };
        // 0: it happened before the first.
        let exchanges = Some(incident.exchange).filter(|number| *number > 0);
        Decisive { what: Decided::Incident(name), exchanges: exchanges.into_iter().collect() }
    }));
    if found.is_empty() {
        found.push(Decisive { what: Decided::Nothing, exchanges: Vec::new() });
    }
    found
}

/// SSSE; of a card that is none of ours also what answered, or what was asked where
/// nothing did.
fn selections(facts: &Facts, kind: Kind) -> impl Iterator<Item = Decisive> {
    let is_there = |selection: &Selection| selection.is_there();
    let is_ssse = |selection: &Selection| selection.application.is_some_and(|row| row.id == "ssse");
    let named = || facts.selections.iter().filter(|selection| selection.application.is_some());
    let nothing_else = !named().any(|one| is_there(one) && !is_ssse(one));
    let wanted = move |selection: &&Selection| {
        let other = kind != Kind::SocialSecurity && (nothing_else || is_there(selection));
        is_ssse(selection) || other
    };
    let shown = |selection: &Selection| {
        let what = Decided::Selection(selection.application?.id, selection.sw);
        Some(Decisive { what, exchanges: selection.exchanges.clone() })
    };
    named().filter(wanted).filter_map(shown)
}

/// The last command that was answered.
fn last(facts: &Facts) -> Option<Decisive> {
    let selection = facts.selections.last().map(|one| ("SELECT", one.sw, &one.exchanges));
    let reading = facts.readings.last().map(|one| {
        let name = match one.how {
            How::Binary(_) => "READ BINARY",
            _ => "READ RECORD",
        };
        (name, one.sw, &one.exchanges)
    });
    let other = facts.others.last().map(|one| {
        (instruction_name(0, one.ins).unwrap_or("another command"), one.sw, &one.exchanges)
    });
    let each = [selection, reading, other].into_iter().flatten();
    let (name, sw, exchanges) = each.max_by_key(|(_, _, exchanges)| exchanges.last().copied())?;
    Some(Decisive { what: Decided::Command(name, sw), exchanges: exchanges.clone() })
}
