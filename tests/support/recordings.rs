//! The recordings of this repository.

use sscard::session::{Session, load};

/// Every recording, by its path from the root of the repository.
pub(crate) fn recordings() -> Vec<String> {
    let mut paths: Vec<String> = ["fixtures/foreign", "fixtures/recorded"]
        .into_iter()
        .flat_map(|folder| {
            let entries = std::fs::read_dir(folder).unwrap();
            entries.map(move |entry| {
                let name = entry.unwrap().file_name().into_string().unwrap();
                format!("{folder}/{name}")
            })
        })
        .collect();
    paths.sort();
    assert!(paths.len() >= 24, "{paths:?}");
    paths
}

/// The sessions of a recording.
pub(crate) fn sessions(path: &str) -> Vec<Session> {
    let bytes = std::fs::read(path).unwrap();
    load(&bytes).unwrap_or_else(|error| panic!("{path}, {error}"))
}
