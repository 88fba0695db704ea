//! The data objects of an application beyond SSSE: what its FCI, its records and
//! GET DATA brought (EMV 4.4 B1 11.3, B3 5, 7), and what directories list.

use super::{Facts, How, Other, Place, Reading, Selection};
use crate::apdu::StatusWord;
use crate::profile::{self, Application, ApplicationKind};
use crate::tlv::TlvError;
use crate::tlv::ber::{self, Tag};

/// How an object came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In the answer to SELECT.
    Fci,
    /// In a record.
    Record {
        /// Short identifier of the file.
        sfi: u8,
        /// Number of the record, from 1.
        number: u8,
    },
    /// By GET DATA.
    GetData,
}

/// One object that holds no others, as it came.
#[derive(Clone, Copy)]
pub struct DataObject<'a> {
    /// Its tag.
    pub tag: Tag,
    /// Its value.
    pub value: &'a [u8],
    /// How it came.
    pub origin: Origin,
    /// The exchanges that show it.
    pub exchanges: &'a [u32],
}

/// Bytes that are no data objects where objects must stand.
#[derive(Clone, Copy, Debug)]
pub struct Malformed<'a> {
    /// Where they came from.
    pub origin: Origin,
    /// What is wrong; `None` where objects came, but not those of this place.
    pub error: Option<TlvError>,
    /// The exchanges that show it.
    pub exchanges: &'a [u32],
}

/// An application that a directory lists.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Its DF name.
    pub aid: &'a [u8],
    /// The directory: `pse` or `ppse`.
    pub directory: &'static str,
    /// The exchanges that show it.
    pub exchanges: &'a [u32],
}

/// Files of a payment application that hold templates `70`; those above belong
/// to the scheme (EMV 4.4 B3 5.3.2.2).
const EMV_FILES: std::ops::RangeInclusive<u8> = 1..=10;

const FCI_TEMPLATE: Tag = Tag(0x6F);
const RECORD_TEMPLATE: Tag = Tag(0x70);
const ENTRY: Tag = Tag(0x61);
const AID: Tag = Tag(0x4F);

impl Facts {
    /// Every object of an application that holds no others: those of the FCI,
    /// then those of records and of GET DATA, each in order of arrival. What is
    /// malformed ends only the template that holds it.
    #[must_use]
    pub fn data_objects(&self, application: &'static Application) -> Vec<DataObject<'_>> {
        let pieces = self.pieces(application);
        let objects = pieces.iter().flat_map(|piece| {
            let leaves = ber::walk(piece.bytes).filter_map(Result::ok);
            leaves.filter(|(_, object)| !object.tag.is_constructed()).map(|(_, object)| {
                let Piece { origin, exchanges, .. } = *piece;
                DataObject { tag: object.tag, value: object.value, origin, exchanges }
            })
        });
        objects.collect()
    }

    /// The first object of a tag.
    #[must_use]
    pub fn data_object(
        &self,
        application: &'static Application,
        tag: u32,
    ) -> Option<DataObject<'_>> {
        self.data_objects(application).into_iter().find(|object| object.tag == Tag(tag))
    }

    /// Answers of an application that are no data objects, or not in the template
    /// that belongs there: `6F`, `70`, or the tag of GET DATA.
    #[must_use]
    pub fn malformed(&self, application: &'static Application) -> Vec<Malformed<'_>> {
        // SELECT may answer a status word alone; that is no malformed FCI.
        let said = |piece: &Piece<'_>| !piece.bytes.is_empty();
        self.pieces(application).into_iter().filter(said).filter_map(Piece::malformed).collect()
    }

    /// The applications that payment directories list: the records of PSE
    /// (EMV 4.4 B1 12.2.3; old city cards without the template `70`), the FCI of
    /// PPSE.
    #[must_use]
    pub fn listed(&self) -> Vec<Entry<'_>> {
        let mut listed = Vec::new();
        for row in profile::applications_of(ApplicationKind::Directory) {
            for piece in self.pieces(row) {
                let entries = ber::walk(piece.bytes).filter_map(Result::ok);
                for (_, entry) in entries.filter(|(_, object)| object.tag == ENTRY) {
                    let aid = ber::Reader::within(&entry).map_while(Result::ok);
                    listed.extend(aid.filter(|object| object.tag == AID).map(|object| Entry {
                        aid: object.value,
                        directory: row.id,
                        exchanges: piece.exchanges,
                    }));
                }
            }
        }
        listed
    }

    /// GET DATA and GET BALANCE of an application, with one P1-P2.
    pub fn answers<'a>(
        &'a self,
        application: &'static Application,
        ins: u8,
        parameters: u16,
    ) -> impl Iterator<Item = &'a Other> {
        let place = Place::Application(application);
        self.others_of(ins).filter(move |o| o.place == place && o.parameters == parameters)
    }

    /// Whether the counters of payment applications (GET DATA 9F36 and 9F17) were
    /// the same at their last reading as at their first; `None` where none was
    /// read twice.
    #[must_use]
    pub fn counters_unchanged(&self) -> Option<bool> {
        let counters = || {
            let counter = |o: &&Other| o.is_ok() && matches!(o.parameters, 0x9F36 | 0x9F17);
            self.others_of(0xCA).filter(counter)
        };
        let mut pairs = counters().enumerate().flat_map(|(at, first)| {
            let same = |o: &&Other| o.place == first.place && o.parameters == first.parameters;
            counters().skip(at.saturating_add(1)).filter(same).map(|last| last.data == first.data)
        });
        let first = pairs.next()?;
        Some(first && pairs.all(|unchanged| unchanged))
    }

    /// Everything that holds objects of an application.
    fn pieces<'a>(&'a self, application: &'static Application) -> Vec<Piece<'a>> {
        let place = Place::Application(application);
        let fci = |selection: &'a Selection| Piece {
            bytes: &selection.fci,
            outermost: [FCI_TEMPLATE; 2],
            origin: Origin::Fci,
            exchanges: &selection.exchanges,
        };
        let mut selections = self.selections_of(application).peekable();
        let first = selections.peek().copied();
        let selected = selections.find(|selection| selection.is_ok()).or(first);
        let mut pieces: Vec<Piece<'a>> = selected.map(fci).into_iter().collect();
        pieces.extend(self.readings.iter().filter(|r| r.place == place).filter_map(of_record));
        let data = self.others_of(0xCA).filter(|other| other.place == place && other.is_ok());
        pieces.extend(data.map(|other| Piece {
            bytes: &other.data,
            outermost: [Tag(u32::from(other.parameters)); 2],
            origin: Origin::GetData,
            exchanges: &other.exchanges,
        }));
        pieces
    }
}

impl Other {
    /// Whether the card did what it was asked.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.sw == StatusWord::OK
    }
}

/// An answer that holds objects.
struct Piece<'a> {
    bytes: &'a [u8],
    /// The templates that belong here.
    outermost: [Tag; 2],
    origin: Origin,
    exchanges: &'a [u32],
}

impl<'a> Piece<'a> {
    /// What is wrong with it, if anything is.
    fn malformed(self) -> Option<Malformed<'a>> {
        let error = ber::walk(self.bytes).find_map(Result::err);
        let mut outer = ber::Reader::new(self.bytes).map_while(Result::ok);
        let fits = outer.next().is_some_and(|object| self.outermost.contains(&object.tag));
        let alone = outer.next().is_none();
        (error.is_some() || !fits || !alone).then_some(Malformed {
            origin: self.origin,
            error,
            exchanges: self.exchanges,
        })
    }
}

impl Reading {
    /// Short identifier and number of a record that must hold a template `70`;
    /// `None` for any other reading. Logs are no templates.
    #[must_use]
    pub fn template_record(&self) -> Option<(u8, u8)> {
        let How::Record(number) = self.how else { return None };
        let [_, low] = self.fid?.to_be_bytes();
        EMV_FILES.contains(&low).then_some((low, number))
    }
}

fn of_record(reading: &Reading) -> Option<Piece<'_>> {
    let (sfi, number) = reading.template_record().filter(|_| reading.is_ok())?;
    let bare = if reading.place.is("pse") { ENTRY } else { RECORD_TEMPLATE };
    Some(Piece {
        bytes: &reading.data,
        outermost: [RECORD_TEMPLATE, bare],
        origin: Origin::Record { sfi, number },
        exchanges: &reading.exchanges,
    })
}

#[cfg(test)]
mod tests;
