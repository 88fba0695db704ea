//! The tables of `src/profile`.

use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

use crate::emit::{self, camel, text};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Applications {
    application: Vec<Application>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Application {
    id: String,
    kind: String,
    aid: String,
    #[serde(default)]
    also: Vec<String>,
    #[serde(default)]
    fids: Vec<String>,
    parent: Option<String>,
    zh: String,
    en: String,
    source: String,
    confidence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Card {
    file: Vec<File>,
    item: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    application: String,
    fid: String,
    sfi: u8,
    versions: Vec<String>,
    structure: String,
    size: u16,
    records: u8,
    zh: String,
    en: String,
    access: String,
    key: String,
    source: String,
    confidence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    id: String,
    application: String,
    file: String,
    tag: String,
    versions: Vec<String>,
    zh: String,
    en: String,
    encoding: String,
    length: usize,
    display: String,
    codes: Option<String>,
    personal: String,
    source: String,
    confidence: String,
    examples: Vec<Example>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    bytes: String,
    shows: String,
}

/// Generates applications, files and items.
pub(crate) fn generate(tables: &Path) -> String {
    let mut rust = String::from("static APPLICATIONS: &[Application] = &[\n");
    let table: Applications = emit::read(&tables.join("applications.toml"));
    for row in &table.application {
        application(&mut rust, row);
    }
    rust.push_str("];\n");
    let cards: Vec<Card> =
        emit::files(&tables.join("card")).iter().map(|path| emit::read(path)).collect();
    rust.push_str("static FILES: &[File] = &[\n");
    cards.iter().flat_map(|card| &card.file).for_each(|row| file(&mut rust, row));
    rust.push_str("];\nstatic ITEMS: &[Item] = &[\n");
    cards.iter().flat_map(|card| &card.item).for_each(|row| item(&mut rust, row));
    rust.push_str("];\n");
    rust
}

fn application(rust: &mut String, row: &Application) {
    let mut aids = vec![emit::bytes(&row.aid)];
    aids.extend(row.also.iter().map(|aid| emit::bytes(aid)));
    let aids: String = aids.iter().map(|aid| format!("&{aid:?}, ")).collect();
    let fids: Vec<u16> = row.fids.iter().map(|fid| emit::word(fid)).collect();
    writeln!(
        rust,
        "Application {{ id: {:?}, kind: ApplicationKind::{}, aids: &[{aids}], fids: &{fids:?}, parent: {:?}, name: {}, source: {:?}, confidence: Confidence::{} }},",
        row.id, camel(&row.kind), row.parent, text(&row.zh, &row.en), row.source, camel(&row.confidence),
    )
    .expect("a String takes everything");
}

fn file(rust: &mut String, row: &File) {
    writeln!(
        rust,
        "File {{ application: {:?}, fid: {}, sfi: {}, versions: {}, structure: Structure::{}, size: {}, records: {}, name: {}, access: Access::{}, key: {:?}, source: {:?}, confidence: Confidence::{} }},",
        row.application, emit::word(&row.fid), row.sfi, emit::versions(&row.versions), camel(&row.structure),
        row.size, row.records, text(&row.zh, &row.en), camel(&row.access), row.key, row.source, camel(&row.confidence),
    )
    .expect("a String takes everything");
}

fn item(rust: &mut String, row: &Item) {
    assert!(!row.source.is_empty() && !row.examples.is_empty(), "{}: source and example", row.id);
    let examples: String = row
        .examples
        .iter()
        .map(|e| {
            format!("Example {{ bytes: &{:?}, shows: {:?} }}, ", emit::bytes(&e.bytes), e.shows)
        })
        .collect();
    writeln!(
        rust,
        "Item {{ id: {:?}, application: {:?}, file: {}, tag: {}, versions: {}, name: {}, encoding: Encoding::{}, length: {}, display: Display::{}, codes: {:?}, personal: Personal::{}, source: {:?}, confidence: Confidence::{}, examples: &[{examples}] }},",
        row.id, row.application, emit::word(&row.file), emit::byte(&row.tag), emit::versions(&row.versions),
        text(&row.zh, &row.en), camel(&row.encoding), row.length, camel(&row.display), row.codes,
        camel(&row.personal), row.source, camel(&row.confidence),
    )
    .expect("a String takes everything");
}
