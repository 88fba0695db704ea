//! What a PC/SC code means, and what a reader's state adds to it.

use std::time::{Duration, Instant};

use pcsc::{Error, State};

use super::readers::Monitor;
use crate::transport::TransportError;

/// `SCARD_F_INTERNAL_ERROR`: a worker ended without a word.
pub(super) const INTERNAL: TransportError = TransportError::Service(0x8010_0001);

/// The service looks for cards every 0.4 s: one that left is known to be gone
/// after two looks.
const DOUBT: Duration = Duration::from_millis(1000);

/// What a PC/SC code means while connecting.
pub(super) fn meaning(error: Error) -> TransportError {
    match error {
        Error::NoService
        | Error::ServiceStopped
        | Error::Shutdown
        | Error::CommError
        // Handles die with the service that gave them.
        | Error::InvalidHandle => TransportError::NoService,
        Error::SecurityViolation | Error::NoAccess => TransportError::AccessDenied,
        Error::NoReadersAvailable | Error::UnknownReader => TransportError::NoReader,
        Error::ReaderUnavailable => TransportError::ReaderGone,
        Error::NoSmartcard => TransportError::NoCard,
        Error::RemovedCard => TransportError::Removed,
        Error::SharingViolation => TransportError::Busy,
        Error::Timeout => TransportError::Timeout,
        Error::UnpoweredCard => TransportError::Unpowered,
        Error::UnresponsiveCard | Error::UnsupportedCard => TransportError::Unresponsive,
        Error::ProtoMismatch => TransportError::ProtocolMismatch,
        Error::ResetCard => TransportError::ResetByOther,
        // A driver's word for noise on the wire, or silence.
        Error::NotTransacted | Error::CommDataLost => TransportError::BadAnswer(0),
        // The crate shows a code that it does not know as `UnknownError`.
        other => TransportError::Service(other as u32),
    }
}

/// What a PC/SC code means where there is no context yet: whatever it is, there is
/// no service. Wine answers an internal error.
pub(super) fn without_context(error: Error) -> TransportError {
    match meaning(error) {
        TransportError::Service(_) => TransportError::NoService,
        other => other,
    }
}

/// What a PC/SC code means after a card was there.
pub(super) fn during_work(error: Error) -> TransportError {
    match meaning(error) {
        TransportError::NoCard => TransportError::Removed,
        TransportError::NoReader => TransportError::ReaderGone,
        // Whether the service is gone, its own answer about the reader tells.
        TransportError::NoService => TransportError::BadAnswer(0),
        other => other,
    }
}

/// Whether nothing more can come from the connection.
pub(super) fn is_final(error: &TransportError) -> bool {
    matches!(
        error,
        TransportError::NoService
            | TransportError::Removed
            | TransportError::ReaderGone
            | TransportError::Timeout
    )
}

/// Tells a card, a reader or a service that left from a card that is still there
/// and gave no usable answer, which is then `otherwise`. A code alone does not: a
/// removal shows as success without bytes, or as a failed transmission.
///
/// `seen` is the count of insertions and removals when the work began: a card
/// taken out and put back has lost its state, and is as good as removed.
pub(super) fn explain(
    monitor: &mut Monitor,
    reader: &str,
    seen: u32,
    otherwise: TransportError,
) -> TransportError {
    if !matches!(otherwise, TransportError::BadAnswer(_) | TransportError::Service(_)) {
        return otherwise;
    }
    let doubt = Instant::now();
    loop {
        match monitor.state_of(reader) {
            Ok((state, _)) if state.intersects(State::UNKNOWN | State::UNAVAILABLE) => {
                return TransportError::ReaderGone;
            }
            Ok((state, count)) if state.contains(State::EMPTY) || count != seen => {
                return TransportError::Removed;
            }
            Ok(_) => {}
            Err(Error::UnknownReader | Error::ReaderUnavailable) => {
                return TransportError::ReaderGone;
            }
            Err(error) => return meaning(error),
        }
        if doubt.elapsed() > DOUBT {
            return otherwise;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_a_meaning() {
        assert_eq!(meaning(Error::NoService), TransportError::NoService);
        assert_eq!(without_context(Error::InternalError), TransportError::NoService);
        assert_eq!(without_context(Error::NoAccess), TransportError::AccessDenied);
        assert_eq!(meaning(Error::SecurityViolation), TransportError::AccessDenied);
        assert_eq!(meaning(Error::UnknownError), TransportError::Service(0x8010_0014));
        assert_eq!(meaning(Error::InternalError), INTERNAL);
    }

    #[test]
    fn what_is_missing_at_the_start_has_left_later() {
        assert_eq!(meaning(Error::NoSmartcard), TransportError::NoCard);
        assert_eq!(during_work(Error::NoSmartcard), TransportError::Removed);
        assert_eq!(meaning(Error::UnknownReader), TransportError::NoReader);
        assert_eq!(during_work(Error::UnknownReader), TransportError::ReaderGone);
        assert_eq!(during_work(Error::ReaderUnavailable), TransportError::ReaderGone);
    }
}
