//! `sscard profile`: the tables, and the mistakes in somebody's own.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::arguments::{ProfileArguments, ProfileCommand};
use super::card::read_file;
use super::failure::Failure;
use super::output::Output;
use crate::profile::regional::{self, Table};
use crate::report::regional::{MistakeDocument, Profile, not_together, profiles};
use crate::report::{ErrorDocument, Exit, Language};
use crate::session::limits::MAX_TABLE;

#[derive(Serialize)]
struct ProfileDocument {
    schema_version: &'static str,
    command: &'static str,
    exit_code: u8,
    error: Option<ErrorDocument>,
    #[serde(flatten)]
    body: Body,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Body {
    List { profiles: Vec<Profile> },
    Show { profile: Box<Profile> },
    Check { file: String, mistakes: Vec<MistakeDocument> },
}

pub(super) fn run(arguments: &ProfileArguments, output: &mut Output<'_>) -> Result<Exit, Failure> {
    if let ProfileCommand::Check { file } = &arguments.command {
        return check(file, output);
    }
    load(&arguments.profiles, output.language())?;
    let tables = profiles();
    let ProfileCommand::Show { name } = &arguments.command else {
        let lines: Vec<String> = tables.iter().map(|t| t.line(output.language())).collect();
        let profiles = tables.into_iter().map(Profile::head).collect();
        return print(output, &lines, Exit::Healthy, None, Body::List { profiles });
    };
    let names: Vec<&str> = tables.iter().map(|table| table.name).collect();
    let unknown = || Failure::with_detail(Exit::Usage, &format!("{name}: {}", names.join(", ")));
    let table = tables.iter().find(|table| table.name == name).cloned().ok_or_else(unknown)?;
    let lines = table.lines(output.language());
    print(output, &lines, Exit::Healthy, None, Body::Show { profile: Box::new(table) })
}

fn check(path: &Path, output: &mut Output<'_>) -> Result<Exit, Failure> {
    let file = path.display().to_string();
    let mistakes = read(path)?.err().unwrap_or_default();
    let language = output.language();
    if mistakes.is_empty() {
        let line = match language {
            Language::Chinese => format!("{file}：没有错误。"),
            Language::English => format!("{file}: no mistakes."),
        };
        return print(output, &[line], Exit::Healthy, None, Body::Check { file, mistakes });
    }
    let failure = failure(&file, &mistakes, language);
    if !output.is_json() {
        return Err(failure);
    }
    let body = Body::Check { file, mistakes };
    print(output, &[], failure.exit, Some(failure.document()), body)
}

fn print(
    output: &mut Output<'_>,
    lines: &[String],
    exit: Exit,
    error: Option<ErrorDocument>,
    body: Body,
) -> Result<Exit, Failure> {
    if output.is_json() {
        output.document(&ProfileDocument {
            schema_version: "1.0",
            command: "profile",
            exit_code: exit.code(),
            error,
            body,
        })?;
    } else {
        output.text(&lines.iter().map(|line| format!("{line}\n")).collect::<String>());
    }
    Ok(exit)
}

/// Every mistake, one a line.
fn failure(file: &str, mistakes: &[MistakeDocument], language: Language) -> Failure {
    let lines: Vec<String> = mistakes.iter().map(|mistake| mistake.line(file, language)).collect();
    Failure::with_detail(Exit::BadInput, &lines.join("\n"))
}

/// Reads one table; its name is that of the file.
fn read(path: &Path) -> Result<Result<Table, Vec<MistakeDocument>>, Failure> {
    let bytes = read_file(path, MAX_TABLE)?;
    // What is no UTF-8 shows as such in the message, at its place.
    let text = String::from_utf8_lossy(&bytes);
    let name = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy();
    let table = regional::parse(&name, &text);
    Ok(table.map_err(|mistakes| mistakes.iter().map(MistakeDocument::from).collect()))
}

/// Loads the tables of `--profile`, before anything is asked or judged. All
/// mistakes of all files are told at once.
pub(super) fn load(paths: &[PathBuf], language: Language) -> Result<(), Failure> {
    if paths.is_empty() {
        return Ok(());
    }
    let (mut tables, mut lines) = (Vec::new(), Vec::new());
    for path in paths {
        let file = path.display().to_string();
        match read(path)? {
            Ok(table) => tables.push(table),
            Err(mistakes) => lines.extend(mistakes.iter().map(|m| m.line(&file, language))),
        }
    }
    if !lines.is_empty() {
        return Err(Failure::with_detail(Exit::BadInput, &lines.join("\n")));
    }
    regional::install(tables).map_err(|error| {
        let detail = not_together(&error);
        Failure::with_detail(Exit::BadInput, detail.in_language(language))
    })
}
