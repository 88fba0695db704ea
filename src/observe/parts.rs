//! What each byte of an answer is: frame, or the value of a row of the tables. The
//! one finder for those who mask and those who replace: by default nothing is open.

use std::ops::Range;

use super::{Facts, How, Other, Place, Reading, Selection};
use crate::profile::{self, ApplicationKind, Display, File, Item, Personal, Structure, Version};
use crate::tlv::{MAX_DEPTH, ber, simple};

/// What bytes of an answer are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Tags, lengths, padding between objects.
    Frame,
    /// The value of an item.
    Item(&'static Item),
    /// The value of a BER object.
    Tag(u32),
    /// What must be BER here and is not, to the end of its template.
    Broken,
    /// What must be records of tag, length and value here and is not, to the end.
    Untagged,
    /// Nothing tells.
    Unknown,
}

/// A part of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Where, in bytes of the answer without its status word.
    pub range: Range<usize>,
    /// What it is.
    pub what: What,
    /// Whether it may be seen by everybody: frames, and values of class `none`.
    pub is_open: bool,
}

/// A command that the card answered, whatever it asked for.
#[derive(Clone, Copy, Debug)]
pub enum Fact<'a> {
    /// SELECT.
    Selection(&'a Selection),
    /// READ RECORD or READ BINARY.
    Reading(&'a Reading),
    /// Any other.
    Other(&'a Other),
}

impl<'a> Fact<'a> {
    /// What came, without status words, in one piece.
    #[must_use]
    pub fn data(&self) -> &'a [u8] {
        match self {
            Self::Selection(selection) => &selection.fci,
            Self::Reading(reading) => &reading.data,
            Self::Other(other) => &other.data,
        }
    }

    /// The exchanges that brought it.
    #[must_use]
    pub fn exchanges(&self) -> &'a [u32] {
        match self {
            Self::Selection(selection) => &selection.exchanges,
            Self::Reading(reading) => &reading.exchanges,
            Self::Other(other) => &other.exchanges,
        }
    }
}

impl Facts {
    /// Everything that was answered, in the order of the exchanges.
    #[must_use]
    pub fn in_order(&self) -> Vec<Fact<'_>> {
        let selections = self.selections.iter().map(Fact::Selection);
        let readings = self.readings.iter().map(Fact::Reading);
        let others = self.others.iter().map(Fact::Other);
        let mut all: Vec<Fact<'_>> = selections.chain(readings).chain(others).collect();
        all.sort_by_key(|fact| fact.exchanges().first().copied());
        all
    }

    /// The parts of an answer, in order and without a gap.
    #[must_use]
    pub fn parts(&self, fact: Fact<'_>) -> Vec<Part> {
        let found = match fact {
            Fact::Selection(selection) => of_selection(selection),
            Fact::Reading(reading) => self.of_reading(reading),
            Fact::Other(other) => of_other(other),
        };
        whole(found, fact.data())
    }

    /// Records of SSSE and its DFs: one-byte tags; in the files of payment
    /// applications that hold templates, and in the directory of SSSE: BER. Nothing
    /// tells of transparent files, logs and purses.
    fn of_reading(&self, reading: &Reading) -> Vec<Part> {
        if matches!(reading.how, How::Binary(_)) {
            return Vec::new();
        }
        let fid = reading.fid.unwrap_or_default();
        let directory = || self.directory_file().map(|sfi| 0xEF00 | u16::from(sfi));
        match &reading.place {
            Place::Application(row) if row.id == "ssse" && directory() == Some(fid) => {
                ber_parts(&reading.data)
            }
            Place::Application(row) if row.kind == ApplicationKind::SocialSecurity => {
                match cyclic(row.id, fid, reading.data.len()) {
                    Some((file, version)) => fields(file, version),
                    None => simple_parts(&reading.data, row.id, fid),
                }
            }
            Place::MasterFile => simple_parts(&reading.data, "ssse", fid),
            Place::Application(row) if row.kind != ApplicationKind::Transport => {
                let templates = reading.template_record().is_some();
                match row.kind == ApplicationKind::Certificate || templates {
                    true => ber_parts(&reading.data),
                    false => Vec::new(),
                }
            }
            // Nobody knows how an unknown application writes its records.
            Place::Application(_) | Place::Foreign(_) => Vec::new(),
        }
    }
}

/// Fills what no part covers: nothing tells what it is, but for padding.
fn whole(found: Vec<Part>, data: &[u8]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut done = 0;
    let end = Part { range: data.len()..data.len(), what: What::Frame, is_open: false };
    for part in found.into_iter().chain([end]) {
        let gap = done..part.range.start.min(data.len());
        if !gap.is_empty() {
            let bytes = data.get(gap.clone()).unwrap_or_default();
            // Between objects only; of whole answers nothing is a frame.
            let is_padding = done > 0 && bytes.iter().all(|byte| matches!(byte, 0x00 | 0xFF));
            let what = if is_padding { What::Frame } else { What::Unknown };
            parts.push(Part { range: gap, what, is_open: false });
        }
        let range = part.range.start..part.range.end.min(data.len());
        done = done.max(range.end);
        if !range.is_empty() {
            parts.push(Part { range, ..part });
        }
    }
    parts
}

/// The file of records without tags that this is, in the version whose record has
/// this length.
fn cyclic(application: &str, fid: u16, length: usize) -> Option<(&'static File, Version)> {
    let versions = [Version::V3, Version::V2, Version::V1, Version::Undated];
    let of = |version| Some((profile::file(application, fid, version)?, version));
    let mut files =
        versions.into_iter().filter_map(of).filter(|(file, _)| file.structure == Structure::Cyclic);
    let first = files.clone().next();
    let fits = |(file, version): &(&'static File, Version)| {
        profile::records_of(file, *version).map(|item| item.length).sum::<usize>() == length
    };
    files.find(fits).or(first)
}

/// The fields of a record without tags.
fn fields(file: &File, version: Version) -> Vec<Part> {
    let mut start = 0_usize;
    let field = |item: &'static Item| {
        let range = start..start.saturating_add(item.length);
        start = range.end;
        Part { range, what: What::Item(item), is_open: item.personal == Personal::None }
    };
    profile::records_of(file, version).map(field).collect()
}

/// A challenge is open, an answer to GET DATA as far as its tag is; nothing else.
fn of_other(other: &Other) -> Vec<Part> {
    let outermost = ber::Reader::new(&other.data).next().and_then(Result::ok);
    let is_asked = outermost.is_some_and(|object| object.tag.0 == u32::from(other.parameters));
    match other.ins {
        0x84 => vec![Part { range: 0..other.data.len(), what: What::Unknown, is_open: true }],
        0xCA if is_asked => ber_parts(&other.data),
        _ => Vec::new(),
    }
}

/// FCI: tags and lengths are open, and values of class `none`. What the issuer
/// put into 9F0C is open in SSSE only, and there only the algorithm.
fn of_selection(selection: &Selection) -> Vec<Part> {
    let parts = ber_parts(&selection.fci);
    let named = matches!(selection.target, super::Target::Name(_));
    if !named || selection.application.is_none_or(|row| row.id != "ssse") {
        return parts;
    }
    let open = |part: Part| {
        let value = selection.fci.get(part.range.clone()).unwrap_or_default();
        match part.what {
            What::Tag(0x9F0C) => issuers(value, part.range.start).unwrap_or_else(|| vec![part]),
            _ => vec![part],
        }
    };
    parts.into_iter().flat_map(open).collect()
}

/// What the issuer of a social security card put into 9F0C, where it is BER.
fn issuers(value: &[u8], start: usize) -> Option<Vec<Part>> {
    let objects: Vec<_> = ber::Reader::new(value).collect::<Result<_, _>>().ok()?;
    let mut seen = false;
    let parts = objects.into_iter().flat_map(|object| {
        let is_algorithm = object.tag.0 == 0x86 && !seen;
        seen |= is_algorithm;
        let [tag, begin] = [object.offset, object.value_offset].map(|at| start.saturating_add(at));
        let end = begin.saturating_add(object.value.len());
        let what = if is_algorithm { What::Tag(0x86) } else { What::Unknown };
        [
            Part { range: tag..begin, what: What::Frame, is_open: is_algorithm },
            Part { range: begin..end, what, is_open: is_algorithm },
        ]
    });
    Some(parts.collect())
}

/// Tags, lengths and values of BER data; behind the first mistake nothing is open.
#[must_use]
pub fn ber_parts(bytes: &[u8]) -> Vec<Part> {
    let mut region = Region { parts: Vec::new(), is_sound: true };
    region.read(ber::Reader::new(bytes), bytes.len(), 1);
    region.parts
}

struct Region {
    parts: Vec<Part>,
    is_sound: bool,
}

impl Region {
    /// The objects of one template, which ends at `end`; at most 16 levels deep.
    fn read(&mut self, reader: ber::Reader<'_>, end: usize, depth: usize) {
        let mut done = self.parts.last().map_or(0, |part| part.range.end);
        for object in reader {
            let Ok(object) = object else {
                self.is_sound = false;
                return self.put(done..end, What::Broken, false);
            };
            self.put(object.offset..object.value_offset, What::Frame, self.is_sound);
            done = object.value_offset.saturating_add(object.value.len());
            if !object.tag.is_constructed() {
                let row = profile::tag(object.tag.0);
                let class = row.map_or(Personal::Unknown, |row| row.class(object.value.len()));
                let is_open = self.is_sound && class == Personal::None;
                self.put(object.value_offset..done, What::Tag(object.tag.0), is_open);
            } else if depth < MAX_DEPTH {
                self.read(ber::Reader::within(&object), done, depth.saturating_add(1));
            } else if !object.value.is_empty() {
                self.is_sound = false;
                self.put(object.value_offset..done, What::Unknown, false);
            }
        }
    }

    fn put(&mut self, range: Range<usize>, what: What, is_open: bool) {
        self.parts.push(Part { range, what, is_open });
    }
}

/// Tags, lengths and values of data with one-byte tags. From a tag on that no table
/// knows, and whose length goes beyond the end, it is no such data.
#[must_use]
pub fn simple_parts(bytes: &[u8], application: &str, fid: u16) -> Vec<Part> {
    let mut parts = Vec::new();
    for item in simple::Reader::new(bytes) {
        let mut rows = profile::rows_of_tag(application, fid, item.tag).peekable();
        let first = rows.peek().copied();
        if first.is_none() && item.is_truncated() {
            let range = item.offset..bytes.len();
            parts.push(Part { range, what: What::Untagged, is_open: false });
            break;
        }
        let is_none = first.is_some() && rows.all(|row| row.personal == Personal::None);
        let value = item.offset.saturating_add(2);
        parts.push(Part { range: item.offset..value, what: What::Frame, is_open: true });
        match first {
            Some(row) if row.display == Display::Group => {
                parts.extend(group(row, item.value, value));
            }
            _ => parts.push(simple_value(&item, first, is_none)),
        }
    }
    parts
}

/// The value of an item that is no group: open where it is of class `none` in all
/// versions and has the length of the table.
fn simple_value(item: &simple::Item<'_>, row: Option<&'static Item>, is_none: bool) -> Part {
    let value = item.offset.saturating_add(2);
    let range = value..value.saturating_add(item.value.len());
    match row {
        // A value of class none in another length may be anything, but for one that
        // only says so.
        Some(row)
            if row.personal != Personal::None || is_none && item.value.len() == row.length =>
        {
            let is_open = is_none && row.length == item.declared;
            Part { range, what: What::Item(row), is_open }
        }
        _ => Part { range, what: What::Unknown, is_open: false },
    }
}

/// The items of a group, as far as they are its own; nothing of it is open.
fn group(row: &'static Item, bytes: &[u8], start: usize) -> Vec<Part> {
    let child = |tag| {
        let of = |version| profile::children(row, version).find(|child| child.tag == Some(tag));
        [Version::V3, Version::V2, Version::V1, Version::Undated].into_iter().find_map(of)
    };
    let mut parts = Vec::new();
    let mut done = start;
    for item in simple::Reader::new(bytes) {
        let Some(row) = child(item.tag) else { break };
        let tag = start.saturating_add(item.offset);
        let value = tag.saturating_add(2);
        parts.push(Part { range: done..value, what: What::Frame, is_open: false });
        done = value.saturating_add(item.value.len());
        parts.push(Part { range: value..done, what: What::Item(row), is_open: false });
    }
    let end = start.saturating_add(bytes.len());
    parts.push(Part { range: done..end, what: What::Unknown, is_open: false });
    parts
}
