//! Write closures on their way to the database: queued, run in a transaction, answered.
//!
//! The writer has a thread of its own, because closures borrow their transaction across awaits and
//! need not be `Send`. How closures share transactions is the database's: [`grouped`] on the
//! embedded one, [`apart`] on a server.

mod apart;
mod grouped;

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::FutureExt as _;
use sea_orm::DatabaseConnection;
use tokio::sync::{mpsc, oneshot};

use crate::embedded::WriteLine;
use crate::{Audit, Error, Tx};

/// Writes that may wait before callers are told to come back later.
const WAITING: usize = 1024;

pub(crate) struct Writer {
    jobs: mpsc::Sender<Box<dyn Job>>,
    asked: AtomicU64,
    groups: Arc<AtomicU64>,
}

/// How busy the writer is, and has been.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Writes {
    /// Writes that wait now.
    pub waiting: usize,
    /// Writes that were asked for.
    pub total: u64,
    /// Transactions that they were begun in: writes that wait together share one.
    pub groups: u64,
}

/// A closure with the place where its answer goes.
pub(crate) trait Job: Send {
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
            (Some(Err(refusal)), Ok(())) => Err(refusal),
            (_, Err(error)) => Err(E::from(error)),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(E::from(Error::Internal("a write was not run".into()))),
        };
        // The caller may have gone; the write stands all the same.
        drop(self.reply.send(answer));
    }
}

impl Writer {
    /// A writer of the embedded database.
    pub(crate) fn grouped(line: WriteLine, audit: Audit) -> Result<Self, Error> {
        Self::start(move |waiting, groups| grouped::serve(line, audit, waiting, groups))
    }

    /// A writer of a database server.
    pub(crate) fn apart(pool: DatabaseConnection, audit: Audit) -> Result<Self, Error> {
        Self::start(move |waiting, groups| apart::serve(pool, audit, waiting, groups))
    }

    fn start<F, S>(serve: S) -> Result<Self, Error>
    where
        S: FnOnce(mpsc::Receiver<Box<dyn Job>>, Arc<AtomicU64>) -> F + Send + 'static,
        F: Future<Output = ()>,
    {
        let (jobs, waiting) = mpsc::channel(WAITING);
        let groups = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&groups);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::Internal(error.to_string()))?;
        std::thread::Builder::new()
            .name("latchkey-writer".into())
            .spawn(move || {
                tokio::task::LocalSet::new().block_on(&runtime, serve(waiting, counted));
            })
            .map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Self { jobs, asked: AtomicU64::new(0), groups })
    }

    pub(crate) fn writes(&self) -> Writes {
        Writes {
            waiting: self.jobs.max_capacity() - self.jobs.capacity(),
            total: self.asked.load(Ordering::Relaxed),
            groups: self.groups.load(Ordering::Relaxed),
        }
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
        self.asked.fetch_add(1, Ordering::Relaxed);
        answer.await.unwrap_or_else(|_| {
            Err(E::from(Error::Unavailable("the database's writer has stopped".into())))
        })
    }
}
