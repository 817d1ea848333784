//! Why and when a key or an authenticator app was suspended, and which app a letter was about.

use sea_orm_migration::prelude::*;

const SUSPENDED: [&str; 2] = ["credentials", "codes"];

async fn add(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: &mut ColumnDef,
) -> Result<(), DbErr> {
    // Optional, so that a node of the version before can still write the table.
    manager.alter_table(Table::alter().table(table).add_column(column.null()).to_owned()).await
}

async fn drop(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: &'static str,
) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await
}

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in SUSPENDED {
            add(manager, table, ColumnDef::new("suspended_for").text()).await?;
            add(manager, table, ColumnDef::new("suspended_at").big_integer()).await?;
        }
        add(manager, "alerts", ColumnDef::new("app_id").uuid()).await?;
        // What suspended keys until now, told apart by what it left behind.
        for (cause, left) in [
            ("closed", Expr::col("withheld").eq(true)),
            ("copied", Expr::col("counter_alerts").gt(1)),
            ("not-me", Expr::col("counter_alerts").lte(1)),
        ] {
            let told = Query::update()
                .table("credentials")
                .value("suspended_for", cause)
                .and_where(Expr::col("state").eq("suspended"))
                .and_where(Expr::col("suspended_for").is_null())
                .and_where(left)
                .to_owned();
            manager.execute(told).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, "alerts", "app_id").await?;
        for table in SUSPENDED {
            drop(manager, table, "suspended_at").await?;
            drop(manager, table, "suspended_for").await?;
        }
        Ok(())
    }
}
