//! Command APDUs, taken apart and put together (ISO/IEC 7816-4, 5.1).

use std::fmt::Write as _;

use thiserror::Error;

/// A command APDU, borrowed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Command<'a> {
    /// Class byte.
    pub cla: u8,
    /// Instruction byte.
    pub ins: u8,
    /// First parameter byte.
    pub p1: u8,
    /// Second parameter byte.
    pub p2: u8,
    /// Data field; empty in cases 1 and 2.
    pub data: &'a [u8],
    /// Expected length of the answer in bytes; `None` in cases 1 and 3. `00`
    /// stands for 256 (extended: 65,536).
    pub le: Option<u32>,
}

/// Why bytes are no command APDU.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum CommandError {
    /// Fewer than the four bytes CLA INS P1 P2.
    #[error("{0} bytes are no command, at least 4 are needed")]
    TooShort(usize),
    /// Lc does not fit the number of bytes that follow.
    #[error("Lc at byte 4 announces {announced} bytes of data, {present} follow")]
    Length {
        /// What Lc says.
        announced: usize,
        /// How many bytes there are behind it.
        present: usize,
    },
}

impl<'a> Command<'a> {
    /// Takes a command APDU apart, short or extended, cases 1 to 4.
    ///
    /// # Errors
    ///
    /// Returns an error when there are fewer than four bytes, or when Lc and the
    /// length do not fit.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, CommandError> {
        let [cla, ins, p1, p2, body @ ..] = bytes else {
            return Err(CommandError::TooShort(bytes.len()));
        };
        let (data, le) = split_body(body)?;
        Ok(Self { cla: *cla, ins: *ins, p1: *p1, p2: *p2, data, le })
    }

    /// The four bytes CLA INS P1 P2.
    #[must_use]
    pub fn header(&self) -> [u8; 4] {
        [self.cla, self.ins, self.p1, self.p2]
    }

    /// The short file identifier that READ RECORD or READ BINARY addresses
    /// (1 to 30); `None` for the current file or another command.
    #[must_use]
    pub fn sfi(&self) -> Option<u8> {
        let sfi = match self.ins {
            0xB2 => self.p2 >> 3,
            0xB0 if self.p1 & 0x80 != 0 => self.p1 & 0x1F,
            _ => 0,
        };
        (1..=30).contains(&sfi).then_some(sfi)
    }
}

impl std::fmt::Debug for Command<'_> {
    /// The header in hex; of the data only its length.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for byte in self.header() {
            write!(f, "{byte:02X}")?;
        }
        if !self.data.is_empty() {
            f.write_char(' ')?;
            write!(f, "+{}", self.data.len())?;
        }
        Ok(())
    }
}

/// Data field and Le out of what follows the header.
fn split_body(body: &[u8]) -> Result<(&[u8], Option<u32>), CommandError> {
    const NONE: &[u8] = &[];
    match body {
        [] => Ok((NONE, None)),
        [le] => Ok((NONE, Some(short_le(*le)))),
        [0, high, low] => Ok((NONE, Some(extended_le(*high, *low)))),
        [0, high, low, rest @ ..] => {
            let announced = usize::from(u16::from_be_bytes([*high, *low]));
            match rest.split_at_checked(announced) {
                Some((data, [])) => Ok((data, None)),
                Some((data, [high, low])) => Ok((data, Some(extended_le(*high, *low)))),
                _ => Err(CommandError::Length { announced, present: rest.len() }),
            }
        }
        [lc, rest @ ..] => {
            let announced = usize::from(*lc);
            match rest.split_at_checked(announced) {
                Some((data, [])) => Ok((data, None)),
                Some((data, [le])) => Ok((data, Some(short_le(*le)))),
                _ => Err(CommandError::Length { announced, present: rest.len() }),
            }
        }
    }
}

fn short_le(le: u8) -> u32 {
    if le == 0 { 256 } else { u32::from(le) }
}

fn extended_le(high: u8, low: u8) -> u32 {
    match u16::from_be_bytes([high, low]) {
        0 => 65_536,
        le => u32::from(le),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(hex: &str) -> (Vec<u8>, Option<u32>) {
        let bytes = hex::decode(hex).unwrap();
        let command = Command::parse(&bytes).unwrap();
        (command.data.to_vec(), command.le)
    }

    #[test]
    fn takes_all_cases_apart() {
        assert_eq!(parsed("00200000"), (vec![], None));
        assert_eq!(parsed("00B2012D40"), (vec![], Some(64)));
        assert_eq!(parsed("0084000000"), (vec![], Some(256)));
        assert_eq!(parsed("00A40200 02EF05".replace(' ', "").as_str()), (vec![0xEF, 5], None));
        assert_eq!(parsed("00A4040002EF0500"), (vec![0xEF, 5], Some(256)));
        assert_eq!(parsed("00B00000000000"), (vec![], Some(65_536)));
        assert_eq!(parsed("00A40400000002EF05"), (vec![0xEF, 5], None));
        assert_eq!(parsed("00A40400000002EF050100"), (vec![0xEF, 5], Some(256)));
    }

    #[test]
    fn names_what_does_not_fit() {
        assert_eq!(Command::parse(&[4]), Err(CommandError::TooShort(1)));
        let short = Command::parse(&[0, 0xA4, 4, 0, 5, 1, 2]);
        assert_eq!(short, Err(CommandError::Length { announced: 5, present: 2 }));
    }

    #[test]
    fn finds_the_short_file_identifier() {
        let record = Command::parse(&[0, 0xB2, 1, 0x2D, 0x40]).unwrap();
        assert_eq!(record.sfi(), Some(5));
        let binary = Command::parse(&[0, 0xB0, 0x95, 0, 0]).unwrap();
        assert_eq!(binary.sfi(), Some(0x15));
        let current = Command::parse(&[0, 0xB2, 1, 0x05, 0x40]).unwrap();
        assert_eq!(current.sfi(), None);
    }
}
