//! Certificates and their keys: names, numbers, keys and signatures are replaced,
//! the structure, what is nobody's own and the days stay. No signature can stay
//! right; where nobody is trusted, nobody looks.

use super::numbers::Numbers;
use super::samples::FILL;
use crate::codec::text;

/// Nested deeper than any certificate.
const DEEPEST: u8 = 16;

/// The version of a certificate (RFC 5280, 4.1: `[0]`).
const VERSION: u8 = 0xA0;

impl Numbers {
    /// A file that holds a certificate: it and what stands behind it.
    pub(super) fn certificate_file(&mut self, bytes: &[u8]) -> Vec<u8> {
        if text::is_blank(bytes) {
            return bytes.to_vec();
        }
        let Some(length) = crate::certificate::length(bytes) else { return self.like(bytes) };
        let mut sample = bytes.to_vec();
        let end = length.min(bytes.len());
        self.der(&mut sample, 0..end, 0, DEEPEST);
        sample.iter_mut().skip(end).for_each(fill);
        sample
    }

    /// A file that holds a public key behind two bytes.
    pub(super) fn key_file(&mut self, bytes: &[u8]) -> Vec<u8> {
        let key = match bytes.get(2..).and_then(<[u8]>::first_chunk::<64>) {
            Some(key) if !text::is_blank(bytes) => self.key(key),
            _ => return self.like(bytes),
        };
        let mut sample = bytes.to_vec();
        sample.iter_mut().skip(66).for_each(fill);
        put(&mut sample, 2, &key);
        sample
    }

    /// The objects between two places; one that reaches further is cut there.
    fn der(&mut self, bytes: &mut [u8], range: std::ops::Range<usize>, parent: u8, depth: u8) {
        let mut at = range.start;
        while at < range.end {
            let rest = bytes.get(at..range.end).unwrap_or_default();
            let Some((tag, header, length)) = header(rest) else {
                return bytes.iter_mut().take(range.end).skip(at).for_each(fill);
            };
            let begin = at.saturating_add(header);
            at = begin.saturating_add(length).min(range.end);
            if tag & 0x20 != 0 && depth > 0 {
                self.der(bytes, begin..at, tag, depth.saturating_sub(1));
            } else {
                let value = bytes.get(begin..at).unwrap_or_default().to_vec();
                let sample = self.primitive(tag, &value, parent, depth);
                put(bytes, begin, &sample);
            }
        }
    }

    fn primitive(&mut self, tag: u8, value: &[u8], parent: u8, depth: u8) -> Vec<u8> {
        match tag {
            // What is nobody's own: booleans, nothing, identifiers, times.
            0x01 | 0x05 | 0x06 | 0x17 | 0x18 => value.to_vec(),
            0x02 if parent == VERSION => value.to_vec(),
            0x02 => self.integer(value),
            0x03 => self.bits(value, depth),
            0x04 => self.nested(value, depth),
            0x0C | 0x13 | 0x14 | 0x16 => match std::str::from_utf8(value) {
                Ok(text) => self.name(text).into_bytes(),
                Err(_) => vec![FILL; value.len()],
            },
            0x1E => {
                let units = value.chunks_exact(2).filter_map(|unit| unit.try_into().ok());
                let text = String::from_utf16(&units.map(u16::from_be_bytes).collect::<Vec<_>>());
                let sample = self.name(&text.unwrap_or_default());
                let mut bytes: Vec<u8> = sample.encode_utf16().flat_map(u16::to_be_bytes).collect();
                bytes.resize(value.len(), FILL);
                bytes
            }
            _ => vec![FILL; value.len()],
        }
    }

    /// As long, with the same sign, and written as short as before.
    fn integer(&mut self, value: &[u8]) -> Vec<u8> {
        let mut sample = vec![FILL; value.len()];
        let sign = |byte: u8| byte & 0x80 | FILL;
        match (sample.as_mut_slice(), value) {
            ([first, second, ..], [filler @ (0x00 | 0xFF), next, ..]) => {
                (*first, *second) = (*filler, sign(*next));
            }
            ([first, ..], [begin, ..]) => *first = sign(*begin),
            _ => {}
        }
        sample
    }

    /// A key, a signature, or flags: the first byte counts bits.
    fn bits(&mut self, value: &[u8], depth: u8) -> Vec<u8> {
        match value {
            [unused, 0x04, point @ ..] if point.len() == 64 => {
                [&[*unused, 0x04], &self.key(point)[..]].concat()
            }
            // Key usage and the like: two bytes at most.
            [_] | [_, _] | [_, _, _] => value.to_vec(),
            [unused, inner @ ..] => [&[*unused], &self.nested(inner, depth)[..]].concat(),
            [] => Vec::new(),
        }
    }

    /// Objects within a string of bytes, or just bytes.
    fn nested(&mut self, value: &[u8], depth: u8) -> Vec<u8> {
        let mut sample = value.to_vec();
        match header(value) {
            Some((_, header, length)) if header.checked_add(length) == Some(value.len()) => {
                self.der(&mut sample, 0..value.len(), 0, depth.saturating_sub(1));
            }
            _ => sample.fill(FILL),
        }
        sample
    }
}

/// Keeps what nobody wrote.
fn fill(byte: &mut u8) {
    if !matches!(byte, 0x00 | 0xFF) {
        *byte = FILL;
    }
}

fn put(bytes: &mut [u8], at: usize, sample: &[u8]) {
    bytes.iter_mut().skip(at).zip(sample).for_each(|(byte, new)| *byte = *new);
}

/// Tag, length of tag and length, and length of an object of DER.
fn header(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    match *bytes {
        [tag, ..] if tag & 0x1F == 0x1F => None,
        [tag, length @ ..=0x7F, ..] => Some((tag, 2, length.into())),
        [tag, 0x81, length, ..] => Some((tag, 3, length.into())),
        [tag, 0x82, high, low, ..] => Some((tag, 4, u16::from_be_bytes([high, low]).into())),
        _ => None,
    }
}
