//! Adding a key in the account: set it up, name it, try it, done. The key is on the account once
//! its ceremony verifies; the steps after that can be left out.

use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_core::credentials::{Credential, Nickname};
use latchkey_store::{Error, Tx};
use latchkey_web::Problem;

use super::gate::{Entered, Place, Scripted, Submitted};
use super::keys::{LIST, may_add, model, rename, shown};
use super::receipt::{self, Done};
use crate::actions::credentials;
use crate::actions::people;
use crate::authn::{Means, ceremonies};
use crate::flow::{Stop, options as offered};
use crate::pages::factor::{KeyReady, NameKey, SetUpKey, TryKey, browser_problem};

/// Where a key is set up.
pub(super) struct New;

impl Place for New {
    const PATH: &'static str = "/account/keys/new";
    const STEP_UP: bool = true;
    type About = ();
}

/// Where a new key gets its name.
pub(super) struct Name;

impl Place for Name {
    const PATH: &'static str = "/account/keys/{id}/name";
    const STEP_UP: bool = true;
    type About = Credential;
}

/// Where a new key is tried.
pub(super) struct Try;

impl Place for Try {
    const PATH: &'static str = "/account/keys/{id}/try";
    const STEP_UP: bool = false;
    type About = Credential;
}

/// Where a new key works.
pub(super) struct Ready;

impl Place for Ready {
    const PATH: &'static str = "/account/keys/{id}/ready";
    const STEP_UP: bool = false;
    type About = Credential;
}

/// What the challenges of a registration are bound to, beside the session.
const ENROL: &str = "enrol";
/// What those of a trial are.
const TRY: &str = "try";

/// `GET /account/keys/new`
pub(super) async fn show(at: Entered<New>) -> Response {
    let work = async {
        enrolment_is_open(&at).await?;
        Ok(set_up_page(&at, None))
    };
    at.asked.answer(work).await
}

/// `POST /account/keys/new/options`
pub(super) async fn options(Scripted(at): Scripted<New>) -> Response {
    let work = async {
        enrolment_is_open(&at).await?;
        let (person, policy) = (&at.current.person.person, &at.current.policy);
        let binding = at.binding(ENROL);
        let started = ceremonies::start_registration(&at.asked.app, &binding, person, policy);
        Ok(offered(started.await?))
    };
    at.asked.answer(work).await
}

/// `POST /account/keys/new`
pub(super) async fn submit(submitted: Submitted<New>) -> Response {
    let at = &submitted.at;
    let work = async {
        enrolment_is_open(at).await?;
        let told = match credential(&submitted, true)? {
            Ok(told) => told,
            Err(problem) => return Ok(set_up_page(at, Some(problem))),
        };
        let (app, person) = (&at.asked.app, &at.current.person.person);
        let (policy, origin) = (&at.current.policy, at.origin());
        let binding = at.binding(ENROL);
        let registered =
            ceremonies::finish_registration(app, &binding, person, policy, told, &origin);
        let registered = match registered.await? {
            Ok(registered) => registered,
            Err(problem) => return Ok(set_up_page(at, Some(problem))),
        };
        let session = Some(at.current.session.id);
        match credentials::register(app, &origin, person, session, registered).await? {
            Ok(key) => Ok(Redirect::to(&format!("{LIST}/{}/name", key.id)).into_response()),
            Err(credentials::Refused::AlreadyRegistered) => {
                let problem = browser_problem("InvalidStateError", true);
                Ok(set_up_page(at, Some(problem)))
            }
        }
    };
    at.asked.answer(work).await
}

fn set_up_page(at: &Entered<New>, problem: Option<Problem>) -> Response {
    at.page(&SetUpKey {
        ceremony: at.ceremony(),
        organisation: at.current.organisation.name.clone(),
        required: false,
        app_url: None,
        without_key_url: None,
        cancel_url: Some(LIST.to_owned()),
        problem,
    })
}

/// `GET /account/keys/{id}/name`
pub(super) async fn show_name(at: Entered<Name>) -> Response {
    name_page(&at, at.about.nickname.as_str(), None)
}

/// `POST /account/keys/{id}/name`
pub(super) async fn submit_name(submitted: Submitted<Name>) -> Response {
    let at = &submitted.at;
    let work = async {
        let typed = submitted.field("nickname")?;
        match rename(at, typed).await? {
            Ok(_) => Ok(Redirect::to(&format!("{LIST}/{}/try", at.about.id)).into_response()),
            Err(problem) => Ok(name_page(at, typed, Some(problem))),
        }
    };
    at.asked.answer(work).await
}

fn name_page(at: &Entered<Name>, nickname: &str, problem: Option<Problem>) -> Response {
    at.page(&NameKey {
        form: at.form(),
        nickname: nickname.to_owned(),
        longest: Nickname::MAX_CHARS,
        model: model(&at.asked.app, &at.about),
        synced: at.about.backup_eligible,
        problem,
    })
}

/// `GET /account/keys/{id}/try`
pub(super) async fn show_try(at: Entered<Try>) -> Response {
    try_page(&at, None)
}

/// `POST /account/keys/{id}/try/options`
pub(super) async fn try_options(Scripted(at): Scripted<Try>) -> Response {
    let work = async {
        let (person, binding) = (&at.current.person.person, at.binding(TRY));
        Ok(offered(ceremonies::start_assertion(&at.asked.app, &binding, person).await?))
    };
    at.asked.answer(work).await
}

/// `POST /account/keys/{id}/try`
pub(super) async fn submit_try(submitted: Submitted<Try>) -> Response {
    let at = &submitted.at;
    let work = async {
        let tried = match credential(&submitted, false)? {
            Ok(told) => tried(at, told).await?,
            Err(problem) => Err(problem),
        };
        match tried {
            Ok(()) => Ok(Redirect::to(&format!("{LIST}/{}/ready", at.about.id)).into_response()),
            Err(problem) => Ok(try_page(at, Some(problem))),
        }
    };
    at.asked.answer(work).await
}

/// Whether the key itself answered. It proves nothing to the session, but it was used, and its
/// counter must not be used again.
async fn tried(at: &Entered<Try>, told: &str) -> Result<Result<(), Problem>, Stop> {
    let (app, person) = (&at.asked.app, at.current.person.person.id);
    let (origin, binding) = (at.origin(), at.binding(TRY));
    let accepted = ceremonies::finish_assertion(app, &binding, told, Some(person), &origin);
    let accepted = match accepted.await? {
        Ok(accepted) => accepted,
        Err(refused) => return Ok(Err(refused.problem)),
    };
    let used = accepted.credential.id;
    let (counter, backed_up) = (accepted.asserted.counter, accepted.asserted.backed_up);
    let now = app.clock.now();
    let write = async move |tx: &Tx| tx.use_credential(used, counter, backed_up, now).await;
    if !app.store.write::<_, Error, _>(write).await? {
        return Ok(Err(Problem::new("problem-key-other").advise("advice-key-again")));
    }
    if used != at.about.id {
        return Ok(Err(Problem::new("problem-key-no-answer").advise("advice-key-own")));
    }
    Ok(Ok(()))
}

fn try_page(at: &Entered<Try>, problem: Option<Problem>) -> Response {
    at.page(&TryKey {
        ceremony: at.ceremony(),
        key: shown(&at.asked.app, &at.about),
        skip_url: Some(format!("{LIST}/{}/ready", at.about.id)),
        problem,
    })
}

/// `GET /account/keys/{id}/ready`
pub(super) async fn show_ready(at: Entered<Ready>) -> Response {
    let work = async {
        let (app, current, key) = (&at.asked.app, &at.current, &at.about);
        let means = Means::of(&app.store.view(), &current.person).await?;
        let only = means.lack_spare(&current.policy, app.clock.now());
        let may_add = may_add(current, &means, app.clock.now());
        Ok(at.page(&KeyReady {
            key: shown(app, key),
            tried: key.last_used_at.is_some(),
            spare: only && may_add,
            form: at.form(),
            application: None,
        }))
    };
    at.asked.answer(work).await
}

/// `POST /account/keys/{id}/ready`
pub(super) async fn submit_ready(submitted: Submitted<Ready>) -> Response {
    let at = &submitted.at;
    let work = async {
        if submitted.field("next")? == "spare" {
            return Ok(Redirect::to(New::PATH).into_response());
        }
        let (app, current) = (&at.asked.app, &at.current);
        let means = Means::of(&app.store.view(), &current.person).await?;
        if means.lack_spare(&current.policy, app.clock.now()) {
            people::put_off_spare(app, current.person.person.id).await?;
        }
        let (session, nickname) = (at.current.session.id, at.about.nickname.as_str());
        let to = receipt::address(&at.asked.app, session, Done::Added, nickname)?;
        Ok(Redirect::to(&to).into_response())
    };
    at.asked.answer(work).await
}

/// Whether the person may add a key now; else the list of keys, which says that they may not.
async fn enrolment_is_open(at: &Entered<New>) -> Result<(), Stop> {
    let app = &at.asked.app;
    let means = Means::of(&app.store.view(), &at.current.person).await?;
    if may_add(&at.current, &means, app.clock.now()) {
        return Ok(());
    }
    Err(Redirect::to(LIST).into_response().into())
}

/// What the browser answered, or what its failure means.
fn credential<P: Place>(
    submitted: &Submitted<P>,
    registering: bool,
) -> Result<Result<&str, Problem>, Stop> {
    let failure = submitted.field("failure")?;
    let credential = submitted.field("credential")?;
    if failure.is_empty() && !credential.is_empty() {
        return Ok(Ok(credential));
    }
    Ok(Err(browser_problem(failure, registering)))
}
