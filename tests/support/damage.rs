//! Any recordings, and what can be wrong with one.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use sscard::profile::{Version, applications, items};
use sscard::session::{Event, Exchange, Header, Interface, Protocol, Reset, Session, Step};

/// Commands as programs send them, and any bytes.
pub(crate) fn command() -> impl Strategy<Value = Vec<u8>> {
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
pub(crate) fn answer() -> impl Strategy<Value = Vec<u8>> {
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

pub(crate) fn event() -> impl Strategy<Value = Event> {
    const NAMES: &[&str] = &["busy", "reader-gone", "reset-by-other", "no-service", "service", "x"];
    prop_oneof![
        Just(Event::Removed),
        Just(Event::Timeout),
        Just(Event::Reset(Reset::Warm)),
        Just(Event::Reset(Reset::Cold)),
        select(NAMES).prop_map(|name| Event::Error(name.into())),
    ]
}

pub(crate) fn header() -> impl Strategy<Value = Header> {
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

pub(crate) fn any_session() -> impl Strategy<Value = Session> {
    let answer = prop_oneof![19 => answer().prop_map(Some), 1 => Just(None)];
    let exchange = (command(), answer).prop_map(|(command, response)| {
        Step::Exchange(Exchange { command, response, elapsed_ms: Some(1.0) })
    });
    let step = prop_oneof![20 => exchange, 1 => event().prop_map(Step::Event)];
    (header(), vec(step, 0..40)).prop_map(|(header, steps)| Session { header, steps })
}

/// What can be wrong with a recording.
#[derive(Clone, Debug)]
pub(crate) enum Damage {
    Flip(Index, Index, u8),
    Cut(Index, Index),
    Drop(Index),
    Repeat(Index, Index),
    Insert(Index, Event),
    Answer(Index, Vec<u8>),
}

pub(crate) fn damage() -> impl Strategy<Value = Damage> {
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

pub(crate) fn damaged(mut session: Session, damages: Vec<Damage>) -> Session {
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
