//! Organisations, their people, and who helps whom.

use sea_orm_migration::prelude::*;

use crate::table::{Kind, NewTable, drop_all};

const TABLES: &[&str] = &["organisations", "people", "roles"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named("organisations")
            .uuid("id")
            .text("slug")
            .optional("parent_id", &Kind::Uuid)
            .text("name")
            .text("helpdesk")
            .text("brand")
            .text("preset")
            .text("overrides")
            .integer("updated_at")
            .key(&["id"])
            .refers_to("parent_id", "organisations")
            .unique(&["slug"])
            .index(&["parent_id"])
            .create(manager)
            .await?;
        NewTable::named("people")
            .uuid("id")
            .uuid("organisation_id")
            .uuid("subject")
            .bytes("user_handle")
            .text("username")
            .text("name")
            .optional("email", &Kind::Text)
            .text("state")
            .optional("password_hash", &Kind::Text)
            .flag("ever_had_factor")
            .optional("interested_at", &Kind::Integer)
            .text("claims")
            .integer("created_at")
            .integer("updated_at")
            .key(&["id"])
            .refers_to("organisation_id", "organisations")
            .unique(&["username"])
            .unique(&["subject"])
            .unique(&["user_handle"])
            .index(&["organisation_id", "username"])
            .create(manager)
            .await?;
        NewTable::named("roles")
            .uuid("person_id")
            .text("role")
            .uuid("organisation_id")
            .key(&["person_id", "role", "organisation_id"])
            .belongs_to("person_id", "people")
            .belongs_to("organisation_id", "organisations")
            .index(&["organisation_id", "role"])
            .create(manager)
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, TABLES).await
    }
}
