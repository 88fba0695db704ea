//! Samples are numbered in the order in which their originals appear: a sample
//! tells which values are equal, and nothing else of them. Since the numbers of
//! samples come in their own order, a sample is its own sample. For that the values
//! of one form must all have other samples, or take them in turns.

use std::collections::HashMap;

/// What a sample has to look like. Values of one form are numbered together.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Form {
    /// The serial number of a chip.
    Serial,
    /// The same in text.
    SerialText,
    /// The authentication code of a card.
    Code,
    /// An identity number of 18 characters: the day of its sample, and its sex.
    Identity(String, u8),
    /// A day.
    Day,
    /// Male or female.
    Sex,
    /// The number of a social security card.
    Card,
    /// The number of a bank account: what of it stays, its length, whether its check
    /// digit is right.
    Account(String, usize, bool),
    /// The number of a transport purse, likewise: one side of a chip may have it alone,
    /// and the accounts of both sides must stay the same.
    Purse(String, usize, bool),
    /// A public key.
    Key,
    /// A letter of a name: bytes in GB 18030 and in UTF-8, of the user-defined area.
    Letter(usize, usize, bool),
    /// So many decimal digits.
    Digits(usize),
    /// Printable ASCII: where it has blanks, and whether it is packed digits too.
    Text(Vec<bool>, bool),
    /// So many bytes of Chinese text.
    Chinese(usize),
    /// Packed digits: bytes, digits, and whether the last two are a month.
    Packed(usize, usize, bool),
    /// So many bytes that are nothing of this, and whether they are text.
    Bytes(usize, bool),
}

impl Form {
    /// Whether values keep their number through all sessions of a file. The others
    /// have too few samples for that.
    fn is_of_file(&self) -> bool {
        matches!(
            self,
            Self::Serial
                | Self::SerialText
                | Self::Code
                | Self::Identity(..)
                | Self::Day
                | Self::Sex
                | Self::Card
                | Self::Account(..)
                | Self::Purse(..)
                | Self::Key
        )
    }
}

/// So many values are remembered from session to session; then the numbers begin
/// anew, so that memory stays flat and no sample is used up.
const MOST: usize = 16_384;

type Known = HashMap<(Form, Vec<u8>), u32>;

/// The numbers of the values that were met.
#[derive(Default)]
pub(super) struct Numbers {
    of_file: Known,
    of_session: Known,
    last: HashMap<Form, u32>,
    /// Names of this session and their samples.
    pub(super) names: Vec<(String, String)>,
}

impl Numbers {
    /// Forgets what counts within one session only.
    pub(super) fn begin_session(&mut self) {
        self.of_session.clear();
        self.names.clear();
        if self.of_file.len() > MOST {
            self.of_file.clear();
        }
        let keep = !self.of_file.is_empty();
        self.last.retain(|form, _| keep && form.is_of_file());
    }

    /// The number of a value, from 1.
    pub(super) fn of(&mut self, form: Form, value: &[u8]) -> u32 {
        let known = if form.is_of_file() { &mut self.of_file } else { &mut self.of_session };
        let last = &mut self.last;
        *known.entry((form, value.to_vec())).or_insert_with_key(|(form, _)| {
            let number = last.entry(form.clone()).or_insert(0);
            *number = number.saturating_add(1);
            *number
        })
    }
}
