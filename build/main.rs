//! Turns the tables (TOML, reviewed by people who read no Rust) into `static`
//! data, so that nothing is parsed when the program starts.

mod emit;
mod instructions;

use std::path::Path;

fn main() {
    emit::write(
        "instructions.rs",
        &instructions::generate(Path::new("src/apdu/instructions.toml")),
    );
}
