//! Applications that speak SAML: who they are, what was sent to them in which session, and what is
//! signed with for them.

use sea_orm_migration::prelude::*;

use crate::table::{Kind, NewTable, drop_all};

const TABLES: &[&str] = &["service_providers", "saml_participants", "saml_keys"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named("service_providers")
            .text("id")
            .optional("organisation_id", &Kind::Uuid)
            .text("document")
            .text("metadata")
            .integer("updated_at")
            .key(&["id"])
            .belongs_to("organisation_id", "organisations")
            .create(manager)
            .await?;
        NewTable::named("saml_participants")
            .uuid("session_id")
            .text("provider_id")
            .text("session_index")
            .text("name_id")
            .text("name_id_format")
            .integer("opened_at")
            .key(&["session_id", "provider_id"])
            .belongs_to("session_id", "sessions")
            .belongs_to("provider_id", "service_providers")
            .unique(&["session_index"])
            .index(&["provider_id", "name_id"])
            .create(manager)
            .await?;
        NewTable::named("saml_keys")
            .text("id")
            .text("algorithm")
            .bytes("sealed")
            .bytes("certificate")
            .integer("created_at")
            .integer("signs_from")
            .optional("signs_until", &Kind::Integer)
            .key(&["id"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, TABLES).await
    }
}
