//! The certificate application: its public key and its certificates. Its PIN has
//! no known form of query, so no VERIFY goes there, and the files of private
//! keys are left alone.

use super::ask::{read, select, select_directory, select_once};
use crate::certificate;
use crate::codec::text;
use crate::observe::{Facts, How, Place, Selection, Target};
use crate::profile;

/// The public keys of signature and encryption: two bytes of unknown meaning, X,
/// Y (EVO, HNQ, T10; the second by field notes).
const PUBLIC_KEYS: [u16; 2] = [0x0012, 0x0014];
const KEY_SIZE: usize = 66;
/// The signature certificate and the encryption certificate (EVO, T10).
const CERTIFICATES: [u16; 2] = [0x0018, 0x0019];

/// Bytes of one READ BINARY.
const CHUNK: usize = 0xF0;

/// The next command for the certificate application.
pub(super) fn certificates(facts: &Facts) -> Option<Vec<u8>> {
    if let Some(command) = select_once(facts, "acse") {
        return Some(command);
    }
    facts.opened("acse")?;
    let place = Place::acse()?;
    let name = *profile::application("acse")?.aids.get(1)?;
    let asked = |selection: &&Selection| matches!(&selection.target, Target::Name(n) if n == name);
    match facts.selections.iter().rfind(asked) {
        None => return Some(select(facts, name)),
        Some(last) if !last.is_ok() => return None,
        Some(_) => {}
    }
    let keys = PUBLIC_KEYS.map(|fid| (fid, KEY_SIZE));
    let mut files = keys.into_iter().chain(CERTIFICATES.map(|fid| (fid, 0)));
    let (fid, le) = files.find_map(|(fid, size)| {
        let refused = facts.file_selection(&place, fid).is_some_and(|found| !found.is_ok());
        (!refused).then(|| Some((fid, wanted(facts, &place, fid, size)?))).flatten()
    })?;
    if facts.place != place {
        return Some(select(facts, name));
    }
    if facts.current_file != Some(fid) {
        return Some(select_directory(fid));
    }
    let known = facts.joined(&place, fid).map_or(0, |joined| joined.bytes.len());
    Some(read(How::Binary(u16::try_from(known).ok()?), None, le))
}

/// How many bytes to ask for next; `None` when enough of the file is known. Of a
/// file of unknown size (0) the certificate itself says how long it is.
fn wanted(facts: &Facts, place: &Place, fid: u16, size: usize) -> Option<u8> {
    let Some(joined) = facts.joined(place, fid) else {
        let first = if size > 0 { size } else { CHUNK };
        let asked = facts.readings_of(place, fid).next().is_some();
        return if asked { None } else { u8::try_from(first).ok() };
    };
    let end = if size > 0 { size } else { certificate::length(&joined.bytes)? };
    let rest = end.min(certificate::MAX_FILE).checked_sub(joined.bytes.len())?;
    let more = !joined.is_whole && rest > 0 && !text::is_blank(&joined.bytes);
    if more { u8::try_from(rest.min(CHUNK)).ok() } else { None }
}
