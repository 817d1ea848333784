//! Events by who did them, without walking all of them. The key of a person stands inside of what the
//! chain covers (`audit.actor`), so that the database itself takes it from there: a column beside it
//! could be changed unseen.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

const BY_ACTOR: &str = "audit_actor_at_id";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // No JSON functions: they fail where a text is none, and then nobody could write events.
        let person = match manager.get_database_backend() {
            DbBackend::Postgres => r#"substring(actor from '"person":"([^"]*)"')"#,
            _ => {
                r#"CASE WHEN instr(actor, '"person":"') > 0
                   THEN substr(actor, instr(actor, '"person":"') + 10, 36) END"#
            }
        };
        let index = format!("CREATE INDEX {BY_ACTOR} ON audit (({person}), at, id)");
        manager.get_connection().execute_unprepared(&index).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(BY_ACTOR).table("audit").to_owned()).await
    }
}
