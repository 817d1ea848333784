//! What can go wrong with the database, as far as a caller can act on it.

use sea_orm::{DbErr, SqlErr};

use crate::{embedded, line};

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A row with the same unique value exists.
    #[error("already there: {0}")]
    Conflict(String),
    /// The database cannot serve at present; the same call may work later.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The operator has to change something.
    #[error("{0}")]
    Configuration(String),
    /// A stored value is not what this version writes.
    #[error("stored data is damaged: {0}")]
    Damaged(String),
    /// Anything else.
    #[error("database: {0}")]
    Internal(String),
}

impl Error {
    /// Whether a unique value was there already.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict(_))
    }

    pub(crate) fn damaged(what: &str) -> Self {
        Self::Damaged(what.to_owned())
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if let Some(code) = embedded::code(&error) {
            return of_embedded(code, error.to_string());
        }
        if let Some(SqlErr::UniqueConstraintViolation(detail)) = error.sql_err() {
            return Self::Conflict(detail);
        }
        if line::is_broken(&error) {
            return Self::Unavailable(error.to_string());
        }
        match (&error, line::state(&error)) {
            (DbErr::ConnectionAcquire(_) | DbErr::Conn(_), _) => {
                Self::Unavailable(error.to_string())
            }
            (_, Some(state)) if is_passing(&state) => Self::Unavailable(error.to_string()),
            _ => Self::Internal(error.to_string()),
        }
    }
}

/// Whether a server's error says something of its present state, and nothing of the statement:
/// insufficient resources, operator intervention (a timeout among them), a lock that others hold,
/// a transaction that gave way, a standby that takes no writes (PostgreSQL, "Error Codes").
fn is_passing(state: &str) -> bool {
    ["53", "57", "55", "40", "58"].iter().any(|class| state.starts_with(class)) || state == "25006"
}

/// SQLite, "Result and Error Codes": the low byte is the primary code.
fn of_embedded(code: i32, text: String) -> Error {
    const UNIQUE: i32 = 2067;
    const PRIMARY_KEY: i32 = 1555;
    const BUSY: i32 = 5;
    const LOCKED: i32 = 6;
    const READ_ONLY: i32 = 8;
    const IO: i32 = 10;
    const CORRUPT: i32 = 11;
    const FULL: i32 = 13;
    const CANNOT_OPEN: i32 = 14;
    const NOT_A_DATABASE: i32 = 26;
    match (code, code & 0xff) {
        (UNIQUE | PRIMARY_KEY, _) => Error::Conflict(text),
        (_, BUSY | LOCKED | READ_ONLY | IO | FULL | CANNOT_OPEN) => Error::Unavailable(text),
        (_, CORRUPT | NOT_A_DATABASE) => Error::Damaged(text),
        _ => Error::Internal(text),
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        // Its own words quote what is stored, a name perhaps, and errors go into the log.
        let (line, column) = (error.line(), error.column());
        Self::Damaged(format!("JSON of another shape, at line {line}, column {column}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_json_is_told_without_what_is_in_it() {
        let read = serde_json::from_str::<std::collections::BTreeMap<String, u8>>;
        for text in ["\"Amy Ward\"", "{\"email\": \"Amy Ward\"}", "{\"Amy Ward"] {
            let told = Error::from(read(text).expect_err("of another shape")).to_string();
            assert!(
                told.starts_with("stored data is damaged: JSON of another shape, at"),
                "{told}"
            );
            assert!(!told.contains("Amy"), "{told}");
        }
    }
}
