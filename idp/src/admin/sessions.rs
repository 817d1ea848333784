//! Where a person is logged in, and ending that.

use std::sync::Arc;

use axum::http::StatusCode;
use latchkey_api::people::Session;
use latchkey_core::ids::{PersonId, SessionId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::answer::{Json, Problems};
use super::caller::{Admin, SessionsRead, SessionsWrite};
use super::failure::Failure;
use super::input::At;
use super::shape;
use crate::App;
use crate::actions::sessions;

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(end))
}

/// Where a person is logged in, the latest first
#[utoipa::path(get, path = "/people/{id}/sessions", tag = "sessions",
    params(("id" = Uuid, Path)),
    security(("bearer" = ["sessions:read"]), ("bearer" = ["credentials:help"])),
    responses((status = 200, body = Vec<Session>), Problems))]
async fn list(admin: Admin<SessionsRead>, At(id): At<Uuid>) -> Result<Json<Vec<Session>>, Failure> {
    let record = admin.find(PersonId(id)).await?;
    let view = admin.app.store.view();
    let mut shown = Vec::new();
    for session in view.list_sessions(record.person.id, admin.app.clock.now()).await? {
        let applications = view.list_participants(session.id).await?;
        shown.push(Session {
            id: session.id.0,
            agent: session.agent,
            address: session.address,
            started_at: shape::time(session.started_at),
            last_seen_at: shape::time(session.last_seen_at),
            expires_at: shape::time(session.expires_at),
            amr: session.assurance.map(|assurance| assurance.amr).unwrap_or_default(),
            applications: applications.into_iter().map(|client| client.0).collect(),
        });
    }
    Ok(Json(shown))
}

/// Ends a session of a person, and what hangs on it
#[utoipa::path(delete, path = "/people/{id}/sessions/{session}", tag = "sessions",
    params(("id" = Uuid, Path), ("session" = Uuid, Path)),
    security(("bearer" = ["sessions:write"]), ("bearer" = ["credentials:help"])),
    responses((status = 204, description = "It is over"), Problems))]
async fn end(
    admin: Admin<SessionsWrite>,
    At((id, session)): At<(Uuid, Uuid)>,
) -> Result<StatusCode, Failure> {
    let (record, origin) = admin.touch(PersonId(id)).await?;
    let session = SessionId(session);
    let found = admin.app.store.view().find_session_by_id(session).await?;
    if found.is_none_or(|found| found.person != record.person.id) {
        return Err(Failure::NotFound);
    }
    sessions::end(&admin.app, &origin, &record.person, session).await?;
    Ok(StatusCode::NO_CONTENT)
}
