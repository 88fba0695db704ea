//! What the certificate application holds, as data items: they stand in no
//! table, since X.509 is not the card's own format.

use super::check::CheckInput;
use super::data;
use super::document::Datum;
use super::{Reveal, mask};
use crate::certificate::{Algorithm, Certificate, Content};
use crate::codec::text::{self, legible};
use crate::observe::Place;
use crate::profile::{File, Personal, Text};

/// A data item: its ids for the files 0018 and 0019.
struct Field {
    ids: [&'static str; 2],
    name: Text,
    personal: Personal,
    value: fn(&Certificate) -> String,
}

const fn words(zh: &'static str, en: &'static str) -> Text {
    Text { zh, en }
}

/// The last days, by which the screen finds them again.
const NOT_AFTER: [&str; 2] =
    ["signature-certificate-not-after", "encryption-certificate-not-after"];

/// Who somebody is stands in the subject; serial number and key are one
/// person's as well.
const FIELDS: [Field; 8] = [
    Field {
        ids: ["signature-certificate-subject", "encryption-certificate-subject"],
        name: words("证书主体", "subject"),
        personal: Personal::Unknown,
        value: |certificate| certificate.subject.clone(),
    },
    Field {
        ids: ["signature-certificate-issuer", "encryption-certificate-issuer"],
        name: words("证书签发者", "issuer"),
        personal: Personal::Unknown,
        value: |certificate| certificate.issuer.clone(),
    },
    Field {
        ids: ["signature-certificate-serial", "encryption-certificate-serial"],
        name: words("证书序列号", "serial number"),
        personal: Personal::Unknown,
        value: |certificate| certificate.serial.clone(),
    },
    Field {
        ids: ["signature-certificate-key", "encryption-certificate-key"],
        name: words("证书公钥", "public key of the certificate"),
        personal: Personal::Unknown,
        value: |certificate| certificate.public_key.map(hex::encode_upper).unwrap_or_default(),
    },
    Field {
        ids: ["signature-certificate-version", "encryption-certificate-version"],
        name: words("证书版本", "certificate version"),
        personal: Personal::None,
        value: |certificate| certificate.version.to_string(),
    },
    Field {
        ids: ["signature-certificate-algorithm", "encryption-certificate-algorithm"],
        name: words("证书签名算法", "signature algorithm"),
        personal: Personal::None,
        value: |certificate| match certificate.algorithm {
            Algorithm::Sm2WithSm3 => "SM2-SM3".into(),
            Algorithm::Other => "?".into(),
        },
    },
    Field {
        ids: ["signature-certificate-not-before", "encryption-certificate-not-before"],
        name: words("证书生效日期", "valid from"),
        personal: Personal::None,
        value: |certificate| certificate.not_before.to_string(),
    },
    Field {
        ids: NOT_AFTER,
        name: words("证书有效期至", "valid until"),
        personal: Personal::None,
        value: |certificate| certificate.not_after.to_string(),
    },
];

/// The data items of one file of ACSE.
pub(super) fn of_file(input: &CheckInput<'_>, place: &Place, file: &File) -> Vec<Datum> {
    let (whole, which) = match file.fid {
        0x0012 => ("signature-public-key", 0),
        0x0018 => ("signature-certificate", 0),
        0x0019 => ("encryption-certificate", 1),
        // Private keys and a key that nobody compares: never asked for.
        _ => return Vec::new(),
    };
    if let Some(found) = input.facts.certificate(file.fid)
        && let Content::Certificate(certificate) = found.content
    {
        return FIELDS.iter().map(|row| field(input, file, row, which, &certificate)).collect();
    }
    let mut datum = blank(file, whole, file.name);
    if let Some(joined) = input.facts.joined(place, file.fid) {
        if text::is_blank(&joined.bytes) {
            datum.access = "empty";
        } else {
            let value = hex::encode_upper(&joined.bytes);
            fill(input, &mut datum, &value, Personal::Unknown, joined.bytes.len());
        }
    } else {
        let readings = input.facts.readings_of(place, file.fid).map(|reading| reading.sw);
        let selection = input.facts.file_selection(place, file.fid);
        let selection = selection.filter(|found| !found.is_ok()).map(|found| found.sw);
        if let Some(sw) = readings.chain(selection).next() {
            data::refused(&mut datum, file, sw);
        }
    }
    vec![datum]
}

fn field(
    input: &CheckInput<'_>,
    file: &File,
    row: &Field,
    which: usize,
    certificate: &Certificate,
) -> Datum {
    let id = row.ids.get(which).copied().unwrap_or_default();
    let mut datum = blank(file, id, row.name);
    let value = (row.value)(certificate);
    let length = value.len();
    fill(input, &mut datum, &value, row.personal, length);
    datum
}

/// A value, masked unless its class is `none`.
fn fill(input: &CheckInput<'_>, datum: &mut Datum, value: &str, personal: Personal, length: usize) {
    datum.access = "free";
    datum.masked = input.reveal == Reveal::Masked && personal != Personal::None;
    datum.value = Some(match datum.masked {
        true => mask::hidden(length),
        false => legible(value).into_owned(),
    });
}

fn blank(file: &File, id: &'static str, name: Text) -> Datum {
    Datum {
        id,
        file: format!("{:04X}", file.fid),
        file_name: file.name,
        tag: String::new(),
        group: None,
        record: None,
        name: name.into(),
        value: None,
        meaning: None,
        raw: None,
        masked: false,
        access: "not_read",
        key: None,
        sw: None,
        presumed: false,
    }
}

/// The first of the last days of the certificates.
pub(super) fn last_day(data: &[Datum]) -> Option<&str> {
    let days = data.iter().filter(|datum| NOT_AFTER.contains(&datum.id));
    days.filter_map(|datum| datum.value.as_deref()).min()
}
