//! Tests of log-ins to applications: what an administrator tries, and what it came to.

use sea_orm_migration::prelude::*;

use crate::table::{Kind, NewTable, drop_all};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named("log_in_tests")
            .uuid("id")
            .text("client_id")
            .uuid("person_id")
            .uuid("session_id")
            .text("request")
            .text("told")
            .optional("begun_at", &Kind::Integer)
            .optional("ended_at", &Kind::Integer)
            .integer("expires_at")
            .key(&["id"])
            .belongs_to("client_id", "clients")
            .belongs_to("person_id", "people")
            .belongs_to("session_id", "sessions")
            .index(&["client_id"])
            .index(&["person_id"])
            .index(&["session_id"])
            .index(&["expires_at"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["log_in_tests"]).await
    }
}
