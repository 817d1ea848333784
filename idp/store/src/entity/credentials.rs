//! Rows of `credentials`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credentials")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) person_id: Uuid,
    pub(crate) credential_id: Vec<u8>,
    pub(crate) public_key: String,
    pub(crate) nickname: String,
    pub(crate) nickname_folded: String,
    pub(crate) aaguid: Uuid,
    pub(crate) counter: i64,
    pub(crate) counter_alerts: i64,
    pub(crate) backup_eligible: bool,
    pub(crate) backed_up: bool,
    pub(crate) transports: String,
    pub(crate) discoverable: Option<bool>,
    pub(crate) attestation_format: String,
    pub(crate) hardware: bool,
    pub(crate) state: String,
    pub(crate) added_at: i64,
    pub(crate) last_used_at: Option<i64>,
    pub(crate) withheld: bool,
    pub(crate) suspended_for: Option<String>,
    pub(crate) suspended_at: Option<i64>,
    pub(crate) asset_tag: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
