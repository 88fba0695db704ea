//! Logs with a command or an answer on each line.

use super::Draft;

/// Bytes in hex, in pairs with blanks between or without; nothing else.
pub(super) fn hex_line(text: &str) -> Option<Vec<u8>> {
    let digits: String = text.split_whitespace().collect();
    if digits.is_empty() { None } else { hex::decode(digits).ok() }
}

/// Behind the last word: `… APDU: 00 A4` and the like.
fn behind<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    line.split_once(word).map(|(_, rest)| rest)
}

/// A line of pcscd begins with eight digits: microseconds since the line before.
pub(super) fn is_pcscd(line: &str) -> bool {
    pcscd_time(line).is_some() && (line.contains(" APDU: ") || line.contains(" SW: "))
}

fn pcscd_time(line: &str) -> Option<f64> {
    let digits = line.get(..8)?;
    let time: u32 = digits.parse().ok()?;
    line.get(8..9).filter(|next| *next == " ").map(|_| f64::from(time))
}

/// The number saturates here: such a time tells nothing.
const SATURATED: f64 = 99_999_999.0;

/// `APDU:` and `SW:` in turns; a debug log has much else between them.
pub(super) fn pcscd(log: &str, draft: &mut Draft) {
    let mut since: f64 = 0.0;
    for (number, line) in (1..).zip(log.lines()) {
        let time = pcscd_time(line);
        since += time.unwrap_or(0.0);
        let (command, answer) = (behind(line, " APDU: "), behind(line, " SW: "));
        if let (Some(text), Some(_)) = (command.or(answer), time) {
            let ms = (since > 0.0 && since < SATURATED).then_some(since / 1000.0);
            match (hex_line(text), command) {
                (Some(bytes), Some(_)) => draft.command(number, bytes),
                (Some(bytes), None) => draft.answer(number, bytes, ms),
                (None, _) => draft.broken(number),
            }
            since = 0.0;
        } else if let Some(bytes) = behind(line, "Card ATR: ").and_then(hex_line) {
            draft.atr(bytes);
        } else if time.is_none() {
            draft.unknown(number, line);
        }
    }
}

/// `>` and `<`; scriptor wraps an answer after 16 bytes and ends it by ` : ` and a
/// meaning, pyscard writes `[]` for no data.
pub(super) fn arrows(log: &str, draft: &mut Draft) {
    let mut open: Option<(usize, String)> = None;
    // scriptor repeats what it was given before it sends it.
    let mut given: Option<(usize, &str)> = None;
    for (number, line) in (1..).zip(log.lines()) {
        let is_more = open.is_some() && !line.starts_with(['>', '<']);
        if let Some(command) = line.trim_start().strip_prefix("> ") {
            end(&mut open, draft);
            given.take_if(|(_, given)| hex_line(given) == hex_line(command));
            match hex_line(command) {
                Some(bytes) => draft.command(number, bytes),
                None => draft.broken(number),
            }
        } else if let Some(answer) = line.trim_start().strip_prefix('<') {
            end(&mut open, draft);
            open = Some((number, answer.replace("[]", "")));
        } else if is_more && hex_line(line.split(" : ").next().unwrap_or_default()).is_some() {
            if let Some((_, text)) = &mut open {
                text.push_str(line);
            }
        } else {
            end(&mut open, draft);
            let before = given.take();
            before.into_iter().for_each(|(number, line)| draft.unknown(number, line));
            match hex_line(line) {
                Some(_) => given = Some((number, line)),
                None => draft.unknown(number, line),
            }
        }
        if line.contains(" : ") {
            end(&mut open, draft);
        }
    }
    given.into_iter().for_each(|(number, line)| draft.unknown(number, line));
    if draft.is_cut
        && let Some((number, _)) = open.take()
    {
        draft.broken(number);
    }
    end(&mut open, draft);
}

fn end(open: &mut Option<(usize, String)>, draft: &mut Draft) {
    let Some((number, text)) = open.take() else { return };
    let (digits, meaning) = text.split_once(" : ").map_or((&*text, None), |(a, b)| (a, Some(b)));
    // A blank at its end is where scriptor wraps an answer.
    let is_whole = meaning.is_some() || !text.ends_with(' ');
    match hex_line(digits).filter(|_| is_whole) {
        Some(bytes) => draft.answer(number, bytes, None),
        None => draft.broken(number),
    }
}

/// `A>> T=1 (4+0008) 00A40400 08 …` and `A<< (0018+2) (25ms) 6F.. 9000`.
pub(super) fn apdu4j(log: &str, draft: &mut Draft) {
    for (number, line) in (1..).zip(log.lines()) {
        let (text, is_command) = match (behind(line, "A>>"), behind(line, "A<<")) {
            (Some(text), _) => (text, true),
            (None, Some(text)) => (text, false),
            (None, None) => {
                draft.unknown(number, line);
                continue;
            }
        };
        let ms = text.split_once("ms)").and_then(|(before, _)| before.rsplit('(').next());
        let ms = ms.and_then(|ms| ms.trim().parse::<f64>().ok());
        let digits = text.rsplit(')').next().and_then(hex_line);
        match (digits, is_command) {
            (Some(bytes), true) => draft.command(number, bytes),
            (Some(bytes), false) => draft.answer(number, bytes, ms),
            (None, _) => draft.broken(number),
        }
    }
}

/// Hex alone, also in the forms `00:B2:01` and `0x00 0xB2, 0x01`.
pub(super) fn plain_line(text: &str) -> Option<Vec<u8>> {
    let mut digits = String::new();
    for part in text.split(|c: char| c.is_whitespace() || matches!(c, ':' | ',')) {
        match part.strip_prefix("0x").or_else(|| part.strip_prefix("0X")) {
            // Half a byte, or a number.
            Some(bare) if bare.len() % 2 != 0 => return None,
            Some(bare) => digits.push_str(bare),
            None => digits.push_str(part),
        }
    }
    hex_line(&digits)
}

/// Hex alone: a command and an answer in turns.
pub(super) fn plain(log: &str, draft: &mut Draft) {
    for (number, line) in (1..).zip(log.lines()) {
        match plain_line(line) {
            Some(bytes) if draft.pending.is_some() => draft.answer(number, bytes, None),
            Some(bytes) => draft.command(number, bytes),
            None => draft.unknown(number, line),
        }
    }
}
