//! What an installation is: values that are written once and must not change under it.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait as _};

use crate::entity::settings::{ActiveModel, Column, Entity};
use crate::{Error, Result, Tx, View};

impl View<'_> {
    /// A value, if it was written.
    pub async fn find_setting(&self, name: &str) -> Result<Option<Vec<u8>>> {
        Ok(Entity::find_by_id(name).one(&self.conn).await?.map(|row| row.value))
    }
}

impl Tx {
    /// Writes a value unless there is one, and tells the one that stands.
    pub async fn settle(&self, name: &str, value: Vec<u8>) -> Result<Vec<u8>> {
        let row = ActiveModel { name: Set(name.to_owned()), value: Set(value) };
        Entity::insert(row)
            .on_conflict(OnConflict::column(Column::Name).do_nothing().to_owned())
            .exec_without_returning(&self.conn())
            .await?;
        let stands = self.view().find_setting(name).await?;
        stands.ok_or_else(|| Error::damaged("settings"))
    }
}
