//! A key or the authenticator app is reported lost, and found again. Whoever is logged in may
//! report; to undo takes a fresh proof by another that works.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_core::assurance::Level;
use latchkey_core::codes::AuthenticatorApp;
use latchkey_core::credentials::{Authenticator, Cause, Credential, CredentialState, Loss};
use latchkey_web::{Link, Problem};

use super::gate::{About, Entered, Place, Submitted};
use super::keys::{LIST, may_add, shown};
use super::profile::SelfServiceTab;
use super::receipt::{self, Done};
use crate::App;
use crate::actions::lost::{self, End, NotFound, NotReported, Report};
use crate::authn::Means;
use crate::flow::{Current, left_without};
use crate::pages::Key;
use crate::pages::lost::{self as pages, AskedByMail, Found as FoundPage, ReportLost, Reported};
use crate::pages::message::Failure;

/// Where a key is reported lost.
pub(super) struct LostKey;

impl Place for LostKey {
    const PATH: &'static str = "/account/keys/{id}/lost";
    const STEP_UP: bool = false;
    type About = Credential;
}

/// Where the authenticator app is.
pub(super) struct LostApp;

impl Place for LostApp {
    const PATH: &'static str = "/account/app/lost";
    const STEP_UP: bool = false;
    type About = AuthenticatorApp;
}

/// Where a key turns out to be found.
pub(super) struct FoundKey;

impl Place for FoundKey {
    const PATH: &'static str = "/account/keys/{id}/found";
    const STEP_UP: bool = true;
    const BY_AUTHENTICATOR: bool = true;
    type About = Credential;
}

/// Where the authenticator app does.
pub(super) struct FoundApp;

impl Place for FoundApp {
    const PATH: &'static str = "/account/app/found";
    const STEP_UP: bool = true;
    const BY_AUTHENTICATOR: bool = true;
    type About = AuthenticatorApp;
}

/// What can be lost.
pub(super) trait Thing: About {
    /// Which it is.
    fn which(&self) -> Authenticator;
    /// Whether it works.
    fn state(&self) -> CredentialState;
    /// As pages show it; nothing of an app.
    fn key(&self, app: &App) -> Option<Key>;
    /// The page that it is listed on.
    const LISTED: &'static str;
    /// What a link there is called.
    const LISTED_AS: &'static str;
    /// Where its loss is undone.
    fn found_url(&self) -> String;
}

impl Thing for Credential {
    fn which(&self) -> Authenticator {
        Authenticator::Key(self.id)
    }

    fn state(&self) -> CredentialState {
        self.state
    }

    fn key(&self, app: &App) -> Option<Key> {
        Some(shown(app, self))
    }

    const LISTED: &'static str = LIST;
    const LISTED_AS: &'static str = "manage-keys";

    fn found_url(&self) -> String {
        FoundKey::PATH.replace("{id}", &self.id.to_string())
    }
}

impl Thing for AuthenticatorApp {
    fn which(&self) -> Authenticator {
        Authenticator::App(self.id)
    }

    fn state(&self) -> CredentialState {
        self.state
    }

    fn key(&self, _: &App) -> Option<Key> {
        None
    }

    const LISTED: &'static str = SelfServiceTab::PATH;
    const LISTED_AS: &'static str = "account-heading";

    fn found_url(&self) -> String {
        FoundApp::PATH.to_owned()
    }
}

fn cause(thing: &impl Thing) -> Option<Cause> {
    thing.state().suspension().map(|suspension| suspension.cause)
}

/// `GET /account/keys/{id}/lost`, `GET /account/app/lost`: the form; or of what is reported, what
/// follows from that.
pub(super) async fn show<P: Place<About: Thing>>(at: Entered<P>) -> Response {
    let work = async {
        match cause(&at.about) {
            None => report_page(&at, Loss::Misplaced, false, None).await,
            Some(Cause::ReportedLost) => reported(&at, false).await,
            // It does not work anyhow, for a reason that is told where it is listed.
            Some(_) => Ok(Redirect::to(P::About::LISTED).into_response()),
        }
    };
    at.asked.answer(work).await
}

async fn report_page<P: Place<About: Thing>>(
    at: &Entered<P>,
    loss: Loss,
    end_sessions: bool,
    problem: Option<Problem>,
) -> crate::flow::Answer {
    let (app, current) = (&at.asked.app, &at.current);
    let means = Means::of(&app.store.view(), &current.person).await?;
    let sessions =
        app.store.view().list_sessions(current.person.person.id, app.clock.now()).await?;
    let key = at.about.key(&at.asked.app);
    let left = left_without(&current.policy, &means, Some(at.about.which()));
    Ok(at.page(&ReportLost {
        form: at.form(),
        losses: ReportLost::losses_of(key.is_some()),
        loss,
        end_sessions,
        left,
        by_mail: left.is_nothing() && by_password_alone(current),
        sessions: sessions.len(),
        back: Link::new("go-back", P::About::LISTED),
        key,
        problem,
    }))
}

/// `POST /account/keys/{id}/lost`, `POST /account/app/lost`
pub(super) async fn submit<P: Place<About: Thing>>(submitted: Submitted<P>) -> Response {
    let at = &submitted.at;
    let work = async {
        let Some(loss) = Loss::parse(submitted.field("loss")?) else {
            return Err(at.asked.failure(Failure::Unreadable));
        };
        let end_sessions = submitted.field("end_sessions")? == "yes";
        let report = Report {
            lost: at.about.which(),
            loss,
            by_password_alone: by_password_alone(&at.current),
            end: if end_sessions { End::All } else { End::None },
        };
        let (app, session) = (&at.asked.app, Some(at.current.session.id));
        let person = &at.current.person.person;
        match lost::report(app, &at.origin(), person, session, report).await? {
            Ok(()) if end_sessions => reported(at, true).await,
            // To what a reload may show again. Also of what was reported a moment ago.
            Ok(()) | Err(NotReported::Gone) => Ok(Redirect::to(at.path()).into_response()),
            Err(NotReported::LastWayIn) => {
                let onward = Link::new(P::About::LISTED_AS, P::About::LISTED);
                let app = at.about.which().app().is_some();
                Ok(at.page(&AskedByMail { app, onward }))
            }
            Err(NotReported::OneADay) => {
                report_page(at, loss, end_sessions, Some(pages::one_a_day())).await
            }
        }
    };
    at.asked.answer(work).await
}

/// Whether a session rests on a password and nothing else.
fn by_password_alone(current: &Current) -> bool {
    let assurance = current.session.assurance.as_ref();
    assurance.is_none_or(|assurance| assurance.level == Level::Password)
}

async fn reported<P: Place<About: Thing>>(
    at: &Entered<P>,
    logged_out: bool,
) -> crate::flow::Answer {
    let (app, current) = (&at.asked.app, &at.current);
    let means = Means::of(&app.store.view(), &current.person).await?;
    let onward = match logged_out {
        true => Link::new("log-in", "/account"),
        false => Link::new(P::About::LISTED_AS, P::About::LISTED),
    };
    let left = left_without(&current.policy, &means, None);
    // Found before it was reported, it was not suspended then.
    let since = match at.about.state().suspension() {
        Some(suspension) => suspension.at,
        None => Some(app.clock.now()),
    };
    let page = Reported {
        nickname: at.about.key(&at.asked.app).map(|key| key.nickname),
        at: since,
        left,
        logged_out,
        may_add: !logged_out && may_add(current, &means, app.clock.now()),
        found_url: (!logged_out && left.undoes()).then(|| at.about.found_url()),
        onward,
    };
    Ok(if logged_out { at.page_when_out(&page) } else { at.page(&page) })
}

/// `GET /account/keys/{id}/found`, `GET /account/app/found`
pub(super) async fn show_found<P: Place<About: Thing>>(at: Entered<P>) -> Response {
    // What works needs no finding, and what was suspended for another cause is not theirs to undo.
    if cause(&at.about) != Some(Cause::ReportedLost) {
        return Redirect::to(P::About::LISTED).into_response();
    }
    let back = Link::new("go-back", P::About::LISTED);
    at.page(&FoundPage { form: at.form(), key: at.about.key(&at.asked.app), back })
}

/// `POST /account/keys/{id}/found`, `POST /account/app/found`
pub(super) async fn submit_found<P: Place<About: Thing>>(submitted: Submitted<P>) -> Response {
    let at = &submitted.at;
    let work = async {
        let (app, session) = (&at.asked.app, at.current.session.id);
        let (person, origin) = (&at.current.person.person, at.origin());
        match lost::found(app, &origin, person, session, at.about.which()).await? {
            Ok(()) => Ok(Redirect::to(&found_receipt(app, at)?).into_response()),
            Err(NotFound::Gone) => Ok(Redirect::to(P::About::LISTED).into_response()),
            Err(NotFound::NoOther) => Ok(at.page_as(StatusCode::FORBIDDEN, &pages::no_other())),
        }
    };
    at.asked.answer(work).await
}

fn found_receipt<P: Place<About: Thing>>(app: &App, at: &Entered<P>) -> anyhow::Result<String> {
    let session = at.current.session.id;
    match at.about.key(&at.asked.app) {
        Some(key) => receipt::address(app, session, Done::Found, &key.nickname),
        None => receipt::address_of_app(app, session, Done::AppFound),
    }
}
