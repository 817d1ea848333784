//! Rows of `calls`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "calls")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) number: String,
    pub(crate) browser_digest: Vec<u8>,
    pub(crate) expires_at: i64,
    pub(crate) helper: Option<String>,
    pub(crate) case_number: Option<String>,
    pub(crate) person_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
