//! Relying applications, what people agreed to, and what applications were granted.

use sea_orm_migration::prelude::*;

use crate::table::{Kind, NewTable, drop_all};

const TABLES: &[&str] =
    &["clients", "consents", "participants", "grants", "refresh_tokens", "signing_keys"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named("clients")
            .text("id")
            .optional("organisation_id", &Kind::Uuid)
            .text("document")
            .integer("updated_at")
            .key(&["id"])
            .belongs_to("organisation_id", "organisations")
            .create(manager)
            .await?;
        NewTable::named("consents")
            .uuid("person_id")
            .text("client_id")
            .text("scopes")
            .integer("given_at")
            .key(&["person_id", "client_id"])
            .belongs_to("person_id", "people")
            .belongs_to("client_id", "clients")
            .create(manager)
            .await?;
        NewTable::named("participants")
            .uuid("session_id")
            .text("client_id")
            .integer("opened_at")
            .key(&["session_id", "client_id"])
            .belongs_to("session_id", "sessions")
            .belongs_to("client_id", "clients")
            .create(manager)
            .await?;
        NewTable::named("grants")
            .uuid("id")
            .bytes("code_digest")
            .uuid("person_id")
            .uuid("session_id")
            .text("client_id")
            .text("facts")
            .flag("offline")
            .integer("created_at")
            .integer("expires_at")
            .optional("revoked_at", &Kind::Integer)
            .key(&["id"])
            .belongs_to("person_id", "people")
            .belongs_to("client_id", "clients")
            .unique(&["code_digest"])
            .index(&["session_id"])
            .index(&["person_id"])
            .index(&["expires_at"])
            .create(manager)
            .await?;
        NewTable::named("refresh_tokens")
            .bytes("digest")
            .uuid("grant_id")
            .integer("issued_at")
            .integer("expires_at")
            .optional("used_at", &Kind::Integer)
            .key(&["digest"])
            .belongs_to("grant_id", "grants")
            .index(&["grant_id"])
            .create(manager)
            .await?;
        NewTable::named("signing_keys")
            .text("kid")
            .text("algorithm")
            .bytes("sealed")
            .integer("created_at")
            .integer("signs_from")
            .optional("signs_until", &Kind::Integer)
            .key(&["kid"])
            .create(manager)
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, TABLES).await
    }
}
