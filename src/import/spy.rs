//! Logs of pcsc-spy: its pipe, and what it prints.

use std::collections::BTreeMap;

use super::Draft;
use super::lines::hex_line;

/// Arguments of SCardTransmit in the pipe: the command is the fifth line, the
/// answer the ninth.
const COMMAND: usize = 4;
const ANSWER: usize = 8;

/// A number as both forms write it: `0x00000014`.
fn number(text: &str) -> Option<usize> {
    usize::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}

/// `THREAD@>|seconds|microseconds|Function`, a line for each argument, then
/// `THREAD@<|…`. Threads may interleave.
pub(super) fn raw(log: &str, draft: &mut Draft) {
    let mut calls: BTreeMap<&str, Call> = BTreeMap::new();
    for (number, line) in (1..).zip(log.lines()) {
        let Some((thread, text)) = line.split_once('@') else {
            draft.unknown(number, line);
            continue;
        };
        if let Some(call) = text.strip_prefix(">|") {
            let before = calls.insert(thread, Call::begin(number, call));
            let lost = before.filter(|call| call.is_transmit);
            draft.incomplete.extend(lost.map(|call| call.line));
        } else if text.starts_with("<|")
            && let Some(call) = calls.remove(thread)
        {
            call.end(text, draft);
        } else if let Some(call) = calls.get_mut(thread) {
            call.arguments.push(text.to_owned());
        } else {
            draft.unknown(number, line);
        }
    }
    let mut open: Vec<usize> =
        calls.into_values().filter(|call| call.is_transmit).map(|call| call.line).collect();
    open.sort_unstable();
    draft.incomplete.extend(open);
}

struct Call {
    line: usize,
    is_transmit: bool,
    begun: Option<f64>,
    arguments: Vec<String>,
}

impl Call {
    fn begin(line: usize, text: &str) -> Self {
        let is_transmit = text.ends_with("|SCardTransmit");
        Self { line, is_transmit, begun: microseconds(text), arguments: Vec::new() }
    }

    fn end(self, text: &str, draft: &mut Draft) {
        // The argument before tells how many bytes there are.
        let bytes = |at: usize| {
            let count = self.arguments.get(at.checked_sub(1)?).and_then(|text| number(text));
            let bytes = hex_line(self.arguments.get(at)?)?;
            (count == Some(bytes.len())).then_some(bytes)
        };
        if !self.is_transmit {
            let atr = self.arguments.iter().filter_map(|text| hex_line(text));
            let mut atr = atr.filter(|bytes| matches!(bytes.first(), Some(0x3B | 0x3F)));
            atr.next().into_iter().for_each(|atr| draft.atr(atr));
            return;
        }
        let Some(command) = bytes(COMMAND) else { return draft.incomplete.push(self.line) };
        draft.command(self.line, command);
        let ended = text.strip_prefix("<|").and_then(microseconds);
        let ms = self.begun.zip(ended).map(|(from, to)| (to - from) / 1000.0);
        match bytes(ANSWER) {
            Some(answer) => draft.answer(self.line, answer, ms.filter(|ms| *ms >= 0.0)),
            None => draft.give_up(),
        }
    }
}

/// `seconds|microseconds|…` in microseconds of its day, which keeps them exact.
fn microseconds(text: &str) -> Option<f64> {
    let mut parts = text.split('|');
    let seconds: u64 = parts.next()?.parse().ok()?;
    let micro: u32 = parts.next()?.parse().ok()?;
    let of_day = u32::try_from(seconds.checked_rem(86_400)?).ok()?;
    Some(f64::from(of_day) * 1_000_000.0 + f64::from(micro))
}

/// ` i bSendBuffer` and ` o bRecvBuffer` with dumps, ended by ` => …  [seconds]`.
pub(super) fn printed(log: &str, draft: &mut Draft) {
    let mut sent: Vec<u8> = Vec::new();
    let mut came: Vec<u8> = Vec::new();
    let mut lengths = [None, None];
    let mut buffer = None;
    let mut begun = None;
    for (line_number, line) in (1..).zip(log.lines()) {
        let text = line.trim_start();
        if text == "SCardTransmit" {
            draft.incomplete.extend(begun);
            (begun, buffer, lengths) = (Some(line_number), None, [None, None]);
            sent.clear();
            came.clear();
        } else if let Some(length) = text.strip_prefix("i bSendLength ") {
            lengths[0] = length.split(' ').next().and_then(number);
        } else if let Some(length) = text.strip_prefix("o bRecvLength ") {
            lengths[1] = length.split(' ').next().and_then(number);
        } else if text.starts_with("i bSendBuffer") || text.starts_with("o bRecvBuffer") {
            buffer = text.chars().next();
        } else if let (Some(side), Some(bytes)) = (buffer, dumped(text)) {
            let into = if side == 'i' { &mut sent } else { &mut came };
            into.extend(bytes);
        } else if let Some(end) = text.strip_prefix("=> ") {
            let whole = lengths == [Some(sent.len()), Some(came.len())];
            if let Some(at) = begun.take_if(|_| whole) {
                draft.command(at, std::mem::take(&mut sent));
                let seconds = end.rsplit('[').next().and_then(|rest| rest.strip_suffix(']'));
                let seconds = seconds.and_then(|seconds| seconds.parse::<f64>().ok());
                draft.answer(line_number, std::mem::take(&mut came), seconds.map(|s| s * 1000.0));
            }
            draft.incomplete.extend(begun.take());
            buffer = None;
        } else {
            let other_call = text.starts_with("SCard") && !text.contains(' ');
            if !other_call && !text.starts_with("i ") && !text.starts_with("o ") {
                draft.unknown(line_number, line);
            }
            buffer = None;
        }
    }
    draft.incomplete.extend(begun);
}

/// `i  0010 B1 A3 … characters`: hex in 48 columns behind the offset.
fn dumped(text: &str) -> Option<Vec<u8>> {
    let rest = text.get(3..)?;
    let (offset, rest) = rest.split_at_checked(4)?;
    u16::from_str_radix(offset, 16).ok()?;
    let hex: String = rest.strip_prefix(' ')?.chars().take(48).collect();
    hex_line(&hex)
}
