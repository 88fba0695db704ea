//! The header keys: their names, what each accepts, and their values as texts.
//! The same for both forms of a recording.

use super::cursor::{Cursor, hex_text};
use super::limits::MAX_ATR;
use super::{Expect, Header, Interface, ParseError, ParseErrorKind, Protocol, TransportMode};

/// The values of `card.kind`.
pub const CARDS: [&str; 7] =
    ["social_security", "bank", "transport", "psam", "other", "unknown", "none"];

/// The values of `generation.value`.
pub const GENERATIONS: [&str; 4] = ["first", "second", "third", "unknown"];

/// The values of `outcome`: the names of the exit codes.
pub const OUTCOMES: [&str; 17] = [
    "healthy",
    "attention",
    "faulty",
    "not_social_security",
    "unreadable",
    "failed",
    "no_card",
    "no_reader",
    "no_service",
    "busy",
    "removed",
    "timeout",
    "ambiguous",
    "internal",
    "usage",
    "bad_input",
    "io",
];

/// A key of the header, in the order in which a header is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HeaderKey {
    /// [`Header::title`].
    Title,
    /// [`Header::reader`].
    Reader,
    /// [`Header::transport`].
    Transport,
    /// [`Header::interface`].
    Interface,
    /// [`Header::protocol`].
    Protocol,
    /// [`Header::atr`].
    Atr,
    /// [`Header::recorded`].
    Recorded,
    /// [`Header::tool`].
    Tool,
    /// [`Header::expect`].
    Expect,
    /// [`Header::note`].
    Note,
    /// [`Header::profile`]; may stand more than once.
    Profile,
    /// [`Header::require`]; may stand more than once.
    Require,
}

impl HeaderKey {
    /// Every key.
    pub const ALL: [Self; 12] = [
        Self::Title,
        Self::Reader,
        Self::Transport,
        Self::Interface,
        Self::Protocol,
        Self::Atr,
        Self::Recorded,
        Self::Tool,
        Self::Expect,
        Self::Note,
        Self::Profile,
        Self::Require,
    ];

    /// The key as it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Reader => "reader",
            Self::Transport => "transport",
            Self::Interface => "interface",
            Self::Protocol => "protocol",
            Self::Atr => "atr",
            Self::Recorded => "recorded",
            Self::Tool => "tool",
            Self::Expect => "expect",
            Self::Note => "note",
            Self::Profile => "profile",
            Self::Require => "require",
        }
    }

    /// The key of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }
}

/// A header that is being read.
#[derive(Default)]
pub(super) struct HeaderReader {
    /// What was read so far.
    pub(super) header: Header,
    seen: Vec<HeaderKey>,
}

impl HeaderReader {
    /// Notes that a key was met, and refuses a second value where only one makes
    /// sense.
    pub(super) fn meet(&mut self, key: HeaderKey) -> Result<(), ParseErrorKind> {
        let many = matches!(key, HeaderKey::Profile | HeaderKey::Require);
        if self.seen.contains(&key) {
            return if many { Ok(()) } else { Err(ParseErrorKind::Repeated) };
        }
        self.seen.push(key);
        Ok(())
    }

    /// Takes the value of a key, from the cursor to the end of its line.
    pub(super) fn set(&mut self, key: HeaderKey, value: &mut Cursor) -> Result<(), ParseError> {
        value.skip_spaces();
        let text = value.rest().trim_end();
        let header = &mut self.header;
        match key {
            HeaderKey::Title => header.title = Some(text.to_owned()),
            HeaderKey::Reader => header.reader = Some(text.to_owned()),
            HeaderKey::Tool => header.tool = Some(text.to_owned()),
            HeaderKey::Note => header.note = Some(text.to_owned()),
            HeaderKey::Profile => header.profile.push(text.to_owned()),
            HeaderKey::Interface => {
                let found = Interface::from_name(text);
                header.interface =
                    Some(found.ok_or_else(|| value.error(ParseErrorKind::Interface))?);
            }
            HeaderKey::Protocol => {
                let found = Protocol::from_name(text);
                header.protocol = Some(found.ok_or_else(|| value.error(ParseErrorKind::Protocol))?);
            }
            HeaderKey::Transport => {
                let found = TransportMode::from_name(text);
                header.transport = found.ok_or_else(|| value.error(ParseErrorKind::Transport))?;
            }
            HeaderKey::Atr => header.atr = Some(atr(value)?),
            HeaderKey::Recorded => {
                // Only the day counts, but for people.
                let day = text.get(..10).and_then(|day| day.parse::<jiff::civil::Date>().ok());
                day.ok_or_else(|| value.error(ParseErrorKind::Recorded))?;
                header.recorded = Some(text.to_owned());
            }
            HeaderKey::Expect => expectations(&mut header.expect, value)?,
            HeaderKey::Require => {
                if text != "write" {
                    return Err(value.error(ParseErrorKind::Require));
                }
                header.require.push(text.to_owned());
            }
        }
        Ok(())
    }
}

fn atr(value: &mut Cursor) -> Result<Vec<u8>, ParseError> {
    let start = value.place();
    let bytes = value.bytes()?;
    match bytes.len() {
        1..=MAX_ATR => Ok(bytes),
        size => Err(value.error_at(start, ParseErrorKind::AtrSize(size))),
    }
}

/// `card=… generation=… outcome=…`, in any order, at least one.
fn expectations(expect: &mut Expect, value: &mut Cursor) -> Result<(), ParseError> {
    loop {
        value.skip_spaces();
        let start = value.place();
        let (key, wanted) = value.word().split_once('=').unwrap_or_default();
        set_expectation(expect, key, wanted).map_err(|kind| value.error_at(start, kind))?;
        value.skip_spaces();
        if value.rest().is_empty() {
            return Ok(());
        }
    }
}

/// Sets one expectation by its key in `@expect`.
pub(super) fn set_expectation(
    expect: &mut Expect,
    key: &str,
    value: &str,
) -> Result<(), ParseErrorKind> {
    let (field, allowed, unknown) = match key {
        "card" => (&mut expect.card, &CARDS[..], ParseErrorKind::ExpectCard),
        "generation" => {
            (&mut expect.generation, &GENERATIONS[..], ParseErrorKind::ExpectGeneration)
        }
        "outcome" => (&mut expect.outcome, &OUTCOMES[..], ParseErrorKind::ExpectOutcome),
        _ => return Err(ParseErrorKind::Expect),
    };
    if field.is_some() {
        return Err(ParseErrorKind::Repeated);
    }
    if !allowed.contains(&value) {
        return Err(unknown);
    }
    *field = Some(value.to_owned());
    Ok(())
}

/// What is expected, as pairs of key and value.
pub(super) fn expected(expect: &Expect) -> impl Iterator<Item = (&'static str, &str)> {
    let fields =
        [("card", &expect.card), ("generation", &expect.generation), ("outcome", &expect.outcome)];
    fields.into_iter().filter_map(|(key, value)| Some((key, value.as_deref()?)))
}

/// The values of a key as texts; none where it is missing.
pub(super) fn values(header: &Header, key: HeaderKey) -> Vec<String> {
    let one = |text: Option<&str>| text.map(one_line).into_iter().collect();
    match key {
        HeaderKey::Title => one(header.title.as_deref()),
        HeaderKey::Reader => one(header.reader.as_deref()),
        HeaderKey::Transport => one(Some(header.transport.name())),
        HeaderKey::Interface => one(header.interface.map(Interface::name)),
        HeaderKey::Protocol => one(header.protocol.map(Protocol::name)),
        HeaderKey::Atr => header.atr.iter().map(|atr| hex_text(atr, " ")).collect(),
        HeaderKey::Recorded => one(header.recorded.as_deref()),
        HeaderKey::Tool => one(header.tool.as_deref()),
        HeaderKey::Expect => {
            let words: Vec<_> =
                expected(&header.expect).map(|(key, value)| format!("{key}={value}")).collect();
            if words.is_empty() { Vec::new() } else { vec![words.join(" ")] }
        }
        HeaderKey::Note => one(header.note.as_deref()),
        HeaderKey::Profile => header.profile.iter().map(|text| one_line(text)).collect(),
        HeaderKey::Require => header.require.iter().map(|text| one_line(text)).collect(),
    }
}

/// A text as it can stand on a line: without control characters, which would
/// begin a new one, and without spaces around it.
pub(super) fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(key: HeaderKey, text: &str) -> Result<Header, ParseError> {
        let mut reader = HeaderReader::default();
        reader.set(key, &mut Cursor::new(1, text))?;
        Ok(reader.header)
    }

    #[test]
    fn every_key_has_its_own_name() {
        for key in HeaderKey::ALL {
            assert_eq!(HeaderKey::from_name(key.name()), Some(key));
        }
    }

    #[test]
    fn refuses_what_is_in_no_list_and_says_where() {
        let refused = |key, text| {
            let error = read(key, text).unwrap_err();
            (error.column, error.kind)
        };
        assert_eq!(refused(HeaderKey::Interface, " usb"), (2, ParseErrorKind::Interface));
        assert_eq!(refused(HeaderKey::Atr, "3B 6"), (5, ParseErrorKind::HalfByte));
        assert_eq!(refused(HeaderKey::Atr, " "), (2, ParseErrorKind::AtrSize(0)));
        assert_eq!(refused(HeaderKey::Recorded, "2026-13-01"), (1, ParseErrorKind::Recorded));
        assert_eq!(refused(HeaderKey::Require, "all"), (1, ParseErrorKind::Require));
        let expect = |text| refused(HeaderKey::Expect, text);
        assert_eq!(expect("generation=third card=best"), (18, ParseErrorKind::ExpectCard));
        assert_eq!(expect("outcome=healthy outcome=healthy"), (17, ParseErrorKind::Repeated));
        assert_eq!(expect("healthy"), (1, ParseErrorKind::Expect));
    }

    #[test]
    fn a_text_stays_on_its_line() {
        assert_eq!(one_line(" a\r\n> 00 A4\u{85}"), "a  > 00 A4");
    }
}
