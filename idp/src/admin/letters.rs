//! Letters that did not leave: shown without what they say, tried again before their time, and taken
//! back. They are the whole installation's, so only the platform's administrators see to them.

use std::sync::Arc;

use latchkey_api::organisations::PartQuery;
use latchkey_api::page::Page;
use latchkey_api::platform::{FailingLetter, LettersReceipt, Retry, Withdrawal};
use latchkey_core::ids::MessageId;
use latchkey_core::{Timestamp, audit};
use latchkey_store::FailedMessage;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::answer::{Json, Problems};
use super::caller::{Admin, HealthRead, HealthWrite};
use super::failure::Failure;
use super::help::{case_number, note};
use super::input::{Asked, At, Maybe, limit};
use super::shape;
use crate::App;
use crate::actions::letters::{self, NotDone};
use crate::audit::Origin;

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(retry_all))
        .routes(routes!(retry))
        .routes(routes!(withdraw))
}

/// Letters that did not leave, the longest waiting first
#[utoipa::path(get, path = "/health/letters", tag = "platform", operation_id = "list_letters",
    params(PartQuery), security(("bearer" = ["health:read"])),
    responses((status = 200, body = Page<FailingLetter>), Problems))]
async fn list(
    admin: Admin<HealthRead>,
    Asked(query): Asked<PartQuery>,
) -> Result<Json<Page<FailingLetter>>, Failure> {
    admin.acting_everywhere()?;
    let app = &admin.app;
    let limit = limit(query.limit)?;
    let after = query.after.as_deref().map(str::parse::<Uuid>).transpose();
    let after = after.map_err(|_| Failure::field("after", "malformed", "is no `next` of ours"))?;
    let view = app.store.view();
    let outbox = view.within(admin.scope()).find_outbox(after.map(MessageId), limit + 1).await?;
    let mut found = outbox.ok_or(Failure::NotFound)?.failed;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().filter(|_| more).map(|last| last.id.to_string());
    let now = app.clock.now();
    let items = found.iter().map(|letter| shown(app, letter, now)).collect();
    Ok(Json(Page { items, next }))
}

/// A letter that did not leave, as it is shown.
pub(super) fn shown(app: &App, letter: &FailedMessage, now: Timestamp) -> FailingLetter {
    let reader = letters::reader(app, letter);
    FailingLetter {
        id: letter.id.0,
        kind: letter.kind.clone(),
        to: reader.as_deref().map(shape::masked),
        cause: letter.last_failure.map(|cause| cause.as_str().to_owned()),
        on_its_way: letter.is_tried(now),
        link: letters::link(letter).is_some(),
        queued_at: shape::time(letter.created_at),
        attempts: letter.tries,
        next_at: shape::time(letter.next_at),
    }
}

/// A letter that did not leave
#[utoipa::path(get, path = "/health/letters/{letter}", tag = "platform",
    operation_id = "show_letter", params(("letter" = Uuid, Path)),
    security(("bearer" = ["health:read"])),
    responses((status = 200, body = FailingLetter), Problems))]
async fn show(admin: Admin<HealthRead>, At(id): At<Uuid>) -> Result<Json<FailingLetter>, Failure> {
    admin.acting_everywhere()?;
    let app = &admin.app;
    let view = app.store.view();
    let found = view.within(admin.scope()).find_failed_message(MessageId(id)).await?;
    Ok(Json(shown(app, &found.ok_or(Failure::NotFound)?, app.clock.now())))
}

/// Has every letter that did not leave tried again at once
///
/// But those that are being tried: none is sent twice for it.
#[utoipa::path(post, path = "/health/letters/retry", tag = "platform", request_body = Retry,
    security(("bearer" = ["health:write"])),
    responses((status = 200, body = LettersReceipt), Problems))]
async fn retry_all(
    admin: Admin<HealthWrite>,
    Maybe(asked): Maybe<Retry>,
) -> Result<Json<LettersReceipt>, Failure> {
    let origin = admin.acting_everywhere()?;
    refuse_silence(&admin.app)?;
    let letters = match asked.dry_run {
        true => admin.app.store.view().count_resting_messages(origin.at).await?,
        false => letters::retry_all(&admin.app, &origin).await?,
    };
    Ok(receipt(&origin, !asked.dry_run, letters, false))
}

/// Has a letter that did not leave tried again at once
///
/// One that is being tried is not: it may have arrived already.
#[utoipa::path(post, path = "/health/letters/{letter}/retry", tag = "platform",
    params(("letter" = Uuid, Path)), request_body = Retry,
    security(("bearer" = ["health:write"])),
    responses((status = 200, body = LettersReceipt), Problems))]
async fn retry(
    admin: Admin<HealthWrite>,
    At(id): At<Uuid>,
    Maybe(asked): Maybe<Retry>,
) -> Result<Json<LettersReceipt>, Failure> {
    let (letter, origin) = find(&admin, id).await?;
    refuse_silence(&admin.app)?;
    if !asked.dry_run {
        letters::retry(&admin.app, &origin, &letter).await?.map_err(not_done)?;
    }
    Ok(receipt(&origin, !asked.dry_run, 1, false))
}

/// Takes back a letter that did not leave
///
/// Its reader never gets it, and the link that it is for opens nothing any more. One that is being
/// tried is not taken back: it may have arrived already.
#[utoipa::path(post, path = "/health/letters/{letter}/withdraw", tag = "platform",
    params(("letter" = Uuid, Path)), request_body = Withdrawal,
    security(("bearer" = ["health:write"])),
    responses((status = 200, body = LettersReceipt), Problems))]
async fn withdraw(
    admin: Admin<HealthWrite>,
    At(id): At<Uuid>,
    Maybe(asked): Maybe<Withdrawal>,
) -> Result<Json<LettersReceipt>, Failure> {
    let (letter, origin) = find(&admin, id).await?;
    let handling = audit::Handling {
        reason: note("note", asked.note.as_deref())?,
        case: case_number(asked.case.as_deref())?,
        checks: Vec::new(),
    };
    if !asked.dry_run {
        let done = letters::withdraw(&admin.app, &origin, &letter, &handling).await?;
        done.map_err(not_done)?;
    }
    let link = letters::link(&letter).is_some();
    Ok(receipt(&origin, !asked.dry_run, 1, link))
}

/// A letter that did not leave and is not being tried, and as whom the caller sees to it.
async fn find(admin: &Admin<HealthWrite>, id: Uuid) -> Result<(FailedMessage, Origin), Failure> {
    let origin = admin.acting_everywhere()?;
    let view = admin.app.store.view();
    let found = view.within(admin.scope()).find_failed_message(MessageId(id)).await?;
    let letter = found.ok_or(Failure::NotFound)?;
    match letter.is_tried(origin.at) {
        true => Err(not_done(NotDone::OnItsWay)),
        false => Ok((letter, origin)),
    }
}

/// Nothing is tried where no letters are sent.
fn refuse_silence(app: &App) -> Result<(), Failure> {
    match app.mail {
        Some(_) => Ok(()),
        None => Err(Failure::Conflict("no-mail", "No letters are sent: [mail] is not set")),
    }
}

fn not_done(why: NotDone) -> Failure {
    match why {
        NotDone::Gone => Failure::NotFound,
        NotDone::OnItsWay => {
            Failure::Conflict("on-its-way", "It is being tried right now: look again in a minute")
        }
    }
}

fn receipt(origin: &Origin, done: bool, letters: u64, link: bool) -> Json<LettersReceipt> {
    Json(LettersReceipt { done, letters, link, at: shape::time(origin.at) })
}
