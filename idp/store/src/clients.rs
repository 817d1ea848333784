//! Relying applications as their documents describe them, and what people agreed to.

use latchkey_core::Timestamp;
use latchkey_core::ids::{ClientId, OrganisationId, PersonId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait as _};

use crate::entity::{clients, consents};
use crate::{Result, Tx, View};

/// A relying application's document, as its protocol's crate reads and writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredClient {
    /// Its `client_id`.
    pub id: ClientId,
    /// The organisation that it belongs to, if to one.
    pub organisation: Option<OrganisationId>,
    /// Its document. Opaque to the store.
    pub document: String,
}

/// What a person agreed to release to an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRecord {
    /// Who agreed.
    pub person: PersonId,
    /// To which application.
    pub client: ClientId,
    /// To what.
    pub scopes: Vec<String>,
    /// When.
    pub given_at: Timestamp,
}

impl View<'_> {
    /// A relying application.
    pub async fn find_client(&self, id: &ClientId) -> Result<Option<StoredClient>> {
        let row = clients::Entity::find_by_id(id.0.as_str()).one(&self.conn).await?;
        Ok(row.map(|row| StoredClient {
            id: ClientId(row.id),
            organisation: row.organisation_id.map(OrganisationId),
            document: row.document,
        }))
    }

    /// Every relying application.
    pub async fn list_clients(&self) -> Result<Vec<StoredClient>> {
        let rows = clients::Entity::find().all(&self.conn).await?;
        let stored = rows.into_iter().map(|row| StoredClient {
            id: ClientId(row.id),
            organisation: row.organisation_id.map(OrganisationId),
            document: row.document,
        });
        Ok(stored.collect())
    }

    /// What a person agreed to for an application.
    pub async fn find_consent(
        &self,
        person: PersonId,
        client: &ClientId,
    ) -> Result<Option<ConsentRecord>> {
        let key = (person.0, client.0.clone());
        let Some(row) = consents::Entity::find_by_id(key).one(&self.conn).await? else {
            return Ok(None);
        };
        Ok(Some(ConsentRecord {
            person,
            client: client.clone(),
            scopes: serde_json::from_str(&row.scopes)?,
            given_at: Timestamp::from_millis(row.given_at),
        }))
    }
}

impl Tx {
    /// Keeps a relying application, in place of an earlier document of the same id.
    pub async fn put_client(&self, client: &StoredClient, now: Timestamp) -> Result<()> {
        let row = clients::ActiveModel {
            id: Set(client.id.0.clone()),
            organisation_id: Set(client.organisation.map(|id| id.0)),
            document: Set(client.document.clone()),
            updated_at: Set(now.millis()),
        };
        let replace = OnConflict::column(clients::Column::Id)
            .update_columns([
                clients::Column::OrganisationId,
                clients::Column::Document,
                clients::Column::UpdatedAt,
            ])
            .to_owned();
        clients::Entity::insert(row)
            .on_conflict(replace)
            .exec_without_returning(&self.conn())
            .await?;
        Ok(())
    }

    /// Removes a relying application with what it was granted; `false` when it is gone already.
    pub async fn delete_client(&self, id: &ClientId) -> Result<bool> {
        let gone = clients::Entity::delete_by_id(id.0.as_str()).exec(&self.conn()).await?;
        Ok(gone.rows_affected == 1)
    }

    /// Keeps what a person agreed to, in place of an earlier agreement.
    pub async fn put_consent(&self, consent: &ConsentRecord) -> Result<()> {
        let row = consents::ActiveModel {
            person_id: Set(consent.person.0),
            client_id: Set(consent.client.0.clone()),
            scopes: Set(serde_json::to_string(&consent.scopes)?),
            given_at: Set(consent.given_at.millis()),
        };
        let replace = OnConflict::columns([consents::Column::PersonId, consents::Column::ClientId])
            .update_columns([consents::Column::Scopes, consents::Column::GivenAt])
            .to_owned();
        consents::Entity::insert(row)
            .on_conflict(replace)
            .exec_without_returning(&self.conn())
            .await?;
        Ok(())
    }
}
