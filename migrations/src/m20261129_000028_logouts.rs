//! What becomes of a log-out at the applications that speak SAML: which were told, which confirmed,
//! and what a browser that goes round to them comes back to.

use sea_orm_migration::prelude::*;

use crate::table::{NewTable, drop_all};

const PARTICIPANTS: &str = "saml_participants";
const COLUMNS: [&str; 5] = ["told", "told_at", "asked", "due_at", "tries"];
const INDEXED: [&str; 2] = ["asked", "due_at"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

fn index(column: &str) -> String {
    format!("{PARTICIPANTS}_by_{column}")
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in COLUMNS {
            // Optional, so that a node of the version before can still note who is logged in where.
            let mut column = ColumnDef::new(name);
            match name {
                "told" | "asked" => column.text(),
                _ => column.big_integer(),
            };
            let table = Table::alter().table(PARTICIPANTS).add_column(column.null()).to_owned();
            manager.alter_table(table).await?;
        }
        for name in INDEXED {
            let by = Index::create().name(index(name)).table(PARTICIPANTS).col(name).to_owned();
            manager.create_index(by).await?;
        }
        NewTable::named("logouts")
            .uuid("id")
            .uuid("session_id")
            .text("leaving")
            .integer("created_at")
            .integer("expires_at")
            .key(&["id"])
            .belongs_to("session_id", "sessions")
            .index(&["session_id", "created_at"])
            .index(&["expires_at"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["logouts"]).await?;
        for name in INDEXED {
            let by = Index::drop().name(index(name)).table(PARTICIPANTS).to_owned();
            manager.drop_index(by).await?;
        }
        for name in COLUMNS {
            let table = Table::alter().table(PARTICIPANTS).drop_column(name).to_owned();
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}
