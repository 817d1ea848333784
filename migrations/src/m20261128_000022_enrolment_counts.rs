//! How far the people of each organisation were, day by day: so that it is told at once however many
//! they are, and what became of it week by week. No person is named.

use sea_orm_migration::prelude::*;

use crate::table::{NewTable, drop_all};

const TABLES: &[&str] = &["enrolment_counts"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named("enrolment_counts")
            .uuid("organisation_id")
            .integer("day")
            .integer("counted_at")
            .integer("newcomers")
            .integer("newcomers_unreached")
            .integer("stuck")
            .integer("stuck_unreached")
            .integer("app_only")
            .integer("one_key")
            .integer("one_key_alone")
            .integer("two_keys")
            .integer("interested")
            .key(&["organisation_id", "day"])
            .belongs_to("organisation_id", "organisations")
            .index(&["day"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, TABLES).await
    }
}
