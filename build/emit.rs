//! Reading tables and writing Rust: the parts that every table shares.

use std::path::Path;
use std::{env, fs};

use serde::de::DeserializeOwned;

/// Reads a table. A mistake ends the build with file, line and column.
pub fn read<T: DeserializeOwned>(path: &Path) -> T {
    println!("cargo::rerun-if-changed={}", path.display());
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Writes a generated file where `include!` finds it.
pub fn write(name: &str, text: &str) {
    let folder = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&folder).join(name), text).expect("OUT_DIR can be written");
}

/// One byte out of two hex digits.
pub fn byte(hex: &str) -> u8 {
    u8::from_str_radix(hex, 16).unwrap_or_else(|_| panic!("{hex:?} is not a byte in hex"))
}

/// Any number of bytes out of hex digits.
#[allow(dead_code, reason = "used as the tables grow")]
pub fn bytes(hex: &str) -> Vec<u8> {
    assert!(hex.len().is_multiple_of(2), "{hex:?} has half a byte");
    (0..hex.len()).step_by(2).map(|at| byte(&hex[at..at + 2])).collect()
}
