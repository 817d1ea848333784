use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use futures_util::future::join_all;
use latchkey_core::people::Username;
use latchkey_core::secrets::Digest;
use tokio::sync::Notify;

use super::{Fixture, On, at, on_each_database};
use crate::{Error, Grant, Redeemed, Refresh, Store};

/// Keeps the writer busy until told, so that what comes meanwhile is one group.
async fn hold(store: &Arc<Store>) -> (Arc<Notify>, tokio::task::JoinHandle<()>) {
    let (started, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (store, begun, wait) = (Arc::clone(store), Arc::clone(&started), Arc::clone(&go));
    let task = tokio::spawn(async move {
        let held = store.write::<(), Error, _>(async move |_| {
            begun.notify_one();
            wait.notified().await;
            Ok(())
        });
        held.await.expect("kept");
    });
    started.notified().await;
    (go, task)
}

/// Hands a write in without waiting for it: its first poll puts it into the queue.
async fn hand_in<F: Future>(write: F) -> Result<Pin<Box<F>>, F::Output> {
    let mut write = Box::pin(write);
    poll_fn(|context| {
        Poll::Ready(match write.as_mut().poll(context) {
            Poll::Ready(done) => Some(done),
            Poll::Pending => None,
        })
    })
    .await
    .map_or(Ok(write), Err)
}

async fn is_there(store: &Store, name: &str) -> bool {
    let name = Username::parse(name).expect("a user name");
    store.view().find_person_by_username(&name).await.expect("read").is_some()
}

async fn a_conflict_is_told_and_nothing_of_its_write_is_kept(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("n").await;
    fixture.person("amy", home).await;
    let (other, twin) = (fixture.stranger("other", home), fixture.stranger("AMY", home));
    let written = fixture.store.write::<(), Error, _>(async move |tx| {
        tx.insert_person(&other).await?;
        tx.insert_person(&twin).await
    });
    assert!(written.await.is_err_and(|error| error.is_conflict()));
    assert!(!is_there(&fixture.store, "other").await);
}

#[tokio::test]
async fn one_refusal_in_a_group_undoes_only_itself() {
    let fixture = Fixture::new(On::Sqlite).await;
    let home = fixture.organisation("n").await;
    let runs = Arc::new(AtomicUsize::new(0));
    let people: Vec<_> = (0..6).map(|n| fixture.stranger(&format!("p{n}"), home)).collect();
    let store = Arc::new(fixture.store);
    let (go, held) = hold(&store).await;
    let mut writes = Vec::new();
    for (number, person) in people.into_iter().enumerate() {
        let runs = Arc::clone(&runs);
        let write = store.write(async move |tx| {
            runs.fetch_add(1, Ordering::SeqCst);
            tx.insert_person(&person).await?;
            if number == 3 {
                return Err(Error::Configuration("refused".to_owned()));
            }
            Ok(number)
        });
        writes.push(hand_in(write).await.expect("waiting"));
    }
    go.notify_one();
    held.await.expect("held");
    for (number, write) in writes.into_iter().enumerate() {
        let result = write.await;
        if number == 3 {
            assert!(matches!(result, Err(Error::Configuration(_))));
        } else {
            assert_eq!(result.ok(), Some(number));
        }
        assert_eq!(is_there(&store, &format!("p{number}")).await, number != 3);
    }
    assert!(runs.load(Ordering::SeqCst) > 6, "the group was run again with savepoints");
}

async fn a_panic_in_a_write_keeps_nothing_of_it_and_the_writer_goes_on(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("n").await;
    let (before, bad, after) =
        (fixture.stranger("a", home), fixture.stranger("b", home), fixture.stranger("c", home));
    let store = Arc::new(fixture.store);
    let (go, held) = hold(&store).await;
    let mut writes = Vec::new();
    for (person, panics) in [(before, false), (bad, true), (after, false)] {
        let write = store.write::<(), Error, _>(async move |tx| {
            tx.insert_person(&person).await?;
            assert!(!panics, "on purpose");
            Ok(())
        });
        writes.push(hand_in(write).await.expect("waiting"));
    }
    go.notify_one();
    held.await.expect("held");
    let mut results = Vec::new();
    for write in writes {
        results.push(write.await.map_err(|error| error.to_string()));
    }
    assert_eq!(results[0], Ok(()));
    assert!(results[1].as_ref().is_err_and(|text| text.contains("panicked")), "{results:?}");
    assert_eq!(results[2], Ok(()));
    assert!(is_there(&store, "a").await && is_there(&store, "c").await);
    assert!(!is_there(&store, "b").await);
    store.write::<(), Error, _>(async |_| Ok(())).await.expect("still at work");
}

async fn a_write_whose_caller_went_away_stands(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("n").await;
    let person = fixture.stranger("amy", home);
    let store = Arc::new(fixture.store);
    let (go, held) = hold(&store).await;
    let write = store.write::<(), Error, _>(async move |tx| tx.insert_person(&person).await);
    drop(hand_in(write).await.expect("waiting"));
    go.notify_one();
    held.await.expect("held");
    // On a server, writes do not wait for each other.
    while !is_there(&store, "amy").await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn too_many_waiting_writes_are_turned_away_at_once() {
    let store = Arc::new(Fixture::new(On::Sqlite).await.store);
    let (go, held) = hold(&store).await;
    let mut waiting = Vec::new();
    let mut turned_away = 0;
    for _ in 0..1100 {
        match hand_in(store.write::<(), Error, _>(async |_| Ok(()))).await {
            Ok(write) => waiting.push(write),
            Err(refused) => {
                assert!(matches!(refused, Err(Error::Unavailable(_))));
                turned_away += 1;
            }
        }
    }
    assert_eq!(turned_away, 1100 - 1024);
    go.notify_one();
    held.await.expect("held");
    for write in waiting {
        write.await.expect("kept");
    }
}

async fn what_was_kept_is_there_after_opening_again(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("n").await;
    fixture.person("amy", home).await;
    let again = Store::open(&fixture.place.url()).await.expect("a store");
    assert!(is_there(&again, "amy").await);
}

async fn of_many_that_redeem_one_code_at_the_same_time_one_does(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("n").await;
    let amy = fixture.person("amy", home).await;
    let client = fixture.client("rota").await;
    let session = fixture.session(amy, "s").await;
    let grants: Vec<Grant> = (0..8).map(|_| fixture.grant("code", amy, session, &client)).collect();
    let ids: Vec<_> = grants.iter().map(|grant| grant.id).collect();
    let redeemed = join_all(
        grants
            .into_iter()
            .map(|grant| fixture.keep(async move |tx| Ok((tx.redeem(&grant).await?, grant.id)))),
    );
    let now: Vec<_> = redeemed.await.into_iter().filter(|(how, _)| *how == Redeemed::Now).collect();
    assert_eq!(now.len(), 1, "{now:?}");
    for id in ids {
        let live = fixture.store.view().find_live_grant(id).await.expect("read");
        assert!(live.is_none(), "those that came later revoked it");
    }
}

async fn of_many_that_use_one_refresh_token_at_the_same_time_one_does(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("n").await;
    let amy = fixture.person("amy", home).await;
    let client = fixture.client("rota").await;
    let session = fixture.session(amy, "s").await;
    let grant = fixture.grant("code", amy, session, &client);
    let digest = Digest::of(b"refresh");
    let refresh =
        Refresh { digest, grant: grant.id, issued_at: at(1), expires_at: at(900), used_at: None };
    fixture
        .keep(async move |tx| {
            tx.redeem(&grant).await?;
            tx.insert_refresh(&refresh).await
        })
        .await;
    let used = (0..8).map(|_| fixture.keep(async move |tx| tx.use_refresh(digest, at(2)).await));
    let used = join_all(used).await;
    assert_eq!(used.into_iter().filter(|used| *used).count(), 1);
}

async fn what_a_write_read_nobody_else_has_changed_by_its_commit(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("n").await;
    let amy = fixture.person("amy", home).await;
    let longer = (0..6).map(|_| {
        fixture.keep(async move |tx| {
            let found = tx.view().find_person(amy).await?;
            let mut record = found.ok_or_else(|| Error::Internal("nobody".to_owned()))?;
            record.person.name.push('!');
            tx.update_person(&record).await
        })
    });
    join_all(longer).await;
    let record = fixture.store.view().find_person(amy).await.expect("read").expect("Amy");
    assert_eq!(record.person.name, "amy!!!!!!");
}

#[tokio::test]
async fn other_databases_are_refused_in_words() {
    for url in ["mysql:x", "postgres:x", "latchkey.db", ""] {
        let error = Store::open(url).await.err().expect("refused");
        assert!(matches!(error, Error::Configuration(_)), "{url}: {error}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_data_folder_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let fixture = Fixture::new(On::Sqlite).await;
    let url = fixture.place.url();
    let file = std::path::Path::new(url.strip_prefix("sqlite:").expect("a file"));
    let about = std::fs::metadata(file.parent().expect("a folder")).expect("there");
    assert_eq!(about.permissions().mode() & 0o777, 0o700);
}

on_each_database! {
    of_many_that_redeem_one_code_at_the_same_time_one_does,
    of_many_that_use_one_refresh_token_at_the_same_time_one_does,
    what_a_write_read_nobody_else_has_changed_by_its_commit,
    a_conflict_is_told_and_nothing_of_its_write_is_kept,
    a_panic_in_a_write_keeps_nothing_of_it_and_the_writer_goes_on,
    a_write_whose_caller_went_away_stands,
    what_was_kept_is_there_after_opening_again,
}
