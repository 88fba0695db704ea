//! The names of a script and their bytes.

use std::collections::HashMap;

use crate::session::limits::{MAX_COMMAND, MAX_RESPONSE};
use crate::session::script::{MaskedByte, Part, Piece, Template};

/// The values of names that stand before a script begins: `AID.ssse` and so on.
pub type Known<'a> = dyn Fn(&str) -> Option<Vec<u8>> + 'a;

/// Every name and its bytes at one moment of a run.
pub struct Names<'a> {
    known: &'a Known<'a>,
    set: HashMap<String, Vec<u8>>,
    rounds: Vec<u8>,
}

/// Why a reference gives no bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// The step that sets the name failed or was not run.
    NotSet,
    /// Too long: for `${len …}`, or for a whole command or answer.
    TooLong,
}

/// An element of a pattern, its names resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    Byte(MaskedByte),
    Run,
}

impl<'a> Names<'a> {
    /// Only what is known from the start.
    pub fn new(known: &'a Known<'a>) -> Self {
        Self { known, set: HashMap::new(), rounds: Vec::new() }
    }

    pub(super) fn set(&mut self, name: &str, value: &[u8]) {
        self.set.insert(name.to_owned(), value.to_vec());
    }

    pub(super) fn enter(&mut self) {
        self.rounds.push(0);
    }

    pub(super) fn round(&mut self, round: u8) {
        if let Some(last) = self.rounds.last_mut() {
            *last = round;
        }
    }

    pub(super) fn leave(&mut self) {
        self.rounds.pop();
    }

    fn value(&self, name: &str) -> Result<Vec<u8>, Unusable> {
        if name == "i" {
            return self.rounds.last().map(|round| vec![*round]).ok_or(Unusable::NotSet);
        }
        self.set.get(name).cloned().or_else(|| (self.known)(name)).ok_or(Unusable::NotSet)
    }

    fn length(&self, name: &str) -> Result<u8, Unusable> {
        u8::try_from(self.value(name)?.len()).map_err(|_| Unusable::TooLong)
    }

    /// The bytes of a command.
    pub(super) fn command(&self, template: &Template) -> Result<Vec<u8>, Unusable> {
        let mut command = Vec::new();
        for part in &template.parts {
            match part {
                Part::Bytes(bytes) => command.extend_from_slice(bytes),
                Part::Value(name) => command.extend(self.value(name)?),
                Part::Length(name) => command.push(self.length(name)?),
            }
            if command.len() > MAX_COMMAND {
                return Err(Unusable::TooLong);
            }
        }
        Ok(command)
    }

    /// The elements of a pattern.
    pub(super) fn pattern(&self, pieces: &[Piece]) -> Result<Vec<Element>, Unusable> {
        let whole = |value: u8| Element::Byte(MaskedByte { value, mask: 0xFF });
        let mut elements = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Bytes(bytes) => elements.extend(bytes.iter().copied().map(Element::Byte)),
                Piece::Run => elements.push(Element::Run),
                Piece::Value(name) => elements.extend(self.value(name)?.into_iter().map(whole)),
                Piece::Length(name) => elements.push(whole(self.length(name)?)),
            }
            if elements.len() > MAX_RESPONSE {
                return Err(Unusable::TooLong);
            }
        }
        Ok(elements)
    }
}

/// The names that a command refers to.
pub(super) fn in_template(template: &Template) -> impl Iterator<Item = &str> {
    template.parts.iter().filter_map(|part| match part {
        Part::Bytes(_) => None,
        Part::Value(name) | Part::Length(name) => Some(name.as_str()),
    })
}

/// The names that a pattern refers to.
pub(super) fn in_pattern(pieces: &[Piece]) -> impl Iterator<Item = &str> {
    pieces.iter().filter_map(|piece| match piece {
        Piece::Bytes(_) | Piece::Run => None,
        Piece::Value(name) | Piece::Length(name) => Some(name.as_str()),
    })
}
