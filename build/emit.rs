//! Reading tables and writing Rust: the parts that every table shares.

use std::path::{Path, PathBuf};
use std::{env, fs};

use serde::de::DeserializeOwned;

/// Reads a table. A mistake ends the build with file, line and column.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> T {
    println!("cargo::rerun-if-changed={}", path.display());
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Source that a table is held against.
pub(crate) fn source(path: &str) -> String {
    println!("cargo::rerun-if-changed={path}");
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The tables of a folder, in the order of their names.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.expect("a readable entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    paths
}

/// Writes a generated file where `include!` finds it.
pub(crate) fn write(name: &str, text: &str) {
    let folder = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&folder).join(name), text).expect("OUT_DIR can be written");
}

/// One byte out of two hex digits.
pub(crate) fn byte(hex: &str) -> u8 {
    u8::from_str_radix(hex, 16).unwrap_or_else(|_| panic!("{hex:?} is not a byte in hex"))
}

/// Two bytes out of four hex digits.
pub(crate) fn word(hex: &str) -> u16 {
    u16::from_str_radix(hex, 16).unwrap_or_else(|_| panic!("{hex:?} is not two bytes in hex"))
}

/// A BER tag out of hex digits.
pub(crate) fn tag(hex: &str) -> u32 {
    u32::from_str_radix(hex, 16).unwrap_or_else(|error| panic!("tag {hex:?}: {error}"))
}

/// Any number of bytes out of hex digits.
pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    assert!(hex.len().is_multiple_of(2), "{hex:?} has half a byte");
    (0..hex.len()).step_by(2).map(|at| byte(&hex[at..at + 2])).collect()
}

/// The Rust name of a table's word: `pin-or-key` is `PinOrKey`. A word that no
/// enum has ends the build.
pub(crate) fn camel(word: &str) -> String {
    word.split(['-', '_']).map(|part| part[..1].to_uppercase() + &part[1..]).collect()
}

/// A name as an id: `Language Preference` is `language-preference`.
pub(crate) fn kebab(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

/// Words in both languages; neither may be missing unless both are.
pub(crate) fn text(zh: &str, en: &str) -> String {
    assert_eq!(zh.is_empty(), en.is_empty(), "one language is missing: {zh:?} / {en:?}");
    format!("Text {{ zh: {zh:?}, en: {en:?} }}")
}

/// A list of versions; `all` is each of them.
pub(crate) fn versions(words: &[String]) -> String {
    let names: Vec<&str> = words
        .iter()
        .map(|word| match word.as_str() {
            "1.0" => "Version::V1",
            "2.0" => "Version::V2",
            "3.0" => "Version::V3",
            "undated" => "Version::Undated",
            other => panic!("{other:?} is no version: 1.0, 2.0, 3.0 or undated"),
        })
        .collect();
    format!("&[{}]", names.join(", "))
}
