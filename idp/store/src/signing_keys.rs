//! Signing keys at rest: sealed, with the times between which each signs.

use latchkey_core::Timestamp;
use latchkey_core::secrets::{Sealed, Versioned};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};

use crate::entity::signing_keys::{ActiveModel, Column, Entity};
use crate::settings::version;
use crate::{Result, Tx, View};

/// A signing key as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredKey {
    /// Its `kid`.
    pub kid: String,
    /// Its algorithm (RFC 7518 §3.1 and RFC 8037 names).
    pub algorithm: String,
    /// The private key, sealed.
    pub sealed: Versioned,
    /// When it was made. It is published from then on.
    pub created_at: Timestamp,
    /// From when it signs: later than `created_at`, so that applications know it by then.
    pub signs_from: Timestamp,
    /// Until when it signs. It is published longer, until the last token that it signed is dead.
    pub signs_until: Option<Timestamp>,
}

impl StoredKey {
    /// Whether it signs at a time.
    #[must_use]
    pub fn signs(&self, now: Timestamp) -> bool {
        self.signs_from <= now && self.signs_until.is_none_or(|until| now < until)
    }
}

impl View<'_> {
    /// Every signing key, the oldest first.
    pub async fn list_signing_keys(&self) -> Result<Vec<StoredKey>> {
        let rows = Entity::find()
            .order_by_asc(Column::SignsFrom)
            .order_by_asc(Column::Kid)
            .all(&self.conn)
            .await?;
        let stored = rows.into_iter().map(|row| {
            Ok(StoredKey {
                kid: row.kid,
                algorithm: row.algorithm,
                sealed: Versioned {
                    version: version(row.master_version, "signing_keys.master_version")?,
                    sealed: Sealed::from_bytes(row.sealed),
                },
                created_at: Timestamp::from_millis(row.created_at),
                signs_from: Timestamp::from_millis(row.signs_from),
                signs_until: row.signs_until.map(Timestamp::from_millis),
            })
        });
        stored.collect()
    }
}

impl Tx {
    /// Keeps a new signing key.
    pub async fn insert_signing_key(&self, key: &StoredKey) -> Result<()> {
        let row = ActiveModel {
            kid: Set(key.kid.clone()),
            algorithm: Set(key.algorithm.clone()),
            sealed: Set(key.sealed.sealed.as_bytes().to_vec()),
            master_version: Set(key.sealed.version.into()),
            created_at: Set(key.created_at.millis()),
            signs_from: Set(key.signs_from.millis()),
            signs_until: Set(key.signs_until.map(Timestamp::millis)),
        };
        Entity::insert(row).exec_without_returning(&self.conn()).await?;
        Ok(())
    }

    /// Lets the keys of an algorithm that sign for good sign until `until`.
    pub async fn retire_signing_keys(&self, algorithm: &str, until: Timestamp) -> Result<()> {
        Entity::update_many()
            .col_expr(Column::SignsUntil, Expr::value(until.millis()))
            .filter(Column::Algorithm.eq(algorithm))
            .filter(Column::SignsUntil.is_null())
            .exec(&self.conn())
            .await?;
        Ok(())
    }

    /// Removes every key of an algorithm, and tells which those were.
    pub async fn delete_signing_keys(&self, algorithm: &str) -> Result<Vec<String>> {
        let of = Column::Algorithm.eq(algorithm);
        let rows = Entity::find().filter(of.clone()).all(&self.conn()).await?;
        Entity::delete_many().filter(of).exec(&self.conn()).await?;
        Ok(rows.into_iter().map(|row| row.kid).collect())
    }

    /// Seals a key anew, unless somebody did so since it was read with version `before`.
    pub async fn reseal_signing_key(
        &self,
        kid: &str,
        before: u32,
        sealed: &Versioned,
    ) -> Result<bool> {
        let done = Entity::update_many()
            .col_expr(Column::Sealed, Expr::value(sealed.sealed.as_bytes()))
            .col_expr(Column::MasterVersion, Expr::value(i64::from(sealed.version)))
            .filter(Column::Kid.eq(kid))
            .filter(Column::MasterVersion.eq(i64::from(before)))
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Removes keys that signed for the last time before `before`.
    pub async fn delete_signing_keys_ended_before(&self, before: Timestamp) -> Result<u64> {
        let over = Column::SignsUntil.lt(before.millis());
        Ok(Entity::delete_many().filter(over).exec(&self.conn()).await?.rows_affected)
    }
}
