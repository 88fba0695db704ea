//! Titles, notes and comments: a personal value of the file that stands in one of
//! them, in any of its forms, is replaced there too.

use std::collections::{HashMap, HashSet};

use super::numbers::Numbers;
use crate::codec::{bcd, identity, text, track2};

/// Shorter ones occur by chance: characters of text, digits, Chinese characters,
/// bytes in hex.
const SHORTEST: usize = 5;
const SHORTEST_DIGITS: usize = 6;
const SHORTEST_CHINESE: usize = 2;
const SHORTEST_BYTES: usize = 4;

/// Personal values and their samples.
#[derive(Default)]
pub(super) struct Values {
    bytes: HashMap<Vec<u8>, Vec<u8>>,
    texts: Vec<(String, String)>,
    /// Those that name their owner wherever they stand.
    sure: HashSet<Vec<u8>>,
}

impl Values {
    /// Notes a value of an answer.
    pub(super) fn add(&mut self, value: &[u8], sample: &[u8]) {
        if value != sample && !text::is_blank(value) {
            self.bytes.entry(value.to_vec()).or_insert_with(|| sample.to_vec());
        }
    }

    /// A value that is noted names its owner wherever it stands.
    pub(super) fn sure(&mut self, value: &[u8]) {
        self.sure.insert(value.to_vec());
    }

    /// Notes the names of a session, wherever they stand.
    pub(super) fn take(&mut self, numbers: &mut Numbers) {
        for (name, sample) in std::mem::take(&mut numbers.names) {
            let codes = text::encode(&name).ok().zip(text::encode(&sample).ok());
            if let Some((name, sample)) = codes {
                self.add(&name, &sample);
            }
        }
    }

    /// Notes what looks like an identity number or a bank account in a text.
    pub(super) fn look(&mut self, line: &str, numbers: &mut Numbers) {
        for word in line.split(|c: char| !c.is_ascii_alphanumeric()) {
            let is_account =
                (13..=19).contains(&word.len()) && word.starts_with("62") && track2::is_luhn(word);
            if identity::parse(word).is_ok() || is_account {
                let sample = numbers.like(word.as_bytes());
                self.add(word.as_bytes(), &sample);
            }
        }
    }

    /// Makes the forms in which the values are looked for, the longest first.
    pub(super) fn finish(&mut self) {
        let forms = self.bytes.iter().flat_map(|(value, sample)| forms(value, sample));
        self.texts = forms.filter(|(value, sample)| value != sample).collect();
        self.texts.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        self.texts.dedup_by(|(a, _), (b, _)| a == b);
    }

    /// The text without the values.
    pub(super) fn clean(&self, line: &str) -> String {
        let mut cleaned = String::with_capacity(line.len());
        let mut rest = line;
        while let Some(first) = rest.chars().next() {
            let found = self.texts.iter().find(|(value, _)| rest.starts_with(value.as_str()));
            let length = match found {
                Some((value, sample)) => {
                    cleaned.push_str(sample);
                    value.len()
                }
                None => {
                    cleaned.push(first);
                    first.len_utf8()
                }
            };
            rest = rest.get(length..).unwrap_or_default();
        }
        cleaned
    }

    /// Bytes that are open, without the values that stand in them all the same.
    pub(super) fn sweep(&self, bytes: &mut [u8]) {
        if bytes.len() < SHORTEST_DIGITS {
            return;
        }
        for (value, sample) in self.bytes.iter().filter(|(value, _)| self.sure.contains(*value)) {
            let value = text::unpad(value);
            let telling = value.iter().any(|byte| Some(byte) != value.first());
            if value.len() < SHORTEST_DIGITS || !telling {
                continue;
            }
            let places = bytes.windows(value.len()).enumerate();
            let found: Vec<usize> =
                places.filter(|(_, there)| *there == value).map(|(at, _)| at).collect();
            for at in found {
                bytes.iter_mut().skip(at).zip(sample.iter().take(value.len())).for_each(
                    |(byte, new)| {
                        *byte = *new;
                    },
                );
            }
        }
    }
}

/// A value and its sample as they may stand in a text.
fn forms(value: &[u8], sample: &[u8]) -> Vec<(String, String)> {
    let mut forms = Vec::new();
    let (bare, bare_sample) = (text::unpad(value), text::unpad(sample));
    if let (Ok(text), Ok(sample)) = (text::decode(bare), text::decode(bare_sample)) {
        let is_long = match text.is_ascii() {
            true if text.bytes().all(|byte| byte.is_ascii_digit()) => text.len() >= SHORTEST_DIGITS,
            true => text.len() >= SHORTEST,
            false => text.chars().count() >= SHORTEST_CHINESE,
        };
        if is_long && !text.contains(char::is_control) {
            forms.extend(days(&text, &sample));
            forms.push((text, sample));
        }
    }
    if let (Ok(digits), Ok(sample)) = (bcd::digits(value), bcd::digits(sample))
        && digits.len() >= SHORTEST_DIGITS
    {
        forms.extend(days(&digits, &sample));
        forms.push((digits, sample));
    }
    for (value, sample) in [(value, sample), (bare, bare_sample)] {
        if bare.len() >= SHORTEST_BYTES {
            for between in ["", " "] {
                let [value, sample] = [value, sample].map(|bytes| hex(bytes, between));
                forms.push((value.to_lowercase(), sample.to_lowercase()));
                forms.push((value, sample));
            }
        }
    }
    forms
}

fn hex(bytes: &[u8], between: &str) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(between)
}

/// A day as people write it.
fn days(digits: &str, sample: &str) -> Vec<(String, String)> {
    let parts = |digits: &str| {
        let part = |from: usize, to: usize| digits.get(from..to).map(str::to_owned);
        Some([part(0, 4)?, part(4, 6)?, part(6, 8)?])
    };
    let (8, Some(day), Some(sample)) = (digits.len(), parts(digits), parts(sample)) else {
        return Vec::new();
    };
    let mut days: Vec<_> =
        ["-", "/", "."].map(|between| (day.join(between), sample.join(between))).into();
    let chinese = |[year, month, day]: &[String; 3]| format!("{year}年{month}月{day}日");
    days.push((chinese(&day), chinese(&sample)));
    days
}
