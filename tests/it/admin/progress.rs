//! How far people are with their enrolment, over the API.

use std::time::Duration;

use latchkey::jobs::counting;
use latchkey_core::Clock as _;
use latchkey_core::roles::Role;
use serde_json::{Value, json};

use super::changes::named;
use super::{Desk, SAM, UMA, VERA};

fn of(progress: &Value, class: &str) -> Option<u64> {
    let classes = progress["classes"].as_array().expect("classes").clone();
    let found = classes.into_iter().find(|it| it["enrolment"] == class);
    found.expect("every class")["people"].as_u64()
}

#[tokio::test]
async fn progress_counts_everybody_once_inside_the_scope_only() {
    let desk = Desk::open().await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let vera = desk.administrator(VERA, Role::Auditor, "valley").await;
    let progress = sam.get("/organisations/riverside/progress").await.json();
    assert_eq!((&progress["people"], &progress["interested"]), (&5.into(), &0.into()));
    for (class, people) in
        [("two_keys", 0), ("one_key", 1), ("app_only", 0), ("in_grace", 4), ("nothing", 0)]
    {
        assert_eq!(of(&progress, class), Some(people), "{class}: {progress}");
    }
    assert_eq!(progress["grace_until"], "2100-01-01T00:00:00Z");
    // Three of the network itself and five of the trust below it; she has a key too.
    let above = vera.get("/organisations/valley/progress").await.json();
    assert_eq!((&above["people"], of(&above, "one_key")), (&8.into(), Some(2)));
    let parts = above["organisations"].as_array().expect("organisations");
    let parts: Vec<_> =
        parts.iter().map(|it| (it["organisation"]["id"].clone(), it["people"].clone())).collect();
    assert_eq!(parts, [(json!("riverside"), json!(5)), (json!("valley"), json!(3))]);
    let seen = progress["organisations"].as_array().expect("organisations");
    assert_eq!(seen.len(), 1, "nothing of the network above");
}

#[tokio::test]
async fn progress_tells_when_it_was_counted_and_how_it_was_before() {
    let desk = Desk::open().await;
    let uma = desk.administrator(UMA, Role::Auditor, "riverside").await;
    let (app, now) = (&desk.site.app, desk.site.clock.now());
    let before = now.minus(Duration::from_secs(2 * 86_400));
    counting::round(&app.store, before, "me").await.expect("counted");
    let progress = uma.get("/organisations/riverside/progress").await.json();
    assert_eq!(progress["uncounted"], 0);
    let counted: jiff::Timestamp =
        progress["counted_at"].as_str().expect("a time").parse().expect("a time");
    assert!(counted.as_millisecond() >= now.millis(), "a few are counted now");
    let days = progress["days"].as_array().expect("days");
    assert_eq!(days.len(), 2, "the day that was counted, and today: {days:?}");
    assert_eq!(days[0]["people"], 5);
    assert!(days[0]["day"].as_str() < days[1]["day"].as_str());
}

#[tokio::test]
async fn whoever_needs_help_first_is_counted_and_listed_for_the_same_reason() {
    let desk = Desk::open().await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let progress = sam.get("/organisations/riverside/progress").await.json();
    let mut needed = 0;
    for first in progress["first"].as_array().expect("needs") {
        let need = first["need"].as_str().expect("a need");
        let query = format!("/people/count?organisation=riverside&need={need}");
        assert_eq!(sam.get(&query).await.json()["people"], first["people"], "{need}");
        needed += first["people"].as_u64().expect("a number");
    }
    assert_eq!(needed, 1, "Sam has one key and nothing beside it: {progress}");
    let listed = sam.get("/people?need=one_key_alone").await;
    assert_eq!(named(&listed, "username"), [SAM.username]);
    assert_eq!(sam.get("/people?need=money").await.status, 422);
    let elsewhere = sam.get("/people?need=one_key_alone&organisation=eastmoor").await;
    assert_eq!(elsewhere.status, 422, "an organisation outside is unknown");
}

#[tokio::test]
async fn the_same_numbers_go_into_a_spreadsheet_that_takes_no_name_for_a_formula() {
    let desk = Desk::open().await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let rename = json!({ "name": "=cmd|' /C calc'!A0, \"Trust\"" });
    let path = "/organisations/riverside";
    let renamed = sam.change_now(reqwest::Method::PATCH, path, rename).await;
    assert_eq!(renamed.status, 200, "{renamed:?}");
    let table = sam.get("/organisations/riverside/progress.csv").await;
    assert_eq!(table.header("content-type"), Some("text/csv; charset=utf-8"));
    let disposition = table.header("content-disposition").expect("a file");
    assert_eq!(disposition, "attachment; filename=\"progress.csv\"");
    let lines: Vec<&str> = table.body.split("\r\n").collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    let columns = "organisation,name,people,two_keys,one_key,app_only,in_grace,nothing,counted_at";
    assert_eq!(lines[0], columns);
    let expected = r#"riverside,"'=cmd|' /C calc'!A0, ""Trust""",5,0,1,0,4,0,"#;
    assert!(lines[1].starts_with(expected), "{}", lines[1]);
    assert_eq!(lines[2], "");
}
