//! Spans of time as text.

/// Longest span (ms): a day.
const LONGEST: u64 = 24 * 3_600_000;

/// Milliseconds of a text such as `250ms`, `5s`, `1.5s` or `2m`; none if it is no such text.
pub fn parse_span(text: &str) -> Option<u64> {
    let units = [("ms", 1_000), ("s", 1_000_000), ("m", 60_000_000), ("h", 3_600_000_000_u64)];
    let (number, micros) = units.iter().find_map(|(unit, micros)| {
        let number = text.strip_suffix(unit)?;
        number.ends_with(|last: char| last.is_ascii_digit()).then_some((number, *micros))
    })?;
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let is_number = |text: &str| text.len() <= 9 && text.chars().all(|letter| letter.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || part.len() > 3 || !is_number(part) {
        return None;
    }
    let thousandths: u64 = format!("{whole}{part:0<3}").parse().ok()?;
    let millis = thousandths.checked_mul(micros)? / 1_000_000;
    (millis <= LONGEST).then_some(millis)
}

/// The span in the largest unit in which it is short: `5s`, `1.5s`, `250ms`.
pub fn write_span(millis: u64) -> String {
    match millis {
        0 => String::from("0s"),
        _ if millis.is_multiple_of(60_000) => format!("{}m", millis / 60_000),
        _ if millis.is_multiple_of(1_000) => format!("{}s", millis / 1_000),
        1_000.. => format!("{}s", format!("{}.{:03}", millis / 1_000, millis % 1_000).trim_end_matches('0')),
        _ => format!("{millis}ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_a_number_and_a_unit() {
        for (text, expected) in [
            ("5s", Some(5_000)),
            ("250ms", Some(250)),
            ("1.5s", Some(1_500)),
            ("2m", Some(120_000)),
            ("1h", Some(3_600_000)),
            ("0s", Some(0)),
            ("5", None),
            ("s", None),
            (".5s", None),
            ("-1s", None),
            ("5 s", None),
            ("1.2345s", None),
            ("99999h", None),
            ("9999999999s", None),
        ] {
            assert_eq!(parse_span(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for millis in [0, 1, 250, 999, 1_000, 1_500, 1_010, 59_999, 60_000, 61_000, 3_600_000] {
            assert_eq!(parse_span(&write_span(millis)), Some(millis), "{}", write_span(millis));
        }
    }
}
