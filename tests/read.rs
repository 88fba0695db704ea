//! `read`: the basic line of counter software, and all that a card shows without
//! keys, from recordings and from card models that the program does not bring.
#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, reason = "a test fails by panic")]

#[path = "support/program.rs"]
mod program;

use std::path::Path;
use std::process::{Command, Output};

use program::{Ran, sscard};
use snapbox::data::DataFormat;
use snapbox::{Assert, Data};
use sscard::apdu::Permission;
use sscard::emulate::{Model, VirtualCard};
use sscard::probe::{self, Depth};
use sscard::session::text::Document;
use sscard::session::{Expect, Header, Session, Step, TransportMode};
use sscard::transport::guarded;

/// The line of the terminal specification, in its form without PSAM.
const SAMPLE: &str = "639900|111111198101011110|X00000019|639900D15600000500BF7C7A48FB4966|张三\
    |00814E43238697159900BF7C7A|1.00|20101001|20201001|000000000000||\n";
const SAMPLE_CARD: &str = "fixtures/recorded/bas-sample.apdu";

/// The conversation that `read` holds with a card model.
fn conversation(model: &str, header: Header) -> String {
    let mut card = guarded(VirtualCard::new(Model::parse(model).unwrap()), Permission::Read);
    let of_card = probe::header(&card);
    probe::run(&mut card, Depth::Everything).unwrap();
    let (_, mut steps) = card.into_parts();
    for step in &mut steps {
        // Time passes otherwise each time.
        if let Step::Exchange(exchange) = step {
            exchange.elapsed_ms = None;
        }
    }
    let Header { interface, protocol, atr, .. } = of_card;
    let transport = TransportMode::Raw;
    let header = Header { transport, interface, protocol, atr, ..header };
    Document::from(&Session { header, steps }).print()
}

fn model(name: &str) -> String {
    std::fs::read_to_string(format!("tests/models/{name}.toml")).unwrap()
}

/// Reads a model by way of a recording of it.
fn read(name: &str, model: &str, more: &[&str]) -> Ran {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.apdu"));
    std::fs::write(&path, conversation(model, Header::default())).unwrap();
    let path = path.to_str().unwrap();
    sscard(&[&["read", "--session", path], more].concat())
}

/// The program itself: its standard output may hold any bytes.
fn program(line: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sscard")).args(line.split(' ')).output().unwrap()
}

#[test]
fn the_sample_card_is_what_its_model_answers() {
    let header = Header {
        title: Some("The terminal specification's own example".into()),
        recorded: Some("2026-11-23T10:15:00+08:00".into()),
        tool: Some("sscard 0.1.0".into()),
        expect: Expect {
            card: Some("social_security".into()),
            generation: Some("first".into()),
            outcome: Some("attention".into()),
            ..Expect::default()
        },
        note: Some("Person, numbers and issuer are that document's inventions".into()),
        ..Header::default()
    };
    let actual = Data::text(conversation(&model("bas-sample"), header));
    let expected = Data::read_from(Path::new(SAMPLE_CARD), Some(DataFormat::Text)).raw();
    Assert::new().action_env("SNAPSHOTS").eq(actual, expected);
}

#[test]
fn the_basic_line_is_that_of_the_specification() {
    let line = format!("read --session {SAMPLE_CARD} --format bas --reveal --lang en");
    let utf_8 = program(&line);
    assert_eq!(String::from_utf8(utf_8.stdout).unwrap(), SAMPLE);
    let note = String::from_utf8(utf_8.stderr).unwrap();
    assert!(note.starts_with("No authentication took place") && note.lines().count() == 1);
    let gbk = program(&format!("{line} --encoding gbk"));
    let (before, after) = SAMPLE.split_once("张三").unwrap();
    let bytes = [before.as_bytes(), b"\xD5\xC5\xC8\xFD", after.as_bytes()].concat();
    assert_eq!(gbk.stdout, bytes);
    assert_eq!(gbk.status.code(), Some(0));
}

#[test]
fn the_basic_line_is_masked_unless_asked_otherwise() {
    let line = format!("read --session {SAMPLE_CARD} --format bas");
    let masked = "639900|111*************10|X********|639900D156000005****************|张*\
        |00814E432386971599········|1.00|20101001|20201001|000000000000||\n";
    assert_eq!(String::from_utf8(program(&line).stdout).unwrap(), masked);
    let gbk = program(&format!("{line} --encoding gbk")).stdout;
    let (text, _, wrong) = encoding_rs::GB18030.decode(&gbk);
    assert_eq!((text.as_ref(), wrong), (masked, false));
}

#[test]
fn what_does_not_open_is_empty_in_the_basic_line() {
    let third = sscard(&["read", "--virtual", "gen3", "--format", "bas", "--reveal"]).out;
    let fields: Vec<&str> = third.trim_end().split('|').collect();
    assert_eq!((fields.len(), fields[0], fields[1], fields[4]), (12, "500106", "", ""));
    for (card, code) in [("bank-card", 12), ("mute", 25), ("ssse-blocked", 0), ("psam", 12)] {
        let ran = sscard(&["read", "--virtual", card, "--format", "bas"]);
        assert_eq!((ran.out.as_str(), ran.code), ("", code), "{card}");
        assert!(!ran.err.is_empty(), "{card}");
    }
}

#[test]
fn a_bar_in_a_value_moves_no_field() {
    let card = model("bas-sample").replace("X00000019", "X|0000019").replace("张三", "张|三");
    let line = read("bars", &card, &["--format", "bas", "--reveal"]).out;
    let expected = SAMPLE.replace("X00000019", "").replace("张三", "");
    assert_eq!(line, expected);
}

#[test]
fn the_basic_line_is_no_document() {
    let ran = sscard(&["read", "--virtual", "gen2", "--format", "bas", "--json"]);
    let document: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &document["outcome"]), (2, &"usage".into()));
}
