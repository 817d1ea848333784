//! Why a letter that waits did not leave when it was last tried, and until when a try may last.

use sea_orm_migration::prelude::*;

const CAUSE: &str = "last_failure";
const UNTIL: &str = "trying_until";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Optional, so that a node of the version before can still queue letters and try them.
        let cause = ColumnDef::new(CAUSE).text().null().to_owned();
        let until = ColumnDef::new(UNTIL).big_integer().null().to_owned();
        for column in [cause, until] {
            manager
                .alter_table(Table::alter().table("outbox").add_column(column).to_owned())
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [UNTIL, CAUSE] {
            manager
                .alter_table(Table::alter().table("outbox").drop_column(column).to_owned())
                .await?;
        }
        Ok(())
    }
}
