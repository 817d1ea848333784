//! A person's keys: the list, another name for one, and taking one off the account. A change needs
//! a fresh proof before its page is shown, and again when its form comes back.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_core::Timestamp;
use latchkey_core::assurance::Level;
use latchkey_core::credentials::{Credential, CredentialState, Nickname, NicknameError};
use latchkey_core::policy::{Enrolment, Rollout};
use latchkey_web::limits::Params;
use latchkey_web::{Link, Problem, Signal, Text};
use serde::Deserialize;

use super::receipt::{self, Done};
use super::session::{Asked, Posted, Stop};
use crate::App;
use crate::actions::credentials::{self, Remove, Rename};
use crate::authn::models;
use crate::flow::Current;
use crate::pages::Key;
use crate::pages::account::{EditKey, KeepKey, Keys, RemoveKey};

/// The list of keys.
pub(super) const LIST: &str = "/account/keys";

/// `GET /account/keys`
pub(super) async fn list(asked: Asked) -> Response {
    asked
        .answer(async {
            let app = &asked.app;
            let current = asked.entered(LIST, false).await?;
            let keys = app.store.view().list_credentials(current.person.person.id).await?;
            let query = Params::of_query(asked.visitor.uri()).unwrap_or_default();
            let done = query.one("done").ok().flatten();
            let page = Keys {
                keys: keys.iter().map(shown).collect(),
                receipt: done.and_then(|text| receipt::read(app, current.session.id, text)),
                may_add: may_add(&current, &keys, app.clock.now()),
            };
            let path = match done {
                Some(text) if page.receipt.is_some() => format!("{LIST}?done={text}"),
                _ => LIST.to_owned(),
            };
            let mut frame = asked.frame(&current, &path);
            frame.signal = Some(accepted(app, &current, &keys)?);
            Ok(app.theme.render(&frame, &page))
        })
        .await
}

/// `GET /account/keys/{id}/edit`
pub(super) async fn show_edit(asked: Asked, Path(id): Path<String>) -> Response {
    asked
        .answer(async {
            let id = asked.id(&id)?;
            let path = format!("{LIST}/{id}/edit");
            let current = asked.entered(&path, true).await?;
            let key = asked.key(&current, id).await?;
            let nickname = key.nickname.as_str().to_owned();
            Ok(edit_page(&asked, &current, &path, &key, nickname, None))
        })
        .await
}

/// `POST /account/keys/{id}/edit`
pub(super) async fn submit_edit(asked: Asked, Path(id): Path<String>, posted: Posted) -> Response {
    asked
        .answer(async {
            let id = asked.id(&id)?;
            let path = format!("{LIST}/{id}/edit");
            let current = asked.entered(&path, true).await?;
            let params = asked.read(&current, &path, posted)?;
            let key = asked.key(&current, id).await?;
            let typed = asked.field(&params, "nickname")?;
            match rename(&asked, &current, &key, typed).await? {
                Ok(nickname) => {
                    let session = current.session.id;
                    let to =
                        receipt::address(&asked.app, session, Done::Renamed, nickname.as_str())?;
                    Ok(Redirect::to(&to).into_response())
                }
                Err(problem) => {
                    let typed = typed.to_owned();
                    Ok(edit_page(&asked, &current, &path, &key, typed, Some(problem)))
                }
            }
        })
        .await
}

fn edit_page(
    asked: &Asked,
    current: &Current,
    path: &str,
    key: &Credential,
    nickname: String,
    problem: Option<Problem>,
) -> Response {
    let page = EditKey {
        form: asked.form(current, path),
        key: shown(key),
        nickname,
        longest: Nickname::MAX_CHARS,
        problem,
    };
    asked.page(current, path, &page)
}

/// Gives a key the name that was typed, or says what is wrong with that.
pub(super) async fn rename(
    asked: &Asked,
    current: &Current,
    key: &Credential,
    typed: &str,
) -> Result<Result<Nickname, Problem>, Stop> {
    let nickname = match Nickname::parse(typed) {
        Ok(nickname) => nickname,
        Err(error) => return Ok(Err(Problem::at("nickname", nickname_problem(error)))),
    };
    let origin = asked.origin(current);
    let renamed = credentials::rename(
        &asked.app,
        &origin,
        &current.person.person,
        Some(current.session.id),
        key.id,
        nickname.clone(),
    );
    match renamed.await? {
        Ok(()) => Ok(Ok(nickname)),
        Err(Rename::Taken) => Ok(Err(Problem::at("nickname", "problem-nickname-taken"))),
        Err(Rename::Gone) => Err(asked.not_found()),
    }
}

fn nickname_problem(error: NicknameError) -> Text {
    match error {
        NicknameError::Empty => "problem-nickname-missing".into(),
        NicknameError::TooLong => {
            Text::new("problem-nickname-long").with("longest", Nickname::MAX_CHARS)
        }
        NicknameError::Character => "problem-nickname-character".into(),
    }
}

/// `GET /account/keys/{id}/remove`
pub(super) async fn show_remove(asked: Asked, Path(id): Path<String>) -> Response {
    asked
        .answer(async {
            let id = asked.id(&id)?;
            let path = format!("{LIST}/{id}/remove");
            let current = asked.entered(&path, true).await?;
            let key = asked.key(&current, id).await?;
            let person = current.person.person.id;
            let keys = asked.app.store.view().list_credentials(person).await?;
            let others = working(&keys).filter(|other| other.id != id).count();
            let password = current.person.password_hash.is_some()
                && current.organisation.policy.required == Level::Password;
            if key.state == CredentialState::Active && others == 0 && !password {
                let may_add = may_add(&current, &keys, asked.app.clock.now());
                return Ok(keep_page(&asked, &current, &path, &key, may_add, StatusCode::OK));
            }
            let now = asked.app.clock.now();
            let sessions = asked.app.store.view().list_sessions(person, now).await?;
            let elsewhere = sessions.iter().filter(|other| other.id != current.session.id);
            let page = RemoveKey {
                form: asked.form(&current, &path),
                key: shown(&key),
                others,
                password,
                sessions: elsewhere.count(),
            };
            Ok(asked.page(&current, &path, &page))
        })
        .await
}

/// `POST /account/keys/{id}/remove`
pub(super) async fn submit_remove(
    asked: Asked,
    Path(id): Path<String>,
    posted: Posted,
) -> Response {
    asked
        .answer(async {
            let id = asked.id(&id)?;
            let path = format!("{LIST}/{id}/remove");
            let current = asked.entered(&path, true).await?;
            let params = asked.read(&current, &path, posted)?;
            let key = asked.key(&current, id).await?;
            let end_others = asked.field(&params, "end_sessions")? == "yes";
            let (app, session) = (&asked.app, current.session.id);
            let person = &current.person.person;
            let origin = asked.origin(&current);
            match credentials::remove(app, &origin, person, session, id, end_others).await? {
                Ok(removed) => {
                    let done = match removed.ended {
                        0 => Done::Removed,
                        _ => Done::RemovedSessions,
                    };
                    let nickname = removed.credential.nickname.as_str();
                    let to = receipt::address(app, session, done, nickname)?;
                    Ok(Redirect::to(&to).into_response())
                }
                Err(Remove::Gone) => Err(asked.not_found()),
                Err(Remove::LastWayIn) => {
                    let keys = app.store.view().list_credentials(person.id).await?;
                    let may_add = may_add(&current, &keys, app.clock.now());
                    let status = StatusCode::CONFLICT;
                    Ok(keep_page(&asked, &current, &path, &key, may_add, status))
                }
            }
        })
        .await
}

fn keep_page(
    asked: &Asked,
    current: &Current,
    path: &str,
    key: &Credential,
    may_add: bool,
    status: StatusCode,
) -> Response {
    let page = KeepKey { key: shown(key), may_add, back: Link::new("go-back", LIST) };
    asked.app.theme.render_as(status, &asked.frame(current, path), &page)
}

/// A key as pages show it.
pub(super) fn shown(key: &Credential) -> Key {
    Key::new(key, model(key))
}

/// The name of a key's model, if it is known.
pub(super) fn model(key: &Credential) -> Option<String> {
    models::find(&key.aaguid).map(|model| model.name.to_owned())
}

/// The keys that work.
pub(super) fn working(keys: &[Credential]) -> impl Iterator<Item = &Credential> {
    keys.iter().filter(|key| key.state == CredentialState::Active)
}

/// Whether a person may add a key by themselves now: the roll-out has started, and they have a key
/// that works, or never had one and their organisation is in grace. A password alone never opens
/// the way to a key otherwise: it might be in somebody else's hands.
pub(super) fn may_add(current: &Current, keys: &[Credential], now: Timestamp) -> bool {
    let policy = &current.organisation.policy;
    policy.rollout == Rollout::Available
        && (working(keys).next().is_some()
            || policy.enrolment(now, current.person.person.ever_had_factor) == Enrolment::InGrace)
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
