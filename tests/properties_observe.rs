//! Whatever stands in a recording, and whatever a card answers: a judgement ends,
//! within its bounds, in an outcome of the contract; and only commands of the
//! instruction table reach a card.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panic"
)]

#[path = "../fuzz/src/card.rs"]
mod card;
#[path = "support/damage.rs"]
mod damage;
#[path = "support/recordings.rs"]
mod recordings;

use card::{Hostile, converse, judged};
use damage::{answer, any_session, damage, damaged, header};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use sscard::probe::Depth;
use sscard::session::Header;
use sscard::transport::TransportError;

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
        converse(Hostile::new(header, answers), depth);
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
            converse(Hostile::new(Header::default(), answers), depth);
        }
    }
}
