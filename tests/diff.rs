//! Two recordings side by side.
#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

#[expect(dead_code, reason = "other tests look at standard error")]
#[path = "support/program.rs"]
mod program;

use std::path::PathBuf;

use program::{Ran, sscard};
use serde_json::Value;

const GEN2: &str = "fixtures/recorded/model-gen2.apdu";
const GEN3: &str = "fixtures/recorded/model-gen3.apdu";

/// The second generation's recording with these texts changed.
fn changed(name: &str, changes: &[[&str; 2]]) -> String {
    let text = std::fs::read_to_string(GEN2).unwrap();
    let text = changes.iter().fold(text, |text, [from, to]| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("diff-{name}.apdu"));
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn diff(left: &str, right: &str, more: &[&str]) -> Ran {
    sscard(&[&["diff", left, right, "--lang", "en"], more].concat())
}

#[test]
fn nothing_differs_from_itself_whatever_its_times() {
    let slower = changed("slower", &[["; 2.9 ms", "; 3.9 ms"]]);
    for other in [GEN2, &slower] {
        let ran = diff(GEN2, other, &[]);
        assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    }
    for folder in ["fixtures/foreign", "fixtures/recorded"] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let path = path.to_str().unwrap();
            if path.ends_with(".apdu") {
                assert_eq!(diff(path, path, &[]).code, 0, "{path}");
            }
        }
    }
}

/// The one value of the FCI that tells generations apart is open, and has a name.
#[test]
fn the_algorithm_is_told_by_name() {
    let fci = "9F 0C 03 86 01 01 90 00";
    let other = changed("algorithm", &[[fci, &fci.replace("01 01", "01 03")]]);
    for more in [&[][..], &["--ignore-personal"]] {
        let ran = diff(GEN2, &other, more);
        assert_eq!(ran.out.lines().next(), Some("[3] 9F0C/86 algorithm: 01 DES → 03 SM4"));
    }
}

/// The check character of an answer to reset follows from the serial number in it.
#[test]
fn another_card_of_the_same_make_differs_in_nothing_but_its_holder() {
    let contactless = "fixtures/recorded/model-gen3-contactless.apdu";
    let text = std::fs::read_to_string(contactless).unwrap();
    let atr = text.lines().find_map(|line| line.strip_prefix("@atr")).unwrap().trim();
    let mut bytes = hex::decode(atr.replace(' ', "")).unwrap();
    let last = bytes.len() - 1;
    bytes[last - 1] ^= 0x5A;
    bytes[last] ^= 0x5A;
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("diff-serial.apdu");
    std::fs::write(&path, text.replace(atr, &hex::encode_upper(bytes))).unwrap();
    let path = path.to_str().unwrap();
    assert_eq!(diff(contactless, path, &[]).code, 14);
    let ran = diff(contactless, path, &["--ignore-personal"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
}

#[test]
fn a_difference_is_told_by_meaning() {
    let later = changed("later", &[["06 04 20 99 12 31", "06 04 20 20 12 31"]]);
    let ran = diff(GEN2, &later, &[]);
    assert_eq!(ran.code, 14);
    let first = ran.out.lines().next().unwrap();
    assert_eq!(first, "[4] EF05/06 valid until: 2099-12-31 → 2020-12-31");
    let document: Value = serde_json::from_str(&diff(GEN2, &later, &["--json"]).out).unwrap();
    let row = &document["differences"][0];
    assert_eq!((&row["exchange"], &row["kind"]), (&4.into(), &"data".into()));
    assert_eq!(row["meaning"]["zh"], "EF05/06 卡有效期");
    assert_eq!(document["exit_code"], 14);
}

#[test]
fn a_challenge_matters_by_its_length_alone() {
    let text = std::fs::read_to_string(GEN2).unwrap();
    let at = text.find("> 00 84 00 00 08\n< ").unwrap() + "> 00 84 00 00 08\n< ".len();
    let challenge = &text[at..at + 23];
    let other = changed("challenge", &[[challenge, "01 02 03 04 05 06 07 08"]]);
    assert_eq!(diff(GEN2, &other, &[]).code, 0);
    let short = changed("challenge-short", &[[challenge, "01 02 03 04 05 06 07"]]);
    assert_eq!(diff(GEN2, &short, &[]).code, 14);
}

#[test]
fn what_is_personal_is_masked_and_can_be_left_out() {
    let other =
        changed("number", &[["39 39 39 39 30 31 31 39 39 30", "39 39 39 39 30 32 31 39 39 30"]]);
    let ran = diff(GEN2, &other, &[]);
    assert_eq!(ran.code, 14);
    assert!(ran.out.contains("EF06/08") && !ran.out.contains("9999021990"), "{}", ran.out);
    assert!(diff(GEN2, &other, &["--reveal"]).out.contains("9999021990"));
    let ran = diff(GEN2, &other, &["--ignore-personal"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
}

#[test]
fn what_happened_between_exchanges_is_told() {
    let removed = "fixtures/recorded/removed.apdu";
    let text = std::fs::read_to_string(removed).unwrap();
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("diff-events.apdu");
    let other = path.to_str().unwrap();
    std::fs::write(&path, text.replace("! removed\n", "")).unwrap();
    let ran = diff(removed, other, &["--ignore-personal"]);
    let exchanges = text.lines().filter(|line| line.starts_with("> ")).count();
    assert_eq!((ran.code, ran.out), (14, format!("[{exchanges}] event behind it: removed → –\n")));
    let first = "\n> ";
    std::fs::write(&path, text.replacen(first, "\n! reset cold\n> ", 1)).unwrap();
    assert_eq!(diff(removed, other, &[]).out, "[0] event behind it: – → reset cold\n");
    // Words of a recording's own may be anything.
    for (name, shown) in [("busy", "error busy"), ("zhang, error 110101", "error, error")] {
        std::fs::write(&path, text.replacen(first, &format!("\n! error {name}\n> "), 1)).unwrap();
        let told = |shown: &str| format!("[0] event behind it: – → {shown}\n");
        assert_eq!(diff(removed, other, &[]).out, told(shown));
        assert_eq!(diff(removed, other, &["--reveal"]).out, told(&format!("error {name}")));
    }
    let side = changed("side", &[["@interface contact", "@interface contactless"]]);
    assert_eq!(diff(GEN2, &side, &[]).out, "[0] interface: contact → contactless\n");
}

#[test]
fn only_the_serial_bytes_of_an_answer_to_reset_are_personal() {
    let text = std::fs::read_to_string(GEN2).unwrap();
    let atr = text.lines().find(|line| line.starts_with("@atr")).unwrap();
    let (before, _) = atr.rsplit_once(' ').unwrap();
    let serial = changed("serial", &[[atr, &format!("{before} 5A")]]);
    let maker = changed("maker", &[[atr, &atr.replace("86 60", "86 61")]]);
    assert_eq!(diff(GEN2, &serial, &[]).code, 14);
    assert_eq!(diff(GEN2, &serial, &["--ignore-personal"]).code, 0);
    assert_eq!(diff(GEN2, &maker, &["--ignore-personal"]).code, 14);
}

/// An item that no table knows, beside one that is known.
#[test]
fn nothing_that_differs_is_left_out() {
    let date = "06 04 20 99 12 31";
    let text = std::fs::read_to_string(GEN2).unwrap();
    let line = text.lines().find(|line| line.contains(date)).unwrap();
    let [one, two] = ["77", "78"].map(|byte| {
        let other = line.replace(date, &format!("06 04 20 {byte} 12 31 E1 01 {byte}"));
        changed(&format!("unknown-{byte}"), &[[line, &other]])
    });
    let out = diff(&one, &two, &[]).out;
    assert!(
        out.starts_with("[4] EF05/06 valid until: 2077-12-31 → 2078-12-31\n[4] data: "),
        "{out}"
    );
}

#[test]
fn status_words_are_told_in_one_language() {
    let other = changed("sw", &[["< 6A 82", "< 69 82"]]);
    let zh = sscard(&["diff", GEN2, &other, "--lang", "zh"]).out;
    let line = zh.lines().find(|line| line.contains("状态字")).unwrap();
    let (words, codes) = line.rsplit_once('：').unwrap();
    assert!(!words.trim_start_matches(|c: char| !c.is_alphabetic()).contains("file"), "{line}");
    assert_eq!(codes, "6A82 → 6982");
}

/// GET RESPONSE and READ expect other lengths of other cards; what came is compared
/// all the same, and by its tags.
#[test]
fn commands_that_differ_in_their_length_are_compared() {
    let out = diff("fixtures/recorded/model-gen1.apdu", GEN2, &[]).out;
    let lines = [
        "[3] length that the command expects: 00 C0 00 00 18 → 00 C0 00 00 1E\n",
        "[3] 88 SFI: 10 → 1E\n",
    ];
    assert!(out.contains(&lines.concat()), "{out}");
    assert!(!out.contains("only one has this command: 00 C0"), "{out}");
    let short = changed("le", &[["> 00 B2 01 2D 40\n", "> 00 B2 01 2D 00\n"]]);
    let told = diff(GEN2, &short, &[]);
    let line = "length that the command expects: 00 B2 01 2D 40 → 00 B2 01 2D 00";
    assert!(told.out.lines().all(|one| one.ends_with(line)) && told.code == 14, "{}", told.out);
}

/// The same question in one command, in two (`61xx`), and asked again (`6Cxx`).
#[test]
fn the_same_answer_in_another_number_of_commands_is_the_same() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let written = |name: &str, exchanges: &str| {
        let path = folder.join(format!("diff-ways-{name}.apdu"));
        let head = "# sscard-apdu 1\n@transport raw\n> 00 A4 04 00 0F 73 78 31 2E 73 68 2E C9 E7 BB E1 \
            B1 A3 D5 CF\n< 90 00\n";
        std::fs::write(&path, format!("{head}{exchanges}")).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let one = written("one", "> 00 B2 03 2C 00\n< 03 04 32 2E 30 30 90 00\n");
    let two =
        written("two", "> 00 B2 03 2C 00\n< 61 06\n> 00 C0 00 00 06\n< 03 04 33 2E 30 30 90 00\n");
    let again = written(
        "again",
        "> 00 B2 03 2C 00\n< 6C 06\n> 00 B2 03 2C 06\n< 03 04 33 2E 30 30 90 00\n",
    );
    let version = "EF05/03 specification version: ";
    assert_eq!(
        diff(&one, &two, &[]).out,
        format!("[2] {version}2.00 → 3.00\n[3] only one has this command: – → 00 C0 00 00 06\n")
    );
    assert_eq!(
        diff(&again, &one, &[]).out,
        format!("[3] {version}3.00 → 2.00\n[2] only one has this command: 00 B2 03 2C 00 → –\n")
    );
    assert_eq!(
        diff(&again, &two, &[]).out,
        "[2] only one has this command: 00 B2 03 2C 00 → –\n\
         [3] only one has this command: – → 00 C0 00 00 06\n"
    );
}

#[test]
fn other_commands_and_status_words_are_told() {
    let out = diff(GEN2, GEN3, &[]).out;
    for part in ["[4] EF05/03 specification version: 2.00 → 3.00", "status word"] {
        assert!(out.contains(part), "{part}");
    }
    let maker = changed("maker", &[["81 54 53 54 86 60", "81 54 53 54 86 61"]]);
    assert!(diff(GEN2, &maker, &[]).out.contains("answer to reset"));
    assert!(out.contains("only one has this command: – → "), "{out}");
    assert_eq!(diff(GEN2, "nowhere.apdu", &[]).code, 74);
}
