//! Which tokens open the API, and what they open.

use std::time::Duration;

use latchkey_api::AdminScope;
use latchkey_core::roles::Role;
use reqwest::Method;
use serde_json::json;

use super::{Desk, HANA, NELL, SAM, problem};
use crate::support::http::{DAN, ROTA};

#[tokio::test]
async fn without_a_token_nothing_is_told_not_even_what_there_is() {
    let desk = Desk::open().await;
    for path in ["/me", "/people", "/nothing-here", "/people/x"] {
        let answer = desk.site.get(&format!("/api/admin/v1{path}")).await;
        assert_eq!(answer.status, 401, "{path}");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"latchkey\""));
        assert_eq!(problem(&answer), "token");
    }
}

#[tokio::test]
async fn a_cookie_is_no_token() {
    let desk = Desk::open().await;
    let mut sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    assert_eq!(sam.get("/me").await.status, 200);
    assert_eq!(sam.person.get("/api/admin/v1/me").await.status, 401);
}

#[tokio::test]
async fn a_token_of_another_audience_opens_nothing() {
    let desk = Desk::open().await;
    let tokens = desk.site.person().tokens(ROTA, DAN).await;
    for token in [&tokens.access, &tokens.id, &tokens.refresh] {
        let answer = desk.call(token, Method::GET, "/me", None).await;
        assert_eq!(answer.status, 401);
        let told = answer.header("www-authenticate").expect("a scheme");
        assert!(told.contains("error=\"invalid_token\""), "{told}");
    }
}

#[tokio::test]
async fn a_token_opens_only_what_it_was_granted() {
    let desk = Desk::open().await;
    let sam = desk.with_scopes(SAM, &[AdminScope::PeopleRead]).await;
    desk.grant(SAM, Role::LocalAdministrator, "riverside").await;
    assert_eq!(sam.get("/people").await.status, 200);
    let nell = desk.id(NELL).await;
    let refused = sam.post(&format!("/people/{nell}/disable"), json!({})).await;
    assert_eq!(refused.status, 403);
    let told = refused.header("www-authenticate").expect("a scheme");
    assert!(told.contains("insufficient_scope") && told.contains("people:write"), "{told}");
}

#[tokio::test]
async fn a_role_opens_only_what_is_its_own_whatever_the_token_was_granted() {
    let desk = Desk::open().await;
    let hana = desk.administrator(HANA, Role::Helpdesk, "riverside").await;
    let nell = desk.id(NELL).await;
    assert_eq!(hana.get(&format!("/people/{nell}/credentials")).await.status, 200);
    let refused = hana.post(&format!("/people/{nell}/disable"), json!({})).await;
    assert_eq!((refused.status, &*problem(&refused)), (403, "forbidden"));
}

#[tokio::test]
async fn whoever_has_no_role_finds_nothing_to_do() {
    let desk = Desk::open().await;
    let nell = desk.with_scopes(NELL, &AdminScope::ALL).await;
    assert_eq!(nell.get("/me").await.json()["may"], json!([]));
    let refused = nell.get("/people").await;
    assert_eq!((refused.status, &*problem(&refused)), (403, "forbidden"));
}

#[tokio::test]
async fn a_change_needs_a_log_in_of_the_last_five_minutes_and_reading_does_not() {
    let desk = Desk::open().await;
    let mut sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let end = format!("/people/{}/sessions/end", desk.id(NELL).await);
    desk.site.clock.advance(Duration::from_secs(301));
    assert_eq!(sam.get("/people").await.status, 200);
    let old = sam.post(&end, json!({})).await;
    assert_eq!(old.status, 401);
    let told = old.header("www-authenticate").expect("a scheme");
    assert!(told.contains("insufficient_user_authentication") && told.contains("max_age=\"300\""));
    sam.step_up(SAM).await;
    assert_eq!(sam.post(&end, json!({})).await.status, 409, "she has no session");
}

#[tokio::test]
async fn a_token_ends_with_the_role_that_it_was_used_for() {
    let desk = Desk::open().await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    assert_eq!(sam.get("/people").await.status, 200);
    let person = desk.record(SAM).await.person;
    let grant = desk.site.app.store.view().list_roles(person.id).await.expect("read").remove(0);
    let end = async move |tx: &latchkey_store::Tx| tx.delete_role(&grant).await;
    let ended = desk.site.app.store.write::<bool, latchkey_store::Error, _>(end).await;
    assert!(ended.expect("written"));
    assert_eq!(sam.get("/people").await.status, 403);
}
