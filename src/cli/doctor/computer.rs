//! This computer, and what can be seen of a service that does not answer.

use std::process::{Command, Stdio};
use std::time::Duration;

use jiff::civil::Date;

use crate::report::doctor::{Computer, Service};
use crate::transport::pcsc::{ServiceState, service_state, within};

/// How long a program may take to say its version.
const PATIENCE: Duration = Duration::from_secs(2);

/// What this computer is.
pub(super) fn look(day: Date) -> Computer {
    let architecture = std::env::consts::ARCH;
    let system = release().unwrap_or_else(|| std::env::consts::OS.to_owned());
    let mut versions = vec![concat!("sscard ", env!("CARGO_PKG_VERSION")).to_owned()];
    let shell = std::env::var("ComSpec").unwrap_or_else(|_| "cmd.exe".to_owned());
    let others: &[(&str, &str, &[&'static str])] = match std::env::consts::OS {
        "windows" => &[("Windows", &shell, &["/c", "ver"])],
        "macos" => &[("macOS", "sw_vers", &["-productVersion"])],
        _ => &[("Linux", "uname", &["-r"]), ("pcsc-lite", "pcscd", &["--version"])],
    };
    for (name, program, arguments) in others {
        versions.extend(version(program, arguments).map(|version| format!("{name} {version}")));
    }
    Computer { system: format!("{system}, {architecture}"), day, versions }
}

/// The first version that a program says when asked for it.
fn version(program: &str, arguments: &[&'static str]) -> Option<String> {
    let (program, arguments) = (program.to_owned(), arguments.to_vec());
    let ran = within(PATIENCE, move || {
        // Services lie where not every user's programs do.
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = Command::new(program);
        if cfg!(unix) {
            command.env("PATH", path + ":/usr/sbin:/sbin");
        }
        command.args(arguments).stdin(Stdio::null()).output()
    });
    let output = ran?.ok()?;
    // Only digits count: what stands around them is in the code page of the system.
    first_version(&String::from_utf8_lossy(&output.stdout))
}

/// The first word that is a version, without what stands around it.
fn first_version(text: &str) -> Option<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || ".-+_".contains(c)));
    let version = words
        .map(|word| word.trim_matches('.'))
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.'))?;
    Some(version.to_owned())
}

/// The name that a Linux system gives itself (os-release(5)).
fn release() -> Option<String> {
    if !cfg!(unix) {
        return None;
    }
    let text = std::fs::read_to_string("/etc/os-release").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(line.trim_matches('"').to_owned())
}

/// Whether the service is there at all, on Linux, and whether it runs.
pub(super) fn absent_service() -> Service {
    let (installed, running) = match service_state() {
        ServiceState::Unreachable => return Service::Unreachable,
        _ if !cfg!(target_os = "linux") => (None, None),
        ServiceState::Missing => (Some(false), Some(false)),
        ServiceState::NotRunning => (Some(true), Some(false)),
        ServiceState::Silent => (Some(true), Some(true)),
    };
    Service::Absent { installed, running }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_in_what_surrounds_it() {
        let first = |text| first_version(text).unwrap_or_default();
        assert_eq!(first("pcsc-lite version 1.9.9.\nCopyright (C) 1999-2002"), "1.9.9");
        assert_eq!(first("Microsoft Windows [\u{FFFD}汾 10.0.19045.4291]\r\n"), "10.0.19045.4291");
        assert_eq!(first("6.1.0-18-amd64\n"), "6.1.0-18-amd64");
        assert_eq!(first("no 2 versions"), "");
    }

    #[test]
    fn a_program_that_is_not_there_says_nothing() {
        assert_eq!(version("sscard-has-no-such-program", &[]), None);
    }
}
