//! The checks that JOURNEYS lists for administrators, from the press in the console to what the
//! person then sees.

use std::time::Duration;

use super::{check_caller, click, enter, find, issue_pass_to};
use crate::browser::{
    enter_with_first_key, happened, log_out, look, no_autofill, set_up, to_log_in, type_password,
};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::{Installation, password};

/// From the log-in page to the field of a pass.
async fn to_pass(at: &Installation, browser: &Browser) {
    to_log_in(browser, &at.addresses.rota).await;
    type_password(browser, "amy.ward").await;
    browser.until_headed("Call your helpdesk to go on").await;
    browser.press("Use a pass").await;
    browser.until_headed("Use a pass").await;
}

async fn type_pass(browser: &Browser, pass: &str) {
    browser.fill("Pass", pass).await;
    browser.press("Continue").await;
}

// Checks 31, 34, 35 and 36.
#[tokio::test]
async fn whose_methods_were_reset_gets_in_with_the_last_pass_only_once_and_only_to_set_up_a_key() {
    let at = Installation::start().await;
    let hers = Browser::start().await;
    no_autofill(&hers).await;
    let lost = hers.plug_in(Authenticator::key()).await;
    enter_with_first_key(&at, &hers, "amy.ward", "Blue key").await;
    log_out(&at, &hers).await;
    lost.unplug().await;
    let sams = hers.another().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    find(&sams, "amy", "amy.ward").await;
    check_caller(&sams).await;

    // The last way in goes only by the press that says so.
    sams.press("Reset enrolment").await;
    sams.until_headed("Reset the enrolment of Amy Ward").await;
    click(&sams, "#reason").await;
    sams.press("See what will change").await;
    sams.until_shown("Amy Ward could not log in afterwards").await;
    look(&sams, "console-reset").await;
    sams.press("Do it without a pass").await;
    sams.until_shown("‘Blue key’ removed").await;
    assert!(at.keys("amy.ward").await.is_empty());

    // Check 31: her password asks for a pass now.
    to_pass(&at, &hers).await;
    let first = issue_pass_to(&sams, "Amy Ward").await;
    at.clock.advance(Duration::from_secs(600));
    type_pass(&hers, &first).await;
    hers.until_shown("The time of that pass ran out").await;

    // His log-in is too old for another one by now: his key again, and on where he was.
    sams.press("Issue a pass").await;
    click(&sams, "#reason").await;
    sams.press("See what will change").await;
    sams.until_headed("Log in").await;
    sams.press("Use a passkey or security key").await;
    sams.until_headed("Issue a pass for Amy Ward").await;
    sams.open(at.at(&format!("/admin/people/{}", at.person("amy.ward").await.person.id))).await;
    // Check 35: the next one voids the one before.
    let voided = issue_pass_to(&sams, "Amy Ward").await;
    let good = issue_pass_to(&sams, "Amy Ward").await;
    type_pass(&hers, &voided).await;
    hers.until_shown("That pass is not right").await;
    assert!(at.keys("amy.ward").await.is_empty());

    // Check 36: it opens no application.
    type_pass(&hers, &good).await;
    hers.until_headed("Set up your security key").await;
    hers.open(at.at("/account")).await;
    hers.until_headed("Log in").await;
    to_pass(&at, &hers).await;
    // Check 34: nor is it good twice.
    type_pass(&hers, &good).await;
    hers.until_shown("That pass was used already").await;

    let last = issue_pass_to(&sams, "Amy Ward").await;
    let _new = hers.plug_in(Authenticator::key()).await;
    type_pass(&hers, &last).await;
    set_up(&hers, "Red key").await;
    hers.until_at(&at.addresses.rota).await;
    // His own first one, the one that opened no application, and the last.
    assert_eq!(happened(&at, "PassUsed").await, 3);
}

/// Elin has an authenticator app, and a role.
const ELIN_HELPS: &str = r#"
[[role]]
person = "elin.vaughan"
role = "local-administrator"
organisation = "northgate"
"#;

// Check 38.
#[tokio::test]
async fn an_administrator_gets_in_by_no_app_and_hands_themselves_nothing() {
    let at = Installation::start().await;
    at.apply(ELIN_HELPS).await;
    let elins = Browser::start().await;
    no_autofill(&elins).await;
    elins.open(at.at("/admin")).await;
    elins.until_headed("Log in").await;
    elins.fill("User name", "elin.vaughan").await;
    elins.fill("Password", &password("elin.vaughan")).await;
    elins.press("Log in").await;
    elins.until_headed("Call your helpdesk to go on").await;
    look(&elins, "console-app-only").await;
    for closed in ["/admin/people", "/account"] {
        elins.open(at.at(closed)).await;
        elins.until_headed("Log in").await;
    }

    // His own page offers nothing, and the addresses of what it would offer do nothing either.
    let sams = elins.another().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    let person = async |username| at.person(username).await.person.id;
    let own = format!("/admin/people/{}", person("sam.desk").await);
    sams.open(at.at(&own)).await;
    sams.until_shown("Look after your own keys on your account page").await;
    assert!(!sams.offers("Issue a pass").await);
    let passes = happened(&at, "PassIssued").await;
    ask_for_pass(&at, &sams, &own).await;
    sams.until_headed("You cannot do this for yourself").await;
    look(&sams, "console-own-pass").await;
    // What another administrator of the same organisation could be handed is not his to hand over.
    ask_for_pass(&at, &sams, &format!("/admin/people/{}", person("elin.vaughan").await)).await;
    sams.until_headed("Somebody above has to do this").await;
    assert_eq!(happened(&at, "PassIssued").await, passes);
}

/// Asks for a pass by its address, whatever the person's page offers.
async fn ask_for_pass(at: &Installation, browser: &Browser, person: &str) {
    browser.open(at.at(&format!("{person}/do/pass"))).await;
    click(browser, "#reason").await;
    browser.press("See what will change").await;
}
