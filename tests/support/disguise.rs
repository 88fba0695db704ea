//! Other people in the place of those of a recording: what `scrub` has to find again.
//! Knows nothing of `scrub`: what is personal comes out of `read --reveal`, whatever
//! it masks without.

use std::collections::BTreeMap;

use serde_json::Value;
use sscard::codec::{bcd, card_number, identity, text, track2};
use sscard::session::{Session, Step};

use crate::program::sscard;

/// Draws numbers, the same for the same seed.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 33) % most
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'1' + self.below(9) as u8)).collect()
    }
}

/// A personal value of a recording, in bytes, and what it is.
#[derive(Clone, Debug)]
pub(crate) struct Personal {
    pub(crate) id: String,
    pub(crate) bytes: Vec<u8>,
}

/// Every value that `read` masks, from two bytes on.
pub(crate) fn personal(arguments: &[&str]) -> Vec<Personal> {
    let document = |more: &[&str]| -> Value {
        let line = [&["read", "--json"], arguments, more].concat();
        serde_json::from_str(&sscard(&line).out).unwrap()
    };
    let (masked, open) = (document(&[]), document(&["--reveal"]));
    let rows = |document: &Value| -> Vec<Value> {
        let applications = document["applications"].as_array().cloned().unwrap_or_default();
        let data = applications.iter().filter_map(|row| row["data"].as_array().cloned());
        data.flatten().collect()
    };
    let pairs = rows(&masked).into_iter().zip(rows(&open));
    let mut found: Vec<Personal> = pairs
        .filter(|(masked, _)| masked["masked"] == true)
        .filter_map(|(_, open)| {
            let bytes = hex::decode(open["raw"].as_str()?).ok()?;
            Some(Personal { id: open["id"].as_str()?.to_owned(), bytes })
        })
        .collect();
    found.retain(|value| value.bytes.len() > 1 && !text::is_blank(&value.bytes));
    found
}

/// What a value becomes: of the same kind, as long, as right or wrong as it was.
pub(crate) fn other(
    value: &Personal,
    dice: &mut Dice,
    known: &mut BTreeMap<Vec<u8>, String>,
) -> Vec<u8> {
    let bytes = &value.bytes;
    let bare = text::unpad(bytes);
    let padding = &bytes[bare.len()..];
    let ascii = String::from_utf8_lossy(bare).into_owned();
    let day = |dice: &mut Dice| {
        format!("{}{:02}{:02}", 1950 + dice.below(50), 1 + dice.below(12), 10 + dice.below(18))
    };
    let fresh: Vec<u8> = match value.id.as_str() {
        "card-identification-code" => {
            // FFFFFFFF: not yet computed.
            let four = |four: &[u8]| match four {
                [0xFF, ..] => four.to_vec(),
                _ => bcd::encode(&dice.digits(8)).unwrap(),
            };
            return [bytes[..8].to_vec(), bytes[8..].chunks(4).flat_map(four).collect()].concat();
        }
        "date-of-birth" => {
            let day = known.entry(bytes.clone()).or_insert_with(|| day(dice)).clone();
            return bcd::encode(&day).unwrap();
        }
        "social-security-number" if bare.len() == 18 => {
            let packed = bcd::encode(&ascii[6..14]).unwrap();
            let day = known.entry(packed).or_insert_with(|| day(dice)).clone();
            identity_number(&ascii, &day, dice).into_bytes()
        }
        "card-number" if bare.len() == 9 => {
            let first = format!("K{}", dice.digits(7));
            let check = card_number::check_character(&first).unwrap();
            let wrong = if check == '7' { '8' } else { '7' };
            let right = card_number::is_valid(&ascii);
            format!("{first}{}", if right { check } else { wrong }).into_bytes()
        }
        // The public data of a purse: its number is behind one nibble.
        id if id.starts_with("issuer-discretionary") && bytes.len() == 30 => {
            let digits = bcd::digits(&bytes[10..20]).unwrap();
            let number = format!("{}{}", &digits[..1], account(&digits[1..], dice, known));
            let number = bcd::encode(&number).unwrap();
            return [&bytes[..10], &number, &bytes[20..]].concat();
        }
        id if id.starts_with("track-2") => {
            let nibbles = hex::encode(bytes);
            let (digits, rest) = nibbles.split_once('d').unwrap();
            return hex::decode(format!("{}d{rest}", account(digits, dice, known))).unwrap();
        }
        _ if bcd::digits(bytes).is_ok() => {
            let digits = bcd::digits(bytes).unwrap();
            let mut packed = bcd::encode(&account(&digits, dice, known)).unwrap();
            packed.resize(bytes.len(), 0xFF);
            return packed;
        }
        _ => {
            let shift = known.entry(b"shift".to_vec());
            let shift = shift.or_insert_with(|| (1 + dice.below(3000)).to_string());
            return named(bare, padding, dice, shift.parse().unwrap());
        }
    };
    [&fresh[..], padding].concat()
}

/// An identity number of that day and the same sex, right or wrong as this one.
fn identity_number(number: &str, day: &str, dice: &mut Dice) -> String {
    let sex = number.as_bytes()[16] % 2;
    let first = format!("310104{day}{}{}", dice.digits(2), 2 * (1 + dice.below(4)) as u8 + sex);
    let check = identity::check_character(&first).unwrap();
    let wrong = if check == '7' { '8' } else { '7' };
    format!("{first}{}", if identity::parse(number).is_ok() { check } else { wrong })
}

/// A number of the same bank, its check digit right or wrong as before; of one
/// account always the same.
fn account(digits: &str, dice: &mut Dice, known: &mut BTreeMap<Vec<u8>, String>) -> String {
    let drawn = || {
        let count = digits.len().saturating_sub(7);
        let mut first = format!("{}{}", &digits[..6.min(digits.len())], dice.digits(count));
        first.truncate(digits.len().saturating_sub(1));
        let right = track2::is_luhn(digits);
        let fits = |check: &char| track2::is_luhn(&format!("{first}{check}")) == right;
        let check = ('0'..='9').find(fits).unwrap();
        format!("{first}{check}")
    };
    known.entry(digits.as_bytes().to_vec()).or_insert_with(drawn).clone()
}

/// A name: another character for each, wherever they come as two bytes; the same for
/// the same within a session.
fn named(bare: &[u8], padding: &[u8], dice: &mut Dice, shift: usize) -> Vec<u8> {
    let mut fresh = bare.to_vec();
    let mut at = 0;
    while at + 1 < fresh.len() {
        let [high, low] = [fresh[at], fresh[at + 1]];
        if (0xB0..0xD8).contains(&high) && (0xA1..=0xFE).contains(&low) {
            let index = usize::from(high - 0xB0) * 94 + usize::from(low - 0xA1);
            let index = (index * 7 + shift) % (40 * 94);
            fresh[at] = 0xB0 + (index / 94) as u8;
            fresh[at + 1] = 0xA1 + (index % 94) as u8;
            at += 2;
        } else {
            at += 1;
        }
    }
    // What is neither: letters and digits.
    for byte in fresh.iter_mut().filter(|_| bare.is_ascii()) {
        match byte {
            b'0'..=b'9' => *byte = b'0' + dice.below(10) as u8,
            b'A'..=b'Z' => *byte = b'A' + dice.below(26) as u8,
            _ => {}
        }
    }
    [&fresh[..], padding].concat()
}

/// The session with these bytes in every answer replaced.
pub(crate) fn replaced(session: &Session, pairs: &[(Vec<u8>, Vec<u8>)]) -> Session {
    let mut session = session.clone();
    for step in &mut session.steps {
        let Step::Exchange(exchange) = step else { continue };
        let Some(answer) = &mut exchange.response else { continue };
        for (old, new) in pairs {
            let places: Vec<usize> =
                (0..answer.len()).filter(|at| answer[*at..].starts_with(old)).collect();
            for at in places {
                answer[at..at + new.len()].copy_from_slice(new);
            }
        }
    }
    session
}
