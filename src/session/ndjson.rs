//! NDJSON: one session a line, for pipes and batches. Holds the same as the text,
//! but for comments; scripts have no such form.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::cursor::{Cursor, hex_text, utf8};
use super::header::{HeaderReader, expected, set_expectation, values};
use super::limits::{MAX_COMMAND, MAX_LINES, MAX_RESPONSE, MAX_SESSION};
use super::line::is_time;
use super::{Event, Exchange, Header, HeaderKey, ParseError, ParseErrorKind, Session, Step};

/// Reads one session. The column counts characters from 1 and is the last
/// character of the value that is wrong, or the one behind it.
///
/// # Errors
///
/// Returns the first mistake with its place.
pub fn parse(line: &str) -> Result<Session, ParseError> {
    parse_bytes(line.as_bytes())
}

/// Reads one session from bytes that may be no text.
///
/// # Errors
///
/// Returns the first mistake with its place.
pub fn parse_bytes(line: &[u8]) -> Result<Session, ParseError> {
    let mut steps = Vec::with_capacity(USUAL_STEPS);
    let header = visit(line, &mut |_, step| {
        steps.push(step);
        None
    })?;
    Ok(Session { header, steps })
}

/// Reads one session without keeping its steps: each is handed on with the header
/// as far as it is known, which is all of it where the steps stand last, as
/// [`print()`] writes them. A step that is given back makes room for the next.
///
/// # Errors
///
/// As [`parse`]; the steps before the mistake were handed on.
pub fn visit(
    line: &[u8],
    sink: &mut dyn FnMut(&Header, Step) -> Option<Step>,
) -> Result<Header, ParseError> {
    let line = utf8(line)?;
    if line.len() > MAX_SESSION {
        return Err(ParseError { line: 1, column: 1, kind: ParseErrorKind::SessionSize });
    }
    let fault = Fault(Cell::new(ParseErrorKind::JsonSession));
    let mut json = serde_json::Deserializer::from_str(line);
    let header = SessionReader(&fault, sink).deserialize(&mut json);
    header.and_then(|header| json.end().map(|()| header)).map_err(|error| {
        let kind = if error.is_data() { fault.0.get() } else { ParseErrorKind::Json };
        let text = line.split('\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
        let before = text.bytes().take(error.column().saturating_sub(1));
        // Only the first byte of a character counts.
        let column = before.filter(|byte| byte & 0xC0 != 0x80).count().saturating_add(1);
        ParseError { line: error.line().max(1), column, kind }
    })
}

/// Writes one session on one line, without its end.
#[must_use]
pub fn print(session: &Session) -> String {
    // Texts and numbers only: nothing here can fail.
    serde_json::to_string(&Row(session)).unwrap_or_default()
}

/// A session of a whole check has more, of a quick one fewer.
const USUAL_STEPS: usize = 64;

struct Row<'a>(&'a Session);
struct Steps<'a>(&'a [Step]);
struct StepRow<'a>(&'a Step);

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let header = &self.0.header;
        let mut map = serializer.serialize_map(None)?;
        if let Some(id) = &header.id {
            map.serialize_entry("id", id)?;
        }
        for key in HeaderKey::ALL {
            let texts = match key {
                HeaderKey::Expect => {
                    let pairs: BTreeMap<_, _> = expected(&header.expect).collect();
                    if !pairs.is_empty() {
                        map.serialize_entry(key.name(), &pairs)?;
                    }
                    continue;
                }
                HeaderKey::Atr => header.atr.iter().map(|atr| hex_text(atr, "")).collect(),
                _ => values(header, key),
            };
            match texts.as_slice() {
                [] => {}
                [text] => map.serialize_entry(key.name(), text)?,
                _ => map.serialize_entry(key.name(), &texts)?,
            }
        }
        map.serialize_entry("steps", &Steps(&self.0.steps))?;
        map.end()
    }
}

impl Serialize for Steps<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(StepRow))
    }
}

impl Serialize for StepRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Step::Title(title) => ("-", title).serialize(serializer),
            Step::Event(event) => ("!", event.to_string()).serialize(serializer),
            Step::Exchange(exchange) => {
                let command = hex_text(&exchange.command, "");
                let response = exchange.response.as_ref().map(|bytes| hex_text(bytes, ""));
                match exchange.elapsed_ms.filter(|ms| is_time(*ms)) {
                    Some(ms) => (command, response, ms).serialize(serializer),
                    None => (command, response).serialize(serializer),
                }
            }
        }
    }
}

/// A string, borrowed from the line where it holds no escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// What a mistake in the data means at this moment. `serde` errors carry only a
/// message, and that may show card bytes.
struct Fault(Cell<ParseErrorKind>);

impl Fault {
    /// A value of the wrong type would now mean this.
    fn set(&self, kind: ParseErrorKind) {
        self.0.set(kind);
    }

    fn error<E: serde::de::Error>(&self, kind: ParseErrorKind) -> E {
        self.0.set(kind);
        E::custom(kind)
    }

    /// Bytes in hex, as many as `most` at most, in the room of others.
    fn bytes<E: serde::de::Error>(
        &self,
        text: &str,
        most: usize,
        too_many: fn(usize) -> ParseErrorKind,
        mut bytes: Vec<u8>,
    ) -> Result<Vec<u8>, E> {
        // Where this fails there are spaces between, or a mistake to be named.
        bytes.resize(text.len() / 2, 0);
        if hex::decode_to_slice(text, &mut bytes).is_err() {
            bytes = Cursor::new(1, text).bytes().map_err(|error| self.error(error.kind))?;
        }
        if bytes.len() > most { Err(self.error(too_many(bytes.len()))) } else { Ok(bytes) }
    }
}

/// What takes the steps, and gives back those that it does not keep.
type Sink<'s> = &'s mut dyn FnMut(&Header, Step) -> Option<Step>;

/// Reads the object of a session.
struct SessionReader<'f, 's>(&'f Fault, Sink<'s>);

impl<'de> DeserializeSeed<'de> for SessionReader<'_, '_> {
    type Value = Header;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Header, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for SessionReader<'_, '_> {
    type Value = Header;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a session")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Header, A::Error> {
        let Self(fault, sink) = self;
        let mut header = HeaderReader::default();
        let mut steps = None;
        while let Some(Text(key)) = map.next_key()? {
            match &*key {
                "id" if header.header.id.is_none() => {
                    fault.set(ParseErrorKind::JsonText);
                    header.header.id = Some(map.next_value()?);
                }
                "steps" if steps.is_none() => {
                    fault.set(ParseErrorKind::JsonSession);
                    let mut sink = |step| sink(&header.header, step);
                    steps = Some(map.next_value_seed(StepsReader(fault, &mut sink))?);
                }
                "id" | "steps" => return Err(fault.error(ParseErrorKind::Repeated)),
                name => {
                    let key = HeaderKey::from_name(name)
                        .ok_or_else(|| fault.error(ParseErrorKind::JsonKey))?;
                    header_value(fault, &mut header, key, &mut map)?;
                }
            }
            fault.set(ParseErrorKind::JsonSession);
        }
        steps.ok_or_else(|| fault.error(ParseErrorKind::JsonSession))?;
        Ok(header.header)
    }
}

/// A string, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Many(Vec<String>),
}

fn header_value<'de, A: MapAccess<'de>>(
    fault: &Fault,
    header: &mut HeaderReader,
    key: HeaderKey,
    map: &mut A,
) -> Result<(), A::Error> {
    header.meet(key).map_err(|kind| fault.error(kind))?;
    let mut set = |text: &str| {
        header.set(key, &mut Cursor::new(1, text)).map_err(|error| fault.error(error.kind))
    };
    match key {
        HeaderKey::Expect => {
            fault.set(ParseErrorKind::JsonExpect);
            for (name, value) in map.next_value::<BTreeMap<String, String>>()? {
                set_expectation(&mut header.header.expect, &name, &value)
                    .map_err(|kind| fault.error(kind))?;
            }
            Ok(())
        }
        HeaderKey::Profile | HeaderKey::Require => {
            fault.set(ParseErrorKind::JsonTexts);
            match map.next_value()? {
                Texts::One(text) => set(&text),
                Texts::Many(texts) => texts.iter().try_for_each(|text| set(text)),
            }
        }
        _ => {
            fault.set(ParseErrorKind::JsonText);
            let Text(text) = map.next_value()?;
            set(&text)
        }
    }
}

/// Reads the array of steps.
struct StepsReader<'f, 's>(&'f Fault, &'s mut dyn FnMut(Step) -> Option<Step>);

impl<'de> DeserializeSeed<'de> for StepsReader<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for StepsReader<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("steps")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self(fault, sink) = self;
        let mut steps = 0..MAX_LINES;
        fault.set(ParseErrorKind::JsonStep);
        let mut spare = None;
        while let Some(step) = seq.next_element_seed(StepReader(fault, spare))? {
            steps.next().ok_or_else(|| fault.error(ParseErrorKind::LineCount))?;
            spare = sink(step);
        }
        Ok(())
    }
}

/// Reads one step, in the room of one that nobody needs any more.
struct StepReader<'f>(&'f Fault, Option<Step>);

impl<'de> DeserializeSeed<'de> for StepReader<'_> {
    type Value = Step;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Step, D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for StepReader<'_> {
    type Value = Step;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a step")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Step, A::Error> {
        let Self(fault, spare) = self;
        let short = || fault.error(ParseErrorKind::JsonStep);
        let Text(first) = seq.next_element()?.ok_or_else(short)?;
        let step = match &*first {
            "-" => Step::Title(seq.next_element()?.ok_or_else(short)?),
            "!" => {
                let Text(event) = seq.next_element()?.ok_or_else(short)?;
                let event = Event::from_text(&event);
                Step::Event(event.ok_or_else(|| fault.error(ParseErrorKind::Event))?)
            }
            _ => {
                let [one, two] = match spare {
                    Some(Step::Exchange(exchange)) => {
                        [exchange.command, exchange.response.unwrap_or_default()]
                    }
                    _ => [Vec::new(), Vec::new()],
                };
                let command = fault.bytes(&first, MAX_COMMAND, ParseErrorKind::CommandSize, one)?;
                if command.is_empty() {
                    return Err(fault.error(ParseErrorKind::NoCommand));
                }
                let response: Option<Text> = seq.next_element()?.ok_or_else(short)?;
                let response = response
                    .map(|Text(hex)| {
                        fault.bytes(&hex, MAX_RESPONSE, ParseErrorKind::ResponseSize, two)
                    })
                    .transpose()?;
                let elapsed_ms: Option<f64> = seq.next_element()?;
                if elapsed_ms.is_some_and(|ms| !is_time(ms)) {
                    return Err(fault.error(ParseErrorKind::Milliseconds));
                }
                Step::Exchange(Exchange { command, response, elapsed_ms })
            }
        };
        match seq.next_element::<IgnoredAny>()? {
            Some(_) => Err(short()),
            None => Ok(step),
        }
    }
}

#[cfg(test)]
mod tests;
