//! What an installation is: values that are written once and must not change under it, some of them
//! sealed.

use latchkey_core::secrets::{Sealed, Versioned};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};

use crate::entity::settings::{ActiveModel, Column, Entity, Model};
use crate::{Error, Result, Tx, View};

/// A version of the master key as a row tells it.
pub(crate) fn version(stored: i64, what: &str) -> Result<u32> {
    u32::try_from(stored).map_err(|_| Error::damaged(what))
}

fn sealed(row: Model) -> Result<Versioned> {
    const WHAT: &str = "settings.master_version";
    let stored = row.master_version.ok_or_else(|| Error::damaged(WHAT))?;
    let version = version(stored, WHAT)?;
    Ok(Versioned { version, sealed: Sealed::from_bytes(row.value) })
}

impl View<'_> {
    /// A value, if it was written.
    pub async fn find_setting(&self, name: &str) -> Result<Option<Vec<u8>>> {
        Ok(Entity::find_by_id(name).one(&self.conn).await?.map(|row| row.value))
    }

    /// A sealed value, if it was written.
    pub async fn find_sealed_setting(&self, name: &str) -> Result<Option<Versioned>> {
        Entity::find_by_id(name).one(&self.conn).await?.map(sealed).transpose()
    }

    /// Every sealed value with its name.
    pub async fn list_sealed_settings(&self) -> Result<Vec<(String, Versioned)>> {
        let rows = Entity::find()
            .filter(Column::MasterVersion.is_not_null())
            .order_by_asc(Column::Name)
            .all(&self.conn)
            .await?;
        rows.into_iter().map(|row| Ok((row.name.clone(), sealed(row)?))).collect()
    }
}

impl Tx {
    /// Writes a value unless there is one, and tells the one that stands.
    pub async fn settle(&self, name: &str, value: Vec<u8>) -> Result<Vec<u8>> {
        self.add_setting(name, value, None).await?;
        let stands = self.view().find_setting(name).await?;
        stands.ok_or_else(|| Error::damaged("settings"))
    }

    /// Writes a sealed value unless there is one, and tells the one that stands.
    pub async fn settle_sealed(&self, name: &str, value: &Versioned) -> Result<Versioned> {
        let bytes = value.sealed.as_bytes().to_vec();
        self.add_setting(name, bytes, Some(value.version.into())).await?;
        let stands = self.view().find_sealed_setting(name).await?;
        stands.ok_or_else(|| Error::damaged("settings"))
    }

    async fn add_setting(&self, name: &str, value: Vec<u8>, version: Option<i64>) -> Result<()> {
        let row = ActiveModel {
            name: Set(name.to_owned()),
            value: Set(value),
            master_version: Set(version),
        };
        Entity::insert(row)
            .on_conflict(OnConflict::column(Column::Name).do_nothing().to_owned())
            .exec_without_returning(&self.conn())
            .await?;
        Ok(())
    }

    /// Seals a value anew, unless somebody did so since it was read with version `before`.
    pub async fn reseal_setting(&self, name: &str, before: u32, value: &Versioned) -> Result<bool> {
        let done = Entity::update_many()
            .col_expr(Column::Value, Expr::value(value.sealed.as_bytes()))
            .col_expr(Column::MasterVersion, Expr::value(i64::from(value.version)))
            .filter(Column::Name.eq(name))
            .filter(Column::MasterVersion.eq(i64::from(before)))
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Writes a value that is not sealed in place of the one that there is.
    pub(crate) async fn replace_setting(&self, name: &str, value: Vec<u8>) -> Result<()> {
        Entity::delete_by_id(name).exec(&self.conn()).await?;
        self.add_setting(name, value, None).await
    }

    /// Removes a value.
    pub(crate) async fn delete_setting(&self, name: &str) -> Result<()> {
        Entity::delete_by_id(name).exec(&self.conn()).await?;
        Ok(())
    }
}
