//! A database server: PostgreSQL, or what speaks its protocol. Owns how it is connected to.
//!
//! No advisory locks, no notifications, nothing that keeps a managed or distributed server from
//! being used.

use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};

/// Writes under way at the same time, of one node.
pub(crate) const WRITERS: u32 = 8;
/// Reads under way at the same time, of one node.
const READERS: u32 = 16;
/// How long a request waits for a connection before it is told to come back later.
const PATIENCE: Duration = Duration::from_secs(4);

/// Whether an address is a server's.
pub(crate) fn is_address(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// Connections that only read.
pub(crate) async fn readers(url: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = serving(url, READERS, ("default_transaction_read_only", "on"));
    Database::connect(options.min_connections(1).to_owned()).await
}

/// Connections that write. They are made where they are first used: in the writer's own thread.
pub(crate) async fn writers(url: &str) -> Result<DatabaseConnection, DbErr> {
    // What a write read, nobody else has changed by its commit: the same promise that the embedded
    // database's single writer gives.
    let mut options = serving(url, WRITERS, ("default_transaction_isolation", "serializable"));
    Database::connect(options.connect_lazy(true).to_owned()).await
}

/// The connection that changes the schema. It takes its time, and waits for other nodes that do the
/// same.
pub(crate) async fn schema(url: &str) -> Result<DatabaseConnection, DbErr> {
    Database::connect(options(url, 1, &[])).await
}

/// For connections that people wait for: a statement that hangs holds one, and with it everybody
/// else.
fn serving(url: &str, connections: u32, further: (&'static str, &'static str)) -> ConnectOptions {
    let limits = [
        ("statement_timeout", "8000"),
        ("lock_timeout", "4000"),
        ("idle_in_transaction_session_timeout", "8000"),
        further,
    ];
    options(url, connections, &limits)
}

fn options(
    url: &str,
    connections: u32,
    settings: &[(&'static str, &'static str)],
) -> ConnectOptions {
    let settings = settings.to_vec();
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(0)
        .sqlx_logging(false)
        .test_before_acquire_if_idle_for(Duration::from_secs(20))
        .idle_timeout(Duration::from_secs(300))
        .max_lifetime(Duration::from_secs(1800))
        .acquire_timeout(PATIENCE)
        .map_sqlx_postgres_opts(move |options| {
            options.application_name("latchkey").options(settings.iter().copied())
        });
    options
}
