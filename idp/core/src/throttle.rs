//! Throttles: how often a secret may be guessed before its owner's browsers alone may go on trying,
//! and how long everybody else waits.
//!
//! Pure: what was counted and the time in, a verdict out. It counts nothing itself, and knows
//! neither names nor addresses.

use std::time::Duration;

use crate::clock::Timestamp;

/// The wrong tries at one secret, in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// How many.
    pub failures: u32,
    /// When the last one was.
    pub last_at: Timestamp,
}

/// Whether the next try is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Go,
    /// It is not, before this time.
    Wait {
        /// When the next one is.
        until: Timestamp,
    },
}

/// How wrong tries at one kind of secret slow down the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// So many wrong tries cost nothing.
    pub free: u32,
    /// How long the next one waits after that; then twice as long, and so on.
    pub first: Duration,
    /// After so many the wait is `pause`, every time.
    pub most: u32,
    /// The longest wait.
    pub pause: Duration,
    /// After so long without a wrong try there were none.
    pub forget: Duration,
}

/// Passwords.
pub const PASSWORD: Rule = Rule {
    free: 5,
    first: Duration::from_secs(5),
    most: 10,
    pause: Duration::from_secs(15 * 60),
    forget: Duration::from_secs(24 * 3600),
};

/// Codes of six digits and the like: whoever guesses them has shown another factor.
pub const CODE: Rule = Rule {
    free: 5,
    first: Duration::from_secs(30),
    most: 8,
    pause: Duration::from_secs(15 * 60),
    forget: Duration::from_secs(24 * 3600),
};

/// Things that somebody reports lost who has shown a password and nothing else: one a day.
pub const REPORTS: Rule = Rule {
    free: 1,
    first: Duration::from_secs(24 * 3600),
    most: 1,
    pause: Duration::from_secs(24 * 3600),
    forget: Duration::from_secs(24 * 3600),
};

impl Rule {
    /// How long the next try waits after so many wrong ones.
    #[must_use]
    pub fn wait_after(&self, failures: u32) -> Duration {
        if failures < self.free {
            return Duration::ZERO;
        }
        if failures >= self.most {
            return self.pause;
        }
        let doubled = 1_u32.checked_shl(failures - self.free).unwrap_or(u32::MAX);
        self.first.saturating_mul(doubled).min(self.pause)
    }

    /// Whether the next try is looked at now.
    #[must_use]
    pub fn judge(&self, count: Option<Count>, now: Timestamp) -> Verdict {
        let Some(count) = count.filter(|count| now.since(count.last_at) < self.forget) else {
            return Verdict::Go;
        };
        // Written by a clock that was put back since: believed as far as clocks of nodes differ.
        if count.last_at.since(now) > self.pause {
            return Verdict::Go;
        }
        let until = count.last_at.plus(self.wait_after(count.failures));
        if now < until { Verdict::Wait { until } } else { Verdict::Go }
    }

    /// What is counted after one more wrong try.
    #[must_use]
    pub fn after_failure(&self, count: Option<Count>, now: Timestamp) -> Count {
        let kept = count.filter(|count| now.since(count.last_at) < self.forget);
        let failures = kept.map_or(0, |count| count.failures).saturating_add(1);
        Count { failures, last_at: now }
    }
}

/// How much may come from one network address in a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// So much.
    pub most: u32,
    /// How long a stretch is.
    pub window: Duration,
}

/// How many names an address may fail at: whoever sprays one password over many accounts.
pub const NAMES: Allowance = Allowance { most: 30, window: Duration::from_secs(3600) };
/// The same for a network that is known to hold many people.
pub const NAMES_REGISTERED: Allowance = Allowance { most: 600, ..NAMES };

/// What an address may do so often, whoever it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limited {
    /// Answers of keys that are refused.
    Assertions,
    /// Links for forgotten passwords that are asked for.
    PasswordLinks,
    /// Numbers to read out to a helpdesk that are made.
    CallNumbers,
}

impl Limited {
    /// Its name, for keys.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Assertions => "assertions",
            Self::PasswordLinks => "password links",
            Self::CallNumbers => "call numbers",
        }
    }

    /// How often.
    #[must_use]
    pub fn allowance(self) -> Allowance {
        let (most, minutes) = match self {
            Self::Assertions => (60, 15),
            Self::PasswordLinks => (20, 60),
            Self::CallNumbers => (30, 60),
        };
        Allowance { most, window: Duration::from_secs(60 * minutes) }
    }

    /// The same for a network that is known to hold many people.
    #[must_use]
    pub fn allowance_registered(self) -> Allowance {
        let usual = self.allowance();
        Allowance { most: usual.most * 20, ..usual }
    }
}

impl Allowance {
    /// Which stretch of time it is. What was counted in another does not matter, so that a clock
    /// that is put back shuts nobody out.
    #[must_use]
    pub fn stretch(&self, now: Timestamp) -> i64 {
        now.millis().div_euclid(self.length())
    }

    /// When the present stretch ends.
    #[must_use]
    pub fn ends(&self, now: Timestamp) -> Timestamp {
        let next = self.stretch(now).saturating_add(1);
        Timestamp::from_millis(next.saturating_mul(self.length()))
    }

    /// Whether more is looked at after `counted` in the present stretch.
    #[must_use]
    pub fn judge(&self, counted: u32, now: Timestamp) -> Verdict {
        if counted < self.most { Verdict::Go } else { Verdict::Wait { until: self.ends(now) } }
    }

    fn length(&self) -> i64 {
        i64::try_from(self.window.as_millis()).unwrap_or(i64::MAX).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_800_000_000 + seconds)
    }

    fn wrong(failures: u32) -> Option<Count> {
        Some(Count { failures, last_at: at(0) })
    }

    #[test]
    fn the_wait_grows_after_five_wrong_passwords_and_is_a_quarter_of_an_hour_after_ten() {
        let waits: Vec<u64> = (0..12).map(|n| PASSWORD.wait_after(n).as_secs()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 5, 10, 20, 40, 80, 900, 900]);
        assert_eq!(PASSWORD.wait_after(u32::MAX).as_secs(), 900);
        assert_eq!(PASSWORD.judge(None, at(0)), Verdict::Go);
        assert_eq!(PASSWORD.judge(wrong(4), at(0)), Verdict::Go);
        assert_eq!(PASSWORD.judge(wrong(5), at(4)), Verdict::Wait { until: at(5) });
        assert_eq!(PASSWORD.judge(wrong(5), at(5)), Verdict::Go);
        assert_eq!(PASSWORD.judge(wrong(10), at(899)), Verdict::Wait { until: at(900) });
        assert_eq!(PASSWORD.judge(wrong(10), at(900)), Verdict::Go);
    }

    #[test]
    fn a_wait_that_is_over_gives_one_try_and_not_ten() {
        let eleventh = PASSWORD.after_failure(wrong(10), at(900));
        assert_eq!(eleventh, Count { failures: 11, last_at: at(900) });
        assert_eq!(PASSWORD.judge(Some(eleventh), at(901)), Verdict::Wait { until: at(1800) });
        let next_day = PASSWORD.after_failure(wrong(11), at(86_400));
        assert_eq!(next_day, Count { failures: 1, last_at: at(86_400) });
    }

    #[test]
    fn a_clock_that_was_put_back_shuts_nobody_out() {
        let of_the_future = |ahead| Some(Count { failures: 99, last_at: at(ahead) });
        assert_eq!(PASSWORD.judge(of_the_future(86_400 * 365), at(0)), Verdict::Go);
        // Another node's clock goes a little ahead.
        assert_eq!(PASSWORD.judge(of_the_future(2), at(0)), Verdict::Wait { until: at(902) });
        let healed = PASSWORD.after_failure(of_the_future(86_400 * 365), at(0));
        assert_eq!(healed.last_at, at(0));
    }

    #[test]
    fn an_allowance_is_for_one_stretch_of_time() {
        let now = at(10);
        assert_eq!(NAMES.judge(29, now), Verdict::Go);
        let until = NAMES.ends(now);
        assert_eq!(NAMES.judge(30, now), Verdict::Wait { until });
        assert!(until > now && until.since(now) <= NAMES.window);
        assert_eq!(NAMES.stretch(until), NAMES.stretch(now) + 1);
        assert_eq!(NAMES.stretch(until.minus(Duration::from_millis(1))), NAMES.stretch(now));
        assert_eq!(NAMES_REGISTERED.judge(30, now), Verdict::Go);
    }
}
