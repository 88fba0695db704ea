//! Reads Chinese social security cards (社会保障卡) and answers, with proof: is
//! this card first, second or third generation, and are its applications healthy?
//!
//! Bytes go one way, from the reader to the person; imports go the other. A
//! module uses only modules to its left:
//!
//! ```text
//! codec ─► tlv, atr ─► certificate, apdu ─► session ─► import, transport ─► script ─► profile ─► observe ─► scrub, compare, emulate, probe ─► verdict ─► batch ─► report ─► cli
//! ```

pub mod apdu;
pub mod atr;
pub mod batch;
pub mod certificate;
#[cfg(feature = "cli")]
pub mod cli;
pub mod codec;
#[cfg(feature = "cli")]
pub mod compare;
pub mod emulate;
pub mod import;
pub mod observe;
pub mod probe;
pub mod profile;
pub mod report;
pub mod script;
pub mod scrub;
pub mod session;
pub mod tlv;
pub mod transport;
pub mod verdict;
