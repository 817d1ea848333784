//! What is typed or followed counts once, whoever else tries at the same moment.

use std::time::Duration;

use latchkey_core::Timestamp;
use latchkey_core::codes::{AuthenticatorApp, LinkKind, Pass, RecoveryCode};
use latchkey_core::credentials::{Cause, CredentialState};
use latchkey_core::ids::{ClientId, CodeId, EntityId, FlowId, LogInTestId, PersonId};
use latchkey_core::secrets::{Digest, Sealed};
use uuid::Uuid;

use super::{Fixture, On, at, on_each_database};
use crate::{
    Call, Claimed, Error, Link, LogInTest, Result, SamlParticipant, SamlRequest, Store,
    StoredArtifact, StoredClient, StoredProvider, Tx, UsedRequest,
};

const AT_ONCE: usize = 200;
const CODE: CodeId = CodeId(Uuid::from_u128(7));

async fn somebody(fixture: &Fixture) -> PersonId {
    let home = fixture.organisation("n").await;
    fixture.person("amy", home).await
}

/// How many of many that try at once succeed.
async fn winners<F>(fixture: &Fixture, attempt: F) -> usize
where
    F: AsyncFn(&Tx) -> Result<bool> + Clone + Send + 'static,
{
    let tries = (0..AT_ONCE).map(|_| {
        let attempt = attempt.clone();
        fixture.store.write::<bool, Error, _>(attempt)
    });
    let tried = futures_util::future::join_all(tries).await;
    tried.into_iter().filter(|won| *won.as_ref().expect("the database answers")).count()
}

fn app(last_step: i64) -> AuthenticatorApp {
    AuthenticatorApp {
        id: CODE,
        seed: Sealed::from_bytes(vec![1; 48]),
        last_step,
        state: CredentialState::Active,
        added_at: at(0),
        last_used_at: None,
    }
}

fn pass(expires_at: Timestamp) -> Pass {
    Pass { id: CODE, digest: [3; 32], issued_at: at(0), expires_at, tries_left: 5, used_at: None }
}

async fn of_many_with_the_same_step_one_counts_and_no_earlier_step_after_it(on: On) {
    let fixture = Fixture::new(on).await;
    let amy = somebody(&fixture).await;
    fixture.keep(async move |tx| tx.put_app(amy, &app(99)).await).await;
    let won = winners(&fixture, async |tx: &Tx| tx.use_app(CODE, 100, at(1)).await).await;
    assert_eq!(won, 1);
    for (step, counts) in [(100, false), (99, false), (101, true)] {
        let used = fixture.keep(async move |tx| tx.use_app(CODE, step, at(2)).await).await;
        assert_eq!(used, counts, "{step}");
    }
    let app = fixture.store.view().list_codes(amy).await.expect("read").app.expect("an app");
    assert_eq!((app.last_step, app.last_used_at), (101, Some(at(2))));
}

async fn a_suspended_app_accepts_nothing_until_it_is_reinstated(on: On) {
    let fixture = Fixture::new(on).await;
    let amy = somebody(&fixture).await;
    let used = fixture
        .keep(async move |tx| {
            tx.put_app(amy, &app(0)).await?;
            let mut used = vec![tx.suspend_app(amy, CODE, Cause::NotMe, at(1)).await?];
            used.push(tx.use_app(CODE, 5, at(1)).await?);
            used.push(tx.reinstate_app(amy, CODE, Cause::ReportedLost).await?);
            used.push(tx.reinstate_app(amy, CODE, Cause::NotMe).await?);
            used.push(tx.use_app(CODE, 5, at(1)).await?);
            Ok(used)
        })
        .await;
    assert_eq!(used, [true, false, false, true, true]);
}

async fn of_many_with_the_same_pass_one_gets_in(on: On) {
    let fixture = Fixture::new(on).await;
    let amy = somebody(&fixture).await;
    fixture.keep(async move |tx| tx.put_pass(amy, &pass(at(60))).await).await;
    assert_eq!(winners(&fixture, async |tx: &Tx| tx.use_pass(CODE, at(1)).await).await, 1);
}

async fn a_pass_counts_not_after_its_time_nor_after_five_wrong_ones_nor_once_replaced(on: On) {
    let fixture = Fixture::new(on).await;
    let amy = somebody(&fixture).await;
    let used = fixture
        .keep(async move |tx| {
            tx.put_pass(amy, &pass(at(60))).await?;
            let late = tx.use_pass(CODE, at(60)).await?;
            for _ in 0..7 {
                tx.miss_pass(CODE).await?;
            }
            let missed = tx.use_pass(CODE, at(1)).await?;
            let next = Pass { id: CodeId(Uuid::from_u128(8)), ..pass(at(60)) };
            tx.put_pass(amy, &next).await?;
            Ok([late, missed, tx.use_pass(CODE, at(1)).await?, tx.use_pass(next.id, at(1)).await?])
        })
        .await;
    assert_eq!(used, [false, false, false, true]);
    let left = fixture.store.view().list_codes(amy).await.expect("read").pass.expect("a pass");
    assert_eq!((left.tries_left, left.used_at), (5, Some(at(1))));
}

async fn of_many_with_the_same_recovery_code_one_gets_in_and_the_others_stay(on: On) {
    let fixture = Fixture::new(on).await;
    let amy = somebody(&fixture).await;
    let codes: Vec<_> =
        (1..=3).map(|n| RecoveryCode { id: CodeId(Uuid::from_u128(n)), digest: [7; 32] }).collect();
    let first = codes[0].id;
    let keep = async move |tx: &Tx| tx.put_recovery_codes(amy, &codes, at(0)).await;
    fixture.keep(keep).await;
    let won = winners(&fixture, async move |tx: &Tx| tx.use_recovery_code(first, at(1)).await);
    assert_eq!(won.await, 1);
    assert_eq!(fixture.store.view().list_codes(amy).await.expect("read").recovery.len(), 2);
}

async fn of_many_with_the_same_link_one_gets_in_and_a_later_link_voids_it(on: On) {
    let fixture = Fixture::new(on).await;
    let amy = somebody(&fixture).await;
    let link = |secret: &[u8]| Link {
        sent_to: None,
        digest: Digest::of(secret),
        person: amy,
        kind: LinkKind::Invitation,
        issuer: None,
        issued_at: at(0),
        expires_at: at(60),
        used_at: None,
        flow: None,
    };
    let (one, other, late) = (link(b"one"), link(b"other"), link(b"late"));
    let (first, second, third) = (one.digest, other.digest, late.digest);
    let flow = FlowId(Uuid::from_u128(5));
    fixture.keep(async move |tx| tx.put_link(&one).await).await;
    let won =
        winners(&fixture, async move |tx: &Tx| tx.use_link(first, Some(flow), at(1)).await).await;
    assert_eq!(won, 1);
    let found = fixture.store.view().find_link(first).await.expect("read").expect("a link");
    assert_eq!((found.flow, found.used_at), (Some(flow), Some(at(1))));
    let used = fixture
        .keep(async move |tx| {
            tx.put_link(&other).await?;
            tx.put_link(&late).await?;
            let replaced = tx.use_link(second, Some(flow), at(1)).await?;
            Ok([replaced, tx.use_link(third, Some(flow), at(60)).await?])
        })
        .await;
    assert_eq!(used, [false, false], "replaced, and too late");
    assert!(fixture.store.view().find_link(first).await.expect("read").is_none());
}

async fn a_call_number_is_one_browsers_until_it_is_over(on: On) {
    let fixture = Fixture::new(on).await;
    let amy = somebody(&fixture).await;
    let call = |number: &str, browser: &[u8], until| Call {
        number: number.into(),
        browser: Digest::of(browser),
        expires_at: at(until),
        helper: None,
        case: None,
        person: None,
    };
    let (one, taken) = (call("482915", b"one", 60), call("482915", b"two", 60));
    let (free, later) = (call("111111", b"two", 60), call("482915", b"two", 120));
    let given = fixture
        .keep(async move |tx| {
            let mut given = vec![tx.insert_call(&one, at(0)).await?];
            given.push(tx.insert_call(&taken, at(0)).await?);
            given.push(tx.insert_call(&free, at(0)).await?);
            given.push(tx.answer_call("111111", "Sam Desk", Some("NG-1"), amy, at(1)).await?);
            given.push(tx.insert_call(&later, at(60)).await?);
            given.push(tx.answer_call("111111", "Sam Desk", None, amy, at(61)).await?);
            Ok(given)
        })
        .await;
    assert_eq!(given, [true, false, true, true, true, false]);
    let view = fixture.store.view();
    assert!(view.find_call("111111", at(61)).await.expect("read").is_none());
    let two = view.find_call_of(Digest::of(b"two"), at(61)).await.expect("read").expect("a call");
    assert_eq!(two.number, "482915");
}

async fn of_many_with_the_same_assertion_one_counts_and_it_is_forgotten_in_its_time(on: On) {
    let fixture = Fixture::new(on).await;
    let digest = Digest::of(b"assertion");
    let use_up = async move |tx: &Tx| tx.use_assertion(digest, at(60)).await;
    assert_eq!(winners(&fixture, use_up).await, 1);
    let other = Digest::of(b"another");
    assert!(fixture.keep(async move |tx| tx.use_assertion(other, at(90)).await).await);
    for (before, gone) in [(60, 0), (61, 1), (61, 0)] {
        let forget = async move |tx: &Tx| tx.delete_assertions_expired_before(at(before)).await;
        assert_eq!(fixture.keep(forget).await, gone, "{before}");
    }
    assert!(!fixture.keep(async move |tx| tx.use_assertion(other, at(90)).await).await);
}

/// A service provider.
async fn rota(fixture: &Fixture) -> EntityId {
    let id = EntityId("https://rota.example/saml".into());
    let provider = StoredProvider {
        id: id.clone(),
        organisation: None,
        document: "{}".into(),
        metadata: "{}".into(),
    };
    fixture.keep(async move |tx| tx.put_provider(&provider, at(0)).await).await;
    id
}

async fn of_many_that_answer_the_same_request_one_does_and_nobody_where_the_log_in_is_over(on: On) {
    let fixture = Fixture::new(on).await;
    let amy = somebody(&fixture).await;
    let session = fixture.session(amy, "secret").await;
    let id = rota(&fixture).await;
    let opened = |name: &str, seconds| SamlParticipant {
        session,
        provider: id.clone(),
        session_index: "_1".into(),
        name_id: name.into(),
        name_id_format: "persistent".into(),
        opened_at: at(seconds),
    };
    let using = async |number: &str, as_now: SamlParticipant| {
        let request = made(number.as_bytes(), 1);
        let write = async move |tx: &Tx| tx.use_request(request, &as_now).await;
        fixture.keep(write).await
    };
    let (first, new) = (opened("amy", 1), UsedRequest::Now { known: false });
    let same = first.clone();
    let attempt = async move |tx: &Tx| Ok(tx.use_request(made(b"one", 1), &first).await? == new);
    assert_eq!(winners(&fixture, attempt).await, 1);
    assert_eq!(using("one", same.clone()).await, UsedRequest::Before);
    assert_eq!(using("two", same.clone()).await, new, "nobody has noted them");
    assert!(fixture.keep(async move |tx| tx.open_provider(&same).await).await);
    assert_eq!(using("three", opened("amy", 2)).await, UsedRequest::Now { known: true });
    assert_eq!(using("four", opened("a.ward", 2)).await, new, "by another name");

    assert_eq!(using("five", opened("amy", 3600)).await, UsedRequest::Ended, "too late");
    assert_eq!(using("one", opened("amy", 3600)).await, UsedRequest::Ended, "late and used");
    assert_eq!(using("five", opened("amy", 3599)).await, UsedRequest::Now { known: true });
    fixture.keep(async move |tx| tx.mark_invited(amy).await).await;
    assert_eq!(using("six", opened("amy", 4)).await, UsedRequest::Ended, "not active");
    assert!(fixture.keep(async move |tx| tx.accept_invitation(amy, None, at(5)).await).await);
    assert_eq!(using("six", opened("amy", 6)).await, UsedRequest::Now { known: true });
    assert!(fixture.keep(async move |tx| tx.end_session(session, at(7)).await).await);
    assert_eq!(using("seven", opened("amy", 8)).await, UsedRequest::Ended, "logged out");
}

/// A request that was made so many seconds after the beginning.
fn made(text: &[u8], seconds: i64) -> SamlRequest {
    SamlRequest { asked_at: at(seconds), digest: Digest::of(text) }
}

/// Answers a request as the identity provider does; says what became of it.
async fn answer(store: &Store, number: u32, opened: &SamlParticipant) -> UsedRequest {
    let request = made(&number.to_be_bytes(), number.into());
    let _claim = match store.claim_request(request, opened).await.expect("claimed") {
        Claimed::Settled(used) => return used,
        Claimed::Open(claim) => claim,
    };
    let opened = opened.clone();
    let write = async move |tx: &Tx| {
        let used = tx.use_request(request, &opened).await?;
        if used == (UsedRequest::Now { known: false }) {
            tx.open_provider(&opened).await?;
        }
        Ok::<_, Error>(used)
    };
    store.write(write).await.expect("kept")
}

async fn a_request_is_answered_once_whenever_that_is_written(on: On) {
    let fixture = Fixture::new(on).await;
    let amy = somebody(&fixture).await;
    let session = fixture.session(amy, "secret").await;
    let id = rota(&fixture).await;
    let opened = SamlParticipant {
        session,
        provider: id,
        session_index: "_1".into(),
        name_id: "amy".into(),
        name_id_format: "persistent".into(),
        opened_at: at(1),
    };
    let (before, known) = (UsedRequest::Before, UsedRequest::Now { known: true });
    let store = &fixture.store;
    assert_eq!(answer(store, 1, &opened).await, UsedRequest::Now { known: false });
    assert_eq!(answer(store, 1, &opened).await, before);

    // Of many at the same time one is.
    let many = futures_util::future::join_all((0..8).map(|_| answer(store, 2, &opened))).await;
    assert_eq!(many.iter().filter(|used| **used == known).count(), 1, "{many:?}");
    assert_eq!(many.iter().filter(|used| **used == before).count(), 7, "{many:?}");

    // What is settled before the end is there after it.
    assert_eq!(answer(store, 3, &opened).await, known);
    store.settle().await.expect("written");
    let another = Store::open(&fixture.place.url()).await.expect("a store");
    assert_eq!(answer(&another, 3, &opened).await, before);
    assert_eq!(
        answer(store, 3, &opened).await,
        before,
        "no more in memory, and there all the same"
    );

    // A claim that came to nothing is free again.
    let late = SamlParticipant { opened_at: at(3600), ..opened.clone() };
    assert_eq!(answer(store, 4, &late).await, UsedRequest::Ended);
    assert_eq!(answer(store, 4, &opened).await, known);
    assert!(fixture.keep(async move |tx| tx.end_session(session, at(7)).await).await);
    assert_eq!(answer(store, 5, &opened).await, UsedRequest::Ended, "logged out");

    // And all of that is written by itself, and forgotten in its time.
    let mut gone = Vec::new();
    let all = async {
        while gone.iter().sum::<u64>() < 4 {
            for before in [2, 4, 5] {
                let forget = async move |tx: &Tx| tx.delete_requests_made_before(at(before)).await;
                gone.push(fixture.keep(forget).await);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), all).await.expect("never written");
    assert_eq!(gone[..2], [1, 2], "those that were made before");
    assert_eq!(gone.iter().sum::<u64>(), 4);
}

async fn of_many_that_begin_or_end_the_same_test_one_does_and_none_after_its_time(on: On) {
    let fixture = Fixture::new(on).await;
    let amy = somebody(&fixture).await;
    let session = fixture.session(amy, "secret").await;
    let client = ClientId("rota".into());
    let stored = StoredClient { id: client.clone(), organisation: None, document: "{}".into() };
    let test = |number| LogInTest {
        id: LogInTestId(Uuid::from_u128(number)),
        client: client.clone(),
        person: amy,
        session,
        request: "{}".into(),
        told: "{}".into(),
        begun_at: None,
        ended_at: None,
        expires_at: at(600),
    };
    let (tried, late) = (test(1), test(2));
    let (id, other) = (tried.id, late.id);
    let keep = async move |tx: &Tx| {
        tx.put_client(&stored, at(0)).await?;
        tx.insert_log_in_test(&tried).await?;
        tx.insert_log_in_test(&late).await
    };
    fixture.keep(keep).await;
    let begin = async move |tx: &Tx| tx.begin_log_in_test(id, at(1)).await;
    assert_eq!(winners(&fixture, begin).await, 1);
    let end = async move |tx: &Tx| tx.end_log_in_test(id, "[]", at(2), at(602)).await;
    assert_eq!(winners(&fixture, end).await, 1);
    let find = async |id, seconds| {
        fixture.store.view().find_log_in_test(id, at(seconds)).await.expect("read")
    };
    let found = find(id, 601).await.expect("a test");
    let times = (found.begun_at, found.ended_at, found.expires_at);
    assert_eq!((found.told.as_str(), times), ("[]", (Some(at(1)), Some(at(2)), at(602))));
    assert!(find(id, 602).await.is_none() && find(other, 600).await.is_none());
    let after_its_time = async move |tx: &Tx| {
        let begun = tx.begin_log_in_test(other, at(600)).await?;
        let ended = tx.end_log_in_test(other, "[]", at(600), at(900)).await?;
        Ok((begun, ended, tx.delete_expired_log_in_tests(at(600)).await?))
    };
    assert_eq!(fixture.keep(after_its_time).await, (false, false, 1));
    assert!(find(id, 600).await.is_some());
    let gone = fixture.keep(async move |tx| tx.delete_client(&client).await).await;
    assert!(gone && find(id, 600).await.is_none(), "it goes with the application");
}

async fn of_many_with_the_same_artifact_one_gets_the_message_and_no_other_provider_does(on: On) {
    let fixture = Fixture::new(on).await;
    let digest = Digest::of(b"artifact");
    let (own, other) = (EntityId("urn:own".into()), EntityId("urn:other".into()));
    let kept = StoredArtifact {
        digest,
        provider: own.clone(),
        sealed: Sealed::from_bytes(vec![1; 48]),
        expires_at: at(60),
    };
    let keep = kept.clone();
    fixture.keep(async move |tx| tx.insert_artifact(&keep).await).await;
    let taken = async move |tx: &Tx| tx.consume_artifact(digest, &other, at(1)).await;
    assert_eq!(fixture.keep(taken).await, None);
    let provider = own.clone();
    let take =
        async move |tx: &Tx| Ok(tx.consume_artifact(digest, &provider, at(59)).await?.is_some());
    assert_eq!(winners(&fixture, take).await, 1);
    fixture.keep(async move |tx| tx.insert_artifact(&kept).await).await;
    let late = async move |tx: &Tx| tx.consume_artifact(digest, &own, at(60)).await;
    assert_eq!(fixture.keep(late).await, None, "too late");
}

on_each_database! {
    of_many_with_the_same_artifact_one_gets_the_message_and_no_other_provider_does,
    of_many_that_answer_the_same_request_one_does_and_nobody_where_the_log_in_is_over,
    a_request_is_answered_once_whenever_that_is_written,
    of_many_that_begin_or_end_the_same_test_one_does_and_none_after_its_time,
    of_many_with_the_same_assertion_one_counts_and_it_is_forgotten_in_its_time,
    of_many_with_the_same_step_one_counts_and_no_earlier_step_after_it,
    a_suspended_app_accepts_nothing_until_it_is_reinstated,
    of_many_with_the_same_pass_one_gets_in,
    a_pass_counts_not_after_its_time_nor_after_five_wrong_ones_nor_once_replaced,
    of_many_with_the_same_recovery_code_one_gets_in_and_the_others_stay,
    of_many_with_the_same_link_one_gets_in_and_a_later_link_voids_it,
    a_call_number_is_one_browsers_until_it_is_over,
}
