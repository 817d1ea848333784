//! Groups of people, and who is in them.
//!
//! Each person's row tells whether they are in any: whoever changes members here keeps that true.

use std::collections::{BTreeMap, BTreeSet};

use latchkey_core::Timestamp;
use latchkey_core::ids::{GroupId, OrganisationId, PersonId};
use latchkey_core::organisations::Group;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
};

use crate::entity::groups::{ActiveModel, Column, Entity, Model};
use crate::entity::{group_members as members, people};
use crate::{Result, Tx, View};

/// How many rows one statement names: both databases have a limit on what they bind.
const AT_A_TIME: usize = 500;

pub(crate) fn from_row(row: Model) -> Result<Group> {
    Ok(Group {
        id: GroupId(row.id),
        organisation: OrganisationId(row.organisation_id),
        slug: row.slug,
        name: row.name,
        overrides: serde_json::from_str(&row.overrides)?,
    })
}

impl View<'_> {
    /// Every group.
    pub async fn list_groups(&self) -> Result<Vec<Group>> {
        let rows = Entity::find().all(&self.conn).await?;
        rows.into_iter().map(from_row).collect()
    }

    /// A group of an organisation by its name in documents.
    pub async fn find_group_named(
        &self,
        organisation: OrganisationId,
        slug: &str,
    ) -> Result<Option<Group>> {
        let of_organisation = Column::OrganisationId.eq(organisation.0);
        let query = Entity::find().filter(of_organisation).filter(Column::Slug.eq(slug));
        query.one(&self.conn).await?.map(from_row).transpose()
    }

    /// How many people are in a group.
    pub async fn count_members(&self, group: GroupId) -> Result<u64> {
        let of_group = members::Column::GroupId.eq(group.0);
        Ok(members::Entity::find().filter(of_group).count(&self.conn).await?)
    }

    /// The groups that a person is in.
    pub async fn list_groups_of(&self, person: PersonId) -> Result<Vec<Group>> {
        let of_person = Query::select()
            .column(members::Column::GroupId)
            .from(members::Entity)
            .and_where(members::Column::PersonId.eq(person.0))
            .to_owned();
        let rows = Entity::find().filter(Column::Id.in_subquery(of_person)).all(&self.conn).await?;
        rows.into_iter().map(from_row).collect()
    }

    /// Which groups each of these people is in; whoever is in none is not there.
    pub async fn list_memberships(
        &self,
        people: &[PersonId],
    ) -> Result<BTreeMap<PersonId, BTreeSet<GroupId>>> {
        let mut found: BTreeMap<PersonId, BTreeSet<GroupId>> = BTreeMap::new();
        for some in people.chunks(AT_A_TIME) {
            let theirs = members::Column::PersonId.is_in(some.iter().map(|id| id.0));
            for row in members::Entity::find().filter(theirs).all(&self.conn).await? {
                found.entry(PersonId(row.person_id)).or_default().insert(GroupId(row.group_id));
            }
        }
        Ok(found)
    }

    /// The people who are in a group.
    pub async fn list_members(&self, group: GroupId) -> Result<BTreeSet<PersonId>> {
        let of_group = members::Column::GroupId.eq(group.0);
        let rows = members::Entity::find().filter(of_group).all(&self.conn).await?;
        Ok(rows.into_iter().map(|row| PersonId(row.person_id)).collect())
    }
}

impl Tx {
    /// Adds a group, or changes it to what `group` says.
    pub async fn put_group(&self, group: &Group, now: Timestamp) -> Result<()> {
        let row = ActiveModel {
            id: Set(group.id.0),
            organisation_id: Set(group.organisation.0),
            slug: Set(group.slug.clone()),
            name: Set(group.name.clone()),
            overrides: Set(serde_json::to_string(&group.overrides)?),
            updated_at: Set(now.millis()),
        };
        if Entity::find_by_id(group.id.0).one(&self.conn()).await?.is_some() {
            Entity::update(row).exec(&self.conn()).await?;
        } else {
            Entity::insert(row).exec_without_returning(&self.conn()).await?;
        }
        Ok(())
    }

    /// Puts exactly these people into a group.
    pub async fn set_members(&self, group: GroupId, wanted: &BTreeSet<PersonId>) -> Result<()> {
        let there = self.view().list_members(group).await?;
        let gone: Vec<_> = there.difference(wanted).copied().collect();
        let new: Vec<_> = wanted.difference(&there).copied().collect();
        self.remove_members(group, &gone).await?;
        self.add_members(group, &new).await
    }

    /// Removes a group, and takes everybody out of it; `false` when it is gone already.
    pub async fn delete_group(&self, group: GroupId) -> Result<bool> {
        let of = |in_it: bool| {
            let this = members::Column::GroupId.eq(group.0);
            Query::select()
                .column(members::Column::PersonId)
                .from(members::Entity)
                .and_where(if in_it { this } else { this.not() })
                .to_owned()
        };
        people::Entity::update_many()
            .col_expr(people::Column::HasGroups, Expr::value(false))
            .filter(people::Column::Id.in_subquery(of(true)))
            .filter(people::Column::Id.not_in_subquery(of(false)))
            .exec(&self.conn())
            .await?;
        Ok(Entity::delete_by_id(group.0).exec(&self.conn()).await?.rows_affected == 1)
    }

    /// Puts somebody into a group; `false` when they are in it, or it is gone.
    pub async fn add_member(&self, group: GroupId, person: PersonId) -> Result<bool> {
        let there = members::Entity::find_by_id((person.0, group.0)).one(&self.conn()).await?;
        if there.is_some() || Entity::find_by_id(group.0).one(&self.conn()).await?.is_none() {
            return Ok(false);
        }
        self.add_members(group, &[person]).await?;
        Ok(true)
    }

    /// Takes somebody out of a group; `false` when they are not in it.
    pub async fn remove_member(&self, group: GroupId, person: PersonId) -> Result<bool> {
        let there = members::Entity::find_by_id((person.0, group.0)).one(&self.conn()).await?;
        if there.is_some() {
            self.remove_members(group, &[person]).await?;
        }
        Ok(there.is_some())
    }

    /// Takes people out of a group.
    pub async fn remove_members(&self, group: GroupId, gone: &[PersonId]) -> Result<()> {
        for some in gone.chunks(AT_A_TIME) {
            let ids = || some.iter().map(|id| id.0);
            members::Entity::delete_many()
                .filter(members::Column::GroupId.eq(group.0))
                .filter(members::Column::PersonId.is_in(ids()))
                .exec(&self.conn())
                .await?;
            let elsewhere =
                Query::select().column(members::Column::PersonId).from(members::Entity).to_owned();
            people::Entity::update_many()
                .col_expr(people::Column::HasGroups, Expr::value(false))
                .filter(people::Column::Id.is_in(ids()))
                .filter(people::Column::Id.not_in_subquery(elsewhere))
                .exec(&self.conn())
                .await?;
        }
        Ok(())
    }

    /// Puts people into a group who are not in it.
    ///
    /// # Errors
    /// [`Error::Conflict`](crate::Error::Conflict) when one of them is.
    pub async fn add_members(&self, group: GroupId, new: &[PersonId]) -> Result<()> {
        for some in new.chunks(AT_A_TIME) {
            let rows = some.iter().map(|person| members::ActiveModel {
                person_id: Set(person.0),
                group_id: Set(group.0),
            });
            members::Entity::insert_many(rows).exec_without_returning(&self.conn()).await?;
            people::Entity::update_many()
                .col_expr(people::Column::HasGroups, Expr::value(true))
                .filter(people::Column::Id.is_in(some.iter().map(|id| id.0)))
                .exec(&self.conn())
                .await?;
        }
        Ok(())
    }
}
