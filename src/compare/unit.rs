//! Commands that belong together: one that is sent again with the length that the
//! card named (`6Cxx`), and those that fetch the rest of an answer (`61xx`). Two
//! recordings may ask the same in another number of commands.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::apdu::{Command, Response};
use crate::session::Exchange;

/// GET RESPONSE.
const GET_RESPONSE: u8 = 0xC0;

/// Exchanges that ask one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    /// The command without the length that it expects.
    pub(super) asked: Vec<u8>,
    /// Where its exchanges stand.
    pub(super) at: Range<usize>,
}

/// Exchanges, put together.
pub(super) fn units(exchanges: &[&Exchange]) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut before: Option<&Exchange> = None;
    for (at, exchange) in exchanges.iter().enumerate() {
        let asked = without_length(&exchange.command);
        let waits =
            before.and_then(|before| Some(Response::parse(before.response.as_deref()?)?.sw));
        let end = at.saturating_add(1);
        match (units.last_mut(), waits.map(|sw| sw.sw1())) {
            (Some(unit), Some(0x61)) if asked.get(1) == Some(&GET_RESPONSE) => unit.at.end = end,
            (Some(unit), Some(0x6C)) if unit.asked == asked => unit.at.end = end,
            _ => units.push(Unit { asked, at: at..end }),
        }
        before = Some(exchange);
    }
    units
}

/// What each unit asks, as a number: the same for the same question on both sides.
pub(super) fn questions(sides: [&[Unit]; 2]) -> [Vec<usize>; 2] {
    let mut numbers: BTreeMap<&[u8], usize> = BTreeMap::new();
    sides.map(|units| {
        let asked = units.iter().map(|unit| {
            let next = numbers.len();
            *numbers.entry(&unit.asked).or_insert(next)
        });
        asked.collect()
    })
}

/// Header and data: the same question, whatever length is expected of its answer.
pub(super) fn without_length(command: &[u8]) -> Vec<u8> {
    match Command::parse(command) {
        Ok(parsed) => [&parsed.header(), parsed.data].concat(),
        Err(_) => command.to_vec(),
    }
}

/// Places of commands that the other one does not have, or has less often: of several
/// the first.
pub(super) fn further(mine: &[Vec<u8>], other: &[Vec<u8>]) -> Vec<usize> {
    let mut rest: BTreeMap<&[u8], usize> = BTreeMap::new();
    for asked in other {
        let count = rest.entry(asked).or_default();
        *count = count.saturating_add(1);
    }
    let mut found = Vec::new();
    for (at, asked) in mine.iter().enumerate().rev() {
        match rest.get_mut(asked.as_slice()) {
            Some(count @ 1..) => *count = count.saturating_sub(1),
            _ => found.push(at),
        }
    }
    found.reverse();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_asks_one_thing_is_one_unit() {
        let exchange = |pair: &[&str; 2]| Exchange {
            command: hex::decode(pair[0]).unwrap(),
            response: hex::decode(pair[1]).ok(),
            elapsed_ms: None,
        };
        let exchanges: Vec<Exchange> = [
            ["00A4040002AABB", "6102"],
            ["00C0000001", "A16101"],
            ["00C0000001", "A29000"],
            ["00B2010400", "6C02"],
            ["00B2010402", "01029000"],
            ["00B2010402", "01029000"],
            ["00C0000002", "6D00"],
            ["00B2020400", "6C02"],
            ["00B2030402", "01029000"],
        ]
        .iter()
        .map(exchange)
        .collect();
        let found = units(&exchanges.iter().collect::<Vec<_>>());
        let places: Vec<_> = found.into_iter().map(|unit| unit.at).collect();
        assert_eq!(places, [0..3, 3..5, 5..6, 6..7, 7..8, 8..9]);
    }
}
