//! One person's way through the pages: found by its address, bound to its browser and to its
//! session, and moved on a step at a time.

use std::sync::Arc;

use anyhow::Context as _;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_core::assurance::{Assurance, Proof};
use latchkey_core::audit::What;
use latchkey_core::ids::{CredentialId, FlowId, PersonId, SessionId};
use latchkey_core::organisations::Organisation;
use latchkey_core::people::Person;
use latchkey_core::requirement::Refusal;
use latchkey_core::roles::Actor;
use latchkey_core::secrets::Plain;
use latchkey_store::{ConsentRecord, Error, Flow, PersonRecord, Session, Tx};
use latchkey_web::Frame;
use latchkey_web::limits::Params;
use serde::{Deserialize, Serialize};

use super::dispatcher::{Known, Step, decide};
use crate::App;
use crate::audit::Origin;
use crate::authn::Means;
use crate::pages::message::{Message, Notice};
use crate::visitor::{self, Visitor};

/// What a flow remembers between steps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Progress {
    /// The session's earlier proofs count: this is a step-up.
    pub(super) keep: bool,
    /// Who is on the way, once that is proven.
    pub(super) person: Option<PersonId>,
    /// The key that was just registered and has no name yet.
    pub(super) naming: Option<CredentialId>,
    /// The key that was registered on this way.
    pub(super) enrolled: Option<CredentialId>,
    /// The person agreed to what the application will learn.
    pub(super) agreed: bool,
    /// It ended without a log-in.
    pub(super) refused: Option<Refusal>,
}

/// A flow that may be carried on, with who is on it.
pub(super) struct Way {
    pub(super) flow: Flow,
    pub(super) progress: Progress,
    pub(super) traveller: Option<Traveller>,
    /// Whose helpdesk is shown.
    pub(super) organisation: Option<Arc<Organisation>>,
}

/// Who is on the way.
pub(super) struct Traveller {
    pub(super) session: Session,
    pub(super) record: PersonRecord,
    pub(super) organisation: Arc<Organisation>,
    pub(super) means: Means,
    pub(super) proofs: Vec<Proof>,
    pub(super) of_flow: usize,
    pub(super) consented: bool,
}

/// Why a step did not count.
pub(super) enum Lost {
    /// The step was taken before.
    Stale,
    /// The key was removed, suspended or used with a higher counter meanwhile.
    Overtaken,
    /// The database failed.
    Failed(Error),
}

impl From<Error> for Lost {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// The use of a key that a proof rests on.
#[derive(Clone, Copy)]
pub(super) struct KeyUse {
    pub(super) id: CredentialId,
    pub(super) counter: u32,
    pub(super) backed_up: bool,
}

impl Way {
    /// Finds a flow that this browser may carry on. `Err` is the page that says why not, and the
    /// way on.
    pub(super) async fn find(
        app: &Arc<App>,
        visitor: &mut Visitor,
        id: FlowId,
    ) -> anyhow::Result<Result<Self, Response>> {
        let Some(flow) = app.store.view().find_flow(id).await? else {
            return Ok(Err(notice(app, visitor, Notice::Expired, None)));
        };
        if visitor.browser(app).is_none_or(|browser| browser != flow.browser) {
            return Ok(Err(notice(app, visitor, Notice::OtherBrowser, None)));
        }
        visitor.prefer(app, &flow.requirement.locales);
        let restart = Some(restart_url(&flow));
        if flow.finished_at.is_some() {
            return Ok(Err(notice(app, visitor, Notice::Finished, restart)));
        }
        let now = app.clock.now();
        if now >= flow.expires_at {
            return Ok(Err(notice(app, visitor, Notice::Expired, restart)));
        }
        let progress: Progress = serde_json::from_str(&flow.progress)?;
        let mut traveller = None;
        if let Some(wanted) = flow.session {
            let found = match visitor.session(app) {
                Some(secret) => app.store.view().find_session(secret).await?,
                None => None,
            };
            match found {
                Some(found) if found.session.id == wanted && found.session.is_open(now) => {
                    let session = found.session;
                    traveller =
                        Some(Traveller::load(app, &flow, &progress, session, found.person).await?);
                }
                Some(found) if found.session.is_open(now) => {
                    let name = found.person.person.name;
                    let page = notice(app, visitor, Notice::OtherPerson(name), restart);
                    return Ok(Err(page));
                }
                _ => return Ok(Err(notice(app, visitor, Notice::SessionEnded, restart))),
            }
        }
        let organisation = match &traveller {
            Some(traveller) => Some(Arc::clone(&traveller.organisation)),
            None => application_organisation(app, &flow).await?,
        };
        Ok(Ok(Self { flow, progress, traveller, organisation }))
    }

    pub(super) fn decide(&self, app: &App) -> Step {
        let known = self.traveller.as_ref().map(|traveller| Known {
            person: &traveller.record.person,
            policy: &traveller.organisation.policy,
            means: &traveller.means,
            proofs: &traveller.proofs,
            of_flow: traveller.of_flow,
            consented: traveller.consented,
        });
        decide(&self.flow.requirement, &self.progress, known.as_ref(), app.clock.now())
    }

    pub(super) fn path(&self, step: &str) -> String {
        format!("/login/{}/{step}", self.flow.id)
    }

    /// What ceremonies of this way are bound to.
    pub(super) fn binding(&self) -> String {
        format!("flow:{}", self.flow.id)
    }

    pub(super) fn frame(&self, app: &App, visitor: &Visitor, step: &str) -> Frame {
        let mut frame = visitor.frame(app, self.path(step));
        frame.organisation = self.organisation.as_deref().map(Into::into);
        frame
    }

    pub(super) fn application(&self) -> Option<String> {
        self.flow.requirement.application.as_ref().map(|application| application.name.clone())
    }

    /// The page for a form that was sent before, or belongs to an earlier step.
    pub(super) fn stale(&self, app: &App, visitor: &Visitor) -> Response {
        let onward = format!("/login/{}", self.flow.id);
        notice(app, visitor, Notice::Used, Some(onward))
    }

    /// Whether a form is the one of the present step.
    pub(super) fn is_present(&self, form: &Params) -> bool {
        form.one("step").ok().flatten() == Some(self.flow.step.as_str())
    }

    /// Who acts on this way.
    pub(super) fn origin(&self, app: &App, visitor: &Visitor, person: PersonId) -> Origin {
        Origin {
            actor: Actor::Person { person, session: self.flow.session },
            address: visitor.address(),
            at: app.clock.now(),
        }
    }

    /// Stores what this way has become; its present form counts no more.
    pub(super) async fn advance(&mut self, app: &App) -> anyhow::Result<bool> {
        let from = std::mem::replace(&mut self.flow.step, nonce(app));
        self.flow.progress = serde_json::to_string(&self.progress)?;
        let flow = self.flow.clone();
        let write = async move |tx: &Tx| tx.advance_flow(&flow, &from).await;
        Ok(app.store.write::<_, Error, _>(write).await?)
    }

    /// Counts a proof: in the session of this browser if it is the same person's, else in a new
    /// one. Either way the session has a new secret from now on, which is returned.
    pub(super) async fn prove(
        &mut self,
        app: &Arc<App>,
        visitor: &Visitor,
        person: &Person,
        proof: Proof,
        key: Option<KeyUse>,
    ) -> anyhow::Result<Result<Plain, Lost>> {
        let now = proof.at;
        let present = match visitor.session(app) {
            Some(secret) => app.store.view().find_session(secret).await?,
            None => None,
        };
        let present = present.map(|found| found.session).filter(|session| session.is_open(now));
        let (same, other): (Option<Session>, Option<Session>) = match present {
            Some(session) if session.person == person.id => (Some(session), None),
            other => (None, other),
        };
        let fresh = same.is_none().then(|| Session {
            id: SessionId::new(&*app.rng, now),
            person: person.id,
            assurance: None,
            fresh_at: None,
            started_at: now,
            last_seen_at: now,
            // Good for carrying this way on, and for nothing else.
            expires_at: self.flow.expires_at,
            ended_at: None,
            agent: visitor.agent(),
            address: visitor.address(),
        });
        let session = same.as_ref().or(fresh.as_ref()).map(|session| session.id);
        let session = session.context("a proof without a session")?;
        let from = std::mem::replace(&mut self.flow.step, nonce(app));
        self.flow.session = Some(session);
        self.progress.person = Some(person.id);
        self.flow.progress = serde_json::to_string(&self.progress)?;
        let secret = Plain::generate(&*app.rng);
        let (rng, digest, flow) = (Arc::clone(&app.rng), secret.digest(), self.flow.clone());
        let write = async move |tx: &Tx| {
            if !tx.advance_flow(&flow, &from).await? {
                return Err(Lost::Stale);
            }
            if let Some(key) = key
                && !tx.use_credential(key.id, key.counter, key.backed_up, now).await?
            {
                return Err(Lost::Overtaken);
            }
            if let Some(other) = &other {
                tx.end_session(other.id, now).await?;
            }
            if let Some(fresh) = &fresh {
                tx.insert_session(fresh, digest).await?;
            } else if !tx.rotate_session(session, digest).await? {
                return Err(Lost::Stale);
            }
            tx.insert_authentication(&*rng, session, flow.id, &proof).await?;
            Ok(())
        };
        Ok(app.store.write(write).await.map(|()| secret))
    }

    /// Ends this way: with a log-in, or with a refusal.
    async fn finish(
        &mut self,
        app: &App,
        visitor: &Visitor,
        outcome: Result<Assurance, Refusal>,
    ) -> anyhow::Result<bool> {
        let now = app.clock.now();
        self.progress.refused = outcome.as_ref().err().copied();
        let from = std::mem::replace(&mut self.flow.step, nonce(app));
        self.flow.progress = serde_json::to_string(&self.progress)?;
        self.flow.finished_at = Some(now);
        let flow = self.flow.clone();
        let mut login = None;
        let mut consent = None;
        if let (Ok(assurance), Some(traveller)) = (outcome, &self.traveller) {
            let person = &traveller.record.person;
            if traveller.of_flow > 0 {
                let newest = traveller.proofs.iter().map(|proof| proof.at).max().unwrap_or(now);
                let absolute = now.plus(traveller.organisation.policy.session_absolute);
                let keep = self.progress.keep;
                let until = if keep { traveller.session.expires_at } else { absolute };
                let what = What::LoggedIn { amr: assurance.amr.clone() };
                let origin = self.origin(app, visitor, person.id);
                let event = origin.event(&*app.rng, person, Some(traveller.session.id), what);
                login = Some((traveller.session.id, keep, assurance, newest, until, event));
            }
            if let Some(asked) = flow.requirement.consent.as_ref().filter(|_| self.progress.agreed)
            {
                let record = ConsentRecord {
                    person: person.id,
                    client: asked.client.clone(),
                    scopes: asked.scopes.clone(),
                    given_at: now,
                };
                let what = What::ConsentGiven {
                    client: asked.client.clone(),
                    scopes: asked.scopes.clone(),
                };
                let origin = self.origin(app, visitor, person.id);
                let event = origin.event(&*app.rng, person, Some(traveller.session.id), what);
                consent = Some((record, event));
            }
        }
        let write = async move |tx: &Tx| {
            if !tx.advance_flow(&flow, &from).await? {
                return Ok(false);
            }
            if let Some((session, keep, assurance, newest, until, event)) = &login {
                tx.complete_login(*session, flow.id, *keep, assurance, *newest, *until).await?;
                tx.insert_event(event).await?;
            }
            if let Some((record, event)) = &consent {
                tx.put_consent(record).await?;
                tx.insert_event(event).await?;
            }
            Ok(true)
        };
        Ok(app.store.write::<_, Error, _>(write).await?)
    }
}

impl Traveller {
    pub(super) async fn load(
        app: &Arc<App>,
        flow: &Flow,
        progress: &Progress,
        session: Session,
        record: PersonRecord,
    ) -> anyhow::Result<Self> {
        let view = app.store.view();
        let found = view.list_proofs(session.id, flow.id).await?;
        let of_flow = found.of_flow.len();
        let mut proofs = if progress.keep { found.counted } else { Vec::new() };
        proofs.extend(found.of_flow);
        let keys = view.list_credentials(record.person.id).await?;
        let means = Means { password: record.password_hash.is_some(), keys };
        let consented = consented(app, flow, record.person.id).await?;
        let organisation = app.organisation(record.person.organisation).await?;
        Ok(Self { session, record, organisation, means, proofs, of_flow, consented })
    }
}

async fn consented(app: &App, flow: &Flow, person: PersonId) -> anyhow::Result<bool> {
    match &flow.requirement.consent {
        Some(asked) => super::agreed_before(app, person, asked).await,
        None => Ok(true),
    }
}

async fn application_organisation(
    app: &Arc<App>,
    flow: &Flow,
) -> anyhow::Result<Option<Arc<Organisation>>> {
    let id = flow.requirement.application.as_ref().and_then(|known| known.organisation);
    match id {
        Some(id) => Ok(Some(app.organisation(id).await?)),
        None => Ok(None),
    }
}

/// Goes on: to the page of the next step, or back to the protocol. Every step ends here.
pub(super) async fn go_on(
    app: &Arc<App>,
    visitor: &mut Visitor,
    id: FlowId,
) -> anyhow::Result<Response> {
    let mut way = match Way::find(app, visitor, id).await? {
        Ok(way) => way,
        Err(page) => return Ok(page),
    };
    way.go_on(app, visitor).await
}

impl Way {
    /// As [`go_on`], for a way that was just loaded.
    pub(super) async fn go_on(
        &mut self,
        app: &Arc<App>,
        visitor: &Visitor,
    ) -> anyhow::Result<Response> {
        let outcome = match self.decide(app) {
            Step::Identify => return Ok(see(&self.path("identify"))),
            Step::Factor(name) => return Ok(see(&self.path(&format!("factor/{name}")))),
            Step::Enrol => return Ok(see(&self.path("enrol/passkey"))),
            Step::Name(_) => return Ok(see(&self.path("enrol/passkey/name"))),
            Step::Ready(_) => return Ok(see(&self.path("ready"))),
            Step::NotStarted => return Ok(see(&self.path("not-started"))),
            Step::HelpNeeded => return Ok(see(&self.path("help-needed"))),
            Step::Consent => return Ok(see(&self.path("consent"))),
            Step::Refuse(refusal) => Err(refusal),
            Step::Return(assurance) => Ok(assurance),
        };
        if self.finish(app, visitor, outcome).await? {
            return Ok(see(&format!("{}?flow={}", self.flow.resume, self.flow.id)));
        }
        Ok(self.stale(app, visitor))
    }

    /// After a proof: the same way, reloaded under the new session, and the new cookie.
    pub(super) async fn proved(
        self,
        app: &Arc<App>,
        visitor: &Visitor,
        secret: &Plain,
    ) -> anyhow::Result<Response> {
        let found = app.store.view().find_session(secret.digest()).await?;
        let found = found.context("the new session is not there")?;
        let (session, person) = (found.session, found.person);
        let traveller = Traveller::load(app, &self.flow, &self.progress, session, person).await?;
        let organisation = Some(Arc::clone(&traveller.organisation));
        let mut way = Self { traveller: Some(traveller), organisation, ..self };
        let mut response = way.go_on(app, visitor).await?;
        visitor::set_session(app, &mut response, secret);
        Ok(response)
    }
}

/// A fresh step nonce.
pub(super) fn nonce(app: &App) -> String {
    Plain::generate(&*app.rng).expose().to_owned()
}

/// Where a person starts again with the same request.
pub(super) fn restart_url(flow: &Flow) -> String {
    format!("{}?flow={}&restart=1", flow.resume, flow.id)
}

/// A redirect after which a reload asks for the page and not for the form.
pub(super) fn see(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// A page that says one thing, with the way on where there is one.
pub(super) fn notice(
    app: &App,
    visitor: &Visitor,
    notice: Notice,
    onward: Option<String>,
) -> Response {
    let status = match notice {
        Notice::Expired | Notice::SessionEnded => StatusCode::GONE,
        Notice::Closed | Notice::OtherBrowser => StatusCode::FORBIDDEN,
        _ => StatusCode::CONFLICT,
    };
    let label = match notice {
        Notice::Used | Notice::MovedOn => "continue",
        _ => "start-again",
    };
    let page = Message::notice(notice);
    let page = match onward {
        Some(url) => page.to(label, url),
        None => page.to("start-page", "/account"),
    };
    app.theme.render_as(status, &visitor.frame(app, visitor.uri().path()), &page)
}
