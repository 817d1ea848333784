//! What callers send, read strictly: what is malformed, too large or unknown is told, never guessed.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use latchkey_web::limits::{self, LARGE_BYTES, MAX_BYTES, Params, Refusal};
use serde::de::DeserializeOwned;

use super::failure::Failure;

/// A body as JSON. Which member is wrong is told.
pub(super) struct Sent<T>(pub(super) T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Sent<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        limits::expect(request.headers(), "application/json")?;
        let bytes = limits::body(request, MAX_BYTES).await?;
        parse(&bytes).map(Self)
    }
}

/// The same of what can be as long as metadata is.
pub(super) struct SentLarge<T>(pub(super) T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for SentLarge<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        limits::expect(request.headers(), "application/json")?;
        let bytes = limits::body(request, LARGE_BYTES).await?;
        parse(&bytes).map(Self)
    }
}

/// The same as [`Sent`] where nothing at all may be sent, which says nothing.
pub(super) struct Maybe<T>(pub(super) T);

impl<T: DeserializeOwned + Default, S: Sync> FromRequest<S> for Maybe<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        if request.headers().contains_key(header::CONTENT_TYPE) {
            return Sent::from_request(request, state).await.map(|sent| Self(sent.0));
        }
        match limits::body(request, MAX_BYTES).await?.is_empty() {
            true => Ok(Self(T::default())),
            false => Err(Refusal::ContentType.into()),
        }
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    if std::str::from_utf8(bytes).is_err() {
        return Err(Refusal::Malformed.into());
    }
    serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => {
            // It names the member, and nothing of us.
            Failure::field("", "malformed", error.to_string())
        }
        _ => Refusal::Malformed.into(),
    })
}

/// A query string. A parameter that is unknown or stands twice is told.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let params = Params::of_query(&parts.uri)?;
        let pairs: Vec<(&str, &str)> = params.iter().collect();
        let encoded = serde_urlencoded::to_string(&pairs).map_err(|_| Refusal::Malformed)?;
        let read = serde_urlencoded::from_str(&encoded);
        read.map(Self).map_err(|error| Failure::field("", "malformed", error.to_string()))
    }
}

/// How many a list shows.
pub(super) fn limit(asked: Option<u16>) -> Result<u64, Failure> {
    match asked {
        None => Ok(50),
        Some(limit @ 1..=200) => Ok(u64::from(limit)),
        Some(_) => Err(Failure::field("limit", "out-of-range", "is 1 to 200")),
    }
}

/// A part of the address: what cannot be one of ours is not there.
pub(super) struct At<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let read = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        read.map(|path| Self(path.0)).map_err(|_| Failure::NotFound)
    }
}
