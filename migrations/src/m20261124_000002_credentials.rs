//! Security keys and passkeys, and the ceremonies under way.

use sea_orm_migration::prelude::*;

use crate::table::{Kind, NewTable, drop_all};

const TABLES: &[&str] = &["credentials", "ceremonies"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named("credentials")
            .uuid("id")
            .uuid("person_id")
            .bytes("credential_id")
            .text("public_key")
            .text("nickname")
            .text("nickname_folded")
            .uuid("aaguid")
            .integer("counter")
            .integer("counter_alerts")
            .flag("backup_eligible")
            .flag("backed_up")
            .text("transports")
            .optional("discoverable", &Kind::Flag)
            .text("attestation_format")
            .flag("hardware")
            .text("state")
            .integer("added_at")
            .optional("last_used_at", &Kind::Integer)
            .key(&["id"])
            .belongs_to("person_id", "people")
            .unique(&["credential_id"])
            .unique(&["person_id", "nickname_folded"])
            .create(manager)
            .await?;
        NewTable::named("ceremonies")
            .uuid("id")
            .text("kind")
            .text("binding")
            .optional("person_id", &Kind::Uuid)
            .text("state")
            .integer("expires_at")
            .key(&["id"])
            .index(&["binding"])
            .index(&["expires_at"])
            .create(manager)
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, TABLES).await
    }
}
