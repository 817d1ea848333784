//! Letters to people whose e-mail address something changes: at the address of before and at the new
//! one. They are written before the change and queued in its own write.
//!
//! Whoever never started knows of no account and is told nothing.

use std::collections::HashMap;
use std::future::Future;

use latchkey_core::Timestamp;
use latchkey_core::people::Username;
use latchkey_core::roles::Actor;
use latchkey_store::{PersonRecord, Store};

use super::{ApplyError, PersonDocument};
use crate::App;
pub(super) use crate::actions::moved::tell;
use crate::audit::Origin;
use crate::mail::Drafts;

pub use crate::actions::moved::Moved;

/// How many people documents may move at once: all letters to them are held in memory, until the one
/// write is done.
pub(super) const MOVED_AT_ONCE: usize = 1000;
/// How many people are looked up at a time.
const AT_A_TIME: usize = 256;

/// How an installation writes to people.
pub trait Letters: Sync {
    /// Whether it does at all.
    fn are_sent(&self) -> bool;

    /// Writes the letters about another address, which documents give somebody.
    fn tell(
        &self,
        moved: &Moved,
        at: Timestamp,
    ) -> impl Future<Output = anyhow::Result<Drafts>> + Send;
}

impl Letters for App {
    fn are_sent(&self) -> bool {
        self.mail.is_some()
    }

    async fn tell(&self, moved: &Moved, at: Timestamp) -> anyhow::Result<Drafts> {
        let origin = Origin { actor: Actor::Cli, address: None, at };
        tell(self, &origin, moved).await
    }
}

/// The letters about one person's address.
pub(super) struct Prepared {
    /// What they tell.
    pub(super) moved: Moved,
    pub(super) letters: Drafts,
}

/// Writes to everybody whom documents move.
///
/// # Errors
/// When they are too many, the database fails or a letter cannot be written.
pub(super) async fn prepare<L: Letters>(
    people: &[PersonDocument],
    store: &Store,
    now: Timestamp,
    letters: &L,
) -> Result<HashMap<Username, Prepared>, ApplyError> {
    let moved = moved(people, store).await?;
    if letters.are_sent() && moved.len() > MOVED_AT_ONCE {
        return Err(ApplyError::TooManyMoved(moved.len()));
    }
    let mut prepared = HashMap::new();
    for (username, moved) in moved {
        let letters = letters.tell(&moved, now).await?;
        prepared.insert(username, Prepared { moved, letters });
    }
    Ok(prepared)
}

async fn moved(
    people: &[PersonDocument],
    store: &Store,
) -> latchkey_store::Result<Vec<(Username, Moved)>> {
    let mut moved = Vec::new();
    for some in people.chunks(AT_A_TIME) {
        let names: Vec<Username> = some.iter().map(|document| document.username.clone()).collect();
        let stored = store.view().list_people_by_username(&names).await?.into_iter();
        let stored: HashMap<Username, PersonRecord> =
            stored.map(|record| (record.person.username.clone(), record)).collect();
        for document in some {
            let Some(stored) = stored.get(&document.username) else { continue };
            let change = Moved::between(stored, &document.name, document.email.as_deref());
            moved.extend(change.map(|change| (document.username.clone(), change)));
        }
    }
    Ok(moved)
}
