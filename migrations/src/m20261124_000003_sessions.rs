//! Ways through the log-in pages, and the sessions that they make.

use sea_orm_migration::prelude::*;

use crate::table::{Kind, NewTable, drop_all};

const TABLES: &[&str] = &["sessions", "authentications", "flows"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named("sessions")
            .uuid("id")
            .uuid("person_id")
            .bytes("secret_digest")
            .optional("assurance", &Kind::Text)
            .optional("fresh_at", &Kind::Integer)
            .integer("started_at")
            .integer("last_seen_at")
            .integer("expires_at")
            .optional("ended_at", &Kind::Integer)
            .optional("agent", &Kind::Text)
            .optional("address", &Kind::Text)
            .key(&["id"])
            .belongs_to("person_id", "people")
            .unique(&["secret_digest"])
            .index(&["person_id"])
            .index(&["expires_at"])
            .create(manager)
            .await?;
        NewTable::named("authentications")
            .uuid("id")
            .uuid("session_id")
            .uuid("flow_id")
            .flag("counted")
            .text("method")
            .integer("at")
            .key(&["id"])
            .belongs_to("session_id", "sessions")
            .index(&["session_id"])
            .create(manager)
            .await?;
        NewTable::named("flows")
            .uuid("id")
            .bytes("browser_digest")
            .text("requirement")
            .text("resume")
            .text("payload")
            .optional("session_id", &Kind::Uuid)
            .text("step")
            .text("progress")
            .integer("created_at")
            .integer("expires_at")
            .optional("finished_at", &Kind::Integer)
            .key(&["id"])
            .index(&["expires_at"])
            .create(manager)
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, TABLES).await
    }
}
