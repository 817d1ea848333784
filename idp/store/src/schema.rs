//! Brings a database's schema up to date, or back.
//!
//! Several nodes may start at the same time, so it is done in one transaction that others wait for.
//! An older node may come back to a schema that a newer one has extended, and works with it. The
//! migrations themselves are `latchkey-migrations`'.

use std::time::Duration;

use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DatabaseExecutor, DbBackend, EntityTrait as _,
    QueryOrder as _, TransactionTrait as _,
};
use sea_orm_migration::seaql_migrations::{Column, Entity};
use sea_orm_migration::{MigrationTrait, SchemaManager};

use crate::embedded::WriteLine;
use crate::{Error, Result, View};

const TABLE: &str = "CREATE TABLE IF NOT EXISTS seaql_migrations \
                     (version varchar NOT NULL PRIMARY KEY, applied_at bigint NOT NULL)";

/// How far a database's schema has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    /// The change that was made last, in the order of their names.
    pub newest: Option<String>,
    /// How many changes of this version are not made.
    pub missing: usize,
}

impl View<'_> {
    /// How far the schema has come.
    pub async fn find_schema(&self) -> Result<Schema> {
        let rows = Entity::find().order_by_asc(Column::Version).all(&self.conn).await?;
        let known = latchkey_migrations::all();
        let made = |name: &str| rows.iter().any(|row| row.version == name);
        let missing = known.iter().filter(|step| !made(step.name())).count();
        Ok(Schema { newest: rows.into_iter().next_back().map(|row| row.version), missing })
    }
}

/// How often nodes that make the very first table together try again.
const TRIES: u32 = 8;
/// How long they wait in between.
const PAUSE: Duration = Duration::from_millis(100);

/// Where the schema is to be afterwards.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    /// All that this version knows.
    Newest,
    /// So many steps before what is there.
    #[cfg(test)]
    Back(usize),
}

/// Changes the embedded database's schema.
pub(crate) async fn of_embedded(line: &WriteLine, target: Target) -> Result<()> {
    line.control("BEGIN IMMEDIATE")?;
    let changed = async {
        line.orm().execute_unprepared(TABLE).await?;
        change(&SchemaManager::new(line.orm()), target).await
    };
    let kept = match changed.await {
        Ok(()) => line.control("COMMIT").map_err(Error::from),
        Err(error) => Err(error),
    };
    if kept.is_err() {
        line.abandon();
    }
    kept
}

/// Changes a server's schema.
pub(crate) async fn of_server(pool: &DatabaseConnection, target: Target) -> Result<()> {
    // Two that make the same table at the same time get in each other's way even so.
    for attempt in 1.. {
        match pool.execute_unprepared(TABLE).await.map_err(Error::from) {
            Ok(_) => break,
            Err(Error::Conflict(_) | Error::Internal(_)) if attempt < TRIES => {
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(error),
        }
    }
    let transaction = pool.begin().await?;
    transaction.execute_unprepared("LOCK TABLE seaql_migrations IN EXCLUSIVE MODE").await?;
    match change(&SchemaManager::new(&transaction), target).await {
        Ok(()) => Ok(transaction.commit().await?),
        Err(error) => {
            transaction.rollback().await?;
            Err(error)
        }
    }
}

async fn change(manager: &SchemaManager<'_>, target: Target) -> Result<()> {
    let executor = manager.get_connection();
    let rows = Entity::find().order_by_asc(Column::Version).all(executor).await?;
    let applied: Vec<String> = rows.into_iter().map(|row| row.version).collect();
    let known = latchkey_migrations::all();
    let strange = applied.iter().find(|&version| !known.iter().any(|step| step.name() == version));
    match target {
        Target::Newest => {
            let missing: Vec<&Box<dyn MigrationTrait>> = known
                .iter()
                .filter(|step| !applied.iter().any(|version| version == step.name()))
                .collect();
            match strange {
                Some(version) if !missing.is_empty() => {
                    return Err(Error::Configuration(format!(
                        "this database was changed by another version of Latchkey ({version}), and \
                         this version cannot bring it up to date"
                    )));
                }
                Some(_) => tracing::warn!("a newer version of Latchkey has extended the database"),
                None => {}
            }
            for step in missing {
                step.up(manager).await?;
                note(executor, step.name()).await?;
            }
        }
        #[cfg(test)]
        Target::Back(steps) => {
            for step in known
                .iter()
                .rev()
                .filter(|step| applied.iter().any(|v| v == step.name()))
                .take(steps)
            {
                step.down(manager).await?;
                Entity::delete_by_id(step.name().to_owned()).exec(executor).await?;
            }
        }
    }
    Ok(())
}

async fn note(executor: &DatabaseExecutor<'_>, version: &str) -> Result<()> {
    let now = match executor.get_database_backend() {
        DbBackend::Postgres => "CAST(EXTRACT(EPOCH FROM now()) AS bigint)",
        _ => "CAST(strftime('%s', 'now') AS integer)",
    };
    let row = Query::insert()
        .into_table(Entity)
        .columns([Column::Version, Column::AppliedAt])
        .values([Expr::value(version), Expr::cust(now)])
        .map_err(|error| Error::Internal(error.to_string()))?
        .to_owned();
    executor.execute(&row).await?;
    Ok(())
}
