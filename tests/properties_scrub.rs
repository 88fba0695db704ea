//! Whatever is wrong with a recording: scrubbed, it keeps its shape, its lengths and
//! its verdict, and a second time changes nothing.
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
#[path = "support/scrubbed.rs"]
mod scrubbed;

use damage::{any_session, damage, damaged};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use recordings::{recordings, sessions};
use scrubbed::holds;
use sscard::session::Session;

fn assert_holds(session: &Session) {
    if let Err(what) = holds(session, "2026-11-23".parse().unwrap()) {
        panic!("{what}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn a_damaged_recording_keeps_its_verdict(
        which in any::<Index>(),
        damages in vec(damage(), 1..6),
    ) {
        let recordings = recordings();
        for session in sessions(&recordings[which.index(recordings.len())]) {
            assert_holds(&damaged(session, damages.clone()));
        }
    }

    #[test]
    fn any_session_keeps_its_verdict(session in any_session()) {
        assert_holds(&session);
    }
}
