//! Nothing personal is seen without `--reveal`, whatever is printed.
#![cfg(feature = "cli")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panic"
)]

#[path = "support/program.rs"]
mod program;
#[path = "support/recordings.rs"]
mod recordings;
#[path = "masking/secrets.rs"]
mod secrets;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use program::{Ran, sscard};
use recordings::{recordings, sessions};
use secrets::{Secret, secrets};
use serde_json::Value;
use sscard::profile::{self, Personal, Version};
use sscard::session::text::Document;
use sscard::session::{Exchange, Step, load};

/// EF05 in one answer: 64 bytes and the status word.
const WHOLE_EF05: usize = 66;

/// Everything that prints something of a card.
const LINES: [&str; 12] = [
    "check --lang zh",
    "check --lang en",
    "check --verbose --lang zh",
    "check --verbose --lang en",
    "check --quick --lang zh",
    "check --quick --verbose --lang en",
    "check --json",
    "check --quick --json",
    "read --lang zh",
    "read --verbose --lang en",
    "read --json --verbose",
    "read --format bas",
];

fn run(line: &str, more: [&str; 2]) -> String {
    let arguments: Vec<&str> = line.split(' ').chain(more).collect();
    let Ran { out, err, .. } = sscard(&arguments);
    format!("{out}{err}").to_uppercase()
}

fn assert_hidden(seen: &str, secrets: &[Secret], line: &str) {
    for secret in secrets {
        for piece in &secret.hidden {
            assert!(!seen.contains(piece), "{line}: {} shows ({piece})", secret.what);
        }
    }
}

/// A file of its own for each test.
fn scratch(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_file(&path);
    path
}

#[test]
fn no_recording_shows_anything_personal() {
    for recording in recordings() {
        let secrets: Vec<Secret> = sessions(&recording).iter().flat_map(secrets).collect();
        for line in LINES {
            let seen = run(line, ["--session", &recording]);
            assert_hidden(&seen, &secrets, &format!("sscard {line} --session {recording}"));
        }
    }
}

/// A recording is a script as well: what it expects is as personal as what comes.
#[test]
fn no_run_shows_anything_personal() {
    let shown = ["gen2", "gen3"].map(|card| (card, run("check --verbose", ["--virtual", card])));
    let shown = std::collections::BTreeMap::from(shown);
    for recording in recordings().iter().filter(|path| path.ends_with(".apdu")) {
        let secrets: Vec<Secret> = sessions(recording).iter().flat_map(secrets).collect();
        let text = std::fs::read_to_string(recording).unwrap();
        let path = scratch("masked-run.apdu");
        // Every step is run, whatever the one before it answers.
        let text = text.replacen("\n> ", "\non-fail continue\n> ", 1);
        std::fs::write(&path, text).unwrap();
        for (card, manner) in [("gen2", "--json"), ("gen3", "--lang=zh")] {
            let seen = run(&format!("run --virtual {card}"), [path.to_str().unwrap(), manner]);
            // The region of the card that answers may be where the other holder was born.
            let open =
                |secret: &&Secret| secret.hidden.iter().any(|piece| shown[card].contains(piece));
            let hidden: Vec<Secret> = secrets.iter().filter(|s| !open(s)).cloned().collect();
            assert!(hidden.len() * 2 > secrets.len(), "{recording}, {card}");
            assert_hidden(&seen, &hidden, &format!("sscard run {recording}, {card}"));
        }
    }
}

#[test]
fn no_explained_bytes_show_anything_personal() {
    let mut explained = BTreeSet::new();
    for recording in recordings() {
        let sessions = sessions(&recording);
        let secrets: Vec<Secret> = sessions.iter().flat_map(secrets).collect();
        for session in &sessions {
            let atr = session.header.atr.iter().map(|atr| ("atr", hex::encode_upper(atr)));
            let answers = session.exchanges().filter_map(|(_, exchange)| {
                let answer = exchange.response.as_deref()?;
                let data = answer.get(..answer.len().checked_sub(2)?)?;
                (!data.is_empty()).then(|| ("tlv", hex::encode_upper(data)))
            });
            for (what, bytes) in atr.chain(answers) {
                if !explained.insert(bytes.clone()) {
                    continue;
                }
                for manner in ["--lang=zh", "--json"] {
                    let seen = run(&format!("decode {what} {bytes}"), [manner, "--verbose"]);
                    assert_hidden(&seen, &secrets, &format!("{recording}, decode {what}"));
                }
            }
        }
    }
}

/// Without this the test above could pass by looking for the wrong thing.
#[test]
fn everything_personal_is_shown_on_request() {
    let mut kinds = BTreeSet::new();
    for recording in recordings() {
        let sessions = sessions(&recording);
        let [session] = &sessions[..] else { continue };
        let lines = ["check --verbose --reveal", "check --json --reveal", "read --reveal"];
        let seen: String = lines.map(|line| run(line, ["--session", &recording])).concat();
        for secret in secrets(session) {
            let shown = secret.hidden.iter().any(|piece| seen.contains(piece));
            assert!(shown, "{recording}: {} does not show", secret.what);
            kinds.insert(secret.what);
        }
    }
    for kind in [
        "card-identification-code",
        "card-number",
        "date-of-birth",
        "name",
        "name-extension",
        "place-of-birth",
        "serial number in the ATR",
        "social-security-number",
        "bytes of a file",
    ] {
        assert!(kinds.contains(kind), "no recording holds {kind}");
    }
}

/// What of a certificate is nobody's own.
const OPEN_IN_CERTIFICATES: [&str; 4] = [
    "certificate-version",
    "certificate-algorithm",
    "certificate-not-before",
    "certificate-not-after",
];

/// What is too short to be looked for in the text: each value on its own.
#[test]
fn documents_mask_every_item_that_has_a_class() {
    let mut masked = BTreeSet::new();
    let classes: Vec<_> = [Version::V1, Version::V2, Version::V3]
        .into_iter()
        .flat_map(|version| {
            let files = profile::applications().flat_map(move |a| profile::files(a.id, version));
            files.flat_map(move |file| profile::items(file.application, file.fid, version))
        })
        .collect();
    for recording in recordings() {
        for line in ["check --json", "read --json"] {
            let arguments: Vec<&str> = line.split(' ').chain(["--session", &recording]).collect();
            let document: Value = serde_json::from_str(&sscard(&arguments).out).unwrap();
            let applications = document["applications"].as_array();
            let data = applications.into_iter().flatten().filter_map(|row| row["data"].as_array());
            for datum in data.flatten().filter(|datum| !datum["value"].is_null()) {
                let id = datum["id"].as_str().unwrap();
                let tag = u32::from_str_radix(datum["tag"].as_str().unwrap(), 16);
                let tagged = tag.ok().and_then(profile::tag).filter(|row| row.id == id);
                let personal = match (classes.iter().find(|item| item.id == id), tagged) {
                    (Some(item), _) => item.personal != Personal::None,
                    (None, Some(row)) => row.personal != Personal::None,
                    // Certificates stand in no table.
                    (None, None) => !OPEN_IN_CERTIFICATES.iter().any(|end| id.ends_with(end)),
                };
                assert_eq!(datum["masked"], personal, "{recording}: {id}");
                if personal {
                    assert!(datum["raw"].is_null() && datum["meaning"].is_null(), "{id}");
                    let value = datum["value"].as_str().unwrap().to_owned();
                    masked.insert((id.to_owned(), value));
                }
            }
        }
    }
    for id in ["sex", "ethnic-group"] {
        let shown: Vec<&str> =
            masked.iter().filter(|(of, _)| of == id).map(|(_, value)| value.as_str()).collect();
        assert_eq!(shown, ["•••(1)"], "{id}");
    }
}

#[test]
fn no_virtual_card_shows_anything_personal() {
    let mut found = 0;
    for name in sscard::emulate::names() {
        let path = scratch(&format!("masking-{name}.apdu"));
        let recorded = path.to_str().unwrap().to_owned();
        let line = format!("check --virtual {name} --verbose --lang zh");
        let mut seen = run(&line, ["--record", &recorded]);
        let session = load(&std::fs::read(&path).unwrap()).unwrap().remove(0);
        let secrets = secrets(&session);
        found += secrets.len();
        for line in LINES {
            seen += &run(line, ["--virtual", name]);
        }
        assert_hidden(&seen, &secrets, name);
    }
    assert!(found > 20, "{found}");
}

/// A recording holds what is real: its owner alone may read it.
#[cfg(unix)]
#[test]
fn a_recording_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let path = scratch("masking-mode.apdu");
    let ran =
        sscard(&["check", "--virtual", "gen2", "--lang", "en", "--record", path.to_str().unwrap()]);
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(ran.err.contains("personal data"), "{}", ran.err);
}

/// An open item whose length is wrong reaches over the personal ones behind it.
#[test]
fn a_wrong_length_shows_nothing_more() {
    let path = scratch("masking-length.apdu");
    let mut tried = 0;
    for recording in recordings() {
        let [session] = &sessions(&recording)[..] else { continue };
        let secrets = secrets(session);
        let whole = |step: &Step| {
            matches!(step, Step::Exchange(exchange)
            if exchange.response.as_ref().is_some_and(|answer| answer.len() == WHOLE_EF05))
        };
        for place in [19, 22, 28, 42, 48] {
            let mut session = session.clone();
            for step in session.steps.iter_mut().filter(|step| whole(step)) {
                let Step::Exchange(Exchange { response: Some(answer), .. }) = step else {
                    continue;
                };
                answer[place] = u8::try_from(WHOLE_EF05 - 3 - place).unwrap();
                tried += 1;
            }
            std::fs::write(&path, Document::from(&session).print()).unwrap();
            for line in ["check --verbose --lang zh", "check --json", "read --lang en"] {
                let seen = run(line, ["--session", path.to_str().unwrap()]);
                assert_hidden(&seen, &secrets, &format!("{line} {recording}, length at {place}"));
            }
        }
    }
    assert!(tried > 40, "{tried}");
}

/// What is wrong with a file is told without what stands in it.
#[test]
fn no_error_quotes_a_file() {
    let path = scratch("masking-broken.apdu");
    for recording in recordings() {
        let text = std::fs::read_to_string(&recording).unwrap();
        let secrets: Vec<Secret> = sessions(&recording).iter().flat_map(secrets).collect();
        // The longest answer holds the most.
        let answers = text.lines().filter(|line| line.starts_with("< "));
        let Some(longest) = answers.max_by_key(|line| line.len()) else { continue };
        for broken in [
            longest.replacen("< ", "< Z", 1),
            longest.replace(' ', "\t?"),
            longest.replacen(' ', " 9 ", 1),
        ] {
            std::fs::write(&path, text.replacen(longest, &broken, 1)).unwrap();
            for line in ["check --lang en", "check --json", "read --verbose --lang zh"] {
                let arguments = line.split(' ').chain(["--session", path.to_str().unwrap()]);
                let Ran { code, out, err } = sscard(&arguments.collect::<Vec<_>>());
                assert_eq!(code, 65, "{recording}");
                let seen = format!("{out}{err}").to_uppercase();
                assert_hidden(&seen, &secrets, &format!("{recording}, broken"));
            }
        }
    }
}
