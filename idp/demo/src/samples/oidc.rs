//! A sample relying application: logs people in through the identity provider and shows what it
//! was told about them.
//!
//! Owns its pages, its cookies and its memory; knows the provider by its issuer address alone and
//! speaks to it over HTTP. OpenID Connect Core 1.0, RFC 7636, RFC 9207, RP-Initiated Logout 1.0.

mod browsers;
mod pages;
mod provider;
mod verified;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use latchkey_core::secrets::Plain;
use latchkey_core::{Clock, Rng};
use tokio::net::TcpListener;

use browsers::{Browsers, Pending};
use pages::Pages;
use provider::Provider;

/// How one sample application is set up.
#[derive(Clone)]
pub struct Settings {
    /// Its name as people read it.
    pub name: String,
    /// What it is for, in a sentence.
    pub description: String,
    /// Its client identifier at the provider.
    pub client_id: String,
    /// Its secret there, sent with HTTP Basic; a public client has none.
    pub client_secret: Option<Plain>,
    /// The provider's issuer address. All else is discovered.
    pub issuer: String,
    /// The origin that it is served at, without a trailing slash.
    pub own_origin: String,
    /// What it asks for; `openid` is always among it.
    pub scopes: Vec<String>,
    /// How strong a log-in it asks for; a weaker answer is refused.
    pub acr_values: Vec<String>,
    /// The time that tokens are judged by.
    pub clock: Arc<dyn Clock>,
    /// Where state, nonce and code verifiers come from.
    pub rng: Arc<dyn Rng>,
}

/// Parameters of `/login` that are handed on to the provider as they are.
const HANDED_ON: [&str; 6] =
    ["prompt", "max_age", "acr_values", "login_hint", "ui_locales", "claims"];

/// Why a page cannot be shown. Each is answered with a page in plain words.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// The provider cannot be reached, or does not answer as one.
    #[error("the provider cannot be used: {0}")]
    Unreachable(String),
    /// The provider answered with an error (RFC 6749 §4.1.2.1 and §5.2).
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
    /// A token does not hold what it must.
    #[error("a token was refused: {0}")]
    Untrusted(String),
    /// A form came from another site.
    #[error("a form came from elsewhere")]
    Elsewhere,
}

struct Sample {
    settings: Settings,
    provider: Provider,
    browsers: Browsers,
    pages: Pages,
}

/// The sample application as a router.
///
/// # Errors
/// When the settings hold no usable addresses.
pub fn sample(settings: Settings) -> anyhow::Result<Router> {
    let sample = Sample {
        provider: Provider::new(&settings)?,
        browsers: Browsers::new(&settings),
        pages: Pages::new(&settings)?,
        settings,
    };
    Ok(Router::new()
        .route("/", get(home))
        .route("/login", get(log_in))
        .route("/callback", get(callback))
        .route("/refresh", post(refresh))
        .route("/logout", post(log_out))
        .route("/logged-out", get(logged_out))
        .route("/sample.css", get(stylesheet))
        .with_state(Arc::new(sample)))
}

/// Serves the sample application until the listener fails or the future is dropped.
///
/// # Errors
/// When the settings hold no usable addresses, or the listener fails.
pub async fn serve(listener: TcpListener, settings: Settings) -> anyhow::Result<()> {
    axum::serve(listener, sample(settings)?).await?;
    Ok(())
}

type Shared = State<Arc<Sample>>;
type Parameters = Query<Vec<(String, String)>>;

async fn home(State(sample): Shared, headers: HeaderMap) -> Response {
    let login = sample.browsers.session(&headers);
    sample.pages.home(login.as_deref())
}

/// Sends the browser to the provider (OpenID Connect Core 1.0 §3.1.2.1).
async fn log_in(
    State(sample): Shared,
    headers: HeaderMap,
    Query(parameters): Parameters,
) -> Response {
    let handed_on: Vec<(String, String)> =
        parameters.into_iter().filter(|(name, _)| HANDED_ON.contains(&name.as_str())).collect();
    let asked = |name| handed_on.iter().find(|(key, _)| key == name).map(|(_, value)| value);
    let strengths =
        if asked("acr_values").is_some() { vec![] } else { sample.settings.acr_values.clone() };
    let max_age = asked("max_age").and_then(|text| text.parse().ok());
    match sample.provider.start(&handed_on).await {
        Err(failure) => sample.answer(&failure),
        Ok(start) => {
            let (browser, cookie) = sample.browsers.browser(&headers);
            let pending = Pending {
                browser,
                nonce: start.nonce,
                verifier: start.verifier,
                strengths,
                max_age,
            };
            sample.browsers.begin(start.state, pending);
            ([(header::SET_COOKIE, cookie)], see_other(&start.address)).into_response()
        }
    }
}

/// Takes the provider's answer (OpenID Connect Core 1.0 §3.1.2.5).
async fn callback(
    State(sample): Shared,
    headers: HeaderMap,
    Query(parameters): Parameters,
) -> Response {
    match finish(&sample, &headers, &parameters).await {
        Err(failure) => sample.answer(&failure),
        Ok(cookie) => ([(header::SET_COOKIE, cookie)], see_other("/")).into_response(),
    }
}

async fn finish(
    sample: &Sample,
    headers: &HeaderMap,
    parameters: &[(String, String)],
) -> Result<String, Failure> {
    let state = single(parameters, "state")?.ok_or(Failure::Foreign("state_missing"))?;
    let pending = sample.browsers.take(headers, state).ok_or(Failure::Foreign("state_mismatch"))?;
    // RFC 9207 §2.4: an answer that names another issuer, or none, is somebody else's.
    if single(parameters, "iss")? != Some(sample.settings.issuer.as_str()) {
        return Err(Failure::Foreign("iss_mismatch"));
    }
    if let Some(error) = single(parameters, "error")? {
        let description = single(parameters, "error_description")?.map(str::to_owned);
        return Err(Failure::Refused { error: error.to_owned(), description });
    }
    let code = single(parameters, "code")?.ok_or(Failure::Foreign("code_missing"))?;
    let login = sample.provider.finish(code, &pending).await?;
    Ok(sample.browsers.open(login))
}

/// Renews the tokens (RFC 6749 §6), where the provider gave the means to.
async fn refresh(State(sample): Shared, headers: HeaderMap) -> Response {
    if let Err(failure) = sample.own_form(&headers) {
        return sample.answer(&failure);
    }
    if let Some(login) = sample.browsers.session(&headers)
        && login.refresh_token.is_some()
    {
        match sample.provider.refresh(&login).await {
            Ok(renewed) => sample.browsers.replace(&headers, renewed),
            Err(failure) => return sample.answer(&failure),
        }
    }
    see_other("/")
}

/// Forgets the person here, and asks the provider to (RP-Initiated Logout 1.0 §2).
async fn log_out(State(sample): Shared, headers: HeaderMap) -> Response {
    if let Err(failure) = sample.own_form(&headers) {
        return sample.answer(&failure);
    }
    let login = sample.browsers.close(&headers);
    let address = match login {
        Some(login) => sample.provider.log_out_address(&login).await,
        None => None,
    };
    see_other(address.as_deref().unwrap_or("/logged-out"))
}

async fn logged_out(State(sample): Shared) -> Response {
    sample.pages.logged_out()
}

async fn stylesheet() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("samples/sample.css"))
        .into_response()
}

impl Sample {
    /// Browsers say where a form comes from. The applications share a host, which makes them one
    /// site, so `SameSite` cookies do not tell them apart.
    fn own_form(&self, headers: &HeaderMap) -> Result<(), Failure> {
        match headers.get(header::ORIGIN) {
            Some(origin) if origin.as_bytes() != self.settings.own_origin.as_bytes() => {
                Err(Failure::Elsewhere)
            }
            _ => Ok(()),
        }
    }

    fn answer(&self, failure: &Failure) -> Response {
        tracing::warn!(application = self.settings.name, %failure, "a page could not be shown");
        let status = match failure {
            Failure::Unreachable(_) | Failure::Untrusted(_) => StatusCode::BAD_GATEWAY,
            Failure::Refused { .. } | Failure::Elsewhere => StatusCode::FORBIDDEN,
            Failure::Foreign(_) => StatusCode::BAD_REQUEST,
        };
        self.pages.failure(status, failure)
    }
}

/// RFC 6749 §3.1: a parameter stands there once at most.
fn single<'a>(parameters: &'a [(String, String)], name: &str) -> Result<Option<&'a str>, Failure> {
    let mut values = parameters.iter().filter(|(key, _)| key == name);
    let first = values.next().map(|(_, value)| value.as_str());
    if values.next().is_some() { Err(Failure::Foreign("parameter_repeated")) } else { Ok(first) }
}

fn see_other(address: &str) -> Response {
    Redirect::to(address).into_response()
}
