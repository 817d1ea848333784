//! What a second administrator has to agree to: a pass for somebody with a role, and their reset
//! where policy says so. Whoever asked never decides, nor whom it is for.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use latchkey_api::AdminScope;
use latchkey_api::help::{self, Disagreement, PassWish};
use latchkey_core::audit::{CallerCheck, Handling, What};
use latchkey_core::codes::Pass;
use latchkey_core::ids::ApprovalId;
use latchkey_core::secrets::Sealed;
use latchkey_store::{Approval, Error, PersonRecord, Tx};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::answer::{Json, Problems};
use super::caller::{Admin, ApprovalsWrite, Known, Opens};
use super::failure::Failure;
use super::help::{handling, receipt, refused, told_once};
use super::input::{At, Maybe};
use super::reach::{Reach, Reached};
use super::shape;
use crate::App;
use crate::actions::help::{Task, Wish, preview, run};
use crate::audit::Origin;
use crate::oidc::caller::Caller;

/// How long somebody has to agree.
const LASTS: Duration = Duration::from_secs(24 * 3600);
/// How many are listed.
const LISTED: u64 = 200;

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(approve)).routes(routes!(refuse))
}

/// A wish as it is kept: its task is one of two.
#[derive(Serialize, Deserialize)]
struct Kept {
    reset: bool,
    pass_seconds: Option<u64>,
    end_sessions: bool,
    reason: Option<String>,
    case: Option<String>,
    checks: Vec<CallerCheck>,
}

impl Kept {
    fn of(wish: &Wish) -> Option<Self> {
        let reset = match wish.task {
            Task::Reset => true,
            Task::IssuePass => false,
            _ => return None,
        };
        Some(Self {
            reset,
            pass_seconds: wish.pass.map(|lives| lives.as_secs()),
            end_sessions: wish.end_sessions,
            reason: wish.handling.reason.clone(),
            case: wish.handling.case.clone(),
            checks: wish.handling.checks.clone(),
        })
    }

    fn wish(self) -> Wish {
        Wish {
            task: if self.reset { Task::Reset } else { Task::IssuePass },
            handling: Handling { reason: self.reason, case: self.case, checks: self.checks },
            end_sessions: self.end_sessions,
            pass: self.pass_seconds.map(Duration::from_secs),
            // Two administrators agreed to it.
            lock_out: true,
        }
    }
}

fn purpose(id: ApprovalId) -> String {
    format!("approval {id}")
}

/// Has something wait for a second administrator.
pub(super) async fn ask<O: Opens>(
    admin: &Admin<O>,
    record: &PersonRecord,
    origin: &Origin,
    wish: &Wish,
) -> Result<ApprovalId, Failure> {
    let title = "Ask for it with a pass or a reset alone, which a second administrator agrees to";
    let kept = Kept::of(wish).ok_or(Failure::Forbidden(title))?;
    let asked_by = admin.person().ok_or(Failure::Forbidden("Only a person asks for that"))?;
    let (app, asked_by) = (&admin.app, asked_by.person.id);
    let id = ApprovalId::new(&*app.rng, origin.at);
    let text = serde_json::to_vec(&kept).map_err(anyhow::Error::from)?;
    let approval = Approval {
        id,
        person: record.person.id,
        asked_by,
        wish: app.keys.seal_data(&*app.rng, &purpose(id), &text),
        asked_at: origin.at,
        expires_at: origin.at.plus(LASTS),
    };
    let what = What::ApprovalAsked { approval: id, action: action(kept.reset).to_owned() };
    let event = origin.event(&*app.rng, &record.person, None, what).handled(&wish.handling);
    let write = async move |tx: &Tx| {
        tx.put_approval(&approval).await?;
        tx.insert_event(&event).await
    };
    app.store.write::<(), Error, _>(write).await?;
    Ok(id)
}

fn action(reset: bool) -> &'static str {
    if reset { "reset" } else { "pass" }
}

fn opened(app: &App, id: ApprovalId, sealed: &Sealed) -> Result<Kept, Failure> {
    let text = app.keys.open_data(&purpose(id), sealed);
    let text = text.map_err(|_| anyhow::anyhow!("an approval does not open"))?;
    Ok(serde_json::from_slice(&text).map_err(anyhow::Error::from)?)
}

/// What waits for a second administrator
#[utoipa::path(get, path = "/approvals", tag = "approvals",
    security(("bearer" = ["approvals:write"])),
    responses((status = 200, body = Vec<help::Approval>), Problems))]
async fn list(admin: Admin<ApprovalsWrite>) -> Result<Json<Vec<help::Approval>>, Failure> {
    let (app, now) = (&admin.app, admin.app.clock.now());
    let view = app.store.view();
    let mut shown = Vec::new();
    for approval in view.list_approvals(now, LISTED).await? {
        let Some(person) = view.within(admin.scope()).find_person(approval.person).await? else {
            continue;
        };
        let Some(asked_by) = view.find_person(approval.asked_by).await? else { continue };
        let kept = opened(app, approval.id, &approval.wish)?;
        let decidable = decidable(&admin, &approval).await.is_ok();
        shown.push(help::Approval {
            id: approval.id.0,
            action: action(kept.reset).to_owned(),
            person: shape::summary(app, &person.person).await?,
            asked_by: shape::summary(app, &asked_by.person).await?,
            asked_at: shape::time(approval.asked_at),
            expires_at: shape::time(approval.expires_at),
            handling: help::Handling {
                reason: None,
                note: kept.reason,
                case: kept.case,
                checks: kept.checks.into_iter().map(shape::shown_check).collect(),
                call: None,
            },
            pass: kept.pass_seconds.map(|lives| match lives > Pass::SPOKEN.as_secs() {
                true => PassWish::Written,
                false => PassWish::Spoken,
            }),
            end_sessions: kept.end_sessions,
            decidable,
        });
    }
    Ok(Json(shown))
}

/// Whom it is for and as whom it is decided, where the caller may.
async fn decidable<O: Opens>(
    admin: &Admin<O>,
    approval: &Approval,
) -> Result<(PersonRecord, Origin), Failure> {
    let (record, origin) = admin.touch(approval.person).await?;
    let decider = admin.person().ok_or(Failure::Forbidden("Only a person agrees to that"))?;
    if decider.person.id == approval.asked_by {
        return Err(Failure::Forbidden("Whoever asked for it does not agree to it"));
    }
    Ok((record, origin))
}

/// How much waits for somebody to agree to.
pub(super) async fn count(app: &App, known: &Known) -> Result<u32, Failure> {
    let Caller::Administrator(who) = &known.caller else { return Ok(0) };
    let now = app.clock.now();
    let view = app.store.view();
    let waiting = view.list_approvals(now, LISTED).await?;
    if waiting.is_empty() || !known.caller.scopes().contains(&AdminScope::ApprovalsWrite) {
        return Ok(0);
    }
    let reach = Reach::of(app, known, &[AdminScope::ApprovalsWrite]).await?;
    let within = view.within(reach.scope());
    let mut count = 0;
    for approval in waiting.iter().filter(|it| it.asked_by != who.person.person.id) {
        let Some(record) = within.find_person(approval.person).await? else { continue };
        let reached = reach.of_person(app, known, &record).await?;
        count += u32::from(matches!(reached, Reached::Touchable(_)));
    }
    Ok(count)
}

async fn found<O: Opens>(
    admin: &Admin<O>,
    id: Uuid,
) -> Result<(Approval, PersonRecord, Origin), Failure> {
    let (id, now) = (ApprovalId(id), admin.app.clock.now());
    let approval = admin.app.store.view().find_approval(id, now).await?;
    let approval = approval.ok_or(Failure::NotFound)?;
    let (record, origin) = decidable(admin, &approval).await?;
    Ok((approval, record, origin))
}

/// Takes it away as decided; whoever is second finds nothing.
async fn decide(
    admin: &Admin<ApprovalsWrite>,
    approval: &Approval,
    record: &PersonRecord,
    origin: &Origin,
    agreed: bool,
    why: &Handling,
) -> Result<(), Failure> {
    let (id, now) = (approval.id, origin.at);
    let what = What::ApprovalDecided { approval: id, agreed };
    let event = origin.event(&*admin.app.rng, &record.person, None, what).handled(why);
    let write = async move |tx: &Tx| {
        let first = tx.decide_approval(id, now).await?;
        if first {
            tx.insert_event(&event).await?;
        }
        Ok(first)
    };
    let first = admin.app.store.write::<bool, Error, _>(write).await?;
    if first { Ok(()) } else { Err(Failure::NotFound) }
}

/// Agrees to what another administrator asked for, which is done now
///
/// A pass is told to whoever agrees.
#[utoipa::path(post, path = "/approvals/{id}/approve", tag = "approvals",
    params(("id" = Uuid, Path)), security(("bearer" = ["approvals:write"])),
    responses((status = 200, body = help::Receipt), Problems))]
async fn approve(admin: Admin<ApprovalsWrite>, At(id): At<Uuid>) -> Result<Response, Failure> {
    let (approval, record, origin) = found(&admin, id).await?;
    let wish = opened(&admin.app, approval.id, &approval.wish)?.wish();
    // What cannot be done is not used up.
    preview(&admin.app, &origin, &record, &wish).await?.map_err(refused)?;
    decide(&admin, &approval, &record, &origin, true, &wish.handling).await?;
    let done = run(&admin.app, &origin, &record, &wish).await?;
    Ok(told_once(receipt(done.map_err(refused)?, &origin, true)))
}

/// Does not agree to what another administrator asked for
#[utoipa::path(post, path = "/approvals/{id}/refuse", tag = "approvals",
    params(("id" = Uuid, Path)), request_body = Option<Disagreement>,
    security(("bearer" = ["approvals:write"])),
    responses((status = 204, description = "It is not done"), Problems))]
async fn refuse(
    admin: Admin<ApprovalsWrite>,
    At(id): At<Uuid>,
    Maybe(why): Maybe<Disagreement>,
) -> Result<Response, Failure> {
    let (approval, record, origin) = found(&admin, id).await?;
    let why = handling(&help::Handling { note: why.note, ..help::Handling::default() })?;
    let kept = opened(&admin.app, approval.id, &approval.wish)?;
    let why = Handling { case: kept.case, ..why };
    decide(&admin, &approval, &record, &origin, false, &why).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
