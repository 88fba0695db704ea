//! The documents: every screen is compared, every line is run.
#![cfg(all(feature = "cli", feature = "pcsc"))]

/// Without a PC/SC service, so that no card of this machine is read.
#[test]
fn screens() {
    trycmd::TestCases::new()
        .env("LC_ALL", "C")
        .env("PCSCLITE_CSOCK_NAME", "/nonexistent")
        .case("README.md")
        .case("tests/cmd/*.trycmd");
}
