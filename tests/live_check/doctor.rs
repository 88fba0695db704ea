//! Five situations, five conclusions.

use std::path::Path;

use serde_json::Value;

use crate::pcscd::{Pcscd, Scratch, alone, until};
use crate::program::{Inserted, Run, sscard};

/// The conclusion, and the state of each section.
fn conclusion(run: &Run) -> (String, Vec<(String, String)>) {
    assert_eq!(run.code, 0, "{}{}", run.output, run.error);
    let document = run.json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let sections = document["sections"].as_array().unwrap().iter();
    let states = sections.map(|section| (text(&section["id"]), text(&section["state"])));
    (text(&document["conclusion"]["id"]), states.collect())
}

fn failed(states: &[(String, String)]) -> Vec<&str> {
    states.iter().filter(|(_, state)| state == "failed").map(|(id, _)| id.as_str()).collect()
}

#[test]
fn without_a_service_it_is_the_computer() {
    let Some(_alone) = alone() else { return };
    let (found, states) = conclusion(&sscard(&["doctor", "--json"]));
    assert_eq!((found.as_str(), failed(&states)), ("no_service", vec!["service"]));
}

#[test]
fn without_a_reader_it_is_the_reader() {
    let Some(_alone) = alone() else { return };
    let empty = Scratch::new();
    let _service = Pcscd::with_readers_of(Path::new(&empty.0));
    let (found, states) = conclusion(&sscard(&["doctor", "--json"]));
    assert_eq!((found.as_str(), failed(&states)), ("no_reader", vec!["readers"]));
}

#[test]
fn without_a_card_it_is_turned_over_first() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    until("the readers are there", || !crate::pcscd::readers_now().is_empty());
    let run = sscard(&["doctor", "--json"]);
    let (found, states) = conclusion(&run);
    assert_eq!((found.as_str(), failed(&states)), ("no_card", vec!["card"]));
    let advice = run.json()["conclusion"]["advice"]["en"].as_str().unwrap().to_owned();
    assert!(advice.starts_with("Turn the card over first"), "{advice}");
}

#[test]
fn a_healthy_card_is_well_and_nothing_of_its_holder_is_told() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    let _card = Inserted::new(0, "gen2", None);
    let run = sscard(&["doctor", "--json"]);
    let (found, states) = conclusion(&run);
    assert_eq!((found.as_str(), failed(&states)), ("well", vec![]));
    let contact = &run.json()["sections"][6]["findings"][0]["en"];
    assert_eq!(contact, "1000 of 1000 short readings, 0 differed, 0 made again");
    for personal in ["测", "19920721", "T0003", "622999"] {
        assert!(!run.output.contains(personal), "{personal}");
    }
}
