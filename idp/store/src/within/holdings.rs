//! What people of an organisation log in with: facts alone, in portions, so that a policy can be
//! tried on very many.

use std::collections::{BTreeSet, HashMap};

use latchkey_core::Timestamp;
use latchkey_core::ids::{GroupId, OrganisationId, PersonId};
use latchkey_core::people::PersonState;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{ColumnTrait as _, ConnectionTrait as _};
use uuid::Uuid;

use super::Within;
use crate::Result;
use crate::codes::APP;
use crate::credentials::ACTIVE;
use crate::entity::{codes, credentials, group_members, people};

/// Somebody who may log in, with what they do it with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Who.
    pub person: PersonId,
    /// Their home organisation.
    pub organisation: OrganisationId,
    /// What they type to log in.
    pub username: String,
    /// Their name as people read it.
    pub name: String,
    /// Their e-mail address.
    pub email: Option<String>,
    /// What their organisation's payroll knows them by.
    pub staff_number: Option<String>,
    /// They have a role.
    pub administrator: bool,
    /// The groups that they are in.
    pub groups: BTreeSet<GroupId>,
    /// They ever had a factor beside the password.
    pub ever_had_factor: bool,
    /// They have a password.
    pub password: bool,
    /// Their working keys.
    pub keys: Vec<HeldKey>,
    /// They have a working authenticator app.
    pub app: bool,
}

/// A working key, as far as policy judges it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldKey {
    /// Its model (AAGUID).
    pub model: Uuid,
    /// Whether it may be copied (BE).
    pub backup_eligible: bool,
    /// Whether it is proven to be in hardware.
    pub hardware: bool,
    /// When it was added.
    pub added_at: Timestamp,
}

/// Whom of an organisation a list of holdings shows. Everybody when nothing is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holders {
    /// Only members of this group.
    pub group: Option<GroupId>,
    /// Only people with a working key of this model.
    pub model: Option<Uuid>,
    /// Only this person.
    pub person: Option<PersonId>,
}

impl Within<'_, '_> {
    /// Active people of exactly this organisation in the order of their user names, after the one
    /// of this name: none when it is outside.
    pub async fn list_holdings(
        &self,
        organisation: OrganisationId,
        holders: Holders,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Vec<Holding>> {
        if !self.scope.contains(organisation) {
            return Ok(Vec::new());
        }
        let chosen = Chosen { organisation, holders, rare: self.is_rare(holders.model).await? };
        let mut found = self.list_holders_of(chosen, after, limit).await?;
        let Some(last) = found.last().map(|holding| holding.username.clone()) else {
            return Ok(found);
        };
        let places: HashMap<Uuid, usize> =
            found.iter().enumerate().map(|(place, holding)| (holding.person.0, place)).collect();
        let theirs = || {
            let mut query = chosen.people(after);
            query.and_where(of(people::Column::Username).lte(last.as_str()));
            query
        };

        let mut keys = theirs();
        let person = (credentials::Entity, credentials::Column::PersonId);
        keys.inner_join(credentials::Entity, Expr::col(person).equals(ID))
            .column(person)
            .column((credentials::Entity, credentials::Column::Aaguid))
            .column((credentials::Entity, credentials::Column::BackupEligible))
            .column((credentials::Entity, credentials::Column::Hardware))
            .column((credentials::Entity, credentials::Column::AddedAt))
            .and_where(credentials::Column::State.eq(ACTIVE));
        for row in self.view.conn.query_all(&keys).await? {
            if let Some(place) = places.get(&row.try_get("", "person_id")?) {
                found[*place].keys.push(HeldKey {
                    model: row.try_get("", "aaguid")?,
                    backup_eligible: row.try_get("", "backup_eligible")?,
                    hardware: row.try_get("", "hardware")?,
                    added_at: Timestamp::from_millis(row.try_get("", "added_at")?),
                });
            }
        }

        let mut apps = theirs();
        let person = (codes::Entity, codes::Column::PersonId);
        apps.inner_join(codes::Entity, Expr::col(person).equals(ID))
            .column(person)
            .and_where(codes::Column::Kind.eq(APP))
            .and_where(codes::Column::State.eq(ACTIVE));
        for row in self.view.conn.query_all(&apps).await? {
            if let Some(place) = places.get(&row.try_get("", "person_id")?) {
                found[*place].app = true;
            }
        }

        let mut groups = theirs();
        let person = (group_members::Entity, group_members::Column::PersonId);
        groups
            .inner_join(group_members::Entity, Expr::col(person).equals(ID))
            .column(person)
            .column((group_members::Entity, group_members::Column::GroupId))
            .and_where(of(people::Column::HasGroups).eq(true));
        for row in self.view.conn.query_all(&groups).await? {
            if let Some(place) = places.get(&row.try_get("", "person_id")?) {
                found[*place].groups.insert(GroupId(row.try_get("", "group_id")?));
            }
        }
        Ok(found)
    }

    /// Whether so few have a key of this model that they are looked up by their keys.
    async fn is_rare(&self, model: Option<Uuid>) -> Result<bool> {
        let Some(model) = model else { return Ok(false) };
        let mut some = Query::select();
        some.expr(Expr::value(1))
            .from(credentials::Entity)
            .and_where(credentials::Column::Aaguid.eq(model))
            .limit(FEW + 1);
        let mut counted = Query::select();
        counted.expr_as(Expr::cust("COUNT(*)"), "number").from_subquery(some, "some_keys");
        let row = self.view.conn.query_one(&counted).await?;
        let number = row.map(|row| row.try_get::<i64>("", "number")).transpose()?;
        Ok(number.is_none_or(|number| u64::try_from(number).is_ok_and(|number| number <= FEW)))
    }

    async fn list_holders_of(
        &self,
        chosen: Chosen,
        after: Option<&str>,
        limit: u64,
    ) -> Result<Vec<Holding>> {
        use people::Column;
        let mut query = chosen.people(after);
        query
            .columns([
                Column::Id,
                Column::Username,
                Column::Name,
                Column::Email,
                Column::StaffNumber,
                Column::HasRole,
                Column::EverHadFactor,
            ])
            .expr_as(
                CaseStatement::new().case(of(Column::PasswordHash).is_null(), 0_i64).finally(1_i64),
                "has_password",
            )
            .order_by((people::Entity, Column::Username), sea_orm::Order::Asc)
            .limit(limit);
        let mut found = Vec::new();
        for row in self.view.conn.query_all(&query).await? {
            found.push(Holding {
                person: PersonId(row.try_get("", "id")?),
                organisation: chosen.organisation,
                username: row.try_get("", "username")?,
                name: row.try_get("", "name")?,
                email: row.try_get("", "email")?,
                staff_number: row.try_get("", "staff_number")?,
                administrator: row.try_get("", "has_role")?,
                groups: BTreeSet::new(),
                ever_had_factor: row.try_get("", "ever_had_factor")?,
                password: row.try_get::<i64>("", "has_password")? != 0,
                keys: Vec::new(),
                app: false,
            });
        }
        Ok(found)
    }
}

/// So many keys of a model are few: to look at the person of each takes some milliseconds.
pub(crate) const FEW: u64 = 1_000;

/// The keys by which people are chosen, beside those that are listed.
const HELD: &str = "held";

const ID: (people::Entity, people::Column) = (people::Entity, people::Column::Id);

fn of(column: people::Column) -> Expr {
    Expr::col((people::Entity, column))
}

/// Of which people it is told.
#[derive(Clone, Copy)]
struct Chosen {
    organisation: OrganisationId,
    holders: Holders,
    /// Few have a key of the model that is asked for.
    rare: bool,
}

impl Chosen {
    /// Those active people of the organisation after a name.
    fn people(self, after: Option<&str>) -> SelectStatement {
        let mut query = Query::select();
        match self.holders.model {
            // From their keys to them, in this order: nobody else is looked at.
            Some(model) if self.rare => {
                let mut theirs = held(model);
                theirs.distinct().column((HELD, credentials::Column::PersonId));
                let holder = Expr::col((HELD, credentials::Column::PersonId));
                query
                    .from_subquery(theirs, HELD)
                    .cross_join(people::Entity)
                    .and_where(holder.equals(ID));
            }
            // Asked person by person: an organisation has far fewer people than there are such keys.
            Some(model) => {
                let holder = Expr::col((HELD, credentials::Column::PersonId));
                let mut theirs = held(model);
                theirs.expr(Expr::value(1)).and_where(holder.equals(ID));
                query.from(people::Entity).and_where(Expr::exists(theirs));
            }
            None => drop(query.from(people::Entity)),
        }
        query
            .and_where(of(people::Column::OrganisationId).eq(self.organisation.0))
            .and_where(of(people::Column::State).eq(PersonState::Active.as_str()));
        if let Some(after) = after {
            query.and_where(of(people::Column::Username).gt(after));
        }
        if let Some(person) = self.holders.person {
            query.and_where(of(people::Column::Id).eq(person.0));
        }
        if let Some(group) = self.holders.group {
            let members = Query::select()
                .column(group_members::Column::PersonId)
                .from(group_members::Entity)
                .and_where(group_members::Column::GroupId.eq(group.0))
                .to_owned();
            query.and_where(of(people::Column::Id).in_subquery(members));
        }
        query
    }
}

/// The working keys of a model, whoever has them.
fn held(model: Uuid) -> SelectStatement {
    let mut keys = Query::select();
    keys.from_as(credentials::Entity, HELD)
        .and_where(Expr::col((HELD, credentials::Column::State)).eq(ACTIVE))
        .and_where(Expr::col((HELD, credentials::Column::Aaguid)).eq(model));
    keys
}
