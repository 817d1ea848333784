//! The sealer: gives every event its place in the chain within seconds, signs places of it from time
//! to time, and removes what is older than is to be kept. One node at a time does it, under a lease.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_core::Timestamp;
use latchkey_core::secrets::Digest;
use latchkey_oidc::Algorithm;
use latchkey_oidc::keys::KeySet;
use latchkey_store::{ChainLink, Checkpoint, Error, PORTION, Store, Tx};
use serde::{Deserialize, Serialize};
use tokio::time::MissedTickBehavior;

use crate::App;
use crate::config::Audit;
use crate::keys::Keys;

/// Who holds it seals.
pub const LEASE: &str = "audit";
const EVERY: Duration = Duration::from_secs(2);
/// Longer than a round takes: a node that dies is followed after this time.
const HELD_FOR: Duration = Duration::from_secs(30);
/// A place is signed after so many events,
const SIGNED_EVENTS: i64 = 1000;
/// or after this time, if there was any.
const SIGNED_EVERY: Duration = Duration::from_secs(10 * 60);
/// Tells a checkpoint from a token.
const TYP: &str = "latchkey-audit+jwt";

/// What a checkpoint says.
#[derive(Serialize, Deserialize)]
struct Says {
    sequence: i64,
    hash: String,
    /// Seconds since 1970.
    iat: i64,
}

/// Seals, for ever.
pub(super) async fn seal(app: Arc<App>) {
    let holder = app.rng.uuid_v4().to_string();
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let (now, settings) = (app.clock.now(), &app.config.audit);
        if let Err(error) = round(&app.store, &app.keys, settings, now, &holder).await {
            tracing::error!("the audit trail could not be sealed: {error:#}");
        }
    }
}

/// One round, if there is something to do and this node holds the lease or can take it: seals, signs
/// and removes. Tells how many events it sealed.
///
/// # Errors
/// When the database fails, or a checkpoint cannot be kept.
pub async fn round(
    store: &Store,
    keys: &Keys,
    settings: &Audit,
    now: Timestamp,
    holder: &str,
) -> anyhow::Result<u64> {
    let mut sealed = 0;
    // Nothing is written while nothing happens.
    while store.view().has_unsealed_events().await? {
        let work = async move |tx: &Tx| tx.seal_events().await;
        let Some(portion) = leased(store, now, holder, work).await? else { return Ok(sealed) };
        sealed += portion;
        if portion < PORTION {
            break;
        }
    }
    if is_due(store, now).await? {
        let checkpoint = sign(store, keys, now).await?;
        let new = checkpoint.clone();
        let work = async move |tx: &Tx| tx.insert_checkpoint(&new).await;
        // First where nobody here can change it: one that is there twice does no harm.
        if let (Some(file), true) = (&settings.checkpoints, holds(store, now, holder).await?) {
            append(file, &checkpoint.signed).with_context(|| file.display().to_string())?;
        }
        leased(store, now, holder, work).await?;
    }
    let before = now.minus(settings.retention);
    while store.view().has_events_before(before).await? {
        let work = async move |tx: &Tx| tx.delete_events_before(before).await;
        match leased(store, now, holder, work).await? {
            Some(gone) if gone > 0 => {}
            _ => break,
        }
    }
    Ok(sealed)
}

/// A write of whoever holds the lease; `None` when somebody else does.
async fn leased<T, F>(
    store: &Store,
    now: Timestamp,
    holder: &str,
    work: F,
) -> Result<Option<T>, Error>
where
    T: Send + 'static,
    F: AsyncFn(&Tx) -> Result<T, Error> + Send + 'static,
{
    let (holder, until) = (holder.to_owned(), now.plus(HELD_FOR));
    let write = async move |tx: &Tx| match tx.take_lease(LEASE, &holder, now, until).await? {
        true => work(tx).await.map(Some),
        false => Ok(None),
    };
    store.write::<_, Error, _>(write).await
}

async fn holds(store: &Store, now: Timestamp, holder: &str) -> Result<bool, Error> {
    let nothing = async |_: &Tx| Ok(());
    Ok(leased(store, now, holder, nothing).await?.is_some())
}

async fn is_due(store: &Store, now: Timestamp) -> Result<bool, Error> {
    let view = store.view();
    let (head, last) = (view.find_audit_head().await?, view.find_last_checkpoint().await?);
    let Some(last) = last else { return Ok(head.sequence > 0) };
    let new = head.sequence - last.link.sequence;
    Ok(new >= SIGNED_EVENTS || (new > 0 && last.at.plus(SIGNED_EVERY) <= now))
}

/// Signs the chain's end as it is.
///
/// # Errors
/// When the database fails, or there is no key.
pub async fn sign(store: &Store, keys: &Keys, now: Timestamp) -> anyhow::Result<Checkpoint> {
    let link = store.view().find_audit_head().await?;
    let hash = URL_SAFE_NO_PAD.encode(link.hash.as_bytes());
    let says = Says { sequence: link.sequence, hash, iat: now.millis() / 1000 };
    let published = keys.signing(store, now).await;
    let key = published.set.signer(Algorithm::Es256).context("there is no key to sign with")?;
    let signed = key.sign_compact(TYP, &serde_json::to_vec(&says)?)?;
    Ok(Checkpoint { link, at: now, signed })
}

fn append(file: &Path, line: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(file)?;
    file.write_all(format!("{line}\n").as_bytes())?;
    file.sync_all()
}

/// Checkpoints that were read, by place.
#[derive(Debug, Default)]
pub struct Checkpoints {
    /// The hash that was signed at each place.
    pub signed: BTreeMap<i64, Digest>,
    /// Which of them are signed by keys that are not known: what they say is compared all the same.
    pub unproven: BTreeSet<i64>,
    /// The last place that a known key signed.
    pub proven: Option<i64>,
    /// What is wrong with others, each with its line.
    pub refused: Vec<String>,
}

impl Checkpoints {
    /// Adds the checkpoints of a text, one a line.
    pub fn read(&mut self, name: &str, text: &str, keys: &KeySet) {
        for (index, line) in text.lines().map(str::trim).enumerate() {
            if !line.is_empty() && self.add(line, keys).is_none() {
                self.refused.push(format!("{name}:{}: not a checkpoint of these keys", index + 1));
            }
        }
    }

    /// Adds what the database kept.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn read_kept(&mut self, store: &Store, keys: &KeySet) -> Result<(), Error> {
        let mut last = -1;
        loop {
            let portion = store.view().list_checkpoints(last).await?;
            let Some(end) = portion.last() else { return Ok(()) };
            last = end.link.sequence;
            for kept in portion {
                if self.add(&kept.signed, keys) != Some(kept.link) {
                    let place = kept.link.sequence;
                    self.refused
                        .push(format!("the checkpoint that is kept of event {place} is not one"));
                }
            }
        }
    }

    /// The places that nobody vouches for: signed by an unknown key, and no known key signed a later
    /// one, which would carry them in its hash. Keys go some time after others took their place, and
    /// whoever rewrites the trail can sign its end with a key of their own.
    pub fn doubtful(&self) -> impl Iterator<Item = i64> {
        self.unproven.iter().copied().filter(|place| Some(*place) > self.proven)
    }

    fn add(&mut self, line: &str, keys: &KeySet) -> Option<ChainLink> {
        let (says, key) = keys.open_compact(TYP, line).ok()?;
        let says: Says = serde_json::from_slice(&says).ok()?;
        let hash = URL_SAFE_NO_PAD.decode(&says.hash).ok()?;
        let hash = Digest::from_bytes(<[u8; 32]>::try_from(hash.as_slice()).ok()?);
        match key {
            Some(_) => self.proven = self.proven.max(Some(says.sequence)),
            None => drop(self.unproven.insert(says.sequence)),
        }
        match self.signed.insert(says.sequence, hash) {
            // Two histories of one place: one of them is not this one.
            Some(other) if other != hash => {
                self.refused.push(format!("event {} was signed with two hashes", says.sequence));
            }
            _ => {}
        }
        Some(ChainLink { sequence: says.sequence, hash })
    }
}
