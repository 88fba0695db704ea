//! Several readers, cards that come and go.

use std::io::{BufRead, BufReader};
use std::sync::mpsc::channel;
use std::thread::{sleep, spawn};
use std::time::Duration;

use serde_json::{Value, json};
use sscard::transport::pcsc::{ConnectOptions, connect};

use crate::pcscd::{Pcscd, alone, readers_now, until};
use crate::program::{Inserted, holds_card, reader, sscard, start};

const SECOND_ATR: &str = "3B6D0000008154535486605001········";

#[test]
fn they_are_listed_with_their_cards() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    let _card = Inserted::new(1, "gen2", None);
    let states = || {
        let run = sscard(&["readers", "--json"]);
        assert_eq!(run.code, 0);
        run.json()["readers"].clone()
    };
    let row = |name: String, state, atr: Option<&str>| {
        let interface = atr.map(|_| "contact");
        json!({ "name": name, "state": state, "atr": atr, "interface": interface, "driver": null })
    };
    let seen =
        |state| json!([row(reader(0), "empty", None), row(reader(1), state, Some(SECOND_ATR))]);
    assert_eq!(states(), seen("present"));
    for (exclusive, state) in [(false, "in_use"), (true, "exclusive")] {
        let held = connect(&ConnectOptions { exclusive, ..ConnectOptions::default() }).unwrap();
        assert_eq!(states(), seen(state));
        drop(held);
    }
    let text = sscard(&["readers", "--lang", "en"]).output;
    let lines: Vec<Vec<&str>> = text
        .lines()
        .map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect())
        .collect();
    assert_eq!(
        lines,
        [
            vec!["Virtual PCD 00 00", "no card"],
            vec!["Virtual PCD 00 01", "card present", SECOND_ATR]
        ]
    );
}

#[test]
fn cards_are_seen_to_come_and_go() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    let mut program = start(&["readers", "--watch", "--json"]);
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let (report, news) = channel();
    let listener = spawn(move || {
        for line in lines.by_ref() {
            let document: Value = serde_json::from_str(&line.unwrap()).unwrap();
            if report.send(document).is_err() {
                break;
            }
        }
    });
    let next = || {
        let document = news.recv_timeout(Duration::from_secs(10)).unwrap();
        let word = |key: &str| document[key].as_str().map(str::to_owned);
        (word("name").unwrap(), word("state").unwrap(), word("atr"))
    };
    let empty = |slot| (reader(slot), "empty".to_owned(), None);
    assert_eq!([next(), next()], [empty(0), empty(1)]);
    // Not by `Inserted`, which looks at the readers too and might be seen at it.
    let mut card = start(&["virtual", "gen2"]);
    assert_eq!(next(), (reader(0), "present".to_owned(), Some(SECOND_ATR.to_owned())));
    card.kill().unwrap();
    card.wait().unwrap();
    assert_eq!(next(), empty(0));
    // Nobody listens any more: the next change is the last.
    drop(news);
    let _card = Inserted::new(0, "gen2", None);
    listener.join().unwrap();
    let _another = Inserted::new(1, "gen2", None);
    until("the program ends", || program.try_wait().unwrap().is_some());
    assert_eq!(program.wait().unwrap().code(), Some(0));
}

#[test]
fn a_card_that_waits_for_another_to_leave_says_so() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    until("the reader is ready", || !readers_now().is_empty());
    // Not by `Inserted`, which waits for an empty reader when it is dropped.
    let mut first = start(&["virtual", "gen2"]);
    until("the card is seen", || holds_card(0));
    let mut second = start(&["virtual", "gen3", "--lang", "en"]);
    let (report, told) = channel();
    let lines = BufReader::new(second.stderr.take().unwrap()).lines();
    let listener = spawn(move || lines.for_each(|line| report.send(line.unwrap()).unwrap()));
    let next = |seconds| told.recv_timeout(Duration::from_secs(seconds));
    let connected = next(10).unwrap();
    assert!(connected.starts_with("gen3: connected to 127.0.0.1:35963;"), "{connected}");
    assert!(next(2).is_err(), "the other card is still in the reader");
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(next(10).unwrap(), "gen3: in the virtual reader at 127.0.0.1:35963");
    second.kill().unwrap();
    second.wait().unwrap();
    listener.join().unwrap();
    until("the card is gone", || !holds_card(0));
}

#[test]
fn a_card_is_awaited() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    let waiting = spawn(|| sscard(&["check", "--wait=5", "--json"]));
    sleep(Duration::from_millis(700));
    assert!(!waiting.is_finished());
    let _card = Inserted::new(1, "gen3", None);
    let run = waiting.join().unwrap();
    let document = run.json();
    assert_eq!((run.code, &document["source"]["name"]), (0, &json!(reader(1))));
    assert_eq!(document["generation"]["value"], "third");
}

#[test]
fn several_cards_are_never_guessed_between() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    let _cards = [Inserted::new(0, "gen2", None), Inserted::new(1, "gen3-contactless", None)];
    let run = sscard(&["check", "--json"]);
    let document = run.json();
    assert_eq!((run.code, &document["outcome"]), (26, &json!("ambiguous")));
    assert_eq!(document["error"]["detail"], format!("{}\n{}", reader(0), reader(1)));
    let text = sscard(&["check", "--reader", "Virtual"]);
    assert_eq!(text.code, 26);
    assert!(text.error.contains(&reader(0)) && text.error.contains(&reader(1)), "{}", text.error);
    for (choice, value) in [
        (["--reader", "Virtual PCD 00 01"], "third"),
        (["--reader", "00 00"], "second"),
        (["--interface", "contactless"], "third"),
        (["--interface", "contact"], "second"),
    ] {
        let run = sscard(&[&["check", "--json"], &choice[..]].concat());
        assert_eq!(
            (run.code, &run.json()["generation"]["value"]),
            (0, &json!(value)),
            "{choice:?}"
        );
    }
}
