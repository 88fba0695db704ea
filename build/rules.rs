//! The health rules of `src/verdict`.

use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

use crate::emit::{self, camel, text};
use crate::vocabulary::Vocabulary;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    rule: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    id: String,
    #[serde(default)]
    application: String,
    kind: Option<String>,
    versions: Versions,
    predicate: String,
    file: Option<String>,
    #[serde(default)]
    files: Vec<String>,
    tag: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    limit: u64,
    #[serde(default)]
    sw: Vec<String>,
    #[serde(default)]
    missing: bool,
    #[serde(default)]
    blank: bool,
    state: Option<String>,
    severity: String,
    confidence: String,
    responsible: String,
    remedy: String,
    #[serde(default)]
    explains: String,
    #[serde(default)]
    terminal_errors: Vec<i32>,
    message: Words,
    advice: Words,
    source: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Versions {
    All(String),
    These(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    zh: String,
    en: String,
}

/// Generates the rules.
pub(crate) fn generate(folder: &Path) -> String {
    let sources = ["src/verdict/rule.rs", "src/verdict/rule/looks.rs", "src/verdict.rs"];
    let vocabulary = Vocabulary::new(sources.map(emit::source).concat());
    let mut rust = String::from("static RULES: &[Rule] = &[\n");
    for path in emit::files(folder) {
        let table: Table = emit::read(&path);
        for row in &table.rule {
            check(row);
            known(row, &vocabulary);
            rule(&mut rust, row);
        }
    }
    rust + "];\n"
}

/// No clerk sends a citizen home because of a rule that no trace has shown.
fn check(row: &Rule) {
    let allowed: &[&str] = match row.confidence.as_str() {
        "high" => &["info", "warn", "error", "fatal"],
        "medium" => &["info", "warn"],
        _ => &["info"],
    };
    assert!(allowed.contains(&row.severity.as_str()), "{}: severity above its confidence", row.id);
    assert!(!row.source.is_empty() && !row.message.zh.is_empty(), "{}: source and message", row.id);
    assert!(!row.advice.zh.is_empty(), "{}: advice", row.id);
}

/// Every word is one of its enum.
fn known(row: &Rule, vocabulary: &Vocabulary) {
    let words = [
        ("predicate", "Predicate", Some(&row.predicate)),
        ("state", "State", row.state.as_ref()),
        ("severity", "Severity", Some(&row.severity)),
        ("responsible", "Responsible", Some(&row.responsible)),
        ("remedy", "Remedy", Some(&row.remedy)),
    ];
    for (key, set, word) in words {
        let Some(word) = word else { continue };
        // Some keys are written with underscores.
        if let Some(known) = vocabulary.instead_of(&word.replace('_', "-"), set) {
            panic!("{}: {key} {word:?} does not exist; there are: {known}", row.id);
        }
    }
}

/// The predicates of certificates and of data objects are sets of their own.
fn predicate(word: &str) -> String {
    for (prefix, set) in [
        ("certificate-", "Certificate"),
        ("object-", "Object"),
        ("kind-", "Kind"),
        ("purse-", "Purse"),
        ("pair-", "Pair"),
    ] {
        if let Some(look) = word.strip_prefix(prefix) {
            return format!("Predicate::{set}({set}Look::{})", camel(look));
        }
    }
    format!("Predicate::{}", camel(word))
}

fn rule(rust: &mut String, row: &Rule) {
    let versions = match &row.versions {
        Versions::All(word) => {
            assert_eq!(word, "all", "{}: versions is a list or \"all\"", row.id);
            String::from("&[]")
        }
        Versions::These(words) => emit::versions(words),
    };
    let sws: String = row.sw.iter().map(|sw| format!("StatusWord({}), ", emit::word(sw))).collect();
    let state = row.state.as_ref().map_or("None".into(), |s| format!("Some(State::{})", camel(s)));
    let kind = row
        .kind
        .as_ref()
        .map_or("None".into(), |kind| format!("Some(ApplicationKind::{})", camel(kind)));
    let tags: Vec<u32> = row.tags.iter().map(|tag| emit::tag(tag)).collect();
    let explains = match row.explains.as_str() {
        "" => "Explains::Nothing",
        "application" => "Explains::Application",
        "card" => "Explains::Card",
        other => panic!("{}: explains is \"application\" or \"card\", not {other:?}", row.id),
    };
    writeln!(
        rust,
        "Rule {{ id: {:?}, application: {:?}, kind: {kind}, tags: &{tags:?}, limit: {}, versions: {versions}, predicate: {}, file: {}, files: &{:?}, tag: {}, sws: &[{sws}], missing: {}, blank: {}, state: {state}, severity: Severity::{}, confidence: Confidence::{}, responsible: Responsible::{}, remedy: Remedy::{}, explains: {explains}, terminal_errors: &{:?}, message: {}, advice: {}, source: {:?} }},",
        row.id, row.application, row.limit, predicate(&row.predicate), row.file.as_deref().map_or(0, emit::word),
        row.files.iter().map(|fid| emit::word(fid)).collect::<Vec<_>>(),
        row.tag.as_deref().map_or(0, emit::byte), row.missing, row.blank, camel(&row.severity), camel(&row.confidence),
        camel(&row.responsible), camel(&row.remedy), row.terminal_errors, text(&row.message.zh, &row.message.en),
        text(&row.advice.zh, &row.advice.en), row.source,
    )
    .expect("a String takes everything");
}
