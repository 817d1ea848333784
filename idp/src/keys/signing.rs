//! Which signing keys are published, and which of them signs, at a time.
//!
//! The database is asked again every two seconds, so that every node knows a key long before it
//! signs. Keys are opened and parsed once. Makes keys only when an algorithm has none.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::Context as _;
use bytes::Bytes;
use latchkey_core::{Rng, Timestamp};
use latchkey_oidc::keys::{Algorithm, KeySet, SigningKey};
use latchkey_store::{Store, StoredKey, Tx};
use tokio::sync::Mutex;

use super::master::Master;
use crate::config::STALE;

/// The keys that are published at a time.
pub struct Published {
    /// Of each algorithm, the one that signs comes first.
    pub set: KeySet,
    /// The document of them, as it is sent.
    pub jwks: Bytes,
}

/// What was last read.
struct Snapshot {
    published: Arc<Published>,
    keys: BTreeMap<String, Arc<SigningKey>>,
    read_at: Timestamp,
    good_until: Timestamp,
}

impl Snapshot {
    /// A clock that was set back makes it old as well.
    fn is_good(&self, now: Timestamp) -> bool {
        self.read_at <= now && now < self.good_until
    }
}

/// The published keys, kept for a short while.
pub(super) struct Signing {
    last: RwLock<Arc<Snapshot>>,
    reading: Mutex<()>,
}

impl Signing {
    /// Reads all of them.
    pub(super) async fn read(
        store: &Store,
        master: &Master,
        now: Timestamp,
    ) -> anyhow::Result<Self> {
        let stored = store.view().list_signing_keys().await?;
        let mut keys = BTreeMap::new();
        for row in &stored {
            keys.insert(row.kid.clone(), Arc::new(open(row, master).await?));
        }
        let snapshot = snapshot(stored, keys, now)?;
        Ok(Self { last: RwLock::new(Arc::new(snapshot)), reading: Mutex::new(()) })
    }

    pub(super) async fn at(
        &self,
        store: &Store,
        master: &Master,
        now: Timestamp,
    ) -> Arc<Published> {
        let last = self.last();
        if last.is_good(now) {
            return Arc::clone(&last.published);
        }
        let _alone = self.reading.lock().await;
        let last = self.last();
        if last.is_good(now) {
            return Arc::clone(&last.published);
        }
        match again(&last, store, master, now).await {
            Ok(next) => {
                let published = Arc::clone(&next.published);
                *self.last.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
                published
            }
            Err(error) => {
                tracing::error!("the signing keys could not be read again: {error:#}");
                Arc::clone(&last.published)
            }
        }
    }

    fn last(&self) -> Arc<Snapshot> {
        Arc::clone(&self.last.read().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn again(
    last: &Snapshot,
    store: &Store,
    master: &Master,
    now: Timestamp,
) -> anyhow::Result<Snapshot> {
    let stored = store.view().list_signing_keys().await?;
    let mut keys = BTreeMap::new();
    for row in &stored {
        let key = match last.keys.get(&row.kid) {
            Some(known) => Arc::clone(known),
            None => match open(row, master).await {
                Ok(key) => Arc::new(key),
                // The others go on: it is one key of one node that lacks a master key.
                Err(error) => {
                    tracing::error!("a new key cannot be used: {error:#}");
                    continue;
                }
            },
        };
        keys.insert(row.kid.clone(), key);
    }
    snapshot(stored, keys, now)
}

/// For each algorithm the key that signs now before the others. One that does not sign yet is
/// published all the same, so that applications know it when it does.
fn snapshot(
    mut stored: Vec<StoredKey>,
    keys: BTreeMap<String, Arc<SigningKey>>,
    now: Timestamp,
) -> anyhow::Result<Snapshot> {
    let turn = stored.iter().map(|row| row.signs_from).filter(|from| *from > now).min();
    let good_until = now.plus(STALE);
    stored.sort_by_key(|row| (!row.signs(now), Reverse(row.signs_from)));
    let set = KeySet::new(stored.iter().filter_map(|row| keys.get(&row.kid)).map(Arc::clone))?;
    let jwks = Bytes::copy_from_slice(set.jwks());
    Ok(Snapshot {
        published: Arc::new(Published { set, jwks }),
        keys,
        read_at: now,
        good_until: turn.map_or(good_until, |turn| turn.min(good_until)),
    })
}

async fn open(row: &StoredKey, master: &Master) -> anyhow::Result<SigningKey> {
    let context = || format!("the signing key {}", row.kid);
    let algorithm = Algorithm::parse(&row.algorithm).context("signing_keys.algorithm")?;
    let pkcs8 = master.unseal(&purpose(&row.kid), &row.sealed).await.with_context(context)?;
    SigningKey::from_pkcs8(algorithm, &pkcs8).with_context(context)
}

/// What a signing key is sealed for.
pub(super) fn purpose(kid: &str) -> String {
    format!("signing_key {kid}")
}

/// A new key that signs from a time on, to be stored.
pub(super) fn new_key(
    master: &Master,
    rng: &dyn Rng,
    algorithm: Algorithm,
    now: Timestamp,
    signs_from: Timestamp,
) -> anyhow::Result<StoredKey> {
    let key = SigningKey::generate(algorithm)?;
    Ok(StoredKey {
        kid: key.kid().to_owned(),
        algorithm: algorithm.as_str().to_owned(),
        sealed: master.seal(rng, &purpose(key.kid()), &key.to_pkcs8()?),
        created_at: now,
        signs_from,
        signs_until: None,
    })
}

/// Makes a key for every algorithm that has none.
pub(super) async fn make_missing(
    store: &Store,
    master: &Master,
    rng: &dyn Rng,
    now: Timestamp,
) -> anyhow::Result<()> {
    let stored = store.view().list_signing_keys().await?;
    for algorithm in Algorithm::ALL {
        let is_of = move |row: &StoredKey| row.algorithm == algorithm.as_str();
        if stored.iter().any(is_of) {
            continue;
        }
        let key = new_key(master, rng, algorithm, now, now)?;
        store
            .write::<_, latchkey_store::Error, _>(async move |tx: &Tx| {
                // Another node may have been first.
                if tx.view().list_signing_keys().await?.iter().any(is_of) {
                    return Ok(());
                }
                tx.insert_signing_key(&key).await
            })
            .await?;
    }
    Ok(())
}
