//! The examples of docs/file-formats.md are files of the formats that they explain.
#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use sscard::emulate::{Model, scenario};
use sscard::profile::regional;
use sscard::report::Exit;
use sscard::session::{ndjson, text};

const PAGE: &str = include_str!("../docs/file-formats.md");

/// The blocks of that kind.
fn blocks(kind: &str) -> Vec<&'static str> {
    let opened = format!("\n```{kind}\n");
    let found: Vec<_> = PAGE.split(&opened).skip(1).map(until_closed).collect();
    assert!(!found.is_empty(), "no block of {kind}");
    found
}

fn until_closed(text: &'static str) -> &'static str {
    text.split("```").next().unwrap()
}

/// The one TOML block that begins with this comment.
fn table(name: &str) -> &'static str {
    let mark = format!("# {name}\n");
    blocks("toml").into_iter().find(|block| block.starts_with(&mark)).unwrap()
}

#[test]
fn recordings_and_scripts_are_read_and_printed_as_they_are() {
    for block in blocks("apdu") {
        let read = text::Document::parse(block.as_bytes());
        assert_eq!(read.unwrap().print(), block);
    }
    for line in blocks("ndjson") {
        let session = ndjson::parse(line.trim_end()).unwrap();
        assert!(session.steps.len() > 3, "{line}");
    }
}

#[test]
fn tables_are_without_mistakes() {
    let model = Model::parse(table("model")).unwrap();
    assert!(model.title_zh().contains("第二代"));
    assert_eq!(scenario(table("scenario")).unwrap().len(), 3);
    let mistakes = regional::parse("local", table("profile"));
    assert!(mistakes.is_ok(), "{:?}", mistakes.err());
}

#[test]
fn the_log_of_watch_has_the_names_of_documents() {
    for line in blocks("json") {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(row["outcome"], Exit::NotSocialSecurity.name());
        assert_eq!(row["exit_code"], Exit::NotSocialSecurity.code());
    }
}
