//! The virtual card: what it remembers between commands, and who answers what.
//! ISO/IEC 7816-4 with the manners of the card standard, part 5.

mod read;
mod security;
mod select;

use std::collections::BTreeMap;

use super::model::{Df, Ef, Model};
use crate::apdu::{Command, StatusWord};
use crate::session::{Interface, Protocol, Reset};
use crate::transport::{Card, Transmit, TransportError};

/// A card computed from a model. It answers as a real one would, also to
/// commands that this program never sends; what it counts (PIN tries) survives a
/// reset, what it selected does not.
#[derive(Clone)]
pub struct VirtualCard {
    model: Model,
    /// Commands received so far.
    exchanges: u32,
    /// The current DF; `None` is the MF.
    df: Option<usize>,
    /// The current EF, by its place in the DF.
    ef: Option<usize>,
    /// The current record, by its place in the EF.
    record: Option<usize>,
    /// What GET RESPONSE would fetch (T=0).
    waiting: Vec<u8>,
    /// Whether a challenge is out that EXTERNAL AUTHENTICATION could use.
    challenged: bool,
    /// Tries left of the keys that were presented wrongly, by DF and key.
    key_tries: BTreeMap<(Option<usize>, u8), u8>,
    random: u64,
}

impl std::fmt::Debug for VirtualCard {
    /// What is selected, without what waits to be fetched.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (df, ef, waiting) = (self.df, self.ef, self.waiting.len());
        write!(f, "VirtualCard({:?}, DF {df:?}, EF {ef:?}, {waiting} bytes wait)", self.model)
    }
}

/// An answer with data; the status word is not always 9000.
struct Reply {
    data: Vec<u8>,
    sw: StatusWord,
}

/// An answer, or a refusal, which is a status word alone.
type Outcome = Result<Reply, StatusWord>;

impl From<Vec<u8>> for Reply {
    fn from(data: Vec<u8>) -> Self {
        Self { data, sw: StatusWord::OK }
    }
}

/// The refusals, by the words of part 5, table 5.
mod sw {
    use crate::apdu::StatusWord;

    pub(super) const END_OF_FILE: StatusWord = StatusWord(0x6282);
    pub(super) const WRONG_LENGTH: StatusWord = StatusWord(0x6700);
    pub(super) const WRONG_STRUCTURE: StatusWord = StatusWord(0x6981);
    pub(super) const SECURITY_STATUS: StatusWord = StatusWord(0x6982);
    pub(super) const LOCKED: StatusWord = StatusWord(0x6983);
    pub(super) const NO_CHALLENGE: StatusWord = StatusWord(0x6984);
    pub(super) const CONDITIONS: StatusWord = StatusWord(0x6985);
    pub(super) const NO_CURRENT_EF: StatusWord = StatusWord(0x6986);
    pub(super) const WRONG_MAC: StatusWord = StatusWord(0x6988);
    pub(super) const FILE_NOT_FOUND: StatusWord = StatusWord(0x6A82);
    pub(super) const RECORD_NOT_FOUND: StatusWord = StatusWord(0x6A83);
    pub(super) const WRONG_PARAMETERS: StatusWord = StatusWord(0x6A86);
    pub(super) const DATA_NOT_FOUND: StatusWord = StatusWord(0x6A88);
    pub(super) const OFFSET: StatusWord = StatusWord(0x6B00);
    pub(super) const UNKNOWN_INS: StatusWord = StatusWord(0x6D00);
    pub(super) const UNKNOWN_CLA: StatusWord = StatusWord(0x6E00);
    pub(super) const NO_DATA: StatusWord = StatusWord(0x6F00);
    pub(super) const APPLICATION_BLOCKED: StatusWord = StatusWord(0x9303);

    /// `61xx` or `6Cxx`: so many bytes (256 is 00).
    pub(super) fn with_length(sw1: u8, bytes: usize) -> StatusWord {
        let [.., sw2] = bytes.to_be_bytes();
        StatusWord(u16::from_be_bytes([sw1, sw2]))
    }
}

impl VirtualCard {
    /// A card as it comes out of its envelope: powered, nothing selected but the
    /// MF.
    #[must_use]
    pub fn new(model: Model) -> Self {
        // FNV-1a over the ATR, which differs from card to card.
        let random = model.atr.iter().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3)
        });
        Self {
            model,
            exchanges: 0,
            df: None,
            ef: None,
            record: None,
            waiting: Vec::new(),
            challenged: false,
            key_tries: BTreeMap::new(),
            random,
        }
    }

    fn current_df(&self) -> &Df {
        self.model.df(self.df)
    }

    fn current_ef(&self) -> Result<&Ef, StatusWord> {
        self.ef.and_then(|ef| self.current_df().efs.get(ef)).ok_or(sw::NO_CURRENT_EF)
    }

    fn answer(&mut self, command: &[u8]) -> Vec<u8> {
        let outcome = match (self.model.answer_all, Command::parse(command)) {
            (Some(sw), _) => Err(sw),
            (None, Ok(command)) => self.execute(&command),
            (None, Err(_)) => Err(sw::WRONG_LENGTH),
        };
        let Reply { mut data, sw } = outcome.unwrap_or_else(|sw| Reply { data: Vec::new(), sw });
        data.extend(sw.0.to_be_bytes());
        data
    }

    fn execute(&mut self, command: &Command<'_>) -> Outcome {
        let waiting = std::mem::take(&mut self.waiting);
        // These cards have no extended length.
        if command.data.len() > 255 || command.le.is_some_and(|le| le > 256) {
            return Err(sw::WRONG_LENGTH);
        }
        match (command.cla, command.ins, self.current_df().answer) {
            (0x00, 0xA4, _) => self.select(command),
            _ if self.current_df().blocked => Err(sw::APPLICATION_BLOCKED),
            (0x00, 0xC0, _) => self.get_response(command, waiting),
            (_, _, Some(refusal)) => Err(refusal),
            (0x00, 0xB0, None) => self.read_binary(command),
            (0x00, 0xB2, None) => self.read_record(command),
            (0x80, 0xCA, None) => self.look_up(&self.current_df().data, command),
            (0x80, 0x5C, None) => self.look_up(&self.current_df().balance, command),
            _ => self.execute_security(command),
        }
    }

    fn get_response(&mut self, command: &Command<'_>, mut waiting: Vec<u8>) -> Outcome {
        if waiting.is_empty() {
            return Err(sw::NO_DATA);
        }
        if (command.p1, command.p2) != (0, 0) {
            return Err(sw::WRONG_PARAMETERS);
        }
        if !command.data.is_empty() {
            return Err(sw::WRONG_LENGTH);
        }
        let le = length(command.le.unwrap_or(256));
        if le > waiting.len() {
            let refusal = sw::with_length(0x6C, waiting.len());
            self.waiting = waiting;
            return Err(refusal);
        }
        self.waiting = waiting.split_off(le);
        match self.waiting.len() {
            0 => Ok(Reply::from(waiting)),
            rest => Ok(Reply { data: waiting, sw: sw::with_length(0x61, rest) }),
        }
    }

    /// GET DATA and GET BALANCE: an answer that the model has ready.
    fn look_up(&self, answers: &[(u16, Vec<u8>)], command: &Command<'_>) -> Outcome {
        if answers.is_empty() {
            return Err(sw::UNKNOWN_INS);
        }
        if !command.data.is_empty() {
            return Err(sw::WRONG_LENGTH);
        }
        let parameters = u16::from_be_bytes([command.p1, command.p2]);
        let answer = answers.iter().find(|(known, _)| *known == parameters);
        let (_, data) = answer.ok_or(sw::DATA_NOT_FOUND)?;
        self.deliver(data.clone(), command.le, false)
    }

    /// Data of one piece against Le. `T=0` cannot send fewer bytes than Le says,
    /// so it names the right number (ISO/IEC 7816-3, 10.3.3); `T=1` sends what
    /// there is when Le is 00. `larger`: a larger Le is fine here.
    fn deliver(&self, data: Vec<u8>, le: Option<u32>, larger: bool) -> Outcome {
        let le = match (le, self.model.protocol) {
            (Some(le), _) => length(le),
            (None, Protocol::T0) => 256,
            (None, Protocol::T1) => return Err(sw::WRONG_LENGTH),
        };
        let all = larger || le == 256 && self.model.protocol == Protocol::T1;
        match data.len() {
            // More than any Le can ask for.
            257.. => Err(sw::WRONG_LENGTH),
            len if len == le || all && len < le => Ok(Reply::from(data)),
            len => Err(sw::with_length(0x6C, len)),
        }
    }

    fn forget_selection(&mut self) {
        self.df = None;
        self.ef = None;
        self.record = None;
        self.waiting.clear();
        self.challenged = false;
    }
}

/// Le as a size; one that does not fit is larger than anything here.
fn length(le: u32) -> usize {
    usize::try_from(le).unwrap_or(usize::MAX)
}

impl Transmit for VirtualCard {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.exchanges = self.exchanges.saturating_add(1);
        let mute = self.model.mute_from.is_some_and(|first| first <= self.exchanges);
        if mute { Err(TransportError::Timeout) } else { Ok(self.answer(command)) }
    }
}

impl Card for VirtualCard {
    fn atr(&self) -> &[u8] {
        &self.model.atr
    }

    fn interface(&self) -> Interface {
        self.model.interface
    }

    fn protocol(&self) -> Protocol {
        self.model.protocol
    }

    fn reset(&mut self, _kind: Reset) -> Result<(), TransportError> {
        self.forget_selection();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
