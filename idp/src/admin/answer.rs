//! How answers look: JSON that is never cached, `ETag`s, and the problems that every endpoint may
//! answer with, for the description.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_api::Problem;
use latchkey_core::secrets::Digest;
use serde::Serialize;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder};
use utoipa::{IntoResponses, Modify, PartialSchema as _, ToSchema as _};

use super::failure::Failure;

/// An answer as JSON.
pub(super) struct Json<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        json(StatusCode::OK, &self.0, None)
    }
}

/// Something that was made.
pub(super) struct Created<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let tag = tag(&self.0);
        json(StatusCode::CREATED, &self.0, tag.as_deref())
    }
}

/// Something that is under way.
pub(super) struct Accepted<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Accepted<T> {
    fn into_response(self) -> Response {
        json(StatusCode::ACCEPTED, &self.0, None)
    }
}

/// Something that can be changed: its `ETag` is what an update has to name.
pub(super) struct Tagged<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let tag = tag(&self.0);
        json(StatusCode::OK, &self.0, tag.as_deref())
    }
}

/// What holds a secret that is told once: it is not kept for whoever asks the same again.
#[derive(Clone, Copy)]
pub(super) struct ToldOnce;

fn json(status: StatusCode, value: &impl Serialize, tag: Option<&str>) -> Response {
    let body = match serde_json::to_vec(value) {
        Ok(body) => body,
        Err(error) => return Failure::Ours(error.into()).into_response(),
    };
    let fixed = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let mut response = (status, fixed, body).into_response();
    if let Some(tag) = tag.and_then(|tag| HeaderValue::from_str(tag).ok()) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// The strong entity tag of what is shown (RFC 9110 §8.8.3): two that are equal have the same.
fn tag(value: &impl Serialize) -> Option<String> {
    let bytes = serde_json::to_vec(value).ok()?;
    let digest = Digest::of(&bytes);
    Some(format!("\"{}\"", URL_SAFE_NO_PAD.encode(&digest.as_bytes()[..16])))
}

/// Checks that an update was made from what is there (RFC 9110 §13.1.1).
pub(super) fn unchanged(headers: &HeaderMap, now: &impl Serialize) -> Result<(), Failure> {
    let mut named = headers.get_all(header::IF_MATCH).iter();
    let Some(named) = named.next() else { return Err(Failure::IfMatchNeeded) };
    let named = named.to_str().unwrap_or_default();
    let tag = tag(now).unwrap_or_default();
    let holds = named.trim() == "*" || named.split(',').any(|one| one.trim() == tag);
    if holds { Ok(()) } else { Err(Failure::Stale) }
}

/// What every endpoint may answer when it does nothing.
pub(super) struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let told = [
            ("400", "The request cannot be read"),
            ("401", "The access token, or the log-in behind it, does not do (RFC 6750, RFC 9470)"),
            ("403", "The caller may not do this"),
            ("404", "It is not there, or outside what the caller reaches"),
            ("409", "It stands against what is there"),
            ("412", "It was changed since it was read"),
            ("413", "The request is too large"),
            ("415", "The body has another content type"),
            ("422", "Members of the request are wrong"),
            ("428", "An update names what it was made from, in If-Match"),
            ("503", "Try again in a few seconds"),
        ];
        let problem = || {
            let schema = Ref::from_schema_name(Problem::name());
            ContentBuilder::new().schema(Some(schema)).build()
        };
        let answer = |description: &str| {
            let response = ResponseBuilder::new().description(description);
            RefOr::T(response.content("application/problem+json", problem()).build())
        };
        told.into_iter().map(|(status, words)| (status.to_owned(), answer(words))).collect()
    }
}

/// Says how callers prove who they are.
pub(super) struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "An access token for the resource `<issuer>/api/admin/v1` (RFC 8707), of the \
                 console or of a service account, with one of the scopes that an endpoint names",
            ))
            .build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
        components.schemas.insert(Problem::name().into_owned(), Problem::schema());
        let mut nested = Vec::new();
        Problem::schemas(&mut nested);
        components.schemas.extend(nested);
    }
}
