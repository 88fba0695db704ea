//! Every fault at every exchange of a check, in this process: how it ends, and what
//! is known by then. `SNAPSHOTS=overwrite cargo test --test faults` renews the table
//! of docs/faults.md.
#![cfg(feature = "cli")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{available_parallelism, scope};

use serde_json::Value;
use snapbox::{Assert, Data};
use sscard::cli::{Output, run};
use sscard::emulate::{fault_names, scenario};

#[expect(dead_code, reason = "the test in process and that in a reader need different parts")]
#[path = "support/matrix.rs"]
mod matrix;
use matrix::{DAY, FAULTS, MARK, MODELS, PAGE, Row, Seen, TIMEOUT, ends_with, page, spans};

/// A check of a model with this fault; the whole document.
fn check(model: &str, fault: Option<[&str; 2]>) -> Value {
    let mut arguments = vec!["check", "--virtual", model, "--json", "--timeout", TIMEOUT];
    arguments.extend(["--date", DAY]);
    arguments.extend(fault.iter().flatten());
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let arguments = std::iter::once("sscard").chain(arguments).map(Into::into).collect();
    let code = run(arguments, &mut Output::new(&mut out, &mut err));
    let document: Value = serde_json::from_slice(&out).unwrap_or_else(|error| {
        panic!("{model} {fault:?}: {error}, exit {code}: {}", String::from_utf8_lossy(&err))
    });
    assert_eq!(document["exit_code"], code, "{model} {fault:?}");
    document
}

fn exchanges(document: &Value) -> u32 {
    document["statistics"]["exchanges"].as_u64().and_then(|n| n.try_into().ok()).unwrap_or(0)
}

/// One check of the matrix, held against what must be true of all of them.
fn cell(model: &str, fault: &str, at: u32) -> Seen {
    let document = check(model, Some(["--fault", &format!("{fault}@{at}")]));
    let seen = Seen::of(&document);
    let here = format!("{model} {fault}@{at}: {seen:?}");
    match ends_with(fault) {
        Some(code) => {
            assert_eq!(seen.code, code, "{here}");
            // Only `close` leaves something of its own exchange.
            let last = exchanges(&document);
            assert!(last == at || fault == "close" && last == at + 1, "{here}: {last}");
        }
        None => assert!([0, 10, 11, 12, 13].contains(&seen.code), "{here}"),
    }
    // EF05 comes in the fourth exchange; what was read is not lost again.
    let interrupted = [13, 24, 25].contains(&seen.code);
    assert!(!interrupted || at < 5 || fault.ends_with("xx") || seen.items == 7, "{here}");
    assert_eq!(document["error"].is_null(), !interrupted, "{here}");
    // No single fault makes the program sure of a generation that it is not.
    let generation = if model == "gen2" { "second" } else { "third" };
    assert!(seen.confidence != "certain" || seen.generation == generation, "{here}");
    assert!(exchanges(&document) < 2_000, "{here}: no end");
    seen
}

/// Every fault at every exchange of both models.
fn matrix() -> Vec<(&'static str, &'static str, Vec<Seen>)> {
    let mut cells = Vec::new();
    for model in MODELS {
        let count = exchanges(&check(model, None));
        assert!(count > 50, "{model} was asked hardly anything");
        cells
            .extend(FAULTS.iter().flat_map(|fault| (1..=count).map(move |at| (model, *fault, at))));
    }
    let (next, seen) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    scope(|threads| {
        for _ in 0..available_parallelism().map_or(1, usize::from) {
            threads.spawn(|| {
                while let Some(index) = Some(next.fetch_add(1, Ordering::Relaxed))
                    && let Some((model, fault, at)) = cells.get(index)
                {
                    let outcome = cell(model, fault, *at);
                    seen.lock().unwrap().insert(index, outcome);
                }
            });
        }
    });
    let mut rows: Vec<(&str, &str, Vec<Seen>)> = Vec::new();
    for (index, outcome) in seen.into_inner().unwrap() {
        let (model, fault, _) = cells.get(index).copied().unwrap();
        match rows.last_mut() {
            Some(row) if (row.0, row.1) == (model, fault) => row.2.push(outcome),
            _ => rows.push((model, fault, vec![outcome])),
        }
    }
    rows
}

/// The rows of one fault: exchanges with the same end together.
fn lines(model: &str, fault: &str, seen: &[Seen]) -> String {
    let mut groups: Vec<(&Seen, Vec<u32>)> = Vec::new();
    for (at, outcome) in (1..).zip(seen) {
        match groups.iter_mut().find(|group| group.0 == outcome) {
            Some(group) => group.1.push(at),
            None => groups.push((outcome, vec![at])),
        }
    }
    let row = |(outcome, at): (&Seen, Vec<u32>)| {
        Row { model: model.to_owned(), fault: fault.to_owned(), at, seen: outcome.clone() }
            .to_string()
    };
    groups.into_iter().map(row).collect()
}

#[test]
fn every_fault_at_every_exchange_ends_as_the_page_says() {
    let mut table = String::new();
    for (model, fault, seen) in matrix() {
        table.push_str(&lines(model, fault, &seen));
    }
    let (head, _) = page();
    let whole = format!("{head}{MARK}\n{}{table}", matrix::HEAD);
    Assert::new()
        .action_env("SNAPSHOTS")
        .eq(Data::text(whole), Data::read_from(PAGE.as_ref(), None));
}

#[test]
fn every_kind_of_fault_is_in_the_matrix_and_explained() {
    let (head, _) = page();
    for name in fault_names() {
        let tried = FAULTS.iter().any(|fault| fault.split(':').next() == Some(name));
        assert!(tried, "{name} is not in the matrix");
        assert!(head.contains(&format!("| `{name}")), "{name} is not explained");
    }
}

#[test]
fn spans_are_short() {
    assert_eq!(spans(&[1, 2, 3, 5, 7, 8]), "1–3, 5, 7–8");
}

#[test]
fn every_scenario_of_the_repository_is_one() {
    let mut count = 0;
    for entry in std::fs::read_dir("fixtures/scenarios").unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let faults = scenario(&text).unwrap_or_else(|error| panic!("{}, {error}", path.display()));
        assert!(faults.len() > 1, "{}: one fault needs no file", path.display());
        count += 1;
    }
    assert!(count >= 3);
}

#[test]
fn a_scenario_combines_its_faults() {
    let scenario = ["--scenario", "fixtures/scenarios/worn-contacts.toml"];
    let seen = Seen::of(&check("gen2", Some(scenario)));
    assert_eq!((seen.code, seen.generation.as_str(), seen.items), (24, "second", 7));
}
