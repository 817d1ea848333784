//! Audit events, written in the transaction that they tell of.

use latchkey_core::Timestamp;
use latchkey_core::audit::{Event, What};
use latchkey_core::ids::PersonId;
use latchkey_core::roles::Actor;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use serde_json::{Value, json};

use crate::entity::audit::{ActiveModel, Column, Entity, Model};
use crate::{Error, Result, Tx, View};

fn actor_json(actor: &Actor) -> Value {
    match actor {
        Actor::Person { person, session } => {
            json!({"kind": "person", "person": person, "session": session})
        }
        Actor::Administrator { person, session, role, .. } => {
            json!({"kind": "administrator", "person": person, "session": session, "role": role})
        }
        Actor::Cli => json!({"kind": "cli"}),
        Actor::System => json!({"kind": "system"}),
    }
}

fn from_rows(rows: Vec<Model>) -> Result<Vec<(Timestamp, What)>> {
    let event =
        |row: Model| Ok((Timestamp::from_millis(row.at), serde_json::from_str(&row.event)?));
    rows.into_iter().map(event).collect()
}

impl View<'_> {
    /// What happened, the latest first.
    pub async fn list_events(&self, limit: u64) -> Result<Vec<(Timestamp, What)>> {
        let latest = Entity::find().order_by_desc(Column::At).order_by_desc(Column::Id);
        from_rows(latest.limit(limit).all(&self.conn).await?)
    }

    /// What happened to a person, the latest first.
    pub async fn list_events_of(
        &self,
        person: PersonId,
        limit: u64,
    ) -> Result<Vec<(Timestamp, What)>> {
        let rows = Entity::find()
            .filter(Column::PersonId.eq(person.0))
            .order_by_desc(Column::At)
            .order_by_desc(Column::Id)
            .limit(limit)
            .all(&self.conn)
            .await?;
        from_rows(rows)
    }
}

impl Tx {
    /// Keeps an event.
    pub async fn insert_event(&self, event: &Event) -> Result<()> {
        let what = serde_json::to_value(&event.what)?;
        let kind = what.get("kind").and_then(Value::as_str);
        let row = ActiveModel {
            id: Set(event.id.0),
            at: Set(event.at.millis()),
            kind: Set(kind.ok_or_else(|| Error::damaged("audit.kind"))?.to_owned()),
            person_id: Set(event.person.map(|id| id.0)),
            organisation_id: Set(event.organisation.map(|id| id.0)),
            session_id: Set(event.session.map(|id| id.0)),
            actor: Set(actor_json(&event.actor).to_string()),
            address: Set(event.address.clone()),
            event: Set(what.to_string()),
        };
        Entity::insert(row).exec_without_returning(&self.conn()).await?;
        Ok(())
    }
}
