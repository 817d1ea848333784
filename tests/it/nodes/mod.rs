//! Two nodes on one PostgreSQL behind a proxy that sends each request to the next: nobody notices
//! that there are two, that one is killed, or that one is replaced.

mod rounds;
mod under_load;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result, ensure};
use latchkey_test_databases::{Database, execute};
use latchkey_tests::application::userinfo;
use latchkey_tests::browser::{Browser, Site};
use latchkey_tests::kill::SETTINGS;
use latchkey_tests::kill::clients::{self, APPLICATION, PASSWORD};
use latchkey_tests::server::{self, Installation, Server};

use self::rounds::{Before, Rounds};

/// A new person for each walk: their first key is set up on the way.
const PEOPLE: usize = 90;

struct Stage {
    nodes: Arc<Mutex<[Option<Server>; 2]>>,
    addresses: [SocketAddr; 2],
    rounds: Arc<Rounds>,
    installation: Arc<Installation>,
    site: Arc<Site>,
    database: Database,
}

impl Stage {
    async fn set() -> Self {
        let database = Database::new();
        let binary = server::binary().expect("beside the tests");
        let documents = clients::documents(PEOPLE);
        let installation = Installation::new(&binary, &documents, Some(&database.url), SETTINGS);
        let installation = Arc::new(installation.expect("tests/run builds the server before"));
        let addresses = [free(), free()];
        let start = |address| installation.start_node(address).expect("it starts");
        let nodes = Arc::new(Mutex::new(addresses.map(|address| Some(start(address)))));
        let rounds = Rounds::at(installation.address(), addresses).await;
        let site = Site::new(&installation.issuer, installation.address()).expect("connections");
        Self { nodes, addresses, rounds, installation, site, database }
    }

    /// What `change` does with the node whose turn it is.
    fn with_node(
        &self,
        change: impl FnOnce(Option<Server>, SocketAddr) -> Option<Server> + Send + 'static,
    ) -> Before {
        let (nodes, addresses) = (Arc::clone(&self.nodes), self.addresses);
        Box::new(move |turn| {
            let node = &mut nodes.lock().expect("nobody panicked")[turn];
            *node = change(node.take(), addresses[turn]);
        })
    }

    /// Kills the node whose turn it is.
    fn kill(&self) -> Before {
        self.with_node(|node, _| {
            node.expect("it runs").kill().expect("it ran");
            None
        })
    }

    /// Kills a node in the middle of whatever it does.
    fn kill_now(&self, node: usize) {
        let node = self.nodes.lock().expect("nobody panicked")[node].take();
        node.expect("it runs").kill().expect("it ran");
    }

    /// Starts whatever does not run.
    fn mend(&self) {
        let mut nodes = self.nodes.lock().expect("nobody panicked");
        for (node, address) in nodes.iter_mut().zip(self.addresses) {
            if node.is_none() {
                *node = Some(self.installation.start_node(address).expect("it starts"));
            }
        }
    }
}

fn free() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("bound")
}

/// Somebody sets a key up after their password, uses an application, and logs in with the key.
async fn walk(site: &Arc<Site>, number: usize) -> Result<()> {
    // Every third has no keys.
    let username = format!("key.{:03}", number + number / 2);
    let mut browser = Browser::new(Arc::clone(site));
    browser.log_in(&username, PASSWORD).await.context("the first log-in")?;
    let code = APPLICATION.code(&mut browser).await?;
    let tokens = APPLICATION.redeem(site, &code).await?;
    let known = userinfo(site, tokens.text("access_token")?).await?;
    ensure!(known.text("email")?.starts_with(&username), "{}", known.json);
    let next = APPLICATION.refresh(site, tokens.text("refresh_token")?).await?;
    ensure!(userinfo(site, next.text("access_token")?).await?.status == 200, "the next token");
    let again = APPLICATION.redeem(site, &code).await?;
    ensure!(again.status == 400, "a code works once: {}", again.json);

    browser.forget_session();
    browser.log_in(&username, PASSWORD).await.context("the second log-in")?;
    let keys = browser.open("/account/keys").await?;
    ensure!(keys.body.matches("id=\"name-").count() == 1, "{}", keys.told());
    let form = browser.open("/logout").await?.form("/logout")?;
    let out = browser.post(&form, &[]).await?;
    ensure!(out.status == 200 && browser.session().is_none(), "logged out: {}", out.told());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_in_hops_nodes_and_outlives_either_before_each_of_its_requests() {
    let stage = Stage::set().await;
    stage.rounds.plan(usize::MAX, Box::new(|_| {}));
    walk(&stage.site, 0).await.expect("nobody is killed");
    let (requests, answered, _) = stage.rounds.passed();
    assert!(requests > 20, "a whole log-in and more: {requests}");
    assert!(answered[0].abs_diff(answered[1]) <= 1, "by turns: {answered:?}");
    for request in 0..requests {
        stage.rounds.plan(request, stage.kill());
        let walked = walk(&stage.site, request + 1).await;
        walked.unwrap_or_else(|error| panic!("killed before request {request}: {error:#}"));
        let (_, answered, killed) = stage.rounds.passed();
        assert!(killed, "request {request} of {requests}");
        assert_eq!(answered.iter().sum::<usize>(), requests, "none is sent twice");
        stage.mend();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_is_replaced_by_a_newer_one_in_the_middle_of_a_log_in_and_nobody_notices() {
    let stage = Stage::set().await;
    for (number, request) in [3, 8].into_iter().enumerate() {
        let (installation, url) = (Arc::clone(&stage.installation), stage.database.url.clone());
        let replace = stage.with_node(move |node, address| {
            node.expect("it runs").stop().expect("it ends well");
            // What a newer version does to the schema first: older ones go on beside it.
            execute(
                &url,
                &format!(
                    "ALTER TABLE people ADD COLUMN later_{request} bigint NOT NULL DEFAULT 0;
                     ALTER TABLE sessions ADD COLUMN later_{request} text;
                     CREATE TABLE later_{request} (id bigint PRIMARY KEY);
                     INSERT INTO seaql_migrations VALUES ('m29991231_00000{request}_later', 1)"
                ),
            );
            Some(installation.start_node(address).expect("it starts"))
        });
        stage.rounds.plan(request, replace);
        walk(&stage.site, number).await.expect("nobody notices");
        assert!(stage.rounds.passed().2, "it was replaced");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_nodes_that_are_asked_at_once_one_redeems_a_code_and_one_rotates_a_token() {
    let stage = Stage::set().await;
    let sites = stage
        .addresses
        .map(|address| Site::new(&stage.installation.issuer, address).expect("connections"));
    let mut browser = Browser::new(Arc::clone(&stage.site));
    browser.log_in("word.002", PASSWORD).await.expect("logged in");
    for _ in 0..8 {
        let code = APPLICATION.code(&mut browser).await.expect("a code");
        let (one, other) = tokio::join!(
            APPLICATION.redeem(&sites[0], &code),
            APPLICATION.redeem(&sites[1], &code)
        );
        let told = [one.expect("an answer"), other.expect("an answer")];
        let mut statuses = told.each_ref().map(|reply| reply.status);
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400], "{told:?}");

        let code = APPLICATION.code(&mut browser).await.expect("a code");
        let tokens = APPLICATION.redeem(&stage.site, &code).await.expect("tokens");
        let refresh = tokens.text("refresh_token").expect("a token");
        let (one, other) = tokio::join!(
            APPLICATION.refresh(&sites[0], refresh),
            APPLICATION.refresh(&sites[1], refresh)
        );
        let told = [one.expect("an answer"), other.expect("an answer")];
        let mut statuses = told.each_ref().map(|reply| reply.status);
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400], "{told:?}");
    }
}
