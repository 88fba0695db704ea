//! Bad input: the message says where, what was expected and what to do; the exit
//! code says what kind of mistake it was; nothing half-written is left behind.
#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panic")]

#[path = "support/program.rs"]
mod program;

use std::path::PathBuf;

use program::{Ran, sscard};
use serde_json::Value;
use sscard::cli::{Output, run};

/// A folder of its own for each test, empty.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs a line in every manner, and gives back what people are told: in English,
/// after the same was seen to hold in Chinese and as a document.
fn refused(arguments: &[&str], code: u8, outcome: &str) -> String {
    let with = |more: &[&'static str]| sscard(&[arguments, more].concat());
    let Ran { code: zh_code, out, err } = with(&["--lang", "zh"]);
    assert_eq!((zh_code, out.as_str()), (code, ""), "{arguments:?}: {err}");
    assert!(err.contains(|c: char| ('\u{4E00}'..='\u{9FFF}').contains(&c)), "{err}");
    let json = with(&["--json"]);
    assert_eq!((json.code, json.err.as_str()), (code, ""), "{arguments:?}");
    // Exactly one document: nothing stands before or behind it.
    let document: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(document["schema_version"], "1.0");
    assert_eq!((&document["exit_code"], &document["outcome"]), (&code.into(), &outcome.into()));
    let error = &document["error"];
    assert_eq!(error["kind"], outcome);
    let Ran { code: en_code, out, err } = with(&["--lang", "en"]);
    assert_eq!((en_code, out.as_str()), (code, ""), "{arguments:?}: {err}");
    let lines: Vec<&str> = err.lines().collect();
    // What happened first, what to do last, the place between.
    assert!(lines.len() >= 3, "{err}");
    assert_eq!(lines.first().copied(), error["message"]["en"].as_str());
    assert_eq!(lines.last().copied(), error["advice"]["en"].as_str());
    let place = error["detail"].as_str().unwrap().lines().next().unwrap();
    assert!(err.contains(place), "{err}");
    err
}

const HEAD: &str = "# sscard-apdu 1\n";

#[test]
fn a_broken_recording_is_told_by_line_and_column() {
    let folder = folder("bad-recording");
    let path = folder.join("broken.apdu");
    let name = path.to_str().unwrap();
    let steps = "> 00A4\n< 9000\n";
    for (text, place, expected) in [
        (String::new(), (1, 1), "expected `# sscard-apdu 1` as its first line"),
        ("hello\n".into(), (1, 1), "expected `# sscard-apdu 1` as its first line"),
        ("# sscard-apdu 2\n".into(), (1, 15), "expected `# sscard-apdu 1`"),
        (format!("{HEAD}@interface antenna\n"), (2, 12), "expected contact or contactless"),
        (format!("{HEAD}@protocol T=2\n"), (2, 11), "expected T=0 or T=1"),
        (format!("{HEAD}@recorded yesterday\n"), (2, 11), "expected ISO 8601"),
        (format!("{HEAD}@colour red\n"), (2, 2), "expected one of title"),
        (format!("{HEAD}@expect outcome=fine\n"), (2, 9), "expected one of healthy"),
        (format!("{HEAD}> 00 A4 0\n"), (2, 10), "expected a second hex digit"),
        (format!("{HEAD}> 00 A4 ZZ\n"), (2, 9), "expected two hex digits"),
        (format!("{HEAD}> 00A4\n< 90 0G\n"), (3, 7), "expected a second hex digit"),
        (format!("{HEAD}< 9000\n"), (2, 1), "expected a line with > before it"),
        (format!("{HEAD}! explosion\n"), (2, 3), "expected reset cold"),
        (format!("{HEAD}{steps}@title late\n"), (4, 1), "expected all header lines before"),
        (format!("{HEAD}{steps}what\n"), (4, 1), "expected one that begins with"),
        (format!("{HEAD}> 00A4\n< sw 9000\n"), (3, 1), "run a script with `sscard run`"),
    ] {
        std::fs::write(&path, &text).unwrap();
        for command in ["check", "read"] {
            let told = refused(&[command, "--session", name], 65, "bad_input");
            let at = format!("{name}, line {}, column {}: ", place.0, place.1);
            assert!(told.contains(&at), "{text:?}: {told}");
            assert!(told.contains(expected), "{text:?}: {told}");
        }
    }
    std::fs::write(&path, b"# sscard-apdu 1\n- \xB2\xE2\xCA\xD4\n").unwrap();
    let told = refused(&["check", "--session", name], 65, "bad_input");
    assert!(told.contains("line 2, column 3") && told.contains("expected UTF-8"), "{told}");
}

#[test]
fn broken_ndjson_is_told_by_line_and_column() {
    let folder = folder("bad-ndjson");
    let path = folder.join("broken.ndjson");
    let name = path.to_str().unwrap();
    let good = r#"{"steps":[["00A4","9000"]]}"#;
    for (text, line, expected) in [
        (r#"{"steps":"#.to_owned(), 1, "expected one session as a JSON object"),
        (format!("{good}\n{{\"steps\":7}}"), 2, "expected a JSON object with steps"),
        (format!("{good}\n\n{{\"title\":\"x\"}}"), 3, "expected a JSON object with steps"),
        (r#"{"steps":[],"colour":"red"}"#.into(), 1, "expected id, steps or one of"),
        (r#"{"steps":[["00A4"]]}"#.into(), 1, "expected [command, response or null"),
        (r#"{"steps":[["0",null]]}"#.into(), 1, "expected a second hex digit"),
        (r#"{"steps":[],"expect":{"outcome":"fine"}}"#.into(), 1, "expected one of healthy"),
    ] {
        std::fs::write(&path, &text).unwrap();
        let told = refused(&["check", "--session", name], 65, "bad_input");
        assert!(told.contains(&format!("{name}, line {line}, column ")), "{text}: {told}");
        assert!(told.contains(expected), "{text}: {told}");
    }
    std::fs::write(&path, format!("{good}\n{good}\n")).unwrap();
    let told = refused(&["read", "--session", name], 65, "bad_input");
    assert!(told.contains("2 sessions, expected one"), "{told}");
}

#[test]
fn a_broken_model_is_told_by_line_and_column() {
    let folder = folder("bad-model");
    let path = folder.join("broken.toml");
    let name = path.to_str().unwrap();
    let head = "title_zh = \"卡\"\ntitle_en = \"card\"\natr = \"3B00\"\ninterface = \"contact\"\n";
    for (text, line, expected) in [
        ("nonsense".to_owned(), 1, "expected"),
        (format!("{head}protocol = \"T=2\"\n"), 5, "expected `T=0` or `T=1`"),
        (format!("{head}colour = 1\n"), 5, "expected one of"),
        (head.replace("3B00", "3B0"), 3, "hexadecimal digits expected"),
        (format!("{head}protocol = \"T=0\"\n[[mf.df]]\nname = {{}}\n"), 7, "exactly one of hex"),
    ] {
        let text =
            if text.contains("3B0\"") { format!("{text}protocol = \"T=0\"\n") } else { text };
        std::fs::write(&path, &text).unwrap();
        let told = refused(&["virtual", name], 65, "bad_input");
        assert!(told.contains(&format!("{name}, ")), "{told}");
        assert!(told.contains(&format!(" at line {line}, column ")), "{text}: {told}");
        assert!(told.contains(expected), "{text}: {told}");
    }
}

#[test]
fn wrong_arguments_are_named_with_what_fits() {
    for (line, named) in [
        ("", "requires a subcommand"),
        ("frob", "'frob'"),
        ("check --frob", "'--frob'"),
        ("check --virtual gen9", "one of gen1, gen2"),
        ("read --virtual gen9", "one of gen1, gen2"),
        ("virtual gen9", "virtual gen9: one of gen1, gen2"),
        ("virtual gen9", "or a file of your own (.toml)"),
        ("check --virtual gen3 --date 2026-13-01", "'--date <YYYY-MM-DD>'"),
        ("check --virtual gen3 --timeout 0", "a number of seconds, more than 0"),
        ("check --virtual gen3 --deadline soon", "a number of seconds, more than 0"),
        ("check --virtual gen3 --protocol t2", "t0, t1 or auto"),
        ("check --virtual gen3 --interface antenna", "contact or contactless"),
        ("check --virtual gen3 --session x.apdu", "cannot be used with"),
        ("check --session x.apdu --record y.apdu", "cannot be used with"),
        ("check --reader A --virtual gen3", "cannot be used with"),
        ("decode colour 00", "atr, tlv, sw, apdu, aid"),
        ("decode atr", "<HEX>"),
        ("virtual gen3 --fault remove@0", "--fault"),
        ("virtual gen3 --vpcd nonsense", "--vpcd"),
        ("virtual gen3 --vpcd :35963", "a host and a port"),
        ("virtual gen3 --vpcd 127.0.0.1:0", "from 1 to 65535"),
        ("virtual gen3 --vpcd 127.0.0.1:99999", "from 1 to 65535"),
    ] {
        let arguments: Vec<&str> = line.split_whitespace().collect();
        let told = refused(&arguments, 2, "usage");
        assert!(told.contains(named), "{line}: {told}");
        // An option is named only where it was typed, or is one to take instead.
        assert!(line.contains("--virtual") || !told.contains("--virtual"), "{line}: {told}");
    }
    let ran = sscard(&["check", "--lang", "fr", "--virtual", "gen3"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("zh, en"), "{}", ran.err);
}

#[test]
fn an_address_without_a_virtual_reader_is_not_taken_for_a_file() {
    // Bound and let go again: nobody listens there.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let told = refused(&["virtual", "gen3", "--vpcd", &free.to_string()], 74, "io");
    assert!(told.contains(&format!("no virtual reader at {free}")), "{told}");
    let ran = sscard(&["virtual", "gen3", "--vpcd", &free.to_string(), "--lang", "en"]);
    assert!(ran.err.contains("vsmartcard-vpcd") && !ran.err.contains("file"), "{}", ran.err);
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = folder("bad-file");
    let missing = folder.join("missing.apdu");
    for path in [missing.to_str().unwrap(), folder.to_str().unwrap()] {
        for command in ["check", "read"] {
            let told = refused(&[command, "--session", path], 74, "io");
            assert!(told.contains(path), "{told}");
        }
    }
    let told = refused(&["virtual", folder.join("missing.toml").to_str().unwrap()], 74, "io");
    assert!(told.contains("missing.toml"), "{told}");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn a_recording_is_never_overwritten_nor_left_empty() {
    let folder = folder("bad-record");
    let path = folder.join("kept.apdu");
    let name = path.to_str().unwrap();
    std::fs::write(&path, "the only recording of a card").unwrap();
    let told = refused(&["check", "--virtual", "gen3", "--record", name], 74, "io");
    assert!(told.contains(name), "{told}");
    assert_eq!(std::fs::read(&path).unwrap(), b"the only recording of a card");

    let nowhere = folder.join("no-such-folder").join("x.apdu");
    let told =
        refused(&["check", "--virtual", "gen3", "--record", nowhere.to_str().unwrap()], 74, "io");
    assert!(told.contains("no-such-folder"), "{told}");

    let new = folder.join("new.apdu");
    let arguments = ["check", "--virtual", "gen9", "--record", new.to_str().unwrap()];
    refused(&arguments, 2, "usage");
    assert!(!new.exists(), "there was no card, and a file is left");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "beside it there was one");
}

/// A full disk: what is kept ends behind a whole step, and the document says that the
/// recording is not all of it.
#[cfg(unix)]
#[test]
fn a_full_disk_cuts_no_step_in_two() {
    let folder = folder("full-disk");
    for (at, line) in ["check --record", "record -o"].iter().enumerate() {
        for size in 1..5_usize {
            let path = folder.join(format!("{at}-{size}.apdu"));
            let file = path.to_str().unwrap();
            // So many KiB may be written to a file; the signal is not wanted.
            let limited = format!("ulimit -f {size}; trap '' XFSZ; exec \"$@\"");
            let ran = std::process::Command::new("bash")
                .args(["-c", &limited, "-", env!("CARGO_BIN_EXE_sscard")])
                .args(line.split(' '))
                .args([file, "--virtual", "gen2", "--json"])
                .output()
                .unwrap();
            let document: Value = serde_json::from_slice(&ran.stdout).unwrap();
            assert_eq!((ran.status.code(), &document["exit_code"]), (Some(74), &74.into()));
            assert_eq!(
                (&document["outcome"], &document["error"]["kind"]),
                (&"io".into(), &"io".into())
            );
            assert_eq!(document["generation"]["value"], "second", "the verdict stands");
            let again = sscard(&["check", "--session", file, "--json"]);
            let again: Value = serde_json::from_str(&again.out).unwrap();
            assert!(again["statistics"]["exchanges"].as_u64().unwrap() > 3, "{line} {size}");
        }
    }
}

/// What a reader of a pipe does not want is no failure.
#[test]
fn a_broken_pipe_is_no_error() {
    struct Gone;
    impl std::io::Write for Gone {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
    }
    for (line, code) in [("check --virtual gen3", 0), ("check --virtual expired --json", 10)] {
        let arguments = std::iter::once("sscard").chain(line.split(' ')).map(Into::into).collect();
        assert_eq!(run(arguments, &mut Output::new(&mut Gone, &mut Gone)), code, "{line}");
    }
}

/// A fault goes wrong with a card of the program, and nothing is left out in silence.
#[test]
fn a_fault_without_its_card_is_refused() {
    std::fs::write(folder("bad-input-faults").join("faults.toml"), "").unwrap();
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bad-input-faults/faults.toml");
    let (output, session) = (file.with_extension("apdu"), "fixtures/recorded/model-gen2.apdu");
    let (file, output) = (file.to_str().unwrap(), output.to_str().unwrap());
    let sources: [&[&str]; 7] = [
        &[],
        &["--session", session],
        &["--reader", "ACS"],
        &["--interface", "contact"],
        &["--protocol", "t1"],
        &["--exclusive"],
        &["--wait=1"],
    ];
    let commands: [&[&str]; 4] =
        [&["check"], &["read"], &["run", session], &["record", "-o", output]];
    for (command, source) in commands.iter().flat_map(|one| sources.map(|source| (one, source))) {
        for fault in [["--fault", "remove@1"], ["--scenario", file]] {
            let line = [command, source, &fault, &["--json"]].concat();
            let ran = sscard(&line);
            assert_eq!(ran.code, 2, "{line:?}: {}", ran.out);
            assert!(ran.out.contains(fault[0]), "{line:?}: {}", ran.out);
        }
    }
}
