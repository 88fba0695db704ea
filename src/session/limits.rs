//! How much a file may hold. A file may come from anyone: reading it must end
//! soon and in little memory, whatever it says.

/// Bytes of one session, as text or as a line of NDJSON. Everything that is
/// stored on a card takes about 100 KiB of text; this is far more.
pub const MAX_SESSION: usize = 16 * 1024 * 1024;

/// Bytes of a log that is imported: far more than a card can have said, and what is
/// written of it may not be larger than [`MAX_SESSION`] in the end.
pub const MAX_LOG: usize = 16 * 1024 * 1024;

/// Bytes of a table of a region, of a card model, of the certificates to trust:
/// some ten times the largest that is known.
pub const MAX_TABLE: usize = 1024 * 1024;

/// Bytes of what is to be explained on standard input. Each two characters may
/// become a line of text and an object of the document.
pub const MAX_EXPLAINED: usize = 4 * 1024 * 1024;

/// Bytes of the recordings that a batch holds at once, but for the last of them.
pub const MAX_BATCH: usize = 64 * 1024 * 1024;

/// Lines of a text, or steps of an NDJSON session. Holds the memory of a file of
/// empty lines within bounds; whole cards take a few thousand.
pub const MAX_LINES: usize = 1_000_000;

/// Bytes of one line of text, without its end: the longest command with three
/// characters a byte takes three quarters of it.
pub const MAX_LINE: usize = 256 * 1024;

/// Bytes of a command APDU: header 4, extended Lc 3, data 65,535, Le 2
/// (ISO/IEC 7816-4, 5.1).
pub const MAX_COMMAND: usize = 65_544;

/// Bytes of a response APDU: data 65,536 and the status word (ISO/IEC 7816-4, 5.1).
pub const MAX_RESPONSE: usize = 65_538;

/// Bytes of an ATR. A correct one has at most 33 (ISO/IEC 7816-3, 8.2.1); what a
/// broken reader reports can still be kept.
pub const MAX_ATR: usize = 64;

/// Rounds of `repeat`: `${i}` is one byte, as a record number is.
pub const MAX_ROUNDS: usize = 255;

/// Loops within loops: records within files. With [`MAX_ROUNDS`], a command
/// leaves at most 65,025 times.
pub const MAX_DEPTH: usize = 2;

/// Characters of a name, so that a message can show it.
pub const MAX_NAME: usize = 64;

/// Tags of a TLV path. The deepest place on these cards takes four.
pub const MAX_PATH: usize = 16;
