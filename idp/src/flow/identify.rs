//! The log-in page: user name and password, or a key, with or without a user name. It has one
//! shape for everybody, so it tells nothing about anybody.

use axum::http::StatusCode;
use axum::response::Response;
use latchkey_core::people::{PersonState, Username};
use latchkey_core::roles::Actor;
use latchkey_core::secrets::Plain;
use latchkey_store::{Error, PersonRecord, Tx};
use latchkey_web::limits::Params;
use latchkey_web::{Problem, Signal, Text};

use super::asked::{Answer, Asked, later, options as offered};
use super::dispatcher::Step;
use super::first_pass;
use super::typed::{self, Unchecked, Unknown};
use super::way::{Anywhere, At, Place, Scripted, Shown, Submitted, Traveller};
use crate::App;
use crate::audit::Origin;
use crate::authn::ceremonies;
use crate::authn::throttle::Wait;
use crate::pages::factor::browser_problem;
use crate::pages::login::Login;
use crate::pages::message::{Failure, Notice};

/// The step of this page. Somebody may be known there: they are asked again.
pub(super) struct Identify;

impl Place for Identify {
    type Who = Option<Traveller>;

    fn of(step: &Step) -> Option<Self> {
        (*step == Step::Identify).then_some(Self)
    }
}

/// What the audit trail calls it.
const FACTOR: &str = "password";

fn render(
    asked: &Asked,
    way: &Unknown,
    username: &str,
    problem: Option<Problem>,
    signal: Option<Signal>,
) -> Response {
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = Login {
        form: way.form("identify"),
        key: way.ceremony("key"),
        username: username.to_owned(),
        application: way.application(),
        autofill: true,
        pass_url: first_pass::url(way),
        problem,
    };
    let mut frame = way.frame(asked, "identify");
    frame.signal = signal;
    asked.app.theme.render_as(status, &frame, &page)
}

pub(super) async fn show(At { asked, way, .. }: At<Identify>) -> Response {
    let hint = match &way.who {
        Some(traveller) => Some(traveller.record.person.username.as_str()),
        None => way.requirement().username_hint.as_deref(),
    };
    render(&asked, &way, hint.unwrap_or_default(), None, None)
}

pub(super) async fn submit(Submitted { asked, way, form, .. }: Submitted<Identify>) -> Response {
    asked.answer(password(&asked, way, &form)).await
}

async fn password(asked: &Asked, mut way: Unknown, form: &Params) -> Answer {
    let app = &asked.app;
    let (Ok(username), Ok(password)) = (form.one("username"), form.one("password")) else {
        return Err(asked.failure(Failure::Unreadable));
    };
    let name = username.unwrap_or_default().trim();
    let again = |problem| -> Answer { Ok(render(asked, &way, name, Some(problem), None)) };
    if name.is_empty() {
        return again(Problem::at("username", "problem-username-missing"));
    }
    let Some(password) = password else {
        return again(Problem::at("password", "problem-password-missing"));
    };
    let checked = match typed::check(asked, &way, FACTOR, name, password).await? {
        Ok(checked) => checked,
        Err(Unchecked::Throttled(wait)) => return Ok(throttled(asked, &way, name, &wait)),
        Err(Unchecked::Busy) => return again(Problem::new("problem-busy")),
    };
    let record = match (&checked.found, checked.verified) {
        (Some(record), true) => record.clone(),
        _ => {
            checked.wrong(asked, &way, "the password is wrong").await?;
            return again(Problem::at("password", "problem-credentials"));
        }
    };
    checked.right(app, &mut way).await?;
    if record.person.state == PersonState::Active {
        rehash(app, &record, password).await?;
    }
    way.prove(asked, record, vec![Shown::password(app.clock.now())]).await
}

/// Takes a hash that was made at other costs than today's up to them, now that the password is
/// known.
async fn rehash(app: &App, record: &PersonRecord, password: &str) -> Result<(), Error> {
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

/// The page for somebody whose password is not looked at now. It says nothing about the name.
fn throttled(asked: &Asked, way: &Unknown, username: &str, wait: &Wait) -> Response {
    let now = asked.app.clock.now();
    let minutes = wait.minutes(now);
    let text = Text::new("problem-wait").with("minutes", minutes);
    later(render(asked, way, username, Some(Problem::new(text)), None), wait, now)
}

pub(super) async fn options(Scripted { asked, way, wanted }: Scripted<Identify>) -> Response {
    let work = async {
        let app = &asked.app;
        let typed = wanted.username.as_deref().map(str::trim).filter(|typed| !typed.is_empty());
        let binding = way.binding();
        let named = typed.map(Username::parse);
        Ok(offered(match named {
            Some(Ok(name)) if !wanted.conditional => {
                let found = app.store.view().find_person_by_login_name(&name).await?;
                let person = found.as_ref().map(|found| &found.person);
                ceremonies::start_named(app, &binding, &name, person).await?
            }
            _ => ceremonies::start_discoverable(app, &binding, wanted.conditional).await?,
        }))
    };
    asked.answer(work).await
}

pub(super) async fn submit_key(
    Submitted { asked, way, form, .. }: Submitted<Identify>,
) -> Response {
    asked.answer(key(&asked, way, &form)).await
}

async fn key(asked: &Asked, way: Unknown, form: &Params) -> Answer {
    let app = &asked.app;
    let one = |name| form.one(name).ok().flatten();
    let typed = one("username").unwrap_or_default();
    let again =
        |problem, signal| -> Answer { Ok(render(asked, &way, typed, Some(problem), signal)) };
    let Some(credential) = one("credential") else {
        return again(browser_problem(one("failure").unwrap_or_default(), false), None);
    };
    let (address, at) = (asked.visitor.address(), app.clock.now());
    let origin = Origin { actor: Actor::System, address, at };
    let verdict =
        ceremonies::finish_assertion(app, &way.binding(), credential, None, &origin).await?;
    let accepted = match verdict {
        Ok(accepted) => accepted,
        Err(refused) => return again(refused.problem, refused.signal),
    };
    if accepted.person.person.state != PersonState::Active {
        return Ok(asked.notice(Notice::Closed, None));
    }
    if !app.policy_of(&accepted.person.person).await?.key_as_primary {
        return again(Problem::new("problem-key-unknown").advise("advice-key-password"), None);
    }
    let shown = Shown::from(&accepted);
    way.prove(asked, accepted.person, vec![shown]).await
}

/// "Not you?": the same request from its beginning, for somebody else.
pub(super) async fn not_you(At { asked, way, .. }: At<Anywhere>) -> Response {
    asked.answer(way.begun_again().advance(&asked)).await
}
