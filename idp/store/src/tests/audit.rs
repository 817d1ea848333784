//! The audit trail attacked, and what must be found.

use std::collections::BTreeMap;
use std::sync::Arc;

use latchkey_core::audit::{CallerCheck, Event, Handling, What};
use latchkey_core::ids::{EventId, PersonId};
use latchkey_core::rng::SeededRng;
use latchkey_core::roles::Actor;
use latchkey_core::secrets::{Digest, SealingKey};
use sea_orm::ConnectionTrait as _;

use super::{Fixture, On, at, on_each_database};
use crate::{AuditKeys, Error, Fault, PORTION, Selection, Store, Tx, Walked};

/// Words that stand nowhere else.
const ADDRESS: &str = "198.51.100.77";
const NICKNAME: &str = "Marmalade key";

fn keys() -> AuditKeys {
    AuditKeys::new(SealingKey::new(&[3; 32]), Arc::new(SeededRng::new(9)))
}

fn event(fixture: &Fixture, person: Option<PersonId>, seconds: i64, what: What) -> Event {
    Event {
        id: EventId::new(&*fixture.rng, at(seconds)),
        at: at(seconds),
        actor: Actor::Cli,
        person,
        organisation: None,
        session: None,
        address: Some(ADDRESS.to_owned()),
        what,
        handling: Handling::default(),
    }
}

async fn add(fixture: &Fixture, count: i64) {
    let events: Vec<_> =
        (0..count).map(|number| event(fixture, None, number, What::LoggedOut)).collect();
    let write = async move |tx: &Tx| {
        for event in &events {
            tx.insert_event(event).await?;
        }
        Ok(())
    };
    fixture.keep(write).await;
}

async fn seal(fixture: &Fixture) -> u64 {
    let mut sealed = 0;
    loop {
        let portion = fixture.keep(async |tx: &Tx| tx.seal_events().await).await;
        sealed += portion;
        if portion < PORTION {
            return sealed;
        }
    }
}

/// A chain of ten events.
async fn chain(on: On) -> Fixture {
    let fixture = Fixture::new(on).await;
    add(&fixture, 10).await;
    assert_eq!(seal(&fixture).await, 10);
    fixture
}

async fn run(fixture: &Fixture, sql: String) {
    fixture
        .keep(async move |tx: &Tx| {
            tx.conn().execute_unprepared(&sql).await.map_err(Error::from)?;
            Ok(())
        })
        .await;
}

async fn walk(store: &Store, signed: &BTreeMap<i64, Digest>) -> (Walked, Vec<Fault>) {
    let mut faults = Vec::new();
    let walked = store.view().walk_audit(signed, &mut |fault| faults.push(fault)).await;
    (walked.expect("walked"), faults)
}

async fn faults(fixture: &Fixture) -> Vec<Fault> {
    walk(&fixture.store, &BTreeMap::new()).await.1
}

async fn id_at(fixture: &Fixture, sequence: i64) -> EventId {
    let kept = fixture.store.view().list_kept_events(&Selection::default(), None).await;
    let kept = kept.expect("read").into_iter().find(|kept| kept.sequence == Some(sequence));
    kept.expect("there").id
}

async fn a_chain_that_nobody_touched_is_whole_and_its_unsealed_tail_is_counted(on: On) {
    let fixture = chain(on).await;
    add(&fixture, 3).await;
    let (walked, faults) = walk(&fixture.store, &BTreeMap::new()).await;
    assert_eq!(faults, []);
    let whole = Walked { anchor: 0, last: 10, events: 10, unsealed: 3, too_old: 0 };
    assert_eq!(walked, whole);
    assert_eq!(seal(&fixture).await, 3);
    assert_eq!(seal(&fixture).await, 0, "each once");
    let (walked, faults) = walk(&fixture.store, &BTreeMap::new()).await;
    assert_eq!((walked.events, walked.unsealed, faults), (13, 0, Vec::new()));
}

async fn a_changed_event_is_found_whichever_column_was_changed(on: On) {
    let changes = [
        "at = at + 1",
        "kind = 'x'",
        "actor = '{}'",
        "event = '{}'",
        "address = NULL",
        "address = ''",
        "role = 'auditor'",
        "strength = 'mfa'",
        "case_number = '1'",
        "checks = '[]'",
        "reason = ''",
        "hash = NULL",
    ];
    for change in changes {
        let fixture = chain(on).await;
        let id = id_at(&fixture, 4).await;
        run(&fixture, format!("UPDATE audit SET {change} WHERE sequence = 4")).await;
        assert_eq!(faults(&fixture).await, [Fault::Changed { sequence: 4, id }], "{change}");
    }
}

async fn an_event_that_was_deleted_in_the_middle_is_missed(on: On) {
    let fixture = chain(on).await;
    run(&fixture, "DELETE FROM audit WHERE sequence IN (4, 5)".to_owned()).await;
    assert_eq!(faults(&fixture).await, [Fault::Missing { from: 4, to: 5 }]);
}

async fn events_that_were_deleted_at_the_end_are_missed_and_a_checkpoint_misses_them_too(on: On) {
    let fixture = chain(on).await;
    let end = fixture.store.view().find_audit_head().await.expect("read");
    let signed = BTreeMap::from([(end.sequence, end.hash)]);
    assert_eq!(walk(&fixture.store, &signed).await.1, []);
    run(&fixture, "DELETE FROM audit WHERE sequence > 8".to_owned()).await;
    assert_eq!(faults(&fixture).await, [Fault::Missing { from: 9, to: 10 }]);
    // Whoever knows the chain puts its end back as well.
    let hash = "(SELECT hash FROM audit WHERE sequence = 8)";
    run(&fixture, format!("UPDATE audit_chain SET sequence = 8, hash = {hash}")).await;
    assert_eq!(faults(&fixture).await, [], "the database alone cannot tell");
    let (_, faults) = walk(&fixture.store, &signed).await;
    assert_eq!(faults, [Fault::SignedBeyond { sequence: 10, last: 8 }]);
    // And lets it grow again.
    add(&fixture, 2).await;
    seal(&fixture).await;
    let (_, faults) = walk(&fixture.store, &signed).await;
    assert_eq!(faults, [Fault::Signed { sequence: 10 }]);
}

async fn events_that_were_swapped_are_both_found(on: On) {
    let fixture = chain(on).await;
    let (three, seven) = (id_at(&fixture, 3).await, id_at(&fixture, 7).await);
    for (from, to) in [(3, 99), (7, 3), (99, 7)] {
        let sql = format!("UPDATE audit SET sequence = {to} WHERE sequence = {from}");
        run(&fixture, sql).await;
    }
    let found = faults(&fixture).await;
    let expected =
        [Fault::Changed { sequence: 3, id: seven }, Fault::Changed { sequence: 7, id: three }];
    for fault in &expected {
        assert!(found.contains(fault), "{found:?}");
    }
}

async fn an_event_that_was_put_in_is_found(on: On) {
    let fixture = chain(on).await;
    add(&fixture, 1).await;
    run(&fixture, "DELETE FROM audit WHERE sequence = 6".to_owned()).await;
    let forged = "UPDATE audit SET sequence = 6, hash = (SELECT hash FROM audit AS other WHERE \
                  other.sequence = 5) WHERE sequence IS NULL";
    run(&fixture, forged.to_owned()).await;
    let id = id_at(&fixture, 6).await;
    let found = faults(&fixture).await;
    assert!(found.contains(&Fault::Changed { sequence: 6, id }), "{found:?}");

    // Or behind the end, where the next one would come.
    let fixture = chain(on).await;
    add(&fixture, 1).await;
    let forged = "UPDATE audit SET sequence = 11, hash = (SELECT hash FROM audit AS other WHERE \
                  other.sequence = 5) WHERE sequence IS NULL";
    run(&fixture, forged.to_owned()).await;
    let id = id_at(&fixture, 11).await;
    assert_eq!(faults(&fixture).await, [Fault::Outside { sequence: 11, id }]);
}

async fn what_is_older_than_is_kept_goes_and_the_rest_is_still_whole(on: On) {
    let fixture = chain(on).await;
    let before = |seconds| async move |tx: &Tx| tx.delete_events_before(at(seconds)).await;
    assert_eq!(fixture.keep(before(4)).await, 4);
    assert_eq!(fixture.keep(before(4)).await, 0);
    let (walked, faults) = walk(&fixture.store, &BTreeMap::new()).await;
    assert_eq!((walked.anchor, walked.events, faults), (4, 6, Vec::new()));
    run(&fixture, "DELETE FROM audit WHERE sequence = 5".to_owned()).await;
    assert_eq!(self::faults(&fixture).await, [Fault::Missing { from: 5, to: 5 }]);
}

async fn two_nodes_that_seal_at_the_same_time_make_one_chain(on: On) {
    let fixture = Arc::new(Fixture::new(on).await);
    let other = match on {
        On::Sqlite => None,
        On::Postgresql => Some(Store::open(&fixture.place.url()).await.expect("a node")),
    };
    let other = other.as_ref().unwrap_or(&fixture.store);
    for _ in 0..5 {
        add(&fixture, 20).await;
        let work = async |tx: &Tx| tx.seal_events().await;
        let (one, two) = tokio::join!(
            fixture.store.write::<u64, Error, _>(work),
            other.write::<u64, Error, _>(work)
        );
        assert_eq!(one.expect("sealed") + two.expect("sealed"), 20);
    }
    let (walked, faults) = walk(&fixture.store, &BTreeMap::new()).await;
    assert_eq!((walked.events, walked.last, faults), (100, 100, Vec::new()));
}

async fn what_events_tell_of_a_person_is_read_until_they_are_erased_and_never_after(on: On) {
    let fixture = Fixture::new(on).await;
    fixture.store.seal_events_with(keys());
    let organisation = fixture.organisation("northgate").await;
    let amy = fixture.person("amy", organisation).await;
    let bob = fixture.person("bob", organisation).await;
    let key = fixture.credential(amy, NICKNAME).await;
    for (person, seconds) in [(amy, 1), (bob, 2)] {
        let what = What::CredentialRemoved { credential: key.id, nickname: NICKNAME.to_owned() };
        let told = event(&fixture, Some(person), seconds, what).handled(&Handling {
            reason: Some("she lost it".to_owned()),
            case: Some("C-17".to_owned()),
            checks: vec![CallerCheck::CalledBack],
        });
        fixture.keep(async move |tx: &Tx| tx.insert_event(&told).await).await;
    }
    seal(&fixture).await;
    let read = async || {
        let kept = fixture.store.view().list_kept_events(&Selection::default(), None).await;
        kept.expect("read")
    };
    let kept = read().await;
    assert_eq!(kept[0].address.as_deref(), Some(ADDRESS));
    assert_eq!(kept[0].event["nickname"], NICKNAME);
    assert_eq!(kept[0].reason.as_deref(), Some("she lost it"));
    assert_eq!(fixture.store.view().list_events_of(amy, 9).await.expect("read").len(), 1);

    assert!(fixture.keep(async move |tx: &Tx| tx.delete_person(amy).await).await);
    let late = event(&fixture, Some(amy), 3, What::LoggedOut);
    fixture.keep(async move |tx: &Tx| tx.insert_event(&late).await).await;
    seal(&fixture).await;
    let kept = read().await;
    assert!(kept[0].erased && !kept[1].erased);
    assert_eq!((&kept[0].address, &kept[0].reason), (&None, &None));
    assert_eq!(kept[0].event, serde_json::json!({ "kind": "erased" }));
    assert_eq!(
        (kept[0].kind.as_str(), kept[0].case.as_deref()),
        ("credential_removed", Some("C-17"))
    );
    assert_eq!(kept[0].checks, serde_json::json!(["called_back"]));
    assert_eq!(kept[1].event["nickname"], NICKNAME, "others are not touched");
    assert_eq!(kept[2].address, None, "nothing new is kept of them");
    assert_eq!(faults(&fixture).await, []);
}

async fn events_of_people_are_not_kept_in_the_clear_while_keys_are_unknown(on: On) {
    let fixture = Fixture::new(on).await;
    let organisation = fixture.organisation("northgate").await;
    let amy = fixture.person("amy", organisation).await;
    let told = event(&fixture, Some(amy), 1, What::LoggedOut);
    let write = async move |tx: &Tx| tx.insert_event(&told).await;
    assert!(fixture.store.write::<(), Error, _>(write).await.is_err());
}

on_each_database! {
    a_chain_that_nobody_touched_is_whole_and_its_unsealed_tail_is_counted,
    a_changed_event_is_found_whichever_column_was_changed,
    an_event_that_was_deleted_in_the_middle_is_missed,
    events_that_were_deleted_at_the_end_are_missed_and_a_checkpoint_misses_them_too,
    events_that_were_swapped_are_both_found,
    an_event_that_was_put_in_is_found,
    what_is_older_than_is_kept_goes_and_the_rest_is_still_whole,
    two_nodes_that_seal_at_the_same_time_make_one_chain,
    what_events_tell_of_a_person_is_read_until_they_are_erased_and_never_after,
    events_of_people_are_not_kept_in_the_clear_while_keys_are_unknown,
}

#[tokio::test]
async fn ten_thousand_events_are_walked_in_one_go_and_one_change_among_them_is_found() {
    let fixture = Fixture::new(On::Sqlite).await;
    add(&fixture, 10_000).await;
    assert_eq!(seal(&fixture).await, 10_000);
    let (walked, faults) = walk(&fixture.store, &BTreeMap::new()).await;
    assert_eq!((walked.events, faults), (10_000, Vec::new()));
    run(&fixture, "UPDATE audit SET at = at + 1 WHERE sequence = 7777".to_owned()).await;
    let found = self::faults(&fixture).await;
    assert!(matches!(found[..], [Fault::Changed { sequence: 7777, .. }]), "{found:?}");
}

#[tokio::test]
async fn what_was_told_of_an_erased_person_is_nowhere_in_the_file() {
    let fixture = Fixture::new(On::Sqlite).await;
    fixture.store.seal_events_with(keys());
    let organisation = fixture.organisation("northgate").await;
    let amy = fixture.person("amy.marmalade", organisation).await;
    let key = fixture.credential(amy, NICKNAME).await;
    let what = What::CredentialRemoved { credential: key.id, nickname: NICKNAME.to_owned() };
    let told = event(&fixture, Some(amy), 1, what);
    fixture.keep(async move |tx: &Tx| tx.insert_event(&told).await).await;
    let path = fixture.place.url().trim_start_matches("sqlite:").to_owned();
    let sealed: Vec<u8> = {
        let line = rusqlite::Connection::open(&path).expect("open");
        line.query_row("SELECT sealed FROM audit_keys", [], |row| row.get(0)).expect("a key")
    };
    // The log written into the file, as SQLite does by itself when it has grown.
    let flatten = || {
        let line = rusqlite::Connection::open(&path).expect("open");
        let busy: i64 = line
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
            .expect("flattened");
        assert_eq!(busy, 0);
        std::fs::read(&path).expect("read")
    };
    let holds = |file: &[u8], words: &[u8]| file.windows(words.len()).any(|part| part == words);
    let file = flatten();
    assert!(holds(&file, b"amy.marmalade") && holds(&file, &sealed), "there before");
    fixture.keep(async move |tx: &Tx| tx.delete_person(amy).await).await;
    let file = flatten();
    for words in [&b"amy.marmalade"[..], NICKNAME.as_bytes(), ADDRESS.as_bytes(), &sealed] {
        assert!(!holds(&file, words), "{}", String::from_utf8_lossy(words));
    }
}
