//! Rows of `log_in_tests`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "log_in_tests")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) client_id: String,
    pub(crate) person_id: Uuid,
    pub(crate) session_id: Uuid,
    pub(crate) request: String,
    pub(crate) told: String,
    pub(crate) begun_at: Option<i64>,
    pub(crate) ended_at: Option<i64>,
    pub(crate) expires_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
