//! READ RECORD and READ BINARY (P5 6.9, 6.10).

use super::{Outcome, Reply, VirtualCard, length, sw};
use crate::apdu::{Command, StatusWord};
use crate::emulate::model::{Access, Content, Ef, LeManner, Pin, Record};
use crate::session::Protocol;

impl VirtualCard {
    pub(super) fn read_record(&mut self, command: &Command<'_>) -> Outcome {
        if !command.data.is_empty() {
            return Err(sw::WRONG_LENGTH);
        }
        if command.p2 >> 3 != 0 {
            self.open(command.sfi())?;
        }
        let ef = self.current_ef()?;
        let Content::Records(records) = &ef.content else {
            return Err(sw::WRONG_STRUCTURE);
        };
        self.may_read(ef)?;
        let mode = command.p2 & 0x07;
        let (place, data) = match mode {
            0..=3 => {
                let place = self.find(records, mode, command.p1).ok_or(sw::RECORD_NOT_FOUND)?;
                (place, concatenated(records.get(place)))
            }
            4 => {
                let place = self.place(records, command.p1)?;
                (place, concatenated(records.get(place)))
            }
            5 | 6 if self.model.whole_file => {
                let place = self.place(records, command.p1)?;
                let wanted = records.get(place..).unwrap_or_default().iter();
                let data =
                    if mode == 5 { concatenated(wanted) } else { concatenated(wanted.rev()) };
                (place, data)
            }
            _ => return Err(sw::WRONG_PARAMETERS),
        };
        let larger = self.model.read_record_le == LeManner::Any;
        let reply = self.deliver(data, command.le, larger)?;
        self.record = Some(place);
        Ok(reply)
    }

    pub(super) fn read_binary(&mut self, command: &Command<'_>) -> Outcome {
        if !command.data.is_empty() {
            return Err(sw::WRONG_LENGTH);
        }
        let offset = if command.p1 & 0x80 == 0 {
            usize::from(u16::from_be_bytes([command.p1, command.p2]))
        } else {
            self.open(command.sfi().filter(|_| command.p1 & 0x60 == 0))?;
            usize::from(command.p2)
        };
        let ef = self.current_ef()?;
        let Content::Binary(bytes) = &ef.content else {
            return Err(sw::WRONG_STRUCTURE);
        };
        self.may_read(ef)?;
        let rest = bytes.get(offset..).filter(|rest| !rest.is_empty()).ok_or(sw::OFFSET)?;
        let le = match (command.le, self.model.protocol) {
            (Some(le), _) => length(le),
            (None, Protocol::T0) => 256,
            (None, Protocol::T1) => return Err(sw::WRONG_LENGTH),
        };
        match (rest.get(..le), self.model.protocol) {
            (Some(wanted), _) => Ok(Reply::from(wanted.to_vec())),
            // Le 00 asks for what there is, up to 256 bytes.
            (None, _) if le == 256 => Ok(Reply::from(rest.to_vec())),
            // T=0 cannot send fewer bytes than Le says.
            (None, Protocol::T0) => Err(sw::with_length(0x6C, rest.len())),
            (None, Protocol::T1) => Ok(Reply { data: rest.to_vec(), sw: sw::END_OF_FILE }),
        }
    }

    /// Makes the EF of a short identifier the current one.
    fn open(&mut self, sfi: Option<u8>) -> Result<(), StatusWord> {
        let sfi = sfi.ok_or(sw::WRONG_PARAMETERS)?;
        let found = self.current_df().efs.iter().position(|ef| ef.sfi == Some(sfi));
        let found = found.ok_or(sw::FILE_NOT_FOUND)?;
        if self.ef != Some(found) {
            self.ef = Some(found);
            self.record = None;
        }
        Ok(())
    }

    /// No key and no PIN is ever shown successfully; a PIN that nobody has set
    /// asks for nothing.
    fn may_read(&self, ef: &Ef) -> Result<(), StatusWord> {
        let pin = self.current_df().pin.and_then(|pin| self.model.pins.get(pin));
        match ef.read {
            Access::Free => Ok(()),
            Access::Pin | Access::PinOrKey if pin == Some(&Pin::NotSet) => Ok(()),
            Access::Pin | Access::PinOrKey | Access::PinAndKey | Access::Key | Access::Never => {
                Err(sw::SECURITY_STATUS)
            }
        }
    }

    /// By number: 01 is the first, 00 the current record.
    fn place(&self, records: &[Record], number: u8) -> Result<usize, StatusWord> {
        let place = usize::from(number).checked_sub(1).or(self.record);
        place.filter(|place| *place < records.len()).ok_or(sw::RECORD_NOT_FOUND)
    }

    /// By identifier: 00 is any. Modes 0 to 3: first, last, next, previous.
    fn find(&self, records: &[Record], mode: u8, identifier: u8) -> Option<usize> {
        let mut fitting = records
            .iter()
            .enumerate()
            .filter(|(_, record)| identifier == 0 || record.tag == Some(identifier))
            .map(|(place, _)| place);
        match mode {
            0 => fitting.next(),
            1 => fitting.next_back(),
            2 => fitting.find(|place| self.record.is_none_or(|current| *place > current)),
            _ => fitting.rfind(|place| self.record.is_none_or(|current| *place < current)),
        }
    }
}

fn concatenated<'a>(records: impl IntoIterator<Item = &'a Record>) -> Vec<u8> {
    records.into_iter().flat_map(|record| &record.bytes).copied().collect()
}
