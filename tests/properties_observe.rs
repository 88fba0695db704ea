//! Whatever stands in a recording, and whatever a card answers: a judgement ends,
//! within its bounds, in an outcome of the contract; and only commands of the
//! instruction table reach a card.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panic"
)]

#[path = "support/damage.rs"]
mod damage;
#[path = "support/recordings.rs"]
mod recordings;

use damage::{answer, any_session, damage, damaged, header};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use sscard::apdu::{Permission, permit};
use sscard::observe::{Facts, observe};
use sscard::probe::{self, Depth};
use sscard::report::{self, CheckInput, Detail, Exit, Language, Reveal, Source, SourceKind, width};
use sscard::session::text::Document;
use sscard::session::{Exchange, Header, Interface, Protocol, Reset, Session};
use sscard::transport::{Card, Transmit, TransportError, guarded};
use sscard::verdict::judge;

/// The exit codes that a card can have.
const OUTCOMES: [u8; 9] = [0, 10, 11, 12, 13, 22, 23, 24, 25];

/// Most commands of one conversation, and exchanges that complete one answer.
const MAX_COMMANDS: usize = 160;
const MAX_ROUNDS: usize = 257;

/// Judges a session in every manner. Gives back the document.
fn judged(session: &Session, depth: Depth) -> String {
    let facts = observe(session);
    let day = "2026-11-23".parse().unwrap();
    let verdict = judge(&facts, day, depth);
    let exit = Exit::from(verdict.outcome);
    assert!(OUTCOMES.contains(&exit.code()), "{exit:?}");
    let mut masked = String::new();
    for reveal in [Reveal::Shown, Reveal::Masked] {
        let document = report::check(&CheckInput {
            source: Source { kind: SourceKind::Session, name: Some("any".into()) },
            facts: &facts,
            other: None,
            verdict: &verdict,
            day,
            time: "2026-11-23T10:15:00+08:00".into(),
            refused: 0,
            reveal,
        });
        let _ = report::timeline(&facts, session, reveal);
        for language in [Language::Chinese, Language::English] {
            let detail = if depth == Depth::Quick { Detail::Quick } else { Detail::Screen };
            let screen = report::screen(&document, &verdict, language, detail);
            assert!(screen.len() <= 24, "{} lines: {screen:#?}", screen.len());
            for line in &screen {
                assert!(width(line) <= 80, "{line}");
            }
            let _ = report::details(&document, language);
        }
        masked = serde_json::to_string(&document).unwrap();
        let read = serde_json::to_string(&report::read(document, exit)).unwrap();
        assert!(read.len() < masked.len() + 100);
    }
    assert_proven(&masked, &facts);
    assert!(masked.len() < 100_000 + 20 * size(session), "{} bytes", masked.len());
    masked
}

/// Bytes of everything that was exchanged.
fn size(session: &Session) -> usize {
    let bytes = |exchange: &Exchange| {
        exchange.command.len() + exchange.response.as_ref().map_or(0, Vec::len) + 8
    };
    session.exchanges().map(|(_, exchange)| bytes(exchange)).sum()
}

/// Every exchange that a document names as proof is one of the recording.
fn assert_proven(document: &str, facts: &Facts) {
    let document: serde_json::Value = serde_json::from_str(document).unwrap();
    let mut left = vec![&document];
    while let Some(value) = left.pop() {
        match value {
            serde_json::Value::Object(object) => {
                let proof = object.get("exchanges").and_then(serde_json::Value::as_array);
                for number in proof.into_iter().flatten() {
                    let number = number.as_u64().unwrap();
                    assert!((1..=u64::from(facts.exchanges)).contains(&number), "{number}");
                }
                left.extend(object.values());
            }
            serde_json::Value::Array(array) => left.extend(array),
            _ => {}
        }
    }
}

/// A card that answers from a list, whatever it is asked; keeps what it was asked.
struct Hostile {
    header: Header,
    answers: Vec<Result<Vec<u8>, TransportError>>,
    asked: Vec<Vec<u8>>,
}

impl Transmit for Hostile {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let turn = self.asked.len().checked_rem(self.answers.len()).unwrap_or(0);
        self.asked.push(command.to_vec());
        self.answers.get(turn).cloned().unwrap_or(Err(TransportError::Removed))
    }
}

impl Card for Hostile {
    fn atr(&self) -> &[u8] {
        self.header.atr.as_deref().unwrap_or_default()
    }

    fn interface(&self) -> Interface {
        self.header.interface.unwrap_or(Interface::Contact)
    }

    fn protocol(&self) -> Protocol {
        self.header.protocol.unwrap_or(Protocol::T0)
    }

    fn reset(&mut self, _: Reset) -> Result<(), TransportError> {
        Ok(())
    }
}

/// Probes a hostile card, and judges what came of it, also from a file.
fn converse(card: Hostile, depth: Depth) {
    let mut card = guarded(card, Permission::Read);
    let header = probe::header(&card);
    let _ended = probe::run(&mut card, depth);
    assert_eq!(card.refused(), 0, "the planner asked for what may not leave");
    let (card, steps) = card.into_parts();
    assert!(card.asked.len() <= MAX_COMMANDS * MAX_ROUNDS, "{}", card.asked.len());
    for command in &card.asked {
        assert!(permit(command, Permission::Read).is_ok(), "{}", hex::encode_upper(command));
    }
    let mut session = Session { header, steps };
    // A file cannot hold the absence of an ATR's bytes.
    session.header.atr = session.header.atr.filter(|atr| !atr.is_empty());
    let live = judged(&session, depth);
    let text = Document::from(&session).print();
    let again = Document::parse(text.as_bytes()).unwrap().session().unwrap();
    assert_eq!(judged(&again, depth), live);
}

fn depth() -> impl Strategy<Value = Depth> {
    select(&[Depth::Quick, Depth::Full][..])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(192) })]

    #[test]
    fn any_session_is_judged(session in any_session(), depth in depth()) {
        judged(&session, depth);
    }

    #[test]
    fn a_damaged_recording_is_judged(
        which in any::<Index>(),
        damages in vec(damage(), 1..6),
        depth in depth(),
    ) {
        let recordings = recordings::recordings();
        let sessions = recordings::sessions(&recordings[which.index(recordings.len())]);
        for session in sessions {
            judged(&damaged(session, damages.clone()), depth);
        }
    }

    #[test]
    fn a_hostile_card_is_asked_only_what_reads(
        header in header(),
        answers in vec(
            prop_oneof![
                20 => answer().prop_map(Ok),
                1 => Just(Err(TransportError::ResetByOther)),
                1 => Just(Err(TransportError::Removed)),
                1 => Just(Err(TransportError::Timeout)),
                1 => Just(Err(TransportError::BadAnswer(1))),
            ],
            1..60,
        ),
        depth in depth(),
    ) {
        converse(Hostile { header, answers, asked: Vec::new() }, depth);
    }
}

/// Cards that never say no: the worst that the bounds have to hold against.
#[test]
fn a_card_that_always_has_more_comes_to_an_end() {
    let endless = [
        &[0x61, 0xFF][..],
        &[0x6C, 0x01],
        &[0x61, 0x00],
        &[0x90, 0x00],
        &[0x69, 0x82],
        &[0x03, 0x04, b'3', b'.', b'0', b'0', 0x61, 0x06],
        &[0x62, 0x82],
        &[],
    ];
    for answer in endless {
        for depth in [Depth::Quick, Depth::Full] {
            let answers = vec![Ok(answer.to_vec())];
            converse(Hostile { header: Header::default(), answers, asked: Vec::new() }, depth);
        }
    }
}
