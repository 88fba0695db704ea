//! The tables of `src/profile`.

use std::collections::BTreeSet;
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
    #[serde(default)]
    regions: Vec<String>,
    zh: String,
    en: String,
    source: String,
    confidence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Card {
    application: String,
    #[serde(default)]
    file: Vec<File>,
    #[serde(default)]
    rewritten: Vec<Rewritten>,
    #[serde(default)]
    item: Vec<Item>,
}

/// Items of a file that an old card may hold with the meaning of 2.0.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rewritten {
    file: String,
    tags: Vec<String>,
    source: String,
    confidence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    fid: String,
    sfi: Option<u8>,
    versions: Vec<String>,
    #[serde(default)]
    presumed: Vec<String>,
    structure: String,
    size: Option<u16>,
    #[serde(default)]
    records: u8,
    record_size: Option<u16>,
    zh: String,
    en: String,
    access: String,
    #[serde(default)]
    key: String,
    source: String,
    confidence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    id: String,
    file: String,
    tag: Option<String>,
    #[serde(default)]
    order: u8,
    #[serde(default)]
    parents: Vec<String>,
    versions: Vec<String>,
    #[serde(default)]
    presumed: Vec<String>,
    zh: String,
    en: String,
    encoding: String,
    length: usize,
    display: String,
    codes: Option<String>,
    standard: Option<String>,
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
    rust.push_str("static FILES: &[Files] = &[\n");
    for card in &cards {
        writeln!(rust, "Files {{ application: {:?}, rows: &[", card.application)
            .expect("a String takes everything");
        card.file.iter().for_each(|row| file(&mut rust, &card.application, row));
        rust.push_str("] },\n");
    }
    rust.push_str("];\nstatic ITEMS: &[Items] = &[\n");
    cards.iter().for_each(|card| items(&mut rust, card));
    rust.push_str("];\nstatic REWRITTEN: &[Rewritten] = &[\n");
    cards.iter().for_each(|card| rewritten(&mut rust, card));
    rust.push_str("];\n");
    rust
}

/// The items, file by file; those of one file in the order of its records, and first
/// those within groups. A row that two versions share stands where the newer one has it.
fn items(rust: &mut String, card: &Card) {
    let files: BTreeSet<&str> = card.item.iter().map(|row| row.file.as_str()).collect();
    for file in files {
        let (fid, application) = (emit::word(file), &card.application);
        writeln!(rust, "Items {{ file: {fid}, application: {application:?}, rows: &[")
            .expect("a String takes everything");
        let mut rows: Vec<&Item> = card.item.iter().filter(|row| row.file == file).collect();
        rows.sort_by_key(|row| row.order);
        rows.into_iter().for_each(|row| item(rust, application, row));
        rust.push_str("] },\n");
    }
}

fn rewritten(rust: &mut String, card: &Card) {
    for row in &card.rewritten {
        let sure = ["high", "medium", "low"].contains(&row.confidence.as_str());
        assert!(sure && !row.source.is_empty(), "{} {}: source", card.application, row.file);
        let (application, fid) = (&card.application, emit::word(&row.file));
        let tags: Vec<u8> = row.tags.iter().map(|tag| emit::byte(tag)).collect();
        for tag in &row.tags {
            let old = |item: &&Item| item.file == row.file && item.tag.as_ref() == Some(tag);
            let known = card.item.iter().filter(old).any(|item| item.versions == ["1.0"]);
            assert!(known, "{application} {} {tag}: no such item of 1.0", row.file);
        }
        writeln!(
            rust,
            "Rewritten {{ application: {application:?}, file: {fid}, tags: &{tags:?} }},"
        )
        .expect("a String takes everything");
    }
}

fn application(rust: &mut String, row: &Application) {
    let mut aids = vec![emit::bytes(&row.aid)];
    aids.extend(row.also.iter().map(|aid| emit::bytes(aid)));
    let aids: String = aids.iter().map(|aid| format!("&{aid:?}, ")).collect();
    let fids: Vec<u16> = row.fids.iter().map(|fid| emit::word(fid)).collect();
    writeln!(
        rust,
        "Application {{ id: {:?}, kind: ApplicationKind::{}, aids: &[{aids}], fids: &{fids:?}, parent: {:?}, regions: &{:?}, name: {}, source: {:?}, confidence: Confidence::{} }},",
        row.id, camel(&row.kind), row.parent, row.regions, text(&row.zh, &row.en), row.source, camel(&row.confidence),
    )
    .expect("a String takes everything");
}

fn file(rust: &mut String, application: &str, row: &File) {
    assert!(!row.source.is_empty(), "{application} {}: source", row.fid);
    writeln!(
        rust,
        "File {{ table: None, application: {application:?}, fid: {}, sfi: {:?}, versions: {}, presumed: {}, structure: Structure::{}, size: {:?}, records: {}, record_size: {:?}, name: {}, access: Access::{}, key: {:?}, source: {:?}, confidence: Confidence::{} }},",
        emit::word(&row.fid), row.sfi, emit::versions(&row.versions), emit::versions(&row.presumed), camel(&row.structure),
        row.size, row.records, row.record_size, text(&row.zh, &row.en), camel(&row.access), row.key, row.source, camel(&row.confidence),
    )
    .expect("a String takes everything");
}

fn item(rust: &mut String, application: &str, row: &Item) {
    assert!(!row.source.is_empty(), "{application} {}: source", row.id);
    let examples: String = row
        .examples
        .iter()
        .map(|e| {
            let bytes = emit::bytes(&e.bytes);
            format!("Example {{ bytes: &{bytes:?}, shows: {:?} }}, ", e.shows)
        })
        .collect();
    let tag = row.tag.as_deref().map(emit::byte);
    let parents: Vec<u8> = row.parents.iter().map(|tag| emit::byte(tag)).collect();
    writeln!(
        rust,
        "Item {{ id: {:?}, table: None, application: {application:?}, file: {}, tag: {tag:?}, order: {}, parents: &{parents:?}, versions: {}, presumed: {}, name: {}, encoding: Encoding::{}, length: {}, display: Display::{}, codes: &[{}], standard: {:?}, personal: Personal::{}, source: {:?}, confidence: Confidence::{}, examples: &[{examples}] }},",
        row.id, emit::word(&row.file), row.order, emit::versions(&row.versions), emit::versions(&row.presumed),
        text(&row.zh, &row.en), camel(&row.encoding), row.length, camel(&row.display),
        code_parts(row.codes.as_deref().unwrap_or_default()), row.standard,
        camel(&row.personal), row.source, camel(&row.confidence),
    )
    .expect("a String takes everything");
}

/// `table`, or `table(1-2)+table(3-5)`: which characters are a code of which table.
fn code_parts(codes: &str) -> String {
    let part = |part: &str| match part.split_once('(') {
        None => format!("CodePart {{ table: {part:?}, characters: None }}, "),
        Some((table, range)) => {
            let range = range.strip_suffix(')').unwrap_or_else(|| panic!("{part:?} lacks `)`"));
            let (from, to) = range.split_once('-').unwrap_or((range, range));
            format!("CodePart {{ table: {table:?}, characters: Some(({from}, {to})) }}, ")
        }
    };
    codes.split('+').filter(|word| !word.is_empty()).map(part).collect()
}
