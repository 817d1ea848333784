//! The chain over the audit trail: each event gets the number after the last one's and the hash of
//! the last hash and everything in its row, in the order in which they are found. An event whose
//! write ends later than its neighbours' is found later; there are no gaps.

use latchkey_core::Timestamp;
use latchkey_core::secrets::Digest;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use crate::entity::audit::{Column, Entity, Model};
use crate::entity::{audit_chain, audit_checkpoints};
use crate::expired::PORTION;
use crate::{Error, Result, Tx, View};

/// Where the chain ends at present.
const HEAD: &str = "head";
/// What the first event that is still there hangs on.
const ANCHOR: &str = "anchor";

/// A place in the chain: an event's number, and the hash there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The number; 0 before the first event.
    pub sequence: i64,
    /// The hash.
    pub hash: Digest,
}

impl Link {
    /// Before the first event of all.
    pub(super) fn start() -> Self {
        Self { sequence: 0, hash: Digest::from_bytes([0; 32]) }
    }
}

/// A place in the chain that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Where.
    pub link: Link,
    /// When it was signed.
    pub at: Timestamp,
    /// The same, signed (RFC 7515, compact).
    pub signed: String,
}

fn digest(bytes: &[u8], what: &str) -> Result<Digest> {
    <[u8; 32]>::try_from(bytes).map(Digest::from_bytes).map_err(|_| Error::damaged(what))
}

/// The hash of a row at its place: of the hash before it, its number, and each column by its length
/// and its bytes, so that nothing can move from one column to the next.
pub(super) fn hash(before: &Digest, sequence: i64, row: &Model) -> Digest {
    let mut bytes = Vec::with_capacity(512);
    bytes.extend_from_slice(before.as_bytes());
    bytes.extend_from_slice(&sequence.to_be_bytes());
    let mut add = |part: Option<&[u8]>| match part {
        Some(part) => {
            bytes.push(1);
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        None => bytes.push(0),
    };
    add(Some(row.id.as_bytes()));
    add(Some(&row.at.to_be_bytes()));
    add(Some(row.kind.as_bytes()));
    for id in [row.person_id, row.organisation_id, row.session_id] {
        add(id.as_ref().map(|id| id.as_bytes().as_slice()));
    }
    add(Some(row.actor.as_bytes()));
    add(Some(row.event.as_bytes()));
    let texts =
        [&row.address, &row.role, &row.strength, &row.case_number, &row.checks, &row.reason];
    for text in texts {
        add(text.as_deref().map(str::as_bytes));
    }
    add(row.personal.as_deref());
    Digest::of(&bytes)
}

impl View<'_> {
    async fn find_end(&self, name: &str) -> Result<Option<Link>> {
        let row = audit_chain::Entity::find_by_id(name.to_owned()).one(&self.conn).await?;
        row.map(|row| {
            Ok(Link { sequence: row.sequence, hash: digest(&row.hash, "audit_chain.hash")? })
        })
        .transpose()
    }

    /// Where the chain ends.
    pub async fn find_audit_head(&self) -> Result<Link> {
        Ok(self.find_end(HEAD).await?.unwrap_or_else(Link::start))
    }

    /// What the first event that is still there hangs on.
    pub async fn find_audit_anchor(&self) -> Result<Link> {
        Ok(self.find_end(ANCHOR).await?.unwrap_or_else(Link::start))
    }

    /// How many events have no place in the chain yet.
    pub async fn count_unsealed_events(&self) -> Result<u64> {
        Ok(Entity::find().filter(Column::Sequence.is_null()).count(&self.conn).await?)
    }

    /// Whether an event has no place in the chain yet.
    pub async fn has_unsealed_events(&self) -> Result<bool> {
        let one = Entity::find().filter(Column::Sequence.is_null()).limit(1);
        Ok(one.one(&self.conn).await?.is_some())
    }

    /// Whether an event of the chain is older than `before`.
    pub async fn has_events_before(&self, before: Timestamp) -> Result<bool> {
        let oldest = Entity::find()
            .filter(Column::Sequence.is_not_null())
            .order_by_asc(Column::Sequence)
            .limit(1);
        let oldest = oldest.one(&self.conn).await?;
        Ok(oldest.is_some_and(|row| row.at < before.millis()))
    }

    /// The last place that was signed.
    pub async fn find_last_checkpoint(&self) -> Result<Option<Checkpoint>> {
        let last = audit_checkpoints::Entity::find()
            .order_by_desc(audit_checkpoints::Column::Sequence)
            .limit(1);
        last.one(&self.conn).await?.map(checkpoint).transpose()
    }

    /// The places after `sequence` that were signed, the first one first: a portion of them.
    pub async fn list_checkpoints(&self, sequence: i64) -> Result<Vec<Checkpoint>> {
        let rows = audit_checkpoints::Entity::find()
            .filter(audit_checkpoints::Column::Sequence.gt(sequence))
            .order_by_asc(audit_checkpoints::Column::Sequence)
            .limit(PORTION)
            .all(&self.conn)
            .await?;
        rows.into_iter().map(checkpoint).collect()
    }
}

fn checkpoint(row: audit_checkpoints::Model) -> Result<Checkpoint> {
    let hash = digest(&row.hash, "audit_checkpoints.hash")?;
    let link = Link { sequence: row.sequence, hash };
    Ok(Checkpoint { link, at: Timestamp::from_millis(row.at), signed: row.signed })
}

impl Tx {
    /// Gives a portion of the events that have none a place in the chain; tells how many.
    pub async fn seal_events(&self) -> Result<u64> {
        let head = self.view().find_audit_head().await?;
        let rows = Entity::find()
            .filter(Column::Sequence.is_null())
            .order_by_asc(Column::At)
            .order_by_asc(Column::Id)
            .limit(PORTION)
            .all(&self.conn())
            .await?;
        let (mut last, mut count) = (head, 0);
        for row in rows {
            let sequence = last.sequence + 1;
            last = Link { sequence, hash: hash(&last.hash, sequence, &row) };
            Entity::update_many()
                .col_expr(Column::Sequence, Expr::value(sequence))
                .col_expr(Column::Hash, Expr::value(last.hash.as_bytes().to_vec()))
                .filter(Column::Id.eq(row.id))
                .exec(&self.conn())
                .await?;
            count += 1;
        }
        if count > 0 {
            self.move_link(HEAD, head, last).await?;
        }
        Ok(count)
    }

    /// Moves an end of the chain from where it was found.
    async fn move_link(&self, name: &str, from: Link, to: Link) -> Result<()> {
        use audit_chain::{ActiveModel, Column, Entity};
        let done = Entity::update_many()
            .col_expr(Column::Sequence, Expr::value(to.sequence))
            .col_expr(Column::Hash, Expr::value(to.hash.as_bytes().to_vec()))
            .filter(Column::Name.eq(name).and(Column::Sequence.eq(from.sequence)))
            .exec(&self.conn())
            .await?;
        if done.rows_affected == 0 {
            // Somebody else's conflicts with it.
            let row = ActiveModel {
                name: Set(name.to_owned()),
                sequence: Set(to.sequence),
                hash: Set(to.hash.as_bytes().to_vec()),
            };
            Entity::insert(row).exec_without_returning(&self.conn()).await?;
        }
        Ok(())
    }

    /// Keeps a place that was signed; `false` when it was signed already.
    pub async fn insert_checkpoint(&self, new: &Checkpoint) -> Result<bool> {
        use audit_checkpoints::{ActiveModel, Column, Entity};
        let row = ActiveModel {
            sequence: Set(new.link.sequence),
            at: Set(new.at.millis()),
            hash: Set(new.link.hash.as_bytes().to_vec()),
            signed: Set(new.signed.clone()),
        };
        let nothing = sea_orm::sea_query::OnConflict::column(Column::Sequence);
        let added = Entity::insert(row)
            .on_conflict(nothing.clone().do_nothing().to_owned())
            .exec_without_returning(&self.conn())
            .await?;
        Ok(added == 1)
    }

    /// Removes a portion of the chain's beginning that is older than `before`, up to the first event
    /// that is not, and keeps what the rest hangs on; tells how many went.
    pub async fn delete_events_before(&self, before: Timestamp) -> Result<u64> {
        let oldest = Entity::find()
            .filter(Column::Sequence.is_not_null())
            .order_by_asc(Column::Sequence)
            .limit(PORTION)
            .all(&self.conn())
            .await?;
        let over = oldest.iter().take_while(|row| row.at < before.millis());
        let Some(last) = over.last() else { return Ok(0) };
        let sequence = last.sequence.ok_or_else(|| Error::damaged("audit.sequence"))?;
        let bytes = last.hash.as_deref().unwrap_or_default();
        let to = Link { sequence, hash: digest(bytes, "audit.hash")? };
        let from = self.view().find_audit_anchor().await?;
        self.move_link(ANCHOR, from, to).await?;
        let gone =
            Entity::delete_many().filter(Column::Sequence.lte(sequence)).exec(&self.conn()).await?;
        audit_checkpoints::Entity::delete_many()
            .filter(audit_checkpoints::Column::Sequence.lt(sequence))
            .exec(&self.conn())
            .await?;
        Ok(gone.rows_affected)
    }
}
