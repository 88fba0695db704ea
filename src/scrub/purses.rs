//! Transport purses: what a check needs of them stays (issuer, kind, days), the
//! number and everything of which nothing is known goes.

use super::numbers::{Form, Numbers};
use super::samples::FILL;
use crate::codec::{bcd, text};
use crate::observe::Reading;

/// A balance above this is a finding; the sample stays on its side of it.
const HIGH: u32 = 100_000;
/// What stands for any balance that is not nothing, in fen.
const BALANCES: [u32; 2] = [10_000, 200_000];

impl Numbers {
    /// An answer to READ of a purse's file.
    pub(super) fn purse_file(&mut self, reading: &Reading) -> Vec<u8> {
        let data = &reading.data;
        match reading.fid.map(|fid| fid & 0x1F) {
            _ if text::is_blank(data) => data.clone(),
            Some(0x15) => self.purse(data),
            Some(0x17) => special(data),
            _ => self.like(data),
        }
    }

    /// The public data of a purse (EF 0015; its FCI repeats them).
    pub(super) fn purse(&mut self, data: &[u8]) -> Vec<u8> {
        let mut sample = data.to_vec();
        if text::is_blank(data) {
            return sample;
        }
        let number = data.get(10..20).map(|number| self.purse_number(number));
        let rest = sample.iter_mut().enumerate().skip(10);
        rest.filter(|(at, _)| !(20..28).contains(at)).for_each(|(_, byte)| *byte = written(*byte));
        let places = sample.iter_mut().skip(10).zip(number.unwrap_or_default());
        places.for_each(|(byte, new)| *byte = new);
        sample
    }

    /// 19 digits behind one nibble: the first six are the issuer's.
    fn purse_number(&mut self, number: &[u8]) -> Vec<u8> {
        let first = number.first().copied().unwrap_or_default();
        // The first nibble may be a filler.
        let digits = [&[first & 0x0F], number.get(1..).unwrap_or_default()].concat();
        let Some(digits) = bcd::digits(&digits).ok().filter(|digits| digits.len() == 20) else {
            let kept = number.get(..2).unwrap_or_default();
            return [kept, &vec![FILL; number.len().saturating_sub(kept.len())]].concat();
        };
        let account = self.numbered(Form::Purse, digits.get(1..).unwrap_or_default());
        let mut sample = bcd::encode(&format!("0{account}")).unwrap_or_default();
        if let Some(begin) = sample.first_mut() {
            *begin |= first & 0xF0;
        }
        sample
    }

    /// Four bytes, the highest bit a sign.
    pub(super) fn balance(&mut self, data: &[u8]) -> Vec<u8> {
        let Some(bytes) = data.first_chunk::<4>().filter(|_| data.len() == 4) else {
            return self.like(data);
        };
        let value = u32::from_be_bytes(*bytes);
        let sample = match value & 0x7FFF_FFFF {
            0 => 0,
            1..=HIGH => BALANCES[0],
            _ => BALANCES[1],
        };
        (value & 0x8000_0000 | sample).to_be_bytes().to_vec()
    }
}

/// The region of a purse, or a purchase that is not finished: whether the third
/// byte is nothing and the eleventh is 4 are findings.
fn special(data: &[u8]) -> Vec<u8> {
    let sample = |(at, byte): (usize, &u8)| match byte {
        0x04 if at == 10 => *byte,
        byte => written(*byte),
    };
    data.iter().enumerate().map(sample).collect()
}

/// Nobody wrote 00 and FF.
fn written(byte: u8) -> u8 {
    if matches!(byte, 0x00 | 0xFF) { byte } else { FILL }
}
