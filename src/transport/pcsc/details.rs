//! Asks a reader about itself, and nothing that changes it: attributes, the list of
//! its features, and its properties.

use std::ffi::CStr;
use std::time::Duration;

use pcsc::{Attribute, Card, Context, Disposition, MAX_BUFFER_SIZE, Protocols, ShareMode};

use super::code::{meaning, without_context};
use super::readers::{Monitor, ReaderStatus};
use super::within;
use crate::transport::TransportError;
use crate::transport::details::{self, GET_TLV_PROPERTIES, ReaderDetails};

/// `CM_IOCTL_GET_FEATURE_REQUEST` (PC/SC Part 10).
const GET_FEATURE_REQUEST: u32 = 3400;

/// What a reader tells of itself. One that somebody uses is left alone: it is busy.
///
/// # Errors
///
/// [`TransportError::Timeout`] when its driver does not answer in `timeout`;
/// [`TransportError::Busy`] when somebody uses the reader; what [`super::connect`]
/// returns where service or reader is missing.
pub fn details(reader: &str, timeout: Duration) -> Result<ReaderDetails, TransportError> {
    let name = reader.to_owned();
    within(timeout, move || ask(&name)).unwrap_or(Err(TransportError::Timeout))
}

fn ask(reader: &str) -> Result<ReaderDetails, TransportError> {
    let mut monitor = Monitor::establish().map_err(without_context)?;
    let readers = monitor.snapshot().map_err(meaning)?;
    let now = readers.iter().find(|now| now.name == reader).ok_or(TransportError::NoReader)?;
    if !is_idle(now.status) {
        return Err(TransportError::Busy);
    }
    let name = monitor.raw_name(reader).ok_or(TransportError::NoReader)?;
    directly(monitor.context(), name, |card| {
        let mut told = attributes(card);
        if let Some(features) = features(card) {
            told.properties = properties(card, &features);
            told.features = Some(features.into_iter().map(|(tag, _)| tag).collect());
        }
        told
    })
    .map_err(meaning)
}

/// Whether nobody is disturbed by a question.
pub(super) fn is_idle(status: ReaderStatus) -> bool {
    matches!(status, ReaderStatus::Empty | ReaderStatus::Present | ReaderStatus::Mute)
}

/// Talks to the reader itself; a card in it is neither powered nor reset.
pub(super) fn directly<T>(
    context: &Context,
    reader: &CStr,
    talk: impl FnOnce(&Card) -> T,
) -> Result<T, pcsc::Error> {
    let direct = context.connect(reader, ShareMode::Direct, Protocols::UNDEFINED)?;
    let told = talk(&direct);
    let _ = direct.disconnect(Disposition::LeaveCard);
    Ok(told)
}

/// Its attributes; each may be missing.
pub(super) fn attributes(card: &Card) -> ReaderDetails {
    let text = |attribute| details::text(&card.get_attribute_owned(attribute).ok()?);
    let version = card.get_attribute_owned(Attribute::VendorIfdVersion).ok();
    ReaderDetails {
        maker: text(Attribute::VendorName),
        model: text(Attribute::VendorIfdType),
        version: version.as_deref().and_then(details::version),
        serial: text(Attribute::VendorIfdSerialNo),
        features: None,
        properties: None,
    }
}

/// Its features and their control codes.
fn features(card: &Card) -> Option<Vec<(u8, Vec<u8>)>> {
    let code = pcsc::ctl_code(GET_FEATURE_REQUEST.into());
    let mut buffer = [0; MAX_BUFFER_SIZE];
    card.control(code, &[], &mut buffer).ok().map(details::entries)
}

/// Its properties, by the control code that the reader itself names for them.
fn properties(card: &Card, features: &[(u8, Vec<u8>)]) -> Option<Vec<(u8, Vec<u8>)>> {
    let code = details::control_code(features, GET_TLV_PROPERTIES)?;
    let mut buffer = [0; MAX_BUFFER_SIZE];
    card.control(code.into(), &[], &mut buffer).ok().map(details::entries)
}
