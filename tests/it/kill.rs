//! The real server, killed in the middle of its work; and whether its checker would find what a
//! worse server leaves behind.

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;
use std::time::Instant;

use latchkey_tests::browser::{Browser, Site};
use latchkey_tests::kill::checker::Checker;
use latchkey_tests::kill::clients::{self, Client, PASSWORD};
use latchkey_tests::kill::database::{Database, damage};
use latchkey_tests::kill::journal::{Act, Entry, Told};
use latchkey_tests::kill::ledger::{Ledger, Truth};
use latchkey_tests::kill::{Plan, SETTINGS, run};
use latchkey_tests::server::{self, Server};
use rusqlite::Connection;
use tokio::sync::mpsc::unbounded_channel;

use crate::support::real::Real;

const SEED: u64 = 20_261_124;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_outlives_a_kill_and_nothing_works_twice_after_it() {
    let binary = server::binary().expect("beside the tests");
    let own = latchkey_test_databases::chosen();
    let database = own.as_ref().map(|database| database.url.clone());
    let plan = Plan { binary, kills: 4, seed: SEED, people: 9, database };
    let mut lines = Vec::new();
    let report = run(&plan, |line| lines.push(line)).await.expect("it can be checked");
    let told = || format!("seed {SEED}\n{}\n{}", lines.join("\n"), report.faults.join("\n"));
    assert!(report.faults.is_empty(), "{}", told());
    assert_eq!(report.kills, 4);
    assert!(report.answered > 50, "{}", told());
}

/// A server that nobody kills, and people who did a bit of everything there.
struct Calm {
    _server: Server,
    real: Real,
    site: Arc<Site>,
    database: Database,
    next: usize,
}

impl Calm {
    async fn start() -> Self {
        let real = Real::new(&clients::documents(24), SETTINGS);
        let installation = &real.installation;
        let server = installation.start().expect("it starts");
        let site = Site::new(&installation.issuer, installation.address()).expect("connections");
        let database = Database::open(installation).await.expect("readable");
        Self { _server: server, real, site, database, next: 0 }
    }

    /// Somebody with two keys, an application and a service provider that were used, a code in hand,
    /// an open session and one that was logged out.
    async fn client(&mut self) -> Client {
        // Every third has no keys.
        let number = self.next + self.next / 2;
        self.next += 1;
        let mut client = Client::new(number, SEED, Arc::clone(&self.site), unbounded_channel().0);
        client.log_in().await.expect("logged in");
        client.use_application().await.expect("redeemed");
        client.log_out().await.expect("logged out");
        client.log_in().await.expect("logged in");
        for _ in 0..2 {
            client.register().await.expect("registered");
        }
        client.rename().await.expect("renamed");
        client.remove().await.expect("removed");
        // Until one of them was rotated, and one of an odd and of an even number.
        while rotated(&client) < 2 {
            client.use_application().await.expect("redeemed");
        }
        client.sign_on().await.expect("signed on");
        client.open().await.expect("opened");
        client
    }

    async fn check(&self, client: &mut Client) -> Vec<String> {
        let mut checker = Checker::new(Arc::clone(&self.site), &self.database);
        checker.check(client).await.expect("it can be checked")
    }
}

fn ledger(client: &Client) -> Ledger {
    Ledger::default().after(client.journal.entries())
}

/// How many grants in a row, from the last on, had a refresh token rotated.
fn rotated(client: &Client) -> usize {
    let ledger = ledger(client);
    ledger.grants.iter().rev().take_while(|grant| grant.refresh.len() > 1).count()
}

fn told(client: &mut Client, act: Act, told: Told) {
    client.journal.entries_mut().push(Entry { act, told: Some(told) });
}

#[tokio::test]
async fn the_checker_finds_nothing_wrong_with_an_honest_server() {
    let mut calm = Calm::start().await;
    for _ in 0..2 {
        let mut client = calm.client().await;
        assert_eq!(calm.check(&mut client).await, Vec::<String>::new());
        // What is still remembered holds as well.
        client.revive(Arc::clone(&calm.site), unbounded_channel().0);
        assert!(client.ledger.keys.len() > 1 && client.ledger.sessions.len() > 1);
        assert_eq!(calm.check(&mut client).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn the_checker_finds_every_lie() {
    let mut calm = Calm::start().await;
    let fakes = || Told::Tokens { access: "made-up".into(), refresh: "made-up-too".into() };
    type Lie = Box<dyn Fn(&mut Client)>;
    let lies: [(&str, Lie); 10] = [
        (
            "key bWFkZS11cA is on the account: told so",
            Box::new(|client| {
                told(client, Act::Register { key: "bWFkZS11cA".into() }, Told::Done);
            }),
        ),
        (
            "is on the account: it must not be so",
            Box::new(|client| {
                let key = client.held[0].key.clone();
                told(client, Act::Remove { key }, Told::Done);
            }),
        ),
        (
            "and not [\"Another name\"]",
            Box::new(|client| {
                let (key, nickname) = (client.held[0].key.clone(), "Another name".to_owned());
                told(client, Act::Rename { key, nickname }, Told::Done);
            }),
        ),
        (
            "is logged in: it must not be so",
            Box::new(|client| {
                let ledger = ledger(client);
                let open = ledger.sessions.iter().find(|(_, open)| **open == Truth::Yes);
                let session = open.expect("an open session").0.clone();
                told(client, Act::LogOut { session }, Told::Done);
            }),
        ),
        (
            "session made-up is logged in: told so",
            Box::new(|client| {
                let act = Act::LogIn { keeps: None, proof: None };
                told(client, act, Told::Session("made-up".into()));
            }),
        ),
        (
            "can be redeemed again: it must not be so",
            Box::new(move |client| {
                let code = ledger(client).codes.last().expect("a code in hand").code.clone();
                told(client, Act::Redeem { code }, fakes());
            }),
        ),
        (
            "is stored as unused: it must not be so",
            Box::new(move |client| {
                let grants = ledger(client).grants;
                let token = grants.last().and_then(|grant| grant.refresh.last());
                let token = token.expect("a token in hand").0.clone();
                told(client, Act::Refresh { token }, fakes());
            }),
        ),
        (
            "code made-up can be redeemed: told so",
            Box::new(|client| {
                let ledger = ledger(client);
                let open = ledger.sessions.iter().find(|(_, open)| **open == Truth::Yes);
                let session = open.expect("an open session").0.clone();
                told(client, Act::Open { session }, Told::Code("made-up".into()));
            }),
        ),
        (
            "is answered again: it must not be so",
            Box::new(|client| {
                let (session, request) = client.asked().expect("a request");
                let act = Act::SignOn { session, request };
                told(client, act, Told::Asserted { at: Instant::now() });
            }),
        ),
        (
            "a key that nobody registered",
            Box::new(|client| {
                let held = client.held[0].key.clone();
                let is_its =
                    |entry: &Entry| matches!(&entry.act, Act::Register { key } if *key == held);
                client.journal.entries_mut().retain(|entry| !is_its(entry));
            }),
        ),
    ];
    for (words, lie) in lies {
        let mut client = calm.client().await;
        lie(&mut client);
        let faults = calm.check(&mut client).await;
        assert!(faults.iter().any(|fault| fault.contains(words)), "'{words}': {faults:#?}");
    }
}

#[tokio::test]
async fn the_checker_finds_events_that_are_missing() {
    let mut calm = Calm::start().await;
    let kinds = [
        "logged_in",
        "logged_out",
        "application_opened",
        "provider_opened",
        "credential_registered",
        "credential_renamed",
        "credential_removed",
    ];
    for kind in kinds {
        let mut client = calm.client().await;
        calm.real.damage(&format!(
            "DELETE FROM audit WHERE kind = '{kind}' AND person_id = \
             (SELECT id FROM people WHERE username = '{}')",
            client.username
        ));
        let faults = calm.check(&mut client).await;
        let words = format!("0 audit events {kind}");
        assert!(faults.iter().any(|fault| fault.contains(&words)), "{words}: {faults:#?}");
    }
}

#[tokio::test]
async fn the_checker_finds_what_a_lost_or_half_done_write_leaves() {
    let mut calm = Calm::start().await;
    let writes = [
        // A key that was acknowledged.
        ("DELETE FROM credentials WHERE person_id = OWN", "is on the account: told so"),
        // A part of one.
        ("UPDATE credentials SET counter = 0 WHERE person_id = OWN", "half there: not its counter"),
        (
            "UPDATE people SET ever_had_factor = false WHERE id = OWN",
            "not that its person had a factor",
        ),
        // A log-in, and a log-out.
        ("UPDATE sessions SET ended_at = 1 WHERE person_id = OWN", "is logged in: told so"),
        (
            "UPDATE sessions SET ended_at = NULL WHERE person_id = OWN",
            "is logged in: it must not be so",
        ),
        // A code that was redeemed, and so all that hangs on it.
        ("DELETE FROM grants WHERE person_id = OWN", "can be redeemed again: it must not be so"),
        // A refresh token that was rotated.
        (
            "UPDATE refresh_tokens SET used_at = NULL WHERE grant_id IN \
             (SELECT id FROM grants WHERE person_id = OWN)",
            "can be used again: it must not be so",
        ),
    ];
    for (sql, words) in writes {
        let mut client = calm.client().await;
        let own = format!("(SELECT id FROM people WHERE username = '{}')", client.username);
        calm.real.damage(&sql.replace("OWN", &own));
        let faults = calm.check(&mut client).await;
        assert!(faults.iter().any(|fault| fault.contains(words)), "'{words}': {faults:#?}");
    }
}

#[tokio::test]
async fn the_checker_finds_a_proof_that_counts_although_it_was_used() {
    let mut calm = Calm::start().await;
    let mut client = calm.client().await;
    let mut browser = Browser::new(Arc::clone(&calm.site));
    let form = browser.open("/login").await.expect("a page").form("/identify").expect("a form");
    let sent = browser.sending(&form, &[("username", &client.username), ("password", PASSWORD)]);
    // It was never sent, so that it still counts.
    let act = Act::LogIn { keeps: None, proof: Some(sent) };
    told(&mut client, act, Told::Half("made-up".into()));
    let faults = calm.check(&mut client).await;
    assert!(faults.iter().any(|fault| fault.contains("counts again")), "{faults:#?}");
}

#[tokio::test]
async fn the_checker_finds_a_removed_key_that_still_logs_in() {
    let mut calm = Calm::start().await;
    let mut client = calm.client().await;
    // The device of a key that works, under the name of one of whose removal they were told.
    let removed = ledger(&client);
    let removed = removed.keys.iter().find(|(_, facts)| facts.there == Truth::No);
    let removed = removed.expect("a removed key").0.clone();
    let held = client.held[0].key.clone();
    let device = client.pocket.remove(&held).expect("a device");
    client.pocket.insert(removed, device);
    let faults = calm.check(&mut client).await;
    assert!(faults.iter().any(|fault| fault.contains("logs in: it must not be so")), "{faults:#?}");
}

#[test]
fn damage_to_a_file_and_references_to_nothing_are_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("some.db");
    let name = path.to_str().expect("a name in UTF-8");
    let connection = Connection::open(&path).expect("it opens");
    let filled = connection.execute_batch(
        "CREATE TABLE a (id INTEGER PRIMARY KEY, text TEXT UNIQUE);
         CREATE TABLE b (a INTEGER REFERENCES a (id));
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
         INSERT INTO a SELECT i, hex(randomblob(200)) FROM n;
         INSERT INTO b SELECT id FROM a;",
    );
    filled.expect("filled");
    assert_eq!(damage(name).expect("readable"), Vec::<String>::new());
    connection
        .execute_batch("PRAGMA foreign_keys = OFF; DELETE FROM a WHERE id = 7;")
        .expect("done");
    assert_eq!(damage(name).expect("readable"), ["a row refers to nothing: b"]);
    connection.execute("INSERT INTO a VALUES (7, '7')", []).expect("done");
    drop(connection);
    let file = OpenOptions::new().write(true).open(&path).expect("writable");
    file.write_all_at(&[0; 4096], 5 * 4096).expect("written");
    assert_ne!(damage(name).expect("readable"), Vec::<String>::new());
}
