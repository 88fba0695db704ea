//! Response APDUs and status words (ISO/IEC 7816-4, 5.1 and 5.6).

/// SW1-SW2, the last two bytes of every response.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StatusWord(pub u16);

impl StatusWord {
    /// `9000`: success.
    pub const OK: Self = Self(0x9000);

    /// SW1.
    #[must_use]
    pub fn sw1(self) -> u8 {
        self.0.to_be_bytes()[0]
    }

    /// SW2.
    #[must_use]
    pub fn sw2(self) -> u8 {
        self.0.to_be_bytes()[1]
    }
}

impl std::fmt::Display for StatusWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

impl std::fmt::Debug for StatusWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

/// A response APDU, borrowed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Response<'a> {
    /// What precedes the status word.
    pub data: &'a [u8],
    /// How the command ended.
    pub sw: StatusWord,
}

impl<'a> Response<'a> {
    /// Splits the status word off. `None` for fewer than two bytes: that is no
    /// answer.
    #[must_use]
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (data, [sw1, sw2]) = bytes.split_last_chunk::<2>()?;
        Some(Self { data, sw: StatusWord(u16::from_be_bytes([*sw1, *sw2])) })
    }
}

impl std::fmt::Debug for Response<'_> {
    /// The status word; of the data only its length.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} +{}", self.sw, self.data.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_the_status_word_off() {
        let response = Response::parse(&[0x6F, 0x00, 0x90, 0x00]).unwrap();
        assert_eq!((response.data, response.sw), (&[0x6F, 0][..], StatusWord::OK));
        assert_eq!(Response::parse(&[0x90]), None);
        assert_eq!(format!("{:?}", StatusWord(0x6A82)), "6A82");
    }
}
