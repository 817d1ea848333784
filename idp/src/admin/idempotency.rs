//! Requests that may be sent again: a POST with an `Idempotency-Key` is carried out once, and
//! whoever sends the same again gets the same answer. What was told once is not told again.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use latchkey_core::Timestamp;
use latchkey_core::secrets::Digest;
use latchkey_store::{Error, KeptAnswer, Repeatable, Tx};
use latchkey_web::limits::{self, LARGE_BYTES};

use super::answer::ToldOnce;
use super::caller::Known;
use super::failure::Failure;
use crate::App;
use crate::oidc::caller::Caller;

/// The header.
const HEADER: &str = "idempotency-key";
/// How long an answer is kept.
const KEPT: Duration = Duration::from_secs(24 * 3600);
/// How long a request may take: after that, the same one is carried out again.
const UNDER_WAY: Duration = Duration::from_secs(60);
/// The longest key.
const LONGEST: usize = 200;

/// Carries a request with a key out once.
pub(super) async fn once(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    // The same table may be sent again as it is, and is too large to keep.
    let is_repeatable = request.method() == Method::POST && !is_table(request.headers());
    if !is_repeatable || !request.headers().contains_key(HEADER) {
        return next.run(request).await;
    }
    match carried_out(&app, request, next).await {
        Ok(response) => response,
        Err(failure) => failure.into_response(),
    }
}

fn is_table(headers: &HeaderMap) -> bool {
    limits::expect(headers, "text/csv").is_ok()
}

async fn carried_out(app: &Arc<App>, request: Request, next: Next) -> Result<Response, Failure> {
    let key = key(request.headers())?;
    let Some(known) = request.extensions().get::<Arc<Known>>().cloned() else {
        return Err(Failure::NotFound);
    };
    let (parts, body) = request.into_parts();
    let body = limits::body(Request::new(body), LARGE_BYTES).await?;
    let who = match &known.caller {
        Caller::Administrator(who) => format!("person {}", who.person.person.id),
        Caller::Service(service) => format!("client {}", service.client.0),
    };
    let key = Digest::of(format!("{who}\n{key}").as_bytes());
    let mut sent = format!("{} {}\n", parts.method, parts.uri).into_bytes();
    sent.extend_from_slice(&body);
    let now = app.clock.now();
    let new = Repeatable {
        key,
        request: Digest::of(&sent),
        answer: None,
        expires_at: now.plus(UNDER_WAY),
    };
    let begun = new.clone();
    let begin = async move |tx: &Tx| tx.begin_repeatable(&begun, now).await;
    if !app.store.write::<_, Error, _>(begin).await? {
        return again(app, &new, now).await;
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    keep(app, key, response).await
}

fn key(headers: &HeaderMap) -> Result<String, Failure> {
    let mut given = headers.get_all(HEADER).iter();
    let only = given.next().filter(|_| given.next().is_none());
    let text = only.and_then(|value| value.to_str().ok()).map(str::trim).unwrap_or_default();
    if (1..=LONGEST).contains(&text.len()) {
        return Ok(text.to_owned());
    }
    Err(Failure::field("Idempotency-Key", "malformed", "is 1 to 200 visible characters, once"))
}

/// The answer to a request that is there already.
async fn again(app: &App, new: &Repeatable, now: Timestamp) -> Result<Response, Failure> {
    let found = app.store.view().find_repeatable(new.key, now).await?;
    let under_way = Failure::Conflict("under-way", "The same request is being carried out");
    let Some(found) = found else { return Err(under_way) };
    if found.request != new.request {
        let title = "The Idempotency-Key was used for another request";
        return Err(Failure::Conflict("key-used", title));
    }
    let Some(answer) = found.answer else { return Err(under_way) };
    let Some(sealed) = answer.body else {
        let title = "It was done, and what it told is told once";
        return Err(Failure::Conflict("told-once", title));
    };
    let opened = app.keys.open_data(&purpose(new.key), &sealed);
    let opened = opened.map_err(|_| anyhow::anyhow!("an answer that was kept does not open"))?;
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let kind = if status.is_success() { "application/json" } else { "application/problem+json" };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((status, headers, Bytes::copy_from_slice(&opened)).into_response())
}

/// Keeps an answer that stands; one that may come out otherwise next time is forgotten.
async fn keep(app: &App, key: Digest, response: Response) -> Result<Response, Failure> {
    // A list of any length, which changed nothing: it is sent on as it comes, and made again.
    if is_table(response.headers()) {
        let forget = async move |tx: &Tx| tx.forget_repeatable(key).await;
        app.store.write::<(), Error, _>(forget).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = body.collect().await.map_err(anyhow::Error::from)?.to_bytes();
    let stands = parts.status.is_success();
    let once = parts.extensions.get::<ToldOnce>().is_some();
    let kept = KeptAnswer {
        status: parts.status.as_u16(),
        body: (!once).then(|| app.keys.seal_data(&*app.rng, &purpose(key), &body)),
    };
    let until = app.clock.now().plus(KEPT);
    let write = async move |tx: &Tx| match stands {
        true => tx.answer_repeatable(key, &kept, until).await,
        false => tx.forget_repeatable(key).await,
    };
    app.store.write::<(), Error, _>(write).await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn purpose(key: Digest) -> String {
    use base64::Engine as _;
    format!("answer {}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(key.as_bytes()))
}
