//! Tables of people, taken in behind the answer: begun here, and looked at until they are done. The
//! table of a dry run is kept for an hour, and taken in without being sent again.

use std::sync::Arc;

use axum::extract::Request;
use latchkey_api::imports::{Import, ImportQuery, ImportState, ImportsQuery, RowError, TakeIn};
use latchkey_core::ids::ImportId;
use latchkey_store::{self as store, ImportRecord};
use latchkey_web::limits;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::answer::{Accepted, Json, Problems};
use super::caller::{Admin, ImportsBegin, ImportsRead, PeopleWrite};
use super::failure::Failure;
use super::input::{Asked, At, Sent};
use super::shape;
use crate::App;
use crate::documents::Mode;
use crate::documents::import::behind::{Taken, Wrong};
use crate::documents::import::{Wish, behind};

/// The largest table: about half a million people.
const LARGEST: usize = 32 * 1024 * 1024;
/// How many are listed.
const LISTED: u64 = 50;

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list, begin)).routes(routes!(show)).routes(routes!(take_in))
}

/// Takes a table of people in
///
/// It goes on behind the answer: ask how far it is. The whole table is judged before anything of
/// it is kept, and the same table may be sent again. After a dry run that found nothing wrong it is
/// kept for an hour, to be taken in as it is.
#[utoipa::path(post, path = "/imports", tag = "imports", params(ImportQuery),
    request_body(content = String, content_type = "text/csv"),
    security(("bearer" = ["people:write"])),
    responses((status = 202, body = Import), Problems))]
async fn begin(
    admin: Admin<ImportsBegin>,
    Asked(query): Asked<ImportQuery>,
    request: Request,
) -> Result<Accepted<Import>, Failure> {
    let app = &admin.app;
    let (record, _) = admin.organisation(&query.organisation).await?;
    let origin = admin.acting_in(record.id)?;
    if !query.dry_run {
        admin.check_fresh().await?;
    }
    limits::expect(request.headers(), "text/csv")?;
    if query.invite && app.mail.is_none() {
        return Err(Failure::field("invite", "no-mail", "nobody can be invited by e-mail here"));
    }
    let table = limits::body(request, LARGEST).await?;
    let mode = if query.dry_run { Mode::DryRun } else { Mode::Keep };
    let wish = Wish { organisation: record.id, mode, invite: query.invite };
    let begun = behind::begin(app, origin, wish, table).await?;
    Ok(Accepted(shown(app, &begun.ok_or(RUNNING)?).await?))
}

const RUNNING: Failure =
    Failure::Conflict("running", "People of this organisation are imported already");

/// Takes in the table that a dry run went through
///
/// Once: whoever asks again is told of the import that does it, or did. One that stopped on the way
/// goes on.
#[utoipa::path(post, path = "/imports/{import}/take-in", tag = "imports",
    params(("import" = Uuid, Path)), request_body = TakeIn,
    security(("bearer" = ["people:write"])),
    responses((status = 202, body = Import), Problems))]
async fn take_in(
    admin: Admin<PeopleWrite>,
    At(id): At<Uuid>,
    Sent(asked): Sent<TakeIn>,
) -> Result<Accepted<Import>, Failure> {
    let app = &admin.app;
    let view = app.store.view();
    let dry = view.within(admin.scope()).find_import(ImportId(id)).await?;
    let dry = dry.ok_or(Failure::NotFound)?;
    let origin = admin.acting_in(dry.organisation)?;
    if asked.invite && app.mail.is_none() {
        return Err(Failure::field("invite", "no-mail", "nobody can be invited by e-mail here"));
    }
    match behind::take_in(app, origin, &dry, asked.invite).await? {
        Taken::By(record) => Ok(Accepted(shown(app, &record).await?)),
        Taken::Gone => Err(Failure::Conflict("gone", "The table is not kept: send it again")),
        Taken::Running => Err(RUNNING),
    }
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
    let wrong =
        wrong.map(|Wrong { line, code, values, message }| RowError { line, code, values, message });
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
        errors: wrong.collect(),
        wrong: record.wrong,
        started_at: shape::time(record.started_at),
        ended_at: record.ended_at.map(shape::time),
        table_until: record
            .table_until
            .filter(|_| behind::is_kept(record, app.clock.now()))
            .map(shape::time),
        taken_in: record.taken_in.map(|id| id.0),
    })
}
