//! Metadata of service providers that came from an address, read again: what changed is kept and
//! told; what cannot be read, or that nobody vouches for, changes nothing.
//!
//! Owns what becomes of a try, and when the next one is. Who tries, and when, is the job's or the
//! command's. However large a document is, no more than some of its providers are held beside it.

mod cadence;
mod difference;
pub mod endings;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use latchkey_api::providers::ProviderDifference;
use latchkey_core::Timestamp;
use latchkey_core::audit::What;
use latchkey_core::ids::EntityId;
use latchkey_saml::metadata::provider::ServiceProvider;
use latchkey_saml::metadata::read::{LARGEST_DOCUMENT, Metadata, MetadataError};
use latchkey_saml::verify::Key;
use latchkey_store::{ProviderState, StoredProvider};
use latchkey_web::fetch::Bounds;
use tokio::sync::mpsc;

use super::doctor::words::time;
use super::providers;
use super::settings::Settings;
use crate::App;
use crate::actions::refreshed::{self, Settled};
use crate::audit::Origin;
use cadence::Jitter;

/// How much is fetched, and how long that may take.
const BOUNDS: Bounds = Bounds { size: LARGEST_DOCUMENT, time: Duration::from_secs(60) };
/// How many providers are held at once, and settled in one write.
const AT_ONCE: usize = 32;
/// How many that failed are settled in one write, and named by one event.
const FAILED_AT_ONCE: usize = 100;

/// What is to be done in a round.
#[derive(Debug, Default)]
pub struct Plan {
    /// Providers whose metadata came from no address: what is kept of them is looked at.
    pub looked: Vec<EntityId>,
    /// Where metadata is read again.
    pub addresses: Vec<Address>,
}

/// An address, and whose metadata is read there.
#[derive(Debug)]
pub struct Address {
    url: String,
    /// By the certificates that have to vouch for it (DER in base64).
    readers: BTreeMap<Vec<String>, BTreeSet<String>>,
}

/// What became of one provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Which.
    pub provider: EntityId,
    /// What.
    pub outcome: Outcome,
}

/// What became of a try to read metadata again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was read; what is different, if anything is.
    Read(Vec<ProviderDifference>),
    /// It was not; why.
    Failed(String),
}

/// What was found of a provider.
#[derive(Clone, Debug)]
enum Found {
    /// What it says of itself now.
    Read(Box<ServiceProvider>),
    /// Nothing that could be relied on.
    Failed(String),
    /// It was not looked for.
    Looked,
}

/// Where something was found, and by what it was judged.
#[derive(Clone, Debug, Default)]
struct Place {
    address: Option<String>,
    certificates: Vec<String>,
}

/// The providers whose time has come, and with them all others of the same addresses: what
/// describes many is fetched once.
///
/// # Errors
/// When the database fails, or what it has of a provider is damaged.
pub async fn due(app: &App, now: Timestamp) -> anyhow::Result<Plan> {
    let view = app.store.view();
    let due = view.list_due_providers(now).await?;
    let mut plan = Plan::default();
    let mut wanted = BTreeSet::new();
    for (id, document) in due {
        match settings(&document)?.metadata_address {
            Some(address) => {
                wanted.insert(address);
            }
            None => plan.looked.push(id),
        }
    }
    if !wanted.is_empty() {
        let all = view.list_provider_documents().await?;
        plan.addresses = addresses(all, |_, url| wanted.contains(url))?;
    }
    Ok(plan)
}

/// All providers, or one, whether their time has come or not.
///
/// # Errors
/// When there is no such provider, or its metadata came from no address; else when the database
/// fails.
pub async fn wanted(app: &App, only: Option<&EntityId>) -> anyhow::Result<Plan> {
    let all = app.store.view().list_provider_documents().await?;
    if let Some(only) = only {
        let found = all.iter().find(|(id, _)| id == only);
        let (_, document) =
            found.with_context(|| format!("there is no service provider {only}"))?;
        settings(document)?.metadata_address.with_context(|| {
            format!(
                "the metadata of {only} came from a file: give it again with `latchkey sp add` or \
                 `latchkey apply`"
            )
        })?;
    }
    let addresses = addresses(all, |id, _| only.is_none_or(|only| only == id))?;
    Ok(Plan { looked: Vec::new(), addresses })
}

fn addresses(
    all: Vec<(EntityId, String)>,
    which: impl Fn(&EntityId, &str) -> bool,
) -> anyhow::Result<Vec<Address>> {
    let mut found: BTreeMap<String, BTreeMap<_, BTreeSet<_>>> = BTreeMap::new();
    for (id, document) in all {
        let settings = settings(&document)?;
        let Some(url) = settings.metadata_address.filter(|url| which(&id, url)) else { continue };
        let readers = found.entry(url).or_default();
        readers.entry(settings.metadata_certificates).or_default().insert(id.0);
    }
    Ok(found.into_iter().map(|(url, readers)| Address { url, readers }).collect())
}

fn settings(document: &str) -> anyhow::Result<Settings> {
    serde_json::from_str(document).context("service_providers.document")
}

/// Looks at what is kept of providers that are read nowhere: what of it ends soon is told.
///
/// # Errors
/// When the database fails.
pub async fn look(app: &App, by: &Origin, providers: &[EntityId]) -> anyhow::Result<()> {
    for some in providers.chunks(AT_ONCE) {
        let found = some.iter().map(|id| (id.clone(), Found::Looked)).collect();
        settle(app, by, &Place::default(), found, Jitter::draw(&*app.rng)).await?;
    }
    Ok(())
}

/// Reads the metadata of everybody at an address again: it is fetched once.
///
/// # Errors
/// When the database fails.
pub async fn read(app: &App, by: &Origin, address: Address) -> anyhow::Result<Vec<Report>> {
    // One for all, so that they stay together.
    let jitter = Jitter::draw(&*app.rng);
    let fetched = fetch(app, &address.url).await;
    let mut reports = Vec::new();
    for (certificates, ids) in address.readers {
        let place = Place { address: Some(address.url.clone()), certificates };
        let more = match &fetched {
            Ok(body) => read_those(app, by, &place, body.clone(), ids, jitter).await?,
            Err(reason) => fail(app, by, &place, ids, reason, jitter).await?,
        };
        reports.extend(more);
    }
    Ok(reports)
}

async fn fetch(app: &App, url: &str) -> Result<Bytes, String> {
    let accept = "application/samlmetadata+xml, */*";
    match app.fetcher.bounded(BOUNDS).get(url, accept).await {
        Ok(answer) if answer.status.is_success() => Ok(answer.body),
        Ok(answer) => Err(format!("the host answers with the status {}", answer.status.as_u16())),
        Err(error) => Err(error.to_string()),
    }
}

/// Reads some providers of a document. It is read on a thread of its own, and never faster than what
/// was found is settled.
async fn read_those(
    app: &App,
    by: &Origin,
    place: &Place,
    body: Bytes,
    ids: BTreeSet<String>,
    jitter: Jitter,
) -> anyhow::Result<Vec<Report>> {
    let (sender, mut receiver) = mpsc::channel(AT_ONCE);
    let (certificates, wanted) = (place.certificates.clone(), ids.clone());
    let work = move || -> Result<(), String> {
        let keys = keys(&certificates)?;
        let metadata = Metadata::open(&body, &keys).map_err(|error| error.to_string())?;
        let found = metadata.providers_among(&wanted).map_err(|error| error.to_string())?;
        for read in found {
            let (id, found) = match read {
                Ok(provider) => (provider.entity_id.clone(), Found::Read(Box::new(provider))),
                // What holds around them cannot be read.
                Err(error) if error.entity_id.is_empty() => return Err(error.error.to_string()),
                Err(error) => (error.entity_id, Found::Failed(error.error.to_string())),
            };
            // Whoever takes them has given up.
            if sender.blocking_send((EntityId(id), found)).is_err() {
                break;
            }
        }
        Ok(())
    };
    let work = tokio::task::spawn_blocking(work);
    let (mut missing, mut reports, mut some) = (ids, Vec::new(), Vec::new());
    while let Some((id, found)) = receiver.recv().await {
        // The first of an entity ID counts, as where one is read alone.
        if missing.remove(&id.0) {
            some.push((id, found));
        }
        if some.len() == AT_ONCE {
            reports.extend(settle(app, by, place, std::mem::take(&mut some), jitter).await?);
        }
    }
    reports.extend(settle(app, by, place, some, jitter).await?);
    let reason = work.await?.err().unwrap_or_else(|| MetadataError::Absent.to_string());
    reports.extend(fail(app, by, place, missing, &reason, jitter).await?);
    Ok(reports)
}

/// The keys of certificates, all of them: metadata that has to be vouched for is never read without.
fn keys(certificates: &[String]) -> Result<Vec<Key>, String> {
    let key = |text: &String| {
        let der = STANDARD.decode(text).map_err(|error| error.to_string())?;
        Key::from_certificate(&der).map_err(|error| error.to_string())
    };
    certificates.iter().map(key).collect()
}

async fn fail(
    app: &App,
    by: &Origin,
    place: &Place,
    ids: BTreeSet<String>,
    reason: &str,
    jitter: Jitter,
) -> anyhow::Result<Vec<Report>> {
    let all = ids.into_iter().map(|id| (EntityId(id), Found::Failed(reason.to_owned())));
    let all: Vec<_> = all.collect();
    let mut reports = Vec::new();
    for some in all.chunks(FAILED_AT_ONCE) {
        reports.extend(settle(app, by, place, some.to_vec(), jitter).await?);
    }
    Ok(reports)
}

/// Keeps what became of providers, and tells what is new in it.
async fn settle(
    app: &App,
    by: &Origin,
    place: &Place,
    found: Vec<(EntityId, Found)>,
    jitter: Jitter,
) -> anyhow::Result<Vec<Report>> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let (ids, found): (Vec<_>, BTreeMap<_, _>) =
        found.into_iter().map(|(id, found)| (id.clone(), (id.0, found))).unzip();
    let (place, now) = (place.clone(), by.at);
    let judge = move |stored: &StoredProvider, before: Option<ProviderState>| {
        let Some(found) = found.get(&stored.id.0) else { return Ok(None) };
        judge(&place, found, stored, before, now, jitter)
    };
    let settled = refreshed::settle(&app.store, &app.rng, by, ids, judge).await?;
    let mut reports = Vec::new();
    for (provider, settled) in settled {
        let Settled { changes, failed, metadata, newly_failing, recovered, .. } = settled;
        if metadata.is_some() {
            providers::forget(app, &provider);
        }
        if let Some(reason) = failed.as_ref().filter(|_| newly_failing) {
            app.metrics.provider_metadata_failed();
            tracing::warn!(
                %provider,
                error = %reason,
                "the metadata of a service provider was not taken; what is kept stays"
            );
        }
        if recovered {
            tracing::info!(%provider, "the metadata of a service provider was read again");
        }
        if !changes.is_empty() {
            let changes = messages(&changes);
            tracing::info!(%provider, ?changes, "a service provider says something else of itself");
        }
        let outcome = failed.map_or(Outcome::Read(changes), Outcome::Failed);
        reports.push(Report { provider, outcome });
    }
    Ok(reports)
}

/// What becomes of one; nothing, where somebody changed meanwhile what it was read by.
fn judge(
    place: &Place,
    found: &Found,
    stored: &StoredProvider,
    before: Option<ProviderState>,
    now: Timestamp,
    jitter: Jitter,
) -> anyhow::Result<Option<Settled>> {
    let settings = settings(&stored.document)?;
    let same = settings.metadata_address == place.address
        && (place.address.is_none() || settings.metadata_certificates == place.certificates);
    if !same {
        return Ok(None);
    }
    let kept: ServiceProvider =
        serde_json::from_str(&stored.metadata).context("service_providers.metadata")?;
    let mut state = before.unwrap_or_else(|| ProviderState::new(stored.id.clone()));
    let failed_before = state.error.is_some();
    let mut settled = Settled::new(stored.organisation);
    let expired = |it: &ServiceProvider| it.valid_until.filter(|until| *until <= now);
    let (current, failed) = match found {
        Found::Looked => (kept, None),
        Found::Failed(reason) => (kept, Some(reason.clone())),
        Found::Read(read) => match expired(read) {
            Some(until) => (kept, Some(over(until))),
            None => {
                settled.changes = difference::between(&kept, read);
                if **read != kept {
                    settled.metadata = Some(serde_json::to_string(read)?);
                }
                ((**read).clone(), None)
            }
        },
    };
    if state.renewed_at.is_none() || state.valid_until != current.valid_until {
        state.renewed_at = Some(now);
    }
    state.valid_until = current.valid_until;
    match (&failed, found) {
        (None, Found::Looked) => state.next_at = cadence::after_a_look(now, jitter),
        (None, _) => {
            (state.read_at, state.tried_at) = (Some(now), Some(now));
            (state.failing_since, state.failures, state.error) = (None, 0, None);
            state.next_at = cadence::after_reading(&current, now, jitter);
            settled.recovered = failed_before;
        }
        (Some(reason), _) => {
            state.tried_at = Some(now);
            state.failing_since.get_or_insert(now);
            state.failures = state.failures.saturating_add(1);
            state.error = Some(reason.clone());
            state.next_at =
                cadence::after_a_failure(state.failures, current.valid_until, now, jitter);
            settled.newly_failing = !failed_before;
        }
    }
    if !settled.changes.is_empty() {
        settled.events.push(What::ProviderMetadataRead {
            provider: stored.id.clone(),
            changes: messages(&settled.changes),
        });
    }
    let endings = endings::of(&current, place.address.is_some(), Some(&state));
    settled.events.extend(endings::tell(&stored.id, &endings, &mut state, now));
    state.warns_at = endings::first_warning(&endings, now);
    settled.failed = failed;
    settled.state = Some(state);
    Ok(Some(settled))
}

/// What is different, in words.
fn messages(changes: &[ProviderDifference]) -> Vec<String> {
    changes.iter().map(|change| change.message.clone()).collect()
}

/// Why metadata whose time is over is not taken.
#[must_use]
pub fn over(until: Timestamp) -> String {
    format!(
        "the metadata has expired: by its validUntil it held until {}; whoever publishes it has to \
         publish it anew",
        time(until)
    )
}

/// Who reads metadata again when its time has come.
#[must_use]
pub fn by_itself(app: &App) -> Origin {
    let actor = latchkey_core::roles::Actor::System;
    Origin { actor, address: None, at: app.clock.now() }
}
