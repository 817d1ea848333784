//! Signing keys at rest: sealed, with the times between which each signs.

use latchkey_core::Timestamp;
use latchkey_core::secrets::Sealed;
use sea_orm::{ActiveValue::Set, EntityTrait as _, QueryOrder as _};

use crate::entity::signing_keys::{ActiveModel, Column, Entity};
use crate::{Result, Tx, View};

/// A signing key as it is stored.
#[derive(Clone, Debug)]
pub struct StoredKey {
    /// Its `kid`.
    pub kid: String,
    /// Its algorithm (RFC 7518 §3.1 and RFC 8037 names).
    pub algorithm: String,
    /// The private key, sealed.
    pub sealed: Sealed,
    /// When it was made. It is published from then on.
    pub created_at: Timestamp,
    /// From when it signs: later than `created_at`, so that applications know it by then.
    pub signs_from: Timestamp,
    /// Until when it signs. It is published longer, until the last token that it signed is dead.
    pub signs_until: Option<Timestamp>,
}

impl View<'_> {
    /// Every signing key, the oldest first.
    pub async fn list_signing_keys(&self) -> Result<Vec<StoredKey>> {
        let rows = Entity::find().order_by_asc(Column::SignsFrom).all(&self.conn).await?;
        let stored = rows.into_iter().map(|row| StoredKey {
            kid: row.kid,
            algorithm: row.algorithm,
            sealed: Sealed::from_bytes(row.sealed),
            created_at: Timestamp::from_millis(row.created_at),
            signs_from: Timestamp::from_millis(row.signs_from),
            signs_until: row.signs_until.map(Timestamp::from_millis),
        });
        Ok(stored.collect())
    }
}

impl Tx {
    /// Keeps a new signing key.
    pub async fn insert_signing_key(&self, key: &StoredKey) -> Result<()> {
        let row = ActiveModel {
            kid: Set(key.kid.clone()),
            algorithm: Set(key.algorithm.clone()),
            sealed: Set(key.sealed.as_bytes().to_vec()),
            created_at: Set(key.created_at.millis()),
            signs_from: Set(key.signs_from.millis()),
            signs_until: Set(key.signs_until.map(Timestamp::millis)),
        };
        Entity::insert(row).exec_without_returning(&self.conn()).await?;
        Ok(())
    }
}
