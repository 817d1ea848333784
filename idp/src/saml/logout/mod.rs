//! Single logout (SAML 2.0 Profiles §4.4), which an application begins, or we do.
//!
//! Our own session ends first, in one write with what is to be done at its other applications. Those
//! that can be asked without a browser are asked at once; to the others the browser goes, one after
//! the other. What a browser does not carry through is left to [`absent`], so that nothing hangs on
//! an application that does not answer.

pub mod absent;
mod answered;
pub(super) mod asked;
mod round;
mod tell;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use latchkey_core::Timestamp;
use latchkey_saml::Binding;
use latchkey_saml::messages::Header;
use latchkey_saml::read::Kind;
use latchkey_saml::verify::{Refusal, Screened, SignatureError, Verified};
use latchkey_web::limits;

use super::bindings::{self, Incoming};
use super::providers::{self, Provider};
use super::refused::{Message, Refused};
use super::request::{Came, check_header};
use crate::App;
use crate::actions::logouts::PATH;
use crate::pages::message::Failure;
use crate::visitor::Visitor;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new().route(PATH, get(by_query).post(posted)).merge(round::router())
}

async fn by_query(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    let sent = visitor.uri().query().unwrap_or_default();
    by_browser(&app, &visitor, Binding::Redirect, sent).await
}

async fn posted(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let Ok(body) = body else { return visitor.failure(&app, Failure::TooLarge) };
    let sent = std::str::from_utf8(&body).map_err(|error| Refused::unreadable(&error));
    if bindings::is_envelope(&headers) {
        let work = async { asked::without_browser(&app, &visitor, sent?).await };
        return match work.await {
            Ok(response) => response,
            Err(refused) => refused.fault(&app, &visitor).await,
        };
    }
    if limits::expect(&headers, "application/x-www-form-urlencoded").is_err() {
        return visitor.failure(&app, Failure::ContentType);
    }
    match sent {
        Ok(sent) => by_browser(&app, &visitor, Binding::Post, sent).await,
        Err(refused) => refused.of_log_out().page(&app, &visitor).await,
    }
}

async fn by_browser(app: &Arc<App>, visitor: &Visitor, by: Binding, sent: &str) -> Response {
    let work = async {
        let message = taken(by, sent).map_err(Refused::of_log_out)?;
        match message.response() {
            Some(answer) => answered::by_browser(app, visitor, answer).await,
            None => {
                let asked = asked::by_browser(app, visitor, by, &message).await;
                asked.map_err(|refused| match message.request().map(Screened::kind) {
                    Ok(Some(kind)) if kind != Kind::LogoutRequest => refused,
                    _ => refused.of_log_out(),
                })
            }
        }
    };
    match work.await {
        Ok(response) => response,
        Err(refused) => refused.page(app, visitor).await,
    }
}

fn taken(by: Binding, sent: &str) -> Result<Incoming, Refused> {
    bindings::find(by).ok_or(Refused::wrong(Message::OtherKind))?.receive(sent)
}

/// A message of a registered provider, which has to vouch for it.
async fn verified<M: latchkey_saml::read::Message>(
    app: &App,
    screened: &Screened,
    kind: Kind,
) -> Result<(Arc<Provider>, Verified<M>), Refused> {
    if screened.kind() != Some(kind) {
        return Err(Refused::wrong(Message::OtherKind));
    }
    let issuer = screened.claimed_issuer().ok_or(Refused::wrong(Message::NoIssuer))?;
    let provider = providers::registered(app, &issuer).await?.ok_or(Refused::unknown())?;
    if !provider.is_current(app.clock.now()) {
        return Err(Refused::of(&provider, &Message::Expired));
    }
    let verified = screened.verify(&provider.keys).map_err(|error| match error {
        Refusal::Signature(SignatureError::Missing) => {
            Refused::of(&provider, &Message::UnsignedLogout)
        }
        error => Refused::of(&provider, &error),
    })?;
    Ok((provider, verified))
}

/// Whether a message is its sender's own, of this time and for here. Without a browser in between
/// nobody can lead it astray, and `Destination` may be left out.
fn check(
    app: &App,
    provider: &Provider,
    header: &Header,
    now: Timestamp,
    by_browser: bool,
) -> Result<(), Refused> {
    if header.issuer != provider.id.0 {
        return Err(Refused::wrong(Message::NoIssuer));
    }
    let came = Came { at: now, to: &app.issuer.address(PATH), signed: by_browser };
    check_header(header, came).map_err(|error| Refused::of(provider, &error))
}
