//! An organisation that has not switched keys on, and pages that need no log-in.

use latchkey_store::{Error, Tx};
use latchkey_web::Help;

use super::{look, to_log_in};
use crate::support::browser::Browser;
use crate::support::installation::Installation;

const EASTMOOR: &str = r#"
[[organisation]]
id = "eastmoor"
name = "Eastmoor Hospice"
preset = "hospital"
helpdesk = { name = "Eastmoor reception", phone = "01632 960 200", hours = "Weekdays" }

[[person]]
username = "ivy.lane"
organisation = "eastmoor"
name = "Ivy Lane"
email = "ivy@eastmoor.example"
password = "teapots on every windowsill"

[[person]]
username = "kim.gate"
organisation = "eastmoor"
name = "Kim Gate"
email = "kim@eastmoor.example"
password = "bicycle bells at the gate"

[[role]]
person = "kim.gate"
role = "local-administrator"
organisation = "eastmoor"
"#;

#[tokio::test]
async fn an_organisation_that_has_not_started_says_so_and_takes_note_of_interest() {
    let at = Installation::start().await;
    at.apply(EASTMOOR).await;
    let browser = Browser::start().await;
    to_log_in(&browser, &at.addresses.rota).await;
    browser.fill("User name", "ivy.lane").await;
    browser.fill("Password", "teapots on every windowsill").await;
    browser.press("Log in").await;
    browser.until_headed("Your organisation has not switched on security keys yet").await;
    assert!(browser.shows("Kim Gate").await);
    look(&browser, "not-started").await;
    assert!(at.person("ivy.lane").await.person.interested_at.is_none());
    browser.press("Register interest").await;
    browser.until_shown("Your interest is registered.").await;
    look(&browser, "not-started-registered").await;
    assert!(at.person("ivy.lane").await.person.interested_at.is_some());
    assert!(!browser.offers("Register interest").await);
}

#[tokio::test]
async fn help_is_there_without_a_log_in_and_accessible() {
    let at = Installation::start().await;
    let browser = Browser::start().await;
    to_log_in(&browser, &at.addresses.rota).await;
    browser.link("My key is not working").await;
    browser.open(at.at("/help")).await;
    look(&browser, "help").await;
    for help in Help::ALL {
        browser.open(at.at(&help.url(None))).await;
        look(&browser, &format!("help-{}", help.slug())).await;
        assert!(!browser.shows("There is no such page").await, "{help:?}");
    }
    browser.open(at.at("/help/get-help")).await;
    browser.press("Show a call number").await;
    browser.until_shown("Your call number").await;
    look(&browser, "help-get-help-number").await;
    let digits = browser.text_of(".digits").await;
    let number: String = digits.chars().filter(char::is_ascii_digit).collect();
    let (amy, now) = (at.person("amy.ward").await.person.id, at.app.clock.now());
    let answer =
        async move |tx: &Tx| tx.answer_call(&number, "Sam Desk", Some("NG-20418"), amy, now).await;
    assert!(at.app.store.write::<_, Error, _>(answer).await.expect("the database answers"));
    browser.press("See who is helping me").await;
    browser.until_shown("Sam Desk is helping you").await;
    look(&browser, "help-get-help-answered").await;
    browser.open(at.at("/no-such-page")).await;
    browser.until_shown("There is no such page").await;
    look(&browser, "not-found").await;
}
