//! The chain walked from its beginning to its end, a portion at a time, and what is wrong in it.
//!
//! Changes nothing. The hashes alone show what was changed by somebody who did not compute them
//! anew; for one who did there are the checkpoints that were sent elsewhere.

use std::collections::BTreeMap;

use latchkey_core::ids::EventId;
use latchkey_core::secrets::Digest;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use super::chain::{Link, hash};
use crate::entity::audit::{Column, Entity, Model};
use crate::expired::PORTION;
use crate::{Result, View};

/// Something that is wrong in the chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Events that were there are not.
    #[error("events {from} to {to} are missing")]
    Missing {
        /// The first.
        from: i64,
        /// The last.
        to: i64,
    },
    /// An event is not the one that was sealed at its place.
    #[error("event {sequence} ({id}) was changed, put in or moved after it was sealed")]
    Changed {
        /// Its place.
        sequence: i64,
        /// Which.
        id: EventId,
    },
    /// An event stands where there is another one, or where the chain does not reach.
    #[error("event {sequence} ({id}) stands outside the chain")]
    Outside {
        /// Its place.
        sequence: i64,
        /// Which.
        id: EventId,
    },
    /// The chain's end is not where it was put.
    #[error("the chain ends at event {sequence} with another hash than was kept")]
    End {
        /// The last event.
        sequence: i64,
    },
    /// A place was signed with another hash.
    #[error("event {sequence} is not the one that was signed in a checkpoint")]
    Signed {
        /// Which place.
        sequence: i64,
    },
    /// A place was signed that the chain does not reach.
    #[error("a checkpoint signed event {sequence}, and the chain ends at {last}")]
    SignedBeyond {
        /// Which place.
        sequence: i64,
        /// Where the chain ends.
        last: i64,
    },
}

/// What was walked over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Walked {
    /// The number that the first event hangs on: of the last one that was removed for its age.
    pub anchor: i64,
    /// The last event's number.
    pub last: i64,
    /// How many events there are in between.
    pub events: u64,
    /// How many are not in the chain yet.
    pub unsealed: u64,
    /// Checkpoints of events that were removed for their age.
    pub too_old: u64,
}

impl View<'_> {
    /// Walks the chain and compares it with the places of `signed`; `tell` hears of each fault.
    pub async fn walk_audit(
        &self,
        signed: &BTreeMap<i64, Digest>,
        tell: &mut (dyn FnMut(Fault) + Send),
    ) -> Result<Walked> {
        let anchor = self.find_audit_anchor().await?;
        // Events that are sealed meanwhile are none of this walk's.
        let head = self.find_audit_head().await?;
        self.outside(anchor, head, tell).await?;
        let mut walk = Walk { last: anchor, known: true, events: 0, signed, tell };
        walk.compare(anchor);
        loop {
            let rows = Entity::find()
                .filter(Column::Sequence.gt(walk.last.sequence))
                .filter(Column::Sequence.lte(head.sequence))
                .order_by_asc(Column::Sequence)
                .limit(PORTION)
                .all(&self.conn)
                .await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                walk.step(row);
            }
        }
        walk.end(head);
        let (reached, events) = (walk.last.sequence, walk.events);
        for sequence in signed.keys().filter(|sequence| **sequence > head.sequence) {
            tell(Fault::SignedBeyond { sequence: *sequence, last: head.sequence });
        }
        let too_old = signed.keys().filter(|sequence| **sequence < anchor.sequence).count();
        Ok(Walked {
            anchor: anchor.sequence,
            last: reached,
            events,
            unsealed: self.count_unsealed_events().await?,
            too_old: too_old as u64,
        })
    }

    /// Events with a number that the chain does not reach, some of them by name.
    async fn outside(
        &self,
        anchor: Link,
        head: Link,
        tell: &mut (dyn FnMut(Fault) + Send),
    ) -> Result<()> {
        let before = Entity::find().filter(Column::Sequence.lte(anchor.sequence));
        let after = Entity::find().filter(Column::Sequence.gt(head.sequence));
        let mut rows = before.limit(PORTION).all(&self.conn).await?;
        // The head may have moved since it was read.
        let now = self.find_audit_head().await?;
        let after = after.filter(Column::Sequence.gt(now.sequence));
        if after.clone().count(&self.conn).await? > 0 {
            let again = self.find_audit_head().await?;
            let beyond = after.filter(Column::Sequence.gt(again.sequence));
            rows.extend(beyond.limit(PORTION).all(&self.conn).await?);
        }
        for row in rows {
            let sequence = row.sequence.unwrap_or_default();
            tell(Fault::Outside { sequence, id: EventId(row.id) });
        }
        Ok(())
    }
}

struct Walk<'w> {
    last: Link,
    /// Whether the hash at `last` is known: after a gap it is not.
    known: bool,
    events: u64,
    signed: &'w BTreeMap<i64, Digest>,
    tell: &'w mut (dyn FnMut(Fault) + Send),
}

impl Walk<'_> {
    fn step(&mut self, row: &Model) {
        let sequence = row.sequence.unwrap_or_default();
        let id = EventId(row.id);
        self.events += 1;
        if sequence > self.last.sequence + 1 {
            let from = self.last.sequence + 1;
            (self.tell)(Fault::Missing { from, to: sequence - 1 });
            self.known = false;
        }
        let stored = row.hash.as_deref().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let stored = stored.map(Digest::from_bytes);
        let told = self.known.then(|| hash(&self.last.hash, sequence, row));
        match (told, stored) {
            (Some(told), Some(stored)) if told == stored => {}
            (None, Some(_)) => {}
            _ => (self.tell)(Fault::Changed { sequence, id }),
        }
        // From here on with what was kept, so that one fault is told once.
        self.known = stored.is_some();
        self.last = Link { sequence, hash: stored.unwrap_or(self.last.hash) };
        self.compare(self.last);
    }

    fn compare(&mut self, link: Link) {
        let signed = self.signed.get(&link.sequence);
        if signed.is_some_and(|hash| *hash != link.hash) {
            (self.tell)(Fault::Signed { sequence: link.sequence });
        }
    }

    fn end(&mut self, head: Link) {
        if self.last.sequence < head.sequence {
            let from = self.last.sequence + 1;
            (self.tell)(Fault::Missing { from, to: head.sequence });
        } else if self.last.hash != head.hash {
            (self.tell)(Fault::End { sequence: head.sequence });
        }
    }
}
