//! What a proof does to a way, and how a way ends: each in one write, so that a log-in is there
//! with everything that it rests on, or not at all.

use anyhow::Context as _;
use latchkey_core::Timestamp;
use latchkey_core::assurance::{Assurance, Method, Proof};
use latchkey_core::audit::{Event, What};
use latchkey_core::codes::{AuthenticatorApp, LinkKind};
use latchkey_core::ids::{CodeId, CredentialId, FlowId, PersonId, SessionId};
use latchkey_core::people::PersonState;
use latchkey_core::requirement::Refusal;
use latchkey_core::secrets::{Digest, Plain};
use latchkey_store::{ConsentRecord, Error, PersonRecord, Session, Tx};

use super::{Traveller, Way, Who, consented};
use crate::App;
use crate::authn::Means;
use crate::authn::ceremonies::Accepted;
use crate::authn::throttle::KnownBrowser;
use crate::flow::asked::{Answer, Asked, Stop, see};
use crate::flow::dispatcher::{Next, suffice};
use crate::mail::{self, Drafts, Letter};
use crate::metrics::Factors;
use crate::pages::message::Notice;
use crate::visitor;

/// A proof, and what is used up by it.
pub(in crate::flow) struct Shown {
    pub(in crate::flow) proof: Proof,
    pub(in crate::flow) used: Option<Use>,
}

/// What a proof uses up, in the write that keeps it: whoever comes second finds it used.
#[derive(Clone)]
pub(in crate::flow) enum Use {
    /// A key's counter.
    Key { id: CredentialId, counter: u32, backed_up: bool },
    /// A step of an authenticator app.
    App { id: CodeId, step: i64 },
    /// A pass.
    Pass(CodeId),
    /// A recovery code.
    RecoveryCode(CodeId),
    /// An app that is enrolled by it.
    NewApp(AuthenticatorApp),
    /// A link, where its letter went, and the hash of the password that an invited person chose
    /// with it.
    Link { digest: Digest, kind: LinkKind, sent_to: Option<String>, password: Option<String> },
    /// A password that replaces a forgotten one: its hash, and the one that was seen.
    NewPassword { seen: Option<String>, hash: String },
}

impl From<&Accepted> for Shown {
    fn from(accepted: &Accepted) -> Self {
        let used = Use::Key {
            id: accepted.credential.id,
            counter: accepted.asserted.counter,
            backed_up: accepted.asserted.backed_up,
        };
        Self { proof: accepted.proof.clone(), used: Some(used) }
    }
}

impl Use {
    /// Uses it up; `false` when it was used, removed or suspended meanwhile.
    async fn up(
        &self,
        tx: &Tx,
        person: PersonId,
        flow: FlowId,
        now: Timestamp,
    ) -> Result<bool, Error> {
        match self {
            Self::Key { id, counter, backed_up } => {
                tx.use_credential(*id, *counter, *backed_up, now).await
            }
            Self::App { id, step } => tx.use_app(*id, *step, now).await,
            Self::Pass(id) => tx.use_pass(*id, now).await,
            Self::RecoveryCode(id) => tx.use_recovery_code(*id, now).await,
            Self::NewApp(app) => {
                tx.put_app(person, app).await?;
                tx.mark_ever_had_factor(person).await?;
                Ok(true)
            }
            Self::Link { digest, kind, sent_to, password } => {
                if !tx.use_link(*digest, Some(flow), now).await? {
                    return Ok(false);
                }
                if let Some(address) = sent_to {
                    tx.verify_email(person, address).await?;
                }
                match kind {
                    LinkKind::Invitation => {
                        tx.accept_invitation(person, password.as_deref(), now).await
                    }
                    LinkKind::Supervised | LinkKind::Password => Ok(true),
                    // It begins no way, so it lets nobody in.
                    LinkKind::Lost => Ok(false),
                }
            }
            Self::NewPassword { seen, hash } => {
                tx.set_password(person, seen.as_deref(), hash, now).await
            }
        }
    }

    /// What is told of it beside the log-in.
    fn told(&self, means: &Means) -> Option<What> {
        match self {
            Self::Pass(_) => Some(What::PassUsed),
            Self::RecoveryCode(_) => {
                let left = means.codes.recovery.len().saturating_sub(1);
                Some(What::RecoveryCodeUsed { left })
            }
            Self::NewApp(_) => Some(What::AppEnrolled),
            Self::Link { kind, .. } => Some(What::LinkUsed { link: *kind }),
            Self::NewPassword { .. } => Some(What::PasswordChanged),
            Self::Key { .. } | Self::App { .. } => None,
        }
    }

    /// The letter that goes out for it.
    fn letter(&self, means: &Means) -> Option<Letter> {
        match self {
            Self::Pass(_) => Some(Letter::PassUsed),
            Self::RecoveryCode(_) => {
                let left = means.codes.recovery.len().saturating_sub(1);
                Some(Letter::CodeUsed { left: u32::try_from(left).unwrap_or(u32::MAX) })
            }
            Self::NewApp(app) => Some(Letter::AppAdded { app: app.id }),
            Self::NewPassword { .. } => Some(Letter::PasswordChanged),
            Self::Key { .. } | Self::App { .. } | Self::Link { .. } => None,
        }
    }
}

impl Shown {
    /// A password.
    pub(in crate::flow) fn password(at: Timestamp) -> Self {
        Self { proof: Proof { at, method: Method::Password }, used: None }
    }
}

/// Why a proof did not count.
enum Lost {
    /// The step was taken before.
    Stale,
    /// What it rests on was used up meanwhile, or removed, or suspended.
    Overtaken,
    /// The database failed.
    Failed(Error),
}

impl From<Error> for Lost {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// The sessions of this browser that a proof concerns.
#[derive(Default)]
struct Present {
    /// The same person's, which goes on.
    same: Option<Session>,
    /// Another's, which ends.
    other: Option<Session>,
}

/// What is written when a way ends.
struct End {
    login: Option<LogIn>,
    consent: Option<(ConsentRecord, Event)>,
}

struct LogIn {
    session: SessionId,
    keep: bool,
    assurance: Assurance,
    fresh_at: Timestamp,
    until: Timestamp,
    /// Noted with the log-in, unless it is known.
    browser: Option<KnownBrowser>,
    event: Event,
    /// Whose letters are written in another language from now on.
    language: Option<(PersonId, String)>,
}

impl<W: Who> Way<W> {
    /// Counts what was shown together: in the session of this browser if it is the same person's,
    /// else in a new one. Either way the session has a new secret from now on. If nothing more is
    /// wanted, the log-in is complete in the same write.
    pub(in crate::flow) async fn prove(
        self,
        asked: &Asked,
        mut record: PersonRecord,
        shown: Vec<Shown>,
    ) -> Answer {
        if record.person.state != PersonState::Active {
            return Ok(asked.notice(Notice::Closed, None));
        }
        let (app, now) = (&asked.app, asked.app.clock.now());
        let Present { same, other } = self.present(asked, record.person.id, now).await?;
        let fresh = same.is_none().then(|| Session {
            id: SessionId::new(&*app.rng, now),
            person: record.person.id,
            assurance: None,
            fresh_at: None,
            started_at: now,
            last_seen_at: now,
            // Good for carrying this way on, and for nothing else.
            expires_at: self.flow.expires_at,
            ended_at: None,
            agent: asked.visitor.agent(),
            address: asked.visitor.address(),
        });
        let person = record.person.id;
        let session = same.or_else(|| fresh.clone()).context("a proof without a session")?;
        let id = session.id;
        // So that the letter about a first key is in their language; later it takes a whole log-in.
        let language = match record.locale {
            None => asked.visitor.other_language(app, None),
            Some(_) => None,
        };
        record.locale = record.locale.or_else(|| language.clone());
        let proofs: Vec<Proof> = shown.iter().map(|shown| shown.proof.clone()).collect();
        let mut way = self.shown(asked, session, record, &proofs, fresh.is_some()).await?;
        let (path, end) = match Next::from(way.step(app)) {
            Next::Page(page) => (way.path(&page), None),
            Next::End(outcome) => (way.resume_url(), Some(way.end(asked, outcome))),
        };
        let factors = end.as_ref().and_then(End::factors);
        let (origin, who) = (way.origin(asked, person), &way.who);
        let used = shown.iter().filter_map(|shown| shown.used.as_ref());
        let told: Vec<Event> = used
            .filter_map(|used| used.told(&who.means))
            .map(|what| origin.event(&*app.rng, &who.record.person, Some(id), what))
            .collect();
        let mut letters = Drafts::none();
        for letter in shown.iter().filter_map(|it| it.used.as_ref()?.letter(&way.who.means)) {
            letters = letters.and(mail::write(app, &origin, person, None, letter).await?);
        }
        let from = way.turn(app)?;
        let secret = Plain::generate(&*app.rng);
        let (rng, digest, flow) = (app.rng.clone(), secret.digest(), way.flow.clone());
        let write = async move |tx: &Tx| {
            if !tx.advance_flow(&flow, &from).await? {
                return Err(Lost::Stale);
            }
            for used in shown.iter().filter_map(|shown| shown.used.as_ref()) {
                if !used.up(tx, person, flow.id, now).await? {
                    return Err(Lost::Overtaken);
                }
            }
            if let Some(other) = &other {
                tx.end_session(other.id, now).await?;
            }
            if let Some(fresh) = &fresh {
                tx.insert_session(fresh, digest).await?;
            } else if !tx.rotate_session(id, digest).await? {
                return Err(Lost::Stale);
            }
            for proof in &proofs {
                tx.insert_authentication(&*rng, id, flow.id, proof).await?;
            }
            for event in &told {
                tx.insert_event(event).await?;
            }
            letters.queue(tx).await?;
            if let Some(tag) = &language {
                tx.set_locale(person, tag).await?;
            }
            if let Some(end) = &end {
                end.write(tx, flow.id).await?;
            }
            Ok(())
        };
        match app.store.write(write).await {
            Ok(()) => {
                count(app, factors);
                mail::wake(app);
                let mut response = see(&path);
                visitor::set_session(app, &mut response, &secret);
                Ok(response)
            }
            Err(Lost::Stale) => Ok(way.stale(asked)),
            Err(Lost::Overtaken) => Ok(asked.notice(Notice::Used, Some(way.path("identify")))),
            Err(Lost::Failed(error)) => Err(error.into()),
        }
    }

    async fn present(
        &self,
        asked: &Asked,
        person: PersonId,
        now: Timestamp,
    ) -> Result<Present, Stop> {
        let session = match (self.who.known(), asked.visitor.session(&asked.app)) {
            // The way was found by it.
            (Some(traveller), _) => Some(traveller.session.clone()),
            (None, Some(secret)) => {
                let found = asked.app.store.view().find_session(secret).await?;
                found.map(|found| found.session).filter(|session| session.is_open(now))
            }
            (None, None) => None,
        };
        Ok(match session {
            Some(session) if session.person == person => {
                Present { same: Some(session), other: None }
            }
            other => Present { same: None, other },
        })
    }

    /// What this way is once the proof counts.
    async fn shown(
        mut self,
        asked: &Asked,
        session: Session,
        record: PersonRecord,
        more: &[Proof],
        fresh: bool,
    ) -> Result<Way, Stop> {
        let (app, person) = (&asked.app, &record.person);
        let (mut proofs, mut of_flow) = match self.who.known() {
            // Nothing that was shown before is this person's.
            _ if fresh => (Vec::new(), 0),
            Some(traveller) => (traveller.proofs.clone(), traveller.of_flow),
            None => {
                let found = app.store.view().list_proofs(session.id, self.flow.id).await?;
                let of_flow = found.of_flow.len();
                (found.of_flow, of_flow)
            }
        };
        proofs.extend_from_slice(more);
        of_flow += more.len();
        self.flow.session = Some(session.id);
        self.progress.person = Some(person.id);
        self.progress.keep &= !fresh;
        let organisation = app.organisation(person.organisation).await?;
        let policy = app.policy_of(person).await?;
        let (requirement, now) = (&self.flow.requirement, app.clock.now());
        // What else there is is asked only where that decides what comes next.
        let done = !requirement.by_authenticator
            && suffice(&proofs, &policy, requirement, &Means::default(), now);
        let reminded = !self.progress.keep
            && self.progress.spare.is_none()
            && policy.keys_nudged > 1
            && record.person.reminder.is_due(now);
        let counted = policy.counts_keys(now) || self.progress.enrolled.is_some() || reminded;
        let means = if done && !counted {
            Means { password: record.password_hash.is_some(), ..Means::default() }
        } else {
            Means::of(&app.store.view(), &record).await?
        };
        let consented = consented(app, &self.flow, person.id).await?;
        let Self { flow, progress, .. } = self;
        let helpdesk = Some(organisation.clone());
        let who =
            Traveller { session, record, organisation, policy, means, proofs, of_flow, consented };
        Ok(Way { flow, progress, who, organisation: helpdesk })
    }

    /// Ends this way: with a log-in, or with a refusal.
    pub(super) async fn finish(
        mut self,
        asked: &Asked,
        outcome: Result<Assurance, Refusal>,
    ) -> Answer {
        let end = self.end(asked, outcome);
        let factors = end.factors();
        let from = self.turn(&asked.app)?;
        let flow = self.flow.clone();
        let write = async move |tx: &Tx| {
            if !tx.advance_flow(&flow, &from).await? {
                return Ok(false);
            }
            end.write(tx, flow.id).await?;
            Ok(true)
        };
        if asked.app.store.write::<_, Error, _>(write).await? {
            count(&asked.app, factors);
            return Ok(see(&self.resume_url()));
        }
        Ok(self.stale(asked))
    }

    /// Where the protocol goes on.
    fn resume_url(&self) -> String {
        format!("{}?flow={}", self.flow.resume, self.flow.id)
    }

    /// Marks this way as ended, and tells what is to be written beside its row.
    fn end(&mut self, asked: &Asked, outcome: Result<Assurance, Refusal>) -> End {
        let now = asked.app.clock.now();
        self.progress.refused = outcome.as_ref().err().copied();
        self.flow.finished_at = Some(now);
        let (Ok(assurance), Some(traveller)) = (outcome, self.who.known()) else {
            return End { login: None, consent: None };
        };
        let person = &traveller.record.person;
        let origin = self.origin(asked, person.id);
        let session = traveller.session.id;
        let event = |what| origin.event(&*asked.app.rng, person, Some(session), what);
        let known = traveller.record.locale.as_deref();
        let language = asked.visitor.other_language(&asked.app, known);
        let login = (traveller.of_flow > 0).then(|| {
            let keep = self.progress.keep;
            let lasts =
                traveller.policy.session_lasts(assurance.level, asked.visitor.ip()).absolute;
            let browser = KnownBrowser::of(&asked.app, person.id, self.flow.browser, now);
            LogIn {
                session,
                keep,
                browser: (!self.progress.browser_noted).then_some(browser),
                fresh_at: traveller
                    .proofs
                    .iter()
                    .filter(|proof| proof.method.counts())
                    .map(|proof| proof.at)
                    .max()
                    .unwrap_or(now),
                until: if keep { traveller.session.expires_at } else { now.plus(lasts) },
                event: event(What::LoggedIn { amr: assurance.amr.clone() }),
                language: language.map(|tag| (person.id, tag)),
                assurance,
            }
        });
        let asked_for = self.flow.requirement.consent.as_ref();
        let agreed_to = asked_for.filter(|asked| asked.kept && self.progress.agreed);
        let consent = agreed_to.map(|asked| {
            let (client, scopes) = (asked.client.clone(), asked.scopes.clone());
            let record = ConsentRecord {
                person: person.id,
                client: client.clone(),
                scopes: scopes.clone(),
                given_at: now,
            };
            (record, event(What::ConsentGiven { client, scopes }))
        });
        End { login, consent }
    }
}

fn count(app: &App, logged_in: Option<Factors>) {
    if let Some(factors) = logged_in {
        app.metrics.logged_in(factors);
    }
}

impl End {
    /// What a log-in was done with, if it ends with one.
    fn factors(&self) -> Option<Factors> {
        self.login.as_ref().map(|login| Factors::of(&login.assurance.amr))
    }

    async fn write(&self, tx: &Tx, flow: FlowId) -> Result<(), Error> {
        if let Some(login) = &self.login {
            let LogIn { session, keep, assurance, fresh_at, until, browser, event, language } =
                login;
            tx.complete_login(*session, flow, *keep, assurance, *fresh_at, *until).await?;
            if let Some(browser) = browser {
                browser.note(tx).await?;
            }
            tx.insert_event(event).await?;
            if let Some((person, tag)) = language {
                tx.set_locale(*person, tag).await?;
            }
        }
        if let Some((record, event)) = &self.consent {
            tx.put_consent(record).await?;
            tx.insert_event(event).await?;
        }
        Ok(())
    }
}
