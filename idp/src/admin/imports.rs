//! Tables of people, taken in behind the answer: begun here, and looked at until they are done.

use std::sync::Arc;

use axum::extract::Request;
use latchkey_api::imports::{Import, ImportQuery, ImportState, ImportsQuery, RowError};
use latchkey_core::ids::ImportId;
use latchkey_store::{self as store, ImportRecord};
use latchkey_web::limits;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::answer::{Accepted, Json, Problems};
use super::caller::{Admin, ImportsRead, PeopleWrite};
use super::failure::Failure;
use super::input::{Asked, At};
use super::shape;
use crate::App;
use crate::documents::Mode;
use crate::documents::import::{Wish, behind};

/// The largest table: about half a million people.
const LARGEST: usize = 32 * 1024 * 1024;
/// How many are listed.
const LISTED: u64 = 50;

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list, begin)).routes(routes!(show))
}

/// Takes a table of people in
///
/// It goes on behind the answer: ask how far it is. The whole table is judged before anything of
/// it is kept, and the same table may be sent again.
#[utoipa::path(post, path = "/imports", tag = "imports", params(ImportQuery),
    request_body(content = String, content_type = "text/csv"),
    security(("bearer" = ["people:write"])),
    responses((status = 202, body = Import), Problems))]
async fn begin(
    admin: Admin<PeopleWrite>,
    Asked(query): Asked<ImportQuery>,
    request: Request,
) -> Result<Accepted<Import>, Failure> {
    let app = &admin.app;
    let (record, _) = admin.organisation(&query.organisation).await?;
    let origin = admin.acting_in(record.id)?;
    limits::expect(request.headers(), "text/csv")?;
    if query.invite && app.mail.is_none() {
        return Err(Failure::field("invite", "no-mail", "nobody can be invited by e-mail here"));
    }
    let table = limits::body(request, LARGEST).await?;
    let mode = if query.dry_run { Mode::DryRun } else { Mode::Keep };
    let wish = Wish { organisation: record.id, mode, invite: query.invite };
    let begun = behind::begin(app, origin, wish, table).await?;
    let running = Failure::Conflict("running", "People of this organisation are imported already");
    Ok(Accepted(shown(app, &begun.ok_or(running)?).await?))
}

/// The last imports of people of an organisation and those below it
#[utoipa::path(get, path = "/imports", tag = "imports", params(ImportsQuery),
    security(("bearer" = ["people:read"])),
    responses((status = 200, body = Vec<Import>), Problems))]
async fn list(
    admin: Admin<ImportsRead>,
    Asked(query): Asked<ImportsQuery>,
) -> Result<Json<Vec<Import>>, Failure> {
    let (record, _) = admin.organisation(&query.organisation).await?;
    let view = admin.app.store.view();
    let found = view.within(admin.scope()).list_imports(record.id, LISTED).await?;
    let mut told = Vec::with_capacity(found.len());
    for import in &found {
        told.push(shown(&admin.app, import).await?);
    }
    Ok(Json(told))
}

/// How far an import is
#[utoipa::path(get, path = "/imports/{import}", tag = "imports", params(("import" = Uuid, Path)),
    security(("bearer" = ["people:read"])),
    responses((status = 200, body = Import), Problems))]
async fn show(admin: Admin<ImportsRead>, At(id): At<Uuid>) -> Result<Json<Import>, Failure> {
    let view = admin.app.store.view();
    let found = view.within(admin.scope()).find_import(ImportId(id)).await?;
    Ok(Json(shown(&admin.app, &found.ok_or(Failure::NotFound)?).await?))
}

async fn shown(app: &App, record: &ImportRecord) -> Result<Import, Failure> {
    let state = match record.state {
        _ if behind::is_silent(record, app.clock.now()) => ImportState::Failed,
        store::ImportState::Running => ImportState::Running,
        store::ImportState::Done => ImportState::Done,
        store::ImportState::Refused => ImportState::Refused,
        store::ImportState::Failed => ImportState::Failed,
    };
    let wrong = behind::wrong(app, record)?.into_iter();
    Ok(Import {
        id: record.id.0,
        organisation: shape::organisation(app, record.organisation).await?,
        dry_run: record.dry_run,
        invite: record.invite,
        state,
        rows: record.rows,
        done: record.done,
        added: record.added,
        changed: record.changed,
        same: record.done.saturating_sub(record.added + record.changed),
        errors: wrong.map(|it| RowError { line: it.line, message: it.message }).collect(),
        wrong: record.wrong,
        started_at: shape::time(record.started_at),
        ended_at: record.ended_at.map(shape::time),
    })
}
