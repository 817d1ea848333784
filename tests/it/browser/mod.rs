//! What people do, in a real browser with keys in software: log in, set keys up and look after
//! them, and what becomes of keys that lie and of answers that are stolen. What no browser would
//! send is tested in `factors`.

mod every_page;
mod first_key;
mod hardware;
pub(crate) mod keyboard;
mod keys;
mod liars;
mod log_in;
mod lost;
mod names;
mod not_me;
mod not_started;
mod other_ways;
mod own_pages;
mod pictures;
mod policy;
mod replays;
mod saml;
mod told;

use serde_json::json;

use crate::support::browser::Browser;
use crate::support::installation::{Installation, password};

/// The model that Chromium's keys in software say they are.
pub(crate) const MODEL: &str = "01020304-0506-0708-0102-030405060708";

/// The button of the log-in page that needs no password.
pub(crate) const USE_KEY: &str = "Use a passkey or security key";

/// A page that is looked at as a whole: axe-core, and pictures under this name.
pub(crate) async fn look(browser: &Browser, name: &str) {
    browser.axe().await;
    browser.shot(name).await;
}

/// Opens an application and goes to the log-in page.
pub(crate) async fn to_log_in(browser: &Browser, application: &str) {
    browser.open(application).await;
    browser.press("Log in").await;
    browser.until_shown("to continue to").await;
}

/// Types user name and password.
pub(crate) async fn type_password(browser: &Browser, username: &str) {
    browser.fill("User name", username).await;
    browser.fill("Password", &password(username)).await;
    browser.press("Log in").await;
}

/// From the page that asks for a first key to the application: sets it up, names it, tries it.
pub(crate) async fn set_up(browser: &Browser, nickname: &str) {
    browser.until_headed("Set up your security key").await;
    browser.press("Set up your security key").await;
    browser.until_headed("Name this key").await;
    browser.fill("Key name", nickname).await;
    browser.press("Save and try it").await;
    browser.until_headed("Now use your key").await;
    browser.press("Use your security key").await;
    browser.until_headed("Your key is ready").await;
    browser.press("Continue").await;
}

/// Opens Rota with a password and sets a first key up on the way.
pub(crate) async fn enter_with_first_key(
    at: &Installation,
    browser: &Browser,
    username: &str,
    key: &str,
) {
    to_log_in(browser, &at.addresses.rota).await;
    type_password(browser, username).await;
    set_up(browser, key).await;
    browser.until_at(&at.addresses.rota).await;
}

/// From here on pages of this browser make no offer by autofill: a key that is plugged in answers
/// such an offer at once, and the page would be gone before anybody reads it.
pub(crate) async fn no_autofill(browser: &Browser) {
    let source = "PublicKeyCredential.isConditionalMediationAvailable = async () => false;";
    let command = "Page.addScriptToEvaluateOnNewDocument";
    browser.devtools(command, json!({ "source": source })).await;
}

/// When somebody logged in, as the application shows it: in seconds since the epoch.
async fn auth_time(browser: &Browser) -> i64 {
    let element = browser.element("#auth-time").await;
    let seconds = element.attr("data-seconds").await.expect("it is there").expect("a time");
    seconds.parse().expect("seconds")
}

/// Logs out at Rota, and at the product with it.
pub(crate) async fn log_out(at: &Installation, browser: &Browser) {
    browser.open(&at.addresses.rota).await;
    browser.press("Log out").await;
    browser.until_at(&format!("{}/logged-out", at.addresses.rota)).await;
}

/// Goes to the log-in page and presses the button for keys, with a user name or without.
pub(crate) async fn ask_for_key(at: &Installation, browser: &Browser, username: &str) {
    to_log_in(browser, &at.addresses.rota).await;
    browser.fill("User name", username).await;
    browser.press(USE_KEY).await;
}

/// Logs in at Rota with nothing but a key.
async fn enter_with_key(at: &Installation, browser: &Browser, username: &str) {
    ask_for_key(at, browser, username).await;
    browser.until_at(&at.addresses.rota).await;
    browser.until_shown("Log out").await;
    assert_eq!(browser.text_of("#amr").await, "pop user mfa");
    assert!(logged_in(at, browser).await);
}

/// The log-in page says why it refuses, and nobody is logged in in this browser.
pub(crate) async fn refused(at: &Installation, browser: &Browser, why: &str) {
    browser.until_shown(why).await;
    browser.until_headed("Log in").await;
    assert!(browser.address().await.as_str().starts_with(&at.at("/login/")));
    assert!(!logged_in(at, browser).await, "somebody is logged in after '{why}'");
}

/// Whether the product knows who sits at this browser.
pub(crate) async fn logged_in(at: &Installation, browser: &Browser) -> bool {
    let address = json!({ "urls": [at.addresses.issuer] });
    let cookies = browser.devtools("Network.getCookies", address).await;
    let cookies = cookies["cookies"].as_array().expect("a list");
    cookies.iter().any(|cookie| cookie["name"] == "latchkey-session")
}

/// How often something is on record, by the name of the audit event.
pub(crate) async fn happened(at: &Installation, what: &str) -> usize {
    let events = at.app.store.view().list_events(1000).await.expect("the database answers");
    events.iter().filter(|(_, event)| format!("{event:?}").starts_with(what)).count()
}
