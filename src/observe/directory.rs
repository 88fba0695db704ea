//! The directory of SSSE: the file that tag 88 of the FCI names, a record for
//! each application (P3 5.1.4, 6.5.2).

use super::{Facts, How, Place, Reading};
use crate::tlv::ber::{self, Tag};

/// One record of the directory: `61 {4F name, 50 label}` (P3 t.2-3).
#[derive(Clone, Copy)]
pub struct DirectoryEntry<'a> {
    /// Number of the record, from 1.
    pub number: u8,
    /// DF name, 5 to 16 bytes.
    pub aid: &'a [u8],
    /// Label, 1 to 16 bytes.
    pub label: &'a [u8],
    /// The exchanges that show it.
    pub exchanges: &'a [u32],
}

impl Facts {
    /// Short identifier of the directory's file, as the FCI of SSSE gives it.
    #[must_use]
    pub fn directory_file(&self) -> Option<u8> {
        let fci = &self.named_ssse()?.fci;
        match ber::find(fci, &[0x6F, 0xA5, 0x88])? {
            [sfi @ 1..=30] => Some(*sfi),
            _ => None,
        }
    }

    /// Every READ RECORD by number of the directory, in order of arrival.
    pub fn directory_readings(&self) -> impl Iterator<Item = (u8, &Reading)> {
        let fid = self.directory_file().map(|sfi| 0xEF00 | u16::from(sfi));
        let place = Place::ssse();
        let here = move |r: &&Reading| fid.is_some() && r.fid == fid && r.place == place;
        self.readings.iter().filter(here).filter_map(|reading| match reading.how {
            How::Record(number) => Some((number, reading)),
            _ => None,
        })
    }

    /// The applications that the directory lists, as far as its records are in
    /// the standard's form.
    pub fn directory(&self) -> impl Iterator<Item = DirectoryEntry<'_>> {
        self.directory_readings().filter_map(|(number, reading)| entry(number, reading))
    }
}

/// A record in the standard's form.
fn entry(number: u8, reading: &Reading) -> Option<DirectoryEntry<'_>> {
    let mut records = ber::Reader::new(&reading.data);
    let template = records.next()?.ok().filter(|object| object.tag == Tag(0x61))?;
    if records.next().is_some() {
        return None;
    }
    let mut objects = ber::Reader::within(&template);
    let mut next = |tag, lengths: std::ops::RangeInclusive<usize>| {
        let object = objects.next()?.ok()?;
        (object.tag == Tag(tag) && lengths.contains(&object.value.len())).then_some(object.value)
    };
    let (aid, label) = (next(0x4F, 5..=16)?, next(0x50, 1..=16)?);
    Some(DirectoryEntry { number, aid, label, exchanges: &reading.exchanges })
}
