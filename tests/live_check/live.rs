//! Everything here needs the namespaces of `scripts/in-pcsc`; without them each
//! test says that it was skipped.

mod contention;
mod doctor;
mod documents;
mod models;
mod others;
mod pictures;
mod readers;
mod scripts;
mod troubles;
mod watch;
