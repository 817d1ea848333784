//! An import that goes on behind the answer to whoever asked for it. How far it is stands in the
//! database, where every node sees it; a node that dies is not heard of any more.

use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use latchkey_core::Timestamp;
use latchkey_core::ids::ImportId;
use latchkey_core::secrets::Sealed;
use latchkey_store::{Error, ImportRecord, ImportState, Tx};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use super::{ImportError, Outcome, Problem, Problems, Progress, Wish, import};
use crate::App;
use crate::audit::Origin;
use crate::documents::Mode;

/// How often whoever carries it out is heard of.
const HEARD_EVERY: Duration = Duration::from_secs(1);
/// How long after that an import counts as one that died.
pub const SILENT: Duration = Duration::from_secs(60);

/// A row that is wrong, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wrong {
    /// Its line in the table, from 1; 0 for what is no row's.
    pub line: u64,
    /// What is wrong, in words.
    pub message: String,
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
    let now = origin.at;
    let record = ImportRecord {
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
    };
    let new = record.clone();
    let write = async move |tx: &Tx| {
        let since = now.minus(SILENT);
        if tx.view().find_running_import(new.organisation, since).await?.is_some() {
            return Ok(false);
        }
        tx.insert_import(&new).await?;
        Ok(true)
    };
    if !app.store.write::<bool, Error, _>(write).await? {
        return Ok(None);
    }
    tokio::spawn(carry_out(Arc::clone(app), origin, wish, table, record.clone()));
    Ok(Some(record))
}

/// How far it is.
#[derive(Clone, Copy, Default)]
struct Far {
    rows: u64,
    done: u64,
    added: u64,
    changed: u64,
}

async fn carry_out(
    app: Arc<App>,
    origin: Origin,
    wish: Wish,
    table: Bytes,
    mut record: ImportRecord,
) {
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
    let work = import(&app, &origin, wish, Cursor::new(table), &mut progress);
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
    keep(&app, &mut record).await;
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
            let told = vec![Wrong { line: 0, message: other.to_string() }];
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
        .map(|Problem { line, text }| Wrong { line: *line, message: text.clone() })
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
