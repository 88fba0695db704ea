//! The rows of an earlier batch, each beside the row of the same recording today. As
//! long as both are in one order, a row is read when it is wanted and nothing is
//! kept; from the first that is not, an index tells where each of the others stands.

use std::fs::File;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::Path;

use serde_json::Value;

use super::super::failure::Failure;
use crate::report::Exit;
use crate::report::replay::ReplayRow;
use crate::session::limits::MAX_LINE;

/// What is still to be compared with.
pub(super) struct Old {
    name: String,
    reader: BufReader<File>,
    /// Where the reader stands.
    at: u64,
    number: u64,
    index: Option<Index>,
}

/// A row of an earlier batch.
struct OldRow {
    id: String,
    value: Value,
    at: u64,
}

impl Old {
    /// Leaves out so many rows from the first, as the batch leaves out recordings.
    pub(super) fn open(path: &Path, skip: u64) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let file = File::open(path)
            .map_err(|error| Failure::with_detail(Exit::Io, &format!("{name}: {error}")))?;
        let mut old = Self { name, reader: BufReader::new(file), at: 0, number: 0, index: None };
        for _ in 0..skip {
            if old.row()?.is_none() {
                break;
            }
        }
        Ok(old)
    }

    /// Compares the row of the same recording with that of today.
    pub(super) fn compare(&mut self, row: &mut ReplayRow) -> Result<(), Failure> {
        if self.index.is_none() {
            match self.row()? {
                Some(old) if old.id == row.id => {
                    row.compare(&old.value);
                    return Ok(());
                }
                other => self.index = Some(self.index_from(other)?),
            }
        }
        match self.find(&row.id)? {
            Some(old) => row.compare(&old),
            None => row.appeared(),
        }
        Ok(())
    }

    /// The next recording that had a row and has none today, when those of today are at
    /// an end.
    pub(super) fn missing(&mut self) -> Result<Option<String>, Failure> {
        let Some(index) = &mut self.index else {
            return Ok(self.row()?.map(|row| row.id));
        };
        let Some(at) = index.first_left() else { return Ok(None) };
        self.row_at(at).map(|row| row.map(|row| row.id))
    }

    /// All rows that are left, from one that was read already.
    fn index_from(&mut self, first: Option<OldRow>) -> Result<Index, Failure> {
        let mut places = Vec::new();
        let mut next = first;
        while let Some(row) = next {
            places.push((hash(&row.id), row.at));
            next = self.row()?;
        }
        Ok(Index::new(places))
    }

    fn find(&mut self, id: &str) -> Result<Option<Value>, Failure> {
        let hash = hash(id);
        for candidate in 0_usize.. {
            let place = self.index.as_ref().and_then(|index| index.place(hash, candidate));
            let Some(at) = place else { break };
            if let Some(row) = self.row_at(at)?.filter(|row| row.id == id) {
                self.index.iter_mut().for_each(|index| index.take(hash, candidate));
                return Ok(Some(row.value));
            }
        }
        Ok(None)
    }

    fn row_at(&mut self, at: u64) -> Result<Option<OldRow>, Failure> {
        // What is in the buffer is not read again.
        let step = at.wrapping_sub(self.at).cast_signed();
        self.reader.seek_relative(step).map_err(|error| self.lost(&error))?;
        self.at = at;
        self.row()
    }

    /// The next row that is not empty.
    fn row(&mut self) -> Result<Option<OldRow>, Failure> {
        let mut line = Vec::new();
        loop {
            let at = self.at;
            self.number = self.number.saturating_add(1);
            line.clear();
            let most = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
            let read = self.reader.by_ref().take(most).read_until(b'\n', &mut line);
            let read = read.map_err(|error| self.lost(&error))?;
            self.at = at.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
            if read == 0 {
                return Ok(None);
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            let value: Option<Value> = serde_json::from_slice(&line).ok();
            let id = value.as_ref().and_then(|value| value.get("id")?.as_str().map(str::to_owned));
            return match value.zip(id) {
                Some((value, id)) => Ok(Some(OldRow { id, value, at })),
                None => Err(self.bad("no row of replay --ndjson")),
            };
        }
    }

    fn bad(&self, what: &str) -> Failure {
        let detail = format!("{}, line {}: {what}", self.name, self.number);
        Failure::with_detail(Exit::BadInput, &detail)
    }

    fn lost(&self, error: &io::Error) -> Failure {
        let told = match error.kind() {
            io::ErrorKind::NotSeekable => {
                "is in another order than the recordings, and can be read once: make it a file"
            }
            _ => return Failure::with_detail(Exit::Io, &format!("{}: {error}", self.name)),
        };
        Failure::with_detail(Exit::Io, &format!("{} {told}", self.name))
    }
}

fn hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

/// Where rows stand, by the hash of their recording: sixteen bytes for each.
struct Index {
    /// Hash and place, in this order; of one hash those that were found come first.
    places: Vec<(u64, u64)>,
    /// Places of rows that no recording asked for, the last first.
    left: Option<Vec<u64>>,
}

/// Marks the place of a row that was found. No file is so large.
const FOUND: u64 = 1 << 63;

impl Index {
    fn new(mut places: Vec<(u64, u64)>) -> Self {
        places.sort_unstable();
        Self { places, left: None }
    }

    /// Places of this hash; how many of them were found.
    fn run(&self, hash: u64) -> (std::ops::Range<usize>, usize) {
        let begin = self.places.partition_point(|(other, _)| *other < hash);
        let behind = self.places.get(begin..).unwrap_or_default();
        let length = behind.partition_point(|(other, _)| *other == hash);
        let run = behind.get(..length).unwrap_or_default();
        let found = run.partition_point(|(_, place)| place & FOUND != 0);
        (begin..begin.saturating_add(length), found)
    }

    /// The place of a row that may be the wanted one, and was not found yet.
    fn place(&self, hash: u64, candidate: usize) -> Option<u64> {
        let (run, found) = self.run(hash);
        let rest = self.places.get(run)?.get(found..)?;
        rest.get(candidate).map(|(_, place)| *place)
    }

    fn take(&mut self, hash: u64, candidate: usize) {
        let (run, found) = self.run(hash);
        let rest = self.places.get_mut(run).and_then(|run| run.get_mut(found..));
        let taken = rest.and_then(|rest| rest.get_mut(..=candidate));
        if let Some(taken) = taken {
            taken.rotate_right(1);
            taken.iter_mut().take(1).for_each(|(_, place)| *place |= FOUND);
        }
    }

    /// Where the first row stands that was not found, in the order of the file; each
    /// once.
    fn first_left(&mut self) -> Option<u64> {
        let places = &self.places;
        let left = self.left.get_or_insert_with(|| {
            let left = places.iter().map(|(_, place)| *place).filter(|place| place & FOUND == 0);
            let mut left: Vec<u64> = left.collect();
            left.sort_unstable_by(|one, two| two.cmp(one));
            left
        });
        left.pop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_one_hash_are_told_apart_and_found_once() {
        let mut index = Index::new(vec![(7, 30), (5, 10), (7, 20), (9, 40)]);
        assert_eq!(
            (index.place(7, 0), index.place(7, 1), index.place(7, 2)),
            (Some(20), Some(30), None)
        );
        index.take(7, 1);
        assert_eq!((index.place(7, 0), index.place(7, 1)), (Some(20), None));
        index.take(5, 0);
        assert_eq!((index.place(5, 0), index.place(6, 0)), (None, None));
        let left: Vec<u64> = std::iter::from_fn(|| index.first_left()).collect();
        assert_eq!(left, [20, 40]);
    }
}
