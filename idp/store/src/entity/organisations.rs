//! Rows of `organisations`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organisations")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) slug: String,
    pub(crate) parent_id: Option<Uuid>,
    pub(crate) name: String,
    pub(crate) helpdesk: String,
    pub(crate) brand: String,
    pub(crate) preset: String,
    pub(crate) overrides: String,
    pub(crate) updated_at: i64,
    pub(crate) usernames: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
