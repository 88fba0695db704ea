//! Every recording through every command and format: what people and programs
//! see of it is compared with snapshots, and its judgement with what it expects.
//! `SNAPSHOTS=overwrite cargo test --test fixtures` renews the snapshots.
#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panic")]

#[path = "support/program.rs"]
mod program;
#[path = "support/recordings.rs"]
mod recordings;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use program::{Ran, sscard};
use recordings::{recordings, sessions};
use serde_json::Value;
use snapbox::data::DataFormat;
use snapbox::{Assert, Data};
use sscard::probe::Depth;
use sscard::report::{Language, width, words};
use sscard::session::text::Document;
use sscard::session::{Session, ndjson};
use sscard::verdict::{Kind, judge};

/// The lines that print text for people.
const SCREENS: [&str; 6] = [
    "check --lang zh",
    "check --lang en",
    "check --quick --lang zh",
    "check --verbose --lang zh",
    "read --lang zh",
    "read --lang en",
];
/// The lines that print a document for programs.
const DOCUMENTS: [&str; 3] = ["check --json", "check --quick --json", "read --json"];

fn on(line: &str, recording: &str) -> Ran {
    let arguments: Vec<&str> = line.split(' ').chain(["--session", recording]).collect();
    sscard(&arguments)
}

/// What a user sees on a console.
fn console(lines: &[&str], recording: &str) -> String {
    lines
        .iter()
        .map(|line| {
            let Ran { code, out, err } = on(line, recording);
            format!(
                "$ sscard {line} --session {recording}\n{}{err}[exit {code}]\n\n",
                settled(&out)
            )
        })
        .collect()
}

/// Without what changes from run to run and from release to release.
fn settled(out: &str) -> String {
    let mut settled = String::new();
    let mut today = "";
    for line in out.split_inclusive('\n') {
        let key = line.trim_start().split(' ').next().unwrap_or_default();
        match key {
            // A recording is judged as of its own day; where there is none, of ours.
            "\"judged_as_of\":" if !today.is_empty() => {
                settled.push_str(&line.replace(today, "TODAY"))
            }
            "\"time\":" => {
                today = line.split('"').nth(3).and_then(|time| time.get(..10)).unwrap_or("");
                settled.push_str("  \"time\": \"NOW\",\n");
            }
            "\"version\":" => settled.push_str("    \"version\": \"VERSION\",\n"),
            _ => settled.push_str(line),
        }
    }
    settled
}

/// Where the snapshot of a recording stands.
fn snapshot(recording: &str, kind: &str) -> PathBuf {
    let name = Path::new(recording.trim_start_matches("fixtures/")).with_extension("");
    Path::new("tests/snapshots").join(format!("{}.{kind}.txt", name.display()))
}

#[test]
fn every_recording_looks_as_it_did() {
    let assert = Assert::new().action_env("SNAPSHOTS");
    let mut failures = Vec::new();
    let mut known = BTreeSet::new();
    for recording in recordings() {
        for (kind, lines) in [("screens", &SCREENS[..]), ("documents", &DOCUMENTS)] {
            let path = snapshot(&recording, kind);
            let expected = Data::read_from(&path, Some(DataFormat::Text)).raw();
            let actual = Data::text(console(lines, &recording));
            failures.extend(assert.try_eq(Some(&recording), actual, expected).err());
            known.insert(path);
        }
    }
    for folder in ["foreign", "recorded"] {
        for entry in std::fs::read_dir(Path::new("tests/snapshots").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            assert!(known.contains(&path), "{}: no recording has this", path.display());
        }
    }
    let failures: String = failures.iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{failures}");
}

/// The recordings that hold one session each.
fn single() -> Vec<(String, Session)> {
    let one = |recording: String| {
        let mut sessions = sessions(&recording);
        (sessions.len() == 1).then(|| (recording, sessions.remove(0)))
    };
    recordings().into_iter().filter_map(one).collect()
}

#[test]
fn every_recording_is_judged_as_it_expects() {
    for (recording, session) in single() {
        let ran = on("check --json", &recording);
        let document: Value = serde_json::from_str(&ran.out).unwrap();
        let expect = session.header.expect;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        assert_eq!(text(&document["card"]["kind"]), expect.card, "{recording}");
        assert_eq!(text(&document["generation"]["value"]), expect.generation, "{recording}");
        assert_eq!(text(&document["outcome"]), expect.outcome, "{recording}");
        assert_eq!(document["exit_code"], ran.code, "{recording}");
        assert_eq!(document["judged_as_of"], "2026-11-23", "{recording}");
        assert_eq!(ran.err, "", "{recording}");
    }
}

#[test]
fn sessions_of_one_file_are_judged_as_they_expect() {
    let sessions = sessions("fixtures/recorded/two-sessions.ndjson");
    assert_eq!(sessions.len(), 2);
    for session in sessions {
        let day = "2026-11-23".parse().unwrap();
        let verdict = judge(&sscard::observe::observe(&session), day, Depth::Full);
        let kind = sscard::report::names::kind(verdict.kind);
        assert_eq!(session.header.expect.card.as_deref(), Some(kind));
    }
}

#[test]
fn every_recording_survives_both_forms() {
    for (recording, session) in single() {
        let bytes = std::fs::read(&recording).unwrap();
        let document = Document::parse(&bytes).unwrap();
        assert_eq!(document.print().into_bytes(), bytes, "{recording}");
        assert_eq!(Document::from(&session).print().into_bytes(), bytes, "{recording}");
        assert_eq!(ndjson::parse(&ndjson::print(&session)).unwrap(), session, "{recording}");
        assert!(session.header.recorded.is_some(), "{recording}: it would age");
    }
}

#[test]
fn every_verdict_fits_one_screen_and_begins_with_the_answer() {
    for (recording, session) in single() {
        let day = "2026-11-23".parse().unwrap();
        let facts = sscard::observe::observe(&session);
        for (line, language, depth) in [
            ("check --lang zh", Language::Chinese, Depth::Full),
            ("check --lang en", Language::English, Depth::Full),
            ("check --quick --lang zh", Language::Chinese, Depth::Quick),
            ("check --quick --lang en", Language::English, Depth::Quick),
        ] {
            let out = on(line, &recording).out;
            let lines: Vec<&str> = out.lines().collect();
            assert!(lines.len() <= 24, "{recording}, {line}: {} lines", lines.len());
            for text in &lines {
                assert!(width(text) <= 80, "{recording}, {line}: {text}");
                assert_eq!(text.trim_end(), *text, "{recording}, {line}");
            }
            let verdict = judge(&facts, day, depth);
            let card = match verdict.kind {
                Kind::SocialSecurity => words::generation(verdict.generation.value),
                other => words::kind(other),
            };
            let card = card.in_language(language);
            assert!(lines[0].starts_with(card) && lines[0].len() > card.len(), "{}", lines[0]);
        }
    }
}

#[test]
fn no_line_ends_in_blanks() {
    for recording in recordings() {
        for line in SCREENS.iter().chain(&DOCUMENTS) {
            let Ran { out, err, .. } = on(line, &recording);
            for text in out.lines().chain(err.lines()) {
                assert_eq!(text.trim_end(), text, "{recording}, {line}");
            }
        }
    }
}
