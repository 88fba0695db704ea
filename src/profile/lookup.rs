//! Finding a row.

use super::{
    Access, Application, ApplicationKind, Code, CodeTable, Confidence, Display, Encoding, Example,
    File, Item, Personal, Registration, RegistrationKind, StatusWordEntry, Structure, TagEntry,
    TerminalError, Text, Version,
};
use crate::apdu::StatusWord;

include!(concat!(env!("OUT_DIR"), "/profile.rs"));

/// Every application, in the order of the table.
#[must_use]
pub fn applications() -> &'static [Application] {
    APPLICATIONS
}

/// Every code table.
#[cfg(test)]
pub(super) fn code_tables() -> &'static [CodeTable] {
    CODE_TABLES
}

/// The application of this id.
#[must_use]
pub fn application(id: &str) -> Option<&'static Application> {
    applications().iter().find(|row| row.id == id)
}

/// All applications of one kind, in the order of the table.
pub fn applications_of(kind: ApplicationKind) -> impl Iterator<Item = &'static Application> {
    applications().iter().filter(move |row| row.kind == kind)
}

/// The application that this DF name selects.
#[must_use]
pub fn application_by_aid(name: &[u8]) -> Option<&'static Application> {
    applications().iter().find(|row| row.aids.contains(&name))
}

/// The application that this file identifier selects under the MF or SSSE.
#[must_use]
pub fn application_by_fid(fid: u16) -> Option<&'static Application> {
    applications().iter().find(|row| row.fids.contains(&fid))
}

/// All files of an application in one version, in the order of the table.
pub fn files(application: &str, version: Version) -> impl Iterator<Item = &'static File> {
    FILES
        .iter()
        .filter(move |row| row.application == application && row.versions.contains(&version))
}

/// One file of an application in one version.
#[must_use]
pub fn file(application: &str, fid: u16, version: Version) -> Option<&'static File> {
    files(application, version).find(|row| row.fid == fid)
}

/// All items of a file in one version, in the order of its records.
pub fn items(application: &str, fid: u16, version: Version) -> impl Iterator<Item = &'static Item> {
    ITEMS.iter().filter(move |row| {
        row.application == application && row.file == fid && row.versions.contains(&version)
    })
}

/// The item behind a tag of a file, whatever the version: names do not change.
#[must_use]
pub fn item(application: &str, fid: u16, tag: u8) -> Option<&'static Item> {
    ITEMS.iter().find(|row| row.application == application && row.file == fid && row.tag == tag)
}

/// The meaning of a code; `None` when the table does not hold it.
#[must_use]
pub fn code(table: &str, code: &str) -> Option<&'static Code> {
    let table = CODE_TABLES.iter().find(|row| row.id == table)?;
    table.codes.iter().find(|row| row.code == code)
}

/// The meaning of a status word: in one of the contexts given, else anywhere.
#[must_use]
pub fn status_word(sw: StatusWord, contexts: &[&str]) -> Option<&'static StatusWordEntry> {
    let text = sw.to_string();
    let fits = |pattern: &str| {
        pattern.len() == text.len()
            && pattern.bytes().zip(text.bytes()).all(|(want, is)| want == b'x' || want == is)
    };
    let rows = || STATUS_WORDS.iter().filter(|row| fits(row.sw));
    let specific = rows().find(|row| contexts.contains(&row.context));
    specific.or_else(|| rows().find(|row| row.context == "any")).or_else(|| rows().next())
}

/// The numbers that counter software shows for a status word.
pub fn terminal_errors(sw: StatusWord) -> impl Iterator<Item = &'static TerminalError> {
    let text = sw.to_string();
    TERMINAL_ERRORS.iter().filter(move |row| row.sw == text)
}

/// A BER-TLV tag's entry.
#[must_use]
pub fn tag(tag: u32) -> Option<&'static TagEntry> {
    TAGS.iter().find(|row| row.tag == tag)
}

/// A registration number's entry.
#[must_use]
pub fn registration(kind: RegistrationKind, number: u16) -> Option<&'static Registration> {
    REGISTRATIONS.iter().find(|row| row.kind == kind && row.number == number)
}
