//! One person's way through the pages: found by its address, bound to its browser and to its
//! session. Handlers get it from the extractors of [`place`] only, at the step that they serve.

mod place;
mod proof;

use std::sync::Arc;

use axum::response::Response;
use latchkey_core::assurance::{Assurance, Level, Proof};
use latchkey_core::ids::{CredentialId, FlowId, PersonId};
use latchkey_core::organisations::Organisation;
use latchkey_core::policy::Policy;
use latchkey_core::requirement::{Refusal, Requirement};
use latchkey_core::roles::Actor;
use latchkey_core::secrets::{Digest, Plain};
use latchkey_store::{Error, Flow, PersonRecord, Session, Tx};
use latchkey_web::{Ceremony, Form, Frame};
use serde::{Deserialize, Serialize};

use super::asked::{Answer, Asked, Stop, restart_url, see};
use super::dispatcher::{Known, Next, Step, decide};
use crate::App;
use crate::audit::Origin;
use crate::authn::Means;
use crate::pages::message::Notice;
pub(super) use place::{Anywhere, At, Place, Scripted, Submitted};
pub(super) use proof::{Shown, Use};

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
    /// An authenticator app was enrolled on this way.
    #[serde(default)]
    pub(super) app_enrolled: bool,
    /// A forgotten password was replaced on this way.
    #[serde(default)]
    pub(super) password_set: bool,
    /// The person agreed to what the application will learn.
    pub(super) agreed: bool,
    /// What was said to the reminder of a spare key.
    #[serde(default)]
    pub(super) spare: Option<Spare>,
    /// This browser is one that the person has logged in with.
    #[serde(default)]
    pub(super) browser_noted: bool,
    /// It ended without a log-in.
    pub(super) refused: Option<Refusal>,
}

/// What somebody said to the reminder of a spare key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Spare {
    /// That they add one.
    Adding,
    /// Nothing more is to be said on this way.
    Settled,
}

/// A flow that may be carried on, with who is on it.
pub(super) struct Way<W = Traveller> {
    flow: Flow,
    pub(super) progress: Progress,
    pub(super) who: W,
    /// Whose helpdesk is shown.
    organisation: Option<Arc<Organisation>>,
}

/// Who is on the way.
pub(super) struct Traveller {
    pub(super) session: Session,
    pub(super) record: PersonRecord,
    pub(super) organisation: Arc<Organisation>,
    pub(super) policy: Arc<Policy>,
    pub(super) means: Means,
    proofs: Vec<Proof>,
    of_flow: usize,
    consented: bool,
}

/// Who may be on a way: somebody, or perhaps nobody yet.
pub(super) trait Who: Send + Sync + Sized {
    /// Whoever was found, if that is enough.
    fn of(found: Option<Traveller>) -> Option<Self>;
    /// The person, if there is one.
    fn known(&self) -> Option<&Traveller>;
}

impl Who for Traveller {
    fn of(found: Option<Traveller>) -> Option<Self> {
        found
    }

    fn known(&self) -> Option<&Traveller> {
        Some(self)
    }
}

impl Who for Option<Traveller> {
    fn of(found: Option<Traveller>) -> Option<Self> {
        Some(found)
    }

    fn known(&self) -> Option<&Traveller> {
        self.as_ref()
    }
}

impl Way<Option<Traveller>> {
    /// Finds a flow that this browser may carry on; else the page that says why not, and the way
    /// on.
    async fn find(asked: &mut Asked, id: FlowId) -> Result<Self, Stop> {
        let app = Arc::clone(&asked.app);
        let Some(flow) = app.store.view().find_flow(id).await? else {
            return Err(asked.notice(Notice::Expired, None).into());
        };
        if asked.visitor.browser(&app).is_none_or(|browser| browser != flow.browser) {
            return Err(asked.notice(Notice::OtherBrowser, None).into());
        }
        asked.visitor.prefer(&app, &flow.requirement.locales);
        let restart = || Some(restart_url(&flow));
        if flow.finished_at.is_some() {
            return Err(asked.notice(Notice::Finished, restart()).into());
        }
        let now = app.clock.now();
        if now >= flow.expires_at {
            return Err(asked.notice(Notice::Expired, restart()).into());
        }
        let progress: Progress = serde_json::from_str(&flow.progress).map_err(Error::from)?;
        let mut who = None;
        if let Some(wanted) = flow.session {
            let found = match asked.visitor.session(&app) {
                Some(secret) => app.store.view().find_session(secret).await?,
                None => None,
            };
            let Some(found) = found.filter(|found| found.session.is_open(now)) else {
                return Err(asked.notice(Notice::SessionEnded, restart()).into());
            };
            if found.session.id != wanted {
                let said = Notice::OtherPerson(found.person.person.name);
                return Err(asked.notice(said, restart()).into());
            }
            let (session, record) = (found.session, found.person);
            who = Some(Traveller::load(&app, &flow, &progress, session, record).await?);
        }
        let organisation = match &who {
            Some(traveller) => Some(Arc::clone(&traveller.organisation)),
            None => application_organisation(&app, &flow).await?,
        };
        Ok(Self { flow, progress, who, organisation })
    }

    /// A way that begins now, for nobody yet.
    pub(super) fn begun(flow: Flow) -> Self {
        Self { flow, progress: Progress::default(), who: None, organisation: None }
    }

    /// The same request from its beginning, for nobody yet.
    pub(super) fn begun_again(mut self) -> Self {
        self.flow.session = None;
        Self { progress: Progress::default(), who: None, ..self }
    }
}

impl<W: Who> Way<W> {
    fn step(&self, app: &App) -> Step {
        let known = self.who.known().map(|traveller| Known {
            person: &traveller.record.person,
            policy: &traveller.policy,
            means: &traveller.means,
            proofs: &traveller.proofs,
            of_flow: traveller.of_flow,
            consented: traveller.consented,
        });
        decide(&self.flow.requirement, &self.progress, known.as_ref(), app.clock.now())
    }

    /// Goes on as things stand: to the page of the next step, or back to the protocol.
    pub(super) async fn go_on(self, asked: &Asked) -> Answer {
        match Next::from(self.step(&asked.app)) {
            Next::Page(page) => Ok(see(&self.path(&page))),
            Next::End(outcome) => self.finish(asked, outcome).await,
        }
    }

    /// Stores what this way has become, and goes on. Its present form counts no more.
    pub(super) async fn advance(mut self, asked: &Asked) -> Answer {
        let path = match Next::from(self.step(&asked.app)) {
            Next::Page(page) => self.path(&page),
            Next::End(outcome) => return self.finish(asked, outcome).await,
        };
        let from = self.turn(&asked.app)?;
        let flow = self.flow.clone();
        let write = async move |tx: &Tx| tx.advance_flow(&flow, &from).await;
        let advanced = asked.app.store.write::<_, Error, _>(write).await?;
        Ok(if advanced { see(&path) } else { self.stale(asked) })
    }

    /// Makes the flow's row what this way has become, with a new nonce; returns the old one.
    fn turn(&mut self, app: &App) -> Result<String, Stop> {
        self.flow.progress = serde_json::to_string(&self.progress).map_err(Error::from)?;
        Ok(std::mem::replace(&mut self.flow.step, nonce(app)))
    }

    /// The page for a form that was sent before, or belongs to an earlier step.
    fn stale(&self, asked: &Asked) -> Response {
        asked.notice(Notice::Used, Some(self.address()))
    }

    /// Where this way stands.
    pub(super) fn stands(&self, asked: &Asked) -> Step {
        self.step(&asked.app)
    }

    /// What was asked of the person.
    pub(super) fn requirement(&self) -> &Requirement {
        &self.flow.requirement
    }

    /// The browser that it is bound to.
    pub(super) fn browser(&self) -> Digest {
        self.flow.browser
    }

    /// The name of the application that asked.
    pub(super) fn application(&self) -> Option<String> {
        self.flow.requirement.application.as_ref().map(|application| application.name.clone())
    }

    /// The address of one of its pages.
    pub(super) fn path(&self, page: &str) -> String {
        format!("{}/{page}", self.address())
    }

    /// Its own address: on to where it stands.
    pub(super) fn address(&self) -> String {
        format!("/login/{}", self.flow.id)
    }

    /// A form that counts at the present step.
    pub(super) fn form(&self, page: &str) -> Form {
        Form::new(self.path(page)).with("step", self.flow.step.as_str())
    }

    /// The form of a ceremony, which asks for its options beside it.
    pub(super) fn ceremony(&self, page: &str) -> Ceremony {
        Ceremony { form: self.form(page), options_url: self.path(&format!("{page}/options")) }
    }

    /// What ceremonies of this way are bound to.
    pub(super) fn binding(&self) -> String {
        format!("flow:{}", self.flow.id)
    }

    /// What each of its pages has.
    pub(super) fn frame(&self, asked: &Asked, page: &str) -> Frame {
        let mut frame = asked.visitor.frame(&asked.app, self.path(page));
        frame.organisation = self.organisation.as_deref().map(Into::into);
        frame
    }

    /// A person acts on this way.
    pub(super) fn origin(&self, asked: &Asked, person: PersonId) -> Origin {
        let actor = Actor::Person { person, session: self.flow.session };
        Origin { actor, address: asked.visitor.address(), at: asked.app.clock.now() }
    }
}

impl Traveller {
    /// How strong what was shown is, if anything of it is a factor.
    pub(super) fn reached(&self) -> Option<Level> {
        Assurance::judge(&self.proofs).map(|reached| reached.level)
    }

    async fn load(
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
        let means = Means::of(&view, &record).await?;
        let consented = consented(app, flow, record.person.id).await?;
        let organisation = app.organisation(record.person.organisation).await?;
        let policy = app.policy_of(&record.person).await?;
        Ok(Self { session, record, organisation, policy, means, proofs, of_flow, consented })
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

/// A fresh step nonce.
pub(super) fn nonce(app: &App) -> String {
    Plain::generate(&*app.rng).expose().to_owned()
}
