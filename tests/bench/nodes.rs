//! The same work with one node and with two, on one PostgreSQL. The database, the nodes and those
//! who ask share this machine's processors, so what two nodes gain here is a lower bound.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;

use anyhow::Result;
use latchkey_test_databases::Database;
use latchkey_tests::browser::{Browser, Site};
use latchkey_tests::server::{self, Installation};

use crate::measure::{Cost, WORKERS};
use crate::table::{Budget, Table};
use crate::{Size, operations, warmed};

/// Code flows on one node, then half of them on each of two.
pub(crate) async fn measure(size: Size, table: &mut Table) -> Result<()> {
    let database = Database::new();
    let documents = operations::documents();
    let url = Some(&*database.url);
    let installation = Installation::new(&server::binary()?, &documents, url, "")?;
    let first = installation.start()?;
    let site = Site::new(&installation.issuer, installation.address())?;
    let people = operations::logged_in(&site, "word").await?;
    first.stop()?;

    let flow = |browser| operations::code_flow(browser, "ES256");
    let first = installation.start()?;
    let (alone, mut people) = warmed(&first, people, size.writes, flow).await?;

    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
    let second = installation.start_node(free)?;
    let other = Site::new(&installation.issuer, free)?;
    let mut half = people.split_off(WORKERS / 2);
    half.iter_mut().for_each(|browser: &mut Browser| browser.site = Arc::clone(&other));
    let both = tokio::join!(
        warmed(&first, people, size.writes, flow),
        warmed(&second, half, size.writes, flow),
    );
    let (one, two): (Cost, Cost) = (both.0?.0, both.1?.0);
    first.stop()?;
    second.stop()?;
    let together = one.beside(two);
    let share = together.throughput() / alone.throughput().max(f64::EPSILON);
    table.operation("code flow, ES256, PostgreSQL, one node", Budget::Open, alone);
    table.operation("the same on two nodes", Budget::Open, together);
    table.share("throughput, two nodes : one", Budget::Open, share);
    Ok(())
}
