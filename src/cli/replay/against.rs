//! The rows of an earlier batch, which must be of the same recordings in the same
//! order: so neither has to fit into the memory.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde_json::Value;

use super::super::failure::Failure;
use crate::report::Exit;
use crate::report::replay::ReplayRow;

/// What is still to be compared with.
pub(super) struct Old {
    name: String,
    lines: std::io::Lines<BufReader<File>>,
    number: u64,
}

impl Old {
    /// Leaves out so many rows from the first, as the batch leaves out recordings.
    pub(super) fn open(path: &Path, skip: u64) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let file = File::open(path)
            .map_err(|error| Failure::with_detail(Exit::Io, &format!("{name}: {error}")))?;
        let mut old = Self { name, lines: BufReader::new(file).lines(), number: 0 };
        for _ in 0..skip {
            if old.line()?.is_none() {
                break;
            }
        }
        Ok(old)
    }

    fn line(&mut self) -> Result<Option<String>, Failure> {
        self.number = self.number.saturating_add(1);
        let line = self.lines.next().transpose();
        line.map_err(|error| Failure::with_detail(Exit::Io, &format!("{}: {error}", self.name)))
    }

    fn bad(&self, what: &str) -> Failure {
        let detail = format!("{}, line {}: {what}", self.name, self.number);
        Failure::with_detail(Exit::BadInput, &detail)
    }

    /// Compares the next row with that of today.
    pub(super) fn compare(&mut self, row: &mut ReplayRow) -> Result<(), Failure> {
        let Some(line) = self.line()? else {
            return Err(self.bad(&format!("the end, expected a row for {}", row.id)));
        };
        let old: Value = serde_json::from_str(&line)
            .map_err(|_| self.bad("no JSON, expected a row of replay --ndjson"))?;
        let id = old.get("id").and_then(Value::as_str).unwrap_or_default();
        if id != row.id {
            let what =
                format!("a row for {id}, expected {}: the same recordings in one order", row.id);
            return Err(self.bad(&what));
        }
        row.compare(&old);
        Ok(())
    }

    /// Nothing may be left when the recordings are at an end.
    pub(super) fn end(mut self) -> Result<(), Failure> {
        match self.line()? {
            Some(_) => Err(self.bad("a further row, expected the end: recordings are missing")),
            None => Ok(()),
        }
    }
}
