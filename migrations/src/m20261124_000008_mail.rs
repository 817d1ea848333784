//! Letters that wait to be sent, what the links in them answer to, and the language that a person
//! reads them in.

use sea_orm_migration::prelude::*;

use crate::table::{Kind, NewTable, drop_all};

const TABLES: &[&str] = &["outbox", "alerts"];
const COLUMN: &str = "locale";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named("outbox")
            .uuid("id")
            .optional("person_id", &Kind::Uuid)
            .optional("organisation_id", &Kind::Uuid)
            .text("kind")
            .bytes("sealed")
            .integer("tries")
            .integer("created_at")
            .integer("next_at")
            .key(&["id"])
            .belongs_to("person_id", "people")
            .index(&["next_at"])
            .index(&["person_id"])
            .create(manager)
            .await?;
        NewTable::named("alerts")
            .bytes("token_digest")
            .uuid("person_id")
            .text("told")
            .optional("credential_id", &Kind::Uuid)
            .integer("created_at")
            .integer("expires_at")
            .optional("used_at", &Kind::Integer)
            .key(&["token_digest"])
            .belongs_to("person_id", "people")
            .index(&["person_id"])
            .index(&["expires_at"])
            .create(manager)
            .await?;
        let people = Table::alter()
            .table("people")
            .add_column(ColumnDef::new(COLUMN).text().null())
            .to_owned();
        manager.alter_table(people).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("people").drop_column(COLUMN).to_owned()).await?;
        drop_all(manager, TABLES).await
    }
}
