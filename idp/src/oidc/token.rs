//! The token endpoint (RFC 6749 §3.2): who the client is, then the grant that it names.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use axum::routing::post;
use latchkey_oidc::assertion::Once;
use latchkey_oidc::credentials::{At, ClientCredentials, Judged};
use latchkey_oidc::discovery::TOKEN_PATH;
use latchkey_oidc::error::{TokenError, TokenErrorCode};
use latchkey_oidc::token::TokenRequest;
use latchkey_oidc::{Client, Parameters, VerifiedClient};
use latchkey_store::Tx;
use latchkey_web::limits::{Form, Refusal};

use super::grants::{self, Refused};
use super::{authorization, cors, json, our_failure, pairs};
use crate::App;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new().route(TOKEN_PATH, post(token).options(cors::preflight))
}

async fn token(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    form: Result<Form, Refusal>,
) -> Response {
    cors::open(match answer(&app, &headers, form).await {
        Ok(body) => json(200, body),
        Err(Refused::Token(error)) => refused(error),
        Err(Refused::Ours(error)) => our_failure(&app, &error),
    })
}

async fn answer(
    app: &Arc<App>,
    headers: &HeaderMap,
    form: Result<Form, Refusal>,
) -> Result<Vec<u8>, Refused> {
    let Form(params) = form.map_err(|_| {
        TokenError::new(TokenErrorCode::InvalidRequest, "the body is not a form in UTF-8")
    })?;
    let pairs = pairs(&params);
    let parameters = Parameters::new(&pairs).map_err(TokenError::from)?;
    let request = TokenRequest::parse(authorization(headers), &parameters)?;
    let client = super::client(app, &request.credentials.client_id).await?;
    let client = authenticated(app, &request.credentials, client.as_deref()).await?;
    request.grant.allowed_for(client)?;
    let wanted = request.grant.grant_type();
    let grant = grants::ALL.iter().find(|grant| grant.grant_type() == wanted);
    let grant = grant.ok_or(TokenError::new(
        TokenErrorCode::UnsupportedGrantType,
        "there is no such grant here",
    ))?;
    let issued = grant.issue(app, client, &request.grant).await?;
    app.metrics.issued(wanted);
    Ok(issued.body(app).await?)
}

/// A client that proved who it is, by what works once only once.
async fn authenticated<'c>(
    app: &App,
    credentials: &ClientCredentials,
    client: Option<&'c Client>,
) -> Result<VerifiedClient<'c>, Refused> {
    let endpoint = app.issuer.address(TOKEN_PATH);
    let at = At { issuer: &app.issuer, endpoint: &endpoint, now: app.clock.now() };
    let pending = match credentials.authenticate(client, at)? {
        Judged::Proved(client) => return Ok(client),
        Judged::Once(pending) => pending,
    };
    let Once { digest, expires_at } = pending.once();
    let write = async move |tx: &Tx| tx.use_assertion(digest, expires_at).await;
    let used_now = app.store.write::<_, latchkey_store::Error, _>(write).await?;
    Ok(pending.settle(used_now)?)
}

fn refused(error: TokenError) -> Response {
    let mut response = json(error.status(), error.body());
    if let Some(scheme) = error.www_authenticate() {
        let scheme = HeaderValue::from_static(scheme);
        response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
    }
    response
}
