//! Logs of OpenSC: hex dumps with characters behind them, which are cut by their
//! place, since characters may look like hex.

use super::Draft;
use super::lines::hex_line;
use crate::apdu::Command;

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
    let mut open: Option<Open> = None;
    // Whether an answer was ended by a line that is none of it.
    let mut interrupted = false;
    for (number, line) in (1..).zip(log.lines()) {
        if let Some(command) = line.strip_prefix("Sending: ") {
            end(&mut open, draft);
            match hex_line(command) {
                Some(command) => draft.command(number, command),
                None => draft.broken(number),
            }
            interrupted = false;
        } else if let Some(sw) = status_word(line) {
            end(&mut open, draft);
            open = Some(Open { number, sw, has_data: line.ends_with(':'), data: Vec::new() });
            interrupted = false;
        } else if let (Some(open), Some(bytes)) = (&mut open, dump_line(line)) {
            open.data.extend(bytes);
        } else {
            // Data that goes on behind another line: the answer was not whole.
            if interrupted && dump_line(line).is_some() {
                draft.retract();
                interrupted = false;
            }
            interrupted |= open.is_some();
            end(&mut open, draft);
            draft.unknown(number, line);
        }
    }
    // Behind a full line another may have stood, unless the command says how many bytes
    // come at most.
    let most = draft.pending.as_ref().and_then(|(_, command)| Command::parse(command).ok()?.le);
    let may_go_on = |open: &Open| {
        let count = open.data.len();
        let full = count > 0 && count.is_multiple_of(16);
        full && most.is_none_or(|most| u32::try_from(count).is_ok_and(|count| count < most))
    };
    if let Some(open) = open.take_if(|open| draft.is_cut || may_go_on(open)) {
        draft.broken(open.number);
    }
    end(&mut open, draft);
}

/// An answer whose data may go on.
struct Open {
    number: usize,
    sw: [u8; 2],
    has_data: bool,
    data: Vec<u8>,
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

fn end(open: &mut Option<Open>, draft: &mut Draft) {
    match open.take() {
        Some(open) if open.has_data == open.data.is_empty() => draft.broken(open.number),
        Some(open) => draft.answer(open.number, [&open.data[..], &open.sw].concat(), None),
        None => {}
    }
}

/// `Outgoing APDU (N bytes):` and `Incoming APDU (N bytes):`, each with a dump of as
/// many bytes.
pub(super) fn debug(log: &str, draft: &mut Draft) {
    let mut lines = (1..).zip(log.lines()).peekable();
    // The same once more, in the form of opensc-tool.
    let mut again = false;
    while let Some((number, line)) = lines.next() {
        let wanted = |word: &str| {
            let (_, rest) = line.split_once(word)?;
            rest.split(' ').next()?.parse::<usize>().ok()
        };
        let (count, is_command) = match (wanted("Outgoing APDU ("), wanted("Incoming APDU (")) {
            (Some(count), _) => (count, true),
            (None, Some(count)) => (count, false),
            (None, None) => {
                let is_answer = status_word(line).is_some();
                again = is_answer || again && dump_line(line).is_some();
                // A line of the log begins with its process, or with its time's sign.
                let known = ["P:", "0x", "Sending: "].iter().any(|word| line.starts_with(word));
                if !again && !known {
                    draft.unknown(number, line);
                }
                continue;
            }
        };
        let mut bytes = Vec::new();
        while bytes.len() < count {
            let left = count.saturating_sub(bytes.len());
            let more = lines.peek().and_then(|(_, line)| dumped(line, left.min(16)));
            let Some(more) = more else { break };
            lines.next();
            bytes.extend(more);
        }
        match (bytes.len() == count, is_command) {
            (true, true) => draft.command(number, bytes),
            (true, false) => draft.answer(number, bytes, None),
            (false, _) => draft.broken(number),
        }
    }
}
