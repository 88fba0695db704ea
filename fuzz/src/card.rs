//! A card that answers whatever it likes, and what must hold whatever it answers
//! or a recording says. Shared by the fuzzer and by `tests/properties_observe.rs`.

#![allow(unreachable_pub, reason = "public for the fuzzer, private within a test")]

use sscard::apdu::{Permission, permit};
use sscard::observe::{Facts, observe};
use sscard::probe::{self, Depth};
use sscard::report::{self, CheckInput, Detail, Exit, Language, Reveal, Source, SourceKind, width};
use sscard::session::text::Document;
use sscard::session::{Exchange, Header, Interface, Protocol, Reset, Session};
use sscard::transport::{Card, Transmit, TransportError, guarded};
use sscard::verdict::{Verdict, decisive, judge};

/// The exit codes that a card can have.
const OUTCOMES: [u8; 9] = [0, 10, 11, 12, 13, 22, 23, 24, 25];

/// Exchanges that complete one answer, the first included.
const MAX_ROUNDS: usize = 257;

/// Most commands of one conversation.
fn most_commands(depth: Depth) -> usize {
    if depth == Depth::Everything { 1000 } else { 160 }
}

/// Judges a session in every manner. Gives back the document.
pub fn judged(session: &Session, depth: Depth) -> String {
    let facts = observe(session);
    let day = "2026-11-23".parse().unwrap();
    let verdict = judge(&facts, day, depth);
    assert_decided(&facts, &verdict);
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
        let timeline = report::timeline(&facts, session, reveal);
        assert!(timeline.iter().all(|line| !line.contains(char::is_control)), "{timeline:#?}");
        for language in [Language::Chinese, Language::English] {
            let detail = if depth == Depth::Quick { Detail::Quick } else { Detail::Screen };
            let screen = report::screen(&document, &verdict, language, detail);
            assert!(screen.len() <= 24, "{} lines: {screen:#?}", screen.len());
            for line in &screen {
                assert!(width(line) <= 80, "{line}");
                assert!(!line.contains(char::is_control), "{line:?}");
            }
            let details = report::details(&document, language);
            assert!(details.iter().all(|line| !line.contains(char::is_control)), "{details:#?}");
        }
        masked = serde_json::to_string(&document).unwrap();
        let read = serde_json::to_string(&report::read(document, exit)).unwrap();
        assert!(read.len() < masked.len() + 100);
    }
    assert_proven(&masked, &facts);
    assert!(masked.len() < 100_000 + 20 * size(session), "{} bytes", masked.len());
    masked
}

/// What decided is named, and was exchanged.
fn assert_decided(facts: &Facts, verdict: &Verdict) {
    let decided = decisive(facts, verdict.kind);
    assert!((1..10).contains(&decided.len()), "{decided:?}");
    for number in decided.iter().flat_map(|one| &one.exchanges) {
        assert!((1..=facts.exchanges).contains(number), "{number}");
    }
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

/// A card that answers from a list, whatever it is asked.
pub struct Hostile {
    /// What it says of itself.
    pub header: Header,
    /// Its answers, one after the other.
    pub answers: Vec<Result<Vec<u8>, TransportError>>,
    /// Whether it starts again after the last one; else it is taken away.
    pub again: bool,
    asked: usize,
}

impl Hostile {
    /// A card that says the same things over and over.
    pub fn new(header: Header, answers: Vec<Result<Vec<u8>, TransportError>>) -> Self {
        Self { header, answers, again: true, asked: 0 }
    }
}

impl Transmit for Hostile {
    fn transmit(&mut self, _: &[u8]) -> Result<Vec<u8>, TransportError> {
        let count = self.asked;
        let turn = if self.again { count.checked_rem(self.answers.len()) } else { Some(count) };
        self.asked += 1;
        let answer = turn.and_then(|turn| self.answers.get(turn));
        answer.cloned().unwrap_or(Err(TransportError::Removed))
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

/// Asks a card everything, and judges what came of it. Gives back what was said.
pub fn converse<C: Card>(card: C, depth: Depth) -> Session {
    let permission = if depth == Depth::PinState { Permission::PinState } else { Permission::Read };
    let mut card = guarded(card, permission);
    let header = probe::header(&card);
    let _ended = probe::run(&mut card, depth);
    // To the query of a PIN's state a card may wish for a length: that is refused.
    let wished = u32::from(depth == Depth::PinState) * 2;
    assert!(card.refused() <= wished, "the planner asked for what may not leave");
    let (_, steps) = card.into_parts();
    let mut session = Session { header, steps };
    let asked = session.exchanges().count();
    assert!(asked <= most_commands(depth) * MAX_ROUNDS, "{asked}");
    for (_, Exchange { command, .. }) in session.exchanges() {
        assert!(permit(command, permission).is_ok(), "{}", hex::encode_upper(command));
    }
    // A file cannot hold the absence of an ATR's bytes.
    session.header.atr = session.header.atr.filter(|atr| !atr.is_empty());
    judged(&session, depth);
    // What is judged from a file is the very same.
    let text = Document::from(&session).print();
    assert_eq!(Document::parse(text.as_bytes()).unwrap().session().as_ref(), Ok(&session));
    session
}
