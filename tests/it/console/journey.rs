//! A locked-out clinician and an administrator, each at a browser of their own, from the click on
//! "Get help" to the log-in with a new key.

use serde_json::json;

use super::{click, enter, pass_on};
use crate::browser::keyboard::{self, ENTER};
use crate::browser::{
    USE_KEY, ask_for_key, enter_with_first_key, happened, log_out, logged_in, look, no_autofill,
    set_up, to_log_in, type_password,
};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::Installation;

/// What the administrator of a call may be asked for.
const MOST_CLICKS: u64 = 12;

/// Counts what a person does in this browser from here on: presses of the mouse, and searches that
/// were begun (letters typed into an empty field).
async fn count(browser: &Browser) {
    let source = r#"
        const more = (what) => sessionStorage.setItem(what, 1 + Number(sessionStorage.getItem(what)));
        addEventListener("pointerdown", (it) => it.isTrusted && more("clicks"), true);
        addEventListener("input", (it) => {
          if (it.isTrusted && it.target.id === "search" && it.target.value.length === 1) more("searches");
        }, true);"#;
    let command = "Page.addScriptToEvaluateOnNewDocument";
    browser.devtools(command, json!({ "source": source })).await;
}

async fn counted(browser: &Browser, what: &str) -> u64 {
    let script = "return Number(sessionStorage.getItem(arguments[0]))";
    browser.run(script, vec![json!(what)]).await.as_u64().expect("a number")
}

/// Clicks into a field and types.
async fn click_and_type(browser: &Browser, label: &str, text: &str) {
    let field = browser.field(label).await;
    field.click().await.expect("a click");
    field.send_keys(text).await.expect("the field takes text");
}

#[tokio::test]
async fn from_get_help_to_the_new_key_an_administrator_needs_twelve_clicks_and_one_search() {
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
    count(&sams).await;
    sams.open(at.at("/admin")).await;

    // She stands at a ward computer without her key.
    to_log_in(&hers, &at.addresses.rota).await;
    type_password(&hers, "amy.ward").await;
    hers.until_shown("Blue key").await;
    hers.press("Get help").await;
    hers.until_headed("Get help").await;
    hers.press("Show a call number").await;
    hers.until_shown("Your call number").await;
    let number = hers.text_of(".digits").await;

    // He asks for the number and the name, and calls her back.
    click_and_type(&sams, "Call number", &number).await;
    sams.press("Look").await;
    sams.until_shown("A screen shows this number").await;
    let search = sams.web().active_element().await.expect("an element");
    search.send_keys("amy").await.expect("what has the focus is the search");
    sams.until_shown("amy.ward").await;
    click(&sams, ".results a").await;
    sams.until_shown("Check the caller").await;
    click_and_type(&sams, "Case number", "NG-20418").await;
    sams.press("Note these numbers").await;
    sams.until_shown("Connected").await;
    hers.press("See who is helping me").await;
    hers.until_shown("Sam Desk is helping you").await;
    hers.until_shown("NG-20418").await;
    click(&sams, "#check").await;
    sams.press("Record this check").await;
    sams.until_shown("Caller checked").await;

    // What is lost goes, and what replaces it comes in the same step.
    sams.press("Remove").await;
    sams.until_headed("Remove ‘Blue key’ of Amy Ward").await;
    click(&sams, "#reason").await;
    sams.press("See what will change").await;
    sams.until_shown("Amy Ward could not log in afterwards").await;
    sams.press("Do it, and issue a pass").await;
    sams.until_headed("Pass for Amy Ward").await;
    let pass = pass_on(&sams).await;
    sams.press("Done, hide it").await;
    sams.until_shown("Pass issued").await;

    // She types it where the page about the call leads, and lands on nothing but the new key.
    let _new = hers.plug_in(Authenticator::key()).await;
    hers.press("Use a pass").await;
    type_password(&hers, "amy.ward").await;
    hers.until_headed("Call your helpdesk to go on").await;
    hers.press("Use a pass").await;
    hers.fill("Pass", &pass).await;
    hers.press("Continue").await;
    set_up(&hers, "Red key").await;
    hers.until_headed("Your account").await;
    hers.press("Log out").await;
    hers.until_shown("logged out").await;
    ask_for_key(&at, &hers, "").await;
    hers.until_headed("Hello, Amy Ward").await;
    assert_eq!(hers.text_of("#amr").await, "pop user mfa");
    assert!(logged_in(&at, &hers).await);

    // He sees it on the screen that he never left, by her name for it, and nothing to cancel.
    sams.until_shown("New key ‘Red key’ set up").await;
    assert!(!sams.offers("Cancel this pass").await, "it was used");
    look(&sams, "console-back-at-work").await;
    let [clicks, searches] = [counted(&sams, "clicks").await, counted(&sams, "searches").await];
    assert!((1..=MOST_CLICKS).contains(&clicks), "{clicks} clicks");
    assert_eq!(searches, 1);
    assert_eq!(happened(&at, "PassUsed").await, 2, "his own first one, and hers");
}

#[tokio::test]
async fn a_whole_call_is_taken_by_the_keyboard_alone_and_the_focus_is_always_seen() {
    let at = Installation::start().await;
    let hers = Browser::start().await;
    no_autofill(&hers).await;
    let lost = hers.plug_in(Authenticator::key()).await;
    enter_with_first_key(&at, &hers, "amy.ward", "Blue key").await;
    lost.unplug().await;
    let sams = hers.another().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    count(&sams).await;
    sams.open(at.at("/admin")).await;

    let type_text = async |text: &str| {
        let keys = sams.web().action_chain().send_keys(text);
        keys.perform().await.expect("keys");
    };
    type_text("amy").await;
    sams.until_shown("amy.ward").await;
    keyboard::press(&sams, '\u{e015}').await;
    keyboard::press(&sams, ENTER).await;
    sams.until_shown("Check the caller").await;
    keyboard::reach(&sams, "Case number").await;
    type_text("NG-1").await;
    keyboard::enter(&sams, "Note these numbers").await;
    sams.until_shown("Case NG-1").await;
    let first = sams.text_of("label[for=check]").await;
    keyboard::reach(&sams, &first).await;
    type_text(" ").await;
    keyboard::enter(&sams, "Record this check").await;
    sams.until_shown("Caller checked").await;
    keyboard::enter(&sams, "Remove").await;
    sams.until_headed("Remove ‘Blue key’ of Amy Ward").await;
    let first = sams.text_of("label[for=reason]").await;
    keyboard::reach(&sams, &first).await;
    type_text(" ").await;
    keyboard::enter(&sams, "See what will change").await;
    sams.until_shown("Amy Ward could not log in afterwards").await;
    keyboard::enter(&sams, "Do it, and issue a pass").await;
    sams.until_headed("Pass for Amy Ward").await;
    assert_eq!(pass_on(&sams).await.len(), 12);
    keyboard::enter(&sams, "Done, hide it").await;
    sams.until_shown("Pass issued").await;
    assert!(at.keys("amy.ward").await.is_empty());
    assert_eq!(counted(&sams, "clicks").await, 0, "no mouse");
}

#[tokio::test]
async fn a_lost_key_that_an_administrator_removed_is_refused_and_the_browser_told_to_forget_it() {
    let at = Installation::start().await;
    let hers = Browser::start().await;
    no_autofill(&hers).await;
    let key = hers.plug_in(Authenticator::key()).await;
    enter_with_first_key(&at, &hers, "amy.ward", "Blue key").await;
    log_out(&at, &hers).await;
    let sams = hers.another().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    super::find(&sams, "amy", "amy.ward").await;
    super::remove_and_issue_pass(&sams, "Amy Ward", "Blue key").await;

    // Check 13.
    to_log_in(&hers, &at.addresses.rota).await;
    hers.press(USE_KEY).await;
    hers.until_shown("That key is not registered here").await;
    hers.until("the browser has forgotten the key", async || key.credentials().await.is_empty())
        .await;
    assert!(!logged_in(&at, &hers).await);
}
