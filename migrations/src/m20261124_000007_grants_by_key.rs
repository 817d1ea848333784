//! A code is told by the key of its grant, which it carries: looking for its digest as well cost every
//! redemption a page of an index in no order.

use sea_orm_migration::prelude::*;

const NAME: &str = "grants_code_digest";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(NAME).table("grants").to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index =
            Index::create().name(NAME).table("grants").col("code_digest").unique().to_owned();
        manager.create_index(index).await
    }
}
