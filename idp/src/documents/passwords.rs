//! Passwords of documents, hashed before anything is written: a write does no hashing.

use std::collections::HashMap;
use std::future::Future;

use anyhow::anyhow;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use latchkey_core::passwords::normal;
use latchkey_core::people::Username;
use latchkey_core::secrets::Plain;
use latchkey_store::Store;

use super::{Password, PersonDocument};
use crate::App;
use crate::authn::stored_hash::StoredHash;

/// How many people are decided about at a time: what is under way takes memory.
const AT_A_TIME: usize = 256;

/// How an installation hashes passwords.
pub trait Passwords: Sync {
    /// Hashes a password, as a PHC string.
    fn hash(&self, password: Plain) -> impl Future<Output = anyhow::Result<String>> + Send;

    /// Whether a password is the one that was hashed.
    fn matches(
        &self,
        password: Plain,
        hash: String,
    ) -> impl Future<Output = anyhow::Result<bool>> + Send;
}

impl Passwords for App {
    async fn hash(&self, password: Plain) -> anyhow::Result<String> {
        self.hasher.hash(password).await
    }

    async fn matches(&self, password: Plain, hash: String) -> anyhow::Result<bool> {
        // One at a time, off the threads that serve requests.
        let verified = tokio::task::spawn_blocking(move || {
            let stored = StoredHash::parse(&hash);
            let stored = stored.map_err(|why| anyhow!("a stored password hash {why}"))?;
            stored.matches(normal(password.expose()).as_bytes(), &mut Vec::new())
        });
        verified.await?
    }
}

/// What is to become of a person's stored hash.
pub(super) struct Prepared {
    /// The hash that was stored when this was decided.
    pub(super) seen: Option<String>,
    /// What is to take its place, if anything.
    pub(super) replacement: Option<Replacement>,
}

/// A new hash.
pub(super) enum Replacement {
    /// The one in the document.
    Said,
    /// That of the password in the document.
    Made(String),
}

/// Decides for each person whose document says a password whether it changes.
pub(super) async fn prepare<P: Passwords>(
    people: &[PersonDocument],
    store: &Store,
    passwords: &P,
) -> anyhow::Result<HashMap<Username, Prepared>> {
    let at_once = std::thread::available_parallelism().map_or(1, usize::from);
    let mut prepared = HashMap::new();
    for some in people.chunks(AT_A_TIME) {
        let mut decided = Vec::with_capacity(AT_A_TIME);
        for person in some {
            if !matches!(person.password, Password::Unsaid) {
                decided.push(decide(person, store, passwords));
            }
        }
        let decided = stream::iter(decided).buffer_unordered(at_once);
        prepared.extend(decided.try_collect::<Vec<_>>().await?);
    }
    Ok(prepared)
}

async fn decide<P: Passwords>(
    person: &PersonDocument,
    store: &Store,
    passwords: &P,
) -> anyhow::Result<(Username, Prepared)> {
    let stored = store.view().find_person_by_username(&person.username).await?;
    let seen = stored.and_then(|record| record.password_hash);
    let replacement = match &person.password {
        Password::Unsaid => None,
        Password::Hash(hash) => (seen.as_ref() != Some(hash)).then_some(Replacement::Said),
        Password::Plain(plain) => {
            let same = match &seen {
                Some(hash) => passwords.matches(plain.clone(), hash.clone()).await?,
                None => false,
            };
            if same { None } else { Some(Replacement::Made(passwords.hash(plain.clone()).await?)) }
        }
    };
    Ok((person.username.clone(), Prepared { seen, replacement }))
}
