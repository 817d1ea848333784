//! The demo's application that speaks SAML, in front of somebody with a key.

use std::time::Duration;

use super::{USE_KEY, auth_time, logged_in, look, no_autofill, set_up, to_log_in, type_password};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::Installation;

const MFA: &str = "https://refeds.org/profile/mfa";
const MAIL: &str = "[data-attribute='urn:oid:0.9.2342.19200300.100.1.3']";

#[tokio::test]
async fn an_application_that_speaks_saml_opens_with_a_key_and_shows_what_it_was_told() {
    let at = Installation::start().await;
    let browser = Browser::start().await;
    no_autofill(&browser).await;
    let _key = browser.plug_in(Authenticator::key()).await;
    let application = &at.addresses.lab_results;
    to_log_in(&browser, application).await;
    assert!(browser.shows("Lab Results").await, "people see where they are going");
    type_password(&browser, "amy.ward").await;
    set_up(&browser, "Blue key").await;
    browser.until_headed("Hello, Amy Ward").await;
    assert!(browser.address().await.as_str().starts_with(application));
    assert_eq!(browser.text_of("#class").await, MFA);
    assert_eq!(browser.text_of(MAIL).await, "amy@northgate.example");
    look(&browser, "application-saml").await;

    // A new log-in, which the key alone does.
    let before = auth_time(&browser).await;
    at.clock.advance(Duration::from_secs(90));
    browser.press("Ask for a new log-in").await;
    browser.press(USE_KEY).await;
    browser
        .until("there is a new log-in", async || {
            browser.offers("Log out").await && auth_time(&browser).await != before
        })
        .await;
    assert!(auth_time(&browser).await >= before + 90);

    // What the session has counts for two factors, so that nobody is asked.
    browser.press("Ask for two factors").await;
    browser.until_headed("Hello, Amy Ward").await;
    assert_eq!(browser.text_of("#class").await, MFA);

    // Logged out there, logged out here.
    browser.press("Log out").await;
    browser.until_headed("You are logged out of Lab Results").await;
    assert!(!logged_in(&at, &browser).await);
    browser.open(application).await;
    browser.until_shown("Nobody is logged in here").await;

    // And the other way round.
    to_log_in(&browser, application).await;
    browser.press(USE_KEY).await;
    browser.until_headed("Hello, Amy Ward").await;
    browser.open(at.at("/logout")).await;
    browser.press("Log out").await;
    browser.until_headed("You are logged out").await;
    browser.until_shown("Lab Results").await;
    assert!(!logged_in(&at, &browser).await);
    browser.open(application).await;
    browser.until_shown("Nobody is logged in here").await;
}
