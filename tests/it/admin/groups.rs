//! Groups over the API.

use latchkey_core::audit::What;
use latchkey_core::roles::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::changes::{named, tag, wrong};
use super::{At, Desk, EVE, HANA, NELL, SAM, SUE, UMA, VERA, problem};

const GROUPS: &str = "/organisations/riverside/groups";
const THEATRE: &str = "/organisations/riverside/groups/theatre";

async fn local(desk: &Desk) -> At<'_> {
    desk.administrator(SAM, Role::LocalAdministrator, "riverside").await
}

fn theatre() -> Value {
    json!({ "name": "Theatre staff", "demanded": { "keys_required": 2 } })
}

async fn delete(at: &At<'_>, path: &str) -> u16 {
    at.desk.call(&at.token, Method::DELETE, path, None).await.status
}

async fn join(at: &At<'_>, path: &str, id: &str) -> crate::support::http::Answer {
    at.desk.call(&at.token, Method::PUT, &format!("{path}/members/{id}"), None).await
}

#[tokio::test]
async fn a_group_is_added_changed_from_what_it_is_and_removed() {
    let desk = Desk::open().await;
    let sam = local(&desk).await;
    assert_eq!(sam.change(Method::PUT, THEATRE, Some("\"x\""), theatre()).await.status, 412);
    let added = sam.change(Method::PUT, THEATRE, None, theatre()).await;
    assert_eq!(added.status, 201, "{added:?}");
    let first = sam.get(THEATRE).await;
    assert_eq!(first.json(), added.json());
    assert_eq!(
        first.json(),
        json!({ "id": "theatre", "name": "Theatre staff", "members": 0,
            "organisation": { "id": "riverside", "name": "Riverside Trust" },
            "demanded": { "keys_required": 2 } })
    );
    assert_eq!(named(&sam.get(GROUPS).await, "id"), ["theatre"]);

    let more = json!({ "name": "Theatre", "demanded": {} });
    let without = sam.change(Method::PUT, THEATRE, None, more.clone()).await;
    assert_eq!((without.status, &*problem(&without)), (428, "if-match-needed"));
    let changed = sam.change(Method::PUT, THEATRE, Some(&tag(&first)), more.clone()).await;
    assert_eq!((changed.status, &changed.json()["name"]), (200, &"Theatre".into()));
    let stale = sam.change(Method::PUT, THEATRE, Some(&tag(&first)), theatre()).await;
    assert_eq!((stale.status, &*problem(&stale)), (412, "stale"));

    assert_eq!(delete(&sam, THEATRE).await, 204);
    assert_eq!((delete(&sam, THEATRE).await, sam.get(THEATRE).await.status), (404, 404));
    let events = desk.site.app.store.view().list_events(10).await.expect("read");
    let told: Vec<_> = events
        .into_iter()
        .filter_map(|(_, what)| match what {
            What::GroupAdded { group, demanded } => Some((group, demanded.keys_required)),
            What::GroupChanged { group, after, .. } => Some((group, after.keys_required)),
            What::GroupRemoved { group, demanded } => Some((group, demanded.keys_required)),
            _ => None,
        })
        .collect();
    let theatre = || "theatre".to_owned();
    assert_eq!(told, [(theatre(), None), (theatre(), None), (theatre(), Some(2))]);
}

#[tokio::test]
async fn a_group_is_tried_on_its_members_before_it_asks_for_what_locks_them_out() {
    let desk = Desk::open().await;
    let sam = local(&desk).await;
    sam.change(Method::PUT, THEATRE, None, theatre()).await;
    join(&sam, THEATRE, &desk.id(NELL).await).await;
    // Nell has a password and nothing else: she is in grace.
    let over = json!({ "name": "Theatre staff", "demanded": { "grace_until": "2020-01-01" } });
    let told = sam.post(&format!("{THEATRE}/trial"), over.clone()).await;
    assert_eq!(told.status, 200, "{told:?}");
    let told = told.json();
    assert_eq!((&told["judged"], &told["locked_out"]), (&1.into(), &1.into()), "members only");
    assert_eq!(told["changed"], json!(["grace_until", "keys_required"]));
    assert_eq!(told["people"][0]["person"]["username"], "nell.nurse");
    assert_eq!(told["people"][0]["because"], "grace_until");
    let table = sam.post(&format!("{THEATRE}/trial.csv"), over.clone()).await;
    assert!(table.body.contains("nell.nurse,"), "{table:?}");

    let before = sam.get(THEATRE).await;
    let refused = sam.change(Method::PUT, THEATRE, Some(&tag(&before)), over.clone()).await;
    assert_eq!((refused.status, &*problem(&refused)), (409, "locks-out"));
    assert_eq!(sam.get(THEATRE).await.json(), before.json());
    let mut agreed = over;
    agreed["locks_out_at_most"] = 1.into();
    let put = sam.change(Method::PUT, THEATRE, Some(&tag(&before)), agreed).await;
    assert_eq!(put.status, 200, "{put:?}");

    let malformed = json!({ "name": "x", "demanded": { "keys_required": -1 } });
    let refused = sam.post(&format!("{THEATRE}/trial"), malformed).await;
    assert_eq!(wrong(&refused), [("demanded.keys_required".into(), "malformed".into())]);
    let none = sam.post(&format!("{GROUPS}/none/trial"), theatre()).await;
    assert_eq!(none.status, 404);
}

#[tokio::test]
async fn joining_is_tried_on_one_person_as_if_the_group_had_demanded_nothing_of_them() {
    let desk = Desk::open().await;
    let mut sam = local(&desk).await;
    let over = json!({ "name": "Theatre staff", "demanded": { "grace_until": "2020-01-01" } });
    assert_eq!(sam.change(Method::PUT, THEATRE, None, over).await.status, 201);
    let (nell, sue) = (desk.id(NELL).await, desk.id(SUE).await);
    let tried = async |at: &At<'_>, path: &str, id: &str| {
        at.post(&format!("{path}/members/{id}/trial"), json!({})).await
    };
    // Nell has a password and nothing else: she is in grace, and would be no more.
    let told = tried(&sam, THEATRE, &nell).await.json();
    assert_eq!((&told["judged"], &told["locked_out"]), (&1.into(), &1.into()), "{told}");
    assert_eq!(told["people"][0]["because"], "grace_until");
    assert_eq!(told["people"][0]["has"], "grace");
    assert_eq!(sam.get(THEATRE).await.json()["members"], 0, "a trial puts nobody in");
    assert_eq!(join(&sam, THEATRE, &format!("{nell}?locks_out_at_most=1")).await.status, 204);
    assert_eq!(tried(&sam, THEATRE, &nell).await.json(), told, "the same once she is in it");
    // Whoever has a key notices nothing, and a group that demands nothing locks nobody out.
    assert_eq!(tried(&sam, THEATRE, &desk.id(SAM).await).await.json()["locked_out"], 0);
    let porters = format!("{GROUPS}/porters");
    let none = json!({ "name": "Porters" });
    assert_eq!(sam.change(Method::PUT, &porters, None, none).await.status, 201);
    assert_eq!(tried(&sam, &porters, &sue).await.json()["locked_out"], 0);

    // A trial needs no fresh log-in; whoever is outside is not there.
    desk.site.clock.advance(std::time::Duration::from_secs(6 * 60));
    assert_eq!(tried(&sam, THEATRE, &nell).await.status, 200);
    let eve = desk.id(EVE).await;
    for (path, id) in [(THEATRE, &*eve), (THEATRE, "x"), (&format!("{GROUPS}/none"), &nell)] {
        assert_eq!(tried(&sam, path, id).await.status, 404, "{path} {id}");
    }
    sam.step_up(SAM).await;
    let hana = desk.administrator(HANA, Role::Helpdesk, "riverside").await;
    assert_eq!(tried(&hana, THEATRE, &nell).await.status, 403);
}

#[tokio::test]
async fn nobody_is_put_into_a_group_that_locks_them_out_unless_that_is_agreed_to() {
    let desk = Desk::open().await;
    let sam = local(&desk).await;
    let over = json!({ "name": "Theatre staff", "demanded": { "grace_until": "2020-01-01" } });
    assert_eq!(sam.change(Method::PUT, THEATRE, None, over).await.status, 201);
    let nell = desk.id(NELL).await;
    // Nell has a password and nothing else: she is in grace, and would be no more.
    for unsaid in ["", "?", "?locks_out_at_most=0"] {
        let refused = join(&sam, THEATRE, &format!("{nell}{unsaid}")).await;
        assert_eq!((refused.status, &*problem(&refused)), (409, "locks-out"), "{unsaid}");
    }
    for wrong in ["?locks_out_at_most=-1", "?locks_out_at_most=all", "?sure=yes"] {
        assert_eq!(join(&sam, THEATRE, &format!("{nell}{wrong}")).await.status, 422, "{wrong}");
    }
    assert_eq!(sam.get(THEATRE).await.json()["members"], 0, "nobody was put in");
    let person = desk.record(NELL).await.person;
    let events = desk.site.app.store.view().list_events_of(person.id, 10).await.expect("read");
    assert!(!events.iter().any(|(_, what)| matches!(what, What::GroupJoined { .. })));

    let agreed = format!("{nell}?locks_out_at_most=1");
    assert_eq!(join(&sam, THEATRE, &agreed).await.status, 204);
    assert_eq!(join(&sam, THEATRE, &nell).await.status, 204, "who is in it is asked nothing new");
    assert_eq!(sam.get(THEATRE).await.json()["members"], 1);
    // Whoever has a key notices nothing: no question is asked.
    desk.administrator(SUE, Role::Helpdesk, "riverside").await;
    let vera = desk.administrator(VERA, Role::LocalAdministrator, "valley").await;
    assert_eq!(join(&vera, THEATRE, &desk.id(SUE).await).await.status, 204);
}

#[tokio::test]
async fn what_is_demanded_holds_for_members_from_then_on_and_ends_with_the_group() {
    let desk = Desk::open().await;
    let sam = local(&desk).await;
    sam.change(Method::PUT, THEATRE, None, theatre()).await;
    let nell = desk.id(NELL).await;
    for _ in 0..2 {
        assert_eq!(join(&sam, THEATRE, &nell).await.status, 204, "twice is the same");
    }
    assert_eq!(sam.get(THEATRE).await.json()["members"], 1);
    let members = sam.get(&format!("{THEATRE}/members")).await;
    assert_eq!(named(&members, "username"), ["nell.nurse"]);
    let keys = async || {
        let person = desk.record(NELL).await.person;
        desk.site.app.policy_of(&person).await.expect("a policy").keys_required
    };
    assert_eq!(keys().await, 2);
    let path = format!("{THEATRE}/members/{nell}");
    for _ in 0..2 {
        assert_eq!(delete(&sam, &path).await, 204, "twice is the same");
    }
    assert_eq!(keys().await, 1);
    join(&sam, THEATRE, &nell).await;
    assert_eq!(delete(&sam, THEATRE).await, 204);
    assert!(!desk.record(NELL).await.person.standing.grouped);
    assert_eq!(keys().await, 1);

    let person = desk.record(NELL).await.person.id;
    let events = desk.site.app.store.view().list_events_of(person, 10).await.expect("read");
    let told: Vec<_> = events
        .into_iter()
        .filter_map(|(_, what)| match what {
            What::GroupJoined { .. } => Some("joined"),
            What::GroupLeft { .. } => Some("left"),
            _ => None,
        })
        .collect();
    assert_eq!(told, ["joined", "left", "joined"], "an event for each change and no other");
}

#[tokio::test]
async fn groups_and_members_outside_are_not_there_and_peers_are_not_touched() {
    let desk = Desk::open().await;
    let sam = local(&desk).await;
    let vera = desk.administrator(VERA, Role::LocalAdministrator, "valley").await;
    desk.grant(SUE, Role::Helpdesk, "riverside").await;
    sam.change(Method::PUT, THEATRE, None, theatre()).await;
    let above = "/organisations/valley/groups/porters";
    assert_eq!(vera.change(Method::PUT, above, None, theatre()).await.status, 201);
    let (nell, eve) = (desk.id(NELL).await, desk.id(EVE).await);
    assert_eq!(join(&vera, above, &nell).await.status, 204, "she works below it");
    for path in [above, "/organisations/eastmoor/groups/porters", &format!("{GROUPS}/none")] {
        assert_eq!(sam.get(path).await.status, 404, "{path}");
        assert_eq!(sam.get(&format!("{path}/members")).await.status, 404, "{path}");
        assert_eq!(delete(&sam, path).await, 404, "{path}");
        assert_eq!(join(&sam, path, &nell).await.status, 404, "{path}");
    }
    assert_eq!(join(&sam, THEATRE, &eve).await.status, 404);
    assert_eq!(join(&sam, THEATRE, "x").await.status, 404);
    let sue = join(&sam, THEATRE, &desk.id(SUE).await).await;
    assert_eq!((sue.status, &*problem(&sue)), (403, "untouchable-peer"));
    let own = join(&sam, THEATRE, &desk.id(SAM).await).await;
    assert_eq!((own.status, &*problem(&own)), (403, "untouchable-yourself"));
    let elsewhere = join(&vera, THEATRE, &desk.id(super::PETE).await).await;
    assert_eq!((elsewhere.status, &*problem(&elsewhere)), (409, "elsewhere"));
    assert_eq!(sam.get(THEATRE).await.json()["members"], 0);
}

#[tokio::test]
async fn the_helpdesk_sees_members_and_changes_none_and_neither_does_an_auditor() {
    let desk = Desk::open().await;
    let sam = local(&desk).await;
    sam.change(Method::PUT, THEATRE, None, theatre()).await;
    let hana = desk.administrator(HANA, Role::Helpdesk, "riverside").await;
    let uma = desk.administrator(UMA, Role::Auditor, "riverside").await;
    let nell = desk.id(NELL).await;
    for at in [&hana, &uma] {
        assert_eq!(at.get(&format!("{THEATRE}/members")).await.status, 200);
        assert_eq!(join(at, THEATRE, &nell).await.status, 403);
        assert_eq!(delete(at, THEATRE).await, 403);
        assert_eq!(at.change(Method::PUT, THEATRE, None, theatre()).await.status, 403);
    }
    assert_eq!((uma.get(THEATRE).await.status, hana.get(THEATRE).await.status), (200, 403));
}

#[tokio::test]
async fn what_no_group_may_say_is_named() {
    let desk = Desk::open().await;
    let sam = local(&desk).await;
    let put = async |path: &str, body| sam.change(Method::PUT, path, None, body).await;
    let bad = json!({ "name": "Theatre", "demanded": { "keys": 2, "required": "strong" } });
    let told: Vec<_> =
        wrong(&put(THEATRE, bad).await).into_iter().map(|(field, _)| field).collect();
    assert_eq!(told, ["demanded.keys", "demanded.required"]);
    assert_eq!(put(THEATRE, json!({ "name": " " })).await.status, 422);
    assert_eq!(put(THEATRE, json!({ "name": "x", "members": [] })).await.status, 422);
    assert_eq!(put(&format!("{GROUPS}/The%20atre"), theatre()).await.status, 404);
    assert_eq!(sam.get(THEATRE).await.status, 404);
}
