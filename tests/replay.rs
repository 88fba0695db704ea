//! Batches of recordings: every fixture as it expects, order, faults, reports.
#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

#[path = "support/program.rs"]
mod program;

use std::path::PathBuf;

use program::{Ran, sscard};
use serde_json::Value;
use sscard::session::{load, ndjson};

fn scratch(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("replay-{name}"))
}

fn written(name: &str, text: &str) -> String {
    let path = scratch(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn replay(arguments: &[&str]) -> Ran {
    sscard(&[&["replay", "--lang", "en"], arguments].concat())
}

/// A fixture as a line, with another name and another expectation.
fn line(fixture: &str, id: &str, outcome: &str) -> String {
    let mut session = load(&std::fs::read(fixture).unwrap()).unwrap().remove(0);
    session.header.id = Some(id.to_owned());
    session.header.expect.outcome = Some(outcome.to_owned());
    ndjson::print(&session) + "\n"
}

const HEALTHY: &str = "fixtures/recorded/model-gen2.apdu";
const EXPIRED: &str = "fixtures/recorded/model-expired.apdu";

fn rows(ran: &Ran) -> Vec<Value> {
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_fixture_is_as_it_expects() {
    let ran = replay(&["fixtures"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let document: Value = serde_json::from_str(&replay(&["fixtures", "--json"]).out).unwrap();
    let summary = &document["summary"];
    assert!(summary["passed"].as_u64().unwrap() > 50, "{document}");
    assert_eq!(summary["passed"], summary["sessions"]);
    assert!(summary["rules"]["SSSE_RECORD.EF05.06.EXPIRED"].as_u64().unwrap() > 0);
}

#[test]
fn a_row_says_what_the_contract_names() {
    let file = written("row.ndjson", &line(EXPIRED, "one", "attention"));
    let row = rows(&replay(&[&file, "--ndjson"])).remove(0);
    let keys = [
        "id",
        "card",
        "generation",
        "outcome",
        "rules",
        "rules_version",
        "region",
        "chip_maker",
        "card_maker",
        "expected",
        "passed",
        "error",
    ];
    assert_eq!(
        row.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>().len(),
        keys.len()
    );
    assert!(keys.iter().all(|key| row.get(key).is_some()), "{row}");
    assert_eq!((&row["id"], &row["outcome"]), (&"one".into(), &"attention".into()));
    assert_eq!((&row["region"], &row["chip_maker"]), (&"500109".into(), &"0081".into()));
    assert_eq!((&row["passed"], &row["error"]), (&true.into(), &Value::Null));
}

#[test]
fn what_is_not_as_expected_is_named_with_rule_and_exchange() {
    let file = written("failed.ndjson", &line(EXPIRED, "old card", "healthy"));
    let report = scratch("failed.xml");
    let ran = replay(&[&file, "--junit", report.to_str().unwrap()]);
    assert_eq!(ran.code, 14);
    assert!(ran.out.contains("old card: outcome healthy → attention"), "{}", ran.out);
    let report = std::fs::read_to_string(report).unwrap();
    assert!(report.contains("<failure message=\"outcome healthy → attention\">"), "{report}");
    assert!(report.contains("SSSE_RECORD.EF05.06.EXPIRED warn [4]"), "{report}");
}

#[test]
fn one_bad_session_never_stops_the_rest() {
    let text = line(HEALTHY, "a", "healthy")
        + "{\"steps\":[[\"00Z4\"]]}\n\n"
        + &line(EXPIRED, "c", "attention");
    let file = written("bad.ndjson", &text);
    let ran = replay(&[&file, "--ndjson"]);
    let rows = rows(&ran);
    assert_eq!((ran.code, rows.len()), (65, 3));
    let error = rows[1]["error"].as_str().unwrap();
    assert!(error.contains("line 2") && rows[1]["id"].as_str().unwrap().ends_with(":2"), "{error}");
    assert_eq!(rows[2]["id"], "c");
    let stopped = replay(&[&file, "--ndjson", "--fail-fast"]);
    assert_eq!(stopped.out.lines().count(), 2);
    assert_eq!(replay(&[&file, "--ndjson", "--skip", "2"]).out.lines().count(), 1);
}

#[test]
fn threads_change_neither_order_nor_rows() {
    let fixtures = [HEALTHY, EXPIRED];
    let outcome = ["healthy", "attention"];
    let lines = (0..1500).map(|at| line(fixtures[at % 2], &format!("s{at}"), outcome[at % 2]));
    let file = written("order.ndjson", &lines.collect::<String>());
    let one = replay(&[&file, "--ndjson"]);
    for jobs in ["2", "3", "8"] {
        assert!(replay(&[&file, "--ndjson", "--jobs", jobs]).out == one.out, "{jobs}");
    }
    assert_eq!((one.code, one.out.lines().count()), (0, 1500));
}

#[test]
fn a_verdict_that_changed_since_is_told() {
    let file = written(
        "since.ndjson",
        &(line(HEALTHY, "a", "healthy") + &line(EXPIRED, "b", "attention")),
    );
    let before = replay(&[&file, "--ndjson"]).out;
    let same = written("since-same.ndjson", &before);
    assert_eq!(replay(&[&file, "--against", &same]).code, 0);
    let other = before.replace("\"outcome\":\"attention\"", "\"outcome\":\"healthy\"");
    let other = written("since-other.ndjson", &other);
    let ran = replay(&[&file, "--against", &other]);
    assert_eq!(ran.code, 14);
    assert!(ran.out.contains("b: changed: outcome healthy → attention"), "{}", ran.out);
    let short = written("since-short.ndjson", before.lines().next().unwrap());
    let ran = replay(&[&file, "--against", &short]);
    assert_eq!((ran.code, ran.err.as_str()), (14, ""));
    assert!(ran.out.contains("b: new: not among the earlier rows"), "{}", ran.out);
}

#[test]
fn an_expectation_is_rewritten_on_request_and_nothing_else() {
    let text = std::fs::read_to_string(EXPIRED).unwrap();
    let wrong = text.replace("outcome=attention", "outcome=healthy");
    assert_ne!(wrong, text);
    let file = written("update.apdu", &wrong);
    assert_eq!(replay(&[&file]).code, 14);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), wrong);
    let ran = replay(&[&file, "--update-expect"]);
    assert!(ran.out.contains("@expect card=social_security"), "{}", ran.out);
    assert_eq!(replay(&[&file]).code, 0);
    let updated = std::fs::read_to_string(&file).unwrap();
    let changed = updated.lines().zip(text.lines()).filter(|(left, right)| left != right);
    assert_eq!((changed.count(), updated.lines().count()), (0, text.lines().count()));
}

/// A mistyped path, or a job that lost its recordings, must not look like success.
#[test]
fn a_batch_of_nothing_does_not_pass() {
    let empty = scratch("empty");
    std::fs::create_dir_all(&empty).unwrap();
    std::fs::write(empty.join("readme.txt"), "no recording").unwrap();
    let lines = written("empty.ndjson", "\n\n");
    for path in [empty.to_str().unwrap(), &lines] {
        for more in [&[][..], &["--ndjson"], &["--skip", "3"]] {
            let ran = replay(&[&[path], more].concat());
            assert_eq!((ran.code, ran.out.as_str()), (65, ""), "{path} {more:?}");
            assert!(ran.err.contains(&format!("no recording in {path}")), "{}", ran.err);
        }
    }
    let document: Value = serde_json::from_str(&replay(&[&lines, "--json"]).out).unwrap();
    assert_eq!(
        (&document["exit_code"], &document["error"]["kind"]),
        (&65.into(), &"bad_input".into())
    );
    // A batch that had come to its end goes on with nothing, and says so.
    let one = written("one.ndjson", &line(HEALTHY, "a", "healthy"));
    let ran = replay(&[&one, "--skip", "1"]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("no recording behind --skip 1") && ran.out.starts_with("0 sessions"));
    assert_eq!(replay(&["-", "-"]).code, 2);
}

/// A filter may have nothing to do: one part of many may be empty.
#[test]
fn a_filter_of_nothing_passes() {
    use std::process::{Command, Stdio};

    for (more, code) in [(vec!["--ndjson"], 0), (vec![], 65)] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sscard"));
        command.args(["replay", "-"]).args(more).stdin(Stdio::null());
        let ran = command.output().unwrap();
        assert_eq!((ran.status.code(), ran.stdout.len()), (Some(code), 0));
    }
}

#[test]
fn what_is_not_there_is_told() {
    let ran = replay(&["nowhere"]);
    assert_eq!(ran.code, 74);
    assert!(ran.err.contains("nowhere"));
    assert_eq!(sscard(&["replay"]).code, 2);
}

#[test]
fn a_record_is_a_check_that_is_kept() {
    let path = scratch("record.apdu");
    let _ = std::fs::remove_file(&path);
    let file = path.to_str().unwrap();
    let ran = sscard(&["record", "-o", file, "--virtual", "gen3", "--json"]);
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &document["outcome"]), (0, &"healthy".into()));
    assert!(ran.err.contains(file));
    let again = sscard(&["check", "--json", "--session", file]);
    let again: Value = serde_json::from_str(&again.out).unwrap();
    for key in ["generation", "applications", "comparison", "replacement", "safety"] {
        assert_eq!(again[key], document[key], "{key}");
    }
    assert_eq!(sscard(&["record", "-o", file, "--virtual", "gen3"]).code, 74, "never overwritten");
    assert_eq!(sscard(&["record", "-o", file, "--session", HEALTHY]).code, 2);
}

/// A record that is killed at any moment holds what was answered until then.
#[cfg(unix)]
#[test]
fn a_record_survives_being_killed() {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    let program = env!("CARGO_BIN_EXE_sscard");
    let path = scratch("killed.apdu");
    let record = || {
        let _ = std::fs::remove_file(&path);
        let mut command = Command::new(program);
        command.args(["record", "--virtual", "gen2", "-o", path.to_str().unwrap()]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let begun = Instant::now();
    assert!(record().wait().unwrap().success());
    let whole_time = begun.elapsed();
    let whole = load(&std::fs::read(&path).unwrap()).unwrap().remove(0);
    let commands = |session: &sscard::session::Session| -> Vec<Vec<u8>> {
        session.exchanges().map(|(_, exchange)| exchange.command.clone()).collect()
    };
    let all = commands(&whole);
    let mut cut = 0;
    for round in 0..50_u32 {
        let mut child = record();
        // Spread over the time that a whole record takes.
        std::thread::sleep(whole_time.mul_f64(f64::from(round) / 50.0).min(Duration::from_secs(1)));
        child.kill().unwrap();
        child.wait().unwrap();
        // Without a card there is no file.
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let session =
            load(&bytes).unwrap_or_else(|error| panic!("round {round}: {error}")).remove(0);
        let kept = commands(&session);
        assert!(all.starts_with(&kept), "round {round}");
        let answered = session.exchanges().all(|(_, exchange)| exchange.response.is_some());
        assert!(answered, "round {round}: a command without its answer");
        cut += usize::from(kept.len() < all.len());
    }
    assert!(cut > 0, "no round was killed in the middle");
}
