//! What can go wrong with the database, as far as a caller can act on it.

use sea_orm::{DbErr, SqlErr};

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
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(detail)) => return Self::Conflict(detail),
            Some(_) => return Self::Internal(error.to_string()),
            None => {}
        }
        match error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::Unavailable(error.to_string()),
            other => {
                let text = other.to_string();
                if text.contains("database is locked") || text.contains("disk is full") {
                    Self::Unavailable(text)
                } else {
                    Self::Internal(text)
                }
            }
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}
