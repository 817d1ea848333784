//! Requests that may be sent again: each by the digest of its key, carried out once.

use latchkey_core::Timestamp;
use latchkey_core::secrets::{Digest, Sealed};
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use crate::entity::idempotency::{ActiveModel, Column, Entity};
use crate::sessions::digest;
use crate::{Error, Result, Tx, View};

/// A request that was sent with a key.
#[derive(Clone, Debug)]
pub struct Repeatable {
    /// Of who sent it and the key.
    pub key: Digest,
    /// Of what was sent: the same key for anything else is a mistake.
    pub request: Digest,
    /// The answer, once there is one.
    pub answer: Option<KeptAnswer>,
    /// When it is forgotten.
    pub expires_at: Timestamp,
}

/// An answer that is kept for whoever sends the same again.
#[derive(Clone, Debug)]
pub struct KeptAnswer {
    /// Its status.
    pub status: u16,
    /// Its body, sealed; absent where that was told once.
    pub body: Option<Sealed>,
}

impl View<'_> {
    /// The request of a key, unless it is forgotten.
    pub async fn find_repeatable(&self, key: Digest, now: Timestamp) -> Result<Option<Repeatable>> {
        let row = Entity::find_by_id(key.as_bytes().to_vec())
            .filter(Column::ExpiresAt.gt(now.millis()))
            .one(&self.conn)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let damaged = |_| Error::damaged("idempotency.status");
        let status = row.status.map(u16::try_from).transpose().map_err(damaged)?;
        let body = row.answer.map(Sealed::from_bytes);
        Ok(Some(Repeatable {
            key: digest(&row.key_digest, "idempotency.key_digest")?,
            request: digest(&row.request_digest, "idempotency.request_digest")?,
            answer: status.map(|status| KeptAnswer { status, body }),
            expires_at: Timestamp::from_millis(row.expires_at),
        }))
    }
}

impl Tx {
    /// Begins a request; `false` when its key is there already.
    pub async fn begin_repeatable(&self, new: &Repeatable, now: Timestamp) -> Result<bool> {
        let key = new.key.as_bytes().to_vec();
        Entity::delete_many()
            .filter(Column::KeyDigest.eq(key.clone()).and(Column::ExpiresAt.lte(now.millis())))
            .exec(&self.conn())
            .await?;
        let row = ActiveModel {
            key_digest: Set(key),
            request_digest: Set(new.request.as_bytes().to_vec()),
            status: Set(None),
            answer: Set(None),
            expires_at: Set(new.expires_at.millis()),
        };
        let added = Entity::insert(row)
            .on_conflict(OnConflict::column(Column::KeyDigest).do_nothing().to_owned())
            .exec_without_returning(&self.conn())
            .await?;
        Ok(added == 1)
    }

    /// Keeps the answer of a request.
    pub async fn answer_repeatable(
        &self,
        key: Digest,
        answer: &KeptAnswer,
        until: Timestamp,
    ) -> Result<()> {
        let body = answer.body.as_ref().map(|body| body.as_bytes().to_vec());
        Entity::update_many()
            .col_expr(Column::Status, Expr::value(i64::from(answer.status)))
            .col_expr(Column::Answer, Expr::value(body))
            .col_expr(Column::ExpiresAt, Expr::value(until.millis()))
            .filter(Column::KeyDigest.eq(key.as_bytes().to_vec()))
            .exec(&self.conn())
            .await?;
        Ok(())
    }

    /// Forgets a request that was not carried out.
    pub async fn forget_repeatable(&self, key: Digest) -> Result<()> {
        Entity::delete_by_id(key.as_bytes().to_vec()).exec(&self.conn()).await?;
        Ok(())
    }

    /// Forgets requests whose time is over: at most [`PORTION`](crate::PORTION) of them.
    pub async fn delete_expired_repeatables(&self, now: Timestamp) -> Result<u64> {
        let over = Column::ExpiresAt.lte(now.millis());
        self.delete_portion::<Entity, _>(Column::KeyDigest, over).await
    }
}
