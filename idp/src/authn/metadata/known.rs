//! The metadata that a node goes by at present.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::Context as _;
use latchkey_core::Timestamp;
use latchkey_core::credentials::Trust;
use uuid::Uuid;

use super::{BlobError, Metadata, Roots, Vouched};

/// Whose metadata is relied on.
#[derive(Clone, Debug)]
pub struct Trusted {
    /// Who has to vouch for the signer.
    pub roots: Roots,
    /// The host that the signer's certificate is for.
    pub signer: String,
}

/// The metadata that a node goes by: none until some was verified.
#[derive(Debug, Default)]
pub struct Known {
    trusted: Option<Arc<Trusted>>,
    present: RwLock<Option<Arc<Metadata>>>,
}

impl Known {
    /// Nothing is known yet, and nothing ever will be when nobody is trusted.
    #[must_use]
    pub fn new(trusted: Option<Trusted>) -> Self {
        Self { trusted: trusted.map(Arc::new), present: RwLock::default() }
    }

    /// What is known at present.
    #[must_use]
    pub fn present(&self) -> Option<Arc<Metadata>> {
        self.present.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Every model that is marked revoked or broken at present.
    #[must_use]
    pub fn marked(&self) -> BTreeSet<Uuid> {
        self.present().map(|metadata| metadata.marked()).unwrap_or_default()
    }

    /// What an attestation proves about a model by what is known at present.
    #[must_use]
    pub fn judge(&self, model: &Uuid, chain: &[Vec<u8>], at: Timestamp) -> Trust {
        let Some(metadata) = self.present() else { return Trust::Unjudged };
        match metadata.vouch(model, chain, at) {
            Some(Vouched { hardware }) => Trust::Vouched { hardware },
            None => Trust::Unproven,
        }
    }

    /// Goes by this from now on.
    pub fn learn(&self, metadata: Metadata) {
        let mut present = self.present.write().unwrap_or_else(PoisonError::into_inner);
        *present = Some(Arc::new(metadata));
    }

    /// Whether anybody is trusted, so that something may come to be known.
    #[must_use]
    pub fn trusts(&self) -> bool {
        self.trusted.is_some()
    }

    /// Verifies a BLOB as of a time, beside the threads that answer people: there is much of it.
    ///
    /// # Errors
    /// When nobody is trusted; inside, why the BLOB cannot be relied on.
    pub async fn verify(
        &self,
        blob: Arc<[u8]>,
        at: Timestamp,
    ) -> anyhow::Result<Result<Metadata, BlobError>> {
        let trusted = self.trusted.clone().context("nobody is trusted to publish metadata")?;
        let work = move || Metadata::verify(&blob, &trusted.roots, &trusted.signer, at);
        Ok(tokio::task::spawn_blocking(work).await?)
    }
}
