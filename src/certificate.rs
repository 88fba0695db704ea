//! Certificates as they lie in a card's file: cut, parsed, compared, verified.
//! Knows X.509 and SM2, and no card; without the feature `certificates` it only
//! tells an empty file from one that holds something.

#[cfg(feature = "certificates")]
mod signature;
#[cfg(feature = "certificates")]
mod x509;

use jiff::civil::Date;

use crate::codec::text;

#[cfg(feature = "certificates")]
pub use x509::{PemError, pem};

/// A file of this size is the largest that the public programs write.
///
/// Source: EVO, T10.
pub const MAX_FILE: usize = 1020;

/// X and Y of a point of the SM2 curve, 32 bytes each, the high byte first.
pub type PublicKey = [u8; 64];

/// How a certificate is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// SM2 with SM3 (1.2.156.10197.1.501).
    Sm2WithSm3,
    /// Any other.
    Other,
}

/// What a certificate says.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The version: 3 for the usual kind.
    pub version: u8,
    /// Serial number, in hex.
    pub serial: String,
    /// Whose it is, as RFC 4514 writes names.
    pub subject: String,
    /// The texts in the subject, by object identifier (`2.5.4.3` is the name).
    pub subject_texts: Vec<(String, String)>,
    /// Who signed it.
    pub issuer: String,
    /// First day, in universal time.
    pub not_before: Date,
    /// Last day, in universal time.
    pub not_after: Date,
    /// The key; `None` where it is not of the SM2 curve.
    pub public_key: Option<PublicKey>,
    /// How it is signed.
    pub algorithm: Algorithm,
    /// The part that is signed.
    #[cfg(feature = "certificates")]
    signed: Vec<u8>,
    /// The signature: DER of r and s.
    #[cfg(feature = "certificates")]
    signature: Vec<u8>,
}

impl std::fmt::Debug for Certificate {
    /// The dates only: the rest may be personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Certificate({} to {})", self.not_before, self.not_after)
    }
}

/// What is wrong with a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// No DER, or no X.509 in it.
    NotX509,
    /// The file ends before the certificate does.
    Truncated,
    /// The key is not of the SM2 curve, or the signature not SM2 with SM3.
    NotSm2,
}

/// What a certificate's file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Nothing was ever written there.
    Blank,
    /// A certificate.
    Certificate(Box<Certificate>),
    /// Something that is no certificate for such a card.
    Malformed(Malformed),
    /// Not all of it was read, or this build reads no certificates.
    Unknown,
}

/// The length of a certificate with its header, in bytes, by its first bytes;
/// `None` where no certificate begins so.
#[must_use]
pub fn length(bytes: &[u8]) -> Option<usize> {
    match *bytes {
        [0x30, short @ 0x00..=0x7F, ..] => Some(usize::from(short).saturating_add(2)),
        [0x30, 0x81, length, ..] => Some(usize::from(length).saturating_add(3)),
        [0x30, 0x82, high, low, ..] => {
            Some(usize::from(u16::from_be_bytes([high, low])).saturating_add(4))
        }
        _ => None,
    }
}

/// What these bytes of a file hold; `is_whole` where the file has no more. What
/// stands behind the certificate (00, FF, an older one) is nothing.
#[must_use]
pub fn content(bytes: &[u8], is_whole: bool) -> Content {
    if text::is_blank(bytes) {
        return Content::Blank;
    }
    let is_whole = is_whole || bytes.len() >= MAX_FILE;
    match length(bytes) {
        None if is_whole || bytes.len() >= 4 => Content::Malformed(Malformed::NotX509),
        None => Content::Unknown,
        Some(length) => match bytes.get(..length) {
            Some(der) => parsed(der),
            None if is_whole => Content::Malformed(Malformed::Truncated),
            None => Content::Unknown,
        },
    }
}

#[cfg(feature = "certificates")]
fn parsed(der: &[u8]) -> Content {
    match x509::parse(der) {
        None => Content::Malformed(Malformed::NotX509),
        Some(found) if found.public_key.is_none() || found.algorithm == Algorithm::Other => {
            Content::Malformed(Malformed::NotSm2)
        }
        Some(found) => Content::Certificate(Box::new(found)),
    }
}

#[cfg(not(feature = "certificates"))]
fn parsed(_: &[u8]) -> Content {
    Content::Unknown
}

#[cfg(feature = "certificates")]
fn verifies(key: &PublicKey, certificate: &Certificate) -> bool {
    signature::verifies(key, &certificate.signed, &certificate.signature)
}

#[cfg(not(feature = "certificates"))]
fn verifies(_: &PublicKey, _: &Certificate) -> bool {
    false
}

impl Certificate {
    /// Whether the signature on this certificate was made with the key of that
    /// one, under the usual identifier `1234567812345678`. Whether that one may
    /// sign, and for how long, is for those to know who trust it.
    ///
    /// Source: GM/T 0009, GM/T 0015.
    #[must_use]
    pub fn is_signed_by(&self, authority: &Self) -> bool {
        let fits = |key| verifies(&key, self);
        self.algorithm == Algorithm::Sm2WithSm3 && authority.public_key.is_some_and(fits)
    }

    /// The holder's name, as the subject has it.
    #[must_use]
    pub fn common_name(&self) -> Option<&str> {
        let mut names = self.subject_texts.iter().filter(|(oid, _)| oid == "2.5.4.3");
        names.next().map(|(_, name)| name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_where_a_certificate_ends() {
        assert_eq!(length(&[0x30, 0x05]), Some(7));
        assert_eq!(length(&[0x30, 0x81, 0xC8]), Some(203));
        assert_eq!(length(&[0x30, 0x82, 0x01, 0xAE, 0x30]), Some(434));
        assert_eq!(length(&[0x30, 0x82, 0x01]), None);
        assert_eq!(length(b"MIIB"), None);
    }

    #[test]
    fn tells_what_is_empty_cut_and_foreign() {
        assert_eq!(content(&[0; 16], false), Content::Blank);
        assert_eq!(content(&[0xFF; 16], true), Content::Blank);
        assert_eq!(content(&[0x30, 0x82, 0x01, 0xAE], false), Content::Unknown);
        let truncated = Content::Malformed(Malformed::Truncated);
        assert_eq!(content(&[0x30, 0x82, 0x01, 0xAE], true), truncated);
        assert_eq!(content(b"MIIBrjCC", false), Content::Malformed(Malformed::NotX509));
    }
}
