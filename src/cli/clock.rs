//! Now and today: the only place that asks a clock.

use jiff::ZonedDateTime;
use jiff::civil::Date;

use crate::session::Header;

/// Now, ISO 8601 with the offset of the local time zone.
pub(super) fn now() -> String {
    ZonedDateTime::now().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The day for which to judge: as asked, else the day of the recording (a
/// fixture does not age), else today.
pub(super) fn day(asked: Option<Date>, header: &Header) -> Date {
    let recorded = || header.recorded.as_deref()?.get(..10)?.parse().ok();
    asked.or_else(recorded).unwrap_or_else(|| ZonedDateTime::now().date())
}
