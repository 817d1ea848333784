//! The log-in flow: from a [`Requirement`] to an [`Authenticated`].
//!
//! The only maker of `Authenticated` and the only owner of sessions' secrets. Names no parameter of
//! any protocol: it gets a requirement and a path at which the protocol goes on. Pages return to
//! the dispatcher and never lead to each other.

mod asked;
mod code;
mod dispatcher;
mod ending;
mod enrol;
mod enrol_app;
mod factor;
mod first_pass;
mod identify;
mod left;
mod link;
mod lost;
mod new_password;
#[cfg(test)]
mod table;
#[cfg(test)]
mod tests;
mod typed;
mod way;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use latchkey_core::assurance::Assurance;
use latchkey_core::ids::{FlowId, PersonId};
use latchkey_core::organisations::Organisation;
use latchkey_core::people::PersonState;
use latchkey_core::policy::Policy;
use latchkey_core::requirement::{Consent, Refusal, Requirement};
use latchkey_store::{Error, Flow, PersonRecord, Session, SessionWithPerson, Tx};
use latchkey_web::limits::Params;

use crate::App;
use crate::authn::Means;
use crate::pages::message::Notice;
use crate::visitor::Visitor;
use asked::{notice, restart_url, see};
use dispatcher::{Known, Next, Step, decide, satisfies};
use way::{Anywhere, At, Progress};

pub use asked::{Answer, Asked, Stop, later, options};
pub(crate) use enrol::nickname_problem;
pub use left::logged_out;
pub use lost::left_without;

/// How often a session's last use is written at most.
const SEEN_EVERY: std::time::Duration = std::time::Duration::from_secs(60);

/// Proof that a person logged in as was required. Only this module makes it.
pub struct Authenticated {
    session: Session,
    person: PersonRecord,
    assurance: Assurance,
}

impl Authenticated {
    /// Who.
    #[must_use]
    pub fn person(&self) -> &PersonRecord {
        &self.person
    }

    /// In which session.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// What the log-in was worth.
    #[must_use]
    pub fn assurance(&self) -> &Assurance {
        &self.assurance
    }
}

/// Where a protocol goes on when the flow is done.
pub struct Resume {
    /// The path, which gets `flow` as a parameter, and `restart` when a person starts again.
    pub path: &'static str,
    /// What the protocol needs to go on. Opaque here.
    pub payload: String,
}

/// What became of a requirement at once.
pub enum Begun {
    /// It is met already.
    Done(Box<Authenticated>),
    /// It cannot be met.
    Refused(Refusal),
    /// The person is asked: a redirect to our pages.
    Ask(Response),
}

/// What became of a requirement in the end.
pub enum Resumed {
    /// It is met; with the protocol's payload.
    Done(Box<Authenticated>, String),
    /// It is not; with the protocol's payload.
    Refused(Refusal, String),
    /// The person starts again; with the protocol's payload.
    Restart(String),
    /// There is nothing to go on with; a page that says so.
    Page(Response),
}

/// Who is logged in.
pub struct Current {
    /// The session.
    pub session: Session,
    /// The person.
    pub person: PersonRecord,
    /// Their organisation.
    pub organisation: Arc<Organisation>,
    /// What is asked of them.
    pub policy: Arc<Policy>,
}

/// The pages of the flow.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/login", get(start))
        .route("/login/resume", get(land))
        .route("/login/{flow}", get(next))
        .route("/login/{flow}/identify", get(identify::show).post(identify::submit))
        .route("/login/{flow}/key", post(identify::submit_key))
        .route("/login/{flow}/pass", get(first_pass::show).post(first_pass::submit))
        .route("/login/{flow}/key/options", post(identify::options))
        .route("/login/{flow}/not-you", get(identify::not_you))
        .route("/login/{flow}/factor/passkey", get(factor::show).post(factor::submit))
        .route("/login/{flow}/factor/passkey/options", post(factor::options))
        .route("/link/{token}", get(link::show).post(link::submit))
        .route(
            new_password::FORGOTTEN,
            get(new_password::show_forgotten).post(new_password::submit_forgotten),
        )
        .route("/login/{flow}/new-password", get(new_password::show).post(new_password::submit))
        .route("/login/{flow}/factor/totp", get(code::show_app).post(code::submit_app))
        .route(
            "/login/{flow}/factor/recovery-code",
            get(code::show_recovery).post(code::submit_recovery),
        )
        .route("/login/{flow}/factor/pass", get(code::show_pass).post(code::submit_pass))
        .route("/login/{flow}/enrol/totp", get(enrol_app::show).post(enrol_app::submit))
        .route("/login/{flow}/enrol/passkey", get(enrol::show).post(enrol::submit))
        .route("/login/{flow}/enrol/passkey/options", post(enrol::options))
        .route("/login/{flow}/enrol/passkey/name", get(enrol::name).post(enrol::submit_name))
        .route("/login/{flow}/spare", get(enrol::spare).post(enrol::submit_spare))
        .route("/login/{flow}/ready", get(enrol::ready).post(enrol::submit_ready))
        .route("/login/{flow}/not-started", get(ending::not_started).post(ending::interest))
        .route("/login/{flow}/lost", get(lost::show).post(lost::submit))
        .route("/login/{flow}/help-needed", get(ending::help_needed))
        .route("/login/{flow}/consent", get(ending::consent).post(ending::submit_consent))
}

/// The logged-in, open session of a visitor.
///
/// # Errors
/// When the database fails.
pub async fn current(app: &Arc<App>, visitor: &Visitor) -> anyhow::Result<Option<Current>> {
    let Some(secret) = visitor.session(app) else { return Ok(None) };
    let Some(SessionWithPerson { session, person }) = app.store.view().find_session(secret).await?
    else {
        return Ok(None);
    };
    let now = app.clock.now();
    let organisation = app.organisation(person.person.organisation).await?;
    let policy = app.policy_of(&person.person).await?;
    let idle = now.since(session.last_seen_at);
    let Some(level) = session.assurance.as_ref().map(|reached| reached.level) else {
        return Ok(None);
    };
    let open = session.is_open(now)
        && idle <= policy.session_lasts(level, visitor.ip()).idle
        && person.person.state == PersonState::Active;
    if !open {
        return Ok(None);
    }
    let other = visitor.other_language(app, person.locale.as_deref());
    if let Some(tag) = other.filter(|_| visitor.chooses_language()) {
        let id = person.person.id;
        let write = async move |tx: &Tx| tx.set_locale(id, &tag).await;
        app.store.write::<(), Error, _>(write).await?;
    }
    if idle >= SEEN_EVERY {
        let id = session.id;
        let write = async move |tx: &Tx| tx.touch_session(id, now).await;
        app.store.write::<(), Error, _>(write).await?;
    }
    Ok(Some(Current { session, person, organisation, policy }))
}

/// Whether a person agreed before to all that is asked now.
async fn agreed_before(app: &App, person: PersonId, asked: &Consent) -> anyhow::Result<bool> {
    let given = app.store.view().find_consent(person, &asked.client).await?;
    let covers = |given: Vec<String>| asked.scopes.iter().all(|scope| given.contains(scope));
    Ok(given.is_some_and(|record| covers(record.scopes)))
}

/// Begins to meet a requirement. For a session that meets it already nothing is written.
///
/// # Errors
/// When the database fails.
pub async fn begin(
    app: &Arc<App>,
    visitor: &Visitor,
    requirement: Requirement,
    resume: Resume,
) -> anyhow::Result<Begun> {
    let now = app.clock.now();
    let here = current(app, visitor).await?;
    let usable = here.filter(|here| {
        let young = |age| {
            let since = here.session.assurance.as_ref().map(|known| now.since(known.auth_time));
            since.is_some_and(|since| since <= age)
        };
        let same = requirement.subject.is_none_or(|wanted| wanted == here.person.person.subject);
        same && !requirement.again && requirement.max_age.is_none_or(young)
    });
    let step = match &usable {
        Some(here) => judge(app, here, &requirement).await?,
        None => Step::Identify,
    };
    if !requirement.may_ask {
        let refusal = match &step {
            Step::Return(_) | Step::Refuse(_) => None,
            Step::Consent => Some(Refusal::ConsentRequired),
            Step::Identify | Step::Factor(_) => Some(Refusal::LoginRequired),
            _ => Some(Refusal::InteractionRequired),
        };
        if let Some(refusal) = refusal {
            return Ok(Begun::Refused(refusal));
        }
    }
    let (page, session) = match (Next::from(step), usable) {
        (Next::End(Ok(assurance)), Some(Current { session, person, .. })) => {
            let who = Authenticated { session, person, assurance };
            return Ok(Begun::Done(Box::new(who)));
        }
        (Next::End(Err(refusal)), _) => return Ok(Begun::Refused(refusal)),
        (Next::Page(page), here) => (page, here.map(|here| here.session)),
        // Nobody is here, so nothing is met.
        (Next::End(Ok(_)), None) => ("identify".into(), None),
    };
    let progress = Progress {
        keep: session.is_some(),
        person: session.as_ref().map(|session| session.person),
        ..Progress::default()
    };
    let browser = visitor.browser_or_new(app);
    let flow = Flow {
        id: FlowId(app.rng.uuid_v4()),
        browser: browser.digest,
        requirement,
        resume: resume.path.to_owned(),
        payload: resume.payload,
        session: session.map(|session| session.id),
        step: way::nonce(app),
        progress: serde_json::to_string(&progress)?,
        created_at: now,
        expires_at: now.plus(app.config.lifetimes.flow),
        finished_at: None,
    };
    let id = flow.id;
    let write = async move |tx: &Tx| tx.insert_flow(&flow).await;
    app.store.write::<(), Error, _>(write).await?;
    let mut response = see(&format!("/login/{id}/{page}"));
    browser.keep(app, &mut response);
    Ok(Begun::Ask(response))
}

/// What comes next for a session as it is. Its keys and proofs are looked up only if it does not
/// do as it is.
async fn judge(app: &Arc<App>, here: &Current, requirement: &Requirement) -> anyhow::Result<Step> {
    let now = app.clock.now();
    let Some(assurance) = here.session.assurance.clone() else { return Ok(Step::Identify) };
    let policy = &*here.policy;
    let person = &here.person.person;
    let consented = match &requirement.consent {
        Some(asked) if !asked.always => agreed_before(app, person.id, asked).await?,
        Some(_) => false,
        None => true,
    };
    // Which factor was shown last, a session does not say.
    let fresh = !requirement.by_authenticator
        && requirement
            .step_up
            .is_none_or(|age| here.session.fresh_at.is_some_and(|at| now.since(at) <= age));
    if satisfies(assurance.level, policy, requirement) && fresh {
        return Ok(if consented { Step::Return(assurance) } else { Step::Consent });
    }
    let none = FlowId(uuid::Uuid::nil());
    let view = app.store.view();
    let proofs = view.list_proofs(here.session.id, none).await?.counted;
    let means = Means::of(&view, &here.person).await?;
    let known = Known { person, policy, means: &means, proofs: &proofs, of_flow: 0, consented };
    Ok(decide(requirement, &Progress::default(), Some(&known), now))
}

/// Hands a finished flow back to its protocol, once.
///
/// # Errors
/// When the database fails.
pub async fn resume(app: &Arc<App>, visitor: &Visitor) -> anyhow::Result<Resumed> {
    let query = Params::of_query(visitor.uri()).unwrap_or_default();
    let one = |name| query.one(name).ok().flatten();
    let expired = || Resumed::Page(notice(app, visitor, Notice::Expired, None));
    let Some(id) = one("flow").and_then(|id| id.parse::<FlowId>().ok()) else {
        return Ok(expired());
    };
    let Some(flow) = app.store.view().find_flow(id).await? else { return Ok(expired()) };
    if visitor.browser(app).is_none_or(|browser| browser != flow.browser) {
        return Ok(Resumed::Page(notice(app, visitor, Notice::OtherBrowser, None)));
    }
    if one("restart").is_some() {
        return Ok(Resumed::Restart(flow.payload));
    }
    let write = async move |tx: &Tx| tx.return_flow(id).await;
    if !app.store.write::<_, Error, _>(write).await? {
        let again = Some(restart_url(&flow));
        return Ok(Resumed::Page(notice(app, visitor, Notice::Finished, again)));
    }
    let progress: Progress = serde_json::from_str(&flow.progress)?;
    if let Some(refusal) = progress.refused {
        return Ok(Resumed::Refused(refusal, flow.payload));
    }
    let here = current(app, visitor).await?.filter(|here| Some(here.session.id) == flow.session);
    let Some(Current { session, person, .. }) = here else {
        let again = Some(restart_url(&flow));
        return Ok(Resumed::Page(notice(app, visitor, Notice::SessionEnded, again)));
    };
    match session.assurance.clone() {
        Some(assurance) => {
            let who = Authenticated { session, person, assurance };
            Ok(Resumed::Done(Box::new(who), flow.payload))
        }
        None => Ok(expired()),
    }
}

/// `/login` by itself: on to the account.
async fn start(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    let resume = Resume { path: "/login/resume", payload: "/account".into() };
    match begin(&app, &visitor, Requirement::anyone(), resume).await {
        Ok(Begun::Ask(response)) => response,
        Ok(Begun::Done(_) | Begun::Refused(_)) => see("/account"),
        Err(error) => visitor.our_failure(&app, &error),
    }
}

/// Where `/login` by itself leads.
async fn land(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    match resume(&app, &visitor).await {
        Ok(Resumed::Page(page)) => page,
        Ok(Resumed::Restart(_)) => see("/login"),
        Ok(Resumed::Done(..) | Resumed::Refused(..)) => see("/account"),
        Err(error) => visitor.our_failure(&app, &error),
    }
}

/// The address of a flow by itself: on to the page of its next step.
async fn next(At { asked, way, .. }: At<Anywhere>) -> Response {
    asked.answer(way.go_on(&asked)).await
}
