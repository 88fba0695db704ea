//! Everything here needs the namespaces of `scripts/in-pcsc`; without them each
//! test says that it was skipped.

mod contention;
mod doctor;
mod models;
mod others;
mod readers;
mod scripts;
mod troubles;
mod watch;
