//! The gate before the account's pages: who is logged in, and for a change, who has just shown that
//! it is them. Also what every form here carries and must bring back.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_core::credentials::Credential;
use latchkey_core::ids::{CredentialId, SessionId};
use latchkey_core::requirement::Requirement;
use latchkey_core::roles::Actor;
use latchkey_core::secrets::Digest;
use latchkey_web::limits::{self, Params, Refusal};
use latchkey_web::{Form, Frame, Page};
use serde::Deserialize;

use crate::App;
use crate::audit::Origin;
use crate::flow::{self, Begun, Current, Resume, Resumed};
use crate::pages::message::{Failure, Message, Notice};
use crate::visitor::Visitor;

/// Where the log-in flow comes back to. Its payload is the page that was asked for.
pub(super) const RESUME: &str = "/account/resume";

/// Why a request gets another answer than the page that was asked for.
pub(super) enum Stop {
    /// This one.
    Page(Box<Response>),
    /// We failed.
    Ours(anyhow::Error),
}

impl From<Response> for Stop {
    fn from(response: Response) -> Self {
        Self::Page(Box::new(response))
    }
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Self {
        Self::Ours(error)
    }
}

impl From<latchkey_store::Error> for Stop {
    fn from(error: latchkey_store::Error) -> Self {
        Self::Ours(error.into())
    }
}

/// What a request comes to.
pub(super) type Answer = Result<Response, Stop>;

/// A form as it came.
pub(super) type Posted = Result<limits::Form, Refusal>;

/// The body of a request for a ceremony's options, as it came.
pub(super) type PostedStep = Result<limits::Json<Step>, Refusal>;

/// What a page's script sends when it asks for a ceremony's options.
#[derive(Deserialize)]
pub(super) struct Step {
    step: String,
}

/// A request for one of the account's pages.
pub(super) struct Asked {
    /// The installation.
    pub(super) app: Arc<App>,
    /// The other end.
    pub(super) visitor: Visitor,
}

impl FromRequestParts<Arc<App>> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        Ok(Self { app: Arc::clone(app), visitor })
    }
}

impl Asked {
    /// Answers with what `work` comes to.
    pub(super) async fn answer(&self, work: impl Future<Output = Answer>) -> Response {
        match work.await {
            Ok(response) => response,
            Err(Stop::Page(response)) => *response,
            Err(Stop::Ours(error)) => self.visitor.our_failure(&self.app, &error),
        }
    }

    /// Who is logged in; else the way to log in, which comes back to `path`. With `step_up`, they
    /// have also shown a factor a short while ago, or go and do so.
    pub(super) async fn entered(&self, path: &str, step_up: bool) -> Result<Current, Stop> {
        let current = flow::current(&self.app, &self.visitor).await?;
        let requirement = match current {
            Some(current) if !step_up => return Ok(current),
            Some(current) => proof_of(&current),
            None => Requirement::anyone(),
        };
        let stepped_up = requirement.step_up.is_some();
        let resume = Resume { path: RESUME, payload: path.to_owned() };
        match flow::begin(&self.app, &self.visitor, requirement, resume).await? {
            Begun::Done(proof) if stepped_up => Ok(Current {
                session: proof.session().clone(),
                person: proof.person().clone(),
                organisation: self.app.organisation(proof.person().person.organisation).await?,
            }),
            // Logged in between two looks: whether a step-up is due shows when asked again.
            Begun::Done(_) => Err(Redirect::to(path).into_response().into()),
            Begun::Ask(response) => Err(response.into()),
            Begun::Refused(_) => Err(self.notice(Notice::SessionEnded, path).into()),
        }
    }

    /// The same for a request that a script makes, which cannot be sent to another page.
    pub(super) async fn entered_by_script(&self, step_up: bool) -> Result<Current, Stop> {
        let current = flow::current(&self.app, &self.visitor).await?;
        let Some(current) = current else { return Err(unanswered()) };
        if !step_up {
            return Ok(current);
        }
        let requirement = Requirement { may_ask: false, ..proof_of(&current) };
        let resume = Resume { path: RESUME, payload: "/account".to_owned() };
        match flow::begin(&self.app, &self.visitor, requirement, resume).await? {
            Begun::Done(_) => Ok(current),
            Begun::Refused(_) | Begun::Ask(_) => Err(unanswered()),
        }
    }

    /// What a page for a logged-in person has. `path` shows the same page again.
    pub(super) fn frame(&self, current: &Current, path: &str) -> Frame {
        let mut frame = self.visitor.frame(&self.app, path);
        frame.organisation = Some((&*current.organisation).into());
        frame.person = Some(current.person.person.name.clone());
        frame
    }

    /// A page that shows what stands, or with a problem, what was not taken.
    pub(super) fn page<P: Page>(&self, current: &Current, path: &str, page: &P) -> Response {
        let status = match page.problem() {
            Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
            None => StatusCode::OK,
        };
        self.app.theme.render_as(status, &self.frame(current, path), page)
    }

    /// A page that says why a form is not taken, with a link to `path`.
    fn notice(&self, notice: Notice, path: &str) -> Response {
        let page = Message::notice(notice).to("start-again", path);
        let frame = self.visitor.frame(&self.app, path);
        self.app.theme.render_as(StatusCode::FORBIDDEN, &frame, &page)
    }

    /// A form of the page at `path`, bound to that page and this session.
    pub(super) fn form(&self, current: &Current, path: &str) -> Form {
        Form::new(path).with("step", step(&self.app, current.session.id, path))
    }

    /// What was posted, if it is readable and from a form that [`Asked::form`] made.
    pub(super) fn read(
        &self,
        current: &Current,
        path: &str,
        posted: Posted,
    ) -> Result<Params, Stop> {
        let limits::Form(params) =
            posted.map_err(|refusal| self.visitor.failure(&self.app, refusal.into()))?;
        let given = self.field(&params, "step")?;
        if !same(given, &step(&self.app, current.session.id, path)) {
            return Err(self.notice(Notice::Expired, path).into());
        }
        Ok(params)
    }

    /// Whether a script's request comes from the page at `path`.
    pub(super) fn check_step(
        &self,
        current: &Current,
        path: &str,
        posted: PostedStep,
    ) -> Result<(), Stop> {
        let limits::Json(given) = posted.map_err(Refusal::into_response)?;
        let wanted = step(&self.app, current.session.id, path);
        if same(&given.step, &wanted) { Ok(()) } else { Err(unanswered()) }
    }

    /// A field of a form; empty when it is not there.
    pub(super) fn field<'p>(&self, params: &'p Params, name: &str) -> Result<&'p str, Stop> {
        match params.one(name) {
            Ok(value) => Ok(value.unwrap_or_default()),
            Err(_) => Err(self.visitor.failure(&self.app, Failure::Unreadable).into()),
        }
    }

    /// The key that an address names.
    pub(super) fn id(&self, text: &str) -> Result<CredentialId, Stop> {
        text.parse().map_err(|_| self.not_found())
    }

    /// A key of who is logged in. Another person's is not there at all.
    pub(super) async fn key(
        &self,
        current: &Current,
        id: CredentialId,
    ) -> Result<Credential, Stop> {
        let found = self.app.store.view().find_credential(current.person.person.id, id).await?;
        found.ok_or_else(|| self.not_found())
    }

    /// The page for what is not there.
    pub(super) fn not_found(&self) -> Stop {
        self.visitor.failure(&self.app, Failure::NotFound).into()
    }

    /// Who acts, for the audit trail.
    pub(super) fn origin(&self, current: &Current) -> Origin {
        let (person, session) = (current.person.person.id, Some(current.session.id));
        let actor = Actor::Person { person, session };
        Origin { actor, address: self.visitor.address(), at: self.app.clock.now() }
    }
}

/// A fresh proof by who is logged in.
fn proof_of(current: &Current) -> Requirement {
    Requirement {
        subject: Some(current.person.person.subject),
        step_up: Some(current.organisation.policy.step_up_age),
        ..Requirement::anyone()
    }
}

/// The answer to a script whose page is out of date. The page then sends its form, and that leads
/// on.
fn unanswered() -> Stop {
    StatusCode::FORBIDDEN.into_response().into()
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

/// Whether an address is one of the account's own pages, so that it may be gone on to.
fn is_ours(path: &str) -> bool {
    let rest = path.strip_prefix("/account");
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-".contains(&byte))
}

/// `GET /account/resume`: the log-in is done, or given up.
pub(super) async fn resume(asked: Asked) -> Response {
    asked
        .answer(async {
            let payload = match flow::resume(&asked.app, &asked.visitor).await? {
                Resumed::Done(_, payload) | Resumed::Restart(payload) => payload,
                // Whoever gives up a step-up is still logged in.
                Resumed::Refused(..) => {
                    if flow::current(&asked.app, &asked.visitor).await?.is_none() {
                        return Err(asked.notice(Notice::SessionEnded, "/account").into());
                    }
                    "/account/keys".to_owned()
                }
                Resumed::Page(response) => return Ok(response),
            };
            let path = if is_ours(&payload) { payload.as_str() } else { "/account" };
            Ok(Redirect::to(path).into_response())
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_in_goes_on_to_our_own_account_pages_only() {
        for path in ["/account", "/account/keys", "/account/keys/0192-ab/remove"] {
            assert!(is_ours(path), "{path}");
        }
        for path in [
            "",
            "/",
            "//evil.example",
            "/accounts",
            "/account.evil.example",
            "/account@evil.example",
            "/account/../admin",
            "/account\\evil",
            "/account/keys?done",
            "/account/\r\nSet-Cookie",
            "https://evil.example/account",
        ] {
            assert!(!is_ours(path), "{path}");
        }
    }

    #[test]
    fn only_the_very_same_step_is_taken() {
        assert!(same("abc", "abc"));
        for other in ["", "ab", "abcd", "abC"] {
            assert!(!same(other, "abc"), "{other}");
        }
    }
}
