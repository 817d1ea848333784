//! The admin console: an OpenID Connect relying party that knows nothing but the admin API. It has
//! no way into the provider's store, so a fault here is no fault there.
//!
//! [`router`] turns [`Settings`] into what is served at [`PATH`]. How the provider and its API are
//! reached is a [`Transport`]: in process where the provider serves the console itself, over HTTP
//! from a host of its own.

mod client;
mod cookies;
mod login;
pub mod pages;
mod provider;
mod transport;
mod upload;
mod visitor;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode};
use jiff::tz::TimeZone;
use latchkey_api::AdminScope;
use latchkey_core::secrets::Plain;
use latchkey_core::{Clock, Rng};
use latchkey_web::Theme;

pub use transport::{InProcess, OverHttp, Patience, Transport, TransportError};

use cookies::Sealer;
use pages::message::{Kind, Message};
use provider::Provider;
use visitor::Asked;

/// Where the console stands, on the provider's host and on one of its own.
pub const PATH: &str = "/admin";

/// Where the provider sends browsers back to after a log-in, below the console's origin.
pub const CALLBACK_PATH: &str = "/admin/callback";

/// The console's `client_id`. It is defined here and nowhere else: no document can redefine what
/// administrators log in to.
pub const CLIENT_ID: &str = "latchkey-console";

/// What people know it by.
pub const NAME: &str = "Latchkey console";

/// Where the console tells what a test of a log-in to an application came to, below [`PATH`].
#[must_use]
pub fn log_in_test_path(client_id: &str, test: uuid::Uuid) -> String {
    format!("/applications/{}/test/{test}", client::segment(client_id))
}

/// The `scope` of the console's authorization request: who logs in, and all that the admin API
/// offers. What is granted is up to their role.
#[must_use]
pub fn scope() -> String {
    let api = AdminScope::ALL.map(AdminScope::as_str);
    ["openid"].into_iter().chain(api).collect::<Vec<_>>().join(" ")
}

/// How a console is set up.
pub struct Settings {
    /// The provider's issuer address, without a trailing slash. All else of it is discovered.
    pub issuer: String,
    /// The origin that the console is served at, without a trailing slash.
    pub url: String,
    /// Where the admin API is, if not below the issuer. Without a trailing slash.
    pub api: Option<String>,
    /// The secret of [`CLIENT_ID`] at the provider.
    pub client_secret: Plain,
    /// What the console's cookies are sealed with: the same on each of its nodes.
    pub cookie_key: [u8; 32],
    /// How pages look.
    pub theme: Arc<Theme>,
    /// In which zone times are shown.
    pub zone: TimeZone,
    /// Where "now" comes from.
    pub clock: Arc<dyn Clock>,
    /// Where randomness comes from.
    pub rng: Arc<dyn Rng>,
    /// The way to the provider and to the API.
    pub transport: Arc<dyn Transport>,
}

/// A console that is up.
pub(crate) struct Console {
    pub(crate) url: String,
    pub(crate) api: String,
    pub(crate) theme: Arc<Theme>,
    pub(crate) zone: TimeZone,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rng: Arc<dyn Rng>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) provider: Provider,
    pub(crate) sealer: Sealer,
}

impl Console {
    fn new(settings: Settings) -> anyhow::Result<Self> {
        let own = || format!("{}{}", settings.issuer, latchkey_api::PATH);
        Ok(Self {
            provider: Provider::new(&settings)?,
            sealer: Sealer::new(&settings),
            api: settings.api.clone().unwrap_or_else(own),
            url: settings.url,
            theme: settings.theme,
            zone: settings.zone,
            clock: settings.clock,
            rng: settings.rng,
            transport: settings.transport,
        })
    }
}

/// The console below [`PATH`], for a router of any state to take in. Other addresses are not its
/// business: their answers and the theme's assets are whoever's who serves it.
///
/// # Errors
/// When the settings hold no usable addresses.
pub fn router<S>(settings: Settings) -> anyhow::Result<Router<S>> {
    let console = Arc::new(Console::new(settings)?);
    Ok(routes().layer(from_fn_with_state(Arc::clone(&console), visitor::guard)).with_state(console))
}

/// A console on a host of its own: what [`router`] serves, its assets, a way in at the root, and an
/// answer at every other address.
///
/// # Errors
/// As [`router`].
pub fn standalone(settings: Settings) -> anyhow::Result<Router> {
    let console = Arc::new(Console::new(settings)?);
    Ok(routes()
        .route("/", get(async || Redirect::to(PATH)))
        .route("/healthz", get(async || "ok\n"))
        .route("/assets/{hash}/{*path}", get(asset))
        .fallback(nowhere)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(Arc::clone(&console), visitor::guard))
        .with_state(console))
}

fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route(CALLBACK_PATH, get(login::callback))
        .route(login::LOG_IN_PATH, get(login::log_in))
        .route(login::LOG_OUT_PATH, post(login::log_out))
        .merge(pages::router())
}

async fn asset(
    State(console): State<Arc<Console>>,
    Path((hash, path)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let found = console.theme.assets().serve(&hash, &path, &headers);
    found.unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
}

async fn nowhere(asked: Asked) -> Response {
    asked.message(&Message::new(Kind::NoPage))
}

async fn wrong_method(asked: Asked) -> Response {
    asked.message(&Message::new(Kind::Method))
}
