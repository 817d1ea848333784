//! Answers to requests of the admin API that may be sent again, and what waits for a second
//! administrator.

use sea_orm_migration::prelude::*;

use crate::table::{Kind, NewTable, drop_all};

const TABLES: &[&str] = &["idempotency", "approvals"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named("idempotency")
            .bytes("key_digest")
            .bytes("request_digest")
            .optional("status", &Kind::Integer)
            .optional("answer", &Kind::Bytes)
            .integer("expires_at")
            .key(&["key_digest"])
            .index(&["expires_at"])
            .create(manager)
            .await?;
        NewTable::named("approvals")
            .uuid("id")
            .uuid("person_id")
            .uuid("asked_by")
            .bytes("wish")
            .integer("asked_at")
            .integer("expires_at")
            .key(&["id"])
            .belongs_to("person_id", "people")
            .belongs_to("asked_by", "people")
            .index(&["expires_at"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, TABLES).await
    }
}
