//! Records of a social security card: one-byte tags.

use super::super::{Named, Remark};
use super::{Node, TlvDocument, words};
use crate::codec::text::legible;
use crate::profile::{self, Item, Personal, Value, Version};
use crate::report::{Reveal, Words, mask};
use crate::tlv::simple;

/// Files whose records are told by their tags and lengths.
const FILES: [(u16, &str); 2] = [(0xEF05, "EF05"), (0xEF06, "EF06")];

/// Records of one file, if the bytes are nothing else: every tag is one of the
/// file's and every length is the table's.
pub(super) fn read(bytes: &[u8], reveal: Reveal) -> Option<TlvDocument> {
    let records = whole(bytes).filter(|records| !records.is_empty())?;
    FILES.into_iter().find_map(|(fid, id)| {
        let row = |record: &simple::Item<'_>| {
            let row = profile::item("ssse", fid, record.tag)?;
            (row.length == record.declared).then_some(row)
        };
        let rows = records.iter().map(row).collect::<Option<Vec<_>>>()?;
        let mut findings = Vec::new();
        let rows = rows.into_iter().zip(&records);
        let nodes = rows.map(|(row, record)| node(row, record, reveal, &mut findings)).collect();
        let name = profile::file("ssse", fid, Version::V2)?.name;
        let file = Some(Named { id, name: name.into() });
        Some(TlvDocument { form: "records", file, nodes, findings })
    })
}

/// The records that the bytes are, if nothing is cut or left over.
pub(super) fn whole(bytes: &[u8]) -> Option<Vec<simple::Item<'_>>> {
    let mut reader = simple::Reader::new(bytes);
    let items: Vec<_> = reader.by_ref().collect();
    let whole = reader.leftover().is_empty() && !items.iter().any(simple::Item::is_truncated);
    whole.then_some(items)
}

fn node(
    row: &'static Item,
    record: &simple::Item<'_>,
    reveal: Reveal,
    findings: &mut Vec<Remark>,
) -> Node {
    let length = record.value.len();
    let mut node = Node {
        tag: format!("{:02X}", record.tag),
        name: Some(row.name.into()),
        offset: record.offset,
        length,
        value: None,
        meaning: None,
        masked: false,
        children: Vec::new(),
    };
    let open = reveal == Reveal::Shown || row.personal == Personal::None;
    match row.decode(record.value) {
        Ok(Value::Blank) => node.meaning = Some(words::empty()),
        Ok(Value::Written(decoded)) if open => {
            node.value = Some(legible(&decoded.value).into_owned());
            node.meaning = Words::join(&decoded.meanings);
        }
        Ok(Value::Written(decoded)) => {
            node.value = Some(mask::show(row, &decoded.value, length).text);
            node.masked = true;
        }
        Err(error) => {
            let place = record.offset.saturating_add(2).saturating_add(words::place(error));
            let message = words::bad_value(error);
            findings.push(Remark { code: "bad_value", offset: Some(place), message });
            let hex = || hex::encode_upper(record.value);
            node.value = Some(if open { hex() } else { mask::hidden(length) });
            node.masked = !open;
        }
    }
    node
}
