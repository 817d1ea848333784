//! Until when a person put off adding a spare key, and how often.

use sea_orm_migration::prelude::*;

const COUNT: &str = "spare_put_off";
const UNTIL: &str = "spare_until";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // With a default, so that a node of the version before can still add a person.
        let count = ColumnDef::new(COUNT).big_integer().not_null().default(0).to_owned();
        let until = ColumnDef::new(UNTIL).big_integer().null().to_owned();
        for column in [count, until] {
            let people = Table::alter().table("people").add_column(column).to_owned();
            manager.alter_table(people).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [UNTIL, COUNT] {
            let people = Table::alter().table("people").drop_column(column).to_owned();
            manager.alter_table(people).await?;
        }
        Ok(())
    }
}
