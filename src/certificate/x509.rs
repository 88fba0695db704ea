//! From DER and PEM to what a certificate says.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::{Decode as _, Encode as _, Tag, Tagged as _};
use x509_cert::name::Name;
use x509_cert::spki::SubjectPublicKeyInfoOwned;
use x509_cert::time::Time;

use super::{Algorithm, Certificate, PublicKey};
use crate::tlv::ber;

/// SM2 with SM3 (GM/T 0006).
const SM2_WITH_SM3: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.501");
/// The SM2 curve (GM/T 0006).
const SM2_CURVE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.301");
/// A key on an elliptic curve (RFC 5480).
const ELLIPTIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// Parses one certificate; `None` where these bytes are none.
pub(super) fn parse(der: &[u8]) -> Option<Certificate> {
    let parsed = CertificateInner::<Raw>::from_der(der).ok()?;
    let body = parsed.tbs_certificate();
    let sm2 =
        parsed.signature_algorithm().oid == SM2_WITH_SM3 && body.signature().oid == SM2_WITH_SM3;
    Some(Certificate {
        version: (body.version() as u8).saturating_add(1),
        serial: hex::encode_upper(body.serial_number().as_bytes()),
        subject: body.subject().to_string(),
        subject_texts: texts(body.subject()),
        issuer: body.issuer().to_string(),
        not_before: day(body.validity().not_before)?,
        not_after: day(body.validity().not_after)?,
        public_key: public_key(body.subject_public_key_info()),
        algorithm: if sm2 { Algorithm::Sm2WithSm3 } else { Algorithm::Other },
        signed: signed(der)?.to_vec(),
        signature: parsed.signature().as_bytes()?.to_vec(),
    })
}

/// Why a file holds no certificates to trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PemError {
    /// There is none in it, or what stands in it is none.
    #[error("expected one or more certificates in PEM form")]
    NoCertificate,
    /// The certificate of this number, from 1, has a key of another kind.
    #[error("certificate {0}: expected an SM2 key")]
    NotSm2(usize),
}

/// The certificates of a PEM file, in order, all with an SM2 key.
///
/// # Errors
///
/// Returns what is wrong with the first that cannot be used.
pub fn pem(text: &[u8]) -> Result<Vec<Certificate>, PemError> {
    let chain = CertificateInner::<Raw>::load_pem_chain(text);
    let chain = chain.ok().filter(|chain| !chain.is_empty()).ok_or(PemError::NoCertificate)?;
    let one = |(number, found): (usize, &CertificateInner<Raw>)| {
        let parsed = found.to_der().ok().and_then(|der| parse(&der));
        parsed.filter(|found| found.public_key.is_some()).ok_or(PemError::NotSm2(number))
    };
    (1..).zip(&chain).map(one).collect()
}

/// The day of an instant in universal time, in which certificates are written and
/// other programs show them. China's day may be the next one already: that is
/// left to the benefit of the card.
fn day(time: Time) -> Option<Date> {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).ok()?;
    Some(Offset::UTC.to_datetime(Timestamp::from_second(seconds).ok()?).date())
}

/// The point of the key, if it lies on the SM2 curve, uncompressed.
fn public_key(info: &SubjectPublicKeyInfoOwned) -> Option<PublicKey> {
    let curve: ObjectIdentifier = info.algorithm.parameters.as_ref()?.decode_as().ok()?;
    if info.algorithm.oid != ELLIPTIC_KEY || curve != SM2_CURVE {
        return None;
    }
    info.subject_public_key.as_bytes()?.strip_prefix(&[0x04])?.try_into().ok()
}

/// The attributes of a name that are text.
fn texts(name: &Name) -> Vec<(String, String)> {
    let text = |tag: Tag, value: &[u8]| match tag {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::TeletexString => {
            String::from_utf8(value.to_vec()).ok()
        }
        Tag::BmpString => {
            let units = value.chunks_exact(2).filter_map(|unit| unit.try_into().ok());
            String::from_utf16(&units.map(u16::from_be_bytes).collect::<Vec<_>>()).ok()
        }
        _ => None,
    };
    name.iter()
        .filter_map(|row| Some((row.oid.to_string(), text(row.value.tag(), row.value.value())?)))
        .collect()
}

/// The part that is signed, byte for byte: written anew it could differ.
fn signed(der: &[u8]) -> Option<&[u8]> {
    let whole = ber::Reader::new(der).next()?.ok()?;
    let body = ber::Reader::within(&whole).next()?.ok()?;
    der.get(body.offset..body.value_offset.checked_add(body.value.len())?)
}
