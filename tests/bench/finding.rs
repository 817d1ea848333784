//! How long it takes to find people, to list them, to count how far they are and which keys they
//! have, and to read all that a policy is tried on, as the store answers it in this process; and
//! what the console's pages ask for, as the product answers it. On both databases.

use std::collections::BTreeSet;
use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use latchkey_core::Timestamp;
use latchkey_core::ids::OrganisationId;
use latchkey_core::roles::Scope;
use latchkey_store::{Enrolled, Holders, PeopleFilter, Store, Within};
use latchkey_test_databases::Database;

use crate::crowd::Crowd;
use crate::pages::Crowded;

/// How many results a page shows.
const PAGE: u64 = 20;
/// What a search may take, for 99 in a hundred (the first result is there by then).
const SEARCH_WITHIN: Duration = Duration::from_millis(100);
/// What all that a page of the console asks for may take, for 99 in a hundred.
const PAGE_WITHIN: Duration = Duration::from_millis(200);
/// How many people are counted by one statement.
const A_STATEMENT: u64 = 25_000;
/// When it is asked.
const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

/// What people type: letters that everybody has, names that thousands have, and exactly one person.
const TYPED: [&str; 16] = [
    "a",
    "s",
    "sm",
    "smith",
    "jones",
    "amy",
    "amy s",
    "david jones",
    "sian llew",
    "kowalski luk",
    "rhys kelmar",
    "محمد",
    "%",
    "blue key",
    "zoe brown",
    "m k",
];

/// What was asked in one way.
struct Row {
    database: &'static str,
    what: &'static str,
    latencies: Vec<Duration>,
    /// What it may take, if that is judged.
    within: Option<Duration>,
}

impl Row {
    fn is_late(&self) -> bool {
        self.within.is_some_and(|within| self.percentile(99) > within)
    }

    fn percentile(&self, percent: usize) -> Duration {
        let at = (self.latencies.len() * percent / 100).min(self.latencies.len().saturating_sub(1));
        self.latencies.get(at).copied().unwrap_or_default()
    }
}

/// Everything that was measured.
pub(crate) struct Finding {
    people: usize,
    rows: Vec<Row>,
}

impl Finding {
    /// Whether everything that is judged was answered in time.
    pub(crate) fn is_in_time(&self) -> bool {
        !self.rows.iter().any(Row::is_late)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Among {} people:", self.people)?;
        writeln!(f, "{:<12} {:<44} {:>10} {:>10}", "database", "what", "p50 ms", "p99 ms")?;
        for row in &self.rows {
            let [half, most] = [50, 99].map(|percent| 1e3 * row.percentile(percent).as_secs_f64());
            let verdict = if row.is_late() { "  too late" } else { "" };
            writeln!(
                f,
                "{:<12} {:<44} {half:>10.2} {most:>10.2}{verdict}",
                row.database, row.what
            )?;
        }
        Ok(())
    }
}

/// Makes a crowd on each database and asks everything `rounds` times.
///
/// # Errors
/// When a database fails, or an answer is not what it should be.
pub(crate) async fn measure(crowd: Crowd, rounds: usize) -> Result<Finding> {
    let mut rows = Vec::new();
    let server = Database::new();
    for (name, url) in [("SQLite", None), ("PostgreSQL", Some(&*server.url))] {
        let crowded = Crowded::new(crowd, url).await?;
        rows.push(row(name, "making them", vec![crowded.made_in], None));
        let store = Store::open(crowded.database()).await?;
        ask(&store, name, &crowded.whole.homes, crowd.people, rounds, &mut rows).await?;
        drop(store);
        for (page, latencies) in crowded.ask(rounds).await? {
            rows.push(row(name, page, latencies, Some(PAGE_WITHIN)));
        }
    }
    Ok(Finding { people: crowd.people, rows })
}

async fn ask(
    store: &Store,
    database: &'static str,
    homes: &[OrganisationId],
    people: usize,
    rounds: usize,
    rows: &mut Vec<Row>,
) -> Result<()> {
    let view = store.view();
    let scope = |home: Option<&OrganisationId>| {
        Scope::Organisations(home.copied().into_iter().collect::<BTreeSet<_>>())
    };
    let (largest, smallest) = (scope(homes.first()), scope(homes.last()));
    for (what, scope) in [
        ("search, the whole platform", &Scope::Platform),
        ("search, the largest organisation", &largest),
        ("search, the smallest organisation", &smallest),
    ] {
        let within = view.within(scope);
        let mut latencies = Vec::new();
        for round in 0..rounds {
            for typed in TYPED {
                latencies.push(timed(async || within.search(typed, PAGE).await.map(drop)).await?);
            }
            // Somebody by their number, another one each time.
            let number = round * 7919 % people.max(1);
            let typed = format!("{:08}", 20_000_000 + number);
            let began = Instant::now();
            let found = within.search(&typed, PAGE).await?;
            latencies.push(began.elapsed());
            let right = found.first().is_none_or(|found| found.exact);
            ensure!(right && (found.len() == 1 || *scope != Scope::Platform), "{typed} is lost");
        }
        rows.push(row(database, what, latencies, Some(SEARCH_WITHIN)));
    }
    for (what, scope) in [
        ("list page, the whole platform", &Scope::Platform),
        ("list page, the largest organisation", &largest),
    ] {
        let latencies = pages(&view.within(scope), rounds).await?;
        rows.push(row(database, what, latencies, None));
    }
    let mut latencies = Vec::new();
    for organisation in homes.iter().copied() {
        let count = async || view.count_enrolment(organisation, A_STATEMENT).await.map(drop);
        latencies.push(timed(count).await?);
    }
    rows.push(row(database, "counting one organisation anew", latencies, None));
    for (what, scope) in [
        ("key models, the whole platform", &Scope::Platform),
        ("key models, the largest organisation", &largest),
    ] {
        let within = view.within(scope);
        let mut latencies = Vec::new();
        for _ in 0..rounds.min(3) {
            latencies.push(timed(async || within.list_key_models(None).await.map(drop)).await?);
        }
        rows.push(row(database, what, latencies, None));
    }
    let latencies = vec![timed(async || holdings(&view.within(&largest), homes).await).await?];
    rows.push(row(database, "all to be tried, the largest organisation", latencies, None));
    Ok(())
}

/// Everybody of the largest organisation with what they log in with, as a trial of a policy reads it.
async fn holdings(within: &Within<'_, '_>, homes: &[OrganisationId]) -> latchkey_store::Result<()> {
    let Some(home) = homes.first() else { return Ok(()) };
    let mut after = None;
    loop {
        let everybody = Holders::default();
        let portion = within.list_holdings(*home, everybody, after.as_deref(), 1000).await?;
        let Some(last) = portion.last() else { return Ok(()) };
        after = Some(last.username.clone());
    }
}

/// Page after page of those who have one key.
async fn pages(within: &Within<'_, '_>, rounds: usize) -> Result<Vec<Duration>> {
    let one_key = Some((Enrolled::OneKey, NOW));
    let filter = PeopleFilter { enrolled: one_key, ..PeopleFilter::default() };
    let (mut latencies, mut after) = (Vec::new(), None);
    for _ in 0..rounds {
        let began = Instant::now();
        let page = within.list_people(&filter, after.as_ref(), PAGE).await?;
        latencies.push(began.elapsed());
        after = page.last().map(|last| last.person.username.clone());
    }
    Ok(latencies)
}

async fn timed(work: impl AsyncFn() -> latchkey_store::Result<()>) -> Result<Duration> {
    let began = Instant::now();
    work().await?;
    Ok(began.elapsed())
}

fn row(
    database: &'static str,
    what: &'static str,
    mut latencies: Vec<Duration>,
    within: Option<Duration>,
) -> Row {
    latencies.sort_unstable();
    Row { database, what, latencies, within }
}
