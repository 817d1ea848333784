//! An administrator tries what a log-in to an application comes to, in the browser they work with.

use latchkey_core::ids::ClientId;

use super::enter;
use super::platform::promote;
use crate::browser::{happened, look, no_autofill, to_log_in};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::Installation;

/// Sam, who looks after the whole platform, on the page of an application.
async fn open_application(at: &Installation, sams: &Browser, id: &str) {
    enter(at, sams, &at.at("/admin")).await;
    promote(at, "sam.desk").await;
    sams.open(at.at(&format!("/admin/applications/{id}"))).await;
}

#[tokio::test]
async fn a_log_in_is_tried_and_what_the_application_would_receive_is_read_claim_by_claim() {
    let at = Installation::start().await;
    let sams = Browser::start().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    open_application(&at, &sams, "ward-notes").await;
    sams.until_headed("Ward Notes").await;
    look(&sams, "console-test-application").await;
    sams.press("Test log-in").await;
    sams.until_headed("Test log-in to Ward Notes").await;
    look(&sams, "console-test-ask").await;
    sams.press("Begin the log-in").await;
    // As he would meet it from the application: he is asked what it may know.
    sams.until_shown("Ward Notes").await;
    sams.press("Allow").await;
    sams.until_headed("Test log-in to Ward Notes").await;
    sams.until_shown("You would be in").await;
    for told in ["Sam Desk", "sam.desk", "preferred_username", "With a security key or passkey"] {
        assert!(sams.shows(told).await, "{told}");
    }
    look(&sams, "console-test-received").await;
    let reached = sams.address().await;
    assert!(reached.as_str().starts_with(&at.at("/admin/applications/ward-notes/test/")));

    // He agreed to nothing, and was at no application.
    let sam = at.person("sam.desk").await.person.id;
    let client = ClientId("ward-notes".into());
    let consent = at.app.store.view().find_consent(sam, &client).await.expect("read");
    assert_eq!(consent, None);
    assert_eq!(happened(&at, "ApplicationOpened { client: ClientId(\"ward-notes\")").await, 0);
    assert_eq!(happened(&at, "LogInTested").await, 1);

    sams.press("Cymraeg").await;
    sams.until_shown("Byddech i mewn").await;
    look(&sams, "console-test-received-welsh").await;
    sams.press("Profi eto").await;
    sams.until_headed("Profi mewngofnodi i Ward Notes").await;
    sams.press("Dechrau mewngofnodi").await;
    sams.press("Peidio â chaniatáu").await;
    sams.until_shown("Ni wnaethoch ei ganiatáu").await;
    look(&sams, "console-test-refused-welsh").await;
}

#[tokio::test]
async fn what_an_application_sends_wrong_is_told_in_words_and_how_to_mend_it() {
    let at = Installation::start().await;
    let sams = Browser::start().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    open_application(&at, &sams, "rota").await;
    sams.press("Test log-in").await;
    let rota = format!("client_id=rota&redirect_uri={}/callback", at.addresses.rota);
    for (request, said, picture) in [
        (
            format!("client_id=rota&redirect_uri={}/callbak&scope=openid", at.addresses.rota),
            "The application sends people to an address that is not registered",
            "console-test-wrong-address",
        ),
        (
            format!("{rota}&response_type=token&scope=openid"),
            "The application asks for something else than a code",
            "console-test-wrong-type",
        ),
    ] {
        sams.fill("What the application sends", &request).await;
        sams.press("Begin the log-in").await;
        sams.until_shown(said).await;
        look(&sams, picture).await;
        let names_both = sams.shows("/callbak").await && sams.shows("Registered here").await;
        assert_eq!(names_both, picture.ends_with("address"), "{picture}");
        sams.press("Test again").await;
    }
    sams.fill("What the application sends", "https://evil.example/?client_id=rota").await;
    sams.press("Begin the log-in").await;
    sams.until_shown("This is not the address of a log-in here").await;
    look(&sams, "console-test-wrong-paste").await;
    // What it may not ask for is left out, and told.
    let whole = format!(
        "{}?{rota}&response_type=code&scope=openid+phone+groups",
        at.at("/oauth2/authorize")
    );
    sams.fill("What the application sends", &whole).await;
    sams.press("Begin the log-in").await;
    sams.until_shown("You would be in").await;
    sams.until_shown("It asks for groups, which does not exist here").await;
    sams.until_shown("It asks for phone, which it may not ask for").await;
    look(&sams, "console-test-hints").await;
    // By its address it begins no second time, and in no other browser.
    let tested = sams.address().await;
    let id = tested.as_str().rsplit('/').next().expect("an identifier").to_owned();
    let begin = at.at(&format!("/oauth2/authorize/test?test={id}"));
    sams.open(&begin).await;
    sams.until_headed("There is no such test").await;
    look(&sams, "no-test").await;
    let theirs = sams.another().await;
    theirs.open(&begin).await;
    theirs.until_headed("There is no such test").await;
    to_log_in(&theirs, &at.addresses.rota).await;
}

#[tokio::test]
async fn whoever_is_not_strong_enough_reads_why_and_a_hostile_name_is_shown_as_it_is() {
    let at = Installation::start().await;
    let sams = Browser::start().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    let hostile = "<b>Strongroom</b>";
    at.apply(&format!(
        "[[client]]\nclient_id = \"strongroom\"\nclient_name = \"{hostile}\"\n\
         client_secret = \"a-secret-of-32-bytes-or-more\"\n\
         redirect_uris = [\"https://strongroom.example/cb\"]\nlatchkey_trusted = true\n\
         latchkey_require_acr = \"phrh\"\n"
    ))
    .await;
    open_application(&at, &sams, "strongroom").await;
    sams.until_headed(hostile).await;
    sams.press("Test log-in").await;
    sams.press("Begin the log-in").await;
    sams.until_headed(&format!("Test log-in to {hostile}")).await;
    sams.until_shown("You cannot log in as strongly as the application needs").await;
    sams.until_shown("With a security key in hardware").await;
    look(&sams, "console-test-unmet").await;
}
