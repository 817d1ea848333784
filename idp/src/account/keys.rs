//! A person's keys: the list, another name for one, and taking one off the account. A change needs
//! a fresh proof before its page is shown, and again when its form comes back.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_core::Timestamp;
use latchkey_core::assurance::Level;
use latchkey_core::credentials::{Credential, CredentialState, Nickname};
use latchkey_core::policy::{AssertionRefusal, Enrolment, MethodKind, Newcomer, Policy};
use latchkey_web::limits::Params;
use latchkey_web::{Link, Problem, Signal};
use serde::Deserialize;

use super::gate::{Entered, Place, Submitted};
use super::receipt::{self, Done};
use crate::App;
use crate::actions::codes::has_way_in;
use crate::actions::credentials;
use crate::authn::{Means, models};
use crate::flow::{Current, Stop, nickname_problem};
use crate::pages::account::{Closed, EditKey, KeepKey, Keys, RemoveKey};
use crate::pages::message::Failure;
use crate::pages::{Doubt, Key};

/// The list of keys.
pub(super) const LIST: &str = List::PATH;

/// Where keys are listed.
pub(super) struct List;

impl Place for List {
    const PATH: &'static str = "/account/keys";
    const STEP_UP: bool = false;
    type About = ();
}

/// Where a key gets another name.
pub(super) struct Edit;

impl Place for Edit {
    const PATH: &'static str = "/account/keys/{id}/edit";
    const STEP_UP: bool = true;
    type About = Credential;
}

/// Where a key is taken off the account.
pub(super) struct Remove;

impl Place for Remove {
    const PATH: &'static str = "/account/keys/{id}/remove";
    const STEP_UP: bool = true;
    type About = Credential;
}

/// `GET /account/keys`
pub(super) async fn list(at: Entered<List>) -> Response {
    let work = async {
        let (app, current) = (&at.asked.app, &at.current);
        let means = Means::of(&app.store.view(), &current.person).await?;
        let keys = &means.keys;
        let query = Params::of_query(at.asked.visitor.uri()).unwrap_or_default();
        let done = query.one("done").ok().flatten();
        let page = Keys {
            keys: keys.iter().map(|key| with_doubt(app, &current.policy, key)).collect(),
            receipt: done.and_then(|text| receipt::read(app, current.session.id, text)),
            closed: closed(current, &means, app.clock.now()),
        };
        let path = match done {
            Some(text) if page.receipt.is_some() => format!("{LIST}?done={text}"),
            _ => LIST.to_owned(),
        };
        let mut frame = at.frame(&path);
        frame.signal = Some(accepted(app, current, keys)?);
        Ok(app.theme.render(&frame, &page))
    };
    at.asked.answer(work).await
}

/// `GET /account/keys/{id}/edit`
pub(super) async fn show_edit(at: Entered<Edit>) -> Response {
    edit_page(&at, at.about.nickname.as_str(), None)
}

/// `POST /account/keys/{id}/edit`
pub(super) async fn submit_edit(submitted: Submitted<Edit>) -> Response {
    let at = &submitted.at;
    let work = async {
        let typed = submitted.field("nickname")?;
        match rename(at, typed).await? {
            Ok(nickname) => {
                let (app, session) = (&at.asked.app, at.current.session.id);
                let to = receipt::address(app, session, Done::Renamed, nickname.as_str())?;
                Ok(Redirect::to(&to).into_response())
            }
            Err(problem) => Ok(edit_page(at, typed, Some(problem))),
        }
    };
    at.asked.answer(work).await
}

fn edit_page(at: &Entered<Edit>, nickname: &str, problem: Option<Problem>) -> Response {
    at.page(&EditKey {
        form: at.form(),
        key: shown(&at.asked.app, &at.about),
        nickname: nickname.to_owned(),
        longest: Nickname::MAX_CHARS,
        problem,
    })
}

/// Gives the page's key the name that was typed, or says what is wrong with that.
pub(super) async fn rename<P: Place<About = Credential>>(
    at: &Entered<P>,
    typed: &str,
) -> Result<Result<Nickname, Problem>, Stop> {
    let nickname = match Nickname::parse(typed) {
        Ok(nickname) => nickname,
        Err(error) => return Ok(Err(nickname_problem(error))),
    };
    let (app, person) = (&at.asked.app, &at.current.person.person);
    let (origin, session) = (at.origin(), Some(at.current.session.id));
    let given = nickname.clone();
    let renamed = credentials::rename(app, &origin, person, session, at.about.id, given);
    match renamed.await? {
        Ok(()) => Ok(Ok(nickname)),
        Err(credentials::Rename::Taken) => {
            Ok(Err(Problem::at("nickname", "problem-nickname-taken")))
        }
        Err(credentials::Rename::Gone) => Err(at.asked.failure(Failure::NotFound)),
    }
}

/// `GET /account/keys/{id}/remove`
pub(super) async fn show_remove(at: Entered<Remove>) -> Response {
    let work = async {
        let (app, current, key) = (&at.asked.app, &at.current, &at.about);
        let (person, now) = (current.person.person.id, app.clock.now());
        let means = Means::of(&app.store.view(), &current.person).await?;
        let policy = &current.policy;
        let rest: Vec<_> = means.keys.iter().filter(|other| other.id != key.id).cloned().collect();
        let others = working(&rest).count();
        let password = means.password && policy.required == Level::Password;
        let stays = has_way_in(policy, means.password, &rest, &means.codes);
        if key.state == CredentialState::Active && !stays {
            return Ok(keep_page(&at, &means, StatusCode::OK));
        }
        let with_app = others == 0 && stays && !password;
        let sessions = app.store.view().list_sessions(person, now).await?;
        let elsewhere = sessions.iter().filter(|other| other.id != current.session.id);
        Ok(at.page(&RemoveKey {
            form: at.form(),
            key: shown(app, key),
            others,
            password,
            with_app,
            sessions: elsewhere.count(),
        }))
    };
    at.asked.answer(work).await
}

/// `POST /account/keys/{id}/remove`
pub(super) async fn submit_remove(submitted: Submitted<Remove>) -> Response {
    let at = &submitted.at;
    let work = async {
        let end_others = submitted.field("end_sessions")? == "yes";
        let (app, session) = (&at.asked.app, at.current.session.id);
        let (person, origin) = (&at.current.person.person, at.origin());
        let removed = credentials::remove(app, &origin, person, session, at.about.id, end_others);
        match removed.await? {
            Ok(removed) => {
                let done = match removed.ended {
                    0 => Done::Removed,
                    _ => Done::RemovedSessions,
                };
                let nickname = removed.credential.nickname.as_str();
                let to = receipt::address(app, session, done, nickname)?;
                Ok(Redirect::to(&to).into_response())
            }
            Err(credentials::Remove::Gone) => Err(at.asked.failure(Failure::NotFound)),
            Err(credentials::Remove::LastWayIn) => {
                let means = Means::of(&app.store.view(), &at.current.person).await?;
                Ok(keep_page(at, &means, StatusCode::CONFLICT))
            }
        }
    };
    at.asked.answer(work).await
}

fn keep_page(at: &Entered<Remove>, means: &Means, status: StatusCode) -> Response {
    let may_add = may_add(&at.current, means, at.asked.app.clock.now());
    let key = shown(&at.asked.app, &at.about);
    at.page_as(status, &KeepKey { key, may_add, back: Link::new("go-back", LIST) })
}

/// A key as pages show it.
pub(super) fn shown(app: &App, key: &Credential) -> Key {
    Key::new(key, model(app, key))
}

/// The same on the list, where its owner is told what speaks against it.
fn with_doubt(app: &App, policy: &Policy, key: &Credential) -> Key {
    let doubt = match policy.judge_use(key) {
        Err(AssertionRefusal::Marked) => Some(Doubt::UnsafeNotAllowed),
        Err(AssertionRefusal::Suspended) => None,
        Err(_) => Some(Doubt::NotAllowed),
        Ok(()) => policy.models_marked.contains(&key.aaguid).then_some(Doubt::Unsafe),
    };
    Key { doubt, ..shown(app, key) }
}

/// The name of a key's model, if it is known.
pub(super) fn model(app: &App, key: &Credential) -> Option<String> {
    models::name(app.metadata.present().as_deref(), &key.aaguid)
}

/// The keys that work.
pub(super) fn working(keys: &[Credential]) -> impl Iterator<Item = &Credential> {
    keys.iter().filter(|key| key.state == CredentialState::Active)
}

/// Whether a person may add a key by themselves now: the roll-out has started, and they have a
/// factor that works, or never had one and their organisation is in grace. A password alone never
/// opens the way to a key otherwise: it might be in somebody else's hands.
pub(super) fn may_add(current: &Current, means: &Means, now: Timestamp) -> bool {
    closed(current, means, now).is_none()
}

/// Whether a person may enrol a factor of any kind by themselves now.
pub(super) fn may_enrol(current: &Current, means: &Means, now: Timestamp) -> bool {
    let (policy, person) = (&current.policy, &current.person.person);
    let app = means.codes.app.as_ref().is_some_and(|app| app.state == CredentialState::Active);
    let newcomer = Newcomer {
        ever_had_factor: person.ever_had_factor,
        administrator: person.standing.administrator,
        permit: None,
    };
    working(&means.keys).next().is_some()
        || (app && policy.allows(MethodKind::AuthenticatorApp))
        || policy.enrolment(now, newcomer) == Enrolment::InGrace
}

/// Why a person may not add a key by themselves now.
fn closed(current: &Current, means: &Means, now: Timestamp) -> Option<Closed> {
    if !current.policy.keys_enrollable() {
        return Some(Closed::Organisation);
    }
    if may_enrol(current, means, now) {
        return None;
    }
    Some(match (means.keys.is_empty(), current.person.person.ever_had_factor) {
        (false, _) => Closed::Suspended,
        (true, true) => Closed::NoKey,
        (true, false) => Closed::Organisation,
    })
}

/// For the browser: these keys are the person's and no others. Suspended ones belong among them,
/// because browsers may drop what is missing for good.
fn accepted(app: &App, current: &Current, keys: &[Credential]) -> anyhow::Result<Signal> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Accepted {
        rp_id: String,
        user_id: String,
        all_accepted_credential_ids: Vec<String>,
    }
    let ids = keys.iter().map(|key| key.credential_id.as_slice());
    let told = app.passkeys.accepted_credentials(&current.person.person.user_handle, ids);
    let Accepted { rp_id, user_id, all_accepted_credential_ids } = serde_json::from_value(told)?;
    Ok(Signal::AllAcceptedCredentials { rp_id, user_id, all_accepted_credential_ids })
}
