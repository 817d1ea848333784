//! Organisations, their policies and where they stand in the tree.

use std::collections::BTreeSet;
use std::sync::Arc;

use latchkey_core::Timestamp;
use latchkey_core::ids::OrganisationId;
use latchkey_core::organisations::{Brand, Helpdesk, Organisation};
use latchkey_core::policy::{Overrides, Policy, Preset};
use latchkey_core::usernames::UsernameRules;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use crate::entity::organisations::{ActiveModel, Column, Entity, Model};
use crate::{Error, Result, Tx, View};

/// The setting that holds what the platform demands.
const FLOOR: &str = "policy_floor";

/// An organisation as its document describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationRecord {
    /// Its database key.
    pub id: OrganisationId,
    /// Its name in documents.
    pub slug: String,
    /// The organisation above it.
    pub parent: Option<OrganisationId>,
    /// Its name as people read it.
    pub name: String,
    /// Whom its people call.
    pub helpdesk: Helpdesk,
    /// How its pages differ.
    pub brand: Brand,
    /// The settings that it starts from.
    pub preset: Preset,
    /// What it sets otherwise.
    pub overrides: Overrides,
    /// What user names of its new people look like.
    pub usernames: UsernameRules,
}

impl OrganisationRecord {
    /// The organisation with its policy resolved: its own, and what is `demanded` on top by the
    /// platform and by the organisations above it.
    #[must_use]
    pub fn resolve(self, demanded: &Overrides) -> Organisation {
        let policy = Policy::resolve(self.preset, &self.overrides).with(demanded);
        Organisation {
            administrators: Arc::new(policy.for_administrators()),
            policy: Arc::new(policy),
            id: self.id,
            slug: self.slug,
            parent: self.parent,
            name: self.name,
            helpdesk: self.helpdesk,
            brand: self.brand,
            usernames: self.usernames,
        }
    }

    pub(crate) fn with_time(row: Model) -> Result<(Self, Timestamp)> {
        let changed = Timestamp::from_millis(row.updated_at);
        Ok((Self::from_row(row)?, changed))
    }

    pub(crate) fn from_row(row: Model) -> Result<Self> {
        Ok(Self {
            id: OrganisationId(row.id),
            slug: row.slug,
            parent: row.parent_id.map(OrganisationId),
            name: row.name,
            helpdesk: serde_json::from_str(&row.helpdesk)?,
            brand: serde_json::from_str(&row.brand)?,
            preset: serde_json::from_str(&row.preset)?,
            overrides: serde_json::from_str(&row.overrides)?,
            usernames: serde_json::from_str(&row.usernames)?,
        })
    }

    fn to_row(&self, now: Timestamp) -> Result<ActiveModel> {
        Ok(ActiveModel {
            id: Set(self.id.0),
            slug: Set(self.slug.clone()),
            parent_id: Set(self.parent.map(|id| id.0)),
            name: Set(self.name.clone()),
            helpdesk: Set(serde_json::to_string(&self.helpdesk)?),
            brand: Set(serde_json::to_string(&self.brand)?),
            preset: Set(serde_json::to_string(&self.preset)?),
            overrides: Set(serde_json::to_string(&self.overrides)?),
            updated_at: Set(now.millis()),
            usernames: Set(serde_json::to_string(&self.usernames)?),
        })
    }
}

impl View<'_> {
    /// An organisation by its key.
    pub async fn find_organisation(
        &self,
        id: OrganisationId,
    ) -> Result<Option<OrganisationRecord>> {
        let row = Entity::find_by_id(id.0).one(&self.conn).await?;
        row.map(OrganisationRecord::from_row).transpose()
    }

    /// An organisation by its name in documents.
    pub async fn find_organisation_by_slug(
        &self,
        slug: &str,
    ) -> Result<Option<OrganisationRecord>> {
        let row = Entity::find().filter(Column::Slug.eq(slug)).one(&self.conn).await?;
        row.map(OrganisationRecord::from_row).transpose()
    }

    /// What the platform demands of everybody.
    pub async fn find_floor(&self) -> Result<Overrides> {
        let stored = self.find_setting(FLOOR).await?;
        Ok(stored.map(|json| serde_json::from_slice(&json)).transpose()?.unwrap_or_default())
    }

    /// An organisation with its policy, and all that is demanded on top.
    pub async fn resolve_organisation(&self, id: OrganisationId) -> Result<Option<Organisation>> {
        let Some(record) = self.find_organisation(id).await? else { return Ok(None) };
        let mut demanded = self.find_floor().await?;
        let mut seen = BTreeSet::from([id]);
        let mut above = record.parent;
        while let Some(parent) = above.filter(|parent| seen.insert(*parent)) {
            let Some(parent) = self.find_organisation(parent).await? else { break };
            demanded = demanded.strictest(parent.overrides);
            above = parent.parent;
        }
        Ok(Some(record.resolve(&demanded)))
    }

    /// Every organisation.
    pub async fn list_organisations(&self) -> Result<Vec<OrganisationRecord>> {
        let rows = Entity::find().all(&self.conn).await?;
        rows.into_iter().map(OrganisationRecord::from_row).collect()
    }

    /// The first organisations in the order of their names, at most `limit` of them.
    pub async fn list_organisations_by_name(&self, limit: u64) -> Result<Vec<OrganisationRecord>> {
        let rows = Entity::find().order_by_asc(Column::Name).order_by_asc(Column::Slug);
        let rows = rows.limit(limit).all(&self.conn).await?;
        rows.into_iter().map(OrganisationRecord::from_row).collect()
    }

    /// An organisation and all below it.
    pub async fn list_subtree(&self, root: OrganisationId) -> Result<BTreeSet<OrganisationId>> {
        let mut found = BTreeSet::from([root]);
        let mut level = vec![root.0];
        while !level.is_empty() {
            let rows = Entity::find().filter(Column::ParentId.is_in(level)).all(&self.conn).await?;
            level = rows
                .into_iter()
                .filter(|row| found.insert(OrganisationId(row.id)))
                .map(|row| row.id)
                .collect();
        }
        Ok(found)
    }
}

impl Tx {
    /// Changes what the platform demands of everybody.
    pub async fn put_floor(&self, floor: &Overrides) -> Result<()> {
        self.replace_setting(FLOOR, serde_json::to_vec(floor)?).await
    }

    /// Adds an organisation.
    ///
    /// # Errors
    /// [`Error::Conflict`] when there is one of that name.
    pub async fn insert_organisation(
        &self,
        new: &OrganisationRecord,
        now: Timestamp,
    ) -> Result<()> {
        Entity::insert(new.to_row(now)?).exec_without_returning(&self.conn()).await?;
        Ok(())
    }

    /// Changes an organisation to what `record` says.
    pub async fn update_organisation(
        &self,
        record: &OrganisationRecord,
        now: Timestamp,
    ) -> Result<()> {
        Entity::update(record.to_row(now)?).exec(&self.conn()).await.map_err(Error::from)?;
        Ok(())
    }
}
