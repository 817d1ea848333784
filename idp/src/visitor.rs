//! Who is at the other end of a page request: the browser's cookies, its language, its address;
//! and the checks that every page shares. Knows no person: a cookie is only a text here.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use latchkey_core::secrets::{Digest, Plain};
use latchkey_web::cookies::Lifetime;
use latchkey_web::errors::Reference;
use latchkey_web::i18n::{LOCALE_COOKIE, UI_LOCALES, Wishes};
use latchkey_web::limits::Params;
use latchkey_web::{Frame, Locale, csrf};

use crate::App;
use crate::pages::message::{self, Failure, Message, Notice};

/// The cookie that tells one browser from another.
const BROWSER: &str = "latchkey-browser";
/// The cookie that carries a session's secret.
const SESSION: &str = "latchkey-session";
/// The longest that a browser's description of itself is kept.
const AGENT_CHARS: usize = 200;

/// The other end of a page request.
#[derive(Clone)]
pub struct Visitor {
    headers: HeaderMap,
    uri: Uri,
    address: Option<IpAddr>,
    locale: Locale,
}

impl FromRequestParts<Arc<App>> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        Ok(Self::of(app, parts))
    }
}

/// A visitor's browser, known by a cookie that it may be given only now.
pub struct Browser {
    /// The digest of the cookie.
    pub digest: Digest,
    fresh: Option<Plain>,
}

impl Browser {
    /// Gives it its cookie, if it has none yet.
    pub fn keep(&self, app: &App, response: &mut Response) {
        if let Some(secret) = &self.fresh {
            set_browser(app, response, secret);
        }
    }
}

impl Visitor {
    fn of(app: &App, parts: &Parts) -> Self {
        let asked = Params::one_of(&parts.uri, UI_LOCALES);
        let locale = app.theme.strings().negotiate(Wishes {
            ui_locales: asked.as_deref(),
            cookie: app.cookies.read(&parts.headers, LOCALE_COOKIE),
            accept_language: parts
                .headers
                .get(header::ACCEPT_LANGUAGE)
                .and_then(|value| value.to_str().ok()),
        });
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Self {
            headers: parts.headers.clone(),
            uri: parts.uri.clone(),
            address: peer.map(|ConnectInfo(address)| address.ip()),
            locale,
        }
    }

    /// The digest of the browser's cookie, if it has one.
    #[must_use]
    pub fn browser(&self, app: &App) -> Option<Digest> {
        app.cookies.read(&self.headers, BROWSER).map(|text| Digest::of(text.as_bytes()))
    }

    /// The browser. One without a cookie gets it with the answer: see [`Browser::keep`].
    #[must_use]
    pub fn browser_or_new(&self, app: &App) -> Browser {
        if let Some(digest) = self.browser(app) {
            return Browser { digest, fresh: None };
        }
        let secret = Plain::generate(&*app.rng);
        Browser { digest: secret.digest(), fresh: Some(secret) }
    }

    /// The digest of the session's secret, if the browser has one.
    #[must_use]
    pub fn session(&self, app: &App) -> Option<Digest> {
        app.cookies.read(&self.headers, SESSION).map(|text| Digest::of(text.as_bytes()))
    }

    /// The headers of the request.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// A header that is text.
    #[must_use]
    pub fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The network address that the request came from.
    #[must_use]
    pub fn address(&self) -> Option<String> {
        self.address.map(|address| address.to_string())
    }

    /// The same, to be looked for in networks.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        self.address
    }

    /// The browser in its own words, cut to a length that can be stored.
    #[must_use]
    pub fn agent(&self) -> Option<String> {
        let text = self.header(header::USER_AGENT)?;
        Some(text.chars().filter(|c| !c.is_control()).take(AGENT_CHARS).collect())
    }

    /// The address that was asked for.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The language that they read, as a BCP 47 tag, if it is another than the one that is known of
    /// them. Of whom none is known reads the first.
    #[must_use]
    pub fn other_language(&self, app: &App, known: Option<&str>) -> Option<String> {
        let strings = app.theme.strings();
        let read = strings.tag(self.locale);
        (known.unwrap_or(strings.tag(Locale::FIRST)) != read).then(|| read.to_owned())
    }

    /// Whether they choose a language with this very request.
    #[must_use]
    pub fn chooses_language(&self) -> bool {
        self.uri.query().is_some_and(|query| query.contains("ui_locales="))
    }

    /// The language for people who asked for `wanted` by way of a protocol: their own choice on our
    /// pages goes before it.
    pub fn prefer(&mut self, app: &App, wanted: &[String]) {
        let strings = app.theme.strings();
        let chosen =
            app.cookies.read(&self.headers, LOCALE_COOKIE).is_some() || self.chooses_language();
        if !chosen && let Some(found) = wanted.iter().find_map(|tag| strings.find(tag)) {
            self.locale = found;
        }
    }

    /// What every page for this visitor has. `path` shows the same page again.
    #[must_use]
    pub fn frame(&self, app: &App, path: impl Into<String>) -> Frame {
        let mut frame = Frame::new(&*app.rng, app.clock.now(), path);
        frame.locale = self.locale;
        frame.zone = app.config.time_zone.clone();
        frame.https = app.cookies.secure;
        frame
    }

    /// A page that says what went wrong.
    #[must_use]
    pub fn failure(&self, app: &App, failure: Failure) -> Response {
        let page = Message::failure(failure, None);
        app.theme.render_as(failure.status(), &self.frame(app, self.uri.path()), &page)
    }

    /// A page for an application's request that is wrong, whoever sent it.
    #[must_use]
    pub fn wrong(&self, app: &App, notice: Notice) -> Response {
        let page = Message::notice(notice, None);
        app.theme.render_as(StatusCode::BAD_REQUEST, &self.frame(app, self.uri.path()), &page)
    }

    /// A page that says that we failed, with a reference that finds `error` in the log.
    #[must_use]
    pub fn our_failure(&self, app: &App, error: &anyhow::Error) -> Response {
        let code = Reference::new(&*app.rng);
        tracing::error!(reference = %code, "a request failed: {error:#}");
        let at = app.clock.now();
        let reference = message::Reference { code: code.to_string(), at };
        let page = Message::failure(Failure::Ours, Some(reference));
        let busy = error.downcast_ref::<latchkey_store::Error>();
        let busy = matches!(busy, Some(latchkey_store::Error::Unavailable(_)));
        let status = if busy { StatusCode::SERVICE_UNAVAILABLE } else { Failure::Ours.status() };
        let frame = self.frame(app, self.uri.path());
        let mut response = app.theme.render_as(status, &frame, &page);
        if busy {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

/// Adds the cookie that tells this browser from others.
fn set_browser(app: &App, response: &mut Response, secret: &Plain) {
    let year = std::time::Duration::from_secs(365 * 86_400);
    append(response, app.cookies.set(BROWSER, secret.expose(), Lifetime::MaxAge(year)));
}

/// `303`, so that a posted request is not posted on (RFC 9700 §4.12); what it carries is not to be
/// cached, nor told on in a `Referer`.
///
/// # Errors
/// When the address cannot stand in a header.
pub fn see_other(location: &str) -> anyhow::Result<Response> {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, HeaderValue::try_from(location)?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

/// Adds the cookie that carries a session's secret.
pub fn set_session(app: &App, response: &mut Response, secret: &Plain) {
    append(response, app.cookies.set(SESSION, secret.expose(), Lifetime::Session));
}

/// Makes the browser forget its session.
pub fn clear_session(app: &App, response: &mut Response) {
    append(response, app.cookies.clear(SESSION));
}

fn append(response: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// What every page shares: a `POST` acts on a cookie, so it must come from our own pages; a choice
/// of language is remembered.
pub async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if parts.method == Method::POST {
        let origin = app.issuer.as_str();
        if let Err(refusal) = csrf::check_origin(&parts.headers, origin) {
            // Not the address: whoever sends it writes into it what they like.
            let route = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str);
            tracing::info!(route, "a form was refused: {refusal}");
            return Visitor::of(&app, &parts).failure(&app, refusal.into());
        }
    }
    let wanted = match parts.method {
        Method::GET => Params::one_of(&parts.uri, UI_LOCALES),
        _ => None,
    };
    let chosen = wanted.and_then(|wanted| app.theme.strings().find(&wanted));
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if let Some(locale) = chosen {
        let year = Lifetime::MaxAge(std::time::Duration::from_secs(365 * 86_400));
        let tag = app.theme.strings().tag(locale);
        append(&mut response, app.cookies.set(LOCALE_COOKIE, tag, year));
    }
    response
}

/// The answer at an address that is none of ours.
pub async fn not_found(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    visitor.failure(&app, Failure::NotFound)
}

/// The answer to a method that an address does not take.
pub async fn method_not_allowed(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    visitor.failure(&app, Failure::Method)
}

/// The answer when a handler panicked: the same as for any failure of ours.
#[must_use]
pub fn panicked(app: &App) -> Response {
    let reference = Reference::new(&*app.rng);
    tracing::error!(%reference, "a handler panicked");
    let words = format!("This page cannot be shown. Reference: {reference}\n");
    (StatusCode::INTERNAL_SERVER_ERROR, [(header::CACHE_CONTROL, "no-store")], words)
        .into_response()
}
