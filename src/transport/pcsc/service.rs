//! What is wrong with a service that does not answer: looked up beside it, since no
//! code of PC/SC tells.

/// Why there is no service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceState {
    /// Its program is not there.
    Missing,
    /// Nobody listens.
    NotRunning,
    /// Somebody listens, and does not answer.
    Silent,
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
        if listens(socket) {
            return ServiceState::Silent;
        }
        let folders = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin", "/sbin"];
        if !folders.iter().any(|folder| std::path::Path::new(folder).join("pcscd").exists()) {
            return ServiceState::Missing;
        }
    }
    ServiceState::NotRunning
}

/// Whether somebody listens there. One whose queue is full lets others wait without
/// end: whoever is kept waiting knows as much.
#[cfg(target_os = "linux")]
fn listens(socket: std::ffi::OsString) -> bool {
    use std::os::unix::net::UnixStream;
    use std::sync::mpsc::{RecvTimeoutError, channel};

    let (report, answer) = channel();
    std::thread::spawn(move || report.send(UnixStream::connect(socket).is_ok()));
    match answer.recv_timeout(std::time::Duration::from_secs(1)) {
        Ok(connected) => connected,
        Err(RecvTimeoutError::Timeout) => true,
        Err(RecvTimeoutError::Disconnected) => false,
    }
}
