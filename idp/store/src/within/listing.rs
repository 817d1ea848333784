//! People by what is known of them, in the order of their user names.

use std::collections::BTreeSet;

use latchkey_core::Timestamp;
use latchkey_core::ids::{GroupId, OrganisationId};
use latchkey_core::people::{PersonState, Username};
use latchkey_core::roles::{Role, Scope};
use sea_orm::sea_query::{Condition, Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select,
};
use uuid::Uuid;

use super::{Enrolled, Need, Within, people};
use crate::Result;
use crate::credentials::ACTIVE;
use crate::entity::people::{Column, Entity};
use crate::entity::{credentials, group_members, groups, roles};
use crate::people::PersonRecord;

/// Which people are listed: those of whom all of this is true. What is `None` is true of everybody.
#[derive(Clone, Debug, Default)]
pub struct PeopleFilter {
    /// They belong to this organisation or one below it.
    pub organisation: Option<OrganisationId>,
    /// Their state is this.
    pub state: Option<PersonState>,
    /// They have a key that works, or have none.
    pub has_keys: Option<bool>,
    /// They are so far with their enrolment at this time.
    pub enrolled: Option<(Enrolled, Timestamp)>,
    /// They need help first, for this reason at this time.
    pub need: Option<(Need, Timestamp)>,
    /// They are in this group.
    pub group: Option<GroupId>,
    /// They have this role.
    pub role: Option<Role>,
    /// They have keys that work, and all of them are of these models (AAGUID): who could not log in
    /// by a key if those were denied.
    pub only_models: Option<BTreeSet<Uuid>>,
}

/// The working keys of whoever the query around it is about.
pub(super) fn working_keys() -> SelectStatement {
    let mut keys = Query::select();
    keys.from(credentials::Entity)
        .and_where(holder())
        .and_where(credentials::Column::State.eq(ACTIVE));
    keys
}

fn holder() -> Expr {
    Expr::col((credentials::Entity, credentials::Column::PersonId)).equals((Entity, Column::Id))
}

impl Within<'_, '_> {
    /// People of whom a filter is true in the order of their user names, from the one after `after`.
    pub async fn list_people(
        &self,
        filter: &PeopleFilter,
        after: Option<&Username>,
        limit: u64,
    ) -> Result<Vec<PersonRecord>> {
        let mut query = self.filtered(filter).await?;
        if let Some(after) = after {
            query = query.filter(Column::Username.gt(after.as_str()));
        }
        let rows = query.order_by_asc(Column::Username).limit(limit).all(&self.view.conn).await?;
        rows.into_iter().map(PersonRecord::from_row).collect()
    }

    /// How many people there are of whom a filter is true.
    pub async fn count_people(&self, filter: &PeopleFilter) -> Result<u64> {
        Ok(self.filtered(filter).await?.count(&self.view.conn).await?)
    }

    async fn filtered(&self, filter: &PeopleFilter) -> Result<Select<Entity>> {
        let scope = self.narrowed(filter.organisation).await?;
        let mut all = Condition::all();
        if let Some(state) = filter.state {
            all = all.add(Column::State.eq(state.as_str()));
        }
        let some_key = |mut keys: SelectStatement| Expr::exists(keys.expr(Expr::value(1)).take());
        match filter.has_keys {
            Some(true) => all = all.add(some_key(working_keys())),
            Some(false) => all = all.add(some_key(working_keys()).not()),
            None => {}
        }
        if let Some((enrolled, now)) = filter.enrolled {
            let grace = self.organisations_in_grace(&scope, now).await?;
            let grace = grace.iter().map(|grace| grace.organisation.0).collect();
            all = all.add(enrolled.condition(grace));
        }
        if let Some((need, now)) = filter.need {
            let grace = self.organisations_in_grace(&scope, now).await?;
            all = all.add(need.condition(&grace, now));
        }
        if let Some(group) = filter.group {
            let members = Query::select()
                .column(group_members::Column::PersonId)
                .from(group_members::Entity)
                .and_where(group_members::Column::GroupId.eq(group.0))
                .to_owned();
            let found = groups::Entity::find_by_id(group.0).one(&self.view.conn).await?;
            let seen = found.is_some_and(|it| scope.contains(OrganisationId(it.organisation_id)));
            all = all.add(Column::Id.in_subquery(members)).add(Expr::value(seen));
        }
        if let Some(role) = filter.role {
            let mut holders = Query::select();
            holders
                .column(roles::Column::PersonId)
                .from(roles::Entity)
                .and_where(roles::Column::Role.eq(role.as_str()));
            if let Scope::Organisations(ids) = self.scope {
                let ids = ids.iter().map(|id| id.0);
                holders.and_where(roles::Column::OrganisationId.is_in(ids));
            }
            all = all.add(Column::Id.in_subquery(holders));
        }
        if let Some(models) = &filter.only_models {
            let of_them = || credentials::Column::Aaguid.is_in(models.iter().copied());
            let mut theirs = working_keys();
            theirs.and_where(of_them());
            let mut others = working_keys();
            others.and_where(of_them().not());
            all = all.add(some_key(theirs)).add(some_key(others).not());
        }
        Ok(people(&scope).filter(all))
    }

    /// The part of the scope that is an organisation and all below it. One outside has no part.
    pub(super) async fn narrowed(&self, to: Option<OrganisationId>) -> Result<Scope> {
        let Some(root) = to else { return Ok(self.scope.clone()) };
        if !self.scope.contains(root) {
            return Ok(Scope::Organisations(BTreeSet::new()));
        }
        let mut below = self.view.list_subtree(root).await?;
        below.retain(|id| self.scope.contains(*id));
        Ok(Scope::Organisations(below))
    }
}
