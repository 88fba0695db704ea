//! What of a value is shown without `--reveal`: by class, and whatever has no
//! class `none` is masked.

use crate::codec::text::legible;
use crate::profile::{Display, Item, Personal};

/// A value as it may be printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The value, masked or not.
    pub text: String,
    /// Whether something of it is hidden.
    pub masked: bool,
}

/// Masks a value of an item, unless its class is `none`. `bytes` is the length
/// of the value on the card.
#[must_use]
pub fn show(item: &Item, value: &str, bytes: usize) -> Shown {
    let value = &legible(value);
    let text = match item.personal {
        Personal::None => return Shown { text: value.to_string(), masked: false },
        Personal::Name if item.id == "name-extension" => "*".repeat(value.chars().count()),
        Personal::Card if item.display == Display::CardIdentificationCode => {
            keep(value, 16, 0, '*')
        }
        class => masked(class, value, bytes),
    };
    Shown { text, masked: true }
}

/// What a value of a class other than `none` is shown as. `bytes` is its length.
pub(super) fn masked(class: Personal, value: &str, bytes: usize) -> String {
    let value = &legible(value);
    match class {
        Personal::Name | Personal::Card => keep(value, 1, 0, '*'),
        Personal::Id if value.chars().count() > 8 => keep(value, 3, 2, '*'),
        Personal::Account => account(value),
        _ => hidden(bytes),
    }
}

/// A value of which only the length is shown.
pub(super) fn hidden(bytes: usize) -> String {
    format!("•••({bytes})")
}

/// First six and last four digits, from 13 digits on.
fn account(value: &str) -> String {
    let digits = value.chars().take_while(char::is_ascii_digit).count();
    let number: String = value.chars().take(digits).collect();
    if digits < 13 { "*".repeat(digits.max(1)) } else { keep(&number, 6, 4, '*') }
}

/// Keeps the ends, replaces what is between.
fn keep(value: &str, first: usize, last: usize, mask: char) -> String {
    let length = value.chars().count();
    let behind = length.saturating_sub(last);
    let visible = |index: usize| index < first || index >= behind.max(first);
    value.chars().enumerate().map(|(at, c)| if visible(at) { c } else { mask }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::item;

    fn shown(fid: u16, tag: u8, value: &str) -> String {
        show(item("ssse", fid, tag).unwrap(), value, value.len()).text
    }

    #[test]
    fn masks_by_class() {
        assert_eq!(shown(0xEF06, 0x09, "测试甲"), "测**");
        assert_eq!(shown(0xEF06, 0x4E, "测试"), "**");
        assert_eq!(shown(0xEF06, 0x08, "500103199001010010"), "500*************10");
        assert_eq!(shown(0xEF05, 0x07, "Z00000019"), "Z********");
        let code = "500000D15600000500000001A1B2C3D4";
        assert_eq!(shown(0xEF05, 0x01, code), "500000D156000005****************");
        assert_eq!(shown(0xEF06, 0x0D, "1990-01-01"), "•••(10)");
        assert_eq!(shown(0xEF05, 0x03, "3.00"), "3.00");
    }

    #[test]
    fn shows_little_of_what_is_short() {
        assert_eq!(shown(0xEF06, 0x08, "12345"), "•••(5)");
        assert_eq!(account("6212345678901"), "621234***8901");
        assert_eq!(account("621234567890"), "************");
    }
}
