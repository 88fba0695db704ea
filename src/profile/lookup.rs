//! Finding a row.

use super::{
    Access, Application, ApplicationKind, Code, CodePart, CodeTable, Confidence, Display, Encoding,
    Example, File, Item, Personal, Registration, RegistrationKind, Shows, StatusWordEntry,
    Structure, TagEntry, TerminalError, Text, Version, regional,
};
use crate::apdu::StatusWord;

include!(concat!(env!("OUT_DIR"), "/profile.rs"));

/// The files that the standards put into an application.
struct Files {
    application: &'static str,
    rows: &'static [File],
}

/// The items that the standards put into a file, ordered by their `order`.
struct Items {
    file: u16,
    application: &'static str,
    rows: &'static [Item],
}

/// Every application, in the order of the table, and behind them those that
/// regional tables bring.
pub fn applications() -> impl Iterator<Item = &'static Application> {
    APPLICATIONS.iter().chain(regional::tables().iter().filter_map(|table| table.own.as_ref()))
}

/// Every code table.
#[must_use]
pub fn code_tables() -> &'static [CodeTable] {
    CODE_TABLES
}

/// The application of this id.
#[must_use]
pub fn application(id: &str) -> Option<&'static Application> {
    applications().find(|row| row.id == id)
}

/// All applications of one kind, in the order of the table.
pub fn applications_of(kind: ApplicationKind) -> impl Iterator<Item = &'static Application> {
    applications().filter(move |row| row.kind == kind)
}

/// The application that this DF name selects.
#[must_use]
pub fn application_by_aid(name: &[u8]) -> Option<&'static Application> {
    applications().find(|row| row.aids.contains(&name))
}

/// The application that this file identifier selects under the MF or SSSE.
#[must_use]
pub fn application_by_fid(fid: u16) -> Option<&'static Application> {
    applications().find(|row| row.fids.contains(&fid))
}

/// Items of a file that an old card may hold with the meaning of 2.0.
struct Rewritten {
    application: &'static str,
    file: u16,
    tags: &'static [u8],
}

/// What such a value ends with (2012-37 annex C).
const REWRITTEN_END: u8 = 0xEE;

/// How the id of an item ends in which the text of another goes on.
const CONTINUED: &str = "-continued";

/// All files that the standards put into an application in one version, in the
/// order of the table. Those of a region are in its [`regional::Table`].
pub fn files(application: &str, version: Version) -> impl Iterator<Item = &'static File> + use<> {
    let rows = FILES.iter().find(|files| files.application == application);
    let rows = rows.map_or(&[][..], |files| files.rows).iter();
    rows.filter(move |row| row.versions.contains(&version))
}

/// One file of an application in one version.
#[must_use]
pub fn file(application: &str, fid: u16, version: Version) -> Option<&'static File> {
    files(application, version).find(|row| row.fid == fid)
}

/// All items of a file in one version: those within groups in the order of the
/// table, then the others in the order of the file's records.
pub fn items(application: &str, fid: u16, version: Version) -> impl Iterator<Item = &'static Item> {
    of_file(standard_rows(application, fid), application, fid, version)
}

/// All items of a file, regional or not, in one version.
pub fn items_of(file: &File, version: Version) -> impl Iterator<Item = &'static Item> + use<> {
    let rows = rows(file.table, file.application, file.fid);
    of_file(rows, file.application, file.fid, version)
}

/// The standards' rows for a file.
fn standard_rows(application: &str, fid: u16) -> &'static [Item] {
    let mut files = ITEMS.iter();
    let found = files.find(|items| items.file == fid && items.application == application);
    found.map_or(&[], |items| items.rows)
}

/// The rows of a regional table, or the standards' own for this file.
fn rows(table: Option<&str>, application: &str, fid: u16) -> &'static [Item] {
    match table {
        None => standard_rows(application, fid),
        Some(name) => regional::table(name).map_or(&[], |table| &table.items),
    }
}

fn of_file<'a>(
    rows: &'static [Item],
    application: &'a str,
    fid: u16,
    version: Version,
) -> impl Iterator<Item = &'static Item> + use<'a> {
    rows.iter().filter(move |row| {
        row.file == fid && row.versions.contains(&version) && row.application == application
    })
}

/// The items within a group, in the order of the table.
pub fn children(group: &Item, version: Version) -> impl Iterator<Item = &'static Item> {
    let tag = group.tag;
    let rows = rows(group.table, group.application, group.file);
    of_file(rows, group.application, group.file, version)
        .filter(move |row| tag.is_some_and(|tag| row.parents.contains(&tag)))
}

/// The records of a file in one version, or the parts of a record without tags:
/// its items but for those within groups, in order.
pub fn records(
    application: &str,
    fid: u16,
    version: Version,
) -> impl Iterator<Item = &'static Item> {
    items(application, fid, version).filter(|row| row.parents.is_empty())
}

/// The records of a file, regional or not, in one version.
pub fn records_of(file: &File, version: Version) -> impl Iterator<Item = &'static Item> + use<> {
    items_of(file, version).filter(|row| row.parents.is_empty())
}

/// Every record of an application that has a tag: of each the first row, whatever
/// the version.
pub fn tagged_items(application: &str) -> impl Iterator<Item = &'static Item> {
    let files = ITEMS.iter().filter(move |file| file.application == application);
    files.flat_map(|file| file.rows).filter(|row| {
        let first = same_tag(row).next();
        row.parents.is_empty() && first.is_some_and(|first| std::ptr::eq(first, *row))
    })
}

/// The first record with a tag, whatever the version.
#[must_use]
pub fn item(application: &str, fid: u16, tag: u8) -> Option<&'static Item> {
    rows_of_tag(application, fid, tag).next()
}

/// Every row that any version has for a tag of a file, outside of groups.
pub fn rows_of_tag(application: &str, fid: u16, tag: u8) -> impl Iterator<Item = &'static Item> {
    tagged(standard_rows(application, fid), application, fid, tag)
}

/// Every row that any version has for an item's tag in its file, itself included.
pub fn same_tag(item: &Item) -> impl Iterator<Item = &'static Item> + use<'_> {
    let rows = rows(item.table, item.application, item.file);
    item.tag.into_iter().flat_map(move |tag| tagged(rows, item.application, item.file, tag))
}

/// Two items of one file that hold one text, by the id of the second: the text may
/// go on within a character.
pub fn both_parts(item: &Item) -> Option<[&'static Item; 2]> {
    let rows = standard_rows(item.application, item.file);
    let with = |id: &str| rows.iter().find(|row| row.id == id);
    same_tag(item).find_map(|row| {
        let first = row.id.strip_suffix(CONTINUED).unwrap_or(row.id);
        Some([with(first)?, with(&format!("{first}{CONTINUED}"))?])
    })
}

impl Item {
    /// Whether a value says that it was written with the meaning of 2.0, on a card
    /// that still names its old version.
    #[must_use]
    pub fn is_rewritten(&self, value: &[u8]) -> bool {
        let listed = |row: &Rewritten| {
            row.file == self.file
                && row.application == self.application
                && self.tag.is_some_and(|tag| row.tags.contains(&tag))
        };
        value.ends_with(&[REWRITTEN_END])
            && self.versions.contains(&Version::V1)
            && REWRITTEN.iter().any(listed)
    }
}

fn tagged<'a>(
    rows: &'static [Item],
    application: &'a str,
    fid: u16,
    tag: u8,
) -> impl Iterator<Item = &'static Item> + use<'a> {
    rows.iter().filter(move |row| {
        row.tag == Some(tag)
            && row.parents.is_empty()
            && row.file == fid
            && row.application == application
    })
}

/// The meaning of a code; `None` when the table does not hold it.
#[must_use]
pub fn code(table: &str, code: &str) -> Option<&'static Code> {
    let table = CODE_TABLES.iter().find(|row| row.id == table)?;
    table.codes.iter().find(|row| row.code == code)
}

/// Whether a row's status word, in which `x` stands for any digit, fits.
fn fits(pattern: &str, text: &str) -> bool {
    pattern.len() == text.len()
        && pattern.bytes().zip(text.bytes()).all(|(want, is)| want == b'x' || want == is)
}

/// Every meaning of a status word, whatever the context; rows that name it whole
/// come first, so that `63C0` is not taken for just another `63Cx`.
pub fn status_words(sw: StatusWord) -> impl Iterator<Item = &'static StatusWordEntry> {
    let text = sw.to_string();
    let other = text.clone();
    let whole = STATUS_WORDS.iter().filter(move |row| row.sw == text);
    let rest = STATUS_WORDS.iter().filter(move |row| row.sw != other && fits(row.sw, &other));
    whole.chain(rest)
}

/// The meaning of a status word: in one of the contexts given, else anywhere.
#[must_use]
pub fn status_word(sw: StatusWord, contexts: &[&str]) -> Option<&'static StatusWordEntry> {
    let specific = status_words(sw).find(|row| contexts.contains(&row.context));
    let general = || status_words(sw).find(|row| row.context == "any");
    specific.or_else(general).or_else(|| status_words(sw).next())
}

/// The numbers that counter software shows for a status word.
pub fn terminal_errors(sw: StatusWord) -> impl Iterator<Item = &'static TerminalError> {
    let text = sw.to_string();
    TERMINAL_ERRORS.iter().filter(move |row| fits(row.sw, &text))
}

/// A BER-TLV tag's entry.
#[must_use]
pub fn tag(tag: u32) -> Option<&'static TagEntry> {
    TAGS.iter().find(|row| row.tag == tag)
}

/// Every BER-TLV tag's entry.
#[must_use]
pub fn tags() -> &'static [TagEntry] {
    TAGS
}

/// A registration number's entry.
#[must_use]
pub fn registration(kind: RegistrationKind, number: u16) -> Option<&'static Registration> {
    REGISTRATIONS.iter().find(|row| row.kind == kind && row.number == number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dictionary_of_tags_is_whole() {
        let mut known = std::collections::HashSet::new();
        for row in tags() {
            assert!(known.insert(row.tag), "{:X} stands twice", row.tag);
            let Text { zh, en } = row.name;
            assert!(!zh.is_empty() && !en.is_empty() && !row.source.is_empty(), "{:X}", row.tag);
            if let Shows::Bits(table) | Shows::Code(table) = row.shows {
                assert!(CODE_TABLES.iter().any(|known| known.id == table), "{table}");
            }
        }
        assert!(known.len() >= 240, "{}", known.len());
        // The contract's table of what is masked.
        for tag in [0x57, 0x5A, 0x56, 0x5F20, 0x9F0B, 0x9F61, 0x9F7F, 0x9F1F, 0x9F20, 0x9F0C] {
            assert!(tag_is_personal(tag), "{tag:X}");
        }
    }

    fn tag_is_personal(wanted: u32) -> bool {
        tag(wanted).is_none_or(|row| row.personal != Personal::None)
    }

    #[test]
    fn a_status_word_named_whole_comes_before_a_pattern() {
        let meaning = |sw| status_word(StatusWord(sw), &[]).map(|row| row.meaning.en);
        assert_eq!(meaning(0x63C0), Some("no tries left"));
        assert_eq!(meaning(0x63C3), Some("authentication failed, x tries left"));
        assert_eq!(meaning(0x6FAA), None);
        let query = status_word(StatusWord(0x63C0), &["VERIFY Lc=00"]).map(|row| row.sw);
        assert_eq!(query, Some("63Cx"));
    }

    #[test]
    fn a_number_of_the_terminal_may_stand_for_a_pattern() {
        let codes = |sw| terminal_errors(StatusWord(sw)).map(|row| row.code).collect::<Vec<_>>();
        assert_eq!(codes(0x63C5), [-51]);
        assert!(codes(0x63C1).contains(&-51) && codes(0x63C1).len() > 1);
        assert!(codes(0x9000).is_empty());
    }
}
