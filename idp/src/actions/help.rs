//! Help for somebody who cannot log in: what an administrator, or the server's own command line,
//! does about what a person logs in with, in one write with its events and letters.
//!
//! [`judge`](judge::judge) says what a wish comes to; a preview shows that, and a write carries it
//! out if it still comes to the same. Whether the actor may touch the person at all is the caller's
//! to judge.

mod judge;

use std::sync::Arc;
use std::time::Duration;

use latchkey_core::audit::{Event, Handling, What};
use latchkey_core::credentials::{Cause, Credential};
use latchkey_core::ids::{CredentialId, FlowId, SessionId};
use latchkey_core::people::Person;
use latchkey_core::policy::Policy;
use latchkey_core::{Rng, Timestamp};
use latchkey_store::{Error, PersonRecord, Tx, View};

use super::codes::{Issued, MadePass};
use super::credentials::{Outcome, settle, told};
use crate::App;
use crate::audit::Origin;
use crate::authn::Means;
use crate::mail::{self, Drafts, Letter};

pub use judge::{AppChange, Effects, Open, Refused};

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// A key is removed.
    RemoveKey(CredentialId),
    /// A key stops working until it is restored.
    SuspendKey(CredentialId),
    /// A key works again.
    RestoreKey(CredentialId),
    /// The authenticator app is removed.
    RemoveApp,
    /// The authenticator app stops working until it is restored.
    SuspendApp,
    /// The authenticator app works again.
    RestoreApp,
    /// The recovery codes are removed.
    RemoveCodes,
    /// Everything but the password is removed. What policy asks stays.
    Reset,
    /// A pass is issued; see [`Wish::pass`].
    IssuePass,
    /// Sessions end; see [`Wish::end_sessions`].
    EndSessions,
    /// A pass that counts counts no more.
    CancelPass,
}

/// What is to be done, and how it came about.
#[derive(Clone, Debug)]
pub struct Wish {
    /// What.
    pub task: Task,
    /// How it came about.
    pub handling: Handling,
    /// Whether the person's sessions end too.
    pub end_sessions: bool,
    /// How long a pass lives that is issued in the same step, if one is.
    pub pass: Option<Duration>,
    /// It may take the last way in away with nothing in its place.
    pub lock_out: bool,
}

impl Wish {
    /// Whether the person's sessions end.
    fn ends_sessions(&self) -> bool {
        self.end_sessions || self.task == Task::EndSessions
    }
}

/// What was done, or would be.
pub struct Done {
    /// What it came to.
    pub effects: Effects,
    /// The pass, told once.
    pub pass: Option<Issued>,
    /// Where the letters go that tell the person.
    pub told: Option<String>,
}

/// What a wish would come to now.
///
/// # Errors
/// When the database or the organisation cannot be read.
pub async fn preview(
    app: &App,
    origin: &Origin,
    record: &PersonRecord,
    wish: &Wish,
) -> anyhow::Result<Result<Done, Refused>> {
    let policy = app.policy_of(&record.person).await?;
    let seen = Seen::of(&app.store.view(), record, origin.at).await?;
    Ok(seen.judge(&policy, wish, origin.at).map(|effects| Done {
        effects,
        pass: None,
        told: reachable(app, record),
    }))
}

/// Does what is wished, all of it or nothing.
///
/// # Errors
/// When the database or the organisation cannot be read.
pub async fn run(
    app: &App,
    origin: &Origin,
    record: &PersonRecord,
    wish: &Wish,
) -> anyhow::Result<Result<Done, Refused>> {
    let policy = app.policy_of(&record.person).await?;
    let seen = Seen::of(&app.store.view(), record, origin.at).await?;
    let effects = match seen.judge(&policy, wish, origin.at) {
        Ok(effects) => effects,
        Err(refused) => return Ok(Err(refused)),
    };
    let letters = letters(app, origin, &record.person, wish.task, &effects).await?;
    let pass = match wish.pass {
        Some(lives) => {
            Some(MadePass::new(app, origin, &record.person, lives, &wish.handling).await?)
        }
        None => None,
    };
    let issued = pass.as_ref().map(MadePass::issued);
    let (rng, origin, wish) = (app.rng.clone(), origin.clone(), wish.clone());
    let id = record.person.id;
    let write = async move |tx: &Tx| {
        let view = tx.view();
        let Some(record) = view.find_person(id).await? else {
            return Err(Outcome::Refused(Refused::Gone));
        };
        // What was promised is done or nothing is: somebody else may have been faster.
        let seen = Seen::of(&view, &record, origin.at).await?;
        let now = seen.judge(&policy, &wish, origin.at).map_err(Outcome::Refused)?;
        if !now.is_as_promised(&effects) {
            return Err(Outcome::Refused(Refused::Overtaken));
        }
        let writer = Writer { tx, rng: &rng, origin: &origin, record: &record, wish: &wish };
        writer.carry_out(&now).await?;
        letters.queue(tx).await?;
        if let Some(pass) = &pass {
            pass.keep(tx).await?;
        }
        Ok(now)
    };
    let done = told(app, settle(app.store.write(write).await))?;
    let told = reachable(app, record);
    Ok(done.map(|effects| Done { effects, pass: issued, told }))
}

/// Where letters to a person go, if they go anywhere.
fn reachable(app: &App, record: &PersonRecord) -> Option<String> {
    app.mail.as_ref().and(record.person.email.clone())
}

/// What a person has at a moment.
struct Seen {
    means: Means,
    sessions: Vec<Open>,
}

impl Seen {
    async fn of(view: &View<'_>, record: &PersonRecord, now: Timestamp) -> Result<Self, Error> {
        let mut sessions = Vec::new();
        for session in view.list_sessions(record.person.id, now).await? {
            // No flow is nil: what counts is all there is.
            let proofs = view.list_proofs(session.id, FlowId(uuid::Uuid::nil())).await?;
            let methods = proofs.counted.into_iter().map(|proof| proof.method).collect();
            sessions.push(Open { id: session.id, methods });
        }
        Ok(Self { means: Means::of(view, record).await?, sessions })
    }

    fn judge(&self, policy: &Policy, wish: &Wish, now: Timestamp) -> Result<Effects, Refused> {
        judge::judge(policy, &self.means, &self.sessions, wish, now)
    }
}

/// The letters of what is done. A pass has its own.
async fn letters(
    app: &App,
    origin: &Origin,
    person: &Person,
    task: Task,
    effects: &Effects,
) -> anyhow::Result<Drafts> {
    let name = |key: &Credential| key.nickname.as_str().to_owned();
    let mut tell = Vec::new();
    tell.extend(effects.removed.iter().map(|key| Letter::KeyRemoved { key: name(key) }));
    tell.extend(effects.suspended.iter().map(|key| Letter::KeySuspended { key: name(key) }));
    tell.extend(
        effects
            .restored
            .iter()
            .map(|key| Letter::KeyReinstated { key: name(key), credential: key.id }),
    );
    tell.extend(effects.app.map(|(app, change)| match change {
        AppChange::Removed => Letter::AppRemoved,
        AppChange::Suspended => Letter::AppSuspended,
        AppChange::Restored => Letter::AppReinstated { app },
    }));
    if effects.codes {
        tell.push(Letter::CodesRemoved);
    }
    if !effects.sessions.is_empty() {
        tell.push(Letter::SessionsEnded);
    }
    if task == Task::CancelPass {
        tell.push(Letter::PassCancelled);
    }
    let mut letters = Drafts::none();
    for letter in tell {
        letters = letters.and(mail::write(app, origin, person.id, None, letter).await?);
    }
    Ok(letters)
}

/// One write of a wish.
struct Writer<'w> {
    tx: &'w Tx,
    rng: &'w Arc<dyn Rng>,
    origin: &'w Origin,
    record: &'w PersonRecord,
    wish: &'w Wish,
}

impl Writer<'_> {
    async fn tell(&self, session: Option<SessionId>, what: What) -> Result<(), Error> {
        let event = self.origin.event(&**self.rng, &self.record.person, session, what);
        let event: Event = event.handled(&self.wish.handling);
        self.tx.insert_event(&event).await
    }

    async fn carry_out(&self, effects: &Effects) -> Result<(), Error> {
        self.keys(effects).await?;
        self.app(effects).await?;
        let (tx, person) = (self.tx, self.record.person.id);
        if effects.codes {
            tx.delete_recovery_codes(person).await?;
            self.tell(None, What::RecoveryCodesRemoved).await?;
        }
        if effects.pass_voided && self.wish.pass.is_none() {
            tx.delete_pass(person).await?;
        }
        if self.wish.task == Task::CancelPass {
            self.tell(None, What::PassCancelled).await?;
        }
        if self.wish.task == Task::Reset {
            tx.delete_links(person, None).await?;
            // Whoever had nothing yet is as good as new no more: a password alone opens nothing.
            tx.mark_ever_had_factor(person).await?;
            self.tell(None, What::EnrolmentReset { keys: effects.removed.len() }).await?;
        }
        if self.wish.ends_sessions() {
            // Those whose log-in is under way are not among the promised, and end too.
            for session in tx.end_all_sessions(person, self.origin.at).await? {
                self.tell(Some(session), What::LoggedOut).await?;
            }
        }
        Ok(())
    }

    async fn keys(&self, effects: &Effects) -> Result<(), Error> {
        let (tx, person, now) = (self.tx, self.record.person.id, self.origin.at);
        let name = |key: &Credential| key.nickname.as_str().to_owned();
        for key in &effects.removed {
            tx.delete_credential(key.id).await?;
            let what = What::CredentialRemoved { credential: key.id, nickname: name(key) };
            self.tell(None, what).await?;
        }
        for key in &effects.suspended {
            let (cause, loss) = (Cause::Administrator, None);
            tx.suspend_credential(person, key.id, cause, now).await?;
            let nickname = name(key);
            let what = What::CredentialSuspended { credential: key.id, nickname, cause, loss };
            self.tell(None, what).await?;
        }
        for key in &effects.restored {
            if let Some(suspension) = key.state.suspension() {
                tx.reinstate_credential(person, key.id, suspension.cause).await?;
            }
            let what = What::CredentialReinstated { credential: key.id, nickname: name(key) };
            self.tell(None, what).await?;
        }
        Ok(())
    }

    async fn app(&self, effects: &Effects) -> Result<(), Error> {
        let (tx, person, now) = (self.tx, self.record.person.id, self.origin.at);
        let Some((app, change)) = effects.app else { return Ok(()) };
        let cause = Cause::Administrator;
        let what = match change {
            AppChange::Removed => {
                tx.delete_app(person).await?;
                What::AppRemoved
            }
            AppChange::Suspended => {
                tx.suspend_app(person, app, cause, now).await?;
                What::AppSuspended { cause, loss: None }
            }
            AppChange::Restored => {
                let codes = tx.view().list_codes(person).await?;
                let suspended = codes.app.and_then(|app| app.state.suspension());
                if let Some(suspension) = suspended {
                    tx.reinstate_app(person, app, suspension.cause).await?;
                }
                What::AppReinstated
            }
        };
        self.tell(None, what).await
    }
}
