//! What is signed with for applications that speak SAML: private keys, sealed, each with its
//! certificate and the times between which it signs.

use latchkey_core::Timestamp;
use latchkey_core::secrets::Sealed;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};

use crate::entity::saml_keys::{ActiveModel, Column, Entity};
use crate::{Result, Tx, View};

/// A key with its certificate as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSamlKey {
    /// Its name.
    pub id: String,
    /// Its algorithm, as the protocol's crate names it.
    pub algorithm: String,
    /// The private key, sealed.
    pub sealed: Sealed,
    /// Its certificate (DER).
    pub certificate: Vec<u8>,
    /// When it was made. It is in our metadata from then on.
    pub created_at: Timestamp,
    /// From when it signs: later than `created_at`, so that applications know it by then.
    pub signs_from: Timestamp,
    /// Until when it signs. It stays in our metadata longer.
    pub signs_until: Option<Timestamp>,
}

impl StoredSamlKey {
    /// Whether it signs at a time.
    #[must_use]
    pub fn signs(&self, now: Timestamp) -> bool {
        self.signs_from <= now && self.signs_until.is_none_or(|until| now < until)
    }
}

impl View<'_> {
    /// Every key that is signed with for SAML, the oldest first.
    pub async fn list_saml_keys(&self) -> Result<Vec<StoredSamlKey>> {
        let rows = Entity::find()
            .order_by_asc(Column::SignsFrom)
            .order_by_asc(Column::Id)
            .all(&self.conn)
            .await?;
        let stored = rows.into_iter().map(|row| StoredSamlKey {
            id: row.id,
            algorithm: row.algorithm,
            sealed: Sealed::from_bytes(row.sealed),
            certificate: row.certificate,
            created_at: Timestamp::from_millis(row.created_at),
            signs_from: Timestamp::from_millis(row.signs_from),
            signs_until: row.signs_until.map(Timestamp::from_millis),
        });
        Ok(stored.collect())
    }
}

impl Tx {
    /// Keeps a new key; `false` when one of its name is there already, which stays.
    pub async fn insert_saml_key(&self, key: &StoredSamlKey) -> Result<bool> {
        let row = ActiveModel {
            id: Set(key.id.clone()),
            algorithm: Set(key.algorithm.clone()),
            sealed: Set(key.sealed.as_bytes().to_vec()),
            certificate: Set(key.certificate.clone()),
            created_at: Set(key.created_at.millis()),
            signs_from: Set(key.signs_from.millis()),
            signs_until: Set(key.signs_until.map(Timestamp::millis)),
        };
        let once = OnConflict::column(Column::Id).do_nothing().to_owned();
        let added =
            Entity::insert(row).on_conflict(once).exec_without_returning(&self.conn()).await?;
        Ok(added == 1)
    }

    /// Lets every key that signs for good sign until `until`.
    pub async fn retire_saml_keys(&self, until: Timestamp) -> Result<()> {
        Entity::update_many()
            .col_expr(Column::SignsUntil, Expr::value(until.millis()))
            .filter(Column::SignsUntil.is_null())
            .exec(&self.conn())
            .await?;
        Ok(())
    }

    /// Removes every key, and tells which those were.
    pub async fn delete_saml_keys(&self) -> Result<Vec<String>> {
        let rows = Entity::find().order_by_asc(Column::Id).all(&self.conn()).await?;
        Entity::delete_many().exec(&self.conn()).await?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// Removes keys that signed for the last time before `before`.
    pub async fn delete_saml_keys_ended_before(&self, before: Timestamp) -> Result<u64> {
        let over = Column::SignsUntil.lt(before.millis());
        Ok(Entity::delete_many().filter(over).exec(&self.conn()).await?.rows_affected)
    }
}
