//! Scripts and recordings, run against the built-in cards.
#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

#[path = "support/program.rs"]
mod program;

use std::path::PathBuf;

use program::{Ran, sscard};
use serde_json::Value;

/// A file of this text, of its own for each test.
fn file(name: &str, text: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("run-{name}"));
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A script with its first line.
fn script(name: &str, text: &str) -> String {
    file(name, &format!("# sscard-apdu 1\n{text}"))
}

fn run(script: &str, card: &str, more: &[&str]) -> Ran {
    sscard(&[&["run", script, "--virtual", card, "--lang", "en"], more].concat())
}

/// A recording of a built-in card.
fn recording(card: &str, test: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("run-{test}-{card}.apdu"));
    let _ = std::fs::remove_file(&path);
    let path = path.to_str().unwrap().to_owned();
    sscard(&["record", "-o", &path, "--virtual", card]);
    path
}

#[test]
fn a_recording_of_each_card_passes_against_the_same_card() {
    for card in sscard::emulate::names() {
        let recorded = recording(card, "same");
        let ran = run(&recorded, card, &[]);
        assert_eq!(ran.code, 0, "{card}: {}{}", ran.out, ran.err);
    }
}

#[test]
fn a_recording_fails_at_the_line_that_changed_and_names_the_item() {
    let text = std::fs::read_to_string(recording("gen2", "changed")).unwrap();
    let (was, is) = ("06 04 20 99 12 31", "06 04 20 30 01 01");
    assert!(text.contains(was));
    let line = text.lines().position(|line| line.contains(was)).unwrap();
    let changed = file("changed.apdu", &text.replace(was, is));
    let ran = run(&changed, "gen2", &[]);
    assert_eq!(ran.code, 14);
    // The command stands on the line before its answer.
    assert!(ran.out.contains(&format!("x {line:>4}  READ RECORD")), "{}", ran.out);
    let why = "why       EF05/06 valid until: 2030-01-01 → 2099-12-31";
    assert!(ran.out.contains(why), "{}", ran.out);
    assert!(ran.out.ends_with("1 failed, stopped there\n"), "{}", ran.out);
}

/// What each script of `apdu-scripts` says of each card: passed, or the line of the
/// first command that failed.
#[test]
fn the_scripts_say_what_they_are_for() {
    const CARDS: [&str; 5] = ["gen1", "gen2", "gen3", "gen3-contactless", "bank-card"];
    let rows: [(&str, [u64; 5]); 13] = [
        ("application-tour", [0, 0, 0, 0, 0]),
        ("certificate-tour", [9, 9, 0, 9, 9]),
        ("holder-data", [0, 0, 16, 16, 10]),
        ("holder-protected", [14, 14, 0, 0, 8]),
        ("issuer-data", [0, 0, 0, 0, 9]),
        ("payment-tour", [10, 0, 0, 0, 0]),
        ("quick-generation", [0, 0, 0, 0, 8]),
        ("reader-speed", [0, 0, 0, 0, 8]),
        ("resets", [0, 0, 0, 0, 8]),
        ("ssse-record", [0, 0, 0, 0, 9]),
        ("ssse-safety", [14, 0, 0, 0, 8]),
        ("stress", [0, 0, 0, 0, 8]),
        ("transport-tour", [9, 9, 9, 0, 9]),
    ];
    let mut there: Vec<String> = Vec::new();
    for entry in std::fs::read_dir("apdu-scripts").unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        there.extend(name.strip_suffix(".apdu").map(str::to_owned));
    }
    there.sort();
    assert_eq!(there, rows.map(|(name, _)| name));
    for (name, lines) in rows {
        for (card, line) in CARDS.into_iter().zip(lines) {
            let ran = run(&format!("apdu-scripts/{name}.apdu"), card, &["--json"]);
            let document: Value = serde_json::from_str(&ran.out).unwrap();
            let steps = document["steps"].as_array().unwrap();
            let failed = steps.iter().find(|step| step["passed"] == false);
            let found = failed.map_or(0, |step| step["line"].as_u64().unwrap());
            assert_eq!(found, line, "{name} on {card}");
            assert_eq!(ran.code, if line == 0 { 0 } else { 14 }, "{name} on {card}");
        }
    }
}

#[test]
fn a_thousand_readings_find_the_one_that_differs() {
    let first = "> 00 B2 01 28 12\n= first from all\n";
    let select = "> 00 A4 04 00 ${len AID.ssse} ${AID.ssse} 00\n";
    let again = "repeat 20\n  > 00 B2 ${i} 2C 00\n  < ${first} 90 00\nend\n";
    let text = format!("{select}{first}on-fail continue\n{again}");
    let ran = run(&script("rounds.apdu", &text), "gen2", &[]);
    assert_eq!(ran.code, 14);
    assert!(ran.out.contains("×20, slowest"), "{}", ran.out);
    // The first round reads the same record; of the others three are shown.
    assert!(ran.out.contains("16 more rounds failed"), "{}", ran.out);
    assert!(ran.out.ends_with("22 steps, 19 failed\n"), "{}", ran.out);
}

#[test]
fn the_document_tells_each_step() {
    let text = "- Select\n> 00 A4 04 00 ${len AID.ssse} ${AID.ssse} 00\n< sw 9000\n< len 29\n\
        ! reset warm\n";
    let path = script("document.apdu", &format!("on-fail continue\n{text}"));
    let ran = run(&path, "gen2", &["--json"]);
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&document["command"], &document["exit_code"]), (&"run".into(), &14.into()));
    let steps = document["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 2);
    let select = &steps[0];
    assert_eq!((&select["name"], &select["line"]), (&"Select".into(), &4.into()));
    let command = "00 A4 04 00 0F 73 78 31 2E 73 68 2E C9 E7 BB E1 B1 A3 D5 CF 00";
    assert_eq!(select["command"], command);
    assert!(select["response"].as_str().unwrap().ends_with("86 01 01 90 00"));
    assert_eq!(select["expected"], serde_json::json!(["sw 9000", "len 29"]));
    let failure = "line 6: 30 bytes of data, expected 29";
    assert_eq!(select["failures"][0]["en"], failure);
    assert!(select["failures"][0]["zh"].as_str().unwrap().contains("30 字节"));
    assert_eq!((&steps[1]["event"], &steps[1]["passed"]), (&"reset warm".into(), &true.into()));
}

#[test]
fn a_report_has_a_case_for_each_line() {
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("run-report.xml");
    let out = out.to_str().unwrap();
    let path = script(
        "junit.apdu",
        "on-fail continue\n- A <name>\n> 00 84 00 00 04\n< len 4\n> 00 84 00 00 04\n< sw 6D00\n",
    );
    assert_eq!(run(&path, "gen2", &["--junit", out]).code, 14);
    let report = std::fs::read_to_string(out).unwrap();
    assert!(report.contains("name=\"line 4: A &lt;name&gt;\"/>"), "{report}");
    assert!(
        report.contains("<failure message=\"line 7: status word 9000 (success)\">"),
        "{report}"
    );
    assert_eq!(report.matches("<testcase").count(), 2);
}

#[test]
fn a_mistake_is_told_with_its_place() {
    let refused = |name: &str, text: &str| {
        let ran = run(&script(name, text), "gen2", &[]);
        assert_eq!((ran.code, ran.out.as_str()), (65, ""));
        ran.err
    };
    let err = refused("hex.apdu", "> 00 A4 0G 00\n");
    assert!(err.contains("hex.apdu, line 2, column 10: half a byte"), "{err}");
    let err = refused("name.apdu", "  > 00 A4 ${AID.nobody}\n");
    assert!(err.contains("line 2, column 3: an unknown name, expected i within a loop"), "{err}");
}

/// Whatever does not parse may be a person's, on any line.
#[test]
fn a_mistake_shows_nothing_of_the_file() {
    let whole = b"110101199003070015 \xD5\xC5\xC8\xFD\n".to_vec();
    let files = [
        ("gbk", [b"# sscard-apdu 1\n@note \xD5\xC5\xC8\xFD ".to_vec(), whole.clone()].concat()),
        ("first", whole),
        ("ndjson", "{\"steps\":[[\"00B2092C00\",\"0906D5C5C8FD110101199003070015\"".into()),
    ];
    let lines = [
        "110101199003070015 zhang san",
        "@zhang 110101199003070015",
        "@interface 110101199003070015 zhang",
        "! failure 110101199003070015 zhang",
        "! reset 110101199003070015",
        "! error 110101199003070015 zhang",
        "> 00 B2 01 34 00\n= 110101199003070015 from zhang",
        "> 00 B2 01 34 00 (110101199003070015 zhang san)",
        "> 00 B2 01 34 00\n< 0812 (110101199003070015 zhang san)",
        "> 00 B2 01 34 00\n< D5C5 110101199003070015 9",
        "> 00 B2 ${zhang.110101199003070015}",
        "> 00 D6 85 00 09 110101199003070015 ; zhang",
        "@require write\n> 00 D6 85 00 09 110101199003070015 ; zhang",
    ];
    let lines = lines.map(|line| ("line", format!("# sscard-apdu 1\n{line}\n").into_bytes()));
    for (name, bytes) in files.into_iter().chain(lines) {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("run-hide-{name}.apdu"));
        std::fs::write(&path, &bytes).unwrap();
        for json in [&[][..], &["--json"]] {
            let ran = run(path.to_str().unwrap(), "gen2", json);
            let here = format!("{}: {}{}", String::from_utf8_lossy(&bytes), ran.out, ran.err);
            assert!(matches!(ran.code, 2 | 65), "{here}");
            assert!([&ran.out, &ran.err].iter().any(|text| text.contains("line ")), "{here}");
            for shown in ["1101", "1990", "0015", "zhang", "0812", "D5C5", "0906", "张"] {
                assert!(!ran.out.contains(shown) && !ran.err.contains(shown), "{shown}: {here}");
            }
        }
    }
}

/// What a recording calls an error in words of its own may be anything.
#[test]
fn an_expected_error_is_shown_by_a_name_of_the_list() {
    for (name, shown) in [("zhang 110101", "! error"), ("busy", "! error busy")] {
        let text = format!("> 00 84 00 00 04\n! error {name}\n");
        let ran = run(&script("error.apdu", &text), "gen2", &["--json"]);
        let document: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(document["steps"][0]["expected"], serde_json::json!([shown]));
        assert_eq!((ran.code, ran.out.contains("zhang")), (14, false), "{}", ran.out);
    }
}

#[test]
fn an_included_file_is_named_with_its_mistake() {
    script("parts/broken.apdu", "> 00 A4 00 ${x}\n");
    let ran = run(&script("including.apdu", "include run-parts/broken.apdu\n"), "gen2", &[]);
    assert_eq!(ran.code, 65);
    let err = ran.err.replace('\\', "/");
    assert!(err.contains("including.apdu, run-parts/broken.apdu, line 2, column 1"), "{err}");
    let ran = run(&script("missing.apdu", "include nowhere.apdu\n"), "gen2", &[]);
    assert_eq!(ran.code, 74);
    let ran = run(&script("outside.apdu", "include ../Cargo.toml\n"), "gen2", &[]);
    assert_eq!(ran.code, 65);
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_the_folder() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("run-linked");
    std::fs::create_dir_all(&folder).unwrap();
    let link = folder.join("link.apdu");
    let _ = std::fs::remove_file(&link);
    let target = std::fs::canonicalize("apdu-scripts/stress.apdu").unwrap();
    std::os::unix::fs::symlink(target, &link).unwrap();
    let including = folder.join("main.apdu");
    std::fs::write(&including, "# sscard-apdu 1\ninclude link.apdu\n").unwrap();
    let ran = run(including.to_str().unwrap(), "gen2", &[]);
    assert_eq!(ran.code, 65);
    assert!(ran.err.contains("a link out of the script's folder"), "{}", ran.err);
}

#[test]
fn a_write_is_told_twice_or_not_sent() {
    let write = "> 00 D6 85 00 01 41\n";
    let alone = run(&script("write.apdu", write), "gen2", &["--allow-write"]);
    assert_eq!(alone.code, 65, "{}", alone.err);
    assert!(alone.err.contains("expected `@require write`"), "{}", alone.err);
    let required = script("required.apdu", &format!("@require write\n{write}"));
    let ran = run(&required, "gen2", &[]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("line 3: 00D6 with these parameters"), "{}", ran.err);
    let ran = run(&required, "gen2", &["--allow-write", "--json"]);
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    assert!(document["steps"][0]["response"].is_string(), "{}", ran.out);
    // What only the run can know is held back there.
    let captured = "> 00 84 00 00 04\n= x from all\n> ${x} 00\n";
    let ran = run(&script("captured.apdu", captured), "gen2", &["--json"]);
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(document["steps"][1]["response"], Value::Null);
    let why = document["steps"][1]["failures"][0]["en"].as_str().unwrap();
    assert!(why.starts_with("not sent"), "{why}");
}

#[test]
fn a_lost_card_ends_with_its_own_code() {
    let recorded = recording("gen2", "lost");
    let ran = run(&recorded, "mute", &[]);
    assert_eq!(ran.code, 25, "{}", ran.out);
    assert!(ran.out.contains("FAILED"), "{}", ran.out);
    assert!(!ran.err.is_empty());
}

/// A script that lost its steps must not look like one that passed.
#[test]
fn a_script_without_a_command_does_not_pass() {
    let empty = script("empty.apdu", "@title nothing\n- a step\n");
    let ran = run(&empty, "gen2", &[]);
    assert_eq!((ran.code, ran.out.as_str()), (65, ""));
    assert!(ran.err.contains("line 1, column 1: no command in it"), "{}", ran.err);
    let one = run(&script("one.apdu", "> 00 84 00 00 08\n< len 8\n"), "gen2", &[]);
    assert!(one.out.ends_with("  1 step\n"), "{}", one.out);
}

#[test]
fn a_script_is_recorded_as_it_runs() {
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("run-kept.apdu");
    let _ = std::fs::remove_file(&out);
    let out = out.to_str().unwrap();
    let quick = "apdu-scripts/quick-generation.apdu";
    let line = ["record", "-o", out, "--virtual", "gen3", "--lang", "en", "--", "run", quick];
    let ran = sscard(&line);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("passed"), "{}", ran.out);
    assert_eq!(run(out, "gen3", &[]).code, 0);
    let judged = sscard(&["check", "--quick", "--session", out, "--json"]);
    let document: Value = serde_json::from_str(&judged.out).unwrap();
    assert_eq!(document["generation"]["value"], "third");
    let refused = sscard(&["record", "-o", out, "--virtual", "gen3", "--", "walk", quick]);
    assert_eq!(refused.code, 2);
}
