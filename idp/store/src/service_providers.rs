//! Applications that speak SAML, as documents and their own metadata describe them, and where people
//! were logged in to them.

use latchkey_core::Timestamp;
use latchkey_core::ids::{EntityId, OrganisationId, SessionId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};

use crate::entity::{saml_participants, service_providers};
use crate::{Result, Tx, View};

/// A service provider: what an operator says of it, and what it says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredProvider {
    /// Its entity ID.
    pub id: EntityId,
    /// The organisation that it belongs to, if to one.
    pub organisation: Option<OrganisationId>,
    /// What an operator says of it. Opaque to the store.
    pub document: String,
    /// What it says of itself, read and judged. Opaque to the store.
    pub metadata: String,
}

/// That somebody was logged in to a service provider in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SamlParticipant {
    /// In which session.
    pub session: SessionId,
    /// To which provider.
    pub provider: EntityId,
    /// What the provider tells a log-out by.
    pub session_index: String,
    /// What the provider knows the person by.
    pub name_id: String,
    /// The kind of that name, a URI.
    pub name_id_format: String,
    /// When, for the first time.
    pub opened_at: Timestamp,
}

pub(crate) fn from_row(row: service_providers::Model) -> StoredProvider {
    StoredProvider {
        id: EntityId(row.id),
        organisation: row.organisation_id.map(OrganisationId),
        document: row.document,
        metadata: row.metadata,
    }
}

pub(crate) fn participant(row: saml_participants::Model) -> SamlParticipant {
    SamlParticipant {
        session: SessionId(row.session_id),
        provider: EntityId(row.provider_id),
        session_index: row.session_index,
        name_id: row.name_id,
        name_id_format: row.name_id_format,
        opened_at: Timestamp::from_millis(row.opened_at),
    }
}

impl View<'_> {
    /// A service provider.
    pub async fn find_provider(&self, id: &str) -> Result<Option<StoredProvider>> {
        let row = service_providers::Entity::find_by_id(id).one(&self.conn).await?;
        Ok(row.map(from_row))
    }

    /// Every service provider, in the order of their entity IDs.
    pub async fn list_providers(&self) -> Result<Vec<StoredProvider>> {
        let rows = service_providers::Entity::find()
            .order_by_asc(service_providers::Column::Id)
            .all(&self.conn)
            .await?;
        Ok(rows.into_iter().map(from_row).collect())
    }

    /// The service providers that somebody was logged in to in a session, the first of them first.
    pub async fn list_saml_participants(&self, session: SessionId) -> Result<Vec<SamlParticipant>> {
        let rows = saml_participants::Entity::find()
            .filter(saml_participants::Column::SessionId.eq(session.0))
            .order_by_asc(saml_participants::Column::OpenedAt)
            .order_by_asc(saml_participants::Column::ProviderId)
            .all(&self.conn)
            .await?;
        Ok(rows.into_iter().map(participant).collect())
    }

    /// Where a service provider knows somebody by a name: one session each.
    pub async fn list_sessions_of_name(
        &self,
        provider: &EntityId,
        name_id: &str,
    ) -> Result<Vec<SamlParticipant>> {
        let rows = saml_participants::Entity::find()
            .filter(saml_participants::Column::ProviderId.eq(provider.0.as_str()))
            .filter(saml_participants::Column::NameId.eq(name_id))
            .order_by_asc(saml_participants::Column::OpenedAt)
            .order_by_asc(saml_participants::Column::SessionIndex)
            .all(&self.conn)
            .await?;
        Ok(rows.into_iter().map(participant).collect())
    }

    /// Where a service provider has sessions by these indexes.
    pub async fn list_saml_sessions(
        &self,
        provider: &EntityId,
        session_indexes: &[String],
    ) -> Result<Vec<SamlParticipant>> {
        let rows = saml_participants::Entity::find()
            .filter(saml_participants::Column::ProviderId.eq(provider.0.as_str()))
            .filter(saml_participants::Column::SessionIndex.is_in(session_indexes))
            .order_by_asc(saml_participants::Column::SessionIndex)
            .all(&self.conn)
            .await?;
        Ok(rows.into_iter().map(participant).collect())
    }
}

impl Tx {
    /// Keeps a service provider, in place of what was known of the same entity ID.
    pub async fn put_provider(&self, provider: &StoredProvider, now: Timestamp) -> Result<()> {
        let row = service_providers::ActiveModel {
            id: Set(provider.id.0.clone()),
            organisation_id: Set(provider.organisation.map(|id| id.0)),
            document: Set(provider.document.clone()),
            metadata: Set(provider.metadata.clone()),
            updated_at: Set(now.millis()),
        };
        let replace = OnConflict::column(service_providers::Column::Id)
            .update_columns([
                service_providers::Column::OrganisationId,
                service_providers::Column::Document,
                service_providers::Column::Metadata,
                service_providers::Column::UpdatedAt,
            ])
            .to_owned();
        service_providers::Entity::insert(row)
            .on_conflict(replace)
            .exec_without_returning(&self.conn())
            .await?;
        Ok(())
    }

    /// Removes a service provider with where people were logged in to it; `false` when it is gone
    /// already.
    pub async fn delete_provider(&self, id: &EntityId) -> Result<bool> {
        let gone =
            service_providers::Entity::delete_by_id(id.0.as_str()).exec(&self.conn()).await?;
        Ok(gone.rows_affected == 1)
    }

    /// Notes that somebody was logged in to a service provider in a session; `true` the first time.
    /// What the provider knows them by is the latest, for a log-out says that.
    pub async fn open_provider(&self, opened: &SamlParticipant) -> Result<bool> {
        // All but the first time a look is enough, which costs less than a write.
        let known =
            saml_participants::Entity::find_by_id((opened.session.0, opened.provider.0.clone()));
        let same = |known: &saml_participants::Model| {
            known.name_id == opened.name_id && known.name_id_format == opened.name_id_format
        };
        match known.one(&self.conn()).await? {
            Some(known) if same(&known) => return Ok(false),
            Some(_) => {}
            None if self.insert_participant(opened).await? => return Ok(true),
            // Somebody else was faster.
            None => {}
        }
        saml_participants::Entity::update_many()
            .set(saml_participants::ActiveModel {
                name_id: Set(opened.name_id.clone()),
                name_id_format: Set(opened.name_id_format.clone()),
                ..Default::default()
            })
            .filter(saml_participants::Column::SessionId.eq(opened.session.0))
            .filter(saml_participants::Column::ProviderId.eq(opened.provider.0.as_str()))
            .exec(&self.conn())
            .await?;
        Ok(false)
    }

    async fn insert_participant(&self, opened: &SamlParticipant) -> Result<bool> {
        let row = saml_participants::ActiveModel {
            session_id: Set(opened.session.0),
            provider_id: Set(opened.provider.0.clone()),
            session_index: Set(opened.session_index.clone()),
            name_id: Set(opened.name_id.clone()),
            name_id_format: Set(opened.name_id_format.clone()),
            opened_at: Set(opened.opened_at.millis()),
            ..Default::default()
        };
        let columns = [saml_participants::Column::SessionId, saml_participants::Column::ProviderId];
        let added = saml_participants::Entity::insert(row)
            .on_conflict(OnConflict::columns(columns).do_nothing().to_owned())
            .exec_without_returning(&self.conn())
            .await?;
        Ok(added == 1)
    }
}
