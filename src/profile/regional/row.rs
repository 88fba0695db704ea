//! One row of a table as it is written: what stands under a key, and every
//! mistake about it.

use std::cell::RefCell;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mistake::{Hex, Mistake, MistakeKind, Shape};
use crate::codec::place::Places;

/// Mistakes as they are found, by byte offset in the text.
#[derive(Default)]
pub(super) struct Mistakes(RefCell<Vec<(usize, MistakeKind)>>);

impl Mistakes {
    pub(super) fn add(&self, at: usize, kind: MistakeKind) {
        self.0.borrow_mut().push((at, kind));
    }

    pub(super) fn count(&self) -> usize {
        self.0.borrow().len()
    }

    /// In the order of the text, with places that people can find.
    pub(super) fn placed(self, text: &str) -> Vec<Mistake> {
        let mut found = self.0.into_inner();
        found.sort_by_key(|(at, _)| *at);
        let mut places = Places::new(text);
        let place = |(at, kind)| {
            let (line, column) = places.of(at);
            Mistake { kind, line, column }
        };
        found.into_iter().map(place).collect()
    }
}

/// The words of an enum with their values.
type Words<T> = [(&'static str, T)];

/// A table of the text: the head, a file, an item, an example.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    entries: &'a DeTable<'a>,
    /// Where it begins.
    at: usize,
    mistakes: &'a Mistakes,
}

impl<'a> Row<'a> {
    /// A row, after its keys were seen to be known.
    pub(super) fn new(
        entries: &'a DeTable<'a>,
        at: usize,
        allowed: &'static [&'static str],
        mistakes: &'a Mistakes,
    ) -> Self {
        for key in entries.keys() {
            let name = key.get_ref().as_ref();
            if !allowed.contains(&name) {
                let kind = MistakeKind::UnknownKey { key: name.to_owned(), allowed };
                mistakes.add(key.span().start, kind);
            }
        }
        Self { entries, at, mistakes }
    }

    /// Adds a mistake about a key's value, or about the row where it has none.
    pub(super) fn mistake(&self, key: &str, kind: impl Into<MistakeKind>) {
        let at = self.value(key).map_or(self.at, |value| value.span().start);
        self.mistakes.add(at, kind.into());
    }

    /// Whether the key stands there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    fn value(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.entries.iter().find(|(name, _)| name.get_ref().as_ref() == key).map(|(_, v)| v)
    }

    fn required(&self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        let value = self.value(key);
        if value.is_none() {
            self.mistakes.add(self.at, MistakeKind::MissingKey(key));
        }
        value
    }

    fn text_of(&self, value: &'a Spanned<DeValue<'a>>) -> Option<&'a str> {
        let text = value.get_ref().as_str();
        match text.map(str::trim) {
            None => self.mistakes.add(value.span().start, MistakeKind::Shape(Shape::Text)),
            Some("") => self.mistakes.add(value.span().start, MistakeKind::Empty),
            Some(_) => return text,
        }
        None
    }

    /// Text that may be left out.
    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        self.text_of(self.value(key)?)
    }

    /// Text that must stand there; it lives as long as the process.
    pub(super) fn kept(&self, key: &'static str) -> Option<&'static str> {
        self.text_of(self.required(key)?).map(leak)
    }

    /// Text that must stand there, be it empty: what a group shows itself.
    pub(super) fn any_text(&self, key: &'static str) -> Option<&'a str> {
        let text = self.required(key)?.get_ref().as_str();
        if text.is_none() {
            self.mistake(key, MistakeKind::Shape(Shape::Text));
        }
        text
    }

    fn word_of<T: Copy>(
        &self,
        value: &'a Spanned<DeValue<'a>>,
        words: &'static Words<T>,
    ) -> Option<T> {
        let word = self.text_of(value)?;
        let found = words.iter().find(|(known, _)| *known == word);
        if found.is_none() {
            let allowed = words.iter().map(|(known, _)| *known).collect();
            let kind = MistakeKind::UnknownWord { word: word.to_owned(), allowed };
            self.mistakes.add(value.span().start, kind);
        }
        found.map(|(_, value)| *value)
    }

    /// One word of a closed set.
    pub(super) fn word<T: Copy>(&self, key: &'static str, words: &'static Words<T>) -> Option<T> {
        self.word_of(self.required(key)?, words)
    }

    /// A list of such words; it lives as long as the process.
    pub(super) fn words<T: Copy>(&self, key: &str, words: &'static Words<T>) -> &'static [T] {
        let values = self.list(key).iter();
        let found: Vec<T> = values.filter_map(|value| self.word_of(value, words)).collect();
        found.leak()
    }

    /// Such a list that must stand there, with something in it.
    pub(super) fn some_words<T: Copy>(
        &self,
        key: &'static str,
        words: &'static Words<T>,
    ) -> Option<&'static [T]> {
        let value = self.required(key)?;
        if value.get_ref().as_array().is_some_and(|list| list.is_empty()) {
            self.mistake(key, MistakeKind::Empty);
        }
        Some(self.words(key, words)).filter(|found| !found.is_empty())
    }

    /// The values of a list; empty where the key is left out.
    pub(super) fn list(&self, key: &str) -> &'a [Spanned<DeValue<'a>>] {
        let Some(value) = self.value(key) else { return &[] };
        let list = value.get_ref().as_array();
        if list.is_none() {
            self.mistake(key, MistakeKind::Shape(Shape::List));
        }
        list.map_or(&[], |list| list)
    }

    /// The tables of a list, each as a row.
    pub(super) fn rows(&self, key: &str, allowed: &'static [&'static str]) -> Vec<Row<'a>> {
        let row = |value: &'a Spanned<DeValue<'a>>| {
            let at = value.span().start;
            let entries = value.get_ref().as_table();
            if entries.is_none() {
                self.mistakes.add(at, MistakeKind::Shape(Shape::Table));
            }
            entries.map(|entries| Row::new(entries, at, allowed, self.mistakes))
        };
        self.list(key).iter().filter_map(row).collect()
    }

    /// The strings of a list, each with its place.
    pub(super) fn texts(&self, key: &str) -> Vec<(usize, &'a str)> {
        let text = |value| Some((Spanned::span(value).start, self.text_of(value)?));
        self.list(key).iter().filter_map(text).collect()
    }

    /// A number of a range that may be left out.
    pub(super) fn number<T: TryFrom<i64>>(&self, key: &str, from: i64, to: i64) -> Option<T> {
        let value = self.value(key)?;
        let Some(integer) = value.get_ref().as_integer() else {
            self.mistake(key, MistakeKind::Shape(Shape::Number));
            return None;
        };
        let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
        let fits = number.filter(|number| (from..=to).contains(number));
        let fits = fits.and_then(|number| T::try_from(number).ok());
        if fits.is_none() {
            self.mistake(key, MistakeKind::Range { from, to });
        }
        fits
    }

    /// Bytes in hexadecimal digits that may be left out.
    pub(super) fn hex(&self, key: &str, wanted: Hex) -> Option<Vec<u8>> {
        let value = self.value(key)?;
        self.hex_of(value.span().start, self.text_of(value)?, wanted)
    }

    /// Bytes of a text at this place.
    pub(super) fn hex_of(&self, at: usize, text: &str, wanted: Hex) -> Option<Vec<u8>> {
        let fits = |bytes: &Vec<u8>| match wanted {
            Hex::Byte => bytes.len() == 1,
            Hex::Word => bytes.len() == 2,
            Hex::Aid => (5..=16).contains(&bytes.len()),
            Hex::Bytes => true,
        };
        let bytes = hex::decode(text).ok().filter(fits);
        if bytes.is_none() {
            self.mistakes.add(at, MistakeKind::Hex(wanted));
        }
        bytes
    }

    /// Two bytes that must stand there.
    pub(super) fn identifier(&self, key: &'static str) -> Option<u16> {
        self.required(key)?;
        match self.hex(key, Hex::Word)?[..] {
            [high, low] => Some(u16::from_be_bytes([high, low])),
            _ => None,
        }
    }

    pub(super) fn add(&self, at: usize, kind: MistakeKind) {
        self.mistakes.add(at, kind);
    }

    /// What is read of a row, and whether nothing new is wrong with it.
    pub(super) fn reading<T>(self, read: impl FnOnce(&Self) -> T) -> Placed<'a, T> {
        let before = self.mistakes.count();
        let value = read(&self);
        Placed { value, whole: self.mistakes.count() == before, row: self }
    }
}

/// A row as it was read. Where something is wrong with a value, another stands in
/// for it, so that the rest can be checked; such a table is never used.
pub(super) struct Placed<'a, T> {
    pub(super) value: T,
    /// Whether every value is the written one.
    pub(super) whole: bool,
    pub(super) row: Row<'a>,
}

/// Text that lives as long as the process, as the rows of built-in tables do.
pub(super) fn leak(text: &str) -> &'static str {
    String::leak(text.to_owned())
}
