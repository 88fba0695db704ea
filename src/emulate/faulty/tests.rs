use super::*;

/// Answers every command with 8 bytes that count up, and 9000.
#[derive(Clone)]
struct Steady;

const STEADY: &str = "01020304050607089000";
const READ: [u8; 5] = [0x00, 0xB2, 0x01, 0x04, 0x08];
const GET_RESPONSE: [u8; 5] = [0x00, 0xC0, 0x00, 0x00, 0x10];

impl Transmit for Steady {
    fn transmit(&mut self, _: &[u8]) -> Result<Vec<u8>, TransportError> {
        Ok(hex::decode(STEADY).unwrap())
    }
}

impl Card for Steady {
    fn atr(&self) -> &[u8] {
        &[0x3B, 0x02, 0x14, 0x50]
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

fn faulty(faults: &[&str]) -> Faulty<Steady> {
    Faulty::new(Steady, faults.iter().map(|fault| fault.parse().unwrap()).collect())
}

/// What the first answers are, in hex or by the name of the error.
fn answers(faults: &[&str], count: usize) -> Vec<String> {
    let mut card = faulty(faults);
    let answer = |_| match card.transmit(&READ) {
        Ok(bytes) => hex::encode_upper(bytes),
        Err(error) => error.name().to_owned(),
    };
    (0..count).map(answer).collect()
}

#[test]
fn a_fault_spoils_its_exchanges_and_no_other() {
    assert_eq!(answers(&["sw:6A82@2"], 3), [STEADY, "6A82", STEADY]);
    assert_eq!(answers(&["sw@2-"], 3), [STEADY, "6F00", "6F00"]);
    assert_eq!(answers(&["mute@2"], 3), [STEADY, "timeout", "timeout"]);
    assert_eq!(answers(&["mute@2-2"], 3), [STEADY, "timeout", STEADY]);
    assert_eq!(answers(&["remove@2-2"], 3), [STEADY, "removed", "removed"]);
    assert_eq!(answers(&["reader-gone@1"], 2), ["reader-gone", "reader-gone"]);
}

#[test]
fn an_answer_is_spoilt_as_ordered() {
    let first = |fault| answers(&[fault], 1).remove(0);
    assert_eq!(first("truncate@1"), "010203040506070890");
    assert_eq!(first("truncate:8@1"), "0102");
    assert_eq!(first("truncate:99@1"), "bad-answer");
    assert_eq!(first("extend:2@1"), "0102030405060708FFFF9000");
    assert_eq!(first("flip:7@1"), "00020304050607089000");
    assert_eq!(first("flip:79@1"), "01020304050607089001");
    assert_eq!(first("flip:80@1"), "81020304050607089000");
    assert_eq!(first("6cxx@1"), "6C10");
    assert_eq!(answers(&["close@1"], 2), ["0102030405", "removed"]);
    assert_eq!(answers(&["sw:9000@1", "close@1"], 1), ["removed"]);
}

#[test]
fn faults_of_one_exchange_come_in_their_order() {
    assert_eq!(answers(&["sw:9000@1", "extend:1@1"], 1), ["FF9000"]);
    assert_eq!(answers(&["extend:1@1", "sw:9000@1"], 1), ["9000"]);
}

#[test]
fn a_chain_without_an_end_brings_data() {
    let mut card = faulty(&["61xx@1"]);
    assert_eq!(card.transmit(&READ), Ok(vec![0x61, 0x10]));
    let piece = [vec![0; 16], vec![0x61, 0x10]].concat();
    assert_eq!(card.transmit(&GET_RESPONSE), Ok(piece));
}

#[test]
fn no_two_readings_are_the_same() {
    let seen = answers(&["unsteady@1"], 4);
    assert!(seen.iter().all(|answer| answer.ends_with("9000") && answer != STEADY), "{seen:?}");
    assert!(seen.windows(2).all(|two| two[0] != two[1]), "{seen:?}");
}

#[test]
fn an_answer_to_reset_fails_when_it_is_its_turn() {
    let mut bad = faulty(&["bad-atr@2"]);
    assert_eq!(bad.reset(Reset::Cold), Ok(()));
    bad.transmit(&READ).unwrap();
    assert_eq!(bad.atr(), Steady.atr(), "only a reset brings another");
    assert_eq!(bad.reset(Reset::Warm), Err(TransportError::Unresponsive));
    assert_eq!(faulty(&["no-atr@1"]).atr(), b"");
    assert_eq!(faulty(&["no-atr@1"]).reset(Reset::Cold), Err(TransportError::Unresponsive));
    let mut other = faulty(&["other-atr@1"]);
    let mut seen = vec![other.atr().to_vec()];
    for kind in [Reset::Cold, Reset::Warm] {
        assert_eq!(other.reset(kind), Ok(()));
        assert!(!seen.contains(&other.atr().to_vec()));
        seen.push(other.atr().to_vec());
    }
    assert!(seen.iter().all(|atr| crate::atr::decode(atr).historical.len() == 2));
}

#[test]
fn what_takes_too_long_is_a_time_out_at_once() {
    let minute = Duration::from_secs(60);
    let mut card = faulty(&["slow:600000@1"]).with_patience(minute, minute);
    assert_eq!(card.transmit(&READ), Err(TransportError::Timeout));
    // Each in time, all of them not.
    let hasty = Duration::from_millis(5);
    let mut card = faulty(&["slow:2@1"]).with_patience(hasty, hasty);
    assert!(card.transmit(&READ).is_ok() && card.transmit(&READ).is_ok());
    assert_eq!(card.transmit(&READ), Err(TransportError::Timeout));
}

#[test]
fn a_card_that_has_left_does_not_come_back() {
    for (fault, error) in
        [("remove@1", TransportError::Removed), ("reader-gone@1", TransportError::ReaderGone)]
    {
        let mut card = faulty(&[fault]);
        assert_eq!(card.transmit(&READ), Err(error.clone()));
        assert_eq!(card.reset(Reset::Cold), Err(error));
    }
}
