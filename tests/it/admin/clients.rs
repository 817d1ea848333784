//! Relying applications over the API.

use latchkey_core::audit::What;
use latchkey_core::roles::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::changes::{named, tag, wrong};
use super::{At, Desk, PIA, SAM, UMA, problem};
use crate::support::http::{Answer, ROTA};

const PORTERS: &str = "/clients/porters";

async fn platform(desk: &Desk) -> At<'_> {
    desk.administrator(PIA, Role::PlatformAdministrator, "valley").await
}

fn porters() -> Value {
    json!({
        "client_id": "porters", "client_name": "Porters",
        "redirect_uris": ["https://app.example/porters"],
        "latchkey_organisation": "riverside", "latchkey_trusted": true,
    })
}

async fn delete(at: &At<'_>, path: &str) -> u16 {
    at.desk.call(&at.token, Method::DELETE, path, None).await.status
}

fn secret(answer: &Answer) -> String {
    answer.json()["client_secret"].as_str().expect("a secret").to_owned()
}

/// Whether the token endpoint knows an application by this secret.
async fn knows(desk: &Desk, id: &str, secret: &str) -> bool {
    let request = desk.site.http.post(desk.site.url("/oauth2/token")).basic_auth(id, Some(secret));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let body =
        "grant_type=authorization_code&code=x&redirect_uri=https%3A%2F%2Fapp.example%2Fporters";
    let answer = desk.site.send(request.body(body)).await;
    match answer.error().as_str() {
        "invalid_client" => false,
        "invalid_grant" => true,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn an_application_is_added_and_its_secret_told_once() {
    let desk = Desk::open().await;
    let pia = platform(&desk).await;
    let added = pia.post("/clients", porters()).await;
    assert_eq!(added.status, 201, "{added:?}");
    let secret = secret(&added);
    assert!(secret.len() >= 43);
    let shown = pia.get(PORTERS).await;
    assert_eq!(added.json()["application"], shown.json());
    assert!(!shown.body.contains(&secret) && !shown.body.contains("client_secret\""));
    let metadata = shown.json()["metadata"].clone();
    assert_eq!(metadata["redirect_uris"], json!(["https://app.example/porters"]));
    assert_eq!(metadata["token_endpoint_auth_method"], "client_secret_basic");
    assert_eq!(shown.json()["organisation"]["id"], "riverside");
    assert_eq!(shown.json()["service_account"], false);
    assert!(knows(&desk, "porters", &secret).await);
    assert!(!knows(&desk, "porters", "a-secret-of-32-bytes-or-more-that-is-none").await);

    let twice = pia.post("/clients", porters()).await;
    assert_eq!(wrong(&twice), [("client_id".into(), "taken".into())]);
    let unnamed = json!({ "redirect_uris": ["https://app.example/x"] });
    let made = pia.post("/clients", unnamed).await.json();
    assert!(made["application"]["client_id"].as_str().is_some_and(|id| id.len() == 36), "{made}");
}

#[tokio::test]
async fn a_secret_that_was_told_is_not_told_to_the_same_request_again() {
    let desk = Desk::open().await;
    let pia = platform(&desk).await;
    let url = desk.site.url(&format!("{}/clients", latchkey_api::PATH));
    let send = async || {
        let request = desk.site.http.post(&url).bearer_auth(&pia.token);
        let request = request.header("idempotency-key", "one").json(&porters());
        desk.site.send(request).await
    };
    assert_eq!(send().await.status, 201);
    let again = send().await;
    assert_eq!((again.status, &*problem(&again)), (409, "told-once"));
    assert!(!again.body.contains("client_secret"));
}

#[tokio::test]
async fn an_application_is_changed_from_what_it_is_in_full_and_keeps_its_secret() {
    let desk = Desk::open().await;
    let pia = platform(&desk).await;
    let secret = secret(&pia.post("/clients", porters()).await);
    let old = tag(&pia.get(PORTERS).await);
    let other =
        json!({ "redirect_uris": ["https://app.example/porters", "https://app.example/b"] });
    let without = pia.change(Method::PUT, PORTERS, None, other.clone()).await;
    assert_eq!((without.status, &*problem(&without)), (428, "if-match-needed"));
    let changed = pia.change(Method::PUT, PORTERS, Some(&old), other.clone()).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    assert_eq!(changed.json()["name"], "porters", "what is left out takes its default");
    assert_eq!(changed.json()["organisation"], Value::Null);
    assert!(knows(&desk, "porters", &secret).await);
    let stale = pia.change(Method::PUT, PORTERS, Some(&old), other).await;
    assert_eq!((stale.status, &*problem(&stale)), (412, "stale"));
    let renamed = json!({ "client_id": "porter", "redirect_uris": ["https://app.example/b"] });
    let renamed = pia.change_now(Method::PUT, PORTERS, renamed).await;
    assert_eq!(wrong(&renamed), [("client_id".into(), "fixed".into())]);

    let events = desk.site.app.store.view().list_events(10).await.expect("read");
    let told = events.into_iter().find_map(|(_, what)| match what {
        What::ClientChanged { members, .. } => Some(members),
        _ => None,
    });
    let members = ["client_name", "latchkey_organisation", "latchkey_trusted", "redirect_uris"];
    assert_eq!(told.expect("an event"), members);
}

#[tokio::test]
async fn another_secret_takes_the_place_of_the_one_before() {
    let desk = Desk::open().await;
    let pia = platform(&desk).await;
    let first = secret(&pia.post("/clients", porters()).await);
    assert!(knows(&desk, "porters", &first).await);
    let rotated = pia.post(&format!("{PORTERS}/secret"), json!({})).await;
    assert_eq!(rotated.status, 200, "{rotated:?}");
    let second = secret(&rotated);
    assert_ne!(first, second);
    assert!(knows(&desk, "porters", &second).await);
    assert!(!knows(&desk, "porters", &first).await);

    let public = json!({ "client_id": "phone-2", "token_endpoint_auth_method": "none",
        "application_type": "native", "redirect_uris": ["https://app.example/p"] });
    let public = pia.post("/clients", public).await;
    assert_eq!((public.status, public.json().get("client_secret")), (201, None));
    let none = pia.post("/clients/phone-2/secret", json!({})).await;
    assert_eq!((none.status, &*problem(&none)), (409, "no-secret"));
    let secret = json!({ "redirect_uris": ["https://app.example/p"] });
    let made = pia.change_now(Method::PUT, "/clients/phone-2", secret).await;
    assert_eq!(wrong(&made), [("token_endpoint_auth_method".into(), "fixed".into())]);
}

#[tokio::test]
async fn an_application_that_is_removed_is_known_no_more() {
    let desk = Desk::open().await;
    let pia = platform(&desk).await;
    let secret = secret(&pia.post("/clients", porters()).await);
    assert_eq!(delete(&pia, PORTERS).await, 204);
    assert_eq!((delete(&pia, PORTERS).await, pia.get(PORTERS).await.status), (404, 404));
    assert!(!knows(&desk, "porters", &secret).await);
    // One that people were logged in to goes with what it was granted.
    let mut person = desk.site.person();
    let dan = crate::support::http::DAN;
    let tokens = person.tokens(ROTA, dan).await;
    assert_eq!(desk.site.userinfo(&tokens.access).await.status, 200);
    assert_eq!(delete(&pia, "/clients/rota").await, 204);
    assert_eq!(desk.site.userinfo(&tokens.access).await.status, 401);
}

#[tokio::test]
async fn metadata_is_judged_as_documents_are_and_no_secret_is_taken() {
    let desk = Desk::open().await;
    let pia = platform(&desk).await;
    let with = |name: &str, value: Value| {
        let mut metadata = porters();
        metadata[name] = value;
        metadata
    };
    for (name, value, field) in [
        ("client_secret", json!("a-secret-of-my-own-that-is-long-enough"), "client_secret"),
        ("redirect_uris", json!(["http://app.example/porters"]), "redirect_uris"),
        ("redirect_uris", json!([]), "redirect_uris"),
        ("redirect_uri", json!("https://app.example/porters"), ""),
        ("latchkey_trusted", json!("yes"), ""),
        ("latchkey_organisation", json!("nowhere"), "latchkey_organisation"),
        ("client_id", json!("latchkey-console"), "client_id"),
        ("client_id", json!(""), "client_id"),
    ] {
        let answer = pia.post("/clients", with(name, value.clone())).await;
        assert_eq!(wrong(&answer)[0].0, field, "{name} {value}: {answer:?}");
        assert!(!answer.body.contains("of-my-own"), "{answer:?}");
    }
    let large = pia.post("/clients", with("client_name", json!("x".repeat(70_000)))).await;
    assert_eq!(large.status, 413);
    assert_eq!(pia.get(PORTERS).await.status, 404);
}

#[tokio::test]
async fn the_console_is_in_no_list_and_no_way_to_change_it_is_there() {
    let desk = Desk::open().await;
    let pia = platform(&desk).await;
    let ids = named(&pia.get("/clients").await, "client_id");
    assert!(ids.contains(&"rota".to_owned()), "{ids:?}");
    assert!(!ids.contains(&latchkey_console::CLIENT_ID.to_owned()), "{ids:?}");
    let path = format!("/clients/{}", latchkey_console::CLIENT_ID);
    assert_eq!(pia.get(&path).await.status, 404);
    assert_eq!(delete(&pia, &path).await, 404);
    assert_eq!(pia.post(&format!("{path}/secret"), json!({})).await.status, 404);
    let put = json!({ "redirect_uris": ["https://evil.example/cb"] });
    assert_eq!(pia.change(Method::PUT, &path, Some("*"), put).await.status, 404);
}

#[tokio::test]
async fn an_auditor_sees_the_applications_of_their_organisation_and_changes_none() {
    let desk = Desk::open().await;
    let pia = platform(&desk).await;
    let uma = desk.administrator(UMA, Role::Auditor, "riverside").await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    pia.post("/clients", porters()).await;
    assert_eq!(named(&uma.get("/clients").await, "client_id"), ["porters"]);
    assert_eq!(uma.get("/clients/rota").await.status, 404, "the platform's");
    assert_eq!(sam.get("/clients").await.status, 403);
    for at in [&uma, &sam] {
        assert_eq!(at.post("/clients", porters()).await.status, 403);
        assert_eq!(at.change(Method::PUT, PORTERS, Some("*"), porters()).await.status, 403);
        assert_eq!(at.post(&format!("{PORTERS}/secret"), json!({})).await.status, 403);
        assert_eq!(delete(at, PORTERS).await, 403);
    }
    let first = pia.get("/clients?limit=3").await;
    let mut ids = named(&first, "client_id");
    let next = first.json()["next"].as_str().expect("more").to_owned();
    ids.extend(named(&pia.get(&format!("/clients?after={next}")).await, "client_id"));
    let mut sorted = ids.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!((ids.len(), &ids), (8, &sorted), "none twice and none left out");
}
