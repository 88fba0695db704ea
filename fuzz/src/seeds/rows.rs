//! Cards and texts with one thing wrong: the rows of `tests/rules`, on which the
//! rules fire, and of `tests/mistakes`, of which a reader is told.

#[path = "../../../tests/support/changed.rs"]
mod changed;

use std::fs;

use sscard::apdu::Permission;
use sscard::emulate::{Model, VirtualCard, builtin};
use sscard::probe::{self, Depth};
use sscard::session::Session;
use sscard::session::text::{Document, header_text, step_text};
use sscard::transport::guarded;
use toml::{Table, Value};

use super::{Result, Seeds, as_card, inside};

/// The contact and the contactless model as the two sides of one chip, and sides
/// that contradict each other.
const SIDES: [(&str, &str); 4] = [
    ("gen3", "gen3-contactless"),
    ("gen2", "gen3-contactless"),
    ("bank-card", "gen3-contactless"),
    ("gen3-contactless", "unissued"),
];

pub(super) fn add(seeds: &mut Seeds) -> Result<()> {
    for path in inside("tests/rules")? {
        let table: Table = fs::read_to_string(path)?.parse()?;
        for row in rows(&table, "card") {
            rule(row, seeds)?;
        }
    }
    for target in ["profile", "model"] {
        let path = format!("tests/mistakes/{target}.toml");
        let table: Table = fs::read_to_string(path)?.parse()?;
        let good = text(table.get("good"));
        seeds.add(target, good);
        for row in rows(&table, "wrong") {
            seeds.add(target, changed(good, row)?);
        }
    }
    for (first, second) in SIDES {
        let side = |name| checked(builtin(name).unwrap_or_default(), Depth::Full);
        let first = as_card(&side(first)?);
        let length = u16::try_from(first.len())?.to_be_bytes();
        let second = as_card(&side(second)?);
        seeds.add("card", [&[0x80], &length[..], &first, &second].concat());
    }
    Ok(())
}

fn rows<'a>(table: &'a Table, key: &str) -> impl Iterator<Item = &'a Table> {
    table.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table)
}

fn text(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default()
}

/// A text as a row changes it.
fn changed(good: &str, row: &Table) -> Result<String> {
    Ok(replaced(good, row.get("change"))? + text(row.get("add")))
}

fn replaced(good: &str, changes: Option<&Value>) -> Result<String> {
    let pairs = changes.and_then(Value::as_array).into_iter().flatten();
    let pair = |pair: &Value| [0, 1].map(|at| text(pair.get(at)).to_owned());
    Ok(changed::changed(good, &pairs.map(pair).collect::<Vec<_>>())?)
}

/// The model of a row, and the card that answers as its recording says.
fn rule(row: &Table, seeds: &mut Seeds) -> Result<()> {
    let good = builtin(text(row.get("model"))).ok_or("no such model")?;
    let model = changed(good, row)?;
    let has = |key| row.get(key).and_then(Value::as_bool) == Some(true);
    let (depth, manner) = match (has("pin_state"), has("read")) {
        (true, _) => (Depth::PinState, 1),
        (false, true) => (Depth::Everything, 2),
        (false, false) => (Depth::Full, 3),
    };
    let session = checked(&model, depth)?;
    seeds.add("model", model);
    // What a check of the model alone does not show.
    if depth != Depth::Full || row.contains_key("answer") {
        let steps = session.steps.iter().map(step_text);
        let told = header_text(&session.header) + &steps.collect::<String>();
        let told = replaced(&told, row.get("answer"))?;
        let mut bytes = as_card(&Document::parse(told.as_bytes())?.session()?);
        if let Some(first) = bytes.first_mut() {
            *first = *first & !3 | manner;
        }
        seeds.add("card", bytes);
    }
    Ok(())
}

/// The recording of a check of this model.
fn checked(model: &str, depth: Depth) -> Result<Session> {
    let permission = if depth == Depth::PinState { Permission::PinState } else { Permission::Read };
    let mut card = guarded(VirtualCard::new(Model::parse(model)?), permission);
    let header = probe::header(&card);
    // A card may end the check: that is in its recording.
    let _ended = probe::run(&mut card, depth);
    let (_, steps) = card.into_parts();
    Ok(Session { header, steps })
}
