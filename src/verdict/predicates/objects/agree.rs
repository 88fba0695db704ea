//! Whether what an application says agrees with itself, and with the social
//! security side of the card. Nothing personal is named.

use super::super::{Seen, holder};
use super::Objects;
use crate::codec::date::{self, CardDate};
use crate::codec::{bcd, identity, text, track2};
use crate::observe::DataObject;

const ACCOUNT: u32 = 0x5A;
const TRACK_2: u32 = 0x57;
const EXPIRY: u32 = 0x5F24;
const SERVICE_CODE: u32 = 0x5F30;
const NAMES: [u32; 2] = [0x5F20, 0x9F0B];
const IDENTITY: (u32, u32) = (0x9F61, 0x9F62);

/// China, and its currency, as three digits behind a 0.
const CHINA: [u8; 2] = [0x01, 0x56];

impl Objects<'_, '_> {
    /// One tag with two values.
    pub(super) fn differs(&self) -> Option<Seen> {
        self.rule.tags.iter().find_map(|tag| {
            let first = self.first(*tag)?;
            let other = self.all(*tag).find(|object| object.value != first.value)?;
            Seen::value(format!("{tag:02X}"), [first.exchanges, other.exchanges].concat())
        })
    }

    fn account(&self) -> Option<(String, &DataObject<'_>)> {
        let object = self.first(ACCOUNT)?;
        Some((bcd::digits(object.value).ok()?, object))
    }

    /// Other characters than digits, or fewer than 12 or more than 19.
    pub(super) fn account_odd(&self) -> Option<Seen> {
        let object = self.first(ACCOUNT)?;
        let digits = bcd::digits(object.value).map(|digits| digits.len());
        let fits = digits.is_ok_and(|length| (12..=19).contains(&length));
        (!fits).then(|| Seen::at(object.exchanges.to_vec()))?
    }

    /// A wrong check digit, or a number that is not of UnionPay's range 62.
    pub(super) fn account_check(&self) -> Option<Seen> {
        let (digits, object) = self.account()?;
        let fits = track2::is_luhn(&digits) && digits.starts_with("62");
        (!fits).then(|| Seen::at(object.exchanges.to_vec()))?
    }

    /// Track 2 names another account, another end of validity or another service
    /// code than the chip's own objects.
    pub(super) fn track_differs(&self) -> Option<Seen> {
        let object = self.first(TRACK_2)?;
        let track = track2::decode(object.value).ok()?;
        let account = self.account().filter(|(digits, _)| *digits != track.account);
        let expiry = self.first(EXPIRY).filter(|expiry| {
            bcd::digits(expiry.value).is_ok_and(|digits| !digits.starts_with(&track.expiry))
        });
        let service = self.first(SERVICE_CODE).filter(|code| {
            bcd::digits(code.value).is_ok_and(|digits| !digits.ends_with(&track.service))
        });
        let other = account.map(|(_, object)| object).or(expiry).or(service)?;
        Seen::value(other.tag.to_string(), [object.exchanges, other.exchanges].concat())
    }

    /// The first digit of the service code, on its own or in track 2.
    pub(super) fn service_code(&self, fits: impl Fn(char) -> bool) -> Option<Seen> {
        let own = self.first(SERVICE_CODE).and_then(|object| {
            let digits = bcd::digits(object.value).ok()?;
            Some((digits.get(1..)?.to_owned(), object))
        });
        let of_track = || {
            let object = self.first(TRACK_2)?;
            Some((track2::decode(object.value).ok()?.service, object))
        };
        let (code, object) = own.or_else(of_track)?;
        let first = code.chars().next()?;
        fits(first).then(|| Seen::value(code, object.exchanges.to_vec()))?
    }

    /// A country or currency other than China's.
    pub(super) fn foreign(&self) -> Option<Seen> {
        let found = self.named().find(|object| object.value != CHINA)?;
        let code = hex::encode_upper(found.value);
        Seen::value(format!("{} {code}", found.tag), found.exchanges.to_vec())
    }

    /// The bank's name for the holder is another than that of social security.
    /// A blank name, or one in Latin letters, says nothing.
    pub(super) fn name_differs(&self) -> Option<Seen> {
        let (name, exchanges) = holder(self.context, 0x09)?;
        let object = NAMES.into_iter().find_map(|tag| self.first(tag))?;
        let written = text::decode(text::unpad(object.value)).ok()?;
        let plain = |text: &str| -> String {
            text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '·' | '・' | '/')).collect()
        };
        let (social, bank) = (plain(name), plain(&written));
        let comparable = !bank.is_empty() && !bank.is_ascii() && !text::has_private_use(&social);
        let differs = comparable && social != bank;
        differs.then(|| Seen::at([object.exchanges, exchanges].concat()))?
    }

    /// The bank's identity number is another than that of social security, or its
    /// check digit is wrong. Other documents than identity cards say nothing.
    pub(super) fn number_differs(&self) -> Option<Seen> {
        let (number, kind) = IDENTITY;
        let object = self.first(number)?;
        if self.first(kind).is_some_and(|kind| kind.value != [0x00]) {
            return None;
        }
        let written = text::decode(text::unpad(object.value)).ok().filter(|t| !t.is_empty())?;
        if identity::parse(&written).is_err() {
            return Seen::at(object.exchanges.to_vec());
        }
        let (social, exchanges) = holder(self.context, 0x08)?;
        let differs = social.len() == written.len() && social != written;
        differs.then(|| Seen::at([object.exchanges, exchanges].concat()))?
    }

    /// More than a year between the ends of validity of bank and social security.
    pub(super) fn validity_differs(&self) -> Option<Seen> {
        let object = self.first(EXPIRY)?;
        let Ok(CardDate::Day(bank)) = date::decode_short(object.value) else { return None };
        let (end, proof) = self.context.social.written(0xEF05, 0x06)?;
        let social: jiff::civil::Date = end.parse().ok()?;
        // Many issuers write the end of the century for "without end".
        if social == jiff::civil::date(2099, 12, 31) || social == jiff::civil::Date::MAX {
            return None;
        }
        let days = bank.since(social).ok()?.get_days().unsigned_abs();
        let exchanges = [object.exchanges, proof].concat();
        (days > 366).then(|| Seen::value(format!("{social}, {bank}"), exchanges))?
    }
}
