//! The data objects of an application beside SSSE, and the directory of SSSE, as
//! data items: their tags name them.

use super::check::CheckInput;
use super::document::Datum;
use super::{Reveal, tags};
use crate::observe::{DataObject, Origin};
use crate::profile::{self, Application, Structure, Text, Version};
use crate::tlv::ber::Tag;

const FCI: Text = Text { zh: "文件控制信息", en: "file control information" };
const RECORDS: Text = Text { zh: "记录", en: "records" };
const GET_DATA: Text = Text { zh: "数据对象", en: "data objects" };

/// What FCI, records and GET DATA of an application brought. What was read twice
/// alike stands once.
pub(super) fn of_application(
    input: &CheckInput<'_>,
    application: &'static Application,
) -> Vec<Datum> {
    let mut seen: Vec<(Tag, Origin, &[u8])> = Vec::new();
    let mut data = Vec::new();
    let objects = input.facts.data_objects(application);
    for object in &objects {
        let same = (object.tag, object.origin, object.value);
        if !seen.contains(&same) {
            seen.push(same);
            data.push(of_object(input, object));
        }
    }
    data
}

fn of_object(input: &CheckInput<'_>, object: &DataObject<'_>) -> Datum {
    let (file, file_name, record) = match object.origin {
        Origin::Fci => ("FCI".to_owned(), FCI, None),
        Origin::Record { sfi, number } => (format!("SFI {sfi:02X}"), RECORDS, Some(number)),
        Origin::GetData => ("GET DATA".to_owned(), GET_DATA, None),
    };
    Datum { file, file_name, record, ..datum(input, object.tag, object.value) }
}

/// The entries of SSSE's directory.
pub(super) fn directory(input: &CheckInput<'_>, version: Version) -> Vec<Datum> {
    let mut files = profile::files("ssse", version);
    let name = files.find(|file| file.structure == Structure::Directory).map(|file| file.name);
    let Some(file_name) = name else { return Vec::new() };
    let entries = input.facts.directory();
    let data = entries.flat_map(|entry| {
        [(Tag(0x4F), entry.aid), (Tag(0x50), entry.label)].map(|(tag, value)| Datum {
            file: "DIR".to_owned(),
            file_name,
            record: Some(entry.number),
            ..datum(input, tag, value)
        })
    });
    data.collect()
}

/// A value by its tag, masked by its class.
fn datum(input: &CheckInput<'_>, tag: Tag, value: &[u8]) -> Datum {
    const UNLISTED: Text = Text { zh: "未列入的数据", en: "unlisted object" };
    let row = profile::tag(tag.0);
    let mut datum = Datum {
        id: row.map_or("unlisted-object", |row| row.id),
        file: String::new(),
        file_name: RECORDS,
        tag: tag.to_string(),
        group: None,
        record: None,
        name: row.map_or(UNLISTED, |row| row.name).into(),
        value: None,
        meaning: None,
        raw: None,
        masked: false,
        access: "free",
        key: None,
        sw: None,
        presumed: false,
    };
    if value.is_empty() {
        datum.access = "empty";
        return datum;
    }
    let shown = tags::show(row, value, input.reveal);
    datum.masked = shown.masked;
    datum.value = Some(shown.value);
    datum.meaning = shown.meaning;
    datum.raw = (!shown.masked || input.reveal == Reveal::Shown).then(|| hex::encode_upper(value));
    datum
}
