//! Tables of a region, read at run time: files and items that an issuer added to
//! the standards' own, in the same words as the built-in tables. Every mistake is
//! found, not only the first.
//!
//! The build script reads the built-in tables with serde, which stops at the
//! first mistake; that is enough where a mistake ends the build. Both readers
//! meet in a test: this one reads every built-in table to the very same rows.

mod check;
mod mistake;
mod near;
mod read;
mod row;

use std::sync::OnceLock;

use thiserror::Error;

pub use mistake::{Hex, Misfit, Mistake, MistakeKind, Shape};

use super::{Application, Confidence, File, Item, Text};
use row::Mistakes;

/// A regional table without mistakes.
#[derive(Debug)]
pub struct Table {
    /// Its name: that of its file, without the ending.
    pub name: &'static str,
    /// What it holds, in both languages.
    pub title: Text,
    /// The application that its files belong to.
    pub application: &'static str,
    /// That application, where the standards do not have it.
    pub own: Option<Application>,
    /// The regions for whose cards it holds: first digits of the card
    /// identification code. Empty: for every card.
    pub regions: Vec<String>,
    /// Its files.
    pub files: Vec<File>,
    /// Their items, ordered by their `order`.
    pub items: Vec<Item>,
    /// Where it comes from.
    pub source: &'static str,
    /// How sure.
    pub confidence: Confidence,
}

impl Table {
    /// Whether its rows count for a card of this region (six digits). A card
    /// whose region cannot be read has only the rows that hold everywhere.
    #[must_use]
    pub fn holds_in(&self, region: Option<&str>) -> bool {
        let covers = |prefix: &String| region.is_some_and(|region| region.starts_with(prefix));
        self.regions.is_empty() || self.regions.iter().any(covers)
    }

    /// Whether some card has the rows of both.
    fn meets(&self, other: &Self) -> bool {
        let pair = |left: &String, right: &String| left.starts_with(right.as_str());
        let touch = |left: &String| {
            other.regions.iter().any(|right| pair(left, right) || pair(right, left))
        };
        self.regions.is_empty() || other.regions.is_empty() || self.regions.iter().any(touch)
    }

    /// Whether both have a file of the same place and version.
    fn shares_a_file(&self, other: &Self) -> bool {
        let same = |left: &File, right: &File| {
            left.application == right.application
                && left.fid == right.fid
                && left.versions.iter().any(|version| right.versions.contains(version))
        };
        self.files.iter().any(|left| other.files.iter().any(|right| same(left, right)))
    }
}

/// Why tables cannot be used together.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum InstallError {
    /// Two tables of the same name.
    #[error("two tables are named {0}")]
    Name(&'static str),
    /// Two tables bring the same application.
    #[error("{0} and {1} bring the same application")]
    Application(&'static str, &'static str),
    /// Two tables describe the same file of the same cards.
    #[error("{0} and {1} describe the same file of the same cards")]
    File(&'static str, &'static str),
    /// Tables were installed before; they stay for the life of the process.
    #[error("tables were installed before")]
    Again,
}

/// Set once, before anything is asked or judged: rows are found from everywhere,
/// and a card must not be judged by other tables than it was read by.
static TABLES: OnceLock<Vec<Table>> = OnceLock::new();

/// Adds tables to the lookups, for the life of the process. Call it before a card
/// is asked or a recording is judged; without it there are none.
///
/// # Errors
///
/// Returns an error when two tables contradict each other, and on a second call.
pub fn install(tables: Vec<Table>) -> Result<(), InstallError> {
    let mut rest = tables.as_slice();
    while let [table, behind @ ..] = rest {
        for other in behind {
            if table.name == other.name {
                return Err(InstallError::Name(table.name));
            }
            let same = |left: &Application, right: &Application| {
                left.id == right.id || left.aids == right.aids
            };
            if table.own.as_ref().zip(other.own.as_ref()).is_some_and(|(l, r)| same(l, r)) {
                return Err(InstallError::Application(table.name, other.name));
            }
            if table.meets(other) && table.shares_a_file(other) {
                return Err(InstallError::File(table.name, other.name));
            }
        }
        rest = behind;
    }
    TABLES.set(tables).map_err(|_| InstallError::Again)
}

/// The tables that were installed.
#[must_use]
pub fn tables() -> &'static [Table] {
    TABLES.get().map_or(&[], Vec::as_slice)
}

/// The installed table of a name.
#[must_use]
pub(super) fn table(name: &str) -> Option<&'static Table> {
    tables().iter().find(|table| table.name == name)
}

/// Reads a table. `name` is what it is to be called. What rows keep of the text
/// lives as long as the process: a run reads a handful of tables.
///
/// # Errors
///
/// Returns every mistake, in the order of the text, each with its place.
pub fn parse(name: &str, text: &str) -> Result<Table, Vec<Mistake>> {
    let mistakes = Mistakes::default();
    let table = read::table(name, text, &mistakes);
    match (table, mistakes.placed(text)) {
        (Some(table), found) if found.is_empty() => Ok(table),
        (_, found) => Err(found),
    }
}

#[cfg(test)]
mod tests;
