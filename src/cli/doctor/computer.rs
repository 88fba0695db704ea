//! This computer, and what can be seen of a service that does not answer.

use jiff::civil::Date;

use crate::report::doctor::{Computer, Service};
use crate::transport::pcsc::{ServiceState, service_state};

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

/// Whether the service is there at all, on Linux, and whether it runs.
pub(super) fn absent_service() -> Service {
    let (installed, running) = match service_state() {
        _ if !cfg!(target_os = "linux") => (None, None),
        ServiceState::Missing => (Some(false), Some(false)),
        ServiceState::NotRunning => (Some(true), Some(false)),
        ServiceState::Silent => (Some(true), Some(true)),
    };
    Service::Absent { installed, running }
}
