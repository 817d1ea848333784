//! The last good FIDO metadata, as it was published; and the attestations that are judged by it.

use sea_orm_migration::prelude::*;

use crate::table::{NewTable, drop_all};

const TABLES: &[&str] = &["metadata", "attestations"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named("metadata")
            .text("name")
            .integer("number")
            .bytes("blob")
            .integer("accepted_at")
            .integer("checked_at")
            .integer("judged")
            .key(&["name"])
            .create(manager)
            .await?;
        // Beside the keys, which are read at every log-in: these are large, and judged seldom.
        NewTable::named("attestations")
            .uuid("credential_id")
            .bytes("chain")
            .key(&["credential_id"])
            .belongs_to("credential_id", "credentials")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, TABLES).await
    }
}
