//! Adding a key in the account: set it up, name it, try it, done. The key is on the account once
//! its ceremony verifies; the steps after that can be left out.

use axum::Json;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_core::credentials::{Credential, Nickname};
use latchkey_core::ids::CredentialId;
use latchkey_store::{Error, Tx};
use latchkey_web::limits::Params;
use latchkey_web::{Ceremony, Problem};
use serde_json::Value;

use super::keys::{LIST, may_add, model, rename, shown, working};
use super::receipt::{self, Done};
use super::session::{Asked, Posted, PostedStep, Stop};
use crate::actions::credentials;
use crate::authn::ceremonies;
use crate::flow::Current;
use crate::pages::factor::{KeyReady, NameKey, SetUpKey, TryKey, browser_problem};

const NEW: &str = "/account/keys/new";

/// `GET /account/keys/new`
pub(super) async fn show(asked: Asked) -> Response {
    asked
        .answer(async {
            let current = asked.entered(NEW, true).await?;
            enrolment_is_open(&asked, &current).await?;
            Ok(set_up_page(&asked, &current, None))
        })
        .await
}

/// `POST /account/keys/new/options`
pub(super) async fn options(asked: Asked, posted: PostedStep) -> Response {
    asked
        .answer(async {
            let current = asked.entered_by_script(true).await?;
            asked.check_step(&current, NEW, posted)?;
            enrolment_is_open(&asked, &current).await?;
            let binding = binding(&current, "enrol");
            let options = ceremonies::start_registration(
                &asked.app,
                &binding,
                &current.person.person,
                &current.organisation.policy,
            );
            Ok(json(options.await?))
        })
        .await
}

/// `POST /account/keys/new`
pub(super) async fn submit(asked: Asked, posted: Posted) -> Response {
    asked
        .answer(async {
            let current = asked.entered(NEW, true).await?;
            let params = asked.read(&current, NEW, posted)?;
            enrolment_is_open(&asked, &current).await?;
            let told = match credential(&asked, &params, true)? {
                Ok(told) => told,
                Err(problem) => return Ok(set_up_page(&asked, &current, Some(problem))),
            };
            let (app, person) = (&asked.app, &current.person.person);
            let (origin, binding) = (asked.origin(&current), binding(&current, "enrol"));
            let registered = ceremonies::finish_registration(
                app,
                &binding,
                person,
                &current.organisation.policy,
                told,
                &origin,
            );
            let registered = match registered.await? {
                Ok(registered) => registered,
                Err(problem) => return Ok(set_up_page(&asked, &current, Some(problem))),
            };
            let session = Some(current.session.id);
            match credentials::register(app, &origin, person, session, registered).await? {
                Ok(key) => {
                    let to = format!("{LIST}/{}/name", key.id);
                    Ok(Redirect::to(&to).into_response())
                }
                Err(credentials::Refused::AlreadyRegistered) => {
                    let problem = browser_problem("InvalidStateError", true);
                    Ok(set_up_page(&asked, &current, Some(problem)))
                }
            }
        })
        .await
}

fn set_up_page(asked: &Asked, current: &Current, problem: Option<Problem>) -> Response {
    let page = SetUpKey {
        ceremony: ceremony(asked, current, NEW),
        organisation: current.organisation.name.clone(),
        required: false,
        without_key_url: None,
        cancel_url: Some(LIST.to_owned()),
        problem,
    };
    asked.page(current, NEW, &page)
}

/// `GET /account/keys/{id}/name`
pub(super) async fn show_name(asked: Asked, Path(id): Path<String>) -> Response {
    asked
        .answer(async {
            let id = asked.id(&id)?;
            let path = format!("{LIST}/{id}/name");
            let current = asked.entered(&path, true).await?;
            let key = asked.key(&current, id).await?;
            let nickname = key.nickname.as_str().to_owned();
            Ok(name_page(&asked, &current, &path, &key, nickname, None))
        })
        .await
}

/// `POST /account/keys/{id}/name`
pub(super) async fn submit_name(asked: Asked, Path(id): Path<String>, posted: Posted) -> Response {
    asked
        .answer(async {
            let id = asked.id(&id)?;
            let path = format!("{LIST}/{id}/name");
            let current = asked.entered(&path, true).await?;
            let params = asked.read(&current, &path, posted)?;
            let key = asked.key(&current, id).await?;
            let typed = asked.field(&params, "nickname")?;
            match rename(&asked, &current, &key, typed).await? {
                Ok(_) => Ok(Redirect::to(&format!("{LIST}/{id}/try")).into_response()),
                Err(problem) => {
                    let typed = typed.to_owned();
                    Ok(name_page(&asked, &current, &path, &key, typed, Some(problem)))
                }
            }
        })
        .await
}

fn name_page(
    asked: &Asked,
    current: &Current,
    path: &str,
    key: &Credential,
    nickname: String,
    problem: Option<Problem>,
) -> Response {
    let page = NameKey {
        form: asked.form(current, path),
        nickname,
        longest: Nickname::MAX_CHARS,
        model: model(key),
        synced: key.backup_eligible,
        problem,
    };
    asked.page(current, path, &page)
}

/// `GET /account/keys/{id}/try`
pub(super) async fn show_try(asked: Asked, Path(id): Path<String>) -> Response {
    asked
        .answer(async {
            let id = asked.id(&id)?;
            let path = format!("{LIST}/{id}/try");
            let current = asked.entered(&path, false).await?;
            let key = asked.key(&current, id).await?;
            Ok(try_page(&asked, &current, &path, &key, None))
        })
        .await
}

/// `POST /account/keys/{id}/try/options`
pub(super) async fn try_options(
    asked: Asked,
    Path(id): Path<String>,
    posted: PostedStep,
) -> Response {
    asked
        .answer(async {
            let id = asked.id(&id)?;
            let current = asked.entered_by_script(false).await?;
            asked.check_step(&current, &format!("{LIST}/{id}/try"), posted)?;
            asked.key(&current, id).await?;
            let binding = binding(&current, "try");
            let person = &current.person.person;
            Ok(json(ceremonies::start_assertion(&asked.app, &binding, person).await?))
        })
        .await
}

/// `POST /account/keys/{id}/try`
pub(super) async fn submit_try(asked: Asked, Path(id): Path<String>, posted: Posted) -> Response {
    asked
        .answer(async {
            let id = asked.id(&id)?;
            let path = format!("{LIST}/{id}/try");
            let current = asked.entered(&path, false).await?;
            let params = asked.read(&current, &path, posted)?;
            let key = asked.key(&current, id).await?;
            let tried = match credential(&asked, &params, false)? {
                Ok(told) => tried(&asked, &current, id, told).await?,
                Err(problem) => Err(problem),
            };
            match tried {
                Ok(()) => Ok(Redirect::to(&format!("{LIST}/{id}/ready")).into_response()),
                Err(problem) => Ok(try_page(&asked, &current, &path, &key, Some(problem))),
            }
        })
        .await
}

/// Whether the key itself answered. It proves nothing to the session, but it was used, and its
/// counter must not be used again.
async fn tried(
    asked: &Asked,
    current: &Current,
    id: CredentialId,
    told: &str,
) -> Result<Result<(), Problem>, Stop> {
    let (origin, binding) = (asked.origin(current), binding(current, "try"));
    let accepted = ceremonies::finish_assertion(
        &asked.app,
        &binding,
        told,
        Some(current.person.person.id),
        &origin,
    );
    let accepted = match accepted.await? {
        Ok(accepted) => accepted,
        Err(refused) => return Ok(Err(refused.problem)),
    };
    let used = accepted.credential.id;
    let (counter, backed_up) = (accepted.asserted.counter, accepted.asserted.backed_up);
    let now = asked.app.clock.now();
    let write = async move |tx: &Tx| tx.use_credential(used, counter, backed_up, now).await;
    if !asked.app.store.write::<_, Error, _>(write).await? {
        return Ok(Err(Problem::new("problem-key-other").advise("advice-key-again")));
    }
    if used != id {
        return Ok(Err(Problem::new("problem-key-no-answer").advise("advice-key-own")));
    }
    Ok(Ok(()))
}

fn try_page(
    asked: &Asked,
    current: &Current,
    path: &str,
    key: &Credential,
    problem: Option<Problem>,
) -> Response {
    let page = TryKey {
        ceremony: ceremony(asked, current, path),
        key: shown(key),
        skip_url: Some(format!("{LIST}/{}/ready", key.id)),
        problem,
    };
    asked.page(current, path, &page)
}

/// `GET /account/keys/{id}/ready`
pub(super) async fn show_ready(asked: Asked, Path(id): Path<String>) -> Response {
    asked
        .answer(async {
            let id = asked.id(&id)?;
            let path = format!("{LIST}/{id}/ready");
            let current = asked.entered(&path, false).await?;
            let key = asked.key(&current, id).await?;
            let keys = asked.app.store.view().list_credentials(current.person.person.id).await?;
            let only = !working(&keys).any(|other| other.id != id) && !key.backup_eligible;
            let may_add = may_add(&current, &keys, asked.app.clock.now());
            let form = asked.form(&current, &path);
            let page = KeyReady {
                key: shown(&key),
                tried: key.last_used_at.is_some(),
                spare: (only && may_add).then(|| form.clone().with("next", "spare")),
                form,
                application: None,
            };
            Ok(asked.page(&current, &path, &page))
        })
        .await
}

/// `POST /account/keys/{id}/ready`
pub(super) async fn submit_ready(asked: Asked, Path(id): Path<String>, posted: Posted) -> Response {
    asked
        .answer(async {
            let id = asked.id(&id)?;
            let path = format!("{LIST}/{id}/ready");
            let current = asked.entered(&path, false).await?;
            let params = asked.read(&current, &path, posted)?;
            let key = asked.key(&current, id).await?;
            if asked.field(&params, "next")? == "spare" {
                return Ok(Redirect::to(NEW).into_response());
            }
            let (session, nickname) = (current.session.id, key.nickname.as_str());
            let to = receipt::address(&asked.app, session, Done::Added, nickname)?;
            Ok(Redirect::to(&to).into_response())
        })
        .await
}

/// Whether the person may add a key now; else the list of keys, which says that they may not.
async fn enrolment_is_open(asked: &Asked, current: &Current) -> Result<(), Stop> {
    let keys = asked.app.store.view().list_credentials(current.person.person.id).await?;
    if may_add(current, &keys, asked.app.clock.now()) {
        return Ok(());
    }
    Err(Redirect::to(LIST).into_response().into())
}

/// What the browser answered, or what its failure means.
fn credential<'p>(
    asked: &Asked,
    params: &'p Params,
    registering: bool,
) -> Result<Result<&'p str, Problem>, Stop> {
    let failure = asked.field(params, "failure")?;
    let credential = asked.field(params, "credential")?;
    if failure.is_empty() && !credential.is_empty() {
        return Ok(Ok(credential));
    }
    Ok(Err(browser_problem(failure, registering)))
}

fn ceremony(asked: &Asked, current: &Current, path: &str) -> Ceremony {
    Ceremony { form: asked.form(current, path), options_url: format!("{path}/options") }
}

/// What keeps a ceremony's challenge to this session and this step.
fn binding(current: &Current, step: &str) -> String {
    format!("session:{}:{step}", current.session.id)
}

fn json(options: Value) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(options)).into_response()
}
