//! Nothing but a keyboard: help, on the way in and before it.

use std::time::Duration;

use serde_json::{Value, json};

use super::{USE_KEY, enter_with_first_key, log_out, no_autofill, to_log_in};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::{Installation, password};

/// As WebDriver names them (§17.4.2).
const TAB: char = '\u{e004}';
pub(crate) const ENTER: char = '\u{e007}';
/// What help says of another system than the one that the tests run on.
const WINDOWS: &str = "Put the key in and touch it, then choose Reset.";
/// More than any page has places.
const PLACES: usize = 60;

/// What of the page has the focus, by its words, and whether that can be seen.
const FOCUS: &str = r#"
const it = document.activeElement;
if (it === document.body) return null;
const style = getComputedStyle(it);
const words = it.labels?.[0]?.innerText ?? it.innerText;
const ring = style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2;
const box = it.getBoundingClientRect();
return { words: words.trim(), ring: ring && box.width > 0 && box.top >= 0 && box.bottom <= innerHeight };"#;

pub(crate) async fn press(browser: &Browser, key: char) {
    let keys = browser.web().action_chain().send_keys(key.to_string());
    keys.perform().await.expect("a key");
}

async fn focus(browser: &Browser) -> Value {
    browser.run(FOCUS, vec![]).await
}

/// Goes from place to place until the one with these words, each of which has to show.
pub(crate) async fn reach(browser: &Browser, words: &str) {
    let mut passed = Vec::new();
    for _ in 0..PLACES {
        press(browser, TAB).await;
        let at = focus(browser).await;
        // Between the last place and the first is the browser's own.
        if at.is_null() {
            continue;
        }
        assert_eq!(at["ring"], json!(true), "the focus cannot be seen at {at} after {passed:?}");
        if at["words"] == words {
            return;
        }
        passed.push(at["words"].to_string());
    }
    panic!("'{words}' is not among {passed:#?}");
}

/// Goes there and presses Enter.
pub(crate) async fn enter(browser: &Browser, words: &str) {
    reach(browser, words).await;
    press(browser, ENTER).await;
}

// Check 40, its second half.
#[tokio::test]
async fn help_is_reached_and_used_by_the_keyboard_alone_and_the_focus_is_always_seen() {
    let at = Installation::start().await;
    let browser = Browser::start().await;
    to_log_in(&browser, &at.addresses.rota).await;
    enter(&browser, "My key is not working").await;
    browser.until_headed("My key is not working").await;
    reach(&browser, "Skip to the content").await;
    press(&browser, ENTER).await;
    enter(&browser, "I have forgotten its PIN, or it is locked").await;
    browser.until_headed("I have forgotten my PIN").await;
    // The reader's own system is open; another one is opened.
    assert!(!browser.shows(WINDOWS).await);
    enter(&browser, "Windows").await;
    browser.until_shown(WINDOWS).await;

    browser.open(at.at("/help")).await;
    enter(&browser, "Find your local administrator").await;
    browser.until_headed("Find your local administrator").await;
    enter(&browser, "Harbour Clinic").await;
    browser.until_shown("01632 960 118").await;
    enter(&browser, "Get help").await;
    browser.until_headed("Get help").await;
    enter(&browser, "Show a call number").await;
    browser.until_shown("Your call number").await;
    assert!(browser.shows("01632 960 118").await);
}

// Check 40, its first half.
#[tokio::test]
async fn after_ten_wrong_passwords_the_key_logs_in_in_any_browser() {
    let at = Installation::start().await;
    let browser = Browser::start().await;
    let key = browser.plug_in(Authenticator::key()).await;
    enter_with_first_key(&at, &browser, "amy.ward", "Blue key").await;
    log_out(&at, &browser).await;
    let held = key.credential().await;

    let elsewhere = browser.another().await;
    no_autofill(&elsewhere).await;
    to_log_in(&elsewhere, &at.addresses.rota).await;
    let wrong = async |why: &str| {
        elsewhere.fill("User name", "amy.ward").await;
        elsewhere.fill("Password", "not her password").await;
        elsewhere.press("Log in").await;
        elsewhere.until_shown(why).await;
    };
    let (mismatch, wait) = ("That user name and password do not match", "Too many tries.");
    for _ in 0..5 {
        wrong(mismatch).await;
    }
    for seconds in [5, 10, 20, 40, 80] {
        wrong(wait).await;
        at.clock.advance(Duration::from_secs(seconds));
        wrong(mismatch).await;
    }
    at.clock.advance(Duration::from_secs(160));
    wrong(wait).await;
    elsewhere.fill("Password", &password("amy.ward")).await;
    elsewhere.press("Log in").await;
    elsewhere.until_shown("or use your key").await;

    elsewhere.plug_in(Authenticator::key()).await.put(&held).await;
    elsewhere.press(USE_KEY).await;
    elsewhere.until_headed("Hello, Amy Ward").await;
    assert_eq!(elsewhere.text_of("#amr").await, "pop user mfa");
}
