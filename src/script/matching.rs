//! Whether an answer looks as expected.

use super::locate;
use super::names::{Element, Names, Unusable};
use crate::apdu::Response;
use crate::session::script::{Expectation, MaskedByte};

/// Whether an answer to a command, which took so many milliseconds, is as expected.
pub(super) fn holds(
    expectation: &Expectation,
    names: &Names<'_>,
    command: &[u8],
    answer: &[u8],
    elapsed_ms: f64,
) -> Result<bool, Unusable> {
    let response = Response::parse(answer);
    Ok(match expectation {
        Expectation::Exact(expected) => answer == expected || challenges(command, answer, expected),
        Expectation::Pattern(pieces) => fits(&names.pattern(pieces)?, answer),
        Expectation::StatusWord(words) => response
            .is_some_and(|response| words.iter().any(|sw| response.sw.0 & sw.mask == sw.value)),
        Expectation::Length(length) => {
            response.is_some_and(|response| response.data.len() == *length)
        }
        Expectation::Tlv { path, value } => {
            let pattern = names.pattern(value)?;
            let data = response.map(|response| response.data).unwrap_or_default();
            locate::values(data, path).into_iter().any(|value| fits(&pattern, value))
        }
        Expectation::Max(limit) => elapsed_ms <= *limit,
    })
}

/// Two answers to GET CHALLENGE are the same by length and status word: random
/// numbers differ.
fn challenges(command: &[u8], answer: &[u8], expected: &[u8]) -> bool {
    let both = (Response::parse(answer), Response::parse(expected));
    command.get(1) == Some(&0x84)
        && matches!(both, (Some(a), Some(b)) if a.sw == b.sw && a.data.len() == b.data.len())
}

/// Whether bytes have the form of a pattern. After a mismatch only the last run
/// is made longer, so the time is at most the product of both lengths.
fn fits(pattern: &[Element], bytes: &[u8]) -> bool {
    let (mut element, mut at) = (0_usize, 0_usize);
    // Behind the last run, and where what follows it was tried last.
    let mut again: Option<(usize, usize)> = None;
    loop {
        match (pattern.get(element), bytes.get(at)) {
            (None, None) => return true,
            (Some(Element::Run), _) => {
                element = element.saturating_add(1);
                again = Some((element, at));
                continue;
            }
            (Some(Element::Byte(MaskedByte { value, mask })), Some(byte))
                if byte & mask == *value =>
            {
                element = element.saturating_add(1);
                at = at.saturating_add(1);
                continue;
            }
            (Some(Element::Byte(_)), None) => return false,
            (Some(Element::Byte(_)) | None, Some(_)) => {}
        }
        let Some((behind, tried)) = again else { return false };
        let next = tried.saturating_add(1);
        again = Some((behind, next));
        (element, at) = (behind, next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elements(text: &str) -> Vec<Element> {
        let byte = |word: &str| {
            let nibble = |c: char| {
                c.to_digit(16).map_or((0, 0), |digit| (u8::try_from(digit).unwrap(), 0x0F))
            };
            let mut nibbles = word.chars().map(nibble);
            let (high, low) = (nibbles.next().unwrap(), nibbles.next().unwrap());
            MaskedByte { value: high.0 << 4 | low.0, mask: high.1 << 4 | low.1 }
        };
        let element = |word| if word == "**" { Element::Run } else { Element::Byte(byte(word)) };
        text.split_whitespace().map(element).collect()
    }

    fn fit(pattern: &str, bytes: &str) -> bool {
        fits(&elements(pattern), &hex::decode(bytes.replace(' ', "")).unwrap())
    }

    #[test]
    fn patterns_fit_whole_answers() {
        assert!(fit("90 00", "9000"));
        assert!(!fit("90 00", "900000"));
        assert!(!fit("90 00", "90"));
        assert!(fit("?? 0? ?1", "AB0F31"));
        assert!(!fit("0? 01", "1001"));
        assert!(fit("**", ""));
        assert!(fit("** 90 00", "9000"));
        assert!(fit("01 ** 90 ** 90 00", "01 90 90 90 00"));
        assert!(!fit("01 ** 02 ** 03", "01 03 02"));
        assert!(fit("** 01 02 ** 01 03", "01 01 02 01 01 03"));
    }

    #[test]
    fn a_pattern_of_many_runs_comes_to_an_end() {
        let pattern = "** 00 ".repeat(200) + "01";
        assert!(!fits(&elements(&pattern), &vec![0; 20_000]));
    }
}
