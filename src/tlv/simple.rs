//! Records of the social security environment: one byte of tag, one byte of
//! length, value. Never BER: `1F`, `3F`, `5F`, `7F` and `DF` are whole tags
//! here, `81` is a length of 129.

/// One data item of a record.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Item<'a> {
    /// The tag; never `00` or `FF`.
    pub tag: u8,
    /// Where the tag begins, in bytes from the start of the record. The value
    /// begins two bytes later.
    pub offset: usize,
    /// The length that is written, in bytes.
    pub declared: usize,
    /// The value; shorter than declared where the record ends first.
    pub value: &'a [u8],
}

impl Item<'_> {
    /// Whether the record ends before the value does.
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        self.value.len() < self.declared
    }
}

impl std::fmt::Debug for Item<'_> {
    /// Of the value only its length: it may be personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { tag, offset, declared, value } = self;
        write!(f, "{tag:02X}[{} of {declared}] at {offset}", value.len())
    }
}

/// The items of a record, in order. `00` and `FF` between and behind them are
/// padding and skipped. Every sequence of bytes can be read.
///
/// Source: 文件结构和数据项 V2.0 (人社信息函〔2012〕37号), 表9 (one-byte tags and
/// lengths).
#[derive(Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    /// Reads a record, or the value of an item that contains items.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, offset: 0 }
    }

    /// The bytes not read so far. After the last item: nothing, or a lone tag
    /// whose length is missing.
    #[must_use]
    pub fn leftover(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for Reader<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        while let [0x00 | 0xFF, rest @ ..] = self.rest {
            self.rest = rest;
            self.offset = self.offset.saturating_add(1);
        }
        let [tag, length, rest @ ..] = self.rest else { return None };
        let declared = usize::from(*length);
        let (value, rest) = rest.split_at_checked(declared).unwrap_or((rest, &[]));
        let item = Item { tag: *tag, offset: self.offset, declared, value };
        self.rest = rest;
        self.offset = self.offset.saturating_add(2).saturating_add(value.len());
        Some(item)
    }
}

impl std::iter::FusedIterator for Reader<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &[u8]) -> (Vec<String>, &[u8]) {
        let mut reader = Reader::new(bytes);
        let items = reader.by_ref().map(|item| format!("{item:?}")).collect();
        (items, reader.leftover())
    }

    #[test]
    fn a_tag_is_one_byte_always() {
        let bytes = [0x1F, 1, 0x41, 0x5F, 0, 0xDF, 2, 1, 2];
        let expected = ["1F[1 of 1] at 0", "5F[0 of 0] at 3", "DF[2 of 2] at 5"];
        assert_eq!(shown(&bytes).0, expected);
    }

    #[test]
    fn a_length_is_one_byte_always() {
        let mut bytes = vec![0x4E, 0x81];
        bytes.extend([0x41; 0x81]);
        assert_eq!(shown(&bytes).0, ["4E[129 of 129] at 0"]);
    }

    #[test]
    fn skips_padding_but_not_within_values() {
        let bytes = [0x00, 0x09, 2, 0x00, 0xFF, 0xFF, 0xFF, 0x0A, 0, 0x00, 0x00];
        assert_eq!(
            shown(&bytes),
            (vec!["09[2 of 2] at 1".into(), "0A[0 of 0] at 7".into()], &[][..])
        );
    }

    #[test]
    fn keeps_what_a_cut_record_still_holds() {
        let item = Reader::new(&[0x09, 30, 0xB2, 0xE2]).next().unwrap();
        assert!(item.is_truncated());
        assert_eq!((item.value, item.declared), (&[0xB2, 0xE2][..], 30));
        assert_eq!(shown(&[0x07, 0, 0x08]), (vec!["07[0 of 0] at 0".into()], &[0x08][..]));
    }
}
