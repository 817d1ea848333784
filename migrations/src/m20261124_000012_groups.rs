//! Groups of people, of whom more is asked; and, beside each person, whether they are in any and
//! whether they have a role, so that nobody else costs a second look.

use sea_orm_migration::prelude::*;

use crate::table::{NewTable, drop_all};

const TABLES: &[&str] = &["groups", "group_members"];
const FLAGS: [&str; 2] = ["has_role", "has_groups"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named("groups")
            .uuid("id")
            .uuid("organisation_id")
            .text("slug")
            .text("name")
            .text("overrides")
            .integer("updated_at")
            .key(&["id"])
            .belongs_to("organisation_id", "organisations")
            .unique(&["organisation_id", "slug"])
            .create(manager)
            .await?;
        NewTable::named("group_members")
            .uuid("person_id")
            .uuid("group_id")
            .key(&["person_id", "group_id"])
            .belongs_to("person_id", "people")
            .belongs_to("group_id", "groups")
            .index(&["group_id"])
            .create(manager)
            .await?;
        for flag in FLAGS {
            // With a default, so that a node of the version before can still add a person.
            let column = ColumnDef::new(flag).boolean().not_null().default(false).to_owned();
            let people = Table::alter().table("people").add_column(column).to_owned();
            manager.alter_table(people).await?;
        }
        let holders = Query::select().column("person_id").from("roles").to_owned();
        let marked = Query::update()
            .table("people")
            .value("has_role", true)
            .and_where(Expr::col("id").in_subquery(holders))
            .to_owned();
        manager.execute(marked).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for flag in FLAGS {
            let people = Table::alter().table("people").drop_column(flag).to_owned();
            manager.alter_table(people).await?;
        }
        drop_all(manager, TABLES).await
    }
}
