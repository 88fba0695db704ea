//! Batches as they come: files that cannot be read, lines that are none, readers
//! that go away; and what a batch is compared with.
#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

#[path = "support/program.rs"]
mod program;

use std::path::{Path, PathBuf};

use program::{Ran, sscard};
use serde_json::Value;
use sscard::session::{load, ndjson};

/// A folder of its own for each test, empty.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("replay-faults-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn written(folder: &Path, name: &str, text: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn replay(arguments: &[&str]) -> Ran {
    sscard(&[&["replay", "--lang", "en"], arguments].concat())
}

fn rows(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A fixture as a line.
fn line(model: &str, id: &str) -> String {
    let mut session = load(&std::fs::read(fixture(model)).unwrap()).unwrap().remove(0);
    session.header.id = Some(id.to_owned());
    ndjson::print(&session) + "\n"
}

fn fixture(model: &str) -> String {
    format!("fixtures/recorded/model-{model}.apdu")
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read_is_a_row() {
    use std::os::unix::fs::symlink;

    let folder = folder("unread");
    let card = std::fs::read(fixture("gen2")).unwrap();
    written(&folder, "a.apdu", &card);
    symlink("nowhere", folder.join("b.apdu")).unwrap();
    symlink("a.apdu", folder.join("c.apdu")).unwrap();
    std::fs::create_dir(folder.join("d.apdu")).unwrap();
    written(&folder.join("d.apdu"), "one.apdu", &card);
    symlink("..", folder.join("d.apdu/up")).unwrap();
    written(&folder, "e.ndjson", line("gen3", "last"));
    let path = folder.to_str().unwrap();
    let ran = replay(&[path, "--ndjson"]);
    let rows = rows(&ran.out);
    let errors: Vec<bool> = rows.iter().map(|row| row["error"].is_string()).collect();
    assert_eq!((ran.code, errors), (74, vec![false, true, false, false, false]), "{}", ran.out);
    assert!(rows[1]["id"].as_str().unwrap().ends_with("b.apdu"));
    assert_eq!(rows[4]["id"], "last");
    // What does not parse comes first in the order of the exit codes.
    written(&folder, "f.apdu", "nothing");
    let ran = replay(&[path]);
    assert_eq!(ran.code, 65);
    assert!(ran.out.contains("6 sessions: 4 passed, 0 failed, 2 unreadable"), "{}", ran.out);
    assert_eq!(replay(&[path, "--fail-fast"]).code, 74);
}

#[test]
fn bytes_that_are_no_text_are_an_error_with_a_place() {
    let folder = folder("bytes");
    let card = std::fs::read_to_string(fixture("gen2")).unwrap();
    let broken = card.replacen("@title ", "@title \u{1}", 1).into_bytes();
    let broken: Vec<u8> = broken.into_iter().map(|b| if b == 1 { 0xFF } else { b }).collect();
    let file = written(&folder, "a.apdu", &broken);
    let ran = replay(&[&file, "--update-expect"]);
    assert_eq!(ran.code, 65);
    assert!(ran.out.contains("line 2, column 8: bytes that are no text"), "{}", ran.out);
    assert_eq!(std::fs::read(&file).unwrap(), broken);
    let mut lines = line("gen2", "a").into_bytes();
    let at = lines.windows(5).position(|five| five == b"title").unwrap();
    lines[at + 8] = 0xFF;
    lines.extend_from_slice(line("gen3", "b").as_bytes());
    let file = written(&folder, "b.ndjson", &lines);
    let ran = replay(&[&file, "--ndjson"]);
    let rows = rows(&ran.out);
    assert_eq!((ran.code, rows.len()), (65, 2));
    assert!(rows[0]["error"].as_str().unwrap().starts_with("line 1, column"), "{}", ran.out);
    assert_eq!((&rows[1]["id"], &rows[1]["passed"]), (&"b".into(), &true.into()));
}

#[test]
fn a_line_that_is_too_long_is_one_row() {
    let folder = folder("long");
    let long = format!("{{\"id\":\"{}\",\"steps\":[]}}\n", "x".repeat(17 * 1024 * 1024));
    let file = written(&folder, "a.ndjson", line("gen2", "a") + &long + &line("gen3", "c") + "{");
    let rows = rows(&replay(&[&file, "--ndjson"]).out);
    let error = |at: usize| rows[at]["error"].as_str().unwrap_or_default().to_owned();
    assert_eq!(rows.len(), 4);
    assert!(error(1).starts_with("line 2, column 1: a session that is too large"), "{}", error(1));
    assert_eq!((rows[2]["id"].as_str(), error(2).as_str()), (Some("c"), ""));
    assert!(error(3).starts_with("line 4"), "{}", error(3));
}

#[test]
fn a_file_of_lines_is_known_by_its_first_character() {
    let folder = folder("lines");
    let lines = format!("\u{FEFF}{}\r\n\r\n{}", line("gen2", "a").trim_end(), line("gen3", "b"));
    for name in ["part-00000", "a.ndjson", "b.json"] {
        let file = written(&folder, name, &lines);
        let ran = replay(&[&file]);
        assert_eq!(ran.code, 0, "{name}: {}", ran.out);
        assert!(ran.out.starts_with("2 sessions: 2 passed"), "{name}: {}", ran.out);
    }
}

#[test]
fn a_batch_goes_on_where_it_was_left() {
    let folder = folder("resume");
    let lines: String = (0..9).map(|at| line(["gen1", "gen2", "gen3"][at % 3], "s")).collect();
    let file = written(&folder, "a.ndjson", &lines);
    let whole = replay(&[&file, "--ndjson"]).out;
    let rest = replay(&[&file, "--ndjson", "--skip", "4"]).out;
    let first: String = whole.split_inclusive('\n').take(4).collect();
    assert_eq!(first + &rest, whole);
    let old = written(&folder, "old.ndjson", &whole);
    assert_eq!(replay(&[&file, "--skip", "4", "--against", &old]).code, 0);
    assert_eq!(replay(&[&file, "--skip", "99"]).code, 0);
    assert_eq!(replay(&[&file, "--jobs", "0"]).code, 2);
}

#[test]
fn rows_tell_what_changed_since() {
    let folder = folder("against");
    let file = written(&folder, "a.ndjson", line("gen2", "a") + &line("expired", "b") + "{}\n");
    let before = replay(&[&file, "--ndjson"]).out;
    let against = |name: &str, old: &str| {
        let old = written(&folder, name, old);
        let ran = replay(&[&file, "--ndjson", "--against", &old]);
        (ran.code, ran.err, rows(&ran.out))
    };
    let (code, _, same) = against("same.ndjson", &before);
    assert_eq!(code, 65, "a session that does not parse");
    assert!(same.iter().all(|row| row.get("before") == Some(&Value::Null)), "{same:?}");
    let rule = "\"SSSE_RECORD.EF05.06.EXPIRED\"";
    assert!(before.contains(rule));
    let old = before.replace(rule, "\"GONE\"").replace("2026-", "2025-");
    let (_, _, changed) = against("rules.ndjson", &old);
    assert_eq!(changed[0]["before"], Value::Null);
    let told = &changed[1]["before"];
    assert!(told["rules"].as_array().unwrap().contains(&"GONE".into()), "{told}");
    assert!(told.get("outcome").is_none() && told.get("card").is_none(), "{told}");
    assert!(told["rules_version"].as_str().unwrap().starts_with("2025-"));
    let told = replay(&[&file, "--against", folder.join("rules.ndjson").to_str().unwrap()]);
    assert!(told.out.contains("b: changed: rules +SSSE_RECORD.EF05.06.EXPIRED -GONE (rules 2025-"));
    assert!(told.out.contains("1 changed"), "{}", told.out);
    // What is no row of a batch.
    for (name, old) in [("none", "x".to_owned()), ("bare", before + "{}")] {
        let (code, told, _) = against(&format!("{name}.ndjson"), &old);
        assert_eq!(code, 65);
        assert!(told.contains(&format!("{name}.ndjson, line ")), "{told}");
    }
}

/// An earlier batch of recordings that were fewer, more, or in another order: rows are
/// found by their recording, and what only one of the batches has is named.
#[test]
fn an_earlier_batch_may_be_of_other_recordings() {
    let folder = folder("other-recordings");
    let names = ["a", "b", "c", "d", "e", "f"];
    let models = ["gen1", "gen2", "gen3"];
    let lines = names.iter().zip(models.iter().cycle()).map(|(name, model)| line(model, name));
    let file = written(&folder, "new.ndjson", lines.collect::<String>());
    let before = replay(&[&file, "--ndjson"]).out;
    let before: Vec<&str> = before.lines().collect();
    let against = |name: &str, old: &[&str], more: &[&str]| {
        let old = written(&folder, name, old.join("\n"));
        replay(&[&[&file, "--against", &old], more].concat())
    };
    // The same in any order is the same.
    let mut turned = before.clone();
    turned.reverse();
    let [mut first_last, mut neighbours] = [before.clone(), before.clone()];
    first_last.rotate_left(1);
    neighbours.swap(2, 3);
    for (name, old) in [("turned", &turned), ("rotated", &first_last), ("swapped", &neighbours)] {
        let ran = against(name, old, &[]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{name}: {}", ran.out);
        assert!(ran.out.starts_with("6 sessions: 6 passed, 0 failed, 0 unreadable, 0 changed\n"));
    }
    // One more in the middle, one less, and a verdict behind them that is another.
    let faulty = before[4].replace("\"outcome\":\"", "\"outcome\":\"not_");
    let extra = before[0].replace("\"id\":\"a\"", "\"id\":\"x\"");
    let old = [before[0], &extra, before[1], before[3], &faulty, before[5]];
    let ran = against("both", &old, &[]);
    let told: Vec<&str> = ran.out.lines().collect();
    assert_eq!(ran.code, 14);
    assert!(told[0] == "c: new: not among the earlier rows", "{}", ran.out);
    assert!(told[1].starts_with("e: changed: outcome not_"), "{}", ran.out);
    assert!(told[2].starts_with("x: missing: "), "{}", ran.out);
    assert!(told[3].ends_with("1 changed, 1 new, 1 missing"), "{}", ran.out);
    // Rows stay the recordings of today; what is missing is told beside them.
    let ran = against("rows", &old, &["--ndjson"]);
    let found = rows(&ran.out);
    assert_eq!((ran.code, found.len()), (14, 6));
    assert_eq!(found[2]["before"], serde_json::json!({ "id": null }));
    assert_eq!(found[3]["before"], Value::Null);
    assert!(ran.err.starts_with("x: missing: "), "{}", ran.err);
    let document: Value = serde_json::from_str(&against("json", &old, &["--json"]).out).unwrap();
    let counts = ["changed", "new", "missing"].map(|key| document["summary"][key].as_u64());
    assert_eq!(counts, [Some(1), Some(1), Some(1)]);
    let report = folder.join("report.xml");
    let ran = against("junit", &old, &["--junit", report.to_str().unwrap()]);
    assert_eq!((ran.code, ran.out.matches("x: missing: ").count()), (14, 1));
    let report = std::fs::read_to_string(report).unwrap();
    assert!(report.contains("tests=\"7\" failures=\"3\""), "{report}");
    // Longer and shorter ones.
    let longer = [&before[..], &[&extra]].concat();
    let ran = against("longer", &longer, &[]);
    assert!(ran.code == 14 && ran.out.contains("0 changed, 1 missing"));
    assert!(against("none", &[], &[]).out.contains("0 changed, 6 new\n"));
    let skipped = against("skipped", &before[..5], &["--skip", "4"]);
    assert!(skipped.out.contains("2 sessions: 2 passed, 0 failed, 0 unreadable, 0 changed, 1 new"));
}

/// A row is found where many recordings have one name, and in a batch of many.
#[test]
fn many_rows_are_found_in_any_order() {
    let folder = folder("many-rows");
    let lines = (0..3000).map(|at| line(["gen1", "gen2"][at % 2], &format!("s{}", at / 2)));
    let file = written(&folder, "new.ndjson", lines.collect::<String>());
    let before = replay(&[&file, "--ndjson"]).out;
    let mut old: Vec<&str> = before.lines().collect();
    // Pairs stay in their order, since their recordings have one name.
    let mut pairs: Vec<&[&str]> = old.chunks(2).collect();
    pairs.reverse();
    old = pairs.concat();
    let old = written(&folder, "old.ndjson", old.join("\n"));
    let ran = replay(&[&file, "--against", &old]);
    assert_eq!(ran.code, 0, "{}", ran.out);
}

/// What can be read once is enough as long as it is in one order; else that is told.
#[cfg(unix)]
#[test]
fn an_earlier_batch_may_come_through_a_pipe() {
    use std::process::Command;

    let folder = folder("piped");
    let file = written(&folder, "new.ndjson", line("gen1", "a") + &line("gen2", "b"));
    let old = written(&folder, "old.ndjson", replay(&[&file, "--ndjson"]).out);
    let program = env!("CARGO_BIN_EXE_sscard");
    for (with, code) in [("cat", 0), ("tac", 74)] {
        let pipe = format!("{with} '{old}' | '{program}' replay '{file}' --against /dev/stdin");
        let ran = Command::new("sh").args(["-c", &pipe]).output().unwrap();
        let told = String::from_utf8(ran.stderr).unwrap();
        assert_eq!(ran.status.code(), Some(code), "{told}");
        assert_eq!(told.contains("can be read once"), code == 74, "{told}");
    }
}

#[test]
fn an_expectation_is_added_and_others_are_left_alone() {
    let folder = folder("update");
    let card = std::fs::read_to_string(fixture("expired")).unwrap();
    let bare: String = card
        .split_inclusive('\n')
        .filter(|line| !line.starts_with("@expect"))
        .map(|line| line.replace('\n', "\r\n"))
        .collect();
    let file = written(&folder, "a.apdu", &bare);
    assert_eq!(replay(&[&file]).code, 0);
    let ran = replay(&[&file, "--update-expect"]);
    assert_eq!(ran.code, 0, "what was rewritten is as expected");
    assert!(ran.out.contains("@expect – → card=social_security generation=second outcome=att"));
    let updated = std::fs::read_to_string(&file).unwrap();
    let added = updated.lines().find(|line| line.starts_with("@expect")).unwrap();
    assert_eq!(updated.replace(&format!("{added}\r\n"), ""), bare);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    let again = replay(&[&file, "--update-expect"]);
    assert!(again.out.starts_with("1 session: 1 passed") && again.code == 0, "{}", again.out);
    let wrong = line("gen2", "b").replace("\"outcome\":\"healthy\"", "\"outcome\":\"faulty\"");
    let lines = written(&folder, "b.ndjson", &wrong);
    let ran = replay(&[&lines, "--update-expect"]);
    assert_eq!((ran.code, std::fs::read_to_string(&lines).unwrap()), (14, wrong));
    assert!(ran.out.contains("b: --update-expect leaves files of many"), "{}", ran.out);
    assert_eq!(replay(&["-", "--update-expect"]).code, 2);
}

/// What lies beside a recording is nobody's to take, and a link leads elsewhere.
#[cfg(unix)]
#[test]
fn an_update_touches_no_other_file() {
    let folder = folder("update-beside");
    let other = written(&folder, "other.txt", "precious");
    std::os::unix::fs::symlink(&other, folder.join("a.apdu.new")).unwrap();
    let card = std::fs::read_to_string(fixture("expired")).unwrap();
    let file = written(&folder, "a.apdu", card.replace("second", "third"));
    assert_eq!(replay(&[&file, "--update-expect"]).code, 0);
    assert_eq!(std::fs::read_to_string(&other).unwrap(), "precious");
    assert!(!std::fs::symlink_metadata(&file).unwrap().is_symlink());
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 3);
}

/// A file that cannot be written is told, and the ones behind it are updated.
#[cfg(unix)]
#[test]
fn one_file_that_cannot_be_rewritten_never_stops_the_rest() {
    let folder = folder("unwritable");
    let wrong = std::fs::read_to_string(fixture("expired")).unwrap();
    let wrong = wrong.replace("outcome=attention", "outcome=healthy");
    // A name that is as long as a name may be: no other file can stand beside it.
    let long = "b".repeat(250) + ".apdu";
    let files = ["a.apdu", &long, "c.apdu"].map(|name| written(&folder, name, &wrong));
    let ran = replay(&[folder.to_str().unwrap(), "--update-expect"]);
    assert_eq!(ran.code, 74, "{}{}", ran.out, ran.err);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert!(lines[0].starts_with(&format!("{}: @expect card=", files[0])), "{}", ran.out);
    assert!(lines.iter().any(|line| line.starts_with(&format!("{}: @expect", files[1]))));
    assert!(ran.out.contains("3 sessions: 2 passed, 1 failed"), "{}", ran.out);
    let kept = files.map(|file| std::fs::read_to_string(file).unwrap() == wrong);
    assert_eq!(kept, [false, true, false]);
}

/// A filter that nobody reads any more stops, instead of judging a million sessions
/// for nobody; and nothing is written where nobody watches.
#[cfg(unix)]
#[test]
fn a_filter_ends_when_its_reader_has_gone() {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::process::{Command, Stdio};

    let mut command = Command::new(env!("CARGO_BIN_EXE_sscard"));
    command.args(["replay", "-", "--ndjson"]).stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut sessions = child.stdin.take().unwrap();
    let text = line("gen1", "again");
    let feeder = std::thread::spawn(move || {
        let mut fed = 0;
        while fed < 100_000 && sessions.write_all(text.as_bytes()).is_ok() {
            fed += 1;
        }
        fed
    });
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.contains("\"again\""), "{first}");
    assert!(feeder.join().unwrap() < 100_000, "it read on");
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), ended.stderr.len()), (Some(0), 0));
}

/// In a terminal of its own, which `script` makes.
#[cfg(target_os = "linux")]
#[test]
fn whoever_watches_sees_how_far_it_is() {
    use std::process::Command;

    let folder = folder("watched");
    let file = written(&folder, "a.ndjson", line("gen2", "a") + &line("gen3", "b"));
    let watch = |more: &str| {
        let program = env!("CARGO_BIN_EXE_sscard");
        let line = format!("'{program}' replay --lang en '{file}' {more}");
        let ran = Command::new("script").args(["-qec", &line, "/dev/null"]).output().unwrap();
        String::from_utf8(ran.stdout).unwrap()
    };
    let seen = watch("");
    let (bar, rest) = seen.split_once(" left").unwrap();
    assert!(bar.starts_with("\r[####################] 100 %  2 sessions  0 failed"), "{seen:?}");
    // The line is gone before the summary is printed.
    assert!(rest.trim_start_matches(['\r', ' ']).starts_with("2 sessions: 2 passed"), "{seen:?}");
    // What is read ahead is not judged yet.
    written(&folder, "a.ndjson", line("gen2", "a").repeat(1000));
    let first = "\r[#####---------------]  25 %  256 sessions";
    assert!(watch("").starts_with(first), "{:?}", watch(""));
    written(&folder, "a.ndjson", line("gen2", "a"));
    assert!(!watch("--ndjson").contains('%'), "between rows");
    assert!(watch("--ndjson > /dev/null").contains("100 %"), "rows go elsewhere");
    assert!(!watch("2> /dev/null").contains('%'));
}
