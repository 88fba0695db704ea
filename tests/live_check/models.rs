//! Every model in a reader: each is visited once, with all questions, and what
//! came of it is looked at from several sides.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value;
use sscard::emulate::names;

use crate::pcscd::{Pcscd, Scratch, alone};
use crate::program::{Checked, Inserted, assert_fits, is_private, items, ssse};

const JSON: &[&str] = &["--json"];
const QUICK: &[&str] = &["--json", "--quick"];
const CHINESE: &[&str] = &["--lang", "zh"];
const ENGLISH: &[&str] = &["--lang", "en"];

/// What came of every question to every model.
struct Visits {
    checked: BTreeMap<&'static str, Vec<Checked>>,
    /// What the service was given, in hex, in order.
    sent: Vec<String>,
    _scratch: Scratch,
}

impl Visits {
    /// `None` outside of the namespaces.
    fn all() -> Option<&'static Self> {
        static VISITS: OnceLock<Visits> = OnceLock::new();
        let _alone = alone()?;
        Some(VISITS.get_or_init(Self::pay))
    }

    fn pay() -> Self {
        let (service, scratch) = (Pcscd::start(), Scratch::new());
        let checked = names().iter().map(|model| (*model, visit(model, &scratch))).collect();
        let sent = service.sent().iter().map(hex::encode_upper).collect();
        Self { checked, sent, _scratch: scratch }
    }

    fn of(&self, model: &str, manner: &[&str]) -> &Checked {
        self.checked[model].iter().find(|checked| checked.manner == manner).unwrap()
    }
}

fn visit(model: &str, scratch: &Scratch) -> Vec<Checked> {
    let mut card = Inserted::new(0, model, None);
    let mut checked = Vec::new();
    for manner in [JSON, QUICK, CHINESE, ENGLISH] {
        checked.push(Checked::new(scratch, None, manner));
        if checked.last().is_some_and(|one| one.live.code == 25) {
            // The service still waits for an answer: only without the card does it
            // come free.
            drop(card);
            card = Inserted::new(0, model, None);
        }
    }
    checked
}

/// Every rule that fired with at least this severity.
fn rules<'a>(document: &'a Value, severities: &[&str]) -> Vec<&'a str> {
    let applications = document["applications"].as_array().unwrap().iter();
    let findings = applications.flat_map(|row| row["findings"].as_array().unwrap());
    findings
        .filter(|finding| severities.contains(&finding["severity"].as_str().unwrap()))
        .map(|finding| finding["rule"].as_str().unwrap())
        .collect()
}

/// What a model is judged to be: exit code, outcome, kind, generation, state of
/// the social security application, and all rules from `warn` on.
type Row = (
    &'static str,
    i32,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

#[rustfmt::skip]
const EXPECTED: [Row; 11] = [
    ("gen1", 0, "healthy", "social_security", "first", "healthy", &[]),
    ("gen2", 0, "healthy", "social_security", "second", "healthy", &[]),
    ("gen3", 0, "healthy", "social_security", "third", "healthy", &[]),
    ("gen3-contactless", 0, "healthy", "social_security", "third", "healthy", &[]),
    ("ssse-blocked", 11, "faulty", "social_security", "unknown", "permanently_blocked",
        &["SSSE_SELECT.BLOCKED"]),
    ("card-blocked", 11, "faulty", "unknown", "unknown", "permanently_blocked",
        &["SSSE_SELECT.CARDBLOCK"]),
    ("unissued", 10, "attention", "social_security", "second", "not_personalised",
        &["SSSE_RECORD.EF05.01.UNISSUED"]),
    ("expired", 10, "attention", "social_security", "second", "expired",
        &["SSSE_RECORD.EF05.06.EXPIRED"]),
    ("bank-card", 12, "not_social_security", "bank", "unknown", "not_checked", &[]),
    ("psam", 12, "not_social_security", "psam", "unknown", "not_checked", &[]),
    ("mute", 25, "timeout", "unknown", "unknown", "not_checked", &[]),
];

#[test]
fn each_is_judged_as_its_name_says() {
    let Some(visits) = Visits::all() else { return };
    assert_eq!(EXPECTED.each_ref().map(|row| row.0), names());
    for (model, code, outcome, kind, generation, state, fired) in EXPECTED {
        let Checked { live, .. } = visits.of(model, JSON);
        let document = live.json();
        let seen = (
            live.code,
            document["outcome"].as_str().unwrap(),
            document["card"]["kind"].as_str().unwrap(),
            document["generation"]["value"].as_str().unwrap(),
            ssse(&document)["state"].as_str().unwrap(),
            rules(&document, &["warn", "error", "fatal"]),
        );
        assert_eq!(seen, (code, outcome, kind, generation, state, fired.to_vec()), "{model}");
        assert_eq!(document["exit_code"], code);
        assert_eq!(document["source"]["kind"], "reader");
        assert_eq!(document["source"]["name"], "Virtual PCD 00 00");
        assert_eq!(document["error"].is_null(), code < 20, "{model}");
        assert_eq!(document["safety"]["refused_commands"], 0);
    }
}

#[test]
fn an_unissued_card_is_one_finding() {
    let Some(visits) = Visits::all() else { return };
    let document = visits.of("unissued", JSON).live.json();
    let all = ["info", "warn", "error", "fatal"];
    // That other applications are not there has nothing to do with it.
    let fired = rules(&document, &all).into_iter().filter(|rule| !rule.ends_with(".ABSENT"));
    assert_eq!(fired.collect::<Vec<_>>(), ["SSSE_RECORD.EF05.01.UNISSUED"]);
}

#[test]
fn what_is_protected_is_said_to_be() {
    let Some(visits) = Visits::all() else { return };
    for (model, interface, protocol) in
        [("gen3", "contact", "T=0"), ("gen3-contactless", "contactless", "T=1")]
    {
        let document = visits.of(model, JSON).live.json();
        assert_eq!(
            (items(&document, "EF05", "free"), items(&document, "EF06", "protected")),
            (7, 7)
        );
        assert_eq!(document["source"]["interface"], interface);
        assert_eq!(document["source"]["protocol"], protocol);
    }
    let second = visits.of("gen2", JSON).live.json();
    assert_eq!((items(&second, "EF05", "free"), items(&second, "EF06", "free")), (7, 6));
}

#[test]
fn a_recording_is_judged_like_its_card() {
    let Some(visits) = Visits::all() else { return };
    for checked in visits.checked.values().flatten() {
        checked.assert_same_again();
        assert!(is_private(&checked.recording));
        let note = checked.recording.to_str().unwrap();
        assert!(checked.live.error.contains(note), "{}", checked.live.error);
    }
}

#[test]
fn a_recording_holds_what_the_service_was_given() {
    let Some(visits) = Visits::all() else { return };
    let recorded = names().iter().flat_map(|model| &visits.checked[model]);
    assert_eq!(recorded.flat_map(Checked::commands).collect::<Vec<_>>(), visits.sent);
}

#[test]
fn every_verdict_fits_one_screen() {
    let Some(visits) = Visits::all() else { return };
    for (model, manner) in names().iter().flat_map(|model| [(model, CHINESE), (model, ENGLISH)]) {
        let screen = &visits.of(model, manner).live.output;
        assert_fits(screen);
        assert!(screen.lines().count() >= 3, "{model}\n{screen}");
        let chinese = screen.contains(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
        assert_eq!(chinese, manner == CHINESE, "{model}\n{screen}");
    }
}

#[test]
fn two_commands_tell_the_generation() {
    let Some(visits) = Visits::all() else { return };
    let select = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF";
    for (model, generation, length) in
        [("gen1", "first", "18"), ("gen2", "second", "1E"), ("gen3", "third", "1E")]
    {
        let quick = visits.of(model, QUICK);
        let commands = [select, &format!("00C00000{length}"), "00B2032C06"];
        assert_eq!(quick.commands(), commands, "{model}");
        assert_eq!((quick.live.code, generation_of(quick)), (0, generation.to_owned()));
    }
    // T=1 has no GET RESPONSE.
    let quick = visits.of("gen3-contactless", QUICK);
    assert_eq!(quick.commands(), [&format!("{select}00"), "00B2032C06"]);
    assert_eq!((quick.live.code, generation_of(quick)), (0, "third".to_owned()));
}

fn generation_of(checked: &Checked) -> String {
    checked.live.json()["generation"]["value"].as_str().unwrap().to_owned()
}

/// How often each READ was sent in SSSE; other places have files of the same
/// numbers. No READ is sent twice in any of them.
fn readings(checked: &Checked) -> BTreeMap<String, usize> {
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut place = String::new();
    for command in checked.commands() {
        if command.starts_with("00A4") {
            place = command;
        } else if command.starts_with("00B2") || command.starts_with("00B0") {
            let count = counts.entry((place.clone(), command)).or_default();
            *count = count.saturating_add(1);
        }
    }
    let ssse = |place: &str| place.contains("7378312E73682E");
    assert!(counts.iter().all(|((place, _), count)| ssse(place) || *count == 1), "{counts:?}");
    let here = counts.into_iter().filter(|((place, _), _)| ssse(place));
    here.map(|((_, command), count)| (command, count)).collect()
}

#[test]
fn no_record_is_read_twice_but_one() {
    let Some(visits) = Visits::all() else { return };
    let whole = "00B2012D40";
    let first_record = "00B2012C12";
    for (model, again) in [
        ("gen1", first_record),
        ("gen2", whole),
        ("gen3", whole),
        ("gen3-contactless", whole),
        ("unissued", whole),
        ("expired", whole),
    ] {
        let mut counts = readings(visits.of(model, JSON));
        assert_eq!(counts.remove(again), Some(2), "{model}");
        assert!(counts.values().all(|count| *count == 1), "{model}: {counts:?}");
        // SFI 05: what is left of EF05 is nothing, or one refusal and six records.
        let rest: Vec<&str> = counts
            .keys()
            .filter(|command| u8::from_str_radix(&command[6..8], 16).unwrap() >> 3 == 5)
            .map(String::as_str)
            .collect();
        if again == whole {
            assert_eq!(rest, [""; 0], "{model}");
        } else {
            let records = ["00B2022C03", "00B2032C06", "00B2042C0E", "00B2052C06"];
            let later = ["00B2062C06", "00B2072C0B"];
            assert_eq!(rest, [&[whole], &records[..], &later[..]].concat(), "{model}");
        }
    }
}
