//! Turns the tables (TOML, reviewed by people who read no Rust) into `static`
//! data, so that nothing is parsed when the program starts.

#![expect(
    clippy::panic,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::arithmetic_side_effects,
    reason = "a mistake in a table ends the build, and cargo is spoken to on standard output"
)]

mod comparison;
mod conclusions;
mod emit;
mod guide;
mod instructions;
mod profile;
mod regions;
mod rules;
mod words;

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build");
    if packs_relocations() {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    let instructions = Path::new("src/apdu/instructions.toml");
    emit::write("instructions.rs", &instructions::generate(instructions));
    emit::write("comparison.rs", &comparison::generate(Path::new("src/verdict/comparison.toml")));
    let conclusions = conclusions::generate(Path::new("src/report/doctor/conclusions.toml"));
    emit::write("conclusions.rs", &conclusions);
    emit::write("guide.rs", &guide::generate(Path::new("src/report/guide.toml")));
    emit::write("rules.rs", &rules::generate(Path::new("src/verdict/rules")));
    let tables = Path::new("src/profile/tables");
    emit::write("regions.rs", &regions::generate(&tables.join("regions.toml")));
    emit::write("profile.rs", &(profile::generate(tables) + &words::generate(tables)));
}

/// The tables are full of pointers, and the loader's list of them takes 24 bytes for
/// each; packed hardly one bit. glibc 2.36 is the first that reads such a list.
fn packs_relocations() -> bool {
    let of_cargo = |key: &str| std::env::var(key).unwrap_or_default();
    let native = of_cargo("HOST") == of_cargo("TARGET");
    if !native || of_cargo("CARGO_CFG_TARGET_ENV") != "gnu" || cfg!(windows) {
        return false;
    }
    let found = Command::new("getconf").arg("GNU_LIBC_VERSION").output();
    let found = found.map(|answer| String::from_utf8_lossy(&answer.stdout).into_owned());
    let version = found.unwrap_or_default();
    let minor = version.trim().strip_prefix("glibc 2.").and_then(|minor| minor.parse::<u32>().ok());
    minor.is_some_and(|minor| minor >= 36)
}
