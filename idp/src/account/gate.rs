//! The gate before the account's pages: who is logged in, and for a change, who has just shown that
//! it is them. Extractors, so that a handler begins behind it, and with a form of its own page.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_core::assurance::Level;
use latchkey_core::codes::AuthenticatorApp;
use latchkey_core::credentials::Credential;
use latchkey_core::ids::{CredentialId, SessionId};
use latchkey_core::requirement::{self, Requirement};
use latchkey_core::roles::Actor;
use latchkey_core::secrets::Digest;
use latchkey_web::limits::{self, Json, Params, Refusal};
use latchkey_web::{Ceremony, Form, Frame, Page};
use serde::Deserialize;

use super::resume;
use crate::App;
use crate::audit::Origin;
use crate::flow::{self, Asked, Begun, Current, Resume, Stop};
use crate::pages::lost;
use crate::pages::message::{Failure, Message, Notice};

/// A page of the account.
pub(super) trait Place: Send + Sync {
    /// Its address; `{id}` stands for a key.
    const PATH: &'static str;
    /// It changes something, so it wants a fresh proof.
    const STEP_UP: bool;
    /// That proof has to be by a key or an authenticator app that works.
    const BY_AUTHENTICATOR: bool = false;
    /// What it is about.
    type About: About;
}

/// What a page is about: the person and nothing else, or one of their keys.
pub(super) trait About: Send + Sync + Sized {
    /// Finds it.
    fn find(
        asked: &Asked,
        current: &Current,
        named: Option<CredentialId>,
    ) -> impl Future<Output = Result<Self, Stop>> + Send;
}

/// Their authenticator app.
impl About for AuthenticatorApp {
    async fn find(asked: &Asked, current: &Current, _: Option<CredentialId>) -> Result<Self, Stop> {
        let person = current.person.person.id;
        let codes = asked.app.store.view().list_codes(person).await?;
        codes.app.ok_or_else(|| asked.failure(Failure::NotFound))
    }
}

impl About for () {
    async fn find(_: &Asked, _: &Current, _: Option<CredentialId>) -> Result<(), Stop> {
        Ok(())
    }
}

/// Another person's key is not there at all.
impl About for Credential {
    async fn find(
        asked: &Asked,
        current: &Current,
        named: Option<CredentialId>,
    ) -> Result<Self, Stop> {
        let person = current.person.person.id;
        let found = match named {
            Some(id) => asked.app.store.view().find_credential(person, id).await?,
            None => None,
        };
        found.ok_or_else(|| asked.failure(Failure::NotFound))
    }
}

/// Somebody who may see a page. Others are on their way to log in, and come back to it.
pub(super) struct Entered<P: Place> {
    pub(super) asked: Asked,
    pub(super) current: Current,
    pub(super) about: P::About,
    path: String,
}

/// The form of a page, from somebody who may send it.
pub(super) struct Submitted<P: Place> {
    pub(super) at: Entered<P>,
    form: Params,
}

/// A page's script asks for a ceremony's options. It cannot be sent to log in.
pub(super) struct Scripted<P: Place>(pub(super) Entered<P>);

/// What a script asks options for.
#[derive(Deserialize)]
struct Wanted {
    step: String,
}

impl<P: Place> FromRequestParts<Arc<App>> for Entered<P> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let asked = asked(parts, app).await;
        let found = async {
            let (named, path) = address::<P>(&asked, parts).await?;
            // Of something that is not there, nobody is told that they cannot show enough for it.
            if P::BY_AUTHENTICATOR
                && let Some(current) = flow::current(app, &asked.visitor).await?
            {
                P::About::find(&asked, &current, named).await?;
            }
            let current = enter::<P>(&asked, &path).await?;
            let about = P::About::find(&asked, &current, named).await?;
            Ok((current, about, path))
        };
        match found.await {
            Ok((current, about, path)) => Ok(Self { asked, current, about, path }),
            Err(stop) => Err(asked.stopped(stop)),
        }
    }
}

impl<P: Place> FromRequest<Arc<App>> for Submitted<P> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let asked = asked(&mut parts, app).await;
        let found = async {
            let (named, path) = address::<P>(&asked, &mut parts).await?;
            let form = limits::Form::from_request(Request::from_parts(parts, body), app).await;
            let current = enter::<P>(&asked, &path).await?;
            let limits::Form(form) = form.map_err(|refusal| asked.failure(refusal.into()))?;
            let given = one(&asked, &form, "step")?;
            if !same(given, &step(app, current.session.id, &path)) {
                return Err(notice(&asked, Notice::Expired, &path).into());
            }
            let about = P::About::find(&asked, &current, named).await?;
            Ok((current, about, path, form))
        };
        match found.await {
            Ok((current, about, path, form)) => {
                Ok(Self { at: Entered { asked, current, about, path }, form })
            }
            Err(stop) => Err(asked.stopped(stop)),
        }
    }
}

impl<P: Place> FromRequest<Arc<App>> for Scripted<P> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let asked = asked(&mut parts, app).await;
        let found = async {
            let (named, path) = address::<P>(&asked, &mut parts).await?;
            let wanted = Json::from_request(Request::from_parts(parts, body), app).await;
            let current = enter_by_script::<P>(&asked).await?;
            let Json(wanted): Json<Wanted> = wanted.map_err(Refusal::into_response)?;
            if !same(&wanted.step, &step(app, current.session.id, &path)) {
                return Err(unanswered());
            }
            let about = P::About::find(&asked, &current, named).await?;
            Ok((current, about, path))
        };
        match found.await {
            Ok((current, about, path)) => Ok(Self(Entered { asked, current, about, path })),
            Err(stop) => Err(asked.stopped(stop)),
        }
    }
}

impl<P: Place> Entered<P> {
    /// What a page for a logged-in person has. `path` shows the same page again.
    pub(super) fn frame(&self, path: &str) -> Frame {
        frame(&self.asked, &self.current, path)
    }

    /// A page that shows what stands, or with a problem, what was not taken.
    pub(super) fn page(&self, page: &impl Page) -> Response {
        let status = match page.problem() {
            Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
            None => StatusCode::OK,
        };
        self.page_as(status, page)
    }

    /// The same with a status of its own.
    pub(super) fn page_as(&self, status: StatusCode, page: &impl Page) -> Response {
        self.asked.app.theme.render_as(status, &self.frame(&self.path), page)
    }

    /// A page for somebody whose session has just ended with all others.
    pub(super) fn page_when_out(&self, page: &impl Page) -> Response {
        let mut frame = self.frame(&self.path);
        frame.person = None;
        self.asked.app.theme.render(&frame, page)
    }

    /// The page's address.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The page's form, bound to it and to this session.
    pub(super) fn form(&self) -> Form {
        let step = step(&self.asked.app, self.current.session.id, &self.path);
        Form::new(self.path.as_str()).with("step", step)
    }

    /// The page's form with a ceremony, which asks for its options beside it.
    pub(super) fn ceremony(&self) -> Ceremony {
        Ceremony { form: self.form(), options_url: format!("{}/options", self.path) }
    }

    /// What keeps a ceremony's challenge to this session and to what it is for.
    pub(super) fn binding(&self, purpose: &str) -> String {
        format!("session:{}:{purpose}", self.current.session.id)
    }

    /// Who acts, for the audit trail.
    pub(super) fn origin(&self) -> Origin {
        origin(&self.asked, &self.current)
    }
}

impl<P: Place> Submitted<P> {
    /// A field of the form; empty when it is not there.
    pub(super) fn field(&self, name: &str) -> Result<&str, Stop> {
        one(&self.at.asked, &self.form, name)
    }
}

async fn asked(parts: &mut Parts, app: &Arc<App>) -> Asked {
    let Ok(asked) = Asked::from_request_parts(parts, app).await;
    asked
}

/// The key that an address names, and the address.
async fn address<P: Place>(
    asked: &Asked,
    parts: &mut Parts,
) -> Result<(Option<CredentialId>, String), Stop> {
    if !P::PATH.contains("{id}") {
        return Ok((None, P::PATH.to_owned()));
    }
    let given = Path::<String>::from_request_parts(parts, &()).await;
    match given.ok().and_then(|Path(id)| id.parse::<CredentialId>().ok()) {
        Some(id) => Ok((Some(id), P::PATH.replace("{id}", &id.to_string()))),
        None => Err(asked.failure(Failure::NotFound)),
    }
}

/// Who is logged in; else the way to log in, which comes back to `path`. Where the page wants it,
/// they have also shown a factor a short while ago, or go and do so.
async fn enter<P: Place>(asked: &Asked, path: &str) -> Result<Current, Stop> {
    let Asked { app, visitor } = asked;
    let requirement = match flow::current(app, visitor).await? {
        Some(current) if !P::STEP_UP => return Ok(current),
        Some(current) => proof_of::<P>(&current),
        None => Requirement::anyone(),
    };
    let stepped_up = requirement.step_up.is_some();
    let resume = Resume { path: resume::PATH, payload: path.to_owned() };
    match flow::begin(app, visitor, requirement, resume).await? {
        Begun::Done(proof) if stepped_up => Ok(Current {
            session: proof.session().clone(),
            person: proof.person().clone(),
            organisation: app.organisation(proof.person().person.organisation).await?,
            policy: app.policy_of(&proof.person().person).await?,
        }),
        // Logged in between two looks: whether a step-up is due shows when asked again.
        Begun::Done(_) => Err(Redirect::to(path).into_response().into()),
        Begun::Ask(response) => Err(response.into()),
        Begun::Refused(requirement::Refusal::Unmet) if P::BY_AUTHENTICATOR => {
            let current = flow::current(app, visitor).await?;
            Err(current.map_or_else(
                || notice(asked, Notice::SessionEnded, path).into(),
                |current| unmet(asked, &current, path),
            ))
        }
        Begun::Refused(_) => Err(notice(asked, Notice::SessionEnded, path).into()),
    }
}

/// The page for somebody who has nothing to show that would do.
fn unmet(asked: &Asked, current: &Current, path: &str) -> Stop {
    let frame = frame(asked, current, path);
    asked.app.theme.render_as(StatusCode::FORBIDDEN, &frame, &lost::no_other()).into()
}

/// The same for a request that a script makes, which cannot be sent to another page.
async fn enter_by_script<P: Place>(asked: &Asked) -> Result<Current, Stop> {
    let Asked { app, visitor } = asked;
    let Some(current) = flow::current(app, visitor).await? else { return Err(unanswered()) };
    if !P::STEP_UP {
        return Ok(current);
    }
    let requirement = Requirement { may_ask: false, ..proof_of::<P>(&current) };
    let resume = Resume { path: resume::PATH, payload: "/account".to_owned() };
    match flow::begin(app, visitor, requirement, resume).await? {
        Begun::Done(_) => Ok(current),
        Begun::Refused(_) | Begun::Ask(_) => Err(unanswered()),
    }
}

/// A fresh proof by who is logged in: with a second factor, if they have one. Where policy lets a
/// password log in alone, a stolen one must still not add or remove what stands beside it.
fn proof_of<P: Place>(current: &Current) -> Requirement {
    Requirement {
        subject: Some(current.person.person.subject),
        step_up: Some(current.policy.step_up_age),
        by_authenticator: P::BY_AUTHENTICATOR,
        levels: vec![Level::Mfa],
        ..Requirement::anyone()
    }
}

/// The answer to a script whose page is out of date. The page then sends its form, and that leads
/// on.
fn unanswered() -> Stop {
    StatusCode::FORBIDDEN.into_response().into()
}

/// A page that says why something is not taken, with a link to `path`.
pub(super) fn notice(asked: &Asked, notice: Notice, path: &str) -> Response {
    let page = Message::notice(notice, Some(path.to_owned()));
    let frame = asked.visitor.frame(&asked.app, path);
    asked.app.theme.render_as(StatusCode::FORBIDDEN, &frame, &page)
}

/// What a page for a logged-in person has. `path` shows the same page again.
pub(super) fn frame(asked: &Asked, current: &Current, path: &str) -> Frame {
    let mut frame = asked.visitor.frame(&asked.app, path);
    frame.organisation = Some((&*current.organisation).into());
    frame.person = Some(current.person.person.name.clone());
    frame
}

/// Who acts, for the audit trail.
pub(super) fn origin(asked: &Asked, current: &Current) -> Origin {
    let (person, session) = (current.person.person.id, Some(current.session.id));
    let actor = Actor::Person { person, session };
    Origin { actor, address: asked.visitor.address(), at: asked.app.clock.now() }
}

fn one<'p>(asked: &Asked, form: &'p Params, name: &str) -> Result<&'p str, Stop> {
    match form.one(name) {
        Ok(value) => Ok(value.unwrap_or_default()),
        Err(_) => Err(asked.failure(Failure::Unreadable)),
    }
}

/// What a form of the page at `path` carries in one session.
pub(super) fn step(app: &App, session: SessionId, path: &str) -> String {
    let bytes = app.keys.mac.derive("account form", format!("{session} {path}").as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Equal, in a time that does not tell how nearly.
fn same(given: &str, wanted: &str) -> bool {
    Digest::of(given.as_bytes()) == Digest::of(wanted.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn only_the_very_same_step_is_taken() {
        assert!(same("abc", "abc"));
        for other in ["", "ab", "abcd", "abC"] {
            assert!(!same(other, "abc"), "{other}");
        }
    }
}
