//! Samples: values of the same length and the same kind. What decodes still does,
//! what does not still does not; padding stays, and what nobody wrote.

use jiff::ToSpan as _;

use super::numbers::{Form, Numbers};
use crate::codec::date::{self, CardDate};
use crate::codec::{bcd, card_number, identity, text, track2};

/// No district has this code: no person can have such an identity number, or be
/// born there.
const NO_DISTRICT: &str = "999901";

/// Letters whose codes are packed digits as well.
const LETTERS: &[u8] = b"ABCDEFGHIPQRSTUVWXY";
/// A letter whose code is none.
const OTHER_LETTER: u8 = b'Z';

/// Characters of invented names.
pub(super) const CHARACTERS: &str =
    "测试甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒日月盈昃列张寒来暑往秋收冬藏";

/// Bytes that are neither packed digits nor text that prints.
const BYTES: [u8; 12] = [0x1A, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x1B, 0x1C, 0x1D, 0x1E, 0x1F];

/// What stands for bytes whose equality matters to nobody.
pub(super) const FILL: u8 = BYTES[0];

impl Numbers {
    /// A sample of any value, by what it looks like.
    pub(super) fn like(&mut self, value: &[u8]) -> Vec<u8> {
        let content = text::unpad(value);
        if text::is_blank(value) || content.is_empty() {
            return value.to_vec();
        }
        let padding = value.get(content.len()..).unwrap_or_default();
        let blanks = content.iter().take_while(|byte| **byte == b' ').count();
        let (before, digits) = content.split_at_checked(blanks).unwrap_or_default();
        let packed = bcd::digits(value);
        let sample = if digits.iter().all(u8::is_ascii_digit) {
            [before, self.digits(&ascii(digits)).as_bytes()].concat()
        } else if content.iter().all(|byte| matches!(byte, 0x20..=0x7E)) {
            self.text(content, packed.is_ok())
        } else if let Ok(digits) = packed {
            return self.packed(value, &digits);
        } else {
            match text::decode(content) {
                Ok(text) if !text.contains(char::is_control) => self.chinese(content),
                decoded => self.bytes(content, decoded.is_ok()),
            }
        };
        [&sample[..], padding].concat()
    }

    /// As many digits: an identity number, a bank account, a day, or just a number.
    fn digits(&mut self, digits: &str) -> String {
        match digits.len() {
            8 if is_day(digits) => self.day(digits),
            18 => self.identity(digits),
            13..=19 if digits.starts_with("62") && track2::is_luhn(digits) => self.account(digits),
            length => {
                let number = self.of(Form::Digits(length), digits.as_bytes());
                in_base(number, length, b"0123456789")
            }
        }
    }

    fn text(&mut self, content: &[u8], is_packed: bool) -> Vec<u8> {
        if let [digits @ .., b'X' | b'x'] = content
            && digits.len() == 17
            && digits.iter().all(u8::is_ascii_digit)
        {
            return self.identity(&ascii(content)).into_bytes();
        }
        let blanks: Vec<bool> = content.iter().map(|byte| *byte == b' ').collect();
        let letters = blanks.iter().filter(|blank| !**blank).count();
        let number = self.of(Form::Text(blanks, is_packed), content).saturating_sub(1);
        let mut sample = if is_packed {
            in_base(number, letters, LETTERS).into_bytes()
        } else {
            let before = in_base(number, letters.saturating_sub(1), LETTERS);
            [before.as_bytes(), &[OTHER_LETTER]].concat()
        }
        .into_iter();
        let place = |byte: &u8| if *byte == b' ' { b' ' } else { sample.next().unwrap_or(b'A') };
        content.iter().map(place).collect()
    }

    fn chinese(&mut self, content: &[u8]) -> Vec<u8> {
        let number = self.of(Form::Chinese(content.len()), content);
        let (count, odd) = (content.len() / 2, content.len() % 2);
        let codes: Vec<[u8; 2]> = CHARACTERS.chars().filter_map(two_bytes).collect();
        let base = u32::try_from(codes.len()).unwrap_or(1);
        let places = places(number.saturating_sub(1), count, base);
        let characters = places.iter().filter_map(|at| codes.get(*at)).flatten();
        b"T".iter().take(odd).chain(characters).copied().collect()
    }

    /// Packed digits, padding included.
    fn packed(&mut self, value: &[u8], digits: &str) -> Vec<u8> {
        let sample = match (value.len(), digits.len()) {
            (4, 8) if is_day(digits) => self.day(digits),
            (7, 14) if digits.get(..8).is_some_and(is_day) && is_time(digits) => {
                self.day(digits.get(..8).unwrap_or_default()) + "000000"
            }
            // A month, or none: both may be asked for.
            (3, 6) | (4, 8) => {
                let end = digits.get(digits.len().saturating_sub(2)..).unwrap_or_default();
                let is_month = value.len() == 3 && matches!(end.parse(), Ok(1..=12_u8));
                let form = Form::Packed(value.len(), digits.len(), is_month);
                // Never nothing but zeros: that would be blank.
                let number = (self.of(form, value).saturating_sub(1) % 9999).saturating_add(1);
                let first = digits.len().saturating_sub(2);
                format!("{number:0first$}{}", if is_month { "01" } else { "00" })
            }
            (7..=10, 13..=17 | 19) => self.digits(digits),
            (bytes, length) => {
                let number = self.of(Form::Packed(bytes, length, false), value);
                // The first digit is 0, so that the first byte is none of a text.
                let most =
                    10_u32.saturating_pow(length.saturating_sub(1).min(9).try_into().unwrap_or(9));
                let wrapped = number.saturating_sub(1).checked_rem(most.saturating_sub(1));
                in_base(wrapped.unwrap_or(0).saturating_add(1), length, b"0123456789")
            }
        };
        let mut packed = bcd::encode(&sample).unwrap_or_default();
        packed.resize(value.len(), 0xFF);
        packed
    }

    fn bytes(&mut self, content: &[u8], is_text: bool) -> Vec<u8> {
        let number = self.of(Form::Bytes(content.len(), is_text), content).saturating_sub(1);
        let places = places(number, content.len(), 12);
        let mut sample: Vec<u8> =
            places.iter().map(|at| BYTES.get(*at).copied().unwrap_or(FILL)).collect();
        match sample.as_mut_slice() {
            _ if is_text => {}
            // Half a character, or what begins none.
            [only] => *only = 0xFA,
            [first, ..] => *first = 0xFF,
            [] => {}
        }
        sample
    }

    /// Four bytes of a serial number or an authentication code. A serial number in
    /// text, which is worth a finding, stays one.
    pub(super) fn four(&mut self, form: Form, value: [u8; 4]) -> [u8; 4] {
        if text::is_blank(&value) {
            return value;
        }
        if form == Form::Serial && text::is_serial_text(&value) {
            let number = self.of(Form::SerialText, &value);
            let digits = in_base(number, 2, b"0123456789");
            return [digits.as_bytes(), b"sx"].concat().try_into().unwrap_or(value);
        }
        let [_, high, middle, low] = self.of(form, &value).to_be_bytes();
        [0x5A, high, middle, low]
    }

    /// A day, eight digits: also that of a birth within an identity number.
    fn day(&mut self, digits: &str) -> String {
        if digits == "99991231" {
            return digits.to_owned();
        }
        let number = self.of(Form::Day, digits.as_bytes()).saturating_sub(1);
        let first = jiff::civil::date(1990, 1, 1);
        let day = first.saturating_add(i64::from(number).days());
        day.strftime("%Y%m%d").to_string()
    }

    /// `1` or `2`, as codes have it: the first that appears is male.
    pub(super) fn sex(&mut self, code: u8) -> u8 {
        if self.of(Form::Sex, &[code]) == 1 { b'1' } else { b'2' }
    }

    /// 18 characters; the check character is right where it was.
    pub(super) fn identity(&mut self, number: &str) -> String {
        let valid = identity::parse(number).ok();
        let day = match &valid {
            Some(_) => self.day(number.get(6..14).unwrap_or_default()),
            None => "19900101".into(),
        };
        let sex = match &valid {
            Some(found) if found.sex == identity::Sex::Female => self.sex(b'2'),
            Some(_) => self.sex(b'1'),
            None => b'1',
        };
        // Odd places are men's.
        let form = Form::Identity(day.clone(), sex);
        let place = self.of(form, number.as_bytes()).saturating_mul(2);
        let place = place.saturating_sub(if sex == b'1' { 1 } else { 0 }) % 1000;
        let first = format!("{NO_DISTRICT}{day}{place:03}");
        let check = identity::check_character(&first).unwrap_or('0');
        with_check(&first, check, valid.is_some())
    }

    /// The number of a social security card.
    pub(super) fn card(&mut self, value: &[u8]) -> Vec<u8> {
        let content = text::unpad(value);
        if content.len() != 9 || !content.iter().all(u8::is_ascii_graphic) {
            return self.like(value);
        }
        let number = self.of(Form::Card, content);
        let first = format!("TEST{}", in_base(number, 4, b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
        let check = card_number::check_character(&first).unwrap_or('0');
        let sample = with_check(&first, check, card_number::is_valid(&ascii(content)));
        [sample.as_bytes(), value.get(9..).unwrap_or_default()].concat()
    }

    /// A bank account: the bank's own digits stay, where the number is so long that
    /// they say nothing of the account; the check digit is right where it was.
    pub(super) fn account(&mut self, digits: &str) -> String {
        self.numbered(Form::Account, digits)
    }

    /// The same for another kind of number.
    pub(super) fn numbered(
        &mut self,
        form: fn(String, usize, bool) -> Form,
        digits: &str,
    ) -> String {
        let kept = match digits.len() {
            13.. => digits.get(..6).unwrap_or_default(),
            _ if digits.starts_with("62") => "62",
            _ => "99",
        };
        let places = digits.len().saturating_sub(kept.len()).saturating_sub(1);
        if digits.len() < 4 {
            return "9".repeat(digits.len());
        }
        let is_right = track2::is_luhn(digits);
        let form = form(kept.to_owned(), digits.len(), is_right);
        let number = self.of(form, digits.as_bytes());
        let first = format!("{kept}{}", in_base(number, places, b"0123456789"));
        let right = ('0'..='9').find(|check| track2::is_luhn(&format!("{first}{check}")));
        with_check(&first, right.unwrap_or('0'), is_right)
    }

    /// A public key, as long as it is.
    pub(super) fn key(&mut self, value: &[u8]) -> Vec<u8> {
        let number = self.of(Form::Key, value).to_be_bytes();
        let filled = vec![FILL; value.len().saturating_sub(number.len())];
        let mut sample = [&filled[..], &number].concat();
        sample.truncate(value.len());
        sample
    }
}

/// ASCII bytes as text.
pub(super) fn ascii(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The check character behind a number, or another one.
fn with_check(first: &str, right: char, is_right: bool) -> String {
    let wrong = if right == '0' { '1' } else { '0' };
    format!("{first}{}", if is_right { right } else { wrong })
}

fn is_day(digits: &str) -> bool {
    let packed = bcd::encode(digits).unwrap_or_default();
    !matches!(date::decode(&packed), Err(_) | Ok(CardDate::Blank))
}

/// Whether hours, minutes and seconds stand behind eight digits.
fn is_time(digits: &str) -> bool {
    let below = |from: usize, most: u8| {
        let part = digits.get(from..from.saturating_add(2)).and_then(|part| part.parse().ok());
        part.is_some_and(|part: u8| part < most)
    };
    below(8, 24) && below(10, 60) && below(12, 60)
}

/// The code of a character that has two bytes.
fn two_bytes(character: char) -> Option<[u8; 2]> {
    text::encode(character.encode_utf8(&mut [0; 4])).ok()?.try_into().ok()
}

/// A number in the digits of a base, as many as are asked for; higher ones are cut.
fn places(number: u32, count: usize, base: u32) -> Vec<usize> {
    let mut rest = number;
    let mut places = Vec::with_capacity(count);
    for _ in 0..count {
        places.push(usize::try_from(rest.checked_rem(base).unwrap_or(0)).unwrap_or(0));
        rest = rest.checked_div(base).unwrap_or(0);
    }
    places.reverse();
    places
}

fn in_base(number: u32, count: usize, digits: &[u8]) -> String {
    let base = u32::try_from(digits.len()).unwrap_or(1);
    let digit = |at: usize| digits.get(at).map_or('0', |digit| char::from(*digit));
    places(number, count, base).into_iter().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// Two originals with one sample would move the numbers of those behind them the
    /// second time.
    #[test]
    fn no_sample_serves_two() {
        let letters: HashSet<char> = CHARACTERS.chars().collect();
        assert_eq!(letters.len(), CHARACTERS.chars().count());
        assert!(CHARACTERS.chars().all(|letter| two_bytes(letter).is_some()));
        let mut numbers = Numbers::default();
        let mut seen = HashSet::new();
        for number in 0..12_000_u32 {
            let account = format!("6228480{number:012}");
            assert!(seen.insert(numbers.account(&account)), "{account}");
            let card = format!("A{number:08}");
            assert!(seen.insert(ascii(&numbers.card(card.as_bytes()))), "{card}");
            let serial = numbers.four(Form::Serial, number.saturating_add(1).to_be_bytes());
            assert!(seen.insert(hex::encode(serial)), "{number}");
        }
    }

    #[test]
    fn what_takes_its_samples_in_turns_is_its_own_sample() {
        let drawn = |originals: &[String]| {
            let mut numbers = Numbers::default();
            originals.iter().map(|one| numbers.identity(one)).collect::<Vec<_>>()
        };
        let person = |number: u32| {
            let first = format!("310104{}{:03}", 19_600_101 + number % 3, number / 3);
            let check = identity::check_character(&first).unwrap();
            format!("{first}{check}")
        };
        let once = drawn(&(0..2_900).map(person).collect::<Vec<_>>());
        assert!(once.iter().all(|number| identity::parse(number).is_ok()));
        assert!(drawn(&once) == once);
        let serial = |n: u8| [b'0' + n / 10, b'0' + n % 10, b's', b'x'];
        let mut numbers = Numbers::default();
        let once: Vec<[u8; 4]> =
            (0..100).rev().map(|n| numbers.four(Form::Serial, serial(n))).collect();
        assert!(once.iter().all(|four| text::is_serial_text(four)));
        let mut numbers = Numbers::default();
        assert!(once.iter().all(|four| numbers.four(Form::Serial, *four) == *four));
        let mut numbers = Numbers::default();
        let short: Vec<Vec<u8>> = (0..300).map(|n| format!("{n:03}").into_bytes()).collect();
        let once: Vec<Vec<u8>> = short.iter().map(|digits| numbers.like(digits)).collect();
        let mut numbers = Numbers::default();
        assert!(once.iter().all(|digits| numbers.like(digits) == *digits));
    }
}
