use std::sync::Arc;

use latchkey_test_databases::{Cluster, Database};
use latchkey_tests::browser::Site;
use latchkey_tests::kill::SETTINGS;
use latchkey_tests::kill::checker::Checker;
use latchkey_tests::kill::clients::{self, Client};
use latchkey_tests::kill::database::Database as Held;
use latchkey_tests::server::{self, Installation};
use tokio::sync::mpsc::unbounded_channel;
use tokio::task::JoinSet;

const SEED: u64 = 20_261_124;
const PEOPLE: usize = 9;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_outlives_a_crash_of_the_database_and_nothing_works_twice_after_it() {
    let cluster = Cluster::start();
    let database = Database::on(&cluster.url());
    let binary = server::binary().expect("beside the tests");
    let documents = clients::documents(PEOPLE);
    let installation = Installation::new(&binary, &documents, Some(&database.url), SETTINGS);
    let installation = installation.expect("tests/run builds the server before");
    let server = installation.start().expect("it starts");
    let site = Site::new(&installation.issuer, installation.address()).expect("connections");
    let new = |number| Client::new(number, SEED, Arc::clone(&site), unbounded_channel().0);
    let mut people: Vec<Client> = (0..PEOPLE).map(new).collect();
    for acts in [25, 90, 140] {
        let (pulse, mut beats) = unbounded_channel();
        let mut living = JoinSet::new();
        for mut client in people.drain(..) {
            client.revive(Arc::clone(&site), pulse.clone());
            living.spawn(async move { (client.live().await, client) });
        }
        drop(pulse);
        for _ in 0..acts {
            beats.recv().await.expect("people who do something");
        }
        cluster.crash();
        for (ended, client) in living.join_all().await {
            // Everybody is told to come back, and nobody anything else.
            let told = format!("{:#}", ended.expect_err("nobody goes on without a database"));
            assert!(told.contains("503"), "{}: {told}", client.username);
            people.push(client);
        }
        cluster.resume();
        let held = Held::open(&installation).await.expect("it is back");
        let mut checker = Checker::new(Arc::clone(&site), &held);
        for client in &mut people {
            let faults = checker.check(client).await.expect("it can be checked");
            assert!(faults.is_empty(), "{}\n{:#?}", faults.join("\n"), client.journal.entries());
        }
    }
    server.stop().expect("it ran all the time");
}
