//! Logs of OpenSC: hex dumps with characters behind them, which are cut by their
//! place, since characters may look like hex.

use super::Draft;
use super::lines::hex_line;

/// Columns of hex in a dump of sixteen bytes a line.
const COLUMNS: usize = 48;

/// The bytes of a line of a dump; the last line of one may be shorter.
fn dumped(line: &str, left: usize) -> Option<Vec<u8>> {
    let columns = left.saturating_mul(3).min(COLUMNS);
    let end = line.char_indices().nth(columns).map_or(line.len(), |(at, _)| at);
    hex_line(line.get(..end)?.trim_end()).filter(|bytes| bytes.len() <= left)
}

/// `Sending:` and `Received (SW1=…, SW2=…)`, with a dump where data came.
pub(super) fn tool(log: &str, draft: &mut Draft) {
    let mut open: Option<(usize, Vec<u8>, [u8; 2])> = None;
    for (number, line) in (1..).zip(log.lines()) {
        if let Some(command) = line.strip_prefix("Sending: ").and_then(hex_line) {
            end(&mut open, draft);
            draft.command(number, command);
        } else if let Some(sw) = status_word(line) {
            end(&mut open, draft);
            open = Some((number, Vec::new(), sw));
        } else if let (Some((_, data, _)), Some(bytes)) = (&mut open, dump_line(line)) {
            data.extend(bytes);
        } else {
            end(&mut open, draft);
            draft.unknown(number, line);
        }
    }
    end(&mut open, draft);
}

/// Sixteen bytes, or as many pairs as there are before two blanks or characters.
fn dump_line(line: &str) -> Option<Vec<u8>> {
    let pairs = line
        .split(' ')
        .take_while(|word| word.len() == 2 && word.bytes().all(|digit| digit.is_ascii_hexdigit()));
    let count = pairs.count().min(16);
    // The characters behind a short line begin after as many columns as it has bytes.
    (1..=count).rev().find_map(|count| {
        let bytes = dumped(line, count)?;
        let shown = line.chars().count();
        let fits = shown == count.saturating_mul(4) || shown == COLUMNS.saturating_add(count);
        (fits && bytes.len() == count).then_some(bytes)
    })
}

fn status_word(line: &str) -> Option<[u8; 2]> {
    let rest = line.strip_prefix("Received (SW1=0x")?;
    let (high, rest) = rest.split_once(", SW2=0x")?;
    let bytes = hex::decode([high, rest.get(..2)?].concat()).ok()?;
    bytes.try_into().ok()
}

fn end(open: &mut Option<(usize, Vec<u8>, [u8; 2])>, draft: &mut Draft) {
    if let Some((number, mut data, sw)) = open.take() {
        data.extend(sw);
        draft.answer(number, data, None);
    }
}

/// `Outgoing APDU (N bytes):` and `Incoming APDU (N bytes):`, each with a dump of as
/// many bytes.
pub(super) fn debug(log: &str, draft: &mut Draft) {
    let mut lines = (1..).zip(log.lines());
    while let Some((number, line)) = lines.next() {
        let wanted = |word: &str| {
            let (_, rest) = line.split_once(word)?;
            rest.split(' ').next()?.parse::<usize>().ok()
        };
        let (count, is_command) = match (wanted("Outgoing APDU ("), wanted("Incoming APDU (")) {
            (Some(count), _) => (count, true),
            (None, Some(count)) => (count, false),
            (None, None) => continue,
        };
        let mut bytes = Vec::new();
        while bytes.len() < count {
            let left = count.saturating_sub(bytes.len());
            let Some(more) = lines.next().and_then(|(_, line)| dumped(line, left.min(16))) else {
                break;
            };
            bytes.extend(more);
        }
        match (bytes.len() == count, is_command) {
            (true, true) => draft.command(number, bytes),
            (true, false) => draft.answer(number, bytes, None),
            (false, _) => draft.incomplete.push(number),
        }
    }
}
