//! Logging in with a key and nothing else, and what a key that is gone or too weak leads to.

use std::time::Duration;

use latchkey_store::{Error, Tx};

use super::{
    USE_KEY, auth_time, enter_with_first_key, log_out, look, no_autofill, to_log_in, type_password,
};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::Installation;

#[tokio::test]
async fn a_key_alone_logs_in_by_autofill_by_the_button_and_by_name_and_no_password_is_asked() {
    let at = Installation::start().await;
    let browser = Browser::start().await;
    // Chromium offers by autofill what a device holds itself.
    let _passkey = browser.plug_in(Authenticator::synced_passkey()).await;
    enter_with_first_key(&at, &browser, "amy.ward", "Phone").await;

    // Check 12: the offer in the user name field, which this passkey takes by itself.
    log_out(&at, &browser).await;
    browser.open(&at.addresses.rota).await;
    browser.press("Log in").await;
    browser.until_headed("Hello, Amy Ward").await;
    assert_eq!(browser.text_of("#amr").await, "pop user mfa");
    let logged_in = auth_time(&browser).await;

    // Check 23.
    at.clock.advance(Duration::from_secs(90));
    browser.press("Ask for a log-in of the last minute").await;
    browser
        .until("there is a new log-in", async || {
            browser.offers("Log out").await && auth_time(&browser).await != logged_in
        })
        .await;
    assert!(auth_time(&browser).await >= logged_in + 90);

    // Check 11: without a user name, then with one.
    no_autofill(&browser).await;
    for username in ["", "amy.ward"] {
        log_out(&at, &browser).await;
        to_log_in(&browser, &at.addresses.rota).await;
        browser.fill("User name", username).await;
        browser.press(USE_KEY).await;
        browser.until_headed("Hello, Amy Ward").await;
        assert_eq!(browser.text_of("#amr").await, "pop user mfa");
        assert_eq!(browser.text_of("#acr").await, "phr");
    }
}

#[tokio::test]
async fn a_key_that_an_administrator_removed_leaves_sessions_open_and_logs_in_no_more() {
    let at = Installation::start().await;
    let browser = Browser::start().await;
    no_autofill(&browser).await;
    let key = browser.plug_in(Authenticator::key()).await;
    enter_with_first_key(&at, &browser, "amy.ward", "Blue key").await;

    let held = key.credential().await;
    let removed = at.keys("amy.ward").await[0].id;
    let write = async move |tx: &Tx| tx.delete_credential(removed).await;
    assert!(at.app.store.write::<_, Error, _>(write).await.expect("the database answers"));

    // Check 29: the session goes on. The list of keys tells the browser which ones count.
    browser.open(at.at("/account")).await;
    browser.until_headed("Your account").await;
    browser.open(at.at("/account/keys")).await;
    browser.until_shown("You have no key at present").await;
    look(&browser, "keys-none").await;
    browser
        .until("the browser has forgotten the key", async || key.credentials().await.is_empty())
        .await;

    // Check 13: another browser that still offers the key is told when it is used.
    key.put(&held).await;
    log_out(&at, &browser).await;
    to_log_in(&browser, &at.addresses.rota).await;
    browser.press(USE_KEY).await;
    browser.until_shown("That key is not registered here").await;
    look(&browser, "log-in-unknown-key").await;
    browser
        .until("the browser has forgotten the key", async || key.credentials().await.is_empty())
        .await;

    // A password alone neither logs in nor reopens the way to a first key.
    type_password(&browser, "amy.ward").await;
    browser.until_headed("Call your helpdesk to go on").await;
    look(&browser, "help-needed").await;
}

#[tokio::test]
async fn a_synced_passkey_does_not_do_where_hardware_is_required() {
    let at = Installation::start().await;
    at.apply(VAULT).await;
    let browser = Browser::start().await;
    no_autofill(&browser).await;
    let _passkey = browser.plug_in(Authenticator::synced_passkey()).await;
    browser.open(at.at("/account/keys/new")).await;
    type_password(&browser, "dan.quay").await;
    browser.until_headed("Set up your security key").await;
    browser.press("Set up your security key").await;
    browser.until_headed("Name this key").await;
    assert!(browser.shows("Synced between your devices").await);
    look(&browser, "name-key-synced").await;
    browser.press("Save and try it").await;
    browser.until_headed("Try your key").await;
    browser.press("Use your security key").await;
    browser.until_headed("Your key is ready").await;
    assert!(!browser.shows("Add a spare key").await, "a synced one is no only one");

    // Check 22.
    let address = format!(
        "{}/oauth2/authorize?client_id=vault&response_type=code&scope=openid&state=s&redirect_uri={}/callback\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256",
        at.addresses.issuer, at.addresses.rota
    );
    browser.open(address).await;
    browser.until_headed("Now use your key").await;
    browser.press("Use your security key").await;
    browser
        .until("the application is told", async || {
            browser.address().await.as_str().contains("error=unmet_authentication_requirements")
        })
        .await;
    assert!(browser.address().await.as_str().starts_with(&at.addresses.rota));
}

/// An application for which only attested hardware will do.
const VAULT: &str = r#"
[[client]]
client_id = "vault"
client_name = "Vault"
client_secret = "vault-secret-for-tests-and-nothing-else"
redirect_uris = ["{rota}/callback"]
token_endpoint_auth_method = "client_secret_basic"
grant_types = ["authorization_code"]
response_types = ["code"]
scope = "openid"
latchkey_trusted = true
latchkey_require_acr = "phrh"
"#;
