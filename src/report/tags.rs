//! Values of BER objects: as they are, masked by the class of their tag, and what
//! they name.

mod explained;

use super::decode::readable;
use super::{Reveal, Words, mask};
use crate::codec::text;
use crate::profile::{self, Personal, TagEntry};

/// The issuer's data in an FCI hold more than an account number.
pub(super) const ISSUER_DATA: u32 = 0x9F0C;
/// DF name, application identifier.
const DF_NAME: u32 = 0x84;
const AID: u32 = 0x4F;

/// A value as it may be printed.
pub(super) struct Shown {
    pub(super) value: String,
    pub(super) meaning: Option<Words>,
    pub(super) masked: bool,
}

/// A value of a tag. A tag that is not listed is masked.
pub(super) fn show(row: Option<&TagEntry>, bytes: &[u8], reveal: Reveal) -> Shown {
    let open =
        reveal == Reveal::Shown || row.is_some_and(|row| row.class(bytes.len()) == Personal::None);
    let value = match row {
        Some(row) if open => plain(row, bytes),
        Some(row) => masked(row, bytes),
        None if open => hex::encode_upper(bytes),
        None => mask::hidden(bytes.len()),
    };
    let meaning = row.filter(|_| open).and_then(|row| meaning(row, bytes));
    Shown { value, meaning, masked: !open }
}

/// Whether the format says that the value is characters.
fn is_text(row: &TagEntry) -> bool {
    row.format.starts_with('a')
}

/// A value as it is: characters as text, the rest in hex.
fn plain(row: &TagEntry, bytes: &[u8]) -> String {
    let text = is_text(row).then(|| readable(text::unpad(bytes))).flatten();
    text.unwrap_or_else(|| hex::encode_upper(bytes))
}

/// A value masked by the class of its tag.
fn masked(row: &TagEntry, bytes: &[u8]) -> String {
    let legible = !is_text(row) || readable(text::unpad(bytes)).is_some();
    if legible && row.tag != ISSUER_DATA {
        mask::masked(row.class(bytes.len()), &plain(row, bytes), bytes.len())
    } else {
        mask::hidden(bytes.len())
    }
}

/// What a value means, by the way its tag is explained.
fn meaning(row: &TagEntry, bytes: &[u8]) -> Option<Words> {
    match row.shows {
        _ if matches!(row.tag, DF_NAME | AID) => {
            profile::application_by_aid(bytes).map(|row| row.name.into())
        }
        shows => explained::meaning(shows, bytes),
    }
}
