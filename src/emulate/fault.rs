//! Faults on order: what goes wrong, at which exchanges, and how that is written.

use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// `remove`: the card leaves the reader instead of answering, for good.
    Remove,
    /// `reader-gone`: so does the reader. A virtual reader cannot leave: there it
    /// is a removal.
    ReaderGone,
    /// `close`: the card leaves in the middle of its answer.
    Close,
    /// `mute`: the card stays and says nothing.
    Mute,
    /// `slow:MS`: the answer takes so much longer.
    Slow(Duration),
    /// `truncate:BYTES`: the end of the answer is missing; one byte is left of it
    /// at least.
    Truncate(u16),
    /// `extend:BYTES`: so many bytes FF too many before the status word.
    Extend(u16),
    /// `sw:XXXX`: a status word instead of the answer.
    StatusWord(u16),
    /// `flip:BIT`: one bit is the other, counted from the highest of the first
    /// byte, and round again where the answer is shorter.
    Flip(u16),
    /// `61xx`: always more to fetch.
    EndlessData,
    /// `6cxx`: always another length.
    EndlessLength,
    /// `unsteady`: data differ at each reading, by one bit that wanders.
    Unsteady,
    /// `bad-atr`: what comes after a reset is no answer to reset.
    BadAtr,
    /// `no-atr`: nothing comes after a reset.
    NoAtr,
    /// `other-atr`: after each reset another answer to reset.
    OtherAtr,
}

/// Something that goes wrong, written `KIND@N`: `remove@3`, `slow:3000@1`,
/// `flip:9@4-6`, `sw:6F00@2-`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// The first exchange that it spoils, counted from 1 over the whole life of
    /// the card; a reset does not start again.
    pub first: u32,
    /// The last one; `u32::MAX` where there is none.
    pub last: u32,
}

/// Why a text is no fault.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("{kind} at character {position}")]
pub struct FaultError {
    /// What is wrong with it.
    pub kind: FaultErrorKind,
    /// Where, in characters from 1.
    pub position: usize,
}

/// What can be wrong with the text of a fault.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum FaultErrorKind {
    /// There is no `@`.
    #[error("no '@'")]
    NoExchange,
    /// What precedes the `@` is no kind of fault.
    #[error("unknown kind of fault")]
    UnknownKind,
    /// What follows the `@` is no number from 1, or range of such.
    #[error("no exchange number from 1")]
    ExchangeNumber,
    /// What follows the `:` is not what this kind takes.
    #[error("{0} expected")]
    Value(&'static str),
}

/// How a kind is written, what follows its `:`, and what is meant without that.
type Row = (&'static str, &'static str, fn(Option<&str>) -> Option<FaultKind>);

const NOTHING: &str = "nothing between the kind and '@'";
const BYTES: &str = "a number of bytes from 1 to 65535";

/// Every kind. Two of the same name are told apart by nothing.
#[rustfmt::skip]
const KINDS: &[Row] = &[
    ("remove", NOTHING, |value| alone(value, FaultKind::Remove)),
    ("reader-gone", NOTHING, |value| alone(value, FaultKind::ReaderGone)),
    ("close", NOTHING, |value| alone(value, FaultKind::Close)),
    ("mute", NOTHING, |value| alone(value, FaultKind::Mute)),
    ("slow", "a number of milliseconds up to 600000", |value| {
        let time = value?.parse().ok().filter(|time| *time <= 600_000)?;
        Some(FaultKind::Slow(Duration::from_millis(time)))
    }),
    ("truncate", BYTES, |value| number(value, "1").filter(|n| *n > 0).map(FaultKind::Truncate)),
    ("extend", BYTES, |value| number(value, "256").filter(|n| *n > 0).map(FaultKind::Extend)),
    ("sw", "a status word of four hexadecimal digits", |value| {
        let digits = value.unwrap_or("6F00");
        let plain = digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        u16::from_str_radix(digits, 16).ok().filter(|_| plain).map(FaultKind::StatusWord)
    }),
    ("flip", "the number of a bit up to 65535", |value| number(value, "0").map(FaultKind::Flip)),
    ("61xx", NOTHING, |value| alone(value, FaultKind::EndlessData)),
    ("6cxx", NOTHING, |value| alone(value, FaultKind::EndlessLength)),
    ("unsteady", NOTHING, |value| alone(value, FaultKind::Unsteady)),
    ("bad-atr", NOTHING, |value| alone(value, FaultKind::BadAtr)),
    ("no-atr", NOTHING, |value| alone(value, FaultKind::NoAtr)),
    ("other-atr", NOTHING, |value| alone(value, FaultKind::OtherAtr)),
];

fn alone(value: Option<&str>, kind: FaultKind) -> Option<FaultKind> {
    value.is_none().then_some(kind)
}

fn number(value: Option<&str>, usual: &str) -> Option<u16> {
    value.unwrap_or(usual).parse().ok()
}

/// The names of all kinds, in the order in which people see them.
pub fn fault_names() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|row| row.0)
}

impl FaultKind {
    /// Whether `KIND@N` means one exchange alone. The others go on for good.
    fn passes(self) -> bool {
        matches!(self, Self::Truncate(_) | Self::Extend(_) | Self::StatusWord(_) | Self::Flip(_))
    }
}

impl Fault {
    /// Whether it spoils the exchange of this number.
    pub(super) fn spoils(&self, exchange: u32) -> bool {
        (self.first..=self.last).contains(&exchange)
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let error = |kind, before: &str| FaultError {
            kind,
            position: before.chars().count().saturating_add(1),
        };
        let (what, at) = text.split_once('@').ok_or(error(FaultErrorKind::NoExchange, text))?;
        let (name, value) = match what.split_once(':') {
            Some((name, value)) => (name, Some(value)),
            None => (what, None),
        };
        let row = KINDS.iter().find(|row| row.0 == name);
        let (_, expected, kind) = row.ok_or(error(FaultErrorKind::UnknownKind, ""))?;
        let before_value = what.strip_suffix(value.unwrap_or_default()).unwrap_or(what);
        let kind = kind(value).ok_or(error(FaultErrorKind::Value(expected), before_value))?;
        let (first, last) = match at.split_once('-') {
            Some((first, last)) => (first, Some(last)),
            None => (at, None),
        };
        let number = |text: &str| text.parse::<u32>().ok().filter(|number| *number > 0);
        let bad = |part: &str| {
            error(FaultErrorKind::ExchangeNumber, text.strip_suffix(part).unwrap_or(text))
        };
        let first = number(first).ok_or(bad(at))?;
        let last = match last {
            None if kind.passes() => first,
            None | Some("") => u32::MAX,
            Some(last) => number(last).filter(|last| *last >= first).ok_or(bad(last))?,
        };
        Ok(Self { kind, first, last })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> (FaultKind, u32, u32) {
        let Fault { kind, first, last } = text.parse().unwrap();
        (kind, first, last)
    }

    #[test]
    fn reads_kind_value_and_exchanges() {
        assert_eq!(fault("remove@3"), (FaultKind::Remove, 3, u32::MAX));
        assert_eq!(fault("mute@1-2"), (FaultKind::Mute, 1, 2));
        let three_seconds = FaultKind::Slow(Duration::from_secs(3));
        assert_eq!(fault("slow:3000@1"), (three_seconds, 1, u32::MAX));
        assert_eq!(fault("sw:6a82@7"), (FaultKind::StatusWord(0x6A82), 7, 7));
        assert_eq!(fault("sw@7-"), (FaultKind::StatusWord(0x6F00), 7, u32::MAX));
        assert_eq!(fault("flip:9@4-4"), (FaultKind::Flip(9), 4, 4));
    }

    #[test]
    fn every_kind_has_a_name_of_its_own() {
        for name in fault_names() {
            let value = if name == "slow" { ":1" } else { "" };
            assert_eq!(fault_names().filter(|other| *other == name).count(), 1);
            assert_eq!(fault(&format!("{name}{value}@2")).1, 2, "{name}");
        }
    }

    #[test]
    fn names_what_is_wrong_and_where() {
        let error = |text: &str| text.parse::<Fault>().unwrap_err().to_string();
        assert_eq!(error("remove"), "no '@' at character 7");
        assert_eq!(error("explode@1"), "unknown kind of fault at character 1");
        assert_eq!(error("mute@0"), "no exchange number from 1 at character 6");
        assert_eq!(error("mute@"), "no exchange number from 1 at character 6");
        assert_eq!(error("mute@4-3"), "no exchange number from 1 at character 8");
        let milliseconds = "a number of milliseconds up to 600000 expected";
        assert_eq!(error("slow:x@1"), format!("{milliseconds} at character 6"));
        assert_eq!(error("slow@1"), format!("{milliseconds} at character 5"));
        assert_eq!(
            error("sw:+6F0@1"),
            "a status word of four hexadecimal digits expected at character 4"
        );
        let nothing = "nothing between the kind and '@' expected at character 6";
        assert_eq!(error("mute:1@1"), nothing);
    }
}
