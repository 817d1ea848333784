//! Writes on the embedded database: closures that wait at the same time share one commit.
//!
//! A commit costs a sync to disk, whatever is in it, so grouping is what makes writes cheap. A
//! group first runs without savepoints; when one closure refuses, the group is rolled back and run
//! again with a savepoint each, so that a refusal undoes only itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;

use super::Job;
use crate::embedded::WriteLine;
use crate::{Audit, Error, Tx};

/// Writes that share a commit at most, so that the first of them does not wait too long.
const GROUP: usize = 64;

pub(super) async fn serve(
    line: WriteLine,
    audit: Audit,
    mut waiting: mpsc::Receiver<Box<dyn Job>>,
    groups: Arc<AtomicU64>,
) {
    let mut group = Vec::with_capacity(GROUP);
    while waiting.recv_many(&mut group, GROUP).await > 0 {
        groups.fetch_add(1, Ordering::Relaxed);
        let kept = match together(&line, &audit, &mut group).await {
            Ok(true) => Ok(()),
            Ok(false) => one_by_one(&line, &audit, &mut group).await,
            Err(error) => Err(error),
        };
        match kept {
            Ok(()) => group.drain(..).for_each(|job| job.finish(Ok(()))),
            Err(error) => {
                line.abandon();
                tracing::error!(%error, writes = group.len(), "a group of writes was not kept");
                let error = error.to_string();
                for job in group.drain(..) {
                    job.finish(Err(Error::Unavailable(error.clone())));
                }
            }
        }
    }
}

/// Runs a group in one transaction; `false` when one refused, and then nothing is kept.
async fn together(
    line: &WriteLine,
    audit: &Audit,
    group: &mut [Box<dyn Job>],
) -> Result<bool, Error> {
    let alone = group.len() == 1;
    line.control("BEGIN IMMEDIATE")?;
    let tx = Tx::embedded(line, audit);
    for job in group {
        if !job.run(&tx).await {
            line.abandon();
            // A job that was alone has its answer already.
            return Ok(alone);
        }
    }
    line.control("COMMIT")?;
    Ok(true)
}

/// Runs a group in one transaction with a savepoint each.
async fn one_by_one(
    line: &WriteLine,
    audit: &Audit,
    group: &mut [Box<dyn Job>],
) -> Result<(), Error> {
    line.control("BEGIN IMMEDIATE")?;
    let tx = Tx::embedded(line, audit);
    for job in group {
        line.control("SAVEPOINT one")?;
        if !job.run(&tx).await {
            line.control("ROLLBACK TO one")?;
        }
        line.control("RELEASE one")?;
    }
    line.control("COMMIT")?;
    Ok(())
}
