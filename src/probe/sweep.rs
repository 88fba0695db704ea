//! The DFs below SSSE: is each there, does each of its files ask for keys as it
//! should, and (for `read`) what opens?

use super::ask::{Asked, ask, length, select_once};
use crate::observe::{Facts, How, Place, Reading};
use crate::profile::{self, ApplicationKind, File, Personal, Structure, Version};

/// How far to go into a file that opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// One look: does it open?
    Look,
    /// Everything in it.
    Everything,
}

/// A cyclic file holds at least so many records by the standard; a card that
/// has more is read up to here.
const MAX_CYCLIC: u8 = 60;

/// Bytes of one READ BINARY.
const CHUNK: u16 = 0xF0;

/// The next command for the applications below SSSE.
pub(super) fn applications(facts: &Facts, version: Version, reach: Reach) -> Option<Vec<u8>> {
    profile::applications_of(ApplicationKind::SocialSecurity)
        .filter(|row| row.parent == Some("ssse"))
        .filter(|row| facts.files(row.id, version).next().is_some())
        .find_map(|row| {
            if let Some(command) = select_once(facts, row.id) {
                return Some(command);
            }
            facts.opened(row)?;
            let place = Place::Application(row);
            facts
                .files(row.id, version)
                .find_map(|file| contents(facts, &place, file, version, reach))
        })
}

/// The next command for one file: its first record, and if that opens, the rest.
pub(super) fn contents(
    facts: &Facts,
    place: &Place,
    file: &File,
    version: Version,
    reach: Reach,
) -> Option<Vec<u8>> {
    match file.structure {
        Structure::KeyFile | Structure::Directory | Structure::Internal => None,
        // Records are by far the most usual; a card that has none here says so.
        Structure::Unknown => records(facts, place, file.fid, std::iter::once(0), reach),
        Structure::Transparent => binary(facts, place, file, version, reach),
        Structure::VariableRecords | Structure::FixedRecords => {
            let lengths = profile::records_of(file, version).map(length);
            records(facts, place, file.fid, lengths, reach)
        }
        Structure::Cyclic => {
            let size = u8::try_from(file.record_size?).ok()?;
            let lengths = std::iter::repeat_n(size, usize::from(MAX_CYCLIC));
            records(facts, place, file.fid, lengths, reach)
        }
    }
}

/// Records by number; the first that is refused or missing ends a file that is
/// only looked at, and a refused one ends any.
fn records(
    facts: &Facts,
    place: &Place,
    fid: u16,
    lengths: impl Iterator<Item = u8>,
    reach: Reach,
) -> Option<Vec<u8>> {
    for (number, le) in (1..=u8::MAX).zip(lengths) {
        match ask(facts, place, fid, How::Record(number), le) {
            Asked::Send(command) => return Some(command),
            Asked::Answered(reading) if reading.is_ok() && reach == Reach::Everything => {}
            Asked::Answered(_) | Asked::Refused => return None,
        }
    }
    None
}

/// A transparent file in chunks, as far as it goes. Photo and fingerprint are
/// only looked at: that they open is all that matters here.
fn binary(
    facts: &Facts,
    place: &Place,
    file: &File,
    version: Version,
    reach: Reach,
) -> Option<Vec<u8>> {
    let mut items = profile::records_of(file, version);
    let biometric = items.any(|item| item.personal == Personal::Biometric);
    let whole = reach == Reach::Everything && !biometric;
    let size = file.size.filter(|_| whole).unwrap_or(1);
    let mut offset: u16 = 0;
    while offset < size {
        let rest = size.saturating_sub(offset).min(CHUNK);
        let le = u8::try_from(rest).unwrap_or(u8::MAX);
        match ask(facts, place, file.fid, How::Binary(offset), le) {
            Asked::Send(command) => return Some(command),
            Asked::Answered(reading) if came_whole(reading, rest) => {}
            Asked::Answered(_) | Asked::Refused => return None,
        }
        offset = offset.saturating_add(rest);
    }
    None
}

fn came_whole(reading: &Reading, wanted: u16) -> bool {
    reading.is_ok() && reading.data.len() >= usize::from(wanted)
}
