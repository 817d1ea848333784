//! Help for somebody who cannot log in: one endpoint for each thing that the helpdesk does. What a
//! wish comes to is `actions::help`'s; here it is read, judged against who asks, and receipted.

use std::sync::Arc;
use std::time::Duration;

use axum::response::{IntoResponse as _, Response};
use latchkey_api::help::{Handling, Help, PassWish, Reason, Receipt, Told};
use latchkey_core::audit;
use latchkey_core::codes::Pass;
use latchkey_core::ids::{CredentialId, PersonId};
use latchkey_core::policy::FourEyes;
use latchkey_store::PersonRecord;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::answer::{Json, Problems, ToldOnce};
use super::caller::{Admin, CredentialsWrite, Opens, SessionsWrite};
use super::failure::Failure;
use super::input::{At, Sent};
use super::{approvals, shape};
use crate::App;
use crate::actions::help::{self, Done, Refused, Task, Wish};
use crate::actions::links;
use crate::audit::Origin;

/// How long a pass lives that is written down or sent.
const WRITTEN: Duration = Duration::from_secs(3600);
/// The longest note.
const LONGEST_NOTE: usize = 500;
/// The longest case number.
const LONGEST_CASE: usize = 60;

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(remove_key))
        .routes(routes!(suspend_key))
        .routes(routes!(restore_key))
        .routes(routes!(remove_app))
        .routes(routes!(suspend_app))
        .routes(routes!(restore_app))
        .routes(routes!(remove_codes))
        .routes(routes!(reset))
        .routes(routes!(issue_pass))
        .routes(routes!(cancel_pass))
        .routes(routes!(supervise))
        .routes(routes!(end_sessions))
}

/// Declares an endpoint for something that is done for a person.
macro_rules! done_for {
    ($($(#[$doc:meta])* $name:ident($path:literal, $opens:ty) => $task:expr;)*) => {$(
        $(#[$doc])*
        #[utoipa::path(post, path = $path, tag = "help",
            params(("id" = Uuid, Path)), request_body = Help,
            security(("bearer" = ["credentials:write"]), ("bearer" = ["credentials:help"])),
            responses((status = 200, body = Receipt), Problems))]
        async fn $name(
            admin: Admin<$opens>,
            At(id): At<Uuid>,
            Sent(help): Sent<Help>,
        ) -> Result<Response, Failure> {
            carry_out(&admin, PersonId(id), $task, help).await
        }
    )*};
}

/// Declares an endpoint for something that is done with a key of a person.
macro_rules! done_with_key {
    ($($(#[$doc:meta])* $name:ident($path:literal) => $task:expr;)*) => {$(
        $(#[$doc])*
        #[utoipa::path(post, path = $path, tag = "help",
            params(("id" = Uuid, Path), ("key" = Uuid, Path)), request_body = Help,
            security(("bearer" = ["credentials:write"]), ("bearer" = ["credentials:help"])),
            responses((status = 200, body = Receipt), Problems))]
        async fn $name(
            admin: Admin<CredentialsWrite>,
            At((id, key)): At<(Uuid, Uuid)>,
            Sent(help): Sent<Help>,
        ) -> Result<Response, Failure> {
            carry_out(&admin, PersonId(id), $task(CredentialId(key)), help).await
        }
    )*};
}

done_with_key! {
    /// Removes a key
    ///
    /// Effective at once. Where it is the last way in, a pass in the same step or `lock_out` says
    /// that this is meant.
    remove_key("/people/{id}/credentials/{key}/remove") => Task::RemoveKey;
    /// Suspends a key until it is restored
    suspend_key("/people/{id}/credentials/{key}/suspend") => Task::SuspendKey;
    /// Lets a suspended key work again
    ///
    /// Not one that its owner reported lost: they find it again themselves, with another one.
    restore_key("/people/{id}/credentials/{key}/restore") => Task::RestoreKey;
}

done_for! {
    /// Removes the authenticator app
    remove_app("/people/{id}/app/remove", CredentialsWrite) => Task::RemoveApp;
    /// Suspends the authenticator app until it is restored
    suspend_app("/people/{id}/app/suspend", CredentialsWrite) => Task::SuspendApp;
    /// Lets a suspended authenticator app work again
    restore_app("/people/{id}/app/restore", CredentialsWrite) => Task::RestoreApp;
    /// Removes the recovery codes
    remove_codes("/people/{id}/recovery-codes/remove", CredentialsWrite) => Task::RemoveCodes;
    /// Removes everything but the password
    ///
    /// What policy asks of them stays: they set up again, with a pass.
    reset("/people/{id}/reset", CredentialsWrite) => Task::Reset;
    /// Issues a pass, in place of any other
    ///
    /// It opens enrolment and nothing else, once. It is told here and never again.
    issue_pass("/people/{id}/pass", CredentialsWrite) => Task::IssuePass;
    /// Cancels the pass that a person has
    ///
    /// It counts no more, and they are told. Nobody has to be verified for that.
    cancel_pass("/people/{id}/pass/cancel", CredentialsWrite) => Task::CancelPass;
    /// Ends all sessions of a person
    end_sessions("/people/{id}/sessions/end", SessionsWrite) => Task::EndSessions;
}

/// Makes a link with which a person sets up a key in the presence of whoever made it
///
/// It is told here and never again.
#[utoipa::path(post, path = "/people/{id}/supervised-link", tag = "help",
    params(("id" = Uuid, Path)), request_body = Help,
    security(("bearer" = ["credentials:write"]), ("bearer" = ["credentials:help"])),
    responses((status = 200, body = Receipt), Problems))]
async fn supervise(
    admin: Admin<CredentialsWrite>,
    At(id): At<Uuid>,
    Sent(help): Sent<Help>,
) -> Result<Response, Failure> {
    let (record, origin) = admin.touch(PersonId(id)).await?;
    let handling = handling(&help.handling)?;
    checked(&handling)?;
    refuse_administrator(&record)?;
    let mut receipt = empty(&origin);
    receipt.told = told(&admin.app, &record);
    if help.dry_run {
        return Ok(Json(receipt).into_response());
    }
    let issued = links::supervise(&admin.app, &origin, &record.person, &handling).await?;
    receipt.done = true;
    let secret = issued.url.expose().to_owned();
    receipt.secret = Some(Told { secret, expires_at: shape::time(issued.until) });
    Ok(told_once(receipt))
}

/// Whoever has a role gets nothing that lets them in without a second administrator's word.
pub(super) fn refuse_administrator(record: &PersonRecord) -> Result<(), Failure> {
    if !record.person.standing.administrator {
        return Ok(());
    }
    let title = "Somebody with a role is handed a pass, and a second administrator agrees to it";
    Err(Failure::Forbidden(title))
}

async fn carry_out<O: Opens>(
    admin: &Admin<O>,
    id: PersonId,
    task: Task,
    help: Help,
) -> Result<Response, Failure> {
    let (record, origin) = admin.touch(id).await?;
    let wish = wish(task, &help)?;
    let waits = needs_second(&admin.app, &record, &wish).await?;
    if help.dry_run || waits {
        let seen = help::preview(&admin.app, &origin, &record, &wish).await?;
        let mut receipt = receipt(seen.map_err(refused)?, &origin, false);
        if waits && !help.dry_run {
            receipt.approval = Some(approvals::ask(admin, &record, &origin, &wish).await?.0);
        }
        return Ok(Json(receipt).into_response());
    }
    let done = help::run(&admin.app, &origin, &record, &wish).await?;
    let receipt = receipt(done.map_err(refused)?, &origin, true);
    Ok(if receipt.secret.is_some() { told_once(receipt) } else { Json(receipt).into_response() })
}

/// Whether a second administrator has to agree.
pub(super) async fn needs_second(
    app: &App,
    record: &PersonRecord,
    wish: &Wish,
) -> Result<bool, Failure> {
    if !record.person.standing.administrator {
        return Ok(false);
    }
    if wish.pass.is_some() {
        return Ok(true);
    }
    let policy = app.policy_of(&record.person).await?;
    Ok(wish.task == Task::Reset && policy.four_eyes == FourEyes::AdministratorResets)
}

/// What is wished, judged as far as that goes without looking at the person.
fn wish(task: Task, help: &Help) -> Result<Wish, Failure> {
    let handling = handling(&help.handling)?;
    // What protects somebody needs no check: a caller who is not them can do little harm with it.
    if !matches!(
        task,
        Task::SuspendKey(_) | Task::SuspendApp | Task::EndSessions | Task::CancelPass
    ) {
        checked(&handling)?;
    }
    let pass = match (task, help.pass) {
        (Task::IssuePass, None) => {
            return Err(Failure::field("pass", "missing", "is \"spoken\" or \"written\""));
        }
        (_, pass) => pass.map(|wished| match wished {
            PassWish::Spoken => Pass::SPOKEN,
            PassWish::Written => WRITTEN,
        }),
    };
    if pass.is_some() {
        checked(&handling)?;
    }
    let ending =
        matches!(help.handling.reason, Some(Reason::Stolen | Reason::Phished | Reason::Leaver));
    Ok(Wish {
        task,
        handling,
        end_sessions: help.end_sessions.unwrap_or(ending),
        pass,
        lock_out: help.lock_out,
    })
}

fn checked(handling: &audit::Handling) -> Result<(), Failure> {
    if handling.checks.is_empty() { Err(Failure::CheckNeeded) } else { Ok(()) }
}

/// How something came about, as the audit trail keeps it.
pub(super) fn handling(given: &Handling) -> Result<audit::Handling, Failure> {
    let note = note("handling.note", given.note.as_deref())?;
    if given.reason == Some(Reason::Other) && note.is_none() {
        return Err(Failure::field("handling.note", "missing", "says what \"other\" is"));
    }
    let reason = given.reason.map(|reason| match reason {
        Reason::Lost => "lost",
        Reason::Stolen => "stolen",
        Reason::Phished => "phished",
        Reason::Broken => "broken",
        Reason::ForgottenPin => "forgotten-pin",
        Reason::Leaver => "leaver",
        Reason::Other => "other",
    });
    let reason = match (reason, note) {
        (Some(reason), Some(note)) => Some(format!("{reason}: {note}")),
        (reason, note) => note.or(reason.map(str::to_owned)),
    };
    let mut checks: Vec<_> = given.checks.iter().copied().map(shape::check).collect();
    checks.dedup();
    Ok(audit::Handling { reason, case: case_number(given.case.as_deref())?, checks })
}

/// Somebody's own words, in this member, as they are kept.
pub(super) fn note(field: &str, given: Option<&str>) -> Result<Option<String>, Failure> {
    text(field, given, LONGEST_NOTE)
}

/// A case number as it is kept.
pub(super) fn case_number(given: Option<&str>) -> Result<Option<String>, Failure> {
    text("case", given, LONGEST_CASE)
}

fn text(field: &str, given: Option<&str>, longest: usize) -> Result<Option<String>, Failure> {
    let given = given.map(str::trim).filter(|text| !text.is_empty());
    let Some(given) = given else { return Ok(None) };
    if given.chars().count() > longest {
        let message = format!("has at most {longest} characters");
        return Err(Failure::field(field, "too-long", message));
    }
    if given.chars().any(|c| c.is_control() && c != '\n') {
        return Err(Failure::field(field, "malformed", "is plain text"));
    }
    Ok(Some(given.to_owned()))
}

pub(super) fn told(app: &App, record: &PersonRecord) -> Option<String> {
    app.mail.as_ref().and(record.person.email.as_deref()).map(shape::masked)
}

pub(super) fn empty(origin: &Origin) -> Receipt {
    Receipt {
        done: false,
        approval: None,
        keys: Vec::new(),
        app: false,
        recovery_codes: false,
        sessions: 0,
        sessions_of_keys: 0,
        locked_out: false,
        pass_voided: false,
        told: None,
        secret: None,
        at: shape::time(origin.at),
    }
}

pub(super) fn receipt(done: Done, origin: &Origin, is_done: bool) -> Receipt {
    let Done { effects, pass, told } = done;
    let keys = effects.removed.iter().chain(&effects.suspended).chain(&effects.restored);
    let many = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Receipt {
        done: is_done,
        keys: keys.map(|key| key.nickname.as_str().to_owned()).collect(),
        app: effects.app.is_some(),
        recovery_codes: effects.codes,
        sessions: many(effects.sessions.len()),
        sessions_of_keys: many(effects.resting),
        locked_out: effects.locked_out,
        pass_voided: effects.pass_voided,
        told: told.as_deref().map(shape::masked),
        secret: pass.map(|issued| Told {
            secret: issued.pass.expose().to_owned(),
            expires_at: shape::time(issued.until),
        }),
        ..empty(origin)
    }
}

pub(super) fn told_once(receipt: Receipt) -> Response {
    let mut response = Json(receipt).into_response();
    response.extensions_mut().insert(ToldOnce);
    response
}

pub(super) fn refused(refused: Refused) -> Failure {
    match refused {
        Refused::Gone => Failure::NotFound,
        Refused::Already => Failure::Conflict("already", "It is so already"),
        Refused::OwnersToRestore => Failure::Conflict(
            "owners-to-restore",
            "Its owner reported it lost, and finds it again with another key or app",
        ),
        Refused::LocksOut => {
            Failure::LocksOut("They could not log in afterwards: issue a pass in the same step")
        }
        Refused::Overtaken => {
            Failure::Conflict("overtaken", "Something changed meanwhile: look again")
        }
    }
}
