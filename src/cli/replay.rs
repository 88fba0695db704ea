//! `sscard replay`: recorded sessions judged by today's rules, and compared with
//! what each expects.

mod input;

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, IsTerminal as _, Write as _};
use std::path::Path;

use super::arguments::Replay;
use super::clock;
use super::failure::Failure;
use super::output::Output;
use crate::batch::{Row, Work, judge_all};
use crate::report::Exit;
use crate::report::junit::{self, Case};
use crate::report::replay::{ReplayRow, Summary, proof, replay};
use crate::session::Header;
use input::Works;

/// So many recordings are in memory at once, for each thread.
const SHARE: usize = 256;

pub(super) fn run(arguments: &Replay, output: &mut Output<'_>) -> Result<Exit, Failure> {
    let today = clock::day(None, &Header::default());
    let mut report = arguments.junit.as_deref().map(Report::begin).transpose()?;
    let mut old = arguments.against.as_deref().map(rows_of).transpose()?;
    let mut works = Works::new(&arguments.paths).skipping(arguments.skip);
    let (mut summary, mut done) = (Summary::default(), 0_u64);
    let jobs = arguments.jobs.max(1);
    'batch: loop {
        let batch = works.next_batch(SHARE.saturating_mul(jobs))?;
        if batch.is_empty() {
            break;
        }
        let rows = judge_all(&batch, today, jobs);
        for (work, row) in batch.iter().zip(&rows) {
            let shown = ReplayRow::new(row);
            summary.add(&shown);
            if let Some(old) = &mut old {
                compare(old, &shown, &mut summary, arguments, output)?;
            }
            if let Some(report) = &mut report {
                report.add(row, &shown)?;
            }
            if arguments.update_expect {
                update(work, &shown, output)?;
            }
            print(&shown, arguments, output)?;
            done = done.saturating_add(1);
            if arguments.fail_fast && summary.exit() != Exit::Healthy {
                break 'batch;
            }
        }
        progress(done, arguments);
    }
    if let Some(report) = report {
        report.end()?;
    }
    if output.is_json() {
        output.document(&replay(&summary))?;
    } else if !arguments.ndjson {
        let lines = summary.lines(output.language());
        output.text(&lines.iter().map(|line| format!("{line}\n")).collect::<String>());
    }
    Ok(summary.exit())
}

/// A row for each recording with `--ndjson`; else only what is not as expected.
fn print(row: &ReplayRow, arguments: &Replay, output: &mut Output<'_>) -> Result<(), Failure> {
    if arguments.ndjson {
        let line = serde_json::to_string(row)
            .map_err(|error| Failure::with_detail(Exit::Internal, &error.to_string()))?;
        output.text(&(line + "\n"));
        return Ok(());
    }
    if output.is_json() {
        return Ok(());
    }
    if let Some(error) = &row.error {
        output.text(&format!("{}: {error}\n", row.id));
    }
    for (key, wanted, found) in row.differences() {
        output.text(&format!("{}: {key} {wanted} → {found}\n", row.id));
    }
    Ok(())
}

/// A report that is being written.
struct Report {
    file: BufWriter<File>,
    path: String,
}

impl Report {
    fn begin(path: &Path) -> Result<Self, Failure> {
        let shown = path.display().to_string();
        let file = File::create(path).map_err(|error| not_written(&shown, &error))?;
        let mut report = Self { file: BufWriter::new(file), path: shown };
        report.write(&junit::begin("sscard replay"))?;
        Ok(report)
    }

    fn write(&mut self, text: &str) -> Result<(), Failure> {
        self.file.write_all(text.as_bytes()).map_err(|error| not_written(&self.path, &error))
    }

    fn add(&mut self, row: &Row, shown: &ReplayRow) -> Result<(), Failure> {
        let group = "replay";
        let judged = match &row.result {
            Ok(judged) => judged,
            Err(error) => {
                let broken = Case::Broken(&error.to_string());
                return self.write(&junit::case(group, &row.id, broken));
            }
        };
        let differences = shown.differences();
        if differences.is_empty() {
            return self.write(&junit::case(group, &row.id, Case::Passed));
        }
        let lines = differences.iter();
        let lines = lines.map(|(key, wanted, found)| format!("{key} {wanted} → {found}"));
        let message = lines.collect::<Vec<_>>().join("; ");
        self.write(&junit::case(group, &row.id, Case::Failed(&message, &proof(judged))))
    }

    fn end(mut self) -> Result<(), Failure> {
        self.write(junit::END)?;
        self.file.flush().map_err(|error| not_written(&self.path, &error))
    }
}

fn not_written(path: &str, error: &std::io::Error) -> Failure {
    Failure::with_detail(Exit::Io, &format!("{path}: {error}"))
}

/// The rows of an earlier batch, in the same order.
type Rows = std::io::Lines<BufReader<File>>;

fn rows_of(path: &Path) -> Result<Rows, Failure> {
    let file = File::open(path);
    let file = file
        .map_err(|error| Failure::with_detail(Exit::Io, &format!("{}: {error}", path.display())))?;
    Ok(BufReader::new(file).lines())
}

/// The next row of the earlier batch beside that of today.
fn compare(
    old: &mut Rows,
    row: &ReplayRow,
    summary: &mut Summary,
    arguments: &Replay,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let bad = |detail: String| {
        let path = arguments.against.as_deref().unwrap_or(Path::new("")).display();
        Failure::with_detail(Exit::BadInput, &format!("{path}: {detail}"))
    };
    let line = old.next().ok_or_else(|| bad(format!("ends before {}", row.id)))?;
    let line = line.map_err(|error| bad(error.to_string()))?;
    let before: serde_json::Value =
        serde_json::from_str(&line).map_err(|error| bad(error.to_string()))?;
    let text = |key: &str| before.get(key).and_then(|value| value.as_str()).map(str::to_owned);
    if text("id").as_deref() != Some(row.id.as_str()) {
        let found = text("id").unwrap_or_default();
        return Err(bad(format!("another order: {found}, expected {}", row.id)));
    }
    let was = [text("card"), text("generation"), text("outcome")].map(Option::unwrap_or_default);
    let was = format!("card={} generation={} outcome={}", was[0], was[1], was[2]);
    let is = row.expectation().unwrap_or_else(|| "card= generation= outcome=".into());
    if was != is {
        summary.changed = summary.changed.saturating_add(1);
        if !arguments.ndjson && !output.is_json() {
            output.text(&format!("{}: {was} → {is}\n", row.id));
        }
    }
    Ok(())
}

/// Rewrites `@expect` of a file of its own, and says so.
fn update(work: &Work, row: &ReplayRow, output: &mut Output<'_>) -> Result<(), Failure> {
    let (Some(new), true) = (row.expectation(), work.form == crate::batch::Form::Apdu) else {
        return Ok(());
    };
    if row.differences().is_empty() && row.error.is_none() {
        return Ok(());
    }
    let text = input::with_expectation(&work.text, &new);
    std::fs::write(&work.id, text)
        .map_err(|error| Failure::with_detail(Exit::Io, &format!("{}: {error}", work.id)))?;
    output.text(&format!("{}: @expect {new}\n", work.id));
    Ok(())
}

/// How far it is, where somebody watches.
fn progress(done: u64, arguments: &Replay) {
    if std::io::stderr().is_terminal() && !arguments.ndjson {
        let _ = write!(std::io::stderr(), "\r{done} ");
    }
}
