//! Organisations inside a scope.

use latchkey_core::Timestamp;
use latchkey_core::roles::Scope;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};

use super::Within;
use crate::entity::organisations::{Column, Entity};
use crate::{OrganisationRecord, Result};

fn inside(scope: &Scope) -> Select<Entity> {
    match scope {
        Scope::Platform => Entity::find(),
        Scope::Organisations(ids) => {
            Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.0)))
        }
    }
}

impl Within<'_, '_> {
    /// Organisations in the order of their names in documents, after the one of this name, with
    /// when each was last changed.
    pub async fn list_organisations_after(
        &self,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Vec<(OrganisationRecord, Timestamp)>> {
        let mut query = inside(self.scope);
        if let Some(after) = after {
            query = query.filter(Column::Slug.gt(after));
        }
        let rows = query.order_by_asc(Column::Slug).limit(limit).all(&self.view.conn).await?;
        rows.into_iter().map(OrganisationRecord::with_time).collect()
    }

    /// An organisation by its name in documents, with when it was last changed.
    pub async fn find_organisation_named(
        &self,
        slug: &str,
    ) -> Result<Option<(OrganisationRecord, Timestamp)>> {
        let row = inside(self.scope).filter(Column::Slug.eq(slug)).one(&self.view.conn).await?;
        row.map(OrganisationRecord::with_time).transpose()
    }
}
