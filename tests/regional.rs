//! Tables of a region: a card is read by them, and their mistakes are told with
//! their places.
#![cfg(feature = "cli")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panic"
)]

use std::path::PathBuf;
use std::process::{Command, Output};

use proptest::prelude::{ProptestConfig, any, prop, proptest};
use proptest::sample::{Index, select};
use serde_json::Value;
use sscard::apdu::Permission;
use sscard::emulate::{Model, VirtualCard, builtin};
use sscard::probe::{self, Depth};
use sscard::profile::regional;
use sscard::session::{Session, text};
use sscard::transport::guarded;

const JIANGSU: &str = "profiles/jiangsu-ef0d.toml";
const SHANDONG: &str = "profiles/shandong-ef0c.toml";

/// The program in a process of its own: tables stay for the life of one.
fn sscard(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sscard")).args(arguments).output().unwrap()
}

fn json(arguments: &[&str]) -> Value {
    let ran = sscard(&[arguments, &["--json"]].concat());
    assert_eq!(ran.stderr, b"", "{arguments:?}");
    let document: Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(
        ran.status.code(),
        document["exit_code"].as_i64().map(|code| i32::try_from(code).unwrap())
    );
    document
}

fn written(name: &str, text: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn table(path: &str) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// The second generation's model as a card of this region, with these files more.
fn model(region: &str, files: &str) -> Model {
    let text = builtin("gen2").unwrap();
    let code = "500105 D156000005";
    let biometrics = "    { fid = \"EF07\"";
    assert!(text.contains(code) && text.contains(biometrics));
    let text = text.replace(code, &format!("{region} D156000005"));
    Model::parse(&text.replace(biometrics, &format!("{files}\n{biometrics}"))).unwrap()
}

const EF0D: &str = r#"{ fid = "EF0D", read = "free", records = [
    { tag = "EA", ascii = "320500000001" },
    { tag = "EB", bcd = "320505" },
    { tag = "EC", ascii = "7" },
    { tag = "ED", blank = "00", length = 1 },
] },"#;
const EF0C: &str =
    r#"{ fid = "EF0C", read = "key", key = "LK", records = [{ tag = "EA", ascii = "1" }] },"#;

/// What a card is asked when both examples are installed, as a recording.
fn recorded(name: &str, model: Model, depth: Depth) -> (String, Session) {
    static INSTALLED: std::sync::Once = std::sync::Once::new();
    INSTALLED.call_once(|| {
        let parsed = [("jiangsu-ef0d", JIANGSU), ("shandong-ef0c", SHANDONG)]
            .map(|(name, path)| regional::parse(name, &table(path)).unwrap());
        regional::install(parsed.into()).unwrap();
    });
    let mut card = guarded(VirtualCard::new(model), Permission::Read);
    let header = probe::header(&card);
    probe::run(&mut card, depth).unwrap();
    let (_, steps) = card.into_parts();
    let session = Session { header, steps };
    let steps: String = session.steps.iter().map(text::step_text).collect();
    (written(name, &(text::header_text(&session.header) + &steps)), session)
}

/// The items of a file in a document.
fn items(document: &Value, file: &str) -> Vec<Value> {
    let ssse = document["applications"].as_array().unwrap().iter().find(|a| a["id"] == "ssse");
    let data = ssse.unwrap()["data"].as_array().unwrap();
    data.iter().filter(|item| item["file"] == file).cloned().collect()
}

/// How often a file was asked for by its SFI.
fn asked(session: &Session, sfi: u8) -> usize {
    let asks = |step: &sscard::session::Step| match step {
        sscard::session::Step::Exchange(exchange) => {
            matches!(exchange.command[..], [0, 0xB2, _, p2, ..] if p2 >> 3 == sfi)
        }
        _ => false,
    };
    session.steps.iter().filter(|step| asks(step)).count()
}

#[test]
fn a_card_of_the_region_is_read_by_its_table() {
    let (path, session) = recorded("jiangsu.apdu", model("320505", EF0D), Depth::Everything);
    assert_eq!(asked(&session, 0x0D), 4);
    let read = ["read", "--session", &path];
    assert_eq!(items(&json(&read), "EF0D"), Vec::<Value>::new());
    let with = [&read[..], &["--profile", JIANGSU]].concat();
    let found = items(&json(&with), "EF0D");
    let shown: Vec<_> = found.iter().map(|item| (&item["id"], &item["value"])).collect();
    let masked = "•••(1)";
    assert_eq!(shown[0], (&"local-person-number".into(), &"320*******01".into()));
    assert_eq!(shown[1], (&"local-first-application-region".into(), &"320505".into()));
    assert_eq!(found[1]["meaning"]["zh"], "江苏省苏州市虎丘区");
    assert_eq!(shown[2], (&"local-ec".into(), &masked.into()));
    assert_eq!(found[3]["access"], "empty");
    let revealed = items(&json(&[&with[..], &["--reveal"]].concat()), "EF0D");
    assert_eq!(revealed[0]["value"], "320500000001");
    let screen = sscard(&[&with[..], &["--lang", "zh"]].concat());
    let screen = String::from_utf8(screen.stdout).unwrap();
    assert!(screen.contains("EF0D  地方扩充（江苏）") && screen.contains("人员识别号"), "{screen}");
    let check = json(&["check", "--session", &path, "--profile", JIANGSU]);
    assert_eq!(items(&check, "EF0D").len(), 4);
}

#[test]
fn a_check_takes_one_look() {
    let (path, session) = recorded("jiangsu-check.apdu", model("320505", EF0D), Depth::Full);
    assert_eq!(asked(&session, 0x0D), 1);
    let check = json(&["check", "--session", &path, "--profile", JIANGSU, "--profile", SHANDONG]);
    let found = items(&check, "EF0D");
    assert_eq!((&found[0]["access"], &found[1]["access"]), (&"free".into(), &"not_read".into()));
    assert_eq!(check["generation"]["value"], "second");
}

#[test]
fn a_file_of_unknown_contents_is_told_as_protected() {
    let (path, session) = recorded("shandong.apdu", model("370102", EF0C), Depth::Everything);
    assert_eq!((asked(&session, 0x0C), asked(&session, 0x0D)), (1, 0));
    let found = items(&json(&["read", "--session", &path, "--profile", SHANDONG]), "EF0C");
    assert_eq!((found.len(), &found[0]["access"]), (1, &"protected".into()));
    let open = EF0C.replace("read = \"key\", key = \"LK\"", "read = \"free\"");
    let (path, _) = recorded("shandong-open.apdu", model("370102", &open), Depth::Everything);
    let found = items(&json(&["read", "--session", &path, "--profile", SHANDONG]), "EF0C");
    assert_eq!((&found[0]["value"], &found[0]["raw"]), (&"•••(3)".into(), &Value::Null));
}

#[test]
fn a_table_holds_for_its_regions_only() {
    let (path, session) = recorded("elsewhere.apdu", model("330100", EF0D), Depth::Everything);
    assert_eq!(asked(&session, 0x0D), 0);
    let read = json(&["read", "--session", &path, "--profile", JIANGSU]);
    assert_eq!(items(&read, "EF0D"), Vec::<Value>::new());
}

#[test]
fn three_mistakes_are_told_at_once_with_their_places() {
    let text = table(JIANGSU)
        .replacen("encoding = \"ascii\"", "encodng = \"ascii\"", 1)
        .replace("tag = \"ED\"", "tag = \"EC\"")
        .replacen("length = 3", "length = 4", 1);
    let path = written("three-mistakes.toml", &text);
    let line = |what: &str, nth: usize| {
        let mut lines = text.lines().zip(1..).filter(|(line, _)| *line == what);
        lines.nth(nth).unwrap().1
    };
    let lines = [line("encodng = \"ascii\"", 0), line("length = 4", 0), line("tag = \"EC\"", 1)];
    let document = json(&["profile", "check", &path]);
    let mistakes = document["mistakes"].as_array().unwrap();
    let place = |kind: &str| {
        let found = mistakes.iter().find(|mistake| mistake["kind"] == kind).unwrap();
        (found["line"].as_u64().unwrap(), found["column"].as_u64().unwrap())
    };
    assert_eq!(place("unknown_key"), (lines[0], 1));
    assert_eq!(place("length"), (lines[1], 10));
    assert_eq!(place("duplicate_tag"), (lines[2], 7));
    assert_eq!(
        (&document["exit_code"], &document["error"]["kind"]),
        (&65.into(), &"bad_input".into())
    );
    let unknown = mistakes.iter().find(|mistake| mistake["kind"] == "unknown_key").unwrap();
    assert_eq!(unknown["meant"], "encoding");
    assert!(unknown["allowed"].as_array().unwrap().contains(&"encoding".into()));
    for (language, words) in [
        (
            "zh",
            ["没有 encodng 这个键", "长度 4 与示例的 3 字节不符", "标签在同一文件、同一版本中重复"],
        ),
        (
            "en",
            [
                "unknown key encodng; did you mean encoding?",
                "length 4 does not fit",
                "tag stands twice",
            ],
        ),
    ] {
        // Whoever loads the table is told the same as whoever checks it.
        for run in [
            vec!["profile", "check", &path],
            vec!["read", "--virtual", "gen2", "--profile", &path],
            vec!["check", "--virtual", "gen2", "--profile", &path],
        ] {
            let ran = sscard(&[&run[..], &["--lang", language]].concat());
            let told = String::from_utf8(ran.stderr).unwrap();
            assert_eq!((ran.status.code(), ran.stdout.len()), (Some(65), 0), "{told}");
            for (word, line) in words.iter().zip(lines) {
                let place = if language == "zh" {
                    format!("第 {line} 行")
                } else {
                    format!("line {line}")
                };
                let found = told.lines().any(|row| row.contains(word) && row.contains(&place));
                assert!(found, "{word} at {place}: {told}");
            }
        }
    }
}

#[test]
fn tables_that_cannot_be_used_are_refused() {
    let missing = json(&["profile", "check", "profiles/no-such-file.toml"]);
    assert_eq!((&missing["exit_code"], &missing["error"]["kind"]), (&74.into(), &"io".into()));
    let missing = json(&["check", "--virtual", "gen2", "--profile", "profiles/no-such-file.toml"]);
    assert_eq!((&missing["exit_code"], &missing["card"]["kind"]), (&74.into(), &"none".into()));
    let unknown = json(&["profile", "show", "nobody"]);
    assert_eq!(unknown["exit_code"], 2);
    let twice = json(&["profile", "list", "--profile", JIANGSU, "--profile", JIANGSU]);
    assert_eq!(twice["exit_code"], 65);
    let other = written("other-jiangsu.toml", &table(JIANGSU).replace("[\"32\"]", "[\"3205\"]"));
    let same_file = json(&["profile", "list", "--profile", JIANGSU, "--profile", &other]);
    assert_eq!(same_file["exit_code"], 65);
}

#[test]
fn lists_and_shows_tables() {
    let list = json(&["profile", "list", "--profile", JIANGSU]);
    let profiles = list["profiles"].as_array().unwrap();
    let find = |name: &str| profiles.iter().find(|row| row["name"] == name).unwrap();
    let regional = find("jiangsu-ef0d");
    assert_eq!((&regional["built_in"], &regional["application"]), (&false.into(), &"ssse".into()));
    assert_eq!((&regional["file_count"], &regional["item_count"]), (&1.into(), &4.into()));
    assert_eq!(find("ssse")["built_in"], true);
    assert!(find("df04")["item_count"].as_u64().unwrap() > 20);
    let show = json(&["profile", "show", "jiangsu-ef0d", "--profile", JIANGSU]);
    assert_eq!(show["profile"]["files"][0]["items"][1]["id"], "local-first-application-region");
    for (language, word) in [("zh", "社会保障号码"), ("en", "card identification code")] {
        let show = sscard(&["profile", "show", "ssse", "--lang", language]);
        assert!(String::from_utf8(show.stdout).unwrap().contains(word), "{language}");
    }
}

#[test]
fn the_examples_have_no_mistakes() {
    let mut seen = 0;
    for entry in std::fs::read_dir("profiles").unwrap() {
        let path = entry.unwrap().path();
        let path = path.to_str().unwrap();
        let check = json(&["profile", "check", path]);
        assert_eq!((&check["exit_code"], &check["error"]), (&0.into(), &Value::Null), "{path}");
        let check = sscard(&["profile", "check", path, "--lang", "en"]);
        assert!(String::from_utf8(check.stdout).unwrap().contains("no mistakes"), "{path}");
        seen += 1;
    }
    assert!(seen >= 2, "{seen}");
}

/// An application of a region's own: the card is asked for it by its name.
#[test]
fn an_application_of_its_own_is_listed() {
    let text = table(JIANGSU)
        .replace("application = \"ssse\"", "application = \"df0a\"\naid = \"D1560000050A\"");
    let path = written("own-application.toml", &text);
    let check = json(&["check", "--virtual", "gen2", "--profile", &path]);
    // The model is a card of another region, which is not asked.
    let ids = |document: &Value| {
        let rows = document["applications"].as_array().unwrap().clone();
        rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(!ids(&check).contains(&"df0a".to_owned()));
    let path = written("own-anywhere.toml", &text.replace("regions = [\"32\"]\n", ""));
    let check = json(&["check", "--virtual", "gen2", "--profile", &path]);
    let rows = check["applications"].as_array().unwrap();
    let own = rows.iter().find(|row| row["id"] == "df0a").unwrap();
    assert_eq!((&own["presence"], &own["kind"]), (&"absent".into(), &"social_security".into()));
}

fn holds(text: &str) {
    if let Err(mistakes) = regional::parse("any", text) {
        assert!(!mistakes.is_empty());
        for mistake in mistakes {
            let line = text.split('\n').nth(mistake.line - 1).unwrap();
            assert!((1..=line.chars().count() + 1).contains(&mistake.column), "{mistake:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused_at_a_place_within_it(text in any::<String>()) {
        holds(&text);
    }

    /// A good table in which a few pieces are others: closer to what people write.
    #[test]
    fn any_change_of_a_table_is_read_or_refused_at_a_place_within_it(
        changes in prop::collection::vec((any::<Index>(), 0_usize..9, select(vec![
            "", "\"", "[", "]", "=", "{", "}", "\n", "#", "0", "-1", "300", "FF", "甲", "[[item]]",
            "[file]", "\u{FEFF}", "\r", "1.5", "true", "tag = \"EA\"\n", "item = 3\n", "''",
        ])), 1..4),
    ) {
        let mut text: Vec<char> = table(JIANGSU).chars().collect();
        for (at, length, piece) in changes {
            let at = at.index(text.len());
            let end = (at + length).min(text.len());
            text.splice(at..end, piece.chars());
        }
        holds(&text.iter().collect::<String>());
    }
}
