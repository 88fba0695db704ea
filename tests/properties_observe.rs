//! Whatever stands in a recording, and whatever a card answers: a judgement ends,
//! within its bounds, in an outcome of the contract; and only commands of the
//! instruction table reach a card.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panic"
)]

#[path = "support/recordings.rs"]
mod recordings;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use sscard::apdu::{Permission, permit};
use sscard::observe::{Facts, observe};
use sscard::probe::{self, Depth};
use sscard::profile::{Version, applications, items};
use sscard::report::{self, CheckInput, Detail, Exit, Language, Reveal, Source, SourceKind, width};
use sscard::session::text::Document;
use sscard::session::{Event, Exchange, Header, Interface, Protocol, Reset, Session, Step};
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

/// Commands as programs send them, and any bytes.
fn command() -> impl Strategy<Value = Vec<u8>> {
    let names: Vec<Vec<u8>> =
        applications().flat_map(|row| row.aids).map(|aid| aid.to_vec()).collect();
    let name = select(names).prop_map(|name| {
        [&[0x00, 0xA4, 0x04, 0x00, u8::try_from(name.len()).unwrap()][..], &name].concat()
    });
    let fid =
        select(&[0x3F00_u16, 0xDDF1, 0xDF01, 0xDF02, 0xEF05, 0xEF06, 0xEF07, 0xEF08, 0xEF16][..]);
    let file = (0_u8..=2, fid)
        .prop_map(|(p1, fid)| [&[0x00, 0xA4, p1, 0x00, 0x02][..], &fid.to_be_bytes()].concat());
    let record = (0_u8..=0x4F, 0_u8..=31, 0_u8..=7, any::<u8>())
        .prop_map(|(p1, sfi, how, le)| vec![0x00, 0xB2, p1, (sfi << 3) | how, le]);
    let binary = (any::<u8>(), any::<u8>()).prop_map(|(p1, le)| vec![0x00, 0xB0, p1, 0x00, le]);
    const OTHERS: &[&[u8]] = &[
        &[0x00, 0xC0, 0x00, 0x00, 0x1E],
        &[0x00, 0x84, 0x00, 0x00, 0x08],
        &[0x00, 0x20, 0x00, 0x00, 0x02, 0x12, 0x34],
        &[0x00, 0x82, 0x00, 0x0A, 0x02, 0x12, 0x34],
        &[0x00, 0x88, 0x00, 0x01, 0x02, 0x12, 0x34],
    ];
    let other = select(OTHERS);
    prop_oneof![
        4 => name,
        3 => file,
        6 => record,
        1 => binary,
        3 => other.prop_map(<[u8]>::to_vec),
        1 => vec(any::<u8>(), 0..20),
    ]
}

/// Answers: an item of SSSE, an FCI, or any bytes, and a status word.
fn answer() -> impl Strategy<Value = Vec<u8>> {
    let rows: Vec<(u8, usize)> = [Version::V1, Version::V2, Version::V3]
        .into_iter()
        .flat_map(|version| [0xEF05, 0xEF06].map(|fid| items("ssse", fid, version)))
        .flatten()
        .map(|item| (item.tag.unwrap(), item.length))
        .collect();
    let item =
        (select(rows), vec(any::<u8>(), 30), any::<bool>()).prop_map(|(row, value, text)| {
            let (tag, length) = row;
            let mut value = value;
            value.truncate(length);
            if text {
                value.iter_mut().for_each(|byte| *byte = b'0' + *byte % 10);
            }
            [vec![tag, u8::try_from(length).unwrap()], value].concat()
        });
    let version = select(&["1.00", "2.00", "2.01", "3.00", "4.00"][..])
        .prop_map(|version| [&[0x03, 0x04][..], version.as_bytes()].concat());
    let fci = any::<u8>().prop_map(|algorithm| {
        vec![0x6F, 0x08, 0xA5, 0x06, 0x9F, 0x0C, 0x03, 0x86, 0x01, algorithm]
    });
    let data = prop_oneof![
        3 => vec(item, 1..9).prop_map(|items| items.concat()),
        2 => version,
        2 => fci,
        2 => Just(Vec::new()),
        1 => vec(any::<u8>(), 0..80),
    ];
    let sw = prop_oneof![
        6 => Just([0x90, 0x00]),
        6 => select(&[[0x6A, 0x82], [0x69, 0x82], [0x6A, 0x83], [0x93, 0x03], [0x62, 0x83],
            [0x6A, 0x81], [0x61, 0x1E], [0x6C, 0x06], [0x6D, 0x00], [0x62, 0x82]][..]),
        1 => any::<[u8; 2]>(),
    ];
    (data, sw).prop_map(|(data, sw)| [&data[..], &sw].concat())
}

fn event() -> impl Strategy<Value = Event> {
    const NAMES: &[&str] = &["busy", "reader-gone", "reset-by-other", "no-service", "service", "x"];
    prop_oneof![
        Just(Event::Removed),
        Just(Event::Timeout),
        Just(Event::Reset(Reset::Warm)),
        Just(Event::Reset(Reset::Cold)),
        select(NAMES).prop_map(|name| Event::Error(name.into())),
    ]
}

fn header() -> impl Strategy<Value = Header> {
    let atr = prop_oneof![
        vec(any::<u8>(), 1..40),
        Just(hex::decode("3B6D000000815453548660500000000004").unwrap()),
    ];
    let interface = select(&[Interface::Contact, Interface::Contactless][..]);
    let protocol = select(&[Protocol::T0, Protocol::T1][..]);
    (proptest::option::of(atr), proptest::option::of(interface), proptest::option::of(protocol))
        .prop_map(|(atr, interface, protocol)| Header {
            atr,
            interface,
            protocol,
            ..Header::default()
        })
}

fn any_session() -> impl Strategy<Value = Session> {
    let answer = prop_oneof![19 => answer().prop_map(Some), 1 => Just(None)];
    let exchange = (command(), answer).prop_map(|(command, response)| {
        Step::Exchange(Exchange { command, response, elapsed_ms: Some(1.0) })
    });
    let step = prop_oneof![20 => exchange, 1 => event().prop_map(Step::Event)];
    (header(), vec(step, 0..40)).prop_map(|(header, steps)| Session { header, steps })
}

/// What can be wrong with a recording.
#[derive(Clone, Debug)]
enum Damage {
    Flip(Index, Index, u8),
    Cut(Index, Index),
    Drop(Index),
    Repeat(Index, Index),
    Insert(Index, Event),
    Answer(Index, Vec<u8>),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<Index>;
    prop_oneof![
        4 => (at(), at(), 1..=u8::MAX).prop_map(|(step, byte, bits)| Damage::Flip(step, byte, bits)),
        2 => (at(), at()).prop_map(|(step, byte)| Damage::Cut(step, byte)),
        2 => at().prop_map(Damage::Drop),
        1 => (at(), at()).prop_map(|(from, to)| Damage::Repeat(from, to)),
        1 => (at(), event()).prop_map(|(step, event)| Damage::Insert(step, event)),
        2 => (at(), answer()).prop_map(|(step, answer)| Damage::Answer(step, answer)),
    ]
}

fn damaged(mut session: Session, damages: Vec<Damage>) -> Session {
    for damage in damages {
        let steps = &mut session.steps;
        if steps.is_empty() {
            break;
        }
        let count = steps.len();
        let answer_of = |step: &Index, steps: &mut Vec<Step>| match step.get_mut(steps) {
            Step::Exchange(exchange) => exchange.response.take(),
            Step::Event(_) | Step::Title(_) => None,
        };
        let put = |step: &Index, steps: &mut Vec<Step>, answer| {
            if let Step::Exchange(exchange) = step.get_mut(steps) {
                exchange.response = Some(answer);
            }
        };
        match damage {
            Damage::Flip(step, byte, bits) => {
                if let Some(mut answer) = answer_of(&step, steps) {
                    if !answer.is_empty() {
                        *byte.get_mut(&mut answer) ^= bits;
                    }
                    put(&step, steps, answer);
                }
            }
            Damage::Cut(step, byte) => {
                if let Some(mut answer) = answer_of(&step, steps) {
                    answer.truncate(byte.index(answer.len() + 1));
                    put(&step, steps, answer);
                }
            }
            Damage::Drop(step) => drop(steps.remove(step.index(count))),
            Damage::Repeat(from, to) => {
                let step = from.get(steps).clone();
                steps.insert(to.index(count), step);
            }
            Damage::Insert(step, event) => steps.insert(step.index(count), Step::Event(event)),
            Damage::Answer(step, answer) => put(&step, steps, answer),
        }
    }
    session
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
