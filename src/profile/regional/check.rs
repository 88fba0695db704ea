//! What must hold of the rows of a table together, and of each with its examples.

use super::super::{Display, File, Item, Structure, Value, Version, file};
use super::mistake::{Misfit, MistakeKind};
use super::row::{Placed, Row};

/// Checks every row against the standards' own rows and against the others.
pub(super) fn rows(files: &[Placed<'_, File>], items: &[Placed<'_, Item>]) {
    let mut before: Vec<&File> = Vec::new();
    for Placed { value: file, row, whole } in files {
        let same = |other: &&File| other.fid == file.fid && share(other.versions, file.versions);
        // Zero stands in for an identifier that does not read.
        if *whole || file.fid != 0 {
            alone(file, row);
            if before.iter().any(same) {
                row.mistake("fid", Misfit::FileTwice);
            }
        }
        before.push(file);
    }
    let mut before: Vec<&Item> = Vec::new();
    for Placed { value: item, row, whole } in items {
        // A file that is wrong itself may be the one that is meant.
        if *whole && files.iter().all(|file| file.whole) {
            in_file(item, row, files);
        }
        groups(item, row, items);
        tag(item, row);
        twice(item, row, &before);
        length(item, row);
        examples(item, row, *whole);
        before.push(item);
    }
}

fn share(left: &[Version], right: &[Version]) -> bool {
    left.iter().any(|version| right.contains(version))
}

/// A file by itself. READ takes the last five bits of an identifier for the SFI
/// (P5 6.9, 6.10), so that only EF01 to EF1E can be asked for in one command.
fn alone(row_file: &File, row: &Row<'_>) {
    let [high, low] = row_file.fid.to_be_bytes();
    if high != 0xEF || !(0x01..=0x1E).contains(&low) {
        row.mistake("fid", Misfit::FileIdentifier);
    } else if row_file.sfi.is_some_and(|sfi| sfi != low) {
        row.mistake("sfi", Misfit::Sfi(low));
    }
    let standard =
        |version: &&Version| file(row_file.application, row_file.fid, **version).is_some();
    if let Some(version) = row_file.versions.iter().find(standard) {
        row.mistake("fid", Misfit::FileOfStandard(version.word()));
    }
}

/// An item and the structure of its file.
fn in_file(item: &Item, row: &Row<'_>, files: &[Placed<'_, File>]) {
    let of_item = |file: &&File| file.fid == item.file && share(file.versions, item.versions);
    let homes = || files.iter().map(|file| &file.value).filter(of_item);
    let covered = |version: &Version| homes().any(|file| file.versions.contains(version));
    if !item.versions.iter().all(covered) {
        row.mistake("file", Misfit::NoSuchFile);
    }
    let records = |file: &File| {
        matches!(file.structure, Structure::VariableRecords | Structure::FixedRecords)
    };
    if homes().any(|file| records(file) != item.tag.is_some()) {
        row.mistake("tag", Misfit::TagOutOfPlace);
    }
}

/// The groups that hold an item stand in the same file.
fn groups(item: &Item, row: &Row<'_>, items: &[Placed<'_, Item>]) {
    let is_group = |tag: &u8| {
        items.iter().map(|other| &other.value).any(|other| {
            other.file == item.file && other.tag == Some(*tag) && other.display == Display::Group
        })
    };
    if !item.parents.iter().all(is_group) {
        row.mistake("parents", Misfit::NoSuchGroup);
    }
}

/// 00 and FF fill what is not written.
fn tag(item: &Item, row: &Row<'_>) {
    if let Some(0x00 | 0xFF) = item.tag {
        row.mistake("tag", Misfit::TagReserved);
    }
}

/// Ids are unique in an application, tags in a file or group.
fn twice(item: &Item, row: &Row<'_>, before: &[&Item]) {
    let same_version = || before.iter().filter(|other| share(other.versions, item.versions));
    if same_version().any(|other| other.id == item.id && !item.id.is_empty()) {
        row.mistake("id", Misfit::IdTwice);
    }
    let same_tag = |other: &&&Item| {
        let parents = other.parents == item.parents;
        item.tag.is_some() && other.tag == item.tag && other.file == item.file && parents
    };
    if same_version().any(|other| same_tag(&other)) {
        row.mistake("tag", Misfit::TagTwice);
    }
}

/// A record's length has one byte.
fn length(item: &Item, row: &Row<'_>) {
    if item.tag.is_some() && item.length > usize::from(u8::MAX) {
        row.mistake("length", MistakeKind::Range { from: 1, to: i64::from(u8::MAX) });
    }
}

/// Every example has the length and decodes to what it shows; a group shows
/// nothing itself.
fn examples(item: &Item, row: &Row<'_>, whole: bool) {
    if item.display != Display::Raw
        && (whole || !row.has("examples"))
        && row.list("examples").is_empty()
    {
        row.mistake("examples", Misfit::NoExample);
    }
    for example in item.examples {
        let bytes = example.bytes.len();
        if bytes != item.length {
            // A length out of range, or none, was told before.
            if item.length > 0 {
                row.mistake("length", Misfit::ExampleLength { length: item.length, bytes });
            }
            continue;
        }
        if !whole {
            continue;
        }
        match item.decode(example.bytes) {
            Err(error) => {
                row.mistake("examples", Misfit::ExampleUndecodable(error.to_string()));
            }
            Ok(Value::Written(decoded))
                if decoded.value == example.shows || item.display == Display::Group => {}
            Ok(Value::Written(decoded)) => {
                row.mistake("examples", Misfit::ExampleShows(decoded.value));
            }
            Ok(Value::Blank) => row.mistake("examples", Misfit::ExampleShows(String::new())),
        }
    }
}
