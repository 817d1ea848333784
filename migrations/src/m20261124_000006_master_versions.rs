//! With which version of the master key each sealed row was sealed. Rows from before were sealed
//! with the first; a setting that is not sealed has none.

use sea_orm_migration::prelude::*;

const COLUMN: &str = "master_version";
const SEALED: [&str; 3] = ["master_proof", "token_key", "mac_root"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // With a default, so that a node of the version before can still add a key.
        let keys = Table::alter()
            .table("signing_keys")
            .add_column(ColumnDef::new(COLUMN).big_integer().not_null().default(1))
            .to_owned();
        manager.alter_table(keys).await?;
        let settings = Table::alter()
            .table("settings")
            .add_column(ColumnDef::new(COLUMN).big_integer().null())
            .to_owned();
        manager.alter_table(settings).await?;
        let first = Query::update()
            .table("settings")
            .value(COLUMN, 1)
            .and_where(Expr::col("name").is_in(SEALED))
            .to_owned();
        manager.execute(first).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["signing_keys", "settings"] {
            manager.alter_table(Table::alter().table(table).drop_column(COLUMN).to_owned()).await?;
        }
        Ok(())
    }
}
