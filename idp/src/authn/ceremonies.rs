//! Ceremonies with security keys from the challenge to the verdict: the challenge is kept for one
//! page of one browser, taken out whatever the outcome, and the answer judged by policy.
//!
//! Owns the words for what went wrong. What follows from a verdict is the caller's.

use latchkey_core::assurance::{Method, Proof};
use latchkey_core::audit::What;
use latchkey_core::credentials::{Asserted, Credential, Registered};
use latchkey_core::ids::{CeremonyId, PersonId};
use latchkey_core::people::{Person, Username};
use latchkey_core::policy::{AssertionRefusal, Policy, RegistrationRefusal, judge_assertion};
use latchkey_core::throttle::Limited;
use latchkey_store::{Ceremony, Descriptor, Error, PersonRecord, Tx};
use latchkey_web::{Problem, Signal, Text};
use serde_json::Value;
use uuid::Uuid;

use super::models;
use super::passkey::{Assertion, CeremonyError, Known, Owner, Started, decoys};
use super::throttle;
use crate::App;
use crate::audit::Origin;
use crate::mail::{self, Drafts, Letter};
use crate::metrics::Factors;

const REGISTRATION: &str = "registration";
const ASSERTION: &str = "assertion";
const DISCOVERABLE: &str = "discoverable";
const AUTOFILL: &str = "autofill";

/// An assertion that counts.
pub struct Accepted {
    /// The key.
    pub credential: Credential,
    /// What it told.
    pub asserted: Asserted,
    /// Whose it is.
    pub person: PersonRecord,
    /// What it proves.
    pub proof: Proof,
}

/// An assertion that does not count.
pub struct Refused {
    /// What to tell the person.
    pub problem: Problem,
    /// What to tell the browser.
    pub signal: Option<Signal>,
}

/// Starts registering a key for a person.
///
/// # Errors
/// When the database fails.
pub async fn start_registration(
    app: &App,
    binding: &str,
    person: &Person,
    policy: &Policy,
) -> anyhow::Result<Value> {
    let existing = known(app.store.view().list_descriptors(person.id).await?);
    let owner =
        Owner { handle: &person.user_handle, username: &person.username, name: &person.name };
    let attestation = policy.attestation_asked();
    let started = app.passkeys.start_registration(&*app.rng, owner, &existing, attestation)?;
    keep(app, REGISTRATION, binding, Some(person.id), started).await
}

/// Finishes registering a key: what it is, if policy takes it. Nothing is stored here.
///
/// # Errors
/// When the database fails.
pub async fn finish_registration(
    app: &App,
    binding: &str,
    person: &Person,
    policy: &Policy,
    credential: &str,
    origin: &Origin,
) -> anyhow::Result<Result<Registered, Problem>> {
    let taken = take(app, binding).await?;
    let ours = |c: &&Ceremony| c.kind == REGISTRATION && c.person == Some(person.id);
    let Some(ceremony) = taken.iter().find(ours) else {
        return Ok(Err(Problem::new("problem-key-late").advise("advice-key-again")));
    };
    let registered = match app.passkeys.finish_registration(&ceremony.state, credential) {
        Ok(registered) => {
            let chain = &registered.attestation_chain;
            let trust = app.metadata.judge(&registered.aaguid, chain, app.clock.now());
            Registered { trust, ..registered }
        }
        Err(CeremonyError::Internal(error)) => return Err(error),
        Err(error) => {
            tracing::info!(%error, "a registration was refused");
            return Ok(Err(registration_problem(&error).advise("advice-nothing-stored")));
        }
    };
    if let Err(refusal) = policy.judge_registration(&registered) {
        let model = models::describe(
            app.metadata.present().as_deref(),
            &registered.aaguid,
            &registered.transports,
            registered.backup_eligible,
        );
        let reason = refusal.to_string();
        let person = person.clone();
        let (rng, origin) = (app.rng.clone(), origin.clone());
        let write = async move |tx: &Tx| {
            let what = What::RegistrationRefused { reason: reason.clone() };
            tx.insert_event(&origin.event(&*rng, &person, None, what)).await
        };
        app.store.write::<(), Error, _>(write).await?;
        return Ok(Err(policy_problem(app, &refusal, &model.name).advise("advice-nothing-stored")));
    }
    Ok(Ok(registered))
}

/// Starts an assertion by one of the keys of a user name. A name that is nobody's, or of somebody
/// without keys, gets stable and plausible ones.
///
/// # Errors
/// When the database fails.
pub async fn start_named(
    app: &App,
    binding: &str,
    name: &Username,
    person: Option<&Person>,
) -> anyhow::Result<Value> {
    // Of nobody it is looked up all the same, and made up all the same for somebody: in the same
    // time.
    let whose = person.map_or(PersonId(Uuid::nil()), |person| person.id);
    let of_their_own = known(app.store.view().list_descriptors(whose).await?);
    let made_up = decoys(&app.keys.mac, name);
    let allowed = if of_their_own.is_empty() { made_up } else { of_their_own };
    let started = app.passkeys.start_assertion(&*app.rng, &allowed)?;
    keep(app, ASSERTION, binding, person.map(|person| person.id), started).await
}

/// Starts an assertion by one of the keys of a person who is known.
///
/// # Errors
/// When the database fails.
pub async fn start_assertion(app: &App, binding: &str, person: &Person) -> anyhow::Result<Value> {
    start_named(app, binding, &person.username, Some(person)).await
}

/// Starts an assertion by whichever key the person picks: by the button, or by autofill.
///
/// # Errors
/// When the database fails.
pub async fn start_discoverable(app: &App, binding: &str, autofill: bool) -> anyhow::Result<Value> {
    let started = app.passkeys.start_discoverable(&*app.rng)?;
    keep(app, if autofill { AUTOFILL } else { DISCOVERABLE }, binding, None, started).await
}

/// Finishes an assertion. The counter and the time of use are written by the caller, in the
/// transaction in which the proof counts.
///
/// # Errors
/// When the database fails.
pub async fn finish_assertion(
    app: &App,
    binding: &str,
    credential: &str,
    expected: Option<PersonId>,
    origin: &Origin,
) -> anyhow::Result<Result<Accepted, Refused>> {
    let taken = take(app, binding).await?;
    let address = origin.address.as_deref();
    if let Some(wait) = throttle::limited(app, Limited::Assertions, address).await? {
        let minutes = wait.minutes(origin.at);
        let problem = Problem::new(Text::new("problem-wait-key").with("minutes", minutes));
        return Ok(Err(Refused { problem, signal: None }));
    }
    let verdict = verify_assertion(app, &taken, credential, expected, origin).await?;
    if verdict.is_err() {
        throttle::count(app, Limited::Assertions, address).await?;
    }
    Ok(verdict)
}

async fn verify_assertion(
    app: &App,
    taken: &[Ceremony],
    credential: &str,
    expected: Option<PersonId>,
    origin: &Origin,
) -> anyhow::Result<Result<Accepted, Refused>> {
    let picked = taken.iter().any(|c| matches!(&*c.kind, DISCOVERABLE | AUTOFILL));
    let unknown = || if picked { unknown_here() } else { unknown() };
    let Ok(assertion) = Assertion::parse(credential) else {
        return Ok(Err(Refused { problem: unknown(), signal: None }));
    };
    let raw_id = assertion.credential_id();
    let Some(key) = app.store.view().find_credential_by_raw_id(raw_id).await? else {
        // Only for whoever picked a key without having been named: for anybody else it would tell
        // that the key is somebody's.
        let signal = taken.iter().any(|c| c.kind != ASSERTION).then(|| Signal::UnknownCredential {
            rp_id: app.passkeys.rp_id().to_owned(),
            credential_id: base64_url(raw_id),
        });
        return Ok(Err(Refused { problem: unknown(), signal }));
    };
    let owner = app.store.view().find_person(key.person).await?;
    let Some(person) = owner else {
        return Ok(Err(Refused { problem: unknown(), signal: None }));
    };
    // WebAuthn Level 3 §7.2 step 6: whoever was named, or the handle says, owns the key.
    let handle_fits =
        assertion.user_handle().is_none_or(|handle| handle == person.person.user_handle.0);
    let owner_fits = expected.is_none_or(|expected| expected == key.person);
    if !handle_fits || !owner_fits {
        return Ok(Err(Refused { problem: unknown(), signal: None }));
    }
    let mut told = None;
    for ceremony in taken.iter().filter(|c| c.kind != REGISTRATION) {
        if ceremony.kind == ASSERTION && ceremony.person != Some(key.person) {
            continue;
        }
        match app.passkeys.finish_assertion(&ceremony.state, &assertion, &key) {
            Ok(asserted) => told = Some(Ok(asserted)),
            Err(CeremonyError::Internal(error)) => return Err(error),
            // The page's other challenge, perhaps.
            Err(CeremonyError::Challenge) => continue,
            Err(error) => told = Some(Err(error)),
        }
        break;
    }
    let asserted = match told {
        Some(Ok(asserted)) => asserted,
        Some(Err(error)) => {
            app.metrics.refused(Factors::Key);
            tracing::info!(%error, "an assertion was refused");
            let problem = assertion_problem(&error).unwrap_or_else(unknown);
            return Ok(Err(Refused { problem, signal: None }));
        }
        None if taken.is_empty() => {
            let problem = Problem::new("problem-key-late").advise("advice-key-again");
            return Ok(Err(Refused { problem, signal: None }));
        }
        None => return Ok(Err(Refused { problem: unknown(), signal: None })),
    };
    let policy = app.policy_of(&person.person).await?;
    let judged = judge_assertion(&key, &asserted).and_then(|()| policy.judge_use(&key));
    if let Err(refusal) = judged {
        app.metrics.refused(Factors::Key);
        let problem = refuse(app, &person.person, &key, &asserted, refusal, origin).await?;
        return Ok(Err(Refused { problem, signal: None }));
    }
    let method = Method::Key {
        credential: key.id,
        user_verified: asserted.user_verified,
        hardware: key.hardware,
    };
    let proof = Proof { at: origin.at, method };
    Ok(Ok(Accepted { credential: key, asserted, person, proof }))
}

/// Notes what a rightly signed and yet refused assertion says about the key.
async fn refuse(
    app: &App,
    person: &Person,
    key: &Credential,
    told: &Asserted,
    refusal: AssertionRefusal,
    origin: &Origin,
) -> anyhow::Result<Problem> {
    let (what, problem) = match refusal {
        AssertionRefusal::Counter { again } => (
            Some(What::CounterAlert {
                credential: key.id,
                stored: key.counter,
                received: told.counter,
                suspended: again,
            }),
            Problem::new(if again { "problem-key-suspended" } else { "problem-key-counter" })
                .advise("advice-key-helpdesk"),
        ),
        AssertionRefusal::BackupEligibility => (
            Some(What::BackupEligibilityChanged { credential: key.id }),
            Problem::new("problem-key-changed").advise("advice-key-helpdesk"),
        ),
        AssertionRefusal::Suspended => {
            (None, Problem::new("problem-key-suspended").advise("advice-key-helpdesk"))
        }
        AssertionRefusal::NotVerified => {
            (None, Problem::new("problem-key-no-verification").advise("advice-key-verify"))
        }
        AssertionRefusal::Policy => {
            let problem = Problem::new("problem-key-not-allowed").advise("advice-key-helpdesk");
            (Some(What::KeyRefused { credential: key.id, reason: refusal.to_string() }), problem)
        }
        AssertionRefusal::Marked => {
            let problem = Problem::new("problem-key-marked").advise("advice-key-helpdesk");
            (Some(What::KeyRefused { credential: key.id, reason: refusal.to_string() }), problem)
        }
    };
    let Some(what) = what else { return Ok(problem) };
    let event = origin.event(&*app.rng, person, None, what);
    let (id, now) = (key.id, origin.at);
    let counter = match refusal {
        AssertionRefusal::Counter { again } => Some(again),
        _ => None,
    };
    let letters = match counter {
        Some(suspended) => {
            let letter = Letter::KeyCopied { key: key.nickname.as_str().to_owned(), suspended };
            mail::write(app, origin, person.id, None, letter).await?
        }
        None => Drafts::none(),
    };
    let write = async move |tx: &Tx| {
        if let Some(suspend) = counter {
            tx.alert_credential(id, suspend, now).await?;
        }
        tx.insert_event(&event).await?;
        letters.queue(tx).await
    };
    app.store.write::<(), Error, _>(write).await?;
    mail::wake(app);
    Ok(problem)
}

fn known(keys: Vec<Descriptor>) -> Vec<Known> {
    let known = |Descriptor { credential_id, transports }| Known { credential_id, transports };
    keys.into_iter().map(known).collect()
}

async fn keep(
    app: &App,
    kind: &'static str,
    binding: &str,
    person: Option<PersonId>,
    started: Started,
) -> anyhow::Result<Value> {
    let now = app.clock.now();
    let ceremony = Ceremony {
        id: CeremonyId::new(&*app.rng, now),
        kind: kind.to_owned(),
        binding: binding.to_owned(),
        person,
        state: started.state,
        expires_at: now.plus(app.config.lifetimes.ceremony),
    };
    let write = async move |tx: &Tx| tx.insert_ceremony(&ceremony).await;
    app.store.write::<(), Error, _>(write).await?;
    Ok(started.options)
}

async fn take(app: &App, binding: &str) -> anyhow::Result<Vec<Ceremony>> {
    let (binding, now) = (binding.to_owned(), app.clock.now());
    let write = async move |tx: &Tx| tx.consume_ceremonies(&binding, now).await;
    Ok(app.store.write::<_, Error, _>(write).await?)
}

/// The one answer to an unknown key, another person's key and a wrong signature.
fn unknown() -> Problem {
    Problem::new("problem-key-unknown").advise("advice-key-other")
}

/// The same where nobody was named: any key could have answered.
fn unknown_here() -> Problem {
    Problem::new("problem-key-unknown-here").advise("advice-key-password")
}

/// What else than an unknown key an error means.
fn assertion_problem(error: &CeremonyError) -> Option<Problem> {
    let problem = match error {
        CeremonyError::NotVerified => {
            Problem::new("problem-key-no-verification").advise("advice-key-verify")
        }
        CeremonyError::NotPresent => {
            Problem::new("problem-key-no-answer").advise("advice-key-again")
        }
        CeremonyError::Origin => Problem::new("problem-key-address").advise("advice-key-address"),
        _ => return None,
    };
    Some(problem)
}

fn registration_problem(error: &CeremonyError) -> Problem {
    match error {
        CeremonyError::NotVerified => {
            Problem::new("problem-key-no-pin").advise("advice-key-verify")
        }
        CeremonyError::NotPresent => {
            Problem::new("problem-key-no-answer").advise("advice-key-again")
        }
        CeremonyError::Excluded => Problem::new("problem-key-already").advise("advice-key-have"),
        CeremonyError::Algorithm => {
            Problem::new("problem-key-not-supported").advise("advice-key-browser")
        }
        CeremonyError::Origin => Problem::new("problem-key-address").advise("advice-key-address"),
        _ => Problem::new("problem-key-other").advise("advice-key-again"),
    }
}

fn policy_problem(app: &App, refusal: &RegistrationRefusal, model: &str) -> Problem {
    match refusal {
        RegistrationRefusal::NotVerified => {
            Problem::new("problem-key-no-pin").advise("advice-key-verify")
        }
        RegistrationRefusal::Synced => Problem::new("problem-key-synced"),
        RegistrationRefusal::Method => Problem::new("problem-key-device-bound"),
        RegistrationRefusal::Model { allowed } => {
            let metadata = app.metadata.present();
            let name = |model| models::name(metadata.as_deref(), model);
            let names: Vec<String> = allowed.iter().flatten().filter_map(name).collect();
            let text = Text::new("problem-key-model").with("model", model);
            let problem = Problem::new(text);
            if names.is_empty() {
                return problem;
            }
            let advice = Text::new("advice-key-allowed");
            problem.advise(advice.with("models", names.join(", ")))
        }
        RegistrationRefusal::Marked => {
            let text = Text::new("problem-key-model-marked").with("model", model);
            Problem::new(text).advise("advice-key-another-model")
        }
        RegistrationRefusal::NotAttested => Problem::new("problem-key-not-attested"),
        RegistrationRefusal::ModelUnknown => Problem::new("problem-key-model-unknown"),
    }
}

fn base64_url(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
