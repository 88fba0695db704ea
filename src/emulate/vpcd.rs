//! A virtual card in a virtual reader: the card's side of the protocol of
//! vsmartcard's `vpcd`, so that any PC/SC program can talk to the card.
//!
//! A message is a length of two bytes, high byte first, and so many bytes. One
//! byte is an order to the card (00 power off, 01 power on, 02 reset, 04 ATR);
//! anything longer is a command APDU. Only ATR and APDU are answered.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;

use thiserror::Error;

use super::Faulty;
use super::faulty::Answer;
use crate::session::Reset;
use crate::transport::{Card, TransportError};

/// Why serving ended without an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The reader closed the connection.
    ReaderClosed,
    /// A fault took the card out.
    CardRemoved,
}

/// What happens while a card is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// The address takes the connection. Where another card is in the reader, this
    /// one waits until it leaves.
    Connected,
    /// The reader turned to the card: from now on it is in the reader.
    Inserted,
    /// A command, and the response: empty where the card gave none.
    Exchange(&'a [u8], &'a [u8]),
}

/// Why serving failed.
#[derive(Debug, Error)]
pub enum ServeError {
    /// No virtual reader at the address.
    #[error("no virtual reader at {address}")]
    Connect {
        /// HOST:PORT as given.
        address: String,
        /// What the system says.
        source: io::Error,
    },
    /// The connection broke.
    #[error("connection to the virtual reader broken")]
    Broken(#[source] io::Error),
}

/// Puts the card into the virtual reader that listens at `address` (HOST:PORT;
/// vpcd's first slot is port 35963) and answers until one of them leaves; `log`
/// is told what happens. A mute card stays in the reader.
///
/// # Errors
///
/// Returns an error when nobody listens there, or when the connection breaks.
///
/// Source: vsmartcard 3.3, virtualsmartcard, `vpcd.h`.
pub fn serve(
    card: &mut Faulty<impl Card>,
    address: &str,
    log: &mut dyn FnMut(Event<'_>),
) -> Result<Ended, ServeError> {
    let connect = |source| ServeError::Connect { address: address.to_owned(), source };
    let stream = TcpStream::connect(address).map_err(connect)?;
    log(Event::Connected);
    match converse(card, stream, log) {
        Ok(ended) => Ok(ended),
        Err(error) => match error.kind() {
            ErrorKind::UnexpectedEof
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe => Ok(Ended::ReaderClosed),
            _ => Err(ServeError::Broken(error)),
        },
    }
}

fn converse(
    card: &mut Faulty<impl Card>,
    mut stream: TcpStream,
    log: &mut dyn FnMut(Event<'_>),
) -> io::Result<Ended> {
    stream.set_nodelay(true)?;
    let mut is_in = false;
    loop {
        let mut length = [0; 2];
        read_exact(&mut stream, &mut length)?;
        let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
        read_exact(&mut stream, &mut message)?;
        // A reader takes one connection at a time, and asks it at once for its ATR.
        if !std::mem::replace(&mut is_in, true) {
            log(Event::Inserted);
        }
        // Off and on are one cold reset: the second of them finds nothing to forget.
        let reset = match message[..] {
            [] => continue,
            [0x04] => {
                // An answer of no bytes would keep the reader waiting like none at all.
                if !card.atr().is_empty() {
                    let atr = card.atr().to_vec();
                    write(&mut stream, &atr, atr.len())?;
                }
                continue;
            }
            [0x00 | 0x01] => Some(Reset::Cold),
            [0x02] => Some(Reset::Warm),
            _ => None,
        };
        if let Some(kind) = reset {
            // What comes after it, the reader sees by the ATR.
            if matches!(card.reset(kind), Err(TransportError::Removed | TransportError::ReaderGone))
            {
                return Ok(Ended::CardRemoved);
            }
            continue;
        }
        match card.respond(&message) {
            Ok(Answer { bytes, sent }) => {
                log(Event::Exchange(&message, bytes.get(..sent).unwrap_or_default()));
                write(&mut stream, &bytes, sent)?;
                if sent < bytes.len() {
                    return Ok(Ended::CardRemoved);
                }
            }
            Err(error) => {
                log(Event::Exchange(&message, &[]));
                if matches!(error, TransportError::Removed | TransportError::ReaderGone) {
                    return Ok(Ended::CardRemoved);
                }
                // Mute: the reader waits, or leaves.
            }
        }
    }
}

/// Length and body in one write: in two, the second would wait for the reader's
/// delayed acknowledgement of the first. Of the body only so much comes.
fn write(stream: &mut TcpStream, body: &[u8], sent: usize) -> io::Result<()> {
    let length = u16::try_from(body.len()).map_err(|_| ErrorKind::InvalidInput)?;
    let body = body.get(..sent).unwrap_or(body);
    stream.write_all(&[&length.to_be_bytes(), body].concat())
}

/// vpcd sends length and body apart and holds the body back until the length is
/// acknowledged; without the option Linux takes 40 ms for that, and may forget
/// the option after any read.
fn read_exact(stream: &mut TcpStream, mut buffer: &mut [u8]) -> io::Result<()> {
    while !buffer.is_empty() {
        #[cfg(target_os = "linux")]
        std::os::linux::net::TcpStreamExt::set_quickack(&*stream, true)?;
        match stream.read(buffer) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(read) => buffer = buffer.get_mut(read..).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
