//! Tests of log-ins to applications: each begins once and ends once, on whichever node, and goes with
//! the application, the person and the session that it belongs to.

use latchkey_core::Timestamp;
use latchkey_core::ids::{ClientId, LogInTestId, PersonId, SessionId};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use crate::entity::log_in_tests::{ActiveModel, Column, Entity, Model};
use crate::{Result, Tx, View};

/// A test of a log-in to an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogInTest {
    /// Its key, part of addresses.
    pub id: LogInTestId,
    /// To which application.
    pub client: ClientId,
    /// Who tries it, and logs in.
    pub person: PersonId,
    /// In which session they began, and have to log in.
    pub session: SessionId,
    /// What the application asks. Opaque to the store.
    pub request: String,
    /// What there is to tell of it so far. Opaque to the store.
    pub told: String,
    /// When the log-in began.
    pub begun_at: Option<Timestamp>,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// Until when it can go on, and be read.
    pub expires_at: Timestamp,
}

impl LogInTest {
    fn from_row(row: Model) -> Self {
        Self {
            id: LogInTestId(row.id),
            client: ClientId(row.client_id),
            person: PersonId(row.person_id),
            session: SessionId(row.session_id),
            request: row.request,
            told: row.told,
            begun_at: row.begun_at.map(Timestamp::from_millis),
            ended_at: row.ended_at.map(Timestamp::from_millis),
            expires_at: Timestamp::from_millis(row.expires_at),
        }
    }
}

impl View<'_> {
    /// A test, unless its time is over.
    pub async fn find_log_in_test(
        &self,
        id: LogInTestId,
        now: Timestamp,
    ) -> Result<Option<LogInTest>> {
        let live = Entity::find_by_id(id.0).filter(Column::ExpiresAt.gt(now.millis()));
        Ok(live.one(&self.conn).await?.map(LogInTest::from_row))
    }
}

impl Tx {
    /// Keeps a new test.
    pub async fn insert_log_in_test(&self, new: &LogInTest) -> Result<()> {
        let row = ActiveModel {
            id: Set(new.id.0),
            client_id: Set(new.client.0.clone()),
            person_id: Set(new.person.0),
            session_id: Set(new.session.0),
            request: Set(new.request.clone()),
            told: Set(new.told.clone()),
            begun_at: Set(new.begun_at.map(Timestamp::millis)),
            ended_at: Set(new.ended_at.map(Timestamp::millis)),
            expires_at: Set(new.expires_at.millis()),
        };
        Entity::insert(row).exec_without_returning(&self.conn()).await?;
        Ok(())
    }

    /// Begins the log-in of a test; `false` when that was done before, or its time is over.
    pub async fn begin_log_in_test(&self, id: LogInTestId, now: Timestamp) -> Result<bool> {
        let done = Entity::update_many()
            .col_expr(Column::BegunAt, Expr::value(now.millis()))
            .filter(Column::Id.eq(id.0))
            .filter(Column::BegunAt.is_null())
            .filter(Column::EndedAt.is_null())
            .filter(Column::ExpiresAt.gt(now.millis()))
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Ends a test with what there is to tell of it, to be read until `until`; `false` when it has
    /// ended before, or its time is over.
    pub async fn end_log_in_test(
        &self,
        id: LogInTestId,
        told: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool> {
        let done = Entity::update_many()
            .col_expr(Column::Told, Expr::value(told))
            .col_expr(Column::EndedAt, Expr::value(now.millis()))
            .col_expr(Column::ExpiresAt, Expr::value(until.millis()))
            .filter(Column::Id.eq(id.0))
            .filter(Column::EndedAt.is_null())
            .filter(Column::ExpiresAt.gt(now.millis()))
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Removes tests whose time is over: at most [`PORTION`](crate::PORTION) of them.
    pub async fn delete_expired_log_in_tests(&self, now: Timestamp) -> Result<u64> {
        let over = Column::ExpiresAt.lte(now.millis());
        self.delete_portion::<Entity, _>(Column::Id, over).await
    }
}
