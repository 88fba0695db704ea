//! `read`: the basic line of counter software, and all that a card shows without
//! keys, from recordings and from card models that the program does not bring.
#![cfg(feature = "cli")]
#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test fails by panic"
)]

#[path = "support/program.rs"]
mod program;

use std::path::Path;
use std::process::{Command, Output};

use program::{Ran, sscard};
use snapbox::data::DataFormat;
use snapbox::{Assert, Data};
use sscard::apdu::Permission;
use sscard::emulate::{Model, VirtualCard, builtin};
use sscard::probe::{self, Depth};
use sscard::report::width;
use sscard::session::Session;
use sscard::session::text::Document;
use sscard::transport::guarded;

/// The line of the terminal specification, in its form without PSAM.
const SAMPLE: &str = "639900|111111198101011110|X00000019|639900D15600000500BF7C7A48FB4966|张三\
    |00814E43238697159900BF7C7A|1.00|20101001|20201001|000000000000||\n";

/// The conversation that `read` holds with a card model.
fn conversation(model: &str) -> String {
    let mut card = guarded(VirtualCard::new(Model::parse(model).unwrap()), Permission::Read);
    let header = probe::header(&card);
    probe::run(&mut card, Depth::Everything).unwrap();
    let (_, steps) = card.into_parts();
    Document::from(&Session { header, steps }).print()
}

/// A recording of the specification's own card.
fn sample_card(name: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.apdu"));
    std::fs::write(&path, conversation(&model("bas-sample"))).unwrap();
    path.to_str().unwrap().to_owned()
}

fn model(name: &str) -> String {
    std::fs::read_to_string(format!("tests/models/{name}.toml")).unwrap()
}

/// Reads a model by way of a recording of it.
fn read(name: &str, model: &str, more: &[&str]) -> Ran {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.apdu"));
    std::fs::write(&path, conversation(model)).unwrap();
    let path = path.to_str().unwrap();
    sscard(&[&["read", "--session", path], more].concat())
}

/// Judges what [`read`] has recorded.
fn check(name: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.apdu"));
    sscard(&["check", "--json", "--session", path.to_str().unwrap()]).out
}

/// The program itself: its standard output may hold any bytes.
fn program(line: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sscard")).args(line.split(' ')).output().unwrap()
}

#[test]
fn the_basic_line_is_that_of_the_specification() {
    let card = sample_card("bas-sample");
    let line = format!("read --session {card} --format bas --reveal --lang en");
    let utf_8 = program(&line);
    assert_eq!(String::from_utf8(utf_8.stdout).unwrap(), SAMPLE);
    let note = String::from_utf8(utf_8.stderr).unwrap();
    assert!(note.starts_with("No authentication took place") && note.lines().count() == 1);
    let gbk = program(&format!("{line} --encoding gbk"));
    let (before, after) = SAMPLE.split_once("张三").unwrap();
    let bytes = [before.as_bytes(), b"\xD5\xC5\xC8\xFD", after.as_bytes()].concat();
    assert_eq!(gbk.stdout, bytes);
    assert_eq!(gbk.status.code(), Some(0));
}

#[test]
fn the_basic_line_is_masked_unless_asked_otherwise() {
    let line = format!("read --session {} --format bas", sample_card("bas-masked"));
    let masked = "639900|111*************10|X********|639900D156000005****************|张*\
        |00814E432386971599········|1.00|20101001|20201001|000000000000||\n";
    assert_eq!(String::from_utf8(program(&line).stdout).unwrap(), masked);
    let gbk = program(&format!("{line} --encoding gbk")).stdout;
    let (text, _, wrong) = encoding_rs::GB18030.decode(&gbk);
    assert_eq!((text.as_ref(), wrong), (masked, false));
}

#[test]
fn what_does_not_open_is_empty_in_the_basic_line() {
    let third = sscard(&["read", "--virtual", "gen3", "--format", "bas", "--reveal"]).out;
    let fields: Vec<&str> = third.trim_end().split('|').collect();
    assert_eq!((fields.len(), fields[0], fields[1], fields[4]), (12, "500106", "", ""));
    for (card, code) in [("bank-card", 12), ("mute", 25), ("ssse-blocked", 0), ("psam", 12)] {
        let ran = sscard(&["read", "--virtual", card, "--format", "bas"]);
        assert_eq!((ran.out.as_str(), ran.code), ("", code), "{card}");
        assert!(!ran.err.is_empty(), "{card}");
    }
}

/// Compares with a screen that is kept; `SNAPSHOTS=overwrite` renews it.
fn assert_screen(name: &str, actual: String) {
    let path = format!("tests/snapshots/read/{name}.txt");
    let expected = Data::read_from(Path::new(&path), Some(DataFormat::Text)).raw();
    Assert::new().action_env("SNAPSHOTS").eq(Data::text(actual), expected);
}

#[test]
fn everything_that_opens_without_a_pin_is_named_and_decoded() {
    let card = model("no-pin");
    for (name, more) in [
        ("no-pin.zh", &["--lang", "zh", "--reveal"][..]),
        ("no-pin.en", &["--lang", "en", "--reveal"]),
        ("no-pin.masked", &["--lang", "zh"]),
    ] {
        let ran = read(name, &card, more);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        assert_screen(name, ran.out);
    }
}

#[test]
fn a_bar_in_a_value_moves_no_field() {
    let card = model("bas-sample").replace("X00000019", "X|0000019").replace("张三", "张|三");
    let line = read("bars", &card, &["--format", "bas", "--reveal"]).out;
    let expected = SAMPLE.replace("X00000019", "").replace("张三", "");
    assert_eq!(line, expected);
}

/// Counter software waits for it: five exchanges, and not all that the card has.
#[test]
fn the_basic_line_asks_for_no_more_than_it_shows() {
    let line = |fault| {
        let arguments = ["read", "--virtual", "gen2", "--format", "bas", "--fault", fault];
        sscard(&arguments).out
    };
    assert!(line("remove@6").starts_with("500105|500*"), "{}", line("remove@6"));
    assert_ne!(line("remove@5"), line("remove@6"));
}

#[test]
fn the_basic_line_is_no_document() {
    let ran = sscard(&["read", "--virtual", "gen2", "--format", "bas", "--json"]);
    let document: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &document["outcome"]), (2, &"usage".into()));
}

/// The model with another name: the first 30 bytes in 09, what is left in 4E, both
/// filled up with one byte.
fn named(name: &str, fill: u8) -> String {
    let (mut bytes, _, _) = encoding_rs::GB18030.encode(name);
    let bytes = bytes.to_mut();
    bytes.resize(50, fill);
    let (first, rest) = bytes.split_at(30);
    let card = builtin("gen2").unwrap().to_owned();
    let fields =
        [(r#"text = "测试乙", length = 30"#, first), (r#"blank = "00", length = 20"#, rest)];
    fields.into_iter().fold(card, |card, (field, bytes)| {
        let at = card.find(&format!("{field} }},")).unwrap();
        let (before, after) = card.split_at(at);
        format!("{before}hex = \"{}\"{}", hex::encode(bytes), &after[field.len()..])
    })
}

/// What stands behind the names of the items 09 and 4E, in which column.
fn name_lines(screen: &str) -> Vec<(usize, String)> {
    let is_name =
        |line: &&str| line.starts_with("    09  姓名") || line.starts_with("    4E  姓名");
    let lines = screen.lines().filter(is_name);
    let value = |line: &str| {
        let at = line.rfind("  ").unwrap() + 2;
        (width(&line[..at]), line[at..].to_owned())
    };
    lines.map(value).collect()
}

#[test]
fn rare_and_long_names_are_whole() {
    for (at, (name, first, rest)) in [
        ("测㐂𠀀", "测㐂𠀀", "（空）"),
        ("买买提·艾力", "买买提·艾力", "（空）"),
        // Fifteen characters fill the item.
        ("测试甲测试甲测试甲测试甲测试甲", "测试甲测试甲测试甲测试甲测试甲", "（空）"),
        ("阿卜杜热合曼·阿卜杜克热木·买买提", "阿卜杜热合曼·阿卜杜克热木·买", "买提"),
        // The thirtieth byte is the first of a character of two, of four.
        ("A测试甲测试甲测试甲测试甲测试甲", "A测试甲测试甲测试甲测试甲测试", "甲"),
        ("A测试甲测试甲测试甲测试甲测𠀀", "A测试甲测试甲测试甲测试甲测", "𠀀"),
    ]
    .into_iter()
    .enumerate()
    {
        for fill in [0x00, 0xFF, 0x20] {
            let what = format!("name-{at}-{fill:02X}");
            let card = named(name, fill);
            let screen = read(&what, &card, &["--reveal", "--lang", "zh"]).out;
            let lines = [(36, first.to_owned()), (36, rest.to_owned())];
            assert_eq!(name_lines(&screen), lines, "{what}");
            let bas = read(&what, &card, &["--reveal", "--format", "bas"]).out;
            assert_eq!(bas.split('|').nth(4), Some(name), "{what}");
            let masked = read(&what, &card, &["--lang", "zh"]).out;
            let shown: Vec<String> = name_lines(&masked).into_iter().map(|(_, v)| v).collect();
            let stars = |text: &str| "*".repeat(text.chars().count());
            let begins = first.chars().next().unwrap();
            assert_eq!(shown[0], format!("{begins}{}", &stars(first)[1..]), "{what}");
            assert_eq!(
                shown[1],
                if rest == "（空）" { rest.into() } else { stars(rest) },
                "{what}"
            );
            let checked = check(&what);
            assert!(!checked.contains("EF06.NAME") && !checked.contains("EF06.09"), "{checked}");
        }
    }
}

/// The items of a JSON document, by application, file and id.
fn items(document: &str) -> Vec<String> {
    let document: serde_json::Value = serde_json::from_str(document).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let mut items = Vec::new();
    for application in document["applications"].as_array().unwrap() {
        for datum in application["data"].as_array().unwrap() {
            let place = [&application["id"], &datum["file"], &datum["id"]].map(text);
            items.push(place.join(" "));
        }
    }
    items
}

#[test]
fn only_what_is_asked_for_is_shown() {
    let only = |names: &[&str]| {
        sscard(&[&["read", "--virtual", "gen2", "--json", "--only"], names].concat())
    };
    let two = ["ssse EF05 valid-until", "ssse EF06 name"];
    assert_eq!(items(&only(&["name", "Valid-Until"]).out), two);
    assert_eq!(items(&only(&["name,valid-until"]).out), two);
    let files = items(&only(&["ef05"]).out);
    let folders = ["ssse", "df01", "df02", "df03", "df04", "df07"];
    for folder in folders {
        assert!(files.iter().any(|item| item.starts_with(&format!("{folder} EF05 "))), "{folder}");
    }
    assert!(files.iter().all(|item| item.contains(" EF05 ")), "{files:?}");
    let folder = items(&only(&["DF07"]).out);
    assert!(folder.len() > 9 && folder.iter().all(|item| item.starts_with("df07 ")), "{folder:?}");
    let screen = sscard(&["read", "--virtual", "gen2", "--lang", "zh", "--only", "name"]).out;
    let lines: Vec<&str> = screen.lines().skip(2).collect();
    let expected =
        ["社会保障", "  EF06  持卡人的基本信息文件", "    09  姓名                        测**"];
    assert_eq!(lines, expected);
    // Told before any card is asked: there is none here.
    let wrong = sscard(&["read", "--session", "none.apdu", "--lang", "en", "--only", "valid-util"]);
    assert!(wrong.err.contains("--only valid-util: near it are valid-until, "), "{}", wrong.err);
    assert_eq!((wrong.code, wrong.out.as_str()), (2, ""));
}
