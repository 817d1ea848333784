//! Rows of `people`.

use sea_orm::entity::prelude::*;

use crate::cells::Cells;

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

impl Model {
    /// A row of all columns in their order.
    pub(crate) fn read(cells: &mut Cells<'_>) -> Result<Self, DbErr> {
        Ok(Self {
            id: cells.take()?,
            organisation_id: cells.take()?,
            subject: cells.take()?,
            user_handle: cells.take()?,
            username: cells.take()?,
            name: cells.take()?,
            email: cells.take()?,
            state: cells.take()?,
            password_hash: cells.take()?,
            ever_had_factor: cells.take()?,
            interested_at: cells.take()?,
            claims: cells.take()?,
            created_at: cells.take()?,
            updated_at: cells.take()?,
            has_role: cells.take()?,
            has_groups: cells.take()?,
            locale: cells.take()?,
            staff_number: cells.take()?,
            verified_email: cells.take()?,
            spare_put_off: cells.take()?,
            spare_until: cells.take()?,
            enrolment: cells.take()?,
        })
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
