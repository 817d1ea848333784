//! The one writer of an embedded database: closures that wait at the same time share one commit.
//!
//! A commit costs a sync to disk, whatever is in it, so grouping is what makes writes cheap. A
//! group first runs without savepoints; when one closure refuses, the group is rolled back and run
//! again with a savepoint each, so that a refusal undoes only itself. The writer has a thread of
//! its own, because closures borrow their transaction across awaits and need not be `Send`.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;

use futures_util::FutureExt as _;
use sea_orm::{
    DatabaseConnection, SqliteTransactionMode, TransactionOptions, TransactionTrait as _,
};
use tokio::sync::{mpsc, oneshot};

use crate::{Error, Tx};

/// Writes that may wait before callers are told to come back later.
const WAITING: usize = 1024;
/// Writes that share a commit at most, so that the first of them does not wait too long.
const GROUP: usize = 64;

pub(crate) struct Writer {
    jobs: mpsc::Sender<Box<dyn Job>>,
}

/// A closure with the place where its answer goes.
trait Job: Send {
    /// Runs the closure; `false` when it refused.
    fn run<'a>(&'a mut self, tx: &'a Tx) -> Pin<Box<dyn Future<Output = bool> + 'a>>;
    /// Answers the caller: with the closure's result, or with why it could not be kept.
    fn finish(self: Box<Self>, kept: Result<(), Error>);
}

struct TypedJob<F, T, E> {
    work: F,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Job for TypedJob<F, T, E>
where
    F: AsyncFn(&Tx) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn run<'a>(&'a mut self, tx: &'a Tx) -> Pin<Box<dyn Future<Output = bool> + 'a>> {
        Box::pin(async move {
            let result = AssertUnwindSafe((self.work)(tx)).catch_unwind().await;
            let result = result.unwrap_or_else(|_| {
                Err(E::from(Error::Internal("a write panicked; nothing of it was kept".into())))
            });
            let accepted = result.is_ok();
            self.result = Some(result);
            accepted
        })
    }

    fn finish(self: Box<Self>, kept: Result<(), Error>) {
        let answer = match (self.result, kept) {
            (Some(Err(refusal)), _) => Err(refusal),
            (_, Err(error)) => Err(E::from(error)),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(E::from(Error::Internal("a write was not run".into()))),
        };
        // The caller may have gone; the write stands all the same.
        drop(self.reply.send(answer));
    }
}

impl Writer {
    pub(crate) fn start(conn: DatabaseConnection) -> Result<Self, Error> {
        let (jobs, waiting) = mpsc::channel(WAITING);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::Internal(error.to_string()))?;
        std::thread::Builder::new()
            .name("latchkey-writer".into())
            .spawn(move || runtime.block_on(serve(&conn, waiting)))
            .map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Self { jobs })
    }

    pub(crate) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: AsyncFn(&Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(TypedJob { work, result: None, reply });
        if self.jobs.try_send(job).is_err() {
            return Err(E::from(Error::Unavailable("too many writes are waiting".into())));
        }
        answer.await.unwrap_or_else(|_| {
            Err(E::from(Error::Unavailable("the database's writer has stopped".into())))
        })
    }
}

async fn serve(conn: &DatabaseConnection, mut waiting: mpsc::Receiver<Box<dyn Job>>) {
    let mut group = Vec::with_capacity(GROUP);
    while waiting.recv_many(&mut group, GROUP).await > 0 {
        let kept = match run_together(conn, &mut group).await {
            Ok(true) => Ok(()),
            Ok(false) => run_apart(conn, &mut group).await,
            Err(error) => Err(error),
        };
        match kept {
            Ok(()) => group.drain(..).for_each(|job| job.finish(Ok(()))),
            Err(error) => {
                tracing::error!(%error, writes = group.len(), "a group of writes was not kept");
                let error = error.to_string();
                for job in group.drain(..) {
                    job.finish(Err(Error::Unavailable(error.clone())));
                }
            }
        }
    }
}

async fn begin(conn: &DatabaseConnection) -> Result<Tx, Error> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    Ok(Tx { txn: conn.begin_with_options(options).await? })
}

/// Runs a group in one transaction; `false` when one refused, and then nothing is kept.
async fn run_together(
    conn: &DatabaseConnection,
    group: &mut [Box<dyn Job>],
) -> Result<bool, Error> {
    let alone = group.len() == 1;
    let tx = begin(conn).await?;
    for job in group {
        if !job.run(&tx).await {
            tx.txn.rollback().await?;
            // A job that was alone has its answer already.
            return Ok(alone);
        }
    }
    tx.txn.commit().await?;
    Ok(true)
}

/// Runs a group in one transaction with a savepoint each.
async fn run_apart(conn: &DatabaseConnection, group: &mut [Box<dyn Job>]) -> Result<(), Error> {
    let outer = begin(conn).await?;
    for job in group {
        let tx = Tx { txn: outer.txn.begin().await? };
        if job.run(&tx).await {
            tx.txn.commit().await?;
        } else {
            tx.txn.rollback().await?;
        }
    }
    outer.txn.commit().await?;
    Ok(())
}
