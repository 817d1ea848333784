//! What a second administrator has to agree to.

use std::time::Duration;

use latchkey_core::roles::Role;
use reqwest::Method;
use serde_json::json;

use super::{At, Desk, HANA, PETE, PIA, SAM, VERA, problem};

fn pass() -> serde_json::Value {
    json!({ "handling": { "checks": ["in_person"], "case": "INC-8" }, "pass": "spoken" })
}

async fn ask(at: &At<'_>, who: super::Member) -> String {
    let asked = at.post(&format!("/people/{}/pass", at.desk.id(who).await), pass()).await;
    let receipt = asked.json();
    assert_eq!((&receipt["done"], &receipt["secret"]), (&json!(false), &json!(null)));
    receipt["approval"].as_str().expect("it waits").to_owned()
}

#[tokio::test]
async fn a_pass_for_somebody_with_a_role_waits_for_a_second_administrator_who_is_told_it() {
    let desk = Desk::open().await;
    let vera = desk.administrator(VERA, Role::LocalAdministrator, "valley").await;
    let pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    desk.grant(SAM, Role::LocalAdministrator, "riverside").await;
    let waits = ask(&vera, SAM).await;

    let own = vera.post(&format!("/approvals/{waits}/approve"), json!({})).await;
    assert_eq!((own.status, &*problem(&own)), (403, "forbidden"), "nobody approves their own");
    let listed = pia.get("/approvals").await.json();
    assert_eq!(listed[0]["person"]["username"], SAM.username);
    assert_eq!(
        (&listed[0]["asked_by"]["username"], &listed[0]["decidable"]),
        (&json!(VERA.username), &json!(true))
    );
    assert_eq!((&listed[0]["pass"], &listed[0]["end_sessions"]), (&json!("spoken"), &json!(false)));
    assert_eq!(vera.get("/approvals").await.json()[0]["decidable"], false);
    let waiting = async |at: &At<'_>| at.get("/me").await.json()["approvals"].clone();
    assert_eq!((waiting(&pia).await, waiting(&vera).await), (json!(1), json!(0)));

    let agreed = pia.post(&format!("/approvals/{waits}/approve"), json!({})).await.json();
    assert_eq!(agreed["done"], true);
    assert!(agreed["secret"]["secret"].is_string());
    let twice = pia.post(&format!("/approvals/{waits}/approve"), json!({})).await;
    assert_eq!(twice.status, 404, "decided once");
}

#[tokio::test]
async fn what_is_refused_or_lapses_is_not_done() {
    let desk = Desk::open().await;
    let vera = desk.administrator(VERA, Role::LocalAdministrator, "valley").await;
    let mut pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    desk.grant(SAM, Role::LocalAdministrator, "riverside").await;
    let waits = ask(&vera, SAM).await;
    let path = format!("/approvals/{waits}/refuse");
    let long = pia.post(&path, json!({ "note": "x".repeat(501) })).await;
    assert_eq!(long.status, 422);
    let refused = pia.post(&path, json!({ "note": "Call her first" })).await;
    assert_eq!(refused.status, 204);
    let history = vera.get(&format!("/people/{}/history", desk.id(SAM).await)).await.json();
    let event = &history["items"][0];
    assert_eq!(
        (&event["kind"], &event["reason"], &event["case"]),
        (&json!("approval_decided"), &json!("Call her first"), &json!("INC-8"))
    );
    let gone = pia.post(&format!("/approvals/{waits}/approve"), json!({})).await;
    assert_eq!(gone.status, 404);

    let waits = ask(&vera, SAM).await;
    let bare =
        desk.call(&pia.token, Method::POST, &format!("/approvals/{waits}/refuse"), None).await;
    assert_eq!(bare.status, 204, "without a word");

    let waits = ask(&vera, SAM).await;
    desk.site.clock.advance(Duration::from_secs(24 * 3600));
    pia.step_up(PIA).await;
    assert_eq!(pia.post(&format!("/approvals/{waits}/approve"), json!({})).await.status, 404);
}

#[tokio::test]
async fn nobody_without_a_say_over_somebody_decides_about_them() {
    let desk = Desk::open().await;
    let vera = desk.administrator(VERA, Role::LocalAdministrator, "valley").await;
    let hana = desk.administrator(HANA, Role::LocalAdministrator, "riverside").await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let waits = ask(&vera, SAM).await;
    for (at, why) in [(&sam, "untouchable-yourself"), (&hana, "untouchable-peer")] {
        let refused = at.post(&format!("/approvals/{waits}/approve"), json!({})).await;
        assert_eq!((refused.status, &*problem(&refused)), (403, why));
    }
}

#[tokio::test]
async fn the_platforms_administrators_are_helped_on_the_server_and_by_nobody_else() {
    let desk = Desk::open().await;
    let pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    desk.grant(PETE, Role::PlatformAdministrator, "valley").await;
    for who in [PIA, PETE] {
        let refused = pia.post(&format!("/people/{}/pass", desk.id(who).await), pass()).await;
        assert_eq!(refused.status, 403, "{}", who.username);
    }
}

#[tokio::test]
async fn nothing_else_opens_enrolment_for_somebody_with_a_role() {
    let desk = Desk::open().await;
    let vera = desk.administrator(VERA, Role::LocalAdministrator, "valley").await;
    desk.grant(SAM, Role::LocalAdministrator, "riverside").await;
    let path = format!("/people/{}/supervised-link", desk.id(SAM).await);
    let refused = vera.post(&path, json!({ "handling": { "checks": ["in_person"] } })).await;
    assert_eq!((refused.status, &*problem(&refused)), (403, "forbidden"));
}
