//! How far the people of organisations are, counted: the one way to count, for an answer and for what
//! is kept of it day by day. What is kept names nobody.
//!
//! Whether an organisation is in grace is not in a count: a policy that changes holds at once for
//! counts that are kept.

use std::collections::BTreeMap;

use latchkey_core::Timestamp;
use latchkey_core::ids::OrganisationId;
use sea_orm::sea_query::{Condition, Expr, ExprTrait as _, OnConflict, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::enrolment::{Class, Numbers};
use crate::entity::enrolment_counts::{ActiveModel, Column, Entity, Model};
use crate::entity::{organisations, people};
use crate::line::Line;
use crate::within::enrolled::Enrolled;
use crate::{Error, Result, Tx, View};

/// The milliseconds of a day (UTC).
const DAY: i64 = 86_400_000;
/// Counts that are older than so many days are history and tell nothing of today.
pub(crate) const CURRENT_DAYS: i64 = 7;

/// How many people of one organisation are how far. Whoever may not log in is not counted, and only
/// what works counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// They have nothing, never had anything and have no role: in grace a password suffices for them
    /// to begin.
    pub newcomers: u64,
    /// Those of them who have no e-mail address.
    pub newcomers_unreached: u64,
    /// They have nothing, and need help to begin even in grace.
    pub stuck: u64,
    /// Those of them who have no e-mail address.
    pub stuck_unreached: u64,
    /// They have an authenticator app and no key.
    pub app_only: u64,
    /// They have one key.
    pub one_key: u64,
    /// Those of them whose key stays on its device, and who have no app beside it.
    pub one_key_alone: u64,
    /// They have two keys or more.
    pub two_keys: u64,
    /// They said that they would like a key before their organisation hands any out.
    pub interested: u64,
}

impl Counts {
    /// Everybody.
    #[must_use]
    pub fn people(&self) -> u64 {
        self.newcomers + self.stuck + self.app_only + self.with_key()
    }

    /// Whoever has a key.
    #[must_use]
    pub fn with_key(&self) -> u64 {
        self.one_key + self.two_keys
    }

    fn plus(self, more: Self) -> Self {
        Self {
            newcomers: self.newcomers + more.newcomers,
            newcomers_unreached: self.newcomers_unreached + more.newcomers_unreached,
            stuck: self.stuck + more.stuck,
            stuck_unreached: self.stuck_unreached + more.stuck_unreached,
            app_only: self.app_only + more.app_only,
            one_key: self.one_key + more.one_key,
            one_key_alone: self.one_key_alone + more.one_key_alone,
            two_keys: self.two_keys + more.two_keys,
            interested: self.interested + more.interested,
        }
    }

    /// How many are so far, where the organisation is in grace or is not.
    #[must_use]
    pub fn of(&self, enrolled: Enrolled, grace: bool) -> u64 {
        match enrolled {
            Enrolled::Nothing if grace => self.stuck,
            Enrolled::Nothing => self.stuck + self.newcomers,
            Enrolled::InGrace if grace => self.newcomers,
            Enrolled::InGrace => 0,
            Enrolled::AppOnly => self.app_only,
            Enrolled::OneKey => self.one_key,
            Enrolled::TwoKeys => self.two_keys,
        }
    }

    /// How many have nothing and no e-mail address, where the organisation is in grace or is not.
    #[must_use]
    pub fn unreached(&self, grace: bool) -> u64 {
        self.stuck_unreached + if grace { 0 } else { self.newcomers_unreached }
    }

    pub(crate) fn from_row(row: &Model) -> Self {
        let number = |value: i64| u64::try_from(value).unwrap_or_default();
        Self {
            newcomers: number(row.newcomers),
            newcomers_unreached: number(row.newcomers_unreached),
            stuck: number(row.stuck),
            stuck_unreached: number(row.stuck_unreached),
            app_only: number(row.app_only),
            one_key: number(row.one_key),
            one_key_alone: number(row.one_key_alone),
            two_keys: number(row.two_keys),
            interested: number(row.interested),
        }
    }

    fn to_row(self, organisation: OrganisationId, now: Timestamp) -> ActiveModel {
        let number = |value: u64| Set(i64::try_from(value).unwrap_or(i64::MAX));
        ActiveModel {
            organisation_id: Set(organisation.0),
            day: Set(day(now)),
            counted_at: Set(now.millis()),
            newcomers: number(self.newcomers),
            newcomers_unreached: number(self.newcomers_unreached),
            stuck: number(self.stuck),
            stuck_unreached: number(self.stuck_unreached),
            app_only: number(self.app_only),
            one_key: number(self.one_key),
            one_key_alone: number(self.one_key_alone),
            two_keys: number(self.two_keys),
            interested: number(self.interested),
        }
    }
}

/// The day of a time (UTC), in days since the epoch.
pub(crate) fn day(at: Timestamp) -> i64 {
    at.millis().div_euclid(DAY)
}

/// Counts people of these organisations, by the user names that they have: all of them, or a part.
/// Each organisation has its counts, be they nothing.
pub(crate) async fn count(
    conn: &Line<'_>,
    organisations: impl Iterator<Item = OrganisationId>,
    part: Condition,
) -> Result<BTreeMap<OrganisationId, Counts>> {
    use people::Column as Person;
    let mut counted: BTreeMap<_, _> = organisations.map(|id| (id, Counts::default())).collect();
    let alike = [Person::OrganisationId, Person::Enrolment];
    let mut grouped = Query::select();
    grouped
        .columns(alike)
        .expr_as(Expr::cust("COUNT(*)"), "people")
        .expr_as(Expr::col(Person::InterestedAt).count(), "wishes")
        .from(people::Entity)
        .and_where(Person::OrganisationId.is_in(counted.keys().map(|id| id.0)))
        .cond_where(Numbers::not_disabled().condition())
        .cond_where(part)
        .group_by_columns(alike);
    for row in conn.query_all(&grouped).await? {
        let id: Uuid = row.try_get("", "organisation_id")?;
        let many =
            |column| row.try_get::<i64>("", column).map(|it| u64::try_from(it).unwrap_or_default());
        let people = many("people")?;
        let of = counted.entry(OrganisationId(id)).or_default();
        of.interested += many("wishes")?;
        let number = row.try_get("", "enrolment")?;
        match Class::of(number).ok_or_else(|| Error::damaged("people.enrolment"))? {
            Class::Newcomer => of.newcomers += people,
            Class::NewcomerUnreached => {
                of.newcomers += people;
                of.newcomers_unreached += people;
            }
            Class::Stuck => of.stuck += people,
            Class::StuckUnreached => {
                of.stuck += people;
                of.stuck_unreached += people;
            }
            Class::AppOnly => of.app_only += people,
            Class::OneKeyAlone => {
                of.one_key += people;
                of.one_key_alone += people;
            }
            Class::OneKey => of.one_key += people,
            Class::TwoKeys => of.two_keys += people,
        }
    }
    Ok(counted)
}

/// The people of an organisation in the order of their user names, so many at a time: however many
/// they are, no statement takes long.
pub(crate) struct Portions<'v, 'c> {
    view: &'v View<'c>,
    organisation: OrganisationId,
    most: u64,
    after: Option<String>,
    is_over: bool,
}

impl<'v, 'c> Portions<'v, 'c> {
    pub(crate) fn new(view: &'v View<'c>, organisation: OrganisationId, most: u64) -> Self {
        Self { view, organisation, most, after: None, is_over: false }
    }

    /// That a person is among those who come now; `None` when nobody is left.
    pub(crate) async fn next(&mut self) -> Result<Option<Condition>> {
        use people::Column as Person;
        if self.is_over {
            return Ok(None);
        }
        let mut part = Condition::all();
        if let Some(after) = &self.after {
            part = part.add(Person::Username.gt(after));
        }
        // Whoever comes last of this part, if anybody is left after them.
        self.after = people::Entity::find()
            .select_only()
            .column(Person::Username)
            .filter(Person::OrganisationId.eq(self.organisation.0))
            .filter(part.clone())
            .order_by_asc(Person::Username)
            .offset(self.most)
            .limit(1)
            .into_tuple()
            .one(&self.view.conn)
            .await?;
        self.is_over = self.after.is_none();
        if let Some(last) = &self.after {
            part = part.add(Person::Username.lte(last));
        }
        Ok(Some(part))
    }
}

impl View<'_> {
    /// How far the people of an organisation are, without those of organisations below it.
    ///
    /// However many they are, no statement takes long: they are counted in parts of so many people.
    pub async fn count_enrolment(&self, organisation: OrganisationId, most: u64) -> Result<Counts> {
        let mut all = Counts::default();
        let mut portions = Portions::new(self, organisation, most);
        while let Some(part) = portions.next().await? {
            let counted = count(&self.conn, std::iter::once(organisation), part).await?;
            all = counted.into_values().fold(all, Counts::plus);
        }
        Ok(all)
    }

    /// The organisations that were not counted since a time: those first that never were or not for
    /// days, which have no time, and then those that it was longest ago for.
    pub async fn list_uncounted(
        &self,
        since: Timestamp,
    ) -> Result<Vec<(OrganisationId, Option<Timestamp>)>> {
        let latest = Expr::col((Entity, Column::CountedAt)).max();
        let kept = Expr::col((Entity, Column::OrganisationId))
            .equals((organisations::Entity, organisations::Column::Id))
            .and(Expr::col((Entity, Column::Day)).gt(day(since) - CURRENT_DAYS));
        let mut all = Query::select();
        all.column((organisations::Entity, organisations::Column::Id))
            .expr_as(latest, "latest")
            .from(organisations::Entity)
            .left_join(Entity, kept)
            .group_by_col((organisations::Entity, organisations::Column::Id));
        let mut due = Vec::new();
        for row in self.conn.query_all(&all).await? {
            let counted: Option<i64> = row.try_get("", "latest")?;
            let counted = counted.map(Timestamp::from_millis);
            if counted.is_none_or(|at| at < since) {
                due.push((OrganisationId(row.try_get("", "id")?), counted));
            }
        }
        due.sort_unstable_by_key(|(id, counted)| (*counted, *id));
        Ok(due)
    }
}

impl Tx {
    /// Keeps what was counted, in place of what was counted before on the same day. What was counted
    /// later stays.
    pub async fn keep_enrolment(
        &self,
        organisation: OrganisationId,
        counts: Counts,
        now: Timestamp,
    ) -> Result<()> {
        let mut again = OnConflict::columns([Column::OrganisationId, Column::Day]);
        again
            .update_columns([
                Column::CountedAt,
                Column::Newcomers,
                Column::NewcomersUnreached,
                Column::Stuck,
                Column::StuckUnreached,
                Column::AppOnly,
                Column::OneKey,
                Column::OneKeyAlone,
                Column::TwoKeys,
                Column::Interested,
            ])
            .action_and_where(Expr::col((Entity, Column::CountedAt)).lte(now.millis()));
        Entity::insert(counts.to_row(organisation, now))
            .on_conflict(again)
            .exec_without_returning(&self.conn())
            .await?;
        Ok(())
    }

    /// Forgets what was counted on the oldest day, if that is before the day of a time.
    pub async fn delete_oldest_enrolment_before(&self, before: Timestamp) -> Result<u64> {
        let conn = self.conn();
        let mut oldest = Query::select();
        oldest.expr_as(Expr::col(Column::Day).min(), "oldest").from(Entity);
        let Some(row) = conn.query_one(&oldest).await? else { return Ok(0) };
        let Some(oldest) = row.try_get::<Option<i64>>("", "oldest")? else { return Ok(0) };
        if oldest >= day(before) {
            return Ok(0);
        }
        let gone = Entity::delete_many().filter(Column::Day.eq(oldest)).exec(&conn).await?;
        Ok(gone.rows_affected)
    }
}
