//! The first key on the way through: set it up, name it, try it (by logging in with it), done.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use latchkey_core::credentials::{Credential, Nickname, NicknameError};
use latchkey_core::ids::CredentialId;
use latchkey_web::limits::{self, Form};
use latchkey_web::{Ceremony, Form as PageForm, Problem};

use super::dispatcher::Step;
use super::factor::shown;
use super::identify::Asked;
use super::way::{Traveller, Way, go_on};
use super::{page, travelled};
use crate::App;
use crate::actions::credentials::{self, Refused, Rename};
use crate::authn::ceremonies;
use crate::pages::factor::{KeyReady, NameKey, SetUpKey, browser_problem};
use crate::visitor::Visitor;

fn render(
    app: &App,
    visitor: &Visitor,
    way: &Way,
    traveller: &Traveller,
    problem: Option<Problem>,
) -> Response {
    let form = PageForm::new(way.path("enrol/passkey")).with("step", way.flow.step.as_str());
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = SetUpKey {
        ceremony: Ceremony { form, options_url: way.path("enrol/passkey/options") },
        organisation: traveller.organisation.name.clone(),
        required: true,
        without_key_url: Some("/help/get-help".into()),
        cancel_url: None,
        problem,
    };
    app.theme.render_as(status, &way.frame(app, visitor, "enrol/passkey"), &page)
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    mut visitor: Visitor,
) -> Response {
    page!(app, visitor, async {
        let mut way = travelled!(&app, visitor, id);
        match (&way.traveller, way.decide(&app) == Step::Enrol) {
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
        let present = asked.step == way.flow.step && way.decide(&app) == Step::Enrol;
        let Some(traveller) = way.traveller.as_ref().filter(|_| present) else {
            return Ok(way.stale(&app, &visitor));
        };
        let (person, policy) = (&traveller.record.person, &traveller.organisation.policy);
        let options = ceremonies::start_registration(&app, &way.binding(), person, policy).await?;
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
        let present = way.is_present(&form) && way.decide(&app) == Step::Enrol;
        let Some(traveller) = way.traveller.as_ref().filter(|_| present) else {
            return Ok(way.stale(&app, &visitor));
        };
        let again = |problem| render(&app, &visitor, &way, traveller, Some(problem));
        let one = |name| form.one(name).ok().flatten();
        let Some(credential) = one("credential") else {
            return Ok(again(browser_problem(one("failure").unwrap_or_default(), true)));
        };
        let (person, policy) = (&traveller.record.person, &traveller.organisation.policy);
        let origin = way.origin(&app, &visitor, person.id);
        let binding = way.binding();
        let finished =
            ceremonies::finish_registration(&app, &binding, person, policy, credential, &origin);
        let registered = match finished.await? {
            Ok(registered) => registered,
            Err(problem) => return Ok(again(problem)),
        };
        let session = Some(traveller.session.id);
        let kept = credentials::register(&app, &origin, person, session, registered).await?;
        let key = match kept {
            Ok(key) => key,
            Err(Refused::AlreadyRegistered) => {
                return Ok(again(
                    Problem::new("problem-key-already").advise("advice-nothing-stored"),
                ));
            }
        };
        way.progress.naming = Some(key.id);
        way.progress.enrolled = Some(key.id);
        on(&app, &mut visitor, way).await
    })
}

/// Stores what the way has become and goes on.
async fn on(app: &Arc<App>, visitor: &mut Visitor, mut way: Way) -> anyhow::Result<Response> {
    if !way.advance(app).await? {
        return Ok(way.stale(app, visitor));
    }
    go_on(app, visitor, way.flow.id).await
}

fn key_of(traveller: &Traveller, id: CredentialId) -> Option<&Credential> {
    traveller.means.keys.iter().find(|key| key.id == id)
}

/// What is wrong with a nickname, in words.
pub(crate) fn nickname_problem(error: NicknameError) -> Problem {
    match error {
        NicknameError::Empty => Problem::at("nickname", "problem-nickname-missing"),
        NicknameError::TooLong => {
            let text = latchkey_web::Text::new("problem-nickname-long");
            Problem::at("nickname", text.with("longest", Nickname::MAX_CHARS))
        }
        NicknameError::Character => Problem::at("nickname", "problem-nickname-character"),
    }
}

fn render_name(
    app: &App,
    visitor: &Visitor,
    way: &Way,
    key: &Credential,
    typed: &str,
    problem: Option<Problem>,
) -> Response {
    let step = "enrol/passkey/name";
    let shown = shown(key);
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = NameKey {
        form: PageForm::new(way.path(step)).with("step", way.flow.step.as_str()),
        nickname: typed.to_owned(),
        longest: Nickname::MAX_CHARS,
        model: shown.model,
        synced: shown.synced,
        problem,
    };
    app.theme.render_as(status, &way.frame(app, visitor, step), &page)
}

pub(super) async fn name(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    mut visitor: Visitor,
) -> Response {
    page!(app, visitor, async {
        let mut way = travelled!(&app, visitor, id);
        if let (Step::Name(id), Some(traveller)) = (way.decide(&app), &way.traveller)
            && let Some(key) = key_of(traveller, id)
        {
            return Ok(render_name(&app, &visitor, &way, key, key.nickname.as_str(), None));
        }
        way.go_on(&app, &visitor).await
    })
}

pub(super) async fn submit_name(
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
        let Step::Name(id) = way.decide(&app) else { return Ok(way.stale(&app, &visitor)) };
        let present = way.is_present(&form);
        let Some(traveller) = way.traveller.as_ref().filter(|_| present) else {
            return Ok(way.stale(&app, &visitor));
        };
        if let Some(key) = key_of(traveller, id) {
            let typed = form.one("nickname").ok().flatten().unwrap_or_default();
            let again = |problem| render_name(&app, &visitor, &way, key, typed, Some(problem));
            let nickname = match Nickname::parse(typed) {
                Ok(nickname) => nickname,
                Err(error) => return Ok(again(nickname_problem(error))),
            };
            let person = &traveller.record.person;
            let origin = way.origin(&app, &visitor, person.id);
            let session = Some(traveller.session.id);
            let renamed = credentials::rename(&app, &origin, person, session, id, nickname).await?;
            if renamed == Err(Rename::Taken) {
                return Ok(again(Problem::at("nickname", "problem-nickname-taken")));
            }
        }
        way.progress.naming = None;
        on(&app, &mut visitor, way).await
    })
}

pub(super) async fn ready(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    mut visitor: Visitor,
) -> Response {
    page!(app, visitor, async {
        let mut way = travelled!(&app, visitor, id);
        if let (Step::Ready(id), Some(traveller)) = (way.decide(&app), &way.traveller)
            && let Some(key) = key_of(traveller, id)
        {
            let page = KeyReady {
                key: shown(key),
                tried: key.last_used_at.is_some(),
                form: PageForm::new(way.path("ready")).with("step", way.flow.step.as_str()),
                application: way.application(),
                spare: None,
            };
            return Ok(app.theme.render(&way.frame(&app, &visitor, "ready"), &page));
        }
        way.go_on(&app, &visitor).await
    })
}

pub(super) async fn submit_ready(
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
        if !way.is_present(&form) || !matches!(way.decide(&app), Step::Ready(_)) {
            return Ok(way.stale(&app, &visitor));
        }
        way.progress.enrolled = None;
        on(&app, &mut visitor, way).await
    })
}
