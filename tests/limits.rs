//! Every limit is documented as it is, and what is larger than a limit, or as bad as
//! it can be within it, ends soon.
#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, reason = "a test fails by panic")]

#[path = "support/program.rs"]
mod program;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use program::sscard;
use sscard::compare::{DifferenceKind, differences};
use sscard::import::{Format, import};
use sscard::profile::regional;
use sscard::scrub::Scrubber;
use sscard::session::limits::{MAX_EXPLAINED, MAX_LOG, MAX_RESPONSE, MAX_TABLE};
use sscard::session::{Exchange, Header, Session, Step};

/// Beginnings of the names of constants that limit something.
const NAMES: [&str; 4] = ["MAX_", "MOST_", "LONGEST", "DEEPEST"];

/// Not how much is taken, but what a value looks like.
const NO_LIMITS: [(&str, &str); 1] = [("LONGEST_LOOKALIKE", "src/report/decode/tlv/ber.rs")];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// Constant, file and value, as the sources have them.
fn constants() -> BTreeSet<(String, String, String)> {
    let mut paths = Vec::new();
    sources(Path::new("src"), &mut paths);
    let mut constants = BTreeSet::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            let Some((_, rest)) = line.split_once("const ") else { continue };
            let Some((name, rest)) = rest.split_once(": ") else { continue };
            let Some((_, value)) = rest.split_once(" = ") else { continue };
            let file = path.to_str().unwrap().replace('\\', "/");
            constants.insert((name.to_owned(), file, value.trim_end_matches(';').to_owned()));
        }
    }
    constants
}

#[test]
fn the_page_of_limits_is_true_and_whole() {
    let page = std::fs::read_to_string("docs/limits.md").unwrap();
    let constants = constants();
    let mut documented = BTreeSet::new();
    for line in page.lines().filter(|line| line.starts_with("| `") && line.contains("src/")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [name, file, value, of, beyond] = cells[..] else { panic!("{line}") };
        let row = (
            name.trim_matches('`').to_owned(),
            file.to_owned(),
            value.trim_matches('`').to_owned(),
        );
        assert!(constants.contains(&row), "{line}: the sources say otherwise");
        assert!(!of.is_empty() && !beyond.is_empty(), "{line}");
        documented.insert((row.0, row.1));
    }
    for (name, file, _) in constants {
        let limits = NAMES.iter().any(|start| name.starts_with(start));
        if limits && !NO_LIMITS.contains(&(name.as_str(), file.as_str())) {
            assert!(documented.contains(&(name.clone(), file.clone())), "{name} of {file}");
        }
    }
}

fn scratch(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_file(&path);
    path
}

fn written(name: &str, bytes: &[u8]) -> String {
    let path = scratch(name);
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_file_that_is_too_large_is_refused() {
    let table = written("limits-table.toml", &vec![b'#'; MAX_TABLE + 1]);
    for line in [["profile", "check"], ["virtual", "--json"], ["check", "--profile"]] {
        let ran = sscard(&[line[0], line[1], table.as_str(), "--lang", "en"]);
        assert_eq!(ran.code, 65, "{line:?}");
        let seen = format!("{}{}", ran.out, ran.err);
        assert!(seen.contains(&format!("byte {MAX_TABLE}")), "{seen}");
    }
    let log = written("limits-large.log", &vec![b'\n'; MAX_LOG + 1]);
    let output = scratch("limits-large.apdu");
    let ran = sscard(&["import", &log, "-o", output.to_str().unwrap(), "--lang", "en"]);
    assert_eq!(ran.code, 65);
    assert!(ran.err.contains("at most 16 MiB"), "{}", ran.err);
    assert!(!output.exists());
    const { assert!(MAX_EXPLAINED < MAX_LOG) };
}

/// Hex without blanks takes less room than a recording of it.
#[test]
fn no_recording_is_written_that_could_not_be_read() {
    let answer = "00".repeat(MAX_RESPONSE - 2) + "9000";
    let log = written("limits-growing.log", format!("00840000\n{answer}\n").repeat(100).as_bytes());
    let output = scratch("limits-growing.apdu");
    let ran = sscard(&["import", &log, "-o", output.to_str().unwrap(), "--lang", "en"]);
    assert_eq!(ran.code, 65, "{}", ran.err);
    assert!(ran.err.contains("too large"), "{}", ran.err);
    assert!(!output.exists());
}

#[test]
fn what_no_recording_can_hold_is_counted() {
    let long = "00".repeat(MAX_RESPONSE + 1);
    let log = format!("00840000\n{long}\n00840000\n9000\n{}\n9000\n", "00".repeat(70_000));
    let found = import(&log).unwrap();
    assert_eq!(found.session.exchanges().count(), 1);
    assert_eq!(found.incomplete, [1, 5, 6]);
    let times = "A>> 00840000\nA<< (NaNms) 9000\nA>> 00840000\nA<< (infms) 9000\n";
    let found = import(times).unwrap();
    assert!(found.session.exchanges().all(|(_, exchange)| exchange.elapsed_ms.is_none()));
}

/// Gone through once for each thread, this would take hours.
#[test]
fn a_log_of_many_threads_is_read_in_one_go() {
    let mut log = String::new();
    for thread in 0..200_000 {
        writeln!(log, "{thread}@>|0|0|SCardTransmit").unwrap();
    }
    assert_eq!(import(&log).unwrap().incomplete.len(), 200_000);
    log.push_str("A@>|0|0|SCardTransmit\nA@0x1\nA@a\nA@b\nA@c\nA@00840000\nA@d\nA@e\nA@f\nA@9000\nA@<|0|1|x\n");
    let found = import(&log).unwrap();
    // The count before its bytes is none: that call is not whole either.
    assert_eq!((found.format, found.incomplete.len()), (Format::SpyRaw, 200_001));
    assert!(found.incomplete.is_sorted());
}

fn exchange(command: &[u8], response: &[u8]) -> Step {
    let (command, response) = (command.to_vec(), Some(response.to_vec()));
    Step::Exchange(Exchange { command, response, elapsed_ms: None })
}

/// Looked up from the first one on for each exchange, these would take minutes.
#[test]
fn a_recording_of_many_exchanges_is_scrubbed_in_one_go() {
    let refused = exchange(&[0x00, 0x84, 0x00, 0x00, 0x04], &[0x6D, 0x00]);
    let session = Session { header: Header::default(), steps: vec![refused; 400_000] };
    let scrubbed = Scrubber::default().session(&session);
    assert_eq!((scrubbed.changed, scrubbed.session == session), (0, true));
    // The same name again and again.
    let ssse = [&[0x00, 0xA4, 0x04, 0x00, 0x0F][..], b"sx1.sh.\xC9\xE7\xBB\xE1\xB1\xA3\xD5\xCF"];
    let select = exchange(&ssse.concat(), &[0x90, 0x00]);
    let file = exchange(&[0x00, 0xA4, 0x00, 0x00, 0x02, 0xEF, 0x06], &[0x90, 0x00]);
    let name = b"\x09\x04\xD5\xC5\xC8\xFD\x90\x00";
    let read = exchange(&[0x00, 0xB2, 0x09, 0x32, 0x00], name);
    let steps = [vec![select, file], vec![read; 40_000]].concat();
    let scrubbed = Scrubber::default().session(&Session { header: Header::default(), steps });
    assert!(scrubbed.changed >= 40_000, "{}", scrubbed.changed);
}

/// The same for two recordings in which every answer differs, of files and of names.
#[test]
fn recordings_of_many_exchanges_are_compared_in_one_go() {
    let recording = |serial: u8| {
        let read = exchange(&[0x00, 0xB2, 0x07, 0x2C, 0x00], &[0x07, 0x01, serial, 0x90, 0x00]);
        let answer = [0x6F, 0x03, 0x84, 0x01, serial, 0x90, 0x00];
        let select = exchange(&[0x00, 0xA4, 0x04, 0x00, 0x05, 0xA0, 0, 0, 0, 1], &answer);
        let steps = [vec![read; 50_000], vec![select; 50_000]].concat();
        Session { header: Header::default(), steps }
    };
    let found = differences(&recording(1), &recording(2));
    assert!(found.iter().map(|one| one.exchange).eq(1..=100_000));
    assert!(found.iter().all(|one| one.kind == DifferenceKind::Data));
}

/// Walked once for each of its tags, this would take a minute.
#[test]
fn an_answer_of_many_objects_is_compared_in_one_go() {
    let recording = |side: u8| {
        let object = |n: u16| {
            let [high, low] = [n / 128, n % 128].map(|part| u8::try_from(part).unwrap());
            [0x9F, 0x81 + high, low, 2, high, low ^ side]
        };
        // Told by tag, in whatever order they come.
        let answer = [(0..10_000).rev().flat_map(object).collect(), vec![0x90, 0x00]].concat();
        let steps = vec![exchange(&[0x80, 0xCA, 0x00, 0x00, 0x00, 0x00, 0x00], &answer)];
        Session { header: Header::default(), steps }
    };
    let found = differences(&recording(0), &recording(0x80));
    assert_eq!(found.len(), 10_000);
    assert!(found.is_sorted_by_key(|one| one.left.clone()));
    assert!(found.iter().all(|one| one.left != one.right && one.right.is_some()));
}

/// Nothing common but by chance: the pairing does not look for the best at any price.
#[test]
fn recordings_that_have_little_in_common_are_compared_soon() {
    let recording = |mut seed: u32| {
        let mut record = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            exchange(&[0x00, 0xB2, seed.to_be_bytes()[0], 0x2C, 0x00], &[0x6A, 0x83])
        };
        Session { header: Header::default(), steps: (0..40_000).map(|_| record()).collect() }
    };
    let found = differences(&recording(1), &recording(2));
    assert!(found.iter().all(|one| one.kind == DifferenceKind::Command));
    let alone = found.iter().filter(|one| one.right.is_none()).count();
    assert_eq!(found.len(), 2 * alone);
    assert!((1..40_000).contains(&alone), "{alone}");
}

/// The same for a table that is wrong everywhere, on one line and on many.
#[test]
fn a_table_of_mistakes_is_told_in_one_go() {
    for (line, count) in [("x = 1, ", 1), ("[[file]]\nfid = \"EF0C\"\nx = 1\n", 4)] {
        let text = match count {
            1 => format!("file = [{}]", "{ x = 1 }, ".repeat(20_000)),
            _ => line.repeat(10_000),
        };
        let mistakes = regional::parse("any", &text).unwrap_err();
        assert!(mistakes.len() >= 10_000, "{}", mistakes.len());
        let lines = text.lines().count();
        assert!(mistakes.iter().all(|mistake| (1..=lines).contains(&mistake.line)));
        assert!(mistakes.is_sorted_by_key(|mistake| (mistake.line, mistake.column)));
    }
}

/// Both streams as a terminal gets them.
fn unfiltered(line: &[&str]) -> String {
    let arguments = std::iter::once("sscard").chain(line.iter().copied()).map(Into::into).collect();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    sscard::cli::run(arguments, &mut sscard::cli::Output::new(&mut out, &mut err));
    String::from_utf8([out, err].concat()).unwrap()
}

/// Without the program's own colours.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1B}[");
    let mut plain = parts.next().unwrap().to_owned();
    for part in parts {
        match part.split_once('m') {
            Some((colour, rest)) if colour.bytes().all(|byte| byte.is_ascii_digit()) => {
                plain += rest
            }
            _ => plain += &format!("\u{1B}[{part}"),
        }
    }
    plain
}

/// What a file or an argument holds does not reach a terminal as it is.
#[test]
fn nothing_orders_a_terminal_about() {
    let clear = "\u{1B}[2J\u{9B}31m\r";
    let table =
        written("limits-clear.toml", format!("\"\\u001B[2J\" = 1\nzh = \"{clear}\"").as_bytes());
    let log = written("limits-clear.log", format!("{clear}x\n00840000\n9000\n").as_bytes());
    let output = scratch("limits-clear.apdu");
    let recording = written(
        "limits-title.apdu",
        format!("# sscard-apdu 1\n@title a{clear}b\n- {clear}\n> 00 84 00 00\n< 90 00\n")
            .as_bytes(),
    );
    // A name of 30 bytes with an order in it.
    let name = hex::encode([&b"\x09\x1E"[..], b"AB\x1B[2J\nC", &[0; 22]].concat());
    let lines: [&[&str]; 6] = [
        &["profile", "check", &table],
        &["import", &log, "-o", output.to_str().unwrap()],
        &["check", "--session", &recording, "--verbose", "--reveal"],
        &["replay", &recording],
        &["decode", "tlv", &name, "--reveal"],
        &["check", "--virtual", "\u{1B}[2J"],
    ];
    for line in lines {
        let seen = without_colours(&unfiltered(line));
        let orders = |c: char| c.is_control() && c != '\n';
        assert!(!seen.contains(orders), "{line:?}: {seen:?}");
        assert!(!seen.is_empty(), "{line:?}");
    }
    let shown = sscard(&["decode", "tlv", &name, "--reveal"]).out;
    assert!(shown.contains("AB�[2J�C"), "{shown}");
}
