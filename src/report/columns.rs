//! Text in columns of a terminal, where Chinese characters take two.

use unicode_width::UnicodeWidthChar;

/// Columns that a text takes. Characters that take one column here and two on a
/// Chinese console are counted as two, so that no line is too long anywhere.
#[must_use]
pub fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

fn char_width(character: char) -> usize {
    character.width_cjk().unwrap_or(0)
}

/// The text and as many blanks as fill `columns`; at least one.
#[must_use]
pub fn pad(text: &str, columns: usize) -> String {
    let blanks = columns.saturating_sub(width(text)).max(1);
    format!("{text}{}", " ".repeat(blanks))
}

/// The text in at most so many columns: one that is too long ends with an ellipsis.
#[must_use]
pub fn cut(text: &str, columns: usize) -> String {
    let room = columns.saturating_sub(width(ELLIPSIS));
    match width(text) <= columns {
        true => text.to_owned(),
        false if columns < width(ELLIPSIS) => first(text.chars(), columns).into_iter().collect(),
        false => first(text.chars(), room).into_iter().chain(ELLIPSIS.chars()).collect(),
    }
}

const ELLIPSIS: &str = "…";

/// A reader's name in at most so many columns. What tells two readers apart stands at
/// its end (side of the chip, number): the serial number goes first, then the middle.
#[must_use]
pub fn reader_name(name: &str, columns: usize) -> String {
    let serial = name.split_once(" (").and_then(|(before, rest)| {
        let (_, after) = rest.split_once(')')?;
        Some(format!("{before}{after}"))
    });
    let short = serial.filter(|_| width(name) > columns);
    let name = short.as_deref().unwrap_or(name);
    if width(name) <= columns {
        return name.to_owned();
    }
    let room = columns.saturating_sub(width(ELLIPSIS));
    let head = first(name.chars(), room / 4);
    let taken: usize = head.iter().copied().map(char_width).sum();
    let mut tail = first(name.chars().rev(), room.saturating_sub(taken));
    tail.reverse();
    cut(&head.into_iter().chain(ELLIPSIS.chars()).chain(tail).collect::<String>(), columns)
}

/// As many characters as fit.
fn first(text: impl Iterator<Item = char>, columns: usize) -> Vec<char> {
    let mut taken = 0_usize;
    text.take_while(|one| {
        taken = taken.saturating_add(char_width(*one));
        taken <= columns
    })
    .collect()
}

/// Numbers in ascending order, runs of three and more as `4-9`.
#[must_use]
pub fn numbers(numbers: &[u32]) -> String {
    let follows = |left: &u32, right: &u32| left.saturating_add(1) == *right;
    let run = |run: &[u32]| match run {
        [first, _, .., last] => vec![format!("{first}-{last}")],
        _ => run.iter().map(u32::to_string).collect(),
    };
    numbers.chunk_by(follows).flat_map(run).collect::<Vec<_>>().join(",")
}

/// Breaks a text into lines of at most `columns`: between words, and anywhere
/// between Chinese characters, but never before closing punctuation.
#[must_use]
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        let fits = width(&line).saturating_add(width(piece.trim_end())) <= columns;
        if !fits && !line.trim().is_empty() {
            lines.push(line.trim_end().to_owned());
            line = String::new();
        }
        if line.is_empty() { line.push_str(piece.trim_start()) } else { line.push_str(piece) }
    }
    if !line.trim().is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// The parts between which a line may be broken.
fn pieces(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut previous: Option<char> = None;
    for (at, character) in text.char_indices() {
        let breakable = previous.is_some_and(|before| {
            before == ' ' || (is_wide(before) || is_wide(character)) && !is_closing(character)
        });
        if breakable && !is_opening(previous.unwrap_or(' ')) {
            parts.extend(text.get(start..at));
            start = at;
        }
        previous = Some(character);
    }
    parts.extend(text.get(start..));
    parts
}

fn is_wide(character: char) -> bool {
    character.width() == Some(2)
}

/// Punctuation, ASCII and full-width, that never begins a line.
fn is_closing(character: char) -> bool {
    const CLOSING: &str = ",.;:!?) \u{3001}\u{3002}\u{300D}\u{3015}\u{201D}\u{FF01}\u{FF09}\u{FF0C}\u{FF1A}\u{FF1B}\u{FF1F}";
    CLOSING.contains(character)
}

/// Punctuation that never ends one.
fn is_opening(character: char) -> bool {
    const OPENING: &str = "(\u{300C}\u{3014}\u{201C}\u{FF08}";
    OPENING.contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_in_runs() {
        assert_eq!(numbers(&[2, 3, 5, 7, 8, 9]), "2,3,5,7-9");
        assert_eq!(numbers(&[]), "");
    }

    #[test]
    fn counts_columns() {
        assert_eq!(width("社保卡"), 6);
        assert_eq!(width("abc"), 3);
        assert_eq!(pad("社保", 6), "社保  ");
        assert_eq!(pad("社会保障", 6), "社会保障 ");
    }

    #[test]
    fn what_is_too_long_says_so() {
        assert_eq!(cut("社保卡", 6), "社保卡");
        assert_eq!(cut("社会保障卡", 7), "社会…");
        assert_eq!(cut("card", 1), "c");
    }

    #[test]
    fn the_end_of_a_long_name_stays() {
        let name =
            |side| format!("ACS ACR1281 1S Dual Reader [ACR1281U-C1 {side}] (0123456789AB) 00 00");
        assert_eq!(reader_name(&name("PICC"), 38), "ACS ACR12…er [ACR1281U-C1 PICC] 00 00");
        assert_eq!(reader_name(&name("ICC"), 24), "ACS A…81U-C1 ICC] 00 00");
        let dual = "华视电子CVR-100UC身份证社保卡一体机读写器 00 01";
        assert_eq!(reader_name(dual, 30), "华视电…保卡一体机读写器 00 01");
        assert_eq!(reader_name(dual, 80), dual);
        for columns in 0..50 {
            assert!(width(&reader_name(dual, columns)) <= columns, "{columns}");
        }
    }

    #[test]
    fn breaks_lines_where_it_may() {
        assert_eq!(wrap("keep the card", 8), ["keep the", "card"]);
        assert_eq!(wrap("请到社保网点,核实卡片。", 12), ["请到社保网", "点,核实卡", "片。"]);
        assert_eq!(wrap("新发的都〔新闻〕", 10), ["新发的都", "〔新闻〕"]);
        assert_eq!(wrap("都带〔报道〕", 10), ["都带〔报", "道〕"]);
        for line in wrap("无需更换。第二代社会保障卡在有效期内继续有效 and some words", 20)
        {
            assert!(width(&line) <= 22, "{line}");
        }
    }
}
