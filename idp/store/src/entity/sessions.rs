//! Rows of `sessions`.

use sea_orm::entity::prelude::*;

use crate::cells::Cells;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) person_id: Uuid,
    pub(crate) secret_digest: Vec<u8>,
    pub(crate) assurance: Option<String>,
    pub(crate) fresh_at: Option<i64>,
    pub(crate) started_at: i64,
    pub(crate) last_seen_at: i64,
    pub(crate) expires_at: i64,
    pub(crate) ended_at: Option<i64>,
    pub(crate) agent: Option<String>,
    pub(crate) address: Option<String>,
}

impl Model {
    /// A row of all columns in their order.
    pub(crate) fn read(cells: &mut Cells<'_>) -> Result<Self, DbErr> {
        Ok(Self {
            id: cells.take()?,
            person_id: cells.take()?,
            secret_digest: cells.take()?,
            assurance: cells.take()?,
            fresh_at: cells.take()?,
            started_at: cells.take()?,
            last_seen_at: cells.take()?,
            expires_at: cells.take()?,
            ended_at: cells.take()?,
            agent: cells.take()?,
            address: cells.take()?,
        })
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::people::Entity",
        from = "Column::PersonId",
        to = "super::people::Column::Id"
    )]
    Person,
}

impl Related<super::people::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Person.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
