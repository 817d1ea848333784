use std::time::Duration;

use latchkey_core::throttle::{Count, PASSWORD};

use super::{Fixture, On, at, on_each_database};

const KEY: [u8; 32] = [1; 32];
const OTHER: [u8; 32] = [2; 32];

async fn wrong_tries_are_counted_and_forgotten(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("n").await;
    let amy = fixture.person("amy", home).await;
    for second in 0..3 {
        let count = async move |tx: &crate::Tx| {
            tx.count_failure(KEY, Some(amy), &PASSWORD, at(second)).await
        };
        let before = fixture.keep(count).await.map_or(0, |record| record.count.failures);
        assert_eq!(i64::from(before), second);
    }
    let view = fixture.store.view();
    let found = view.list_throttles(&[KEY, OTHER]).await.expect("read");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].count, Count { failures: 3, last_at: at(2) });
    assert_eq!(view.find_throttle(KEY).await.expect("read"), Some(found[0]));
    let tell = async |since, now| {
        fixture.keep(async move |tx| tx.tell_of_throttle(KEY, at(since), at(now)).await).await
    };
    assert!(tell(0, 60).await);
    assert!(!tell(30, 90).await, "told at 60");
    assert!(tell(61, 121).await);
    assert!(tell(0, 60).await, "121 lies ahead: the clock was put back");
    fixture.keep(async |tx| tx.forget_failures(KEY).await).await;
    assert_eq!(view.find_throttle(KEY).await.expect("read"), None);
}

async fn a_known_browser_keeps_being_known_until_its_time_is_up(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("n").await;
    let amy = fixture.person("amy", home).await;
    let know = async |at_least, until| {
        fixture
            .keep(async move |tx| tx.know_browser(KEY, amy, at(at_least), at(until)).await)
            .await;
        let found = fixture.store.view().find_throttle(KEY).await.expect("read");
        found.expect("it is known").expires_at
    };
    assert_eq!(know(500_000, 1_000_000).await, at(1_000_000));
    assert_eq!(know(600_000, 1_100_000).await, at(1_000_000), "long enough");
    fixture
        .keep(async move |tx| {
            tx.count_failure(KEY, Some(amy), &PASSWORD, at(1)).await?;
            tx.forgive_browser(KEY).await
        })
        .await;
    let found = fixture.store.view().find_throttle(KEY).await.expect("read").expect("known");
    assert_eq!((found.count.failures, found.expires_at), (0, at(1_000_000)));
    assert_eq!(know(1_000_001, 1_500_000).await, at(1_500_000), "known for longer");
    let swept =
        async |now| fixture.keep(async move |tx| tx.delete_expired_throttles(at(now)).await).await;
    assert_eq!(swept(1_499_999).await, 0);
    assert_eq!(swept(1_500_000).await, 1);
}

async fn what_is_counted_once_a_stretch_is_counted_once(on: On) {
    let fixture = Fixture::new(on).await;
    let count = async |once| {
        let ends = at(0).plus(Duration::from_secs(60));
        fixture.keep(async move |tx| tx.count_in_stretch(KEY, once, at(0), ends).await).await;
        let found = fixture.store.view().find_throttle(KEY).await.expect("read");
        found.map_or(0, |record| record.count.failures)
    };
    assert_eq!(count(Some([3; 32])).await, 1);
    assert_eq!(count(Some([3; 32])).await, 1, "the same name");
    assert_eq!(count(Some([4; 32])).await, 2);
    assert_eq!(count(None).await, 3);
}

on_each_database! {
    wrong_tries_are_counted_and_forgotten,
    a_known_browser_keeps_being_known_until_its_time_is_up,
    what_is_counted_once_a_stretch_is_counted_once,
}
