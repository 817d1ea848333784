//! A person reports a key lost, on their account and on the way to log in, and finds it again.

use super::{enter_with_first_key, log_out, look, no_autofill, to_log_in, type_password};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::Installation;

#[tokio::test]
async fn a_lost_key_is_refused_until_another_one_reinstates_it() {
    let at = Installation::start().await;
    let browser = Browser::start().await;
    no_autofill(&browser).await;
    let blue = browser.plug_in(Authenticator::small_key()).await;
    enter_with_first_key(&at, &browser, "amy.ward", "Blue key").await;
    blue.unplug().await;
    let _spare = browser.plug_in(Authenticator::small_key()).await;
    browser.open(at.at("/account/keys/new")).await;
    browser.until_headed("Set up your security key").await;
    browser.press("Set up your security key").await;
    browser.until_headed("Name this key").await;
    browser.fill("Key name", "Spare").await;
    browser.press("Save and try it").await;
    browser.until_headed("Try your key").await;

    browser.open(at.at("/account/keys")).await;
    browser.until_headed("Manage FIDO2 tokens").await;
    look(&browser, "keys-two").await;
    browser.press("Report lost").await;
    browser.until_headed("Report ‘Blue key’ lost").await;
    look(&browser, "report-lost").await;
    let ticked = async || browser.element("#end_sessions").await.is_selected().await.expect("told");
    assert!(!ticked().await);
    browser.element("#loss-stolen").await.click().await.expect("a click");
    assert!(ticked().await, "a theft ticks it");
    browser.element("#end_sessions").await.click().await.expect("a click");
    assert!(!ticked().await, "and whoever does not want it takes it out");
    browser.press("Report lost").await;
    browser.until_headed("‘Blue key’ is suspended").await;
    look(&browser, "reported-lost").await;
    browser.open(at.at("/account/keys")).await;
    browser.until_shown("You reported it lost today").await;
    look(&browser, "keys-lost").await;

    // Check 32: another key reinstates it.
    browser.link("I have found it").await.click().await.expect("a click");
    browser.until_headed("Now use your key").await;
    browser.press("Use your security key").await;
    browser.until_headed("Have you found ‘Blue key’?").await;
    look(&browser, "found").await;
    browser.press("I have found it").await;
    browser.until_shown("‘Blue key’ works again.").await;

    // On the way to log in the password is enough, for one thing that is not the last.
    log_out(&at, &browser).await;
    to_log_in(&browser, &at.addresses.rota).await;
    type_password(&browser, "amy.ward").await;
    browser.until_headed("Now use your key").await;
    browser.element(".ways summary").await.click().await.expect("it opens");
    look(&browser, "another-way-lost").await;
    browser.link("Report a key or app lost").await.click().await.expect("a click");
    browser.until_headed("Report something lost").await;
    look(&browser, "report-lost-here").await;
    browser.press("Report lost").await;
    browser.until_headed("‘Blue key’ is suspended").await;
    look(&browser, "reported-lost-here").await;
    browser.link("Go on logging in").await.click().await.expect("a click");
    browser.until_headed("Now use your key").await;
    browser.element(".ways summary").await.click().await.expect("it opens");
    browser.link("Report a key or app lost").await.click().await.expect("a click");
    browser.until_shown("It is your last way to log in.").await;
    look(&browser, "report-lost-here-last").await;
    browser.press("Report lost").await;
    browser.until_headed("Look in your e-mail").await;
    browser.until_shown("you have shown only your password").await;
    look(&browser, "report-lost-here-by-mail").await;
    browser.link("Go on logging in").await.click().await.expect("a click");
    browser.until_headed("Now use your key").await;
    browser.press("Use your security key").await;
    // Through, with one key left.
    browser.until_headed("Add a spare key").await;
}
