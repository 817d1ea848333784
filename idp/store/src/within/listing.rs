//! People by what is known of them, in the order of their user names.

use std::collections::{BTreeMap, BTreeSet};

use latchkey_core::Timestamp;
use latchkey_core::ids::{GroupId, OrganisationId};
use latchkey_core::people::{PersonState, Username};
use latchkey_core::roles::{Role, Scope};
use sea_orm::sea_query::{
    Condition, Expr, ExprTrait as _, IntoTableRef as _, JoinType, Order, Query, SelectStatement,
    UnionType,
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DbBackend, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::enrolled::{Grace, numbers_by_keys};
use super::{Enrolled, Need, Within};
use crate::Result;
use crate::enrolment::{Numbers, working_keys};
use crate::entity::people::{Column, Entity};
use crate::entity::{credentials, group_members, groups, organisations, roles};
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

/// Whom a filter is about, as far as an index tells.
struct Sought {
    /// By organisation, or wherever they are.
    places: Places,
    /// What else is true of them, which no index tells, if anything is.
    further: Option<Condition>,
}

enum Places {
    Everywhere(Numbers),
    Inside(BTreeMap<Numbers, Vec<Uuid>>),
}

/// Where somebody is looked for, and whoever is there.
const PLACE: &str = "place";
const THERE: &str = "there";
const FOUND: &str = "found";
const NUMBER: &str = "number";
/// What both databases call the first column of values.
const FIRST: &str = "column1";

impl Places {
    /// That a person is in one of them; `None` when there is none.
    fn condition(&self) -> Option<Condition> {
        match self {
            Self::Everywhere(numbers) if numbers.is_empty() => None,
            Self::Everywhere(numbers) => Some(numbers.condition()),
            Self::Inside(parts) if parts.is_empty() => None,
            Self::Inside(parts) => Some(
                parts
                    .iter()
                    .fold(Condition::any(), |any, (numbers, of)| any.add(inside(*numbers, of))),
            ),
        }
    }

    /// Each place by itself, and that a person is there; `None` when that is everywhere.
    fn each(&self) -> Option<(SelectStatement, Condition)> {
        let there = |column| Expr::col((THERE, column));
        let with_number = there(Column::Enrolment).equals((PLACE, NUMBER));
        let of = there(Column::OrganisationId).equals((PLACE, Column::OrganisationId));
        match self {
            Self::Everywhere(Numbers::ALL) => None,
            Self::Everywhere(numbers) => {
                let mut each = Query::select();
                each.expr_as(Expr::col((NUMBER, FIRST)), NUMBER)
                    .from_values(numbers.iter(), NUMBER);
                Some((each, Condition::all().add(with_number)))
            }
            Self::Inside(parts) => {
                let by_number = !parts.contains_key(&Numbers::ALL);
                let mut all: Option<SelectStatement> = None;
                for (numbers, ids) in parts {
                    let id = (organisations::Entity, organisations::Column::Id);
                    let mut each = Query::select();
                    each.expr_as(Expr::col(id), Column::OrganisationId)
                        .from(organisations::Entity)
                        .and_where(Expr::col(id).is_in(ids.iter().copied()));
                    if by_number {
                        each.expr_as(Expr::col((NUMBER, FIRST)), NUMBER)
                            .from_values(numbers.iter(), NUMBER);
                    }
                    match &mut all {
                        Some(all) => drop(all.union(UnionType::All, each)),
                        None => all = Some(each),
                    }
                }
                let number = by_number.then_some(with_number);
                Some((all?, Condition::all().add(of).add_option(number)))
            }
        }
    }
}

fn inside(numbers: Numbers, organisations: &[Uuid]) -> Condition {
    numbers.condition().add(Column::OrganisationId.is_in(organisations.iter().copied()))
}

/// The first `limit` people after a name, of whoever is sought by nothing but an index.
///
/// The first of each place are looked up, and the first of all are among them. How much is read
/// depends on the number of places and of those who are told, and not on how many there are of
/// whom, nor on what a planner makes of that.
fn first_of_each(
    (places, there): (SelectStatement, Condition),
    after: Option<&Username>,
    limit: u64,
    backend: DbBackend,
) -> SelectStatement {
    let name = |table| (table, Column::Username);
    let mut theirs = Query::select();
    theirs
        .column(name(THERE))
        .from_as(Entity, THERE)
        .cond_where(there)
        .order_by(name(THERE), Order::Asc)
        .limit(limit);
    if let Some(after) = after {
        theirs.and_where(Expr::col(name(THERE)).gt(after.as_str()));
    }
    let mut first = Query::select();
    first
        .column(name(FOUND))
        .from_subquery(places, PLACE)
        .order_by(name(FOUND), Order::Asc)
        .limit(limit);
    if backend == DbBackend::Postgres {
        first.join_lateral(JoinType::InnerJoin, theirs, FOUND, Expr::cust("TRUE"));
    } else {
        // It knows no such joins, and looks the names up once more instead.
        first
            .cross_join(Entity.into_table_ref().alias(FOUND))
            .and_where(Expr::col(name(FOUND)).in_subquery(theirs));
    }
    first
}

impl Within<'_, '_> {
    /// People of whom a filter is true in the order of their user names, from the one after `after`.
    pub async fn list_people(
        &self,
        filter: &PeopleFilter,
        after: Option<&Username>,
        limit: u64,
    ) -> Result<Vec<PersonRecord>> {
        let sought = self.sought(filter).await?;
        let Some(condition) = sought.places.condition() else { return Ok(Vec::new()) };
        let mut query = Entity::find();
        match (sought.further, sought.places.each()) {
            (None, Some(each)) => {
                let backend = self.view.conn.get_database_backend();
                let first = first_of_each(each, after, limit, backend);
                query = query.filter(Column::Username.in_subquery(first));
            }
            (further, _) => {
                query = query.filter(condition);
                if let Some(further) = further {
                    query = query.filter(further);
                }
                if let Some(after) = after {
                    query = query.filter(Column::Username.gt(after.as_str()));
                }
                query = query.limit(limit);
            }
        }
        let rows = query.order_by_asc(Column::Username).all(&self.view.conn).await?;
        rows.into_iter().map(PersonRecord::from_row).collect()
    }

    /// How many people there are of whom a filter is true.
    pub async fn count_people(&self, filter: &PeopleFilter) -> Result<u64> {
        let sought = self.sought(filter).await?;
        let Some(condition) = sought.places.condition() else { return Ok(0) };
        let conn = &self.view.conn;
        match (sought.further, &sought.places) {
            // Each by itself, so that an index alone tells how many.
            (None, Places::Inside(parts)) => {
                let mut people = 0;
                for (numbers, ids) in parts {
                    people += Entity::find().filter(inside(*numbers, ids)).count(conn).await?;
                }
                Ok(people)
            }
            (None, Places::Everywhere(_)) => {
                Ok(Entity::find().filter(condition).count(conn).await?)
            }
            (Some(further), _) => {
                Ok(Entity::find().filter(condition).filter(further).count(conn).await?)
            }
        }
    }

    async fn sought(&self, filter: &PeopleFilter) -> Result<Sought> {
        let scope = self.narrowed(filter.organisation).await?;
        let mut of_all = Numbers::ALL;
        if let Some(state) = filter.state {
            of_all = of_all.and(Numbers::in_state(state));
        }
        if let Some(has_keys) = filter.has_keys {
            of_all = of_all.and(numbers_by_keys(has_keys));
        }
        let at = filter.enrolled.map(|(_, now)| now).or(filter.need.map(|(_, now)| now));
        let grace = match at {
            Some(now) => self.organisations_in_grace(&scope, now).await?,
            None => Vec::new(),
        };
        let numbers = |grace: Option<&Grace>| {
            let enrolled = filter.enrolled.map(|(enrolled, _)| enrolled.numbers(grace.is_some()));
            let need = filter.need.map(|(need, now)| need.numbers(grace, now));
            enrolled.into_iter().chain(need).fold(of_all, Numbers::and)
        };
        let elsewhere = numbers(None);
        let alike = grace.iter().all(|grace| numbers(Some(grace)) == elsewhere);
        let organisations = match &scope {
            Scope::Platform if alike => None,
            Scope::Platform => {
                let all = self.view.list_organisations().await?;
                Some(all.into_iter().map(|record| record.id).collect())
            }
            Scope::Organisations(ids) => Some(ids.clone()),
        };
        let places = match organisations {
            None => Places::Everywhere(elsewhere),
            Some(ids) => {
                let mut parts: BTreeMap<Numbers, Vec<Uuid>> = BTreeMap::new();
                for id in ids {
                    let grace = grace.iter().find(|grace| grace.organisation == id);
                    parts.entry(numbers(grace)).or_default().push(id.0);
                }
                parts.retain(|numbers, _| !numbers.is_empty());
                Places::Inside(parts)
            }
        };
        Ok(Sought { places, further: self.further(filter, &scope).await? })
    }

    /// What no index by organisation, name and number tells.
    async fn further(&self, filter: &PeopleFilter, scope: &Scope) -> Result<Option<Condition>> {
        let mut all = Condition::all();
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
            let some_key =
                |mut keys: SelectStatement| Expr::exists(keys.expr(Expr::value(1)).take());
            let of_them = || credentials::Column::Aaguid.is_in(models.iter().copied());
            let mut theirs = working_keys();
            theirs.and_where(of_them());
            let mut others = working_keys();
            others.and_where(of_them().not());
            all = all.add(some_key(theirs)).add(some_key(others).not());
        }
        Ok(Some(all).filter(|all| !all.is_empty()))
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
