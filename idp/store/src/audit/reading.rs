//! Events read again, with what they tell of people opened where that can still be.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use latchkey_core::Timestamp;
use latchkey_core::audit::What;
use latchkey_core::ids::{EventId, OrganisationId, PersonId};
use sea_orm::sea_query::Condition;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::entity::audit::{Column, Entity, Model};
use crate::expired::PORTION;
use crate::{Result, View};

/// Which events are read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Selection {
    /// From this time on.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// Of this person.
    pub person: Option<PersonId>,
    /// Of this organisation.
    pub organisation: Option<OrganisationId>,
}

/// An event as it was kept. The names of its fields are what other programs read.
#[derive(Clone, Debug, Serialize)]
pub struct Kept {
    /// Its key.
    pub id: EventId,
    /// Its place in the chain, once it has one.
    pub sequence: Option<i64>,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// What happened, by name.
    pub kind: String,
    /// Who did it.
    pub actor: Value,
    /// In which role.
    pub role: Option<String>,
    /// How strong their session was.
    pub strength: Option<String>,
    /// To whom.
    pub person: Option<PersonId>,
    /// In which organisation.
    pub organisation: Option<OrganisationId>,
    /// In which session of theirs.
    pub session: Option<uuid::Uuid>,
    /// From which network address.
    pub address: Option<String>,
    /// The number at the helpdesk.
    pub case: Option<String>,
    /// How the caller was verified.
    pub checks: Value,
    /// Why.
    pub reason: Option<String>,
    /// Whether what it told of the person is gone with them.
    pub erased: bool,
    /// What happened in full.
    pub event: Value,
}

impl View<'_> {
    pub(crate) async fn kept(&self, rows: Vec<Model>) -> Result<Vec<Kept>> {
        let mut keys = HashMap::new();
        let mut kept = Vec::with_capacity(rows.len());
        for row in rows {
            let (id, person) = (EventId(row.id), row.person_id.map(PersonId));
            let mut event = Kept {
                id,
                sequence: row.sequence,
                at: row.at,
                kind: row.kind,
                actor: serde_json::from_str(&row.actor)?,
                role: row.role,
                strength: row.strength,
                person,
                organisation: row.organisation_id.map(OrganisationId),
                session: row.session_id,
                address: row.address,
                case: row.case_number,
                checks: row.checks.as_deref().map_or(Ok(json!([])), serde_json::from_str)?,
                reason: row.reason,
                erased: false,
                event: serde_json::from_str(&row.event)?,
            };
            if let (Some(sealed), Some(person)) = (row.personal, person) {
                let key = match keys.entry(person) {
                    Entry::Occupied(found) => found.into_mut(),
                    Entry::Vacant(none) => none.insert(self.find_audit_key(person).await?),
                }
                .as_ref();
                match Self::open_personal(key, id, sealed)? {
                    Some(personal) => {
                        event.event = personal.event;
                        (event.address, event.reason) = (personal.address, personal.reason);
                    }
                    None => event.erased = true,
                }
            } else if person.is_some() && event.event.as_object().is_some_and(|e| e.len() == 1) {
                // Written when there was no such person any more, or telling nothing but its kind.
                event.erased = serde_json::from_value::<What>(event.event.clone()).is_err();
            }
            if event.erased {
                event.event = json!({ "kind": "erased" });
            }
            kept.push(event);
        }
        Ok(kept)
    }

    async fn list(&self, person: Option<PersonId>, limit: u64) -> Result<Vec<(Timestamp, What)>> {
        let mut query = Entity::find().order_by_desc(Column::At).order_by_desc(Column::Id);
        if let Some(person) = person {
            query = query.filter(Column::PersonId.eq(person.0));
        }
        let kept = self.kept(query.limit(limit).all(&self.conn).await?).await?;
        let event =
            |kept: Kept| Ok((Timestamp::from_millis(kept.at), serde_json::from_value(kept.event)?));
        kept.into_iter().filter(|kept| !kept.erased).map(event).collect()
    }

    /// What happened, the latest first. What people are erased of is not among it.
    pub async fn list_events(&self, limit: u64) -> Result<Vec<(Timestamp, What)>> {
        self.list(None, limit).await
    }

    /// What happened to a person, the latest first.
    pub async fn list_events_of(
        &self,
        person: PersonId,
        limit: u64,
    ) -> Result<Vec<(Timestamp, What)>> {
        self.list(Some(person), limit).await
    }

    /// A portion of the events that are selected, the oldest first, after the one with this time and
    /// key.
    pub async fn list_kept_events(
        &self,
        selection: &Selection,
        after: Option<(i64, EventId)>,
    ) -> Result<Vec<Kept>> {
        let mut all = Condition::all();
        if let Some(since) = selection.since {
            all = all.add(Column::At.gte(since.millis()));
        }
        if let Some(until) = selection.until {
            all = all.add(Column::At.lt(until.millis()));
        }
        if let Some(person) = selection.person {
            all = all.add(Column::PersonId.eq(person.0));
        }
        if let Some(organisation) = selection.organisation {
            all = all.add(Column::OrganisationId.eq(organisation.0));
        }
        if let Some((at, id)) = after {
            let same = Condition::all().add(Column::At.eq(at)).add(Column::Id.gt(id.0));
            all = all.add(Condition::any().add(Column::At.gt(at)).add(same));
        }
        let rows = Entity::find()
            .filter(all)
            .order_by_asc(Column::At)
            .order_by_asc(Column::Id)
            .limit(PORTION)
            .all(&self.conn)
            .await?;
        self.kept(rows).await
    }
}
