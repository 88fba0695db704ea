//! Logs of other programs. Those of `fixtures/logs` were written by the programs
//! that they are named after, of one conversation with a virtual card.
#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

#[path = "support/program.rs"]
mod program;

use std::path::PathBuf;

use program::sscard;
use proptest::prelude::*;
use sscard::import::{Format, Imported, import, text};
use sscard::session::load;

fn logs() -> Vec<(String, String)> {
    let mut logs: Vec<(String, String)> = std::fs::read_dir("fixtures/logs")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned())
        })
        .collect();
    logs.sort();
    logs
}

/// Commands and answers, in hex.
fn exchanges(imported: &Imported) -> Vec<(String, String)> {
    let of = |exchange: &sscard::session::Exchange| {
        (hex::encode(&exchange.command), hex::encode(exchange.response.as_deref().unwrap()))
    };
    imported.session.exchanges().map(|(_, exchange)| of(exchange)).collect()
}

#[test]
fn every_log_gives_the_same_exchanges() {
    let logs = logs();
    assert!(logs.len() >= 13, "{}", logs.len());
    let first = exchanges(&import(&logs[0].1).unwrap());
    assert_eq!(first.len(), 10);
    let mut formats = Vec::new();
    for (name, log) in &logs {
        let imported = import(log).unwrap();
        assert_eq!(exchanges(&imported), first, "{name}");
        assert!(imported.incomplete.is_empty(), "{name}: {:?}", imported.incomplete);
        formats.push(imported.format);
    }
    for format in [Format::Pcscd, Format::Spy, Format::SpyRaw, Format::OpenscTool] {
        assert!(formats.contains(&format), "{format:?}");
    }
}

#[test]
fn a_log_that_breaks_off_gives_what_is_whole_and_says_what_is_not() {
    for (name, log) in logs() {
        let whole = exchanges(&import(&log).unwrap());
        for cut in (0..log.len()).step_by(41).filter(|cut| log.is_char_boundary(*cut)) {
            let Some(imported) = import(&log[..cut]) else { continue };
            let found = exchanges(&imported);
            assert!(whole.starts_with(&found), "{name} cut at {cut}: {found:?}");
            let told = !imported.incomplete.is_empty() || !imported.unknown.is_empty();
            // What is cut off may be nothing but a colour.
            let tail = log[..cut].rsplit('\n').next().unwrap();
            let is_empty = tail.is_empty() || tail.starts_with('\u{1B}') && tail.len() < 6;
            assert!(told || is_empty, "{name} cut at {cut}");
        }
    }
}

/// opensc-tool does not say how many bytes an answer has. A log that ends behind a full
/// line of sixteen may lack the next one; a command that asks for no more tells.
#[test]
fn a_dump_that_may_go_on_is_not_whole() {
    let log = std::fs::read_to_string("fixtures/logs/opensc-tool-s.txt").unwrap();
    let imported = import(&log[..221]).unwrap();
    assert!(log[..221].ends_with("DD ....\"3DUfw......\n"));
    assert_eq!((exchanges(&imported).len(), imported.incomplete), (1, vec![3, 4]));
    let known = log[..221].replace("00 B2 01 2C 00", "00 B2 01 2C 10");
    let imported = import(&known).unwrap();
    assert_eq!((exchanges(&imported).len(), imported.incomplete), (2, vec![]));
    let more = log[..221].replace("00 B2 01 2C 00", "00 B2 01 2C 12");
    assert_eq!(import(&more).unwrap().incomplete, [3, 4]);
}

/// What Windows programs put before a text, and the form in which PowerShell writes one.
#[test]
fn any_text_of_unicode_is_read() {
    for (name, log) in logs() {
        let whole = import(&log).unwrap();
        let units = || std::iter::once(0xFEFF).chain(log.encode_utf16());
        let forms = [
            ["\u{FEFF}".as_bytes(), log.as_bytes()].concat(),
            units().flat_map(u16::to_le_bytes).collect(),
            units().flat_map(u16::to_be_bytes).collect(),
        ];
        for bytes in forms {
            let imported = import(&text(&bytes)).unwrap();
            assert_eq!(exchanges(&imported), exchanges(&whole), "{name}");
            assert_eq!(imported.unknown, whole.unknown, "{name}");
        }
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let (log, out) = (folder.join("utf-16.log"), folder.join("utf-16.apdu"));
    let _ = std::fs::remove_file(&out);
    let bytes: Vec<u8> = "\u{FEFF}> 00 84 00 00 08\r\n< 6D 00\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    std::fs::write(&log, bytes).unwrap();
    let ran = sscard(&["import", log.to_str().unwrap(), "-o", out.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
}

/// A line of something else, wherever it comes: it is shown, and what it tears
/// apart is left out and told.
#[test]
fn a_line_of_something_else_is_never_dropped_in_silence() {
    for (name, log) in logs() {
        let whole = exchanges(&import(&log).unwrap());
        let lines: Vec<&str> = log.split_inclusive('\n').collect();
        for at in (0..=lines.len()).step_by(if lines.len() > 100 { 7 } else { 1 }) {
            let mixed = [&lines[..at], &["something else!\n"], &lines[at..]].concat().concat();
            let imported = import(&mixed).unwrap();
            let found = exchanges(&imported);
            let shown = imported
                .unknown
                .iter()
                .any(|(line, text)| *line == at + 1 && text == "something else!");
            assert!(shown, "{name}: line {}", at + 1);
            assert!(found.iter().all(|one| whole.contains(one)), "{name}: line {}", at + 1);
            let told = imported.incomplete.len() + imported.unknown.len() > 1;
            assert!(found == whole || told, "{name}: line {}", at + 1);
        }
    }
}

#[test]
fn answers_that_may_belong_to_another_command_are_left_out() {
    let log = "00000010 APDU: 00 B2 01 2C 00 \n00000020 SW: 01 01 31 90 00 \n\
        00000010 APDU: 00 B2 02 2C 00 \n00000010 APDU: 00 B2 03 34 00 \n\
        00000020 SW: 02 01 32 90 00 \n00000020 SW: 69 82 \n\
        00000010 APDU: 00 B2 04 2C 00 \n00000020 SW: 6A 83 \n";
    let imported = import(log).unwrap();
    let commands: Vec<_> = exchanges(&imported).into_iter().map(|(command, _)| command).collect();
    assert_eq!(commands, ["00b2012c00", "00b2042c00"]);
    assert_eq!(imported.incomplete, [3, 5, 6]);
    // One answer alone is missing: the next command has its own.
    let lost = log.replace("00000020 SW: 69 82 \n", "").replace("02 01 32", "03 01 32");
    assert_eq!(exchanges(&import(&lost).unwrap()).len(), 3);
}

/// Programs that crashed, or never sent a command.
#[test]
fn a_log_without_a_whole_exchange_says_so() {
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("nothing-imported.apdu");
    let out = out.to_str().unwrap();
    for (name, place) in [
        ("pcsc-spy-n-rust-CRASH.txt", "line 32: pcsc-spy, and no exchange"),
        ("pcsc-spy-raw-fifo-rust-CRASH.txt", "line 32: pcsc-spy-raw, and no exchange"),
        ("pcsc_scan.txt", "line 1: no command and its answer"),
    ] {
        let log = format!("fixtures/logs/partial/{name}");
        let ran = sscard(&["import", &log, "-o", out, "--lang", "en"]);
        assert_eq!(ran.code, 65, "{name}: {}", ran.err);
        assert!(ran.err.contains(place), "{name}: {}", ran.err);
        assert!(!std::path::Path::new(out).exists());
    }
}

#[test]
fn an_import_is_told_as_a_document_too() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let (log, out) = (folder.join("told.log"), folder.join("told.apdu"));
    let _ = std::fs::remove_file(&out);
    std::fs::write(&log, "> 00 84 00 00 08\n< 6D 00\nhello 张三\n> 00 84\n").unwrap();
    let ran = sscard(&["import", log.to_str().unwrap(), "-o", out.to_str().unwrap(), "--json"]);
    let document: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&document["format"], &document["exchanges"]), (&"arrows".into(), &1.into()));
    assert_eq!(document["unknown"], serde_json::json!([{ "line": 3, "text": "hello ··" }]));
    assert_eq!(document["incomplete"], serde_json::json!([4]));
    assert!(ran.err.contains('4') && !ran.err.contains("张三"), "{}", ran.err);
}

#[test]
fn interleaved_threads_are_told_apart() {
    let log = std::fs::read_to_string("fixtures/logs/pcsc-spy-raw-fifo-opensc.txt").unwrap();
    let whole = exchanges(&import(&log).unwrap());
    // A second thread that does nothing but ask for readers, between all lines.
    let other =
        "AAAA@>|1|2|SCardListReaders\nAAAA@0x01\nAAAA@<|1|3|SCardListReaders|ok|0x00000000\n";
    let mixed: String = log.split_inclusive('\n').flat_map(|line| [line, other]).collect();
    assert_eq!(exchanges(&import(&mixed).unwrap()), whole);
}

#[test]
fn forms_without_a_sample_are_read_by_their_grammar() {
    let apdu4j = "A>> T=1 (4+0008) 00A40400 08 A000000151000000 00\nA<< (0018+2) (25ms) 6F108408A000000151000000A5049F6501FF 9000\n";
    let imported = import(apdu4j).unwrap();
    assert_eq!((imported.format, exchanges(&imported).len()), (Format::Apdu4j, 1));
    let (_, exchange) = imported.session.exchanges().next().unwrap();
    assert_eq!(exchange.elapsed_ms, Some(25.0));
    for bytes in
        ["00:84:00:00:02\nA1:A2:90:00\n", "0x00 0x84 0x00 0x00 0x02\n0xa1, 0xa2, 0x90, 0x00\n"]
    {
        let plain = import(bytes).unwrap();
        let found = exchanges(&plain);
        assert_eq!((found.len(), &*found[0].0, &*found[0].1), (1, "0084000002", "a1a29000"));
    }
    let plain = import("00 84 00 00 08\n0102030405060708 9000\nhello\n00B2012C00\n").unwrap();
    assert_eq!((plain.format, exchanges(&plain).len()), (Format::Plain, 1));
    assert_eq!(plain.unknown, [(3, "hello".to_owned())]);
    assert_eq!(plain.incomplete, [4]);
    assert!(import("").is_none() && import("nothing here\n").is_none());
}

#[test]
fn what_was_imported_can_be_judged() {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("imported.apdu");
    let _ = std::fs::remove_file(&path);
    let file = path.to_str().unwrap();
    let log = "fixtures/logs/pcscd-a-d.log";
    let ran = sscard(&["import", log, "-o", file, "--interface", "contact", "--lang", "en"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("pcscd: 10 exchanges"), "{}", ran.err);
    let session = load(&std::fs::read(&path).unwrap()).unwrap().remove(0);
    assert!(session.header.atr.is_some());
    let judged = sscard(&["check", "--session", file, "--lang", "en", "--date", "2026-11-23"]);
    assert!(judged.out.starts_with("Third-generation social security card"), "{}", judged.out);
    assert_eq!(sscard(&["import", log, "-o", file]).code, 74, "never overwritten");
    let nothing = sscard(&["import", "Cargo.toml", "-o", "nowhere.apdu"]);
    assert_eq!(nothing.code, 65);
}

/// Standard output shows personal data to those who ask for it.
#[test]
fn an_import_may_go_to_standard_output_where_that_is_wanted() {
    let log = "fixtures/logs/scriptor.txt";
    for more in [&[][..], &["--json"], &["--json", "--reveal"]] {
        let ran = sscard(&[&["import", log, "-o", "-", "--lang", "en"], more].concat());
        assert_eq!(ran.code, 2, "{more:?}: {}", ran.err);
        assert!(!ran.out.contains("TEST PERSON") && !ran.out.contains("@transport"), "{}", ran.out);
    }
    let ran = sscard(&["import", log, "-o", "-", "--lang", "en", "--reveal"]);
    assert_eq!(load(ran.out.as_bytes()).unwrap().remove(0).exchanges().count(), 10);
    assert!(
        ran.code == 0 && ran.err.contains("holds personal data, on standard output"),
        "{}",
        ran.err
    );
    assert!(!std::path::Path::new("-").exists());
    let there = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("import-there.apdu");
    std::fs::write(&there, "").unwrap();
    let ran = sscard(&["import", log, "-o", there.to_str().unwrap(), "--lang", "en"]);
    assert!(ran.code == 74 && ran.err.contains("is there already, and is never overwritten"));
}

proptest! {
    #[test]
    fn any_text_is_read_or_not(log in "([0-9A-F]{2} ?|[><:@|= \n]|APDU: |SW: |Received \\(SW1=0x90, SW2=0x00\\)|Outgoing APDU \\(5 bytes\\):\n){0,80}") {
        let _ = import(&log);
    }

    #[test]
    fn any_log_that_was_damaged_is_read(at in 0..11_usize, place in 0..60_000_usize, byte in any::<u8>()) {
        let (_, log) = logs().remove(at);
        let mut bytes = log.into_bytes();
        let place = place.checked_rem(bytes.len()).unwrap();
        bytes[place] = byte;
        let _ = import(&String::from_utf8_lossy(&bytes));
    }
}
