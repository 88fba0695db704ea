//! Bytes to a card and back: the decorators with any card, and real PC/SC with
//! virtual ones.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail by panic")]

use proptest::prelude::*;
use sscard::apdu::{Permission, Response, permit};
use sscard::session::{Event, Interface, Protocol, Reset, Step};
use sscard::transport::{Card, Transmit, TransportError, guarded};

#[cfg(all(feature = "pcsc", target_os = "linux"))]
#[path = "support/live.rs"]
mod live;
#[cfg(all(feature = "pcsc", target_os = "linux"))]
#[expect(dead_code, reason = "other live tests need more of it")]
#[path = "support/pcscd.rs"]
mod pcscd;

type Answer = Result<Vec<u8>, TransportError>;

/// A card that gives these answers in turn, and keeps what reaches it.
struct Anything {
    answers: Vec<Answer>,
    sent: Vec<Vec<u8>>,
}

impl Anything {
    fn new(answers: Vec<Answer>) -> Self {
        Self { answers, sent: Vec::new() }
    }
}

impl Transmit for Anything {
    fn transmit(&mut self, command: &[u8]) -> Answer {
        let index = self.sent.len().checked_rem(self.answers.len()).unwrap();
        self.sent.push(command.to_vec());
        self.answers[index].clone()
    }
}

impl Card for Anything {
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
        self.answers[0].clone().map(drop)
    }
}

fn any_answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        2 => prop::collection::vec(any::<u8>(), 0..300).prop_map(Ok),
        4 => (prop::collection::vec(any::<u8>(), 0..8), 0x61_u8..=0x61, any::<u8>())
            .prop_map(|(data, sw1, sw2)| Ok([data, vec![sw1, sw2]].concat())),
        2 => any::<u8>().prop_map(|sw2| Ok(vec![0x6C, sw2])),
        1 => Just(Err(TransportError::Removed)),
        1 => Just(Err(TransportError::BadAnswer(0))),
    ]
}

fn any_command() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..12),
        any::<[u8; 3]>().prop_map(|[p1, p2, le]| vec![0x00, 0xB2, p1, p2, le]),
        Just(vec![0x00, 0xA4, 0x00, 0x00, 0x02, 0xEF, 0x05]),
        Just(vec![0x00, 0x20, 0x00, 0x00]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever is asked for and whatever a card answers: it comes to an end, only
    /// permitted commands reach the card, and exactly those are recorded.
    #[test]
    fn only_what_is_permitted_arrives_and_all_of_it_is_recorded(
        commands in prop::collection::vec(any_command(), 1..6),
        answers in prop::collection::vec(any_answer(), 1..8),
    ) {
        let mut card = guarded(Anything::new(answers), Permission::Read);
        let mut refused = 0_u32;
        for command in &commands {
            match card.transmit(command) {
                Ok(answer) => prop_assert!(answer.len() < 100_000),
                Err(TransportError::Refused(_)) => refused = refused.saturating_add(1),
                Err(_) => {}
            }
        }
        prop_assert_eq!(card.refused(), refused);
        let (card, steps) = card.into_parts();
        prop_assert!(card.sent.iter().all(|sent| permit(sent, Permission::Read).is_ok()));
        prop_assert!(card.sent.len() <= commands.len().saturating_mul(257));
        let recorded: Vec<_> = steps.iter().filter_map(|step| match step {
            Step::Exchange(exchange) => Some(exchange.command.clone()),
            _ => None,
        }).collect();
        prop_assert_eq!(recorded, card.sent);
        // An exchange without an answer is explained by the step after it.
        for pair in steps.windows(2) {
            let silent = matches!(&pair[0], Step::Exchange(one) if one.response.is_none());
            prop_assert_eq!(silent, matches!(&pair[1], Step::Event(_)));
        }
    }

    /// Joining the parts of an answer loses no byte of them.
    #[test]
    fn a_joined_answer_holds_every_part(parts in prop::collection::vec(
        prop::collection::vec(any::<u8>(), 0..40), 1..20,
    )) {
        let (last, first) = parts.split_last().unwrap();
        let mut answers: Vec<Answer> =
            first.iter().map(|part| Ok([part, &[0x61, 0x00][..]].concat())).collect();
        answers.push(Ok([last, &[0x90, 0x00][..]].concat()));
        let mut card = guarded(Anything::new(answers), Permission::Read);
        let answer = card.transmit(&[0x00, 0xB2, 0x01, 0x04, 0x00]).unwrap();
        prop_assert_eq!(Response::parse(&answer).unwrap().data, parts.concat());
    }
}

#[test]
fn a_recording_tells_what_happened() {
    let answers = vec![Err(TransportError::Timeout), Err(TransportError::Busy)];
    let mut card = guarded(Anything::new(answers), Permission::Read);
    let told = std::rc::Rc::new(std::cell::Cell::new(0_usize));
    let count = told.clone();
    card.set_sink(move |_| count.set(count.get().saturating_add(1)));
    let read = [0x00, 0xB2, 0x01, 0x04, 0x00];
    assert_eq!(card.transmit(&read), Err(TransportError::Timeout));
    assert_eq!(card.transmit(&read), Err(TransportError::Busy));
    assert!(card.transmit(&[0x00, 0xD6, 0x00, 0x00, 0x01, 0x00]).is_err());
    assert_eq!(card.reset(Reset::Cold), Err(TransportError::Timeout));
    let events: Vec<Event> = card
        .steps()
        .iter()
        .filter_map(|step| match step {
            Step::Event(event) => Some(event.clone()),
            _ => None,
        })
        .collect();
    let busy = Event::Error("busy".to_owned());
    assert_eq!(events, [Event::Timeout, busy, Event::Reset(Reset::Cold), Event::Timeout]);
    assert_eq!(told.get(), card.steps().len());
    assert_eq!(card.refused(), 1);
}
