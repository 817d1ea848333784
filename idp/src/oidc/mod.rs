//! OpenID Connect's endpoints over `latchkey-oidc`: looks clients up, asks the flow for a person,
//! keeps grants. Judges no request itself and knows no factor (OpenID Connect Core 1.0, RFC 6749).

pub mod authorize;
pub mod caller;
mod clients;
pub mod code;
mod cors;
mod discovery;
pub mod grants;
pub(crate) mod log_in_tests;
mod logout;
mod released;
mod token;
mod userinfo;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use latchkey_api::AdminScope;
use latchkey_core::Timestamp;
use latchkey_core::ids::SessionId;
use latchkey_oidc::Issuer;
use latchkey_oidc::discovery::{AUTHORIZE_PATH, LOGOUT_PATH};
use latchkey_oidc::idtoken::HintVerifier;
use latchkey_oidc::resource::Resource;
use latchkey_store::Store;
use latchkey_web::Theme;
use latchkey_web::limits::Params;
use moka::sync::Cache;

use crate::App;
use crate::config::{Config, STALE};
use crate::keys::{Keys, Published};
pub(crate) use clients::{Registered, forget, registered};
pub use clients::{client, embedded_secret, register, secret_of};

/// What OpenID Connect keeps in memory: its published documents and the clients it met lately.
pub struct Provider {
    configuration: Bytes,
    clients: Cache<String, Registered>,
    console: Option<Registered>,
    /// The admin API as a resource (RFC 8707).
    admin_api: String,
    /// The words of its scopes.
    admin_scopes: [&'static str; AdminScope::ALL.len()],
}

impl Provider {
    /// Writes the published documents, and makes the console's client.
    ///
    /// # Errors
    /// When the issuer makes no addresses, or the console has no secret.
    pub async fn open(
        config: &Config,
        issuer: &Issuer,
        keys: &Keys,
        theme: &Theme,
        store: &Store,
        now: Timestamp,
    ) -> anyhow::Result<Self> {
        let strings = theme.strings();
        let locales: Vec<String> =
            strings.locales().map(|locale| strings.tag(locale).to_owned()).collect();
        let algorithms = keys.algorithms();
        let admin_api = issuer.address(latchkey_api::PATH);
        let resources = std::slice::from_ref(&admin_api);
        let document =
            latchkey_oidc::discovery::document(issuer, &algorithms, &locales, resources)?;
        let console = clients::console(&config.console, issuer, keys)?;
        if let Some(console) = &console {
            clients::keep_place(store, &console.client, now).await?;
        }
        Ok(Self {
            configuration: Bytes::from(document),
            clients: Cache::builder().max_capacity(1024).time_to_live(STALE).build(),
            console,
            admin_api,
            admin_scopes: AdminScope::ALL.map(AdminScope::as_str),
        })
    }

    /// What access tokens are made for beside userinfo.
    fn resources(&self) -> [Resource<'_>; 1] {
        [Resource { identifier: &self.admin_api, scopes: &self.admin_scopes }]
    }
}

/// Every endpoint.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .merge(discovery::router())
        .merge(authorize::router())
        .merge(log_in_tests::router())
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
