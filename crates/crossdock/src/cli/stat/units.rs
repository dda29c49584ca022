//! How numbers, times and values look in a table.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::management_client::Value;

/// The value as it is; nothing for null.
pub(super) fn plain(value: &Value) -> String {
    if value.is_null() { String::new() } else { python(value) }
}

/// The value, or `otherwise` for null and empty text.
pub(super) fn or(value: &Value, otherwise: &str) -> String {
    match value {
        Value::Null => otherwise.to_owned(),
        Value::Text(text) if text.is_empty() => otherwise.to_owned(),
        Value::Text(_) | Value::Boolean(_) | Value::Integer(_) | Value::Real(_) | Value::List(_) | Value::Map(_) => {
            python(value)
        }
    }
}

/// The value as Python's `str` writes it.
pub(super) fn python(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Null | Value::Boolean(_) | Value::Integer(_) | Value::Real(_) | Value::List(_) | Value::Map(_) => {
            repr(value)
        }
    }
}

/// The value as Python's `repr` writes it.
fn repr(value: &Value) -> String {
    match value {
        Value::Null => String::from("None"),
        Value::Boolean(true) => String::from("True"),
        Value::Boolean(false) => String::from("False"),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => format!("{number:?}"),
        Value::Text(text) => quoted(text),
        Value::List(items) => format!("[{}]", items.iter().map(repr).collect::<Vec<_>>().join(", ")),
        Value::Map(entries) => {
            let entry = |(key, value): &(String, Value)| format!("{}: {}", quoted(key), repr(value));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}

fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            same if same == quote => {
                out.push('\\');
                out.push(same);
            }
            control if control.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push(quote);
    out
}

/// 1,234,567
pub(super) fn commas(number: i128) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::from(if number < 0 { "-" } else { "" });
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Bytes in three digits: 93.1 GiB
pub(super) fn bytes(count: i128) -> String {
    let mut size = count as f64;
    if size < 1024.0 {
        return count.to_string();
    }
    let mut unit = "";
    for next in ["KiB", "MiB", "GiB", "TiB", "PiB"] {
        if size < 1024.0 {
            break;
        }
        size /= 1024.0;
        unit = next;
    }
    let decimals = if size < 9.995 { 2 } else { usize::from(size < 99.95) };
    format!("{size:.decimals$} {unit}")
}

/// DDD:HH:MM:SS
pub(super) fn uptime(seconds: i128) -> String {
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    format!("{:03}:{:02}:{:02}:{:02}", hours / 24, hours % 24, minutes % 60, seconds % 60)
}

/// HH:MM:SS, with as many hours as there are; `-` for none.
pub(super) fn blocked(seconds: i128) -> String {
    match seconds {
        0 => String::from("-"),
        _ => format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60),
    }
}

/// `Sunday Nov 22 18:47:12 2026 GMT`
pub(super) fn long_date(seconds: i128) -> String {
    at(seconds, TimeZone::UTC, "%A %b %d %H:%M:%S %Y GMT")
}

/// `Sun Nov 22 18:47:12 2026`, local time
pub(super) fn log_date(seconds: i128) -> String {
    at(seconds, TimeZone::system(), "%a %b %e %H:%M:%S %Y")
}

/// `2026-11-22 18:47:12.123456 UTC`
pub(super) fn header_date(now: Timestamp) -> String {
    now.strftime("%Y-%m-%d %H:%M:%S.%6f UTC").to_string()
}

fn at(seconds: i128, zone: TimeZone, format: &str) -> String {
    let time = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    time.map_or_else(|| seconds.to_string(), |time| time.to_zoned(zone).strftime(format).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_three_digits() {
        let expected = [
            (0, "0"),
            (1023, "1023"),
            (1024, "1.00 KiB"),
            (1536, "1.50 KiB"),
            (1_048_575, "1024 KiB"),
            (1_500_000, "1.43 MiB"),
            (123_456_789, "118 MiB"),
            (150_000_000, "143 MiB"),
            (10_737_418_240, "10.0 GiB"),
            (99_999_999_999, "93.1 GiB"),
            (1_099_511_627_776, "1.00 TiB"),
        ];
        for (count, text) in expected {
            assert_eq!(bytes(count), text);
        }
    }

    #[test]
    fn thousands_are_parted_by_commas() {
        let expected = [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-1000, "-1,000")];
        for (number, text) in expected {
            assert_eq!(commas(number), text);
        }
    }

    #[test]
    fn times_count_days_or_hours_without_end() {
        assert_eq!(uptime(8_765_432), "101:10:50:32");
        assert_eq!(uptime(123_456_789), "1428:21:33:09");
        assert_eq!((blocked(0), blocked(1), blocked(3661)), ("-".into(), "00:00:01".into(), "01:01:01".into()));
        assert_eq!(blocked(360_000), "100:00:00");
    }

    #[test]
    fn dates_are_those_of_the_stock_tools() {
        assert_eq!(long_date(1_795_373_232), "Sunday Nov 22 18:47:12 2026 GMT");
        let time = Timestamp::from_microsecond(1_795_373_232_000_042).unwrap();
        assert_eq!(header_date(time), "2026-11-22 18:47:12.000042 UTC");
    }

    #[test]
    fn lists_are_written_as_python_does() {
        let list = Value::List(vec!["O'x".into(), "Q\"y".into(), "both'\"".into(), "\\b\n".into(), true.into()]);
        assert_eq!(plain(&list), r#"["O'x", 'Q"y', 'both\'"', '\\b\n', True]"#);
        assert_eq!((plain(&Value::Null), python(&Value::Null)), (String::new(), String::from("None")));
        assert_eq!(
            (or(&Value::Null, "-"), or(&"".into(), "-"), or(&0u32.into(), "-")),
            ("-".into(), "-".into(), "0".into())
        );
    }
}
