//! The same for many people at once, over the API.

use latchkey_api::AdminScope;
use latchkey_core::people::PersonState;
use latchkey_core::roles::Role;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{At, Desk, EVE, HANA, NELL, SAM, VERA, problem};
use crate::support::http::Answer;

/// What became of each, in a word: what it was refused for, or `done`, or `would`.
fn words(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{answer:?}");
    let results = answer.json()["results"].as_array().expect("results").clone();
    let word = |result: &Value| match (&result["refused"], &result["done"]) {
        (Value::String(why), _) => why.clone(),
        (_, Value::Bool(true)) => "done".to_owned(),
        _ => "would".to_owned(),
    };
    results.iter().map(word).collect()
}

async fn bulk(at: &At<'_>, action: &str, people: &[String], more: Value) -> Answer {
    let mut body = json!({ "action": action, "people": people });
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    at.post("/people/bulk", body).await
}

#[tokio::test]
async fn everybody_is_judged_alone_and_what_became_of_each_is_told() {
    let desk = Desk::open().await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    desk.grant(HANA, Role::Helpdesk, "riverside").await;
    let mut people = Vec::new();
    for who in [NELL, SAM, EVE, HANA] {
        people.push(desk.id(who).await);
    }
    people.push(Uuid::nil().to_string());
    let leave = json!({ "handling": { "reason": "leaver", "case": "HR-3" }, "dry_run": true });
    let dry = bulk(&sam, "disable", &people, leave).await;
    let none = ["untouchable-yourself", "not-found", "untouchable-peer", "not-found"];
    assert_eq!(words(&dry)[0], "would");
    assert_eq!(words(&dry)[1..], none);
    let results = dry.json()["results"].clone();
    assert_eq!(results[0]["person"]["username"], NELL.username);
    assert!(results[2]["person"].is_null(), "who is outside is not there: {results}");
    assert_eq!(desk.record(NELL).await.person.state, PersonState::Active, "only told");
    let leave = json!({ "handling": { "reason": "leaver", "case": "HR-3" } });
    let done = bulk(&sam, "disable", &people, leave.clone()).await;
    assert_eq!(words(&done)[0], "done");
    assert_eq!(desk.record(NELL).await.person.state, PersonState::Disabled);
    assert_eq!(desk.record(HANA).await.person.state, PersonState::Active);
    let again = bulk(&sam, "disable", &people, leave).await;
    assert_eq!(words(&again)[0], "already", "sent twice, it is so already");
    let history = sam.get(&format!("/people/{}/history", people[0])).await.json();
    assert_eq!(
        (&history["items"][0]["kind"], &history["items"][0]["case"]),
        (&json!("person_disabled"), &json!("HR-3"))
    );
    assert_eq!(words(&bulk(&sam, "enable", &people[..1], json!({})).await), ["done"]);
    assert_eq!(words(&bulk(&sam, "end_sessions", &people[..1], json!({})).await), ["already"]);
    let twice = [people[0].clone(), people[0].clone()];
    assert_eq!(words(&bulk(&sam, "enable", &twice, json!({})).await), ["already"]);
}

#[tokio::test]
async fn nobody_loses_their_last_way_in_unless_it_was_said_that_they_may() {
    let desk = Desk::open().await;
    drop(desk.with_scopes(NELL, &[AdminScope::PeopleRead]).await);
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let people = [desk.id(NELL).await];
    for checks in [json!([]), json!(["called_back"]), json!(["manager_vouched"])] {
        let handling = json!({ "handling": { "checks": checks } });
        let refused = bulk(&sam, "reset", &people, handling).await;
        assert_eq!((refused.status, &*problem(&refused)), (422, "check-needed"));
    }
    let seen = json!({ "reason": "other", "note": "New cards", "checks": ["in_person"] });
    let dry = bulk(&sam, "reset", &people, json!({ "handling": seen, "dry_run": true })).await;
    assert_eq!(dry.json()["results"][0]["locked_out"], true);
    let kept = bulk(&sam, "reset", &people, json!({ "handling": seen })).await;
    assert_eq!(words(&kept), ["locks-out"]);
    let id = desk.record(NELL).await.person.id;
    let view = desk.site.app.store.view();
    assert_eq!(view.list_credentials(id).await.expect("read").len(), 1, "left as they are");
    let meant = bulk(&sam, "reset", &people, json!({ "handling": seen, "lock_out": true })).await;
    assert_eq!(words(&meant), ["done"]);
    assert!(view.list_credentials(id).await.expect("read").is_empty());
}

#[tokio::test]
async fn many_are_moved_or_invited_only_where_each_alone_could_be() {
    let desk = Desk::open().await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let vera = desk.administrator(VERA, Role::LocalAdministrator, "valley").await;
    let people = [desk.id(NELL).await, desk.id(HANA).await];
    for (to, code) in [("valley", "unknown"), ("nowhere", "unknown")] {
        let refused = bulk(&sam, "move", &people, json!({ "organisation": to })).await;
        assert_eq!(super::changes::wrong(&refused), [("organisation".into(), code.into())]);
    }
    for (action, more) in [("move", json!({})), ("enable", json!({ "organisation": "valley" }))] {
        assert_eq!(bulk(&vera, action, &people, more).await.status, 422, "{action}");
    }
    let moved = bulk(&vera, "move", &people, json!({ "organisation": "valley" })).await;
    assert_eq!(words(&moved), ["done", "done"]);
    assert_eq!(sam.get(&format!("/people/{}", people[0])).await.status, 404);
    let invited = bulk(&vera, "invite", &people, json!({})).await;
    assert_eq!(words(&invited), ["no-address", "no-address"], "no letter can go from here");
    for people in [vec![], (0..201).map(|it| Uuid::from_u128(it).to_string()).collect()] {
        assert_eq!(bulk(&vera, "enable", &people, json!({})).await.status, 422);
    }
}

#[tokio::test]
async fn a_token_does_for_many_what_it_does_for_one_and_the_same_key_does_it_once() {
    let desk = Desk::open().await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let people = [desk.id(NELL).await];
    let url = desk.site.url(&format!("{}/people/bulk", latchkey_api::PATH));
    let once = async |action: &str| {
        let body = json!({ "action": action, "people": people });
        let request = desk.site.http.request(Method::POST, &url).bearer_auth(&sam.token);
        let request =
            request.header(CONTENT_TYPE, "application/json").header("idempotency-key", "k");
        desk.site.send(request.body(body.to_string())).await
    };
    let first = once("disable").await;
    assert_eq!(words(&first), ["done"]);
    assert_eq!(once("disable").await.json(), first.json(), "sent twice, told the same");
    assert_eq!(once("enable").await.status, 409);
    let narrow = desk.with_scopes(HANA, &[AdminScope::PeopleRead, AdminScope::PeopleWrite]).await;
    desk.grant(HANA, Role::LocalAdministrator, "riverside").await;
    for action in ["reset", "end_sessions"] {
        assert_eq!(bulk(&narrow, action, &people, json!({})).await.status, 403, "{action}");
    }
    assert_eq!(words(&bulk(&narrow, "enable", &people, json!({})).await), ["done"]);
}
