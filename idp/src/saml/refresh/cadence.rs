//! When metadata is looked at again. Pure.

use std::time::Duration;

use latchkey_core::{Rng, Timestamp};
use latchkey_saml::metadata::provider::ServiceProvider;

/// Nobody is asked more often.
pub(super) const SOONEST: Duration = Duration::from_secs(3600);
/// And everybody as often as this.
pub(super) const LATEST: Duration = Duration::from_secs(86_400);

/// By how much a time is brought forward, so that not everybody asks at the same moment: up to a
/// tenth.
#[derive(Clone, Copy, Debug)]
pub(super) struct Jitter(u8);

impl Jitter {
    pub(super) fn draw(rng: &dyn Rng) -> Self {
        let [drawn] = rng.bytes();
        Self(drawn)
    }

    fn of(self, wait: Duration) -> Duration {
        wait.saturating_sub(wait / 10 * u32::from(self.0) / 255).clamp(SOONEST, LATEST)
    }
}

/// After what was good: as it asks (SAML Metadata §2.3.2, `cacheDuration`), and twice at least
/// before it is over.
pub(super) fn after_reading(read: &ServiceProvider, now: Timestamp, jitter: Jitter) -> Timestamp {
    let asked = read.cache_seconds.map_or(LATEST, Duration::from_secs).min(LATEST);
    now.plus(jitter.of(before_the_end(asked, read.valid_until, now)))
}

/// After a failure: after one an hour, and twice as long after each further one.
pub(super) fn after_a_failure(
    failures: u32,
    valid_until: Option<Timestamp>,
    now: Timestamp,
    jitter: Jitter,
) -> Timestamp {
    let doubled = SOONEST * 2_u32.pow(failures.saturating_sub(1).min(5));
    now.plus(jitter.of(before_the_end(doubled, valid_until, now)))
}

/// Where nothing is read.
pub(super) fn after_a_look(now: Timestamp, jitter: Jitter) -> Timestamp {
    now.plus(jitter.of(LATEST))
}

fn before_the_end(wait: Duration, valid_until: Option<Timestamp>, now: Timestamp) -> Duration {
    valid_until.map_or(wait, |until| wait.min(until.since(now) / 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
    const HOUR: u64 = 3600;

    fn waits(cache_hours: Option<u64>, ends_in_hours: Option<u64>, jitter: u8) -> u64 {
        let read = ServiceProvider {
            cache_seconds: cache_hours.map(|hours| hours * HOUR),
            valid_until: ends_in_hours.map(|hours| NOW.plus(Duration::from_secs(hours * HOUR))),
            ..ServiceProvider::default()
        };
        after_reading(&read, NOW, Jitter(jitter)).since(NOW).as_secs()
    }

    #[test]
    fn metadata_is_read_as_it_asks_within_an_hour_and_a_day_and_sooner_when_it_ends() {
        assert_eq!(waits(None, None, 0), 24 * HOUR);
        assert_eq!(waits(Some(6), None, 0), 6 * HOUR);
        assert_eq!(waits(Some(0), None, 0), HOUR, "nobody is asked without a pause");
        assert_eq!(waits(Some(24 * 365), None, 0), 24 * HOUR);
        assert_eq!(waits(Some(u64::MAX / HOUR), None, 0), 24 * HOUR);
        assert_eq!(waits(None, Some(20), 0), 10 * HOUR);
        assert_eq!(waits(None, Some(1), 0), HOUR);
        assert_eq!(waits(None, Some(24 * 365), 0), 24 * HOUR);
        // Brought forward by a tenth at most, and never below the least.
        assert_eq!(waits(Some(10), None, 255), 9 * HOUR);
        assert_eq!(waits(Some(1), None, 255), HOUR);
    }

    #[test]
    fn failures_are_followed_by_longer_and_longer_pauses_up_to_a_day() {
        let waits = |failures, ends_in: Option<u64>| {
            let until = ends_in.map(|hours| NOW.plus(Duration::from_secs(hours * HOUR)));
            after_a_failure(failures, until, NOW, Jitter(0)).since(NOW).as_secs() / HOUR
        };
        let all: Vec<u64> = (1..=7).map(|failures| waits(failures, None)).collect();
        assert_eq!(all, [1, 2, 4, 8, 16, 24, 24]);
        assert_eq!(waits(u32::MAX, None), 24);
        assert_eq!(waits(5, Some(6)), 3, "sooner, while there is still something to save");
    }
}
