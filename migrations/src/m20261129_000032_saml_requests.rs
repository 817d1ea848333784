//! Which requests of service providers were answered, in the order of when they were made: those that
//! come at the same time stand together, so that writing and finding them touches few pages.

use sea_orm_migration::prelude::*;

use crate::table::{NewTable, drop_all};

const TABLES: &[&str] = &["saml_requests"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named("saml_requests")
            .integer("asked_at")
            .bytes("digest")
            .key(&["asked_at", "digest"])
            .keyed_alone()
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, TABLES).await
    }
}
