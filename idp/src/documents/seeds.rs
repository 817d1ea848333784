//! Authenticator apps of documents: whether the one that a person has is the one that is described,
//! found out before anything is written. A seed leaves its document sealed, and no document again.

use std::collections::HashMap;

use latchkey_core::codes::{AuthenticatorApp, seed_purpose};
use latchkey_core::credentials::CredentialState;
use latchkey_core::ids::{CodeId, PersonId};
use latchkey_core::people::Username;
use latchkey_core::secrets::Sealed;
use latchkey_core::totp::Seed;
use latchkey_core::{Rng, Timestamp};

use super::passwords::Passwords;
use super::{Installation, PersonDocument};
use crate::App;
use crate::authn::totp;

/// How an installation keeps seeds.
pub trait Seeds: Sync {
    /// Seals a seed for a person: nobody else's opens in its place.
    fn seal(&self, rng: &dyn Rng, person: PersonId, seed: &Seed) -> Sealed;

    /// Whether a sealed seed is this one.
    fn is_sealed(&self, person: PersonId, sealed: &Sealed, seed: &Seed) -> bool;
}

impl Seeds for App {
    fn seal(&self, rng: &dyn Rng, person: PersonId, seed: &Seed) -> Sealed {
        self.keys.seal_data(rng, &seed_purpose(person), seed.expose())
    }

    fn is_sealed(&self, person: PersonId, sealed: &Sealed, seed: &Seed) -> bool {
        totp::seed(&self.keys, person, sealed).is_ok_and(|there| there.expose() == seed.expose())
    }
}

/// The app that a document describes.
pub(super) struct Prepared {
    /// Whose it is, there or new.
    pub(super) person: PersonId,
    /// The app that they had when this was decided.
    pub(super) seen: Option<CodeId>,
    /// The one that takes its place, if it is another.
    pub(super) replacement: Option<AuthenticatorApp>,
}

/// Decides for each person whose document describes an app whether it changes.
pub(super) async fn prepare<S: Passwords + Seeds>(
    people: &[PersonDocument],
    to: &Installation<'_, S>,
    now: Timestamp,
) -> latchkey_store::Result<HashMap<Username, Prepared>> {
    let mut prepared = HashMap::new();
    let view = to.store.view();
    for document in people {
        let Some(seed) = &document.totp else { continue };
        let stored = view.find_person_by_username(&document.username).await?;
        let there = match &stored {
            Some(record) => view.list_codes(record.person.id).await?.app,
            None => None,
        };
        let person = stored.map_or_else(|| PersonId::new(&**to.rng, now), |it| it.person.id);
        let same = there.as_ref().is_some_and(|app| to.ways.is_sealed(person, &app.seed, seed));
        let replacement = (!same).then(|| AuthenticatorApp {
            id: CodeId::new(&**to.rng, now),
            seed: to.ways.seal(&**to.rng, person, seed),
            last_step: 0,
            state: CredentialState::Active,
            added_at: now,
            last_used_at: None,
        });
        let seen = there.map(|app| app.id);
        prepared.insert(document.username.clone(), Prepared { person, seen, replacement });
    }
    Ok(prepared)
}
