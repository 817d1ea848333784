//! How far people are with their enrolment, and which keys they have.
//!
//! A few people are counted while they are asked for. Of many it is told what was last kept, organisation
//! by organisation.

use std::collections::{BTreeMap, BTreeSet};

use latchkey_core::Timestamp;
use latchkey_core::ids::OrganisationId;
use latchkey_core::people::PersonState;
use latchkey_core::policy::{Enrolment, Newcomer, Policy};
use latchkey_core::roles::Scope;
use sea_orm::sea_query::{CaseStatement, Condition, Expr, ExprTrait as _, Order, Query};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};
use uuid::Uuid;

use super::Within;
use super::enrolled::{Enrolled, Grace, Need};
use crate::counts::{CURRENT_DAYS, Counts, count, day};
use crate::credentials::ACTIVE;
use crate::entity::credentials;
use crate::entity::enrolment_counts;
use crate::entity::people::{Column, Entity};
use crate::{OrganisationRecord, Result};

/// How far it is looked back.
const DAYS_SHOWN: i64 = 13 * 7;

/// How far the people of an organisation and those below it are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// By organisation. One that was not counted yet is not there.
    pub organisations: Vec<OrganisationProgress>,
    /// How many organisations were not counted yet.
    pub uncounted: u64,
    /// How it was on each day on which all of them were counted that had been before; the last 13
    /// weeks, today included, the oldest first.
    pub days: Vec<DayProgress>,
}

/// How far the people of one organisation are, without those of organisations below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrganisationProgress {
    /// Which.
    pub organisation: OrganisationId,
    /// How many of them.
    pub counts: Counts,
    /// When they were counted.
    pub counted_at: Timestamp,
    /// Until when a password suffices for newcomers to begin, if it does.
    pub grace_until: Option<Timestamp>,
    /// Whether that is over soon.
    pub grace_ends: bool,
}

/// How it was on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayProgress {
    /// In days since the epoch (UTC).
    pub day: i64,
    /// How many people there were.
    pub people: u64,
    /// How many of them had a key.
    pub with_key: u64,
    /// How many of those had two or more.
    pub two_keys: u64,
}

impl OrganisationProgress {
    /// How many are so far.
    #[must_use]
    pub fn of(&self, enrolled: Enrolled) -> u64 {
        self.counts.of(enrolled, self.grace_until.is_some())
    }

    /// How many need help first.
    #[must_use]
    pub fn needing(&self, need: Need) -> u64 {
        match need {
            Need::Unreached => self.counts.unreached(self.grace_until.is_some()),
            Need::GraceEnds if self.grace_ends => self.of(Enrolled::InGrace),
            Need::GraceEnds => 0,
            Need::OneKeyAlone => self.counts.one_key_alone,
        }
    }
}

impl Progress {
    /// How many people were counted.
    #[must_use]
    pub fn people(&self) -> u64 {
        self.sum(|of| of.counts.people())
    }

    /// A number, of all organisations together.
    #[must_use]
    pub fn sum(&self, number: impl Fn(&OrganisationProgress) -> u64) -> u64 {
        self.organisations.iter().map(number).sum()
    }

    /// When the oldest of the counts was made.
    #[must_use]
    pub fn counted_at(&self) -> Option<Timestamp> {
        self.organisations.iter().map(|of| of.counted_at).min()
    }
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
    /// How far the people of an organisation and those below it are: counted now where they are
    /// `at_once` at most, and else as they were counted last.
    pub async fn progress(
        &self,
        organisation: OrganisationId,
        now: Timestamp,
        at_once: u64,
    ) -> Result<Progress> {
        let scope = self.narrowed(Some(organisation)).await?;
        let Scope::Organisations(ids) = &scope else { return Ok(Progress::default()) };
        let counted = if self.has_at_most(ids, at_once).await? {
            let counted =
                count(&self.view.conn, ids.iter().copied(), Condition::all()).await?.into_iter();
            counted.map(|(id, counts)| (id, counts, now)).collect()
        } else {
            self.kept(ids, now).await?
        };
        let grace = self.organisations_in_grace(&scope, now).await?;
        let of = |(organisation, counts, counted_at)| {
            let grace = grace.iter().find(|grace| grace.organisation == organisation);
            OrganisationProgress {
                organisation,
                counts,
                counted_at,
                grace_until: grace.map(|grace| grace.until),
                grace_ends: grace.is_some_and(|grace| grace.ends_soon(now)),
            }
        };
        let mut progress = Progress {
            uncounted: (ids.len() - counted.len()) as u64,
            organisations: counted.into_iter().map(of).collect(),
            days: self.days_before(ids, day(now)).await?,
        };
        progress.days.push(DayProgress {
            day: day(now),
            people: progress.people(),
            with_key: progress.sum(|of| of.counts.with_key()),
            two_keys: progress.sum(|of| of.counts.two_keys),
        });
        Ok(progress)
    }

    /// Whether so few people at most belong to these organisations.
    async fn has_at_most(&self, ids: &BTreeSet<OrganisationId>, most: u64) -> Result<bool> {
        let mut some = Query::select();
        some.expr(Expr::value(1))
            .from(Entity)
            .and_where(Column::OrganisationId.is_in(ids.iter().map(|id| id.0)))
            .limit(most + 1);
        let mut counted = Query::select();
        counted.expr_as(Expr::cust("COUNT(*)"), "people").from_subquery(some, "some_people");
        let row = self.view.conn.query_one(&counted).await?;
        let people = row.map(|row| number(&row, "people")).transpose()?;
        Ok(people.unwrap_or_default() <= most)
    }

    /// The latest of what is kept.
    async fn kept(
        &self,
        ids: &BTreeSet<OrganisationId>,
        now: Timestamp,
    ) -> Result<Vec<(OrganisationId, Counts, Timestamp)>> {
        use enrolment_counts::{Column as Kept, Entity as Counted};
        let rows = Counted::find()
            .filter(Kept::OrganisationId.is_in(ids.iter().map(|id| id.0)))
            .filter(Kept::Day.gt(day(now) - CURRENT_DAYS))
            .order_by_asc(Kept::Day)
            .all(&self.view.conn)
            .await?;
        let latest: BTreeMap<_, _> =
            rows.into_iter().map(|row| (OrganisationId(row.organisation_id), row)).collect();
        let of = |(id, row): (_, enrolment_counts::Model)| {
            (id, Counts::from_row(&row), Timestamp::from_millis(row.counted_at))
        };
        Ok(latest.into_iter().map(of).collect())
    }

    /// How it was on days before this one.
    async fn days_before(
        &self,
        ids: &BTreeSet<OrganisationId>,
        today: i64,
    ) -> Result<Vec<DayProgress>> {
        use enrolment_counts::Column as Kept;
        let sum = |sum: &'static str| Expr::cust(format!("CAST(SUM({sum}) AS BIGINT)"));
        let mut days = Query::select();
        days.column(Kept::Day)
            .expr_as(Expr::cust("COUNT(*)"), "counted")
            .expr_as(sum("newcomers + stuck + app_only + one_key + two_keys"), "people")
            .expr_as(sum("one_key + two_keys"), "with_key")
            .expr_as(sum("two_keys"), "two_keys")
            .from(enrolment_counts::Entity)
            .and_where(Kept::OrganisationId.is_in(ids.iter().map(|id| id.0)))
            .and_where(Kept::Day.gt(today - DAYS_SHOWN))
            .and_where(Kept::Day.lt(today))
            .group_by_col(Kept::Day)
            .order_by(Kept::Day, Order::Asc);
        let (mut found, mut most) = (Vec::new(), 0);
        for row in self.view.conn.query_all(&days).await? {
            // A day that ended before all were counted would tell of too few people.
            let counted = number(&row, "counted")?;
            if counted >= most {
                most = counted;
                found.push(DayProgress {
                    day: row.try_get("", "day")?,
                    people: number(&row, "people")?,
                    with_key: number(&row, "with_key")?,
                    two_keys: number(&row, "two_keys")?,
                });
            }
        }
        Ok(found)
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
    ) -> Result<Vec<Grace>> {
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
            let begins = policy.enrolment(now, Newcomer::default()) == Enrolment::InGrace;
            if let Some(until) = policy.grace_until.filter(|_| begins) {
                grace.push(Grace { organisation: *id, until });
            }
        }
        Ok(grace)
    }
}
