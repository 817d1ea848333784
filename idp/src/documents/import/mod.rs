//! People by the dozen, from a table that a spreadsheet or a payroll system wrote (CSV, RFC 4180).
//!
//! The whole table is judged before anything is written: if a row is wrong, nothing of it is kept.
//! Then it is carried out in pieces, a write each, so that nobody who logs in waits for thousands.
//! What is cut short is gone on with by importing the same table again: what is there already is
//! left alone, and nobody is invited twice. Memory does not grow with what rows say.
//!
//! A table is about one organisation and says nothing about roles. It changes nobody elsewhere, and
//! nobody who has a role: whoever may import people may not redirect an administrator's letters.

pub mod behind;
mod fault;
mod plan;
mod table;
mod told;

use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Seek};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use latchkey_core::audit::{Handling, What};
use latchkey_core::ids::{GroupId, OrganisationId};
use latchkey_core::roles::{Actor, Role};
use latchkey_core::secrets::Digest;
use latchkey_core::usernames::UsernameJudge;
use latchkey_store::Tx;

use self::plan::{Plan, Planned};
use self::table::{Rows, Table};
use super::{Change, Mode, letters};
use crate::App;
use crate::actions::links;
use crate::actions::policies::Joining;
use crate::audit::Origin;
use crate::mail;

pub use fault::Fault;
pub use table::COLUMNS;
pub use told::{ImportError, Outcome, Problem, Problems};

/// How many rows one write carries out.
const PIECE: usize = 200;
/// How many invitations are written at once, so that they share commits.
const INVITED_AT_ONCE: usize = 16;
/// How often a piece is planned anew because somebody changed the same people meanwhile.
const ATTEMPTS: usize = 5;

/// How long nobody else imports people of an organisation when an import is cut off; it is renewed
/// with each piece.
const ALONE: Duration = Duration::from_secs(60);

/// What a table is imported as.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// Whose people it lists.
    pub organisation: OrganisationId,
    /// Whether anything is kept.
    pub mode: Mode,
    /// Whether those are invited who have nothing to log in with and no invitation that counts.
    pub invite: bool,
}

/// How far an import is.
#[derive(Debug)]
pub struct Progress<'p> {
    /// Rows that were dealt with.
    pub done: u64,
    /// Rows that there are.
    pub of: u64,
    /// What changed, or would, since the last time.
    pub changes: &'p [Change],
}

/// What rows of a table are judged by.
struct Context {
    organisation: OrganisationId,
    /// The organisation's id in documents.
    slug: String,
    /// Its groups by their names in documents.
    groups: BTreeMap<String, GroupId>,
    /// The languages that people can read.
    languages: Vec<String>,
    usernames: UsernameJudge,
    invite: bool,
}

impl Context {
    async fn of(app: &App, wish: Wish) -> Result<Self, ImportError> {
        let view = app.store.view();
        let found = view.find_organisation(wish.organisation).await?;
        let record = found.context("there is no such organisation")?;
        let groups = view.list_groups().await?.into_iter();
        let strings = app.theme.strings();
        Ok(Self {
            organisation: record.id,
            slug: record.slug,
            usernames: record.usernames.judge().map_err(anyhow::Error::from)?,
            groups: groups
                .filter(|group| group.organisation == wish.organisation)
                .map(|group| (group.slug, group.id))
                .collect(),
            languages: strings.locales().map(|it| strings.tag(it).to_owned()).collect(),
            invite: wish.invite,
        })
    }
}

/// Imports a table, or tells what that would change. `progress` hears of every piece.
///
/// # Errors
/// Why not. Nothing of the table was kept but by [`ImportError::Overtaken`] and by failures of the
/// database and of reading, after which the same table is imported again.
pub async fn import(
    app: &App,
    origin: &Origin,
    wish: Wish,
    mut input: impl Read + Seek + Send,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Outcome, ImportError> {
    if !may_import(&origin.actor, wish.organisation) {
        return Err(ImportError::Forbidden);
    }
    if wish.invite && app.mail.is_none() {
        return Err(ImportError::NoMail);
    }
    let context = Arc::new(Context::of(app, wish).await?);
    let rows = judge(app, &context, &mut input).await?;
    input.rewind()?;
    if wish.mode == Mode::DryRun {
        return run(app, origin, wish, &context, (input, rows), None, progress).await;
    }
    let turn = Turn::new(app, wish.organisation);
    let done = run(app, origin, wish, &context, (input, rows), Some(&turn), progress).await;
    turn.hold(app, Duration::ZERO).await?;
    done
}

/// Goes through a table that was judged, piece by piece.
async fn run(
    app: &App,
    origin: &Origin,
    wish: Wish,
    context: &Arc<Context>,
    (input, rows): (impl Read + Send, u64),
    turn: Option<&Turn>,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Outcome, ImportError> {
    let mut outcome =
        Outcome { rows, added: 0, changed: 0, invited: 0, without_address: 0, mode: wish.mode };
    let mut done = 0;
    let mut problems = Problems::default();
    let mut table = Table::open(input, &mut problems)?;
    while let Some(table) = &mut table {
        let piece = table.next_rows(PIECE, context, &mut problems)?;
        if !problems.is_empty() {
            return Err(ImportError::Overtaken { kept: done, problems });
        }
        let Some(piece) = piece.map(Arc::new) else { break };
        let plan = match turn {
            None => plan::plan(&app.store.view(), context, &piece, origin.at).await?,
            Some(turn) => {
                turn.hold(app, ALONE).await?;
                carry_out(app, origin, context, &piece).await?
            }
        };
        if !plan.problems.is_empty() {
            return Err(ImportError::Overtaken { kept: done, problems: plan.problems });
        }
        if turn.is_some() {
            invite(app, origin, &plan).await?;
        }
        done += piece.len() as u64;
        outcome.count(&plan);
        let mut changes = Vec::new();
        for planned in &plan.people {
            changes.extend(planned.told());
        }
        progress(Progress { done, of: rows, changes: &changes });
    }
    Ok(outcome)
}

/// The right to import people of an organisation, which one import has at a time.
struct Turn {
    lease: String,
    holder: String,
}

impl Turn {
    fn new(app: &App, organisation: OrganisationId) -> Self {
        let holder = app.rng.uuid_v4().to_string();
        Self { lease: format!("import {organisation}"), holder }
    }

    /// Takes it or goes on holding it for so long; for no time at all to let others have it.
    async fn hold(&self, app: &App, lasts: Duration) -> Result<(), ImportError> {
        let (lease, holder) = (self.lease.clone(), self.holder.clone());
        let now = app.clock.now();
        let write = async move |tx: &Tx| tx.take_lease(&lease, &holder, now, now.plus(lasts)).await;
        let held = app.store.write::<bool, latchkey_store::Error, _>(write).await?;
        if held || lasts.is_zero() { Ok(()) } else { Err(ImportError::Busy) }
    }
}

/// Whether somebody may import people of an organisation.
fn may_import(actor: &Actor, organisation: OrganisationId) -> bool {
    match actor {
        Actor::Cli => true,
        Actor::Administrator { role, scope, .. } => {
            matches!(role, Role::LocalAdministrator | Role::PlatformAdministrator)
                && scope.contains(organisation)
        }
        // What it may do is in its token.
        Actor::Service { scope, .. } => scope.contains(organisation),
        Actor::Person { .. } | Actor::System => false,
    }
}

/// Judges the whole table as it stands; tells how many rows it has.
async fn judge(
    app: &App,
    context: &Context,
    input: &mut (impl Read + Send),
) -> Result<u64, ImportError> {
    let mut problems = Problems::default();
    let mut rows = 0;
    let mut twins = Twins::default();
    let mut joining = Joining::read(app, app.clock.now()).await?;
    if let Some(mut table) = Table::open(input, &mut problems)? {
        while let Some(piece) = table.next_rows(PIECE, context, &mut problems)? {
            twins.refuse(&piece, &mut problems);
            let plan = plan::plan(&app.store.view(), context, &piece, app.clock.now()).await?;
            refuse_locked_out(app, context, &mut joining, &plan.people, &mut problems).await?;
            for Problem { line, fault } in plan.problems.told {
                problems.at(line, fault);
            }
            rows += piece.len() as u64;
        }
    }
    problems.told.sort_by_key(|problem| problem.line);
    if problems.is_empty() { Ok(rows) } else { Err(ImportError::Table(problems)) }
}

/// Nobody is locked out unseen: whoever could not log in tomorrow as a member of a group is put into
/// it by hand, where that is asked.
async fn refuse_locked_out(
    app: &App,
    context: &Context,
    joining: &mut Joining,
    people: &[Planned],
    problems: &mut Problems,
) -> anyhow::Result<()> {
    for planned in people {
        let (person, Some(joins)) = (&planned.record.person, planned.joins()) else { continue };
        if !joining.locks_out(app, person, joins).await? {
            continue;
        }
        let names = context.groups.iter().filter(|(_, id)| joins.contains(id));
        let groups = names.map(|(name, _)| name.clone()).collect();
        let username = person.username.clone();
        problems.at(planned.line, Fault::LocksOut { username, groups });
    }
    Ok(())
}

/// Who was in earlier rows, by digest: what rows say would take most of the memory.
#[derive(Default)]
struct Twins {
    usernames: HashMap<[u8; 32], u64>,
    staff_numbers: HashMap<[u8; 32], u64>,
}

impl Twins {
    fn refuse(&mut self, rows: &Rows, problems: &mut Problems) {
        for row in rows {
            let username = &row.username;
            let digest = *Digest::of(username.as_str().as_bytes()).as_bytes();
            let first = *self.usernames.entry(digest).or_insert(row.line);
            if first != row.line {
                let username = username.clone();
                problems.at(row.line, Fault::UsernameTwice { username, line: first });
            }
            let Some(number) = row.staff_number.value() else { continue };
            let digest = *Digest::of(number.as_bytes()).as_bytes();
            let first = *self.staff_numbers.entry(digest).or_insert(row.line);
            if first != row.line {
                let staff_number = number.clone();
                problems.at(row.line, Fault::StaffNumberTwice { staff_number, line: first });
            }
        }
    }
}

/// Why a piece was not written.
enum Refusal {
    /// Somebody changed the same people since the letters were written.
    Anew,
    Store(latchkey_store::Error),
}

impl From<latchkey_store::Error> for Refusal {
    fn from(error: latchkey_store::Error) -> Self {
        Self::Store(error)
    }
}

/// Writes one piece.
async fn carry_out(
    app: &App,
    origin: &Origin,
    context: &Arc<Context>,
    rows: &Arc<Rows>,
) -> Result<Plan, ImportError> {
    for _ in 0..ATTEMPTS {
        let seen = plan::plan(&app.store.view(), context, rows, origin.at).await?;
        if !seen.problems.is_empty() || seen.people.iter().all(|it| it.change.is_none()) {
            return Ok(seen);
        }
        let mut written = HashMap::new();
        for planned in &seen.people {
            if let Some(moved) = planned.address_moved() {
                written.insert(moved.clone(), letters::tell(app, origin, moved).await?);
            }
        }
        let (context, rows) = (Arc::clone(context), Arc::clone(rows));
        let (origin, rng) = (origin.clone(), Arc::clone(&app.rng));
        let written = Arc::new(written);
        let write = async move |tx: &Tx| -> Result<Plan, Refusal> {
            let mut plan = plan::plan(&tx.view(), &context, &rows, origin.at).await?;
            if !plan.problems.is_empty() {
                return Ok(plan);
            }
            plan.add(tx, &*rng, origin.at).await?;
            for planned in &mut plan.people {
                if let Some(moved) = planned.address_moved() {
                    let letters = written.get(moved).ok_or(Refusal::Anew)?;
                    letters.queue(tx).await?;
                }
                let Some(change) = planned.carry_out(tx, origin.at).await? else { continue };
                let what =
                    What::PersonImported { added: change.added, changes: change.details.clone() };
                let event = origin.event(&*rng, &planned.record.person, None, what);
                tx.insert_event(&event).await?;
            }
            Ok(plan)
        };
        match app.store.write(write).await {
            Ok(plan) => {
                mail::wake(app);
                return Ok(plan);
            }
            // A user name that somebody else took at the same moment is told as one that is taken.
            Err(Refusal::Anew) => {}
            Err(Refusal::Store(error)) if error.is_conflict() => {}
            Err(Refusal::Store(error)) => return Err(error.into()),
        }
    }
    Err(anyhow::anyhow!("the same people were changed again and again meanwhile").into())
}

/// Invites those of a plan who are to be, by the same action as anybody else.
async fn invite(app: &App, origin: &Origin, plan: &Plan) -> anyhow::Result<()> {
    let handling = Handling::default();
    let mut invited = Vec::new();
    for planned in &plan.people {
        if planned.invite {
            invited.push(links::invite(app, origin, &planned.record, &handling));
        }
    }
    let mut invited = stream::iter(invited).buffer_unordered(INVITED_AT_ONCE);
    // Whoever set something up in this moment needs no invitation any more.
    while invited.try_next().await?.is_some() {}
    Ok(())
}
