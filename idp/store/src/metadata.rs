//! The last good FIDO metadata: one row, which only a later one may replace. Whether it is good is
//! judged elsewhere.

use latchkey_core::Timestamp;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QuerySelect as _,
};

use crate::entity::metadata::{ActiveModel, Column, Entity};
use crate::{Error, Result, Tx, View};

/// There is one publisher.
const NAME: &str = "fido";

/// What is kept, without itself: some ten million bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetadataState {
    /// Its serial number.
    pub number: u32,
    /// When its source was last read and found good.
    pub checked_at: Timestamp,
    /// The number by which keys were last judged; 0 before that.
    pub judged: u32,
}

/// A BLOB that was accepted.
#[derive(Clone, PartialEq, Eq)]
pub struct MetadataRecord {
    /// Its serial number.
    pub number: u32,
    /// It, as it was published.
    pub blob: Vec<u8>,
    /// When it was accepted.
    pub accepted_at: Timestamp,
}

/// What is read of the row.
#[derive(FromQueryResult)]
struct Told {
    number: i64,
    checked_at: i64,
    judged: i64,
}

fn number(stored: i64) -> Result<u32> {
    u32::try_from(stored).map_err(|_| Error::damaged("metadata.number"))
}

impl View<'_> {
    /// What is kept at present, if anything.
    pub async fn find_metadata_state(&self) -> Result<Option<MetadataState>> {
        let query = Entity::find_by_id(NAME).select_only();
        let query =
            query.columns([Column::Number, Column::CheckedAt, Column::Judged]).into_model::<Told>();
        let Some(row) = query.one(&self.conn).await? else { return Ok(None) };
        let checked_at = Timestamp::from_millis(row.checked_at);
        Ok(Some(MetadataState {
            number: number(row.number)?,
            checked_at,
            judged: number(row.judged)?,
        }))
    }

    /// The BLOB that is kept, if any.
    pub async fn find_metadata(&self) -> Result<Option<MetadataRecord>> {
        let Some(row) = Entity::find_by_id(NAME).one(&self.conn).await? else { return Ok(None) };
        let accepted_at = Timestamp::from_millis(row.accepted_at);
        Ok(Some(MetadataRecord { number: number(row.number)?, blob: row.blob, accepted_at }))
    }
}

impl Tx {
    /// Keeps a BLOB in place of the one of number `before`, or of none; `false` when another stands
    /// there by now.
    pub async fn replace_metadata(
        &self,
        before: Option<u32>,
        new: &MetadataRecord,
    ) -> Result<bool> {
        let Some(before) = before else {
            let row = ActiveModel {
                name: Set(NAME.to_owned()),
                number: Set(new.number.into()),
                blob: Set(new.blob.clone()),
                accepted_at: Set(new.accepted_at.millis()),
                checked_at: Set(new.accepted_at.millis()),
                judged: Set(0),
            };
            let added = Entity::insert(row)
                .on_conflict(OnConflict::column(Column::Name).do_nothing().to_owned())
                .exec_without_returning(&self.conn())
                .await?;
            return Ok(added == 1);
        };
        let done = Entity::update_many()
            .col_expr(Column::Number, Expr::value(i64::from(new.number)))
            .col_expr(Column::Blob, Expr::value(new.blob.clone()))
            .col_expr(Column::AcceptedAt, Expr::value(new.accepted_at.millis()))
            .col_expr(Column::CheckedAt, Expr::value(new.accepted_at.millis()))
            .filter(Column::Name.eq(NAME))
            .filter(Column::Number.eq(i64::from(before)))
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Notes that every key was judged by what is kept, if that is still this number.
    pub async fn note_metadata_judged(&self, number: u32) -> Result<()> {
        Entity::update_many()
            .col_expr(Column::Judged, Expr::value(i64::from(number)))
            .filter(Column::Name.eq(NAME))
            .filter(Column::Number.eq(i64::from(number)))
            .exec(&self.conn())
            .await?;
        Ok(())
    }

    /// Notes that the source was read, and has nothing newer.
    pub async fn note_metadata_checked(&self, now: Timestamp) -> Result<()> {
        Entity::update_many()
            .col_expr(Column::CheckedAt, Expr::value(now.millis()))
            .filter(Column::Name.eq(NAME))
            .exec(&self.conn())
            .await?;
        Ok(())
    }
}
