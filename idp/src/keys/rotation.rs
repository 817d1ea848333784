//! New keys in place of old ones, while nodes serve.
//!
//! A signing key is published before it signs, and the one before it stays published until the last
//! token that it signed is dead. A new version of the master key seals everything anew, row by row.

use std::time::Duration;

use anyhow::Context as _;
use latchkey_core::audit::{Event, What};
use latchkey_core::secrets::Versioned;
use latchkey_core::{Rng, Timestamp};
use latchkey_oidc::keys::Algorithm;
use latchkey_store::{Error, Store, StoredKey, Tx};

use super::signing::{new_key, purpose};
use super::{Keys, PROOF_NAME};
use crate::audit::Origin;
use crate::config::{ID_TOKEN_AT_MOST, STALE};

/// How long a key is published after it signed for the last time: no token lives longer, whatever
/// a node has set. The rest is for nodes that noticed late and clocks that differ.
pub const PUBLISHED_AFTER: Duration =
    Duration::from_secs(ID_TOKEN_AT_MOST.as_secs() + STALE.as_secs() + 5 * 60);

/// What became of the wish for a new signing key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rotated {
    /// It is published, and signs from this time.
    From(Timestamp),
    /// A new one waits already to sign from this time.
    Waiting(Timestamp),
}

/// What sealing anew came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resealed {
    /// The version that everything is sealed with now.
    pub version: u32,
    /// How many rows were sealed anew.
    pub rows: u64,
}

impl Keys {
    /// Publishes a new signing key, which signs after `lead`, when the present one stops.
    ///
    /// # Errors
    /// When it cannot be made or kept.
    pub async fn rotate_signing(
        &self,
        store: &Store,
        rng: &dyn Rng,
        algorithm: Algorithm,
        by: &Origin,
        lead: Duration,
    ) -> anyhow::Result<Rotated> {
        let now = by.at;
        let from = now.plus(lead);
        let key = new_key(&self.master, rng, algorithm, now, from)?;
        let event = by.event_of_installation(rng, added(&key, Vec::new()));
        let write = async move |tx: &Tx| {
            let stored = tx.view().list_signing_keys().await?;
            let mut waiting = stored.iter().filter(|row| row.algorithm == algorithm.as_str());
            if let Some(row) = waiting.find(|row| row.signs_from > now) {
                return Ok(Rotated::Waiting(row.signs_from));
            }
            tx.retire_signing_keys(algorithm.as_str(), from).await?;
            tx.insert_signing_key(&key).await?;
            tx.insert_event(&event).await?;
            Ok(Rotated::From(from))
        };
        Ok(store.write::<_, Error, _>(write).await?)
    }

    /// Puts a new signing key in the place of all that there are of its algorithm, at once: what
    /// they signed is worth nothing any more. For a key that somebody else may have.
    ///
    /// # Errors
    /// When it cannot be made or kept; the others stand then.
    pub async fn withdraw_signing(
        &self,
        store: &Store,
        rng: &dyn Rng,
        algorithm: Algorithm,
        by: &Origin,
    ) -> anyhow::Result<Vec<String>> {
        let key = new_key(&self.master, rng, algorithm, by.at, by.at)?;
        let event = by.event_of_installation(rng, added(&key, Vec::new()));
        let write = async move |tx: &Tx| {
            let withdrawn = tx.delete_signing_keys(algorithm.as_str()).await?;
            tx.insert_signing_key(&key).await?;
            let what = added(&key, withdrawn.clone());
            tx.insert_event(&Event { what, ..event.clone() }).await?;
            Ok(withdrawn)
        };
        Ok(store.write::<_, Error, _>(write).await?)
    }

    /// Adds a version to the master key's file, to be copied to other nodes before it is used.
    ///
    /// # Errors
    /// When the key is not in a file, or the file cannot be written.
    pub async fn add_master(&self, rng: &dyn Rng) -> anyhow::Result<u32> {
        self.master.add_version(rng).await
    }

    /// Seals everything with a new version of the master key: the one that was added and is not
    /// used yet, or else a fresh one. Begun and not finished, it is carried on.
    ///
    /// # Errors
    /// When there is no new version to use, or a row cannot be opened; what was sealed anew before
    /// stays so.
    pub async fn rotate_master(
        &self,
        store: &Store,
        rng: &dyn Rng,
        by: &Origin,
    ) -> anyhow::Result<Resealed> {
        let proof = store.view().find_sealed_setting(PROOF_NAME).await?;
        let used = proof.context("the database has no keys yet")?.version;
        if self.master.newest() <= used {
            self.master.add_version(rng).await?;
        }
        let version = self.master.newest();
        let mut rows = 0;
        loop {
            // Nodes that know an older version only may have added rows meanwhile.
            let done = self.reseal(store, rng, version, by).await?;
            rows += done;
            if done == 0 {
                return Ok(Resealed { version, rows });
            }
        }
    }

    async fn reseal(
        &self,
        store: &Store,
        rng: &dyn Rng,
        version: u32,
        by: &Origin,
    ) -> anyhow::Result<u64> {
        let mut done = 0;
        for row in store.view().list_signing_keys().await? {
            if row.sealed.version == version {
                continue;
            }
            let sealed = self.anew(rng, &purpose(&row.kid), &row.sealed).await?;
            let StoredKey { kid, sealed: before, .. } = row;
            let write =
                async move |tx: &Tx| tx.reseal_signing_key(&kid, before.version, &sealed).await;
            done += u64::from(store.write::<_, Error, _>(write).await?);
        }
        let mut settings = store.view().list_sealed_settings().await?;
        // The proof comes last: it tells that everything before it is done.
        settings.sort_by_key(|(name, _)| name == PROOF_NAME);
        for (name, before) in settings {
            if before.version == version {
                continue;
            }
            let sealed = self.anew(rng, &name, &before).await?;
            let told = by.event_of_installation(rng, What::MasterKeyRotated { version });
            let event = (name == PROOF_NAME).then_some(told);
            let write = async move |tx: &Tx| {
                let done = tx.reseal_setting(&name, before.version, &sealed).await?;
                match &event {
                    Some(event) if done => tx.insert_event(event).await?,
                    _ => {}
                }
                Ok(done)
            };
            done += u64::from(store.write::<_, Error, _>(write).await?);
        }
        Ok(done)
    }

    async fn anew(
        &self,
        rng: &dyn Rng,
        purpose: &str,
        before: &Versioned,
    ) -> anyhow::Result<Versioned> {
        let opened = self.master.unseal(purpose, before).await;
        let opened = opened.with_context(|| purpose.to_owned())?;
        Ok(self.master.seal(rng, purpose, &opened))
    }
}

fn added(key: &StoredKey, withdrawn: Vec<String>) -> What {
    What::SigningKeyAdded {
        kid: key.kid.clone(),
        algorithm: key.algorithm.clone(),
        signs_from: key.signs_from,
        withdrawn,
    }
}
