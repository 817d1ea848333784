//! Passwords of documents, hashed before anything is written: a write does no hashing.

use std::collections::HashMap;
use std::future::Future;

use anyhow::anyhow;
use argon2::password_hash::Error;
use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordVerifier as _};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use latchkey_core::passwords::normal;
use latchkey_core::people::Username;
use latchkey_core::secrets::Plain;
use latchkey_store::Store;

use super::{Password, PersonDocument};
use crate::App;

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
            let hash = PasswordHash::new(&hash)?;
            let typed = normal(password.expose());
            Argon2::default().verify_password(typed.as_bytes(), &hash)
        });
        match verified.await? {
            Ok(()) => Ok(true),
            Err(Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(anyhow!("a stored password hash cannot be verified: {error}")),
        }
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

/// Whether a text is an Argon2 hash that can be verified here.
///
/// # Errors
/// Why not, without quoting it.
pub(super) fn check_hash(text: &str) -> Result<(), &'static str> {
    const WANTED: &str = "is an Argon2 hash as a PHC string ($argon2id$v=19$m=…,t=…,p=…$…$…)";
    let hash = PasswordHash::new(text).map_err(|_| WANTED)?;
    if Algorithm::try_from(hash.algorithm.as_str()).is_err() || hash.hash.is_none() {
        return Err(WANTED);
    }
    let params = Params::try_from(&hash).map_err(|_| WANTED)?;
    // Every log-in would pay what the hash asks for.
    if params.m_cost() > 1024 * 1024 || params.t_cost() > 64 || params.p_cost() > 64 {
        return Err("asks for more than 1 GiB, 64 passes or 64 lanes");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT_AND_HASH: &str =
        "c2FsdHNhbHRzYWx0c2FsdA$6qC5VNSxY7JtRSe7JcLpFj1QJgj8qd0h4QbQZ9cbVJ0";

    #[test]
    fn argon2_hashes_are_taken() {
        for algorithm in ["argon2id", "argon2i"] {
            let hash = format!("${algorithm}$v=19$m=19456,t=2,p=1${SALT_AND_HASH}");
            assert_eq!(check_hash(&hash), Ok(()), "{hash}");
        }
    }

    #[test]
    fn other_hashes_and_greedy_ones_are_refused() {
        let with = |start: &str| check_hash(&format!("{start}${SALT_AND_HASH}"));
        assert!(with("$argon2id$v=19$m=4194304,t=2,p=1").is_err_and(|e| e.contains("1 GiB")));
        assert!(with("$scrypt$ln=17,r=8,p=1").is_err());
        assert!(check_hash("$argon2id$v=19$m=19456,t=2,p=1").is_err(), "no hash in it");
        assert!(check_hash("$2y$10$abcdefghijklmnopqrstuv").is_err());
        assert!(check_hash("password").is_err());
        assert!(check_hash("").is_err());
    }
}
