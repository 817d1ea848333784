//! Relying applications inside a scope: those of its organisations, and for the platform all.

use latchkey_core::Timestamp;
use latchkey_core::ids::{ClientId, LogInTestId, OrganisationId};
use latchkey_core::roles::Scope;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};

use super::Within;
use crate::entity::clients::{Column, Entity, Model};
use crate::{LogInTest, Result, StoredClient};

fn inside(scope: &Scope) -> Select<Entity> {
    match scope {
        Scope::Platform => Entity::find(),
        Scope::Organisations(ids) => {
            Entity::find().filter(Column::OrganisationId.is_in(ids.iter().map(|id| id.0)))
        }
    }
}

fn with_time(row: Model) -> (StoredClient, Timestamp) {
    let stored = StoredClient {
        id: ClientId(row.id),
        organisation: row.organisation_id.map(OrganisationId),
        document: row.document,
    };
    (stored, Timestamp::from_millis(row.updated_at))
}

impl Within<'_, '_> {
    /// Applications in the order of their identifiers, after the one with this, with when each was
    /// last changed.
    pub async fn list_clients_after(
        &self,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Vec<(StoredClient, Timestamp)>> {
        let mut query = inside(self.scope);
        if let Some(after) = after {
            query = query.filter(Column::Id.gt(after));
        }
        let rows = query.order_by_asc(Column::Id).limit(limit).all(&self.view.conn).await?;
        Ok(rows.into_iter().map(with_time).collect())
    }

    /// An application by its identifier, with when it was last changed.
    pub async fn find_client(&self, id: &str) -> Result<Option<(StoredClient, Timestamp)>> {
        let row = inside(self.scope).filter(Column::Id.eq(id)).one(&self.view.conn).await?;
        Ok(row.map(with_time))
    }
    /// A test of a log-in to an application, unless its time is over.
    pub async fn find_log_in_test(
        &self,
        client: &str,
        id: LogInTestId,
        now: Timestamp,
    ) -> Result<Option<LogInTest>> {
        if self.find_client(client).await?.is_none() {
            return Ok(None);
        }
        let found = self.view.find_log_in_test(id, now).await?;
        Ok(found.filter(|test| test.client.0 == client))
    }
}
