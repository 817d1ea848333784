//! Keys that do not check, do not sign rightly, were copied or are not what they were.

use super::{
    USE_KEY, ask_for_key, enter_with_first_key, enter_with_key, happened, log_out, look,
    no_autofill, refused, set_up, to_log_in, type_password,
};
use crate::support::browser::{Authenticator, Browser, Faults, VirtualAuthenticator};
use crate::support::installation::Installation;
use latchkey_core::credentials::Cause;

const UNVERIFIED: Faults =
    Faults { bogus_signature: false, not_verified: true, not_present: false };
const ABSENT: Faults = Faults { bogus_signature: false, not_verified: false, not_present: true };
const BOGUS: Faults = Faults { bogus_signature: true, not_verified: false, not_present: false };

/// Amy has registered her key, and has logged out again.
async fn logged_out(
    browser: &Browser,
    authenticator: Authenticator,
) -> (Installation, VirtualAuthenticator<'_>) {
    let at = Installation::start().await;
    no_autofill(browser).await;
    let key = browser.plug_in(authenticator).await;
    enter_with_first_key(&at, browser, "amy.ward", "Blue key").await;
    log_out(&at, browser).await;
    (at, key)
}

#[tokio::test]
async fn a_key_that_checks_no_pin_is_not_registered_and_the_page_says_how_to_set_one() {
    let at = Installation::start().await;
    let browser = Browser::start().await;
    to_log_in(&browser, &at.addresses.rota).await;
    type_password(&browser, "amy.ward").await;
    browser.until_headed("Set up your security key").await;

    // Check 6: most browsers turn such a key away themselves, and do not say why.
    let without_pin = browser.plug_in(Authenticator::key_without_pin()).await;
    browser.press("Set up your security key").await;
    browser.until_shown("Nothing was stored.").await;
    assert!(browser.shows("A key without a PIN, or with a locked one, looks the same").await);
    assert!(without_pin.credentials().await.is_empty());
    assert!(at.keys("amy.ward").await.is_empty());
    without_pin.unplug().await;

    // The server does where the browser lets it through.
    let key = browser.plug_in(Authenticator::key()).await;
    key.set_faults(UNVERIFIED).await;
    browser.press("Set up your security key").await;
    browser.until_shown("This key cannot check a PIN or fingerprint").await;
    assert!(browser.shows("Set a PIN for the key on your computer").await);
    assert!(browser.shows("Nothing was stored.").await);
    look(&browser, "set-up-key-no-pin").await;
    assert!(at.keys("amy.ward").await.is_empty());

    key.set_faults(Faults::default()).await;
    set_up(&browser, "Blue key").await;
    browser.until_headed("Hello, Amy Ward").await;
    assert_eq!(at.keys("amy.ward").await.len(), 1);
}

#[tokio::test]
async fn a_key_that_skipped_its_pin_logs_in_neither_alone_nor_after_the_password() {
    let at = Installation::start().await;
    let browser = Browser::start().await;
    no_autofill(&browser).await;
    let key = browser.plug_in(Authenticator::key()).await;
    enter_with_first_key(&at, &browser, "amy.ward", "Blue key").await;
    let logins = happened(&at, "LoggedIn").await;

    // Check 7.
    key.set_faults(UNVERIFIED).await;
    log_out(&at, &browser).await;
    for username in ["", "amy.ward"] {
        ask_for_key(&at, &browser, username).await;
        refused(&at, &browser, "Your key did not ask for its PIN or fingerprint").await;
    }
    assert!(browser.shows("Set a PIN for the key on your computer").await);
    look(&browser, "log-in-no-pin").await;
    type_password(&browser, "amy.ward").await;
    browser.until_headed("Now use your key").await;
    browser.press("Use your security key").await;
    browser.until_shown("Your key did not ask for its PIN or fingerprint").await;
    browser.until_headed("Now use your key").await;
    assert_eq!(happened(&at, "LoggedIn").await, logins);

    key.set_faults(Faults::default()).await;
    browser.press("Use your security key").await;
    browser.until_headed("Hello, Amy Ward").await;
    assert_eq!(browser.text_of("#amr").await, "pwd pop user mfa");
    log_out(&at, &browser).await;
    enter_with_key(&at, &browser, "").await;
}

#[tokio::test]
async fn a_key_that_nobody_touched_logs_nobody_in() {
    let browser = Browser::start().await;
    let (at, key) = logged_out(&browser, Authenticator::key()).await;

    // Check 8.
    key.set_faults(ABSENT).await;
    for username in ["", "amy.ward"] {
        ask_for_key(&at, &browser, username).await;
        refused(&at, &browser, "Your key did not answer").await;
        // It did answer: the browser's own failures come with advice about PINs.
        assert!(!browser.shows("A key without a PIN").await);
    }

    key.set_faults(Faults::default()).await;
    enter_with_key(&at, &browser, "amy.ward").await;
}

#[tokio::test]
async fn a_bogus_signature_is_refused_in_the_words_for_an_unknown_key() {
    let browser = Browser::start().await;
    let (at, key) = logged_out(&browser, Authenticator::key()).await;

    // Check 9.
    key.set_faults(BOGUS).await;
    ask_for_key(&at, &browser, "").await;
    refused(&at, &browser, "That key is not registered here").await;
    let bogus = browser.text_of("main").await;
    ask_for_key(&at, &browser, "amy.ward").await;
    refused(&at, &browser, "That key is not registered for this account").await;
    key.set_faults(Faults::default()).await;
    let amys = key.credential().await;

    // A credential of this address that the server never heard of. Only such a one may the browser
    // forget.
    key.forget(&amys.credential_id).await;
    browser.run_async(STRANGER, vec![]).await;
    assert_ne!(key.credential().await.credential_id, amys.credential_id);
    ask_for_key(&at, &browser, "").await;
    refused(&at, &browser, "That key is not registered here").await;
    assert_eq!(browser.text_of("main").await, bogus);
    browser.until("the stranger is forgotten", async || key.credentials().await.is_empty()).await;

    key.put(&amys).await;
    enter_with_key(&at, &browser, "").await;
}

#[tokio::test]
async fn a_copy_whose_counter_is_behind_is_refused_and_at_its_second_try_the_key_is_suspended() {
    let at = Installation::start().await;
    let owner = Browser::start().await;
    let thief = owner.another().await;
    for browser in [&owner, &thief] {
        no_autofill(browser).await;
    }
    let key = owner.plug_in(Authenticator::key()).await;
    enter_with_first_key(&at, &owner, "amy.ward", "Blue key").await;
    let held = key.credential().await;
    let copy = thief.plug_in(Authenticator::key()).await;
    copy.put(&held).await;

    // Check 18.
    copy.set_counter(&held.credential_id, 0).await;
    ask_for_key(&at, &thief, "").await;
    refused(&at, &thief, "This key may have been copied").await;
    assert!(thief.shows("Do not use it again, and tell your helpdesk.").await);
    look(&thief, "log-in-copied-key").await;
    assert_eq!(happened(&at, "CounterAlert").await, 1);
    owner.open(at.at("/account/keys")).await;
    owner.until_headed("Manage FIDO2 tokens").await;
    assert!(owner.shows("Stays on this key").await);
    assert!(!owner.shows("Suspended").await);
    // The key itself is ahead, and goes on working.
    log_out(&at, &owner).await;
    enter_with_key(&at, &owner, "").await;

    copy.set_counter(&held.credential_id, 0).await;
    ask_for_key(&at, &thief, "").await;
    refused(&at, &thief, "This key is suspended").await;
    assert_eq!(happened(&at, "CounterAlert").await, 2);
    let suspension = at.keys("amy.ward").await[0].state.suspension();
    assert_eq!(suspension.map(|it| it.cause), Some(Cause::Copied));
    owner.open(at.at("/account/keys")).await;
    owner.until_shown("Suspended").await;
    assert!(owner.shows("It answered in a way that a copied key would.").await);
    look(&owner, "keys-suspended").await;

    // Nor does the key itself log in from now on, and the password lowers nothing.
    log_out(&at, &owner).await;
    ask_for_key(&at, &owner, "").await;
    refused(&at, &owner, "This key is suspended").await;
    type_password(&owner, "amy.ward").await;
    owner.until_headed("Call your helpdesk to go on").await;
}

#[tokio::test]
async fn a_key_that_can_suddenly_be_copied_is_refused() {
    let browser = Browser::start().await;
    let (at, key) = logged_out(&browser, Authenticator::key()).await;
    let id = key.credential().await.credential_id;

    // Check 19.
    key.set_backup(&id, true, false).await;
    ask_for_key(&at, &browser, "amy.ward").await;
    refused(&at, &browser, "This key is not the one that was registered").await;
    assert!(browser.shows("Do not use it again, and tell your helpdesk.").await);
    assert_eq!(happened(&at, "BackupEligibilityChanged").await, 1);
    assert!(!at.keys("amy.ward").await[0].backup_eligible);

    key.set_backup(&id, false, false).await;
    enter_with_key(&at, &browser, "amy.ward").await;
}

#[tokio::test]
async fn a_synced_passkey_that_can_suddenly_not_be_copied_is_refused() {
    let browser = Browser::start().await;
    let (at, passkey) = logged_out(&browser, Authenticator::synced_passkey()).await;
    let id = passkey.credential().await.credential_id;

    passkey.set_backup(&id, false, false).await;
    ask_for_key(&at, &browser, "").await;
    refused(&at, &browser, "This key is not the one that was registered").await;
    assert_eq!(happened(&at, "BackupEligibilityChanged").await, 1);

    // That it is no longer backed up is news, and no reason to refuse.
    passkey.set_backup(&id, true, false).await;
    browser.press(USE_KEY).await;
    browser.until_headed("Hello, Amy Ward").await;
    assert!(!at.keys("amy.ward").await[0].backed_up);
}

/// Registers a key at nobody: the page makes it up.
const STRANGER: &str = r#"
const done = arguments[arguments.length - 1];
navigator.credentials.create({ publicKey: {
  rp: { name: "Latchkey", id: location.hostname },
  user: { id: new Uint8Array(64), name: "stranger", displayName: "Stranger" },
  challenge: new Uint8Array(32), pubKeyCredParams: [{ type: "public-key", alg: -7 }],
  authenticatorSelection: { residentKey: "required", userVerification: "required" },
} }).then(c => done(c.id), e => done(e.name));"#;
