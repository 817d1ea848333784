//! How far people are with their enrolment, and which keys they have.

use std::collections::{BTreeMap, BTreeSet};

use latchkey_core::Timestamp;
use latchkey_core::ids::OrganisationId;
use latchkey_core::people::PersonState;
use latchkey_core::policy::{Enrolment, Newcomer, Policy};
use latchkey_core::roles::Scope;
use sea_orm::sea_query::{
    CaseStatement, Condition, Expr, ExprTrait as _, Order, Query, SelectStatement,
};
use sea_orm::{ColumnTrait as _, ConnectionTrait as _};
use uuid::Uuid;

use super::Within;
use super::listing::working_keys;
use crate::codes::APP;
use crate::credentials::ACTIVE;
use crate::entity::people::{Column, Entity};
use crate::entity::{codes, credentials};
use crate::{OrganisationRecord, Result};

/// How far somebody is with their enrolment. Only what works counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Enrolled {
    /// They have nothing beside a password, and need help or an invitation to begin.
    Nothing,
    /// They have nothing yet, and a password suffices for them to begin, by the policy of their
    /// organisation: one of their groups may ask for more.
    InGrace,
    /// They have an authenticator app and no key.
    AppOnly,
    /// They have one key.
    OneKey,
    /// They have two keys or more.
    TwoKeys,
}

impl Enrolled {
    /// Every one, from the least.
    pub const ALL: [Self; 5] =
        [Self::Nothing, Self::InGrace, Self::AppOnly, Self::OneKey, Self::TwoKeys];

    fn of(keys: i64, app: bool, grace: bool) -> Self {
        match (keys, app, grace) {
            (0, false, false) => Self::Nothing,
            (0, false, true) => Self::InGrace,
            (0, true, _) => Self::AppOnly,
            (1, ..) => Self::OneKey,
            _ => Self::TwoKeys,
        }
    }

    /// That a person is so far, where these organisations are in grace.
    pub(super) fn condition(self, grace: Vec<Uuid>) -> Condition {
        let none = || Condition::all().add(keys().eq(0));
        match self {
            Self::Nothing => none().add(app().not()).add(in_grace(grace).not()),
            Self::InGrace => none().add(app().not()).add(in_grace(grace)),
            Self::AppOnly => none().add(app()),
            Self::OneKey => Condition::all().add(keys().eq(1)),
            Self::TwoKeys => Condition::all().add(keys().gte(2)),
        }
    }
}

/// How many working keys they have.
fn keys() -> Expr {
    let mut keys = working_keys();
    keys.expr(Expr::cust("COUNT(*)"));
    subquery(keys)
}

fn subquery(select: SelectStatement) -> Expr {
    Expr::SubQuery(None, Box::new(select.into()))
}

/// That they have a working authenticator app.
fn app() -> Expr {
    let mut app = Query::select();
    app.expr(Expr::value(1))
        .from(codes::Entity)
        .and_where(Expr::col((codes::Entity, codes::Column::PersonId)).equals((Entity, Column::Id)))
        .and_where(codes::Column::Kind.eq(APP))
        .and_where(codes::Column::State.eq(ACTIVE));
    Expr::exists(app)
}

/// That a password suffices for them to begin, where these organisations are in grace.
fn in_grace(organisations: Vec<Uuid>) -> Expr {
    let never = Column::EverHadFactor.eq(false).and(Column::HasRole.eq(false));
    never.and(Column::OrganisationId.is_in(organisations))
}

/// The working keys of one model that active people have inside a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyModel {
    /// The model (AAGUID); all zeroes are keys that did not tell theirs.
    pub aaguid: Uuid,
    /// How many keys there are.
    pub keys: u64,
    /// How many of them are proven to be in hardware.
    pub hardware: u64,
}

fn number(row: &sea_orm::QueryResult, column: &str) -> Result<u64> {
    let number: i64 = row.try_get("", column)?;
    Ok(u64::try_from(number).unwrap_or_default())
}

impl Within<'_, '_> {
    /// How many people are how far, of an organisation and those below it or of all inside. Whoever
    /// may not log in is not counted.
    pub async fn progress(
        &self,
        organisation: Option<OrganisationId>,
        now: Timestamp,
    ) -> Result<BTreeMap<Enrolled, u64>> {
        let scope = self.narrowed(organisation).await?;
        let grace = self.organisations_in_grace(&scope, now).await?;
        let flag = |is: Expr| CaseStatement::new().case(is, 1_i64).finally(0_i64);
        let mut each = Query::select();
        each.expr_as(keys(), "keys")
            .expr_as(flag(app()), "app")
            .expr_as(flag(in_grace(grace)), "grace")
            .from(Entity)
            .and_where(Column::State.ne(PersonState::Disabled.as_str()));
        if let Scope::Organisations(ids) = &scope {
            each.and_where(Column::OrganisationId.is_in(ids.iter().map(|id| id.0)));
        }
        let mut counted = Query::select();
        counted
            .columns(["keys", "app", "grace"])
            .expr_as(Expr::cust("COUNT(*)"), "people")
            .from_subquery(each, "each_person")
            .group_by_columns(["keys", "app", "grace"]);
        let mut progress: BTreeMap<Enrolled, u64> =
            Enrolled::ALL.into_iter().map(|enrolled| (enrolled, 0)).collect();
        for row in self.view.conn.query_all(&counted).await? {
            let is = |column| row.try_get::<i64>("", column).map(|it| it != 0);
            let enrolled = Enrolled::of(row.try_get("", "keys")?, is("app")?, is("grace")?);
            *progress.entry(enrolled).or_default() += number(&row, "people")?;
        }
        Ok(progress)
    }

    /// The models of the keys inside, the commonest first.
    pub async fn list_key_models(
        &self,
        organisation: Option<OrganisationId>,
    ) -> Result<Vec<KeyModel>> {
        use credentials::Column as Key;
        let proven = CaseStatement::new().case(Key::Hardware.eq(true), 1_i64);
        let mut models = Query::select();
        models
            .column(Key::Aaguid)
            .expr_as(Expr::cust("COUNT(*)"), "keys")
            .expr_as(Expr::expr(proven).count(), "proven")
            .from(credentials::Entity)
            .and_where(Key::State.eq(ACTIVE))
            .group_by_col(Key::Aaguid)
            .order_by_expr(Expr::cust("COUNT(*)"), Order::Desc)
            .order_by(Key::Aaguid, Order::Asc);
        let mut people = Query::select();
        people
            .column(Column::Id)
            .from(Entity)
            .and_where(Column::State.eq(PersonState::Active.as_str()));
        if let Scope::Organisations(ids) = self.narrowed(organisation).await? {
            people.and_where(Column::OrganisationId.is_in(ids.into_iter().map(|id| id.0)));
        }
        models.and_where(Key::PersonId.in_subquery(people));
        let mut found = Vec::new();
        for row in self.view.conn.query_all(&models).await? {
            found.push(KeyModel {
                aaguid: row.try_get("", "aaguid")?,
                keys: number(&row, "keys")?,
                hardware: number(&row, "proven")?,
            });
        }
        Ok(found)
    }

    /// The organisations of a scope in which a password suffices to begin, by their policies with
    /// all that is demanded from above.
    pub(super) async fn organisations_in_grace(
        &self,
        scope: &Scope,
        now: Timestamp,
    ) -> Result<Vec<Uuid>> {
        let floor = self.view.find_floor().await?;
        let all = self.view.list_organisations().await?.into_iter();
        let all: BTreeMap<OrganisationId, OrganisationRecord> =
            all.map(|record| (record.id, record)).collect();
        let mut grace = Vec::new();
        for (id, record) in all.iter().filter(|(id, _)| scope.contains(**id)) {
            let mut demanded = floor.clone();
            let mut seen = BTreeSet::from([*id]);
            let mut above = record.parent;
            while let Some(parent) = above.filter(|parent| seen.insert(*parent)) {
                let Some(parent) = all.get(&parent) else { break };
                demanded = demanded.strictest(parent.overrides.clone());
                above = parent.parent;
            }
            let policy = Policy::resolve(record.preset, &record.overrides).with(&demanded);
            if policy.enrolment(now, Newcomer::default()) == Enrolment::InGrace {
                grace.push(id.0);
            }
        }
        Ok(grace)
    }
}
