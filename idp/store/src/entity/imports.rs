//! Rows of `imports`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "imports")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) organisation_id: Uuid,
    pub(crate) dry_run: bool,
    pub(crate) invite: bool,
    pub(crate) state: String,
    pub(crate) row_count: i64,
    pub(crate) done: i64,
    pub(crate) added: i64,
    pub(crate) changed: i64,
    pub(crate) wrong: i64,
    pub(crate) errors: Option<Vec<u8>>,
    pub(crate) started_at: i64,
    pub(crate) heard_at: i64,
    pub(crate) ended_at: Option<i64>,
    pub(crate) table_until: Option<i64>,
    pub(crate) taken_in: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
