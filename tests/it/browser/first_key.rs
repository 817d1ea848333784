//! A first key, from the password to the application, and what stands in the way of one.

use super::{look, to_log_in, type_password};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::Installation;

#[tokio::test]
async fn a_first_key_is_set_up_named_and_tried_on_the_way_to_the_application() {
    let at = Installation::start().await;
    let browser = Browser::start().await;
    browser.open(&at.addresses.rota).await;
    look(&browser, "rota").await;
    to_log_in(&browser, &at.addresses.rota).await;
    look(&browser, "log-in").await;
    browser.fill("User name", "amy.ward").await;
    browser.fill("Password", "not her password").await;
    browser.press("Log in").await;
    browser.until_shown("That user name and password do not match").await;
    look(&browser, "log-in-refused").await;
    type_password(&browser, "amy.ward").await;

    // Check 5: cancelled, and nothing is stored.
    browser.until_headed("Set up your security key").await;
    look(&browser, "set-up-key").await;
    let blue = browser.plug_in(Authenticator::small_key()).await;
    blue.set_verified(false).await;
    browser.press("Set up your security key").await;
    browser.until_shown("Nothing was stored.").await;
    assert!(browser.shows("Your key did not answer").await);
    assert!(browser.shows("A key without a PIN").await);
    look(&browser, "set-up-key-cancelled").await;
    assert!(at.keys("amy.ward").await.is_empty());

    blue.set_verified(true).await;
    browser.press("Set up your security key").await;
    browser.until_headed("Name this key").await;
    look(&browser, "name-key").await;
    // It is on the account before it has a name of its own.
    assert_eq!(at.keys("amy.ward").await.len(), 1);
    browser.fill("Key name", " ").await;
    browser.press("Save and try it").await;
    browser.until_shown("Enter a name for this key").await;
    look(&browser, "name-key-refused").await;
    browser.fill("Key name", "Blue key").await;
    browser.press("Save and try it").await;
    browser.until_headed("Now use your key").await;
    assert!(browser.shows("Blue key").await);
    look(&browser, "use-key").await;
    browser.press("Use your security key").await;
    browser.until_headed("Your key is ready").await;
    assert!(browser.shows("Tried and working").await);
    look(&browser, "key-ready").await;
    browser.press("Continue").await;

    // Check 10.
    browser.until_at(&at.addresses.rota).await;
    browser.until_headed("Hello, Amy Ward").await;
    assert_eq!(browser.text_of("#amr").await, "pwd pop user mfa");
    assert_eq!(browser.text_of("#acr").await, "phr");
    look(&browser, "rota-logged-in").await;

    // Check 3.
    browser.open(at.at("/account/keys")).await;
    for _ in 0..2 {
        browser.until_headed("Manage FIDO2 tokens").await;
        assert!(browser.shows("Blue key").await);
        assert!(browser.text_of("dl.facts").await.contains("Unknown model"));
        assert!(browser.element("dl.facts time").await.is_displayed().await.expect("shown"));
        browser.web().refresh().await.expect("the page is loaded again");
    }

    // An application of somebody else asks before it learns anything.
    browser.open(&at.addresses.ward_notes).await;
    browser.press("Log in").await;
    browser.until_headed("Let Ward Notes see your details?").await;
    look(&browser, "consent").await;
    browser.press("Allow").await;
    browser.until_headed("Hello, Amy Ward").await;
    assert_eq!(browser.text_of("#acr").await, "phr");
}
