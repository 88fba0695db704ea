//! The command line: one file per command; the only place that prints. The
//! output handles are passed in, so that tests see what a user sees.

mod arguments;
mod card;
mod check;
mod clock;
mod decode;
mod diff;
#[cfg(feature = "pcsc")]
mod doctor;
mod failure;
mod guide;
mod help;
mod import;
mod output;
mod page;
mod private;
mod profile;
mod read;
#[cfg(feature = "pcsc")]
mod readers;
mod record;
mod replay;
mod schema;
mod script;
mod scrub;
mod serve;
mod setup;
#[cfg(feature = "pcsc")]
mod watch;

use std::ffi::OsString;

use clap::FromArgMatches as _;
use clap::error::ErrorKind;

use arguments::{Arguments, Command};
use failure::Failure;
pub use output::Output;

use crate::report::{Exit, Language};

/// Runs the program; gives back its exit code. A broken pipe is not an error.
pub fn run(arguments: Vec<OsString>, output: &mut Output<'_>) -> u8 {
    let command = command_of(&arguments);
    begin(&arguments, output);
    let matches = help::command().try_get_matches_from(arguments);
    let parsed = match matches.and_then(|matches| Arguments::from_arg_matches(&matches)) {
        Ok(parsed) => parsed,
        Err(error) => {
            let exit = usage(&error, command.as_deref().unwrap_or("sscard"), output);
            return output.finish(exit).code();
        }
    };
    output.begin(parsed.common.language(), parsed.common.json);
    let name = parsed.command.name();
    let result = match &parsed.command {
        Command::Check(check) => check::run(check, &parsed.common, output),
        Command::Read(read) => read::run(read, &parsed.common, output),
        #[cfg(feature = "pcsc")]
        Command::Readers(readers) => readers::run(readers, output),
        #[cfg(feature = "pcsc")]
        Command::Watch(arguments) => watch::run(arguments, &parsed.common, output),
        #[cfg(feature = "pcsc")]
        Command::Doctor(arguments) => doctor::run(arguments, output),
        Command::Virtual(serve) => serve::run(serve, output),
        Command::Profile(arguments) => profile::run(arguments, output),
        Command::Run(run) => script::run(run, &parsed.common, output),
        Command::Record(record) if !record.instead.is_empty() => {
            script::record(record, &parsed.common, output)
        }
        Command::Record(record) => check::record(record, &parsed.common, output),
        Command::Replay(replay) => replay::run(replay, output),
        Command::Diff(arguments) => diff::run(arguments, &parsed.common, output),
        Command::Scrub(arguments) => scrub::run(arguments, output),
        Command::Import(arguments) => import::run(arguments, &parsed.common, output),
        Command::Guide(_) => guide::run(output),
        Command::Schema(_) => schema::run(output),
        Command::Completions(arguments) => setup::completions(arguments, output),
        Command::Man(arguments) => setup::man(arguments, output),
        Command::Decode(decode) => decode::run(decode, &parsed.common, output),
    };
    let exit = match result {
        Ok(exit) => exit,
        Err(failure) => output.fail(name, &failure),
    };
    output.finish(exit).code()
}

/// Tells that this program failed, and where in its source; gives back the exit
/// code. The terminal is given back first.
pub fn defect(place: &str, arguments: &[OsString], output: &mut Output<'_>) -> u8 {
    #[cfg(feature = "pcsc")]
    watch::give_back();
    begin(arguments, output);
    let failure = Failure::with_detail(Exit::Internal, place);
    let exit = output.fail(command_of(arguments).as_deref().unwrap_or("sscard"), &failure);
    output.finish(exit).code()
}

/// Language and form by arguments that may not parse.
fn begin(arguments: &[OsString], output: &mut Output<'_>) {
    let wants_json = arguments.iter().any(|argument| argument == "--json");
    output.begin(wanted_language(arguments), wants_json);
}

/// The command that was meant, for arguments that do not parse.
fn command_of(arguments: &[OsString]) -> Option<String> {
    let known = help::command();
    let names: Vec<String> = known.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    let words = arguments.iter().skip(1).filter_map(|word| word.to_str());
    words.map(str::to_owned).find(|word| names.contains(word))
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
fn usage(error: &clap::Error, command: &str, output: &mut Output<'_>) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            match output.plain(command, &error.render().to_string()) {
                Ok(()) => Exit::Healthy,
                Err(failure) => output.fail(command, &failure),
            }
        }
        _ => {
            let text = error.render().to_string();
            let failure = Failure::with_detail(Exit::Usage, text.trim_end());
            match command {
                "check" => check::fail_early(output, &failure),
                _ => output.fail(command, &failure),
            }
        }
    }
}
