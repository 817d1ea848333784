//! Rows of `enrolment_counts`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "enrolment_counts")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) organisation_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) day: i64,
    pub(crate) counted_at: i64,
    pub(crate) newcomers: i64,
    pub(crate) newcomers_unreached: i64,
    pub(crate) stuck: i64,
    pub(crate) stuck_unreached: i64,
    pub(crate) app_only: i64,
    pub(crate) one_key: i64,
    pub(crate) one_key_alone: i64,
    pub(crate) two_keys: i64,
    pub(crate) interested: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
