//! Applications that speak SAML inside a scope: those of its organisations, and for the platform all.

use latchkey_core::Timestamp;
use latchkey_core::roles::Scope;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};

use super::Within;
use crate::entity::service_providers::{Column, Entity, Model};
use crate::service_providers::from_row;
use crate::{Result, StoredProvider};

fn inside(scope: &Scope) -> Select<Entity> {
    match scope {
        Scope::Platform => Entity::find(),
        Scope::Organisations(ids) => {
            Entity::find().filter(Column::OrganisationId.is_in(ids.iter().map(|id| id.0)))
        }
    }
}

fn with_time(row: Model) -> (StoredProvider, Timestamp) {
    let changed = Timestamp::from_millis(row.updated_at);
    (from_row(row), changed)
}

impl Within<'_, '_> {
    /// Service providers in the order of their entity IDs, after the one with this, with when each
    /// was last changed.
    pub async fn list_providers_after(
        &self,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Vec<(StoredProvider, Timestamp)>> {
        let mut query = inside(self.scope);
        if let Some(after) = after {
            query = query.filter(Column::Id.gt(after));
        }
        let rows = query.order_by_asc(Column::Id).limit(limit).all(&self.view.conn).await?;
        Ok(rows.into_iter().map(with_time).collect())
    }

    /// A service provider by its entity ID, with when it was last changed.
    pub async fn find_provider(&self, id: &str) -> Result<Option<(StoredProvider, Timestamp)>> {
        let row = inside(self.scope).filter(Column::Id.eq(id)).one(&self.view.conn).await?;
        Ok(row.map(with_time))
    }
}
