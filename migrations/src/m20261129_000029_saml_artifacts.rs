//! Messages that wait to be fetched by whoever was handed a reference to them: once, within a minute.

use sea_orm_migration::prelude::*;

use crate::table::{NewTable, drop_all};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Whose provider is gone cannot fetch any more, and a minute later the message is gone too.
        NewTable::named("saml_artifacts")
            .bytes("digest")
            .text("provider_id")
            .bytes("sealed")
            .integer("expires_at")
            .key(&["digest"])
            .index(&["expires_at"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["saml_artifacts"]).await
    }
}
