//! The two published documents (OpenID Connect Discovery §4, RFC 7517 §5). The first is written when
//! the installation comes up; the keys change while it runs.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use bytes::Bytes;
use latchkey_oidc::discovery::{CONFIGURATION_PATH, JWKS_PATH};

use super::cors;
use crate::App;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route(CONFIGURATION_PATH, get(configuration).options(cors::preflight))
        .route(JWKS_PATH, get(jwks).options(cors::preflight))
}

async fn configuration(State(app): State<Arc<App>>) -> Response {
    published("application/json", app.oidc.configuration.clone())
}

async fn jwks(State(app): State<Arc<App>>) -> Response {
    published("application/jwk-set+json", super::signing(&app).await.jwks.clone())
}

fn published(kind: &'static str, document: Bytes) -> Response {
    let fixed = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=300"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    cors::open((fixed, document).into_response())
}
