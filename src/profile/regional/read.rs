//! From the text of a table to its rows.

use toml::de::DeTable;

use super::super::lookup::code_tables;
use super::super::{
    Access, Application, ApplicationKind, CodePart, Confidence, Display, Encoding, Example, File,
    Item, Personal, Structure, Text, Version, applications_of,
};
use super::mistake::{Hex, MistakeKind};
use super::row::{Mistakes, Row, leak};
use super::{Table, check};

/// The keys of the head; `file` and `item` are the rows.
const HEAD: &[&str] =
    &["zh", "en", "application", "aid", "regions", "source", "confidence", "file", "item"];
/// The keys of a file.
pub(super) const FILE: &[&str] = &[
    "fid",
    "sfi",
    "versions",
    "presumed",
    "structure",
    "size",
    "records",
    "record_size",
    "zh",
    "en",
    "access",
    "key",
    "source",
    "confidence",
];
/// The keys of an item.
pub(super) const ITEM: &[&str] = &[
    "id",
    "file",
    "tag",
    "order",
    "parents",
    "versions",
    "presumed",
    "zh",
    "en",
    "encoding",
    "length",
    "display",
    "codes",
    "standard",
    "personal",
    "source",
    "confidence",
    "examples",
];
/// The keys of an example.
const EXAMPLE: &[&str] = &["bytes", "shows"];

/// Where rows belong.
#[derive(Clone, Copy)]
pub(super) struct Home {
    pub(super) table: Option<&'static str>,
    pub(super) application: &'static str,
}

/// Reads a whole table; `None`, or mistakes, or both, where it is not one.
pub(super) fn table(name: &str, text: &str, mistakes: &Mistakes) -> Option<Table> {
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let at = error.span().map_or(0, |span| span.start);
        mistakes.add(at, MistakeKind::Toml(error.message().to_owned()));
    }
    if mistakes.count() > 0 {
        // What is left of a broken text would only bring mistakes that are none.
        return None;
    }
    let head = Row::new(document.get_ref(), 0, HEAD, mistakes);
    let name = leak(name);
    let title = title(&head);
    let (source, confidence) = (head.kept("source"), head.word("confidence", Confidence::WORDS));
    let (application, own) = application(&head, title, source, confidence);
    let regions = regions(&head);
    let home = Home { table: Some(name), application };
    let files = head.rows("file", FILE).into_iter();
    let files: Vec<_> = files.map(|row| row.reading(|row| file(row, home))).collect();
    let items = head.rows("item", ITEM).into_iter();
    let items: Vec<_> = items.map(|row| row.reading(|row| item(row, home))).collect();
    if head.list("file").is_empty() {
        head.mistake("file", MistakeKind::MissingKey("file"));
    }
    check::rows(&files, &items);
    let mut items: Vec<Item> = items.into_iter().map(|item| item.value).collect();
    items.sort_by_key(|item| item.order);
    Some(Table {
        name,
        title: title?,
        application,
        own,
        regions,
        files: files.into_iter().map(|file| file.value).collect(),
        items,
        source: source?,
        confidence: confidence?,
    })
}

fn title(row: &Row<'_>) -> Option<Text> {
    let (zh, en) = (row.kept("zh"), row.kept("en"));
    Some(Text { zh: zh?, en: en? })
}

/// The application, and its row where the standards do not have it. A wrong one
/// is named as it stands, so that the rows are read all the same.
fn application(
    head: &Row<'_>,
    name: Option<Text>,
    source: Option<&'static str>,
    confidence: Option<Confidence>,
) -> (&'static str, Option<Application>) {
    let id = head.kept("application").unwrap_or_default();
    let known = || applications_of(ApplicationKind::SocialSecurity).filter(|a| !a.is_regional());
    let is_known = known().any(|row| row.id == id);
    let Some(aid) = head.hex("aid", Hex::Aid) else {
        if !is_known && !id.is_empty() && head.text("aid").is_none() {
            let allowed = known().map(|row| row.id).collect();
            let kind = MistakeKind::UnknownWord { word: id.to_owned(), allowed };
            head.mistake("application", kind);
        }
        return (id, None);
    };
    if is_known {
        head.mistake("aid", MistakeKind::AidOfKnown);
    }
    if let Some(owner) = super::super::application_by_aid(&aid).filter(|a| !a.is_regional()) {
        head.mistake("aid", MistakeKind::AidTaken(owner.id));
    }
    let aid: &'static [u8] = aid.leak();
    let own = name.zip(source).zip(confidence).map(|((name, source), confidence)| Application {
        id,
        kind: ApplicationKind::SocialSecurity,
        aids: vec![aid].leak(),
        fids: &[],
        regions: &[],
        parent: Some("ssse"),
        name,
        source,
        confidence,
    });
    (id, own)
}

/// First digits of regions: province, city or county.
fn regions(head: &Row<'_>) -> Vec<String> {
    let is_region = |text: &str| {
        matches!(text.len(), 2 | 4 | 6) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut regions = Vec::new();
    for (at, text) in head.texts("regions") {
        if !is_region(text) {
            head.add(at, MistakeKind::Region);
        }
        regions.push(text.to_owned());
    }
    regions
}

/// One file.
pub(super) fn file(row: &Row<'_>, home: Home) -> File {
    let fid = row.identifier("fid");
    let sfi = row.number("sfi", 1, 30);
    let versions = row.some_words("versions", Version::WORDS);
    let presumed = row.words("presumed", Version::WORDS);
    let structure = row.word("structure", Structure::WORDS);
    let size = row.number("size", 1, i64::from(u16::MAX));
    let records = row.number("records", 0, i64::from(u8::MAX));
    let record_size = row.number("record_size", 1, i64::from(u8::MAX));
    let name = title(row);
    let access = row.word("access", Access::WORDS);
    let key = row.text("key").map_or("", leak);
    let source = row.kept("source");
    let confidence = row.word("confidence", Confidence::WORDS);
    File {
        table: home.table,
        application: home.application,
        fid: fid.unwrap_or_default(),
        sfi,
        versions: versions.unwrap_or_default(),
        presumed,
        structure: structure.unwrap_or(Structure::Unknown),
        size,
        records: records.unwrap_or(0),
        record_size,
        name: name.unwrap_or(Text { zh: "", en: "" }),
        access: access.unwrap_or(Access::Unknown),
        key,
        source: source.unwrap_or_default(),
        confidence: confidence.unwrap_or(Confidence::Low),
    }
}

/// One item.
pub(super) fn item(row: &Row<'_>, home: Home) -> Item {
    let (id, file) = (row.kept("id"), row.identifier("file"));
    let tag = row.hex("tag", Hex::Byte).and_then(|bytes| bytes.first().copied());
    let order = row.number("order", 0, i64::from(u8::MAX)).unwrap_or(0);
    let (versions, presumed) =
        (row.some_words("versions", Version::WORDS), row.words("presumed", Version::WORDS));
    let name = title(row);
    let (encoding, display) =
        (row.word("encoding", Encoding::WORDS), row.word("display", Display::WORDS));
    let length = row.number("length", 1, i64::from(u16::MAX));
    // Only of bytes without a form may the length be unknown.
    if !row.has("length") && display != Some(Display::Raw) {
        row.mistake("length", MistakeKind::MissingKey("length"));
    }
    let personal = row.word("personal", Personal::WORDS);
    let (source, confidence) = (row.kept("source"), row.word("confidence", Confidence::WORDS));
    let (codes, parents, examples) = (codes(row), parents(row), examples(row));
    Item {
        id: id.unwrap_or_default(),
        table: home.table,
        application: home.application,
        file: file.unwrap_or_default(),
        tag,
        order,
        parents,
        versions: versions.unwrap_or_default(),
        presumed,
        name: name.unwrap_or(Text { zh: "", en: "" }),
        encoding: encoding.unwrap_or(Encoding::Undecided),
        length: length.unwrap_or(0),
        display: display.unwrap_or(Display::Raw),
        codes,
        standard: row.text("standard").map(leak),
        personal: personal.unwrap_or(Personal::Unknown),
        source: source.unwrap_or_default(),
        confidence: confidence.unwrap_or(Confidence::Low),
        examples,
    }
}

fn parents(row: &Row<'_>) -> &'static [u8] {
    let tag = |(at, text)| row.hex_of(at, text, Hex::Byte)?.first().copied();
    row.texts("parents").into_iter().filter_map(tag).collect::<Vec<u8>>().leak()
}

fn examples(row: &Row<'_>) -> &'static [Example] {
    let example = |row: Row<'_>| {
        let shows = row.any_text("shows");
        row.any_text("bytes")?;
        Some(Example { bytes: row.hex("bytes", Hex::Bytes)?.leak(), shows: leak(shows?) })
    };
    row.rows("examples", EXAMPLE).into_iter().filter_map(example).collect::<Vec<_>>().leak()
}

/// `table`, or `table(1-2)+table(3)`: which characters are a code of which table.
fn codes(row: &Row<'_>) -> &'static [CodePart] {
    let Some(text) = row.text("codes") else { return &[] };
    let mut parts = Vec::new();
    for part in text.split('+') {
        let (name, characters) = match part.split_once('(') {
            None => (part, None),
            Some((name, range)) => match characters(range) {
                Some(range) => (name, Some(range)),
                None => {
                    row.mistake("codes", MistakeKind::Codes);
                    continue;
                }
            },
        };
        match code_tables().iter().find(|table| table.id == name) {
            Some(table) => parts.push(CodePart { table: table.id, characters }),
            None => {
                let allowed = code_tables().iter().map(|table| table.id).collect();
                let kind = MistakeKind::UnknownWord { word: name.to_owned(), allowed };
                row.mistake("codes", kind);
            }
        }
    }
    parts.leak()
}

/// `1-2)` or `3)`, counted from 1.
fn characters(range: &str) -> Option<(usize, usize)> {
    let range = range.strip_suffix(')')?;
    let (from, to) = range.split_once('-').unwrap_or((range, range));
    let (from, to) = (from.parse().ok()?, to.parse().ok()?);
    (1 <= from && from <= to).then_some((from, to))
}
