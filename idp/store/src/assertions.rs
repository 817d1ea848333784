//! Tokens by which applications proved who they are, kept until they expire: each works once, on
//! whichever node. Known by digests; the store knows no tokens here.

use latchkey_core::Timestamp;
use latchkey_core::secrets::Digest;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _};

use crate::entity::assertions::{ActiveModel, Column, Entity};
use crate::{Result, Tx};

impl Tx {
    /// Uses a token up; `false` when it was used before.
    pub async fn use_assertion(&self, digest: Digest, expires_at: Timestamp) -> Result<bool> {
        let row = ActiveModel {
            digest: Set(digest.as_bytes().to_vec()),
            expires_at: Set(expires_at.millis()),
        };
        // An error instead of "nothing done" would end the transaction on a server.
        let once = OnConflict::column(Column::Digest).do_nothing().to_owned();
        let added =
            Entity::insert(row).on_conflict(once).exec_without_returning(&self.conn()).await?;
        Ok(added == 1)
    }

    /// Forgets tokens that expired: at most [`PORTION`](crate::PORTION) of them.
    pub async fn delete_assertions_expired_before(&self, before: Timestamp) -> Result<u64> {
        let expired = Column::ExpiresAt.lt(before.millis());
        self.delete_portion::<Entity, _>(Column::Digest, expired).await
    }
}
