//! People's ways through the log-in pages.

use latchkey_core::Timestamp;
use latchkey_core::ids::{FlowId, SessionId};
use latchkey_core::requirement::Requirement;
use latchkey_core::secrets::Digest;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, FromQueryResult as _, QueryFilter as _,
};

use crate::entity::flows::{ActiveModel, Column, Entity, Model};
use crate::fixed::Fixed;
use crate::sessions::digest;
use crate::{Result, Tx, View};

/// One way through the log-in pages.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Its key, part of its pages' addresses.
    pub id: FlowId,
    /// The browser that it belongs to, by its cookie's digest.
    pub browser: Digest,
    /// What the protocol asked.
    pub requirement: Requirement,
    /// The path at which the protocol goes on.
    pub resume: String,
    /// What the protocol needs to go on. Opaque to the flow.
    pub payload: String,
    /// The session that its authentications belong to, from the first one on.
    pub session: Option<SessionId>,
    /// The nonce of the step that is to be submitted next.
    pub step: String,
    /// What the flow remembers between steps. Opaque to the store.
    pub progress: String,
    /// When it began.
    pub created_at: Timestamp,
    /// Until when it can be carried on.
    pub expires_at: Timestamp,
    /// When it reached its end.
    pub finished_at: Option<Timestamp>,
}

impl Flow {
    fn from_row(row: Model) -> Result<Self> {
        Ok(Self {
            id: FlowId(row.id),
            browser: digest(&row.browser_digest, "flows.browser_digest")?,
            requirement: serde_json::from_str(&row.requirement)?,
            resume: row.resume,
            payload: row.payload,
            session: row.session_id.map(SessionId),
            step: row.step,
            progress: row.progress,
            created_at: Timestamp::from_millis(row.created_at),
            expires_at: Timestamp::from_millis(row.expires_at),
            finished_at: row.finished_at.map(Timestamp::from_millis),
        })
    }
}

impl View<'_> {
    /// A flow by key, expired and finished ones too.
    pub async fn find_flow(&self, id: FlowId) -> Result<Option<Flow>> {
        static QUERY: Fixed = Fixed::new();
        let row = QUERY.one(&self.conn, || Entity::find_by_id(id.0), id.0.into()).await?;
        let row = row.map(|row| Model::from_query_result(&row, "")).transpose()?;
        row.map(Flow::from_row).transpose()
    }
}

impl Tx {
    /// Keeps a new flow.
    pub async fn insert_flow(&self, new: &Flow) -> Result<()> {
        let row = ActiveModel {
            id: Set(new.id.0),
            browser_digest: Set(new.browser.as_bytes().to_vec()),
            requirement: Set(serde_json::to_string(&new.requirement)?),
            resume: Set(new.resume.clone()),
            payload: Set(new.payload.clone()),
            session_id: Set(new.session.map(|id| id.0)),
            step: Set(new.step.clone()),
            progress: Set(new.progress.clone()),
            created_at: Set(new.created_at.millis()),
            expires_at: Set(new.expires_at.millis()),
            finished_at: Set(new.finished_at.map(Timestamp::millis)),
        };
        Entity::insert(row).exec_without_returning(&self.conn()).await?;
        Ok(())
    }

    /// Stores what `flow` has become, if its step is still `from`: of two submits of one step, one
    /// gets `false`.
    pub async fn advance_flow(&self, flow: &Flow, from: &str) -> Result<bool> {
        let done = Entity::update_many()
            .col_expr(Column::SessionId, Expr::value(flow.session.map(|id| id.0)))
            .col_expr(Column::Step, Expr::value(flow.step.as_str()))
            .col_expr(Column::Progress, Expr::value(flow.progress.as_str()))
            .col_expr(Column::FinishedAt, Expr::value(flow.finished_at.map(Timestamp::millis)))
            .filter(Column::Id.eq(flow.id.0))
            .filter(Column::Step.eq(from))
            .filter(Column::FinishedAt.is_null())
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Hands a finished flow back to its protocol; `false` when that was done before.
    pub async fn return_flow(&self, id: FlowId) -> Result<bool> {
        let done = Entity::update_many()
            .col_expr(Column::Step, Expr::value(""))
            .filter(Column::Id.eq(id.0))
            .filter(Column::Step.ne(""))
            .filter(Column::FinishedAt.is_not_null())
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Removes flows that ended before `before`: at most [`PORTION`](crate::PORTION) of them.
    pub async fn delete_flows_expired_before(&self, before: Timestamp) -> Result<u64> {
        let expired = Column::ExpiresAt.lt(before.millis());
        self.delete_portion::<Entity, _>(Column::Id, expired).await
    }
}
