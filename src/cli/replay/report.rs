//! A JUnit report that is written case by case. Its numbers stand at its beginning
//! and are known at its end: their place is kept free.

use std::fs::File;
use std::io::{self, BufWriter, Seek as _, Write as _};
use std::path::Path;

use super::super::failure::Failure;
use crate::batch::Row;
use crate::report::junit::{self, Case, Counts};
use crate::report::replay::{ReplayRow, missing, proof};
use crate::report::{Exit, Language};

/// The one suite of a report.
const SUITE: &str = "sscard replay";

/// A report that is being written.
pub(super) struct Report {
    file: BufWriter<File>,
    path: String,
    counts: Counts,
    language: Language,
}

impl Report {
    /// Of the batch as far as it came, whatever ends it.
    pub(super) fn begin(path: &Path, language: Language) -> Result<Self, Failure> {
        let shown = path.display().to_string();
        let begun = File::create(path).and_then(|file| {
            let mut file = BufWriter::new(file);
            // A pipe cannot go back to the numbers: told before the work begins.
            file.rewind()?;
            file.write_all(junit::begin(SUITE, Counts::default()).as_bytes())?;
            Ok(file)
        });
        match begun {
            Ok(file) => Ok(Self { file, path: shown, counts: Counts::default(), language }),
            Err(error) => Err(not_written(&shown, &error)),
        }
    }

    pub(super) fn add(&mut self, row: &Row, shown: &ReplayRow) -> Result<(), Failure> {
        let message;
        let proof = row.result.as_ref().map(proof).unwrap_or_default();
        let case = match (&row.result, shown.failure(self.language)) {
            (Err(error), _) => {
                message = error.to_string();
                Case::Broken(&message)
            }
            (Ok(_), Some(failure)) => {
                message = failure;
                Case::Failed(&message, &proof)
            }
            (Ok(_), None) => Case::Passed,
        };
        self.put(&row.id, case)
    }

    /// Adds a recording that only an earlier batch had.
    pub(super) fn add_missing(&mut self, id: &str) -> Result<(), Failure> {
        let message = missing();
        let proof = [id.to_owned()];
        self.put(id, Case::Failed(message.in_language(self.language), &proof))
    }

    fn put(&mut self, id: &str, case: Case<'_>) -> Result<(), Failure> {
        self.counts.add(case);
        let text = junit::case("replay", id, case);
        let written = self.file.write_all(text.as_bytes());
        written.map_err(|error| not_written(&self.path, &error))
    }

    pub(super) fn end(mut self) -> Result<(), Failure> {
        let begin = junit::begin(SUITE, self.counts);
        let mut finish = || {
            self.file.write_all(junit::END.as_bytes())?;
            self.file.rewind()?;
            self.file.write_all(begin.as_bytes())?;
            self.file.flush()
        };
        finish().map_err(|error| not_written(&self.path, &error))
    }
}

fn not_written(path: &str, error: &io::Error) -> Failure {
    Failure::with_detail(Exit::Io, &format!("{path}: {error}"))
}
