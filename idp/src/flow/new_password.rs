//! A forgotten password: asking for a link, and choosing a new one once an enrolled factor was shown
//! beside that link.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use latchkey_core::assurance::{Method, Proof};
use latchkey_core::passwords::SHORTEST;
use latchkey_core::people::Username;
use latchkey_core::throttle::Limited;
use latchkey_store::Error;
use latchkey_web::limits::{Form as Posted, Refusal};
use latchkey_web::{Form, Problem, Text};

use super::asked::{Answer, Asked, later};
use super::dispatcher::Step;
use super::way::{At, Place, Shown, Submitted, Traveller, Use, Way};
use crate::App;
use crate::actions::passwords::{self, FIELD};
use crate::authn::password::HashError;
use crate::authn::throttle::{self, Wait};
use crate::pages::link::{Forgotten, NewPassword, Sent};
use crate::visitor::Visitor;

/// Where a link is asked for.
pub(super) const FORGOTTEN: &str = "/forgotten-password";
const PAGE: &str = "new-password";

/// The step at which a new password is chosen.
pub(super) struct Choosing;

impl Place for Choosing {
    type Who = Traveller;

    fn of(step: &Step) -> Option<Self> {
        (*step == Step::NewPassword).then_some(Self)
    }
}

/// `GET /forgotten-password`
pub(super) async fn show_forgotten(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    forgotten(&Asked { app, visitor }, None)
}

fn forgotten(asked: &Asked, problem: Option<Problem>) -> Response {
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mail = asked.app.mail.is_some();
    let page = Forgotten { form: mail.then(|| Form::new(FORGOTTEN)), problem };
    asked.app.theme.render_as(status, &asked.visitor.frame(&asked.app, FORGOTTEN), &page)
}

/// `POST /forgotten-password`: the same answer for every name, and the work later, so that neither
/// words nor time tell who has an account.
pub(super) async fn submit_forgotten(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    form: Result<Posted, Refusal>,
) -> Response {
    let asked = Asked { app, visitor };
    let form = match form {
        Ok(Posted(form)) => form,
        Err(refusal) => return asked.visitor.failure(&asked.app, refusal.into()),
    };
    let typed = form.one("username").ok().flatten().unwrap_or_default().trim();
    if typed.is_empty() {
        return forgotten(&asked, Some(Problem::at("username", "problem-username-missing")));
    }
    let address = asked.visitor.address();
    match admitted(&asked.app, address.as_deref()).await {
        Ok(None) => (),
        Ok(Some(wait)) => {
            let now = asked.app.clock.now();
            let text = Text::new("problem-wait-links").with("minutes", wait.minutes(now));
            return later(forgotten(&asked, Some(Problem::new(text))), &wait, now);
        }
        Err(error) => return asked.visitor.our_failure(&asked.app, &error.into()),
    }
    if let Ok(name) = Username::parse(typed)
        && !asked.app.wanted.note(name, address)
    {
        tracing::error!("a link for a forgotten password is not sent: too many wait");
    }
    let frame = asked.visitor.frame(&asked.app, FORGOTTEN);
    asked.app.theme.render(&frame, &Sent {})
}

/// Counts that an address asks for a link, unless it has to wait: letters to others are not for
/// anybody to pour out.
async fn admitted(app: &App, address: Option<&str>) -> Result<Option<Wait>, Error> {
    let wait = throttle::limited(app, Limited::PasswordLinks, address).await?;
    if wait.is_none() {
        throttle::count(app, Limited::PasswordLinks, address).await?;
    }
    Ok(wait)
}

fn render(asked: &Asked, way: &Way, problem: Option<Problem>) -> Response {
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = NewPassword {
        form: way.form(PAGE),
        username: way.who.record.person.username.as_str().to_owned(),
        least: SHORTEST,
        problem,
    };
    asked.app.theme.render_as(status, &way.frame(asked, PAGE), &page)
}

pub(super) async fn show(At { asked, way, .. }: At<Choosing>) -> Response {
    render(&asked, &way, None)
}

pub(super) async fn submit(Submitted { asked, way, form, .. }: Submitted<Choosing>) -> Response {
    let typed = form.one(FIELD).ok().flatten().unwrap_or_default();
    asked.answer(choose(&asked, way, typed)).await
}

async fn choose(asked: &Asked, mut way: Way, typed: &str) -> Answer {
    let (app, mut record) = (&asked.app, way.who.record.clone());
    let organisation = &way.who.organisation.name;
    let new = match passwords::choose(typed, &record.person, organisation) {
        Ok(new) => new,
        Err(problem) => return Ok(render(asked, &way, Some(problem))),
    };
    let hash = match app.hasher.hash(new).await {
        Ok(hash) => hash,
        Err(error) if matches!(error.downcast_ref(), Some(HashError::Busy)) => {
            return Ok(render(asked, &way, Some(Problem::new("problem-busy"))));
        }
        Err(error) => return Err(error.into()),
    };
    way.progress.password_set = true;
    let seen = record.password_hash.replace(hash.clone());
    let proof = Proof { at: app.clock.now(), method: Method::Password };
    let shown = Shown { proof, used: Some(Use::NewPassword { seen, hash }) };
    way.prove(asked, record, vec![shown]).await
}
