//! The first key on the way through: set it up, name it, try it (by logging in with it), done.

use axum::http::StatusCode;
use axum::response::Response;
use latchkey_core::credentials::{Credential, CredentialState, Nickname, NicknameError};
use latchkey_core::ids::CredentialId;
use latchkey_core::people::Reminder;
use latchkey_web::{Help, Problem, Text};

use super::asked::{Answer, Asked, options as offered, see};
use super::dispatcher::Step;
use super::enrol_app;
use super::factor::shown;
use super::way::{At, Place, Scripted, Spare, Submitted, Traveller, Way};
use crate::actions::credentials::{self, Refused, Rename};
use crate::actions::people;
use crate::authn::ceremonies;
use crate::pages::factor::{KeyReady, NameKey, SetUpKey, SpareKey, browser_problem};
use crate::pages::message::Failure;

const SET_UP: &str = "enrol/passkey";
const NAME: &str = "enrol/passkey/name";
const READY: &str = "ready";
const SPARE: &str = "spare";

/// The step at which a first key is set up.
pub(super) struct Enrol;

impl Place for Enrol {
    type Who = Traveller;

    fn of(step: &Step) -> Option<Self> {
        matches!(step, Step::Enrol | Step::AddSpare).then_some(Self)
    }
}

/// The step at which somebody is reminded of a spare key; also while they set it up, to think
/// better of it.
pub(super) struct Reminding;

impl Place for Reminding {
    type Who = Traveller;

    fn of(step: &Step) -> Option<Self> {
        matches!(step, Step::Spare | Step::AddSpare).then_some(Self)
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
    let spare = way.progress.spare == Some(Spare::Adding);
    let page = SetUpKey {
        ceremony: way.ceremony(SET_UP),
        organisation: way.who.organisation.name.clone(),
        required: !spare,
        app_url: (!spare && enrol_app::is_open(way)).then(|| way.path(enrol_app::PAGE)),
        without_key_url: (!spare).then(|| Help::GetHelp.url(Some(&way.who.organisation.slug))),
        cancel_url: spare.then(|| way.path(SPARE)),
        problem,
    };
    asked.app.theme.render_as(status, &way.frame(asked, SET_UP), &page)
}

pub(super) async fn show(At { asked, way, .. }: At<Enrol>) -> Response {
    if !way.who.policy.keys_enrollable() {
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
        way.progress.spare = way.progress.spare.and(Some(Spare::Settled));
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
    let shown = shown(&asked.app, key);
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
            key: shown(&asked.app, key),
            tried: key.last_used_at.is_some(),
            form: way.form(READY),
            application: way.application(),
            spare: lacks_spare(&asked, &way),
        };
        Ok(asked.app.theme.render(&way.frame(&asked, READY), &page))
    };
    asked.answer(work).await
}

pub(super) async fn submit_ready(submitted: Submitted<Ready>) -> Response {
    let Submitted { asked, mut way, form, .. } = submitted;
    way.progress.enrolled = None;
    let wanted = form.one("next").ok().flatten() == Some("spare");
    asked.answer(decide_spare(&asked, way, wanted)).await
}

fn lacks_spare(asked: &Asked, way: &Way) -> bool {
    way.who.means.lack_spare(&way.who.policy, asked.app.clock.now())
}

pub(super) async fn spare(At { asked, way, .. }: At<Reminding>) -> Response {
    let work = async {
        let working = way.who.means.keys.iter().find(|key| key.state == CredentialState::Active);
        let key = working.ok_or_else(|| anyhow::anyhow!("a reminder to somebody without a key"))?;
        let page = SpareKey {
            key: shown(&asked.app, key),
            form: way.form(SPARE),
            days: Reminder::PAUSE.as_secs() / 86_400,
            last: way.who.record.person.reminder.is_last(),
            application: way.application(),
        };
        Ok(asked.app.theme.render(&way.frame(&asked, SPARE), &page))
    };
    asked.answer(work).await
}

pub(super) async fn submit_spare(submitted: Submitted<Reminding>) -> Response {
    let Submitted { asked, way, form, .. } = submitted;
    let wanted = match form.one("decision") {
        Ok(Some("add")) => true,
        Ok(Some("later")) => false,
        _ => return asked.visitor.failure(&asked.app, Failure::Unreadable),
    };
    asked.answer(decide_spare(&asked, way, wanted)).await
}

/// Goes on to a spare key, or puts it off where one is lacking.
async fn decide_spare(asked: &Asked, mut way: Way, wanted: bool) -> Answer {
    let lacking = lacks_spare(asked, &way);
    if lacking && !wanted {
        people::put_off_spare(&asked.app, way.who.record.person.id).await?;
    }
    let adding = lacking && wanted;
    way.progress.spare = Some(if adding { Spare::Adding } else { Spare::Settled });
    way.advance(asked).await
}
