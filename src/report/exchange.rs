//! Exchanges as people may see them: bytes that can be personal are `··`.

use super::{Language, Reveal, Words};
use crate::apdu::{Command, Response, instruction_name};
use crate::atr::Atr;
use crate::observe::Facts;
use crate::profile;
use crate::session::{Event, Exchange, Session, Step};
use crate::transport::TransportError;

/// What stands for a byte that is not shown.
const HIDDEN: &str = "··";

/// Hex in pairs; bytes that `open` does not allow are hidden.
pub(super) fn hex_pairs(bytes: &[u8], open: &[bool], gap: &str) -> String {
    let pairs: Vec<String> = bytes
        .iter()
        .enumerate()
        .map(|(at, byte)| {
            if open.get(at).copied().unwrap_or(false) {
                format!("{byte:02X}")
            } else {
                HIDDEN.into()
            }
        })
        .collect();
    pairs.join(gap)
}

/// An answer to reset, its serial number hidden.
#[must_use]
pub fn masked_atr(atr: &Atr, reveal: Reveal) -> String {
    hex_pairs(&atr.bytes, &atr_mask(atr, reveal), "")
}

/// Which bytes of an answer to reset are shown.
pub(super) fn atr_mask(atr: &Atr, reveal: Reveal) -> Vec<bool> {
    if reveal == Reveal::Shown { vec![true; atr.bytes.len()] } else { atr.open_bytes() }
}

/// A line of a conversation, as people may see it.
#[derive(Clone, Debug)]
pub enum Line {
    /// A reset, a removal, an error.
    Event(String),
    /// A command and its answer.
    Exchange(Exchanged),
}

/// A command and its answer, in hex; bytes that can be personal are hidden.
#[derive(Clone)]
pub struct Exchanged {
    /// From 1.
    pub number: u32,
    /// Name of the instruction.
    pub name: &'static str,
    /// Time that it took in milliseconds; where the recording has none, that of its
    /// bytes on the wire.
    pub ms: f64,
    /// Whether that time was measured.
    pub is_measured: bool,
    /// The command.
    pub command: String,
    /// The answer; `-` where none came.
    pub answer: String,
    /// What the answer says.
    pub meaning: Words,
}

impl std::fmt::Debug for Exchanged {
    /// Without the bytes: with `--reveal` they are personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Exchanged({} {})", self.number, self.name)
    }
}

impl Line {
    /// Time that it took in milliseconds.
    #[must_use]
    pub fn milliseconds(&self) -> f64 {
        match self {
            Self::Event(_) => 0.0,
            Self::Exchange(exchanged) => exchanged.ms,
        }
    }
}

/// Every line of a conversation.
#[must_use]
pub fn conversation(facts: &Facts, session: &Session, reveal: Reveal) -> Vec<Line> {
    let exchanges: Vec<&Exchange> = session.exchanges().map(|(_, exchange)| exchange).collect();
    let mut masks = answer_masks(facts, &exchanges).into_iter();
    // The second side's exchanges are counted from behind the first's.
    let mut number = facts.exchanges.saturating_sub(count(&exchanges));
    let lines = session.steps.iter().filter_map(|step| match step {
        Step::Title(_) => None,
        Step::Event(event) => Some(Line::Event(event_name(event))),
        Step::Exchange(exchange) => {
            number = number.saturating_add(1);
            let mask = masks.next().unwrap_or_default();
            Some(Line::Exchange(shown(facts, number, exchange, mask, reveal)))
        }
    });
    lines.collect()
}

/// The conversation as text.
#[must_use]
pub fn timeline(facts: &Facts, session: &Session, reveal: Reveal) -> Vec<String> {
    let lines = conversation(facts, session, reveal).into_iter().flat_map(|line| match line {
        Line::Event(name) => vec![format!("     ! {name}")],
        Line::Exchange(Exchanged { number, name, ms, is_measured, command, answer, .. }) => {
            let time = if is_measured { format!("  {ms:.1} ms") } else { String::new() };
            let head = format!("[{number:>2}] {name}{time}");
            vec![head, format!("     > {command}"), format!("     < {answer}")]
        }
    });
    lines.collect()
}

fn count(exchanges: &[&Exchange]) -> u32 {
    u32::try_from(exchanges.len()).unwrap_or(u32::MAX)
}

/// An event by its name; a name that is none of ours may be anything.
pub(super) fn event_name(event: &Event) -> String {
    match event {
        Event::Error(name) if TransportError::from_name(name).is_none() => "error".into(),
        event => event.to_string(),
    }
}

/// Name and time, command, answer.
fn shown(
    facts: &Facts,
    number: u32,
    exchange: &Exchange,
    mut open: Vec<bool>,
    reveal: Reveal,
) -> Exchanged {
    let name = match exchange.command.as_slice() {
        [cla, ins, ..] => instruction_name(*cla, *ins).unwrap_or("?"),
        _ => "?",
    };
    let command = hex_pairs(&exchange.command, &command_mask(&exchange.command, reveal), " ");
    let bytes = exchange.response.as_deref().unwrap_or_default();
    if reveal == Reveal::Shown {
        open.iter_mut().for_each(|flag| *flag = true);
    }
    // The status word is open; an answer without one may be a part of anything.
    open.resize(bytes.len(), Response::parse(bytes).is_some() || reveal == Reveal::Shown);
    let answer = if bytes.is_empty() { "-".into() } else { hex_pairs(bytes, &open, " ") };
    let wire = facts.wire().exchange_ms(exchange.command.len(), bytes.len());
    Exchanged {
        number,
        name,
        ms: exchange.elapsed_ms.unwrap_or(wire),
        is_measured: exchange.elapsed_ms.is_some(),
        command,
        answer,
        meaning: meaning(&exchange.command, bytes),
    }
}

/// The application that a SELECT names, and what the status word says.
fn meaning(command: &[u8], answer: &[u8]) -> Words {
    let parsed = Command::parse(command).ok();
    let named = parsed.filter(|command| (command.ins, command.p1) == (0xA4, 0x04));
    let application = named.and_then(|command| profile::application_by_aid(command.data));
    let name = parsed.and_then(|command| instruction_name(command.cla, command.ins));
    let contexts: Vec<&str> = name.into_iter().collect();
    let sw = Response::parse(answer).map(|response| response.sw);
    let told = sw.and_then(|sw| profile::status_word(sw, &contexts)).map(|row| row.meaning);
    let parts = [application.map(|row| row.name), told];
    let join = |language: Language| {
        let words = parts.iter().flatten().map(|part| part.in_language(language));
        words.collect::<Vec<_>>().join(language.colon())
    };
    Words { zh: join(Language::Chinese), en: join(Language::English) }
}

/// Of a command the header, Lc and Le are open, and the data of SELECT: the name
/// of an application. Data of other commands may be a PIN or a person's.
pub(super) fn command_mask(command: &[u8], reveal: Reveal) -> Vec<bool> {
    let mut open = vec![true; command.len()];
    if reveal == Reveal::Shown {
        return open;
    }
    match Command::parse(command) {
        Ok(parsed) if parsed.ins == 0xA4 || parsed.data.is_empty() => {}
        _ => open.iter_mut().skip(5).for_each(|flag| *flag = false),
    }
    open
}

/// Which data bytes of each answer are open. An answer may be one part of a
/// chain (`61xx` and GET RESPONSE): the mask is made for the whole and cut.
fn answer_masks(facts: &Facts, exchanges: &[&Exchange]) -> Vec<Vec<bool>> {
    let lengths: Vec<usize> = exchanges
        .iter()
        .map(|exchange| {
            let answer = exchange.response.as_deref().and_then(Response::parse);
            answer.map_or(0, |response| response.data.len())
        })
        .collect();
    let mut masks: Vec<Vec<bool>> = lengths.iter().map(|length| vec![false; *length]).collect();
    let before = facts.exchanges.saturating_sub(count(exchanges)).saturating_add(1);
    let mut put = |numbers: &[u32], whole: Vec<bool>| {
        let mut rest = whole.into_iter();
        for number in numbers {
            let index = usize::try_from(number.saturating_sub(before)).unwrap_or(usize::MAX);
            if let Some(mask) = masks.get_mut(index) {
                mask.iter_mut().zip(rest.by_ref()).for_each(|(flag, open)| *flag = open);
            }
        }
    };
    for fact in facts.in_order() {
        let parts = facts.parts(fact).into_iter();
        put(fact.exchanges(), parts.flat_map(|p| p.range.map(move |_| p.is_open)).collect());
    }
    masks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(hex: &str) -> String {
        masked_atr(&crate::atr::decode(&hex::decode(hex).unwrap()), Reveal::Masked)
    }

    #[test]
    fn hides_the_serial_number_of_a_chip() {
        let open = "3B6D00000081545354866050 00".replace(' ', "");
        assert_eq!(masked(&format!("{open}A1B2C3D4")), format!("{open}········"));
        assert_eq!(
            masked("3B8D800100815453548660500001020304D6"),
            "3B8D8001008154535486605000········D6"
        );
        assert_eq!(masked("3B024142"), "3B024142");
    }

    #[test]
    fn hides_it_in_a_broken_answer_as_well() {
        let cut = masked("3B6D0000008154535486605000A1B2C3");
        assert_eq!(cut, "3B6D00000081545354866050········");
        assert_eq!(masked("3B02414200A1B2"), "3B024142······");
    }
}
