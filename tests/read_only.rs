//! Only what the table of instructions allows leaves the program: every class with
//! every instruction, whatever stands behind them, for both permissions.
#![expect(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "a test fails by panic")]

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde::Deserialize;
use sscard::apdu::{Permission, Refusal};
use sscard::observe::observe;
use sscard::probe::{self, Depth};
use sscard::report::{self, CheckInput, Reveal, Source, SourceKind};
use sscard::session::{Interface, Protocol, Reset, Session};
use sscard::transport::{Card, ReadOnly, Transmit, TransportError, guarded};
use sscard::verdict::judge;

/// The table as it is written, read without the code under test.
#[derive(Deserialize)]
struct Table {
    instruction: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    cla: String,
    ins: String,
    p1: Values,
    p2: Values,
    data: (usize, usize),
    when: String,
    why_zh: String,
    why_en: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Values {
    Any(String),
    These(Vec<String>),
}

impl Values {
    fn allow(&self, value: u8) -> bool {
        match self {
            Self::Any(word) => word == "any",
            Self::These(values) => values.iter().any(|one| byte(one) == value),
        }
    }
}

fn byte(text: &str) -> u8 {
    u8::from_str_radix(text, 16).unwrap()
}

fn rows() -> Vec<Row> {
    let text = std::fs::read_to_string("src/apdu/instructions.toml").unwrap();
    toml::from_str::<Table>(&text).unwrap().instruction
}

/// What follows P2: the length of its data and its Le, and the bytes of it. A body
/// that is none has no length.
#[derive(Clone, Debug)]
struct Body {
    data: Option<usize>,
    le: Option<usize>,
    bytes: Vec<u8>,
}

fn body() -> impl Strategy<Value = Body> {
    let le = |byte: u8| if byte == 0 { 256 } else { usize::from(byte) };
    let short = (vec(any::<u8>(), 1..24), proptest::option::of(any::<u8>())).prop_map(
        move |(data, last)| {
            let length = u8::try_from(data.len()).unwrap();
            let bytes = [&[length][..], &data, last.as_slice()].concat();
            Body { data: Some(data.len()), le: last.map(le), bytes }
        },
    );
    let extended = (vec(any::<u8>(), 1..24), any::<bool>()).prop_map(|(data, last)| {
        let length = u16::try_from(data.len()).unwrap().to_be_bytes();
        let end: &[u8] = if last { &[0, 0] } else { &[] };
        let bytes = [&[0][..], &length, &data, end].concat();
        Body { data: Some(data.len()), le: last.then_some(65_536), bytes }
    });
    // More or fewer bytes than are announced.
    let broken = (2_u8..200, vec(any::<u8>(), 0..200)).prop_filter_map("fits", |(lc, rest)| {
        let (announced, there) = (usize::from(lc), rest.len());
        let fits = there == 0 || there == announced || there == announced + 1;
        (!fits).then(|| Body { data: None, le: None, bytes: [&[lc][..], &rest].concat() })
    });
    prop_oneof![
        2 => Just(Body { data: Some(0), le: None, bytes: Vec::new() }),
        2 => any::<u8>().prop_map(move |byte| Body {
            data: Some(0), le: Some(le(byte)), bytes: vec![byte],
        }),
        3 => short,
        1 => extended,
        1 => broken,
    ]
}

/// Whether the table lets a command through.
fn allowed(rows: &[Row], header: [u8; 4], body: &Body, permission: Permission) -> bool {
    let [cla, ins, p1, p2] = header;
    let Some(length) = body.data else { return false };
    rows.iter().any(|row| {
        let asked = row.when == "always" || permission == Permission::PinState;
        // The query of the PIN's state has no length at all.
        let plain = row.when == "always" || body.le.is_none();
        asked
            && plain
            && (byte(&row.cla), byte(&row.ins)) == (cla, ins)
            && row.p1.allow(p1)
            && row.p2.allow(p2)
            && (row.data.0..=row.data.1).contains(&length)
            && body.le.is_none_or(|le| le <= 256)
    })
}

/// Keeps what reaches it, and answers nothing but `answer`.
struct Wire {
    reached: Vec<Vec<u8>>,
    answer: Vec<u8>,
}

impl Wire {
    fn new(answer: &[u8]) -> Self {
        Self { reached: Vec::new(), answer: answer.to_vec() }
    }
}

impl Transmit for Wire {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.reached.push(command.to_vec());
        Ok(self.answer.clone())
    }
}

impl Card for Wire {
    fn atr(&self) -> &[u8] {
        &[0x3B, 0x00]
    }

    fn interface(&self) -> Interface {
        Interface::Contact
    }

    fn protocol(&self) -> Protocol {
        Protocol::T0
    }

    fn reset(&mut self, _: Reset) -> Result<(), TransportError> {
        Ok(())
    }
}

/// Every class with every instruction, with these parameters and this body.
fn throw_all(rows: &[Row], p1: u8, p2: u8, body: &Body, permission: Permission) -> (usize, u32) {
    let mut card = ReadOnly::new(Wire::new(&[0x90, 0x00]), permission);
    let mut refused = 0;
    for number in 0..=u16::MAX {
        let [cla, ins] = number.to_be_bytes();
        let header = [cla, ins, p1, p2];
        let command = [&header[..], &body.bytes].concat();
        let before = card.inner().reached.len();
        let answer = card.transmit(&command);
        let passed = card.inner().reached.len() > before;
        let name = hex::encode_upper(&command);
        assert_eq!(passed, allowed(rows, header, body, permission), "{name}, {permission:?}");
        assert_eq!(passed, answer.is_ok(), "{name}");
        if passed {
            assert_eq!(card.inner().reached.last(), Some(&command));
        } else {
            assert!(matches!(answer, Err(TransportError::Refused(_))), "{name}");
            refused += 1;
        }
        assert_eq!(card.refused(), refused, "{name}");
    }
    (card.inner().reached.len(), refused)
}

#[test]
fn nothing_leaves_that_the_table_does_not_allow() {
    let rows = rows();
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Config::with_cases(16)
    });
    // The parameters of the rows come often enough to let something through.
    let first = prop_oneof![Just(0_u8), Just(4), any::<u8>()];
    let second = prop_oneof![Just(0_u8), Just(2), any::<u8>()];
    let tests = runner.run(&(first, second, body()), |(p1, p2, body)| {
        for permission in [Permission::Read, Permission::PinState] {
            let (passed, refused) = throw_all(&rows, p1, p2, &body, permission);
            prop_assert_eq!(passed + usize::try_from(refused).unwrap(), 65_536);
        }
        Ok(())
    });
    tests.unwrap();
}

/// The bodies that let most through: at most one row for each pair.
#[test]
fn of_65536_pairs_a_handful_passes() {
    let rows = rows();
    let empty = Body { data: Some(0), le: None, bytes: Vec::new() };
    let pairs: BTreeSet<(u8, u8)> =
        rows.iter().map(|row| (byte(&row.cla), byte(&row.ins))).collect();
    assert_eq!(pairs.len(), rows.len());
    let (passed, refused) = throw_all(&rows, 0, 2, &empty, Permission::Read);
    assert_eq!((passed, refused), (5, 65_531), "SELECT, READ RECORD and BINARY, GET DATA, BALANCE");
    let (passed, _) = throw_all(&rows, 0, 0, &empty, Permission::PinState);
    assert_eq!(passed, rows.len() - 1, "all but GET BALANCE, which has no such P2");
}

/// Why each row is harmless stands with it, in both languages.
#[test]
fn every_row_has_its_reason() {
    for row in rows() {
        for text in [&row.why_zh, &row.why_en, &row.source] {
            assert!(text.chars().count() >= 2, "{}", row.id);
        }
        assert!(["always", "pin-state"].contains(&row.when.as_str()), "{}", row.id);
    }
}

/// A card that answers everything with the wish for another length makes the program
/// want to send VERIFY with one, which on T=0 would wait for a PIN.
#[test]
fn a_card_cannot_ask_for_more_than_the_table() {
    let mut card = guarded(Wire::new(&[0x6C, 0x06]), Permission::PinState);
    assert_eq!(card.transmit(&[0x00, 0x20, 0x00, 0x00]), Ok(vec![0x6C, 0x06]));
    assert_eq!(card.refused(), 1);
    let (wire, steps) = card.into_parts();
    assert_eq!((wire.reached.len(), steps.len()), (1, 1));
    // What was asked for itself is told.
    let mut card = guarded(Wire::new(&[0x90, 0x00]), Permission::Read);
    let refused = Refusal::NotListed { cla: 0x80, ins: 0xA8 };
    let answer = card.transmit(&[0x80, 0xA8, 0x00, 0x00, 0x02, 0x83, 0x00]);
    assert_eq!(answer, Err(TransportError::Refused(refused)));
    assert_eq!(card.refused(), 1);
}

#[test]
fn what_was_refused_stands_in_the_document() {
    let mut card = guarded(Wire::new(&[0x90, 0x00]), Permission::Read);
    for command in [&[0x00, 0xD6, 0x00, 0x00, 0x01, 0x00][..], &[0x00, 0x20, 0x00, 0x00], &[0x00]] {
        assert!(card.transmit(command).is_err());
    }
    let header = probe::header(&card);
    let _ended = probe::run(&mut card, Depth::Quick);
    let refused = card.refused();
    let (_, steps) = card.into_parts();
    let facts = observe(&Session { header, steps });
    let day = "2026-11-24".parse().unwrap();
    let verdict = judge(&facts, day, Depth::Quick);
    let document = report::check(&CheckInput {
        source: Source { kind: SourceKind::Virtual, name: None },
        facts: &facts,
        other: None,
        verdict: &verdict,
        day,
        time: "2026-11-24T10:15:00+08:00".into(),
        refused,
        reveal: Reveal::Masked,
    });
    let document = serde_json::to_value(document).unwrap();
    let safety = document.get("safety").unwrap();
    assert_eq!(safety.get("refused_commands"), Some(&serde_json::json!(3)));
}
