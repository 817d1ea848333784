//! The admin console in a real browser, as those see it who help others: below the provider's own
//! address, and on a host of its own.

mod checks;
mod faults;
mod journey;
mod letters;
mod log_in_test;
mod people;
mod platform;
mod policy;
mod progress;
mod saml;

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use latchkey::actions::codes::issue_pass;
use latchkey::audit::Origin;
use latchkey::config::Console;
use latchkey::oidc::secret_of;
use latchkey_console::{OverHttp, Settings};
use latchkey_core::Clock as _;
use latchkey_core::codes::Pass;
use latchkey_core::roles::Actor;
use latchkey_oidc::Issuer;
use tokio::net::TcpListener;

use crate::browser::{
    enter_with_first_key, happened, log_out, look, no_autofill, set_up, to_log_in, type_password,
};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::Installation;

/// The pass that the server's own command line issues to a first administrator.
async fn first_pass(at: &Installation, username: &str) -> String {
    let person = at.person(username).await.person;
    let origin = Origin { actor: Actor::Cli, address: None, at: at.clock.now() };
    let issued = issue_pass(&at.app, &origin, &person, Pass::SPOKEN).await.expect("issued");
    issued.pass.expose().to_owned()
}

/// Logs Sam in to the console for the first time, with a key that he sets up on the way.
async fn enter(at: &Installation, browser: &Browser, console: &str) {
    browser.open(console).await;
    browser.until_headed("Log in").await;
    type_password(browser, "sam.desk").await;
    browser.until_headed("Call your helpdesk to go on").await;
    browser.press("Use a pass").await;
    browser.fill("Pass", &first_pass(at, "sam.desk").await).await;
    browser.press("Continue").await;
    set_up(browser, "Desk key").await;
    browser.until_at(console).await;
    browser.until_headed("Call").await;
}

/// Finds somebody by typing, and goes to them.
async fn find(browser: &Browser, typed: &str, username: &str) {
    browser.fill("Find a person", typed).await;
    browser.until_shown(username).await;
    let links = format!("//a[.//*[contains(., '{username}')]]");
    let link = browser.web().find(thirtyfour::By::XPath(&links)).await.expect("somebody");
    link.click().await.expect("a click");
    browser.until_shown("Check the caller").await;
}

/// On the page of somebody: checks them, removes a key and issues a pass, which comes back.
async fn remove_and_issue_pass(browser: &Browser, name: &str, key: &str) -> String {
    check_caller(browser).await;
    browser.press("Remove").await;
    browser.until_headed(&format!("Remove ‘{key}’ of {name}")).await;
    click(browser, "#reason").await;
    browser.press("See what will change").await;
    browser.until_shown(&format!("{name} could not log in afterwards")).await;
    browser.press("Do it, and issue a pass").await;
    browser.until_headed(&format!("Pass for {name}")).await;
    let pass = pass_on(browser).await;
    browser.press("Done, hide it").await;
    browser.until_shown("Pass issued").await;
    pass
}

/// On the page of somebody who was checked: issues a pass, which comes back.
async fn issue_pass_to(browser: &Browser, name: &str) -> String {
    browser.press("Issue a pass").await;
    browser.until_headed(&format!("Issue a pass for {name}")).await;
    click(browser, "#reason").await;
    browser.press("See what will change").await;
    browser.until_shown("A pass is shown to you once").await;
    browser.press("Issue the pass").await;
    browser.until_headed(&format!("Pass for {name}")).await;
    let pass = pass_on(browser).await;
    browser.press("Done, hide it").await;
    browser.until_shown("Pass issued").await;
    pass
}

/// On the page of somebody: records the first kind of check.
async fn check_caller(browser: &Browser) {
    click(browser, "#check").await;
    browser.press("Record this check").await;
    browser.until_shown("Caller checked").await;
}

/// The pass that is on an administrator's screen, letter by letter.
async fn pass_on(browser: &Browser) -> String {
    let letters = "return [...document.querySelectorAll('.letters strong')]\
                   .map((it) => it.textContent).join('')";
    browser.element(".letters").await;
    browser.run(letters, vec![]).await.as_str().expect("a pass").to_owned()
}

/// Clicks what a CSS selector names.
async fn click(browser: &Browser, selector: &str) {
    browser.element(selector).await.click().await.expect("a click");
}

/// A picture that would do more than show itself.
const PICTURE: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" id="drawn" viewBox="0 0 44 44"
 width="44" height="44"><script>document.documentElement.id = "ran"; parent.ran = 1</script>
 <path d="M8 38V20a14 14 0 0 1 28 0v18h-8V20a6 6 0 0 0-12 0v18z" fill="#1f4e96"/></svg>"##;

async fn give_northgate_a_picture(at: &Installation) {
    let picture = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, PICTURE);
    let logo = format!(
        "brand = {{ colour = \"#1f4e96\", logo = \"data:image/svg+xml;base64,{picture}\" }}"
    );
    let demo = latchkey_demo::documents::documents(&at.addresses);
    at.apply(&demo.replace("brand = { colour = \"#1f4e96\" }", &logo)).await;
    at.app.forget_organisations();
}

/// That the page's band has the colour of the organisation, and its plate the picture.
async fn is_headed_by_northgate(browser: &Browser) {
    let shown = "const picture = document.querySelector('.top .plate img');\
                 return [getComputedStyle(document.querySelector('.top')).borderTopColor,\
                 picture.complete && picture.naturalWidth, window.ran ?? 0].join()";
    let shown = async || browser.run(shown, vec![]).await == "rgb(31, 78, 150),44,0";
    browser.until("the organisation heads the page", shown).await;
}

#[tokio::test]
async fn somebody_who_lost_their_only_key_is_helped_from_the_first_letter_typed_to_the_pass() {
    let at = Installation::start().await;
    let theirs = Browser::start().await;
    no_autofill(&theirs).await;
    let lost = theirs.plug_in(Authenticator::key()).await;
    enter_with_first_key(&at, &theirs, "amy.ward", "Blue key").await;
    log_out(&at, &theirs).await;
    lost.unplug().await;

    let sams = theirs.another().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    let focused = sams.run("return document.activeElement.id", vec![]).await;
    assert_eq!(focused, "search", "whoever takes a call types at once");
    look(&sams, "console-start").await;
    give_northgate_a_picture(&at).await;
    sams.open(at.at("/admin")).await;
    is_headed_by_northgate(&sams).await;
    look(&sams, "console-headed").await;
    // Opened by itself it is a document, which runs nothing.
    sams.open(at.at("/admin/logo/northgate")).await;
    assert_eq!(sams.run("return document.documentElement.id", vec![]).await, "drawn");
    sams.open(at.at("/admin")).await;
    find(&sams, "amy", "amy.ward").await;
    look(&sams, "console-person").await;
    assert!(!sams.offers("Issue a pass").await, "nobody was checked");

    // Who was found, a check and its button, what, why, see, do: seven clicks, two more for the key.
    click(&sams, "#check").await;
    sams.press("Record this check").await;
    sams.until_shown("Caller checked").await;
    look(&sams, "console-checked").await;
    sams.press("Remove").await;
    sams.until_headed("Remove ‘Blue key’ of Amy Ward").await;
    look(&sams, "console-why").await;
    sams.press("See what will change").await;
    // The browser itself asks for the reason; without one nothing was sent.
    click(&sams, "#reason").await;
    sams.fill("In your words", "On the bus, she says").await;
    sams.fill("Case number", "NG-20418").await;
    sams.press("See what will change").await;
    sams.until_shown("Amy Ward could not log in afterwards").await;
    look(&sams, "console-preview").await;

    // The log-in is too old by now: the key again, and back to the same page, to press again.
    at.clock.advance(Duration::from_secs(6 * 60));
    sams.press("Do it, and issue a pass").await;
    sams.until_headed("Log in").await;
    assert_eq!(at.keys("amy.ward").await.len(), 1, "nothing is done by itself");
    sams.press("Use a passkey or security key").await;
    sams.until_shown("Amy Ward could not log in afterwards").await;
    assert_eq!(at.keys("amy.ward").await.len(), 1, "nothing is done by itself");
    sams.press("Do it, and issue a pass").await;
    sams.until_headed("Pass for Amy Ward").await;
    look(&sams, "console-pass").await;
    assert!(at.keys("amy.ward").await.is_empty());
    let pass = pass_on(&sams).await;
    assert_eq!(pass.len(), 12, "{pass}");
    let left = sams.text_of("[data-left]").await;
    assert!(left.starts_with("9:") || left == "10:00", "{left}");
    sams.press("Done, hide it").await;
    sams.until_shown("‘Blue key’ removed").await;
    sams.until_shown("Pass issued").await;
    assert!(!sams.shows(&pass[..4]).await, "it is shown once");
    look(&sams, "console-receipt").await;

    // It is good for what it says.
    let _new = theirs.plug_in(Authenticator::key()).await;
    to_log_in(&theirs, &at.addresses.rota).await;
    type_password(&theirs, "amy.ward").await;
    theirs.until_headed("Call your helpdesk to go on").await;
    theirs.press("Use a pass").await;
    theirs.fill("Pass", &pass).await;
    theirs.press("Continue").await;
    set_up(&theirs, "Red key").await;
    theirs.until_at(&at.addresses.rota).await;
    assert_eq!(happened(&at, "CredentialRemoved").await, 1);
}

#[tokio::test]
async fn a_caller_who_shows_a_number_sees_who_helps_and_everything_works_by_keyboard_and_in_welsh()
{
    let at = Installation::start().await;
    let theirs = Browser::start().await;
    theirs.open(at.at("/help/get-help")).await;
    theirs.press("Show a call number").await;
    theirs.until_shown("Your call number").await;
    let digits = theirs.text_of(".digits").await;

    let sams = theirs.another().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    sams.fill("Call number", &digits).await;
    sams.press("Look").await;
    sams.until_shown("A screen shows this number").await;
    sams.fill("Find a person", "elin").await;
    sams.until_shown("elin.vaughan").await;
    // From the field to what was found, and in, without a mouse.
    let down = "document.querySelector('#search').focus();\
                document.activeElement.dispatchEvent(new KeyboardEvent('keydown',\
                { key: 'ArrowDown', bubbles: true })); return document.activeElement.tagName";
    assert_eq!(sams.run(down, vec![]).await, "A");
    let link = sams.web().active_element().await.expect("a link");
    link.send_keys("\u{e007}").await.expect("Enter");
    sams.until_shown("Check the caller").await;
    sams.fill("Case number", "NG-7").await;
    sams.press("Note these numbers").await;
    sams.until_shown("Connected").await;
    look(&sams, "console-connected").await;
    theirs.press("See who is helping me").await;
    theirs.until_shown("Sam Desk is helping you").await;
    theirs.until_shown("NG-7").await;

    sams.press("Cymraeg").await;
    sams.until_shown("Gwirio’r galwr").await;
    look(&sams, "console-welsh").await;
    sams.press("Yr hyn y gallwch ei wneud").await;
    sams.until_headed("Beth allwch chi ei weld a’i wneud?").await;
    look(&sams, "console-can-welsh").await;
    sams.press("Allgofnodi").await;
    sams.until_headed("Rydych wedi allgofnodi").await;
    look(&sams, "console-logged-out").await;
    sams.open(at.at("/admin/can")).await;
    sams.until_headed("Mewngofnodi").await;
}

#[tokio::test]
async fn whoever_is_not_an_administrator_is_shown_nothing_and_nobody_outside_is_there() {
    let at = Installation::start().await;
    let browser = Browser::start().await;
    no_autofill(&browser).await;
    let _key = browser.plug_in(Authenticator::key()).await;
    enter_with_first_key(&at, &browser, "amy.ward", "Blue key").await;
    browser.open(at.at("/admin")).await;
    browser.until_shown("You have no role here.").await;
    look(&browser, "console-no-role").await;
    let sam = at.person("sam.desk").await.person.id;
    browser.open(at.at(&format!("/admin/people/{sam}"))).await;
    browser.until_shown("Go to the start").await;
    assert!(!browser.shows("Sam Desk").await);

    let sams = browser.another().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    let dan = at.person("dan.quay").await.person.id;
    sams.open(at.at(&format!("/admin/people/{dan}"))).await;
    sams.until_headed("There is nobody like that").await;
    look(&sams, "console-nobody").await;
    sams.open(at.at(&format!("/admin/people/{sam}"))).await;
    sams.until_shown("Look after your own keys on your account page").await;
    assert!(!sams.offers("Remove").await && !sams.offers("Issue a pass").await);
}

#[tokio::test]
async fn a_console_on_a_host_of_its_own_reaches_the_api_over_http() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
    let url = format!("http://127.0.0.1:{}", listener.local_addr().expect("bound").port());
    let secret = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(secret.path(), "a-secret-of-the-console-that-nobody-guesses").expect("written");
    let at = Installation::start_with(|config| {
        let origin = Issuer::parse(&url).expect("an origin");
        config.console = Console::Elsewhere { origin, secret_file: secret.path().to_owned() };
    })
    .await;
    let console = latchkey_console::standalone(Settings {
        issuer: at.addresses.issuer.clone(),
        url: url.clone(),
        api: None,
        client_secret: secret_of(secret.path()).expect("a secret"),
        cookie_key: [7; 32],
        theme: Arc::clone(&at.app.theme),
        zone: TimeZone::UTC,
        clock: Arc::clone(&at.app.clock),
        rng: Arc::clone(&at.app.rng),
        transport: Arc::new(OverHttp::new().expect("a client")),
    });
    let console = console.expect("a console");
    tokio::spawn(async move { axum::serve(listener, console).await });

    give_northgate_a_picture(&at).await;
    let browser = Browser::start().await;
    no_autofill(&browser).await;
    let _desk = browser.plug_in(Authenticator::key()).await;
    browser.open(at.at("/admin")).await;
    browser.until_shown("There is no such page").await;
    enter(&at, &browser, &format!("{url}/admin")).await;
    is_headed_by_northgate(&browser).await;
    find(&browser, "amy", "amy.ward").await;
    click(&browser, "#check").await;
    browser.press("Record this check").await;
    browser.until_shown("Caller checked").await;
    // A form that leads to the provider's host, and back.
    browser.press("Supervised enrolment").await;
    click(&browser, "#reason").await;
    browser.press("See what will change").await;
    browser.until_shown("A link is shown to you once").await;
    at.clock.advance(Duration::from_secs(6 * 60));
    browser.press("Make the link").await;
    browser.until_headed("Log in").await;
    browser.press("Use a passkey or security key").await;
    browser.until_shown("A link is shown to you once").await;
    browser.press("Make the link").await;
    browser.until_headed("Link for Amy Ward").await;
    look(&browser, "console-link").await;
    browser.press("Log out").await;
    browser.until_at(&url).await;
    browser.until_headed("You are logged out").await;
}

#[tokio::test]
async fn people_are_listed_added_changed_and_disabled() {
    let at = Installation::start().await;
    let sams = Browser::start().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    sams.press("People").await;
    sams.until_headed("People").await;
    sams.until_shown("amy.ward").await;
    assert!(!sams.shows("dan.quay").await, "he belongs to another organisation");
    look(&sams, "console-people").await;
    sams.press("Add a person").await;
    sams.until_headed("Add a person").await;
    look(&sams, "console-add").await;
    sams.fill("Name", "Gwen <b>Pugh</b>").await;
    sams.fill("User name", "amy.ward").await;
    sams.press("Add the person").await;
    sams.until_shown("Somebody has that user name already").await;
    look(&sams, "console-add-wrong").await;
    sams.fill("User name", "gwen.pugh").await;
    sams.fill("E-mail address", "gwen@northgate.example").await;
    sams.press("Add the person").await;
    sams.until_shown("They have not accepted their invitation").await;
    assert!(at.letters().await.iter().any(|letter| letter.to.contains("gwen@")), "invited");
    sams.press("Change details").await;
    sams.until_headed("Details of Gwen <b>Pugh</b>").await;
    look(&sams, "console-details").await;
    sams.fill("Staff number", "NG 7").await;
    sams.press("Save").await;
    sams.until_shown("staff number NG 7").await;
    sams.press("Disable").await;
    sams.until_headed("Disable Gwen <b>Pugh</b>").await;
    click(&sams, "#reason-leaver").await;
    sams.press("See what will change").await;
    sams.until_shown("They can log in no more").await;
    sams.press("Disable").await;
    sams.until_shown("They are disabled").await;
    look(&sams, "console-disabled").await;
}
