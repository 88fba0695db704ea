//! What `doctor` concludes of services, readers and cards in all conditions.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::Path;
use std::thread::{sleep, spawn};
use std::time::Duration;

use serde_json::Value;

use crate::pcscd::{Pcscd, Scratch, ScriptedReader, alone, until};
use crate::program::{Inserted, Run, sscard};

/// The conclusion, and the state of each section.
fn conclusion(run: &Run) -> (String, Vec<(String, String)>) {
    assert_eq!(run.code, 0, "{}{}", run.output, run.error);
    let document = run.json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let sections = document["sections"].as_array().unwrap().iter();
    let states = sections.map(|section| (text(&section["id"]), text(&section["state"])));
    (text(&document["conclusion"]["id"]), states.collect())
}

fn failed(states: &[(String, String)]) -> Vec<&str> {
    states.iter().filter(|(_, state)| state == "failed").map(|(id, _)| id.as_str()).collect()
}

#[test]
fn without_a_service_it_is_the_computer() {
    let Some(_alone) = alone() else { return };
    let (found, states) = conclusion(&sscard(&["doctor", "--json"]));
    assert_eq!((found.as_str(), failed(&states)), ("no_service", vec!["service"]));
}

#[test]
fn a_service_that_never_answers_is_to_be_started_again() {
    let Some(_alone) = alone() else { return };
    let _listens = std::os::unix::net::UnixListener::bind(crate::pcscd::SOCKET).unwrap();
    let run = sscard(&["doctor", "--json", "--timeout", "1"]);
    let (found, states) = conclusion(&run);
    assert_eq!((found.as_str(), failed(&states)), ("service_silent", vec!["service"]));
    let advice = run.json()["conclusion"]["advice"]["en"].as_str().unwrap().to_owned();
    assert!(advice.contains("systemctl restart pcscd"), "{advice}");
}

#[test]
fn without_a_reader_it_is_the_reader() {
    let Some(_alone) = alone() else { return };
    let empty = Scratch::new();
    let _service = Pcscd::with_readers_of(Path::new(&empty.0));
    let (found, states) = conclusion(&sscard(&["doctor", "--json"]));
    assert_eq!((found.as_str(), failed(&states)), ("no_reader", vec!["readers"]));
}

#[test]
fn without_a_card_it_is_turned_over_first() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    until("the readers are there", || !crate::pcscd::readers_now().is_empty());
    let run = sscard(&["doctor", "--json"]);
    let (found, states) = conclusion(&run);
    assert_eq!((found.as_str(), failed(&states)), ("no_card", vec!["card"]));
    let advice = run.json()["conclusion"]["advice"]["en"].as_str().unwrap().to_owned();
    assert!(advice.starts_with("Turn the card over first"), "{advice}");
}

#[test]
fn a_healthy_card_is_well_and_nothing_of_its_holder_is_told() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    let _card = Inserted::new(0, "gen2", None);
    let run = sscard(&["doctor", "--json"]);
    let (found, states) = conclusion(&run);
    assert_eq!((found.as_str(), failed(&states)), ("well", vec![]));
    let contact = &run.json()["sections"][6]["findings"][0]["en"];
    assert_eq!(contact, "1000 of 1000 short readings, 0 differed, 0 made again");
    let measured = &run.json()["measured"];
    let counts = ["resets_equal", "readings", "differences"].map(|key| measured[key].as_u64());
    assert_eq!(counts, [Some(6), Some(1000), Some(0)], "{measured}");
    let times = ["median_ms", "slowest_ms"].map(|key| measured[key].as_f64().unwrap());
    assert!(times[0] <= times[1] && times[1] > 0.0, "{measured}");
    for personal in ["测", "19920721", "T0003", "622999"] {
        assert!(!run.output.contains(personal), "{personal}");
    }
}

/// A model, what goes wrong with it, the conclusion, and the sections that failed.
/// Exchanges 1 and 2 are SELECT and READ, the thousand short readings follow.
const CARDS: [(&str, Option<&str>, &str, &[&str]); 14] = [
    // Wrong answers at some readings.
    ("gen2", Some("flip:12@40-45"), "unstable", &["contact"]),
    ("gen3", Some("unsteady@900-901"), "unstable", &["contact"]),
    ("gen2", Some("sw:6F00@77"), "unstable", &["contact"]),
    // An answer that is none, once.
    ("gen2", Some("truncate:65535@50"), "unstable", &["contact"]),
    // Another answer at each reset.
    ("gen2", Some("other-atr@1-"), "resets", &["card"]),
    // Contact is lost for good; half an answer came before.
    ("gen2", Some("close@200"), "removed", &["card", "contact"]),
    ("gen2", Some("remove@200"), "removed", &["card"]),
    // The card falls silent.
    ("gen2", Some("mute@300"), "silent", &["card"]),
    // What is wrong is on the card.
    ("ssse-blocked", None, "card_faulty", &["applications"]),
    ("unissued", None, "card_attention", &[]),
    ("expired", None, "card_attention", &[]),
    ("bank-card", None, "other_card", &[]),
    ("gen1", None, "well", &[]),
    ("gen3-contactless", None, "well", &[]),
];

#[test]
fn contact_and_card_are_told_apart() {
    let Some(_alone) = alone() else { return };
    for (model, fault, expected, sections) in CARDS {
        let mut service = Pcscd::start();
        let card = Inserted::new(0, model, fault);
        let run = sscard(&["doctor", "--json", "--timeout", "2"]);
        let (found, states) = conclusion(&run);
        let what = format!("{model} {fault:?}: {}", run.output);
        assert_eq!((found.as_str(), failed(&states)), (expected, sections.to_vec()), "{what}");
        // A service that waits for a mute card does not notice that it leaves.
        if fault.is_some_and(|fault| fault.starts_with("mute")) {
            service.kill();
        }
        drop(card);
    }
}

/// The words in which a flaky card is told to a person.
#[test]
fn a_flaky_card_is_put_into_the_right_words() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    let _card = Inserted::new(0, "gen2", Some("flip:12@40-45"));
    let text = sscard(&["doctor", "--lang", "en"]).output;
    for words in [
        "x contact         1000 of 1000 short readings, 6 differed, 0 made again",
        "It is the contact or the chip: the same data is sometimes read wrong",
        "Wipe the contacts, run this on another reader.",
        "Nothing of this is personal",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let chinese = sscard(&["doctor", "--lang", "zh"]).output;
    assert!(chinese.contains("一切正常"), "the fault is over: {chinese}");
}

#[test]
fn two_cards_are_one_too_many() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    let _cards = [Inserted::new(0, "gen2", None), Inserted::new(1, "gen3", None)];
    let (found, states) = conclusion(&sscard(&["doctor", "--json"]));
    assert_eq!((found.as_str(), failed(&states)), ("ambiguous", vec!["card"]));
    let run = sscard(&["doctor", "--json", "--reader", "00 01"]);
    assert_eq!(conclusion(&run).0, "well");
}

#[test]
fn a_reader_that_is_not_there_is_told_with_those_that_are() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    until("the readers are there", || !crate::pcscd::readers_now().is_empty());
    let run = sscard(&["doctor", "--json", "--reader", "nonesuch"]);
    let (found, states) = conclusion(&run);
    assert_eq!((found.as_str(), failed(&states)), ("no_such_reader", vec!["card"]));
    let told = run.json()["sections"][5]["findings"][0]["en"].as_str().unwrap().to_owned();
    assert!(told.contains("\"nonesuch\"") && told.contains("Virtual PCD 00 01"), "{told}");
}

/// Readings that broke off are no readings that went well.
#[test]
fn readings_that_broke_off_need_a_look() {
    let Some(_alone) = alone() else { return };
    for (fault, reason) in
        [("remove@50", "left while it was being read"), ("slow:30@1-", "the time for them ran out")]
    {
        let _service = Pcscd::start();
        let _card = Inserted::new(0, "gen2", Some(fault));
        let run = sscard(&["doctor", "--json", "--deadline", "10"]);
        let contact = &run.json()["sections"][6];
        let told = contact["findings"][1]["en"].as_str().unwrap();
        assert_eq!(
            (&contact["state"], told.contains(reason)),
            (&"attention".into(), true),
            "{told}"
        );
    }
}

/// A card that gives no answer to a reset once the readings are over.
#[test]
fn a_card_lost_in_the_check_is_no_card_in_good_order() {
    let Some(_alone) = alone() else { return };
    let mut service = Pcscd::start();
    let _card = Inserted::new(0, "gen2", Some("no-atr@3"));
    let run = sscard(&["doctor", "--json", "--timeout", "2"]);
    let (found, states) = conclusion(&run);
    let what = &run.output;
    assert!(["silent", "removed"].contains(&found.as_str()), "{what}");
    assert!(failed(&states).contains(&"card"), "{what}");
    service.kill();
}

#[test]
fn a_program_that_shares_the_card_is_told_of_before_it_is_reset() {
    let Some(_alone) = alone() else { return };
    let _service = Pcscd::start();
    let _card = Inserted::new(0, "gen2", None);
    let context = pcsc::Context::establish(pcsc::Scope::User).unwrap();
    let name = std::ffi::CString::new(crate::program::reader(0)).unwrap();
    let card = context.connect(&name, pcsc::ShareMode::Shared, pcsc::Protocols::ANY).unwrap();
    let run = sscard(&["doctor", "--json", "--lang", "en"]);
    assert!(run.error.contains("! Another program uses this card"), "{}", run.error);
    let (found, states) = conclusion(&run);
    assert_eq!((found.as_str(), failed(&states)), ("well", vec![]));
    assert!(states.contains(&("card".into(), "attention".into())), "{states:?}");
    // That is what it loses: the other program has to see that it begins anew.
    assert_eq!(card.status2_owned().err(), Some(pcsc::Error::ResetCard));
    drop(card);
    let alone = sscard(&["doctor", "--json", "--lang", "en"]);
    assert_eq!((alone.error.as_str(), conclusion(&alone).0.as_str()), ("", "well"));
}

/// A card that loses contact for a tenth of a second, too short for the service to
/// see it: as it happens where somebody touches it.
#[test]
fn a_short_loss_of_contact_is_noticed() {
    let Some(_alone) = alone() else { return };
    let service = Pcscd::start();
    until("the readers are there", || !crate::pcscd::readers_now().is_empty());
    let server = spawn(|| {
        let mut commands = 0;
        let connect = || TcpStream::connect(("127.0.0.1", 35_963)).unwrap();
        let mut stream = connect();
        let mut length = [0; 2];
        while stream.read_exact(&mut length).is_ok() {
            let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
            stream.read_exact(&mut message).unwrap();
            let answer: &[u8] = match message.as_slice() {
                [4] => &[0x3B, 0x02, 0x14, 0x50],
                [_] => continue,
                _ => &[0x90, 0x00],
            };
            commands += usize::from(message.len() > 1);
            if commands == 100 && message.len() > 1 {
                stream.shutdown(Shutdown::Both).unwrap();
                sleep(Duration::from_millis(100));
                stream = connect();
                continue;
            }
            let size = u16::try_from(answer.len()).unwrap().to_be_bytes();
            if stream.write_all(&[&size, answer].concat()).is_err() {
                return;
            }
        }
    });
    until("the card is seen", || crate::program::holds_card(0));
    let (found, states) = conclusion(&sscard(&["doctor", "--json", "--timeout", "2"]));
    assert_eq!((found.as_str(), failed(&states)), ("removed", vec!["card"]));
    until("the card is back", || crate::program::holds_card(0));
    drop(service);
    server.join().unwrap();
}

/// The lines about readers.
fn readers(run: &Run) -> Vec<String> {
    let document = run.json();
    let section = &document["sections"][3];
    assert_eq!(section["id"], "readers");
    let findings = section["findings"].as_array().unwrap().iter();
    findings.map(|finding| finding["en"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_reader_tells_of_itself_what_it_wants() {
    let Some(_alone) = alone() else { return };
    let reader = ScriptedReader::start("akf");
    until("the reader is there", || !crate::pcscd::readers_now().is_empty());
    let told = readers(&sscard(&["doctor", "--json"]));
    assert!(told[0].starts_with("Scripted") && told[0].ends_with(": no card"), "{told:?}");
    assert_eq!(
        told[1..],
        [
            "maker and model: Example, Model One, version 1.2.772, serial number SN-0001",
            "features: PIN pad (to verify a PIN), 77",
            "properties: firmware FW 1.2, USB vendor 1234",
        ]
    );
    // Nothing else was asked of it: the PIN pad above all was left alone.
    let asked = reader.controls();
    assert!(!asked.is_empty() && asked.len().is_multiple_of(2), "{asked:?}");
    assert!(asked.chunks(2).all(|pair| pair == ["42000D48", "42330012"]), "{asked:?}");
    reader.becomes("ak");
    let told = readers(&sscard(&["doctor", "--json"]));
    assert_eq!(told[2..], ["features: not told", "properties: not told"]);
    // One that never comes to an answer keeps nothing else from being looked at.
    reader.becomes("akh");
    let run = sscard(&["doctor", "--json"]);
    assert_eq!(readers(&run)[1..], ["it did not answer when asked about itself"]);
    assert_eq!(conclusion(&run).0, "no_card");
}
