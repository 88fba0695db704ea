//! A recording without its person: nothing personal is left in any form, the
//! verdict stays, and a second time changes nothing.
#![cfg(feature = "cli")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test fails by panic"
)]

#[path = "support/disguise.rs"]
mod disguise;
#[path = "support/program.rs"]
mod program;
#[path = "support/recordings.rs"]
mod recordings;
#[path = "support/scrubbed.rs"]
mod scrubbed;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use disguise::{Dice, Personal, other, personal, replaced};
use program::sscard;
use recordings::{recordings, sessions};
use scrubbed::holds;
use sscard::apdu::Permission;
use sscard::codec::{bcd, text};
use sscard::emulate::{Model, VirtualCard, builtin};
use sscard::probe::{self, Depth};
use sscard::session::text::Document;
use sscard::session::{Session, load, ndjson};
use sscard::transport::guarded;

/// A file of its own for each test.
fn scratch(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_file(&path);
    path
}

fn write(name: &str, text: &str) -> String {
    let path = scratch(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Runs `scrub`; gives back what it wrote.
fn scrub(input: &str, name: &str) -> String {
    let output = scratch(name);
    let ran = sscard(&["scrub", input, "-o", output.to_str().unwrap(), "--lang", "en"]);
    assert_eq!(ran.code, 0, "{input}: {}", ran.err);
    std::fs::read_to_string(&output).unwrap()
}

/// What of a value must not be found: all of it, but for what says only which
/// region, office or bank it is of.
fn telling(value: &Personal) -> Vec<Vec<u8>> {
    let bare = text::unpad(&value.bytes).to_vec();
    match value.id.as_str() {
        "card-identification-code" => vec![bare[8..12].to_vec(), bare[12..].to_vec()],
        id if id.starts_with("issuer-discretionary") && bare.len() >= 20 => {
            vec![bare[10..20].to_vec()]
        }
        _ => vec![bare],
    }
}

/// The forms in which a value could have stayed, in hex.
fn forms(value: &[u8]) -> Vec<String> {
    let swapped =
        |bytes: &[u8]| -> Vec<u8> { bytes.iter().map(|byte| byte.rotate_left(4)).collect() };
    let mut forms = vec![hex::encode(value), hex::encode(swapped(value))];
    let mut texts = vec![hex::encode(value), hex::encode_upper(value)];
    let digits = bcd::digits(value).unwrap_or_default();
    if digits.len() >= 6 {
        forms.push(digits.clone());
        texts.push(digits);
    }
    if value.iter().all(u8::is_ascii_digit) {
        let packed = bcd::encode(std::str::from_utf8(value).unwrap()).unwrap();
        forms.extend([hex::encode(swapped(&packed)), hex::encode(packed)]);
    }
    texts.push(written(value));
    let spaced: Vec<String> = value.iter().map(|byte| format!("{byte:02X}")).collect();
    texts.push(spaced.join(" "));
    forms.extend(texts.iter().map(hex::encode));
    forms
}

/// A value as people write it.
fn written(value: &[u8]) -> String {
    let bare = text::unpad(value);
    if !bare.iter().all(u8::is_ascii_graphic)
        && let Ok(digits) = bcd::digits(value)
    {
        return digits;
    }
    let text = text::decode(bare).unwrap_or_default();
    let is_text = !text.is_empty() && !text.contains(char::is_control);
    if is_text { text } else { hex::encode_upper(value) }
}

/// Everything that stands in a session, in hex: its bytes and its texts.
fn haystack(session: &Session, text: &str) -> String {
    let mut pieces = vec![hex::encode(text)];
    pieces.extend(session.header.atr.iter().map(hex::encode));
    for (_, exchange) in session.exchanges() {
        pieces.push(hex::encode(&exchange.command));
        pieces.extend(exchange.response.iter().map(hex::encode));
    }
    pieces.join("|")
}

/// Whether a value is long enough, and no filler, so that finding it is no chance.
fn is_sought(value: &[u8]) -> bool {
    value.len() >= 4 && value.iter().any(|byte| *byte != value[0])
}

fn assert_gone(session: &Session, text: &str, values: &[Personal], of: &str) -> usize {
    let seen = haystack(session, text);
    let mut sought = 0;
    for value in values {
        for part in telling(value).iter().filter(|part| is_sought(part)) {
            sought += 1;
            for form in forms(part) {
                assert!(!seen.contains(&form), "{of}: {} is still there: {form}", value.id);
            }
        }
    }
    sought
}

/// The person of a recording replaced by another, who also stands in its texts.
fn disguised(session: &Session, values: &[Personal], seed: u64) -> (Session, Vec<Personal>) {
    let mut dice = Dice(seed);
    let mut births = BTreeMap::new();
    let mut pairs: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
    // Dates first, since numbers repeat them; short values occur by chance.
    let mut values: Vec<&Personal> = values.iter().filter(|v| v.bytes.len() >= 4).collect();
    values.sort_by_key(|value| (value.id != "date-of-birth", std::cmp::Reverse(value.bytes.len())));
    for value in &values {
        if !pairs.contains_key(&value.bytes) {
            pairs.insert(value.bytes.clone(), other(value, &mut dice, &mut births));
        }
    }
    let list: Vec<_> = pairs.clone().into_iter().collect();
    let mut changed = replaced(session, &list);
    let new: Vec<Personal> = values
        .iter()
        .map(|value| Personal { id: value.id.clone(), bytes: pairs[&value.bytes].clone() })
        .collect();
    let code = values.iter().find(|value| value.id == "card-identification-code");
    if let (Some(code), Some(atr)) = (code, &mut changed.header.atr)
        && let Some(at) = (0..atr.len()).find(|at| atr[*at..].starts_with(&code.bytes[8..12]))
    {
        atr[at..at + 4].copy_from_slice(&pairs[&code.bytes][8..12]);
        if sscard::atr::decode(atr).tck.present.is_some() {
            let last = atr.len() - 1;
            atr[last] = atr[1..last].iter().fold(0, |sum, byte| sum ^ byte);
        }
    }
    let told = new.iter().map(|value| written(&value.bytes));
    changed.header.note = Some(told.collect::<Vec<_>>().join(", "));
    (changed, new)
}

#[test]
fn every_recording_keeps_its_verdict_and_changes_once() {
    for recording in recordings() {
        for session in sessions(&recording) {
            let day = "2026-11-23".parse().unwrap();
            if let Err(what) = holds(&session, day) {
                panic!("{recording}: {what}");
            }
        }
    }
}

/// Puts another person into a session, scrubs it in both forms, and looks for that
/// person. Gives back how many values were looked for, and what came out.
fn assert_scrubs(session: &Session, of: &str, seed: u64) -> (usize, Session) {
    let file = write(&format!("scrub-{seed}.apdu"), &Document::from(session).print());
    let (mut changed, values) = disguised(session, &personal(&["--session", &file]), seed);
    changed.header.id = None;
    let text = Document::from(&changed).print();
    // That the search finds what is there.
    let before = haystack(&changed, &text);
    for value in &values {
        let is_there = telling(value).iter().any(|part| before.contains(&hex::encode(part)));
        assert!(is_there, "{of}: {} was never there", value.id);
    }
    let day = "2026-11-23".parse().unwrap();
    if let Err(what) = holds(&changed, day) {
        panic!("{of}: {what}");
    }
    let file = write(&format!("scrub-{seed}.apdu"), &text);
    let written = scrub(&file, &format!("scrub-{seed}-out.apdu"));
    let after = load(written.as_bytes()).unwrap().remove(0);
    let sought = assert_gone(&after, &written, &values, of);
    let line = write(&format!("scrub-{seed}.ndjson"), &(ndjson::print(&changed) + "\n"));
    let written = scrub(&line, &format!("scrub-{seed}-out.ndjson"));
    assert_eq!(load(written.as_bytes()).unwrap(), std::slice::from_ref(&after), "{of}");
    (sought, after)
}

#[test]
fn nothing_personal_is_left_of_any_recording() {
    let (mut sought, mut seed) = (0, 0);
    for recording in recordings() {
        for session in sessions(&recording) {
            seed += 1;
            let (more, after) = assert_scrubs(&session, &recording, seed);
            sought += more;
            // `read` tells of the first reading only: the second keeps its code. The
            // numbers of a second session go on.
            let apart = ["second-reading-differs.apdu", ".ndjson"];
            if apart.iter().any(|ending| recording.ends_with(ending)) {
                continue;
            }
            // The samples are those that stood there before the other person did.
            assert_eq!(after.steps, session.steps, "{recording}");
            assert_eq!(after.header.atr, session.header.atr, "{recording}");
        }
    }
    assert!(sought > 150, "{sought}");
}

/// All that opens of a card, and not only what a check asks for.
fn everything_of(name: &str) -> Session {
    let model = Model::parse(builtin(name).unwrap()).unwrap();
    let mut card = guarded(VirtualCard::new(model), Permission::Read);
    let mut header = probe::header(&card);
    header.recorded = Some("2026-11-23".into());
    let _ended = probe::run(&mut card, Depth::Everything);
    Session { header, steps: card.into_parts().1 }
}

#[test]
fn nothing_personal_is_left_of_any_virtual_card() {
    let names = sscard::emulate::names().iter().enumerate();
    let sought: usize =
        names.map(|(at, name)| assert_scrubs(&everything_of(name), name, 1000 + at as u64).0).sum();
    assert!(sought > 30, "{sought}");
}

const TEXT: &str = "\u{FEFF}# sscard-apdu 1\r
# 卡主 张三丰, born 1985-03-12\r
@title     card of 110101198503120017 (5a 00 ff 31)\r
@atr\t3b6d0000 00815453 54866050 01 5a00ff31\r
@recorded  2026-11-23\r
\r
- Read 张三丰\r
> 00 A4 04 00 0F 7378312E73682E C9E7BBE1B1A3D5CF ; select\r
< 6F 1C 84 0F 7378312E73682EC9E7BBE1B1A3D5CF A5098801 1E9F0C03860101 9000 ; 4.1 ms, all of it\r
> 00 b2 01 35 5b\r
<  08 12 313130313031313938353033313230303137 09 1e d5c5c8fdb7e1000000000000000000000000000000000000000000000000 0A 01 31 0d 04 1985 0312 90 00;12 ms 张三丰\r
> 00 20 00 00 06 31 32 33 34 35 36\r
< 90 00\r
! removed\r
";

#[test]
fn what_is_not_personal_stays_as_it_was_written() {
    let file = write("scrub-layout.apdu", TEXT);
    let written = scrub(&file, "scrub-layout-out.apdu");
    let day = identity_day(&written);
    let number = written.split("card of ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    assert!(sscard::codec::identity::parse(&number).is_ok(), "{number}");
    let expected = TEXT
        .replace("110101198503120017", &number)
        .replace("313130313031313938353033313230303137", &hex::encode(&number))
        .replace("d5c5c8fdb7e1", "b2e2cad4bcd7")
        .replace("张三丰", "测试甲")
        .replace("1985-03-12", &format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..]))
        .replace("1985 0312", &format!("{} {}", &day[..4], &day[4..]))
        .replace("5a00ff31", "5a000001")
        .replace("5a 00 ff 31", "5a 00 00 01")
        .replace("31 32 33 34 35 36", "30 30 30 30 30 31");
    assert_eq!(written, expected);
    assert_eq!(scrub(&write("scrub-again.apdu", &written), "scrub-again-out.apdu"), written);
}

/// The day of birth of the identity number in a text.
fn identity_day(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let number = words.into_iter().find(|word| sscard::codec::identity::parse(word).is_ok());
    number.unwrap()[6..14].to_owned()
}

#[test]
fn a_person_is_the_same_in_every_session_of_a_file() {
    let session = |number: &str| {
        let number = hex::encode_upper(number);
        format!(
            r#"{{"steps":[["00A404000F7378312E73682EC9E7BBE1B1A3D5CF","9000"],["00B2083014","0812{number}9000"]]}}"#
        )
    };
    let [one, two] = ["110101198503120017", "310104197001010047"].map(session);
    let file = write(
        "scrub-many.ndjson",
        &[&one, &two, "", &one].map(|line| format!("{line}\n")).concat(),
    );
    let written = scrub(&file, "scrub-many-out.ndjson");
    let lines: Vec<&str> = written.lines().collect();
    assert_eq!((lines[0], lines[2]), (lines[3], ""));
    assert_ne!(lines[0], lines[1]);
    assert_eq!(load(written.as_bytes()).unwrap().len(), 3);
}

#[test]
fn what_cannot_be_scrubbed_leaves_no_file() {
    let good = r#"{"steps":[["00A40400","9000"]]}"#;
    let output = scratch("scrub-none.apdu");
    let name = output.to_str().unwrap();
    for (text, place) in [
        ("# sscard-apdu 1\n> 00 A4 04 00\n< ??\n", "line 3"),
        ("hello", "line 1"),
        ("", "line 1"),
        (&format!("{good}\n{good}\n{{\"steps\":1}}\n"), "line 3"),
    ] {
        let input = write("scrub-bad.txt", text);
        let ran = sscard(&["scrub", &input, "-o", name, "--lang", "en"]);
        assert_eq!(ran.code, 65, "{text}: {}", ran.err);
        assert!(ran.err.contains(place), "{}", ran.err);
        assert!(!output.exists(), "{text}");
    }
    assert_eq!(sscard(&["scrub", "nowhere.apdu", "-o", name]).code, 74);
    assert!(!output.exists());
    std::fs::write(&output, "mine").unwrap();
    let input = write("scrub-good.ndjson", good);
    assert_eq!(sscard(&["scrub", &input, "-o", name]).code, 74);
    assert_eq!(std::fs::read_to_string(&output).unwrap(), "mine");
}

/// What is no record of tag, length, value is data from its first byte: a name, a
/// number, digits swapped, behind a record that is one.
#[test]
fn what_only_looks_like_a_tag_is_gone_too() {
    let records = [
        ("CD F5 86 B4 86 B4", "CD F5"),
        ("60 91 78 30 41 52 75", "60 91"),
        ("23 02 41 41 CD F5 86 B4", "CD F5"),
        ("23 01 60 91 78 30", "91 78"),
        ("33 32 30 31 30 35 31 39", "33 32"),
    ];
    let select = "> 00 A4 04 00 0F 73 78 31 2E 73 68 2E C9 E7 BB E1 B1 A3 D5 CF\n< 90 00\n";
    let mut text = format!("# sscard-apdu 1\n\n{select}");
    for (at, (record, _)) in records.iter().enumerate() {
        text += &format!("> 00 B2 {:02X} 34 00\n< {record} 90 00\n", at + 1);
    }
    let file = write("no-record.apdu", &text);
    let shown = sscard(&["check", "--verbose", "--session", &file, "--lang", "en"]).out;
    let once = scrub(&file, "no-record-once.apdu");
    for (record, secret) in records {
        assert!(!shown.contains(secret) && !once.contains(secret), "{record}: {shown}{once}");
    }
    assert_eq!(scrub(&write("no-record-again.apdu", &once), "no-record-twice.apdu"), once);
}

#[test]
fn tells_what_became_of_it() {
    let input = write("scrub-told.apdu", TEXT);
    let output = scratch("scrub-told-out.apdu");
    let line = ["scrub", &input, "-o", output.to_str().unwrap(), "--json"];
    let ran = sscard(&line);
    let document: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &document["sessions"]), (0, &1.into()));
    assert!(document["changed_bytes"].as_u64().unwrap() > 20);
    assert!(document["changed_verdicts"].as_array().unwrap().is_empty());
}

/// No real person's data in `fixtures`: whatever stands there is a sample.
#[test]
fn there_is_nothing_to_scrub_in_the_fixtures() {
    for recording in recordings() {
        let before = std::fs::read_to_string(&recording).unwrap();
        let name = Path::new(&recording).file_name().unwrap().to_str().unwrap();
        let after = scrub(&recording, &format!("scrub-fixture-{name}"));
        assert_eq!(after, before, "{recording}");
    }
}

/// Standard output may hold it, since nothing personal stands in it.
#[test]
fn standard_output_takes_what_was_scrubbed() {
    let input = "fixtures/recorded/two-sessions.ndjson";
    let written = scrub(input, "scrub-piped.ndjson");
    let ran = sscard(&["scrub", input, "-o", "-", "--lang", "en"]);
    assert_eq!((ran.code, ran.out), (0, written));
    assert!(ran.err.starts_with("2 sessions written to standard output, "), "{}", ran.err);
    assert!(!Path::new("-").exists());
    assert_eq!(sscard(&["scrub", input, "-o", "-", "--json"]).code, 2);
    let there = scratch("scrub-there.ndjson");
    std::fs::write(&there, "").unwrap();
    let ran = sscard(&["scrub", input, "-o", there.to_str().unwrap(), "--lang", "en"]);
    assert!(ran.code == 74 && ran.err.contains("is there already, and is never overwritten"));
}
