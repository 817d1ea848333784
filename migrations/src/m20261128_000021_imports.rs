//! Tables of people that were taken in over the admin API, with how far each is: so that it is seen
//! from every node, and after a page was loaded anew.

use sea_orm_migration::prelude::*;

use crate::table::{Kind, NewTable, drop_all};

const TABLES: &[&str] = &["imports"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named("imports")
            .uuid("id")
            .uuid("organisation_id")
            .flag("dry_run")
            .flag("invite")
            .text("state")
            .integer("row_count")
            .integer("done")
            .integer("added")
            .integer("changed")
            .integer("wrong")
            .optional("errors", &Kind::Bytes)
            .integer("started_at")
            .integer("heard_at")
            .optional("ended_at", &Kind::Integer)
            .key(&["id"])
            .belongs_to("organisation_id", "organisations")
            .index(&["organisation_id", "started_at"])
            .index(&["heard_at"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, TABLES).await
    }
}
