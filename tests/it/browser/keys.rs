//! A person looks after their keys: another one, another name, and one less.

use std::time::Duration;

use super::{enter_with_first_key, look};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::Installation;

const SCRIPT: &str = "<script>alert(1)</script>";

#[tokio::test]
async fn keys_are_added_renamed_and_removed_after_a_fresh_proof_and_the_last_one_stays() {
    let at = Installation::start().await;
    let browser = Browser::start().await;
    let blue = browser.plug_in(Authenticator::small_key()).await;
    enter_with_first_key(&at, &browser, "amy.ward", "Blue key").await;
    browser.open(at.at("/account")).await;
    browser.until_headed("Your account").await;
    look(&browser, "account-profile").await;
    browser.press("Self-Service").await;
    browser.until_shown("1 key works.").await;
    look(&browser, "account-self-service").await;
    browser.press("Manage FIDO2 tokens").await;
    browser.until_headed("Manage FIDO2 tokens").await;

    // Check 4.
    browser.press("Register new token").await;
    browser.until_headed("Set up your security key").await;
    look(&browser, "account-set-up-key").await;
    browser.press("Set up your security key").await;
    browser.until_shown("This key is already on your account").await;
    look(&browser, "account-set-up-key-already").await;
    assert_eq!(at.keys("amy.ward").await.len(), 1);

    // Check 33.
    browser.press("Cancel").await;
    browser.until_headed("Manage FIDO2 tokens").await;
    browser.press("Edit").await;
    browser.until_headed("Rename ‘Blue key’").await;
    look(&browser, "edit-key").await;
    browser.fill("Key name", SCRIPT).await;
    browser.press("Save name").await;
    browser.until_shown(&format!("The key is now called ‘{SCRIPT}’.")).await;
    assert_eq!(browser.text_of(".rows .title span").await, SCRIPT);
    look(&browser, "keys-renamed").await;

    // A spare, with a key of its own in the port.
    blue.unplug().await;
    let _spare = browser.plug_in(Authenticator::small_key()).await;
    browser.press("Register new token").await;
    browser.until_headed("Set up your security key").await;
    browser.press("Set up your security key").await;
    browser.until_headed("Name this key").await;
    browser.fill("Key name", SCRIPT).await;
    browser.press("Save and try it").await;
    browser.until_shown("Another of your keys has this name").await;
    browser.fill("Key name", "Spare").await;
    browser.press("Save and try it").await;
    browser.until_headed("Try your key").await;
    look(&browser, "try-key").await;
    browser.press("Use your security key").await;
    browser.until_headed("Your key is ready").await;
    browser.press("Continue").await;
    browser.until_shown("‘Spare’ was added.").await;

    // Check 28: stale, so a fresh ceremony comes before.
    at.clock.advance(Duration::from_secs(301));
    let list = at.keys("amy.ward").await;
    let blue = list.iter().find(|key| key.nickname.as_str() == SCRIPT).expect("the first key");
    browser.open(at.at(&format!("/account/keys/{}/remove", blue.id))).await;
    browser.until_headed("Now use your key").await;
    assert!(browser.shows("show that it is you").await);
    look(&browser, "step-up").await;
    browser.press("Use your security key").await;
    browser.until_headed(&format!("Remove ‘{SCRIPT}’?")).await;
    look(&browser, "remove-key").await;
    browser.press("Remove").await;
    browser.until_shown(&format!("‘{SCRIPT}’ was removed. It cannot log you in.")).await;
    assert_eq!(at.keys("amy.ward").await.len(), 1);

    // The last one stays.
    browser.press("Remove").await;
    browser.until_headed("You cannot remove ‘Spare’ yet").await;
    look(&browser, "keep-key").await;

    // Nor does a step-up have any other way.
    at.clock.advance(Duration::from_secs(301));
    browser.open(at.at("/account/keys/new")).await;
    browser.until_headed("Now use your key").await;
    browser.element(".ways summary").await.click().await.expect("it opens");
    browser.until_shown("You have set up no other way to log in.").await;
    look(&browser, "another-way").await;
}
