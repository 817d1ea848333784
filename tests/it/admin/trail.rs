//! The audit trail over the API.

use std::time::Duration;

use latchkey_core::roles::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::changes::named;
use super::{At, Desk, EVE, HANA, NELL, OTTO, PIA, SAM, UMA, VERA};
use crate::support::http::{Account, ROTA, Request};

async fn rename(at: &At<'_>, org: &str, name: &str) {
    let path = format!("/organisations/{org}");
    let answer = at.change_now(Method::PATCH, &path, json!({ "name": name })).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

async fn logs_in(desk: &Desk, who: super::Member) {
    let account = Account { username: who.username, password: who.password };
    desk.site.person().log_in(&Request::new(ROTA), account).await.code();
}

async fn events(at: &At<'_>, query: &str) -> Vec<Value> {
    let answer = at.get(&format!("/audit?{query}")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["items"].as_array().expect("items").clone()
}

#[tokio::test]
async fn the_trail_tells_of_what_is_inside_and_names_nobody_outside() {
    let desk = Desk::open().await;
    let otto = desk.administrator(OTTO, Role::LocalAdministrator, "eastmoor").await;
    let pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    let uma = desk.administrator(UMA, Role::Auditor, "riverside").await;
    logs_in(&desk, NELL).await;
    logs_in(&desk, EVE).await;
    rename(&otto, "eastmoor", "Eastmoor").await;
    rename(&pia, "riverside", "Riverside").await;
    let (nell, eve) = (desk.id(NELL).await, desk.id(EVE).await);
    let seen = uma.get("/audit?limit=200").await;
    let shown: Vec<_> = seen.json()["items"].as_array().expect("items").clone();
    assert!(shown.iter().all(|event| event["organisation"] == "riverside"), "{seen:?}");
    assert!(shown.iter().any(|event| event["person"]["id"] == *nell
        && event["person"]["name"] == "Nell Nurse"
        && event["kind"] == "logged_in"));
    assert!(!seen.body.contains(&eve) && !seen.body.contains("Eastmoor"));
    // Whoever did it is at home elsewhere: by key, and not by name.
    let renamed = events(&uma, "kind=organisation_changed").await;
    assert_eq!(renamed.len(), 1);
    let actor = &renamed[0]["actor"];
    assert_eq!(
        (&actor["kind"], &actor["role"]),
        (&"administrator".into(), &"platform-administrator".into())
    );
    assert_eq!(actor["person"], json!({ "id": desk.id(PIA).await }));
    assert_eq!(renamed[0]["event"]["changes"], json!(["name: Riverside Trust → Riverside"]));
    let everything = events(&pia, "kind=organisation_changed").await;
    assert_eq!(everything.len(), 2);
    assert_eq!(everything[0]["actor"]["person"]["name"], "Pia Platform");
    assert!(events(&uma, &format!("person={eve}")).await.is_empty());
    assert_eq!(uma.get("/audit?organisation=eastmoor").await.status, 404);
    let vera = desk.administrator(VERA, Role::Auditor, "valley").await;
    assert!(!events(&vera, "organisation=riverside").await.is_empty(), "it is below");
}

#[tokio::test]
async fn the_trail_is_searched_and_goes_on_where_it_ended() {
    let desk = Desk::open().await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let nell = desk.id(NELL).await;
    for number in 0..5 {
        desk.site.clock.advance(Duration::from_secs(1));
        rename(&sam, "riverside", &format!("Riverside {number}")).await;
    }
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let page = sam.get(&format!("/audit?kind=organisation_changed&limit=2{after}")).await;
        seen.extend(named(&page, "id"));
        let Some(next) = page.json()["next"].as_str().map(str::to_owned) else { break };
        after = format!("&after={next}");
    }
    let mut once = seen.clone();
    once.sort();
    once.dedup();
    assert_eq!((seen.len(), once.len()), (5, 5), "none twice and none left out");
    let all = events(&sam, "kind=organisation_changed").await;
    let at = |place: usize| all[place]["at"].as_str().expect("a time").to_owned();
    assert!(at(0) > at(4), "the latest first");
    let (from, to) = (at(3), at(1));
    let between = events(&sam, &format!("kind=organisation_changed&since={from}&until={to}")).await;
    assert_eq!(between.len(), 2);
    let help =
        json!({ "handling": { "case": "INC-7", "checks": ["called_back"] }, "pass": "spoken" });
    let passed = sam.post(&format!("/people/{nell}/pass"), help).await;
    assert_eq!(passed.status, 200, "{passed:?}");
    let case = events(&sam, "case=INC-7").await;
    assert_eq!(case.len(), 1, "{case:?}");
    assert_eq!(
        (&case[0]["kind"], &case[0]["checks"]),
        (&"pass_issued".into(), &json!(["called_back"]))
    );
    for query in ["after=x", "after=1.x", "since=yesterday", "limit=0", "who=me", "person=x"] {
        assert_eq!(sam.get(&format!("/audit?{query}")).await.status, 422, "{query}");
    }
}

#[tokio::test]
async fn the_trail_tells_what_somebody_did_and_where_roles_are_by_their_names_in_documents() {
    let desk = Desk::open().await;
    let pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let otto = desk.administrator(OTTO, Role::LocalAdministrator, "eastmoor").await;
    rename(&sam, "riverside", "Riverside").await;
    rename(&otto, "eastmoor", "Eastmoor").await;
    let id = desk.id(SAM).await;
    let by_sam = events(&pia, &format!("actor={id}&kind=organisation_changed")).await;
    assert_eq!(by_sam.len(), 1);
    assert_eq!(by_sam[0]["actor"]["person"]["name"], "Sam Desk");
    let theirs = desk.id(OTTO).await;
    assert!(events(&sam, &format!("actor={theirs}")).await.is_empty(), "it was done elsewhere");
    assert_eq!(pia.get("/audit?actor=%25").await.status, 422);
    let granted = events(&pia, &format!("kind=role_granted&person={id}")).await;
    assert_eq!(granted[0]["event"]["organisation"], "riverside");
}

#[tokio::test]
async fn all_of_the_trail_is_told_an_event_a_line() {
    let desk = Desk::open().await;
    let uma = desk.administrator(UMA, Role::Auditor, "riverside").await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    logs_in(&desk, EVE).await;
    rename(&sam, "riverside", "Riverside").await;
    let answer = uma.get("/audit/export").await;
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    let lines: Vec<Value> =
        answer.body.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines, events(&uma, "limit=200").await);
    assert!(lines.len() > 3 && answer.body.ends_with('\n'));
    assert!(!answer.body.contains(&desk.id(EVE).await));
    let some = uma.get("/audit/export?kind=organisation_changed").await;
    assert_eq!(some.body.lines().count(), 1);
    assert_eq!(uma.get("/audit/export?limit=5").await.status, 422);
}

#[tokio::test]
async fn the_helpdesk_reads_a_persons_history_and_not_the_trail() {
    let desk = Desk::open().await;
    let hana = desk.administrator(HANA, Role::Helpdesk, "riverside").await;
    logs_in(&desk, NELL).await;
    let (nell, eve) = (desk.id(NELL).await, desk.id(EVE).await);
    let history = hana.get(&format!("/people/{nell}/history?limit=2")).await;
    let kinds = named(&history, "kind");
    assert_eq!(kinds.len(), 2);
    let next = history.json()["next"].as_str().expect("more").to_owned();
    let rest = hana.get(&format!("/people/{nell}/history?after={next}")).await;
    assert!(named(&rest, "kind").iter().chain(&kinds).any(|kind| kind == "credential_registered"));
    assert_eq!(hana.get(&format!("/people/{eve}/history")).await.status, 404);
    assert_eq!(hana.get("/people/x/history").await.status, 404);
    for path in ["/audit", "/audit/export"] {
        assert_eq!(hana.get(path).await.status, 403, "{path}");
    }
}
