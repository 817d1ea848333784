//! Messages that service providers fetch by reference: each is for one provider, and is taken out
//! exactly once. Known by digests of the references; the store knows neither those nor the messages.

use latchkey_core::Timestamp;
use latchkey_core::ids::EntityId;
use latchkey_core::secrets::{Digest, Sealed};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use crate::entity::saml_artifacts::{ActiveModel, Column, Entity};
use crate::{Result, Tx};

/// A message that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredArtifact {
    /// The digest of the reference.
    pub digest: Digest,
    /// Who alone may fetch it.
    pub provider: EntityId,
    /// The message, sealed.
    pub sealed: Sealed,
    /// Until when it may be fetched.
    pub expires_at: Timestamp,
}

impl Tx {
    /// Keeps a message.
    pub async fn insert_artifact(&self, new: &StoredArtifact) -> Result<()> {
        let row = ActiveModel {
            digest: Set(new.digest.as_bytes().to_vec()),
            provider_id: Set(new.provider.0.clone()),
            sealed: Set(new.sealed.as_bytes().to_vec()),
            expires_at: Set(new.expires_at.millis()),
        };
        Entity::insert(row).exec_without_returning(&self.conn()).await?;
        Ok(())
    }

    /// Takes the message of a provider out. None where there is none, where it is another
    /// provider's (for which it stays), and where its time is over.
    pub async fn consume_artifact(
        &self,
        digest: Digest,
        provider: &EntityId,
        now: Timestamp,
    ) -> Result<Option<Sealed>> {
        let rows = Entity::delete_many()
            .filter(Column::Digest.eq(digest.as_bytes().as_slice()))
            .filter(Column::ProviderId.eq(provider.0.as_str()))
            .exec_with_returning(&self.conn())
            .await?;
        let live = rows.into_iter().find(|row| row.expires_at > now.millis());
        Ok(live.map(|row| Sealed::from_bytes(row.sealed)))
    }

    /// Removes messages that nobody fetched in time: at most [`PORTION`](crate::PORTION) of them.
    pub async fn delete_expired_artifacts(&self, now: Timestamp) -> Result<u64> {
        let expired = Column::ExpiresAt.lte(now.millis());
        self.delete_portion::<Entity, _>(Column::Digest, expired).await
    }
}
