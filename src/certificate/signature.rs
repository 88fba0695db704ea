//! An SM2 signature over an SM3 digest.

use sm2::dsa::signature::Verifier as _;
use sm2::dsa::{Signature, VerifyingKey};

use super::PublicKey;
use crate::tlv::ber;

/// What signers call themselves where nothing else was agreed on.
///
/// Source: GM/T 0009, 10.
const USUAL_IDENTIFIER: &str = "1234567812345678";

/// Whether a signature (DER of r and s) fits message and key.
pub(super) fn verifies(key: &PublicKey, message: &[u8], signature: &[u8]) -> bool {
    let point = [&[0x04], &key[..]].concat();
    let Ok(key) = VerifyingKey::from_sec1_bytes(USUAL_IDENTIFIER, &point) else { return false };
    let Some(signature) = joined(signature) else { return false };
    Signature::from_slice(&signature).is_ok_and(|found| key.verify(message, &found).is_ok())
}

/// r and s, 32 bytes each, one behind the other.
fn joined(der: &[u8]) -> Option<[u8; 64]> {
    let sequence = ber::Reader::new(der).next()?.ok().filter(|object| object.tag.0 == 0x30)?;
    let mut numbers = ber::Reader::within(&sequence).map_while(Result::ok);
    let mut joined = [0; 64];
    for half in joined.chunks_exact_mut(32) {
        let number = numbers.next().filter(|object| object.tag.0 == 0x02)?.value;
        let number = number.strip_prefix(&[0x00]).unwrap_or(number);
        let place = half.len().checked_sub(number.len())?;
        half.get_mut(place..)?.copy_from_slice(number);
    }
    Some(joined)
}
