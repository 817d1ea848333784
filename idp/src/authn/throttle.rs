//! Throttles: every try at a secret asks here first, and tells what came of it. What is counted is
//! in the database, so that every node sees it; while nothing is wrong it is read and not written.
//!
//! Owns the subjects and their keys. How many tries are too many is `latchkey_core::throttle`'s.
//! Wrong passwords never touch log-in by key. Names that nobody has are counted like any other.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use latchkey_core::Timestamp;
use latchkey_core::audit::Event;
use latchkey_core::ids::PersonId;
use latchkey_core::network::Network;
use latchkey_core::secrets::Digest;
use latchkey_core::throttle::{
    Allowance, CODE, Limited, NAMES, NAMES_REGISTERED, PASSWORD, Rule, Verdict,
};
use latchkey_store::{Error, ThrottleRecord, Tx};
use uuid::Uuid;

use crate::App;
use crate::config::Throttle;

/// How long a browser that somebody has logged in with is known. As long as its cookie.
const KNOWN_FOR: Duration = Duration::from_secs(365 * 86_400);
/// It is written again when half of that is over.
const KNOWN_AT_LEAST: Duration = Duration::from_secs(180 * 86_400);
/// The audit trail is told of a throttled subject so often at most.
const TOLD_EVERY: Duration = Duration::from_secs(60);

type Key = [u8; 32];

/// What an installation throttles by.
pub struct Throttles {
    exempt: Vec<Network>,
    registered: Vec<Network>,
    /// What is tried on this node at this moment: the next try at it is counted beforehand.
    under_way: Arc<Mutex<HashSet<Key>>>,
}

/// What is tried.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// The password of a name, whether or not anybody has it.
    Password {
        /// Whose name it is, if anybody's.
        person: Option<PersonId>,
        /// The name as typed.
        name: &'a str,
        /// The browser that it is typed in.
        browser: Option<Digest>,
    },
    /// A code of a person.
    Code {
        /// Whose.
        person: PersonId,
        /// Of which factor.
        factor: &'static str,
    },
}

/// A try that is looked at. Whoever holds it tells whether it was right or wrong.
#[must_use]
pub struct Ticket {
    key: Key,
    person: Option<PersonId>,
    rule: &'static Rule,
    browser_known: bool,
    /// It need not be noted with the log-in.
    noted: bool,
    /// How many were wrong in a row, should this one be.
    failures: u32,
    /// This one is counted already.
    reserved: bool,
    names: Option<Names>,
    _alone: Option<UnderWay>,
}

/// A try that is not looked at.
#[derive(Clone, Copy, Debug)]
pub struct Wait {
    /// When the next one is.
    pub until: Timestamp,
    /// How many were wrong before.
    pub failures: u32,
    key: Key,
    told_at: Timestamp,
}

impl Wait {
    /// How many minutes that is, for people.
    #[must_use]
    pub fn minutes(&self, now: Timestamp) -> u64 {
        self.until.since(now).as_secs().div_ceil(60).max(1)
    }
}

/// The count of names that fail from one address.
#[derive(Clone, Copy)]
struct Names {
    address: Key,
    name: Key,
    allowance: Allowance,
}

struct UnderWay {
    all: Arc<Mutex<HashSet<Key>>>,
    key: Key,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

impl Throttles {
    /// As set.
    #[must_use]
    pub fn new(config: &Throttle) -> Self {
        Self {
            exempt: config.exempt.clone(),
            registered: config.registered.clone(),
            under_way: Arc::default(),
        }
    }

    fn begin(&self, key: Key) -> Option<UnderWay> {
        let mut all = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(key).then(|| UnderWay { all: Arc::clone(&self.under_way), key })
    }

    /// What counts as one address, and how much may come from it; `None` when it does not matter.
    fn address(
        &self,
        address: Option<&str>,
        usual: Allowance,
        registered: Allowance,
    ) -> Option<(IpAddr, Allowance)> {
        let address: IpAddr = address?.parse().ok()?;
        let within = |networks: &[Network]| networks.iter().any(|it| it.contains(address));
        if within(&self.exempt) {
            return None;
        }
        let allowance = if within(&self.registered) { registered } else { usual };
        Some((counted_as(address), allowance))
    }
}

/// An address as it is counted: of IPv6 the network that one subscriber has, a /64.
fn counted_as(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => IpAddr::V6(Ipv6Addr::from(u128::from(six) & !u128::from(u64::MAX))),
        four @ IpAddr::V4(_) => four,
    }
}

fn account_key(app: &App, person: Option<PersonId>, name: &str) -> Key {
    match person {
        Some(person) => app.keys.mac.derive("throttle password", person.0.as_bytes()),
        None => app.keys.mac.derive("throttle name", name.trim().to_lowercase().as_bytes()),
    }
}

fn browser_key(app: &App, account: &Key, browser: Digest) -> Key {
    app.keys.mac.derive("throttle browser", &[&account[..], &browser.as_bytes()[..]].concat())
}

/// A browser that a person has logged in with, to be noted with the log-in.
#[derive(Clone, Copy)]
pub struct KnownBrowser {
    key: Key,
    person: PersonId,
    at: Timestamp,
}

impl KnownBrowser {
    /// The browser of a log-in.
    #[must_use]
    pub fn of(app: &App, person: PersonId, browser: Digest, at: Timestamp) -> Self {
        let account = account_key(app, Some(person), "");
        Self { key: browser_key(app, &account, browser), person, at }
    }

    /// Notes it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note(&self, tx: &Tx) -> Result<(), Error> {
        let (at_least, until) = (self.at.plus(KNOWN_AT_LEAST), self.at.plus(KNOWN_FOR));
        tx.know_browser(self.key, self.person, at_least, until).await
    }
}

/// Whether a try is looked at. A password's first one in a long time costs one read.
///
/// # Errors
/// When the database fails.
pub async fn admit(
    app: &App,
    subject: Subject<'_>,
    address: Option<&str>,
) -> Result<Result<Ticket, Wait>, Error> {
    let now = app.clock.now();
    let (account, browser, person, rule) = match subject {
        Subject::Password { person, name, browser } => {
            let account = account_key(app, person, name);
            let browser = browser.map(|browser| browser_key(app, &account, browser));
            (account, browser, person, &PASSWORD)
        }
        Subject::Code { person, factor } => {
            let message = [person.0.as_bytes(), factor.as_bytes()].concat();
            (app.keys.mac.derive("throttle code", &message), None, Some(person), &CODE)
        }
    };
    let names = match subject {
        Subject::Password { .. } => names(app, account, address, now),
        Subject::Code { .. } => None,
    };
    let keys: Vec<Key> =
        [Some(account), browser, names.map(|names| names.address)].into_iter().flatten().collect();
    let found = app.store.view().list_throttles(&keys).await?;
    let of = |key: Key| found.iter().find(|record| record.key == key);
    // A browser has a row when this person has logged in with it. It then counts by itself:
    // strangers' wrong tries are not its own.
    let known = browser.filter(|key| of(*key).is_some());
    let key = known.unwrap_or(account);
    if known.is_none()
        && let Some(names) = &names
        && let Some(record) = of(names.address)
        && let Verdict::Wait { until } = names.allowance.judge(record.count.failures, now)
    {
        return Ok(Err(wait(record, until)));
    }
    let record = of(key);
    if let Some(record) = record
        && let Verdict::Wait { until } = rule.judge(Some(record.count), now)
    {
        return Ok(Err(wait(record, until)));
    }
    let alone = app.throttles.begin(key);
    let clean = record.is_none_or(|record| record.count.failures == 0);
    let by_itself = matches!(subject, Subject::Password { .. }) && clean && alone.is_some();
    let mut ticket = Ticket {
        key,
        person,
        rule,
        browser_known: known.is_some(),
        noted: known.and_then(of).is_some_and(|row| row.expires_at >= now.plus(KNOWN_AT_LEAST)),
        failures: 1,
        reserved: false,
        names,
        _alone: alone,
    };
    if !by_itself {
        // Counted before it is looked at, so that tries at the same time do not all see the count
        // of before.
        let reserve = async move |tx: &Tx| {
            let before = tx.view().list_throttles(&[key]).await?.pop();
            if let Some(record) = &before
                && let Verdict::Wait { until } = rule.judge(Some(record.count), now)
            {
                return Ok(Err(wait(record, until)));
            }
            tx.count_failure(key, person, rule, now).await?;
            let count = before.map(|before| before.count);
            Ok(Ok(rule.after_failure(count, now).failures))
        };
        match app.store.write::<_, Error, _>(reserve).await? {
            Ok(failures) => (ticket.failures, ticket.reserved) = (failures, true),
            Err(wait) => return Ok(Err(wait)),
        }
    }
    Ok(Ok(ticket))
}

fn wait(record: &ThrottleRecord, until: Timestamp) -> Wait {
    Wait { until, failures: record.count.failures, key: record.key, told_at: record.told_at }
}

fn names(app: &App, account: Key, address: Option<&str>, now: Timestamp) -> Option<Names> {
    let (address, allowance) = app.throttles.address(address, NAMES, NAMES_REGISTERED)?;
    let stretch = format!("{address} {}", allowance.stretch(now));
    let name = [stretch.as_bytes(), &account[..]].concat();
    Some(Names {
        address: app.keys.mac.derive("throttle address", stretch.as_bytes()),
        name: app.keys.mac.derive("throttle name at address", &name),
        allowance,
    })
}

impl Ticket {
    /// Whether the browser is one that the person has logged in with, and will be known for long.
    #[must_use]
    pub fn browser_noted(&self) -> bool {
        self.noted
    }

    /// How many were wrong in a row, should this one be.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// It was right: what was counted is forgotten, where anything was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn right(self, app: &App) -> Result<(), Error> {
        if !self.reserved {
            return Ok(());
        }
        let (key, known) = (self.key, self.browser_known);
        let forget = async move |tx: &Tx| match known {
            true => tx.forgive_browser(key).await,
            false => tx.forget_failures(key).await,
        };
        app.store.write(forget).await
    }

    /// It was wrong: it is counted, and told to the audit trail with `event`, of which there is
    /// one a minute at most once tries have to wait.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn wrong(self, app: &App, event: Event) -> Result<(), Error> {
        let Self { key, person, rule, browser_known, failures, reserved, names, .. } = self;
        let now = event.at;
        let names = names.filter(|_| !browser_known);
        let write = async move |tx: &Tx| {
            if !reserved {
                tx.count_failure(key, person, rule, now).await?;
            }
            if let Some(names) = names {
                let ends = names.allowance.ends(now);
                tx.count_in_stretch(names.address, Some(names.name), now, ends).await?;
            }
            if person.is_none() {
                // As somebody's key for the audit trail is looked up: names that nobody has take as
                // long.
                tx.view().find_person(PersonId(Uuid::nil())).await?;
            }
            if failures <= rule.free || tx.tell_of_throttle(key, told_before(now), now).await? {
                tx.insert_event(&event).await?;
            }
            Ok(())
        };
        app.store.write(write).await
    }
}

fn told_before(now: Timestamp) -> Timestamp {
    now.minus(TOLD_EVERY)
}

/// Tells the audit trail of a try that was not looked at, if it was not told within a minute.
///
/// # Errors
/// When the database fails.
pub async fn note(app: &App, wait: &Wait, event: Event) -> Result<(), Error> {
    let now = event.at;
    if wait.told_at <= now && now.since(wait.told_at) <= TOLD_EVERY {
        return Ok(());
    }
    let key = wait.key;
    let write = async move |tx: &Tx| {
        if tx.tell_of_throttle(key, told_before(now), now).await? {
            tx.insert_event(&event).await?;
        }
        Ok(())
    };
    app.store.write(write).await
}

/// Why something is not done for an address now, if so. Only by address: the ids of somebody's keys
/// and everybody's user name can be had by anybody.
///
/// # Errors
/// When the database fails.
pub async fn limited(
    app: &App,
    what: Limited,
    address: Option<&str>,
) -> Result<Option<Wait>, Error> {
    let now = app.clock.now();
    let Some((key, allowance)) = limited_key(app, what, address, now) else { return Ok(None) };
    let Some(record) = app.store.view().find_throttle(key).await? else { return Ok(None) };
    Ok(match allowance.judge(record.count.failures, now) {
        Verdict::Go => None,
        Verdict::Wait { until } => Some(wait(&record, until)),
    })
}

/// Counts that it was done.
///
/// # Errors
/// When the database fails.
pub async fn count(app: &App, what: Limited, address: Option<&str>) -> Result<(), Error> {
    let now = app.clock.now();
    let Some((key, allowance)) = limited_key(app, what, address, now) else { return Ok(()) };
    let ends = allowance.ends(now);
    let write = async move |tx: &Tx| tx.count_in_stretch(key, None, now, ends).await;
    app.store.write(write).await
}

fn limited_key(
    app: &App,
    what: Limited,
    address: Option<&str>,
    now: Timestamp,
) -> Option<(Key, Allowance)> {
    let (usual, registered) = (what.allowance(), what.allowance_registered());
    let (address, allowance) = app.throttles.address(address, usual, registered)?;
    let stretch = format!("{} {address} {}", what.as_str(), allowance.stretch(now));
    Some((app.keys.mac.derive("throttle address for", stretch.as_bytes()), allowance))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(text: &str) -> String {
        counted_as(text.parse().expect("an address")).to_string()
    }

    #[test]
    fn an_ipv6_subscriber_is_one_address_however_many_they_have() {
        assert_eq!(counted("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(counted("2001:db8:1:2:ffff::1"), "2001:db8:1:2::");
        assert_ne!(counted("2001:db8:1:3::1"), counted("2001:db8:1:2::1"));
        assert_eq!(counted("::ffff:192.0.2.7"), "192.0.2.7");
        assert_ne!(counted("192.0.2.7"), counted("192.0.2.8"));
    }

    #[test]
    fn an_exempt_network_is_not_counted_and_a_registered_one_has_more() {
        let throttles = Throttles::new(&Throttle {
            exempt: vec!["10.20.0.0/16".parse().expect("a network")],
            registered: vec!["192.0.2.0/24".parse().expect("a network")],
        });
        let of = |address| throttles.address(Some(address), NAMES, NAMES_REGISTERED);
        assert!(of("10.20.1.1").is_none());
        assert!(of("::ffff:10.20.1.1").is_none());
        assert_eq!(of("192.0.2.9").map(|it| it.1), Some(NAMES_REGISTERED));
        assert_eq!(of("198.51.100.1").map(|it| it.1), Some(NAMES));
        assert!(of("no address").is_none());
    }

    #[test]
    fn only_one_try_at_a_time_goes_uncounted() {
        let throttles = Throttles::new(&Throttle::default());
        let first = throttles.begin([1; 32]);
        assert!(first.is_some());
        assert!(throttles.begin([1; 32]).is_none());
        assert!(throttles.begin([2; 32]).is_some());
        drop(first);
        assert!(throttles.begin([1; 32]).is_some());
    }
}
