//! Values that a shell offers for completion. They forbid no others: what else an option
//! takes, a file say, is for its own parser.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command, Error};

use crate::emulate;

/// A parser, and values to be offered.
#[derive(Clone)]
pub(in crate::cli) struct Offered<P> {
    parser: P,
    values: Vec<&'static str>,
}

/// Offers these values for what a parser takes.
pub(in crate::cli) fn offered<P>(parser: P, values: &[&'static str]) -> Offered<P> {
    Offered { parser, values: values.to_vec() }
}

/// Offers the built-in card models.
pub(super) fn models() -> Offered<StringValueParser> {
    let values = emulate::names().iter().copied().chain(["list"]).collect();
    Offered { parser: StringValueParser::new(), values }
}

impl<P: TypedValueParser> TypedValueParser for Offered<P> {
    type Value = P::Value;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Self::Value, Error> {
        self.parser.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.values.iter().map(PossibleValue::new)))
    }
}
