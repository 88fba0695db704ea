//! The social security card number (社会保障卡卡号): nine characters, the last a
//! check character in the manner of GB 11714.
//!
//! Of public numbers most fit and some do not (foreign schemes): a misfit is a
//! hint, never proof of a fault.

/// The check character that belongs to the first eight characters: `0` to `9` or
/// `X`. `None` when these are not eight of `0` to `9` and `A` to `Z`.
///
/// Source: GB 11714 (weights and modulus), with eight characters of card number.
#[must_use]
pub fn check_character(first_8: &str) -> Option<char> {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    const CHARACTERS: [char; 11] = ['0', 'X', '9', '8', '7', '6', '5', '4', '3', '2', '1'];
    super::check_character(first_8, 36, &WEIGHTS, CHARACTERS)
}

/// Whether a number has nine characters of which the last fits.
#[must_use]
pub fn is_valid(number: &str) -> bool {
    let mut characters = number.chars();
    let check = characters.next_back();
    check.is_some() && check_character(characters.as_str()) == check
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_numbers() {
        // The second is the invented number of the terminal specification.
        assert!(is_valid("D2143569X") && is_valid("X00000019"));
        assert!(!is_valid("D21435690") && !is_valid("D2143569x") && !is_valid("d2143569X"));
        assert!(!is_valid("") && !is_valid("D2143569XX") && !is_valid("D214356卡X"));
    }

    #[test]
    fn computes_every_kind_of_check_character() {
        assert_eq!(check_character("D2143569"), Some('X'));
        assert_eq!(check_character("00000000"), Some('0'));
        // Sum 3: 11 - 3.
        assert_eq!(check_character("10000000"), Some('8'));
        assert_eq!(check_character("1000000"), None);
    }
}
