//! Logs of other programs. Those of `fixtures/logs` were written by the programs
//! that they are named after, of one conversation with a virtual card.
#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

#[path = "support/program.rs"]
mod program;

use std::path::PathBuf;

use program::sscard;
use proptest::prelude::*;
use sscard::import::{Format, Imported, import};
use sscard::session::load;

fn logs() -> Vec<(String, String)> {
    let mut logs: Vec<(String, String)> = std::fs::read_dir("fixtures/logs")
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
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
    assert!(logs.len() >= 11, "{}", logs.len());
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
fn a_log_that_breaks_off_gives_what_is_whole() {
    for (name, log) in logs() {
        let whole = exchanges(&import(&log).unwrap());
        for cut in (0..log.len()).step_by(97).filter(|cut| log.is_char_boundary(*cut)) {
            let Some(imported) = import(&log[..cut]) else { continue };
            let found = exchanges(&imported);
            let all_but_last = found.len().saturating_sub(1);
            assert!(whole.starts_with(&found[..all_but_last]), "{name} cut at {cut}");
        }
    }
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
