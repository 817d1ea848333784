//! Housekeeping: what nobody needs any more is removed, by one node at a time.
//!
//! Owns how long dead rows are kept. Removes nothing that is alive: expired is what the rows say.

pub mod chain;
pub mod counting;
pub mod metadata;
pub mod providers;
pub mod renewal;

use std::sync::Arc;
use std::time::Duration;

use latchkey_core::Timestamp;
use latchkey_store::{Error, PORTION, Store, Tx};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::actions::wanted;
use crate::keys::rotation::PUBLISHED_AFTER;
use crate::keys::saml;
use crate::saml::REQUESTS_KEPT;
use crate::saml::logout::absent;
use crate::{App, mail};

/// Who holds it does the housekeeping.
pub(crate) const LEASE: &str = "housekeeping";
const EVERY: Duration = Duration::from_secs(60);
/// Longer than a round takes: a node that dies is followed after this time.
const HELD_FOR: Duration = Duration::from_secs(3 * 60);
/// People come back to a flow's address and are told that it is over.
const FLOWS_KEPT: Duration = Duration::from_secs(24 * 3600);
/// What happened in a session can be asked about for a while.
const SESSIONS_KEPT: Duration = Duration::from_secs(30 * 86_400);
/// Whoever follows a link late is told so, and not that there is no such link.
const LINKS_KEPT: Duration = Duration::from_secs(30 * 86_400);
/// A code or token that is used again is recognised for a while.
const GRANTS_KEPT: Duration = Duration::from_secs(30 * 86_400);
/// How long it is told how an import went.
const IMPORTS_KEPT: Duration = Duration::from_secs(30 * 86_400);
/// How long after it was last heard of an import leaves no table behind that it did not finish
/// keeping.
const TABLES_BEGUN: Duration = Duration::from_secs(600);
/// How long it is known how far people were.
const COUNTS_KEPT: Duration = Duration::from_secs(400 * 86_400);
/// A client's token that was used stays refused where another node's clock is behind.
const ASSERTIONS_KEPT: Duration = Duration::from_secs(5 * 60);

/// What a round removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Challenges that nobody answered.
    pub ceremonies: u64,
    /// Ways through the log-in pages.
    pub flows: u64,
    /// Sessions.
    pub sessions: u64,
    /// Grants, with their refresh tokens.
    pub grants: u64,
    /// Links that were sent or handed over.
    pub links: u64,
    /// Calls to the helpdesk.
    pub calls: u64,
    /// Counts of wrong log-ins.
    pub throttles: u64,
    /// Signing keys whose last token is dead.
    pub signing_keys: u64,
    /// Keys for SAML whose last message is dead.
    pub saml_keys: u64,
    /// Links in letters that do not work any more.
    pub alerts: u64,
    /// Answers that were kept for whoever sends the same again.
    pub repeatables: u64,
    /// What no second administrator agreed to in time.
    pub approvals: u64,
    /// Tokens by which clients proved who they are.
    pub assertions: u64,
    /// How imports went.
    pub imports: u64,
    /// Parts of tables that were not taken in.
    pub import_parts: u64,
    /// How far people of an organisation were on a day.
    pub counts: u64,
    /// Tests of log-ins to applications.
    pub log_in_tests: u64,
    /// Log-outs on their way round applications.
    pub logouts: u64,
    /// Messages that no service provider fetched.
    pub artifacts: u64,
    /// Requests of service providers that were answered.
    pub requests: u64,
}

impl Removed {
    /// Whether there may be more of something.
    fn is_portion(&self) -> bool {
        // Signing keys are few, and go at once.
        let Self {
            signing_keys: _, saml_keys: _, ceremonies, flows, sessions, grants, links, ..
        } = *self;
        let Self { calls, throttles, alerts, repeatables, approvals, assertions, .. } = *self;
        let Self {
            imports, import_parts, counts, log_in_tests, logouts, artifacts, requests, ..
        } = *self;
        [ceremonies, flows, sessions, grants, links, calls, throttles, alerts, assertions]
            .into_iter()
            .chain([repeatables, approvals, imports, import_parts, counts, log_in_tests])
            .chain([logouts, artifacts, requests])
            .any(|removed| removed >= PORTION)
    }

    fn add(&mut self, more: Self) {
        self.ceremonies += more.ceremonies;
        self.flows += more.flows;
        self.sessions += more.sessions;
        self.grants += more.grants;
        self.links += more.links;
        self.calls += more.calls;
        self.throttles += more.throttles;
        self.signing_keys += more.signing_keys;
        self.saml_keys += more.saml_keys;
        self.alerts += more.alerts;
        self.repeatables += more.repeatables;
        self.approvals += more.approvals;
        self.assertions += more.assertions;
        self.imports += more.imports;
        self.import_parts += more.import_parts;
        self.counts += more.counts;
        self.log_in_tests += more.log_in_tests;
        self.logouts += more.logouts;
        self.artifacts += more.artifacts;
        self.requests += more.requests;
    }
}

/// All that an installation does beside answering.
pub struct Running {
    /// What may be cut off at any moment.
    tasks: JoinSet<()>,
    letters: Option<mail::Worker>,
}

/// Starts all of it.
#[must_use]
pub fn start(app: &Arc<App>) -> Running {
    let mut tasks = JoinSet::new();
    tasks.spawn(keep_house(Arc::clone(app)));
    tasks.spawn(chain::seal(Arc::clone(app)));
    tasks.spawn(counting::look(Arc::clone(app)));
    tasks.spawn(wanted::look(Arc::clone(app)));
    tasks.spawn(absent::look(Arc::clone(app)));
    tasks.spawn(providers::look(Arc::clone(app)));
    if app.config.metadata.is_some() {
        tasks.spawn(metadata::look(Arc::clone(app)));
    }
    Running { tasks, letters: mail::spawn(Arc::clone(app)) }
}

impl Running {
    /// Ends it. Links that were asked for are still looked into, and letters on their way go.
    pub async fn finish(mut self, app: &App) {
        self.tasks.shutdown().await;
        wanted::send(app).await;
        if let Some(letters) = self.letters {
            letters.finish().await;
        }
    }
}

/// The housekeeping, for ever.
async fn keep_house(app: Arc<App>) {
    let holder = app.rng.uuid_v4().to_string();
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let lasts = app.config.lifetimes.flow;
        match round(&app.store, app.clock.now(), lasts, &holder).await {
            Ok(Some(removed)) => {
                if removed != Removed::default() {
                    tracing::info!(?removed, "housekeeping");
                }
                if let Err(error) = renewal::round(&app).await {
                    tracing::error!("a certificate that ends was not renewed: {error:#}");
                }
            }
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "the housekeeping failed"),
        }
    }
}

/// Removes what nobody needs any more, whoever holds the lease.
///
/// # Errors
/// When the database fails.
pub async fn tidy(app: &App) -> Result<Removed, Error> {
    let (now, lasts) = (app.clock.now(), app.config.lifetimes.flow);
    let mut all = Removed::default();
    loop {
        let portion = app.store.write(async move |tx: &Tx| sweep(tx, now, lasts).await).await?;
        all.add(portion);
        if !portion.is_portion() {
            return Ok(all);
        }
    }
}

/// One round, if this node holds the lease or can take it.
async fn round(
    store: &Store,
    now: Timestamp,
    flow_lasts: Duration,
    holder: &str,
) -> Result<Option<Removed>, Error> {
    let until = now.plus(HELD_FOR);
    let mut all = None::<Removed>;
    loop {
        let holder = holder.to_owned();
        // Asked in every portion: a round that takes long may lose it to another node.
        let work = async move |tx: &Tx| match tx.take_lease(LEASE, &holder, now, until).await? {
            true => sweep(tx, now, flow_lasts).await.map(Some),
            false => Ok(None),
        };
        let Some(portion) = store.write::<_, Error, _>(work).await? else { return Ok(all) };
        all.get_or_insert_default().add(portion);
        if !portion.is_portion() {
            return Ok(all);
        }
    }
}

/// One portion of everything, where a log-in may take so long.
async fn sweep(tx: &Tx, now: Timestamp, flow_lasts: Duration) -> Result<Removed, Error> {
    let out_of_play = now.minus(flow_lasts + REQUESTS_KEPT);
    Ok(Removed {
        ceremonies: tx.delete_expired_ceremonies(now).await?,
        flows: tx.delete_flows_expired_before(now.minus(FLOWS_KEPT)).await?,
        grants: tx.delete_grants_expired_before(now.minus(GRANTS_KEPT)).await?,
        sessions: tx.delete_sessions_ended_before(now.minus(SESSIONS_KEPT)).await?,
        links: tx.delete_links_expired_before(now.minus(LINKS_KEPT)).await?,
        calls: tx.delete_expired_calls(now).await?,
        throttles: tx.delete_expired_throttles(now).await?,
        signing_keys: tx.delete_signing_keys_ended_before(now.minus(PUBLISHED_AFTER)).await?,
        saml_keys: tx.delete_saml_keys_ended_before(now.minus(saml::PUBLISHED_AFTER)).await?,
        alerts: tx.delete_expired_alerts(now).await?,
        repeatables: tx.delete_expired_repeatables(now).await?,
        approvals: tx.delete_expired_approvals(now).await?,
        assertions: tx.delete_assertions_expired_before(now.minus(ASSERTIONS_KEPT)).await?,
        import_parts: tx.delete_import_parts_before(now, now.minus(TABLES_BEGUN)).await?,
        imports: tx.delete_imports_before(now.minus(IMPORTS_KEPT)).await?,
        counts: tx.delete_oldest_enrolment_before(now.minus(COUNTS_KEPT)).await?,
        log_in_tests: tx.delete_expired_log_in_tests(now).await?,
        logouts: tx.delete_logouts_expired_before(now).await?,
        artifacts: tx.delete_expired_artifacts(now).await?,
        requests: tx.delete_requests_made_before(out_of_play).await?,
    })
}

#[cfg(test)]
mod tests {
    use latchkey_core::ids::{CeremonyId, FlowId};
    use latchkey_core::requirement::Requirement;
    use latchkey_core::secrets::Digest;
    use latchkey_store::{Ceremony, Flow};
    use uuid::Uuid;

    use super::*;

    const HOUR: u64 = 3600;
    const LASTS: Duration = Duration::from_secs(900);

    fn after(seconds: u64) -> Timestamp {
        Timestamp::from_seconds(1_800_000_000).plus(Duration::from_secs(seconds))
    }

    async fn store() -> (Store, tempfile::TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("latchkey.db").display());
        let store = Store::open(&url).await.expect("a store");
        fill(&store).await;
        (store, folder)
    }

    async fn fill(store: &Store) {
        let ceremony = Ceremony {
            id: CeremonyId(Uuid::from_u128(1)),
            kind: "assertion".to_owned(),
            binding: "flow".to_owned(),
            person: None,
            state: String::new(),
            expires_at: after(600),
        };
        let flow = Flow {
            id: FlowId(Uuid::from_u128(2)),
            browser: Digest::of(b"browser"),
            requirement: Requirement::anyone(),
            resume: "/account".to_owned(),
            payload: String::new(),
            session: None,
            step: "step".to_owned(),
            progress: String::new(),
            created_at: after(0),
            expires_at: after(900),
            finished_at: None,
        };
        store
            .write::<(), Error, _>(async move |tx: &Tx| {
                tx.insert_ceremony(&ceremony).await?;
                tx.insert_flow(&flow).await
            })
            .await
            .expect("kept");
    }

    #[tokio::test]
    async fn what_expired_goes_when_its_time_is_up_and_not_before() {
        let (store, _folder) = store().await;
        let at = async |seconds| round(&store, after(seconds), LASTS, "me").await.expect("a round");
        assert_eq!(at(1).await, Some(Removed::default()));
        let ceremony = Removed { ceremonies: 1, ..Removed::default() };
        assert_eq!(at(601).await, Some(ceremony));
        assert_eq!(at(901).await, Some(Removed::default()), "a flow is kept for a day");
        let flow = Removed { flows: 1, ..Removed::default() };
        assert_eq!(at(25 * HOUR).await, Some(flow));
    }

    #[tokio::test]
    async fn more_than_a_portion_goes_in_one_round_of_several_writes() {
        let (store, _folder) = store().await;
        let count = u32::try_from(2 * PORTION + 7).expect("few");
        let ceremonies = (0..count).map(|number| Ceremony {
            id: CeremonyId(Uuid::from_u128(u128::from(number) + 1000)),
            kind: "assertion".to_owned(),
            binding: format!("flow {number}"),
            person: None,
            state: String::new(),
            expires_at: after(600 + u64::from(number % 2) * 600),
        });
        let ceremonies: Vec<_> = ceremonies.collect();
        let write = async move |tx: &Tx| {
            for ceremony in &ceremonies {
                tx.insert_ceremony(ceremony).await?;
            }
            Ok(())
        };
        store.write::<(), Error, _>(write).await.expect("kept");
        let before = store.writes().total;
        let removed = round(&store, after(601), LASTS, "me").await.expect("a round");
        let expired = u64::from(count).div_ceil(2) + 1;
        assert_eq!(removed.map(|removed| removed.ceremonies), Some(expired));
        assert_eq!(store.writes().total - before, 2, "a portion a write");
        let removed = round(&store, after(1201), LASTS, "me").await.expect("a round");
        assert_eq!(removed.map(|removed| removed.ceremonies), Some(u64::from(count) / 2));
    }

    #[tokio::test]
    async fn a_node_without_the_lease_removes_nothing_until_it_is_free() {
        let (store, _folder) = store().await;
        let at =
            async |seconds, who| round(&store, after(seconds), LASTS, who).await.expect("a round");
        assert_eq!(at(590, "one").await, Some(Removed::default()));
        assert_eq!(at(650, "two").await, None);
        assert_eq!(at(590 + 180, "two").await.map(|removed| removed.ceremonies), Some(1));
        assert_eq!(at(590 + 181, "one").await, None);
    }

    async fn round_at(node: &Store, seconds: u64, who: &str) -> Option<Removed> {
        round(node, after(seconds), LASTS, who).await.expect("a round")
    }

    #[tokio::test]
    async fn the_work_of_a_node_that_died_passes_to_the_other_after_the_leases_time() {
        let database = latchkey_test_databases::Database::new();
        let nodes = [Store::open(&database.url).await, Store::open(&database.url).await];
        let nodes = nodes.map(|node| node.expect("a node"));
        fill(&nodes[0]).await;
        // Both at once: one has it.
        let (one, two) = tokio::join!(round_at(&nodes[0], 0, "one"), round_at(&nodes[1], 0, "two"));
        assert_eq!(one.is_some(), two.is_none(), "{one:?} {two:?}");
        let ([dies, survives], who, left) = match (nodes, one) {
            (nodes, Some(_)) => (nodes, "one", "two"),
            ([one, two], None) => ([two, one], "two", "one"),
        };
        assert!(round_at(&dies, 590, who).await.is_some(), "renewed");
        drop(dies);
        assert_eq!(round_at(&survives, 650, left).await, None, "still held");
        let removed = round_at(&survives, 590 + 180, left).await;
        assert_eq!(removed.map(|removed| removed.ceremonies), Some(1), "the work goes on");
    }
}
