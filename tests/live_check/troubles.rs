//! No card, no reader, no service; cards and readers that fail or leave.

use std::os::unix::net::UnixListener;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use pcsc::{Context, Disposition, Protocols, Scope, ShareMode};
use serde_json::{Value, json};
use sscard::session::{Event, Step};
use sscard::transport::pcsc::{ConnectOptions, connect};

use crate::pcscd::{Does, Pcscd, SOCKET, Scratch, ScriptedReader, VirtualCard, alone, until};
use crate::program::{Checked, Inserted, assert_fits, holds_card, items, reader, sscard};

/// What a check without a card comes to: code, outcome and the detail of the error.
fn failed(arguments: &[&str]) -> (i32, String, Value) {
    let run = sscard(&[&["check", "--json"], arguments].concat());
    let document = run.json();
    let outcome = document["outcome"].as_str().unwrap();
    assert_eq!(
        (&document["exit_code"], &document["error"]["kind"]),
        (&json!(run.code), &json!(outcome))
    );
    assert_eq!(
        (&document["card"]["kind"], &document["applications"]),
        (&json!("none"), &json!([]))
    );
    for words in ["message", "advice"] {
        for language in ["zh", "en"] {
            assert_ne!(document["error"][words][language], "", "{words} {language}");
        }
    }
    (run.code, outcome.to_owned(), document["error"]["detail"].clone())
}

fn outcome(code: i32, name: &str) -> (i32, String, Value) {
    (code, name.to_owned(), Value::Null)
}

#[test]
fn there_is_no_service() {
    let Some(_alone) = alone() else { return };
    assert_eq!(failed(&[]), outcome(22, "no_service"));
    let readers = sscard(&["readers", "--json"]);
    assert_eq!((readers.code, readers.json()["error"]["kind"].as_str()), (22, Some("no_service")));
}

#[test]
fn a_service_never_answers() {
    let Some(_alone) = alone() else { return };
    let _listens = UnixListener::bind(SOCKET).unwrap();
    assert_eq!(failed(&["--timeout", "2"]), outcome(22, "no_service"));
    assert!(sscard(&["check", "--timeout", "1", "--lang", "en"]).error.contains("does not answer"));
    assert_eq!(sscard(&["readers", "--timeout", "1"]).code, 22);
}

/// Whoever connects waits: the queue of a service that hangs is soon full.
#[test]
fn a_service_hangs() {
    let Some(_alone) = alone() else { return };
    let service = Pcscd::start();
    let stop = format!("kill -STOP {}", service.id());
    assert!(Command::new("sh").args(["-c", &stop]).status().unwrap().success());
    for _ in 0..4 {
        assert_eq!(failed(&["--timeout", "1"]), outcome(22, "no_service"));
    }
    assert!(sscard(&["check", "--timeout", "1", "--lang", "en"]).error.contains("does not answer"));
    assert_eq!(sscard(&["readers", "--timeout", "1"]).code, 22);
    assert!(sscard(&["doctor", "--timeout", "1", "--lang", "en"]).output.contains("pcscd"));
}

#[test]
fn there_is_no_reader() {
    let Some(_alone) = alone() else { return };
    let empty = Scratch::new();
    let _service = Pcscd::with_readers_of(&empty.0);
    assert_eq!(failed(&[]), outcome(21, "no_reader"));
    let readers = sscard(&["readers", "--json"]);
    assert_eq!((readers.code, &readers.json()["readers"]), (0, &json!([])));
    assert!(sscard(&["readers", "--lang", "en"]).error.starts_with("No card reader was found."));
}

#[test]
fn there_is_no_card() {
    let Some(_alone) = alone() else { return };
    let (_service, scratch) = (Pcscd::start(), Scratch::new());
    let path = scratch.0.join("card.apdu");
    assert_eq!(failed(&["--record", path.to_str().unwrap()]), outcome(20, "no_card"));
    assert!(!path.exists(), "nothing is left of a recording of nothing");
    assert_eq!(failed(&["--wait=1"]), outcome(20, "no_card"));
    let (code, name, detail) = failed(&["--reader", "Other"]);
    assert_eq!((code, name.as_str()), (21, "no_reader"));
    assert!(detail.as_str().unwrap().contains("Virtual PCD 00 00"), "it names those there are");
    let other = sscard(&["check", "--reader", "Other", "--lang", "en"]);
    assert!(other.error.starts_with("No reader has that name."), "{}", other.error);
    assert!(other.error.contains("`sscard readers`"), "{}", other.error);
    assert!(!other.error.contains("plugged in"), "no reader is missing: {}", other.error);
    let text = sscard(&["check", "--lang", "en"]);
    assert_eq!((text.code, text.output.as_str()), (20, ""));
    assert!(text.error.contains("Turn the card over first"), "{}", text.error);
}

#[test]
fn the_card_is_in_other_hands() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    let _card = Inserted::new(0, "gen2", None);
    assert_eq!(sscard(&["check", "--exclusive"]).code, 0);
    // The transaction last: a call that waits for it stays in the service when its
    // program has given up, and has the card for a moment when it is over.
    for exclusive in [true, false] {
        let held = connect(&ConnectOptions { exclusive, ..ConnectOptions::default() }).unwrap();
        assert_eq!(failed(&["--timeout", "1", "--exclusive"]), outcome(23, "busy"));
        assert_eq!(failed(&["--timeout", "1"]), outcome(23, "busy"));
        drop(held);
    }
}

#[test]
fn who_holds_the_card_is_told() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    let _card = Inserted::new(0, "gen2", None);
    let context = Context::establish(Scope::User).unwrap();
    for (mode, ours, cause) in [
        (ShareMode::Shared, &["--exclusive"][..], "Without --exclusive"),
        (ShareMode::Exclusive, &["--exclusive"], "for itself alone"),
        (ShareMode::Exclusive, &[], "for itself alone"),
    ] {
        let held = context.connect(c"Virtual PCD 00 00", mode, Protocols::ANY).unwrap();
        let told = sscard(&[&["check", "--timeout=1", "--lang=en"], ours].concat()).error;
        assert!(told.contains(cause), "{cause}: {told}");
        held.disconnect(Disposition::LeaveCard).map_err(|(_, error)| error).unwrap();
    }
    assert_eq!(sscard(&["check", "--exclusive"]).code, 0);
}

/// Whether the recording shows that EF05 came, whole.
fn has_version(checked: &Checked) -> bool {
    let session = checked.session();
    let whole = [0x00, 0xB2, 0x01, 0x2D, 0x40];
    session.exchanges().any(|(_, one)| one.command == whole && one.response.is_some())
}

/// The generation, and how sure it is.
fn generation(document: &Value) -> (&str, &str) {
    let generation = &document["generation"];
    (generation["value"].as_str().unwrap(), generation["confidence"].as_str().unwrap())
}

/// A check that broke off at an exchange: what was read before it is still there.
fn assert_kept(checked: &Checked, model: &str, at: usize) {
    let document = checked.live.json();
    let read = has_version(checked);
    let known = match (model, read) {
        ("gen2", true) => ("second", "certain"),
        ("gen3", true) => ("third", "certain"),
        // The algorithm stands in the answer to SELECT, which GET RESPONSE fetches.
        ("gen3", false) if at > 3 => ("third", "probable"),
        _ => ("unknown", "none"),
    };
    assert_eq!(generation(&document), known, "{model}@{at}");
    assert_eq!(items(&document, "EF05", "free"), if read { 7 } else { 0 }, "{model}@{at}");
    assert_eq!(document["statistics"]["exchanges"], at);
    let detail = document["error"]["detail"].as_str().unwrap();
    assert!(detail.ends_with(&format!("exchange {at}")), "{detail}");
    let session = checked.session();
    let answered = session.exchanges().map(|(_, one)| one.response.is_some());
    let expected: Vec<bool> = (1..=at).map(|number| number < at).collect();
    assert_eq!(answered.collect::<Vec<_>>(), expected, "{model}@{at}");
    checked.assert_same_again();
    for language in ["zh", "en"] {
        let screen = checked.again(&["--lang", language]);
        assert_eq!(screen.code, checked.live.code);
        assert_fits(&screen.output);
    }
}

/// Pulls the card at many exchanges, and at one that never comes. All of them are in
/// the matrix of `live_faults`; here a recording is looked at closely.
fn pulled(scratch: &Scratch, slot: usize, model: &str) {
    for at in (1..=8).chain([20, 50, 100, 1000]) {
        let card = Inserted::new(slot, model, Some(&format!("remove@{at}")));
        let checked = Checked::new(scratch, Some(slot), &["--json"]);
        if at == 1000 {
            assert_eq!(checked.live.code, 0, "{model}");
            return;
        }
        let document = checked.live.json();
        assert_eq!(
            (checked.live.code, &document["outcome"]),
            (24, &json!("removed")),
            "{model}@{at}"
        );
        assert_eq!(document["source"]["name"], reader(slot));
        assert_eq!(checked.session().steps.last(), Some(&Step::Event(Event::Removed)));
        assert_kept(&checked, model, at);
        let words = card.left();
        assert!(words.contains(&format!("{at} exchanges")), "{words}");
    }
}

#[test]
fn the_card_is_pulled() {
    let Some(_alone) = alone() else { return };
    let (_service, scratches) = (Pcscd::start(), [Scratch::new(), Scratch::new()]);
    std::thread::scope(|scope| {
        scope.spawn(|| pulled(&scratches[0], 0, "gen2"));
        scope.spawn(|| pulled(&scratches[1], 1, "gen3"));
    });
}

#[test]
fn the_card_falls_silent() {
    let Some(_alone) = alone() else { return };
    let (_service, scratch) = (Pcscd::start(), Scratch::new());
    for (model, at) in [("gen2", 4), ("gen3", 4), ("gen3", 9)] {
        let _card = Inserted::new(0, model, Some(&format!("mute@{at}")));
        let checked = Checked::new(&scratch, None, &["--json"]);
        let document = checked.live.json();
        assert_eq!(
            (checked.live.code, &document["outcome"]),
            (25, &json!("timeout")),
            "{model}@{at}"
        );
        assert_kept(&checked, model, at);
    }
}

#[test]
fn the_service_dies() {
    let Some(_alone) = alone() else { return };
    let (mut service, scratch) = (Pcscd::start(), Scratch::new());
    let _card = Inserted::new(0, "gen3", Some("mute@6"));
    std::thread::scope(|scope| {
        let check = scope.spawn(|| Checked::new(&scratch, None, &["--json", "--timeout", "30"]));
        until("the card is silent", || service.sent().len() == 6);
        service.kill();
        let checked = check.join().unwrap();
        let outcome = &checked.live.json()["outcome"];
        assert_eq!((checked.live.code, outcome), (22, &json!("no_service")));
        assert_kept(&checked, "gen3", 6);
    });
}

#[test]
fn the_deadline_passes() {
    let Some(_alone) = alone() else { return };
    let (_service, scratch) = (Pcscd::start(), Scratch::new());
    let _card = VirtualCard::insert(0, &[0x3B, 0x02, 0x14, 0x50], |_| {
        sleep(Duration::from_millis(700));
        Does::Answers(vec![0x6A, 0x82])
    });
    let checked = Checked::new(&scratch, None, &["--json", "--deadline", "2"]);
    assert_eq!(checked.live.code, 25);
    assert!(checked.commands().len() > 1, "each exchange was in time");
}

#[test]
fn an_answer_is_no_answer() {
    let Some(_alone) = alone() else { return };
    let (_service, scratch) = (Pcscd::start(), Scratch::new());
    let _card = VirtualCard::insert(0, &[0x3B, 0x02, 0x14, 0x50], |_| Does::Answers(vec![0x90]));
    let checked = Checked::new(&scratch, None, &["--json"]);
    assert_eq!((checked.live.code, &checked.live.json()["outcome"]), (13, &json!("unreadable")));
    checked.assert_same_again();
}

#[test]
fn the_card_does_not_start() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    // Longer than any answer to reset; and one of T=15 alone.
    for atr in [&[0x3B; 40][..], &[0x3B, 0x80, 0x0F, 0x8F]] {
        let card = VirtualCard::insert(0, atr, |_| Does::Leaves);
        assert_eq!(failed(&[]), outcome(13, "unreadable"));
        drop(card);
        until("the card is gone", || !holds_card(0));
    }
}

/// What a driver says, as the service passes it on: no usable answer of a card that is
/// there, a reader or a card that is not, a card that cannot be powered.
#[test]
fn the_reader_fails_or_leaves() {
    let Some(_alone) = alone() else { return };
    let scratch = Scratch::new();
    for (state, code, outcome) in [
        ("pt", 13, "unreadable"),
        ("pc", 13, "unreadable"),
        ("pp", 13, "unreadable"),
        ("pg", 24, "removed"),
    ] {
        let _reader = ScriptedReader::start(state);
        let checked = Checked::new(&scratch, None, &["--json"]);
        let document = checked.live.json();
        assert_eq!((checked.live.code, &document["outcome"]), (code, &json!(outcome)), "{state}");
        assert_eq!(generation(&document), ("unknown", "none"));
        checked.assert_same_again();
    }
}

#[test]
fn a_card_that_is_there_does_not_power_up() {
    let Some(_alone) = alone() else { return };
    let _reader = ScriptedReader::start("uo");
    let run = sscard(&["check", "--json"]);
    let document = run.json();
    assert_eq!((run.code, &document["outcome"]), (13, &json!("unreadable")));
    assert_eq!(document["error"]["message"]["en"], "The reader could not power the card.");
    let readers = sscard(&["readers", "--json"]).json();
    assert_eq!(readers["readers"][0]["state"], "mute");
}

/// Unplugged while a program waits for a card; then plugged in again, with one.
#[test]
fn a_reader_leaves_and_comes_back_under_who_waits() {
    let Some(_alone) = alone() else { return };
    let reader = ScriptedReader::start("ao");
    std::thread::scope(|scope| {
        let check = scope.spawn(|| sscard(&["check", "--wait=20", "--json"]));
        sleep(Duration::from_millis(700));
        reader.becomes("gg");
        sleep(Duration::from_millis(900));
        assert!(!check.is_finished());
        reader.becomes("po");
        assert_eq!(check.join().unwrap().code, 12, "it answers 9000 to the name of a PSAM");
    });
}
