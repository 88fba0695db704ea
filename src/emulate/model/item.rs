//! Values as people write them in a model, and the bytes that they stand for.

use iso7816_tlv::{ber, simple};
use serde::Deserialize;
use toml::Spanned;

use super::{Mistake, ModelErrorKind, Record};

/// The longest value of a model: a photo has 4096 bytes (EF08).
const LONGEST: usize = 0x4000;

/// The longest answer of one command: Le is one byte, 00 stands for 256.
pub(super) const LONGEST_ANSWER: usize = 256;

/// A value, with or without a tag: `{ tag = "09", text = "…", length = 30 }`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Item {
    tag: Option<String>,
    /// Bytes as they are.
    hex: Option<String>,
    /// Decimal digits, two in a byte (format cn).
    bcd: Option<String>,
    /// Characters of one byte (format an).
    ascii: Option<String>,
    /// Chinese characters (GB 18030).
    text: Option<String>,
    /// Never written: this byte, `length` times.
    blank: Option<String>,
    /// BER data objects.
    items: Option<Vec<Spanned<Item>>>,
    /// Bytes of the value; what is missing is filled as the format demands.
    length: Option<usize>,
}

/// A mistake at the place of a written value.
pub(super) fn mistake<T>(place: &Spanned<T>, kind: ModelErrorKind) -> Mistake {
    Mistake { kind, at: place.span().start }
}

/// Bytes from hexadecimal digits; spaces are free.
pub(super) fn hex_bytes(text: &str) -> Result<Vec<u8>, ModelErrorKind> {
    hex::decode(text.replace(' ', "")).map_err(|_| ModelErrorKind::Hex("two for each byte"))
}

/// The bytes of a value that has no tag.
pub(super) fn plain(item: &Spanned<Item>) -> Result<Vec<u8>, Mistake> {
    match item.get_ref().tag {
        None => value(item),
        Some(_) => Err(mistake(item, ModelErrorKind::Tag("none here"))),
    }
}

/// BER data objects, one after the other (FCI, payment).
pub(super) fn objects(items: &[Spanned<Item>]) -> Result<Vec<u8>, Mistake> {
    let mut bytes = Vec::new();
    for item in items {
        let object = tag(item)
            .and_then(|text| ber_tag(text).map_err(|kind| mistake(item, kind)))
            .and_then(|tag| Ok(object(&tag, &value(item)?)))?;
        bytes.extend(object);
    }
    Ok(bytes)
}

/// One BER data object. The length is written here: iso7816-tlv counts that of
/// an inner value of 127 bytes wrongly, and refuses objects inside 9F0C.
pub(super) fn object(tag: &ber::Tag, value: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes();
    let length: &[u8] = match (high, low) {
        (0, 0..=0x7F) => &[low],
        (0, _) => &[0x81, low],
        _ => &[0x82, high, low],
    };
    [tag.to_bytes(), length, value].concat()
}

/// One record: without a tag as it is; of `items` a BER template (directories,
/// payment); else tag and length of one byte each, whatever the tag looks like
/// (1F, 3F, 5F, 7F, DF are ordinary tags in the social security files).
pub(super) fn record(item: &Spanned<Item>) -> Result<Record, Mistake> {
    let written = item.get_ref();
    let value = value(item)?;
    let (tag, bytes) = match &written.tag {
        None => (None, value),
        Some(text) if written.items.is_some() => {
            let tag = ber_tag(text).map_err(|kind| mistake(item, kind))?;
            (tag.to_bytes().first().copied(), object(&tag, &value))
        }
        Some(text) => {
            let one_byte = || mistake(item, ModelErrorKind::Tag("one byte, 01 to FE"));
            let tag = simple::Tag::try_from(text.as_str()).map_err(|_| one_byte())?;
            let record = simple::Tlv::new(tag, value).map_err(|_| one_byte())?;
            (Some(tag.into()), record.to_vec())
        }
    };
    match bytes.len() {
        0..LONGEST_ANSWER => Ok(Record { tag, bytes }),
        bytes => {
            let limit = LONGEST_ANSWER.saturating_sub(1);
            Err(mistake(item, ModelErrorKind::Length { bytes, limit }))
        }
    }
}

fn tag(item: &Spanned<Item>) -> Result<&str, Mistake> {
    let missing = || mistake(item, ModelErrorKind::Tag("none given"));
    item.get_ref().tag.as_deref().ok_or_else(missing)
}

/// A BER tag that a reader takes back as it was written: the crate also accepts
/// second bytes behind a first one that announces none.
pub(super) fn ber_tag(text: &str) -> Result<ber::Tag, ModelErrorKind> {
    let error = ModelErrorKind::Tag("BER (ISO/IEC 7816-4, 5.2.2.1)");
    let bytes = hex_bytes(text)?;
    let announced = bytes.first().is_some_and(|first| first & 0x1F == 0x1F);
    match ber::Tag::try_from(text) {
        Ok(tag) if announced == (bytes.len() > 1) && tag.to_bytes() == bytes => Ok(tag),
        _ => Err(error),
    }
}

/// The value alone, filled up to its length.
fn value(item: &Spanned<Item>) -> Result<Vec<u8>, Mistake> {
    let written = item.get_ref();
    let here = |kind| mistake(item, kind);
    let mut forms = Vec::new();
    if let Some(text) = &written.hex {
        forms.push((hex_bytes(text).map_err(here)?, 0x00));
    }
    if let Some(text) = &written.bcd {
        forms.push((bcd(text).map_err(here)?, 0xFF));
    }
    if let Some(text) = &written.ascii {
        let bytes = text.is_ascii().then(|| text.clone().into_bytes());
        forms.push((bytes.ok_or_else(|| here(ModelErrorKind::Ascii))?, 0x00));
    }
    if let Some(text) = &written.text {
        forms.push((chinese(text), 0x00));
    }
    if let Some(text) = &written.blank {
        let [fill] = hex_bytes(text).map_err(here)?[..] else {
            return Err(here(ModelErrorKind::Hex("one byte")));
        };
        written.length.ok_or_else(|| here(ModelErrorKind::NoLength))?;
        forms.push((Vec::new(), fill));
    }
    if let Some(items) = &written.items {
        forms.push((objects(items)?, 0x00));
    }
    let Ok([(mut bytes, fill)]) = <[_; 1]>::try_from(forms) else {
        return Err(here(ModelErrorKind::Value));
    };
    let length = written.length.unwrap_or(bytes.len());
    for (bytes, limit) in [(bytes.len(), length), (length, LONGEST)] {
        if bytes > limit {
            return Err(here(ModelErrorKind::Length { bytes, limit }));
        }
    }
    bytes.resize(length, fill);
    Ok(bytes)
}

/// Digits from the left, an odd one completed by F (format cn).
fn bcd(text: &str) -> Result<Vec<u8>, ModelErrorKind> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(10).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.ok_or(ModelErrorKind::Digits)?;
    let pair = |pair: &[u8]| match *pair {
        [high, low] => high << 4 | low,
        [high] => high << 4 | 0x0F,
        _ => 0xFF,
    };
    Ok(digits.chunks(2).map(pair).collect())
}

/// Chinese text as the cards hold it; GB 18030 has every character.
fn chinese(text: &str) -> Vec<u8> {
    encoding_rs::GB18030.encode(text).0.into_owned()
}
