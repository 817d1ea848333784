//! Tables that a dry run went through, kept for a while, so that nobody has to send one twice; and
//! which import took one in.

use sea_orm_migration::prelude::*;

use crate::table::{NewTable, drop_all};

const TABLES: &[&str] = &["import_parts"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named("import_parts")
            .uuid("id")
            .uuid("import_id")
            .integer("number")
            .bytes("sealed")
            .key(&["id"])
            .belongs_to("import_id", "imports")
            .unique(&["import_id", "number"])
            .create(manager)
            .await?;
        for (name, kind) in
            [("table_until", ColumnType::BigInteger), ("taken_in", ColumnType::Uuid)]
        {
            // Optional, so that a node of the version before can still write the table.
            let mut column = ColumnDef::new_with_type(name, kind);
            let column = column.null();
            manager
                .alter_table(Table::alter().table("imports").add_column(column).to_owned())
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["taken_in", "table_until"] {
            manager
                .alter_table(Table::alter().table("imports").drop_column(name).to_owned())
                .await?;
        }
        drop_all(manager, TABLES).await
    }
}
