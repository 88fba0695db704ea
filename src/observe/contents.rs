//! The contents of a file: every item that the profile puts into it, with what
//! is known of it. Groups are opened, records without tags are cut by length.

use super::{Facts, How, ItemEvidence, ItemFact, ItemState, Place, Reading};
use crate::apdu::StatusWord;
use crate::profile::{self, Display, File, Item, Structure, Version};
use crate::tlv::simple;

/// One item of a file, with what is known of it.
pub struct Content<'a> {
    /// The item.
    pub item: &'static Item,
    /// The record it stands in, where a file has many of the same kind.
    pub record: Option<u8>,
    /// What is known of it, with proof.
    pub evidence: ItemEvidence<'a>,
}

impl Facts {
    /// Everything that the profile puts into a file of one version.
    #[must_use]
    pub fn contents<'a>(
        &'a self,
        place: &'a Place,
        file: &File,
        version: Version,
    ) -> Vec<Content<'a>> {
        let rows = profile::records_of(file, version);
        match file.structure {
            Structure::VariableRecords | Structure::FixedRecords => {
                rows.flat_map(|item| self.record(place, item, version)).collect()
            }
            Structure::Cyclic => self.cyclic(place, file, &rows.collect::<Vec<_>>()),
            Structure::Transparent | Structure::Unknown => {
                rows.flat_map(|item| self.transparent(place, item)).collect()
            }
            Structure::KeyFile => Vec::new(),
        }
    }

    /// A record, and behind it what a group holds.
    fn record<'a>(
        &'a self,
        place: &'a Place,
        item: &'static Item,
        version: Version,
    ) -> Vec<Content<'a>> {
        let evidence = self.item(place, item);
        let mut contents = Vec::new();
        if let (Display::Group, ItemState::Present(group)) = (item.display, evidence.state) {
            for child in profile::children(item, version) {
                let found =
                    simple::Reader::new(group.value).find(|found| Some(found.tag) == child.tag);
                let state = match found {
                    Some(found) => ItemState::Present(ItemFact {
                        tag: found.tag,
                        declared: found.declared,
                        value: found.value,
                        reading: group.reading,
                    }),
                    None => ItemState::Missing,
                };
                let evidence = ItemEvidence { state, exchanges: evidence.exchanges.clone() };
                contents.push(Content { item: child, record: Some(item.order), evidence });
            }
        }
        contents.insert(0, Content { item, record: None, evidence });
        contents
    }

    /// The records of a cyclic file, the newest first: fields one after the other.
    fn cyclic<'a>(
        &'a self,
        place: &'a Place,
        file: &File,
        fields: &[&'static Item],
    ) -> Vec<Content<'a>> {
        let mut contents = Vec::new();
        for reading in self.readings_of(place, file.fid) {
            if let (How::Record(number), true) = (reading.how, reading.is_ok()) {
                contents.extend(cut(reading, number, fields));
            }
        }
        if !contents.is_empty() {
            return contents;
        }
        let state = |item| self.refusal(place, item);
        fields.iter().map(|item| Content { item, record: None, evidence: state(item) }).collect()
    }

    /// A transparent file is one item; read in pieces, each is told apart.
    fn transparent<'a>(&'a self, place: &'a Place, item: &'static Item) -> Vec<Content<'a>> {
        let mut pieces: Vec<Content<'a>> = Vec::new();
        for reading in self.readings_of(place, item.file).filter(|r| r.is_ok()) {
            let fact =
                ItemFact { tag: 0, declared: reading.data.len(), value: &reading.data, reading };
            let exchanges = reading.exchanges.clone();
            let evidence = ItemEvidence { state: ItemState::Present(fact), exchanges };
            let record = u8::try_from(pieces.len().saturating_add(1)).ok();
            pieces.push(Content { item, record, evidence });
        }
        match pieces.as_mut_slice() {
            [] => vec![Content { item, record: None, evidence: self.refusal(place, item) }],
            [whole] => {
                whole.record = None;
                pieces
            }
            _ => pieces,
        }
    }

    /// Why nothing came of an item without a tag.
    fn refusal<'a>(&'a self, place: &'a Place, item: &Item) -> ItemEvidence<'a> {
        let refused = self.readings_of(place, item.file).find(|reading| !reading.is_ok());
        match refused {
            Some(reading) if reading.sw == StatusWord(0x6A83) => {
                let exchanges = reading.exchanges.clone();
                ItemEvidence { state: ItemState::Missing, exchanges }
            }
            Some(reading) => {
                let exchanges = reading.exchanges.clone();
                ItemEvidence { state: ItemState::Refused(reading.sw), exchanges }
            }
            None => self.item(place, item),
        }
    }
}

/// Cuts a record without tags into its fields.
fn cut<'a>(reading: &'a Reading, number: u8, fields: &[&'static Item]) -> Vec<Content<'a>> {
    let mut rest = reading.data.as_slice();
    let mut contents = Vec::new();
    for item in fields {
        let (value, behind) = rest.split_at_checked(item.length).unwrap_or((rest, &[]));
        rest = behind;
        let fact = ItemFact { tag: 0, declared: item.length, value, reading };
        let evidence =
            ItemEvidence { state: ItemState::Present(fact), exchanges: reading.exchanges.clone() };
        contents.push(Content { item, record: Some(number), evidence });
    }
    contents
}
