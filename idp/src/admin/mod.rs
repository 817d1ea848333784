//! The admin REST API: bearer tokens only, never cookies; problem+json; described by the OpenAPI
//! document that is made of its code.
//!
//! Every endpoint takes an [`Admin`] of the scopes that open it, and reaches people through that
//! scope only: whoever is outside is not there. What changes anything is an action's; here it is
//! read, judged against who asks, and answered.

mod answer;
mod approvals;
mod bulk;
mod caller;
mod failure;
mod idempotency;
mod imports;
mod input;
mod reach;

mod calls;
mod clients;
mod credentials;
mod doctor;
mod groups;
mod health;
mod help;
mod keys;
mod letters;
mod log_in_tests;
mod me;
mod organisations;
mod people;
mod policy;
mod progress;
mod providers;
mod roles;
mod sessions;
mod shape;
mod trail;

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::http::header;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use bytes::Bytes;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use answer::Bearer;

use crate::App;

use failure::Failure;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Latchkey admin API",
        description = "People and what they log in with, organisations, policy and applications, \
                       within what the caller's role reaches. Whatever is outside of that is not \
                       there: 404, in lists and counts too.",
        license(name = "MIT OR Apache-2.0")
    ),
    modifiers(&Bearer)
)]
struct Document;

fn described() -> (Router<Arc<App>>, OpenApi) {
    let (router, mut document) = OpenApiRouter::with_openapi(Document::openapi())
        .merge(me::router())
        .merge(people::router())
        .merge(bulk::router())
        .merge(credentials::router())
        .merge(help::router())
        .merge(sessions::router())
        .merge(calls::router())
        .merge(approvals::router())
        .merge(organisations::router())
        .merge(progress::router())
        .merge(policy::router())
        .merge(groups::router())
        .merge(roles::router())
        .merge(clients::router())
        .merge(log_in_tests::router())
        .merge(providers::router())
        .merge(doctor::router())
        .merge(keys::router())
        .merge(trail::router())
        .merge(health::router())
        .merge(letters::router())
        .merge(imports::router())
        .split_for_parts();
    let below = |path: String| format!("{}{path}", latchkey_api::PATH);
    let paths = std::mem::take(&mut document.paths.paths);
    document.paths.paths = paths.into_iter().map(|(path, item)| (below(path), item)).collect();
    (router, document)
}

/// The description of every endpoint (OpenAPI 3.1).
#[must_use]
pub fn document() -> OpenApi {
    described().1
}

/// Every endpoint.
pub fn router(app: &Arc<App>) -> Router<Arc<App>> {
    let guarded = described()
        .0
        .fallback(async || Failure::NotFound)
        .method_not_allowed_fallback(async || Failure::Method)
        .layer(from_fn_with_state(Arc::clone(app), idempotency::once))
        .layer(from_fn_with_state(Arc::clone(app), caller::authenticate))
        .layer(from_fn_with_state(Arc::clone(app), failure::log))
        .with_state(Arc::clone(app));
    let open = Router::new().route("/openapi.json", get(published));
    Router::new().nest(latchkey_api::PATH, open.fallback_service(guarded))
}

/// The description, written once: anybody may ask for it, as often as they like.
async fn published() -> Response {
    static TEXT: LazyLock<Result<Bytes, String>> = LazyLock::new(|| {
        let text = serde_json::to_vec(&document());
        text.map(Bytes::from).map_err(|error| error.to_string())
    });
    match &*TEXT {
        Ok(text) => ([(header::CONTENT_TYPE, "application/json")], text.clone()).into_response(),
        Err(error) => Failure::Ours(anyhow::anyhow!("{error}")).into_response(),
    }
}
