//! The contents of a file: every item that the profile puts into it, with what
//! is known of it. Groups are opened, records without tags are cut by length.

use super::{Facts, How, ItemEvidence, ItemFact, ItemState, Place, Reading};
use crate::apdu::StatusWord;
use crate::codec::text;
use crate::profile::{self, Display, Encoding, File, Item, Structure, Version};
use crate::tlv::simple;

/// One item of a file, with what is known of it.
pub struct Content<'a> {
    /// The item.
    pub item: &'static Item,
    /// The record it stands in, where a file has many of the same kind.
    pub record: Option<u8>,
    /// What is known of it, with proof.
    pub evidence: ItemEvidence<'a>,
    /// The whole value, where it came in pieces.
    joined: Vec<u8>,
}

impl<'a> Content<'a> {
    fn new(item: &'static Item, record: Option<u8>, evidence: ItemEvidence<'a>) -> Self {
        Self { item, record, evidence, joined: Vec::new() }
    }

    /// The value, if one came.
    #[must_use]
    pub fn value(&self) -> Option<&[u8]> {
        match self.evidence.state {
            ItemState::Present(_) if !self.joined.is_empty() => Some(&self.joined),
            state => state.value(),
        }
    }
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
            Structure::Transparent => rows.map(|item| self.transparent(place, item)).collect(),
            Structure::Unknown => rows.map(|item| self.unknown(place, item)).collect(),
            Structure::KeyFile | Structure::Directory | Structure::Internal => Vec::new(),
        }
    }

    /// A record, and behind it what a group holds, unless nobody wrote it.
    fn record<'a>(
        &'a self,
        place: &'a Place,
        item: &'static Item,
        version: Version,
    ) -> Vec<Content<'a>> {
        let (item, evidence) = renewed(item, self.item(place, item));
        let mut contents = Vec::new();
        if let (Display::Group, ItemState::Present(group)) = (item.display, evidence.state)
            && !text::is_blank(group.value)
        {
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
                contents.push(Content::new(child, Some(item.order), evidence));
            }
        }
        contents.insert(0, Content::new(item, None, evidence));
        contents
    }

    /// The records of a cyclic file, the newest first: fields one after the other.
    fn cyclic<'a>(
        &'a self,
        place: &'a Place,
        file: &File,
        fields: &[&'static Item],
    ) -> Vec<Content<'a>> {
        let record = |reading: &'a Reading| match reading.how {
            How::Record(number) if reading.is_ok() => Some((number, reading)),
            _ => None,
        };
        let came = || self.readings_of(place, file.fid).filter_map(record);
        let written = || came().filter(|(_, reading)| !text::is_blank(&reading.data));
        // Of a file in which nobody wrote anything one record says so.
        let empty = came().take(usize::from(written().next().is_none()));
        let contents: Vec<_> = written()
            .chain(empty)
            .flat_map(|(number, reading)| cut(reading, number, fields))
            .collect();
        if !contents.is_empty() {
            return contents;
        }
        let state = |item| self.refusal(place, item);
        fields.iter().map(|item| Content::new(item, None, state(item))).collect()
    }

    /// A file whose form no source tells: what came first, however it was asked for.
    fn unknown<'a>(&'a self, place: &'a Place, item: &'static Item) -> Content<'a> {
        let came = self.readings_of(place, item.file).find(|r| r.is_ok() && !r.data.is_empty());
        let evidence = match came {
            Some(reading) => {
                let (declared, value) = (reading.data.len(), reading.data.as_slice());
                let state = ItemState::Present(ItemFact { tag: 0, declared, value, reading });
                ItemEvidence { state, exchanges: reading.exchanges.clone() }
            }
            None => self.refusal(place, item),
        };
        Content { item, record: None, evidence, joined: Vec::new() }
    }

    /// A transparent file is one item, however many pieces it came in.
    fn transparent<'a>(&'a self, place: &'a Place, item: &'static Item) -> Content<'a> {
        let mut pieces: Vec<(usize, &Reading)> =
            self.readings_of(place, item.file).filter_map(piece).collect();
        pieces.sort_by_key(|(offset, _)| *offset);
        let mut joined: Vec<u8> = Vec::new();
        let mut exchanges = Vec::new();
        for (offset, reading) in &pieces {
            let known = joined.len().checked_sub(*offset);
            if let Some(more) = known.and_then(|known| reading.data.get(known..)) {
                joined.extend(more);
                exchanges.extend(&reading.exchanges);
            }
        }
        let evidence = match pieces.first() {
            Some((0, reading)) => {
                let (declared, value) = (joined.len(), reading.data.as_slice());
                let state = ItemState::Present(ItemFact { tag: 0, declared, value, reading });
                ItemEvidence { state, exchanges }
            }
            _ => self.refusal(place, item),
        };
        Content { item, record: None, evidence, joined }
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

/// An item of an old card that was written with the meaning of 2.0: that item, and
/// as many bytes as it has (2012-37 annex C). Where they are too few, nothing tells
/// how many it took, and the item stays what it was; so does a number that may end
/// like this by chance.
fn renewed<'a>(
    item: &'static Item,
    evidence: ItemEvidence<'a>,
) -> (&'static Item, ItemEvidence<'a>) {
    let ItemState::Present(fact) = evidence.state else { return (item, evidence) };
    if !item.is_rewritten(fact.value) {
        return (item, evidence);
    }
    let newer = profile::same_tag(item).find(|row| row.versions.contains(&Version::V2));
    let value = newer.and_then(|newer| fact.value.get(..newer.length));
    let (Some(newer), Some(value)) = (newer, value) else { return (item, evidence) };
    let by_chance = item.encoding == Encoding::Undecided && newer.decode(value).is_err();
    if by_chance || value.len() == fact.value.len() {
        return (item, evidence);
    }
    let state = ItemState::Present(ItemFact { declared: newer.length, value, ..fact });
    (newer, ItemEvidence { state, ..evidence })
}

/// A piece of a transparent file, and where it begins.
fn piece(reading: &Reading) -> Option<(usize, &Reading)> {
    match reading.how {
        How::Binary(offset) if reading.is_ok() => Some((usize::from(offset), reading)),
        _ => None,
    }
}

/// Cuts a record without tags into its fields; those of a record that nobody has
/// written have no bytes, since a zero in it is no amount.
fn cut<'a>(reading: &'a Reading, number: u8, fields: &[&'static Item]) -> Vec<Content<'a>> {
    let blank = text::is_blank(&reading.data);
    let mut rest = if blank { &[] } else { reading.data.as_slice() };
    let mut contents = Vec::new();
    for item in fields {
        let (value, behind) = rest.split_at_checked(item.length).unwrap_or((rest, &[]));
        rest = behind;
        let fact = ItemFact { tag: 0, declared: item.length, value, reading };
        let evidence =
            ItemEvidence { state: ItemState::Present(fact), exchanges: reading.exchanges.clone() };
        contents.push(Content::new(item, Some(number), evidence));
    }
    contents
}
