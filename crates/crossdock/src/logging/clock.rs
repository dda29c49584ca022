//! Times as `strftime` writes them, with microseconds where the format says `%%06lu`.
//!
//! qdrouterd runs the format through strftime, which leaves `%06lu`, and the result through printf with the microseconds.
//! Here the format is cut at these places. What strftime makes of the pieces changes once a second and is kept.

use std::fmt::Write;
use std::time::Duration;

use crossdock_schema::LogFormat;
use jiff::Timestamp;
use jiff::fmt::strtime::{BrokenDownTime, Config, PosixCustom};
use jiff::tz::TimeZone;

const MICROSECONDS: &str = "%%06lu";
const TEXT_FORMAT: &str = "%Y-%m-%d %H:%M:%S.%%06lu %z";
const JSON_FORMAT: &str = "%Y-%m-%dT%H:%M:%S.%%06lu%:z";
const SYSLOG_FORMAT: &str = "%b %e %H:%M:%S";

/// Renders times.
#[derive(Debug)]
pub(super) struct Clock {
    zone: TimeZone,
    /// The format between the places for microseconds.
    formats: Vec<String>,
    second: u64,
    /// The formats, rendered for `second`.
    rendered: Vec<String>,
}

impl Clock {
    /// `format` overrules the usual one of a log in `log_format`.
    pub(super) fn new(format: Option<&str>, utc: bool, log_format: LogFormat) -> Self {
        let format = format.unwrap_or(match log_format {
            LogFormat::Text => TEXT_FORMAT,
            LogFormat::Json => JSON_FORMAT,
        });
        let formats = format.split(MICROSECONDS).map(str::to_owned).collect();
        let zone = if utc { TimeZone::UTC } else { TimeZone::system() };
        Clock { zone, formats, second: u64::MAX, rendered: Vec::new() }
    }

    /// A clock for the local time a syslog datagram begins with.
    pub(super) fn for_syslog() -> Self {
        Clock::new(Some(SYSLOG_FORMAT), false, LogFormat::Text)
    }

    /// Appends a time since 1970.
    pub(super) fn render(&mut self, time: Duration, out: &mut String) {
        if time.as_secs() != self.second {
            self.second = time.as_secs();
            self.rendered = self.formats.iter().map(|format| strftime(format, self.second, &self.zone)).collect();
        }
        for (position, piece) in self.rendered.iter().enumerate() {
            if position > 0 {
                // Writing to a String cannot fail.
                let _ = write!(out, "{:06}", time.subsec_micros());
            }
            out.push_str(piece);
        }
    }
}

fn strftime(format: &str, second: u64, zone: &TimeZone) -> String {
    let timestamp =
        i64::try_from(second).ok().and_then(|second| Timestamp::from_second(second).ok()).unwrap_or_default();
    // Lenient as C is: directives nobody knows stay as they are.
    let config = Config::new().custom(PosixCustom::new()).lenient(true);
    let time = BrokenDownTime::from(&timestamp.to_zoned(zone.clone()));
    time.to_string_with_config(&config, format).unwrap_or_else(|_| format.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-22 13:33:09.000042 UTC
    const TIME: Duration = Duration::new(1_795_354_389, 42_999);

    fn render(format: Option<&str>, log_format: LogFormat) -> String {
        let mut out = String::new();
        Clock::new(format, true, log_format).render(TIME, &mut out);
        out
    }

    #[test]
    fn usual_times_have_microseconds_and_zone() {
        assert_eq!(render(None, LogFormat::Text), "2026-11-22 13:33:09.000042 +0000");
        assert_eq!(render(None, LogFormat::Json), "2026-11-22T13:33:09.000042+00:00");
    }

    #[test]
    fn a_format_is_strftime_with_microseconds_where_it_asks_for_them() {
        for (format, text) in [
            ("%H:%M", "13:33"),
            ("%s.%%06lu|%%06lu", "1795354389.000042|000042"),
            ("%c %x %X", "Sun Nov 22 13:33:09 2026 11/22/26 13:33:09"),
            ("%a %d %b %Y %I:%M %p %j %%", "Sun 22 Nov 2026 01:33 PM 326 %"),
            ("no directive", "no directive"),
        ] {
            assert_eq!(render(Some(format), LogFormat::Text), text, "{format}");
        }
    }

    #[test]
    fn a_wrong_format_is_still_a_text() {
        for format in ["%", "%J", "% d %", "%é", ""] {
            render(Some(format), LogFormat::Text);
        }
    }

    #[test]
    fn what_is_kept_for_a_second_is_renewed_in_the_next() {
        let mut clock = Clock::new(Some("%S.%%06lu"), true, LogFormat::Text);
        let mut out = String::new();
        for micros in [0, 999_999, 1_000_000, 1_000_001] {
            clock.render(TIME + Duration::from_micros(micros), &mut out);
            out.push(' ');
        }
        assert_eq!(out, "09.000042 10.000041 10.000042 10.000043 ");
    }
}
