//! JUnit reports of `replay`, checked by the schema that Jenkins uses.
#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]
#![expect(clippy::print_stderr, reason = "what was not tested must be seen")]

#[expect(dead_code, reason = "other tests look at the streams")]
#[path = "support/program.rs"]
mod program;

use std::path::{Path, PathBuf};
use std::process::Command;

use program::{Ran, sscard};
use sscard::session::{load, ndjson};

fn scratch(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("junit-{name}"))
}

/// A fixture as a line, with another name and another expectation.
fn line(model: &str, id: &str, change: impl Fn(&mut sscard::session::Expect)) -> String {
    let file = format!("fixtures/recorded/model-{model}.apdu");
    let mut session = load(&std::fs::read(file).unwrap()).unwrap().remove(0);
    session.header.id = Some(id.to_owned());
    change(&mut session.header.expect);
    ndjson::print(&session) + "\n"
}

/// A report of these lines.
fn report(name: &str, lines: &str, more: &[&str]) -> (Ran, PathBuf, String) {
    let (file, report) = (scratch(&format!("{name}.ndjson")), scratch(&format!("{name}.xml")));
    std::fs::write(&file, lines).unwrap();
    let paths = [file.to_str().unwrap(), "--junit", report.to_str().unwrap()];
    let ran = sscard(&[&["replay", "--lang", "en"], &paths[..], more].concat());
    let text = std::fs::read_to_string(&report).unwrap();
    (ran, report, text)
}

/// What the schema has against a report; nothing, loudly, without xmllint.
fn faults(report: &Path) -> String {
    let mut xmllint = Command::new("xmllint");
    xmllint.args(["--noout", "--schema", "tests/schemas/junit-10.xsd"]).arg(report);
    let Ok(ran) = xmllint.output() else {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "xmllint is needed in CI");
        eprintln!("NOT TESTED: no xmllint on this machine (Debian: libxml2-utils)");
        return String::new();
    };
    if ran.status.success() { String::new() } else { String::from_utf8(ran.stderr).unwrap() }
}

#[test]
fn jenkins_reads_sessions_that_pass_fail_and_break() {
    let lines = line("gen2", "passes", |_| {})
        + &line("expired", "finds", |expect| expect.outcome = Some("healthy".into()))
        + &line("gen3", "differs", |expect| expect.generation = Some("second".into()))
        + "{\"steps\":[[\"00Z4\"]]}\n"
        + &line("gen2", "<名&\"\u{1}\u{FFFE}\n'>", |_| {});
    let (ran, path, text) = report("all", &lines, &[]);
    assert_eq!(ran.code, 65);
    assert_eq!(faults(&path), "", "{text}");
    assert!(text.contains("tests=\"5\" failures=\"2\" errors=\"1\""), "{text}");
    assert!(text.contains("<failure message=\"outcome healthy → attention\">"), "{text}");
    assert!(text.contains("SSSE_RECORD.EF05.06.EXPIRED warn [4]"), "{text}");
    assert!(text.contains("<failure message=\"generation second → third\">"), "{text}");
    assert!(text.contains("generation: spec-version 3.00 (third) [4]"), "{text}");
    assert!(text.contains("line 4, column 18"), "{text}");
    let (_, path, text) = report("none", "", &[]);
    assert_eq!(faults(&path), "", "{text}");
}

#[test]
fn jenkins_reads_steps_of_a_script() {
    let (script, path) = (scratch("steps.apdu"), scratch("steps.xml"));
    let text = "# sscard-apdu 1\non-fail continue\n- A <name>\n> 00 84 00 00 04\n< len 4\n\
        > 00 84 00 00 04\n< sw 6D00\n";
    std::fs::write(&script, text).unwrap();
    let run = ["run", script.to_str().unwrap(), "--virtual", "gen2", "--junit"];
    let ran = sscard(&[&run[..], &[path.to_str().unwrap()]].concat());
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!((ran.code, faults(&path).as_str()), (14, ""), "{text}");
    assert!(text.contains("tests=\"2\" failures=\"1\" errors=\"0\""), "{text}");
}

/// No rule fires for a card of another kind or one that keeps silent: what was asked
/// and answered proves the verdict.
#[test]
fn a_failure_shows_what_decides_where_no_rule_fired() {
    let of = |file: &str, id: &str, card: &str| {
        let mut session = load(&std::fs::read(file).unwrap()).unwrap().remove(0);
        (session.header.id, session.header.expect.card) = (Some(id.into()), Some(card.into()));
        ndjson::print(&session) + "\n"
    };
    let bank = of("fixtures/foreign/10-bank-card-no-ssse.apdu", "bank", "transport");
    let mute = of("fixtures/recorded/model-mute.apdu", "mute", "bank");
    let bare = "{\"id\":\"bare\",\"steps\":[],\"expect\":{\"card\":\"bank\"}}\n";
    let read =
        "{\"id\":\"read\",\"steps\":[[\"00B2010400\",\"6A83\"]],\"expect\":{\"card\":\"bank\"}}\n";
    let gone = "{\"id\":\"gone\",\"steps\":[[\"!\",\"removed\"]],\"expect\":{\"card\":\"bank\"}}\n";
    let (ran, path, text) = report("decides", &(bank + &mute + bare + read + gone), &[]);
    assert_eq!((ran.code, faults(&path).as_str()), (14, ""), "{text}");
    let body = |id: &str| {
        let (_, rest) = text.split_once(&format!("name=\"{id}\"")).unwrap();
        let (_, rest) = rest.split_once("\">").unwrap();
        rest.split_once("</failure>").unwrap().0.to_owned()
    };
    let decides = "card: SELECT ssse → 6A82 [1]\ncard: SELECT pse → 9000 [4,5]\n";
    assert!(body("bank").contains(decides), "{text}");
    assert_eq!(body("mute"), "outcome: ! timeout [1]");
    assert_eq!(body("bare"), "exchanges: 0");
    assert_eq!(body("read"), "card: READ RECORD → 6A83 [1]");
    assert_eq!(body("gone"), "outcome: ! removed");
}

/// Whatever is expected of a fixture and does not come, its report has a body.
#[test]
fn every_failure_has_a_proof() {
    let mut lines = String::new();
    for folder in ["fixtures/foreign", "fixtures/recorded"] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            for mut session in load(&std::fs::read(&path).unwrap()).unwrap() {
                session.header.expect.outcome = Some("internal".into());
                lines += &(ndjson::print(&session) + "\n");
            }
        }
    }
    let (ran, _, text) = report("proofs", &lines, &[]);
    assert_eq!((ran.code, text.matches("<failure").count()), (14, lines.lines().count()));
    assert!(!text.contains("\"></failure>"), "{text}");
}

/// A report is whole whatever ends the batch.
#[test]
fn a_report_is_whole_when_the_batch_ends_early() {
    let lines = line("gen2", "a", |_| {})
        + &line("gen2", "b", |expect| expect.outcome = Some("faulty".into()))
        + &line("gen2", "c", |_| {});
    let (ran, path, text) = report("fast", &lines, &["--fail-fast"]);
    assert_eq!((ran.code, faults(&path).as_str()), (14, ""), "{text}");
    assert!(text.contains("tests=\"2\" failures=\"1\" errors=\"0\""), "{text}");
    let old = scratch("old.ndjson");
    std::fs::write(&old, "{\"id\":\"a\",\"outcome\":\"faulty\",\"rules\":[]}\n").unwrap();
    let (ran, path, text) = report("against", &lines, &["--against", old.to_str().unwrap()]);
    assert_eq!((ran.code, faults(&path).as_str()), (14, ""), "{text}");
    assert!(text.contains("tests=\"3\" failures=\"3\" errors=\"0\""), "{text}");
    assert!(text.contains("outcome faulty → healthy"), "{text}");
}

/// The schema refuses what it should, or the test above would prove nothing.
#[test]
fn the_schema_refuses_a_report_without_numbers() {
    let path = scratch("wrong.xml");
    std::fs::write(&path, "<testsuites><testsuite name=\"a\"/></testsuites>").unwrap();
    let told = faults(&path);
    assert!(told.is_empty() == Command::new("xmllint").output().is_err(), "{told}");
}
