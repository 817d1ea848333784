//! Durations as people write them: `60s`, `10m`, `1h30m`, `30d`.

use std::time::Duration;

/// Reads a duration; `None` for anything that is not numbers with units.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut total = Duration::ZERO;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let count: u64 = rest[..digits].parse().ok()?;
        let unit = rest[digits..].trim_start();
        let letters = unit.find(|letter: char| letter.is_ascii_digit() || letter == ' ');
        let (unit, after) = unit.split_at(letters.unwrap_or(unit.len()));
        let part = match unit {
            "ms" => Duration::from_millis(count),
            "s" => Duration::from_secs(count),
            "m" | "min" => Duration::from_secs(count.checked_mul(60)?),
            "h" => Duration::from_secs(count.checked_mul(3600)?),
            "d" => Duration::from_secs(count.checked_mul(86_400)?),
            _ => return None,
        };
        total = total.checked_add(part)?;
        rest = after.trim_start();
    }
    Some(total)
}

/// A duration in its largest whole unit.
pub(super) fn format(duration: Duration) -> String {
    let seconds = duration.as_secs();
    for (unit, size) in [("d", 86_400), ("h", 3600), ("m", 60)] {
        if seconds >= size && seconds.is_multiple_of(size) {
            return format!("{}{unit}", seconds / size);
        }
    }
    format!("{seconds}s")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_numbers_with_units() {
        assert_eq!(parse("60s"), Some(Duration::from_secs(60)));
        assert_eq!(parse(" 1h 30m "), Some(Duration::from_secs(5400)));
        assert_eq!(parse("30d"), Some(Duration::from_secs(30 * 86_400)));
        assert_eq!(parse("500ms"), Some(Duration::from_millis(500)));
        for text in ["", "60", "s", "-5s", "1.5h", "5 weeks", "99999999999999999999s"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
        assert_eq!(parse(&format!("{}d", u64::MAX)), None);
    }

    #[test]
    fn a_duration_is_written_in_its_largest_whole_unit() {
        for text in ["60d", "36h", "90m", "61s"] {
            assert_eq!(parse(text).map(format).as_deref(), Some(text));
        }
    }
}
