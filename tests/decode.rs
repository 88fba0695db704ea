//! `sscard decode` as a user runs it: every kind in both languages and as JSON,
//! input that does not parse, and what is never shown.
#![cfg(feature = "cli")]
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use proptest::prelude::*;
use serde_json::{Value, json};
use sscard::apdu::{Response, StatusWord};
use sscard::profile::{self, Personal};
use sscard::report::decode::{self as explain, Direction, Explained};
use sscard::report::{Language, Reveal};
use sscard::session::{Session, load};
use sscard::tlv::simple;

const SSSE: &str = "7378312E73682EC9E7BBE1B1A3D5CF";
const FCI: &str = "6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA50988011E9F0C03860103";
/// Invented; the serial number is A1B2C3D4.
const ATR: &str = "3B6D0000008154535486605000A1B2C3D4";

struct Run {
    code: i32,
    out: String,
    err: String,
}

fn run(arguments: &[&str], input: &[u8]) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sscard"))
        .args(arguments)
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // A program that does not read its input closes it.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Run {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn decode(arguments: &[&str]) -> Run {
    run(&[&["decode"], arguments].concat(), b"")
}

/// The document of a run that went well.
fn document(arguments: &[&str], input: &[u8]) -> Value {
    let run = run(&[&["decode"], arguments, &["--json"]].concat(), input);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{arguments:?} {}", run.out);
    let document: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(document["schema_version"], "1.0");
    assert_eq!(document["command"], "decode");
    assert_eq!((&document["exit_code"], &document["error"]), (&json!(0), &Value::Null));
    document
}

#[test]
fn every_kind_speaks_both_languages() {
    let cases = [
        ("atr", ATR, "正向约定", "direct convention"),
        ("atr", ATR, "华大", "Huada"),
        ("tlv", FCI, "FCI模板", "FCI Template"),
        ("tlv", "0304332E3030", "规范版本", "specification version"),
        ("tlv", "6F0784", "不完整", "truncated"),
        ("sw", "6982", "不满足安全状态", "security status not satisfied"),
        ("apdu", "00B2012D40", "从 P1 起的全部记录", "all records from P1 on"),
        ("apdu", "80E20000", "不会发出", "never sent"),
        ("apdu", "<6A82", "未找到文件", "file not found"),
        ("aid", SSSE, "社会保障", "social security"),
        ("aid", "F07373636172640001", "反证", "negative control"),
    ];
    for (what, hex, zh, en) in cases {
        let chinese = decode(&[what, hex, "--lang", "zh"]);
        let english = decode(&[what, hex, "--lang", "en"]);
        assert_eq!((chinese.code, english.code), (0, 0), "{what} {hex}");
        assert!(chinese.out.contains(zh), "{zh} in {}", chinese.out);
        assert!(english.out.contains(en), "{en} in {}", english.out);
        // Chinese stands in English output only as text that the bytes hold.
        let own = english.out.replace("sx1.sh.社会保障", "");
        let stray = own.chars().find(|c| ('\u{4E00}'..='\u{9FFF}').contains(c));
        assert_eq!(stray, None, "{own}");
    }
}

#[test]
fn the_document_of_an_answer_to_reset() {
    let document = document(&["atr", ATR, "3B 81 01 55 D4"], b"");
    let keys: Vec<&str> =
        document["atrs"][0].as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected = vec![
        "atr",
        "contactless",
        "convention",
        "di",
        "fi",
        "findings",
        "guard_time",
        "historical_bytes",
        "protocols",
        "social_security",
        "tck",
        "trailing",
        "truncated",
    ];
    expected.sort_unstable();
    assert_eq!(keys, expected);
    let first = &document["atrs"][0];
    assert_eq!(first["atr"], "3B6D0000008154535486605000········");
    assert_eq!(first["historical_bytes"], "008154535486605000········");
    assert_eq!(first["social_security"]["serial"], "········");
    assert_eq!(first["social_security"]["region"], "5000");
    assert_eq!(first["social_security"]["card_maker"]["number"], "8660");
    assert_eq!(first["tck"], json!({ "present": null, "expected": null, "valid": null }));
    let second = &document["atrs"][1];
    assert_eq!(second["tck"], json!({ "present": "D4", "expected": "D5", "valid": false }));
    assert_eq!(second["findings"][0]["code"], "wrong_tck");
    assert_eq!(second["findings"][0]["offset"], 4);
    assert_eq!(second["social_security"], Value::Null);
}

#[test]
fn the_documents_of_the_other_kinds() {
    let tlv = document(&["tlv", FCI], b"");
    assert_eq!((&tlv["form"], &tlv["findings"]), (&json!("ber"), &json!([])));
    let name = &tlv["nodes"][0]["children"][0];
    assert_eq!(
        (&name["tag"], &name["offset"], &name["value"]),
        (&json!("84"), &json!(2), &json!(SSSE))
    );
    assert_eq!(name["meaning"]["en"], "social security");
    let records = document(&["tlv", "0201330504 20150901"], b"");
    assert_eq!(records["form"], "records");
    assert_eq!(records["nodes"][1]["value"], "2015-09-01");
    let sw = document(&["sw", "6983"], b"");
    assert!(sw["meaning"]["zh"].is_string() && sw["advice"]["en"].is_string());
    let errors = sw["terminal_errors"].as_array().unwrap();
    assert!(errors.iter().any(|error| error["code"] == -52 && error["layer"] == "pin"));
    let apdu = document(&["apdu", "00A4040008A000000333010101"], b"");
    assert_eq!(apdu["application"]["id"], "unionpay-debit");
    assert_eq!(apdu["permission"]["row"], "select");
    let aid = document(&["aid", "A000000333010101"], b"");
    assert_eq!((&aid["rid"], &aid["pix"]), (&json!("A000000333"), &json!("010101")));
}

#[test]
fn one_document_for_all_values() {
    let two = document(&["sw", "9000", "6A82"], b"");
    assert_eq!(two["values"].as_array().unwrap().len(), 2);
    // Standard input is a list however long it is.
    for (input, count) in [("", 0), ("6A82\n", 1), ("# all\n\n9000\r\n  6a 82 \n6700", 3)] {
        let piped = document(&["sw", "-"], input.as_bytes());
        assert_eq!(piped["values"].as_array().unwrap().len(), count, "{input:?}");
    }
    assert_eq!(document(&["atr", "-"], b"")["atrs"], json!([]));
}

#[test]
fn a_recording_can_be_piped_in() {
    let recording = "# sscard-apdu 1\n@protocol T=0\n\n- Select\n> 00 A4 04 00 00\n< 61 1E ; 4.1 ms\n! reset cold\n";
    let document = document(&["apdu", "-"], recording.as_bytes());
    let directions: Vec<_> =
        document["values"].as_array().unwrap().iter().map(|v| v["direction"].clone()).collect();
    assert_eq!(directions, ["command", "response"]);
    assert_eq!(document["values"][1]["status_word"]["sw"], "611E");
}

#[test]
fn bad_input_is_named_with_its_place_and_nothing_is_printed() {
    let cases: [(&[&str], &[u8], &str); 10] = [
        (&["sw", "6A8"], b"", "value 1, character 4: expected the second hex digit"),
        (&["sw", "9000", "6A82 0"], b"", "value 2, character 7: expected the second"),
        (&["sw", "9000", "6A8200"], b"", "value 2, character 5: expected exactly 2 bytes"),
        (&["atr", "0x3B"], b"", "value 1, character 2: expected the second hex digit"),
        (&["aid", ""], b"", "value 1, character 1: expected a hex digit"),
        (&["aid", "A0000003330101010101010101010101 01"], b"", "character 34: expected a name of"),
        (&["apdu", ">  00A404"], b"", "value 1, character 10: expected a command of at least 4"),
        (&["apdu", "00A4040005EF"], b"", "value 1, character 9: expected an Lc that fits"),
        (&["atr", "-"], b"# ATRs\n3B00\n\n3Bxx\n", "value 2, line 4, character 3: expected a hex"),
        (&["tlv", "-"], b"6F00\n6F\xFF\n", "value 2, line 2, character 3: expected a hex digit"),
    ];
    for (arguments, input, message) in cases {
        let text = run(&[&["decode"], arguments].concat(), input);
        assert_eq!((text.code, text.out.as_str()), (65, ""), "{arguments:?}");
        assert!(text.err.contains(message), "{message} in {}", text.err);
        let json = run(&[&["decode"], arguments, &["--json"]].concat(), input);
        let document: Value = serde_json::from_str(&json.out).unwrap();
        assert_eq!((json.code, &document["exit_code"]), (65, &json!(65)));
        assert_eq!(document["error"]["kind"], "bad_input");
        assert!(document["error"]["detail"].as_str().unwrap().contains(message));
    }
    let chinese = decode(&["sw", "6Z82", "--lang", "zh"]);
    assert!(
        chinese.err.contains("第 1 个值，第 2 个字符：应为一个字节的第二个"),
        "{}",
        chinese.err
    );
    // What was typed may be personal, and is not repeated.
    assert!(!decode(&["tlv", "张三"]).err.contains('张'));
    assert_eq!(decode(&["sw"]).code, 2);
}

/// Values of one card that nobody may see, as they would be printed.
fn secrets(session: &Session) -> Vec<String> {
    let mut secrets = Vec::new();
    for exchange in session.steps.iter().filter_map(|step| match step {
        sscard::session::Step::Exchange(exchange) => Some(exchange),
        _ => None,
    }) {
        let Some(answer) = exchange.response.as_deref().and_then(Response::parse) else { continue };
        if exchange.command.get(1) == Some(&0xB0) {
            let filler = |window: &&[u8]| window.iter().any(|byte| *byte != window[0]);
            secrets.extend(answer.data.windows(8).filter(filler).map(hex::encode_upper));
        }
        for record in simple::Reader::new(answer.data) {
            let row = [0xEF05, 0xEF06].map(|fid| profile::item("ssse", fid, record.tag));
            let Some(row) = row.into_iter().flatten().next() else { continue };
            // A place of birth, three bytes, is the open region of another item as well.
            let value = sscard::codec::text::unpad(record.value);
            if row.personal == Personal::None || row.length != record.declared || value.len() < 4 {
                continue;
            }
            secrets.push(hex::encode_upper(value));
            secrets.extend(sscard::codec::text::decode(value).ok());
            if let Ok(profile::Value::Written(decoded)) = row.decode(record.value) {
                secrets.push(decoded.value);
            }
            if row.id == "card-identification-code" {
                secrets.extend(value.get(8..).map(hex::encode_upper));
            }
        }
    }
    secrets
}

/// Every fixture, and a recording of every model.
fn recordings() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/foreign");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= 12);
    for name in sscard::emulate::names() {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("decode-{name}.apdu"));
        let _ = std::fs::remove_file(&file);
        let path = file.to_str().unwrap();
        run(&["check", "--virtual", name, "--record", path], b"");
        files.push(file);
    }
    files
}

#[test]
fn no_personal_value_of_any_recording_is_shown() {
    let (mut kept, mut revealed) = (0, 0);
    for file in recordings() {
        let bytes = std::fs::read(&file).unwrap();
        let session = load(&bytes).unwrap().remove(0);
        let answers: Vec<String> = session
            .exchanges()
            .filter_map(|(_, exchange)| exchange.response.as_deref().and_then(Response::parse))
            .filter(|response| !response.data.is_empty())
            .map(|response| hex::encode_upper(response.data))
            .collect();
        let answers = answers.join("\n");
        let secrets = secrets(&session);
        kept += secrets.len();
        for (what, input) in [("apdu", bytes.as_slice()), ("tlv", answers.as_bytes())] {
            for form in [&["--lang", "zh"][..], &["--lang", "en"], &["--json"]] {
                let run = run(&[&["decode", what, "-"], form].concat(), input);
                assert_eq!(run.code, 0, "{}: {}", file.display(), run.err);
                for secret in &secrets {
                    assert!(!run.out.contains(secret), "{secret} of {} shown", file.display());
                }
            }
            let shown = run(&["decode", what, "-", "--reveal"], input).out;
            revealed += secrets.iter().filter(|secret| shown.contains(*secret)).count();
        }
        let atr = session.header.atr.unwrap();
        let serial = hex::encode_upper(&atr[13..17]);
        for form in ["--json", "--verbose"] {
            assert!(!decode(&["atr", &hex::encode(&atr), form]).out.contains(&serial));
        }
    }
    // The same search finds them where they are shown.
    assert!(kept > 100 && revealed > 100, "{kept} values, {revealed} revealed");
}

#[test]
fn records_that_no_table_has_are_masked() {
    // DF01: an address; DF04: a health record number; a part of a photo.
    let address = format!("2150{:0<160}", "B2E2CAD4C2B732BAC5");
    for (hex, secret) in [
        (address.as_str(), "B2E2CAD4"),
        ("8711B2E2CAD4000000000000000000000000000000", "B2E2CAD4"),
        ("870631323334353650034C4D4E", "313233343536"),
        ("FFD8FFE000104A46494600010101004800480000", "4A464946"),
    ] {
        for what in ["tlv", "apdu"] {
            let value = if what == "apdu" { format!("<{hex}9000") } else { hex.to_owned() };
            let shown = decode(&[what, &value, "--json"]).out;
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}

#[test]
fn every_known_answer_to_reset_is_explained() {
    const LIST: &str = "/usr/share/pcsc/smartcard_list.txt";
    let Ok(list) = std::fs::read(LIST) else {
        println!("{LIST} is missing (package pcsc-tools): nothing was tested");
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{LIST} is needed in CI");
        return;
    };
    let list = String::from_utf8_lossy(&list);
    let is_literal =
        |line: &&str| line.split(' ').all(|pair| pair.len() == 2 && hex::decode(pair).is_ok());
    let atrs: Vec<&str> = list.lines().map(str::trim_end).filter(is_literal).collect();
    let document = document(&["atr", "-"], atrs.join("\n").as_bytes());
    let explained = document["atrs"].as_array().unwrap();
    assert!(explained.len() == atrs.len() && atrs.len() >= 3000, "{}", atrs.len());
    let flawed = explained.iter().filter(|atr| atr["findings"] != json!([])).count();
    assert!(flawed > 0 && flawed * 10 < atrs.len(), "{flawed} of {}", atrs.len());
    for atr in explained {
        let has = |code: &str| {
            atr["findings"].as_array().unwrap().iter().any(|finding| finding["code"] == code)
        };
        let wrong = has("wrong_tck") || has("missing_tck") || has("truncated");
        assert_eq!(atr["tck"]["valid"] == false, wrong && atr["tck"]["valid"] != Value::Null);
        assert_eq!(atr["truncated"] == true, has("truncated"));
        assert_eq!(atr["trailing"] == true, has("trailing") || has("unexpected_tck"));
    }
    let text = run(&["decode", "atr", "-", "--lang", "zh"], atrs.join("\n").as_bytes());
    assert_eq!(text.code, 0);
}

/// Bytes that are likely to nest: templates and short lengths among any others.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![any::<u8>(), prop::sample::select(&[0x61, 0x6F, 0x9F, 0x0C, 0x3B][..])];
    prop::collection::vec(byte, 0..120)
}

proptest! {
    #[test]
    fn any_bytes_can_be_explained(bytes in bytes()) {
        for reveal in [Reveal::Masked, Reveal::Shown] {
            let mut lines = explain::atr(&bytes, reveal).lines(Language::Chinese);
            lines.extend(explain::tlv(&bytes, reveal).lines(Language::English));
            for direction in [Direction::Command, Direction::Response] {
                let apdu = explain::apdu(&bytes, direction, reveal);
                let explained = apdu.map(|apdu| apdu.lines(Language::English));
                prop_assert!(explained.as_ref().is_ok_and(|lines| !lines.is_empty())
                    || explained.is_err_and(|(offset, _)| offset <= bytes.len()));
            }
            lines.extend(explain::aid(&bytes).map(|aid| aid.lines(Language::English)).unwrap_or_default());
            prop_assert!(lines.iter().all(|line| !line.ends_with(' ') && !line.contains('\n')));
        }
    }

    #[test]
    fn any_status_word_can_be_explained(sw in any::<u16>()) {
        let lines = explain::status_word(StatusWord(sw)).lines(Language::English);
        prop_assert!(lines[0].starts_with(&StatusWord(sw).to_string()));
    }
}
