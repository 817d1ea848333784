//! The embedded database: SQLite behind the ORM, called in the thread that asks.
//!
//! The ORM's own driver hands every statement to a thread of its connection and the rows back one
//! by one, which costs several times what SQLite needs to answer. Here a statement is a call.
//! Knows SQL text and values, and no table.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSql, ToSqlOutput, Type, ValueRef};
use rusqlite::{CachedStatement, Connection, OpenFlags, Statement as Prepared};
use sea_orm::sea_query::Value;
use sea_orm::{
    Database, DatabaseConnection, DbBackend, DbErr, ProxyDatabaseTrait, ProxyExecResult, ProxyRow,
    RuntimeErr, Statement,
};
use uuid::Uuid;

use crate::cells::Cells;

/// How long a connection waits for another process that holds the file.
const PATIENCE: Duration = Duration::from_secs(5);
/// Statements that a connection keeps prepared. There are about a hundred different ones.
const PREPARED: usize = 128;
/// Readers that are kept open; more are opened while more threads read at the same time.
const READERS: usize = 4;

/// What an error of SQLite begins with on its way through the ORM, before its extended result code.
const MARK: &str = "sqlite ";

/// The one connection that writes. A clone is the same connection.
#[derive(Clone)]
pub(crate) struct WriteLine {
    line: Arc<Mutex<Connection>>,
    lines: Arc<Lines>,
    orm: DatabaseConnection,
}

impl WriteLine {
    /// Opens the file at `path`, which is made if need be.
    pub(crate) async fn open(path: &Path) -> Result<Self, DbErr> {
        let line = Arc::new(Mutex::new(open(path, true).map_err(|error| failure(&error))?));
        let orm = Arc::new(Box::new(Lines::Writer(Arc::clone(&line))) as Box<_>);
        let orm = Database::connect_proxy(DbBackend::Sqlite, orm).await?;
        let lines = Arc::new(Lines::Writer(Arc::clone(&line)));
        Ok(Self { line, lines, orm })
    }

    /// The connection for statements.
    pub(crate) fn lines(&self) -> &Arc<Lines> {
        &self.lines
    }

    /// The connection as migrations take it.
    pub(crate) fn orm(&self) -> &DatabaseConnection {
        &self.orm
    }

    /// Runs statements that say where a transaction begins and ends.
    pub(crate) fn control(&self, sql: &'static str) -> Result<(), DbErr> {
        locked(&self.line)
            .prepare_cached(sql)
            .and_then(|mut ready| ready.execute([]))
            .map_err(|error| failure(&error))?;
        Ok(())
    }

    /// Gives up what a failed transaction left open.
    pub(crate) fn abandon(&self) {
        let line = locked(&self.line);
        // Most failures have rolled back already.
        if !line.is_autocommit()
            && let Err(error) = line.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a failed transaction could not be rolled back");
        }
    }
}

/// Opens the file at `path` for reading, from as many threads as ask.
pub(crate) fn readers(path: &Path) -> Result<Lines, DbErr> {
    let first = open(path, false).map_err(|error| failure(&error))?;
    Ok(Lines::Readers { path: path.to_owned(), idle: Mutex::new(vec![first]) })
}

fn open(path: &Path, writes: bool) -> rusqlite::Result<Connection> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    flags.set(OpenFlags::SQLITE_OPEN_CREATE, writes);
    let line = Connection::open_with_flags(path, flags)?;
    line.busy_timeout(PATIENCE)?;
    line.set_prepared_statement_cache_capacity(PREPARED);
    // Otherwise every bound value makes SQLite think its plan over, which is a parse each time.
    line.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // `synchronous = FULL`: what was acknowledged survives a power cut. Memory-mapped pages would
    // count as resident memory.
    line.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
         PRAGMA secure_delete = ON; PRAGMA mmap_size = 0; PRAGMA cache_size = -2000; PRAGMA journal_size_limit = 16777216;",
    )?;
    if !writes {
        line.execute_batch("PRAGMA query_only = ON;")?;
    }
    Ok(line)
}

/// Where statements go.
pub(crate) enum Lines {
    Writer(Arc<Mutex<Connection>>),
    Readers { path: PathBuf, idle: Mutex<Vec<Connection>> },
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Writer(_) => "the writer",
            Self::Readers { .. } => "the readers",
        })
    }
}

impl Lines {
    fn with<T>(&self, call: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, DbErr> {
        match self {
            Self::Writer(line) => call(&locked(line)).map_err(|error| failure(&error)),
            Self::Readers { path, idle } => {
                // The lock is not held while the statement runs.
                let waiting = locked(idle).pop();
                let line = match waiting {
                    Some(line) => line,
                    None => open(path, false).map_err(|error| failure(&error))?,
                };
                let answer = call(&line).map_err(|error| failure(&error));
                let mut idle = locked(idle);
                if idle.len() < READERS {
                    idle.push(line);
                }
                answer
            }
        }
    }
}

impl Lines {
    /// The rows of a statement.
    pub(crate) fn query(&self, statement: &Statement) -> Result<Vec<ProxyRow>, DbErr> {
        self.with(|line| {
            let mut prepared = prepare(line, statement)?;
            rows(&mut prepared)
        })
    }

    /// The first row of a statement, as `read` reads it.
    pub(crate) fn read_one<T>(
        &self,
        statement: &Statement,
        read: impl FnOnce(&mut Cells<'_>) -> Result<T, DbErr>,
    ) -> Result<Option<T>, DbErr> {
        let found = self.with(|line| {
            let mut prepared = prepare(line, statement)?;
            let mut cursor = prepared.raw_query();
            Ok(cursor.next()?.map(|row| read(&mut Cells::embedded(row))))
        });
        found?.transpose()
    }

    /// How many rows a statement changes.
    pub(crate) fn execute(&self, statement: &Statement) -> Result<ProxyExecResult, DbErr> {
        self.with(|line| {
            let mut prepared = prepare(line, statement)?;
            // Statements that answer with rows (a pragma) are stepped through all the same.
            if prepared.column_count() > 0 {
                let affected = rows(&mut prepared)?.len();
                return Ok(ProxyExecResult::new(0, affected as u64));
            }
            let affected = prepared.raw_execute()?;
            Ok(ProxyExecResult::new(0, affected as u64))
        })
    }
}

#[async_trait::async_trait]
impl ProxyDatabaseTrait for Lines {
    async fn query(&self, statement: Statement) -> Result<Vec<ProxyRow>, DbErr> {
        Self::query(self, &statement)
    }

    async fn execute(&self, statement: Statement) -> Result<ProxyExecResult, DbErr> {
        Self::execute(self, &statement)
    }
}

fn prepare<'l>(
    line: &'l Connection,
    statement: &Statement,
) -> rusqlite::Result<CachedStatement<'l>> {
    let mut prepared = line.prepare_cached(&statement.sql)?;
    let values = statement.values.iter().flat_map(|values| values.0.iter());
    for (index, value) in values.enumerate() {
        prepared.raw_bind_parameter(index + 1, Bound(value))?;
    }
    Ok(prepared)
}

/// A value of the ORM as SQLite takes it.
struct Bound<'a>(&'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let value = match self.0 {
            Value::Bool(value) => value.map(|flag| ValueRef::Integer(flag.into())),
            Value::TinyInt(value) => value.map(|number| ValueRef::Integer(number.into())),
            Value::SmallInt(value) => value.map(|number| ValueRef::Integer(number.into())),
            Value::Int(value) => value.map(|number| ValueRef::Integer(number.into())),
            Value::BigInt(value) => value.map(ValueRef::Integer),
            Value::Unsigned(value) => value.map(|number| ValueRef::Integer(number.into())),
            Value::BigUnsigned(Some(number)) => {
                let number = i64::try_from(*number);
                Some(ValueRef::Integer(
                    number.map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?,
                ))
            }
            Value::BigUnsigned(None) => None,
            Value::Double(value) => value.map(ValueRef::Real),
            Value::String(value) => value.as_ref().map(|text| ValueRef::Text(text.as_bytes())),
            Value::Bytes(value) => value.as_ref().map(|bytes| ValueRef::Blob(bytes)),
            Value::Uuid(value) => value.as_ref().map(|uuid| ValueRef::Blob(uuid.as_bytes())),
            other => {
                let what = format!("no column holds {other:?}");
                return Err(rusqlite::Error::ToSqlConversionFailure(what.into()));
            }
        };
        Ok(ToSqlOutput::Borrowed(value.unwrap_or(ValueRef::Null)))
    }
}

/// What a column was declared to hold; SQLite itself keeps only integers, texts and bytes.
#[derive(Clone, Copy)]
enum Kind {
    Uuid,
    Flag,
    Integer,
    Text,
    Bytes,
    Undeclared,
}

impl Kind {
    fn of(declared: Option<&str>) -> Self {
        match declared {
            Some("uuid_text") => Self::Uuid,
            Some("boolean") => Self::Flag,
            Some("integer" | "bigint") => Self::Integer,
            Some("text" | "varchar") => Self::Text,
            Some(bytes) if bytes.starts_with("blob") => Self::Bytes,
            _ => Self::Undeclared,
        }
    }

    fn read(self, value: ValueRef<'_>) -> rusqlite::Result<Value> {
        Ok(match (self, value) {
            (Self::Uuid, ValueRef::Blob(bytes)) => {
                let uuid = Uuid::from_slice(bytes).map_err(|error| {
                    let error = Box::new(error);
                    rusqlite::Error::FromSqlConversionFailure(bytes.len(), Type::Blob, error)
                })?;
                Value::Uuid(Some(uuid))
            }
            (Self::Uuid, ValueRef::Null) => Value::Uuid(None),
            (Self::Flag, ValueRef::Integer(number)) => Value::Bool(Some(number != 0)),
            (Self::Flag, ValueRef::Null) => Value::Bool(None),
            (Self::Integer, ValueRef::Null) => Value::BigInt(None),
            (Self::Bytes, ValueRef::Null) => Value::Bytes(None),
            (_, ValueRef::Integer(number)) => Value::BigInt(Some(number)),
            (_, ValueRef::Real(number)) => Value::Double(Some(number)),
            (_, ValueRef::Text(text)) => Value::String(Some(std::str::from_utf8(text)?.to_owned())),
            (_, ValueRef::Blob(bytes)) => Value::Bytes(Some(bytes.to_vec())),
            (Self::Text | Self::Undeclared, ValueRef::Null) => Value::String(None),
        })
    }
}

fn rows(prepared: &mut Prepared<'_>) -> rusqlite::Result<Vec<ProxyRow>> {
    let columns = prepared.columns();
    let kinds: Vec<Kind> = columns.iter().map(|column| Kind::of(column.decl_type())).collect();
    let mut found = Vec::new();
    let mut cursor = prepared.raw_query();
    while let Some(row) = cursor.next()? {
        let mut values = BTreeMap::new();
        for (index, kind) in kinds.iter().enumerate() {
            let name = row.as_ref().column_name(index)?.to_owned();
            values.insert(name, kind.read(row.get_ref(index)?)?);
        }
        found.push(ProxyRow::new(values));
    }
    Ok(found)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic inside a call leaves no connection half-changed: SQLite rolls back by itself.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An error with its extended result code, which [`code`] finds again.
fn failure(error: &rusqlite::Error) -> DbErr {
    let text = match error {
        rusqlite::Error::SqliteFailure(told, _) => format!("{MARK}{}: {error}", told.extended_code),
        other => other.to_string(),
    };
    DbErr::Exec(RuntimeErr::Internal(text))
}

/// SQLite's extended result code, if it was SQLite that failed.
pub(crate) fn code(error: &DbErr) -> Option<i32> {
    let (DbErr::Exec(RuntimeErr::Internal(text)) | DbErr::Query(RuntimeErr::Internal(text))) =
        error
    else {
        return None;
    };
    text.strip_prefix(MARK)?.split_once(':')?.0.parse().ok()
}
