//! Ways in beside a key: an authenticator app, a pass, an invitation, a forgotten password.

use std::process::Command;
use std::time::Duration;

use latchkey::actions::codes::issue_pass;
use latchkey::actions::links;
use latchkey::audit::Origin;
use latchkey_core::Clock as _;
use latchkey_core::codes::Pass;
use latchkey_core::roles::Actor;

use super::{happened, look, no_autofill, to_log_in, type_password};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::Installation;

/// People of a hospital without grace, and one who was never here.
const EASTMOOR: &str = r#"
[[organisation]]
id = "eastmoor"
name = "Eastmoor Hospice"
preset = "hospital"
policy = { rollout = "available" }

[[organisation]]
id = "westmoor"
name = "Westmoor Hospice"
preset = "small"

[[person]]
username = "amy.ward"
organisation = "eastmoor"
name = "Amy Ward"

[[person]]
username = "ivy.lane"
organisation = "westmoor"
name = "Ivy Lane"
email = "ivy@westmoor.example"
"#;

fn operator(at: &Installation) -> Origin {
    Origin { actor: Actor::Cli, address: None, at: at.clock.now() }
}

/// What an app that is not ours shows for a secret.
pub(super) fn shows(at: &Installation, secret: &str) -> String {
    let now = format!("@{}", at.clock.now().seconds());
    let output = Command::new("oathtool")
        .args(["--totp", "--base32", "--now", &now, secret])
        .output()
        .expect("oathtool starts; tests/run installs it");
    String::from_utf8(output.stdout).expect("digits").trim().to_owned()
}

#[tokio::test]
async fn an_app_is_set_up_instead_of_a_key_and_a_used_code_is_refused() {
    let at = Installation::start().await;
    let browser = Browser::start().await;
    no_autofill(&browser).await;
    to_log_in(&browser, &at.addresses.rota).await;
    type_password(&browser, "amy.ward").await;
    browser.until_headed("Set up your security key").await;
    browser.link("Use an authenticator app instead").await.click().await.expect("a click");
    browser.until_headed("Set up an authenticator app").await;
    look(&browser, "set-up-app").await;
    let secret = browser.text_of(".secret code").await;
    let code = shows(&at, &secret);
    browser.fill("Type the code that the app shows", "000000").await;
    browser.press("Turn on the app").await;
    browser.until_shown("That code is not right").await;
    look(&browser, "set-up-app-wrong").await;
    browser.fill("Type the code that the app shows", &code).await;
    browser.press("Turn on the app").await;
    browser.until_headed("Hello, Amy Ward").await;
    assert_eq!(browser.text_of("#amr").await, "pwd otp mfa");

    // Check 26: the code counted once.
    super::log_out(&at, &browser).await;
    to_log_in(&browser, &at.addresses.rota).await;
    type_password(&browser, "amy.ward").await;
    browser.until_headed("Now use your authenticator app").await;
    look(&browser, "use-app").await;
    browser.fill("Code", &code).await;
    browser.press("Continue").await;
    browser.until_shown("was used already").await;
    look(&browser, "use-app-wrong").await;
    at.clock.advance(Duration::from_secs(60));
    browser.fill("Code", &shows(&at, &secret)).await;
    browser.press("Continue").await;
    browser.until_headed("Hello, Amy Ward").await;
    browser.open(at.at("/account/self-service")).await;
    browser.until_shown("Authenticator app").await;
    look(&browser, "self-service-app").await;
}

#[tokio::test]
async fn a_pass_comes_before_enrolment_and_enrolment_before_any_application() {
    let at = Installation::start().await;
    at.apply(EASTMOOR).await;
    let browser = Browser::start().await;
    no_autofill(&browser).await;
    let _key = browser.plug_in(Authenticator::key()).await;

    // Check 2: a password and no pass.
    to_log_in(&browser, &at.addresses.rota).await;
    type_password(&browser, "amy.ward").await;
    browser.until_headed("Call your helpdesk to go on").await;
    look(&browser, "help-needed-pass").await;
    browser.link("Use a pass").await.click().await.expect("a click");
    browser.until_headed("Use a pass").await;
    look(&browser, "use-pass").await;
    browser.fill("Pass", "ABCD EFGH IJKL").await;
    browser.press("Continue").await;
    browser.until_shown("That pass is not right").await;
    look(&browser, "use-pass-wrong").await;

    // Checks 1, 34 and 36.
    let person = at.person("amy.ward").await.person;
    let issued = issue_pass(&at.app, &operator(&at), &person, Pass::SPOKEN).await.expect("issued");
    browser.fill("Pass", issued.pass.expose()).await;
    browser.press("Continue").await;
    browser.until_headed("Set up your security key").await;
    browser.open(at.at("/account")).await;
    browser.until_headed("Log in").await;
    to_log_in(&browser, &at.addresses.rota).await;
    type_password(&browser, "amy.ward").await;
    browser.until_headed("Call your helpdesk to go on").await;
    browser.link("Use a pass").await.click().await.expect("a click");
    browser.fill("Pass", issued.pass.expose()).await;
    browser.press("Continue").await;
    browser.until_shown("That pass was used already").await;

    let again = issue_pass(&at.app, &operator(&at), &person, Pass::SPOKEN).await.expect("issued");
    browser.fill("Pass", again.pass.expose()).await;
    browser.press("Continue").await;
    super::set_up(&browser, "Blue key").await;
    browser.until_headed("Hello, Amy Ward").await;
    assert_eq!(happened(&at, "PassUsed").await, 2);
}

#[tokio::test]
async fn a_pass_is_typed_on_the_first_page_by_who_has_nothing_else() {
    let at = Installation::start().await;
    at.apply(EASTMOOR).await;
    at.apply(
        "[[person]]\nusername = \"kim.vale\"\norganisation = \"eastmoor\"\nname = \"Kim Vale\"\n",
    )
    .await;
    let browser = Browser::start().await;
    no_autofill(&browser).await;
    let _key = browser.plug_in(Authenticator::key()).await;
    to_log_in(&browser, &at.addresses.rota).await;
    look(&browser, "log-in-pass-link").await;
    browser.link("I have a pass from my helpdesk").await.click().await.expect("a click");
    browser.until_headed("Use a pass").await;
    look(&browser, "first-pass").await;
    browser.fill("User name", "kim.vale").await;
    browser.fill("Pass", "ABCD EFGH IJKL").await;
    browser.press("Continue").await;
    browser.until_shown("do not go together").await;
    look(&browser, "first-pass-wrong").await;
    let person = at.person("kim.vale").await.person;
    let issued = issue_pass(&at.app, &operator(&at), &person, Pass::SPOKEN).await.expect("issued");
    browser.fill("Pass", issued.pass.expose()).await;
    browser.press("Continue").await;
    super::set_up(&browser, "Blue key").await;
    browser.until_headed("Hello, Kim Vale").await;
    assert_eq!(browser.text_of("#amr").await, "pop user mfa");
}

#[tokio::test]
async fn an_invitation_leads_from_the_letter_to_the_account() {
    let at = Installation::start().await;
    at.apply(EASTMOOR).await;
    let browser = Browser::start().await;
    no_autofill(&browser).await;
    let _key = browser.plug_in(Authenticator::key()).await;
    let ivy = at.person("ivy.lane").await;
    let issued =
        links::invite(&at.app, &operator(&at), &ivy, &Default::default()).await.expect("asked");
    let issued = issued.expect("she is new");

    browser.open(issued.url.expose()).await;
    browser.until_headed("Welcome, Ivy Lane").await;
    look(&browser, "accept").await;
    browser.fill("New password", "password1234").await;
    browser.press("Continue").await;
    browser.until_shown("There is a problem").await;
    look(&browser, "accept-weak").await;
    browser.fill("New password", "nine grey herons by the weir").await;
    browser.press("Continue").await;
    super::set_up(&browser, "Blue key").await;
    browser.until_headed("Your account").await;

    browser.open(at.at("/forgotten-password")).await;
    browser.until_headed("Forgotten your password?").await;
    look(&browser, "forgotten-password").await;
    browser.fill("User name", "ivy.lane").await;
    browser.press("Send the link").await;
    browser.until_headed("Look in your e-mail").await;
    look(&browser, "forgotten-password-sent").await;
    browser.open(at.at("/link/of-nobody")).await;
    browser.until_headed("This link does not work any more").await;
    look(&browser, "link-over").await;
}
