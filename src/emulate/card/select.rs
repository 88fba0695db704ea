//! SELECT: which DF or EF is the current one (P5 6.11).

use super::{Outcome, Reply, VirtualCard, length, sw};
use crate::apdu::Command;
use crate::session::Protocol;

impl VirtualCard {
    pub(super) fn select(&mut self, command: &Command<'_>) -> Outcome {
        match (command.p1, command.p2, command.data) {
            (0x00, 0x00, [] | [0x3F, 0x00]) => self.select_df(None, command.le),
            (0x00, 0x00, &[high, low]) => self.select_fid(u16::from_be_bytes([high, low]), command),
            (0x02, 0x00, &[high, low]) => self.select_ef(u16::from_be_bytes([high, low])),
            (0x00 | 0x02, 0x00, _) => Err(sw::WRONG_LENGTH),
            (0x04, 0x00 | 0x02, name @ [_, ..]) if name.len() <= 16 => {
                self.select_name(name, command)
            }
            (0x04, 0x00 | 0x02, _) => Err(sw::WRONG_LENGTH),
            _ => Err(sw::WRONG_PARAMETERS),
        }
    }

    /// By the whole name: partial names are the card's choice (P5 6.11.5), and
    /// then the next occurrence does not exist.
    fn select_name(&mut self, name: &[u8], command: &Command<'_>) -> Outcome {
        if command.p2 == 0x02 {
            return Err(sw::FILE_NOT_FOUND);
        }
        if self.model.mf.name.as_deref() == Some(name) {
            return self.select_df(None, command.le);
        }
        let found = self.model.dfs.iter().position(|df| df.name.as_deref() == Some(name));
        self.select_df(Some(found.ok_or(sw::FILE_NOT_FOUND)?), command.le)
    }

    /// A DF below, the current one, its parent, one beside it; or, as cards in
    /// the field do, an EF (ISO/IEC 7816-4, 7.1.1).
    fn select_fid(&mut self, fid: u16, command: &Command<'_>) -> Outcome {
        let parent = self.current_df().parent;
        let found = |nearby: &dyn Fn(usize, Option<usize>) -> bool| {
            let mut dfs = self.model.dfs.iter().enumerate();
            dfs.position(|(index, df)| df.fid == Some(fid) && nearby(index, df.parent))
        };
        let df = found(&|_, its_parent| its_parent == self.df)
            .or_else(|| found(&|index, _| Some(index) == self.df || Some(index) == parent))
            .or_else(|| found(&|_, its_parent| self.df.is_some() && its_parent == parent));
        match df {
            Some(df) => self.select_df(Some(df), command.le),
            None => self.select_ef(fid),
        }
    }

    fn select_df(&mut self, df: Option<usize>, le: Option<u32>) -> Outcome {
        if let Some(refusal) = self.model.df(df).select {
            return Err(refusal);
        }
        // Another DF ends what was shown to this one (P5 6.11.1).
        if df != self.df {
            self.challenged = false;
        }
        self.df = df;
        self.ef = None;
        self.record = None;
        if self.current_df().blocked {
            return Err(sw::APPLICATION_BLOCKED);
        }
        let fci = self.current_df().fci.clone();
        match (self.model.protocol, le.map(length)) {
            _ if fci.is_empty() => Ok(Reply::from(fci)),
            (Protocol::T0, _) => {
                let waits = sw::with_length(0x61, fci.len());
                self.waiting = fci;
                Err(waits)
            }
            (Protocol::T1, None) => Ok(Reply::from(Vec::new())),
            (Protocol::T1, Some(le)) if fci.len() <= le => Ok(Reply::from(fci)),
            (Protocol::T1, Some(_)) => Err(sw::with_length(0x6C, fci.len())),
        }
    }

    /// An EF answers a status word only (P5 6.11.3).
    fn select_ef(&mut self, fid: u16) -> Outcome {
        let df = self.current_df();
        if df.blocked {
            return Err(sw::APPLICATION_BLOCKED);
        }
        let found = df.efs.iter().position(|ef| ef.fid == Some(fid));
        self.ef = Some(found.ok_or(sw::FILE_NOT_FOUND)?);
        self.record = None;
        Ok(Reply::from(Vec::new()))
    }
}
