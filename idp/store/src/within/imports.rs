//! Imports of people inside a scope.

use latchkey_core::ids::{ImportId, OrganisationId};
use latchkey_core::roles::Scope;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::Within;
use crate::entity::imports::{Column, Entity};
use crate::{ImportRecord, Result};

impl Within<'_, '_> {
    /// Imports of people of an organisation and those below it, the latest first.
    pub async fn list_imports(
        &self,
        organisation: OrganisationId,
        limit: u64,
    ) -> Result<Vec<ImportRecord>> {
        let mut query = Entity::find();
        if let Scope::Organisations(ids) = self.narrowed(Some(organisation)).await? {
            query = query.filter(Column::OrganisationId.is_in(ids.into_iter().map(|id| id.0)));
        }
        let query = query.order_by_desc(Column::StartedAt).order_by_desc(Column::Id).limit(limit);
        let rows = query.all(&self.view.conn).await?;
        rows.into_iter().map(ImportRecord::from_row).collect()
    }

    /// An import of people of an organisation inside.
    pub async fn find_import(&self, id: ImportId) -> Result<Option<ImportRecord>> {
        let row = Entity::find_by_id(id.0).one(&self.view.conn).await?;
        let found = row.map(ImportRecord::from_row).transpose()?;
        Ok(found.filter(|record| self.scope.contains(record.organisation)))
    }
}
