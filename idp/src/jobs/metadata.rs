//! What makers publish of their keys (FIDO Metadata Service v3.0 §3.2): looks for a later BLOB, keeps
//! the last good one in the database, and goes by what another node has kept.
//!
//! A source that cannot be relied on changes nothing: what is kept stays, the log and a number say
//! why. Nobody is asked for anything unless `[metadata]` is set.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use latchkey_core::Timestamp;
use latchkey_core::audit::What;
use latchkey_core::roles::Actor;
use latchkey_store::{Attested, Error, MetadataRecord, MetadataState, Store, Tx};
use latchkey_web::fetch::{Bounds, FetchError};
use tokio::time::MissedTickBehavior;
use url::Url;

use crate::App;
use crate::audit::Origin;
use crate::authn::metadata::{BlobError, Known, LARGEST, Metadata, Roots, Trusted};
use crate::config::{self, MetadataSource};

/// Who holds it asks the publisher. Taken anew for each try, so that nobody tries again before it
/// runs out.
pub const LEASE: &str = "metadata";
/// Who holds it judges keys.
const JUDGING: &str = "metadata keys";
/// Longer than a million keys take; a node that dies in between is followed after this time.
const JUDGED_WITHIN: Duration = Duration::from_secs(3600);
const EVERY: Duration = Duration::from_secs(60);
/// How long after a try without success the next one comes.
const AGAIN_AFTER: Duration = Duration::from_secs(3600);
/// How old what the publisher said may get.
const ASKED_EVERY: Duration = Duration::from_secs(86_400);
/// How often it is said that a promised BLOB did not come.
const WARNED_EVERY: Duration = Duration::from_secs(86_400);
/// The published ones have some ten million bytes, and lines are thin.
const BOUNDS: Bounds = Bounds { size: LARGEST, time: Duration::from_secs(300) };

/// Why a source was of no use.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    File(#[from] io::Error),
    /// The publisher did not answer.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The publisher answered something else.
    #[error("the host answers with status {0}")]
    Status(u16),
    /// It cannot be relied on.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// It is older than what is kept.
    #[error("its number is {number}, and {kept} is kept already")]
    Older {
        /// Its serial number.
        number: u32,
        /// That of what is kept.
        kept: u32,
    },
}

/// A file as it was when it was last looked at.
type Stamp = Result<(SystemTime, u64), ErrorKind>;

/// What a node remembers between two rounds.
#[derive(Debug, Default)]
pub struct Watch {
    /// The file that was read last.
    file: Option<Stamp>,
    /// When it was last said that a promised BLOB did not come.
    warned_at: Option<Timestamp>,
    /// What is kept and cannot be relied on under these settings.
    useless: Option<u32>,
}

/// Whose metadata the settings say to rely on.
///
/// # Errors
/// When the roots cannot be read.
pub fn trusted(settings: &config::Metadata) -> anyhow::Result<Trusted> {
    let shown = || format!("[metadata] roots: {}", settings.roots.display());
    let file = std::fs::read(&settings.roots).with_context(shown)?;
    let roots = Roots::read([file.as_slice()]).with_context(shown)?;
    Ok(Trusted { roots, signer: settings.signer.clone() })
}

/// Goes by what is kept, judged as of the time when it was accepted: certificates of its signer may
/// have ended since. Tells its number.
///
/// # Errors
/// When the database fails.
pub async fn learn_stored(store: &Store, known: &Known) -> anyhow::Result<Option<u32>> {
    if !known.trusts() {
        return Ok(None);
    }
    let Some(kept) = store.view().find_metadata().await? else { return Ok(None) };
    match known.verify(kept.blob.into(), kept.accepted_at).await? {
        Ok(metadata) => known.learn(metadata),
        Err(error) => {
            tracing::warn!(number = kept.number, %error, "the metadata that is kept is not used");
        }
    }
    Ok(Some(kept.number))
}

/// Reads and judges a file; what `latchkey config check` does.
///
/// # Errors
/// Why it is of no use.
pub fn read_file(path: &Path, trusted: &Trusted, now: Timestamp) -> Result<Metadata, Refusal> {
    Ok(Metadata::verify(&contents(path)?, &trusted.roots, &trusted.signer, now)?)
}

/// A file, and no more of it than is judged too large.
fn contents(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(LARGEST).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Looks after it, for ever.
pub(super) async fn look(app: Arc<App>) {
    let mut watch = Watch::default();
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = round(&app, &mut watch).await {
            tracing::error!("the metadata could not be looked after: {error:#}");
        }
    }
}

/// One round: goes by what another node has kept, looks for a later BLOB when it is time, and says
/// so when one is overdue.
///
/// # Errors
/// When the database fails.
pub async fn round(app: &App, watch: &mut Watch) -> anyhow::Result<()> {
    let Some(settings) = &app.config.metadata else { return Ok(()) };
    let state = follow(app, watch).await?;
    let found = match &settings.blob {
        MetadataSource::File(path) => changed(path, watch).await?,
        MetadataSource::Address(url) => published(app, url, state).await?,
    };
    let taken = match found {
        Some(Ok(blob)) => {
            let taken = take(app, blob.into(), state).await;
            if !matches!(taken, Ok(Ok(true) | Err(_))) {
                // It was not judged to the end, so it is looked at again.
                watch.file = None;
            }
            taken?.map(drop)
        }
        Some(Err(refusal)) => Err(refusal),
        None => Ok(()),
    };
    if let Err(refusal) = taken {
        app.metrics.metadata_refused();
        let kept = app.metadata.present().map(|metadata| metadata.number());
        tracing::warn!(kept, error = %refusal, "the metadata was not taken; what is kept stays");
    }
    if let Some(state) = app.store.view().find_metadata_state().await? {
        judge_keys(app, state).await?;
    }
    let now = app.clock.now();
    let overdue = app.metadata.present().filter(|metadata| metadata.is_overdue(now));
    match overdue {
        None => watch.warned_at = None,
        Some(_) if watch.warned_at.is_some_and(|at| now < at.plus(WARNED_EVERY)) => {}
        Some(metadata) => {
            watch.warned_at = Some(now);
            let (number, promised) = (metadata.number(), metadata.next_update());
            tracing::warn!(number, %promised, "later metadata was promised and did not come");
        }
    }
    Ok(())
}

/// What is kept in the database; gone by from now on.
async fn follow(app: &App, watch: &mut Watch) -> anyhow::Result<Option<MetadataState>> {
    let state = app.store.view().find_metadata_state().await?;
    let here = app.metadata.present().map(|metadata| metadata.number());
    let there = state.map(|state| state.number);
    if there.is_some() && there != here && there != watch.useless {
        let learned = learn_stored(&app.store, &app.metadata).await?;
        let here = app.metadata.present().map(|metadata| metadata.number());
        watch.useless = learned.filter(|number| Some(*number) != here);
    }
    Ok(state)
}

/// A file that is not what it was when it was last looked at.
async fn changed(
    path: &Path,
    watch: &mut Watch,
) -> anyhow::Result<Option<Result<Vec<u8>, Refusal>>> {
    let path = path.to_owned();
    let last = watch.file;
    let work = move || {
        let about = std::fs::metadata(&path);
        let now = about.and_then(|about| Ok((about.modified()?, about.len())));
        let stamp: Stamp = now.map_err(|error| error.kind());
        (stamp, (last != Some(stamp)).then(|| contents(&path)))
    };
    let (stamp, found) = tokio::task::spawn_blocking(work).await?;
    watch.file = Some(stamp);
    Ok(found.map(|read| read.map_err(Refusal::File)))
}

/// What the publisher says, when it is time to ask and nobody else does.
async fn published(
    app: &App,
    url: &Url,
    state: Option<MetadataState>,
) -> anyhow::Result<Option<Result<Vec<u8>, Refusal>>> {
    let now = app.clock.now();
    if !is_due(state, app.metadata.present().as_deref(), now) {
        return Ok(None);
    }
    let holder = app.rng.uuid_v4().to_string();
    let until = now.plus(AGAIN_AFTER);
    let lease = async move |tx: &Tx| tx.take_lease(LEASE, &holder, now, until).await;
    if !app.store.write::<_, Error, _>(lease).await? {
        return Ok(None);
    }
    let answer = match app.fetcher.bounded(BOUNDS).get(url.as_str(), "*/*").await {
        Ok(answer) if answer.status.is_success() => Ok(answer.body.to_vec()),
        Ok(answer) => Err(Refusal::Status(answer.status.as_u16())),
        Err(error) => Err(error.into()),
    };
    Ok(Some(answer))
}

/// Whether the publisher was not asked for a day, or since the day that was promised began, or what
/// is kept is of no use here.
fn is_due(state: Option<MetadataState>, known: Option<&Metadata>, now: Timestamp) -> bool {
    let (Some(state), Some(known)) = (state, known) else { return true };
    let promised = known.promised();
    let old = state.checked_at.plus(ASKED_EVERY) <= now;
    old || (state.checked_at < promised && promised <= now)
}

/// Keeps a BLOB and goes by it, unless it is the one that is kept already. `false` when another node
/// kept something meanwhile.
async fn take(
    app: &App,
    blob: Arc<[u8]>,
    state: Option<MetadataState>,
) -> anyhow::Result<Result<bool, Refusal>> {
    let now = app.clock.now();
    let metadata = match app.metadata.verify(Arc::clone(&blob), now).await? {
        Ok(metadata) => metadata,
        Err(error) => return Ok(Err(error.into())),
    };
    let known = app.metadata.present();
    if let Some(known) = known.as_deref().filter(|known| !metadata.follows(known)) {
        let (number, kept) = (metadata.number(), known.number());
        if number < kept {
            return Ok(Err(Refusal::Older { number, kept }));
        }
        let note = async move |tx: &Tx| tx.note_metadata_checked(now).await;
        app.store.write::<_, Error, _>(note).await?;
        return Ok(Ok(true));
    }
    let (marked_now, marked_before) = (metadata.marked(), app.metadata.marked());
    let what = What::MetadataAccepted {
        before: known.map(|known| known.number()),
        number: metadata.number(),
        next_update: metadata.next_update(),
        marked: marked_now.difference(&marked_before).copied().collect(),
        cleared: marked_before.difference(&marked_now).copied().collect(),
    };
    let origin = Origin { actor: Actor::System, address: None, at: now };
    let event = origin.event_of_installation(&*app.rng, what);
    let before = state.map(|state| state.number);
    let record =
        MetadataRecord { number: metadata.number(), blob: blob.to_vec(), accepted_at: now };
    let write = async move |tx: &Tx| {
        let kept = tx.replace_metadata(before, &record).await?;
        if kept {
            tx.insert_event(&event).await?;
        }
        Ok(kept)
    };
    let kept = app.store.write::<_, Error, _>(write).await?;
    // What another node was quicker to keep is gone by in the next round.
    if kept {
        let (number, next_update) = (metadata.number(), metadata.next_update());
        tracing::info!(number, %next_update, "later metadata was taken");
        app.metadata.learn(metadata);
    }
    Ok(Ok(kept))
}

/// Judges every key that told what it is by what is known now, as of the time when it told: once
/// for each BLOB, by one node.
async fn judge_keys(app: &App, state: MetadataState) -> anyhow::Result<()> {
    let known = app.metadata.present().map(|metadata| metadata.number());
    if known != Some(state.number) || state.judged == state.number {
        return Ok(());
    }
    let now = app.clock.now();
    let (holder, until) = (app.rng.uuid_v4().to_string(), now.plus(JUDGED_WITHIN));
    let lease = async move |tx: &Tx| tx.take_lease(JUDGING, &holder, now, until).await;
    if !app.store.write::<_, Error, _>(lease).await? {
        return Ok(());
    }
    let mut last = None;
    loop {
        let portion = app.store.view().list_attested(last).await?;
        let Some(end) = portion.last() else { break };
        last = Some(end.credential.id);
        judge_portion(app, portion, now).await?;
    }
    let number = state.number;
    let note = async move |tx: &Tx| {
        tx.note_metadata_judged(number).await?;
        tx.end_lease(JUDGING, now).await
    };
    app.store.write::<_, Error, _>(note).await?;
    Ok(())
}

async fn judge_portion(app: &App, portion: Vec<Attested>, now: Timestamp) -> anyhow::Result<()> {
    let mut changed = Vec::new();
    for Attested { credential: key, chain } in portion {
        let trust = app.metadata.judge(&key.aaguid, &chain, key.added_at);
        let hardware = trust.proves_hardware(key.backup_eligible);
        if hardware != key.hardware {
            changed.push((key.person, key.id, hardware));
        }
        // Each is some signatures to verify, and others want the thread as well.
        tokio::task::yield_now().await;
    }
    if changed.is_empty() {
        return Ok(());
    }
    let origin = Origin { actor: Actor::System, address: None, at: now };
    let rng = Arc::clone(&app.rng);
    let write = async move |tx: &Tx| {
        for &(person, credential, hardware) in &changed {
            let Some(record) = tx.view().find_person(person).await? else { continue };
            if tx.judge_credential(credential, hardware).await? {
                let what = What::KeyJudgedAgain { credential, hardware };
                tx.insert_event(&origin.event(&*rng, &record.person, None, what)).await?;
            }
        }
        Ok(())
    };
    Ok(app.store.write::<_, Error, _>(write).await?)
}
