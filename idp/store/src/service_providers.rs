//! Applications that speak SAML, as documents and their own metadata describe them, how it goes with
//! reading that again, and where people were logged in to them.

use latchkey_core::Timestamp;
use latchkey_core::ids::{EntityId, OrganisationId, SessionId};
use latchkey_core::people::PersonState;
use sea_orm::sea_query::{Condition, Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, FromQueryResult, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
};

use crate::entity::provider_states::{self as states, Column as State};
use crate::entity::{saml_participants, service_providers};
use crate::{Error, Result, Tx, View};

/// How many service providers there are, and how many have something the matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProviderCounts {
    /// All of them.
    pub all: u64,
    /// Whose metadata is over.
    pub over: u64,
    /// Whose metadata cannot be read again.
    pub failing: u64,
    /// Whose metadata holds, and of whom something ends soon or ended.
    pub ending: u64,
}

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

/// How it goes with reading a service provider's metadata again, and what ends with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderState {
    /// Whose.
    pub provider: EntityId,
    /// When its metadata was last read and was good.
    pub read_at: Option<Timestamp>,
    /// When that was last tried.
    pub tried_at: Option<Timestamp>,
    /// When it is looked at again.
    pub next_at: Timestamp,
    /// Since when every try failed, if the last one did.
    pub failing_since: Option<Timestamp>,
    /// How many tries in a row failed.
    pub failures: u32,
    /// Why the last try failed, if it did.
    pub error: Option<String>,
    /// Until when what is kept may be relied on, if that ends.
    pub valid_until: Option<Timestamp>,
    /// Since when it says that.
    pub renewed_at: Option<Timestamp>,
    /// When something of it begins to end soon.
    pub warns_at: Option<Timestamp>,
    /// What was said to end soon. Opaque to the store.
    pub told: Vec<String>,
}

impl ProviderState {
    /// That of a provider that nobody looked at yet.
    #[must_use]
    pub fn new(provider: EntityId) -> Self {
        Self {
            provider,
            read_at: None,
            tried_at: None,
            next_at: Timestamp::from_millis(0),
            failing_since: None,
            failures: 0,
            error: None,
            valid_until: None,
            renewed_at: None,
            warns_at: None,
            told: Vec::new(),
        }
    }

    fn from_row(row: states::Model) -> Result<Self> {
        Ok(Self {
            provider: EntityId(row.provider_id),
            read_at: row.read_at.map(Timestamp::from_millis),
            tried_at: row.tried_at.map(Timestamp::from_millis),
            next_at: Timestamp::from_millis(row.next_at),
            failing_since: row.failing_since.map(Timestamp::from_millis),
            failures: u32::try_from(row.failures).unwrap_or(u32::MAX),
            error: row.error,
            valid_until: row.valid_until.map(Timestamp::from_millis),
            renewed_at: row.renewed_at.map(Timestamp::from_millis),
            warns_at: row.warns_at.map(Timestamp::from_millis),
            told: serde_json::from_str(&row.told)
                .map_err(|_| Error::damaged("provider_states.told"))?,
        })
    }

    fn row(&self) -> states::ActiveModel {
        states::ActiveModel {
            provider_id: Set(self.provider.0.clone()),
            read_at: Set(self.read_at.map(Timestamp::millis)),
            tried_at: Set(self.tried_at.map(Timestamp::millis)),
            next_at: Set(self.next_at.millis()),
            failing_since: Set(self.failing_since.map(Timestamp::millis)),
            failures: Set(self.failures.into()),
            error: Set(self.error.clone()),
            valid_until: Set(self.valid_until.map(Timestamp::millis)),
            renewed_at: Set(self.renewed_at.map(Timestamp::millis)),
            warns_at: Set(self.warns_at.map(Timestamp::millis)),
            told: Set(serde_json::json!(self.told).to_string()),
        }
    }
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

/// What an operator says of a provider.
#[derive(FromQueryResult)]
struct Described {
    id: String,
    document: String,
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

    /// How it goes with reading a service provider's metadata again.
    pub async fn find_provider_state(&self, id: &str) -> Result<Option<ProviderState>> {
        let row = states::Entity::find_by_id(id).one(&self.conn).await?;
        row.map(ProviderState::from_row).transpose()
    }

    /// The same of every service provider that was looked at, in the order of their entity IDs.
    pub async fn list_provider_states(&self) -> Result<Vec<ProviderState>> {
        let rows = states::Entity::find().order_by_asc(State::ProviderId).all(&self.conn).await?;
        rows.into_iter().map(ProviderState::from_row).collect()
    }

    /// The service providers whose time has come to be looked at, with what an operator says of
    /// each.
    pub async fn list_due_providers(&self, now: Timestamp) -> Result<Vec<(EntityId, String)>> {
        let later = states::Entity::find()
            .select_only()
            .column(State::ProviderId)
            .filter(State::NextAt.gt(now.millis()))
            .into_query();
        self.provider_documents(service_providers::Column::Id.not_in_subquery(later).into()).await
    }

    /// What an operator says of every service provider.
    pub async fn list_provider_documents(&self) -> Result<Vec<(EntityId, String)>> {
        self.provider_documents(Condition::all()).await
    }

    async fn provider_documents(&self, which: Condition) -> Result<Vec<(EntityId, String)>> {
        let rows = service_providers::Entity::find()
            .select_only()
            .column(service_providers::Column::Id)
            .column(service_providers::Column::Document)
            .filter(which)
            .order_by_asc(service_providers::Column::Id)
            .into_model::<Described>()
            .all(&self.conn)
            .await?;
        Ok(rows.into_iter().map(|row| (EntityId(row.id), row.document)).collect())
    }

    /// How many service providers there are, and how many of them have something the matter.
    pub async fn count_providers(&self, now: Timestamp) -> Result<ProviderCounts> {
        let all = service_providers::Entity::find().count(&self.conn).await?;
        let over = states::Entity::find().filter(State::ValidUntil.lte(now.millis()));
        let failing = states::Entity::find().filter(State::Error.is_not_null());
        let holds = Condition::any()
            .add(State::ValidUntil.is_null())
            .add(State::ValidUntil.gt(now.millis()));
        let ending = states::Entity::find().filter(State::WarnsAt.lte(now.millis())).filter(holds);
        Ok(ProviderCounts {
            all,
            over: over.count(&self.conn).await?,
            failing: failing.count(&self.conn).await?,
            ending: ending.count(&self.conn).await?,
        })
    }

    /// The service providers with something that fails, is over or ends soon: those first whose
    /// metadata is over.
    pub async fn list_ailing_providers(
        &self,
        now: Timestamp,
        limit: u64,
    ) -> Result<Vec<(StoredProvider, ProviderState)>> {
        let ails = Condition::any()
            .add(State::Error.is_not_null())
            .add(State::ValidUntil.lte(now.millis()))
            .add(State::WarnsAt.lte(now.millis()));
        let last = Expr::case(State::ValidUntil.lte(now.millis()), 0)
            .case(State::Error.is_not_null(), 1)
            .finally(2);
        let found = states::Entity::find()
            .find_also_related(service_providers::Entity)
            .filter(ails)
            .order_by_asc(Expr::expr(last))
            .order_by_asc(State::ProviderId)
            .limit(limit)
            .all(&self.conn)
            .await?;
        let both = found.into_iter().filter_map(|(state, provider)| Some((provider?, state)));
        both.map(|(provider, state)| Ok((from_row(provider), ProviderState::from_row(state)?)))
            .collect()
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
    /// Keeps a service provider, in place of what was known of the same entity ID. It is looked at
    /// soon, since where its metadata is and who has to vouch for it may be others.
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
        states::Entity::update_many()
            .set(states::ActiveModel { next_at: Set(0), ..Default::default() })
            .filter(State::ProviderId.eq(provider.id.0.as_str()))
            .exec(&self.conn())
            .await?;
        Ok(())
    }

    /// Notes that a service provider's metadata was just given: read, and good.
    pub async fn note_provider_read(&self, id: &EntityId, now: Timestamp) -> Result<()> {
        let state = ProviderState {
            read_at: Some(now),
            tried_at: Some(now),
            ..ProviderState::new(id.clone())
        };
        let replace = OnConflict::column(State::ProviderId)
            .update_columns([
                State::ReadAt,
                State::TriedAt,
                State::FailingSince,
                State::Failures,
                State::Error,
            ])
            .to_owned();
        states::Entity::insert(state.row())
            .on_conflict(replace)
            .exec_without_returning(&self.conn())
            .await?;
        Ok(())
    }

    /// Keeps how it goes with reading a service provider's metadata again.
    pub async fn put_provider_state(&self, state: &ProviderState) -> Result<()> {
        let replace = OnConflict::column(State::ProviderId)
            .update_columns([
                State::ReadAt,
                State::TriedAt,
                State::NextAt,
                State::FailingSince,
                State::Failures,
                State::Error,
                State::ValidUntil,
                State::RenewedAt,
                State::WarnsAt,
                State::Told,
            ])
            .to_owned();
        states::Entity::insert(state.row())
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

    /// Whether a session is open, and the person active whose it is.
    pub async fn is_usable(&self, session: SessionId, now: Timestamp) -> Result<bool> {
        let view = self.view();
        let Some(session) = view.find_session_by_id(session).await? else { return Ok(false) };
        let record = view.find_person(session.person).await?;
        let active = record.is_some_and(|it| it.person.state == PersonState::Active);
        Ok(session.is_open(now) && active)
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
