//! What is personal in a recording, found without the code under test: by the
//! bytes on the wire and the classes of the tables alone.
//!
//! A value counts from two bytes on that are not all the same; shorter ones
//! (sex, ethnic group) occur everywhere by chance, and are held by the test of the
//! documents. Of a value only what the mask hides is looked for, in pieces so
//! small that a part of it is found too. What an open value of the same card holds
//! as well (a place of birth that is the region of the card) tells nothing, and is
//! not looked for.

use std::collections::BTreeSet;

use sscard::codec::text;
use sscard::profile::{self, Display, Item, Personal};
use sscard::session::Session;
use sscard::tlv::{ber, simple};

/// Bytes in hex, or characters in text, that are long enough to be no chance.
const PIECE_BYTES: usize = 4;
const PIECE_CHARACTERS: usize = 8;

/// One personal value.
#[derive(Clone)]
pub(crate) struct Secret {
    /// Whose it is, for messages.
    pub(crate) what: String,
    /// What must not be seen, in upper case.
    pub(crate) hidden: BTreeSet<String>,
}

/// The personal values of a session.
pub(crate) fn secrets(session: &Session) -> Vec<Secret> {
    let mut found = Found::default();
    if let Some(atr) = &session.header.atr {
        found.atr(atr);
    }
    let mut data = Vec::new();
    for (_, exchange) in session.exchanges() {
        found.open(&exchange.command);
        let ins = exchange.command.get(1).copied().unwrap_or_default();
        let answer = exchange.response.as_deref().unwrap_or_default();
        let part = &answer[..answer.len().saturating_sub(2)];
        if ins != 0xC0 {
            data.clear();
        }
        data.extend_from_slice(part);
        match ins {
            0x84 => found.open(part),
            0xB0 => found.secret("bytes of a file", &data, bytes_in_pieces(&data)),
            _ => found.objects(&data),
        }
    }
    for secret in &mut found.secrets {
        secret.hidden.retain(|piece| !found.open.iter().any(|open| open.contains(piece)));
    }
    found.secrets.retain(|secret| !secret.hidden.is_empty());
    found.secrets
}

#[derive(Default)]
struct Found {
    secrets: Vec<Secret>,
    open: Vec<String>,
}

impl Found {
    fn secret(&mut self, what: &str, value: &[u8], hidden: BTreeSet<String>) {
        if value.len() >= 2 && value.iter().any(|byte| *byte != value[0]) {
            let hidden = hidden.into_iter().map(|piece| piece.to_uppercase()).collect();
            self.secrets.push(Secret { what: what.to_owned(), hidden });
        }
    }

    /// What may be seen: as hex in both manners, and as text.
    fn open(&mut self, value: &[u8]) {
        self.open.extend([hex::encode_upper(value), spaced(value)]);
        self.open.extend(text::decode(value).ok().map(|text| text.to_uppercase()));
    }

    /// The last four of 13 historical bytes, before the check byte if there is one.
    fn atr(&mut self, atr: &[u8]) {
        let layout = [0x00, 0x81, 0x54];
        let at = atr.windows(3).position(|bytes| bytes == layout);
        let (Some(at), None) = (at, (atr.len() < 13).then_some(())) else { return };
        let serial = &atr[at + 9..at + 13];
        self.open(&atr[..at + 9]);
        self.secret("serial number in the ATR", serial, bytes_in_pieces(serial));
    }

    /// Records of SSSE where every tag is one of its, else BER.
    fn objects(&mut self, data: &[u8]) {
        let row = |tag| [0xEF05, 0xEF06].into_iter().find_map(|f| profile::item("ssse", f, tag));
        if !data.is_empty() && simple::Reader::new(data).all(|item| row(item.tag).is_some()) {
            for (item, value) in
                simple::Reader::new(data).filter_map(|item| Some((row(item.tag)?, item.value)))
            {
                self.item(item, value);
            }
            return;
        }
        for (_, object) in ber::walk(data).map_while(Result::ok) {
            let class = profile::tag(object.tag.0).map_or(Personal::Unknown, |row| row.personal);
            if object.tag.is_constructed() || object.tag.0 == 0x9F0C {
                continue;
            }
            if class == Personal::None {
                self.open(object.value);
            } else {
                let what = format!("tag {:X}", object.tag.0);
                self.secret(&what, object.value, bytes_in_pieces(object.value));
            }
        }
    }

    fn item(&mut self, item: &Item, value: &[u8]) {
        if item.personal == Personal::None {
            return self.open(value);
        }
        // Region and RID of the card identification code are open.
        let open = if item.display == Display::CardIdentificationCode { 8 } else { 0 };
        self.open(&value[..open.min(value.len())]);
        let secret = text::unpad(&value[open.min(value.len())..]);
        let mut hidden = bytes_in_pieces(secret);
        match item.display {
            Display::Date => hidden.extend(dates(&hex::encode(secret))),
            Display::IdentityNumber | Display::CardNumber | Display::Text => {
                hidden
                    .extend(text::decode(secret).ok().iter().flat_map(|text| in_text(item, text)));
            }
            _ => {}
        }
        self.secret(item.id, value, hidden);
    }
}

/// What the mask hides of a text, in pieces: all but the first character of
/// a name or card number, all but the first three and last two of an identity number.
fn in_text(item: &Item, text: &str) -> BTreeSet<String> {
    let characters: Vec<char> = text.chars().collect();
    let (first, last) = match item.personal {
        Personal::Id => (3, 2),
        _ if item.id == "name-extension" => (0, 0),
        _ => (1, 0),
    };
    let hidden = &characters[first.min(characters.len())..];
    let hidden = &hidden[..hidden.len().saturating_sub(last)];
    let short = if text.is_ascii() { PIECE_CHARACTERS } else { 2 };
    hidden.windows(short).map(|piece| piece.iter().collect()).collect()
}

fn dates(digits: &str) -> Vec<String> {
    let (year, rest) = digits.split_at(digits.len().min(4));
    let (month, day) = rest.split_at(rest.len().min(2));
    ["-", "/", ".", ""].map(|between| [year, month, day].join(between)).to_vec()
}

/// Every run of bytes in hex (upper case; packed digits are the same), with and
/// without blanks; a shorter value as a whole.
fn bytes_in_pieces(value: &[u8]) -> BTreeSet<String> {
    let telling = |piece: &&[u8]| piece.iter().any(|byte| *byte != piece[0]);
    let piece = PIECE_BYTES.min(value.len()).max(1);
    let pieces = value.windows(piece).filter(telling);
    pieces.flat_map(|piece| [hex::encode_upper(piece), spaced(piece)]).collect()
}

fn spaced(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(" ")
}
