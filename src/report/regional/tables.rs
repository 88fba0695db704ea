//! The tables that files and items come from: one for each application of the
//! standards, and those of regions.

use serde::Serialize;

use super::super::document::Words;
use super::super::{Language, pad};
use crate::profile::{self, Application, File, Item, Text, Version, regional};

/// A table: its rows, the same in every version told once.
#[derive(Clone, Debug, Serialize)]
pub struct Profile {
    /// By which it is asked for.
    pub name: &'static str,
    /// Whether it is part of the program.
    pub built_in: bool,
    /// The application that its files belong to.
    pub application: &'static str,
    /// What it holds.
    pub title: Words,
    /// For whose cards it holds; empty: for all.
    pub regions: Vec<String>,
    /// Number of files.
    pub file_count: usize,
    /// Number of items.
    pub item_count: usize,
    /// The versions of the card standard that it speaks of.
    pub versions: Vec<&'static str>,
    /// Where it comes from.
    pub source: &'static str,
    /// How sure.
    pub confidence: &'static str,
    /// Its files; left out of a list of tables.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileDocument>,
}

/// A file.
#[derive(Clone, Debug, Serialize)]
pub struct FileDocument {
    fid: String,
    sfi: Option<u8>,
    versions: Vec<&'static str>,
    presumed: Vec<&'static str>,
    structure: &'static str,
    size: Option<u16>,
    name: Words,
    access: &'static str,
    key: Option<&'static str>,
    source: &'static str,
    confidence: &'static str,
    items: Vec<ItemDocument>,
}

/// An item.
#[derive(Clone, Debug, Serialize)]
struct ItemDocument {
    id: &'static str,
    tag: Option<String>,
    order: u8,
    parents: Vec<String>,
    versions: Vec<&'static str>,
    presumed: Vec<&'static str>,
    name: Words,
    encoding: &'static str,
    length: Option<usize>,
    display: &'static str,
    personal: &'static str,
    source: &'static str,
    confidence: &'static str,
}

/// Every table: those of the standards, then those that were loaded.
#[must_use]
pub fn profiles() -> Vec<Profile> {
    let built_in = profile::applications().filter(|row| !row.is_regional()).map(of_standard);
    let regional = regional::tables().iter().map(of_region);
    built_in.filter(|table| table.file_count > 0).chain(regional).collect()
}

/// The rows of every version, each once, in the order of the newest.
fn once<T: PartialEq>(rows: impl Fn(Version) -> Vec<&'static T>) -> Vec<&'static T> {
    let mut found: Vec<&'static T> = Vec::new();
    for (_, version) in Version::WORDS.iter().rev() {
        for row in rows(*version) {
            if !found.iter().any(|other| std::ptr::eq(*other, row)) {
                found.push(row);
            }
        }
    }
    found
}

fn of_standard(application: &'static Application) -> Profile {
    let files = once(|version| profile::files(application.id, version).collect());
    let (title, source) = (application.name, application.source);
    of_rows(application.id, &files, title, source, application.confidence.word())
}

fn of_region(table: &'static regional::Table) -> Profile {
    let files: Vec<&File> = table.files.iter().collect();
    let confidence = table.confidence.word();
    Profile {
        built_in: false,
        application: table.application,
        regions: table.regions.clone(),
        ..of_rows(table.name, &files, table.title, table.source, confidence)
    }
}

fn of_rows(
    name: &'static str,
    files: &[&'static File],
    title: Text,
    source: &'static str,
    confidence: &'static str,
) -> Profile {
    let speaks = |version: &Version| files.iter().any(|file| file.versions.contains(version));
    let versions = Version::WORDS.iter().filter(|(_, version)| speaks(version));
    let files: Vec<FileDocument> = files.iter().map(|row| file(row)).collect();
    Profile {
        name,
        built_in: true,
        application: name,
        title: title.into(),
        regions: Vec::new(),
        file_count: files.len(),
        item_count: files.iter().map(|file| file.items.len()).sum(),
        versions: versions.map(|(word, _)| *word).collect(),
        source,
        confidence,
        files,
    }
}

fn version_words(versions: &[Version]) -> Vec<&'static str> {
    versions.iter().map(|version| version.word()).collect()
}

fn file(file: &'static File) -> FileDocument {
    let of_version = |version| {
        let has = file.versions.contains(&version);
        profile::items_of(file, version).filter(|_| has).collect()
    };
    FileDocument {
        fid: fid(file.fid),
        sfi: file.sfi,
        versions: version_words(file.versions),
        presumed: version_words(file.presumed),
        structure: file.structure.word(),
        size: file.size,
        name: file.name.into(),
        access: file.access.word(),
        key: Some(file.key).filter(|key| !key.is_empty()),
        source: file.source,
        confidence: file.confidence.word(),
        items: once(of_version).into_iter().map(item).collect(),
    }
}

/// A file identifier; empty where no source gives one.
fn fid(fid: u16) -> String {
    if fid == 0 { String::new() } else { format!("{fid:04X}") }
}

fn item(item: &Item) -> ItemDocument {
    let hex = |tag: &u8| format!("{tag:02X}");
    ItemDocument {
        id: item.id,
        tag: item.tag.as_ref().map(hex),
        order: item.order,
        parents: item.parents.iter().map(hex).collect(),
        versions: version_words(item.versions),
        presumed: version_words(item.presumed),
        name: item.name.into(),
        encoding: item.encoding.word(),
        length: Some(item.length).filter(|length| *length > 0),
        display: item.display.word(),
        personal: item.personal.word(),
        source: item.source,
        confidence: item.confidence.word(),
    }
}

impl Profile {
    /// Without its rows, for a list.
    #[must_use]
    pub fn head(self) -> Self {
        Self { files: Vec::new(), ..self }
    }

    /// One line of a list.
    #[must_use]
    pub fn line(&self, language: Language) -> String {
        let (files, items) = match language {
            Language::Chinese => ("文件", "数据项"),
            Language::English => ("files", "items"),
        };
        let counts = format!("{files} {}, {items} {}", self.file_count, self.item_count);
        let title = self.title.in_language(language);
        let regions = if self.regions.is_empty() {
            String::new()
        } else {
            format!("  [{}]", self.regions.join(" "))
        };
        let versions = pad(&self.versions.join(" "), 13);
        format!("{}{}{versions}{title}{regions}", pad(self.name, 18), pad(&counts, 22))
    }

    /// Its files and items.
    #[must_use]
    pub fn lines(&self, language: Language) -> Vec<String> {
        let mut lines = vec![self.line(language)];
        for file in &self.files {
            lines.push(String::new());
            let key = file.key.map(|key| format!(" {key}")).unwrap_or_default();
            let name = pad(file.name.in_language(language), 36);
            let versions = pad(&file.versions.join(" "), 13);
            let (structure, access) = (file.structure, file.access);
            lines.push(format!("{:4}  {name}{versions}{structure}, {access}{key}", file.fid));
            for item in &file.items {
                let tag = pad(item.tag.as_deref().unwrap_or_default(), 4);
                let indent = if item.parents.is_empty() { "  " } else { "      " };
                let name = pad(item.name.in_language(language), 34);
                let length = item.length.map_or_else(|| "?".to_owned(), |n| n.to_string());
                let (versions, personal) = (pad(&item.versions.join(" "), 13), item.personal);
                let form = pad(&format!("{} {length}", item.encoding), 13);
                lines.push(format!("{indent}{tag}{name}{versions}{form}{} ({personal})", item.id));
            }
        }
        lines
    }
}
