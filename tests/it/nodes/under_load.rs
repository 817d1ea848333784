use std::sync::Arc;

use latchkey_tests::kill::checker::Checker;
use latchkey_tests::kill::clients::Client;
use latchkey_tests::kill::database::Database as Held;
use tokio::sync::mpsc::unbounded_channel;
use tokio::task::JoinSet;

use super::Stage;

const SEED: u64 = 20_261_124;
const PEOPLE: usize = 12;
/// How much is still done when one node is gone.
const MORE: usize = 60;

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_cut_off_in_the_middle_of_requests_costs_those_and_nothing_that_was_told() {
    let stage = Stage::set().await;
    let new = |number| Client::new(number, SEED, Arc::clone(&stage.site), unbounded_channel().0);
    let mut people: Vec<Client> = (0..PEOPLE).map(new).collect();
    for (dies, acts) in [(0, 30), (1, 80)] {
        let (pulse, mut beats) = unbounded_channel();
        let mut living = JoinSet::new();
        for mut client in people.drain(..) {
            client.revive(Arc::clone(&stage.site), pulse.clone());
            living.spawn(async move { (client.live().await, client) });
        }
        drop(pulse);
        for _ in 0..acts {
            beats.recv().await.expect("people who do something");
        }
        stage.kill_now(dies);
        for _ in 0..MORE {
            beats.recv().await.expect("people whom the other node serves");
        }
        // The only way to stop them.
        stage.kill_now(1 - dies);
        for (ended, client) in living.join_all().await {
            let told = format!("{:#}", ended.expect_err("nobody goes on without a node"));
            // From the proxy, as plain text where an application wants JSON.
            assert!(told.contains("502") || told.contains("decoding"), "{told}");
            people.push(client);
        }
        stage.mend();
        let held = Held::open(&stage.installation).await.expect("readable");
        let mut checker = Checker::new(Arc::clone(&stage.site), &held);
        for client in &mut people {
            let faults = checker.check(client).await.expect("it can be checked");
            assert!(faults.is_empty(), "{}\n{:#?}", faults.join("\n"), client.journal.entries());
        }
    }
}
