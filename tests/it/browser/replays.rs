//! Answers of a real key, taken off the page that asked for them: sent again, sent late, sent from
//! elsewhere, and made for something else.

use std::time::Duration;

use serde_json::json;

use super::{
    USE_KEY, enter_with_first_key, enter_with_key, happened, log_out, look, no_autofill, refused,
    set_up, to_log_in, type_password,
};
use crate::support::browser::{Authenticator, Browser, Held};
use crate::support::installation::Installation;

const UNKNOWN: &str = "That key is not registered here";

/// Presses the log-in page's button for keys, and keeps the answer on the page.
async fn hold_answer(at: &Installation, browser: &Browser) -> Held {
    to_log_in(browser, &at.addresses.rota).await;
    browser.hold_answers().await;
    browser.press(USE_KEY).await;
    let held = browser.held().await;
    assert_eq!(held.failure, "", "the key answers");
    held
}

#[tokio::test]
async fn an_answer_counts_once_on_its_own_page_and_on_none_after_it() {
    let at = Installation::start().await;
    let browser = Browser::start().await;
    no_autofill(&browser).await;
    let _key = browser.plug_in(Authenticator::key()).await;
    enter_with_first_key(&at, &browser, "amy.ward", "Blue key").await;
    log_out(&at, &browser).await;
    let used = hold_answer(&at, &browser).await;
    browser.send_held().await;
    browser.until_headed("Hello, Amy Ward").await;
    log_out(&at, &browser).await;
    let logins = happened(&at, "LoggedIn").await;

    // Check 14: instead of the answer that the next log-in asked for.
    let asked = hold_answer(&at, &browser).await;
    assert_ne!(asked.options["challenge"], used.options["challenge"]);
    browser.send_instead(&used.credential).await;
    refused(&at, &browser, UNKNOWN).await;
    // Not even what was asked for counts after that: the challenge is gone.
    browser.hold_answers().await;
    browser.press(USE_KEY).await;
    browser.held().await;
    browser.send_instead(&asked.credential).await;
    refused(&at, &browser, UNKNOWN).await;
    assert_eq!(happened(&at, "LoggedIn").await, logins);

    // The same form a second time.
    hold_answer(&at, &browser).await;
    browser.send_held_unseen().await;
    assert_eq!(happened(&at, "LoggedIn").await, logins + 1);
    browser.send_held().await;
    browser.until_headed("This log-in is finished").await;
    look(&browser, "log-in-finished").await;
    assert_eq!(happened(&at, "LoggedIn").await, logins + 1);
}

#[tokio::test]
async fn an_answer_after_ten_minutes_is_too_late_and_one_shortly_before_is_not() {
    let at = Installation::start().await;
    let browser = Browser::start().await;
    no_autofill(&browser).await;
    let _key = browser.plug_in(Authenticator::key()).await;
    enter_with_first_key(&at, &browser, "amy.ward", "Blue key").await;
    log_out(&at, &browser).await;

    // Check 15.
    hold_answer(&at, &browser).await;
    at.clock.advance(Duration::from_secs(601));
    browser.send_held().await;
    refused(&at, &browser, "The time for this ran out").await;
    look(&browser, "log-in-late").await;
    browser.press(USE_KEY).await;
    browser.until_headed("Hello, Amy Ward").await;

    log_out(&at, &browser).await;
    hold_answer(&at, &browser).await;
    at.clock.advance(Duration::from_secs(590));
    browser.send_held().await;
    browser.until_headed("Hello, Amy Ward").await;
}

#[tokio::test]
async fn an_answer_counts_only_in_the_browser_that_asked_for_it() {
    let at = Installation::start().await;
    at.apply(THIEF).await;
    let browser = Browser::start().await;
    let elsewhere = browser.another().await;
    for browser in [&browser, &elsewhere] {
        no_autofill(browser).await;
    }
    let _key = browser.plug_in(Authenticator::key()).await;
    enter_with_first_key(&at, &browser, "amy.ward", "Blue key").await;
    log_out(&at, &browser).await;
    let _other_key = elsewhere.plug_in(Authenticator::key()).await;
    to_log_in(&elsewhere, &at.addresses.rota).await;
    elsewhere.fill("User name", "kit.lock").await;
    elsewhere.fill("Password", "magpies like what glitters").await;
    elsewhere.press("Log in").await;
    set_up(&elsewhere, "Own key").await;
    elsewhere.until_at(&at.addresses.rota).await;
    log_out(&at, &elsewhere).await;

    // Check 16: what Amy's key answered on her page, on Kit's in place of his own.
    let amys = hold_answer(&at, &browser).await;
    hold_answer(&at, &elsewhere).await;
    elsewhere.send_instead(&amys.credential).await;
    refused(&at, &elsewhere, UNKNOWN).await;
    // He logs in as himself and nobody else.
    elsewhere.press(USE_KEY).await;
    elsewhere.until_headed("Hello, Kit Lock").await;
    log_out(&at, &elsewhere).await;

    // It still counts where it belongs, and for her.
    browser.send_held().await;
    browser.until_headed("Hello, Amy Ward").await;
}

#[tokio::test]
async fn the_challenge_of_a_registration_logs_nobody_in() {
    let at = Installation::start().await;
    let browser = Browser::start().await;
    let elsewhere = browser.another().await;
    for browser in [&browser, &elsewhere] {
        no_autofill(browser).await;
    }
    // Check 17. Here the way in asks for a first key, which Amy sets up elsewhere meanwhile.
    to_log_in(&browser, &at.addresses.rota).await;
    type_password(&browser, "amy.ward").await;
    ask_to_register(&browser).await;
    let key = elsewhere.plug_in(Authenticator::key()).await;
    enter_with_first_key(&at, &elsewhere, "amy.ward", "Blue key").await;
    let here = browser.plug_in(Authenticator::key()).await;
    here.put(&key.credential().await).await;
    let logins = happened(&at, "LoggedIn").await;

    // The same way, the same person, the same key, and a challenge that is still good.
    let signed = sign_instead(&browser).await;
    browser.web().refresh().await.expect("the page is loaded again");
    browser.until_headed("Now use your key").await;
    browser.hold_answers().await;
    browser.press("Use your security key").await;
    browser.held().await;
    browser.send_instead(&signed.credential).await;
    browser.until_shown("That key is not registered for this account").await;
    browser.until_headed("Now use your key").await;
    assert_eq!(happened(&at, "LoggedIn").await, logins);
    browser.press("Use your security key").await;
    browser.until_headed("Hello, Amy Ward").await;

    // From the account to the log-in page.
    browser.open(at.at("/account/keys/new")).await;
    ask_to_register(&browser).await;
    let signed = sign_instead(&browser).await;
    log_out(&at, &browser).await;
    hold_answer(&at, &browser).await;
    browser.send_instead(&signed.credential).await;
    refused(&at, &browser, UNKNOWN).await;
    enter_with_key(&at, &browser, "").await;
}

/// Lets the page that registers a key ask for a challenge, and go no further.
async fn ask_to_register(browser: &Browser) {
    browser.until_headed("Set up your security key").await;
    browser.hold_answers().await;
    browser.run(SIGN_INSTEAD, vec![]).await;
    browser.press("Set up your security key").await;
    let asked = async || browser.run("return 'sign' in window;", vec![]).await == json!(true);
    browser.until("there is a challenge", asked).await;
}

/// Lets a key that is registered sign that challenge as if it were one of a log-in.
async fn sign_instead(browser: &Browser) -> Held {
    browser.run("window.sign();", vec![]).await;
    let held = browser.held().await;
    assert_eq!(held.failure, "", "the key answers");
    assert!(held.options["pubKeyCredParams"].is_array(), "for a registration: {held:?}");
    assert!(held.credential.contains("signature"), "an assertion: {held:?}");
    held
}

const SIGN_INSTEAD: &str = r#"
navigator.credentials.create = ({ publicKey: { challenge, rp } }) =>
  new Promise((signed) => {
    const publicKey = { challenge, rpId: rp.id, userVerification: "required" };
    window.sign = () => void signed(navigator.credentials.get({ publicKey }));
  });"#;

/// A colleague with a key and bad intentions.
const THIEF: &str = r#"
[[person]]
username = "kit.lock"
organisation = "northgate"
name = "Kit Lock"
password = "magpies like what glitters"
"#;
