//! The first key on the way through: set it up, name it, try it (by logging in with it), done.

use axum::http::StatusCode;
use axum::response::Response;
use latchkey_core::credentials::{Credential, Nickname, NicknameError};
use latchkey_core::ids::CredentialId;
use latchkey_core::policy::MethodKind;
use latchkey_web::{Problem, Text};

use super::asked::{Answer, Asked, options as offered, see};
use super::dispatcher::Step;
use super::enrol_app;
use super::factor::shown;
use super::way::{At, Place, Scripted, Submitted, Traveller, Way};
use crate::actions::credentials::{self, Refused, Rename};
use crate::authn::ceremonies;
use crate::pages::factor::{KeyReady, NameKey, SetUpKey, browser_problem};

const SET_UP: &str = "enrol/passkey";
const NAME: &str = "enrol/passkey/name";
const READY: &str = "ready";

/// The step at which a first key is set up.
pub(super) struct Enrol;

impl Place for Enrol {
    type Who = Traveller;

    fn of(step: &Step) -> Option<Self> {
        (*step == Step::Enrol).then_some(Self)
    }
}

/// The step at which a new key gets its name.
pub(super) struct Naming(CredentialId);

impl Place for Naming {
    type Who = Traveller;

    fn of(step: &Step) -> Option<Self> {
        if let Step::Name(id) = step { Some(Self(*id)) } else { None }
    }
}

/// The step at which a new key works.
pub(super) struct Ready(CredentialId);

impl Place for Ready {
    type Who = Traveller;

    fn of(step: &Step) -> Option<Self> {
        if let Step::Ready(id) = step { Some(Self(*id)) } else { None }
    }
}

fn render(asked: &Asked, way: &Way, problem: Option<Problem>) -> Response {
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = SetUpKey {
        ceremony: way.ceremony(SET_UP),
        organisation: way.who.organisation.name.clone(),
        required: true,
        app_url: enrol_app::is_open(way).then(|| way.path(enrol_app::PAGE)),
        without_key_url: Some("/help/get-help".into()),
        cancel_url: None,
        problem,
    };
    asked.app.theme.render_as(status, &way.frame(asked, SET_UP), &page)
}

pub(super) async fn show(At { asked, way, .. }: At<Enrol>) -> Response {
    let kinds = way.who.policy.enrollable();
    if kinds.range(MethodKind::Key..=MethodKind::Passkey).next().is_none() {
        return see(&way.path(enrol_app::PAGE));
    }
    render(&asked, &way, None)
}

pub(super) async fn options(Scripted { asked, way, .. }: Scripted<Enrol>) -> Response {
    let work = async {
        let (person, policy) = (&way.who.record.person, &way.who.policy);
        let binding = way.binding();
        let started = ceremonies::start_registration(&asked.app, &binding, person, policy);
        Ok(offered(started.await?))
    };
    asked.answer(work).await
}

pub(super) async fn submit(Submitted { asked, mut way, form, .. }: Submitted<Enrol>) -> Response {
    let work = async {
        let app = &asked.app;
        let one = |name| form.one(name).ok().flatten();
        let Some(credential) = one("credential") else {
            let problem = browser_problem(one("failure").unwrap_or_default(), true);
            return Ok(render(&asked, &way, Some(problem)));
        };
        let (person, policy) = (&way.who.record.person, &way.who.policy);
        let (origin, binding) = (way.origin(&asked, person.id), way.binding());
        let finished =
            ceremonies::finish_registration(app, &binding, person, policy, credential, &origin);
        let registered = match finished.await? {
            Ok(registered) => registered,
            Err(problem) => return Ok(render(&asked, &way, Some(problem))),
        };
        let session = Some(way.who.session.id);
        let key = match credentials::register(app, &origin, person, session, registered).await? {
            Ok(key) => key,
            Err(Refused::AlreadyRegistered) => {
                let problem = Problem::new("problem-key-already").advise("advice-nothing-stored");
                return Ok(render(&asked, &way, Some(problem)));
            }
        };
        way.progress.naming = Some(key.id);
        way.progress.enrolled = Some(key.id);
        way.who.record.person.ever_had_factor = true;
        way.who.means.keys.push(key);
        way.advance(&asked).await
    };
    asked.answer(work).await
}

fn key_of(way: &Way, id: CredentialId) -> anyhow::Result<&Credential> {
    let found = way.who.means.keys.iter().find(|key| key.id == id);
    found.ok_or_else(|| anyhow::anyhow!("a step about a key that is not there"))
}

/// What is wrong with a nickname, in words.
pub(crate) fn nickname_problem(error: NicknameError) -> Problem {
    match error {
        NicknameError::Empty => Problem::at("nickname", "problem-nickname-missing"),
        NicknameError::TooLong => {
            let text = Text::new("problem-nickname-long");
            Problem::at("nickname", text.with("longest", Nickname::MAX_CHARS))
        }
        NicknameError::Character => Problem::at("nickname", "problem-nickname-character"),
    }
}

fn render_name(
    asked: &Asked,
    way: &Way,
    key: &Credential,
    typed: &str,
    problem: Option<Problem>,
) -> Response {
    let shown = shown(key);
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = NameKey {
        form: way.form(NAME),
        nickname: typed.to_owned(),
        longest: Nickname::MAX_CHARS,
        model: shown.model,
        synced: shown.synced,
        problem,
    };
    asked.app.theme.render_as(status, &way.frame(asked, NAME), &page)
}

pub(super) async fn name(At { asked, way, place: Naming(id) }: At<Naming>) -> Response {
    let work = async {
        let key = key_of(&way, id)?;
        Ok(render_name(&asked, &way, key, key.nickname.as_str(), None))
    };
    asked.answer(work).await
}

pub(super) async fn submit_name(submitted: Submitted<Naming>) -> Response {
    let Submitted { asked, mut way, form, place: Naming(id) } = submitted;
    let work = async {
        let key = key_of(&way, id)?;
        let typed = form.one("nickname").ok().flatten().unwrap_or_default();
        let again =
            |problem| -> Answer { Ok(render_name(&asked, &way, key, typed, Some(problem))) };
        let nickname = match Nickname::parse(typed) {
            Ok(nickname) => nickname,
            Err(error) => return again(nickname_problem(error)),
        };
        let person = &way.who.record.person;
        let (origin, session) = (way.origin(&asked, person.id), Some(way.who.session.id));
        let renamed = credentials::rename(&asked.app, &origin, person, session, id, nickname);
        if renamed.await? == Err(Rename::Taken) {
            return again(Problem::at("nickname", "problem-nickname-taken"));
        }
        way.progress.naming = None;
        way.advance(&asked).await
    };
    asked.answer(work).await
}

pub(super) async fn ready(At { asked, way, place: Ready(id) }: At<Ready>) -> Response {
    let work = async {
        let key = key_of(&way, id)?;
        let page = KeyReady {
            key: shown(key),
            tried: key.last_used_at.is_some(),
            form: way.form(READY),
            application: way.application(),
            spare: None,
        };
        Ok(asked.app.theme.render(&way.frame(&asked, READY), &page))
    };
    asked.answer(work).await
}

pub(super) async fn submit_ready(Submitted { asked, mut way, .. }: Submitted<Ready>) -> Response {
    way.progress.enrolled = None;
    asked.answer(way.advance(&asked)).await
}
