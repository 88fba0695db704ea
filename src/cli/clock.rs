//! Now and today: the only place that asks a clock.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

use crate::session::Header;

/// Now, ISO 8601 with the offset of the local time zone.
pub(super) fn now() -> String {
    local().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn local() -> ZonedDateTime {
    Timestamp::now().to_zoned_datetime(zone())
}

/// The local time zone, straight from where Unix keeps it: jiff would first list all
/// time zones there are, a fifth of the time of a check, and more on a slow disk.
fn zone() -> TimeZone {
    let read = || TimeZone::tzif("local", &std::fs::read("/etc/localtime").ok()?).ok();
    let named = cfg!(not(unix)) || std::env::var_os("TZ").is_some();
    if named { None } else { read() }.unwrap_or_else(TimeZone::system)
}

/// The day for which to judge: as asked, else the day of the recording (a
/// fixture does not age), else today.
pub(super) fn day(asked: Option<Date>, header: &Header) -> Date {
    let recorded = || header.recorded.as_deref()?.get(..10)?.parse().ok();
    asked.or_else(recorded).unwrap_or_else(|| local().date())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_the_system_says() {
        let (read, asked) = (zone(), TimeZone::system());
        for second in [0, 1_000_000_000, 1_800_000_000] {
            let second = Timestamp::new(second, 0).unwrap();
            assert_eq!(read.to_offset(second), asked.to_offset(second));
        }
    }
}
