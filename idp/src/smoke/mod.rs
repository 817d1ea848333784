//! A person who exists for the length of a test, and their way through a running server.
//!
//! Owns the throw-away organisation: it is made here, with enrolment open for its one person, whose
//! password nobody ever sees, and it is deleted here, whatever happens. Everything in between goes
//! over HTTP like anybody else's requests. Changes nothing in how the server judges.

mod browser;
#[cfg(test)]
mod tests;
mod trust;

use std::fmt::Display;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use jiff::tz::TimeZone;
use latchkey_core::Timestamp;
use latchkey_core::ids::{OrganisationId, PersonId, Subject, UserHandle};
use latchkey_core::organisations::{Brand, Helpdesk};
use latchkey_core::people::{Person, PersonState, Username};
use latchkey_core::policy::{Overrides, Preset};
use latchkey_core::secrets::Plain;
use latchkey_store::{Error, OrganisationRecord, PersonRecord, Tx};
use serde_json::Value;

use crate::App;
use crate::authn::software::SoftwareKey;
use crate::config::Config;
use browser::{Answer, Browser};

/// What a run that was killed leaves behind is deleted by a later one, this long after.
const LEFT_BEHIND: Duration = Duration::from_secs(3600);

/// A server that answers, and is the one that the settings describe.
pub struct Target {
    browser: Browser,
}

/// The person, as long as they are there.
struct Throwaway {
    organisation: OrganisationId,
    username: String,
    password: Plain,
}

impl Target {
    /// Looks for the server that the settings describe, on this machine.
    ///
    /// # Errors
    /// When it does not answer, or is another.
    pub async fn find(config: &Config) -> anyhow::Result<Self> {
        let trusted =
            config.listen.tls.as_ref().map(|tls| trust::exactly(&tls.cert)).transpose()?;
        let mut browser = Browser::new(&config.issuer, own(config.listen.address), trusted)?;
        let answer = browser.open("/.well-known/openid-configuration").await;
        let answer = answer.with_context(|| format!("at {}", config.listen.address))?;
        let document: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let issuer = document["issuer"].as_str().unwrap_or_default().trim_end_matches('/');
        let wanted = config.issuer.as_str().trim_end_matches('/');
        ensure!(issuer == wanted, "another server answers at {}", config.listen.address);
        Ok(Self { browser })
    }

    /// Goes through everything that a person does with keys, telling each step in `told`; ends
    /// early when `stop` does. The person is deleted in any case.
    ///
    /// # Errors
    /// What failed, in words; also when the person could not be deleted.
    pub async fn run(
        mut self,
        app: &App,
        mut told: impl FnMut(&str),
        stop: impl Future<Output = ()>,
    ) -> anyhow::Result<()> {
        sweep(app).await.context("what an earlier run left behind cannot be deleted")?;
        let (person, record, first) = throwaway(app).await?;
        let organisation = person.organisation;
        // Not cut short by `stop`: what is half-made could be finished after it was looked for.
        let made = insert(app, record, first).await.context("making a throw-away person");
        let work = async {
            made?;
            told("made a throw-away person");
            go(&mut self.browser, &person, &mut told).await
        };
        let done = tokio::select! {
            done = work => done,
            () = stop => Err(anyhow::anyhow!("interrupted")),
        };
        let gone = throw_away(app, organisation).await;
        let gone = gone.with_context(|| {
            let name = OrganisationRecord::throwaway_slug(organisation);
            format!("the organisation {name} cannot be deleted; the next run tries again")
        });
        match (done, gone) {
            (Ok(()), Ok(_)) => {
                told("deleted the person");
                Ok(())
            }
            (Err(failed), Ok(_)) => Err(failed),
            (Ok(()), Err(kept)) => Err(kept),
            (Err(failed), Err(kept)) => Err(failed.context(format!("{kept:#}; before that"))),
        }
    }
}

/// The server's own address, for who asks on its own machine.
fn own(listens: SocketAddr) -> SocketAddr {
    let address = match listens.ip() {
        IpAddr::V4(address) if address.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(address) if address.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        address => address,
    };
    SocketAddr::new(address, listens.port())
}

/// The organisation and the person. Grace, and with it enrolment, is open until tomorrow's end for
/// whoever knows the password: nobody but this process, which never tells it.
async fn throwaway(app: &App) -> anyhow::Result<(Throwaway, OrganisationRecord, PersonRecord)> {
    let (rng, now) = (&*app.rng, app.clock.now());
    let organisation = OrganisationId::new(rng, now);
    let slug = OrganisationRecord::throwaway_slug(organisation);
    let username = Username::parse(&slug).map_err(|error| anyhow::anyhow!("{error}"))?;
    let password = Plain::generate(rng);
    let tomorrow = now.plus(Duration::from_secs(86_400)).millis();
    let tomorrow = jiff::Timestamp::from_millisecond(tomorrow)?.to_zoned(TimeZone::UTC).date();
    let record = OrganisationRecord {
        id: organisation,
        slug: slug.clone(),
        parent: None,
        name: "Smoke test".to_owned(),
        helpdesk: Helpdesk::default(),
        brand: Brand::default(),
        preset: Preset::Small,
        usernames: Default::default(),
        overrides: Overrides {
            grace_until: Some(tomorrow),
            session_absolute_minutes: Some(10),
            // Its second key goes again, and nobody is there to be reminded.
            keys_nudged: Some(0),
            ..Overrides::default()
        },
    };
    let person = PersonRecord {
        password_hash: Some(app.hasher.hash(password.clone()).await?),
        locale: None,
        person: Person {
            id: PersonId::new(rng, now),
            organisation,
            subject: Subject(rng.uuid_v4()),
            user_handle: UserHandle::new(rng),
            username,
            name: "Smoke test".to_owned(),
            email: None,
            verified_email: None,
            staff_number: None,
            state: PersonState::Active,
            ever_had_factor: false,
            interested_at: None,
            claims: serde_json::Map::new(),
            updated_at: now,
            standing: latchkey_core::people::Standing::default(),
            reminder: Default::default(),
        },
    };
    Ok((Throwaway { organisation, username: slug, password }, record, person))
}

async fn insert(
    app: &App,
    organisation: OrganisationRecord,
    person: PersonRecord,
) -> anyhow::Result<()> {
    let now = app.clock.now();
    let write = async move |tx: &Tx| {
        tx.insert_organisation(&organisation, now).await?;
        tx.insert_person(&person).await
    };
    Ok(app.store.write::<(), Error, _>(write).await?)
}

async fn throw_away(app: &App, id: OrganisationId) -> anyhow::Result<bool> {
    let write = async move |tx: &Tx| tx.throw_away(id).await;
    Ok(app.store.write::<_, Error, _>(write).await?)
}

/// Deletes what runs that were killed left behind. One that is still going on is younger.
async fn sweep(app: &App) -> anyhow::Result<()> {
    let now = app.clock.now();
    for record in app.store.view().list_organisations().await? {
        if record.is_throwaway() && made_at(record.id).is_none_or(|at| now.since(at) > LEFT_BEHIND)
        {
            throw_away(app, record.id).await?;
        }
    }
    Ok(())
}

/// Ids tell when they were made (RFC 9562 §5.7).
fn made_at(id: OrganisationId) -> Option<Timestamp> {
    let (seconds, nanos) = id.0.get_timestamp()?.to_unix();
    let seconds = i64::try_from(seconds).ok()?.checked_mul(1000)?;
    Some(Timestamp::from_millis(seconds + i64::from(nanos / 1_000_000)))
}

/// The way of the person, from the first log-in to the last.
async fn go(
    browser: &mut Browser,
    person: &Throwaway,
    told: &mut impl FnMut(&str),
) -> anyhow::Result<()> {
    let (mut blue, mut green) = (SoftwareKey::new(), SoftwareKey::new());
    let done = log_in_and_register(browser, person, &mut blue).await;
    step(done, "logging in with a password and registering the first key")?;
    told("logged in with a password and registered a first key");

    let second = step(register(browser, &mut green).await, "registering the second key")?;
    told("registered a second key");

    step(rename(browser, &second).await, "renaming the second key")?;
    told("renamed it");

    browser.clear();
    step(log_in(browser, &mut blue).await, "logging in with the first key")?;
    browser.clear();
    step(log_in(browser, &mut green).await, "logging in with the second key")?;
    told("logged in with each of the two");

    step(remove(browser, &second).await, "removing the first key")?;
    browser.clear();
    let removed = log_in(browser, &mut blue).await;
    step(refused(&removed), "logging in with a key that was removed")?;
    browser.clear();
    step(log_in(browser, &mut green).await, "logging in with the key that is left")?;
    told("removed the first key, which is refused now, and logged in with the other");
    Ok(())
}

fn step<T>(done: anyhow::Result<T>, what: impl Display) -> anyhow::Result<T> {
    done.with_context(|| what.to_string())
}

fn refused(done: &anyhow::Result<()>) -> anyhow::Result<()> {
    ensure!(done.is_err(), "the server took it");
    Ok(())
}

async fn log_in_and_register(
    browser: &mut Browser,
    person: &Throwaway,
    key: &mut SoftwareKey,
) -> anyhow::Result<()> {
    let page = browser.open("/login").await?;
    let typed = [("username", &*person.username), ("password", person.password.expose())];
    let page = browser.post(&page.form("/identify")?, &typed).await?;
    let page = browser.use_key(&page.form("/enrol/passkey")?, key).await?;
    let page = browser.post(&page.form("/name")?, &[("nickname", "Smoke test, first")]).await?;
    // A new key counts once it has been used.
    let page = browser.use_key(&page.form("/factor/passkey")?, key).await?;
    let page = browser.post(&page.form("/ready")?, &[]).await?;
    in_the_account(&page)
}

/// The second key, from the account; its address there.
async fn register(browser: &mut Browser, key: &mut SoftwareKey) -> anyhow::Result<String> {
    let page = browser.open("/account/keys/new").await?;
    let page = browser.use_key(&page.form("/account/keys/new")?, key).await?;
    let address = page.path.strip_suffix("/name").context(page.told())?.to_owned();
    let page = browser.post(&page.form("/name")?, &[("nickname", "Smoke test, second")]).await?;
    let page = browser.use_key(&page.form("/try")?, key).await?;
    let page = browser.post(&page.form("/ready")?, &[("next", "")]).await?;
    in_the_account(&page)?;
    Ok(address)
}

async fn rename(browser: &mut Browser, address: &str) -> anyhow::Result<()> {
    const NAME: &str = "Smoke test, renamed";
    let page = browser.open(&format!("{address}/edit")).await?;
    browser.post(&page.form("/edit")?, &[("nickname", NAME)]).await?;
    let page = browser.open("/account/keys").await?;
    ensure!(page.body.contains(NAME), "the new name is not in the list: {}", page.told());
    Ok(())
}

/// With a key alone.
async fn log_in(browser: &mut Browser, key: &mut SoftwareKey) -> anyhow::Result<()> {
    let page = browser.open("/login").await?;
    let page = browser.use_key(&page.form("/key")?, key).await?;
    in_the_account(&page)
}

/// Removes the key that is not at `kept`.
async fn remove(browser: &mut Browser, kept: &str) -> anyhow::Result<()> {
    let page = browser.open("/account/keys").await?;
    let addresses = page.body.split('"').filter_map(|text| text.strip_suffix("/remove"));
    let mut keys = addresses.filter(|address| address.starts_with("/account/keys/"));
    let other = keys.find(|address| *address != kept);
    let other = other.context("the list does not show the first key")?.to_owned();
    let page = browser.open(&format!("{other}/remove")).await?;
    let page = browser.post(&page.form("/remove")?, &[]).await?;
    in_the_account(&page)?;
    let page = browser.open("/account/keys").await?;
    ensure!(!page.body.contains(&other), "the key is still in the list");
    Ok(())
}

fn in_the_account(page: &Answer) -> anyhow::Result<()> {
    let there = page.status == 200 && page.path.starts_with("/account");
    ensure!(there, "the way does not lead to the account but to {}", page.told());
    Ok(())
}
