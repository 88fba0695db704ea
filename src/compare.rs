//! Two recordings side by side: which exchanges belong together, and what of them
//! differs, by meaning where there is one. Times never matter, and challenges only
//! by length and status word.

mod unit;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::apdu::Response;
use crate::observe::{Place, Reading, observe};
use crate::profile::{self, Item, TagEntry};
use crate::session::{Exchange, Session, Step};
use crate::tlv::ber;
use unit::Unit;

/// Something that differs.
#[derive(Clone)]
pub struct Difference {
    /// The exchange of the left recording, from 1; of the right where only that one
    /// has it; 0 for what stands before all exchanges.
    pub exchange: u32,
    /// What differs.
    pub kind: DifferenceKind,
    /// What the bytes are; `None` where nothing tells.
    pub what: Option<What>,
    /// On the left.
    pub left: Option<Vec<u8>>,
    /// On the right.
    pub right: Option<Vec<u8>>,
}

impl std::fmt::Debug for Difference {
    /// Without the bytes: they may be personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Difference({:?} at {})", self.kind, self.exchange)
    }
}

/// The kind of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DifferenceKind {
    /// The answer to reset.
    AnswerToReset,
    /// The side of the chip, where both name it.
    Interface,
    /// The protocol, where both name it.
    Protocol,
    /// What happened behind an exchange, or before the first: a reset, a removal, a
    /// silence.
    Event,
    /// A command that only one of them has.
    Command,
    /// The status word.
    StatusWord,
    /// An item, or a part of the answer.
    Data,
}

/// What bytes are.
#[derive(Clone, Copy, Debug)]
pub enum What {
    /// A data item of the profile.
    Item(&'static Item),
    /// A BER object.
    Tag(&'static TagEntry),
    /// The algorithm identifier in the FCI of SSSE.
    Algorithm,
}

/// Everything that differs, in the order of the exchanges.
#[must_use]
pub fn differences(left: &Session, right: &Session) -> Vec<Difference> {
    let mut found = Vec::new();
    if left.header.atr != right.header.atr {
        found.push(Difference {
            exchange: 0,
            kind: DifferenceKind::AnswerToReset,
            what: None,
            left: left.header.atr.clone(),
            right: right.header.atr.clone(),
        });
    }
    let names = |session: &Session| {
        let header = &session.header;
        [header.interface.map(|one| one.name()), header.protocol.map(|one| one.name())]
    };
    let kinds = [DifferenceKind::Interface, DifferenceKind::Protocol];
    for ((kind, one), two) in kinds.into_iter().zip(names(left)).zip(names(right)) {
        if one.is_some() && two.is_some() && one != two {
            let [left, right] = [one, two].map(|name| name.map(Vec::from));
            found.push(Difference { exchange: 0, kind, what: None, left, right });
        }
    }
    let sides = [Side::new(left), Side::new(right)];
    events(&sides, [0, 0], &mut found);
    let units = [&sides[0], &sides[1]].map(|side| unit::units(&side.exchanges));
    let [one, two] = unit::questions([&units[0], &units[1]]);
    let ops = capture_diff_slices(Algorithm::Myers, &one, &two);
    for op in ops {
        let (_, old, new) = op.as_tag_tuple();
        let of =
            |units: &[Unit], range: Range<usize>| units.get(range).unwrap_or_default().to_vec();
        let [old, new] = [of(&units[0], old), of(&units[1], new)];
        if let DiffOp::Equal { .. } = op {
            let pairs = old.into_iter().zip(new);
            pairs.for_each(|(old, new)| together(&sides, &[old, new], &mut found));
        } else {
            let each = |units: Vec<Unit>| units.into_iter().flat_map(|unit| unit.at);
            each(old).for_each(|at| alone(&sides[0], at, true, &mut found));
            each(new).for_each(|at| alone(&sides[1], at, false, &mut found));
        }
    }
    found
}

/// A recording, and what its exchanges were about.
struct Side<'a> {
    exchanges: Vec<&'a Exchange>,
    /// Before the first exchange and behind each.
    events: Vec<Vec<String>>,
    /// By the exchange that completes them; of several the first.
    readings: BTreeMap<u32, Reading>,
    /// The exchange that brought the FCI of SSSE.
    ssse: Option<u32>,
}

impl<'a> Side<'a> {
    fn new(session: &'a Session) -> Self {
        let exchanges = session.exchanges().map(|(_, exchange)| exchange).collect();
        let mut events = vec![Vec::new()];
        for step in &session.steps {
            match (step, events.last_mut()) {
                (Step::Exchange(_), _) => events.push(Vec::new()),
                (Step::Event(event), Some(last)) => last.push(event.to_string()),
                (Step::Event(_), None) | (Step::Title(_), _) => {}
            }
        }
        let facts = observe(session);
        let ssse = facts.named_ssse().and_then(|ssse| ssse.exchanges.last().copied());
        let readings = facts.readings.into_iter().rev();
        let readings =
            readings.filter_map(|reading| Some((*reading.exchanges.last()?, reading))).collect();
        Self { exchanges, events, readings, ssse }
    }

    /// What came in these exchanges; `None` where an answer is none.
    fn data(&self, range: &Range<usize>) -> Option<Vec<u8>> {
        let exchanges = self.exchanges.get(range.clone())?.iter();
        let parts = exchanges.map(|exchange| Some(parsed(exchange)?.data));
        Some(parts.collect::<Option<Vec<_>>>()?.concat())
    }
}

/// What happened behind exchanges that belong together.
fn events(sides: &[Side<'_>; 2], at: [usize; 2], found: &mut Vec<Difference>) {
    let of = |side: &Side<'_>, at: usize| side.events.get(at).cloned().unwrap_or_default();
    let [one, two] = [of(&sides[0], at[0]), of(&sides[1], at[1])];
    if one != two {
        let text = |events: Vec<String>| (!events.is_empty()).then(|| events.join(", ").into());
        let [left, right] = [text(one), text(two)];
        let exchange = u32::try_from(at[0]).unwrap_or(u32::MAX);
        found.push(Difference { exchange, kind: DifferenceKind::Event, what: None, left, right });
    }
}

/// A command that only one recording has.
fn alone(side: &Side<'_>, at: usize, is_left: bool, found: &mut Vec<Difference>) {
    let command = side.exchanges.get(at).map(|exchange| exchange.command.clone());
    let (left, right) = if is_left { (command, None) } else { (None, command) };
    let kind = DifferenceKind::Command;
    found.push(Difference { exchange: number(at), kind, what: None, left, right });
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX).saturating_add(1)
}

/// Exchanges that ask the same thing: step by step where they do so in the same
/// commands, else by how they end; and what came in all of them.
fn together(sides: &[Side<'_>; 2], units: &[Unit; 2], found: &mut Vec<Difference>) {
    let [old, new] = units.each_ref().map(|unit| unit.at.clone());
    let steps: Vec<[usize; 2]> =
        old.clone().zip(new.clone()).map(|(old, new)| [old, new]).collect();
    let asked = |side: &Side<'_>, at: Range<usize>| -> Vec<Vec<u8>> {
        let exchanges = side.exchanges.get(at).unwrap_or_default().iter();
        exchanges.map(|exchange| unit::without_length(&exchange.command)).collect()
    };
    let [one, two] = [asked(&sides[0], old.clone()), asked(&sides[1], new.clone())];
    let last = [old.end.saturating_sub(1), new.end.saturating_sub(1)];
    if one == two {
        for at in steps {
            lengths(sides, at, found);
            status_words(sides, at, found);
            if at != last {
                events(sides, at.map(|at| at.saturating_add(1)), found);
            }
        }
        contents(sides, units, last, found);
    } else {
        status_words(sides, last, found);
        contents(sides, units, last, found);
        let further = |mine, other, begin: usize| {
            let places = unit::further(mine, other).into_iter();
            places.map(move |place| begin.saturating_add(place)).collect::<Vec<_>>()
        };
        further(&one, &two, old.start).into_iter().for_each(|at| alone(&sides[0], at, true, found));
        further(&two, &one, new.start)
            .into_iter()
            .for_each(|at| alone(&sides[1], at, false, found));
    }
    events(sides, last.map(|at| at.saturating_add(1)), found);
}

/// Commands that differ in the length that they expect.
fn lengths(sides: &[Side<'_>; 2], at: [usize; 2], found: &mut Vec<Difference>) {
    let command = |side: &Side<'_>, at: usize| Some(side.exchanges.get(at)?.command.clone());
    let [left, right] = [command(&sides[0], at[0]), command(&sides[1], at[1])];
    if left != right {
        let (exchange, kind) = (number(at[0]), DifferenceKind::Command);
        found.push(Difference { exchange, kind, what: None, left, right });
    }
}

/// How two answers end; where one of them is none, all of both.
fn status_words(sides: &[Side<'_>; 2], at: [usize; 2], found: &mut Vec<Difference>) {
    let [left, right] = sides;
    let (Some(one), Some(two)) = (left.exchanges.get(at[0]), right.exchanges.get(at[1])) else {
        return;
    };
    if one.response == two.response {
        return;
    }
    let (kind, left, right) = match (parsed(one), parsed(two)) {
        (Some(a), Some(b)) if a.sw == b.sw => return,
        (Some(a), Some(b)) => {
            let sw = |answer: Response<'_>| Some(answer.sw.0.to_be_bytes().to_vec());
            (DifferenceKind::StatusWord, sw(a), sw(b))
        }
        _ => (DifferenceKind::Data, one.response.clone(), two.response.clone()),
    };
    found.push(Difference { exchange: number(at[0]), kind, what: None, left, right });
}

/// What came, by meaning; `last` are the exchanges that complete it.
fn contents(
    sides: &[Side<'_>; 2],
    units: &[Unit; 2],
    last: [usize; 2],
    found: &mut Vec<Difference>,
) {
    let (Some(a), Some(b)) = (sides[0].data(&units[0].at), sides[1].data(&units[1].at)) else {
        return;
    };
    let is_challenge = units[0].asked.get(1) == Some(&0x84);
    if a == b || (is_challenge && a.len() == b.len()) {
        return;
    }
    let numbers = last.map(number);
    let reading = |side: usize| sides.get(side)?.readings.get(numbers.get(side)?);
    let pairs = match (reading(0), reading(1)) {
        (Some(old), Some(new)) => items(old, new),
        _ => Vec::new(),
    };
    let mut pairs = if pairs.is_empty() { objects(&a, &b) } else { pairs };
    if pairs.is_empty() {
        pairs.push((None, Some(a), Some(b)));
    }
    let exchange = number(last[0]);
    let ssse = sides.each_ref().map(|side| side.ssse) == numbers.map(Some);
    found.extend(pairs.into_iter().map(|pair| {
        let (what, left, right) = if ssse { algorithm(pair) } else { pair };
        Difference { exchange, kind: DifferenceKind::Data, what, left, right }
    }));
}

/// What the issuers of two cards put into 9F0C, where that is the algorithm alone.
fn algorithm(pair: Pair) -> Pair {
    match (pair.0, pair.1.as_deref(), pair.2.as_deref()) {
        (Some(What::Tag(row)), Some([0x86, 1, old]), Some([0x86, 1, new])) if row.tag == 0x9F0C => {
            (Some(What::Algorithm), Some(vec![*old]), Some(vec![*new]))
        }
        _ => pair,
    }
}

fn parsed(exchange: &Exchange) -> Option<Response<'_>> {
    exchange.response.as_deref().and_then(Response::parse)
}

/// What differs: an item or a tag, if a table knows it, and its value on each side.
type Pair = (Option<What>, Option<Vec<u8>>, Option<Vec<u8>>);

/// Values by tag: of several with one tag the first.
fn firsts<'a, T: Ord>(objects: impl Iterator<Item = (T, &'a [u8])>) -> BTreeMap<T, &'a [u8]> {
    let mut values = BTreeMap::new();
    for (tag, value) in objects {
        values.entry(tag).or_insert(value);
    }
    values
}

/// The tags whose values are not the same, in their order.
fn unequal<T: Ord + Copy>(
    old: &BTreeMap<T, &[u8]>,
    new: &BTreeMap<T, &[u8]>,
    what: impl Fn(T) -> Option<What>,
) -> Vec<Pair> {
    let tags: BTreeSet<T> = old.keys().chain(new.keys()).copied().collect();
    let pairs = tags.into_iter().map(|tag| (tag, old.get(&tag), new.get(&tag)));
    let owned = |value: Option<&&[u8]>| value.map(|value| value.to_vec());
    let differ = pairs.filter(|(_, old, new)| old != new);
    differ.map(|(tag, old, new)| (what(tag), owned(old), owned(new))).collect()
}

/// Items of records with one-byte tags that differ.
fn items(old: &Reading, new: &Reading) -> Vec<Pair> {
    let Place::Application(application) = &old.place else { return Vec::new() };
    let row = |tag| profile::item(application.id, old.fid?, tag);
    let [one, two] = [old, new].map(|one| firsts(one.items().map(|fact| (fact.tag, fact.value))));
    unequal(&one, &two, |tag| row(tag).map(What::Item))
}

/// Objects of BER data that differ, by tag.
fn objects(old: &[u8], new: &[u8]) -> Vec<Pair> {
    let [one, two] = [old, new].map(|bytes| {
        let whole = ber::walk(bytes).collect::<Result<Vec<_>, _>>().unwrap_or_default();
        let leaves = whole.into_iter().filter(|(_, object)| !object.tag.is_constructed());
        firsts(leaves.map(|(_, object)| (object.tag, object.value)))
    });
    unequal(&one, &two, |tag| profile::tag(tag.0).map(What::Tag))
}
