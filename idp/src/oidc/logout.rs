//! Log-out started by an application (OpenID Connect RP-Initiated Logout 1.0). Without an ID token
//! of this very session the person is asked first.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use latchkey_core::roles::Actor;
use latchkey_oidc::discovery::LOGOUT_PATH;
use latchkey_oidc::logout::{LogoutError, LogoutRequest};
use latchkey_oidc::{Client, Parameters};
use latchkey_web::limits::{Form as Posted, Params, Refusal};
use latchkey_web::{Form, csrf};

use super::authorize::by_get;
use super::{hints, pairs, sid, signing};
use crate::App;
use crate::actions;
use crate::actions::logouts::{self, Back, Leaving};
use crate::audit::Origin;
use crate::flow::{self, Current};
use crate::pages::login::LogOut;
use crate::pages::message::{Failure, Notice};
use crate::visitor::{Visitor, clear_session, see_other};

const CONFIRM_PATH: &str = "/oauth2/logout/confirm";

pub(super) fn router() -> Router<Arc<App>> {
    Router::new().route(LOGOUT_PATH, get(asked).post(posted)).route(CONFIRM_PATH, post(confirmed))
}

async fn asked(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    let params = match Params::of_query(visitor.uri()) {
        Ok(params) => params,
        Err(refusal) => return visitor.failure(&app, refusal.into()),
    };
    let answer = answer(&app, &visitor, &params, false).await;
    answer.unwrap_or_else(|error| visitor.our_failure(&app, &error))
}

/// A post from another site comes without our cookies; the redirect to ourselves has them.
async fn posted(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    form: Result<Posted, Refusal>,
) -> Response {
    match form {
        Ok(Posted(params)) => by_get(&app, &visitor, LOGOUT_PATH, &params),
        Err(refusal) => visitor.failure(&app, refusal.into()),
    }
}

async fn confirmed(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    form: Result<Posted, Refusal>,
) -> Response {
    if csrf::check_origin(&headers, app.issuer.as_str()).is_err() {
        return visitor.failure(&app, Failure::CrossSite);
    }
    let params = match form {
        Ok(Posted(params)) => params,
        Err(refusal) => return visitor.failure(&app, refusal.into()),
    };
    let answer = answer(&app, &visitor, &params, true).await;
    answer.unwrap_or_else(|error| visitor.our_failure(&app, &error))
}

async fn answer(
    app: &Arc<App>,
    visitor: &Visitor,
    params: &Params,
    agreed: bool,
) -> anyhow::Result<Response> {
    let pairs = pairs(params);
    let wrong = |error| Ok(refused(app, visitor, error));
    let Ok(parameters) = Parameters::new(&pairs) else { return wrong(LogoutError::Malformed) };
    let keys = signing(app).await;
    let request = match LogoutRequest::parse(&parameters, hints(app, &keys)) {
        Ok(request) => request,
        Err(error) => return wrong(error),
    };
    let client = match &request.client {
        Some(id) => super::client(app, &id.0).await?,
        None => None,
    };
    let client = client.as_deref();
    let back = match request.redirect(client) {
        Ok(back) => back,
        Err(error) => return wrong(error),
    };
    let back = match (back, client) {
        (Some(back), _) => Back::Address(back.location()),
        (None, Some(Client { name, client_uri: Some(url), .. })) => {
            Back::Link { name: name.clone(), url: url.clone() }
        }
        (None, _) => Back::Page,
    };
    let Some(current) = flow::current(app, visitor).await? else {
        return done(app, visitor, Leaving { back, applications: Vec::new() });
    };
    let ours = request.hint.as_ref().is_some_and(|hint| {
        hint.subject == current.person.person.subject
            && hint.sid.as_deref() == Some(&sid(app, current.session.id))
    });
    if !ours && !agreed {
        return Ok(ask(app, visitor, client, &pairs, &current));
    }
    let session = current.session.id;
    let applications = actions::sessions::applications(app, session).await?;
    let leaving = Leaving { back, applications };
    let person = &current.person.person;
    let actor = Actor::Person { person: person.id, session: Some(session) };
    let origin = Origin { actor, address: visitor.address(), at: app.clock.now() };
    let mut response = match logouts::end(app, &origin, person, session, &leaving).await? {
        Some(round) => see_other(&logouts::address(round))?,
        None => done(app, visitor, leaving)?,
    };
    clear_session(app, &mut response);
    Ok(response)
}

fn ask(
    app: &App,
    visitor: &Visitor,
    client: Option<&Client>,
    pairs: &[(String, String)],
    current: &Current,
) -> Response {
    let form = pairs
        .iter()
        .fold(Form::new(CONFIRM_PATH), |form, (name, value)| form.with(name, value.clone()));
    let page = LogOut {
        form,
        application: client.map(|client| client.name.clone()),
        stay_url: "/account".to_owned(),
    };
    let path = visitor.uri().path_and_query().map_or(LOGOUT_PATH, |path| path.as_str());
    let mut frame = visitor.frame(app, path);
    frame.organisation = Some((&*current.organisation).into());
    app.theme.render(&frame, &page)
}

fn done(app: &App, visitor: &Visitor, leaving: Leaving) -> anyhow::Result<Response> {
    if let Back::Address(address) = &leaving.back {
        return see_other(address);
    }
    let page = flow::logged_out(leaving, Vec::new());
    Ok(app.theme.render(&visitor.frame(app, LOGOUT_PATH), &page))
}

fn refused(app: &App, visitor: &Visitor, error: LogoutError) -> Response {
    let notice = match error {
        LogoutError::RedirectUriUnregistered => Notice::WrongReturn,
        other => Notice::NotLoggedOut(other.to_string()),
    };
    visitor.wrong(app, notice)
}
