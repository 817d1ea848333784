//! What an organisation does not take, and what is left to somebody whose keys were all removed.

use latchkey::actions::codes::issue_pass;
use latchkey::actions::help::{self, Task, Wish};
use latchkey::audit::Origin;
use latchkey_core::Clock as _;
use latchkey_core::audit::Handling;
use latchkey_core::codes::Pass;
use latchkey_core::roles::Actor;

use super::{
    MODEL, enter_with_first_key, happened, log_out, look, no_autofill, set_up, to_log_in,
    type_password,
};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::Installation;

/// Amy's organisation, with grace and one rule more.
fn northgate(rule: &str) -> String {
    format!(
        r#"
[[organisation]]
id = "northgate"
name = "Northgate Trust"
preset = "hospital"
policy = {{ rollout = "available", grace_until = "2099-12-31", {rule} }}
"#
    )
}

/// Goes to the page that sets a first key up, and presses its button under a rule.
async fn try_to_register(rule: &str, authenticator: Authenticator, why: &str) {
    let at = Installation::start().await;
    at.apply(&northgate(rule)).await;
    let browser = Browser::start().await;
    no_autofill(&browser).await;
    to_log_in(&browser, &at.addresses.rota).await;
    type_password(&browser, "amy.ward").await;
    browser.until_headed("Set up your security key").await;
    let _refused = browser.plug_in(authenticator).await;
    browser.press("Set up your security key").await;
    browser.until_shown(why).await;
    assert!(browser.shows("Nothing was stored.").await);
    look(&browser, &format!("set-up-key-{}", rule.split(' ').next().unwrap_or_default())).await;
    assert!(at.keys("amy.ward").await.is_empty());
    assert_eq!(happened(&at, "RegistrationRefused").await, 1, "it is audited");
    assert_eq!(happened(&at, "LoggedIn").await, 0);
}

// Check 20.
#[tokio::test]
async fn a_synced_passkey_is_refused_by_the_name_of_the_rule_where_an_organisation_takes_none() {
    let why = "Your organisation does not allow passkeys that are copied between devices";
    try_to_register("synced_passkeys = false", Authenticator::synced_passkey(), why).await;
}

// Check 21.
#[tokio::test]
async fn a_denied_model_is_refused_and_audited() {
    let why = "is not allowed by your organisation";
    let rule = format!("models_denied = [\"{MODEL}\"]");
    try_to_register(&rule, Authenticator::key(), why).await;
}

// Check 31: that the last one cannot be removed by its owner is shown in `keys`.
#[tokio::test]
async fn whose_last_factor_an_administrator_removed_needs_a_pass_after_the_password_and_is_told() {
    let at = Installation::start().await;
    let browser = Browser::start().await;
    no_autofill(&browser).await;
    let key = browser.plug_in(Authenticator::key()).await;
    enter_with_first_key(&at, &browser, "amy.ward", "Blue key").await;
    log_out(&at, &browser).await;
    let record = at.person("amy.ward").await;
    let amy = record.person.clone();
    let origin = Origin { actor: Actor::Cli, address: None, at: at.clock.now() };
    let wish = Wish {
        task: Task::Reset,
        handling: Handling::default(),
        end_sessions: true,
        pass: None,
        lock_out: true,
    };
    let done = help::run(&at.app, &origin, &record, &wish).await.expect("the database answers");
    assert_eq!(done.expect("reset").effects.removed.len(), 1);
    let letters = at.letters().await;
    let removed = letters.iter().find(|letter| letter.subject == "A security key was removed");
    assert!(removed.is_some_and(|letter| letter.plain.contains("Blue key")), "{letters:?}");

    // Grace is for who never had one.
    let logins = happened(&at, "LoggedIn").await;
    to_log_in(&browser, &at.addresses.rota).await;
    type_password(&browser, "amy.ward").await;
    browser.until_headed("Call your helpdesk to go on").await;
    browser.open(at.at("/account")).await;
    browser.until_headed("Log in").await;
    type_password(&browser, "amy.ward").await;
    browser.until_headed("Call your helpdesk to go on").await;
    assert_eq!(happened(&at, "LoggedIn").await, logins);

    key.unplug().await;
    let _new = browser.plug_in(Authenticator::key()).await;
    let issued = issue_pass(&at.app, &origin, &amy, Pass::SPOKEN).await.expect("issued");
    browser.press("Use a pass").await;
    browser.fill("Pass", issued.pass.expose()).await;
    browser.press("Continue").await;
    set_up(&browser, "Green key").await;
    browser.until_headed("Your account").await;
    assert_eq!(at.keys("amy.ward").await.len(), 1);
}
