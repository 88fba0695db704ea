//! The objects at the end of a TLV path, in data that may be BER or a record of
//! the social security environment.

use crate::session::script::TlvPath;
use crate::tlv::{ber, simple};

/// Every value at the end of the path, in order. The data are read as BER; where
/// that finds nothing, and for a path of one tag of one byte, as a record with
/// one-byte tags, in which `5F` is a tag and `81` a length.
pub(super) fn values<'a>(data: &'a [u8], path: &TlvPath) -> Vec<&'a [u8]> {
    let [first, inner @ ..] = path.tags.as_slice() else { return Vec::new() };
    let record = match (first.as_slice(), inner) {
        ([tag], []) => in_record(data, *tag),
        _ => Vec::new(),
    };
    let objects = ber::walk(data).filter_map(Result::ok).map(|(_, object)| object);
    let mut found: Vec<&[u8]> = Vec::new();
    for object in objects.filter(|object| is(object, first)) {
        within(&object, inner, &mut found);
    }
    // A record is no BER: what its values look like as BER proves nothing.
    let begins = first.len() == 1 && data.first() == first.first() && !record.is_empty();
    if found.is_empty() || begins { record } else { found }
}

fn is(object: &ber::Object<'_>, tag: &[u8]) -> bool {
    let number = tag.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    object.tag == ber::Tag(number)
}

fn within<'a>(object: &ber::Object<'a>, path: &[Vec<u8>], found: &mut Vec<&'a [u8]>) {
    let [next, inner @ ..] = path else { return found.push(object.value) };
    let objects = ber::Reader::within(object).map_while(Result::ok);
    for object in objects.filter(|object| is(object, next)) {
        within(&object, inner, found);
    }
}

fn in_record(data: &[u8], tag: u8) -> Vec<&[u8]> {
    let whole = simple::Reader::new(data).filter(|item| item.tag == tag && !item.is_truncated());
    whole.map(|item| item.value).collect()
}
