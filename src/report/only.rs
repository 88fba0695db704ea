//! `--only`: some items of a document, by id or by the file or application that
//! holds them.

use super::Document;
use crate::profile::{self, Version};

/// Names of items, files and applications that somebody wants to see.
pub struct Only(Vec<String>);

impl Only {
    /// Takes names, in either case of letters.
    ///
    /// # Errors
    ///
    /// Returns the first name that means nothing on any card, and those near it.
    pub fn new(names: &[String]) -> Result<Self, (String, Vec<String>)> {
        let known = known();
        let names: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
        match names.iter().find(|name| !known.contains(name)) {
            Some(name) => Err((name.clone(), near(name, &known))),
            None => Ok(Self(names)),
        }
    }

    /// Leaves in a document only what one of the names means.
    pub fn keep(&self, document: &mut Document) {
        let wanted = |name: &str| self.0.iter().any(|wanted| wanted.eq_ignore_ascii_case(name));
        for application in document.applications.iter_mut().filter(|row| !wanted(row.id)) {
            application.data.retain(|datum| wanted(datum.id) || wanted(&datum.file));
        }
        document.applications.retain(|application| !application.data.is_empty());
    }
}

/// Every application, file and item of any version, in small letters.
fn known() -> Vec<String> {
    let mut names = Vec::new();
    for application in profile::applications() {
        for version in [Version::V1, Version::V2, Version::V3] {
            for file in profile::files(application.id, version) {
                names.push(application.id.to_owned());
                names.push(format!("{:04x}", file.fid));
                let items = profile::items(application.id, file.fid, version);
                names.extend(items.map(|item| item.id.to_owned()));
            }
        }
    }
    names.extend(profile::tags().iter().map(|row| row.id.to_owned()));
    names.extend(profile::applications().map(|row| row.id.to_owned()));
    names.sort();
    names.dedup();
    names
}

/// As many names are worth reading.
const MOST: usize = 5;

/// Those that share most of its words, then most of its first letters.
fn near(name: &str, known: &[String]) -> Vec<String> {
    let shared = |other: &str| name.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let words = |other: &str| name.split('-').filter(|word| other.contains(word)).count();
    let mut near: Vec<&String> =
        known.iter().filter(|other| words(other) > 0 || shared(other) > 0).collect();
    near.sort_by_key(|other| std::cmp::Reverse((words(other), shared(other))));
    near.into_iter().take(MOST).cloned().collect()
}
