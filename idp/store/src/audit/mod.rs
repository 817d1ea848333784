//! Audit events, written in the transaction that they tell of, and read again. What they tell of a
//! person is sealed ([`keys`]); what nobody may change afterwards is chained ([`chain`], [`walk`]).

mod chain;
mod keys;
mod reading;
mod walk;

use latchkey_core::assurance::Assurance;
use latchkey_core::audit::{Event, What};
use latchkey_core::ids::SessionId;
use latchkey_core::roles::Actor;
use sea_orm::{ActiveValue::Set, EntityTrait as _, FromQueryResult as _};
use serde_json::{Value, json};

use crate::entity::audit::{ActiveModel, Entity};
use crate::entity::sessions;
use crate::fixed::Fixed;
use crate::{Error, Result, Tx};
use keys::Personal;

pub use chain::{Checkpoint, Link};
pub use keys::AuditKeys;
pub use reading::{Kept, Selection};
pub use walk::{Fault, Walked};

fn actor_json(actor: &Actor) -> Value {
    match actor {
        Actor::Person { person, session } => {
            json!({"kind": "person", "person": person, "session": session})
        }
        Actor::Administrator { person, session, role, .. } => {
            json!({"kind": "administrator", "person": person, "session": session, "role": role})
        }
        Actor::Service { client, .. } => json!({"kind": "service", "client": client}),
        Actor::Cli => json!({"kind": "cli"}),
        Actor::System => json!({"kind": "system"}),
    }
}

impl Tx {
    /// Keeps an event, with how strong the session was in which it was done.
    pub async fn insert_event(&self, event: &Event) -> Result<()> {
        let what = serde_json::to_value(&event.what)?;
        let kind = what.get("kind").and_then(Value::as_str);
        let kind = kind.ok_or_else(|| Error::damaged("audit.kind"))?.to_owned();
        let (session, role) = match &event.actor {
            Actor::Person { session, .. } => (*session, None),
            Actor::Administrator { session, role, .. } => (Some(*session), Some(*role)),
            Actor::Service { .. } | Actor::Cli | Actor::System => (None, None),
        };
        let strength = match session {
            Some(session) => self.strength(session).await?,
            None => None,
        };
        let handling = &event.handling;
        let mut row = ActiveModel {
            id: Set(event.id.0),
            at: Set(event.at.millis()),
            kind: Set(kind.clone()),
            person_id: Set(event.person.map(|id| id.0)),
            organisation_id: Set(event.organisation.map(|id| id.0)),
            session_id: Set(event.session.map(|id| id.0)),
            actor: Set(actor_json(&event.actor).to_string()),
            address: Set(event.address.clone()),
            event: Set(what.to_string()),
            role: Set(role.map(|role| role.as_str().to_owned())),
            strength: Set(strength),
            case_number: Set(handling.case.clone()),
            checks: Set(match handling.checks.as_slice() {
                [] => None,
                checks => Some(serde_json::to_string(checks)?),
            }),
            reason: Set(handling.reason.clone()),
            personal: Set(None),
            sequence: Set(None),
            hash: Set(None),
        };
        // The event of an erasure is all that is to be known afterwards.
        if let Some(person) = event.person.filter(|_| event.what != What::PersonErased) {
            let personal = Personal {
                event: what,
                address: event.address.clone(),
                reason: handling.reason.clone(),
            };
            row.personal = Set(self.seal_personal(person, event.id, &personal).await?);
            row.event = Set(json!({ "kind": kind }).to_string());
            (row.address, row.reason) = (Set(None), Set(None));
        }
        Entity::insert(row).exec_without_returning(&self.conn()).await?;
        Ok(())
    }

    /// How strong a session is at present.
    async fn strength(&self, session: SessionId) -> Result<Option<String>> {
        static QUERY: Fixed = Fixed::new();
        let query = || sessions::Entity::find_by_id(session.0);
        let Some(row) = QUERY.one(&self.conn(), query, session.0.into()).await? else {
            return Ok(None);
        };
        let row = sessions::Model::from_query_result(&row, "")?;
        let Some(text) = row.assurance else { return Ok(None) };
        let assurance: Assurance = serde_json::from_str(&text)?;
        let level = serde_json::to_value(assurance.level)?;
        Ok(level.as_str().map(str::to_owned))
    }
}
