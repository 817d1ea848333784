//! What operators ask a running node: whether it lives, whether it can serve, its numbers.
//!
//! Served on an address of its own, to whoever reaches it: nothing here tells of a person, and
//! nothing can be changed.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use crate::{App, jobs};

/// How long the database may take to answer a question about itself.
const ANSWERS_WITHIN: Duration = Duration::from_secs(2);

/// Whether a node takes new work.
#[derive(Debug, Default)]
pub struct Readiness(AtomicBool);

impl Readiness {
    /// No more from here on: the node is about to stop.
    pub fn deny(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the node is about to stop.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What a node can do, part by part.
#[derive(Serialize)]
struct Ready {
    ready: bool,
    /// It was told to stop and finishes what it has.
    stopping: bool,
    database: Part,
    keys: Part,
    schema: Part,
    /// Who does the housekeeping; a node is ready without it.
    lease: Part,
}

/// One part: whether it works, and what there is to say about it.
#[derive(Serialize)]
struct Part {
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl Part {
    fn fine(detail: impl Into<String>) -> Self {
        Self { ok: true, detail: Some(detail.into()) }
    }

    fn failed(detail: impl Into<String>) -> Self {
        Self { ok: false, detail: Some(detail.into()) }
    }
}

/// Everything that operators may ask.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(app)
}

/// The same while there is no database yet: the process lives, and cannot serve.
pub fn waiting() -> Router {
    let not_yet = || Part::failed("waiting for the database");
    let readyz = async move || {
        let told = Ready {
            ready: false,
            stopping: false,
            database: Part::failed("it does not answer"),
            keys: not_yet(),
            schema: not_yet(),
            lease: not_yet(),
        };
        (StatusCode::SERVICE_UNAVAILABLE, [(header::CACHE_CONTROL, "no-store")], Json(told))
    };
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(readyz))
        .route("/metrics", get(async || StatusCode::SERVICE_UNAVAILABLE))
}

async fn metrics(State(app): State<Arc<App>>) -> Response {
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], app.metrics.render(&app)).into_response()
}

async fn readyz(State(app): State<Arc<App>>) -> Response {
    let view = app.store.view();
    let database = part(async {
        let found = view.find_setting("rp_id").await?;
        Ok(if found.is_some() { Part::fine("it answers") } else { Part::failed("it is empty") })
    });
    let schema = part(async {
        let schema = view.find_schema().await?;
        Ok(match (schema.newest, schema.missing) {
            (Some(newest), 0) => Part::fine(newest),
            (_, missing) => Part::failed(format!("{missing} changes are missing")),
        })
    });
    let lease = part(async {
        Ok(match view.find_lease(jobs::LEASE).await? {
            Some(until) if until > app.clock.now() => Part::fine("held"),
            Some(_) => Part::failed("it ran out"),
            None => Part::failed("nobody holds it"),
        })
    });
    let (database, schema, lease) = tokio::join!(database, schema, lease);
    let names: Vec<_> = app.keys.algorithms().iter().map(|algorithm| algorithm.as_str()).collect();
    let published = app.keys.signing(&app.store, app.clock.now()).await;
    let all =
        app.keys.algorithms().iter().all(|algorithm| published.set.signer(*algorithm).is_some());
    let keys = if all { Part::fine(names.join(", ")) } else { Part::failed("one is missing") };
    let stopping = app.readiness.is_denied();
    let ready = !stopping && database.ok && keys.ok && schema.ok;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let told = Ready { ready, stopping, database, keys, schema, lease };
    (status, [(header::CACHE_CONTROL, "no-store")], Json(told)).into_response()
}

/// What a question to the database comes to. Why it failed is in the log; the answer here names no
/// host and no file.
async fn part(asked: impl Future<Output = latchkey_store::Result<Part>>) -> Part {
    match tokio::time::timeout(ANSWERS_WITHIN, asked).await {
        Ok(Ok(part)) => part,
        Ok(Err(error)) => {
            tracing::warn!(%error, "the database does not answer");
            Part::failed("the database failed")
        }
        Err(_) => Part::failed("the database takes too long"),
    }
}
