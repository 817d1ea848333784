//! The provider as its metadata describes it, fetched when first needed, so that the application
//! starts before its provider does.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use latchkey_core::{Clock, Timestamp};
use latchkey_saml::metadata::identity::IdentityProvider;
use latchkey_saml::metadata::read;
use latchkey_saml::read::Message;
use latchkey_saml::verify::{Key, Refusal, Screened, SignatureError};

use super::Settings;
use crate::samples::{Failure, LONGEST_ANSWER, causes, http};

/// How long metadata is used that does not say how long.
const READ_AGAIN: Duration = Duration::from_secs(3600);

/// What the provider's metadata says.
pub(super) struct Known {
    pub(super) metadata: IdentityProvider,
    pub(super) keys: Vec<Key>,
    until: Timestamp,
}

pub(super) struct Provider {
    http: reqwest::Client,
    address: String,
    clock: Arc<dyn Clock>,
    known: RwLock<Option<Arc<Known>>>,
}

impl Provider {
    pub(super) fn new(settings: &Settings) -> anyhow::Result<Self> {
        Ok(Self {
            http: http()?,
            address: settings.provider_metadata.clone(),
            clock: Arc::clone(&settings.clock),
            known: RwLock::new(None),
        })
    }

    /// What its metadata says, no longer than that may be relied on.
    pub(super) async fn known(&self) -> Result<Arc<Known>, Failure> {
        let now = self.clock.now();
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known.filter(|known| now < known.until) {
            return Ok(known);
        }
        let xml = self.fetch().await.map_err(|error| Failure::Unreachable(causes(&error)))?;
        let metadata = read::identity_provider(&xml, None, &[])
            .map_err(|error| Failure::Unreachable(format!("its metadata: {error}")))?;
        let again = metadata.cache_seconds.map_or(READ_AGAIN, Duration::from_secs);
        let until = metadata.valid_until.into_iter().chain([now.plus(again)]).min();
        let until = until.unwrap_or(now);
        if until <= now {
            return Err(Failure::Unreachable("its metadata has expired".to_owned()));
        }
        let known = Arc::new(Known { keys: metadata.verifying(), metadata, until });
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&known));
        Ok(known)
    }

    /// A message that the provider signed. It may have done so with a key that was published after
    /// we looked, so that its metadata is read once more.
    pub(super) async fn verified<M: Message>(
        &self,
        screened: &Screened,
    ) -> Result<(Arc<Known>, M), Failure> {
        let known = self.known().await?;
        let refused = match screened.verify::<M>(&known.keys) {
            Ok(message) => return Ok((known, message.into_inner())),
            Err(refused) => refused,
        };
        let other = [SignatureError::OtherKey, SignatureError::Query].map(Refusal::Signature);
        if !other.contains(&refused) {
            return Err(Failure::Untrusted(refused.to_string()));
        }
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = None;
        let known = self.known().await?;
        let verified = screened.verify::<M>(&known.keys);
        let message = verified.map_err(|refused| Failure::Untrusted(refused.to_string()))?;
        Ok((known, message.into_inner()))
    }

    async fn fetch(&self) -> Result<Vec<u8>, reqwest::Error> {
        let mut answer = self.http.get(&self.address).send().await?.error_for_status()?;
        let mut body = Vec::new();
        // What is cut off is no metadata, and says so.
        while let Some(chunk) = answer.chunk().await?
            && body.len() <= LONGEST_ANSWER
        {
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}
