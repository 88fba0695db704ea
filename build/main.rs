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
mod features;
mod guide;
mod instructions;
mod profile;
mod regions;
mod rules;
mod usb;
mod vocabulary;
mod words;

use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=build");
    let instructions = Path::new("src/apdu/instructions.toml");
    emit::write("instructions.rs", &instructions::generate(instructions));
    emit::write("comparison.rs", &comparison::generate(Path::new("src/verdict/comparison.toml")));
    let conclusions = conclusions::generate(Path::new("src/report/doctor/conclusions.toml"));
    emit::write("conclusions.rs", &conclusions);
    let features = features::generate(Path::new("src/report/doctor/features.toml"));
    emit::write("features.rs", &features);
    emit::write("usb.rs", &usb::generate(Path::new("src/cli/doctor/usb.toml")));
    emit::write("guide.rs", &guide::generate(Path::new("src/report/guide")));
    emit::write("rules.rs", &rules::generate(Path::new("src/verdict/rules")));
    let tables = Path::new("src/profile/tables");
    emit::write("regions.rs", &regions::generate(&tables.join("regions.toml")));
    emit::write("profile.rs", &(profile::generate(tables) + &words::generate(tables)));
}
