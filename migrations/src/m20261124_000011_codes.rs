//! What people type beside a password, the links that are sent to them, and calls to the helpdesk.

use sea_orm_migration::prelude::*;

use crate::table::{Kind, NewTable, drop_all};

const TABLES: &[&str] = &["codes", "links", "calls"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Of all kinds in one table, so that one read tells what a person can type.
        NewTable::named("codes")
            .uuid("id")
            .uuid("person_id")
            .text("kind")
            .bytes("secret")
            .text("state")
            .integer("last_step")
            .integer("tries_left")
            .integer("added_at")
            .optional("expires_at", &Kind::Integer)
            .optional("used_at", &Kind::Integer)
            .key(&["id"])
            .belongs_to("person_id", "people")
            .index(&["person_id"])
            .create(manager)
            .await?;
        NewTable::named("links")
            .bytes("digest")
            .uuid("person_id")
            .text("kind")
            .optional("issuer", &Kind::Text)
            .optional("flow_id", &Kind::Uuid)
            .integer("issued_at")
            .integer("expires_at")
            .optional("used_at", &Kind::Integer)
            .key(&["digest"])
            .belongs_to("person_id", "people")
            .index(&["person_id", "kind"])
            .index(&["expires_at"])
            .create(manager)
            .await?;
        NewTable::named("calls")
            .text("number")
            .bytes("browser_digest")
            .integer("expires_at")
            .optional("helper", &Kind::Text)
            .optional("case_number", &Kind::Text)
            .optional("person_id", &Kind::Uuid)
            .key(&["number"])
            .unique(&["browser_digest"])
            .index(&["expires_at"])
            .create(manager)
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, TABLES).await
    }
}
