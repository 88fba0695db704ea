//! The files of the certificate application, joined from the pieces in which
//! they came.

use super::{Facts, How, Place, Reading};
use crate::certificate::{self, Content};
use crate::profile;

/// A transparent file from its start, as far as it came.
#[derive(Clone)]
pub struct Joined {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Whether the card has said that there are no more.
    pub is_whole: bool,
    /// The exchanges that show it.
    pub exchanges: Vec<u32>,
}

/// What a certificate's file holds, with proof.
#[derive(Clone)]
pub struct CertificateFile {
    /// The file.
    pub fid: u16,
    /// What it holds.
    pub content: Content,
    /// The exchanges that show it.
    pub exchanges: Vec<u32>,
}

impl Place {
    /// ACSE, the certificate application.
    #[must_use]
    pub fn acse() -> Option<Self> {
        profile::application("acse").map(Self::Application)
    }
}

impl Facts {
    /// What READ BINARY brought of a file, in order of offset and without gap;
    /// `None` where nothing of its start came. A later READ of the same bytes
    /// adds nothing.
    #[must_use]
    pub fn joined(&self, place: &Place, fid: u16) -> Option<Joined> {
        let offset = |reading: &Reading| match reading.how {
            How::Binary(offset) => Some(usize::from(offset)),
            _ => None,
        };
        let mut pieces: Vec<(usize, &Reading)> =
            self.readings_of(place, fid).filter_map(|r| Some((offset(r)?, r))).collect();
        pieces.sort_by_key(|(offset, _)| *offset);
        let mut joined = Joined { bytes: Vec::new(), is_whole: false, exchanges: Vec::new() };
        for (offset, reading) in pieces {
            let known = joined.bytes.len();
            let Some(new) = known.checked_sub(offset) else { break };
            let fresh = reading.data.get(new..).unwrap_or_default();
            if reading.is_ok() {
                joined.bytes.extend_from_slice(fresh);
                joined.is_whole = reading.sw.0 == 0x6282;
            } else if offset == known && known > 0 {
                // Whatever the refusal says, nothing comes behind what came.
                joined.is_whole = true;
            }
            if !fresh.is_empty() || joined.is_whole {
                joined.exchanges.extend_from_slice(&reading.exchanges);
            }
        }
        (!joined.bytes.is_empty()).then_some(joined)
    }

    /// The certificate in a file of ACSE; `None` where nothing of it came.
    #[must_use]
    pub fn certificate(&self, fid: u16) -> Option<CertificateFile> {
        let file = self.joined(&Place::acse()?, fid)?;
        let content = certificate::content(&file.bytes, file.is_whole);
        Some(CertificateFile { fid, content, exchanges: file.exchanges })
    }
}
