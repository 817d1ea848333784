//! The log-in page: user name and password, or a key, with or without a user name. It has one
//! shape for everybody, so it tells nothing about anybody.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use latchkey_core::assurance::{Method, Proof};
use latchkey_core::audit::What;
use latchkey_core::people::{PersonState, Username};
use latchkey_core::secrets::Plain;
use latchkey_store::{Error, PersonRecord, Tx};
use latchkey_web::limits::{self, Form};
use latchkey_web::{Ceremony, Form as PageForm, Problem, Signal};
use serde::Deserialize;

use super::dispatcher::Step;
use super::way::{KeyUse, Lost, Way, go_on, notice};
use super::{page, travelled};
use crate::App;
use crate::authn::ceremonies;
use crate::authn::password::HashError;
use crate::pages::factor::browser_problem;
use crate::pages::login::Login;
use crate::pages::message::{Failure, Notice};
use crate::visitor::Visitor;

/// What the script asks options for.
#[derive(Deserialize)]
pub(super) struct Asked {
    pub(super) step: String,
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    conditional: bool,
}

fn render(
    app: &App,
    visitor: &Visitor,
    way: &Way,
    username: &str,
    problem: Option<Problem>,
    signal: Option<Signal>,
) -> Response {
    let form = |path: &str| PageForm::new(way.path(path)).with("step", way.flow.step.as_str());
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = Login {
        form: form("identify"),
        key: Ceremony { form: form("key"), options_url: way.path("key/options") },
        username: username.to_owned(),
        application: way.application(),
        autofill: true,
        problem,
    };
    let mut frame = way.frame(app, visitor, "identify");
    frame.signal = signal;
    app.theme.render_as(status, &frame, &page)
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    mut visitor: Visitor,
) -> Response {
    page!(app, visitor, async {
        let mut way = travelled!(&app, visitor, id);
        if way.decide(&app) != Step::Identify {
            return way.go_on(&app, &visitor).await;
        }
        let hint = match &way.traveller {
            Some(traveller) => Some(traveller.record.person.username.as_str().to_owned()),
            None => way.flow.requirement.username_hint.clone(),
        };
        Ok(render(&app, &visitor, &way, &hint.unwrap_or_default(), None, None))
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
        if !way.is_present(&form) || way.decide(&app) != Step::Identify {
            return Ok(way.stale(&app, &visitor));
        }
        let (Ok(username), Ok(password)) = (form.one("username"), form.one("password")) else {
            return Ok(visitor.failure(&app, Failure::Unreadable));
        };
        let typed = username.unwrap_or_default().trim();
        let again = |problem| render(&app, &visitor, &way, typed, Some(problem), None);
        if typed.is_empty() {
            return Ok(again(Problem::at("username", "problem-username-missing")));
        }
        let Some(password) = password else {
            return Ok(again(Problem::at("password", "problem-password-missing")));
        };
        // A name that nobody can have is a name that nobody has: same time, same words.
        let found = match Username::parse(typed) {
            Ok(name) => app.store.view().find_person_by_username(&name).await?,
            Err(_) => None,
        };
        let hash = found.as_ref().and_then(|found| found.password_hash.as_deref());
        let right = match app.hasher.verify(Plain::new(password.to_owned()), hash).await {
            Ok(right) => right,
            Err(HashError::Busy) => return Ok(again(Problem::new("problem-busy"))),
            Err(error) => return Err(error.into()),
        };
        let Some(record) = found.filter(|_| right) else {
            if let Ok(name) = Username::parse(typed) {
                refused(&app, &visitor, &way, &name, "password", "the password is wrong").await?;
            }
            return Ok(again(Problem::at("password", "problem-credentials")));
        };
        if record.person.state != PersonState::Active {
            return Ok(notice(&app, &visitor, Notice::Closed, None));
        }
        rehash(&app, &record, password).await?;
        let proof = Proof { at: app.clock.now(), method: Method::Password };
        let outcome = way.prove(&app, &visitor, &record.person, proof, None).await?;
        settle(&app, &visitor, way, outcome).await
    })
}

/// Takes a hash that was made at other costs than today's up to them, now that the password is
/// known.
async fn rehash(app: &App, record: &PersonRecord, password: &str) -> anyhow::Result<()> {
    let outdated = record.password_hash.as_ref().filter(|hash| app.hasher.is_outdated(hash));
    if let Some(old) = outdated.cloned()
        && let Ok(new) = app.hasher.hash(Plain::new(password.to_owned())).await
    {
        let id = record.person.id;
        let write = async move |tx: &Tx| tx.rehash_password(id, &old, &new).await;
        app.store.write::<(), Error, _>(write).await?;
    }
    Ok(())
}

/// Notes a refused factor of somebody who exists.
async fn refused(
    app: &App,
    visitor: &Visitor,
    way: &Way,
    name: &Username,
    factor: &str,
    reason: &str,
) -> anyhow::Result<()> {
    let Some(record) = app.store.view().find_person_by_username(name).await? else {
        return Ok(());
    };
    let what = What::LoginRefused { factor: factor.to_owned(), reason: reason.to_owned() };
    let person = &record.person;
    let event = way.origin(app, visitor, person.id).event(&*app.rng, person, None, what);
    let write = async move |tx: &Tx| tx.insert_event(&event).await;
    Ok(app.store.write::<(), Error, _>(write).await?)
}

/// What follows from a proof, whichever factor gave it.
pub(super) async fn settle(
    app: &Arc<App>,
    visitor: &Visitor,
    way: Way,
    outcome: Result<Plain, Lost>,
) -> anyhow::Result<Response> {
    match outcome {
        Ok(secret) => way.proved(app, visitor, &secret).await,
        Err(Lost::Stale) => Ok(way.stale(app, visitor)),
        Err(Lost::Overtaken) => Ok(notice(app, visitor, Notice::Used, Some(way.path("identify")))),
        Err(Lost::Failed(error)) => Err(error.into()),
    }
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
        if asked.step != way.flow.step || way.decide(&app) != Step::Identify {
            return Ok(way.stale(&app, &visitor));
        }
        let typed = asked.username.as_deref().map(str::trim).filter(|typed| !typed.is_empty());
        let binding = way.binding();
        let named = typed.map(Username::parse);
        let options = match named {
            Some(Ok(name)) if !asked.conditional => {
                let found = app.store.view().find_person_by_username(&name).await?;
                let person = found.as_ref().map(|found| &found.person);
                ceremonies::start_named(&app, &binding, &name, person).await?
            }
            _ => ceremonies::start_discoverable(&app, &binding, asked.conditional).await?,
        };
        Ok(Json(options).into_response())
    })
}

pub(super) async fn submit_key(
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
        if !way.is_present(&form) || way.decide(&app) != Step::Identify {
            return Ok(way.stale(&app, &visitor));
        }
        let one = |name| form.one(name).ok().flatten();
        let typed = one("username").unwrap_or_default();
        let Some(credential) = one("credential") else {
            let problem = browser_problem(one("failure").unwrap_or_default(), false);
            return Ok(render(&app, &visitor, &way, typed, Some(problem), None));
        };
        let origin = way.origin(&app, &visitor, latchkey_core::ids::PersonId(uuid::Uuid::nil()));
        let origin = crate::audit::Origin { actor: latchkey_core::roles::Actor::System, ..origin };
        let verdict =
            ceremonies::finish_assertion(&app, &way.binding(), credential, None, &origin).await?;
        let accepted = match verdict {
            Ok(accepted) => accepted,
            Err(refused) => {
                let problem = Some(refused.problem);
                return Ok(render(&app, &visitor, &way, typed, problem, refused.signal));
            }
        };
        let person = &accepted.person.person;
        if person.state != PersonState::Active {
            return Ok(notice(&app, &visitor, Notice::Closed, None));
        }
        let organisation = app.organisation(person.organisation).await?;
        if !organisation.policy.key_as_primary {
            let problem = Problem::new("problem-key-unknown").advise("advice-key-password");
            return Ok(render(&app, &visitor, &way, typed, Some(problem), None));
        }
        let key = KeyUse {
            id: accepted.credential.id,
            counter: accepted.asserted.counter,
            backed_up: accepted.asserted.backed_up,
        };
        let outcome = way.prove(&app, &visitor, person, accepted.proof.clone(), Some(key)).await?;
        settle(&app, &visitor, way, outcome).await
    })
}

/// "Not you?": the same request from its beginning, for somebody else.
pub(super) async fn not_you(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    mut visitor: Visitor,
) -> Response {
    page!(app, visitor, async {
        let mut way = travelled!(&app, visitor, id);
        way.flow.session = None;
        way.progress = super::way::Progress::default();
        let id = way.flow.id;
        way.advance(&app).await?;
        go_on(&app, &mut visitor, id).await
    })
}
