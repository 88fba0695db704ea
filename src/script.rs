//! Runs what a parsed file says against any card, and tells of each step whether
//! the card did as expected. Parses nothing and knows no profile: files come
//! parsed, and the values of names are handed in.

mod error;
mod link;
mod locate;
mod matching;
mod names;
mod run;

pub use error::{ScriptError, ScriptErrorKind};
pub use link::{Place, Program, link};
pub use names::{Known, Names, Unusable};
pub use run::{Cause, Ended, Played, run};

use crate::session::script::{Capture, Expectation, OnFail, Template};
use crate::session::{Event, Reset};

/// Files that one script may include, itself not counted. A file that includes
/// another twice, which does the same, would double with every step.
pub const MAX_INCLUDES: usize = 64;

/// Commands and resets that one run may make. At a millisecond each it takes two
/// minutes; loops within loops could keep a card, and what is told of it in
/// memory, without end.
pub const MAX_STEPS: usize = 100_000;

/// What a script does, in order; what it includes stands in its place.
enum Node {
    /// `- text`.
    Title(String),
    /// `>`, with all that follows it.
    Command(Box<CommandNode>),
    /// `! reset …`, and what is to come of it.
    Reset(Place, Reset, Option<Event>),
    /// `repeat N` … `end`.
    Loop(u8, Vec<Node>),
    /// `on-fail …`.
    OnFail(OnFail),
    /// `include FILE`. What it says of failures ends with it.
    Included(Vec<Node>),
}

/// A command and what is to come of it.
struct CommandNode {
    place: Place,
    template: Template,
    expectations: Vec<(Place, Expectation)>,
    captures: Vec<(Place, Capture)>,
    /// What is to come instead of an answer.
    event: Option<(Place, Event)>,
}

#[cfg(test)]
mod tests;
