//! Sessions that ended where their browser is not: by an administrator, from another device, or with
//! a browser that did not go all the way round. One node at a time tells their applications.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use latchkey_core::Timestamp;
use latchkey_store::{Error, Tx};
use tokio::time::MissedTickBehavior;

use super::tell::{self, Left};
use crate::App;

/// Who holds it tells them.
const LEASE: &str = "saml log-outs";
/// How long somebody's applications wait at most, where nobody else's do.
const EVERY: Duration = Duration::from_secs(5);
/// Longer than a portion takes; a node that dies in between is followed after this time.
const HELD_FOR: Duration = Duration::from_secs(60);
/// How many are told at once.
const PORTION: u64 = 16;

/// Tells applications of sessions that have ended, for ever.
pub async fn look(app: Arc<App>) {
    let holder = app.rng.uuid_v4().to_string();
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = round(&app, &holder).await {
            tracing::error!("applications were not told of log-outs: {error:#}");
        }
    }
}

/// Tells all that are due by now, if no other node does; how many tries that were.
///
/// # Errors
/// When the database fails.
pub async fn round(app: &App, holder: &str) -> anyhow::Result<usize> {
    let mut tried = 0;
    loop {
        let now = app.clock.now();
        let due = app.store.view().list_due_farewells(now, PORTION).await?;
        if due.is_empty() || !is_ours(app, holder, now).await? {
            return Ok(tried);
        }
        let told = due.iter().map(|farewell| tell::without_browser(app, farewell, Left::Alone));
        join_all(told).await.into_iter().collect::<anyhow::Result<()>>()?;
        tried += due.len();
    }
}

async fn is_ours(app: &App, holder: &str, now: Timestamp) -> Result<bool, Error> {
    let (holder, until) = (holder.to_owned(), now.plus(HELD_FOR));
    let take = async move |tx: &Tx| tx.take_lease(LEASE, &holder, now, until).await;
    app.store.write(take).await
}
