//! What waits for a second administrator to agree. Decided once, and gone then.

use latchkey_core::Timestamp;
use latchkey_core::ids::{ApprovalId, PersonId};
use latchkey_core::secrets::Sealed;
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use crate::entity::approvals::{ActiveModel, Column, Entity, Model};
use crate::{Result, Tx, View};

/// Something that waits.
#[derive(Clone, Debug)]
pub struct Approval {
    /// Its key.
    pub id: ApprovalId,
    /// For whom it is.
    pub person: PersonId,
    /// Who asked.
    pub asked_by: PersonId,
    /// What is asked for, sealed: it names reasons.
    pub wish: Sealed,
    /// When.
    pub asked_at: Timestamp,
    /// When it lapses.
    pub expires_at: Timestamp,
}

impl From<Model> for Approval {
    fn from(row: Model) -> Self {
        Self {
            id: ApprovalId(row.id),
            person: PersonId(row.person_id),
            asked_by: PersonId(row.asked_by),
            wish: Sealed::from_bytes(row.wish),
            asked_at: Timestamp::from_millis(row.asked_at),
            expires_at: Timestamp::from_millis(row.expires_at),
        }
    }
}

impl View<'_> {
    /// What waits, the latest first: at most so many.
    pub async fn list_approvals(&self, now: Timestamp, limit: u64) -> Result<Vec<Approval>> {
        let rows = Entity::find()
            .filter(Column::ExpiresAt.gt(now.millis()))
            .order_by_desc(Column::AskedAt)
            .limit(limit)
            .all(&self.conn)
            .await?;
        Ok(rows.into_iter().map(Approval::from).collect())
    }

    /// Something that waits.
    pub async fn find_approval(&self, id: ApprovalId, now: Timestamp) -> Result<Option<Approval>> {
        let live = Column::ExpiresAt.gt(now.millis());
        let row = Entity::find_by_id(id.0).filter(live).one(&self.conn).await?;
        Ok(row.map(Approval::from))
    }
}

impl Tx {
    /// Keeps what waits, in place of what the same administrator asked for the same person before.
    pub async fn put_approval(&self, new: &Approval) -> Result<()> {
        Entity::delete_many()
            .filter(Column::PersonId.eq(new.person.0).and(Column::AskedBy.eq(new.asked_by.0)))
            .exec(&self.conn())
            .await?;
        let row = ActiveModel {
            id: Set(new.id.0),
            person_id: Set(new.person.0),
            asked_by: Set(new.asked_by.0),
            wish: Set(new.wish.as_bytes().to_vec()),
            asked_at: Set(new.asked_at.millis()),
            expires_at: Set(new.expires_at.millis()),
        };
        Entity::insert(row).exec_without_returning(&self.conn()).await?;
        Ok(())
    }

    /// Takes what waited away, decided; `false` when somebody was faster or it lapsed.
    pub async fn decide_approval(&self, id: ApprovalId, now: Timestamp) -> Result<bool> {
        let done = Entity::delete_many()
            .filter(Column::Id.eq(id.0).and(Column::ExpiresAt.gt(now.millis())))
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Forgets what lapsed: at most [`PORTION`](crate::PORTION) of it.
    pub async fn delete_expired_approvals(&self, now: Timestamp) -> Result<u64> {
        let over = Column::ExpiresAt.lte(now.millis());
        self.delete_portion::<Entity, _>(Column::Id, over).await
    }
}
