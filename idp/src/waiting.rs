//! While the database server is not there yet: the program stays up, says so to everybody who asks
//! (503 with `Retry-After`, RFC 9110 §15.6.4), and goes on by itself once it is.
//!
//! Owns when an installation is opened again. What it answers while it waits reads no database.

use std::convert::Infallible;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::future::BoxFuture;
use jiff::tz::TimeZone;
use latchkey_core::{Clock, Rng};
use latchkey_store::is_server_address;
use latchkey_web::cookies::Cookies;
use latchkey_web::errors::Reference;
use latchkey_web::i18n::{LOCALE_COOKIE, UI_LOCALES, Wishes};
use latchkey_web::limits::Params;
use latchkey_web::{Frame, Theme};
use tower::{Service, ServiceExt as _};

use crate::config::Config;
use crate::pages::message::{self, Failure, Message};
use crate::{App, oidc};

/// How long after a try the next one comes.
const PAUSE: Duration = Duration::from_millis(500);

/// Brings an installation up as [`App::open`] does, trying again for as long as its database server
/// cannot serve.
///
/// # Errors
/// Everything that waiting does not mend, in words for an operator.
pub async fn open(
    config: Config,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
) -> anyhow::Result<Arc<App>> {
    let mut told = String::new();
    loop {
        let opened = App::open(config.clone(), Arc::clone(&clock), Arc::clone(&rng)).await;
        let error = match opened {
            Err(error) if passes(&error) && is_server_address(&config.database.url) => error,
            opened => return opened,
        };
        let text = format!("{error:#}");
        if told != text {
            tracing::warn!("waiting for the database: {text}");
            told = text;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn passes(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(latchkey_store::Error::Unavailable(_)))
}

/// What stands before something that is not up yet, and lets everybody through once it is.
#[derive(Clone)]
pub struct Door(Arc<Leaves>);

struct Leaves {
    before: Router,
    behind: OnceLock<Router>,
}

impl Door {
    /// A closed one: `before` answers.
    #[must_use]
    pub fn new(before: Router) -> Self {
        Self(Arc::new(Leaves { before, behind: OnceLock::new() }))
    }

    /// Opens it, once.
    pub fn open(&self, behind: Router) {
        // A second one would serve the same.
        drop(self.0.behind.set(behind));
    }

    /// Everything that is served here.
    pub fn router(&self) -> Router {
        Router::new().fallback_service(self.clone())
    }
}

impl Service<Request> for Door {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let router = self.0.behind.get().unwrap_or(&self.0.before);
        Box::pin(router.clone().oneshot(request))
    }
}

/// What is answered in an installation's place: to people in their language, to applications as
/// they expect it.
struct Answers {
    theme: Theme,
    cookies: Cookies,
    zone: TimeZone,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
}

/// Answers everybody that there is nothing yet.
///
/// # Errors
/// When the theme cannot be read.
pub fn answers(
    config: &Config,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
) -> anyhow::Result<Router> {
    let answers = Answers {
        theme: Theme::load(config.theme.folder.as_deref())?,
        cookies: Cookies { secure: config.issuer.scheme() == "https" },
        zone: config.time_zone.clone(),
        clock,
        rng,
    };
    let answer =
        async |State(answers): State<Arc<Answers>>, request: Request| answers.answer(&request);
    Ok(Router::new().fallback(answer).with_state(Arc::new(answers)))
}

impl Answers {
    fn answer(&self, request: &Request) -> Response {
        let path = request.uri().path();
        let asset = path.strip_prefix("/assets/").and_then(|rest| rest.split_once('/'));
        if let Some((hash, name)) = asset {
            let found = self.theme.assets().serve(hash, name, request.headers());
            return found.unwrap_or_else(|| StatusCode::NOT_FOUND.into_response());
        }
        if path == "/healthz" {
            return (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response();
        }
        if oidc::is_for_applications(path) {
            return oidc::unavailable();
        }
        let reference = Reference::new(&*self.rng);
        tracing::info!(%reference, "somebody was told to come back, as there is no database");
        let reference = message::Reference { code: reference.to_string(), at: self.clock.now() };
        let page = Message::failure(Failure::Ours, Some(reference));
        let status = StatusCode::SERVICE_UNAVAILABLE;
        let mut response = self.theme.render_as(status, &self.frame(request), &page);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        response
    }

    fn frame(&self, request: &Request) -> Frame {
        let asked = Params::one_of(request.uri(), UI_LOCALES);
        let accepted = request.headers().get(header::ACCEPT_LANGUAGE);
        let mut frame = Frame::new(&*self.rng, self.clock.now(), request.uri().path());
        frame.locale = self.theme.strings().negotiate(Wishes {
            ui_locales: asked.as_deref(),
            cookie: self.cookies.read(request.headers(), LOCALE_COOKIE),
            accept_language: accepted.and_then(|value| value.to_str().ok()),
        });
        frame.zone = self.zone.clone();
        frame.https = self.cookies.secure;
        frame
    }
}
