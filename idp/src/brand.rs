//! The pictures of organisations, each at an address of its own: a page stays small, and a picture
//! cannot reach into it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use latchkey_web::headers::OF_PICTURES;

use crate::App;
use crate::documents::picture;

/// Where pictures are.
pub(crate) fn router() -> Router<Arc<App>> {
    Router::new().route("/organisations/{slug}/logo", get(logo))
}

async fn logo(State(app): State<Arc<App>>, Path(slug): Path<String>) -> Response {
    let found = match app.store.view().find_organisation_by_slug(&slug).await {
        Ok(found) => found,
        Err(error) => {
            tracing::error!("an organisation cannot be read: {error}");
            let wait = [(header::RETRY_AFTER, "5"), (header::CACHE_CONTROL, "no-store")];
            return (StatusCode::SERVICE_UNAVAILABLE, wait).into_response();
        }
    };
    match found.and_then(|record| record.brand.logo).as_deref().and_then(picture) {
        Some((kind, bytes)) => {
            let headers = [
                (header::CONTENT_TYPE, kind),
                (header::CACHE_CONTROL, "public, max-age=300"),
                (header::CONTENT_SECURITY_POLICY, OF_PICTURES),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            (headers, bytes).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
