//! Letters that wait, the links in them, and the language that they are written in.

use latchkey_core::codes::LinkKind;
use latchkey_core::credentials::{Cause, CredentialState, Suspension};
use latchkey_core::ids::{MessageId, PersonId};
use latchkey_core::letters::Undelivered;
use latchkey_core::roles::Scope;
use latchkey_core::secrets::{Digest, Sealed};

use super::{Fixture, On, at, on_each_database};
use crate::{Alert, Error, Link, Outgoing};

fn letter(fixture: &Fixture, person: Option<PersonId>, next: i64) -> Outgoing {
    Outgoing {
        id: MessageId::new(&*fixture.rng, at(0)),
        person,
        organisation: None,
        kind: "key-added".to_owned(),
        sealed: Sealed::from_bytes(vec![1, 2, 3]),
        tries: 0,
        created_at: at(0),
        next_at: at(next),
    }
}

async fn a_letter_is_there_only_with_the_write_that_it_tells_of(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("n").await;
    let amy = fixture.person("amy", home).await;
    let (kept, lost) = (letter(&fixture, Some(amy), 0), letter(&fixture, Some(amy), 0));
    let queued = kept.clone();
    fixture.keep(async move |tx| tx.queue_message(&queued).await).await;
    let refused = fixture.store.write::<(), Error, _>(async move |tx| {
        tx.queue_message(&lost).await?;
        Err(Error::Conflict("refused".to_owned()))
    });
    assert!(refused.await.is_err());
    let view = fixture.store.view();
    assert_eq!(view.list_due_messages(at(0), 10).await.expect("read"), [kept]);
    assert_eq!(view.count_messages().await.expect("read"), 1);
}

async fn of_two_that_claim_a_letter_one_gets_it_and_nobody_before_its_next_time(on: On) {
    let fixture = Fixture::new(on).await;
    let new = letter(&fixture, None, 5);
    let queued = new.clone();
    fixture.keep(async move |tx| tx.queue_message(&queued).await).await;
    let view = fixture.store.view();
    assert!(view.list_due_messages(at(4), 10).await.expect("read").is_empty());
    let read = view.list_due_messages(at(5), 10).await.expect("read").remove(0);
    let again = read.clone();
    let claims = fixture
        .keep(async move |tx| {
            let claim = async || tx.claim_message(&again, at(60), at(60)).await;
            Ok([claim().await?, claim().await?])
        })
        .await;
    assert_eq!(claims, [true, false]);
    assert!(view.list_due_messages(at(59), 10).await.expect("read").is_empty());
    let next = view.list_due_messages(at(60), 10).await.expect("read").remove(0);
    assert_eq!((next.id, next.tries), (read.id, 1));
    let id = next.id;
    let gone = fixture
        .keep(async move |tx| Ok([tx.delete_message(id).await?, tx.delete_message(id).await?]));
    assert_eq!(gone.await, [true, false]);
    let stale = fixture.keep(async move |tx| tx.claim_message(&next, at(90), at(90)).await).await;
    assert!(!stale, "what is gone cannot be claimed");
}

async fn a_letter_that_is_tried_is_neither_hastened_nor_taken_back_until_that_is_over(on: On) {
    let fixture = Fixture::new(on).await;
    let (new, other) = (letter(&fixture, None, 0), letter(&fixture, None, 0));
    let (id, queued) = (new.id, [new.clone(), other]);
    fixture
        .keep(async move |tx| {
            for letter in &queued {
                tx.queue_message(letter).await?;
            }
            Ok(())
        })
        .await;
    let touched = async |seconds| {
        fixture
            .keep(async move |tx| {
                let all = tx.hasten_messages(at(seconds)).await?;
                Ok((tx.hasten_message(id, at(seconds)).await?, all))
            })
            .await
    };
    let view = fixture.store.view();
    let failed = async || {
        let found = view.within(&Scope::Platform).find_failed_message(id).await;
        found.expect("read").map(|it| (it.tries, it.last_failure, it.is_tried(at(3))))
    };
    assert_eq!((touched(0).await, failed().await), ((false, 0), None), "it was never tried");
    let first = new.clone();
    assert!(fixture.keep(async move |tx| tx.claim_message(&first, at(120), at(300)).await).await);
    assert_eq!((touched(1).await, failed().await), ((false, 0), Some((1, None, true))));
    assert!(!fixture.keep(async move |tx| tx.withdraw_message(id, at(119)).await).await);
    let noted = fixture
        .keep(async move |tx| {
            Ok([
                tx.note_undelivered(id, 2, Undelivered::Slow).await?,
                tx.note_undelivered(id, 1, Undelivered::Later).await?,
            ])
        })
        .await;
    assert_eq!(noted, [false, true], "what is told of another try is not noted");
    assert_eq!(failed().await, Some((1, Some(Undelivered::Later), false)));
    assert_eq!(view.count_resting_messages(at(3)).await.expect("read"), 1);
    assert_eq!(touched(3).await, (true, 1));
    let due = async |seconds| {
        let due = view.list_due_messages(at(seconds), 10).await.expect("read");
        due.into_iter().find(|it| it.id == id)
    };
    let read = due(3).await.expect("its time has come");
    let (stale, again) = (Outgoing { next_at: at(300), ..read.clone() }, read);
    let claims = fixture
        .keep(async move |tx| {
            Ok([
                tx.claim_message(&stale, at(120), at(500)).await?,
                tx.claim_message(&again, at(120), at(500)).await?,
            ])
        })
        .await;
    assert_eq!(claims, [false, true], "whoever read it before does not try it as well");
    // Its node dies on the way.
    assert_eq!((touched(119).await, touched(120).await), ((false, 0), (true, 1)));
    let gone = fixture
        .keep(async move |tx| {
            Ok([tx.withdraw_message(id, at(121)).await?, tx.withdraw_message(id, at(121)).await?])
        })
        .await;
    assert_eq!((gone, failed().await, touched(122).await), ([true, false], None, (false, 0)));
}

async fn only_the_link_of_a_letter_is_voided_and_none_that_was_used(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("n").await;
    let amy = fixture.person("amy", home).await;
    let link = |secret: &[u8], issued_at| Link {
        digest: Digest::of(secret),
        person: amy,
        kind: LinkKind::Invitation,
        issuer: None,
        issued_at,
        expires_at: at(1000),
        used_at: None,
        flow: None,
        sent_to: None,
    };
    let (new, kind) = (link(b"new", at(5)), LinkKind::Invitation);
    let voided = fixture
        .keep(async move |tx| {
            tx.put_link(&new).await?;
            let others = [
                tx.delete_link_of(amy, kind, at(4)).await?,
                tx.delete_link_of(amy, LinkKind::Password, at(5)).await?,
            ];
            tx.use_link(new.digest, None, at(6)).await?;
            let used = tx.delete_link_of(amy, kind, at(5)).await?;
            tx.put_link(&new).await?;
            Ok((others, used, tx.delete_link_of(amy, kind, at(5)).await?))
        })
        .await;
    assert_eq!(voided, ([false, false], false, true));
}

async fn a_link_counts_once_and_in_time_and_goes_when_it_expired(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("n").await;
    let amy = fixture.person("amy", home).await;
    let token = Digest::of(b"token");
    let alert = Alert {
        token,
        person: amy,
        told: "{}".to_owned(),
        about: None,
        created_at: at(0),
        expires_at: at(100),
        used_at: None,
    };
    let late = Alert { token: Digest::of(b"late"), expires_at: at(10), ..alert.clone() };
    let (first, second) = (alert.clone(), late.clone());
    let used = fixture
        .keep(async move |tx| {
            tx.insert_alert(&first).await?;
            tx.insert_alert(&second).await?;
            Ok([
                tx.use_alert(Digest::of(b"another"), at(11)).await?,
                tx.use_alert(second.token, at(11)).await?,
                tx.use_alert(token, at(11)).await?,
                tx.use_alert(token, at(12)).await?,
            ])
        })
        .await;
    assert_eq!(used, [false, false, true, false]);
    let view = fixture.store.view();
    let found = view.find_alert(token).await.expect("read");
    assert_eq!(found, Some(Alert { used_at: Some(at(11)), ..alert }));
    let gone = fixture.keep(async move |tx| tx.delete_expired_alerts(at(10)).await).await;
    assert_eq!(gone, 1);
    assert_eq!(view.find_alert(late.token).await.expect("read"), None);
}

async fn a_language_is_noted_and_a_change_of_the_person_keeps_it(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("n").await;
    let amy = fixture.person("amy", home).await;
    let view = fixture.store.view();
    let stale = view.find_person(amy).await.expect("read").expect("she");
    assert_eq!(stale.locale, None);
    fixture.keep(async move |tx| tx.set_locale(amy, "cy").await).await;
    fixture.keep(async move |tx| tx.update_person(&stale).await).await;
    let record = view.find_person(amy).await.expect("read").expect("she");
    assert_eq!(record.locale.as_deref(), Some("cy"));
}

async fn a_suspended_key_of_somebody_else_stays_as_it_is(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("n").await;
    let (amy, ben) = (fixture.person("amy", home).await, fixture.person("ben", home).await);
    let key = fixture.credential(amy, "Blue").await.id;
    let done = fixture
        .keep(async move |tx| {
            Ok([
                tx.suspend_credential(ben, key, Cause::NotMe, at(1)).await?,
                tx.suspend_credential(amy, key, Cause::Copied, at(2)).await?,
                tx.suspend_credential(amy, key, Cause::NotMe, at(3)).await?,
                tx.reinstate_credential(ben, key, Cause::Copied).await?,
                tx.reinstate_credential(amy, key, Cause::ReportedLost).await?,
            ])
        })
        .await;
    assert_eq!(done, [false, true, false, false, false]);
    let found = fixture.store.view().find_credential(amy, key).await.expect("read").expect("it");
    let suspension = Suspension { cause: Cause::Copied, at: Some(at(2)) };
    assert_eq!(found.state, CredentialState::Suspended(suspension));
}

async fn a_key_that_rested_and_is_suspended_meanwhile_does_not_come_back_with_its_owner(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("n").await;
    let amy = fixture.person("amy", home).await;
    let (blue, red) =
        (fixture.credential(amy, "Blue").await.id, fixture.credential(amy, "Red").await.id);
    let states = fixture
        .keep(async move |tx| {
            tx.withhold_credentials(amy, at(1)).await?;
            let resting = tx.view().list_credentials(amy).await?;
            assert!(tx.suspend_credential(amy, blue, Cause::Administrator, at(2)).await?);
            tx.release_credentials(amy).await?;
            let released = tx.view().list_credentials(amy).await?;
            Ok([resting, released].map(|keys| keys.into_iter().map(|key| (key.id, key.state))))
        })
        .await;
    let resting = CredentialState::Suspended(Suspension { cause: Cause::Closed, at: Some(at(1)) });
    let suspension = Suspension { cause: Cause::Administrator, at: Some(at(2)) };
    let [before, after] = states.map(std::collections::BTreeMap::from_iter);
    assert_eq!(before, [(blue, resting), (red, resting)].into());
    let suspended = CredentialState::Suspended(suspension);
    assert_eq!(after, [(blue, suspended), (red, CredentialState::Active)].into());
}

on_each_database! {
    a_letter_is_there_only_with_the_write_that_it_tells_of,
    of_two_that_claim_a_letter_one_gets_it_and_nobody_before_its_next_time,
    a_letter_that_is_tried_is_neither_hastened_nor_taken_back_until_that_is_over,
    only_the_link_of_a_letter_is_voided_and_none_that_was_used,
    a_link_counts_once_and_in_time_and_goes_when_it_expired,
    a_language_is_noted_and_a_change_of_the_person_keeps_it,
    a_suspended_key_of_somebody_else_stays_as_it_is,
    a_key_that_rested_and_is_suspended_meanwhile_does_not_come_back_with_its_owner,
}
