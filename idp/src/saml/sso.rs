//! The single sign-on service (SAML Profiles §4.1): takes a request in by whichever binding, hands
//! what it requires to the flow, and answers with an assertion or a status.
//!
//! A request that comes by a form comes without our cookies, so that the judged request is sealed
//! into an address of ours and the browser sent there. Nothing is written before the answer.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_core::Timestamp;
use latchkey_core::ids::Subject;
use latchkey_core::people::Username;
use latchkey_core::secrets::Sealed;
use latchkey_saml::Binding;
use latchkey_saml::messages::AuthnRequest;
use latchkey_saml::names::NameIdFormat;
use latchkey_saml::read::Kind;
use latchkey_saml::verify::Received;
use latchkey_web::limits::{self, Params};
use serde::{Deserialize, Serialize};

use super::answer;
use super::bindings;
use super::providers::{self, Provider};
use super::refused::{Message, Refused};
use super::request::{self, Came, Named, Request};
use crate::App;
use crate::flow::{self, Begun, Resume, Resumed};
use crate::pages::message::Failure;
use crate::visitor::{Visitor, see_other};

pub(super) const PATH: &str = "/saml/sso";
const GO_PATH: &str = "/saml/sso/go";
const RESUME_PATH: &str = "/saml/sso/resume";
pub(super) const START_PATH: &str = "/saml/start";
/// How long a browser may take from a form to the address that it is sent to.
const HANDED_OVER_WITHIN: Duration = Duration::from_secs(5 * 60);
const PURPOSE: &str = "saml request";
/// The longest address that the browser is sent to; longer ones do not fit through proxies.
const LONGEST: usize = 16 * 1024;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route(PATH, get(by_query).post(by_form))
        .route(GO_PATH, get(handed_over))
        .route(RESUME_PATH, get(resumed))
        .route(START_PATH, get(start))
}

async fn by_query(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    let work = async {
        let sent = visitor.uri().query().unwrap_or_default();
        let judged = receive(&app, Binding::Redirect, sent).await?;
        carry_out(&app, &visitor, judged).await
    };
    answered(&app, &visitor, work.await).await
}

async fn by_form(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let Ok(body) = body else { return visitor.failure(&app, Failure::TooLarge) };
    if limits::expect(&headers, "application/x-www-form-urlencoded").is_err() {
        return visitor.failure(&app, Failure::ContentType);
    }
    let work = async {
        let sent = std::str::from_utf8(&body).map_err(|error| Refused::unreadable(&error))?;
        let judged = receive(&app, Binding::Post, sent).await?;
        hand_over(&app, &visitor, &judged)
    };
    answered(&app, &visitor, work.await).await
}

/// A judged request with whom it is from.
struct Incoming {
    provider: Arc<Provider>,
    judged: request::Judged,
}

/// From what a browser sent to a judged request of a registered provider.
async fn receive(app: &App, by: Binding, sent: &str) -> Result<Incoming, Refused> {
    let binding = bindings::find(by).ok_or_else(|| Refused::wrong(Message::OtherKind))?;
    let message = binding.receive(sent)?;
    let screened = message.request()?;
    if screened.kind() != Some(Kind::AuthnRequest) {
        return Err(Refused::wrong(Message::OtherKind));
    }
    let issuer = screened.claimed_issuer().ok_or_else(|| Refused::wrong(Message::NoIssuer))?;
    let provider = providers::registered(app, &issuer).await?;
    let provider = provider.ok_or_else(Refused::unknown)?;
    let by = |error: &dyn std::error::Error| Refused::of(&provider, error);
    let now = app.clock.now();
    if !provider.is_current(now) {
        return Err(Refused::of(&provider, &Message::Expired));
    }
    let received: Received<AuthnRequest> =
        screened.receive(&provider.keys, provider.demand(app)).map_err(|error| by(&error))?;
    let came = Came {
        at: now,
        to: &app.issuer.address(PATH),
        signed: matches!(received, Received::Verified(_)),
    };
    if received.header.issuer != provider.id.0 {
        return Err(Refused::wrong(Message::NoIssuer));
    }
    let ours = super::entity_id(app);
    let relay_state = message.relay_state;
    let judged = request::judge(&received, &provider, relay_state, came, &ours)
        .map_err(|error| by(&error))?;
    Ok(Incoming { provider, judged })
}

/// What is sealed into the address.
#[derive(Serialize, Deserialize)]
struct Handed {
    request: Request,
    /// The nested code of a refusal.
    refused: Option<(String, Vec<String>)>,
    at: Timestamp,
}

fn hand_over(app: &App, visitor: &Visitor, received: &Incoming) -> Result<Response, Refused> {
    let Incoming { judged, .. } = received;
    let handed = Handed {
        request: judged.request.clone(),
        refused: judged
            .refused
            .as_ref()
            .map(|status| (status.top.uri().to_owned(), status.nested.clone())),
        at: app.clock.now(),
    };
    let sealed = app.keys.tokens.seal(&*app.rng, PURPOSE, &serde_json::to_vec(&handed)?);
    let sealed = URL_SAFE_NO_PAD.encode(sealed.as_bytes());
    if sealed.len() > LONGEST {
        return Ok(visitor.failure(app, Failure::TooLarge));
    }
    Ok(see_other(&format!("{GO_PATH}?request={sealed}"))?)
}

async fn handed_over(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    let work = async {
        let handed = opened(&app, &visitor).ok_or_else(|| Refused::wrong(Message::HandedOver))?;
        let provider = providers::registered(&app, &handed.request.provider.0).await?;
        let provider = provider.ok_or_else(Refused::unknown)?;
        let refused = handed.refused.and_then(|(top, nested)| {
            let top = latchkey_saml::names::TopStatus::parse(&top)?;
            Some(latchkey_saml::messages::Status { top, nested, message: None })
        });
        let judged = request::Judged { request: handed.request, refused };
        carry_out(&app, &visitor, Incoming { provider, judged }).await
    };
    answered(&app, &visitor, work.await).await
}

fn opened(app: &App, visitor: &Visitor) -> Option<Handed> {
    let query = Params::of_query(visitor.uri()).ok()?;
    let sealed = URL_SAFE_NO_PAD.decode(query.one("request").ok()??).ok()?;
    let plain = app.keys.tokens.open(PURPOSE, &Sealed::from_bytes(sealed)).ok()?;
    let handed: Handed = serde_json::from_slice(&plain).ok()?;
    (app.clock.now() < handed.at.plus(HANDED_OVER_WITHIN)).then_some(handed)
}

/// A log-in that begins here, where an operator allows that for a provider.
async fn start(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    let work = async {
        let wrong = |_| Refused::wrong(Message::Start);
        let query = Params::of_query(visitor.uri()).map_err(|error| Refused::unreadable(&error))?;
        let id = query.one("sp").map_err(wrong)?.ok_or_else(|| Refused::wrong(Message::Start))?;
        let relay_state = query.one("RelayState").map_err(wrong)?.map(str::to_owned);
        let provider = providers::registered(&app, id).await?.ok_or_else(Refused::unknown)?;
        if !provider.settings.idp_initiated {
            return Err(Refused::of(&provider, &Message::NotFromHere));
        }
        if !provider.is_current(app.clock.now()) {
            return Err(Refused::of(&provider, &Message::Expired));
        }
        let consumer = provider.default_consumer();
        let consumer = consumer.ok_or_else(|| Refused::of(&provider, &Message::NoConsumer))?;
        let request = Request::unsolicited(&consumer, relay_state);
        let judged = request::Judged { request, refused: None };
        let provider = Arc::clone(&provider);
        carry_out(&app, &visitor, Incoming { provider, judged }).await
    };
    answered(&app, &visitor, work.await).await
}

/// Hands what a request requires to the flow, or answers it at once.
async fn carry_out(
    app: &Arc<App>,
    visitor: &Visitor,
    Incoming { provider, judged }: Incoming,
) -> Result<Response, Refused> {
    let request::Judged { request, refused } = judged;
    if let Some(status) = refused {
        return answer::status(app, visitor, &provider, &request, status).await;
    }
    let subject = match &request.subject {
        None => None,
        Some(named) => match meant(app, &provider, named).await? {
            Meant::Person(subject) => Some(subject),
            Meant::ToBeSeen => None,
        },
    };
    let Ok(required) = request.requirement(&provider, subject) else {
        let status = request::refusal(latchkey_core::requirement::Refusal::Unmet);
        return answer::status(app, visitor, &provider, &request, status).await;
    };
    let resume = Resume { path: RESUME_PATH, payload: serde_json::to_string(&request)? };
    match flow::begin(app, visitor, required, resume).await? {
        Begun::Done(authenticated) => {
            answer::assertion(app, visitor, &provider, &request, &authenticated).await
        }
        Begun::Refused(why) => {
            let status = request::refusal(why);
            answer::status(app, visitor, &provider, &request, status).await
        }
        Begun::Ask(page) => Ok(page),
    }
}

/// Whom a provider means by a name.
enum Meant {
    /// This person.
    Person(Subject),
    /// That shows when somebody has logged in: their name has to be that one.
    ToBeSeen,
}

/// Names that are looked up are those that people have here anyway. Whoever a provider was told of
/// in a session that lasts is found by that.
async fn meant(app: &App, provider: &Provider, named: &Named) -> anyhow::Result<Meant> {
    let view = app.store.view();
    for known in view.list_sessions_of_name(&provider.id, &named.value).await? {
        let session = view.find_session_by_id(known.session).await?;
        let Some(session) = session else { continue };
        if let Some(record) = view.find_person(session.person).await? {
            return Ok(Meant::Person(record.person.subject));
        }
    }
    let format = named.format.as_deref().and_then(NameIdFormat::parse);
    if format.is_none_or(|format| format == NameIdFormat::Unspecified)
        && let Ok(username) = Username::parse(&named.value)
        && let Some(record) = view.find_person_by_username(&username).await?
    {
        return Ok(Meant::Person(record.person.subject));
    }
    Ok(Meant::ToBeSeen)
}

async fn resumed(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    let answer = go_on(&app, &visitor).await;
    answered(&app, &visitor, answer).await
}

async fn go_on(app: &Arc<App>, visitor: &Visitor) -> Result<Response, Refused> {
    let resumed = flow::resume(app, visitor).await?;
    let payload = match &resumed {
        Resumed::Done(_, payload) | Resumed::Refused(_, payload) | Resumed::Restart(payload) => {
            payload
        }
        Resumed::Page(_) => "",
    };
    if let Resumed::Page(page) = resumed {
        return Ok(page);
    }
    let request: Request = serde_json::from_str(payload)?;
    // It may have been removed while the person was logging in.
    let provider = providers::registered(app, &request.provider.0).await?;
    let provider = provider.ok_or_else(Refused::unknown)?;
    match resumed {
        Resumed::Done(authenticated, _) => {
            answer::assertion(app, visitor, &provider, &request, &authenticated).await
        }
        Resumed::Refused(why, _) => {
            let status = request::refusal(why);
            answer::status(app, visitor, &provider, &request, status).await
        }
        Resumed::Restart(_) => {
            let judged = request::Judged { request, refused: None };
            carry_out(app, visitor, Incoming { provider, judged }).await
        }
        Resumed::Page(page) => Ok(page),
    }
}

/// The answer, or the page that says why there is none.
async fn answered(app: &App, visitor: &Visitor, answer: Result<Response, Refused>) -> Response {
    match answer {
        Ok(response) => response,
        Err(refused) => refused.page(app, visitor).await,
    }
}
