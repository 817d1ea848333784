//! The same for many people at once. Each is judged and done alone, by the action that does it for one,
//! and what became of each is told: one who cannot be helped keeps nobody else from it, and whoever
//! sends the same again changes nothing that is so already. Nothing is handed over here: a pass or a
//! link is for one person.

use std::sync::Arc;

use latchkey_api::AdminScope;
use latchkey_api::bulk::{Bulk, BulkAction, BulkReceipt, BulkResult};
use latchkey_api::help::CallerCheck;
use latchkey_core::audit::Handling;
use latchkey_core::ids::{OrganisationId, PersonId};
use latchkey_core::people::PersonState;
use latchkey_oidc::error::BearerError;
use latchkey_store::PersonRecord;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Json, Problems};
use super::caller::{Admin, PeopleWrite};
use super::failure::Failure;
use super::help::{handling, needs_second, refuse_administrator, refused};
use super::input::Sent;
use super::people::{not_invited, organisation, settled, shown_there};
use super::shape;
use crate::App;
use crate::actions::codes::has_way_in;
use crate::actions::help::{self, Task, Wish};
use crate::actions::{lifecycle, links};
use crate::audit::Origin;
use crate::authn::Means;

/// For how many it is done at once.
const MOST: usize = 200;

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(carry_out))
}

/// What is done for each.
struct Work {
    action: BulkAction,
    handling: Handling,
    to: Option<OrganisationId>,
    dry_run: bool,
    lock_out: bool,
}

/// What it comes to for one.
#[derive(Default)]
struct Came {
    locked_out: bool,
    sessions: usize,
    roles_ended: Vec<latchkey_api::people::Role>,
}

/// Does the same for many people
///
/// Everybody is judged alone, and what became of each is told. It takes the scopes that the same
/// takes for one: `credentials:write` for `reset`, `sessions:write` for `end_sessions`.
#[utoipa::path(post, path = "/people/bulk", tag = "people", request_body = Bulk,
    security(("bearer" = ["people:write"])),
    responses((status = 200, body = BulkReceipt), Problems))]
async fn carry_out(
    admin: Admin<PeopleWrite>,
    Sent(asked): Sent<Bulk>,
) -> Result<Json<BulkReceipt>, Failure> {
    let mut people = asked.people.clone();
    let mut seen = std::collections::HashSet::new();
    people.retain(|id| seen.insert(*id));
    if !(1..=MOST).contains(&people.len()) {
        return Err(Failure::field("people", "out-of-range", format!("are 1 to {MOST}")));
    }
    let needs = match asked.action {
        BulkAction::Reset => AdminScope::CredentialsWrite,
        BulkAction::EndSessions => AdminScope::SessionsWrite,
        _ => AdminScope::PeopleWrite,
    };
    if !admin.known.caller.scopes().contains(&needs) {
        return Err(BearerError::InsufficientScope { scope: needs.as_str() }.into());
    }
    let seen =
        |check: &CallerCheck| matches!(check, CallerCheck::InPerson | CallerCheck::BadgeOnVideo);
    if asked.action == BulkAction::Reset && !asked.handling.checks.iter().any(seen) {
        return Err(Failure::CheckNeeded);
    }
    let to = match (asked.action, &asked.organisation) {
        (BulkAction::Move, Some(named)) => Some(organisation(&admin, named).await?),
        (BulkAction::Move, None) => {
            return Err(Failure::field("organisation", "missing", "says where to"));
        }
        (_, None) => None,
        (_, Some(_)) => {
            return Err(Failure::field("organisation", "not-alone", "goes with `move` alone"));
        }
    };
    let work = Work {
        action: asked.action,
        handling: handling(&asked.handling)?,
        to,
        dry_run: asked.dry_run,
        lock_out: asked.lock_out,
    };
    let mut results = Vec::with_capacity(people.len());
    for id in people {
        results.push(work.of(&admin, PersonId(id)).await?);
    }
    let at = shape::time(admin.app.clock.now());
    Ok(Json(BulkReceipt { done: !asked.dry_run, results, at }))
}

impl Work {
    /// What becomes of one.
    async fn of(&self, admin: &Admin<PeopleWrite>, id: PersonId) -> Result<BulkResult, Failure> {
        let person = match admin.find(id).await {
            Ok(record) => Some(shape::summary(&admin.app, &record.person).await?),
            Err(Failure::NotFound) => None,
            Err(failure) => return Err(failure),
        };
        let came = match admin.touch(id).await {
            Ok((record, origin)) => self.try_for(admin, &record, &origin).await,
            Err(failure) => Err(failure),
        };
        let (came, refused) = match came {
            Ok(came) => (came, None),
            Err(failure) => {
                if let Failure::Ours(error) = &failure {
                    // The others are told what became of them all the same.
                    tracing::error!("one of many was not done: {error:#}");
                }
                let locked_out = matches!(failure, Failure::LocksOut(_));
                (Came { locked_out, ..Came::default() }, Some(failure.word()))
            }
        };
        Ok(BulkResult {
            id: id.0,
            person,
            done: refused.is_none() && !self.dry_run,
            refused,
            locked_out: came.locked_out,
            sessions: u32::try_from(came.sessions).unwrap_or(u32::MAX),
            roles_ended: came.roles_ended,
        })
    }

    async fn try_for(
        &self,
        admin: &Admin<PeopleWrite>,
        record: &PersonRecord,
        origin: &Origin,
    ) -> Result<Came, Failure> {
        let app = &admin.app;
        match self.action {
            BulkAction::Invite => self.invite(app, record, origin).await,
            BulkAction::Disable => self.disable(app, record, origin).await,
            BulkAction::Enable => self.enable(app, record, origin).await,
            BulkAction::Move => self.transfer(app, record, origin).await,
            BulkAction::EndSessions => self.help(app, record, origin, Task::EndSessions).await,
            BulkAction::Reset => self.help(app, record, origin, Task::Reset).await,
        }
    }

    async fn invite(
        &self,
        app: &App,
        record: &PersonRecord,
        origin: &Origin,
    ) -> Result<Came, Failure> {
        refuse_administrator(record)?;
        if app.mail.is_none() || record.person.email.is_none() {
            return Err(Failure::Conflict("no-address", "No letter can go to them"));
        }
        links::may_be_invited(app, record).await?.map_err(not_invited)?;
        if !self.dry_run {
            let issued = links::invite(app, origin, record, &self.handling).await?;
            issued.map_err(not_invited)?;
        }
        Ok(Came::default())
    }

    async fn disable(
        &self,
        app: &App,
        record: &PersonRecord,
        origin: &Origin,
    ) -> Result<Came, Failure> {
        if record.person.state == PersonState::Disabled {
            return Err(ALREADY);
        }
        let (store, rng, id) = (&app.store, &*app.rng, record.person.id);
        let mut sessions = store.view().list_sessions(id, origin.at).await?.len();
        if !self.dry_run {
            let done = lifecycle::disable(store, rng, origin, &self.handling, id).await?;
            sessions = usize::try_from(settled(done)?.sessions).unwrap_or(usize::MAX);
        }
        Ok(Came { locked_out: true, sessions, ..Came::default() })
    }

    async fn enable(
        &self,
        app: &App,
        record: &PersonRecord,
        origin: &Origin,
    ) -> Result<Came, Failure> {
        if record.person.state != PersonState::Disabled {
            return Err(ALREADY);
        }
        if !self.dry_run {
            let (store, rng, id) = (&app.store, &*app.rng, record.person.id);
            settled(lifecycle::enable(store, rng, origin, &self.handling, id).await?)?;
        }
        Ok(Came::default())
    }

    async fn transfer(
        &self,
        app: &App,
        record: &PersonRecord,
        origin: &Origin,
    ) -> Result<Came, Failure> {
        let to = self.to.ok_or(Failure::NotFound)?;
        let named = shape::organisation(app, to).await?;
        let there = shown_there(app, record, to, named).await?;
        let locked_out = !there.can_log_in && can_log_in(app, record).await?;
        self.guard(locked_out)?;
        let mut came = Came { locked_out, roles_ended: there.roles_ended, ..Came::default() };
        if !self.dry_run {
            let (store, rng, id) = (&app.store, &*app.rng, record.person.id);
            let done = lifecycle::transfer(store, rng, origin, &self.handling, id, to).await?;
            came.roles_ended = settled(done)?.into_iter().map(shape::role).collect();
        }
        Ok(came)
    }

    async fn help(
        &self,
        app: &App,
        record: &PersonRecord,
        origin: &Origin,
        task: Task,
    ) -> Result<Came, Failure> {
        let wish = Wish {
            task,
            handling: self.handling.clone(),
            end_sessions: task == Task::Reset,
            pass: None,
            // Only told of: the guard is ours.
            lock_out: true,
        };
        if needs_second(app, record, &wish).await? {
            return Err(Failure::Conflict("second", "A second administrator agrees to that"));
        }
        let seen = help::preview(app, origin, record, &wish).await?.map_err(refused)?.effects;
        let locked_out = task == Task::Reset && seen.locked_out && can_log_in(app, record).await?;
        self.guard(locked_out)?;
        let mut sessions = seen.sessions.len();
        if !self.dry_run {
            let done = help::run(app, origin, record, &wish).await?.map_err(refused)?;
            sessions = done.effects.sessions.len();
        }
        Ok(Came { locked_out, sessions, ..Came::default() })
    }

    /// Nobody loses their last way in unless it was said that they may.
    fn guard(&self, locked_out: bool) -> Result<(), Failure> {
        if locked_out && !self.lock_out && !self.dry_run {
            return Err(Failure::LocksOut("They could not log in afterwards"));
        }
        Ok(())
    }
}

const ALREADY: Failure = Failure::Conflict("already", "It is so already");

/// Whether somebody can log in as policy asks now.
async fn can_log_in(app: &App, record: &PersonRecord) -> Result<bool, Failure> {
    let policy = app.policy_of(&record.person).await?;
    let means = Means::of(&app.store.view(), record).await?;
    let active = record.person.state == PersonState::Active;
    Ok(active && has_way_in(&policy, means.password, &means.keys, &means.codes))
}
