//! A person's authenticator app: turned on with a code of it, and taken off.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_core::codes::Codes;
use latchkey_core::policy::MethodKind;
use latchkey_web::Problem;

use super::gate::{Entered, Place, Submitted};
use super::keys::{LIST, may_enrol};
use super::profile::SelfServiceTab;
use super::receipt::{self, Done};
use crate::actions::codes::{self, RemoveApp, has_way_in};
use crate::authn::Means;
use crate::authn::totp::{self, Confirmed};
use crate::flow::Stop;
use crate::pages::account::RemoveApp as RemovePage;
use crate::pages::code::{SetUpApp, ShownSeed};

/// Where an app is turned on.
pub(super) struct NewApp;

impl Place for NewApp {
    const PATH: &'static str = "/account/app/new";
    const STEP_UP: bool = true;
    type About = ();
}

/// Where it is taken off.
pub(super) struct Remove;

impl Place for Remove {
    const PATH: &'static str = "/account/app/remove";
    const STEP_UP: bool = true;
    type About = ();
}

/// What the code that confirms an app is bound to, beside the session.
const ENROL: &str = "app";

/// `GET /account/app/new`
pub(super) async fn show(at: Entered<NewApp>) -> Response {
    let work = async {
        is_open(&at).await?;
        let (app, person) = (&at.asked.app, &at.current.person.person);
        let seed = totp::start(app, &at.binding(ENROL), person.id).await?;
        let issuer = &at.current.organisation.name;
        let shown = ShownSeed::new(&seed, issuer, person.username.as_str())?;
        Ok(page(&at, Some(shown), None))
    };
    at.asked.answer(work).await
}

/// `POST /account/app/new`
pub(super) async fn submit(submitted: Submitted<NewApp>) -> Response {
    let at = &submitted.at;
    let work = async {
        is_open(at).await?;
        let (app, current) = (&at.asked.app, &at.current);
        let person = &current.person.person;
        let typed = submitted.field("code")?;
        match totp::confirm(app, &at.binding(ENROL), person.id, typed).await? {
            Confirmed::Right(enrolled) => {
                let session = Some(current.session.id);
                codes::enrol_app(app, &at.origin(), person, session, enrolled).await?;
                let to = receipt::address_of_app(app, current.session.id, Done::AppAdded)?;
                Ok(Redirect::to(&to).into_response())
            }
            Confirmed::Wrong => {
                let problem = Problem::at("code", "problem-code-wrong").advise("advice-code-next");
                Ok(page(at, None, Some(problem)))
            }
            Confirmed::Late => {
                let problem = Problem::new("problem-app-late").advise("advice-nothing-stored");
                Ok(page(at, None, Some(problem)))
            }
        }
    };
    at.asked.answer(work).await
}

fn page(at: &Entered<NewApp>, shown: Option<ShownSeed>, problem: Option<Problem>) -> Response {
    at.page(&SetUpApp {
        form: at.form(),
        shown,
        again_url: NewApp::PATH.to_owned(),
        key_url: None,
        cancel_url: Some(SelfServiceTab::PATH.to_owned()),
        problem,
    })
}

/// Whether the person may turn an app on now; else where they are told why not.
async fn is_open(at: &Entered<NewApp>) -> Result<(), Stop> {
    let (app, current) = (&at.asked.app, &at.current);
    let means = Means::of(&app.store.view(), &current.person).await?;
    let policy = &current.policy;
    let open = policy.enrollable().contains(&MethodKind::AuthenticatorApp)
        && may_enrol(current, &means, app.clock.now());
    if open {
        return Ok(());
    }
    Err(Redirect::to(LIST).into_response().into())
}

/// `GET /account/app/remove`
pub(super) async fn show_remove(at: Entered<Remove>) -> Response {
    let work = async {
        let means = Means::of(&at.asked.app.store.view(), &at.current.person).await?;
        if means.codes.app.is_none() {
            return Ok(Redirect::to(SelfServiceTab::PATH).into_response());
        }
        let without = Codes { app: None, ..means.codes };
        let policy = &at.current.policy;
        let last = !has_way_in(policy, means.password, &means.keys, &without);
        Ok(at.page(&RemovePage { form: (!last).then(|| at.form()) }))
    };
    at.asked.answer(work).await
}

/// `POST /account/app/remove`
pub(super) async fn submit_remove(submitted: Submitted<Remove>) -> Response {
    let at = &submitted.at;
    let work = async {
        let (app, session) = (&at.asked.app, at.current.session.id);
        let person = &at.current.person.person;
        match codes::remove_app(app, &at.origin(), person, session).await? {
            Ok(()) | Err(RemoveApp::Gone) => {
                let to = receipt::address_of_app(app, session, Done::AppRemoved)?;
                Ok(Redirect::to(&to).into_response())
            }
            Err(RemoveApp::LastWayIn) => {
                Ok(at.page_as(StatusCode::CONFLICT, &RemovePage { form: None }))
            }
        }
    };
    at.asked.answer(work).await
}
