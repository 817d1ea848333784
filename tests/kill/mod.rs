//! Kills the real server in the middle of its work, again and again, and has a checker compare what
//! people were told with what is left. Acknowledged is what was read to its end.
//!
//! SIGKILL takes the process and not the machine: what the kernel has taken for writing stays.

pub mod checker;
pub mod clients;
pub mod database;
pub mod journal;
pub mod ledger;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinSet;

use crate::browser::Site;
use crate::server::{Installation, Server};
use checker::{Checker, Unknown};
use clients::{Chance, Client};
use database::Database;
use journal::Act;

/// Acts before a kill.
const ACTS: std::ops::Range<usize> = 5..150;
/// How long after the act that it is aimed at a kill comes at most, in microseconds. A request is
/// answered well within.
const AFTER: usize = 12_000;
/// So many acts without the one that is aimed at, and the next one will do.
const PATIENCE: usize = 300;
/// How long the killer waits for one more act: longer than any answer may take.
const STILL: Duration = Duration::from_secs(60);
/// Codes have to outlive the checker, so that a refusal says that they are used. All of it comes from
/// one address, and the checker has a key fail on purpose time and again.
pub const SETTINGS: &str = "[lifetimes]\ncode = \"10m\"\n[throttle]\nexempt = [\"127.0.0.1\"]\n";

/// What is to be done.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The server's binary.
    pub binary: PathBuf,
    /// How often it is killed.
    pub kills: usize,
    /// Decides what people do and when the server is killed.
    pub seed: u64,
    /// How many people do it at the same time.
    pub people: usize,
    /// An empty database of another kind than a file.
    pub database: Option<String>,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How often the server was killed.
    pub kills: usize,
    /// Acts that were acknowledged.
    pub answered: usize,
    /// Acts that were cut off, by kind.
    pub cut_off: BTreeMap<&'static str, usize>,
    /// What the checker found of them.
    pub unknown: Unknown,
    /// Everything that is wrong, in words. The first life of the server with a fault is the last.
    pub faults: Vec<String>,
}

/// Carries a plan out. `say` gets a line for each kill.
///
/// # Errors
/// When the server cannot be started again, or does not answer the checker.
pub async fn run(plan: &Plan, mut say: impl FnMut(String)) -> Result<Report> {
    let Plan { binary, kills, seed, people, database } = plan;
    let documents = clients::documents(people + kills);
    let installation = Installation::new(binary, &documents, database.as_deref(), SETTINGS)?;
    let mut chance = Chance::new(*seed);
    let mut report = Report::default();
    let mut server = installation.start()?;
    let (mut clients, mut retired) = (Vec::new(), Vec::new());
    for number in 1..=*kills {
        // Somebody new each time: the first key is set up in another way than the next.
        if clients.len() == *people {
            retired.push(clients.remove(0));
        }
        let site = Site::new(&installation.issuer, installation.address())?;
        let (pulse, beats) = unbounded_channel();
        for client in &mut clients {
            Client::revive(client, Arc::clone(&site), pulse.clone());
        }
        while clients.len() < *people {
            let next = retired.len() + clients.len();
            clients.push(Client::new(next, *seed, Arc::clone(&site), pulse.clone()));
        }
        drop(pulse);
        let aim = Aim::new(&mut chance);
        let mut faults;
        (clients, faults) = one_life(server, clients, beats, &aim).await?;
        server = installation.start().context("the server does not start again")?;

        let (answered, cut_off) = report.add(&clients);
        faults.extend(report.check(&installation, &mut clients).await?);
        say(format!(
            "kill {number}: {} us after '{}'; {answered} answered, cut off: {}; up again in {} ms{}",
            aim.after.as_micros(),
            aim.at,
            if cut_off.is_empty() { "nothing".to_owned() } else { cut_off.join(", ") },
            server.started_in.as_millis(),
            if faults.is_empty() { "" } else { "; FAULTS" },
        ));
        if !faults.is_empty() {
            report.faults = faults;
            return Ok(report);
        }
    }
    // Whom nobody has looked at for long: what they have must have outlived every kill since.
    let site = Site::new(&installation.issuer, installation.address())?;
    for client in &mut retired {
        client.revive(Arc::clone(&site), unbounded_channel().0);
    }
    report.faults = report.check(&installation, &mut retired).await?;
    server.stop()?;
    ensure!(!report.cut_off.is_empty(), "no kill cut anything off: that proves nothing");
    Ok(report)
}

impl Report {
    /// Counts another kill; tells how many acts were answered, and what was cut off.
    fn add(&mut self, clients: &[Client]) -> (usize, Vec<&'static str>) {
        let (mut answered, mut cut_off) = (0, Vec::new());
        for entry in clients.iter().flat_map(|client| client.journal.entries()) {
            match entry.told {
                Some(_) => answered += 1,
                None => cut_off.push(entry.act.kind()),
            }
        }
        self.kills += 1;
        self.answered += answered;
        for kind in &cut_off {
            *self.cut_off.entry(kind).or_default() += 1;
        }
        (answered, cut_off)
    }

    /// Everything that is wrong, with the journals of those for whom it is.
    async fn check(
        &mut self,
        installation: &Installation,
        clients: &mut [Client],
    ) -> Result<Vec<String>> {
        let database = Database::open(installation).await?;
        let mut faults = checker::damage(&database)?;
        // New connections: those to a killed server are dead.
        let site = Site::new(&installation.issuer, installation.address())?;
        for client in clients {
            let mut checker = Checker::new(Arc::clone(&site), &database);
            let found = checker.check(client).await?;
            self.unknown.yes += checker.unknown.yes;
            self.unknown.no += checker.unknown.no;
            if !found.is_empty() {
                let journal = client.journal.entries().iter().map(|entry| format!("    {entry}"));
                faults.extend(found.into_iter().chain(journal));
            }
        }
        if !faults.is_empty() {
            faults.push(format!("the server's log ends: {}", installation.log()));
        }
        Ok(faults)
    }
}

/// When the server is killed.
struct Aim {
    /// After so many acts,
    acts: usize,
    /// at the next one of this kind,
    at: &'static str,
    /// and so much later.
    after: Duration,
}

impl Aim {
    fn new(chance: &mut Chance) -> Self {
        let acts = ACTS.start + chance.below(ACTS.len());
        let at = Act::AIMS[chance.below(Act::AIMS.len())];
        let micros = u64::try_from(chance.below(AFTER)).unwrap_or_default();
        Self { acts, at, after: Duration::from_micros(micros) }
    }

    /// Waits for the moment.
    async fn wait(&self, mut beats: UnboundedReceiver<&'static str>) -> Result<()> {
        for number in 0.. {
            let beat = tokio::time::timeout(STILL, beats.recv()).await;
            let Some(kind) = beat.context("nobody does anything any more")? else {
                bail!("everybody has stopped")
            };
            if number >= self.acts && (kind == self.at || number >= self.acts + PATIENCE) {
                break;
            }
        }
        tokio::time::sleep(self.after).await;
        Ok(())
    }
}

/// Lets everybody do what they do until the server is killed. Back come the people, and what went
/// wrong before that.
async fn one_life(
    server: Server,
    clients: Vec<Client>,
    beats: UnboundedReceiver<&'static str>,
    aim: &Aim,
) -> Result<(Vec<Client>, Vec<String>)> {
    let killed = Arc::new(AtomicBool::new(false));
    let mut living = JoinSet::new();
    for mut client in clients {
        let killed = Arc::clone(&killed);
        living.spawn(async move {
            let ended = client.live().await;
            // Without an answer is what a kill leaves people; a wrong answer it never does.
            let cut_off = |error: &anyhow::Error| {
                error.is::<reqwest::Error>() && killed.load(Ordering::SeqCst)
            };
            let fault = ended.err().filter(|error| !cut_off(error));
            let fault = fault.map(|error| format!("{}: {error:#}", client.username));
            (client, fault)
        });
    }
    let waited = aim.wait(beats).await;
    killed.store(true, Ordering::SeqCst);
    let killed_at = Instant::now();
    server.kill()?;
    let (mut clients, mut faults) = (Vec::new(), Vec::new());
    while let Some(ended) = living.join_next().await {
        let (mut client, fault) = ended?;
        client.killed_at = Some(killed_at);
        faults.extend(fault);
        clients.push(client);
    }
    // Why nobody does anything is in the faults, if it is anywhere.
    if faults.is_empty() {
        waited?;
    }
    clients.sort_by_key(|client| client.number);
    Ok((clients, faults))
}
