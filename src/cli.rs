//! The command line: one file per command; the only place that prints. The
//! output handles are passed in, so that tests see what a user sees.

mod arguments;
mod card;
mod check;
mod clock;
mod decode;
mod failure;
mod output;
mod read;
#[cfg(feature = "pcsc")]
mod readers;
mod record;
mod serve;

use std::ffi::OsString;

use clap::Parser;
use clap::error::ErrorKind;

use arguments::{Arguments, Command};
use failure::Failure;
pub use output::Output;

use crate::report::{Exit, Language};

/// Runs the program; gives back its exit code. A broken pipe is not an error.
pub fn run(arguments: Vec<OsString>, output: &mut Output<'_>) -> u8 {
    let wants_json = arguments.iter().any(|argument| argument == "--json");
    output.begin(wanted_language(&arguments), wants_json);
    let parsed = match Arguments::try_parse_from(arguments) {
        Ok(parsed) => parsed,
        Err(error) => return usage(&error, output).code(),
    };
    output.begin(parsed.common.language(), parsed.common.json);
    let name = parsed.command.name();
    let result = match &parsed.command {
        Command::Check(check) => check::run(check, &parsed.common, output),
        Command::Read(read) => read::run(read, &parsed.common, output),
        #[cfg(feature = "pcsc")]
        Command::Readers(readers) => readers::run(readers, output),
        Command::Virtual(serve) => serve::run(serve, output),
        Command::Decode(decode) => decode::run(decode, &parsed.common, output),
    };
    match result {
        Ok(exit) => exit.code(),
        Err(failure) => output.fail(name, &failure).code(),
    }
}

/// The language of messages about arguments that do not parse.
fn wanted_language(arguments: &[OsString]) -> Language {
    let after = arguments.iter().skip_while(|argument| *argument != "--lang").nth(1);
    let is = |name: &str| {
        after.is_some_and(|value| value == name)
            || arguments.iter().any(|argument| *argument == *format!("--lang={name}"))
    };
    match (is("zh"), is("en")) {
        (true, _) => Language::Chinese,
        (_, true) => Language::English,
        _ => arguments::language_of_locale(),
    }
}

/// Help and version go to standard output; anything else is wrong usage.
fn usage(error: &clap::Error, output: &mut Output<'_>) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            output.text(&error.render().to_string());
            Exit::Healthy
        }
        _ => {
            let text = error.render().to_string();
            output.fail("sscard", &Failure::with_detail(Exit::Usage, text.trim_end()))
        }
    }
}
