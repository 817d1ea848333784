//! What happened, as far as it is to be seen from inside; and what waits for the whole platform.

use latchkey_core::Timestamp;
use latchkey_core::ids::{EventId, MessageId, OrganisationId, PersonId};
use latchkey_core::letters::Undelivered;
use latchkey_core::roles::Scope;
use latchkey_core::secrets::Sealed;
use sea_orm::sea_query::{Condition, Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DbBackend, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};

use super::Within;
use crate::entity::{audit, outbox};
use crate::{Kept, Result};

/// Which events are listed: those of which all of this is true. What is `None` is true of every one.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// From this time on.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// About this person.
    pub person: Option<PersonId>,
    /// Done by this person, for themselves or for others.
    pub actor: Option<PersonId>,
    /// In this organisation or one below it.
    pub organisation: Option<OrganisationId>,
    /// Of this kind, by its name in the trail.
    pub kind: Option<String>,
    /// With this number at the helpdesk.
    pub case: Option<String>,
}

/// Letters that wait to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outbox {
    /// How many there are.
    pub waiting: u64,
    /// How many of them were tried and could not be sent yet.
    pub failing: u64,
    /// Some of those, the longest waiting first.
    pub failed: Vec<FailedMessage>,
}

/// A letter that was tried in vain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedMessage {
    /// Its key.
    pub id: MessageId,
    /// To whom, if to a person.
    pub person: Option<PersonId>,
    /// In which organisation.
    pub organisation: Option<OrganisationId>,
    /// What it tells of.
    pub kind: String,
    /// How often it was tried.
    pub tries: u32,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When it is tried next.
    pub next_at: Timestamp,
    /// Why it did not leave when it was last tried, as far as that was noted.
    pub last_failure: Option<Undelivered>,
    /// Until when a try of it may last.
    pub trying_until: Option<Timestamp>,
    /// Recipient and text, sealed.
    pub sealed: Sealed,
}

impl FailedMessage {
    fn from_row(row: outbox::Model) -> Self {
        Self {
            id: MessageId(row.id),
            person: row.person_id.map(PersonId),
            organisation: row.organisation_id.map(OrganisationId),
            kind: row.kind,
            tries: u32::try_from(row.tries).unwrap_or(u32::MAX),
            created_at: Timestamp::from_millis(row.created_at),
            next_at: Timestamp::from_millis(row.next_at),
            last_failure: row.last_failure.as_deref().and_then(Undelivered::parse),
            trying_until: row.trying_until.map(Timestamp::from_millis),
            sealed: Sealed::from_bytes(row.sealed),
        }
    }

    /// Whether it may be on its way right now.
    #[must_use]
    pub fn is_tried(&self, now: Timestamp) -> bool {
        self.trying_until.is_some_and(|until| now < until)
    }
}

/// The person of `audit.actor`, to the letter as it is indexed.
fn actor(backend: DbBackend) -> Expr {
    Expr::cust(match backend {
        DbBackend::Postgres => r#"substring(actor from '"person":"([^"]*)"')"#,
        _ => {
            r#"CASE WHEN instr(actor, '"person":"') > 0
               THEN substr(actor, instr(actor, '"person":"') + 10, 36) END"#
        }
    })
}

/// The events of which a filter is true, the latest first.
pub(crate) fn events(
    filter: &EventFilter,
    scope: Scope,
    before: Option<(Timestamp, EventId)>,
    backend: DbBackend,
) -> Select<audit::Entity> {
    use audit::Column;
    let mut all = Condition::all();
    if let Some(person) = filter.person {
        all = all.add(Column::PersonId.eq(person.0));
    }
    if let Scope::Organisations(ids) = scope {
        all = all.add(Column::OrganisationId.is_in(ids.into_iter().map(|id| id.0)));
    }
    if let Some(since) = filter.since {
        all = all.add(Column::At.gte(since.millis()));
    }
    if let Some(until) = filter.until {
        all = all.add(Column::At.lt(until.millis()));
    }
    if let Some(person) = filter.actor {
        all = all.add(actor(backend).eq(person.to_string()));
    }
    if let Some(kind) = &filter.kind {
        all = all.add(Column::Kind.eq(kind.as_str()));
    }
    if let Some(case) = &filter.case {
        all = all.add(Column::CaseNumber.eq(case.as_str()));
    }
    if let Some((at, id)) = before {
        let same = Condition::all().add(Column::At.eq(at.millis())).add(Column::Id.lt(id.0));
        all = all.add(Condition::any().add(Column::At.lt(at.millis())).add(same));
    }
    audit::Entity::find().filter(all).order_by_desc(Column::At).order_by_desc(Column::Id)
}

impl Within<'_, '_> {
    /// Events of organisations inside of which a filter is true, the latest first, from the one
    /// before the one with this time and key. Events of no organisation are the platform's.
    pub async fn list_events(
        &self,
        filter: &EventFilter,
        before: Option<(Timestamp, EventId)>,
        limit: u64,
    ) -> Result<Vec<Kept>> {
        if let Some(person) = filter.person {
            // Whoever moved away is not there any more, and neither is what happened to them. What
            // is kept of those who are erased names nobody.
            if self.find_person(person).await?.is_none()
                && self.view.find_person(person).await?.is_some()
            {
                return Ok(Vec::new());
            }
        }
        let scope = self.narrowed(filter.organisation).await?;
        let conn = &self.view.conn;
        let query = events(filter, scope, before, conn.get_database_backend());
        self.view.kept(query.limit(limit).all(conn).await?).await
    }

    /// The letters that wait, with those that were tried in vain after the one with this key; `None`
    /// for whoever sees less than the whole platform.
    pub async fn find_outbox(
        &self,
        after: Option<MessageId>,
        limit: u64,
    ) -> Result<Option<Outbox>> {
        use outbox::Column;
        if *self.scope != Scope::Platform {
            return Ok(None);
        }
        let waiting = self.view.count_messages().await?;
        let tried = outbox::Entity::find().filter(Column::Tries.gt(0));
        let failing = tried.clone().count(&self.view.conn).await?;
        // Keys are in the order of time.
        let rows = tried
            .filter(Condition::all().add_option(after.map(|id| Column::Id.gt(id.0))))
            .order_by_asc(Column::Id)
            .limit(limit)
            .all(&self.view.conn)
            .await?;
        let failed = rows.into_iter().map(FailedMessage::from_row).collect();
        Ok(Some(Outbox { waiting, failing, failed }))
    }

    /// A letter that was tried in vain; `None` when there is none, and for whoever sees less than
    /// the whole platform.
    pub async fn find_failed_message(&self, id: MessageId) -> Result<Option<FailedMessage>> {
        if *self.scope != Scope::Platform {
            return Ok(None);
        }
        let row = outbox::Entity::find_by_id(id.0)
            .filter(outbox::Column::Tries.gt(0))
            .one(&self.view.conn)
            .await?;
        Ok(row.map(FailedMessage::from_row))
    }
}
