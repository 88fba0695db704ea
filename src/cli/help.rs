//! The command line as clap sees it, its commands grouped by who uses them.

use clap::builder::StringValueParser;
use clap::{Command, CommandFactory as _};

use super::arguments::{Arguments, offered};

/// Who uses which commands, in the order of the help.
const GROUPS: [(&str, &[&str]); 4] = [
    ("At the counter 柜台窗口", &["check", "watch", "guide"]),
    ("In the field 技术支持", &["doctor", "readers", "read", "decode", "run"]),
    (
        "In the laboratory 测试",
        &["record", "replay", "diff", "scrub", "import", "virtual", "profile"],
    ),
    ("Setting up 安装与集成", &["schema", "completions", "man", "help"]),
];

/// The whole command line; every use of it begins here.
pub(super) fn command() -> Command {
    let command = Arguments::command();
    let template = template(&command);
    let command = command.help_template(template);
    let names = GROUPS.iter().flat_map(|(_, names)| names.iter().copied());
    let pages: Vec<_> = names.filter(|name| command.find_subcommand(name).is_some()).collect();
    let parser = offered(StringValueParser::new(), &pages);
    command.mut_subcommand("man", |man| {
        man.mut_arg("path", |path| path.value_parser(parser).hide_possible_values(true))
    })
}

/// clap's own order of help, but for the list of commands.
fn template(command: &Command) -> String {
    let mut text = String::from("{about-with-newline}\n{usage-heading} {usage}\n");
    for (heading, names) in GROUPS {
        text.push_str(&format!("\n{heading}\n"));
        for name in names {
            let about = match command.find_subcommand(name) {
                Some(found) => found.get_about().map(ToString::to_string).unwrap_or_default(),
                None if *name == "help" => "Help for a command 命令的帮助".to_owned(),
                // Built without it.
                None => continue,
            };
            text.push_str(&format!("  {name:<12} {about}\n"));
        }
    }
    text + "\nOptions:\n{options}{after-help}\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_belongs_to_one_group_and_shows_examples() {
        let command = Arguments::command();
        for found in command.get_subcommands() {
            let name = found.get_name();
            let homes = GROUPS.iter().flat_map(|(_, names)| *names).filter(|other| **other == name);
            assert_eq!(homes.count(), 1, "{name} in src/cli/help.rs");
            let after = found.get_after_help().map(ToString::to_string).unwrap_or_default();
            let line = format!("\n  sscard {name}");
            assert!(after.starts_with("Examples:") && after.contains(&line), "{name}: {after}");
        }
    }

    #[test]
    fn help_fits_a_narrow_terminal() {
        let help = command().render_help().to_string();
        let list = help.lines().skip_while(|line| !line.starts_with("At the counter"));
        for line in list.take_while(|line| *line != "Options:") {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= 100, "{line}");
        }
        assert!(help.contains("  check "), "{help}");
    }
}
