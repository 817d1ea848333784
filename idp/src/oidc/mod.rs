//! OpenID Connect's endpoints over `latchkey-oidc`: looks clients up, asks the flow for a person,
//! keeps grants. Judges no request itself and knows no factor (OpenID Connect Core 1.0, RFC 6749).

pub mod authorize;
pub mod code;
mod cors;
mod discovery;
pub mod grants;
mod logout;
mod token;
mod userinfo;

use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use latchkey_core::ids::{ClientId, OrganisationId, SessionId};
use latchkey_oidc::discovery::{AUTHORIZE_PATH, LOGOUT_PATH};
use latchkey_oidc::idtoken::HintVerifier;
use latchkey_oidc::{Client, Issuer};
use latchkey_web::Theme;
use latchkey_web::limits::Params;
use moka::sync::Cache;

use crate::App;
use crate::config::STALE;
use crate::keys::{Keys, Published};

/// What OpenID Connect keeps in memory: its published documents and the clients it met lately.
pub struct Provider {
    configuration: Bytes,
    clients: Cache<String, Registered>,
}

/// A client with the organisation that it belongs to.
#[derive(Clone)]
pub(crate) struct Registered {
    pub(crate) client: Arc<Client>,
    pub(crate) organisation: Option<OrganisationId>,
}

impl Provider {
    /// Writes the published documents.
    ///
    /// # Errors
    /// When the issuer makes no addresses.
    pub fn new(issuer: &Issuer, keys: &Keys, theme: &Theme) -> anyhow::Result<Self> {
        let strings = theme.strings();
        let locales: Vec<String> =
            strings.locales().map(|locale| strings.tag(locale).to_owned()).collect();
        let algorithms = keys.algorithms();
        let document = latchkey_oidc::discovery::document(issuer, &algorithms, &locales)?;
        Ok(Self {
            configuration: Bytes::from(document),
            clients: Cache::builder().max_capacity(1024).time_to_live(STALE).build(),
        })
    }
}

/// Every endpoint.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .merge(discovery::router())
        .merge(authorize::router())
        .merge(token::router())
        .merge(userinfo::router())
        .merge(logout::router())
}

/// Whether applications and their libraries ask there, and not people.
#[must_use]
pub fn is_for_applications(path: &str) -> bool {
    let people = [AUTHORIZE_PATH, LOGOUT_PATH];
    path.starts_with("/.well-known/")
        || (path.starts_with("/oauth2/") && !people.iter().any(|people| path.starts_with(people)))
}

/// A client as it was at most [`STALE`] ago.
///
/// # Errors
/// When the database fails, or its document is damaged.
pub async fn client(app: &App, id: &str) -> anyhow::Result<Option<Arc<Client>>> {
    Ok(registered(app, id).await?.map(|found| found.client))
}

/// The same with its organisation. Unknown ones are not remembered: anybody can make them up.
pub(crate) async fn registered(app: &App, id: &str) -> anyhow::Result<Option<Registered>> {
    if let Some(found) = app.oidc.clients.get(id) {
        return Ok(Some(found));
    }
    let Some(stored) = app.store.view().find_client(&ClientId(id.to_owned())).await? else {
        return Ok(None);
    };
    let client = serde_json::from_str(&stored.document).context("clients.document")?;
    let found = Registered { client: Arc::new(client), organisation: stored.organisation };
    app.oidc.clients.insert(id.to_owned(), found.clone());
    Ok(Some(found))
}

fn hints<'a>(app: &'a App, keys: &'a Published) -> HintVerifier<'a> {
    HintVerifier { issuer: &app.issuer, keys: &keys.set }
}

/// The published keys of this moment.
async fn signing(app: &App) -> Arc<Published> {
    app.keys.signing(&app.store, app.clock.now()).await
}

/// A session as applications see it: a database key would tell when it began.
fn sid(app: &App, session: SessionId) -> String {
    let derived = app.keys.mac.derive("sid", session.0.as_bytes());
    URL_SAFE_NO_PAD.encode(&derived[..16])
}

fn pairs(params: &Params) -> Vec<(String, String)> {
    params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The `Authorization` header; one that is not text is one that no scheme reads.
fn authorization(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or_default())
}

fn json(status: u16, body: Vec<u8>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let fixed = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, fixed, body).into_response()
}

/// The answer to an application when we failed.
fn our_failure(app: &App, error: &anyhow::Error) -> Response {
    let reference = latchkey_web::errors::Reference::new(&*app.rng);
    tracing::error!(%reference, "a request of an application failed: {error:#}");
    let busy = matches!(error.downcast_ref(), Some(latchkey_store::Error::Unavailable(_)));
    if busy { unavailable() } else { json(500, br#"{"error":"server_error"}"#.to_vec()) }
}

/// The answer to an application when we cannot serve at present.
#[must_use]
pub fn unavailable() -> Response {
    let mut response = json(503, br#"{"error":"temporarily_unavailable"}"#.to_vec());
    let wait = HeaderValue::from_static("5");
    response.headers_mut().insert(header::RETRY_AFTER, wait);
    response
}
