//! Files that hold personal data are their owner's alone and are announced; nothing
//! is left behind that nobody asked for.
#![cfg(all(feature = "cli", unix))]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panic"
)]

#[path = "support/program.rs"]
mod program;
#[path = "masking/secrets.rs"]
mod secrets;

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use program::sscard;
use secrets::{Secret, secrets};
use sscard::session::load;

/// An empty folder of its own.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Whether something personal of a card stands in a text; what, where it does.
fn shown<'a>(text: &str, secrets: &'a [Secret]) -> Option<&'a str> {
    let text = text.to_uppercase();
    let shows = |secret: &&Secret| secret.hidden.iter().any(|piece| text.contains(piece));
    secrets.iter().find(shows).map(|secret| secret.what.as_str())
}

#[test]
fn what_holds_personal_data_is_its_owners_alone_and_announced() {
    let folder = folder("privacy-files");
    let log = "fixtures/logs/pcscd-a-d.log";
    let card = ["--virtual", "gen1"];
    for (name, line) in [
        ("record", vec!["record", card[0], card[1], "-o"]),
        ("check", vec!["check", card[0], card[1], "--record"]),
        ("read", vec!["check", card[0], card[1], "--reveal", "--html"]),
        ("import", vec!["import", log, "-o"]),
    ] {
        for (language, announced) in [("en", "personal data"), ("zh", "个人信息")] {
            let path = folder.join(format!("{name}-{language}"));
            let mut line = line.clone();
            line.extend([path.to_str().unwrap(), "--lang", language]);
            let ran = sscard(&line);
            assert_eq!(mode(&path), 0o600, "{line:?}");
            assert!(ran.err.contains(announced), "{line:?}: {}", ran.err);
            assert!(ran.err.contains(path.to_str().unwrap()), "{line:?}: {}", ran.err);
            assert!(!ran.out.contains(announced), "{line:?}: beside the verdict, not in it");
        }
    }
}

/// A page that was masked before, and open to all, is closed when it shows more.
#[test]
fn a_file_that_was_open_is_closed_before_it_is_filled() {
    let path = folder("privacy-page").join("card.html");
    let file = path.to_str().unwrap();
    sscard(&["check", "--virtual", "gen1", "--html", file]);
    let masked = std::fs::read_to_string(&path).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    sscard(&["check", "--virtual", "gen1", "--html", file, "--reveal"]);
    assert_eq!(mode(&path), 0o600);
    assert_ne!(std::fs::read_to_string(&path).unwrap(), masked);
}

/// Everything that the program can do without a reader, as its own process with
/// folders of its own for home, settings and temporary files.
#[test]
fn nothing_is_left_behind_and_nothing_is_remembered() {
    let folders =
        ["home", "settings", "temporary", "here"].map(|n| folder(&format!("privacy-{n}")));
    let recording = std::fs::canonicalize("fixtures/recorded/model-gen1.apdu").unwrap();
    let recording = recording.to_str().unwrap();
    let other = recording.replace("gen1", "gen2");
    let other = other.as_str();
    let run = |line: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sscard"));
        command.args(line).current_dir(&folders[3]).env_clear();
        command.envs([("HOME", &folders[0]), ("XDG_CONFIG_HOME", &folders[1])]);
        command.envs([("XDG_CACHE_HOME", &folders[1]), ("XDG_STATE_HOME", &folders[1])]);
        let output =
            command.env("TMPDIR", &folders[2]).env("LANG", "zh_CN.UTF-8").output().unwrap();
        assert!(output.status.code().is_some_and(|code| code != 1), "{line:?}");
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    };
    let secrets: Vec<Secret> =
        load(&std::fs::read(recording).unwrap()).unwrap().iter().flat_map(secrets).collect();
    let masked = run(&["read", "--session", recording]);
    assert_eq!(shown(&masked, &secrets), None);
    for line in [
        &["check", "--session", recording, "--reveal", "--verbose"][..],
        &["check", "--virtual", "gen1", "--reveal", "--json"],
        &["read", "--session", recording, "--reveal"],
        &["read", "--session", recording, "--reveal", "--format", "bas"],
        &["decode", "tlv", "0902D5C5", "--reveal"],
        &["diff", recording, other, "--reveal"],
        &["replay", recording],
        &["check", "--session", "/nowhere", "--reveal"],
        &["guide"],
    ] {
        assert!(!run(line).is_empty(), "{line:?}");
    }
    let revealed = run(&["read", "--session", recording, "--reveal"]);
    assert!(shown(&revealed, &secrets).is_some());
    assert_eq!(run(&["read", "--session", recording]), masked);
    for folder in folders {
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "{}", folder.display());
    }
}

/// What is recorded does not depend on what is shown.
#[test]
fn a_recording_of_a_masked_check_is_that_of_a_revealed_one() {
    let folder = folder("privacy-recordings");
    let recorded = ["--lang=zh", "--reveal"].map(|option| {
        let path = folder.join(option);
        sscard(&["check", "--virtual", "gen1", option, "--record", path.to_str().unwrap()]);
        let session = load(&std::fs::read(&path).unwrap()).unwrap().remove(0);
        let bytes = session.exchanges().map(|(_, one)| (one.command.clone(), one.response.clone()));
        bytes.collect::<Vec<_>>()
    });
    assert_eq!(recorded[0], recorded[1]);
    assert!(!recorded[0].is_empty());
}

/// A line of a log that nothing understands is shown, and may be anything.
#[test]
fn import_shows_nothing_personal_of_a_line() {
    let folder = folder("privacy-import");
    let mut lines = BTreeSet::new();
    let mut secret = Vec::new();
    for session in load(&std::fs::read("fixtures/recorded/model-gen1.apdu").unwrap()).unwrap() {
        secret.extend(secrets(&session));
        for (_, exchange) in session.exchanges() {
            let Some(bytes) = exchange.response.as_deref().filter(|bytes| bytes.len() > 6) else {
                continue;
            };
            let hex = hex::encode_upper(bytes);
            let pairs =
                hex.as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair).into_owned());
            let text = sscard::codec::text::decode(bytes).unwrap_or_else(|_| {
                bytes
                    .iter()
                    .map(|b| if b.is_ascii_graphic() { char::from(*b) } else { '.' })
                    .collect()
            });
            lines.insert(format!("?? {hex}"));
            lines.insert(format!("?? {}", pairs.collect::<Vec<_>>().join(" ")));
            lines.insert(format!("?? {}", text.replace(char::is_control, ".")));
        }
    }
    for (number, line) in lines.iter().enumerate() {
        let log = folder.join(format!("{number}.log"));
        std::fs::write(&log, format!("hello there\n{line}\n00840000\n9000\n")).unwrap();
        let output = folder.join(format!("{number}.apdu"));
        let ran = sscard(&["import", log.to_str().unwrap(), "-o", output.to_str().unwrap()]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.err.contains("hello there"), "{}", ran.err);
        if let Some(what) = shown(&ran.err, &secret) {
            panic!("{what} of {line:?}: {}", ran.err);
        }
    }
    assert!(lines.len() > 20);
}

/// A panic tells where, never what: its text may quote a card.
#[test]
fn a_panic_tells_its_place_alone() {
    let main = std::fs::read_to_string("src/main.rs").unwrap();
    let hook = main.find("set_hook").unwrap();
    assert!(hook < main.find("ExitCode::from(with_output(|output| run").unwrap());
    assert!(main.contains("panic.location()"));
    for word in ["payload", "{panic", "panic:?", "to_string()"] {
        assert!(!main.contains(word), "{word}");
    }
}
