//! What happened, what the installation is, and which node does the housekeeping.

use sea_orm_migration::prelude::*;

use crate::table::{Kind, NewTable, drop_all};

const TABLES: &[&str] = &["audit", "settings", "leases"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named("audit")
            .uuid("id")
            .integer("at")
            .text("kind")
            .optional("person_id", &Kind::Uuid)
            .optional("organisation_id", &Kind::Uuid)
            .optional("session_id", &Kind::Uuid)
            .text("actor")
            .optional("address", &Kind::Text)
            .text("event")
            .key(&["id"])
            .index(&["at"])
            .index(&["person_id", "at"])
            .index(&["organisation_id", "at"])
            .create(manager)
            .await?;
        NewTable::named("settings")
            .text("name")
            .bytes("value")
            .key(&["name"])
            .create(manager)
            .await?;
        NewTable::named("leases")
            .text("name")
            .text("holder")
            .integer("until")
            .key(&["name"])
            .create(manager)
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, TABLES).await
    }
}
