//! The userinfo endpoint (OpenID Connect Core §5.3, RFC 6750): what the token's scopes release of
//! the person, as they are now.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use axum::routing::get;
use latchkey_core::people::PersonState;
use latchkey_core::secrets::Plain;
use latchkey_oidc::bearer::access_token;
use latchkey_oidc::discovery::USERINFO_PATH;
use latchkey_oidc::error::BearerError;
use latchkey_oidc::{Parameters, Scope};
use latchkey_web::limits::{Form, Refusal};

use super::clients;
use super::code::AccessFacts;
use super::released::{claims, ruled};
use super::{authorization, cors, json, our_failure, pairs};
use crate::App;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new().route(USERINFO_PATH, get(asked).post(posted).options(cors::preflight))
}

async fn asked(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let token = access_token(authorization(&headers), None);
    respond(&app, token).await
}

async fn posted(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    form: Result<Form, Refusal>,
) -> Response {
    let token = match form {
        Ok(Form(params)) => {
            let pairs = pairs(&params);
            match Parameters::new(&pairs) {
                Ok(form) => access_token(authorization(&headers), Some(&form)),
                Err(_) => Err(BearerError::InvalidRequest),
            }
        }
        // A post that has its token in the header needs no form.
        Err(Refusal::ContentType) => access_token(authorization(&headers), None),
        Err(_) => Err(BearerError::InvalidRequest),
    };
    respond(&app, token).await
}

async fn respond(app: &App, token: Result<Plain, BearerError>) -> Response {
    let answer = match token {
        Ok(token) => answer(app, &token).await,
        Err(error) => Ok(Err(error)),
    };
    cors::open(match answer {
        Ok(Ok(body)) => json(200, body),
        Ok(Err(error)) => {
            let mut response = json(error.status(), error.body());
            match HeaderValue::try_from(error.www_authenticate()) {
                Ok(scheme) => response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme),
                Err(error) => return our_failure(app, &error.into()),
            };
            response
        }
        Err(error) => our_failure(app, &error),
    })
}

async fn answer(app: &App, token: &Plain) -> anyhow::Result<Result<Vec<u8>, BearerError>> {
    let invalid = Ok(Err(BearerError::InvalidToken));
    let Some(access) = AccessFacts::open(&app.keys.tokens, token, app.clock.now()) else {
        return invalid;
    };
    if !access.scopes.contains(Scope::OpenId) {
        return Ok(Err(BearerError::InsufficientScope { scope: Scope::OpenId.as_str() }));
    }
    let Some((grant, record)) = app.store.view().find_live_grant(access.grant).await? else {
        return invalid;
    };
    if grant.client != access.client || record.person.state != PersonState::Active {
        return invalid;
    }
    // It may have been removed since, and is told nothing then.
    let Some(client) = clients::client(app, &access.client.0).await? else { return invalid };
    let ruled = ruled(app, &client, &record.person).await?;
    Ok(Ok(claims(&record.person, &ruled).userinfo(access.scopes)?))
}
