//! Queries that every request asks. The ORM takes longer to write their text than SQLite to answer
//! them, so it writes each text once; the values are bound anew every time.

use std::sync::OnceLock;

use sea_orm::{ConnectionTrait as _, DbBackend, DbErr, QueryResult, QueryTrait, Statement, Value};

use crate::cells::Cells;
use crate::line::Line;

/// The text of one query, for each kind of database.
pub(crate) struct Fixed {
    embedded: OnceLock<String>,
    server: OnceLock<String>,
}

impl Fixed {
    /// Not written yet.
    pub(crate) const fn new() -> Self {
        Self { embedded: OnceLock::new(), server: OnceLock::new() }
    }

    /// The one row of a query by a unique key. `query` is written with any value in the key's
    /// place, and `key` is what is asked for.
    pub(crate) async fn one<Q: QueryTrait>(
        &self,
        conn: &Line<'_>,
        query: impl FnOnce() -> Q,
        key: Value,
    ) -> Result<Option<QueryResult>, DbErr> {
        conn.query_one_raw(self.statement(conn, query, key)).await
    }

    /// The same, read by the places of its columns.
    pub(crate) async fn read<Q: QueryTrait, T>(
        &self,
        conn: &Line<'_>,
        query: impl FnOnce() -> Q,
        key: Value,
        read: impl FnOnce(&mut Cells<'_>) -> Result<T, DbErr>,
    ) -> Result<Option<T>, DbErr> {
        conn.read_one(self.statement(conn, query, key), read).await
    }

    /// Every row of a query by one value, as [`one`](Self::one).
    pub(crate) async fn all<Q: QueryTrait>(
        &self,
        conn: &Line<'_>,
        query: impl FnOnce() -> Q,
        key: Value,
    ) -> Result<Vec<QueryResult>, DbErr> {
        conn.query_all_raw(self.statement(conn, query, key)).await
    }

    fn statement<Q: QueryTrait>(
        &self,
        conn: &Line<'_>,
        query: impl FnOnce() -> Q,
        key: Value,
    ) -> Statement {
        let backend = conn.get_database_backend();
        let text = match backend {
            DbBackend::Postgres => &self.server,
            _ => &self.embedded,
        };
        let text = text.get_or_init(|| query().build(backend).sql);
        Statement::from_sql_and_values(backend, text, [key])
    }
}
