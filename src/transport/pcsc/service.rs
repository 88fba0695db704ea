//! What is wrong with a service that does not answer: looked up beside it, since no
//! code of PC/SC tells.

use std::time::Duration;

use pcsc::{Context, Scope};

use super::within;

/// Why there is no service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceState {
    /// Its program is not there.
    Missing,
    /// Nobody listens.
    NotRunning,
    /// This user may not come to where it listens, so that nobody knows whether it does.
    Unreachable,
    /// Somebody listens, and does not answer.
    Silent,
}

/// How long the service may take to let somebody in.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);

/// Whether the service lets somebody else in.
pub(super) fn answers() -> bool {
    within(PATIENCE, || Context::establish(Scope::User).is_ok()).unwrap_or(false)
}

/// Looks for the service: where it listens, and where its program lies. Windows and
/// macOS bring it along, so that there it is at most not running.
#[must_use]
pub fn service_state() -> ServiceState {
    #[cfg(target_os = "linux")]
    {
        // As the client library finds it (pcsc-lite, PCSCLITE_CSOCK_NAME).
        let socket = std::env::var_os("PCSCLITE_CSOCK_NAME")
            .unwrap_or_else(|| "/run/pcscd/pcscd.comm".into());
        // One whose queue is full lets others wait without end.
        let connect = move || std::os::unix::net::UnixStream::connect(socket);
        match within(PATIENCE, connect) {
            None | Some(Ok(_)) => return ServiceState::Silent,
            Some(Err(error)) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                return ServiceState::Unreachable;
            }
            Some(Err(_)) => {}
        }
        let folders = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin", "/sbin"];
        if !folders.iter().any(|folder| std::path::Path::new(folder).join("pcscd").exists()) {
            return ServiceState::Missing;
        }
    }
    ServiceState::NotRunning
}
