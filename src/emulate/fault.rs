//! Faults on order: what goes wrong, and at which exchange.

use std::str::FromStr;

use thiserror::Error;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The card leaves the reader instead of answering, for good.
    Remove,
    /// The card stays and says nothing any more, not even after a reset.
    Mute,
}

/// Something that goes wrong, written `KIND@N`: `remove@3`, `mute@1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// The first exchange that it spoils, counted from 1 over the whole life of
    /// the card; a reset does not start again.
    pub at: u32,
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
    /// What follows the `@` is no number from 1.
    #[error("no exchange number from 1")]
    ExchangeNumber,
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let error = |kind, before: &str| FaultError {
            kind,
            position: before.chars().count().saturating_add(1),
        };
        let (kind, at) = text.split_once('@').ok_or(error(FaultErrorKind::NoExchange, text))?;
        let after = text.strip_suffix(at).unwrap_or(text);
        let kind = match kind {
            "remove" => FaultKind::Remove,
            "mute" => FaultKind::Mute,
            _ => return Err(error(FaultErrorKind::UnknownKind, "")),
        };
        match at.parse() {
            Ok(at) if at > 0 => Ok(Self { kind, at }),
            _ => Err(error(FaultErrorKind::ExchangeNumber, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_kind_and_exchange() {
        assert_eq!("remove@3".parse(), Ok(Fault { kind: FaultKind::Remove, at: 3 }));
        assert_eq!("mute@1".parse(), Ok(Fault { kind: FaultKind::Mute, at: 1 }));
    }

    #[test]
    fn names_what_is_wrong_and_where() {
        let error = |text: &str| text.parse::<Fault>().unwrap_err().to_string();
        assert_eq!(error("remove"), "no '@' at character 7");
        assert_eq!(error("explode@1"), "unknown kind of fault at character 1");
        assert_eq!(error("mute@0"), "no exchange number from 1 at character 6");
        assert_eq!(error("mute@"), "no exchange number from 1 at character 6");
    }
}
