//! People at the API: found, added, changed, moved and erased, inside and never outside.

use latchkey_api::AdminScope;
use latchkey_core::roles::Role;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, IF_MATCH};
use serde_json::{Value, json};

use super::{At, Desk, EVE, NELL, OTTO, SAM, VERA, problem};
use crate::support::http::Answer;

async fn patch(at: &At<'_>, path: &str, tag: Option<&str>, body: &Value) -> Answer {
    let url = at.desk.site.url(&format!("/api/admin/v1{path}"));
    let mut request = at.desk.site.http.patch(url).bearer_auth(&at.token);
    if let Some(tag) = tag {
        request = request.header(IF_MATCH, tag);
    }
    let request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
    at.desk.site.send(request).await
}

fn usernames(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().expect("items").iter();
    items.map(|item| item["username"].as_str().expect("a name")).collect()
}

#[tokio::test]
async fn a_search_finds_by_every_beginning_of_a_word_inside_and_nobody_outside() {
    let desk = Desk::open().await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    for typed in ["nell", "NURSE n", "nell.nurse", "nell.nurse@riverside.example", "n%C3%A9ll"] {
        let found = sam.get(&format!("/people?search={typed}")).await.json();
        assert_eq!(usernames(&found), ["nell.nurse"], "{typed}");
    }
    for typed in ["eve", "%25", "_", "%27%20or%201=1", "%F0%9F%94%91", "%D7%A0%D7%9C", "nell+x"] {
        let found = sam.get(&format!("/people?search={typed}")).await.json();
        assert_eq!(found["items"], json!([]), "{typed}");
    }
    assert_eq!(sam.get(&format!("/people?search={}", "x".repeat(201))).await.status, 422);
    assert_eq!(sam.get("/people?search=nell&state=active").await.status, 422);
}

#[tokio::test]
async fn a_key_is_found_by_its_nickname_and_by_the_sticker_on_it() {
    let desk = Desk::open().await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let account =
        crate::support::http::Account { username: NELL.username, password: NELL.password };
    let request = crate::support::http::Request::new(crate::support::http::ROTA);
    desk.site.person().log_in(&request, account).await.code();
    let nell = desk.id(NELL).await;
    let card = sam.get(&format!("/people/{nell}/credentials")).await.json();
    let path =
        format!("/people/{nell}/credentials/{}", card["keys"][0]["id"].as_str().expect("an id"));
    let tag = sam.get(&path).await.header("etag").expect("a tag").to_owned();
    let change = json!({ "nickname": "Lanyard key", "asset_tag": "RV-00417" });
    let changed = patch(&sam, &path, Some(&tag), &change).await;
    assert_eq!((changed.status, &changed.json()["asset_tag"]), (200, &json!("RV-00417")));
    for (typed, field) in [("lanyard", "nickname"), ("rv-00417", "asset_tag")] {
        let found = sam.get(&format!("/people?search={typed}")).await.json();
        assert_eq!(usernames(&found), ["nell.nurse"], "{typed}");
        assert_eq!(found["items"][0]["found_by"]["field"], field);
    }
    let stale = patch(&sam, &path, Some(&tag), &json!({ "asset_tag": null })).await;
    assert_eq!((stale.status, &*problem(&stale)), (412, "stale"));
}

#[tokio::test]
async fn lists_and_counts_go_page_by_page_through_those_inside() {
    let desk = Desk::open().await;
    let vera = desk.administrator(VERA, Role::LocalAdministrator, "valley").await;
    let mut path = "/people?limit=2".to_owned();
    let mut all = Vec::new();
    loop {
        let page = vera.get(&path).await.json();
        all.extend(usernames(&page).into_iter().map(str::to_owned));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/people?limit=2&after={next}");
    }
    let mut sorted = all.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(all, sorted, "each once and in order");
    assert!(!all.contains(&EVE.username.to_owned()) && all.contains(&NELL.username.to_owned()));
    let counted = vera.get("/people/count").await.json();
    assert_eq!(counted["people"], all.len());
    let below = vera.get("/people?organisation=riverside&state=active").await.json();
    assert!(usernames(&below).iter().all(|name| *name != VERA.username));
    let enrolled = vera.get("/people?enrolment=one_key").await.json();
    assert_eq!(usernames(&enrolled), [VERA.username]);
    let outside = vera.get("/people?organisation=eastmoor").await;
    assert_eq!((outside.status, &*problem(&outside)), (422, "validation"));
    let unknown = vera.get("/people?organisation=nowhere").await;
    assert_eq!(outside.body, unknown.body, "outside is as unknown");
}

#[tokio::test]
async fn somebody_is_added_and_invited_once_under_a_name_that_nobody_has() {
    let desk = Desk::open().await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let new = json!({
        "username": "Ivy.New", "organisation": "riverside", "name": "Ivy New",
        "email": "ivy@riverside.example", "staff_number": "R-9"
    });
    let added = sam.post("/people", new.clone()).await;
    assert_eq!(added.status, 201, "{added:?}");
    let ivy = added.json();
    assert_eq!((&ivy["username"], &ivy["state"]), (&json!("ivy.new"), &json!("invited")));
    let twice = sam.post("/people", new.clone()).await;
    assert_eq!((twice.status, &twice.json()["errors"][0]["field"]), (422, &json!("username")));
    let mut same_number = new.clone();
    same_number["username"] = json!("ivan.new");
    let refused = sam.post("/people", same_number).await;
    assert_eq!(refused.json()["errors"][0]["field"], "staff_number");
    for (member, value) in [
        ("username", "a b"),
        ("organisation", "eastmoor"),
        ("organisation", "valley"),
        ("name", " "),
        ("email", "ivy"),
    ] {
        let mut wrong = new.clone();
        wrong["username"] = json!("other.new");
        wrong[member] = json!(value);
        let refused = sam.post("/people", wrong).await;
        assert_eq!(refused.status, 422, "{member}={value}");
        assert_eq!(refused.json()["errors"][0]["field"], member);
    }
    // No letters are sent here, so the link is told; and once.
    let id = ivy["id"].as_str().expect("an id");
    let invited = sam.post(&format!("/people/{id}/invite"), json!({})).await.json();
    assert!(invited["secret"]["secret"].as_str().is_some_and(|url| url.contains("/link/")));
}

#[tokio::test]
async fn two_administrators_who_change_the_same_person_do_not_overwrite_each_other() {
    let desk = Desk::open().await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let vera = desk.administrator(VERA, Role::LocalAdministrator, "valley").await;
    let path = format!("/people/{}", desk.id(NELL).await);
    let seen = |answer: &Answer| answer.header("etag").expect("a tag").to_owned();
    let (by_sam, by_vera) = (seen(&sam.get(&path).await), seen(&vera.get(&path).await));
    let without = patch(&sam, &path, None, &json!({ "name": "Nell N" })).await;
    assert_eq!((without.status, &*problem(&without)), (428, "if-match-needed"));
    let first = patch(&sam, &path, Some(&by_sam), &json!({ "name": "Nell Nightingale" })).await;
    assert_eq!(first.status, 200);
    let second = patch(&vera, &path, Some(&by_vera), &json!({ "staff_number": "R-1" })).await;
    assert_eq!((second.status, &*problem(&second)), (412, "stale"));
    let again = seen(&vera.get(&path).await);
    let second =
        patch(&vera, &path, Some(&again), &json!({ "staff_number": "R-1", "email": null })).await;
    assert_eq!(second.status, 200);
    let now = second.json();
    assert_eq!((&now["name"], &now["staff_number"]), (&json!("Nell Nightingale"), &json!("R-1")));
    assert_eq!(now["email"], Value::Null);
}

#[tokio::test]
async fn somebody_is_moved_only_between_organisations_of_whoever_moves_them() {
    let desk = Desk::open().await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let vera = desk.administrator(VERA, Role::LocalAdministrator, "valley").await;
    let path = format!("/people/{}/move", desk.id(NELL).await);
    for to in ["eastmoor", "valley", "nowhere"] {
        let refused = sam.post(&path, json!({ "organisation": to })).await;
        assert_eq!(refused.status, 422, "{to}");
    }
    let told = vera.post(&path, json!({ "organisation": "valley", "dry_run": true })).await.json();
    assert_eq!((&told["done"], &told["can_log_in"]), (&json!(false), &json!(false)), "no key yet");
    assert_eq!(told["demanded"]["required"], "mfa", "{told}");
    drop(desk.with_scopes(NELL, &[AdminScope::PeopleRead]).await);
    desk.grant(NELL, Role::Helpdesk, "riverside").await;
    let told = vera.post(&path, json!({ "organisation": "valley", "dry_run": true })).await.json();
    assert_eq!((&told["roles_ended"], &told["can_log_in"]), (&json!(["helpdesk"]), &json!(true)));
    let same = vera.post(&path, json!({ "organisation": "riverside", "dry_run": true })).await;
    assert_eq!((same.status, &*problem(&same)), (409, "already"));
    assert_eq!(sam.get(&format!("/people/{}", desk.id(NELL).await)).await.status, 200);
    let moved = vera.post(&path, json!({ "organisation": "valley" })).await.json();
    assert_eq!((&moved["done"], &moved["organisation"]["id"]), (&json!(true), &json!("valley")));
    assert_eq!(sam.get(&format!("/people/{}", desk.id(NELL).await)).await.status, 404);
}

#[tokio::test]
async fn whoever_leaves_is_logged_out_and_whoever_is_erased_is_gone() {
    let desk = Desk::open().await;
    let otto = desk.administrator(OTTO, Role::LocalAdministrator, "eastmoor").await;
    let path = format!("/people/{}", desk.id(EVE).await);
    let left = json!({ "handling": { "reason": "leaver", "case": "HR-3" } });
    assert_eq!(otto.post(&format!("{path}/disable"), left.clone()).await.json()["done"], true);
    let twice = otto.post(&format!("{path}/disable"), left).await;
    assert_eq!((twice.status, &*problem(&twice)), (409, "already"));
    assert_eq!(otto.get(&format!("{path}/credentials")).await.json()["next_step"], "enable");
    assert_eq!(otto.post(&format!("{path}/enable"), json!({})).await.status, 200);
    let erased = desk.call(&otto.token, Method::DELETE, &format!("{path}?case=HR-4"), None).await;
    assert_eq!(erased.status, 204);
    assert_eq!(otto.get(&path).await.status, 404);
    let twice = desk.call(&otto.token, Method::DELETE, &path, None).await;
    assert_eq!(twice.status, 404);
}
