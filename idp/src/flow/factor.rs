//! The page of a key as the second factor, and as the fresh proof of a step-up.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use latchkey_core::people::PersonState;
use latchkey_web::limits::{self, Form};
use latchkey_web::{Ceremony, Form as PageForm, Problem, Text};

use super::dispatcher::Step;
use super::identify::{Asked, settle};
use super::way::{KeyUse, Traveller, Way, notice};
use super::{page, travelled};
use crate::App;
use crate::authn::{ceremonies, models};
use crate::pages::Key;
use crate::pages::factor::{UseKey, browser_problem};
use crate::pages::message::Notice;
use crate::visitor::Visitor;

const STEP: Step = Step::Factor("passkey");

/// A key as pages show it.
pub(super) fn shown(credential: &latchkey_core::credentials::Credential) -> Key {
    let known = models::find(&credential.aaguid).map(|model| model.name.to_owned());
    Key::new(credential, known)
}

fn render(
    app: &App,
    visitor: &Visitor,
    way: &Way,
    traveller: &Traveller,
    problem: Option<Problem>,
) -> Response {
    let form = PageForm::new(way.path("factor/passkey")).with("step", way.flow.step.as_str());
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let step_up = way.flow.requirement.step_up.is_some();
    let page = UseKey {
        ceremony: Ceremony { form, options_url: way.path("factor/passkey/options") },
        username: traveller.record.person.username.as_str().to_owned(),
        keys: traveller.means.keys.iter().map(shown).filter(|key| !key.suspended).collect(),
        not_you_url: (!way.progress.keep).then(|| way.path("not-you")),
        reason: step_up.then(|| Text::new("step-up-fresh")),
        other_ways: Vec::new(),
        problem,
    };
    app.theme.render_as(status, &way.frame(app, visitor, "factor/passkey"), &page)
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    mut visitor: Visitor,
) -> Response {
    page!(app, visitor, async {
        let mut way = travelled!(&app, visitor, id);
        match (&way.traveller, way.decide(&app) == STEP) {
            (Some(traveller), true) => Ok(render(&app, &visitor, &way, traveller, None)),
            _ => way.go_on(&app, &visitor).await,
        }
    })
}

pub(super) async fn options(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    mut visitor: Visitor,
    asked: Result<limits::Json<Asked>, limits::Refusal>,
) -> Response {
    page!(app, visitor, async {
        let limits::Json(asked) = match asked {
            Ok(asked) => asked,
            Err(refusal) => return Ok(refusal.into_response()),
        };
        let way = travelled!(&app, visitor, id);
        let present = asked.step == way.flow.step && way.decide(&app) == STEP;
        let Some(traveller) = way.traveller.as_ref().filter(|_| present) else {
            return Ok(way.stale(&app, &visitor));
        };
        let person = &traveller.record.person;
        let options = ceremonies::start_assertion(&app, &way.binding(), person).await?;
        Ok(Json(options).into_response())
    })
}

pub(super) async fn submit(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    mut visitor: Visitor,
    form: Result<Form, limits::Refusal>,
) -> Response {
    page!(app, visitor, async {
        let Form(form) = match form {
            Ok(form) => form,
            Err(refusal) => return Ok(visitor.failure(&app, refusal.into())),
        };
        let mut way = travelled!(&app, visitor, id);
        let present = way.is_present(&form) && way.decide(&app) == STEP;
        let Some(traveller) = way.traveller.as_ref().filter(|_| present) else {
            return Ok(way.stale(&app, &visitor));
        };
        let one = |name| form.one(name).ok().flatten();
        let Some(credential) = one("credential") else {
            let problem = browser_problem(one("failure").unwrap_or_default(), false);
            return Ok(render(&app, &visitor, &way, traveller, Some(problem)));
        };
        let person = traveller.record.person.clone();
        if person.state != PersonState::Active {
            return Ok(notice(&app, &visitor, Notice::Closed, None));
        }
        let origin = way.origin(&app, &visitor, person.id);
        let (binding, expected) = (way.binding(), Some(person.id));
        let verdict =
            ceremonies::finish_assertion(&app, &binding, credential, expected, &origin).await?;
        let accepted = match verdict {
            Ok(accepted) => accepted,
            Err(refused) => {
                return Ok(render(&app, &visitor, &way, traveller, Some(refused.problem)));
            }
        };
        let key = KeyUse {
            id: accepted.credential.id,
            counter: accepted.asserted.counter,
            backed_up: accepted.asserted.backed_up,
        };
        let outcome = way.prove(&app, &visitor, &person, accepted.proof, Some(key)).await?;
        settle(&app, &visitor, way, outcome).await
    })
}
