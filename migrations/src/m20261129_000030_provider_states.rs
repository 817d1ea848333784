//! How it goes with reading the metadata of applications that speak SAML again, beside what is known
//! of them: this changes with every try, and that hardly ever.

use sea_orm_migration::prelude::*;

use crate::table::{Kind, NewTable, drop_all};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named("provider_states")
            .text("provider_id")
            .optional("read_at", &Kind::Integer)
            .optional("tried_at", &Kind::Integer)
            .integer("next_at")
            .optional("failing_since", &Kind::Integer)
            .integer("failures")
            .optional("error", &Kind::Text)
            .optional("valid_until", &Kind::Integer)
            .optional("renewed_at", &Kind::Integer)
            .optional("warns_at", &Kind::Integer)
            .text("told")
            .key(&["provider_id"])
            .belongs_to("provider_id", "service_providers")
            .index(&["next_at"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["provider_states"]).await
    }
}
