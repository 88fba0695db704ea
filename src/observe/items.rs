//! The items of a file: what all READs of it together show of one tag.

use super::{Facts, How, Place, Reading};
use crate::apdu::StatusWord;
use crate::profile::{self, Item};
use crate::tlv::simple;

/// There is no such record.
const NO_RECORD: StatusWord = StatusWord(0x6A83);

/// One item as it came.
#[derive(Clone, Copy)]
pub struct ItemFact<'a> {
    /// One-byte tag.
    pub tag: u8,
    /// The length that the item says of itself.
    pub declared: usize,
    /// The value; shorter than declared when the record was cut.
    pub value: &'a [u8],
    /// The reading that brought it.
    pub reading: &'a Reading,
}

impl ItemFact<'_> {
    /// Whether fewer bytes came than the item says.
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        self.value.len() < self.declared
    }

    /// Whether no more than this was asked for: that it is short says nothing of
    /// the card.
    #[must_use]
    pub fn is_cut_by_us(&self) -> bool {
        self.is_truncated() && self.reading.may_go_on()
    }
}

/// What is known of one item.
#[derive(Clone, Copy)]
pub enum ItemState<'a> {
    /// It came.
    Present(ItemFact<'a>),
    /// The card has no such record.
    Missing,
    /// The file does not open, with this status word.
    Refused(StatusWord),
    /// Nobody asked.
    NotAsked,
}

impl<'a> ItemState<'a> {
    /// What came.
    #[must_use]
    pub fn value(&self) -> Option<&'a [u8]> {
        match self {
            Self::Present(fact) => Some(fact.value),
            Self::Missing | Self::Refused(_) | Self::NotAsked => None,
        }
    }
}

/// What is known of one item, with proof.
#[derive(Clone)]
pub struct ItemEvidence<'a> {
    /// What is known.
    pub state: ItemState<'a>,
    /// The exchanges that show it.
    pub exchanges: Vec<u32>,
}

impl Facts {
    /// Every item that came from a file, in order of arrival.
    pub fn item_facts<'a, 'p>(
        &'a self,
        place: &'p Place,
        fid: u16,
    ) -> impl Iterator<Item = ItemFact<'a>> + use<'a, 'p> {
        self.readings_of(place, fid).filter(|reading| reading.is_ok()).flat_map(Reading::items)
    }

    /// What is known of one item of a file of SSSE (or of one of its DFs). Of
    /// several records with the same tag it is the one in the item's place.
    #[must_use]
    pub fn item<'a>(&'a self, place: &Place, item: &Item) -> ItemEvidence<'a> {
        let readings: Vec<&'a Reading> = self.readings_of(place, item.file).collect();
        if let Some(fact) = present(&readings, item) {
            let exchanges = fact.reading.exchanges.clone();
            return ItemEvidence { state: ItemState::Present(fact), exchanges };
        }
        let mut refused = None;
        for reading in readings.iter().copied() {
            if reading.shows_absence_of(item) {
                let exchanges = reading.exchanges.clone();
                return ItemEvidence { state: ItemState::Missing, exchanges };
            }
            if !reading.is_ok() && refused.is_none_or(|kept: &Reading| !kept.is_protected()) {
                refused = Some(reading);
            }
        }
        if let Some(reading) = refused {
            let whole = || one_by_one(&readings).filter(|_| reading.sw == NO_RECORD);
            if let Some(exchanges) = whole() {
                return ItemEvidence { state: ItemState::Missing, exchanges };
            }
            let exchanges = reading.exchanges.clone();
            return ItemEvidence { state: ItemState::Refused(reading.sw), exchanges };
        }
        match self.file_selection(place, item.file).filter(|selection| !selection.is_ok()) {
            Some(selection) => ItemEvidence {
                state: ItemState::Refused(selection.sw),
                exchanges: selection.exchanges.clone(),
            },
            None => ItemEvidence { state: ItemState::NotAsked, exchanges: Vec::new() },
        }
    }
}

/// The item as it came in these readings of its file. A record on its own says
/// more than the same record out of a whole file, where one wrong length spoils
/// all that follows.
fn present<'a>(readings: &[&'a Reading], item: &Item) -> Option<ItemFact<'a>> {
    let came = || readings.iter().copied().filter(|reading| reading.is_ok());
    // Most files do not open; then nothing of them came.
    came().next()?;
    let (occurrence, repeated) = among_same_tag(item);
    let tagged = |fact: &ItemFact<'_>| item.tag == Some(fact.tag);
    let fits = |reading: &&Reading| match reading.how {
        How::RecordsFrom(_) => false,
        How::Record(number) if repeated => number == item.order,
        _ => occurrence == 0,
    };
    let mut alone = came().filter(fits).flat_map(Reading::items).filter(tagged);
    let whole = || {
        let whole = |reading: &&Reading| matches!(reading.how, How::RecordsFrom(_));
        came().filter(whole).filter_map(|r| r.items().filter(tagged).nth(occurrence))
    };
    // Of one that was asked for in part the whole may have come too.
    let first = alone.next();
    let is_cut = |fact: &ItemFact<'_>| fact.is_cut_by_us();
    match first.filter(is_cut) {
        Some(part) => alone.chain(whole()).find(|fact| !is_cut(fact)).or(Some(part)),
        None => first.or_else(|| whole().next()),
    }
}

/// The exchanges that show a whole file record by record: the first to the last, and
/// behind it none.
fn one_by_one(readings: &[&Reading]) -> Option<Vec<u32>> {
    let end = |reading: &&Reading| match reading.how {
        How::Record(number @ 1..) if reading.sw == NO_RECORD => Some(number),
        _ => None,
    };
    let end = readings.iter().find_map(end)?;
    let mut exchanges = Vec::new();
    for number in 1..=end {
        let mut asked = readings.iter().filter(|reading| reading.how == How::Record(number));
        let whole = |reading: &&&Reading| {
            let mut items = reading.items().peekable();
            reading.is_ok() && items.peek().is_some() && !items.any(|item| item.is_truncated())
        };
        let shows = |reading: &&&Reading| match number == end {
            true => reading.sw == NO_RECORD,
            false => whole(reading),
        };
        let shown = asked.find(shows)?;
        exchanges.extend(&shown.exchanges);
    }
    Some(exchanges)
}

/// Of the records with the item's tag: how many stand before it in its version,
/// and whether any of its versions has several.
fn among_same_tag(item: &Item) -> (usize, bool) {
    let (mut before, mut several) = (0_usize, 0_usize);
    for row in profile::same_tag(item) {
        let first = item.versions.first().is_some_and(|version| row.versions.contains(version));
        before = before.saturating_add(usize::from(first && row.order < item.order));
        let any = row.versions.iter().any(|version| item.versions.contains(version));
        several = several.saturating_add(usize::from(any));
    }
    (before, several > 1)
}

impl Reading {
    /// The items in what came. Tags have one byte, lengths have one byte.
    pub fn items(&self) -> impl Iterator<Item = ItemFact<'_>> {
        let records = !matches!(self.how, How::Binary(_));
        let data = if records { self.data.as_slice() } else { &[] };
        simple::Reader::new(data).map(|item| ItemFact {
            tag: item.tag,
            declared: item.declared,
            value: item.value,
            reading: self,
        })
    }

    /// Whether this answer proves that the file has no such item: the card says
    /// so, or a whole file came and it is not in it.
    fn shows_absence_of(&self, item: &Item) -> bool {
        match self.how {
            How::Tag(tag) => Some(tag) == item.tag && self.sw == NO_RECORD,
            How::Record(number) => self.sw == NO_RECORD && record_number(item) == Some(number),
            How::RecordsFrom(1) => {
                self.is_ok()
                    && self.items().count() > 0
                    && !self.items().any(|fact| fact.is_truncated())
            }
            _ => false,
        }
    }
}

/// The number of an item's record where the order is the same in every version;
/// `None` where versions differ: there only the tag tells.
fn record_number(item: &Item) -> Option<u8> {
    let mut rows = profile::same_tag(item);
    rows.all(|row| row.order == item.order)
        .then_some(item.order)
        .filter(|order| *order > 0 && item.tag.is_some())
}
