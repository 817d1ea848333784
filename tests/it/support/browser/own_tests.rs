//! The harness, against a page of a few lines: when these fail, so does every browser test, and
//! the product is not to blame.

use axum::Router;
use axum::http::header;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use serde_json::json;

use super::authenticator::Faults;
use super::*;

const PAGE: &str = r##"<!doctype html><html lang="en"><head><title>Harness</title></head><body>
<main><h1>Harness</h1>
<form action="/next"><label for="name">User name</label> <input id="name" name="username">
<button>Log <b>in</b></button></form>
<p><a href="#x" aria-label="Get help">?</a></p></main></body></html>"##;

const BAD_PAGE: &str = "<!doctype html><html><body><img src='data:,'><input></body></html>";

const CREATE: &str = r#"
const done = arguments[arguments.length - 1];
navigator.credentials.create({ publicKey: {
  rp: { name: "Harness", id: "localhost" },
  user: { id: new Uint8Array(64), name: "amy", displayName: "Amy" },
  challenge: new Uint8Array(32), timeout: 1000,
  pubKeyCredParams: [{ type: "public-key", alg: -7 }],
  authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
} }).then(c => done(c.toJSON()), e => done(e.name));"#;

const GET: &str = r#"
const done = arguments[arguments.length - 1];
navigator.credentials.get({ mediation: arguments[0], publicKey: {
  challenge: new Uint8Array(32), rpId: "localhost", userVerification: "required",
} }).then(c => done(c.toJSON()), e => done(e.name));"#;

const FORGET: &str = r#"
const done = arguments[arguments.length - 1];
PublicKeyCredential.signalUnknownCredential({ rpId: "localhost", credentialId: arguments[0] })
  .then(done, e => done(e.name));"#;

async fn serve() -> String {
    let strict = [(header::CONTENT_SECURITY_POLICY, "default-src 'none'; form-action 'self'")];
    let router = Router::new()
        .route("/", get(async move || (strict, Html(PAGE)).into_response()))
        .route("/next", get(async || Html("<title>Next</title><h1>Hello</h1>")))
        .route("/bad", get(async || Html(BAD_PAGE)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://localhost:{port}")
}

#[tokio::test]
async fn the_harness_finds_things_by_accessible_name_under_a_strict_policy() {
    let origin = serve().await;
    let browser = Browser::start().await;
    browser.open(&origin).await;
    browser.axe().await;
    browser.shot("harness").await;
    browser.link("Get help").await;
    assert!(!browser.offers("Get lost").await);
    browser.fill("User name", "amy").await;
    assert!(browser.button("Log in").await.is_enabled().await.expect("it is there"));
    browser.press("Log in").await;
    browser.until_at(&format!("{origin}/next")).await;
    browser.until_headed("Hello").await;
    browser.until_shown("Hello").await;
    browser.web().back().await.expect("there is a page before");
    browser.until_headed("Harness").await;
    browser.web().forward().await.expect("there is a page after");
    assert_eq!(browser.address().await.query(), Some("username=amy"));
    // A second browser shares nothing with the first.
    let other = browser.another().await;
    other.open(&origin).await;
    assert_eq!(other.text_of("h1").await, "Harness");
}

#[tokio::test]
#[should_panic(expected = "is not accessible")]
async fn the_harness_reports_what_axe_finds() {
    let origin = serve().await;
    let browser = Browser::start().await;
    browser.open(format!("{origin}/bad")).await;
    browser.axe().await;
}

#[tokio::test]
async fn the_harness_plays_keys_with_all_their_faults() {
    let origin = serve().await;
    let browser = Browser::start().await;
    browser.open(&origin).await;
    let secure = browser.run("return window.isSecureContext", vec![]).await;
    assert_eq!(secure, json!(true), "http://localhost is a secure context");

    let key = browser.plug_in(Authenticator::key()).await;
    let made = browser.run_async(CREATE, vec![]).await;
    let id = made["id"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
    let stored = key.credential().await;
    assert_eq!(stored.rp_id, "localhost");
    assert!(stored.is_resident_credential);
    for mediation in ["optional", "conditional"] {
        let used = browser.run_async(GET, vec![json!(mediation)]).await;
        assert_eq!(used["id"], json!(id), "{mediation}: {used}");
    }

    let before = key.credential().await.sign_count;
    assert!(before > 1, "it counts: {before}");
    key.set_counter(&id, 1).await;
    assert_eq!(key.credential().await.sign_count, 1);
    key.set_backup(&id, true, true).await;
    assert_eq!(flags(&browser).await & 0b1_1000, 0b1_1000, "backup eligible and backed up");
    key.set_faults(Faults { not_verified: true, ..Faults::default() }).await;
    assert_eq!(flags(&browser).await & 0b101, 0b001, "present, not verified");
    key.set_faults(Faults::default()).await;
    let stranger = json!("AAAA");
    browser.run_async(FORGET, vec![stranger]).await;
    assert_eq!(key.credentials().await.len(), 1, "told of a credential that is not here");
    browser.run_async(FORGET, vec![json!(id)]).await;
    browser.until("the credential is forgotten", async || key.credentials().await.is_empty()).await;
    browser.run_async(CREATE, vec![]).await;
    key.set_verified(false).await;
    assert_eq!(browser.run_async(GET, vec![json!("optional")]).await, json!("NotAllowedError"));
    key.unplug().await;
}

#[tokio::test]
async fn the_harness_plays_keys_that_say_no_and_other_kinds() {
    let origin = serve().await;
    let browser = Browser::start().await;
    browser.open(&origin).await;

    let untouched = browser.plug_in(Authenticator::key().untouched()).await;
    assert_eq!(browser.run_async(CREATE, vec![]).await, json!("NotAllowedError"));
    assert!(untouched.credentials().await.is_empty());
    untouched.set_touched(true).await;
    browser.run_async(CREATE, vec![]).await;
    assert!(untouched.credential().await.is_resident_credential);
    untouched.unplug().await;

    let without_pin = browser.plug_in(Authenticator::key_without_pin()).await;
    assert_eq!(browser.run_async(CREATE, vec![]).await, json!("NotAllowedError"));
    without_pin.unplug().await;

    let small = browser.plug_in(Authenticator::small_key()).await;
    browser.run_async(CREATE, vec![]).await;
    assert!(!small.credential().await.is_resident_credential);
    small.unplug().await;

    let synced = browser.plug_in(Authenticator::synced_passkey()).await;
    browser.run_async(CREATE, vec![]).await;
    assert_eq!(synced.credential().await.backup_eligibility, Some(true));
    assert_eq!(flags(&browser).await & 0b1_1000, 0b1_1000);
}

async fn flags(browser: &Browser) -> u8 {
    use base64::Engine as _;
    let used = browser.run_async(GET, vec![json!("optional")]).await;
    let data = used["response"]["authenticatorData"].as_str().unwrap_or_else(|| panic!("{used}"));
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(data).expect("base64url")[32]
}
