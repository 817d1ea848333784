//! What an installation signs and seals with: the master key from its source, and under it the keys
//! that the database holds. Hands out keys to use, never private bytes.
//!
//! The roots that codes, tokens and stable values are made from never change: rotating the master
//! key seals them anew, and a restore changes what is derived for codes and tokens only.

pub mod master;
pub mod rotation;
pub mod saml;
mod signing;

use std::sync::Arc;

use anyhow::{Context as _, bail};
use latchkey_core::rng::SystemRng;
use latchkey_core::secrets::{DoesNotOpen, MacKey, Sealed, SealingKey, Versioned};
use latchkey_core::{Rng, Timestamp};
use latchkey_oidc::keys::Algorithm;
use latchkey_store::{AuditKeys, Store, Tx};
use zeroize::Zeroizing;

use crate::config::MasterKey;
use master::Master;
use saml::{Saml, SamlKeys};
use signing::Signing;

pub use signing::Published;

const PROOF: &[u8] = b"latchkey";
/// The setting that proves a master key to be the installation's.
const PROOF_NAME: &str = "master_proof";

/// The keys of one installation.
pub struct Keys {
    /// Seals codes and access tokens.
    pub tokens: SealingKey,
    /// Makes values that are stable and that only we can compute.
    pub mac: MacKey,
    /// Seals what rows keep of people's secrets.
    data: SealingKey,
    master: Master,
    signing: Signing,
    saml: Saml,
}

impl Keys {
    /// Finds the installation's keys, or makes them when the database is new.
    ///
    /// # Errors
    /// When the master key is missing or another one than the database was made with.
    pub async fn open(
        source: &MasterKey,
        store: &Store,
        rng: &dyn Rng,
        now: Timestamp,
    ) -> anyhow::Result<Self> {
        let view = store.view();
        if view.restore_is_unfinished().await? {
            bail!("a restore of this database was not finished: run it again, with --replace");
        }
        let proof = view.find_sealed_setting(PROOF_NAME).await?;
        let master = Master::open(source, proof.is_some(), rng).await?;
        let proof = match proof {
            Some(sealed) => sealed,
            None => settle(store, PROOF_NAME, master.seal(rng, PROOF_NAME, PROOF)).await?,
        };
        if master.find(proof.version).await?.is_none() {
            bail!(
                "{} has no version {}, which this database is sealed with; it has {}",
                master.described(),
                proof.version,
                master.versions()
            );
        }
        let opened = master.unseal(PROOF_NAME, &proof).await;
        if !opened.is_ok_and(|opened| opened.as_slice() == PROOF) {
            bail!("{} is not the one that the database was made with", master.described());
        }
        let tokens = secret(store, &master, rng, "token_key").await?;
        let mac = secret(store, &master, rng, "mac_root").await?;
        let data = secret(store, &master, rng, "data_key").await?;
        // Sealed under the master key like the rest, and so not touched when that one is rotated.
        // What it seals is read by nobody but us: it needs no generator that a test repeats.
        let audit = Zeroizing::new(MacKey::new(&data).derive("audit keys", b""));
        store.seal_events_with(AuditKeys::new(SealingKey::new(&audit), Arc::new(SystemRng)));
        // A code or token of before a restore is worth nothing after it.
        let epoch = store.view().find_epoch().await?;
        let tokens = Zeroizing::new(MacKey::new(&tokens).derive("epoch", &epoch));
        signing::make_missing(store, &master, rng, now).await?;
        let signing = Signing::read(store, &master, now).await?;
        let (tokens, mac) = (SealingKey::new(&tokens), MacKey::new(&mac));
        Ok(Self {
            tokens,
            mac,
            data: SealingKey::new(&data),
            master,
            signing,
            saml: Saml::default(),
        })
    }

    /// Seals a secret of a row. The key that does is sealed under the master key itself, so that
    /// rotating that one touches no row.
    #[must_use]
    pub fn seal_data(&self, rng: &dyn Rng, purpose: &str, plaintext: &[u8]) -> Sealed {
        self.data.seal(rng, purpose, plaintext)
    }

    /// Opens what was sealed for the same purpose.
    ///
    /// # Errors
    /// When it was not.
    pub fn open_data(
        &self,
        purpose: &str,
        sealed: &Sealed,
    ) -> Result<Zeroizing<Vec<u8>>, DoesNotOpen> {
        self.data.open(purpose, sealed).map(Zeroizing::new)
    }

    /// The published keys, of each algorithm the one that signs now before the others; as the
    /// database had them at most two seconds ago. While it does not answer, what was last read.
    pub async fn signing(&self, store: &Store, now: Timestamp) -> Arc<Published> {
        self.signing.at(store, &self.master, now).await
    }

    /// What is signed with for applications that speak SAML; made when it is first asked for. As
    /// the database had it at most two seconds ago.
    ///
    /// # Errors
    /// When the database fails, or a key cannot be opened.
    pub async fn saml(
        &self,
        store: &Store,
        rng: &dyn Rng,
        now: Timestamp,
    ) -> anyhow::Result<Arc<SamlKeys>> {
        self.saml.at(&saml::Tools { store, data: &self.data, rng }, now).await
    }

    /// The algorithms that ID tokens are signed with.
    #[must_use]
    pub fn algorithms(&self) -> Vec<Algorithm> {
        Algorithm::ALL.to_vec()
    }

    /// Every version of the master key that is there, as text.
    #[must_use]
    pub fn master_versions(&self) -> String {
        self.master.versions()
    }
}

/// A secret of 32 bytes that is made once and sealed under the master key.
async fn secret(
    store: &Store,
    master: &Master,
    rng: &dyn Rng,
    name: &'static str,
) -> anyhow::Result<Zeroizing<[u8; 32]>> {
    let stored = match store.view().find_sealed_setting(name).await? {
        Some(stored) => stored,
        None => {
            let fresh = Zeroizing::new(rng.bytes::<32>());
            settle(store, name, master.seal(rng, name, &*fresh)).await?
        }
    };
    let opened = master.unseal(name, &stored).await.context(name)?;
    let bytes = <[u8; 32]>::try_from(opened.as_slice()).ok().context(name)?;
    Ok(Zeroizing::new(bytes))
}

async fn settle(store: &Store, name: &'static str, value: Versioned) -> anyhow::Result<Versioned> {
    let stands = store
        .write::<_, latchkey_store::Error, _>(async move |tx: &Tx| {
            tx.settle_sealed(name, &value).await
        })
        .await?;
    Ok(stands)
}

#[cfg(test)]
mod tests;
