//! WebAuthn ceremonies under way: one row a challenge, taken out exactly once.

use latchkey_core::Timestamp;
use latchkey_core::ids::{CeremonyId, PersonId};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use crate::entity::ceremonies::{ActiveModel, Column, Entity};
use crate::{Result, Tx};

/// A challenge that was handed out.
#[derive(Clone, Debug)]
pub struct Ceremony {
    /// Its key.
    pub id: CeremonyId,
    /// What it is for (`registration`, `assertion`, `discoverable`, …). Nothing else may use it.
    pub kind: String,
    /// To what it was handed out: a step of a flow, or a page of a session.
    pub binding: String,
    /// For whom, when it was known.
    pub person: Option<PersonId>,
    /// What the ceremony's module needs to verify the answer.
    pub state: String,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
}

impl Tx {
    /// Keeps a challenge, in place of any other of the same kind for the same binding.
    pub async fn insert_ceremony(&self, new: &Ceremony) -> Result<()> {
        Entity::delete_many()
            .filter(Column::Binding.eq(new.binding.as_str()))
            .filter(Column::Kind.eq(new.kind.as_str()))
            .exec(&self.conn())
            .await?;
        let row = ActiveModel {
            id: Set(new.id.0),
            kind: Set(new.kind.clone()),
            binding: Set(new.binding.clone()),
            person_id: Set(new.person.map(|id| id.0)),
            state: Set(new.state.clone()),
            expires_at: Set(new.expires_at.millis()),
        };
        Entity::insert(row).exec_without_returning(&self.conn()).await?;
        Ok(())
    }

    /// Takes the challenges of a binding out, whatever comes of them: each is answered at most
    /// once. Expired ones go as well and are not returned.
    pub async fn consume_ceremonies(&self, binding: &str, now: Timestamp) -> Result<Vec<Ceremony>> {
        let rows = Entity::delete_many()
            .filter(Column::Binding.eq(binding))
            .exec_with_returning(&self.conn())
            .await?;
        let live = rows.into_iter().filter(|row| row.expires_at > now.millis());
        Ok(live
            .map(|row| Ceremony {
                id: CeremonyId(row.id),
                kind: row.kind,
                binding: row.binding,
                person: row.person_id.map(PersonId),
                state: row.state,
                expires_at: Timestamp::from_millis(row.expires_at),
            })
            .collect())
    }

    /// Removes challenges that nobody answered in time: at most [`PORTION`](crate::PORTION) of them.
    pub async fn delete_expired_ceremonies(&self, now: Timestamp) -> Result<u64> {
        let expired = Column::ExpiresAt.lte(now.millis());
        self.delete_portion::<Entity, _>(Column::Id, expired).await
    }
}
