//! Real PC/SC with virtual cards. Without the namespaces of `scripts/in-pcsc`
//! each of these says that it was skipped.

use std::ops::ControlFlow;
use std::os::unix::net::UnixListener;
use std::sync::mpsc::{Receiver, channel};
use std::thread::{JoinHandle, spawn};
use std::time::{Duration, Instant};

use sscard::session::{Interface, Protocol, Reset};
use sscard::transport::pcsc::{
    ConnectOptions, PcscCard, ReaderState, ReaderStatus, ServiceState, Wait,
};
use sscard::transport::pcsc::{connect, readers, watch};
use sscard::transport::{Card, Transmit, TransportError};

use crate::pcscd::{Does, Pcscd, SOCKET, Scratch, ScriptedReader, VirtualCard, alone, until};

const ATR: [u8; 4] = [0x3B, 0x02, 0x14, 0x50];
const CONTACTLESS_ATR: [u8; 5] = [0x3B, 0x80, 0x80, 0x01, 0x01];
const SECOND: Duration = Duration::from_secs(1);
const READ: [u8; 5] = [0x00, 0xB2, 0x01, 0x04, 0x00];

/// Nothing here may hang: a generous bound that only proves an end.
fn ends<T>(work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let result = work();
    assert!(begun.elapsed() < Duration::from_secs(10));
    result
}

fn options() -> ConnectOptions {
    ConnectOptions { timeout: SECOND.saturating_mul(5), ..ConnectOptions::default() }
}

fn impatient() -> ConnectOptions {
    ConnectOptions { timeout: SECOND, ..options() }
}

fn card(options: &ConnectOptions) -> Result<PcscCard, TransportError> {
    ends(|| connect(options))
}

fn healthy(_: &[u8]) -> Does {
    Does::Answers(vec![0x90, 0x00])
}

#[test]
fn without_a_service_there_is_no_service() {
    let Some(_alone) = alone() else { return };
    assert_eq!(card(&options()).unwrap_err(), TransportError::NoService);
    assert_eq!(readers(SECOND).unwrap_err(), TransportError::NoService);
    let mut told = None;
    let watched = watch(|now| {
        told = Some(now.map(<[_]>::len));
        ControlFlow::Break(())
    });
    assert_eq!((watched, told), (Ok(()), Some(Err(ServiceState::NotRunning))));
}

#[test]
fn a_service_that_never_answers_is_none() {
    let Some(_alone) = alone() else { return };
    let _listens = UnixListener::bind(SOCKET).unwrap();
    assert_eq!(card(&impatient()).unwrap_err(), TransportError::NoService);
    assert_eq!(ends(|| readers(SECOND)).unwrap_err(), TransportError::NoService);
    let short = ConnectOptions { deadline: Duration::from_millis(200), ..options() };
    assert_eq!(card(&short).unwrap_err(), TransportError::NoService);
}

#[test]
fn a_service_without_readers() {
    let Some(_alone) = alone() else { return };
    let empty = Scratch::new();
    let _service = Pcscd::with_readers_of(&empty.0);
    assert_eq!(readers(SECOND), Ok(vec![]));
    assert_eq!(card(&options()).unwrap_err(), TransportError::NoReader);
}

#[test]
fn readers_without_a_card() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    let seen = readers(SECOND).unwrap();
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|reader| reader.status == ReaderStatus::Empty));
    assert_eq!(card(&options()).unwrap_err(), TransportError::NoCard);
    let brief = ConnectOptions { wait: Wait::For(SECOND), ..options() };
    assert_eq!(card(&brief).unwrap_err(), TransportError::NoCard);
    let other = ConnectOptions { reader: Some("Other".to_owned()), ..options() };
    assert_eq!(card(&other).unwrap_err(), TransportError::NoReader);
}

#[test]
fn a_card_answers() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    let _inserted = VirtualCard::insert(0, &ATR, |command| {
        Does::Answers([&command[2..4], &[0x90, 0x00]].concat())
    });
    let mut card = card(&options()).unwrap();
    assert_eq!(card.reader(), "Virtual PCD 00 00");
    assert_eq!((card.atr(), card.interface()), (&ATR[..], Interface::Contact));
    assert_eq!(card.protocol(), Protocol::T0);
    assert_eq!(card.transmit(&READ), Ok(vec![0x01, 0x04, 0x90, 0x00]));
    assert_eq!(card.transmit(&[0x04]).unwrap_err().name(), "refused");
    for kind in [Reset::Cold, Reset::Warm] {
        assert_eq!(card.reset(kind), Ok(()));
        assert_eq!(card.atr(), ATR);
        assert_eq!(card.transmit(&READ), Ok(vec![0x01, 0x04, 0x90, 0x00]));
    }
    assert_eq!(ends(|| card.disconnect()), Ok(()));
}

#[test]
fn several_cards_are_never_guessed_between() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    let _contact = VirtualCard::insert(0, &ATR, healthy);
    let _contactless = VirtualCard::insert(1, &CONTACTLESS_ATR, healthy);
    let names = ["Virtual PCD 00 00", "Virtual PCD 00 01"].map(str::to_owned).to_vec();
    assert_eq!(card(&options()).unwrap_err(), TransportError::Ambiguous(names));
    let one = ConnectOptions { reader: Some("00 01".to_owned()), ..options() };
    assert_eq!(card(&one).unwrap().interface(), Interface::Contactless);
    let side = ConnectOptions { interface: Some(Interface::Contactless), ..options() };
    let found = card(&side).unwrap();
    assert_eq!((found.reader(), found.protocol()), ("Virtual PCD 00 01", Protocol::T1));
}

#[test]
fn a_card_that_leaves_is_removed_for_good() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    let _inserted = VirtualCard::insert(0, &ATR, |_| Does::Leaves);
    let mut card = card(&options()).unwrap();
    assert_eq!(ends(|| card.transmit(&READ)), Err(TransportError::Removed));
    assert_eq!(ends(|| card.transmit(&READ)), Err(TransportError::Removed));
}

#[test]
fn one_byte_is_no_answer() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    let _inserted = VirtualCard::insert(0, &ATR, |_| Does::Answers(vec![0x90]));
    let mut card = card(&options()).unwrap();
    // A reset of our own is no removal.
    assert_eq!(card.reset(Reset::Cold), Ok(()));
    assert_eq!(ends(|| card.transmit(&READ)), Err(TransportError::BadAnswer(1)));
}

#[test]
fn a_mute_card_is_left_behind() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    let _inserted = VirtualCard::insert(0, &ATR, |_| Does::Sleeps(SECOND.saturating_mul(60)));
    let mut mute = card(&impatient()).unwrap();
    assert_eq!(ends(|| mute.transmit(&READ)), Err(TransportError::Timeout));
    assert_eq!(ends(|| mute.transmit(&READ)), Err(TransportError::Timeout));
    ends(|| drop(mute));
}

#[test]
fn the_deadline_ends_the_work() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    let _inserted = VirtualCard::insert(0, &ATR, |_| Does::Sleeps(Duration::from_millis(400)));
    let mut card = card(&ConnectOptions { deadline: SECOND, ..options() }).unwrap();
    let last = ends(|| (0..100).find_map(|_| card.transmit(&READ).err()));
    assert_eq!(last, Some(TransportError::Timeout));
}

#[test]
fn a_card_in_other_hands_is_busy() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    let _inserted = VirtualCard::insert(0, &ATR, healthy);
    let exclusive = ConnectOptions { exclusive: true, ..options() };
    let first = card(&exclusive).unwrap();
    assert_eq!(readers(SECOND).unwrap()[0].status, ReaderStatus::Exclusive);
    for ours in [options(), exclusive.clone()] {
        assert_eq!(card(&ours).unwrap_err(), TransportError::HeldExclusively);
    }
    drop(first);
    // A transaction makes others wait. Who gives up leaves its call behind in the
    // service, and that has the card for a moment when the transaction is over.
    let shared = card(&options()).unwrap();
    let want_all = ConnectOptions { exclusive: true, ..impatient() };
    assert_eq!(card(&want_all).unwrap_err(), TransportError::Busy);
    assert_eq!(card(&impatient()).unwrap_err(), TransportError::Busy);
    drop(shared);
    until("the card is free", || card(&options()).is_ok());
}

#[test]
fn a_service_that_dies_is_no_service() {
    let Some(_alone) = alone() else { return };
    let mut service = Pcscd::start();
    let _inserted = VirtualCard::insert(0, &ATR, healthy);
    let mut idle = card(&options()).unwrap();
    service.kill();
    assert_eq!(ends(|| idle.transmit(&READ)), Err(TransportError::NoService));
    ends(|| drop(idle));

    let service = Pcscd::start();
    let _inserted = VirtualCard::insert(0, &ATR, |_| Does::Sleeps(SECOND.saturating_mul(60)));
    let mut busy = card(&options()).unwrap();
    let killer = spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        drop(service);
    });
    assert_eq!(ends(|| busy.transmit(&READ)), Err(TransportError::NoService));
    killer.join().unwrap();
}

#[test]
fn a_card_is_awaited() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    let later = spawn(|| {
        std::thread::sleep(Duration::from_millis(500));
        VirtualCard::insert(1, &ATR, healthy)
    });
    let waiting = ConnectOptions { wait: Wait::Forever, deadline: SECOND, ..options() };
    assert_eq!(card(&waiting).unwrap().reader(), "Virtual PCD 00 01");
    drop(later.join().unwrap());
}

/// What a watch tells: which readers hold a card; `None` while there is no service.
type Seen = Option<Vec<bool>>;

fn watching() -> (Receiver<Seen>, JoinHandle<Result<(), TransportError>>) {
    let (report, seen) = channel();
    let watcher = spawn(move || {
        watch(|readers| {
            let cards =
                |all: &[ReaderState]| all.iter().map(|one| one.status.holds_card()).collect();
            match report.send(readers.ok().map(cards)) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            }
        })
    });
    (seen, watcher)
}

fn becomes(seen: &Receiver<Seen>, wanted: Option<&[bool]>) {
    until(&format!("{wanted:?}"), || seen.try_iter().any(|cards| cards.as_deref() == wanted));
}

#[test]
fn a_watch_sees_cards_and_services_come_and_go() {
    let Some(_alone) = alone() else { return };
    let mut service = Pcscd::start();
    let (seen, watcher) = watching();
    becomes(&seen, Some(&[false, false]));
    let inserted = VirtualCard::insert(0, &ATR, healthy);
    becomes(&seen, Some(&[true, false]));
    drop(inserted);
    becomes(&seen, Some(&[false, false]));
    service.kill();
    becomes(&seen, None);
    let service = Pcscd::start();
    becomes(&seen, Some(&[false, false]));
    service.signal("-STOP");
    becomes(&seen, None);
    service.signal("-CONT");
    becomes(&seen, Some(&[false, false]));
    drop(seen);
    let _inserted = VirtualCard::insert(1, &ATR, healthy);
    assert_eq!(ends(|| watcher.join().unwrap()), Ok(()));
}

#[test]
fn a_watch_goes_over_to_a_service_that_stands_in_for_one_that_hangs() {
    let Some(_alone) = alone() else { return };
    let empty = Scratch::new();
    let old = Pcscd::with_readers_of(&empty.0);
    let (seen, _watcher) = watching();
    becomes(&seen, Some(&[]));
    old.signal("-STOP");
    for file in [SOCKET, "/run/pcscd/pcscd.pid"] {
        let _ = std::fs::remove_file(file);
    }
    let _new = Pcscd::start();
    becomes(&seen, Some(&[false, false]));
}

#[test]
fn a_reader_that_is_unplugged_is_gone() {
    let Some(_alone) = alone() else { return };
    let reader = ScriptedReader::start("po");
    let mut card = card(&options()).unwrap();
    assert_eq!(card.transmit(&READ), Ok(vec![0x90, 0x00]));
    reader.becomes("gg");
    assert_eq!(ends(|| card.transmit(&READ)), Err(TransportError::ReaderGone));
    until("the reader is gone", || {
        readers(SECOND).unwrap().iter().all(|one| one.status == ReaderStatus::Unavailable)
    });
    assert_eq!(ends(|| connect(&options())).unwrap_err(), TransportError::NoReader);
}

#[test]
fn a_failed_transmission_is_explained_by_the_reader() {
    let Some(_alone) = alone() else { return };
    let reader = ScriptedReader::start("po");
    let mut card = card(&options()).unwrap();
    reader.becomes("pt");
    assert_eq!(ends(|| card.transmit(&READ)), Err(TransportError::BadAnswer(0)));
    reader.becomes("po");
    assert_eq!(card.transmit(&READ), Ok(vec![0x90, 0x00]));
    reader.becomes("at");
    assert_eq!(ends(|| card.transmit(&READ)), Err(TransportError::Removed));
}

#[test]
fn a_driver_names_itself() {
    let Some(_alone) = alone() else { return };
    let _reader = ScriptedReader::start("ao");
    let driver = readers(SECOND).unwrap()[0].driver.clone();
    assert_eq!(driver.as_deref(), Some("Example 1.2.772"));
}
