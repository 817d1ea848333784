//! Letters that wait to be sent, sealed. A row is queued in the write that it tells of, claimed by
//! one node for each try, and removed once it was sent or given up.
//!
//! A claim is a lease of one row: nobody else tries it before its next time has come, so that a
//! node that dies on the way loses nothing. While a try may last, nobody brings the next one
//! forward or takes the letter back either: it may be in somebody's hands already.

use latchkey_core::Timestamp;
use latchkey_core::ids::{MessageId, OrganisationId, PersonId};
use latchkey_core::letters::Undelivered;
use latchkey_core::secrets::Sealed;
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use crate::entity::outbox::{ActiveModel, Column, Entity, Model};
use crate::{Result, Tx, View};

/// A letter on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Its key, which its Message-ID is made from.
    pub id: MessageId,
    /// To whom, if to a person.
    pub person: Option<PersonId>,
    /// In which organisation.
    pub organisation: Option<OrganisationId>,
    /// What it tells of, e.g. `key-added`.
    pub kind: String,
    /// Recipient and text, sealed.
    pub sealed: Sealed,
    /// How often it was tried.
    pub tries: u32,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When it may be tried next.
    pub next_at: Timestamp,
}

impl Outgoing {
    fn from_row(row: Model) -> Result<Self> {
        Ok(Self {
            id: MessageId(row.id),
            person: row.person_id.map(PersonId),
            organisation: row.organisation_id.map(OrganisationId),
            kind: row.kind,
            sealed: Sealed::from_bytes(row.sealed),
            tries: u32::try_from(row.tries).unwrap_or(u32::MAX),
            created_at: Timestamp::from_millis(row.created_at),
            next_at: Timestamp::from_millis(row.next_at),
        })
    }
}

/// That a letter was tried in vain, and no try of it can be under way.
fn resting(now: Timestamp) -> Condition {
    let over = Condition::any()
        .add(Column::TryingUntil.is_null())
        .add(Column::TryingUntil.lte(now.millis()));
    Condition::all().add(Column::Tries.gt(0)).add(over)
}

impl View<'_> {
    /// The letters whose time has come, the longest waiting first.
    pub async fn list_due_messages(&self, now: Timestamp, limit: u64) -> Result<Vec<Outgoing>> {
        let rows = Entity::find()
            .filter(Column::NextAt.lte(now.millis()))
            .order_by_asc(Column::NextAt)
            .order_by_asc(Column::Id)
            .limit(limit)
            .all(&self.conn)
            .await?;
        rows.into_iter().map(Outgoing::from_row).collect()
    }

    /// How many letters were tried in vain, but those that are being tried.
    pub async fn count_resting_messages(&self, now: Timestamp) -> Result<u64> {
        Ok(Entity::find().filter(resting(now)).count(&self.conn).await?)
    }

    /// How many letters wait.
    pub async fn count_messages(&self) -> Result<u64> {
        Ok(Entity::find().count(&self.conn).await?)
    }
}

impl Tx {
    /// Queues a letter.
    pub async fn queue_message(&self, new: &Outgoing) -> Result<()> {
        let row = ActiveModel {
            id: Set(new.id.0),
            person_id: Set(new.person.map(|id| id.0)),
            organisation_id: Set(new.organisation.map(|id| id.0)),
            kind: Set(new.kind.clone()),
            sealed: Set(new.sealed.as_bytes().to_vec()),
            tries: Set(new.tries.into()),
            created_at: Set(new.created_at.millis()),
            next_at: Set(new.next_at.millis()),
            last_failure: Set(None),
            trying_until: Set(None),
        };
        Entity::insert(row).exec_without_returning(&self.conn()).await?;
        Ok(())
    }

    /// Claims a letter for one try, which is over at `trying_until` at the latest: nobody else tries
    /// it before `next_at`. `false` when somebody did since it was read, or it is gone.
    pub async fn claim_message(
        &self,
        read: &Outgoing,
        trying_until: Timestamp,
        next_at: Timestamp,
    ) -> Result<bool> {
        let done = Entity::update_many()
            .col_expr(Column::Tries, ExprTrait::add(Expr::col(Column::Tries), 1))
            .col_expr(Column::NextAt, Expr::value(next_at.millis()))
            .col_expr(Column::TryingUntil, Expr::value(trying_until.millis()))
            .filter(Column::Id.eq(read.id.0))
            .filter(Column::Tries.eq(i64::from(read.tries)))
            .filter(Column::NextAt.eq(read.next_at.millis()))
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Notes that a letter did not leave at its try of this number, which is over; `false` when it
    /// is gone, or was claimed again meanwhile.
    pub async fn note_undelivered(
        &self,
        id: MessageId,
        tries: u32,
        cause: Undelivered,
    ) -> Result<bool> {
        let done = Entity::update_many()
            .col_expr(Column::LastFailure, Expr::value(cause.as_str()))
            .col_expr(Column::TryingUntil, Expr::value(None::<i64>))
            .filter(Column::Id.eq(id.0))
            .filter(Column::Tries.eq(i64::from(tries)))
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Lets a letter that was tried in vain be tried at once; `false` when it is gone, or is being
    /// tried.
    pub async fn hasten_message(&self, id: MessageId, now: Timestamp) -> Result<bool> {
        Ok(self.hasten(resting(now).add(Column::Id.eq(id.0)), now).await? == 1)
    }

    /// Lets every letter that was tried in vain be tried at once, but those that are being tried.
    /// How many there were.
    pub async fn hasten_messages(&self, now: Timestamp) -> Result<u64> {
        self.hasten(resting(now), now).await
    }

    async fn hasten(&self, which: Condition, now: Timestamp) -> Result<u64> {
        let done = Entity::update_many()
            .col_expr(Column::NextAt, Expr::value(now.millis()))
            .filter(which)
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected)
    }

    /// Takes a letter back that was tried in vain; `false` when it is gone, or is being tried.
    pub async fn withdraw_message(&self, id: MessageId, now: Timestamp) -> Result<bool> {
        let which = resting(now).add(Column::Id.eq(id.0));
        let done = Entity::delete_many().filter(which).exec(&self.conn()).await?;
        Ok(done.rows_affected == 1)
    }

    /// Removes a letter that was sent or given up; `false` when it is gone already.
    pub async fn delete_message(&self, id: MessageId) -> Result<bool> {
        Ok(Entity::delete_by_id(id.0).exec(&self.conn()).await?.rows_affected == 1)
    }
}
