//! Rows of `saml_participants`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "saml_participants")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) session_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) provider_id: String,
    pub(crate) session_index: String,
    pub(crate) name_id: String,
    pub(crate) name_id_format: String,
    pub(crate) opened_at: i64,
    pub(crate) told: Option<String>,
    pub(crate) told_at: Option<i64>,
    pub(crate) asked: Option<String>,
    pub(crate) due_at: Option<i64>,
    pub(crate) tries: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
