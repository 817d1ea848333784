//! Sample relying applications: each logs people in through the identity provider and shows what it
//! was told about them.
//!
//! One file a protocol; the pages, and what is remembered of browsers, are the same for all.

mod browsers;
pub mod oidc;
mod pages;
pub mod saml;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use tokio::net::TcpListener;

/// How one sample application is set up, by the protocol that it speaks.
#[derive(Clone)]
pub enum Settings {
    /// OpenID Connect.
    Oidc(oidc::Settings),
    /// SAML 2.0.
    Saml(saml::Settings),
}

impl Settings {
    /// What the application is.
    #[must_use]
    pub fn application(&self) -> &Application {
        match self {
            Self::Oidc(settings) => &settings.application,
            Self::Saml(settings) => &settings.application,
        }
    }
}

/// What people see of a sample application, and where it is.
#[derive(Clone, Debug)]
pub struct Application {
    /// What it is called in addresses and cookies.
    pub id: String,
    /// Its name as people read it.
    pub name: String,
    /// What it is for, in a sentence.
    pub description: String,
    /// The origin that it is served at, without a trailing slash.
    pub own_origin: String,
    /// The address of the provider that it logs people in through.
    pub provider: String,
}

/// Why a page cannot be shown. Each is answered with a page in plain words.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// The provider cannot be reached, or does not answer as one.
    #[error("the provider cannot be used: {0}")]
    Unreachable(String),
    /// The provider answered with an error (RFC 6749 §4.1.2.1 and §5.2; SAML Core §3.2.2.2).
    #[error("the provider refused: {error}")]
    Refused {
        /// The error's code.
        error: String,
        /// What the provider says about it.
        description: Option<String>,
    },
    /// The answer does not belong to a log-in of this browser, or not to this provider.
    #[error("the answer does not belong here: {0}")]
    Foreign(&'static str),
    /// What the provider is said to have told does not hold what it must.
    #[error("an answer was refused: {0}")]
    Untrusted(String),
    /// A form came from another site.
    #[error("a form came from elsewhere")]
    Elsewhere,
}

impl Failure {
    fn status(&self) -> StatusCode {
        match self {
            Self::Unreachable(_) | Self::Untrusted(_) => StatusCode::BAD_GATEWAY,
            Self::Refused { .. } | Self::Elsewhere => StatusCode::FORBIDDEN,
            Self::Foreign(_) => StatusCode::BAD_REQUEST,
        }
    }
}

/// A sample application as a router.
///
/// # Errors
/// When the settings hold no usable addresses, or a key cannot be made.
pub fn sample(settings: Settings) -> anyhow::Result<Router> {
    match settings {
        Settings::Oidc(settings) => oidc::sample(settings),
        Settings::Saml(settings) => saml::sample(settings),
    }
}

/// Serves a sample application until the listener fails or the future is dropped.
///
/// # Errors
/// As [`sample`], or when the listener fails.
pub async fn serve(listener: TcpListener, settings: Settings) -> anyhow::Result<()> {
    axum::serve(listener, sample(settings)?).await?;
    Ok(())
}

/// Browsers say where a form comes from. The applications share a host, which makes them one site,
/// so `SameSite` cookies do not tell them apart.
fn own_form(application: &Application, headers: &HeaderMap) -> Result<(), Failure> {
    match headers.get(header::ORIGIN) {
        Some(origin) if origin.as_bytes() != application.own_origin.as_bytes() => {
            Err(Failure::Elsewhere)
        }
        _ => Ok(()),
    }
}

fn see_other(address: &str) -> Response {
    Redirect::to(address).into_response()
}

async fn stylesheet() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("samples/sample.css"))
        .into_response()
}

/// An answer of more bytes is none that a provider gives.
const LONGEST_ANSWER: usize = 1024 * 1024;

/// What the applications ask the provider with: no redirects, no proxies, not for long.
fn http() -> anyhow::Result<reqwest::Client> {
    Ok(reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(std::time::Duration::from_secs(10))
        .no_proxy()
        .build()?)
}

/// An error with everything that caused it, on one line.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
