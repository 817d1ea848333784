//! Databases of the tests' own on a real PostgreSQL: one in the cluster that `tests/cluster run`
//! starts for everybody, or a whole cluster that a test stops as it likes. Knows no table.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "what a test cannot go on without ends it; this is part of tests only"
)]

mod cluster;

use std::future::Future;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::thread::JoinHandle;

use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};
use sqlx::{Row as _, postgres::PgConnectOptions};
use tokio::sync::oneshot;

pub use cluster::Cluster;

/// The variable that tells where the cluster is.
const SERVER: &str = "LATCHKEY_TEST_DATABASE";
/// The variable that tells which database whole installations live in.
const BACKEND: &str = "LATCHKEY_TEST_BACKEND";

/// An empty database that is dropped with this value.
pub struct Database {
    server: String,
    name: String,
    /// Its address.
    pub url: String,
}

impl Database {
    /// A new one in the cluster that the tests share.
    ///
    /// # Panics
    /// When there is no cluster: a test that needs one must not look as if it had passed.
    #[must_use]
    pub fn new() -> Self {
        let server = std::env::var(SERVER).unwrap_or_else(|_| {
            panic!(
                "{SERVER} is not set, and this test needs a PostgreSQL server. `tests/run` starts \
                 one; so does `tests/cluster run cargo nextest run`, when Debian's package \
                 postgresql is there"
            )
        });
        Self::on(&server)
    }

    /// A new one where `server` names any database.
    #[must_use]
    pub fn on(server: &str) -> Self {
        let name = format!("latchkey_{:016x}", RandomState::new().build_hasher().finish());
        execute(server, &format!("CREATE DATABASE {name} TEMPLATE template0"));
        let (cluster, _) = server.rsplit_once('/').expect("an address with a database");
        Self { server: server.to_owned(), url: format!("{cluster}/{name}"), name }
    }
}

impl Default for Database {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        // The cluster may be gone already, and everything in it.
        drop(apart(try_execute(self.server.clone(), sql)));
    }
}

/// The database that whole installations are to live in: PostgreSQL when the variable says so, and
/// a file of their own otherwise.
///
/// # Panics
/// When it says anything else.
#[must_use]
pub fn chosen() -> Option<Database> {
    match std::env::var(BACKEND).as_deref() {
        Err(_) | Ok("sqlite") => None,
        Ok("postgresql") => Some(Database::new()),
        Ok(other) => panic!("{BACKEND} is sqlite or postgresql, and not {other}"),
    }
}

/// Runs statements at an address; tells how many rows they changed.
///
/// # Panics
/// When they fail.
pub fn execute(url: &str, sql: &str) -> u64 {
    let done = apart(try_execute(url.to_owned(), sql.to_owned()));
    done.unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// A transaction that stays open until this value goes.
pub struct Transaction {
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Transaction {
    /// Begins one with statements.
    ///
    /// # Panics
    /// When they fail.
    #[must_use]
    pub fn begin(url: &str, sql: &str) -> Self {
        let (url, sql) = (url.to_owned(), format!("BEGIN; {sql}"));
        let (begun, waits) = std::sync::mpsc::channel();
        let (end, ended) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            runtime().block_on(async {
                let mut connection = connect(&url).await.expect("a connection");
                connection.execute(AssertSqlSafe(sql)).await.expect("done");
                begun.send(()).expect("somebody waits");
                drop(ended.await);
                drop(connection.close().await);
            });
        });
        waits.recv().expect("it has begun");
        Self { end: Some(end), thread: Some(thread) }
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            thread.join().expect("it ends well");
        }
    }
}

/// The first column of all rows, which is text.
///
/// # Panics
/// When they cannot be read.
#[must_use]
pub fn texts(url: &str, sql: &str) -> Vec<String> {
    let (url, text) = (url.to_owned(), AssertSqlSafe(sql.to_owned()));
    let read: sqlx::Result<Vec<String>> = apart(async move {
        let mut connection = connect(&url).await?;
        let rows = connection.fetch_all(text).await?;
        rows.iter().map(|row| row.try_get(0)).collect()
    });
    read.unwrap_or_else(|error| panic!("{sql}: {error}"))
}

async fn try_execute(url: String, sql: String) -> sqlx::Result<u64> {
    let mut connection = connect(&url).await?;
    let done = connection.execute(AssertSqlSafe(sql)).await?;
    connection.close().await?;
    Ok(done.rows_affected())
}

async fn connect(url: &str) -> sqlx::Result<sqlx::PgConnection> {
    url.parse::<PgConnectOptions>()?.disable_statement_logging().connect().await
}

/// On a thread and a runtime of its own, so that it can be waited for anywhere.
fn apart<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    std::thread::spawn(move || runtime().block_on(work)).join().expect("it does not panic")
}

fn runtime() -> tokio::runtime::Runtime {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime")
}
