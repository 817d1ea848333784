//! A sample relying application that speaks OpenID Connect.
//!
//! Owns its tokens and its memory; knows the provider by its issuer address alone and speaks to it
//! over HTTP. OpenID Connect Core 1.0, RFC 7636, RFC 9207, RP-Initiated Logout 1.0.

mod provider;
mod verified;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use latchkey_core::secrets::Plain;
use latchkey_core::{Clock, Rng};
use minijinja::{Value, context};
use openidconnect::{Nonce, PkceCodeVerifier};

use super::browsers::Browsers;
use super::pages::{Pages, time};
use super::{Application, Failure, own_form, see_other, stylesheet};
use provider::Provider;
use verified::Login;

/// How one sample application is set up.
#[derive(Clone)]
pub struct Settings {
    /// What people see of it. Its `id` is its client identifier, its `provider` the issuer; all else
    /// is discovered.
    pub application: Application,
    /// Its secret there, sent with HTTP Basic; a public client has none.
    pub client_secret: Option<Plain>,
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

/// A log-in under way.
struct Pending {
    /// What the ID token has to carry.
    nonce: Nonce,
    /// What proves that the code is ours (RFC 7636 §4.1).
    verifier: PkceCodeVerifier,
    /// The strengths of which one has to be told; none when any will do.
    strengths: Vec<String>,
    /// How many seconds old the log-in may be.
    max_age: Option<i64>,
}

struct Sample {
    settings: Settings,
    provider: Provider,
    browsers: Browsers<Pending, Login>,
    pages: Pages,
}

/// The application as a router.
///
/// # Errors
/// When the settings hold no usable addresses.
pub(super) fn sample(settings: Settings) -> anyhow::Result<Router> {
    let sample = Sample {
        provider: Provider::new(&settings)?,
        browsers: Browsers::new(&settings.application, &settings.rng),
        pages: Pages::new(&settings.application)?,
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

type Shared = State<Arc<Sample>>;
type Parameters = Query<Vec<(String, String)>>;

async fn home(State(sample): Shared, headers: HeaderMap) -> Response {
    let login = sample.browsers.session(&headers);
    sample.pages.home(login.as_deref().map(shown))
}

/// What the page shows of somebody who is logged in.
fn shown(login: &Login) -> Value {
    context! {
        name => login.name.as_deref().unwrap_or("Somebody without a name"),
        email => &login.email,
        sub => &login.sub,
        acr => &login.acr,
        amr => login.amr.join(" "),
        auth_time => login.auth_time,
        auth_time_text => login.auth_time.and_then(time),
        sid => &login.sid,
        renewals => login.renewals,
        renewable => login.refresh_token.is_some(),
    }
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
            let pending =
                Pending { nonce: start.nonce, verifier: start.verifier, strengths, max_age };
            sample.browsers.begin(start.state, browser, pending);
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
    if single(parameters, "iss")? != Some(sample.settings.application.provider.as_str()) {
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
    if let Err(failure) = own_form(&sample.settings.application, &headers) {
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
    if let Err(failure) = own_form(&sample.settings.application, &headers) {
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
    sample.pages.logged_out(false)
}

impl Sample {
    fn answer(&self, failure: &Failure) -> Response {
        self.pages.failure(failure)
    }
}

/// RFC 6749 §3.1: a parameter stands there once at most.
fn single<'a>(parameters: &'a [(String, String)], name: &str) -> Result<Option<&'a str>, Failure> {
    let mut values = parameters.iter().filter(|(key, _)| key == name);
    let first = values.next().map(|(_, value)| value.as_str());
    if values.next().is_some() { Err(Failure::Foreign("parameter_repeated")) } else { Ok(first) }
}
