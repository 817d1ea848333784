//! Authenticator apps: their seeds, which are sealed at rest, and the judgement of a typed code.
//!
//! That a step counts once is for whoever writes the proof: `Tx::use_app` in the same write.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_core::Timestamp;
use latchkey_core::codes::{AuthenticatorApp, seed_purpose};
use latchkey_core::credentials::CredentialState;
use latchkey_core::ids::{CeremonyId, CodeId, PersonId};
use latchkey_core::secrets::Sealed;
use latchkey_core::totp::{Seed, TypedCode};
use latchkey_store::{Ceremony, Error, Tx};
use serde::{Deserialize, Serialize};

use crate::App;
use crate::keys::Keys;

/// The factor.
pub struct Factor;

/// What is being enrolled, until a code confirms it.
const KIND: &str = "authenticator-app";
/// How many wrong codes one seed takes before it is thrown away.
const TRIES: u32 = 5;

/// A seed that was shown, and no code of it yet.
#[derive(Serialize, Deserialize)]
struct Pending {
    sealed: String,
    tries_left: u32,
}

/// What became of a code that was to confirm an app.
pub enum Confirmed {
    /// It is right: the app can be enrolled.
    Right(AuthenticatorApp),
    /// It is not; the app may be asked again.
    Wrong,
    /// There is nothing to confirm any more: it took too long, or too many tries.
    Late,
}

/// A new seed for a person, kept for one page of one browser until a code confirms it.
///
/// # Errors
/// When the database fails.
pub async fn start(app: &App, binding: &str, person: PersonId) -> anyhow::Result<Seed> {
    let seed = Seed::generate(&*app.rng);
    let sealed = app.keys.seal_data(&*app.rng, &seed_purpose(person), seed.expose());
    let sealed = URL_SAFE_NO_PAD.encode(sealed.as_bytes());
    keep(app, binding, person, &Pending { sealed, tries_left: TRIES }).await?;
    Ok(seed)
}

/// Judges the code that is to confirm a seed. A seed is confirmed once, and given up after a few
/// wrong codes.
///
/// # Errors
/// When the database fails.
pub async fn confirm(
    app: &App,
    binding: &str,
    person: PersonId,
    typed: &str,
) -> anyhow::Result<Confirmed> {
    let now = app.clock.now();
    let bound = bound(binding);
    let write = async move |tx: &Tx| tx.consume_ceremonies(&bound, now).await;
    let taken = app.store.write::<_, Error, _>(write).await?;
    let ours = |c: &&Ceremony| c.kind == KIND && c.person == Some(person);
    let Some(ceremony) = taken.iter().find(ours) else { return Ok(Confirmed::Late) };
    let mut pending: Pending = serde_json::from_str(&ceremony.state)?;
    let sealed = Sealed::from_bytes(URL_SAFE_NO_PAD.decode(&pending.sealed)?);
    let shared = seed(&app.keys, person, &sealed)?;
    let step = TypedCode::parse(typed).and_then(|typed| shared.step_of(typed, now, 0));
    if let Some(step) = step {
        return Ok(Confirmed::Right(AuthenticatorApp {
            id: CodeId::new(&*app.rng, now),
            seed: sealed,
            last_step: step,
            state: CredentialState::Active,
            added_at: now,
            last_used_at: None,
        }));
    }
    pending.tries_left = pending.tries_left.saturating_sub(1);
    if pending.tries_left == 0 {
        return Ok(Confirmed::Late);
    }
    keep(app, binding, person, &pending).await?;
    Ok(Confirmed::Wrong)
}

async fn keep(app: &App, binding: &str, person: PersonId, what: &Pending) -> anyhow::Result<()> {
    let now = app.clock.now();
    let ceremony = Ceremony {
        id: CeremonyId::new(&*app.rng, now),
        kind: KIND.to_owned(),
        binding: bound(binding),
        person: Some(person),
        state: serde_json::to_string(what)?,
        expires_at: now.plus(app.config.lifetimes.ceremony),
    };
    let write = async move |tx: &Tx| tx.insert_ceremony(&ceremony).await;
    Ok(app.store.write::<(), Error, _>(write).await?)
}

/// Apart from the challenges of keys: neither takes the other's out.
fn bound(binding: &str) -> String {
    format!("{binding}:{KIND}")
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
