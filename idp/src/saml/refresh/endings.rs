//! What of a service provider ends, and when that is told: thirty days before, and seven. The words
//! for it are here alone.
//!
//! Certificates in metadata carry keys and nothing else (Metadata Interoperability Profile §2.5.1):
//! when one ends, log-ins here go on. When the metadata itself ends, they do not.

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_core::Timestamp;
use latchkey_core::audit::What;
use latchkey_core::ids::EntityId;
use latchkey_saml::keys::Certificate;
use latchkey_saml::metadata::provider::ServiceProvider;
use latchkey_store::ProviderState;

use crate::saml::doctor::words::{apart, fingerprint, time};
use crate::saml::providers::Provider;

const DAY: Duration = Duration::from_secs(86_400);
/// So many days before, something is told; once for each.
const TOLD: [u32; 2] = [7, 30];
/// How long after its end a certificate is still something that may be the matter.
const OVER_FOR: Duration = Duration::from_secs(30 * 86_400);

/// What ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// All that it says of itself.
    Metadata,
    /// A certificate, by its SHA-256.
    Certificate(String),
}

/// Something that ends, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// What.
    pub subject: Subject,
    /// When.
    pub until: Timestamp,
    /// Before its end it is left alone for all but this.
    within: Duration,
}

/// What ends of a provider, the first of them first.
///
/// Whoever publishes metadata at an address often says that it holds for some days, and says so anew
/// every day. That is no ending as long as it is read: only where less than a quarter of that time is
/// left something is wrong.
#[must_use]
pub fn of(
    metadata: &ServiceProvider,
    has_address: bool,
    state: Option<&ProviderState>,
) -> Vec<Ending> {
    let mut all = Vec::new();
    if let Some(until) = metadata.valid_until {
        let is_read = has_address && state.is_none_or(|state| state.error.is_none());
        let renewed = state.and_then(|state| state.renewed_at).filter(|_| is_read);
        let within = renewed.map_or(Duration::MAX, |renewed| until.since(renewed) / 4);
        all.push(Ending { subject: Subject::Metadata, until, within });
    }
    let mut seen = BTreeSet::new();
    for text in metadata.keys.iter().flat_map(|key| &key.certificates) {
        let Ok(der) = STANDARD.decode(text) else { continue };
        let Ok(certificate) = Certificate::parse(&der) else { continue };
        let name = fingerprint(&der);
        if seen.insert(name.clone()) {
            let (subject, until) = (Subject::Certificate(name), certificate.not_after());
            all.push(Ending { subject, until, within: Duration::MAX });
        }
    }
    all.sort_by_key(|ending| ending.until);
    all
}

impl Ending {
    /// From when on so many days are left at most, and fewer than it is left alone for.
    fn from(&self, days: u32) -> Timestamp {
        self.until.minus((DAY * days).min(self.within))
    }

    /// Since when it ends soon.
    #[must_use]
    pub fn warns_at(&self) -> Timestamp {
        self.from(TOLD[1])
    }

    /// Whether it ends soon, or ended.
    #[must_use]
    pub fn is_near(&self, now: Timestamp) -> bool {
        self.warns_at() <= now
    }

    /// Whether it ended.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.until <= now
    }

    /// Whether it ended so long ago that it cannot have mattered.
    #[must_use]
    pub fn is_forgotten(&self, now: Timestamp) -> bool {
        self.subject != Subject::Metadata && self.until.plus(OVER_FOR) <= now
    }

    /// In words, with what comes of it.
    #[must_use]
    pub fn words(&self, now: Timestamp) -> String {
        let (end, apart) = (time(self.until), apart(self.until, now));
        match (&self.subject, self.is_over(now)) {
            (Subject::Metadata, false) => {
                format!("its metadata holds until {end} ({apart}): nobody can log in after that")
            }
            (Subject::Metadata, true) => {
                format!("its metadata held until {end} ({apart}): nobody can log in")
            }
            (Subject::Certificate(name), false) => format!(
                "its certificate {name} ends {end} ({apart}): its own side may stop, log-ins here \
                 do not"
            ),
            (Subject::Certificate(name), true) => format!(
                "its certificate {name} ended {end} ({apart}): its own side may have stopped, \
                 log-ins here do not"
            ),
        }
    }

    /// What is told of it by now: fewer days tell more.
    fn told_by(&self, now: Timestamp) -> Option<u32> {
        TOLD.into_iter().find(|days| self.from(*days) <= now)
    }

    fn key(&self, days: u32) -> String {
        let name = match &self.subject {
            Subject::Metadata => "metadata",
            Subject::Certificate(name) => name,
        };
        format!("{days} {} {name}", self.until.millis())
    }

    fn event(&self, provider: &EntityId, days: u32) -> What {
        let (provider, until) = (provider.clone(), self.until);
        match &self.subject {
            Subject::Metadata => What::ProviderMetadataEnds { provider, until, days },
            Subject::Certificate(name) => {
                What::ProviderCertificateEnds { provider, certificate: name.clone(), until, days }
            }
        }
    }
}

/// How a provider is, line by line: where it belongs, where its metadata is from and how that goes,
/// what ends.
#[must_use]
pub fn standing(provider: &Provider, state: Option<&ProviderState>, now: Timestamp) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(organisation) = &provider.settings.organisation {
        lines.push(format!("organisation {organisation}"));
    }
    let address = provider.settings.metadata_address.as_deref();
    let read = state.and_then(|state| state.read_at);
    let read = read.map(|at| format!("read {} ({})", time(at), apart(at, now)));
    let read = read.unwrap_or_else(|| "not read since it is known here".to_owned());
    match address {
        Some(address) => lines.push(format!("metadata from {address}, {read}")),
        None => lines.push(format!("metadata as it was given, {read}")),
    }
    if let Some((state, error)) = state.and_then(|it| Some((it, it.error.as_deref()?))) {
        let since = state.failing_since.map(time).unwrap_or_default();
        lines.push(format!("FAILING since {since}, what was read last is gone by: {error}"));
    }
    let endings = of(&provider.metadata, address.is_some(), state);
    lines.extend(endings.iter().map(|ending| {
        let words = ending.words(now);
        if ending.is_near(now) { format!("SOON: {words}") } else { words }
    }));
    lines
}

/// What is to be told now and was not told before. Of a certificate that has ended before anybody
/// looked nothing is told: it was taken like that.
pub(super) fn tell(
    provider: &EntityId,
    endings: &[Ending],
    state: &mut ProviderState,
    now: Timestamp,
) -> Vec<What> {
    let before = std::mem::take(&mut state.told);
    let mut events = Vec::new();
    for ending in endings {
        let keys = TOLD.map(|days| ending.key(days));
        let told = keys.iter().filter(|key| before.contains(key));
        state.told.extend(told.cloned());
        let Some(days) = ending.told_by(now) else { continue };
        // Who was told of seven days needs not be told of thirty.
        let is_told = TOLD.iter().any(|it| *it <= days && before.contains(&ending.key(*it)));
        let is_late = ending.is_over(now) && ending.subject != Subject::Metadata;
        if !is_told && !is_late {
            state.told.push(ending.key(days));
            events.push(ending.event(provider, days));
        }
    }
    events
}

/// When the first of them that matters ends soon.
pub(super) fn first_warning(endings: &[Ending], now: Timestamp) -> Option<Timestamp> {
    let matter = endings.iter().filter(|ending| !ending.is_forgotten(now));
    matter.map(Ending::warns_at).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn days(count: u32) -> Duration {
        DAY * count
    }

    fn valid_for(count: u32) -> ServiceProvider {
        ServiceProvider { valid_until: Some(NOW.plus(days(count))), ..ServiceProvider::default() }
    }

    fn state(renewed: Timestamp, error: Option<&str>) -> ProviderState {
        let state = ProviderState::new(EntityId("https://rota.example/sp".into()));
        ProviderState { renewed_at: Some(renewed), error: error.map(str::to_owned), ..state }
    }

    /// How many days before are told, looked at once a day for forty days.
    fn told(metadata: &ServiceProvider, has_address: bool, mut state: ProviderState) -> Vec<u32> {
        let mut all = Vec::new();
        for day in 0..40 {
            let now = NOW.plus(days(day));
            let endings = of(metadata, has_address, Some(&state));
            let id = state.provider.clone();
            all.extend(tell(&id, &endings, &mut state, now).into_iter().map(|what| match what {
                What::ProviderMetadataEnds { days, .. } => days,
                other => panic!("{other:?}"),
            }));
        }
        all
    }

    #[test]
    fn an_ending_is_told_thirty_and_seven_days_before_and_once_each() {
        assert_eq!(told(&valid_for(35), false, state(NOW, None)), [30, 7]);
        assert_eq!(told(&valid_for(5), false, state(NOW, None)), [7], "the nearer says it all");
        assert_eq!(told(&valid_for(100), false, state(NOW, None)), [0; 0]);
    }

    #[test]
    fn what_is_published_anew_all_the_time_is_no_ending_until_that_stops() {
        let daily = valid_for(5);
        let near = |now: Timestamp, state: &ProviderState| {
            of(&daily, true, Some(state)).iter().any(|ending| ending.is_near(now))
        };
        let good = state(NOW, None);
        assert!(!near(NOW, &good) && !near(NOW.plus(days(3)), &good));
        assert!(near(NOW.plus(days(4)), &good), "a quarter of its time is left");
        assert!(near(NOW, &state(NOW, Some("no answer"))), "nobody reads what is later");
        // Of a year a month is left.
        let year = valid_for(35);
        assert_eq!(told(&year, true, state(NOW.minus(days(330)), None)), [30, 7]);
    }

    #[test]
    fn a_later_end_begins_anew() {
        let mut state = state(NOW, None);
        let id = state.provider.clone();
        let mut tell_of = |count| tell(&id, &of(&valid_for(count), false, None), &mut state, NOW);
        assert_eq!(tell_of(6).len(), 1);
        assert_eq!(tell_of(6).len(), 0);
        assert_eq!(tell_of(90).len(), 0);
        assert_eq!(tell_of(7).len(), 1, "another end");
        assert_eq!(state.told.len(), 1, "what was told of others is forgotten");
    }
}
