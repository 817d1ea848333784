//! Keys and authenticator apps that their owner reports lost, and finds again.
//!
//! To report, one factor is enough, so a report can do little harm: with a password alone one thing
//! a day goes, and never the last until a letter's link [confirms](confirm) it. To undo one takes
//! another authenticator that works. What was suspended for any other cause is the helpdesk's to
//! reinstate.

pub mod confirm;

use std::sync::Arc;

use latchkey_core::audit::What;
use latchkey_core::codes::Codes;
use latchkey_core::credentials::{Authenticator, Cause, Credential, CredentialState, Loss};
use latchkey_core::ids::{FlowId, SessionId};
use latchkey_core::people::Person;
use latchkey_core::throttle::{REPORTS, Verdict};
use latchkey_core::{Rng, Timestamp};
use latchkey_store::{Error, Tx, View};

use super::codes::has_way_in;
use super::credentials::{Outcome, settle, told};
use crate::App;
use crate::audit::Origin;
use crate::authn::Means;
use crate::mail::{self, Drafts, Letter};

/// What is reported.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    /// Which.
    pub lost: Authenticator,
    /// What became of it.
    pub loss: Loss,
    /// Whoever reports it has shown a password and nothing else.
    pub by_password_alone: bool,
    /// Which sessions end with it.
    pub end: End,
}

/// Which sessions end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// None.
    None,
    /// All but the one in which it is reported.
    Others,
    /// All.
    All,
}

/// Why something is not reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotReported {
    /// There is no such thing, or it does not work anyhow.
    Gone,
    /// A password alone does not suspend the last way in; a letter asks its owner to confirm it.
    LastWayIn,
    /// A password alone suspended something today.
    OneADay,
}

/// Why a report is not undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotFound {
    /// There is no such thing, or it is not one that its owner reported.
    Gone,
    /// Nothing else that works was shown a short while ago.
    NoOther,
}

/// What of a person's something is, when it is there: its nickname, if it is a key, and whether it
/// works.
async fn find(
    view: &View<'_>,
    person: &Person,
    which: Authenticator,
) -> Result<Option<(Option<String>, CredentialState)>, Error> {
    Ok(match which {
        Authenticator::Key(id) => {
            let key = view.find_credential(person.id, id).await?;
            key.map(|key| (Some(key.nickname.as_str().to_owned()), key.state))
        }
        Authenticator::App(id) => {
            let app = view.list_codes(person.id).await?.app.filter(|app| app.id == id);
            app.map(|app| (None, app.state))
        }
    })
}

/// What is left of somebody's keys and codes without one.
#[must_use]
pub fn without(
    keys: &[Credential],
    codes: &Codes,
    lost: Authenticator,
) -> (Vec<Credential>, Codes) {
    let keys = keys.iter().filter(|key| lost.key() != Some(key.id)).cloned().collect();
    let app = codes.app.clone().filter(|app| lost.app() != Some(app.id));
    (keys, Codes { app, ..codes.clone() })
}

/// Suspends something that its owner reports lost. Where a password alone does not do, a letter is
/// sent whose link does.
///
/// # Errors
/// When the database or the organisation cannot be read.
pub async fn report(
    app: &App,
    origin: &Origin,
    person: &Person,
    session: Option<SessionId>,
    report: Report,
) -> anyhow::Result<Result<(), NotReported>> {
    let policy = app.policy_of(person).await?;
    let Some(ready) = Ready::new(app, origin, person, session, report).await? else {
        return Ok(Err(NotReported::Gone));
    };
    let counted = app.keys.mac.derive("lost by password alone", person.id.0.as_bytes());
    let id = person.id;
    let write = async move |tx: &Tx| {
        let (view, now) = (tx.view(), ready.origin.at);
        let nickname = ready.nickname(&view).await?;
        if report.by_password_alone {
            let record = view.find_person(id).await?;
            let password = record.is_some_and(|record| record.password_hash.is_some());
            let (keys, codes) = without(
                &view.list_credentials(id).await?,
                &view.list_codes(id).await?,
                report.lost,
            );
            if !has_way_in(&policy, password, &keys, &codes) {
                return Err(Outcome::Refused(NotReported::LastWayIn));
            }
            let before = view.find_throttle(counted).await?.map(|record| record.count);
            if REPORTS.judge(before, now) != Verdict::Go {
                return Err(Outcome::Refused(NotReported::OneADay));
            }
            tx.count_failure(counted, Some(id), &REPORTS, now).await?;
        }
        ready.carry_out(tx, nickname).await
    };
    let done = told(app, settle(app.store.write(write).await))?;
    if done == Err(NotReported::LastWayIn) {
        confirm::ask(app, origin, person, session, report).await?;
    }
    Ok(done)
}

/// A report with its letter written, for the write that carries it out.
struct Ready {
    rng: Arc<dyn Rng>,
    origin: Origin,
    person: Person,
    session: Option<SessionId>,
    report: Report,
    letters: Drafts,
}

impl Ready {
    /// `None` when the person has no such thing.
    async fn new(
        app: &App,
        origin: &Origin,
        person: &Person,
        session: Option<SessionId>,
        report: Report,
    ) -> anyhow::Result<Option<Self>> {
        let Some((nickname, _)) = find(&app.store.view(), person, report.lost).await? else {
            return Ok(None);
        };
        let letter = nickname.map_or(Letter::AppLost, |key| Letter::KeyLost { key });
        let letters = mail::write(app, origin, person.id, session, letter).await?;
        let (rng, origin, person) = (app.rng.clone(), origin.clone(), person.clone());
        Ok(Some(Self { rng, origin, person, session, report, letters }))
    }

    /// The nickname of what is reported, if it is a key; refused when it does not work anyhow.
    async fn nickname(&self, view: &View<'_>) -> Result<Option<String>, Outcome<NotReported>> {
        match find(view, &self.person, self.report.lost).await? {
            Some((nickname, CredentialState::Active)) => Ok(nickname),
            _ => Err(Outcome::Refused(NotReported::Gone)),
        }
    }

    /// Suspends it, ends what sessions are to end, and tells of both.
    async fn carry_out(
        &self,
        tx: &Tx,
        nickname: Option<String>,
    ) -> Result<(), Outcome<NotReported>> {
        let Self { rng, origin, person, session, report, letters } = self;
        let now = origin.at;
        let what = suspend(tx, person, *report, nickname, now).await?;
        tx.insert_event(&origin.event(&**rng, person, *session, what)).await?;
        let ended = match (report.end, *session) {
            (End::None, _) => Vec::new(),
            (End::Others, Some(here)) => tx.end_other_sessions(person.id, here, now).await?,
            (End::Others, None) | (End::All, _) => tx.end_all_sessions(person.id, now).await?,
        };
        for other in ended {
            tx.insert_event(&origin.event(&**rng, person, Some(other), What::LoggedOut)).await?;
        }
        Ok(letters.queue(tx).await?)
    }
}

/// Suspends it, and says what the audit trail is told.
async fn suspend(
    tx: &Tx,
    person: &Person,
    report: Report,
    nickname: Option<String>,
    now: Timestamp,
) -> Result<What, Outcome<NotReported>> {
    let (cause, loss) = (Cause::ReportedLost, Some(report.loss));
    let (done, what) = match report.lost {
        Authenticator::Key(credential) => {
            let done = tx.suspend_credential(person.id, credential, cause, now).await?;
            let nickname = nickname.unwrap_or_default();
            (done, What::CredentialSuspended { credential, nickname, cause, loss })
        }
        Authenticator::App(id) => {
            let done = tx.suspend_app(person.id, id, cause, now).await?;
            (done, What::AppSuspended { cause, loss })
        }
    };
    if done { Ok(what) } else { Err(Outcome::Refused(NotReported::Gone)) }
}

/// Lets something work again that its owner reported lost, by a proof in `session` of something
/// else that works, no older than policy says.
///
/// # Errors
/// When the database or the organisation cannot be read.
pub async fn found(
    app: &App,
    origin: &Origin,
    person: &Person,
    session: SessionId,
    which: Authenticator,
) -> anyhow::Result<Result<(), NotFound>> {
    let policy = app.policy_of(person).await?;
    let Some((nickname, _)) = find(&app.store.view(), person, which).await? else {
        return Ok(Err(NotFound::Gone));
    };
    let (letter, what) = match which {
        Authenticator::Key(credential) => {
            let nickname = nickname.unwrap_or_default();
            let letter = Letter::KeyReinstated { key: nickname.clone(), credential };
            (letter, What::CredentialReinstated { credential, nickname })
        }
        Authenticator::App(app) => (Letter::AppReinstated { app }, What::AppReinstated),
    };
    let letters = mail::write(app, origin, person.id, Some(session), letter).await?;
    let event = origin.event(&*app.rng, person, Some(session), what);
    let (id, now) = (person.id, origin.at);
    let write = async move |tx: &Tx| {
        let view = tx.view();
        let Some(record) = view.find_person(id).await? else {
            return Err(Outcome::Refused(NotFound::Gone));
        };
        let means = Means::of(&view, &record).await?.under(&policy);
        let proofs = view.list_proofs(session, FlowId(uuid::Uuid::nil())).await?.counted;
        let shown = proofs.iter().any(|proof| {
            means.work_for(&proof.method) && now.since(proof.at) <= policy.step_up_age
        });
        if !shown {
            return Err(Outcome::Refused(NotFound::NoOther));
        }
        let cause = Cause::ReportedLost;
        let done = match which {
            Authenticator::Key(key) => tx.reinstate_credential(id, key, cause).await?,
            Authenticator::App(app) => tx.reinstate_app(id, app, cause).await?,
        };
        if !done {
            return Err(Outcome::Refused(NotFound::Gone));
        }
        tx.insert_event(&event).await?;
        Ok(letters.queue(tx).await?)
    };
    told(app, settle(app.store.write(write).await))
}
