//! This computer, and what can be seen of a service that does not answer.

use std::path::Path;

use jiff::civil::Date;

use crate::report::doctor::{Computer, Service};

/// What this computer is.
pub(super) fn look(day: Date) -> Computer {
    let architecture = std::env::consts::ARCH;
    let system = release().unwrap_or_else(|| std::env::consts::OS.to_owned());
    let versions = vec![concat!("sscard ", env!("CARGO_PKG_VERSION")).to_owned()];
    Computer { system: format!("{system}, {architecture}"), day, versions }
}

/// The name that a Linux system gives itself (os-release(5)).
fn release() -> Option<String> {
    let text = std::fs::read_to_string("/etc/os-release").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(line.trim_matches('"').to_owned())
}

/// Folders in which Linux systems keep the service.
const FOLDERS: [&str; 3] = ["/usr/sbin", "/usr/bin", "/usr/local/sbin"];

/// Whether the service is there at all, on Linux, and whether it runs.
pub(super) fn absent_service() -> Service {
    if !cfg!(target_os = "linux") {
        return Service::Absent { installed: None, running: None };
    }
    let installed = FOLDERS.iter().any(|folder| Path::new(folder).join("pcscd").exists());
    Service::Absent { installed: Some(installed), running: Some(runs()) }
}

/// Whether a process of that name runs.
fn runs() -> bool {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let mut names =
        processes.filter_map(|process| std::fs::read_to_string(process.path().join("comm")).ok());
    names.any(|name| name.trim() == "pcscd")
}
