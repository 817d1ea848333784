//! A database server: PostgreSQL, or what speaks its protocol. Owns its address and how it is
//! connected to.
//!
//! No advisory locks, no notifications, nothing that keeps a managed or distributed server from
//! being used.

use std::time::Duration;

use sea_orm::DatabaseConnection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};

use crate::{Error, Result};

/// Writes under way at the same time, of one node.
pub(crate) const WRITERS: u32 = 8;
/// Reads under way at the same time, of one node.
pub(crate) const READERS: u32 = 16;
/// How long a request waits for a connection before it is told to come back later.
const PATIENCE: Duration = Duration::from_secs(4);
/// A connection that was idle so long is tried before it is used: the network may have dropped it.
const DOUBTED_AFTER: Duration = Duration::from_secs(20);
/// What may stand after the question mark of an address.
const PARAMETERS: [&str; 10] = [
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "host",
    "port",
    "user",
    "password",
    "dbname",
    "options",
];

/// How TLS to the server may be asked for.
const MODES: [&str; 6] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

/// Whether an address is a server's.
#[must_use]
pub fn is_server_address(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// Checks a server's address without connecting.
///
/// # Errors
/// What is wrong with it. An address holds a password, so nothing of it is repeated.
pub fn check_server_address(url: &str) -> Result<()> {
    parse(url).map(drop)
}

fn parse(url: &str) -> Result<PgConnectOptions> {
    let wrong = |why: &str| {
        Error::Configuration(format!(
            "not an address of a PostgreSQL database: {why} (in user name and password, signs \
             such as @ : / ? # stand as %40 %3A %2F %3F %23)"
        ))
    };
    if url.contains('#') {
        return Err(wrong("nothing stands after a #"));
    }
    // The driver would log what it does not know, values and all.
    let (_, query) = url.split_once('?').unwrap_or((url, ""));
    let known = |name: &str| {
        PARAMETERS.contains(&name) || (name.starts_with("options[") && name.ends_with(']'))
    };
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if !known(name) {
            return Err(wrong(&format!("after the ? may stand {}", PARAMETERS.join(", "))));
        }
        // The driver would repeat the value. It is a part of the password when that has a ? in it.
        if name == "sslmode" && !MODES.iter().any(|mode| mode.eq_ignore_ascii_case(value)) {
            return Err(wrong(&format!("sslmode is one of {}", MODES.join(", "))));
        }
    }
    url.parse().map_err(|error: sqlx::Error| match error {
        sqlx::Error::Configuration(error) => wrong(&error.to_string()),
        other => wrong(&other.to_string()),
    })
}

/// Connects once, to find out at once and in words whether that can be done: a pool would try until
/// its time is up and say nothing but that it is.
///
/// # Errors
/// [`Error::Configuration`] when the server is there and refuses who asks or knows no such database,
/// which no waiting mends.
pub(crate) async fn reach(url: &str) -> Result<()> {
    let options = parse(url)?;
    match tokio::time::timeout(PATIENCE, options.connect()).await {
        Ok(Ok(connection)) => {
            // It did its work, however it ends.
            drop(connection.close().await);
            Ok(())
        }
        Ok(Err(sqlx::Error::Database(told)))
            if told.code().is_some_and(|code| code.starts_with("28") || code.starts_with("3D")) =>
        {
            Err(Error::Configuration(format!("the database server refuses: {told}")))
        }
        Ok(Err(error)) => Err(Error::Unavailable(error.to_string())),
        Err(_) => Err(Error::Unavailable("its server does not answer".to_owned())),
    }
}

/// Connections that only read. They are made where they are first used, as all here are.
pub(crate) fn readers(url: &str) -> Result<DatabaseConnection> {
    serving(url, READERS, ("default_transaction_read_only", "on"))
}

/// Connections that write.
pub(crate) fn writers(url: &str) -> Result<DatabaseConnection> {
    // What a write read, nobody else has changed by its commit: the same promise that the embedded
    // database's single writer gives.
    serving(url, WRITERS, ("default_transaction_isolation", "serializable"))
}

/// The connection that changes the schema. It takes its time, and waits for other nodes that do the
/// same.
pub(crate) fn schema(url: &str) -> Result<DatabaseConnection> {
    pool(url, 1, &[])
}

/// For connections that people wait for: a statement that hangs holds one, and with it everybody
/// else.
fn serving(
    url: &str,
    connections: u32,
    further: (&'static str, &'static str),
) -> Result<DatabaseConnection> {
    let limits = [
        ("statement_timeout", "8000"),
        ("lock_timeout", "4000"),
        ("idle_in_transaction_session_timeout", "8000"),
        further,
    ];
    pool(url, connections, &limits)
}

fn pool(url: &str, connections: u32, settings: &[(&str, &str)]) -> Result<DatabaseConnection> {
    let options = parse(url)?
        .application_name("latchkey")
        .options(settings.iter().copied())
        .disable_statement_logging();
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .min_connections(0)
        .acquire_timeout(PATIENCE)
        .idle_timeout(Duration::from_secs(300))
        .max_lifetime(Duration::from_secs(1800))
        .test_before_acquire(false)
        .before_acquire(|connection: &mut PgConnection, about| {
            Box::pin(async move {
                if about.idle_for > DOUBTED_AFTER {
                    let tried = tokio::time::timeout(PATIENCE / 4, connection.ping()).await;
                    return Ok(matches!(tried, Ok(Ok(()))));
                }
                Ok(true)
            })
        })
        .after_connect(|connection, _| {
            Box::pin(async move {
                // What we ask takes a few milliseconds, and a query that looks dear to the planner
                // would be compiled for two hundred first. A server without a compiler has no such
                // setting, and needs none.
                let off = "SELECT set_config('jit', 'off', false)";
                match connection.execute(off).await {
                    Ok(_) | Err(sqlx::Error::Database(_)) => Ok(()),
                    Err(error) => Err(error),
                }
            })
        })
        .connect_lazy_with(options);
    Ok(pool.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_an_address_is_told_without_any_of_it() {
        for (address, part) in [
            ("postgres://amy:Wx7Qz9Kp?sslmode=on@db/latchkey", "sslmode is one of disable, "),
            ("postgres://amy@db/latchkey?sslmode=Wx7Qz9Kp", "sslmode is one of disable, "),
            ("postgres://amy@db/latchkey?port=Wx7Qz9Kp", "digit"),
            ("postgres://amy:12/Wx7Qz9Kp@db/latchkey", ""),
            ("postgres://amy:%ffWx7Qz9Kp@db/latchkey", "utf-8"),
            ("postgres://amy:x?Wx7Qz9Kp=1@db/latchkey", "after the ? may stand"),
            ("postgres://amy:Wx7Qz9Kp#@db/latchkey", "nothing stands after a #"),
            ("postgres://amy:Wx7Qz9Kp@[db/latchkey", "address"),
        ] {
            let Err(error) = check_server_address(address) else {
                assert!(part.is_empty(), "{address} is taken");
                continue;
            };
            let told = format!("{error} {error:?}");
            assert!(told.contains(part), "{address}: {told}");
            assert!(!told.contains("Wx7Qz9Kp"), "{told}");
        }
    }

    #[test]
    fn every_way_to_ask_for_tls_is_taken() {
        for mode in MODES.into_iter().chain(["VERIFY-FULL"]) {
            let address = format!("postgres://amy:x@db/latchkey?sslmode={mode}&options[geqo]=off");
            check_server_address(&address).expect(mode);
        }
    }
}
