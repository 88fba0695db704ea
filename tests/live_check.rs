//! The program over a real PC/SC service: `sscard virtual` puts a card into a
//! virtual reader, `sscard check` and `sscard readers` look at it.
#![cfg(all(feature = "pcsc", feature = "cli", target_os = "linux"))]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking, in its helpers too"
)]

#[path = "support/documents.rs"]
mod documents;
#[path = "live_check/live.rs"]
mod live;
#[expect(dead_code, reason = "other live tests need more of it")]
#[path = "support/pcscd.rs"]
mod pcscd;
#[path = "support/picture.rs"]
mod picture;
#[path = "live_check/program.rs"]
mod program;
