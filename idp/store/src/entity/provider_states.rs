//! Rows of `provider_states`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "provider_states")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) provider_id: String,
    pub(crate) read_at: Option<i64>,
    pub(crate) tried_at: Option<i64>,
    pub(crate) next_at: i64,
    pub(crate) failing_since: Option<i64>,
    pub(crate) failures: i64,
    pub(crate) error: Option<String>,
    pub(crate) valid_until: Option<i64>,
    pub(crate) renewed_at: Option<i64>,
    pub(crate) warns_at: Option<i64>,
    pub(crate) told: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::service_providers::Entity",
        from = "Column::ProviderId",
        to = "super::service_providers::Column::Id"
    )]
    Provider,
}

impl Related<super::service_providers::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Provider.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
