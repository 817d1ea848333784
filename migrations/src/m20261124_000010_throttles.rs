//! Wrong tries at secrets by what they were tried at, and the browsers that a person has logged in
//! with. A key is a MAC, so that a row tells neither a name nor an address.

use sea_orm_migration::prelude::*;

use crate::table::{Kind, NewTable, drop_all};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named("throttles")
            .bytes("key")
            .optional("person_id", &Kind::Uuid)
            .integer("failures")
            .integer("last_at")
            .integer("told_at")
            .integer("expires_at")
            .key(&["key"])
            .belongs_to("person_id", "people")
            .index(&["person_id"])
            .index(&["expires_at"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["throttles"]).await
    }
}
