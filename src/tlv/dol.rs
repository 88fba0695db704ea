//! Data object lists: tags and lengths without values (EMV 4.4 B3 5.4).

use super::ber::Tag;
use super::{TlvError, TlvErrorKind};

/// One entry: which object is wanted, in how many bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its tag.
    pub tag: Tag,
    /// Bytes of its value.
    pub length: u8,
}

/// The entries of a list, in order; ends after the first error.
#[derive(Clone)]
pub struct Dol<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl std::fmt::Debug for Dol<'_> {
    /// Where it is, without the bytes.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Dol({} bytes at {})", self.rest.len(), self.offset)
    }
}

/// Reads a list.
#[must_use]
pub fn dol(bytes: &[u8]) -> Dol<'_> {
    Dol { rest: bytes, offset: 0 }
}

/// Bytes of all values together.
///
/// # Errors
///
/// Returns where the list breaks off.
pub fn total(bytes: &[u8]) -> Result<usize, TlvError> {
    dol(bytes).try_fold(0_usize, |sum, entry| Ok(sum.saturating_add(usize::from(entry?.length))))
}

impl Iterator for Dol<'_> {
    type Item = Result<Entry, TlvError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (first, rest) = self.rest.split_first()?;
        let tag_length = if first & 0x1F == 0x1F {
            let more = rest.iter().take_while(|byte| **byte & 0x80 != 0).count();
            more.saturating_add(2)
        } else {
            1
        };
        let tag = self.rest.get(..tag_length);
        let (Some(tag @ ([_] | [_, _] | [_, _, _])), Some(length)) =
            (tag, self.rest.get(tag_length))
        else {
            let (needed, present) = (tag_length.saturating_add(1), self.rest.len());
            let kind = match tag_length {
                ..=3 => TlvErrorKind::Truncated { needed, present },
                _ => TlvErrorKind::TagTooLong,
            };
            self.rest = &[];
            return Some(Err(TlvError { kind, offset: self.offset }));
        };
        let end = tag_length.saturating_add(1);
        self.offset = self.offset.saturating_add(end);
        self.rest = self.rest.get(end..).unwrap_or_default();
        let tag = Tag(tag.iter().fold(0, |tag, byte| (tag << 8) | u32::from(*byte)));
        Some(Ok(Entry { tag, length: *length }))
    }
}

impl std::iter::FusedIterator for Dol<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(hex: &str) -> Vec<String> {
        let bytes = hex::decode(hex).unwrap();
        let line = |entry: Result<Entry, TlvError>| match entry {
            Ok(entry) => format!("{} {}", entry.tag, entry.length),
            Err(error) => error.to_string(),
        };
        dol(&bytes).map(line).collect()
    }

    #[test]
    fn reads_tags_of_one_to_three_bytes() {
        assert_eq!(shown("9F02069A03DF816001"), ["9F02 6", "9A 3", "DF8160 1"]);
        assert_eq!(total(&[0x9F, 0x02, 0x06, 0x9A, 0x03]), Ok(9));
        assert_eq!(total(&[]), Ok(0));
    }

    #[test]
    fn says_where_a_list_breaks_off() {
        assert_eq!(shown("9A039F02"), ["9A 3", "truncated (3 bytes needed, 2 present) at byte 2"]);
        assert_eq!(shown("9F"), ["truncated (3 bytes needed, 1 present) at byte 0"]);
        assert!(total(&[0x9F, 0x81, 0x82, 0x83, 0x01]).is_err());
    }
}
