//! Virtual cards from outside: whatever is sent, every answer has a status word;
//! and a conversation with a virtual reader, as vpcd leads it.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use proptest::prelude::*;
use sscard::emulate::vpcd::{Ended, Event, ServeError, serve};
use sscard::emulate::{Faulty, Model, VirtualCard, builtin, names};
use sscard::transport::{Card, Transmit, TransportError};

const SSSE: [u8; 20] = *b"\x00\xA4\x04\x00\x0Fsx1.sh.\xC9\xE7\xBB\xE1\xB1\xA3\xD5\xCF";

fn card(name: &str) -> VirtualCard {
    VirtualCard::new(Model::parse(builtin(name).unwrap()).unwrap())
}

#[test]
fn every_model_answers_to_the_environment_as_its_name_says() {
    let expected = [
        ("gen1", Ok(0x6118)),
        ("gen2", Ok(0x611E)),
        ("gen3", Ok(0x611E)),
        ("gen3-contactless", Ok(0x9000)),
        ("ssse-blocked", Ok(0x9303)),
        ("card-blocked", Ok(0x6A81)),
        ("unissued", Ok(0x611B)),
        ("expired", Ok(0x611B)),
        ("bank-card", Ok(0x6A82)),
        ("psam", Ok(0x6113)),
        ("mute", Err(TransportError::Timeout)),
    ];
    let answers = names().iter().map(|name| {
        let sw =
            |answer: Vec<u8>| u16::from_be_bytes(answer[answer.len() - 2..].try_into().unwrap());
        (*name, card(name).transmit(&SSSE).map(sw))
    });
    assert_eq!(answers.collect::<Vec<_>>(), expected);
}

/// Commands near the ones that cards know, and any bytes.
fn command() -> impl Strategy<Value = Vec<u8>> {
    let any_bytes = proptest::collection::vec(any::<u8>(), 0..40);
    let cla = prop::sample::select(vec![0x00, 0x00, 0x00, 0x04, 0x80, 0x84, 0xB0, 0xFF]);
    let ins = prop::sample::select(vec![
        0xA4, 0xA4, 0xB2, 0xB2, 0xB0, 0xC0, 0x84, 0xCA, 0x5C, 0x20, 0x82, 0x88, 0x5E, 0xA8, 0xD6,
    ]);
    let body = prop_oneof![
        Just(vec![]),
        Just(vec![0x02, 0xDF, 0x01]),
        Just(vec![0x02, 0xEF, 0x05]),
        Just(vec![0x00, 0xFF, 0xFF]),
        Just(SSSE[4..].to_vec()),
        any::<u8>().prop_map(|le| vec![le]),
        any::<[u8; 16]>().prop_map(|data| [&[16], &data[..]].concat()),
        any_bytes.clone(),
    ];
    let near = (cla, ins, any::<u8>(), any::<u8>(), body)
        .prop_map(|(cla, ins, p1, p2, body)| [&[cla, ins, p1 & 0x8F, p2], &body[..]].concat());
    prop_oneof![4 => near, 1 => any_bytes, 1 => Just(SSSE.to_vec())]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn any_commands_get_status_words(
        model in prop::sample::select(names()),
        commands in proptest::collection::vec(command(), 1..30),
    ) {
        let mut card = card(model);
        for command in commands {
            match card.transmit(&command) {
                Ok(answer) => prop_assert!((2..=258).contains(&answer.len())),
                Err(error) => prop_assert_eq!((model, error), ("mute", TransportError::Timeout)),
            }
        }
    }

    #[test]
    fn any_text_is_a_model_or_a_mistake_in_it(
        (name, at, insert) in (prop::sample::select(names()), any::<prop::sample::Index>(), ".{0,12}"),
    ) {
        let mut text: Vec<char> = builtin(name).unwrap().chars().collect();
        let at = at.index(text.len());
        text.splice(at..(at + 3).min(text.len()), insert.chars());
        let text: String = text.into_iter().collect();
        if let Err(error) = Model::parse(&text) {
            let line = text.split('\n').nth(error.line - 1);
            prop_assert!(line.is_some_and(|line| error.column <= line.chars().count() + 1));
        }
    }
}

/// One message to the card, as vpcd sends it: length and body apart.
fn send(reader: &mut TcpStream, message: &[u8]) {
    reader.write_all(&u16::try_from(message.len()).unwrap().to_be_bytes()).unwrap();
    reader.write_all(message).unwrap();
}

fn receive(reader: &mut TcpStream) -> Vec<u8> {
    let mut length = [0; 2];
    reader.read_exact(&mut length).unwrap();
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    reader.read_exact(&mut message).unwrap();
    message
}

/// Serves the card to a reader that behaves as `reader` does; gives back how it
/// ended and the commands that were logged, with the lengths of the responses.
fn served(
    name: &str,
    faults: &[&str],
    reader: impl FnOnce(TcpStream) + Send + 'static,
) -> (Ended, Vec<(Vec<u8>, usize)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let reader = thread::spawn(move || reader(listener.accept().unwrap().0));
    let mut log = Vec::new();
    let faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
    let ended = serve(&mut Faulty::new(card(name), faults), &address, &mut |event| {
        if let Event::Exchange(command, response) = event {
            log.push((command.to_vec(), response.len()));
        }
    });
    reader.join().unwrap();
    (ended.unwrap(), log)
}

#[test]
fn a_virtual_reader_powers_and_asks_the_card() {
    let atr = card("gen2").atr().to_vec();
    let (ended, log) = served("gen2", &[], move |mut reader| {
        send(&mut reader, &[0x01]);
        send(&mut reader, &[0x04]);
        assert_eq!(receive(&mut reader), atr);
        send(&mut reader, &SSSE);
        assert_eq!(receive(&mut reader), [0x61, 0x1E]);
        // A reset forgets what waits.
        send(&mut reader, &[0x02]);
        send(&mut reader, &[0x00, 0xC0, 0x00, 0x00, 0x1E]);
        assert_eq!(receive(&mut reader), [0x6F, 0x00]);
    });
    assert_eq!(ended, Ended::ReaderClosed);
    assert_eq!(log, [(SSSE.to_vec(), 2), (vec![0x00, 0xC0, 0x00, 0x00, 0x1E], 2)]);
}

#[test]
fn a_card_is_in_the_reader_when_the_reader_turns_to_it() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (tell, told) = std::sync::mpsc::channel();
    let served = thread::spawn(move || {
        serve(&mut Faulty::new(card("gen2"), Vec::new()), &address, &mut |event| {
            tell.send(format!("{event:?}")).unwrap();
        })
    });
    assert_eq!(told.recv().unwrap(), "Connected");
    // Taken, and not asked: another card may still be in the reader.
    let mut reader = listener.accept().unwrap().0;
    assert!(told.recv_timeout(std::time::Duration::from_millis(50)).is_err());
    for _ in 0..2 {
        send(&mut reader, &[0x04]);
        receive(&mut reader);
    }
    drop(reader);
    assert_eq!(served.join().unwrap().unwrap(), Ended::ReaderClosed);
    assert_eq!(told.iter().collect::<Vec<_>>(), ["Inserted"]);
}

#[test]
fn a_mute_card_stays_and_gives_its_atr() {
    let (ended, log) = served("mute", &[], |mut reader| {
        send(&mut reader, &SSSE);
        send(&mut reader, &[0x04]);
        assert_eq!(receive(&mut reader).len(), 17);
    });
    assert_eq!((ended, log), (Ended::ReaderClosed, vec![(SSSE.to_vec(), 0)]));
}

#[test]
fn a_removed_card_leaves_the_reader() {
    for fault in ["remove@1", "reader-gone@1"] {
        let (ended, log) = served("gen1", &[fault], |mut reader| {
            send(&mut reader, &SSSE);
            assert_eq!(reader.read(&mut [0; 2]).unwrap(), 0);
        });
        assert_eq!((ended, log), (Ended::CardRemoved, vec![(SSSE.to_vec(), 0)]));
    }
}

#[test]
fn a_card_leaves_in_the_middle_of_its_answer() {
    let (ended, log) = served("gen1", &["close@1"], |mut reader| {
        send(&mut reader, &SSSE);
        let mut seen = Vec::new();
        reader.read_to_end(&mut seen).unwrap();
        assert_eq!(seen, [0x00, 0x02, 0x61], "two bytes announced, one sent");
    });
    assert_eq!((ended, log), (Ended::CardRemoved, vec![(SSSE.to_vec(), 1)]));
}

#[test]
fn a_card_without_an_answer_to_reset_says_nothing_to_the_question_for_it() {
    let (ended, _) = served("gen1", &["no-atr@1", "sw:9000@1"], |mut reader| {
        send(&mut reader, &[0x04]);
        // The next answer is the next command's.
        send(&mut reader, &SSSE);
        assert_eq!(receive(&mut reader), [0x90, 0x00]);
    });
    assert_eq!(ended, Ended::ReaderClosed);
}

#[test]
fn no_reader_is_an_error() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let error = serve(&mut Faulty::new(card("gen1"), Vec::new()), &free, &mut |_| {}).unwrap_err();
    assert!(matches!(error, ServeError::Connect { address, .. } if address == free));
}
