//! The benchmark: starts the real binary on a new folder, asks what browsers and applications ask,
//! and prints what it cost beside what it may cost. `run` builds what it needs and starts it.

mod measure;
mod operations;
mod table;

use std::future::Future;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use latchkey_tests::browser::{Browser, Site};
use latchkey_tests::server::{self, Installation, Server};

use crate::measure::{Cost, WORKERS, load, resident, rsa_signature};
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
    rest: Duration,
    /// Whether that is enough to judge by.
    judges: bool,
}

const FULL: Size = Size {
    signatures: 1000,
    starts: 7,
    writes: 400,
    reads: 2500,
    rest: Duration::from_secs(2),
    judges: true,
};

const SMOKE: Size = Size {
    signatures: 20,
    starts: 1,
    writes: 4,
    reads: 5,
    rest: Duration::from_millis(50),
    judges: false,
};

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let smoke = std::env::args().skip(1).any(|argument| argument == "--smoke");
    let installation = Installation::new(&server::binary()?, &operations::documents(), None, "")?;
    let table = measure_all(&installation, if smoke { SMOKE } else { FULL })
        .await
        .with_context(|| format!("the server's log ends:\n{}", installation.log()))?;
    let mut out = io::stdout();
    write!(out, "{table}")?;
    if smoke {
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

async fn measure_all(installation: &Installation, size: Size) -> Result<Table> {
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
    table.memory("resident memory, after load", Budget::Mebibytes(32.0), resident(&server)?);
    server.stop()?;
    Ok(table)
}

async fn under_load(
    server: &Server,
    size: Size,
    site: &Arc<Site>,
    people: Vec<Browser>,
    holders: Vec<Browser>,
    table: &mut Table,
) -> Result<()> {
    let rs256 = |browser| operations::code_flow(browser, "RS256");
    let es256 = |browser| operations::code_flow(browser, "ES256");
    let (cost, people) = warmed(server, people, size.writes, rs256).await?;
    table.operation("code flow, RS256", Budget::Signatures(1.6), cost);
    let (cost, people) = warmed(server, people, size.writes, es256).await?;
    table.operation("code flow, ES256", Budget::Micros(250.0), cost);

    let mut asking = Vec::new();
    for mut browser in people {
        asking.push((Arc::clone(site), operations::access_token(&mut browser, "ES256").await?));
    }
    let (cost, _) = warmed(server, asking, size.reads, operations::userinfo).await?;
    table.operation("userinfo", Budget::Micros(80.0), cost);

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
