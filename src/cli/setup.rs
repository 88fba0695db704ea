//! `sscard completions` and `sscard man`: made of the command line itself, so that
//! they cannot say anything else than `--help`.

use std::path::Path;

use clap::Command;
use clap_complete::{generate, shells};

use super::arguments::{Completions, Man, Shell};
use super::failure::Failure;
use super::help;
use super::output::Output;
use crate::report::Exit;

pub(super) fn completions(
    arguments: &Completions,
    output: &mut Output<'_>,
) -> Result<Exit, Failure> {
    let (mut command, mut text) = (help::command(), Vec::new());
    let name = "sscard";
    match arguments.shell {
        Shell::Bash => generate(shells::Bash, &mut command, name, &mut text),
        Shell::Zsh => generate(shells::Zsh, &mut command, name, &mut text),
        Shell::Fish => generate(shells::Fish, &mut command, name, &mut text),
        Shell::Power => generate(shells::PowerShell, &mut command, name, &mut text),
    }
    output.plain("completions", &String::from_utf8_lossy(&text))?;
    Ok(Exit::Healthy)
}

pub(super) fn man(arguments: &Man, output: &mut Output<'_>) -> Result<Exit, Failure> {
    let mut command = help::command().disable_help_subcommand(true);
    command.build();
    if let Some(folder) = &arguments.all {
        std::fs::create_dir_all(folder).map_err(|error| not_written(folder, &error))?;
        all(&command, folder)?;
        return Ok(Exit::Healthy);
    }
    let mut found = &command;
    for name in &arguments.path {
        let detail = || format!("man: no command `{}`", arguments.path.join(" "));
        found = found
            .find_subcommand(name)
            .ok_or_else(|| Failure::with_detail(Exit::Usage, &detail()))?;
    }
    output.plain("man", &page(found)?)?;
    Ok(Exit::Healthy)
}

/// Every page as a file, `sscard.1`, `sscard-check.1`, ….
fn all(command: &Command, folder: &Path) -> Result<(), Failure> {
    let name = command.get_display_name().unwrap_or(command.get_name());
    let path = folder.join(format!("{name}.1"));
    std::fs::write(&path, page(command)?).map_err(|error| not_written(&path, &error))?;
    command.get_subcommands().try_for_each(|below| all(below, folder))
}

fn page(command: &Command) -> Result<String, Failure> {
    let mut text = Vec::new();
    let rendered = clap_mangen::Man::new(command.clone())
        .source(concat!("sscard ", env!("CARGO_PKG_VERSION")))
        .render(&mut text);
    rendered.map_err(|error| Failure::with_detail(Exit::Internal, &error.to_string()))?;
    // The examples keep their lines.
    let text = String::from_utf8_lossy(&text);
    Ok(text.replace(".SH EXTRA\nExamples:\n", ".SH EXAMPLES\n.nf\n"))
}

fn not_written(path: &Path, error: &std::io::Error) -> Failure {
    Failure::with_detail(Exit::Io, &format!("{}: {error}", path.display()))
}
