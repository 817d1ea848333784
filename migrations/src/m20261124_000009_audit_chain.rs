//! The audit trail's envelope, its chain and the keys of its personal parts. A person's key goes with
//! their row, so that whoever removes that makes unreadable what the trail knew of them.

use sea_orm_migration::prelude::*;

use crate::table::{NewTable, drop_all};

const TABLES: &[&str] = &["audit_keys", "audit_chain", "audit_checkpoints"];
const TEXTS: [&str; 5] = ["role", "strength", "case_number", "checks", "reason"];
const BYTES: [&str; 2] = ["personal", "hash"];
const INDEX: &str = "audit_sequence";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

async fn add(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: &mut ColumnDef,
) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in TEXTS {
            add(manager, "audit", ColumnDef::new(name).text().null()).await?;
        }
        for name in BYTES {
            add(manager, "audit", ColumnDef::new(name).binary().null()).await?;
        }
        add(manager, "audit", ColumnDef::new("sequence").big_integer().null()).await?;
        let index = Index::create().name(INDEX).table("audit").col("sequence").unique().to_owned();
        manager.create_index(index).await?;
        // With a default, so that a node of the version before can still add a key.
        let withheld = &mut ColumnDef::new("withheld");
        add(manager, "credentials", withheld.boolean().not_null().default(false)).await?;
        NewTable::named("audit_keys")
            .uuid("person_id")
            .bytes("sealed")
            .key(&["person_id"])
            .belongs_to("person_id", "people")
            .create(manager)
            .await?;
        NewTable::named("audit_chain")
            .text("name")
            .integer("sequence")
            .bytes("hash")
            .key(&["name"])
            .create(manager)
            .await?;
        NewTable::named("audit_checkpoints")
            .integer("sequence")
            .integer("at")
            .bytes("hash")
            .text("signed")
            .key(&["sequence"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, TABLES).await?;
        manager.drop_index(Index::drop().name(INDEX).table("audit").to_owned()).await?;
        for column in TEXTS.into_iter().chain(BYTES).chain(["sequence"]) {
            let alter = Table::alter().table("audit").drop_column(column).to_owned();
            manager.alter_table(alter).await?;
        }
        let alter = Table::alter().table("credentials").drop_column("withheld").to_owned();
        manager.alter_table(alter).await
    }
}
