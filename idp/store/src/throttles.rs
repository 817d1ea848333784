//! What was counted against guessing: one row for what is guessed or where it comes from, and one
//! for each browser that somebody has logged in with. Keys are MACs; the store knows no names here.

use latchkey_core::Timestamp;
use latchkey_core::ids::PersonId;
use latchkey_core::throttle::{Count, Rule};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, FromQueryResult as _, QueryFilter as _,
};

use crate::entity::throttles::{ActiveModel, Column, Entity, Model};
use crate::fixed::Fixed;
use crate::{Result, Tx, View};

/// What was counted under one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThrottleRecord {
    /// Under which.
    pub key: [u8; 32],
    /// What.
    pub count: Count,
    /// When the audit trail was last told of it; long ago when never.
    pub told_at: Timestamp,
    /// When nobody needs it any more.
    pub expires_at: Timestamp,
}

fn from_row(row: &Model) -> Result<ThrottleRecord> {
    Ok(ThrottleRecord {
        key: *crate::sessions::digest(&row.key, "throttles.key")?.as_bytes(),
        count: Count {
            failures: u32::try_from(row.failures).unwrap_or(u32::MAX),
            last_at: Timestamp::from_millis(row.last_at),
        },
        told_at: Timestamp::from_millis(row.told_at),
        expires_at: Timestamp::from_millis(row.expires_at),
    })
}

impl View<'_> {
    /// What was counted under some keys, where anything was.
    pub async fn list_throttles(&self, keys: &[[u8; 32]]) -> Result<Vec<ThrottleRecord>> {
        let keys = keys.iter().map(|key| key.to_vec());
        let rows = Entity::find().filter(Column::Key.is_in(keys)).all(&self.conn).await?;
        rows.iter().map(from_row).collect()
    }
}

impl View<'_> {
    /// What was counted under a key.
    pub async fn find_throttle(&self, key: [u8; 32]) -> Result<Option<ThrottleRecord>> {
        static QUERY: Fixed = Fixed::new();
        let key = key.to_vec();
        let query = || Entity::find_by_id(key.clone());
        let row = QUERY.one(&self.conn, query, key.clone().into()).await?;
        row.map(|row| from_row(&Model::from_query_result(&row, "")?)).transpose()
    }
}

impl Tx {
    /// Counts a wrong try; tells what was counted before it, read in the same write.
    pub async fn count_failure(
        &self,
        key: [u8; 32],
        person: Option<PersonId>,
        rule: &Rule,
        now: Timestamp,
    ) -> Result<Option<ThrottleRecord>> {
        let before = self.view().list_throttles(&[key]).await?.pop();
        let count = rule.after_failure(before.map(|before| before.count), now);
        let until = now.plus(rule.forget);
        // A browser that is known stays known for as long as it was.
        let expires = before.map_or(until, |before| before.expires_at.max(until));
        let row = ActiveModel {
            key: Set(key.to_vec()),
            person_id: Set(person.map(|id| id.0)),
            failures: Set(count.failures.into()),
            last_at: Set(count.last_at.millis()),
            told_at: Set(0),
            expires_at: Set(expires.millis()),
        };
        let columns = [Column::Failures, Column::LastAt, Column::ExpiresAt];
        let put = OnConflict::column(Column::Key).update_columns(columns).to_owned();
        Entity::insert(row).on_conflict(put).exec_without_returning(&self.conn()).await?;
        Ok(before)
    }

    /// Counts one more under a key for a stretch of time. With `once`, only when that key is new.
    pub async fn count_in_stretch(
        &self,
        key: [u8; 32],
        once: Option<[u8; 32]>,
        now: Timestamp,
        ends: Timestamp,
    ) -> Result<()> {
        let row = |key: [u8; 32], failures| ActiveModel {
            key: Set(key.to_vec()),
            person_id: Set(None),
            failures: Set(failures),
            last_at: Set(now.millis()),
            told_at: Set(0),
            expires_at: Set(ends.millis()),
        };
        if let Some(once) = once {
            let added = Entity::insert(row(once, 0))
                .on_conflict(OnConflict::column(Column::Key).do_nothing().to_owned())
                .exec_without_returning(&self.conn())
                .await?;
            if added == 0 {
                return Ok(());
            }
        }
        let more = ExprTrait::add(Expr::col((Entity, Column::Failures)), 1);
        let put = OnConflict::column(Column::Key).value(Column::Failures, more).to_owned();
        Entity::insert(row(key, 1)).on_conflict(put).exec_without_returning(&self.conn()).await?;
        Ok(())
    }

    /// Notes that the audit trail is told of a key; `false` when it was told at or after `since`.
    pub async fn tell_of_throttle(
        &self,
        key: [u8; 32],
        since: Timestamp,
        now: Timestamp,
    ) -> Result<bool> {
        // A time that lies ahead is of a clock that was put back.
        let due = Condition::any()
            .add(Column::ToldAt.lt(since.millis()))
            .add(Column::ToldAt.gt(now.millis()));
        let done = Entity::update_many()
            .col_expr(Column::ToldAt, Expr::value(now.millis()))
            .filter(Column::Key.eq(&key[..]))
            .filter(due)
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Forgets what was counted under a key.
    pub async fn forget_failures(&self, key: [u8; 32]) -> Result<()> {
        Entity::delete_many().filter(Column::Key.eq(&key[..])).exec(&self.conn()).await?;
        Ok(())
    }

    /// Forgets the wrong tries of a browser that somebody has logged in with, and keeps that.
    pub async fn forgive_browser(&self, key: [u8; 32]) -> Result<()> {
        Entity::update_many()
            .col_expr(Column::Failures, Expr::value(0))
            .filter(Column::Key.eq(&key[..]))
            .exec(&self.conn())
            .await?;
        Ok(())
    }

    /// Notes a browser that a person has logged in with, until `until`. One that is known until
    /// `at_least` is left alone.
    pub async fn know_browser(
        &self,
        key: [u8; 32],
        person: PersonId,
        at_least: Timestamp,
        until: Timestamp,
    ) -> Result<()> {
        let row = ActiveModel {
            key: Set(key.to_vec()),
            person_id: Set(Some(person.0)),
            failures: Set(0),
            last_at: Set(0),
            told_at: Set(0),
            expires_at: Set(until.millis()),
        };
        let longer = OnConflict::column(Column::Key)
            .update_column(Column::ExpiresAt)
            .action_and_where(ExprTrait::lt(
                Expr::col((Entity, Column::ExpiresAt)),
                at_least.millis(),
            ))
            .to_owned();
        Entity::insert(row).on_conflict(longer).exec_without_returning(&self.conn()).await?;
        Ok(())
    }

    /// Removes what nobody needs any more: at most [`PORTION`](crate::PORTION) rows.
    pub async fn delete_expired_throttles(&self, now: Timestamp) -> Result<u64> {
        let expired = Column::ExpiresAt.lte(now.millis());
        self.delete_portion::<Entity, _>(Column::Key, expired).await
    }
}
