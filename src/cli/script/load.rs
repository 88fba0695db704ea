//! A script and the files that it includes, read from its folder and nowhere else.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::super::card::read_file;
use super::super::failure::Failure;
use crate::report::{Exit, width};
use crate::script::{Known, Program, ScriptError, link};
use crate::session::limits::MAX_SESSION;
use crate::session::text::Document;

/// Reads a script with all that it includes.
pub(super) fn program(path: &Path, known: &Known<'_>) -> Result<Program, Failure> {
    let (document, text) = document(path)?;
    let folder = path.parent().filter(|_| path != Path::new("-"));
    let mut texts = vec![(String::new(), text)];
    let linked = link(&document, known, &mut |include: &str| {
        let (document, text) = self::document(&within(folder, include)?)?;
        texts.push((include.to_owned(), text));
        Ok::<_, Unusable>(document)
    });
    linked.map_err(|unusable| match unusable {
        Unusable::Load(failure) => failure,
        Unusable::Script(error) => {
            let text = texts.iter().find(|(name, _)| *name == error.file);
            let text = text.map(|(_, text)| text.as_str()).unwrap_or_default();
            let shown = match error.file.as_str() {
                "" => path.display().to_string(),
                file => format!("{}, {file}", path.display()),
            };
            bad(&shown, &error.to_string(), text, error.line, error.column)
        }
    })
}

/// Why there is no program: a file, or what a file says.
enum Unusable {
    Load(Failure),
    Script(ScriptError),
}

impl From<ScriptError> for Unusable {
    fn from(error: ScriptError) -> Self {
        Self::Script(error)
    }
}

impl From<Failure> for Unusable {
    fn from(failure: Failure) -> Self {
        Self::Load(failure)
    }
}

/// The file that a script includes. No path leads out of the folder by its words;
/// a link could.
fn within(folder: Option<&Path>, include: &str) -> Result<PathBuf, Failure> {
    let folder = folder.ok_or_else(|| {
        let detail = format!("include {include}: standard input is in no folder");
        Failure::with_detail(Exit::BadInput, &detail)
    })?;
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let path = folder.join(include);
    let real = |path: &Path| {
        path.canonicalize().map_err(|error| {
            Failure::with_detail(Exit::Io, &format!("{}: {error}", path.display()))
        })
    };
    if real(&path)?.starts_with(real(folder)?) {
        return Ok(path);
    }
    let detail = format!("{}: a link out of the script's folder", path.display());
    Err(Failure::with_detail(Exit::BadInput, &detail))
}

fn document(path: &Path) -> Result<(Document, String), Failure> {
    let bytes = read_file(path, MAX_SESSION)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    match Document::parse(&bytes) {
        Ok(document) => Ok((document, text)),
        Err(error) => {
            let shown = path.display().to_string();
            Err(bad(&shown, &error.to_string(), &text, error.line, error.column))
        }
    }
}

/// What is wrong, the line itself, and a caret below the place. Of an answer only
/// the form is shown: it may be a person's.
fn bad(file: &str, told: &str, text: &str, line: usize, column: usize) -> Failure {
    let found = line.checked_sub(1).and_then(|index| text.lines().nth(index));
    let mut detail = format!("{file}, {told}");
    if let Some(found) = found {
        let shown = excerpt(found, column.saturating_sub(1));
        detail.push_str(&shown);
    }
    Failure::with_detail(Exit::BadInput, &detail)
}

/// So many characters before and behind the place are shown.
const AROUND: usize = 36;

fn excerpt(line: &str, at: usize) -> String {
    let from = at.saturating_sub(AROUND);
    let is_answer = line.trim_start().starts_with('<');
    let shown = |(index, character): (usize, char)| match character {
        '\t' | '\u{FEFF}' => ' ',
        c if c.is_control() => '\u{FFFD}',
        c if is_answer && index.abs_diff(at) > 1 && c.is_ascii_hexdigit() => '*',
        c => c,
    };
    let known = words(line);
    let shown = |(index, character)| match known.contains(&index) {
        true => character,
        false => shown((index, character)),
    };
    let characters = line.chars().enumerate().skip(from);
    let text: String = characters.take(AROUND.saturating_mul(2)).map(shown).collect();
    let before: String = text.chars().take(at.saturating_sub(from)).collect();
    format!("\n    {text}\n    {}^", " ".repeat(width(&before)))
}

/// Words of the language of scripts in an answer's line.
const WORDS: [&str; 5] = ["sw", "len", "tlv", "max", "ms"];

/// Where the characters of such words stand.
fn words(line: &str) -> BTreeSet<usize> {
    let mut at = 0_usize;
    let mut found = BTreeSet::new();
    for word in line.split(' ') {
        let end = at.saturating_add(word.chars().count());
        if WORDS.contains(&word) {
            found.extend(at..end);
        }
        at = end.saturating_add(1);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_below_the_place() {
        assert_eq!(excerpt("> 00 G4", 5), "\n    > 00 G4\n         ^");
        assert_eq!(excerpt("- 社保 x", 5), "\n    - 社保 x\n           ^");
        assert_eq!(excerpt("< 41 42 4G 43", 9), "\n    < ** ** 4G **\n             ^");
        assert_eq!(excerpt("< max -5 ms", 6), "\n    < max -5 ms\n          ^");
        assert_eq!(excerpt("< len 4x 6C", 7), "\n    < len 4x **\n           ^");
        let long = format!("> {}G", "00".repeat(100));
        assert!(excerpt(&long, 202).ends_with(&format!("0G\n    {}^", " ".repeat(36))));
    }
}
