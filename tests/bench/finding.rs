//! How long it takes to find people, to list them, to count how far they are and which keys they
//! have, and to read all that a policy is tried on, as the store answers it in this process; and
//! what the console's pages ask for, as the product answers it. On both databases.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use latchkey_core::Timestamp;
use latchkey_core::ids::OrganisationId;
use latchkey_core::roles::Scope;
use latchkey_store::{Enrolled, Holders, PeopleFilter, Store, Within};
use latchkey_test_databases::Database;

use crate::crowd::{Crowd, LARGEST};
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
    what: String,
    latencies: Vec<Duration>,
    /// Why it was not answered, if it was not.
    failure: Option<String>,
    /// What it may take, if that is judged.
    within: Option<Duration>,
}

impl Row {
    fn is_late(&self) -> bool {
        self.failure.is_some() || self.within.is_some_and(|within| self.percentile(99) > within)
    }

    fn percentile(&self, percent: usize) -> Duration {
        let at = (self.latencies.len() * percent / 100).min(self.latencies.len().saturating_sub(1));
        self.latencies.get(at).copied().unwrap_or_default()
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [half, most] = [50, 99].map(|percent| 1e3 * self.percentile(percent).as_secs_f64());
        write!(f, "{:<12} {:<52} {half:>10.2} {most:>10.2}", self.database, self.what)?;
        match &self.failure {
            Some(why) => write!(f, "  failed: {}", why.lines().next().unwrap_or_default()),
            None if self.is_late() => write!(f, "  too late"),
            None => Ok(()),
        }
    }
}

/// Everything that was measured.
pub(crate) struct Finding {
    people: usize,
    rows: Vec<Row>,
}

impl Finding {
    /// Whether everything that is judged was answered, and in time.
    pub(crate) fn is_in_time(&self) -> bool {
        !self.rows.iter().any(Row::is_late)
    }

    /// Whether something was not answered.
    pub(crate) fn has_failures(&self) -> bool {
        self.rows.iter().any(|row| row.failure.is_some())
    }

    /// Keeps what was measured and tells it at once: a run takes long, and what fails later takes
    /// nothing of it away.
    pub(crate) fn note(
        &mut self,
        database: &'static str,
        what: impl Into<String>,
        measured: Result<Vec<Duration>>,
        within: Option<Duration>,
    ) -> Result<()> {
        let (mut latencies, failure) = match measured {
            Ok(latencies) => (latencies, None),
            Err(error) => (Vec::new(), Some(format!("{error:#}"))),
        };
        latencies.sort_unstable();
        let row = Row { database, what: what.into(), latencies, failure, within };
        writeln!(io::stderr(), "{row}")?;
        self.rows.push(row);
        Ok(())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Among {} people:", self.people)?;
        writeln!(f, "{:<12} {:<52} {:>10} {:>10}", "database", "what", "p50 ms", "p99 ms")?;
        self.rows.iter().try_for_each(|row| writeln!(f, "{row}"))
    }
}

/// Makes a crowd on each database and asks everything `rounds` times. What is not answered counts as
/// late, and the next is asked.
///
/// # Errors
/// When nobody can be told.
pub(crate) async fn measure(crowd: Crowd, rounds: usize) -> Result<Finding> {
    let mut finding = Finding { people: crowd.people, rows: Vec::new() };
    let server = Database::new();
    for (name, url) in [("SQLite", None), ("PostgreSQL", Some(&*server.url))] {
        if let Err(error) = measure_one(crowd, name, url, rounds, &mut finding).await {
            finding.note(name, "all that follows", Err(error), None)?;
        }
    }
    Ok(finding)
}

async fn measure_one(
    crowd: Crowd,
    name: &'static str,
    url: Option<&str>,
    rounds: usize,
    finding: &mut Finding,
) -> Result<()> {
    let crowded = Crowded::new(crowd, url).await?;
    finding.note(name, "making them", Ok(vec![crowded.made_in]), None)?;
    let store = Store::open(crowded.database()).await?;
    ask(&store, name, &crowded.whole.homes, crowd.people, rounds, finding).await?;
    drop(store);
    crowded.ask(name, rounds, PAGE_WITHIN, finding).await
}

async fn ask(
    store: &Store,
    database: &'static str,
    homes: &[OrganisationId],
    people: usize,
    rounds: usize,
    finding: &mut Finding,
) -> Result<()> {
    let view = store.view();
    let scope = |home: Option<&OrganisationId>| {
        Scope::Organisations(home.copied().into_iter().collect::<BTreeSet<_>>())
    };
    let largest = homes.get(LARGEST).copied().context("no organisation")?;
    let (large, smallest) = (scope(Some(&largest)), scope(homes.last()));
    for (what, scope) in [
        ("search, the whole platform", &Scope::Platform),
        ("search, the largest organisation", &large),
        ("search, the smallest organisation", &smallest),
    ] {
        let whole = *scope == Scope::Platform;
        let latencies = search(&view.within(scope), whole, people, rounds).await;
        finding.note(database, what, latencies, Some(SEARCH_WITHIN))?;
    }
    let one_key = PeopleFilter { enrolled: Some((Enrolled::OneKey, NOW)), ..Default::default() };
    let no_key = PeopleFilter { has_keys: Some(false), ..Default::default() };
    for (what, scope, filter) in [
        ("list, one key, the whole platform", &Scope::Platform, &one_key),
        ("list, one key, the largest organisation", &large, &one_key),
        ("list, no key, the whole platform", &Scope::Platform, &no_key),
        ("list, no key, the largest organisation", &large, &no_key),
    ] {
        let latencies = pages(&view.within(scope), filter, rounds).await;
        finding.note(database, what, latencies, Some(PAGE_WITHIN))?;
    }
    for (what, wrong) in [
        ("counting one organisation anew", false),
        ("looking for what is wrongly kept, of one", true),
    ] {
        let look = async |home| {
            if wrong {
                view.list_wrongly_enrolled(home, A_STATEMENT).await.map(drop)
            } else {
                view.count_enrolment(home, A_STATEMENT).await.map(drop)
            }
        };
        let all = async {
            let mut latencies = Vec::new();
            for home in homes.iter().copied() {
                latencies.push(timed(async || look(home).await).await?);
            }
            Ok(latencies)
        };
        finding.note(database, what, all.await, None)?;
    }
    for (what, scope) in [
        ("key models, the whole platform", &Scope::Platform),
        ("key models, the largest organisation", &large),
    ] {
        let within = view.within(scope);
        let count = timed(async || within.list_key_models(None).await.map(drop)).await;
        finding.note(database, what, count.map(|latency| vec![latency]), None)?;
    }
    let all = timed(async || holdings(&view.within(&large), largest).await).await;
    let what = "all to be tried, the largest organisation";
    finding.note(database, what, all.map(|latency| vec![latency]), None)
}

async fn search(
    within: &Within<'_, '_>,
    whole: bool,
    people: usize,
    rounds: usize,
) -> Result<Vec<Duration>> {
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
        ensure!(right && (found.len() == 1 || !whole), "{typed} is lost");
    }
    Ok(latencies)
}

/// Everybody of the largest organisation with what they log in with, as a trial of a policy reads it.
async fn holdings(within: &Within<'_, '_>, home: OrganisationId) -> latchkey_store::Result<()> {
    let mut after = None;
    loop {
        let everybody = Holders::default();
        let portion = within.list_holdings(home, everybody, after.as_deref(), 1000).await?;
        let Some(last) = portion.last() else { return Ok(()) };
        after = Some(last.username.clone());
    }
}

/// Page after page of those of whom a filter is true.
async fn pages(
    within: &Within<'_, '_>,
    filter: &PeopleFilter,
    rounds: usize,
) -> Result<Vec<Duration>> {
    let (mut latencies, mut after) = (Vec::new(), None);
    for _ in 0..rounds {
        let began = Instant::now();
        let page = within.list_people(filter, after.as_ref(), PAGE).await?;
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
