//! The authorization endpoint (OpenID Connect Core §3.1.2): hands the judged request to the flow
//! and sends the person back with a code or an error. Writes nothing itself.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use latchkey_oidc::authorize::{self, Refused, Unredirectable};
use latchkey_oidc::discovery::AUTHORIZE_PATH;
use latchkey_oidc::error::AuthorizationError;
use latchkey_oidc::redirect::Delivery;
use latchkey_oidc::requirement::{refusal, requirement};
use latchkey_oidc::{AuthorizationRequest, Client, Parameters};
use latchkey_web::Form;
use latchkey_web::limits::{Form as Posted, Params, Refusal};

use super::code::GrantFacts;
use super::{Registered, hints, pairs, registered, signing};
use crate::App;
use crate::flow::{self, Authenticated, Begun, Resume, Resumed};
use crate::pages::login::FormPost;
use crate::pages::message::{Failure, Notice};
use crate::visitor::{Visitor, see_other};

const RESUME_PATH: &str = "/oauth2/authorize/resume";
/// The longest request that is turned into an address; longer ones do not fit through proxies.
const MAX_QUERY: usize = 16 * 1024;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new().route(AUTHORIZE_PATH, get(asked).post(posted)).route(RESUME_PATH, get(resumed))
}

async fn asked(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    let params = match Params::of_query(visitor.uri()) {
        Ok(params) => params,
        Err(refusal) => return visitor.failure(&app, refusal.into()),
    };
    let answer = answer(&app, &visitor, &pairs(&params)).await;
    answer.unwrap_or_else(|error| visitor.our_failure(&app, &error))
}

/// A post from another site comes without our cookies; the redirect to ourselves has them.
async fn posted(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    form: Result<Posted, Refusal>,
) -> Response {
    let params = match form {
        Ok(Posted(params)) => params,
        Err(refusal) => return visitor.failure(&app, refusal.into()),
    };
    by_get(&app, &visitor, AUTHORIZE_PATH, &params)
}

/// Sends the browser to `path` with the same parameters.
pub(super) fn by_get(app: &App, visitor: &Visitor, path: &str, params: &Params) -> Response {
    match serde_urlencoded::to_string(pairs(params)) {
        Ok(query) if query.len() <= MAX_QUERY => see_other(&format!("{path}?{query}"))
            .unwrap_or_else(|error| visitor.our_failure(app, &error)),
        Ok(_) => visitor.failure(app, Failure::TooLarge),
        Err(_) => visitor.failure(app, Failure::Unreadable),
    }
}

async fn resumed(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    let answer = go_on(&app, &visitor).await;
    answer.unwrap_or_else(|error| visitor.our_failure(&app, &error))
}

async fn answer(
    app: &Arc<App>,
    visitor: &Visitor,
    pairs: &[(String, String)],
) -> anyhow::Result<Response> {
    let parameters = match Parameters::new(pairs) {
        Ok(parameters) => parameters,
        Err(error) => return Ok(unredirectable(app, visitor, error.into())),
    };
    let found = match authorize::client_id(&parameters) {
        Ok(id) => registered(app, id).await?,
        Err(error) => return Ok(unredirectable(app, visitor, error)),
    };
    let Some(found) = found else {
        return Ok(unredirectable(app, visitor, Unredirectable::ClientUnknown));
    };
    match judge(app, &found.client, &parameters).await {
        Ok(request) => proceed(app, visitor, &found, request).await,
        Err(Unfit::Page(error)) => Ok(unredirectable(app, visitor, error)),
        Err(Unfit::Back(refused)) => deliver(app, visitor, refused.deliver(&app.issuer)),
    }
}

/// Why a request is not gone on with.
pub(super) enum Unfit {
    /// The person is told, and the application nothing.
    Page(Unredirectable),
    /// The application is told.
    Back(Box<Refused>),
}

/// Judges a request of an application that is known.
pub(super) async fn judge(
    app: &App,
    client: &Client,
    parameters: &Parameters<'_>,
) -> Result<AuthorizationRequest, Unfit> {
    let identified = authorize::identify(parameters, Some(client)).map_err(Unfit::Page)?;
    let keys = signing(app).await;
    identified.judge(hints(app, &keys), &app.oidc.resources()).map_err(Unfit::Back)
}

async fn proceed(
    app: &Arc<App>,
    visitor: &Visitor,
    found: &Registered,
    request: AuthorizationRequest,
) -> anyhow::Result<Response> {
    let client = &*found.client;
    let required = match requirement(&request, client, found.organisation) {
        Ok(required) => required,
        Err(error) => return refuse(app, visitor, client, &request, error),
    };
    let resume = Resume { path: RESUME_PATH, payload: serde_json::to_string(&request)? };
    match flow::begin(app, visitor, required, resume).await? {
        Begun::Done(authenticated) => grant(app, visitor, client, &request, &authenticated),
        Begun::Refused(why) => refuse(app, visitor, client, &request, refusal(why)),
        Begun::Ask(page) => Ok(page),
    }
}

async fn go_on(app: &Arc<App>, visitor: &Visitor) -> anyhow::Result<Response> {
    let resumed = flow::resume(app, visitor).await?;
    let payload = match &resumed {
        Resumed::Done(_, payload) | Resumed::Refused(_, payload) | Resumed::Restart(payload) => {
            payload
        }
        Resumed::Page(_) => "",
    };
    if let Resumed::Page(page) = resumed {
        return Ok(page);
    }
    let request: AuthorizationRequest = serde_json::from_str(payload)?;
    // It may have been removed while the person was logging in.
    let Some(found) = registered(app, &request.client.0).await? else {
        return Ok(unredirectable(app, visitor, Unredirectable::ClientUnknown));
    };
    match resumed {
        Resumed::Done(authenticated, _) => {
            grant(app, visitor, &found.client, &request, &authenticated)
        }
        Resumed::Refused(why, _) => refuse(app, visitor, &found.client, &request, refusal(why)),
        Resumed::Restart(_) => proceed(app, visitor, &found, request).await,
        Resumed::Page(page) => Ok(page),
    }
}

fn grant(
    app: &App,
    visitor: &Visitor,
    client: &Client,
    request: &AuthorizationRequest,
    authenticated: &Authenticated,
) -> anyhow::Result<Response> {
    let Some(back) = request.return_path(client) else {
        return Ok(unredirectable(app, visitor, Unredirectable::RedirectUriUnregistered));
    };
    let facts = GrantFacts::new(&*app.rng, app.clock.now(), request, client, authenticated);
    let code = facts.seal(&app.keys.tokens, &*app.rng)?;
    deliver(app, visitor, back.code(&app.issuer, code.expose()))
}

fn refuse(
    app: &App,
    visitor: &Visitor,
    client: &Client,
    request: &AuthorizationRequest,
    error: AuthorizationError,
) -> anyhow::Result<Response> {
    match request.return_path(client) {
        Some(back) => deliver(app, visitor, back.error(&app.issuer, error)),
        None => Ok(unredirectable(app, visitor, Unredirectable::RedirectUriUnregistered)),
    }
}

/// Sends an answer on its way: by redirect, or by a page that posts it.
fn deliver(app: &App, visitor: &Visitor, delivery: Delivery) -> anyhow::Result<Response> {
    let (action, fields) = match delivery {
        Delivery::Location(location) => return see_other(&location),
        Delivery::FormPost { action, fields } => (action, fields),
    };
    let form =
        fields.into_iter().fold(Form::new(action), |form, (name, value)| form.with(name, value));
    let path = visitor.uri().path_and_query().map_or(AUTHORIZE_PATH, |path| path.as_str());
    Ok(app.theme.render_form::<FormPost>(&visitor.frame(app, path), form))
}

/// RFC 6749 §4.1.2.1: never a redirect.
fn unredirectable(app: &App, visitor: &Visitor, error: Unredirectable) -> Response {
    let notice = match error {
        Unredirectable::ClientUnknown => Notice::UnknownApplication,
        Unredirectable::RedirectUriUnregistered => Notice::WrongReturn,
        other => Notice::BadRequest(other.to_string()),
    };
    visitor.wrong(app, notice)
}
