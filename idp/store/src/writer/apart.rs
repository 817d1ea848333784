//! Writes on a database server: a transaction each, serializable, run again when the server chose
//! it to give way to another or its connection broke before the commit.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::{DatabaseConnection, TransactionTrait as _};
use tokio::sync::{Semaphore, mpsc};

use super::Job;
use crate::line::{ANSWER_WITHIN, gave_way, in_time, is_lost};
use crate::server::WRITERS;
use crate::{Audit, Error, Tx};

/// How often a write that was lost is run before its caller is told to come back later.
const RUNS: u32 = 12;
/// How long a server is asked to undo what it undoes by itself as well.
const ROLL_BACK_WITHIN: Duration = Duration::from_secs(1);

pub(super) async fn serve(
    pool: DatabaseConnection,
    audit: Audit,
    mut waiting: mpsc::Receiver<Box<dyn Job>>,
    groups: Arc<AtomicU64>,
) {
    let pool = Rc::new(pool);
    // Those beyond wait in the queue, where they can be turned away, and not for a connection.
    let room = Arc::new(Semaphore::new(WRITERS as usize));
    let mut number = 0;
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        let Some(job) = waiting.recv().await else { return };
        groups.fetch_add(1, Ordering::Relaxed);
        let (pool, audit) = (Rc::clone(&pool), Arc::clone(&audit));
        number = (number + 1) % 16;
        tokio::task::spawn_local(async move {
            let _held = permit;
            keep(&pool, &audit, job, number).await;
        });
    }
}

/// Runs one write until it is kept or refused, or was lost too often.
async fn keep(pool: &DatabaseConnection, audit: &Audit, mut job: Box<dyn Job>, number: u64) {
    for run in 0..RUNS {
        match attempt(pool, audit, &mut job).await {
            Ok(Outcome::Settled) => return job.finish(Ok(())),
            Ok(Outcome::Lost) => tokio::time::sleep(pause(run, number)).await,
            Err(error) => {
                tracing::error!(%error, "a write was not kept");
                return job.finish(Err(error));
            }
        }
    }
    tracing::warn!("a write gave way to others too often");
    job.finish(Err(Error::Unavailable("a write gave way to others too often".into())));
}

enum Outcome {
    /// It was kept, or it refused and was rolled back.
    Settled,
    /// Nothing of it was kept; it may be run again.
    Lost,
}

async fn attempt(
    pool: &DatabaseConnection,
    audit: &Audit,
    job: &mut Box<dyn Job>,
) -> Result<Outcome, Error> {
    let transaction = match in_time(ANSWER_WITHIN, pool.begin()).await {
        Ok(transaction) => transaction,
        Err(error) if is_lost(&error) => return Ok(Outcome::Lost),
        Err(error) => return Err(error.into()),
    };
    let tx = Tx::server(transaction, audit);
    let accepted = job.run(&tx).await;
    let (transaction, lost) = tx.into_server()?;
    if lost || !accepted {
        // Failing to roll back is failing to talk: the server does it by itself then.
        drop(in_time(ROLL_BACK_WITHIN, transaction.rollback()).await);
        return Ok(if lost { Outcome::Lost } else { Outcome::Settled });
    }
    match in_time(ANSWER_WITHIN, transaction.commit()).await {
        Ok(()) => Ok(Outcome::Settled),
        Err(error) if gave_way(&error) => Ok(Outcome::Lost),
        // Whether it was kept is not known, so it must not be run again.
        Err(error) => Err(Error::Unavailable(error.to_string())),
    }
}

/// Longer each time and not the same for neighbours, so that those who got into each other's way
/// part.
fn pause(run: u32, number: u64) -> Duration {
    Duration::from_millis((1 << run.min(7)) + number)
}
