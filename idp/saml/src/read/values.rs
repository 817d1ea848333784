//! Values of XML Schema (part 2) as messages write them.

use std::time::Duration;

use latchkey_core::Timestamp;

/// Without white space around it (§4.3.6, `collapse`).
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}

/// `xs:boolean` (§3.2.2).
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match trim(text) {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// A whole number from zero up (§3.3.20), as far as the type goes.
pub(crate) fn number<N: std::str::FromStr>(text: &str) -> Option<N> {
    let text = trim(text);
    // Zeros in front and a plus sign are allowed there.
    let digits = text.strip_prefix('+').unwrap_or(text);
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// `xs:dateTime` (§3.2.7) with any fraction and offset, rounded down to milliseconds. One without an
/// offset is UTC (SAML Core §1.3.3).
pub(crate) fn date_time(text: &str) -> Option<Timestamp> {
    let mut rest = Digits(trim(text));
    let year = rest.take(4).filter(|year| *year > 0)?;
    rest.literal('-')?;
    let month = rest.take(2).filter(|month| (1..=12).contains(month))?;
    rest.literal('-')?;
    let day = rest.take(2).filter(|day| (1..=days_in(year, month)).contains(day))?;
    rest.literal('T')?;
    let hour = rest.take(2)?;
    rest.literal(':')?;
    let minute = rest.take(2).filter(|minute| *minute < 60)?;
    rest.literal(':')?;
    let second = rest.take(2).filter(|second| *second < 60)?;
    let millis = rest.fraction()?;
    // Midnight at the end of a day.
    let ends_day = hour == 24 && minute == 0 && second == 0 && millis == 0;
    if hour > 23 && !ends_day {
        return None;
    }
    let offset = rest.offset()?;
    let days = days_before(year, month) + day - 1;
    let minutes = (days * 24 + hour) * 60 + minute - offset;
    Some(Timestamp::from_millis((minutes * 60 + second) * 1000 + millis))
}

/// `xs:duration` (§3.2.6) from zero up. A year is 365 days here and a month 30: it says how long
/// something may be kept.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let rest = trim(text).strip_prefix('P')?;
    let (date, time) = match rest.split_once('T') {
        Some((_, "")) => return None,
        Some((date, time)) => (date, time),
        None => (rest, ""),
    };
    if date.is_empty() && time.is_empty() {
        return None;
    }
    let day = 24 * 3600;
    let date = units(date, &[('Y', 365 * day), ('M', 30 * day), ('D', day)])?;
    let time = units(time, &[('H', 3600), ('M', 60), ('S', 1)])?;
    Some(Duration::from_secs(date.checked_add(time)?))
}

/// Seconds of numbers with units, which come in this order. A fraction of a second is dropped.
fn units(mut text: &str, units: &[(char, u64)]) -> Option<u64> {
    let mut seconds: u64 = 0;
    for (unit, length) in units {
        if let Some((number, rest)) = text.split_once(*unit) {
            let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
            let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            if !digits(whole) || !digits(fraction) || (number != whole && *unit != 'S') {
                return None;
            }
            let number: u64 = whole.parse().ok()?;
            seconds = seconds.checked_add(number.checked_mul(*length)?)?;
            text = rest;
        }
    }
    text.is_empty().then_some(seconds)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from the epoch to the first of a month.
fn days_before(year: i64, month: i64) -> i64 {
    let leap_years = |year: i64| year / 4 - year / 100 + year / 400;
    let years = (year - 1970) * 365 + leap_years(year - 1) - leap_years(1969);
    years + (1..month).map(|month| days_in(year, month)).sum::<i64>()
}

struct Digits<'t>(&'t str);

impl Digits<'_> {
    fn take(&mut self, count: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
    }

    fn literal(&mut self, character: char) -> Option<()> {
        self.0 = self.0.strip_prefix(character)?;
        Some(())
    }

    /// Milliseconds.
    fn fraction(&mut self) -> Option<i64> {
        let Some(rest) = self.0.strip_prefix('.') else { return Some(0) };
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = rest.split_at(length);
        self.0 = rest;
        if digits.is_empty() {
            return None;
        }
        let first: String = digits.chars().chain("00".chars()).take(3).collect();
        first.parse().ok()
    }

    /// Minutes ahead of UTC, at the end of the text.
    fn offset(&mut self) -> Option<i64> {
        let sign = match self.0 {
            "" | "Z" => return Some(0),
            text if text.starts_with('+') => 1,
            text if text.starts_with('-') => -1,
            _ => return None,
        };
        self.0 = &self.0[1..];
        let hours = self.take(2)?;
        self.literal(':')?;
        let minutes = self.take(2).filter(|minutes| *minutes < 60)?;
        let offset = hours * 60 + minutes;
        (self.0.is_empty() && offset <= 14 * 60).then_some(sign * offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_any_fraction_and_offset() {
        let noon = Timestamp::from_seconds(1_791_892_800);
        for text in [
            "2026-10-13T12:00:00Z",
            " 2026-10-13T12:00:00.000Z\n",
            "2026-10-13T12:00:00",
            "2026-10-13T13:30:00+01:30",
            "2026-10-13T04:00:00-08:00",
            "2026-10-14T02:00:00.0000000009+14:00",
        ] {
            assert_eq!(date_time(text), Some(noon), "{text}");
        }
        let millis = |text| date_time(text).map(Timestamp::millis);
        assert_eq!(millis("1970-01-01T00:00:00.5Z"), Some(500));
        assert_eq!(millis("1970-01-01T00:00:00.0129999Z"), Some(12));
        assert_eq!(millis("1969-12-31T23:59:59.9Z"), Some(-100));
        assert_eq!(millis("1970-01-01T24:00:00Z"), Some(86_400_000));
        assert_eq!(millis("2024-02-29T00:00:00Z"), Some(1_709_164_800_000));
        assert_eq!(millis("0001-01-01T00:00:00Z"), Some(-62_135_596_800_000));
        assert_eq!(millis("9999-12-31T23:59:59Z"), Some(253_402_300_799_000));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "now",
            "2026-10-13",
            "2026-10-13 12:00:00Z",
            "2026-10-13T12:00Z",
            "2026-13-13T12:00:00Z",
            "2026-00-13T12:00:00Z",
            "2026-02-29T12:00:00Z",
            "2026-10-00T12:00:00Z",
            "2026-10-13T24:00:01Z",
            "2026-10-13T25:00:00Z",
            "2026-10-13T12:60:00Z",
            "2026-10-13T12:00:60Z",
            "2026-10-13T12:00:00.Z",
            "2026-10-13T12:00:00z",
            "2026-10-13T12:00:00+1",
            "2026-10-13T12:00:00+14:01",
            "2026-10-13T12:00:00+01:00Z",
            "-2026-10-13T12:00:00Z",
            "0000-10-13T12:00:00Z",
            "+026-10-13T12:00:00Z",
            "12026-10-13T12:00:00Z",
            "2026-10-1éT12:00:00Z",
        ] {
            assert_eq!(date_time(text), None, "{text}");
        }
    }

    #[test]
    fn a_duration_is_counted_in_seconds() {
        let seconds = |text| duration(text).map(|duration| duration.as_secs());
        assert_eq!(seconds("PT1H"), Some(3600));
        assert_eq!(seconds("P1D"), Some(86_400));
        assert_eq!(seconds("P1Y2M3DT4H5M6.7S"), Some((365 + 60 + 3) * 86_400 + 14_706));
        assert_eq!(seconds(" PT0S "), Some(0));
        for text in [
            "",
            "P",
            "PT",
            "P1",
            "1D",
            "-P1D",
            "PT1D",
            "P1H",
            "P1M1Y",
            "PT1.5H",
            "PT.5S",
            "PT+1S",
            "P99999999999999999999Y",
            "P999999999999999999Y",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn booleans_and_numbers_are_as_the_schema_has_them() {
        assert_eq!(boolean(" 1 "), Some(true));
        assert_eq!(boolean("true"), Some(true));
        assert_eq!(boolean("0"), Some(false));
        assert_eq!(boolean("false"), Some(false));
        for text in ["", "TRUE", "yes", "2", "tru e"] {
            assert_eq!(boolean(text), None, "{text}");
        }
        assert_eq!(number::<u16>(" 007\n"), Some(7));
        assert_eq!(number::<u16>("+7"), Some(7));
        assert_eq!(number::<u16>("65535"), Some(65535));
        for text in ["", "-1", "65536", "+-1", "++1", "1.0", "one"] {
            assert_eq!(number::<u16>(text), None, "{text}");
        }
    }
}
