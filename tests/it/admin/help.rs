//! A caller is helped: a key removed, a pass handed over, and what is refused.

use latchkey_core::roles::Role;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::{At, Desk, EVE, HANA, NELL, OTTO, SAM, SUE, UMA, VERA, problem};
use crate::support::http::{Account, Answer, ROTA, Request};

fn handled(more: &Value) -> Value {
    let mut body = json!({
        "handling": { "reason": "lost", "case": "INC-7", "checks": ["called_back"] }
    });
    for (name, value) in more.as_object().expect("members") {
        body[name] = value.clone();
    }
    body
}

/// Nell with a key in a browser of her own, and her only key's path.
async fn nell_with_a_key(desk: &Desk) -> (crate::support::http::Person<'_>, String) {
    let mut nell = desk.site.person();
    let account = Account { username: NELL.username, password: NELL.password };
    nell.log_in(&Request::new(ROTA), account).await.code();
    let person = desk.record(NELL).await.person.id;
    let keys = desk.site.app.store.view().list_credentials(person).await.expect("read");
    (nell, format!("/people/{person}/credentials/{}", keys[0].id))
}

async fn card(at: &At<'_>) -> Value {
    at.get(&format!("/people/{}/credentials", at.desk.id(NELL).await)).await.json()
}

#[tokio::test]
async fn the_card_tells_what_somebody_has_what_is_demanded_and_what_to_do_next() {
    let desk = Desk::open().await;
    let (_nell, _) = nell_with_a_key(&desk).await;
    let hana = desk.administrator(HANA, Role::Helpdesk, "riverside").await;
    let card = card(&hana).await;
    assert_eq!(card["keys"].as_array().map(Vec::len), Some(1));
    assert_eq!(card["password"], true);
    assert_eq!(card["can_log_in"], true);
    assert_eq!(card["next_step"], "nothing");
    assert_eq!(card["demanded"]["required"], "mfa");
    let text = card.to_string();
    for secret in ["public_key", "credential_id", "hash", "seed"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[tokio::test]
async fn a_lost_key_goes_with_a_pass_in_the_same_step_and_a_receipt_tells_all() {
    let desk = Desk::open().await;
    let (_nell, key) = nell_with_a_key(&desk).await;
    let hana = desk.administrator(HANA, Role::Helpdesk, "riverside").await;
    let remove = format!("{key}/remove");

    let preview = hana.post(&remove, handled(&json!({ "dry_run": true, "pass": "spoken" }))).await;
    let told = preview.json();
    assert_eq!((&told["done"], &told["locked_out"]), (&json!(false), &json!(true)));
    assert_eq!((&told["sessions"], &told["sessions_of_keys"]), (&json!(0), &json!(1)));
    assert_eq!(told["secret"], Value::Null);
    assert_eq!(card(&hana).await["keys"].as_array().map(Vec::len), Some(1), "only told");

    let body = handled(&json!({ "pass": "spoken", "end_sessions": true }));
    let receipt = hana.post(&remove, body).await.json();
    assert_eq!(receipt["done"], true);
    assert_eq!(receipt["keys"].as_array().map(Vec::len), Some(1));
    assert_eq!(receipt["sessions"], 1);
    let pass = receipt["secret"]["secret"].as_str().expect("a pass");
    assert_eq!(pass.split(' ').map(str::len).collect::<Vec<_>>(), [4, 4, 4]);

    let card = card(&hana).await;
    assert_eq!(card["keys"], json!([]));
    assert_eq!((&card["next_step"], &card["can_log_in"]), (&json!("use_pass"), &json!(false)));
    assert!(!card.to_string().contains(pass), "nobody is told twice");
    let id = desk.record(NELL).await.person.id;
    let happened = desk.site.app.store.view().list_events_of(id, 10).await.expect("read");
    let happened = format!("{happened:?}");
    for what in ["CredentialRemoved", "PassIssued", "LoggedOut"] {
        assert!(happened.contains(what), "{what}: {happened}");
    }
}

#[tokio::test]
async fn the_last_way_in_is_not_removed_unseen() {
    let desk = Desk::open().await;
    let (_nell, key) = nell_with_a_key(&desk).await;
    let hana = desk.administrator(HANA, Role::Helpdesk, "riverside").await;
    let refused = hana.post(&format!("{key}/remove"), handled(&json!({}))).await;
    assert_eq!((refused.status, &*problem(&refused)), (409, "locks-out"));
    assert_eq!(card(&hana).await["keys"].as_array().map(Vec::len), Some(1));
    let meant = hana.post(&format!("{key}/remove"), handled(&json!({ "lock_out": true }))).await;
    assert_eq!(meant.status, 200);
}

#[tokio::test]
async fn nothing_is_handed_over_before_somebody_verified_the_caller() {
    let desk = Desk::open().await;
    let (_nell, key) = nell_with_a_key(&desk).await;
    let hana = desk.administrator(HANA, Role::Helpdesk, "riverside").await;
    let nell = desk.id(NELL).await;
    for (path, body) in [
        (format!("{key}/remove"), json!({ "lock_out": true })),
        (format!("/people/{nell}/reset"), json!({ "lock_out": true })),
        (format!("/people/{nell}/pass"), json!({ "pass": "spoken" })),
        (format!("/people/{nell}/supervised-link"), json!({})),
        (format!("{key}/suspend"), json!({ "pass": "spoken" })),
    ] {
        let refused = hana.post(&path, body).await;
        assert_eq!((refused.status, &*problem(&refused)), (422, "check-needed"), "{path}");
    }
    let protects = hana.post(&format!("{key}/suspend"), json!({ "lock_out": true })).await;
    assert_eq!(protects.status, 200, "whoever it is, that harms nobody for long");
    assert_eq!(card(&hana).await["next_step"], "restore_or_pass");
    let restored = hana.post(&format!("{key}/restore"), handled(&json!({}))).await;
    assert_eq!(restored.status, 200);
    assert_eq!(card(&hana).await["can_log_in"], true);
}

#[tokio::test]
async fn stolen_ends_sessions_unless_somebody_says_otherwise() {
    let desk = Desk::open().await;
    let (_nell, key) = nell_with_a_key(&desk).await;
    let hana = desk.administrator(HANA, Role::Helpdesk, "riverside").await;
    let stolen = json!({
        "handling": { "reason": "stolen", "checks": ["in_person"] },
        "lock_out": true, "dry_run": true
    });
    let told = hana.post(&format!("{key}/remove"), stolen.clone()).await.json();
    assert_eq!(told["sessions"], 1);
    let mut kept = stolen;
    kept["end_sessions"] = json!(false);
    assert_eq!(hana.post(&format!("{key}/remove"), kept).await.json()["sessions"], 0);
}

#[tokio::test]
async fn nobody_helps_themselves_a_peer_or_a_superior() {
    let desk = Desk::open().await;
    let vera = desk.administrator(VERA, Role::LocalAdministrator, "valley").await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let hana = desk.administrator(HANA, Role::Helpdesk, "riverside").await;
    desk.grant(SUE, Role::LocalAdministrator, "riverside").await;
    desk.grant(UMA, Role::Auditor, "riverside").await;
    let end = async |at: &At<'_>, who| {
        let path = format!("/people/{}/sessions/end", at.desk.id(who).await);
        at.post(&path, handled(&json!({ "dry_run": true }))).await
    };
    for (at, who, why) in [
        (&sam, SAM, "untouchable-yourself"),
        (&hana, HANA, "untouchable-yourself"),
        (&sam, SUE, "untouchable-peer"),
        (&sam, UMA, "untouchable-peer"),
        (&hana, SAM, "untouchable-has-role"),
        (&hana, UMA, "untouchable-has-role"),
    ] {
        let refused = end(at, who).await;
        assert_eq!((refused.status, &*problem(&refused)), (403, why), "{}", who.username);
    }
    // Whoever is above both may, and they are not there for somebody below.
    assert_ne!(end(&vera, SUE).await.status, 403);
    assert_eq!(end(&sam, VERA).await.status, 404);
}

#[tokio::test]
async fn a_person_outside_is_not_there_whatever_is_asked() {
    let desk = Desk::open().await;
    let otto = desk.administrator(OTTO, Role::LocalAdministrator, "eastmoor").await;
    let (_nell, key) = nell_with_a_key(&desk).await;
    let nell = desk.id(NELL).await;
    for path in [format!("/people/{nell}"), format!("/people/{nell}/credentials"), key.clone()] {
        assert_eq!(otto.get(&path).await.status, 404, "{path}");
    }
    for path in [format!("{key}/remove"), format!("/people/{nell}/pass")] {
        let refused = otto.post(&path, handled(&json!({ "pass": "spoken" }))).await;
        assert_eq!((refused.status, &*problem(&refused)), (404, "not-found"), "{path}");
    }
    // Somebody else's key below a person who is inside is not there either.
    let eve = desk.id(EVE).await;
    let (_, id) = key.rsplit_once('/').expect("an id");
    let crossed = format!("/people/{eve}/credentials/{id}/remove");
    assert_eq!(otto.post(&crossed, handled(&json!({ "lock_out": true }))).await.status, 404);
    let listed = otto.get("/people").await.json();
    let names: Vec<_> = listed["items"].as_array().expect("items").iter().collect();
    assert!(names.iter().all(|item| item["organisation"]["id"] == "eastmoor"), "{names:?}");
}

async fn post_once(at: &At<'_>, path: &str, key: &str, body: &Value) -> Answer {
    let url = at.desk.site.url(&format!("/api/admin/v1{path}"));
    let request = at.desk.site.http.post(url).bearer_auth(&at.token);
    let request = request.header("Idempotency-Key", key).header(CONTENT_TYPE, "application/json");
    at.desk.site.send(request.body(body.to_string())).await
}

#[tokio::test]
async fn the_same_request_sent_again_is_done_once_and_a_pass_is_not_told_again() {
    let desk = Desk::open().await;
    let hana = desk.administrator(HANA, Role::Helpdesk, "riverside").await;
    let path = format!("/people/{}/pass", desk.id(NELL).await);
    let body = handled(&json!({ "pass": "spoken" }));
    let first = post_once(&hana, &path, "one", &body).await;
    assert_eq!(first.status, 200);
    let again = post_once(&hana, &path, "one", &body).await;
    assert_eq!((again.status, &*problem(&again)), (409, "told-once"));
    let other = post_once(&hana, &path, "one", &handled(&json!({ "pass": "written" }))).await;
    assert_eq!((other.status, &*problem(&other)), (409, "key-used"));
    let issued = desk.record(NELL).await.person.id;
    let happened = desk.site.app.store.view().list_events_of(issued, 10).await.expect("read");
    assert_eq!(format!("{happened:?}").matches("PassIssued").count(), 1);

    let end = format!("/people/{}/sessions/end", desk.id(NELL).await);
    let (_nell, _) = nell_with_a_key(&desk).await;
    let first = post_once(&hana, &end, "two", &json!({})).await;
    let again = post_once(&hana, &end, "two", &json!({})).await;
    assert_eq!((first.status, first.json()), (200, again.json()), "the very answer");
}

#[tokio::test]
async fn what_is_malformed_is_told_and_nothing_is_done() {
    let desk = Desk::open().await;
    let hana = desk.administrator(HANA, Role::Helpdesk, "riverside").await;
    let path = format!("/people/{}/pass", desk.id(NELL).await);
    let long = "x".repeat(501);
    for (body, status) in [
        (json!({ "pass": "shouted" }), 422),
        (json!({ "pas": "spoken" }), 422),
        (json!([]), 422),
        (handled(&json!({})), 422),
        (
            json!({ "handling": { "reason": "other", "checks": ["in_person"] }, "pass": "spoken" }),
            422,
        ),
        (json!({ "handling": { "note": long, "checks": ["in_person"] }, "pass": "spoken" }), 422),
    ] {
        assert_eq!(hana.post(&path, body.clone()).await.status, status, "{body}");
    }
    let raw = async |text: &str, kind: &str| {
        let url = desk.site.url(&format!("/api/admin/v1{path}"));
        let request = desk.site.http.post(url).bearer_auth(&hana.token);
        desk.site.send(request.header(CONTENT_TYPE, kind).body(text.to_owned())).await.status
    };
    assert_eq!(raw("{", "application/json").await, 400);
    assert_eq!(raw("{}", "text/plain").await, 415);
    assert_eq!(raw(&" ".repeat(70_000), "application/json").await, 413);
    let odd = desk.call(&hana.token, Method::GET, "/people?limit=0", None).await;
    assert_eq!(odd.status, 422);
    for path in ["/people?sort=x", "/people?limit=1&limit=2"] {
        assert_eq!(hana.get(path).await.status, 422, "{path}");
    }
    let card = card(&hana).await;
    assert_eq!(card["pass"], Value::Null);
}

#[tokio::test]
async fn a_pass_that_was_issued_is_cancelled_without_a_check_and_opens_nothing_any_more() {
    let desk = Desk::open().await;
    let hana = desk.administrator(HANA, Role::Helpdesk, "riverside").await;
    let otto = desk.administrator(OTTO, Role::LocalAdministrator, "eastmoor").await;
    let person = desk.id(NELL).await;
    let path = format!("/people/{person}/pass");
    let cancel = format!("{path}/cancel");
    assert_eq!(hana.post(&cancel, json!({})).await.status, 404, "there is none");
    hana.post(&path, handled(&json!({ "pass": "spoken" }))).await;
    assert!(card(&hana).await["pass"].is_object());
    let told = hana.post(&cancel, json!({ "dry_run": true })).await.json();
    assert_eq!((&told["done"], &told["pass_voided"]), (&json!(false), &json!(true)));
    assert!(card(&hana).await["pass"].is_object(), "only told");
    assert_eq!(otto.post(&cancel, json!({})).await.status, 404);
    let done = hana.post(&cancel, json!({ "handling": { "case": "INC-9" } })).await.json();
    assert_eq!((&done["done"], &done["pass_voided"]), (&json!(true), &json!(true)));
    let card = card(&hana).await;
    assert!(card["pass"].is_null() && card["next_step"] != "use_pass", "{card}");
    let event = hana.get(&format!("/people/{person}/history")).await.json()["items"][0].clone();
    assert_eq!((&event["kind"], &event["case"]), (&json!("pass_cancelled"), &json!("INC-9")));
    assert_eq!(hana.post(&cancel, json!({})).await.status, 404, "once");
}

#[tokio::test]
async fn a_key_that_did_not_answer_after_the_right_password_is_told_to_whoever_helps() {
    let desk = Desk::open().await;
    let (_nell, _) = nell_with_a_key(&desk).await;
    let hana = desk.administrator(HANA, Role::Helpdesk, "riverside").await;
    let path = format!("/people/{}/history", desk.id(NELL).await);
    let refused = async || {
        let history = hana.get(&path).await.json();
        let items = history["items"].as_array().expect("events").clone();
        let reason = |it: &Value| it["event"]["reason"].as_str().map(str::to_owned);
        let all = items.iter().filter(|it| it["kind"] == "login_refused").filter_map(reason);
        all.collect::<Vec<_>>()
    };
    let mut browser = desk.site.person();
    let page = browser.open(&Request::new(ROTA).path()).await;
    let account = Account { username: NELL.username, password: NELL.password };
    let page = browser.type_password(&page, account).await;
    let form = page.form("/factor/passkey").without("credential");
    for (failure, told) in [
        ("SecurityError", 0),
        ("", 0),
        ("NotAllowedError", 1),
        ("NotAllowedError", 1),
        ("AbortError", 1),
    ] {
        let page = browser.post(&form.clone().with("failure", failure)).await;
        assert_eq!(page.status, 422);
        assert_eq!(refused().await.len(), told, "{failure}");
    }
    desk.site.clock.advance(std::time::Duration::from_secs(61));
    browser.post(&form.with("failure", "TimeoutError")).await;
    assert_eq!(refused().await, ["the key did not answer"; 2], "once a minute");
}
