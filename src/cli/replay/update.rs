//! Another `@expect` in the files whose verdict is another now.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use super::super::arguments::Replay;
use super::super::failure::Failure;
use super::super::private;
use crate::batch::{Form, Work};
use crate::report::Exit;
use crate::report::replay::ReplayRow;

/// Standard input cannot be rewritten: told before the work begins.
pub(super) fn allow(arguments: &Replay) -> Result<(), Failure> {
    let is_piped = arguments.paths.iter().any(|path| path == Path::new("-"));
    if arguments.update_expect && is_piped {
        let detail = "--update-expect: standard input cannot be rewritten, name files";
        return Err(Failure::with_detail(Exit::Usage, detail));
    }
    Ok(())
}

/// Rewrites `@expect` where something else came out or nothing was expected, and
/// says so; the recording then is as expected. A line among others stays as it is.
/// A file that cannot be rewritten does not stop the others.
pub(super) fn update(work: &Work, row: &mut ReplayRow) -> String {
    let (Some(new), Ok(bytes)) = (row.verdict(), &work.bytes) else { return String::new() };
    let old = row.expectation();
    if old.is_some() && row.passed {
        return String::new();
    }
    if work.form == Form::Ndjson {
        return format!("{}: --update-expect leaves files of many sessions alone\n", row.id);
    }
    let text = String::from_utf8_lossy(bytes);
    let change = format!("@expect {} → {new}", old.as_deref().unwrap_or("–"));
    match replace(Path::new(&work.id), &with_expectation(&text, &new)) {
        Ok(()) => {
            row.accept();
            format!("{}: {change}\n", work.id)
        }
        Err(error) => {
            row.not_rewritten(format!("{change}: {error}"));
            String::new()
        }
    }
}

/// Writes a file anew beside the old one, then puts it in its place: a recording is
/// whole at every moment.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = path.canonicalize()?;
    // One that may not be written is not replaced either.
    OpenOptions::new().write(true).open(&path)?;
    let (mut file, new) = private::beside(&path)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.set_permissions(path.metadata()?.permissions()))
        .and_then(|()| std::fs::rename(&new, &path));
    written.inspect_err(|_| {
        let _ = std::fs::remove_file(&new);
    })
}

/// The text of a recording with another `@expect`.
fn with_expectation(text: &str, expectation: &str) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let is_expect = |line: &&str| line.trim_start().starts_with("@expect");
    let is_header =
        |line: &&str| line.trim_start().starts_with('@') || line.contains("# sscard-apdu");
    let (keep, skip) = match lines.iter().position(is_expect) {
        Some(at) => (at, at.saturating_add(1)),
        None => {
            let end = lines.iter().rposition(is_header).map_or(0, |at| at.saturating_add(1));
            (end, end)
        }
    };
    let end = if lines.first().is_some_and(|line| line.ends_with("\r\n")) { "\r\n" } else { "\n" };
    let line = format!("@expect    {expectation}{end}");
    let (before, after) = (lines.iter().take(keep), lines.iter().skip(skip));
    before.copied().chain([line.as_str()]).chain(after.copied()).collect()
}
