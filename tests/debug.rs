//! What holds bytes of a card shows none of them in `Debug`: a panic, a failed
//! assertion or a log of whoever uses the library must not tell a name.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panic"
)]

#[path = "support/recordings.rs"]
mod recordings;
#[path = "masking/secrets.rs"]
mod secrets;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use recordings::{recordings, sessions};
use secrets::secrets;
use sscard::apdu::{Command, Permission, Response};
use sscard::batch::{Form, Work, judge_one};
use sscard::emulate::{Model, VirtualCard, builtin, names};
use sscard::import::import;
use sscard::observe::{Facts, Observer, observe};
use sscard::probe::{Depth, Step, next};
use sscard::profile::{self, Version};
use sscard::report::{self, CheckInput, Reveal, Source, SourceKind, decode};
use sscard::session::text::Document;
use sscard::session::{Session, load, ndjson};
use sscard::tlv::{ber, dol, simple};
use sscard::transport::{Transmit, guarded};
use sscard::verdict::judge;
use sscard::{atr, certificate};

/// What was formatted, by the name of its type.
#[derive(Default)]
struct Seen(Vec<(&'static str, String)>);

impl Seen {
    fn add<T: Debug>(&mut self, value: &T) {
        for text in [format!("{value:?}"), format!("{value:#?}")] {
            self.0.push((std::any::type_name::<T>(), text.to_uppercase()));
        }
    }
}

/// Everything public that holds something of this session.
fn formatted(session: &Session, seen: &mut Seen) -> Result<(), Box<dyn std::error::Error>> {
    let text = Document::from(session).print();
    let document = Document::parse(text.as_bytes())?;
    seen.add(session);
    seen.add(&document);
    seen.add(&document.lines().len());
    for step in &session.steps {
        seen.add(step);
    }
    let facts = observe(session);
    let mut observer = Observer::new(&session.header);
    session.steps.iter().for_each(|step| observer.step(step));
    seen.add(&observer);
    seen.add(&facts);
    let day = "2026-11-23".parse()?;
    let verdict = judge(&facts, day, Depth::Full);
    seen.add(&verdict);
    seen.add(&next(&facts, Depth::Everything));
    documents(&facts, &verdict, day, seen);
    for (form, text) in [(Form::Apdu, text.clone()), (Form::Ndjson, ndjson::print(session))] {
        let work = Work { id: "a".into(), bytes: Ok(text.into_bytes()), line: 1, form };
        seen.add(&work);
        seen.add(&judge_one(&work, day));
    }
    // As a log that nothing in particular understands.
    let plain = text.replace("> ", "").replace("< ", "").replace(" ms", "");
    seen.add(&import(&plain));
    seen.add(&import(&text.replace("ms", "(an unknown line)")));
    if let Some(bytes) = &session.header.atr {
        let atr = atr::decode(bytes);
        seen.add(&atr.social_security());
        seen.add(&atr);
        seen.add(&decode::atr(bytes, Reveal::Masked));
    }
    for (_, exchange) in session.exchanges() {
        seen.add(&Command::parse(&exchange.command));
        seen.add(&Step::Send(exchange.command.clone()));
        let Some(bytes) = &exchange.response else { continue };
        bytes_of_a_card(bytes, seen);
    }
    Ok(())
}

fn documents(
    facts: &Facts,
    verdict: &sscard::verdict::Verdict,
    day: jiff::civil::Date,
    seen: &mut Seen,
) {
    // With --reveal the values are there: what was asked for to be shown.
    for reveal in [Reveal::Masked, Reveal::Shown] {
        let document = report::check(&CheckInput {
            source: Source { kind: SourceKind::Session, name: None },
            facts,
            other: None,
            verdict,
            day,
            time: "2026-11-23T10:15:00+08:00".into(),
            refused: 0,
            reveal,
        });
        seen.add(&document);
    }
}

fn bytes_of_a_card(bytes: &[u8], seen: &mut Seen) {
    seen.add(&Response::parse(bytes));
    let data = &bytes[..bytes.len().saturating_sub(2)];
    seen.add(&ber::walk(data).collect::<Vec<_>>());
    seen.add(&dol::dol(data));
    seen.add(&simple::Reader::new(data).collect::<Vec<_>>());
    seen.add(&certificate::content(data, true));
    seen.add(&decode::hex(&hex::encode(data), 1));
    seen.add(&decode::tlv(data, Reveal::Masked));
    for item in simple::Reader::new(data) {
        for version in [Version::V1, Version::V2, Version::V3] {
            let rows =
                [0xEF05, 0xEF06].into_iter().flat_map(|fid| profile::items("ssse", fid, version));
            for row in rows.filter(|row| row.tag == Some(item.tag)) {
                seen.add(&row.decode(item.value));
            }
        }
    }
}

/// What is looked for, also as a list of bytes would show it.
fn pieces(session: &Session) -> BTreeMap<String, String> {
    let hidden = secrets(session).into_iter().flat_map(|secret| {
        secret.hidden.into_iter().map(move |piece| (piece, secret.what.clone()))
    });
    let list = |piece: &String| {
        let bytes = hex::decode(piece).ok().filter(|bytes| bytes.len() > 3)?;
        // 0, 0, 0, 1 stands in many a list.
        bytes.iter().collect::<BTreeSet<_>>().len().checked_sub(3)?;
        Some(bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(", "))
    };
    let both = |(piece, what): (String, String)| {
        list(&piece).into_iter().chain([piece]).map(move |piece| (piece, what.clone()))
    };
    hidden.flat_map(both).collect()
}

#[test]
fn nothing_that_holds_a_card_shows_it() {
    let mut found = 0;
    for recording in recordings() {
        for session in sessions(&recording) {
            let mut seen = Seen::default();
            formatted(&session, &mut seen).unwrap();
            let pieces = pieces(&session);
            for (kind, text) in &seen.0 {
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                for (piece, what) in &pieces {
                    found += 1;
                    assert!(!text.contains(piece), "{recording}: {kind} shows {piece}, {what}");
                }
            }
        }
    }
    assert!(found > 10_000, "{found}");
}

/// A virtual card stands for a real one, and keeps answers that wait.
#[test]
fn a_virtual_card_shows_nothing_either() {
    for name in names() {
        let model = Model::parse(builtin(name).unwrap()).unwrap();
        let mut card = guarded(VirtualCard::new(model.clone()), Permission::Read);
        let _ended = sscard::probe::run(&mut card, Depth::Everything);
        let (mut card, steps) = card.into_parts();
        let session = Session { steps, ..Session::default() };
        let pieces = pieces(&session);
        for command in ["00A404000F7378312E73682EC9E7BBE1B1A3D5CF", "00A4000002EF06", "00B2010400"]
        {
            let _answer = card.transmit(&hex::decode(command).unwrap());
            let text = format!("{card:?} {model:?}").to_uppercase();
            for (piece, what) in &pieces {
                assert!(!text.contains(piece), "{name}: {piece}, {what}");
            }
        }
    }
}

/// Without this the tests above could pass by looking for the wrong thing.
#[test]
fn the_secrets_are_there() {
    let recording = "fixtures/recorded/model-gen1.apdu";
    let session = load(&std::fs::read(recording).unwrap()).unwrap().remove(0);
    let raw: Vec<u8> =
        session.exchanges().flat_map(|(_, e)| e.response.clone().unwrap_or_default()).collect();
    let (hex, list) = (hex::encode_upper(&raw), format!("{raw:?}"));
    let pieces = pieces(&session);
    assert!(pieces.keys().any(|piece| hex.contains(piece)));
    assert!(pieces.keys().any(|piece| list.contains(piece)));
}
