//! The tables of words: codes, status words, terminal errors, tags, registrations.

use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

use crate::emit::{self, camel, text};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Codes {
    table: Vec<CodeTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeTable {
    id: String,
    zh: String,
    en: String,
    standard: String,
    source: String,
    codes: Vec<Code>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    code: String,
    zh: String,
    en: String,
    source: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatusWords {
    status_word: Vec<StatusWord>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatusWord {
    sw: String,
    context: String,
    zh: String,
    en: String,
    diagnosis_zh: String,
    diagnosis_en: String,
    advice_zh: String,
    advice_en: String,
    source: String,
    confidence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TerminalErrors {
    terminal_error: Vec<TerminalError>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TerminalError {
    code: i32,
    zh: String,
    en: String,
    #[serde(default)]
    sw: String,
    layer: String,
    source: String,
    confidence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tags {
    tag: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tag {
    tag: String,
    zh: String,
    en: String,
    format: String,
    length: String,
    #[serde(default)]
    shows: String,
    personal: String,
    source: String,
    confidence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Registrations {
    registration: Vec<Registration>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Registration {
    kind: String,
    number: String,
    zh: String,
    en: String,
    source: String,
    confidence: String,
}

/// Generates all tables of words.
pub(crate) fn generate(tables: &Path) -> String {
    let mut rust = codes(&emit::read(&tables.join("codes.toml")));
    rust += &status_words(&emit::read(&tables.join("status_words.toml")));
    rust += &terminal_errors(&emit::read(&tables.join("terminal_errors.toml")));
    rust += &tags(&emit::read(&tables.join("tags.toml")));
    rust += &registrations(&emit::read(&tables.join("registrations.toml")));
    rust
}

fn codes(table: &Codes) -> String {
    let mut rust = String::from("static CODE_TABLES: &[CodeTable] = &[\n");
    for row in &table.table {
        write!(
            rust,
            "CodeTable {{ id: {:?}, name: {}, standard: {:?}, source: {:?}, codes: &[",
            row.id,
            text(&row.zh, &row.en),
            row.standard,
            row.source,
        )
        .expect("a String takes everything");
        for code in &row.codes {
            let meaning = text(&code.zh, &code.en);
            writeln!(
                rust,
                "Code {{ code: {:?}, meaning: {meaning}, source: {:?} }},",
                code.code, code.source
            )
            .expect("a String takes everything");
        }
        rust.push_str("] },\n");
    }
    rust + "];\n"
}

fn status_words(table: &StatusWords) -> String {
    let mut rust = String::from("static STATUS_WORDS: &[StatusWordEntry] = &[\n");
    for row in &table.status_word {
        writeln!(
            rust,
            "StatusWordEntry {{ sw: {:?}, context: {:?}, meaning: {}, diagnosis: {}, advice: {}, source: {:?}, confidence: Confidence::{} }},",
            row.sw, row.context, text(&row.zh, &row.en), text(&row.diagnosis_zh, &row.diagnosis_en),
            text(&row.advice_zh, &row.advice_en), row.source, camel(&row.confidence),
        )
        .expect("a String takes everything");
    }
    rust + "];\n"
}

fn terminal_errors(table: &TerminalErrors) -> String {
    let mut rust = String::from("static TERMINAL_ERRORS: &[TerminalError] = &[\n");
    for row in &table.terminal_error {
        writeln!(
            rust,
            "TerminalError {{ code: {}, meaning: {}, sw: {:?}, layer: {:?}, source: {:?}, confidence: Confidence::{} }},",
            row.code, text(&row.zh, &row.en), row.sw, row.layer, row.source, camel(&row.confidence),
        )
        .expect("a String takes everything");
    }
    rust + "];\n"
}

fn tags(table: &Tags) -> String {
    let mut rust = String::from("static TAGS: &[TagEntry] = &[\n");
    for row in &table.tag {
        let tag = u32::from_str_radix(&row.tag, 16)
            .unwrap_or_else(|_| panic!("tag {:?} is not hex", row.tag));
        writeln!(
            rust,
            "TagEntry {{ tag: {tag}, id: {:?}, name: {}, format: {:?}, length: {:?}, shows: {}, personal: Personal::{}, source: {:?}, confidence: Confidence::{} }},",
            emit::kebab(&row.en), text(&row.zh, &row.en), row.format, row.length, shows(&row.shows), camel(&row.personal),
            row.source, camel(&row.confidence),
        )
        .expect("a String takes everything");
    }
    rust + "];\n"
}

/// `bits-` and `code-` name a table of codes.
fn shows(word: &str) -> String {
    match word.split_once('-') {
        _ if word.is_empty() => "Shows::Nothing".into(),
        Some(("bits", _)) => format!("Shows::Bits({word:?})"),
        Some(("code", _)) => format!("Shows::Code({word:?})"),
        _ => format!("Shows::{}", camel(word)),
    }
}

fn registrations(table: &Registrations) -> String {
    let mut rust = String::from("static REGISTRATIONS: &[Registration] = &[\n");
    for row in &table.registration {
        writeln!(
            rust,
            "Registration {{ kind: RegistrationKind::{}, number: {}, name: {}, source: {:?}, confidence: Confidence::{} }},",
            camel(&row.kind), emit::word(&row.number), text(&row.zh, &row.en), row.source, camel(&row.confidence),
        )
        .expect("a String takes everything");
    }
    rust + "];\n"
}
