//! Names, letter by letter: so a name that was cut, continued in a second item or
//! repeated by a bank or in a certificate stays the same name.

use super::numbers::{Form, Numbers};
use super::samples::{CHARACTERS, FILL};
use super::{Taken, Work};
use crate::codec::text;
use crate::observe::{Fact, Reading};
use crate::profile::{self, Item};

impl<'a> Work<'a> {
    /// The holder's name, with what the other item says of it: of several readings
    /// those two belong together that a verdict takes.
    pub(super) fn holder(&mut self, item: &Item, value: &[u8], reading: &Reading) -> Vec<u8> {
        match (item.tag, self.taken(item, reading)) {
            (Some(0x09), [Some(name), Some(more)]) if name == value => {
                self.numbers.continued(name, more).0
            }
            (Some(0x4E), [Some(name), Some(more)]) if more == value => {
                self.numbers.continued(name, more).1
            }
            _ => self.name(value),
        }
    }

    /// A part of a text that goes on in another item within a character: neither is
    /// one without the other.
    pub(super) fn part_of_a_text(
        &mut self,
        item: &Item,
        value: &[u8],
        fact: Fact<'_>,
    ) -> Option<Vec<u8>> {
        let Fact::Reading(reading) = fact else { return None };
        let facts = self.facts;
        let came = |item: &Item| facts.item(&reading.place, item).state.value();
        let [first, second] = profile::both_parts(item)?.map(came);
        let first = first.filter(|first| text::ends_within(first))?;
        match second.filter(|second| text::decode_continued(first, second).is_ok()) {
            Some(second) if first == value => Some(self.numbers.continued(first, second).0),
            Some(second) if second == value => Some(self.numbers.continued(first, second).1),
            _ => (first == value).then(|| self.name(value)),
        }
    }

    /// Looked for once in all readings of a file, however many they are.
    fn taken(&mut self, item: &Item, reading: &Reading) -> Taken<'a> {
        let facts = self.facts;
        let known = |(place, file, _): &&_| *place == reading.place && *file == item.file;
        if let Some((_, _, taken)) = self.holders.iter().find(known) {
            return *taken;
        }
        let taken = [0x09, 0x4E].map(|tag| {
            let item = profile::item(item.application, item.file, tag)?;
            facts.item(&reading.place, item).state.value()
        });
        self.holders.push((reading.place.clone(), item.file, taken));
        taken
    }
}

impl Numbers {
    /// The same name as text.
    pub(super) fn name(&mut self, name: &str) -> String {
        let mut sample = String::with_capacity(name.len());
        let mut rest = name;
        while let Some(first) = rest.chars().next() {
            let word = rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
            let length = if word.is_empty() { first.len_utf8() } else { word.len() };
            if word.is_empty() {
                sample.push(self.letter(first));
            } else {
                sample.push_str(&self.word(word));
            }
            rest = rest.get(length..).unwrap_or_default();
        }
        self.names.push((name.to_owned(), sample.clone()));
        sample
    }

    /// A word of ASCII letters and digits. The country of a certificate stays.
    fn word(&mut self, word: &str) -> String {
        if word == "CN" {
            return word.to_owned();
        }
        let sample = super::samples::ascii(&self.like(word.as_bytes()));
        self.names.push((word.to_owned(), sample.clone()));
        sample
    }

    /// A letter as long as this one, in GB 18030 and in UTF-8. Dots, blanks and what
    /// stands for a character that could not be written stay.
    fn letter(&mut self, letter: char) -> char {
        let is_private = matches!(letter, '\u{E000}'..='\u{F8FF}');
        if !letter.is_alphanumeric() && !is_private {
            return letter;
        }
        let mut buffer = [0; 4];
        let utf8 = letter.encode_utf8(&mut buffer);
        let Ok(code) = text::encode(utf8) else { return '?' };
        let (bytes, length) = (code.len(), letter.len_utf8());
        let form = Form::Letter(bytes, length, is_private);
        let number = self.of(form, utf8.as_bytes()).saturating_sub(1);
        let from = |first: u32, count: u32| {
            char::from_u32(first.saturating_add(number.checked_rem(count).unwrap_or(0)))
        };
        let sample = match (bytes, length, is_private) {
            (2, _, true) => from(0xE000, 188),
            (2, 3, false) => {
                let count = CHARACTERS.chars().count();
                let at = usize::try_from(number).unwrap_or(0).checked_rem(count).unwrap_or(0);
                CHARACTERS.chars().nth(at)
            }
            (2, 2, _) => from(0x3B1, 17),
            (4, 3, false) => from(0x3400, 64),
            (4, 4, _) => from(0x20000, 256),
            (4, 2, _) => Some('ç'),
            _ => None,
        };
        sample.unwrap_or(letter)
    }

    /// The same name as bytes of GB 18030. Behind the first byte that is no text
    /// nothing is either.
    pub(super) fn name_bytes(&mut self, name: &[u8]) -> Vec<u8> {
        let valid = match text::decode(name) {
            Ok(_) => name.len(),
            Err(error) => error.position,
        };
        let (good, bad) = name.split_at_checked(valid).unwrap_or((name, &[]));
        let written = text::decode(good).unwrap_or_default();
        let changed = self.name(&written);
        let mut sample = Vec::with_capacity(name.len());
        for (old, new) in written.chars().zip(changed.chars()) {
            // 80 is read as the sign of the euro, which is written otherwise.
            match good.get(sample.len()) {
                Some(0x80) if old == '€' => sample.push(0x80),
                _ => sample.extend(text::encode(new.encode_utf8(&mut [0; 4])).unwrap_or_default()),
            }
        }
        sample.extend(bad.iter().enumerate().map(|(at, _)| if at == 0 { 0x81 } else { FILL }));
        sample
    }

    /// A name and its continuation (EF06: 09 and 4E), which may begin within
    /// a character.
    pub(super) fn continued(&mut self, first: &[u8], second: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let begun = match first {
            [.., before, 0x20] if !text::is_blank(second) && !text::is_blank(&[*before]) => first,
            _ => text::unpad(first),
        };
        let rest = text::unpad(second);
        let sample = self.name_bytes(&[begun, rest].concat());
        let (one, two) = sample.split_at_checked(begun.len()).unwrap_or_default();
        let padding = |whole: &[u8], used: usize| whole.get(used..).unwrap_or_default().to_vec();
        let one = [one, &padding(first, begun.len())].concat();
        (one, [two, &padding(second, rest.len())].concat())
    }
}
