//! Rows of `audit`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) at: i64,
    pub(crate) kind: String,
    pub(crate) person_id: Option<Uuid>,
    pub(crate) organisation_id: Option<Uuid>,
    pub(crate) session_id: Option<Uuid>,
    pub(crate) actor: String,
    pub(crate) address: Option<String>,
    pub(crate) event: String,
    pub(crate) role: Option<String>,
    pub(crate) strength: Option<String>,
    pub(crate) case_number: Option<String>,
    pub(crate) checks: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) personal: Option<Vec<u8>>,
    pub(crate) sequence: Option<i64>,
    pub(crate) hash: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
