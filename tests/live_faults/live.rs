//! Needs the namespaces of `scripts/in-pcsc`; without them it says that it was
//! skipped. How much of the matrix is tried, `SSCARD_MATRIX` says: nothing (some forty
//! checks), `sample` (each row of the page at its ends) or `all`; `SSCARD_FAULT` names
//! one fault alone.

mod endurance;

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::scope;

use serde_json::Value;

use crate::matrix::{DAY, Row, Seen, TIMEOUT, table};
use crate::pcscd::alone;
use crate::slots::{Slots, run, sscard};

/// One check: a model, a fault at an exchange, and what is known of its end.
struct Cell {
    model: String,
    fault: String,
    at: u32,
    expected: Seen,
}

/// The exchanges of a row that are tried.
fn sampled(row: &Row, extent: &str) -> Vec<u32> {
    let ends = [row.at.first(), row.at.last()].into_iter().flatten();
    match extent {
        "all" => row.at.clone(),
        "sample" => {
            let mut at: Vec<u32> = ends.chain(row.at.get(row.at.len() / 2)).copied().collect();
            at.sort_unstable();
            at.dedup();
            at
        }
        _ => row.at.last().copied().into_iter().collect(),
    }
}

/// The cells that are tried: all rows of each fault, or its first and its last.
fn cells(extent: &str) -> Vec<Cell> {
    let only = std::env::var("SSCARD_FAULT").ok();
    let wanted = |row: &Row| only.as_ref().is_none_or(|fault| *fault == row.fault);
    let rows: Vec<Row> = table().into_iter().filter(wanted).collect();
    let same = |one: &Row, other: Option<&Row>| {
        other.is_some_and(|other| (&one.model, &one.fault) == (&other.model, &other.fault))
    };
    let mut cells = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let first = index == 0 || !same(row, rows.get(index - 1));
        // gen2 by the first row of a fault, gen3 by its last: some forty in all.
        let chosen = if row.model == "gen2" { first } else { !same(row, rows.get(index + 1)) };
        if extent.is_empty() && !chosen {
            continue;
        }
        // A card without an answer to a later reset stops the driver, now and then for
        // good. The scripted driver shows what a real one makes of it.
        let shows = |at: &u32| row.fault != "no-atr" || *at == 1;
        cells.extend(sampled(row, extent).into_iter().filter(shows).map(|at| Cell {
            model: row.model.clone(),
            fault: row.fault.clone(),
            at,
            expected: in_a_reader(row),
        }));
    }
    cells
}

/// What differs in a virtual reader: without an answer to reset it takes itself for
/// empty.
fn in_a_reader(row: &Row) -> Seen {
    let mut seen = row.seen.clone();
    if row.fault == "no-atr" {
        (seen.code, seen.outcome) = (20, "no_card".to_owned());
    }
    seen
}

/// Tries one cell; what is wrong with it.
fn attempt(slots: &Slots, slot: usize, cell: &Cell) -> Option<String> {
    let fault = format!("{}@{}", cell.fault, cell.at);
    let card = slots.insert(slot, &cell.model, Some(&fault));
    let reader = slots.reader(slot);
    let arguments = ["check", "--reader", reader, "--json", "--timeout", TIMEOUT, "--date", DAY];
    let output = sscard(&arguments);
    drop(card);
    let here = format!("{} {fault}", cell.model);
    let error = String::from_utf8_lossy(&output.stderr);
    let document: Value = match serde_json::from_slice(&output.stdout) {
        Ok(document) => document,
        Err(problem) => return Some(format!("{here}: {problem}, {:?} {error}", output.status)),
    };
    let seen = Seen::of(&document);
    if seen != cell.expected || !error.is_empty() {
        let detail = &document["error"]["detail"];
        return Some(format!("{here}: {seen:?} {detail} {error}\n  not {:?}", cell.expected));
    }
    assert_eq!(output.status.code().map(i64::from), Some(seen.code), "{here}");
    None
}

/// The next card in that reader, read by this program and by another.
fn next_card_is_read(slots: &Slots, slot: usize) -> Option<String> {
    let _card = slots.insert(slot, "gen2", None);
    let reader = slots.reader(slot);
    let ours = sscard(&["check", "--reader", reader, "--quick", "--lang", "en"]);
    let select = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF00";
    let other = ["-r", reader, "-c", "default", "-s", select];
    let other = run(Path::new("opensc-tool"), &other);
    let printed = String::from_utf8_lossy(&other.stdout);
    if ours.status.code() != Some(0) || !printed.contains("SW1=0x90") {
        return Some(format!("the next card in {reader}: {ours:?} {other:?}"));
    }
    None
}

#[test]
fn the_matrix_holds_in_a_reader() {
    let Some(_alone) = alone() else { return };
    let extent = std::env::var("SSCARD_MATRIX").unwrap_or_default();
    let cells = cells(&extent);
    assert!(!cells.is_empty());
    let slots = Slots::start();
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    scope(|threads| {
        for slot in 0..slots.count() {
            let (slots, next, failures, cells) = (&slots, &next, &failures, &cells);
            threads.spawn(move || {
                let mut wrong = Vec::new();
                while let Some(cell) = cells.get(next.fetch_add(1, Ordering::Relaxed)) {
                    wrong.extend(attempt(slots, slot, cell));
                }
                wrong.extend(next_card_is_read(slots, slot));
                failures.lock().unwrap().extend(wrong);
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), cells.len(), failures.join("\n"));
    assert!(slots.service().threads() < 3 * slots.count(), "the service is left with idle threads");
    println!("{} checks", cells.len());
}
