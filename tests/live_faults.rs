//! The matrix of faults over a real PC/SC service: what docs/faults.md says of a card
//! in this process holds in a reader, too; then the next card is read.
#![cfg(all(feature = "pcsc", feature = "cli", target_os = "linux"))]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking, in its helpers too"
)]

#[path = "live_faults/live.rs"]
mod live;
#[expect(dead_code, reason = "the test in process and that in a reader need different parts")]
#[path = "support/matrix.rs"]
mod matrix;
#[expect(dead_code, reason = "other live tests need more of it")]
#[path = "support/pcscd.rs"]
mod pcscd;
#[path = "live_faults/slots.rs"]
mod slots;
