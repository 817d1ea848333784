//! Numbers about the running program, for Prometheus (text format 0.0.4).
//!
//! Owns every name and label. Labels have few values, all known beforehand; nothing here tells of a
//! person or an application. Handles are made once: counting costs an atomic addition.

mod requests;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use latchkey_oidc::client::GrantType;
use metrics::{Counter, Gauge, Key, KeyName, Label, Level, Metadata, Recorder as _, Unit};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};

use crate::App;
use requests::Routes;

/// Upper bounds of the durations, in seconds: a page is some milliseconds, a password a hundred.
const BOUNDS: [f64; 12] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];
/// How often durations that nobody asked for are summed up.
const SUMMED_EVERY: Duration = Duration::from_secs(5);

const ABOUT: Metadata<'static> = Metadata::new("latchkey", Level::INFO, None);

/// What somebody logged in with, or failed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factors {
    /// A password alone.
    Password,
    /// A key alone.
    Key,
    /// A password and a key.
    Both,
    /// A password and a code: an app's, one for recovery, or a pass.
    Code,
}

impl Factors {
    const ALL: [Self; 4] = [Self::Password, Self::Key, Self::Both, Self::Code];

    /// What a log-in with these methods (RFC 8176 names) was done with.
    #[must_use]
    pub fn of(amr: &[String]) -> Self {
        let password = amr.iter().any(|method| method == "pwd");
        let key = amr.iter().any(|method| method == "hwk" || method == "pop");
        let code = amr.iter().any(|method| method == "otp");
        match (password, key) {
            (true, true) => Self::Both,
            (_, true) => Self::Key,
            _ if code => Self::Code,
            (_, false) => Self::Password,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Key => "key",
            Self::Both => "password_and_key",
            Self::Code => "password_and_code",
        }
    }
}

/// Everything that is counted.
pub struct Metrics {
    recorder: PrometheusRecorder,
    routes: Routes,
    logged_in: [Counter; 4],
    refused: [Counter; 4],
    issued: [Counter; GrantType::ALL.len()],
    errors: Counter,
    writes: Counter,
    write_groups: Counter,
    metadata_refused: Counter,
    provider_metadata_failed: Counter,
    metadata_number: Gauge,
    metadata_next_update: Gauge,
    letters_sent: Counter,
    letters_given_up: Counter,
    letters_waiting: Gauge,
    writes_waiting: Gauge,
    passwords_waiting: Gauge,
}

impl Metrics {
    /// Nothing has been counted yet.
    ///
    /// # Errors
    /// Never: the bounds of the durations are some.
    pub fn new() -> anyhow::Result<Self> {
        let durations = Matcher::Full(requests::DURATION.to_owned());
        let recorder =
            PrometheusBuilder::new().set_buckets_for_metric(durations, &BOUNDS)?.build_recorder();
        let login = |outcome: &'static str| {
            Factors::ALL.map(|factors| {
                let labels = [("method", factors.name()), ("outcome", outcome)];
                counter(&recorder, "latchkey_logins_total", &labels)
            })
        };
        let issued = GrantType::ALL.map(|grant| {
            counter(&recorder, "latchkey_tokens_issued_total", &[("grant", grant.as_str())])
        });
        let gauge = |name| recorder.register_gauge(&Key::from_static_name(name), &ABOUT);
        let this = Self {
            logged_in: login("success"),
            refused: login("refused"),
            issued,
            errors: counter(&recorder, "latchkey_errors_total", &[]),
            writes: counter(&recorder, "latchkey_writes_total", &[]),
            write_groups: counter(&recorder, "latchkey_write_groups_total", &[]),
            metadata_refused: counter(&recorder, "latchkey_metadata_refused_total", &[]),
            provider_metadata_failed: counter(
                &recorder,
                "latchkey_provider_metadata_failed_total",
                &[],
            ),
            metadata_number: gauge("latchkey_metadata_number"),
            metadata_next_update: gauge("latchkey_metadata_next_update_seconds"),
            letters_sent: counter(&recorder, "latchkey_letters_sent_total", &[]),
            letters_given_up: counter(&recorder, "latchkey_letters_given_up_total", &[]),
            letters_waiting: gauge("latchkey_letters_waiting"),
            writes_waiting: gauge("latchkey_writes_waiting"),
            passwords_waiting: gauge("latchkey_passwords_waiting"),
            routes: Routes::default(),
            recorder,
        };
        this.describe();
        Ok(this)
    }

    fn describe(&self) {
        let counters = [
            (requests::TOTAL, "Requests that were answered."),
            ("latchkey_logins_total", "Log-ins that succeeded, and factors that were refused."),
            ("latchkey_tokens_issued_total", "Answers of the token endpoint that held tokens."),
            ("latchkey_errors_total", "Requests that failed through a fault of ours."),
            ("latchkey_writes_total", "Writes that the database was asked for."),
            ("latchkey_metadata_refused_total", "FIDO metadata that was not taken."),
            (
                "latchkey_provider_metadata_failed_total",
                "Service providers whose metadata could not be read any more.",
            ),
            ("latchkey_letters_sent_total", "Letters that were sent."),
            ("latchkey_letters_given_up_total", "Letters that could not be sent."),
            ("latchkey_write_groups_total", "Groups of writes, each of which shared a commit."),
        ];
        for (name, words) in counters {
            self.recorder.describe_counter(KeyName::from_const_str(name), None, words.into());
        }
        let gauges = [
            ("latchkey_metadata_number", "The serial number of the FIDO metadata gone by."),
            (
                "latchkey_metadata_next_update_seconds",
                "When the day begins by which later FIDO metadata was promised, since 1970.",
            ),
            ("latchkey_letters_waiting", "Letters that wait to be sent."),
            ("latchkey_writes_waiting", "Writes that wait for the database."),
            ("latchkey_passwords_waiting", "Passwords that wait to be hashed."),
        ];
        for (name, words) in gauges {
            self.recorder.describe_gauge(KeyName::from_const_str(name), None, words.into());
        }
        let name = KeyName::from_const_str(requests::DURATION);
        let words = "How long requests took to be answered.";
        self.recorder.describe_histogram(name, Some(Unit::Seconds), words.into());
    }

    /// Somebody logged in.
    pub fn logged_in(&self, factors: Factors) {
        self.logged_in[factors as usize].increment(1);
    }

    /// A factor was refused.
    pub fn refused(&self, factors: Factors) {
        self.refused[factors as usize].increment(1);
    }

    /// Tokens were issued.
    pub fn issued(&self, grant: GrantType) {
        if let Some(place) = GrantType::ALL.iter().position(|known| *known == grant) {
            self.issued[place].increment(1);
        }
    }

    /// What was published of keys was not taken.
    pub fn metadata_refused(&self) {
        self.metadata_refused.increment(1);
    }

    /// What a service provider says of itself could not be read any more.
    pub fn provider_metadata_failed(&self) {
        self.provider_metadata_failed.increment(1);
    }

    /// A letter was sent.
    pub fn letter_sent(&self) {
        self.letters_sent.increment(1);
    }

    /// A letter was given up.
    pub fn letter_given_up(&self) {
        self.letters_given_up.increment(1);
    }

    /// So many letters wait, as this node last saw it.
    pub fn letters_waiting(&self, count: u64) {
        self.letters_waiting.set(u32::try_from(count).unwrap_or(u32::MAX));
    }

    /// Everything in the format that Prometheus reads.
    #[must_use]
    pub fn render(&self, app: &App) -> String {
        let writes = app.store.writes();
        self.writes.absolute(writes.total);
        self.write_groups.absolute(writes.groups);
        self.writes_waiting.set(count(writes.waiting));
        if let Some(metadata) = app.metadata.present() {
            self.metadata_number.set(metadata.number());
            let promised = metadata.promised().millis() / 1000;
            self.metadata_next_update.set(u32::try_from(promised).unwrap_or_default());
        }
        self.passwords_waiting.set(count(app.hasher.waiting()));
        self.recorder.handle().render()
    }

    /// Keeps the memory of durations small for as long as it is polled, however seldom anybody
    /// asks for them.
    pub async fn keep(self: Arc<Self>) {
        let mut rounds = tokio::time::interval(SUMMED_EVERY);
        loop {
            rounds.tick().await;
            self.recorder.handle().run_upkeep();
        }
    }
}

fn counter(
    recorder: &PrometheusRecorder,
    name: &'static str,
    labels: &[(&'static str, &'static str)],
) -> Counter {
    recorder.register_counter(&key(name, labels), &ABOUT)
}

fn key(name: &'static str, labels: &[(&'static str, &'static str)]) -> Key {
    let labels = labels.iter().map(|&(name, value)| Label::from_static_parts(name, value));
    Key::from_parts(name, labels.collect::<Vec<_>>())
}

/// A length of a queue, which is far below what a `u32` holds.
fn count(waiting: usize) -> u32 {
    u32::try_from(waiting).unwrap_or(u32::MAX)
}
