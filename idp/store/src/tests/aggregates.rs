use latchkey_core::assurance::{Assurance, Method, Proof};
use latchkey_core::ids::CeremonyId;
use latchkey_core::people::Username;
use latchkey_core::requirement::Requirement;
use latchkey_core::roles::{Role, RoleGrant};
use latchkey_core::secrets::Digest;

use super::{Fixture, On, at, on_each_database};
use crate::{Ceremony, Error, Flow, Redeemed, Refresh};

async fn a_code_works_once_and_the_second_time_revokes_what_came_of_it(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("n").await;
    let amy = fixture.person("amy", home).await;
    let client = fixture.client("rota").await;
    let session = fixture.session(amy, "s").await;
    let first = fixture.grant("code", amy, session, &client);
    let second = fixture.grant("code", amy, session, &client);
    let id = first.id;
    assert_eq!(fixture.keep(async move |tx| tx.redeem(&first).await).await, Redeemed::Now);
    assert!(fixture.store.view().find_live_grant(id).await.expect("read").is_some());
    assert_eq!(fixture.keep(async move |tx| tx.redeem(&second).await).await, Redeemed::Before);
    assert!(fixture.store.view().find_live_grant(id).await.expect("read").is_none());
}

async fn ending_a_session_revokes_its_grants_but_not_offline_ones(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("n").await;
    let amy = fixture.person("amy", home).await;
    let client = fixture.client("rota").await;
    let (ours, other) = (fixture.session(amy, "s").await, fixture.session(amy, "t").await);
    let bound = fixture.grant("a", amy, ours, &client);
    let offline = crate::Grant { offline: true, ..fixture.grant("b", amy, ours, &client) };
    let elsewhere = fixture.grant("c", amy, other, &client);
    let ids = [bound.id, offline.id, elsewhere.id];
    fixture
        .keep(async move |tx| {
            for grant in [&bound, &offline, &elsewhere] {
                tx.redeem(grant).await?;
            }
            assert!(tx.end_session(ours, at(5)).await?);
            assert!(!tx.end_session(ours, at(6)).await?, "only once");
            Ok(())
        })
        .await;
    let mut live = Vec::new();
    for id in ids {
        live.push(fixture.store.view().find_live_grant(id).await.expect("read").is_some());
    }
    assert_eq!(live, [false, true, true]);
}

async fn a_refresh_token_is_used_up_by_one_of_two(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("n").await;
    let amy = fixture.person("amy", home).await;
    let client = fixture.client("rota").await;
    let session = fixture.session(amy, "s").await;
    let grant = fixture.grant("code", amy, session, &client);
    let digest = Digest::of(b"refresh");
    let refresh =
        Refresh { digest, grant: grant.id, issued_at: at(1), expires_at: at(900), used_at: None };
    let used = fixture
        .keep(async move |tx| {
            tx.redeem(&grant).await?;
            tx.insert_refresh(&refresh).await?;
            Ok([tx.use_refresh(digest, at(2)).await?, tx.use_refresh(digest, at(2)).await?])
        })
        .await;
    assert_eq!(used, [true, false]);
    let found = fixture.store.view().find_refresh(digest).await.expect("read").expect("there");
    assert_eq!(found.used_at, Some(at(2)));
    let gone = async |tx: &crate::Tx| tx.delete_grants_expired_before(at(601)).await;
    assert_eq!(fixture.keep(gone).await, 1);
    assert!(fixture.store.view().find_refresh(digest).await.expect("read").is_none());
}

async fn of_two_assertions_with_one_counter_one_counts(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("n").await;
    let amy = fixture.person("amy", home).await;
    let key = fixture.credential(amy, "Blue key").await.id;
    let counted = fixture
        .keep(async move |tx| {
            let mut counted = Vec::new();
            for counter in [6, 6, 5, 0, 7] {
                counted.push(tx.use_credential(key, counter, false, at(1)).await?);
            }
            tx.alert_credential(key, true, at(1)).await?;
            counted.push(tx.use_credential(key, 9, false, at(1)).await?);
            Ok(counted)
        })
        .await;
    assert_eq!(counted, [true, false, false, false, true, false]);
}

async fn a_nickname_is_unique_for_its_person_whatever_its_case(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("n").await;
    let (amy, dan) = (fixture.person("amy", home).await, fixture.person("dan", home).await);
    let mut key = fixture.credential(amy, "Blue key").await;
    fixture.credential(dan, "Blue key").await;
    key.id = latchkey_core::ids::CredentialId::new(&*fixture.rng, at(0));
    key.credential_id = vec![9];
    key.nickname = latchkey_core::credentials::Nickname::parse("BLUE KEY").expect("a nickname");
    let written =
        fixture.store.write::<(), Error, _>(async move |tx| tx.insert_credential(&key).await);
    assert!(written.await.is_err_and(|error| error.is_conflict()));
}

async fn a_ceremony_is_answered_once_and_in_time(on: On) {
    let fixture = Fixture::new(on).await;
    let ceremony = |binding: &str, state: &str| Ceremony {
        id: CeremonyId::new(&*fixture.rng, at(0)),
        kind: "assertion".to_owned(),
        binding: binding.to_owned(),
        person: None,
        state: state.to_owned(),
        expires_at: at(60),
    };
    let all = [ceremony("a", "first"), ceremony("a", "second"), ceremony("b", "late")];
    fixture
        .keep(async move |tx| {
            for one in &all {
                tx.insert_ceremony(one).await?;
            }
            Ok(())
        })
        .await;
    let take = |binding: &'static str, seconds| {
        fixture.keep(async move |tx| tx.consume_ceremonies(binding, at(seconds)).await)
    };
    let taken = take("a", 1).await;
    assert_eq!(taken.len(), 1, "a new challenge takes the place of the one before");
    assert_eq!(taken[0].state, "second");
    assert!(take("a", 1).await.is_empty());
    assert!(take("b", 60).await.is_empty(), "too late");
    assert!(take("b", 1).await.is_empty(), "and gone");
}

async fn of_two_submits_of_a_step_one_advances_the_flow(on: On) {
    let fixture = Fixture::new(on).await;
    let flow = Flow {
        id: fixture.flow_id(),
        browser: Digest::of(b"browser"),
        requirement: Requirement::anyone(),
        resume: "/account".to_owned(),
        payload: "{}".to_owned(),
        session: None,
        step: "one".to_owned(),
        progress: "{}".to_owned(),
        created_at: at(0),
        expires_at: at(900),
        finished_at: None,
    };
    let advanced = fixture
        .keep(async move |tx| {
            tx.insert_flow(&flow).await?;
            let next = Flow { step: "two".to_owned(), ..flow.clone() };
            let done = Flow { finished_at: Some(at(9)), step: "three".to_owned(), ..flow.clone() };
            Ok([
                tx.advance_flow(&next, "one").await?,
                tx.advance_flow(&next, "one").await?,
                tx.advance_flow(&done, "two").await?,
                tx.advance_flow(&next, "three").await?,
            ])
        })
        .await;
    assert_eq!(advanced, [true, false, true, false]);
}

async fn a_rotated_secret_opens_the_session_and_the_old_one_does_not(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("n").await;
    let amy = fixture.person("amy", home).await;
    let session = fixture.session(amy, "old").await;
    let new = Digest::of(b"new");
    assert!(fixture.keep(async move |tx| tx.rotate_session(session, new).await).await);
    let view = fixture.store.view();
    assert!(view.find_session(Digest::of(b"old")).await.expect("read").is_none());
    assert!(view.find_session(new).await.expect("read").is_some());
    let rotated = fixture
        .keep(async move |tx| {
            tx.end_session(session, at(1)).await?;
            tx.rotate_session(session, Digest::of(b"newer")).await
        })
        .await;
    assert!(!rotated, "an ended session stays ended");
}

async fn a_whole_log_in_does_not_count_what_was_shown_before_and_a_step_up_does(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("n").await;
    let amy = fixture.person("amy", home).await;
    let session = fixture.session(amy, "s").await;
    let (first, second, third) = (fixture.flow_id(), fixture.flow_id(), fixture.flow_id());
    let rng = std::sync::Arc::clone(&fixture.rng);
    fixture
        .keep(async move |tx| {
            for (flow, keep, seconds) in [(first, false, 1), (second, false, 2), (third, true, 3)] {
                let proof = Proof { at: at(seconds), method: Method::Password };
                tx.insert_authentication(&*rng, session, flow, &proof).await?;
                let assurance = Assurance::judge(&[proof])
                    .ok_or_else(|| Error::Internal("no proof".to_owned()))?;
                tx.complete_login(session, flow, keep, &assurance, at(seconds), at(99)).await?;
            }
            Ok(())
        })
        .await;
    let proofs = fixture.store.view().list_proofs(session, third).await.expect("read");
    assert_eq!(proofs.of_flow.len(), 1);
    assert_eq!(proofs.counted.iter().map(|proof| proof.at).collect::<Vec<_>>(), [at(2)]);
}

async fn a_lease_has_one_holder_until_its_time_runs_out(on: On) {
    let fixture = Fixture::new(on).await;
    let take = |holder: &'static str, seconds| {
        fixture.keep(async move |tx| {
            tx.take_lease("housekeeping", holder, at(seconds), at(seconds + 180)).await
        })
    };
    assert!(take("one", 0).await);
    assert!(!take("two", 60).await);
    assert!(take("one", 60).await, "renewed");
    assert!(!take("two", 180).await, "the renewal counts");
    assert!(take("two", 240).await);
    assert!(!take("one", 241).await);
}

async fn a_setting_is_settled_once(on: On) {
    let fixture = Fixture::new(on).await;
    let settle = |value: &'static [u8]| {
        fixture.keep(async move |tx| tx.settle("rp_id", value.to_vec()).await)
    };
    assert_eq!(settle(b"login.example.org").await, b"login.example.org");
    assert_eq!(settle(b"other.example.org").await, b"login.example.org");
}

async fn a_role_is_granted_once_and_its_disabled_holder_is_not_listed(on: On) {
    let fixture = Fixture::new(on).await;
    let home = fixture.organisation("n").await;
    let amy = fixture.person("amy", home).await;
    let grant = RoleGrant { person: amy, role: Role::LocalAdministrator, organisation: home };
    let granted = fixture
        .keep(async move |tx| Ok([tx.grant_role(&grant).await?, tx.grant_role(&grant).await?]))
        .await;
    assert_eq!(granted, [true, false]);
    let view = fixture.store.view();
    assert_eq!(view.list_holders(home, Role::LocalAdministrator).await.expect("read").len(), 1);
    assert!(view.list_holders(home, Role::Helpdesk).await.expect("read").is_empty());
    let name = Username::parse("amy").expect("a user name");
    let mut record = view.find_person_by_username(&name).await.expect("read").expect("Amy");
    record.person.state = latchkey_core::people::PersonState::Disabled;
    fixture.keep(async move |tx| tx.update_person(&record).await).await;
    assert!(view.list_holders(home, Role::LocalAdministrator).await.expect("read").is_empty());
}

async fn a_subtree_is_an_organisation_and_all_below_it(on: On) {
    let fixture = Fixture::new(on).await;
    let (root, other) = (fixture.organisation("root").await, fixture.organisation("other").await);
    let mut ward = fixture.store.view().find_organisation(other).await.expect("read").expect("it");
    ward.parent = Some(root);
    fixture.keep(async move |tx| tx.update_organisation(&ward, at(1)).await).await;
    let view = fixture.store.view();
    assert_eq!(view.list_subtree(root).await.expect("read").len(), 2);
    assert_eq!(view.list_subtree(other).await.expect("read").len(), 1);
}

on_each_database! {
    a_code_works_once_and_the_second_time_revokes_what_came_of_it,
    ending_a_session_revokes_its_grants_but_not_offline_ones,
    a_refresh_token_is_used_up_by_one_of_two,
    of_two_assertions_with_one_counter_one_counts,
    a_nickname_is_unique_for_its_person_whatever_its_case,
    a_ceremony_is_answered_once_and_in_time,
    of_two_submits_of_a_step_one_advances_the_flow,
    a_rotated_secret_opens_the_session_and_the_old_one_does_not,
    a_whole_log_in_does_not_count_what_was_shown_before_and_a_step_up_does,
    a_lease_has_one_holder_until_its_time_runs_out,
    a_setting_is_settled_once,
    a_role_is_granted_once_and_its_disabled_holder_is_not_listed,
    a_subtree_is_an_organisation_and_all_below_it,
}
