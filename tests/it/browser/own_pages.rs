//! A person changes their password and sees where they are logged in.

use super::{enter_with_first_key, look};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::Installation;

#[tokio::test]
async fn a_password_is_changed_and_other_sessions_are_seen_and_ended() {
    let at = Installation::start().await;
    let browser = Browser::start().await;
    let _key = browser.plug_in(Authenticator::small_key()).await;
    enter_with_first_key(&at, &browser, "amy.ward", "Blue key").await;
    browser.open(at.at("/account/self-service")).await;
    browser.until_headed("Your account").await;
    look(&browser, "account-self-service-all").await;
    browser.press("Change password").await;
    browser.until_headed("Change your password").await;
    look(&browser, "change-password").await;
    browser.fill("New password", "password1234").await;
    browser.press("Show password").await;
    assert_eq!(
        browser.element("#new_password").await.prop("type").await.ok().flatten().as_deref(),
        Some("text")
    );
    browser.press("Save password").await;
    browser.until_shown("Many people use that password").await;
    look(&browser, "change-password-known").await;
    browser.fill("New password", "seven grey herons wading").await;
    browser.press("Save password").await;
    browser.until_headed("Where you are logged in").await;
    browser.until_shown("Your password was changed.").await;
    assert!(browser.shows("Chrome on Linux").await || browser.shows("Chromium on Linux").await);
    look(&browser, "sessions").await;
}
