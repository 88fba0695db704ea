//! BER-TLV as ISO/IEC 7816-4 restricts it (5.2.2). Borrows, allocates nothing,
//! does not recurse.

use super::{MAX_DEPTH, TlvError, TlvErrorKind};

/// The bytes of a tag field, one to three, as a number: `9F0C` is `0x9F0C`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag(pub u32);

impl Tag {
    /// Whether the value consists of objects (bit 6 of the first byte).
    #[must_use]
    pub fn is_constructed(self) -> bool {
        let first = match self.0 {
            0..=0xFF => self.0,
            0x100..=0xFFFF => self.0 >> 8,
            0x1_0000.. => self.0 >> 16,
        };
        first & 0x20 != 0
    }
}

impl std::fmt::Display for Tag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02X}", self.0)
    }
}

impl std::fmt::Debug for Tag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

/// One data object. Offsets are bytes from the start of the outermost input.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Object<'a> {
    /// The tag field.
    pub tag: Tag,
    /// Where the tag begins.
    pub offset: usize,
    /// Where the value begins.
    pub value_offset: usize,
    /// The value field.
    pub value: &'a [u8],
    /// Whether the length is written in as few bytes as it can be. The standard
    /// allows more; some readers trip over it.
    pub minimal_length: bool,
}

impl std::fmt::Debug for Object<'_> {
    /// Of the value only its length: it may be personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}[{}] at {}", self.tag, self.value.len(), self.offset)
    }
}

/// The objects of one level, in order. `00` and `FF` between them are skipped as
/// padding (so a tag cannot begin with `FF`). Ends after the first error.
///
/// Source: ISO/IEC 7816-4:2005, 5.2.2. More lenient only in the second byte of a
/// tag, of which the standard does not allow `00` to `1E`: payment cards have
/// `9F0C`.
#[derive(Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
    /// Where `rest` ends, in bytes from the start of the outermost input.
    end: usize,
}

impl<'a> Reader<'a> {
    /// Reads from the outermost input.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, end: bytes.len() }
    }

    /// Reads the objects within the value of a template.
    #[must_use]
    pub fn within(object: &Object<'a>) -> Self {
        let end = object.value_offset.saturating_add(object.value.len());
        Self { rest: object.value, end }
    }

    fn offset(&self) -> usize {
        self.end.saturating_sub(self.rest.len())
    }

    fn skip_padding(&mut self) {
        while let [0x00 | 0xFF, rest @ ..] = self.rest {
            self.rest = rest;
        }
    }

    fn object(&mut self) -> Result<Object<'a>, TlvError> {
        let offset = self.offset();
        let tag = self.tag()?;
        let (length, minimal_length) = self.length()?;
        let value_offset = self.offset();
        let value = self.take(length)?;
        Ok(Object { tag, offset, value_offset, value, minimal_length })
    }

    fn tag(&mut self) -> Result<Tag, TlvError> {
        let offset = self.offset();
        let first = self.byte()?;
        let mut tag = u32::from(first);
        if first & 0x1F != 0x1F {
            return Ok(Tag(tag));
        }
        for _ in 0..2 {
            let byte = self.byte()?;
            tag = tag << 8 | u32::from(byte);
            if byte & 0x80 == 0 {
                return Ok(Tag(tag));
            }
        }
        Err(TlvError { kind: TlvErrorKind::TagTooLong, offset })
    }

    /// The length, and whether it is written in as few bytes as it can be.
    fn length(&mut self) -> Result<(usize, bool), TlvError> {
        let offset = self.offset();
        let count = match self.byte()? {
            short @ 0x00..=0x7F => return Ok((usize::from(short), true)),
            0x80 => return Err(TlvError { kind: TlvErrorKind::IndefiniteLength, offset }),
            long @ 0x81..=0x84 => usize::from(long & 0x7F),
            0x85.. => return Err(TlvError { kind: TlvErrorKind::LengthTooLarge, offset }),
        };
        let digits = self.take(count)?;
        let length = digits.iter().fold(0u32, |length, byte| length << 8 | u32::from(*byte));
        let minimal = match digits {
            [only] => *only >= 0x80,
            _ => digits.first().is_some_and(|first| *first != 0),
        };
        // Where an address has fewer bits, such a length is too large anyway.
        Ok((usize::try_from(length).unwrap_or(usize::MAX), minimal))
    }

    fn byte(&mut self) -> Result<u8, TlvError> {
        let Some((byte, rest)) = self.rest.split_first() else {
            return Err(self.truncated(1));
        };
        self.rest = rest;
        Ok(*byte)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], TlvError> {
        let Some((taken, rest)) = self.rest.split_at_checked(count) else {
            return Err(self.truncated(count));
        };
        self.rest = rest;
        Ok(taken)
    }

    fn truncated(&self, needed: usize) -> TlvError {
        let kind = TlvErrorKind::Truncated { needed, present: self.rest.len() };
        TlvError { kind, offset: self.offset() }
    }
}

impl<'a> Iterator for Reader<'a> {
    type Item = Result<Object<'a>, TlvError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.skip_padding();
        if self.rest.is_empty() {
            return None;
        }
        let object = self.object();
        if object.is_err() {
            self.rest = &[];
        }
        Some(object)
    }
}

impl std::iter::FusedIterator for Reader<'_> {}

/// A whole tree, depth first: each object with its depth (0: outermost), a
/// template before what it contains. An error ends only the template that holds
/// it; what follows the template is still read. Never more items than bytes.
pub struct Walk<'a> {
    bytes: &'a [u8],
    /// What is left of the innermost open template.
    level: Reader<'a>,
    /// Where the levels around it end, the outermost first.
    ends: [usize; MAX_DEPTH],
    depth: usize,
    too_deep: Option<usize>,
}

/// Walks the whole tree.
#[must_use]
pub fn walk(bytes: &[u8]) -> Walk<'_> {
    Walk { bytes, level: Reader::new(bytes), ends: [0; MAX_DEPTH], depth: 0, too_deep: None }
}

impl<'a> Walk<'a> {
    /// Makes what the template contains the next to be read.
    fn enter(&mut self, template: &Object<'a>) {
        let depth = self.depth.saturating_add(1);
        match self.ends.get_mut(self.depth) {
            Some(end) if depth < MAX_DEPTH => {
                *end = self.level.end;
                self.level = Reader::within(template);
                self.depth = depth;
            }
            _ => self.too_deep = Some(template.value_offset),
        }
    }

    /// Goes on behind the innermost open template; `None` at the end of all.
    fn leave(&mut self) -> Option<()> {
        self.depth = self.depth.checked_sub(1)?;
        let end = *self.ends.get(self.depth)?;
        self.level = Reader { rest: self.bytes.get(self.level.end..end)?, end };
        Some(())
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = Result<(usize, Object<'a>), TlvError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(offset) = self.too_deep.take() {
            return Some(Err(TlvError { kind: TlvErrorKind::TooDeep, offset }));
        }
        loop {
            match self.level.next() {
                None => self.leave()?,
                Some(Err(error)) => return Some(Err(error)),
                Some(Ok(object)) => {
                    let depth = self.depth;
                    if object.tag.is_constructed() && !object.value.is_empty() {
                        self.enter(&object);
                    }
                    return Some(Ok((depth, object)));
                }
            }
        }
    }
}

impl std::iter::FusedIterator for Walk<'_> {}

/// The value at the end of a path of tags: the first match at each level, as in
/// `find(fci, &[0x6F, 0xA5, 0x9F0C])`. `None` when there is none before the
/// first error of a level.
#[must_use]
pub fn find<'a>(bytes: &'a [u8], path: &[u32]) -> Option<&'a [u8]> {
    path.iter().try_fold(bytes, |level, tag| {
        let mut objects = Reader::new(level).map_while(Result::ok);
        objects.find(|object| object.tag == Tag(*tag)).map(|object| object.value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(hex: &str) -> Vec<String> {
        let bytes = hex::decode(hex.replace(' ', "")).unwrap();
        let line = |item: Result<(usize, Object<'_>), TlvError>| match item {
            Ok((depth, object)) => format!("{depth} {object:?}"),
            Err(error) => error.to_string(),
        };
        walk(&bytes).map(line).collect()
    }

    /// FCI of an invented card: name and directory.
    const FCI: &str = "6F10 8403414243 A509 88011E 9F0C03 860103";

    #[test]
    fn walks_a_tree_with_offsets() {
        let expected = ["0 6F[16] at 0", "1 84[3] at 2", "1 A5[9] at 7"];
        assert_eq!(shown(FCI)[..3], expected);
        assert_eq!(shown(FCI)[3..], ["2 88[1] at 9", "2 9F0C[3] at 12"]);
    }

    #[test]
    fn finds_by_path() {
        let fci = hex::decode(FCI.replace(' ', "")).unwrap();
        assert_eq!(find(&fci, &[0x6F, 0xA5, 0x88]), Some(&[0x1E][..]));
        assert_eq!(find(&fci, &[0x6F, 0xA5, 0x9F0C, 0x86]), Some(&[0x03][..]));
        assert_eq!(find(&fci, &[0x6F, 0x88]), None);
        assert_eq!(find(&fci, &[]), Some(&fci[..]));
    }

    #[test]
    fn reads_every_form_of_length() {
        assert_eq!(shown("50 00"), ["0 50[0] at 0"]);
        assert_eq!(shown("50 83 000001 41"), ["0 50[1] at 0"]);
        let minimal = |hex: &str| {
            let bytes = hex::decode(hex).unwrap();
            Reader::new(&bytes).next().unwrap().unwrap().minimal_length
        };
        assert!(minimal("500141") && minimal(&format!("508180{}", "41".repeat(128))));
        assert!(!minimal("50810141") && !minimal("5082000141"));
        assert!(minimal(&format!("50820100{}", "41".repeat(256))));
    }

    #[test]
    fn skips_padding_between_objects() {
        assert_eq!(shown("0000 5000 FF 5100 FFFF"), ["0 50[0] at 2", "0 51[0] at 5"]);
        assert_eq!(shown("61 05 0000500141"), ["0 61[5] at 0", "1 50[1] at 4"]);
        assert!(shown("00FF00").is_empty() && shown("").is_empty());
    }

    #[test]
    fn names_what_is_wrong_and_where() {
        let truncated = "truncated (2 bytes needed, 1 present) at byte 2";
        assert_eq!(shown("50 02 41"), [truncated]);
        assert_eq!(shown("50"), ["truncated (1 bytes needed, 0 present) at byte 1"]);
        assert_eq!(shown("9F"), ["truncated (1 bytes needed, 0 present) at byte 1"]);
        assert_eq!(shown("50 82 01"), ["truncated (2 bytes needed, 1 present) at byte 2"]);
        assert_eq!(shown("50 80 41 00 00"), ["indefinite length at byte 1"]);
        assert_eq!(shown("50 85 0000000000"), ["length field too long at byte 1"]);
        assert_eq!(shown("9F 818181 00"), ["tag field too long at byte 0"]);
        let overrun = shown("50 84 FFFFFFFF");
        assert_eq!(overrun, ["truncated (4294967295 bytes needed, 0 present) at byte 6"]);
    }

    #[test]
    fn an_error_ends_only_its_template() {
        let expected =
            ["0 61[2] at 0", "truncated (5 bytes needed, 0 present) at byte 4", "0 50[0] at 4"];
        assert_eq!(shown("61 02 5105 5000"), expected);
    }

    #[test]
    fn nests_to_a_limit_however_deep_the_input_is() {
        let mut bytes = vec![];
        for level in (0..40u8).rev() {
            bytes.extend([0x61, level * 2]);
        }
        let items: Vec<_> = walk(&bytes).collect();
        assert_eq!(items.len(), MAX_DEPTH + 1);
        assert_eq!(items[MAX_DEPTH - 1].map(|(depth, _)| depth), Ok(MAX_DEPTH - 1));
        let offset = MAX_DEPTH * 2;
        assert_eq!(items[MAX_DEPTH], Err(TlvError { kind: TlvErrorKind::TooDeep, offset }));
        assert!(walk(&[0x61, 0x01].repeat(50_000)).count() <= 100_000);
    }

    #[test]
    fn tags_are_shown_as_the_standards_write_them() {
        assert_eq!(format!("{} {:?} {}", Tag(0x6F), Tag(0x9F0C), Tag(0x05)), "6F 9F0C 05");
        assert!(Tag(0x6F).is_constructed() && Tag(0xBF0C).is_constructed());
        assert!(!Tag(0x9F38).is_constructed() && !Tag(0x5F2D).is_constructed());
    }
}
