//! Rows of `outbox`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) person_id: Option<Uuid>,
    pub(crate) organisation_id: Option<Uuid>,
    pub(crate) kind: String,
    pub(crate) sealed: Vec<u8>,
    pub(crate) tries: i64,
    pub(crate) created_at: i64,
    pub(crate) next_at: i64,
    pub(crate) last_failure: Option<String>,
    pub(crate) trying_until: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
