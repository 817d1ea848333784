//! The benchmark: starts the real binary on a new folder, asks what browsers and applications ask,
//! and prints what it cost beside what it may cost. `run` builds what it needs and starts it.

mod crowd;
mod enumeration;
mod federation;
mod finding;
mod measure;
mod nodes;
mod operations;
mod pages;
mod parts;
mod saml;
mod table;

use std::future::Future;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use latchkey_oidc::{Algorithm, KeySet, SigningKey};
use latchkey_test_databases::Database;
use latchkey_tests::browser::{Browser, Site};
use latchkey_tests::server::{self, Installation, Server};

use crate::crowd::Crowd;
use crate::measure::{Cost, WORKERS, load, password_hash, resident, rsa_signature};
use crate::operations::AtLogIn;
use crate::table::{Budget, Table};

/// How much is done of everything.
#[derive(Clone, Copy)]
struct Size {
    signatures: u32,
    starts: usize,
    /// Operations of each worker that write.
    writes: usize,
    /// Operations of each worker that only read.
    reads: usize,
    /// Password log-ins of each worker.
    hashes: usize,
    /// People in a small installation and in a large one.
    people: (usize, usize),
    /// Service providers in a federation's metadata.
    federation: usize,
    /// Times that a part of a log-in is repeated.
    parts: u32,
    rest: Duration,
    /// Whether that is enough to judge by.
    judges: bool,
}

const FULL: Size = Size {
    signatures: 1000,
    starts: 7,
    writes: 400,
    reads: 2500,
    hashes: 12,
    people: (1_000, 1_000_000),
    federation: 2_000,
    parts: 3_000,
    rest: Duration::from_secs(2),
    judges: true,
};

const SMOKE: Size = Size {
    signatures: 20,
    starts: 1,
    writes: 4,
    reads: 5,
    hashes: 1,
    people: (20, 60),
    federation: 20,
    parts: 5,
    rest: Duration::from_millis(50),
    judges: false,
};

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let asked = |wanted: &str| std::env::args().skip(1).any(|argument| argument == wanted);
    if asked("--enumeration") {
        let mut out = io::stdout();
        write!(out, "{}", enumeration::measure(1000).await?)?;
        return Ok(ExitCode::SUCCESS);
    }
    if asked("--people") {
        return find(std::env::args().skip_while(|it| it != "--people").nth(1)).await;
    }
    if asked("--flows") {
        return flows().await;
    }
    if asked("--federation") {
        let mut table = Table::new(rsa_signature(SMOKE.signatures)?, true);
        federation::measure(FULL.federation, FULL.rest, &mut table).await?;
        write!(io::stdout(), "{table}")?;
        let kept = table.over().is_empty();
        return Ok(if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let smoke = asked("--smoke");
    let keys = Arc::new(KeySet::new(vec![SigningKey::generate(Algorithm::Es256)?])?);
    let providers = saml::Providers::new()?;
    let documents =
        operations::documents() + &operations::signing_service(&keys)? + &providers.documents();
    let installation = Installation::new(&server::binary()?, &documents, None, "")?;
    let table = measure_all(&installation, &keys, if smoke { SMOKE } else { FULL })
        .await
        .with_context(|| format!("the server's log ends:\n{}", installation.log()))?;
    let mut out = io::stdout();
    write!(out, "{table}")?;
    if smoke {
        enumeration::measure(2).await?;
        let crowd = Crowd { people: 300, organisations: 4, seed: 1 };
        let finding = finding::measure(crowd, 1).await?;
        write!(out, "{finding}")?;
        ensure!(!finding.has_failures(), "not everything was answered");
        writeln!(out, "Every answer was right. So few operations say nothing about the budgets.")?;
        return Ok(ExitCode::SUCCESS);
    }
    let over = table.over();
    if over.is_empty() {
        writeln!(out, "Everything keeps its budget.")?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(out, "Over budget: {}.", over.join("; "))?;
    Ok(ExitCode::FAILURE)
}

/// How long it takes to find people among so many.
async fn find(people: Option<String>) -> Result<ExitCode> {
    let people: usize = people.context("--people needs a number")?.parse()?;
    let crowd = Crowd { people, organisations: 200, seed: 1 };
    let finding = finding::measure(crowd, 50).await?;
    let mut out = io::stdout();
    write!(out, "{finding}")?;
    Ok(if finding.is_in_time() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What log-ins to applications cost where somebody is logged in, on both databases.
async fn flows() -> Result<ExitCode> {
    let database = Database::new();
    let providers = saml::Providers::new()?;
    let documents = operations::documents() + &providers.documents();
    let mut over = Vec::new();
    for url in [None, Some(&*database.url)] {
        let mut table = Table::new(rsa_signature(FULL.signatures)?, url.is_none());
        let installation = Installation::new(&server::binary()?, &documents, url, "")?;
        let server = installation.start()?;
        let site = Site::new(&installation.issuer, installation.address())?;
        let people = operations::logged_in(&site, "word").await?;
        log_ins(&server, FULL, people, &mut table)
            .await
            .with_context(|| format!("the server's log ends:\n{}", installation.log()))?;
        server.stop()?;
        let name = if url.is_none() { "SQLite" } else { "PostgreSQL" };
        write!(io::stdout(), "{name}. {table}")?;
        over.extend(table.over());
    }
    Ok(if over.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn measure_all(installation: &Installation, keys: &Arc<KeySet>, size: Size) -> Result<Table> {
    let mut table = Table::new(rsa_signature(size.signatures)?, size.judges);

    // Passwords are typed and keys set up in a life of the server of its own, so that what is
    // measured later has no hash's memory in it.
    let server = installation.start()?;
    let site = Site::new(&installation.issuer, installation.address())?;
    let people = operations::logged_in(&site, "word").await?;
    let holders = operations::logged_in(&site, "key").await?;
    server.stop()?;

    let mut starts = Vec::new();
    for _ in 1..size.starts {
        let server = installation.start()?;
        starts.push(server.started_in);
        server.stop()?;
    }
    let server = installation.start()?;
    starts.push(server.started_in);
    starts.sort_unstable();
    let start = starts.get(starts.len() / 2).copied().unwrap_or_default();
    table.time("start to first answer", Budget::Millis(15.0), start);
    tokio::time::sleep(size.rest).await;
    table.memory("resident memory, idle", Budget::Mebibytes(24.0), resident(&server)?);

    under_load(&server, size, &site, people, holders, &mut table).await?;
    services(&server, size, &site, keys, &mut table).await?;
    table.memory("resident memory, after load", Budget::Mebibytes(32.0), resident(&server)?);
    server.stop()?;

    passwords(installation, size, &mut table).await?;
    parts::measure(size.parts, &mut table).await?;
    saml::messages(size.parts, &mut table)?;
    federation::measure(size.federation, size.rest, &mut table).await?;
    crowds(size, &mut table).await?;
    nodes::measure(size, &mut table).await?;
    Ok(table)
}

/// Password log-ins, alone and with applications at work beside them. In a life of the server of its
/// own: the memory for hashes stays.
async fn passwords(installation: &Installation, size: Size, table: &mut Table) -> Result<()> {
    let server = installation.start()?;
    let site = Site::new(&installation.issuer, installation.address())?;
    let people = operations::logged_in(&site, "word").await?;
    let hash = password_hash(size.signatures.div_ceil(50))?;
    let typing = || (0..WORKERS).map(|worker| (Browser::new(Arc::clone(&site)), worker)).collect();
    let (cost, typing_on) = load(&server, typing(), size.hashes, operations::password).await?;
    table.operation("password log-in", Budget::Beside(hash, 700.0), cost);

    let es256 = |browser| operations::code_flow(browser, "ES256");
    let flows = size.writes / 4;
    let (flow, typed) = tokio::join!(
        load(&server, people, flows.max(1), es256),
        load(&server, typing_on, size.hashes, operations::password),
    );
    typed?;
    table.operation("code flow beside passwords (p99)", Budget::Slowest(50.0), flow?.0);
    server.stop()
}

/// The same work in a small installation and in one with very many people.
async fn crowds(size: Size, table: &mut Table) -> Result<()> {
    let (small, _) = crowd(size, size.people.0).await?;
    let (large, memory) = crowd(size, size.people.1).await?;
    table.memory("resident memory, a million people", Budget::Mebibytes(48.0), memory);
    let share = large.throughput() / small.throughput().max(f64::EPSILON);
    table.share("throughput, a million : a thousand", Budget::Share(0.9), share);
    table.operation("code flow, a thousand people", Budget::Open, small);
    table.operation("code flow, a million people", Budget::Open, large);
    Ok(())
}

async fn crowd(size: Size, people: usize) -> Result<(Cost, u64)> {
    let documents = operations::documents();
    let installation = Installation::new(&server::binary()?, &documents, None, "")?;
    let crowd = Crowd { people, organisations: 0, seed: 1 };
    crowd.fill_one(&installation.database, "harbour").await?;
    let server = installation.start()?;
    let site = Site::new(&installation.issuer, installation.address())?;
    let browsers = operations::logged_in(&site, "word").await?;
    server.stop()?;
    let server = installation.start()?;
    let flow = |browser| operations::code_flow(browser, "ES256");
    let (cost, _) = warmed(&server, browsers, size.writes, flow).await?;
    let memory = resident(&server)?;
    server.stop()?;
    Ok((cost, memory))
}

async fn under_load(
    server: &Server,
    size: Size,
    site: &Arc<Site>,
    people: Vec<Browser>,
    holders: Vec<Browser>,
    table: &mut Table,
) -> Result<()> {
    let people = log_ins(server, size, people, table).await?;

    let (mut asking, mut lasting) = (Vec::new(), Vec::new());
    for mut browser in people {
        lasting.push(operations::refresh_token(&mut browser).await?);
        asking.push((Arc::clone(site), operations::access_token(&mut browser, "ES256").await?));
    }
    let (cost, _) = warmed(server, asking, size.reads, operations::userinfo).await?;
    table.operation("userinfo", Budget::Micros(80.0), cost);
    let (cost, _) = warmed(server, lasting, size.writes, operations::refresh).await?;
    table.operation("refresh, ES256", Budget::Open, cost);

    // A page is begun for every log-in that follows, those that warm up too.
    let at = holders.into_iter().map(AtLogIn::new).collect();
    let pages = size.writes + warm_up(size.writes);
    let (cost, at) = load(server, at, pages, operations::begin).await?;
    table.operation("log-in begun: /login to its page", Budget::Open, cost);
    let (cost, at) = warmed(server, at, size.reads, operations::log_in_page).await?;
    table.operation("log-in page", Budget::Micros(80.0), cost);
    let (cost, _) = warmed(server, at, size.writes, operations::passkey).await?;
    table.operation("passkey log-in, ES256", Budget::Micros(450.0), cost);

    let anybody = vec![Arc::clone(site); WORKERS];
    let discovery = |site| operations::public(site, "/.well-known/openid-configuration");
    let (cost, anybody) = warmed(server, anybody, size.reads, discovery).await?;
    table.operation("discovery", Budget::Micros(15.0), cost);
    let keys = |site| operations::public(site, "/oauth2/jwks");
    let (cost, _) = warmed(server, anybody, size.reads, keys).await?;
    table.operation("JWKS", Budget::Micros(15.0), cost);
    Ok(())
}

/// Log-ins to applications for people who are logged in.
async fn log_ins(
    server: &Server,
    size: Size,
    people: Vec<Browser>,
    table: &mut Table,
) -> Result<Vec<Browser>> {
    let rs256 = |browser| operations::code_flow(browser, "RS256");
    let es256 = |browser| operations::code_flow(browser, "ES256");
    let (cost, people) = warmed(server, people, size.writes, rs256).await?;
    table.operation("code flow, RS256", Budget::Signatures(1.6), cost);
    let (cost, people) = warmed(server, people, size.writes, es256).await?;
    table.operation("code flow, ES256", Budget::Micros(250.0), cost);
    let once = |browser| saml::sso(browser, saml::Signed::Once);
    let (cost, people) = warmed(server, people, size.writes, once).await?;
    let name = "SAML SSO, live session, one signature";
    table.operation(name, Budget::Signatures(1.5), cost);
    let twice = |browser| saml::sso(browser, saml::Signed::Twice);
    let (cost, people) = warmed(server, people, size.writes, twice).await?;
    let name = "SAML SSO, live session, two signatures";
    table.operation(name, Budget::Signatures(2.5), cost);
    Ok(people)
}

/// Tokens of service accounts.
async fn services(
    server: &Server,
    size: Size,
    site: &Arc<Site>,
    keys: &Arc<KeySet>,
    table: &mut Table,
) -> Result<()> {
    let at = vec![Arc::clone(site); WORKERS];
    let (cost, at) = warmed(server, at, size.writes, operations::token_by_secret).await?;
    table.operation("client credentials, by secret", Budget::Open, cost);
    let at = at.into_iter().map(|site| (site, Arc::clone(keys))).collect();
    let (cost, _) = warmed(server, at, size.writes, operations::token_by_key).await?;
    table.operation("client credentials, by ES256 key", Budget::Open, cost);
    Ok(())
}

/// A tenth of them unmeasured first: connections, statements and caches are there afterwards.
async fn warmed<W, F, O>(
    server: &Server,
    workers: Vec<W>,
    each: usize,
    operation: O,
) -> Result<(Cost, Vec<W>)>
where
    W: Send + 'static,
    F: Future<Output = Result<W>> + Send,
    O: Fn(W) -> F + Clone + Send + Sync + 'static,
{
    let (_, workers) = load(server, workers, warm_up(each), operation.clone()).await?;
    load(server, workers, each, operation).await
}

fn warm_up(each: usize) -> usize {
    each.div_ceil(10)
}
