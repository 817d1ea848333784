//! A sample relying application that speaks SAML 2.0: a service provider (Web Browser SSO Profile,
//! Single Logout Profile).
//!
//! Owns its key and its memory; knows the provider by its metadata alone, and is known by its own.

mod own;
mod provider;
mod verified;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use latchkey_core::secrets::Plain;
use latchkey_core::{Clock, Rng};
use latchkey_saml::Binding;
use latchkey_saml::messages::{LogoutRequest, LogoutResponse, MessageId, Response as Message};
use latchkey_saml::names::{NameIdFormat, SecondStatus};
use latchkey_saml::post::Form;
use latchkey_saml::redirect::{Parameter, Query as Carried};
use latchkey_saml::verify::Screened;
use minijinja::{Value, context};
use moka::sync::Cache;

use super::browsers::{Browsers, remembered};
use super::pages::{Pages, time};
use super::{Application, Failure, own_form, see_other, stylesheet};
use own::{Asked, Own};
use provider::{Known, Provider};
use verified::Login;

/// How one sample application is set up.
#[derive(Clone)]
pub struct Settings {
    /// What people see of it. Its entity ID is the address of its metadata, at `/saml/metadata`.
    pub application: Application,
    /// The address of the provider's metadata. All else stands in there.
    pub provider_metadata: String,
    /// The time that answers are judged by.
    pub clock: Arc<dyn Clock>,
    /// Where identifiers come from.
    pub rng: Arc<dyn Rng>,
}

/// What the provider was asked.
enum Pending {
    /// To log somebody in, by one of these classes; by any where there is none.
    LogIn(Vec<String>),
    /// To log them out everywhere else.
    LogOut,
}

/// Somebody whom an answer told of, before their browser has shown that it asked.
struct Arrived {
    request: MessageId,
    login: Login,
}

struct Sample {
    settings: Settings,
    own: Own,
    provider: Provider,
    browsers: Browsers<Pending, Login>,
    arrived: Cache<String, Arc<Arrived>>,
    pages: Pages,
}

/// The application as a router, with a new key.
///
/// # Errors
/// When the settings hold no usable addresses, or the key cannot be made.
pub(super) fn sample(settings: Settings) -> anyhow::Result<Router> {
    let sample = Sample {
        own: Own::new(&settings)?,
        provider: Provider::new(&settings)?,
        browsers: Browsers::new(&settings.application, &settings.rng),
        arrived: remembered(Duration::from_secs(60)),
        pages: Pages::new(&settings.application)?,
        settings,
    };
    Ok(Router::new()
        .route("/", get(home))
        .route("/login", get(log_in))
        .route(own::METADATA, get(metadata))
        .route(own::CONSUMER, post(consume))
        .route("/saml/arrived", get(arrived))
        .route("/logout", post(log_out))
        .route(own::LOGOUT, get(single_logout))
        .route("/logged-out", get(logged_out))
        .route("/sample.css", get(stylesheet))
        .with_state(Arc::new(sample)))
}

type Shared = State<Arc<Sample>>;
type Parameters = Query<Vec<(String, String)>>;

async fn home(State(sample): Shared, headers: HeaderMap) -> Response {
    let now = sample.settings.clock.now();
    let login = sample.browsers.session(&headers).filter(|login| login.lasts(now));
    sample.pages.home_saml(login.as_deref().map(shown))
}

/// What the page shows of somebody who is logged in.
fn shown(login: &Login) -> Value {
    let attributes: Vec<Value> = login
        .attributes
        .iter()
        .map(|told| {
            context! {
                name => &told.name,
                friendly => told.friendly_name.as_deref().unwrap_or(&told.name),
                values => told.values.join(", "),
            }
        })
        .collect();
    context! {
        name => login.name(),
        name_id => &login.name_id.value,
        name_id_format => login.name_id.format.as_deref().unwrap_or(NameIdFormat::Unspecified.uri()),
        class => &login.class,
        auth_time => login.at.seconds(),
        auth_time_text => time(login.at.seconds()).unwrap_or_default(),
        session_index => login.session_index.as_deref().unwrap_or_default(),
        attributes,
    }
}

async fn metadata(State(sample): Shared) -> Response {
    let content_type = [(header::CONTENT_TYPE, "application/samlmetadata+xml")];
    (content_type, sample.own.metadata().to_owned()).into_response()
}

/// Sends the browser to the provider with a signed request (SAML Profiles §4.1.3.2, §4.1.4.1).
async fn log_in(
    State(sample): Shared,
    headers: HeaderMap,
    Query(parameters): Parameters,
) -> Response {
    sample.start(&headers, &parameters).await.unwrap_or_else(|failure| sample.answer(&failure))
}

/// Takes the provider's answer (SAML Profiles §4.1.3.5). It is posted from another site, so that the
/// browser's cookies are with the next request only: what was told waits for it under a name that
/// nobody guesses.
async fn consume(State(sample): Shared, body: String) -> Response {
    sample.judge(&body).await.unwrap_or_else(|failure| sample.answer(&failure))
}

/// Logs somebody in whose browser is the one that asked.
async fn arrived(
    State(sample): Shared,
    headers: HeaderMap,
    Query(parameters): Parameters,
) -> Response {
    let handle = parameters.iter().find(|(name, _)| name == "handle");
    let told = handle.and_then(|(_, handle)| sample.arrived.remove(handle.as_str()));
    let asked = told.as_ref().and_then(|told| {
        let pending = sample.browsers.take(&headers, told.request.as_str())?;
        matches!(*pending, Pending::LogIn(_)).then_some(())
    });
    match (told, asked) {
        (Some(told), Some(())) => {
            let cookie = sample.browsers.open(told.login.clone());
            ([(header::SET_COOKIE, cookie)], see_other("/")).into_response()
        }
        _ => sample.answer(&Failure::Foreign("request_unknown")),
    }
}

/// Forgets the person here, and asks the provider to (SAML Profiles §4.4.3.1).
async fn log_out(State(sample): Shared, headers: HeaderMap) -> Response {
    if let Err(failure) = own_form(&sample.settings.application, &headers) {
        return sample.answer(&failure);
    }
    let Some(login) = sample.browsers.close(&headers) else { return see_other("/logged-out") };
    sample.ask_to_log_out(&headers, &login).await.unwrap_or_else(|failure| sample.answer(&failure))
}

/// Is told by the provider that somebody is logged out, or that they are wherever else (SAML
/// Profiles §4.4.3.3, §4.4.3.5).
async fn single_logout(
    State(sample): Shared,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    sample.logout_message(&headers, &query).await.unwrap_or_else(|failure| sample.answer(&failure))
}

async fn logged_out(State(sample): Shared, Query(parameters): Parameters) -> Response {
    sample.pages.logged_out(parameters.iter().any(|(name, _)| name == "part"))
}

impl Sample {
    async fn start(
        &self,
        headers: &HeaderMap,
        parameters: &[(String, String)],
    ) -> Result<Response, Failure> {
        let known = self.provider.known().await?;
        let to = known.metadata.single_sign_on_by(Binding::Redirect);
        let to = to.ok_or_else(|| unusable("its metadata has no log-in by HTTP-Redirect"))?;
        let given = |name| parameters.iter().filter(move |(key, _)| key == name);
        let classes: Vec<String> = given("class").map(|(_, class)| class.clone()).collect();
        let force = given("force").any(|(_, value)| value == "true");
        let asked = Asked { classes: &classes, force };
        let (id, address) = self.own.ask_for_log_in(to, asked)?;
        let (browser, cookie) = self.browsers.browser(headers);
        self.browsers.begin(id.as_str().to_owned(), browser, Pending::LogIn(classes));
        Ok(([(header::SET_COOKIE, cookie)], see_other(&address)).into_response())
    }

    async fn judge(&self, body: &str) -> Result<Response, Failure> {
        let form = Form::parse(body).map_err(|_| Failure::Foreign("message_unreadable"))?;
        if form.parameter() != Parameter::Response {
            return Err(Failure::Foreign("message_unreadable"));
        }
        let screened = form.screen().map_err(|_| Failure::Foreign("message_unreadable"))?;
        let (known, message): (_, Message) = self.provider.verified(&screened).await?;
        let now = self.settings.clock.now();
        let request = message.in_response_to.clone();
        let request = request.ok_or(Failure::Foreign("request_unknown"))?;
        let pending = self.browsers.asked(request.as_str());
        let classes = match pending.as_deref() {
            Some(Pending::LogIn(classes)) => classes,
            Some(Pending::LogOut) | None => return Err(Failure::Foreign("request_unknown")),
        };
        verified::header(&message.header, &known, &self.own.consumer, now)?;
        verified::succeeded(&message.status)?;
        let login = verified::login(message, &known, &self.own, classes, now)?;
        let handle = Plain::generate(self.settings.rng.as_ref()).expose().to_owned();
        let address = format!("/saml/arrived?handle={handle}");
        self.arrived.insert(handle, Arc::new(Arrived { request, login }));
        Ok(see_other(&address))
    }

    async fn ask_to_log_out(
        &self,
        headers: &HeaderMap,
        login: &Login,
    ) -> Result<Response, Failure> {
        let known = self.provider.known().await?;
        let Some(to) = known.metadata.logout_by(Binding::Redirect) else {
            return Ok(see_other("/logged-out"));
        };
        let (id, address) = self.own.ask_for_log_out(to, login)?;
        let (browser, cookie) = self.browsers.browser(headers);
        self.browsers.begin(id.as_str().to_owned(), browser, Pending::LogOut);
        Ok(([(header::SET_COOKIE, cookie)], see_other(&address)).into_response())
    }

    async fn logout_message(&self, headers: &HeaderMap, query: &str) -> Result<Response, Failure> {
        let carried = Carried::parse(query).map_err(|_| Failure::Foreign("message_unreadable"))?;
        let screened = carried.screen().map_err(|_| Failure::Foreign("message_unreadable"))?;
        match carried.parameter() {
            Parameter::Request => self.told_to_log_out(&screened, carried.relay_state()).await,
            Parameter::Response => self.told_of_log_out(headers, &screened).await,
        }
    }

    /// Ends the sessions that the provider means, and says so.
    async fn told_to_log_out(
        &self,
        screened: &Screened,
        relay_state: Option<&str>,
    ) -> Result<Response, Failure> {
        let (known, request): (Arc<Known>, LogoutRequest) =
            self.provider.verified(screened).await?;
        let now = self.settings.clock.now();
        verified::header(&request.header, &known, &self.own.logout, now)?;
        if request.not_on_or_after.is_some_and(|until| until <= now) {
            return Err(Failure::Untrusted("the log-out comes too late".to_owned()));
        }
        self.browsers.close_where(|login| login.is_meant(&request));
        let to = known.metadata.logout_by(Binding::Redirect);
        let to = to.ok_or_else(|| unusable("its metadata has no log-out by HTTP-Redirect"))?;
        let address = self.own.confirm_log_out(to, &request.header.id, relay_state);
        Ok(see_other(&address?))
    }

    /// Takes what became of a log-out that began here.
    async fn told_of_log_out(
        &self,
        headers: &HeaderMap,
        screened: &Screened,
    ) -> Result<Response, Failure> {
        let (known, answer): (Arc<Known>, LogoutResponse) =
            self.provider.verified(screened).await?;
        verified::header(&answer.header, &known, &self.own.logout, self.settings.clock.now())?;
        let request = answer.in_response_to.as_ref().map(MessageId::as_str).unwrap_or_default();
        let pending = self.browsers.take(headers, request);
        if !matches!(pending.as_deref(), Some(Pending::LogOut)) {
            return Err(Failure::Foreign("request_unknown"));
        }
        verified::succeeded(&answer.status)?;
        let part = answer.status.nested.iter().any(|it| it == SecondStatus::PartialLogout.uri());
        Ok(see_other(if part { "/logged-out?part" } else { "/logged-out" }))
    }

    fn answer(&self, failure: &Failure) -> Response {
        self.pages.failure(failure)
    }
}

fn unusable(why: &str) -> Failure {
    Failure::Unreachable(why.to_owned())
}

impl From<own::Unwritable> for Failure {
    fn from(error: own::Unwritable) -> Self {
        Self::Unreachable(error.to_string())
    }
}
