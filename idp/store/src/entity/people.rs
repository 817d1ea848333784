//! Rows of `people`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "people")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) organisation_id: Uuid,
    pub(crate) subject: Uuid,
    pub(crate) user_handle: Vec<u8>,
    pub(crate) username: String,
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) state: String,
    pub(crate) password_hash: Option<String>,
    pub(crate) ever_had_factor: bool,
    pub(crate) interested_at: Option<i64>,
    pub(crate) claims: String,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) has_role: bool,
    pub(crate) has_groups: bool,
    pub(crate) locale: Option<String>,
    pub(crate) staff_number: Option<String>,
    pub(crate) verified_email: Option<String>,
    pub(crate) spare_put_off: i64,
    pub(crate) spare_until: Option<i64>,
    pub(crate) enrolment: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
