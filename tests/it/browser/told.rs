//! What people are told by letter of what was done in their name, beside what a page says.

use std::time::Duration;

use latchkey::actions::codes::issue_pass;
use latchkey::audit::Origin;
use latchkey_core::Clock as _;
use latchkey_core::codes::Pass;
use latchkey_core::roles::Actor;

use super::other_ways::shows;
use super::{enter_with_first_key, log_out, look, no_autofill, set_up, to_log_in, type_password};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::Installation;

/// What the letters are about, in the order in which they were written.
async fn told(at: &Installation) -> Vec<String> {
    at.letters().await.into_iter().map(|letter| letter.subject).collect()
}

/// Uses the app at "Try another way" on the page that asks for a key.
async fn use_app(at: &Installation, browser: &Browser, secret: &str) {
    browser.until_headed("Now use your key").await;
    browser.element(".ways summary").await.click().await.expect("it opens");
    browser.press("Use your authenticator app").await;
    browser.until_headed("Now use your authenticator app").await;
    browser.fill("Code", &shows(at, secret)).await;
    browser.press("Continue").await;
}

// Check 27.
#[tokio::test]
async fn who_logged_in_by_an_app_shows_a_code_again_before_a_key_is_added_and_gets_a_letter() {
    let at = Installation::start().await;
    let browser = Browser::start().await;
    no_autofill(&browser).await;
    let blue = browser.plug_in(Authenticator::small_key()).await;
    enter_with_first_key(&at, &browser, "amy.ward", "Blue key").await;
    browser.open(at.at("/account/app/new")).await;
    browser.until_headed("Set up an authenticator app").await;
    let secret = browser.text_of(".secret code").await;
    browser.fill("Type the code that the app shows", &shows(&at, &secret)).await;
    browser.press("Turn on the app").await;
    browser.until_shown("Your authenticator app is turned on.").await;
    log_out(&at, &browser).await;
    blue.unplug().await;

    at.clock.advance(Duration::from_secs(60));
    to_log_in(&browser, &at.addresses.rota).await;
    type_password(&browser, "amy.ward").await;
    use_app(&at, &browser, &secret).await;
    browser.until_headed("Hello, Amy Ward").await;
    assert_eq!(browser.text_of("#amr").await, "pwd otp mfa");
    let before = told(&at).await;
    assert_eq!(before, ["A security key was added", "An authenticator app was added"]);

    at.clock.advance(Duration::from_secs(301));
    browser.open(at.at("/account/keys/new")).await;
    browser.until_shown("show that it is you").await;
    use_app(&at, &browser, &secret).await;
    browser.until_headed("Set up your security key").await;
    let _green = browser.plug_in(Authenticator::small_key()).await;
    browser.press("Set up your security key").await;
    browser.until_headed("Name this key").await;
    browser.fill("Key name", "Green key").await;
    browser.press("Save and try it").await;
    browser.until_headed("Try your key").await;
    assert_eq!(at.keys("amy.ward").await.len(), 2);
    let letter = at.letters().await.pop().expect("a letter");
    assert_eq!(letter.subject, "A security key was added");
    assert_eq!(told(&at).await.len(), before.len() + 1);

    // An app adds nothing to whoever has a role.
    at.apply(HELPER).await;
    at.clock.advance(Duration::from_secs(301));
    browser.open(at.at("/account/keys/new")).await;
    browser.until_headed("Now use your key").await;
    browser.element(".ways summary").await.click().await.expect("it opens");
    browser.until_shown("I have none of my keys with me").await;
    assert!(!browser.offers("Use your authenticator app").await);
    look(&browser, "step-up-administrator").await;
    browser.press("Use your security key").await;
    browser.until_headed("Set up your security key").await;
}

// Check 35.
#[tokio::test]
async fn an_expired_pass_opens_nothing_a_new_one_voids_it_and_each_is_told_by_letter() {
    let at = Installation::start().await;
    at.apply(EASTMOOR).await;
    let browser = Browser::start().await;
    no_autofill(&browser).await;
    let _key = browser.plug_in(Authenticator::key()).await;
    let person = at.person("amy.ward").await.person;
    let issue = async || {
        let origin = Origin { actor: Actor::Cli, address: None, at: at.clock.now() };
        issue_pass(&at.app, &origin, &person, Pass::SPOKEN).await.expect("issued").pass
    };
    let late = issue().await;
    at.clock.advance(Pass::SPOKEN);
    to_log_in(&browser, &at.addresses.rota).await;
    type_password(&browser, "amy.ward").await;
    browser.until_headed("Call your helpdesk to go on").await;
    browser.press("Use a pass").await;
    browser.fill("Pass", late.expose()).await;
    browser.press("Continue").await;
    browser.until_shown("The time of that pass ran out").await;
    look(&browser, "use-pass-late").await;

    let voided = issue().await;
    let good = issue().await;
    browser.fill("Pass", voided.expose()).await;
    browser.press("Continue").await;
    browser.until_shown("That pass is not right").await;
    assert!(at.keys("amy.ward").await.is_empty());
    browser.fill("Pass", good.expose()).await;
    browser.press("Continue").await;
    set_up(&browser, "Blue key").await;
    browser.until_headed("Hello, Amy Ward").await;

    let issued = "A one-time pass was issued for you";
    let used = "Your one-time pass was used";
    assert_eq!(told(&at).await, [issued, issued, issued, used, "A security key was added"]);
    for letter in at.letters().await {
        for pass in [&late, &voided, &good] {
            assert!(!letter.plain.contains(pass.expose()) && !letter.html.contains(pass.expose()));
        }
    }
}

/// Amy helps others as well.
const HELPER: &str = r#"
[[role]]
person = "amy.ward"
role = "local-administrator"
organisation = "northgate"
"#;

/// Amy's new organisation, which lets nobody in without a pass.
const EASTMOOR: &str = r#"
[[organisation]]
id = "eastmoor"
name = "Eastmoor Hospice"
preset = "hospital"
policy = { rollout = "available" }

[[person]]
username = "amy.ward"
organisation = "eastmoor"
name = "Amy Ward"
email = "amy@northgate.example"
"#;
