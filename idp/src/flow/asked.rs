//! A request for a page, how its work ends, and the answers that all pages share.
//!
//! Knows neither steps nor sessions: who asks, and what they get instead of a page.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_core::Timestamp;
use latchkey_store::Flow;
use serde_json::Value;

use crate::App;
use crate::authn::throttle::Wait;
use crate::pages::message::{Failure, Message, Notice};
use crate::visitor::Visitor;

/// Why a request gets another answer than the page that was asked for.
pub enum Stop {
    /// This one.
    Page(Box<Response>),
    /// We failed.
    Ours(anyhow::Error),
}

impl From<Response> for Stop {
    fn from(response: Response) -> Self {
        Self::Page(Box::new(response))
    }
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Self {
        Self::Ours(error)
    }
}

impl From<latchkey_store::Error> for Stop {
    fn from(error: latchkey_store::Error) -> Self {
        Self::Ours(error.into())
    }
}

/// What a request comes to.
pub type Answer = Result<Response, Stop>;

/// A request for a page.
pub struct Asked {
    /// The installation.
    pub app: Arc<App>,
    /// The other end.
    pub visitor: Visitor,
}

impl FromRequestParts<Arc<App>> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        Ok(Self { app: Arc::clone(app), visitor })
    }
}

impl Asked {
    /// Answers with what `work` comes to.
    pub async fn answer(&self, work: impl Future<Output = Answer>) -> Response {
        match work.await {
            Ok(response) => response,
            Err(stop) => self.stopped(stop),
        }
    }

    /// The answer in place of the page.
    #[must_use]
    pub fn stopped(&self, stop: Stop) -> Response {
        match stop {
            Stop::Page(response) => *response,
            Stop::Ours(error) => self.visitor.our_failure(&self.app, &error),
        }
    }

    /// A page that says what is wrong with the request.
    #[must_use]
    pub fn failure(&self, failure: Failure) -> Stop {
        self.visitor.failure(&self.app, failure).into()
    }

    pub(super) fn notice(&self, said: Notice, onward: Option<String>) -> Response {
        notice(&self.app, &self.visitor, said, onward)
    }
}

/// A ceremony's options, for the script of a page.
#[must_use]
pub fn options(options: Value) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(options)).into_response()
}

/// A redirect after which a reload asks for the page and not for the form.
pub(super) fn see(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// A page for a try that is not looked at now.
pub fn later(mut page: Response, wait: &Wait, now: Timestamp) -> Response {
    *page.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    let seconds = wait.until.since(now).as_secs().max(1);
    page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    page
}

/// Where a person starts again with the same request.
pub(super) fn restart_url(flow: &Flow) -> String {
    format!("{}?flow={}&restart=1", flow.resume, flow.id)
}

/// A page that says one thing, with the way on where there is one.
pub(super) fn notice(
    app: &App,
    visitor: &Visitor,
    notice: Notice,
    onward: Option<String>,
) -> Response {
    let status = match notice {
        Notice::Expired | Notice::SessionEnded => StatusCode::GONE,
        Notice::Closed | Notice::OtherBrowser => StatusCode::FORBIDDEN,
        _ => StatusCode::CONFLICT,
    };
    let page = Message::notice(notice, onward);
    app.theme.render_as(status, &visitor.frame(app, visitor.uri().path()), &page)
}
