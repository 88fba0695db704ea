//! A script and the files that it includes, read from its folder and nowhere else.

use std::path::{Path, PathBuf};

use super::super::card::read_file;
use super::super::failure::Failure;
use crate::report::Exit;
use crate::script::{Known, Program, ScriptError, link};
use crate::session::limits::MAX_SESSION;
use crate::session::text::Document;

/// Reads a script with all that it includes.
pub(super) fn program(path: &Path, known: &Known<'_>) -> Result<Program, Failure> {
    let folder = path.parent().filter(|_| path != Path::new("-"));
    let linked = link(&document(path)?, known, &mut |include: &str| {
        Ok::<_, Unusable>(document(&within(folder, include)?)?)
    });
    linked.map_err(|unusable| match unusable {
        Unusable::Load(failure) => failure,
        Unusable::Script(error) if error.file.is_empty() => bad(path, &error.to_string()),
        Unusable::Script(error) => bad(path, &format!("{}, {error}", error.file)),
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

fn document(path: &Path) -> Result<Document, Failure> {
    let bytes = read_file(path, MAX_SESSION)?;
    Document::parse(&bytes).map_err(|error| bad(path, &error.to_string()))
}

/// Where a file is wrong, and what it should say. Nothing of its text: a script may
/// be a recording, and any line of that a person's.
fn bad(path: &Path, told: &str) -> Failure {
    Failure::with_detail(Exit::BadInput, &format!("{}, {told}", path.display()))
}
