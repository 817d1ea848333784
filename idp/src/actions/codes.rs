//! Authenticator apps, recovery codes and passes: put on an account, taken off it, handed out.

use std::time::Duration;

use latchkey_core::Timestamp;
use latchkey_core::assurance::Level;
use latchkey_core::audit::{Event, Handling, What};
use latchkey_core::codes::{AuthenticatorApp, Codes, Pass, RecoveryCode, Typed};
use latchkey_core::credentials::{Credential, CredentialState};
use latchkey_core::ids::{CodeId, PersonId, SessionId};
use latchkey_core::people::Person;
use latchkey_core::policy::{MethodKind, Policy};
use latchkey_core::secrets::Plain;
use latchkey_store::{Error, Tx};

use super::credentials::{Outcome, settle, told};
use crate::App;
use crate::audit::Origin;
use crate::authn::{pass, recovery};
use crate::mail::{self, Drafts, Letter};

/// Why an authenticator app was not removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemoveApp {
    /// There is none.
    Gone,
    /// Without it the person could not log in.
    LastWayIn,
}

/// A pass that was issued, to be told once.
pub struct Issued {
    /// The pass, in groups of four.
    pub pass: Plain,
    /// When it stops counting.
    pub until: Timestamp,
}

/// Whether somebody with these factors and a password can still log in as policy asks.
#[must_use]
pub fn has_way_in(policy: &Policy, password: bool, keys: &[Credential], codes: &Codes) -> bool {
    let app = codes.app.as_ref().is_some_and(|app| app.state == CredentialState::Active);
    is_way_in(policy, password, keys.iter().any(|key| policy.judge_use(key).is_ok()), app)
}

/// The same for somebody with a key that counts or none, and with a working app or none.
#[must_use]
pub fn is_way_in(policy: &Policy, password: bool, key: bool, app: bool) -> bool {
    let app = app && policy.allows(MethodKind::AuthenticatorApp);
    key || (password && policy.required == Level::Password)
        || (password && app && policy.required <= Level::Mfa)
}

/// Puts an authenticator app that a code confirmed on a person's account.
///
/// # Errors
/// When the database fails.
pub async fn enrol_app(
    app: &App,
    origin: &Origin,
    person: &Person,
    session: Option<SessionId>,
    enrolled: AuthenticatorApp,
) -> anyhow::Result<()> {
    let event = origin.event(&*app.rng, person, session, What::AppEnrolled);
    let letters =
        mail::write(app, origin, person.id, session, Letter::AppAdded { app: enrolled.id }).await?;
    let id = person.id;
    let write = async move |tx: &Tx| {
        tx.put_app(id, &enrolled).await?;
        tx.mark_ever_had_factor(id).await?;
        letters.queue(tx).await?;
        tx.insert_event(&event).await
    };
    app.store.write::<(), Error, _>(write).await?;
    mail::wake(app);
    Ok(())
}

/// Takes the authenticator app off a person's account, by themselves: never their last way in.
///
/// # Errors
/// When the database or the organisation cannot be read.
pub async fn remove_app(
    app: &App,
    origin: &Origin,
    person: &Person,
    session: SessionId,
) -> anyhow::Result<Result<(), RemoveApp>> {
    let policy = app.policy_of(person).await?;
    let event = origin.event(&*app.rng, person, Some(session), What::AppRemoved);
    let letters = mail::write(app, origin, person.id, Some(session), Letter::AppRemoved).await?;
    let id = person.id;
    let write = async move |tx: &Tx| {
        let view = tx.view();
        let keys = view.list_credentials(id).await?;
        let codes = Codes { app: None, ..view.list_codes(id).await? };
        let password = view.find_person(id).await?.is_some_and(|it| it.password_hash.is_some());
        if !has_way_in(&policy, password, &keys, &codes) {
            return Err(Outcome::Refused(RemoveApp::LastWayIn));
        }
        if !tx.delete_app(id).await? {
            return Err(Outcome::Refused(RemoveApp::Gone));
        }
        letters.queue(tx).await?;
        Ok(tx.insert_event(&event).await?)
    };
    told(app, settle(app.store.write(write).await))
}

/// Makes a new set of recovery codes; earlier ones count no more. Told once.
///
/// # Errors
/// When the database fails.
pub async fn make_recovery_codes(
    app: &App,
    origin: &Origin,
    person: &Person,
    session: Option<SessionId>,
) -> anyhow::Result<Vec<Plain>> {
    let (id, now) = (person.id, origin.at);
    let made = recovery::generate(&app.keys.mac, &*app.rng, id, now);
    let (typed, kept): (Vec<Typed>, Vec<RecoveryCode>) = made.into_iter().unzip();
    let event = origin.event(&*app.rng, person, session, What::RecoveryCodesMade);
    let letters = mail::write(app, origin, id, session, Letter::CodesMade).await?;
    let write = async move |tx: &Tx| {
        tx.put_recovery_codes(id, &kept, now).await?;
        letters.queue(tx).await?;
        tx.insert_event(&event).await
    };
    app.store.write::<(), Error, _>(write).await?;
    mail::wake(app);
    Ok(typed.iter().map(Typed::grouped).collect())
}

/// Issues a pass to a person, in place of any other. It lives as long as is asked, and never longer
/// than [`Pass::LONGEST`].
///
/// # Errors
/// When the database fails.
pub async fn issue_pass(
    app: &App,
    origin: &Origin,
    person: &Person,
    lives: Duration,
) -> anyhow::Result<Issued> {
    let made = MadePass::new(app, origin, person, lives, &Handling::default()).await?;
    let issued = made.issued();
    let write = async move |tx: &Tx| made.keep(tx).await;
    app.store.write::<(), Error, _>(write).await?;
    mail::wake(app);
    Ok(issued)
}

/// A pass that was made and is not kept yet.
pub(super) struct MadePass {
    person: PersonId,
    typed: Typed,
    kept: Pass,
    event: Event,
    letters: Drafts,
}

impl MadePass {
    /// Makes one, and writes the letter that tells of it.
    pub(super) async fn new(
        app: &App,
        origin: &Origin,
        person: &Person,
        lives: Duration,
        handling: &Handling,
    ) -> anyhow::Result<Self> {
        let (id, now) = (person.id, origin.at);
        let typed = Typed::generate(&*app.rng, Typed::PASS);
        let until = now.plus(lives.min(Pass::LONGEST));
        let kept = Pass {
            id: CodeId::new(&*app.rng, now),
            digest: pass::digest(&app.keys.mac, id, &typed),
            issued_at: now,
            expires_at: until,
            tries_left: Pass::TRIES,
            used_at: None,
        };
        let event = origin.event(&*app.rng, person, None, What::PassIssued { until });
        let letters = mail::write(app, origin, id, None, Letter::PassIssued).await?;
        Ok(Self { person: id, typed, kept, event: event.handled(handling), letters })
    }

    /// What is told, once.
    pub(super) fn issued(&self) -> Issued {
        Issued { pass: self.typed.grouped(), until: self.kept.expires_at }
    }

    /// Keeps it in place of any other, with its event and its letter.
    pub(super) async fn keep(&self, tx: &Tx) -> Result<(), Error> {
        tx.put_pass(self.person, &self.kept).await?;
        self.letters.queue(tx).await?;
        tx.insert_event(&self.event).await
    }
}
