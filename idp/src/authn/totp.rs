//! Authenticator apps: their seeds, which are sealed at rest, and the judgement of a typed code.
//!
//! That a step counts once is for whoever writes the proof: `Tx::use_app` in the same write.

use latchkey_core::codes::{AuthenticatorApp, seed_purpose};
use latchkey_core::ids::{CodeId, PersonId};
use latchkey_core::secrets::Sealed;
use latchkey_core::totp::{Seed, TypedCode};
use latchkey_core::{Rng, Timestamp};

use crate::keys::Keys;

/// The factor.
pub struct Factor;

/// An app that showed a right code: it can be enrolled.
#[must_use]
pub fn enrolled(
    keys: &Keys,
    rng: &dyn Rng,
    person: PersonId,
    seed: &Seed,
    step: i64,
    now: Timestamp,
) -> AuthenticatorApp {
    AuthenticatorApp {
        id: CodeId::new(rng, now),
        seed: keys.seal_data(rng, &seed_purpose(person), seed.expose()),
        last_step: step,
        suspended: false,
        added_at: now,
        last_used_at: None,
    }
}

/// The seed of a person's app.
///
/// # Errors
/// When it does not open: it is another person's, or the database was made with other keys.
pub fn seed(keys: &Keys, person: PersonId, sealed: &Sealed) -> anyhow::Result<Seed> {
    let bytes = keys.open_data(&seed_purpose(person), sealed)?;
    Ok(Seed::from_bytes(&bytes)?)
}

/// The step of a code that is right now and was not used; `None` for any other, whatever is wrong
/// with it.
///
/// # Errors
/// As [`seed`].
pub fn judge(
    keys: &Keys,
    person: PersonId,
    app: &AuthenticatorApp,
    typed: &str,
    now: Timestamp,
) -> anyhow::Result<Option<i64>> {
    let Some(typed) = TypedCode::parse(typed) else { return Ok(None) };
    Ok(seed(keys, person, &app.seed)?.step_of(typed, now, app.last_step))
}
