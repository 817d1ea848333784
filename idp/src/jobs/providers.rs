//! Looks after what service providers say of themselves: what came from an address is read again when
//! its time has come, and what ends soon is told. One node at a time does it, under a lease.
//!
//! When a time has come, and what becomes of a try, is SAML's; this owns who tries.

use std::sync::Arc;
use std::time::Duration;

use latchkey_core::Timestamp;
use latchkey_store::{Error, Tx};
use tokio::time::MissedTickBehavior;

use crate::App;
use crate::saml::refresh::{self, Report};

/// Who holds it looks.
const LEASE: &str = "saml metadata";
/// How often it is looked whose time has come.
const EVERY: Duration = Duration::from_secs(60);
/// Longer than one address takes; a node that dies in between is followed after this time.
const HELD_FOR: Duration = Duration::from_secs(10 * 60);

/// Looks after them, for ever.
pub(super) async fn look(app: Arc<App>) {
    let holder = app.rng.uuid_v4().to_string();
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = round(&app, &holder).await {
            tracing::error!("the metadata of service providers was not looked after: {error:#}");
        }
    }
}

/// One round, if this node holds the lease or can take it: what became of those that were read.
///
/// # Errors
/// When the database fails. What was settled until then is kept.
pub async fn round(app: &App, holder: &str) -> anyhow::Result<Option<Vec<Report>>> {
    let now = app.clock.now();
    if app.store.view().list_due_providers(now).await?.is_empty() {
        return Ok(Some(Vec::new()));
    }
    if !is_ours(app, holder, now).await? {
        return Ok(None);
    }
    // Another node may have been through with it before the lease was ours.
    let plan = refresh::due(app, now).await?;
    refresh::look(app, &refresh::by_itself(app), &plan.looked).await?;
    let mut reports = Vec::new();
    for address in plan.addresses {
        let by = refresh::by_itself(app);
        // Asked each time: a round that takes long may lose it to another node.
        if !is_ours(app, holder, by.at).await? {
            break;
        }
        reports.extend(refresh::read(app, &by, address).await?);
    }
    Ok(Some(reports))
}

async fn is_ours(app: &App, holder: &str, now: Timestamp) -> Result<bool, Error> {
    let (holder, until) = (holder.to_owned(), now.plus(HELD_FOR));
    let take = async move |tx: &Tx| tx.take_lease(LEASE, &holder, now, until).await;
    app.store.write(take).await
}
