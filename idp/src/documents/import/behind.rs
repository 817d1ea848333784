//! An import that goes on behind the answer to whoever asked for it. How far it is stands in the
//! database, where every node sees it; a node that dies is not heard of any more.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use latchkey_api::imports::OTHER_ROW_ERROR;
use latchkey_core::Timestamp;
use latchkey_core::ids::ImportId;
use latchkey_core::secrets::Sealed;
use latchkey_store::{Error, ImportPart, ImportRecord, ImportState, Tx, View};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use super::{ImportError, Outcome, Problem, Problems, Progress, Wish, fault, import};
use crate::App;
use crate::audit::Origin;
use crate::documents::Mode;

/// How often whoever carries it out is heard of.
const HEARD_EVERY: Duration = Duration::from_secs(1);
/// How long after that an import counts as one that died.
pub const SILENT: Duration = Duration::from_secs(60);
/// How long the table of a dry run is kept, so that it is taken in without being sent again.
pub const TABLE_KEPT: Duration = Duration::from_secs(3600);
/// How much of a table one write keeps, so that nobody who logs in waits for all of it.
const PART: usize = 1024 * 1024;

/// A row that is wrong, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wrong {
    /// Its line in the table, from 1; 0 for what is no row's.
    pub line: u64,
    /// What is wrong, as a word that programs know.
    #[serde(default = "other")]
    pub code: String,
    /// What it is about.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// What is wrong, in English.
    pub message: String,
}

/// What was kept before there were codes.
fn other() -> String {
    OTHER_ROW_ERROR.to_owned()
}

impl Wrong {
    fn new(line: u64, (code, values): fault::Coded, message: String) -> Self {
        let names = fault::names(code).iter().map(|name| (*name).to_owned());
        Self { line, code: code.to_owned(), values: names.zip(values).collect(), message }
    }
}

/// Begins to import a table; `None` when people of the organisation are imported already.
///
/// # Errors
/// When the database fails; nothing is begun then.
pub async fn begin(
    app: &Arc<App>,
    origin: Origin,
    wish: Wish,
    table: Bytes,
) -> anyhow::Result<Option<ImportRecord>> {
    let record = new(app, &origin, wish);
    let begun = record.clone();
    let write = async move |tx: &Tx| {
        let may = !is_anything_running(&tx.view(), &begun).await?;
        if may {
            tx.insert_import(&begun).await?;
        }
        Ok(may)
    };
    if !app.store.write::<bool, Error, _>(write).await? {
        return Ok(None);
    }
    let work = Work { origin, wish, table, from: None };
    tokio::spawn(carry_out(Arc::clone(app), work, record.clone()));
    Ok(Some(record))
}

/// What comes of a wish to take in the table of a dry run.
#[derive(Debug)]
pub enum Taken {
    /// The import that does it, or did already: whoever presses twice begins one.
    By(ImportRecord),
    /// The table is kept no more, or there was something wrong with it.
    Gone,
    /// People of the organisation are imported already.
    Running,
}

/// Begins to take in the table that a dry run went through. One that stopped on the way goes on.
///
/// # Errors
/// When the database fails or what is kept does not open; nothing is begun then.
pub async fn take_in(
    app: &Arc<App>,
    origin: Origin,
    dry: &ImportRecord,
    invite: bool,
) -> anyhow::Result<Taken> {
    let wish = Wish { organisation: dry.organisation, mode: Mode::Keep, invite };
    if let Some(by) = done_already(&app.store.view(), dry, origin.at).await? {
        return Ok(Taken::By(by));
    }
    if !is_kept(dry, origin.at) {
        return Ok(Taken::Gone);
    }
    let Some(table) = kept_table(app, dry.id).await? else { return Ok(Taken::Gone) };
    let record = new(app, &origin, wish);
    let (begun, dry_id, now) = (record.clone(), dry.id, origin.at);
    let write = async move |tx: &Tx| {
        let view = tx.view();
        let Some(dry) = view.find_any_import(dry_id).await? else { return Ok(Taken::Gone) };
        if let Some(by) = done_already(&view, &dry, now).await? {
            return Ok(Taken::By(by));
        }
        if is_anything_running(&view, &begun).await? {
            return Ok(Taken::Running);
        }
        if !tx.take_import_in(&dry, begun.id).await? {
            return Ok(Taken::Running);
        }
        tx.insert_import(&begun).await?;
        Ok(Taken::By(begun.clone()))
    };
    let taken = app.store.write::<Taken, Error, _>(write).await?;
    if matches!(&taken, Taken::By(by) if by.id == record.id) {
        let work = Work { origin, wish, table, from: Some(dry.id) };
        tokio::spawn(carry_out(Arc::clone(app), work, record));
    }
    Ok(taken)
}

/// Whether the table of a dry run is there to be taken in.
#[must_use]
pub fn is_kept(dry: &ImportRecord, now: Timestamp) -> bool {
    let done = dry.dry_run && dry.state == ImportState::Done;
    done && dry.table_until.is_some_and(|until| now < until)
}

/// The import that took a table in, or is about to.
async fn done_already(
    view: &View<'_>,
    dry: &ImportRecord,
    now: Timestamp,
) -> Result<Option<ImportRecord>, Error> {
    let Some(by) = dry.taken_in else { return Ok(None) };
    let by = view.find_any_import(by).await?;
    Ok(by.filter(|by| match by.state {
        ImportState::Running => !is_silent(by, now),
        ImportState::Done => true,
        ImportState::Refused | ImportState::Failed => false,
    }))
}

fn new(app: &App, origin: &Origin, wish: Wish) -> ImportRecord {
    let now = origin.at;
    ImportRecord {
        id: ImportId::new(&*app.rng, now),
        organisation: wish.organisation,
        dry_run: wish.mode == Mode::DryRun,
        invite: wish.invite,
        state: ImportState::Running,
        rows: 0,
        done: 0,
        added: 0,
        changed: 0,
        wrong: 0,
        errors: None,
        started_at: now,
        heard_at: now,
        ended_at: None,
        table_until: None,
        taken_in: None,
    }
}

async fn is_anything_running(view: &View<'_>, new: &ImportRecord) -> Result<bool, Error> {
    let since = new.started_at.minus(SILENT);
    Ok(view.find_running_import(new.organisation, since).await?.is_some())
}

/// What is carried out.
struct Work {
    origin: Origin,
    wish: Wish,
    table: Bytes,
    /// The dry run whose table it is.
    from: Option<ImportId>,
}

/// How far it is.
#[derive(Clone, Copy, Default)]
struct Far {
    rows: u64,
    done: u64,
    added: u64,
    changed: u64,
}

async fn carry_out(app: Arc<App>, work: Work, mut record: ImportRecord) {
    let Work { origin, wish, table, from } = work;
    let (tell, told) = watch::channel(Far::default());
    let mut progress = move |some: Progress<'_>| {
        let added = some.changes.iter().filter(|change| change.added).count() as u64;
        tell.send_modify(|far| {
            far.rows = some.of;
            far.done = some.done;
            far.added += added;
            far.changed += some.changes.len() as u64 - added;
        });
    };
    let work = import(&app, &origin, wish, Cursor::new(table.clone()), &mut progress);
    tokio::pin!(work);
    let mut heard = interval(HEARD_EVERY);
    heard.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let ended = loop {
        tokio::select! {
            ended = &mut work => break ended,
            _ = heard.tick() => {
                let Far { rows, done, added, changed } = *told.borrow();
                record = ImportRecord { rows, done, added, changed, ..record };
                keep(&app, &mut record).await;
            }
        }
    };
    let Far { rows, done, added, changed } = *told.borrow();
    record = ImportRecord { rows, done, added, changed, ..record };
    end(&app, &mut record, ended);
    if record.state == ImportState::Done {
        let kept = match (record.dry_run, from) {
            (true, _) => keep_table(&app, &mut record, &table).await,
            (false, Some(dry)) => forget_table(&app, dry).await,
            (false, None) => Ok(()),
        };
        // It is over in an hour, or has to be sent again.
        if let Err(error) = kept {
            tracing::warn!("the table of an import was not kept or forgotten: {error}");
        }
    }
    keep(&app, &mut record).await;
}

fn purpose_of_part(id: ImportId, number: usize, of: usize) -> String {
    format!("import {id} part {number} of {of}")
}

/// Keeps the table of a dry run for a while, sealed: it names people.
async fn keep_table(app: &App, record: &mut ImportRecord, table: &Bytes) -> Result<(), Error> {
    let of = table.len().div_ceil(PART);
    for (number, part) in table.chunks(PART).enumerate() {
        let purpose = purpose_of_part(record.id, number, of);
        let part = ImportPart {
            id: app.rng.uuid_v4(),
            import: record.id,
            number: number as u64,
            sealed: app.keys.seal_data(&*app.rng, &purpose, part),
        };
        let write = async move |tx: &Tx| tx.insert_import_part(&part).await;
        app.store.write::<(), Error, _>(write).await?;
    }
    record.table_until = Some(app.clock.now().plus(TABLE_KEPT));
    Ok(())
}

async fn forget_table(app: &App, dry: ImportId) -> Result<(), Error> {
    let write = async move |tx: &Tx| tx.delete_import_table(dry).await;
    app.store.write::<(), Error, _>(write).await
}

/// The table of a dry run, if all of it is there.
async fn kept_table(app: &App, id: ImportId) -> anyhow::Result<Option<Bytes>> {
    let parts = app.store.view().list_import_parts(id).await?;
    let (of, mut table) = (parts.len(), Vec::new());
    for (number, sealed) in parts.iter().enumerate() {
        let part = app.keys.open_data(&purpose_of_part(id, number, of), sealed);
        let part = part.map_err(|_| anyhow::anyhow!("the table of an import does not open"))?;
        table.extend_from_slice(&part);
    }
    Ok((of > 0).then(|| table.into()))
}

/// What became of it.
fn end(app: &App, record: &mut ImportRecord, ended: Result<Outcome, ImportError>) {
    record.ended_at = Some(app.clock.now());
    record.state = match ended {
        Ok(Outcome { rows, added, changed, .. }) => {
            (record.rows, record.done, record.added, record.changed) = (rows, rows, added, changed);
            ImportState::Done
        }
        Err(ImportError::Table(problems)) => {
            blame(app, record, &problems);
            ImportState::Refused
        }
        Err(ImportError::Overtaken { kept, problems }) => {
            record.done = kept;
            blame(app, record, &problems);
            ImportState::Failed
        }
        Err(ImportError::Store(error)) => failed(&error.into()),
        Err(ImportError::Internal(error)) => failed(&error),
        Err(other) => {
            let told = vec![Wrong::new(0, (other.code(), Vec::new()), other.to_string())];
            record.errors = sealed(app, record.id, &told);
            ImportState::Failed
        }
    };
}

fn failed(error: &anyhow::Error) -> ImportState {
    tracing::error!("an import failed: {error:#}");
    ImportState::Failed
}

fn blame(app: &App, record: &mut ImportRecord, problems: &Problems) {
    let told: Vec<Wrong> = problems
        .told()
        .iter()
        .map(|Problem { line, fault }| Wrong::new(*line, fault.coded(), fault.to_string()))
        .collect();
    record.wrong = told.len() as u64 + problems.more();
    record.errors = sealed(app, record.id, &told);
}

fn purpose(id: ImportId) -> String {
    format!("import {id}")
}

fn sealed(app: &App, id: ImportId, told: &[Wrong]) -> Option<Sealed> {
    let text = serde_json::to_vec(told).ok()?;
    Some(app.keys.seal_data(&*app.rng, &purpose(id), &text))
}

/// What is wrong in the table of an import.
///
/// # Errors
/// When what was kept cannot be opened.
pub fn wrong(app: &App, record: &ImportRecord) -> anyhow::Result<Vec<Wrong>> {
    let Some(sealed) = &record.errors else { return Ok(Vec::new()) };
    let text = app.keys.open_data(&purpose(record.id), sealed);
    let text = text.map_err(|_| anyhow::anyhow!("what is wrong in a table does not open"))?;
    Ok(serde_json::from_slice(&text)?)
}

/// Whether it stopped without a word.
#[must_use]
pub fn is_silent(record: &ImportRecord, now: Timestamp) -> bool {
    record.state == ImportState::Running && now.since(record.heard_at) > SILENT
}

/// Notes how far it is. What cannot be noted now is next time.
async fn keep(app: &App, record: &mut ImportRecord) {
    record.heard_at = app.clock.now();
    let noted = record.clone();
    let write = async move |tx: &Tx| tx.update_import(&noted).await;
    if let Err(error) = app.store.write::<(), Error, _>(write).await {
        tracing::warn!("how far an import is was not kept: {error}");
    }
}
