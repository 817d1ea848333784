//! Everything that Latchkey remembers, behind typed reads and write closures.
//!
//! With the migrations this is the only crate that names the ORM. One file per aggregate; each adds
//! its reads to [`View`] and its writes to [`Tx`]. No hashing, signing or network happens inside a
//! write. What an administrator may touch is reached through [`View::within`] and [`Tx::within`]
//! only.

mod audit;
mod ceremonies;
mod clients;
mod credentials;
mod entity;
mod error;
mod flows;
mod grants;
mod leases;
mod organisations;
mod people;
mod sessions;
mod settings;
mod signing_keys;
#[cfg(test)]
mod tests;
mod within;
mod writer;

use std::path::Path;
use std::time::Duration;

use latchkey_migrations::Migrator;
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseExecutor, DatabaseTransaction,
};
use sea_orm_migration::MigratorTrait as _;

pub use ceremonies::Ceremony;
pub use clients::{ConsentRecord, StoredClient};
pub use error::{Error, Result};
pub use flows::Flow;
pub use grants::{Grant, Redeemed, Refresh};
pub use organisations::OrganisationRecord;
pub use people::PersonRecord;
pub use sessions::{Proofs, Session, SessionWithPerson};
pub use signing_keys::StoredKey;
pub use within::{Within, WithinTx};
use writer::Writer;

/// The database of one installation.
pub struct Store {
    readers: DatabaseConnection,
    writer: Writer,
}

/// Reads, from the pool or inside a write.
pub struct View<'c> {
    conn: DatabaseExecutor<'c>,
}

/// One write under way. Reads see what it wrote.
pub struct Tx {
    txn: DatabaseTransaction,
}

/// How many statements read at the same time on SQLite.
const READERS: u32 = 4;

impl Store {
    /// Opens the database at `url` (`sqlite:PATH`), makes it if need be and brings its schema up
    /// to date.
    ///
    /// # Errors
    /// When it cannot be opened or its schema cannot be brought up to date, in words for an
    /// operator.
    pub async fn open(url: &str) -> Result<Self> {
        let Some(path) = url.strip_prefix("sqlite:") else {
            return Err(Error::Configuration(format!(
                "the database address {:?} starts with none of: sqlite:",
                url.split(':').next().unwrap_or_default()
            )));
        };
        let path = path.trim_start_matches("//");
        if let Some(folder) = Path::new(path).parent().filter(|f| !f.as_os_str().is_empty()) {
            create_private_folder(folder)?;
        }
        let writer = connect(path, 1, false).await?;
        Migrator::up(&writer, None).await.map_err(Error::from)?;
        let readers = connect(path, READERS, true).await?;
        Ok(Self { readers, writer: Writer::start(writer)? })
    }

    /// Reads from the pool.
    #[must_use]
    pub fn view(&self) -> View<'_> {
        View { conn: DatabaseExecutor::Connection(&self.readers) }
    }

    /// Carries out one write: everything that `work` does is kept, durably, or nothing of it.
    ///
    /// `work` may be called again when the database asks for a retry, so it captures what it needs
    /// and changes nothing outside. Writes that wait at the same time share one commit.
    ///
    /// # Errors
    /// What `work` returns (nothing is kept then), or that the database could not commit.
    pub async fn write<T, E, F>(&self, work: F) -> std::result::Result<T, E>
    where
        F: AsyncFn(&Tx) -> std::result::Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.writer.write(work).await
    }
}

impl Tx {
    /// Reads that see what this write has done so far.
    #[must_use]
    pub fn view(&self) -> View<'_> {
        View { conn: DatabaseExecutor::Transaction(&self.txn) }
    }
}

async fn connect(path: &str, connections: u32, read_only: bool) -> Result<DatabaseConnection> {
    let mode = if read_only { "rw" } else { "rwc" };
    let mut options = ConnectOptions::new(format!("sqlite://{path}?mode={mode}"));
    options
        .max_connections(connections)
        .min_connections(1)
        .sqlx_logging(false)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(Duration::from_secs(10))
        .map_sqlx_sqlite_opts(move |options| {
            // `synchronous = FULL`: what was acknowledged survives a power cut. Memory-mapped
            // pages would count as resident memory.
            let options = options
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
                .pragma("foreign_keys", "ON")
                .pragma("mmap_size", "0")
                .pragma("cache_size", "-2000")
                .pragma("journal_size_limit", "16777216")
                .busy_timeout(Duration::from_secs(5));
            if read_only { options.pragma("query_only", "ON") } else { options }
        });
    Database::connect(options).await.map_err(Error::from)
}

/// The folder holds password hashes and keys: nobody else on the machine may look.
fn create_private_folder(folder: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| {
        Error::Configuration(format!("cannot make the folder {}: {error}", folder.display()))
    })
}
