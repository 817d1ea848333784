//! A person changes their password and sees where they are logged in.

use serde_json::json;

use super::{enter_with_first_key, look};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::Installation;

/// What is read on a page, line by line, and in which colours: those of the first surface under it.
const PRINTED: &str = r#"
const lines = document.body.innerText.split("\n").map((it) => it.trim()).filter((it) => it);
const surface = (it) => {
  const colour = getComputedStyle(it).backgroundColor;
  return colour === "rgba(0, 0, 0, 0)" && it.parentElement ? surface(it.parentElement) : colour;
};
const shown = [...document.querySelectorAll("h1, .codes li")];
const colours = shown.map((it) => `${getComputedStyle(it).color} on ${surface(it)}`);
return { lines, colours: [...new Set(colours)] };"#;

#[tokio::test]
async fn a_password_is_changed_and_other_sessions_are_seen_and_ended() {
    let at = Installation::start().await;
    let browser = Browser::start().await;
    let _key = browser.plug_in(Authenticator::small_key()).await;
    enter_with_first_key(&at, &browser, "amy.ward", "Blue key").await;
    browser.open(at.at("/account/self-service")).await;
    browser.until_headed("Your account").await;
    look(&browser, "account-self-service-all").await;
    browser.press("Change").await;
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

#[tokio::test]
async fn recovery_codes_are_made_shown_once_and_saved_as_a_file() {
    let at = Installation::start().await;
    at.apply(
        "[[organisation]]\nid = \"northgate\"\nname = \"Northgate Trust\"\npreset = \"hospital\"\n\
         [organisation.policy]\nrollout = \"available\"\ngrace_until = \"2099-12-31\"\n\
         methods = [\"key\", \"passkey\", \"authenticator-app\", \"recovery-code\"]\n",
    )
    .await;
    let browser = Browser::start().await;
    let _key = browser.plug_in(Authenticator::small_key()).await;
    enter_with_first_key(&at, &browser, "amy.ward", "Blue key").await;
    browser.open(at.at("/account/self-service")).await;
    browser.until_headed("Your account").await;
    look(&browser, "account-self-service-codes").await;
    browser.press("Make codes").await;
    browser.until_headed("Recovery codes").await;
    look(&browser, "recovery-codes-none").await;
    browser.press("Make recovery codes").await;
    browser.until_headed("Your recovery codes").await;
    look(&browser, "recovery-codes-made").await;
    let printed = browser.printed(PRINTED).await;
    let codes: Vec<String> =
        browser.text_of(".codes").await.lines().map(|line| line.trim().to_owned()).collect();
    assert_eq!(codes.len(), 10);
    assert_eq!(printed["lines"], json!([&["Your recovery codes".to_owned()][..], &codes].concat()));
    assert_eq!(printed["colours"], json!(["rgb(0, 0, 0) on rgb(255, 255, 255)"]));
    let file = browser.element("a[download]").await.prop("href").await.ok().flatten();
    let file = file.expect("an address");
    assert!(file.starts_with("data:text/plain;charset=utf-8,Recovery%20codes%20of%20amy.ward"));
    let shown = browser.element(".codes code").await.text().await.expect("a code");
    assert!(file.contains(&shown.replace(' ', "%20")), "{shown} in {file}");
    let told = at.letters().await.pop().expect("a letter");
    assert_eq!(told.subject, "New recovery codes were made");
    assert!(!told.plain.contains(&shown), "no letter holds a code");
    browser.press("I have kept them").await;
    browser.until_headed("Your account").await;
    browser.until_shown("You have 10 left.").await;
    browser.press("Make new codes").await;
    browser.until_headed("Recovery codes").await;
    assert!(!browser.shows(&shown).await, "shown once");
    look(&browser, "recovery-codes-left").await;
}
