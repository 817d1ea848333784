//! One way to the database for reads and writes alike, whichever database it is; notes when a
//! transaction was lost to another one, so that the writer can run it again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    QueryResult, RuntimeErr, Statement,
};

use crate::cells::Cells;
use crate::embedded::Lines;
use crate::server::READERS;

/// How often a read is repeated on another connection when its own turned out to be dead. A server
/// that was restarted leaves every pooled connection dead.
const REREADS: u32 = READERS;
/// How long a statement may take. A server that lives ends it before; one that has vanished from the
/// network says nothing at all.
pub(crate) const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Where a statement goes.
#[derive(Clone, Copy)]
pub(crate) enum Line<'c> {
    /// The embedded database: any reader, each statement by itself, or the writer, whose transaction
    /// is open. Not by way of the ORM, which would copy every row.
    Embedded(&'c Lines),
    /// Any connection to a server: each statement by itself.
    Pool(&'c DatabaseConnection),
    /// A transaction on a server.
    Transaction(&'c DatabaseTransaction, &'c Lost),
}

/// Whether a transaction was lost, and running it again may succeed.
#[derive(Debug, Default)]
pub(crate) struct Lost(AtomicBool);

impl Lost {
    pub(crate) fn happened(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn note<T>(&self, result: Result<T, DbErr>) -> Result<T, DbErr> {
        if let Err(error) = &result
            && is_lost(error)
        {
            self.0.store(true, Ordering::Relaxed);
        }
        result
    }
}

/// Whether a transaction that is not committed yet may succeed when it is run again.
pub(crate) fn is_lost(error: &DbErr) -> bool {
    is_broken(error) || gave_way(error)
}

/// Whether the server chose this transaction to give way to another: serialization failure or
/// deadlock (PostgreSQL, "Error Codes").
pub(crate) fn gave_way(error: &DbErr) -> bool {
    matches!(state(error).as_deref(), Some("40001" | "40P01"))
}

/// Whether the connection is of no more use: the server went away, or is going.
pub(crate) fn is_broken(error: &DbErr) -> bool {
    match driver(error) {
        Some(sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::WorkerCrashed) => true,
        // Admin shutdown, crash shutdown, cannot connect now, idle too long in a transaction.
        Some(sqlx::Error::Database(told)) => matches!(
            told.code().as_deref(),
            Some("57P01" | "57P02" | "57P03" | "57P05" | "25P03" | "08000" | "08003" | "08006")
        ),
        _ => false,
    }
}

/// The SQLSTATE of a server's error.
pub(crate) fn state(error: &DbErr) -> Option<String> {
    match driver(error)? {
        sqlx::Error::Database(told) => told.code().map(std::borrow::Cow::into_owned),
        _ => None,
    }
}

fn driver(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

/// Reads, from another connection when one is dead, and not for ever.
async fn read<T, F>(query: impl Fn() -> F) -> Result<T, DbErr>
where
    F: Future<Output = Result<T, DbErr>>,
{
    let repeated = async {
        for _ in 0..REREADS {
            match query().await {
                Err(error) if is_broken(&error) => {}
                answer => return answer,
            }
        }
        query().await
    };
    in_time(ANSWER_WITHIN, repeated).await
}

/// What is late counts as a lost connection, which says nothing of what the server did.
pub(crate) async fn in_time<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, DbErr>>,
) -> Result<T, DbErr> {
    tokio::time::timeout(limit, work).await.unwrap_or_else(|_| {
        let words = format!("no answer within {} s", limit.as_secs());
        Err(DbErr::Conn(RuntimeErr::Internal(words)))
    })
}

impl Line<'_> {
    /// The one row of a statement that only reads, as `read` reads it.
    pub(crate) async fn read_one<T>(
        &self,
        statement: Statement,
        read: impl FnOnce(&mut Cells<'_>) -> Result<T, DbErr>,
    ) -> Result<Option<T>, DbErr> {
        match self {
            Self::Embedded(lines) => lines.read_one(&statement, read),
            Self::Pool(_) | Self::Transaction(..) => {
                let row = self.query_one_raw(statement).await?;
                row.map(|row| read(&mut Cells::server(&row))).transpose()
            }
        }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Line<'_> {
    fn get_database_backend(&self) -> DbBackend {
        match self {
            Self::Embedded(_) => DbBackend::Sqlite,
            Self::Pool(pool) => pool.get_database_backend(),
            Self::Transaction(transaction, _) => transaction.get_database_backend(),
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match self {
            Self::Embedded(lines) => lines.execute(&statement).map(Into::into),
            Self::Pool(pool) => pool.execute_raw(statement).await,
            Self::Transaction(transaction, lost) => {
                lost.note(in_time(ANSWER_WITHIN, transaction.execute_raw(statement)).await)
            }
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match self {
            Self::Embedded(lines) => {
                let statement = Statement::from_string(DbBackend::Sqlite, sql);
                lines.execute(&statement).map(Into::into)
            }
            Self::Pool(pool) => pool.execute_unprepared(sql).await,
            Self::Transaction(transaction, lost) => {
                lost.note(in_time(ANSWER_WITHIN, transaction.execute_unprepared(sql)).await)
            }
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self {
            Self::Embedded(lines) => {
                Ok(lines.query(&statement)?.into_iter().next().map(Into::into))
            }
            Self::Transaction(transaction, lost) => {
                lost.note(in_time(ANSWER_WITHIN, transaction.query_one_raw(statement)).await)
            }
            Self::Pool(pool) => read(|| pool.query_one_raw(statement.clone())).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Embedded(lines) => {
                Ok(lines.query(&statement)?.into_iter().map(Into::into).collect())
            }
            Self::Transaction(transaction, lost) => {
                lost.note(in_time(ANSWER_WITHIN, transaction.query_all_raw(statement)).await)
            }
            Self::Pool(pool) => read(|| pool.query_all_raw(statement.clone())).await,
        }
    }
}
