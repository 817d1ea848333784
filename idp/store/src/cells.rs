//! Rows that are read by the places of their columns, for queries that every request asks: to look each
//! column up by its name costs as much again as to find the row.

use rusqlite::types::{FromSql, FromSqlResult, ValueRef};
use sea_orm::{DbErr, QueryResult, TryGetable};
use uuid::Uuid;

/// The columns of one row, from the first to the last.
pub(crate) struct Cells<'r> {
    row: Row<'r>,
    next: usize,
}

#[derive(Clone, Copy)]
enum Row<'r> {
    Embedded(&'r rusqlite::Row<'r>),
    Server(&'r QueryResult),
}

/// What a column holds.
pub(crate) trait Cell: TryGetable {
    /// From the embedded database, which has fewer types.
    fn embedded(value: ValueRef<'_>) -> FromSqlResult<Self>;
}

macro_rules! as_they_are {
    ($($kind:ty),*) => {$(
        impl Cell for $kind {
            fn embedded(value: ValueRef<'_>) -> FromSqlResult<Self> {
                Self::column_result(value)
            }
        }
    )*};
}
as_they_are!(bool, i64, String, Vec<u8>);

impl Cell for Uuid {
    fn embedded(value: ValueRef<'_>) -> FromSqlResult<Self> {
        <[u8; 16]>::column_result(value).map(Self::from_bytes)
    }
}

impl<T: Cell> Cell for Option<T> {
    fn embedded(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value {
            ValueRef::Null => Ok(None),
            value => T::embedded(value).map(Some),
        }
    }
}

impl<'r> Cells<'r> {
    /// Of a row of the embedded database.
    pub(crate) fn embedded(row: &'r rusqlite::Row<'r>) -> Self {
        Self { row: Row::Embedded(row), next: 0 }
    }

    /// Of a row of a server.
    pub(crate) fn server(row: &'r QueryResult) -> Self {
        Self { row: Row::Server(row), next: 0 }
    }

    /// What the next column holds.
    pub(crate) fn take<T: Cell>(&mut self) -> Result<T, DbErr> {
        let place = self.next;
        self.next += 1;
        match self.row {
            Row::Embedded(row) => {
                let value = row.get_ref(place).map_err(|error| DbErr::Type(error.to_string()))?;
                T::embedded(value).map_err(|error| DbErr::Type(format!("column {place}: {error}")))
            }
            Row::Server(row) => row.try_get_by(place),
        }
    }
}
