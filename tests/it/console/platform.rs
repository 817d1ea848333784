//! Pages about organisations and the platform, as their administrators see them.

use std::time::Duration;

use latchkey::actions::people::grant_role;
use latchkey::audit::Origin;
use latchkey_core::Clock as _;
use latchkey_core::roles::{Actor, Role};

use super::{check_caller, click, enter, find, issue_pass_to};
use crate::browser::{enter_with_first_key, look, no_autofill};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::Installation;

#[tokio::test]
async fn what_was_done_for_a_case_is_found_again_read_and_taken_away() {
    let at = Installation::start().await;
    let theirs = Browser::start().await;
    no_autofill(&theirs).await;
    let _key = theirs.plug_in(Authenticator::key()).await;
    enter_with_first_key(&at, &theirs, "amy.ward", "Blue key").await;
    let sams = theirs.another().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    find(&sams, "amy", "amy.ward").await;
    check_caller(&sams).await;
    issue_pass_to(&sams, "Amy Ward").await;

    sams.press("Audit").await;
    sams.until_headed("Audit").await;
    look(&sams, "console-audit").await;
    sams.fill("About whom", "amy").await;
    sams.fill("Done by", "sam desk").await;
    sams.press("Search").await;
    sams.until_shown("Pass issued").await;
    sams.until_shown("local administrator").await;
    assert!(!sams.shows("Key ‘Blue key’ set up").await, "she did that herself");
    click(&sams, ".trail summary").await;
    sams.until_shown("Called back on the number on record").await;
    sams.until_shown("Counts until").await;
    look(&sams, "console-audit-details").await;
    let taken = "return (async () => {\
                 const answer = await fetch(document.querySelector('[download]').href);\
                 return (await answer.text()).split('\\n').filter(Boolean)\
                 .map((line) => JSON.parse(line).kind).join(); })()";
    let kinds = sams.run(taken, vec![]).await;
    assert!(kinds.as_str().is_some_and(|kinds| kinds.contains("pass_issued")), "{kinds}");
    sams.press("Cymraeg").await;
    sams.until_headed("Archwilio").await;
    sams.until_shown("Rhoddwyd pàs").await;

    // Nobody outside is found, and nothing that happened to them.
    let dan = at.person("dan.quay").await.person.id;
    sams.open(at.at(&format!("/admin/audit?ui_locales=en&person={dan}"))).await;
    sams.until_shown("Nothing like that happened").await;
    assert!(!sams.shows("Dan Quay").await);
    sams.open(at.at("/admin/audit?person=dan.quay")).await;
    sams.until_shown("Nobody like that among the people you look after").await;
    look(&sams, "console-audit-nobody").await;
}

#[tokio::test]
async fn a_local_administrator_tells_their_people_whom_to_call_and_they_see_it() {
    let at = Installation::start().await;
    let sams = Browser::start().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    sams.press("Organisations").await;
    sams.until_headed("Organisations").await;
    assert!(!sams.offers("Add an organisation").await, "that is for the platform");
    look(&sams, "console-organisations").await;
    sams.press("Northgate Trust").await;
    sams.until_headed("Northgate Trust").await;
    look(&sams, "console-organisation").await;
    sams.press("Change name and helpdesk").await;
    sams.until_headed("Name and helpdesk of Northgate Trust").await;
    sams.fill("Telephone number", "01632 960 777").await;
    look(&sams, "console-organisation-form").await;
    sams.press("See what will change").await;
    sams.until_shown("How people will see it").await;
    look(&sams, "console-organisation-preview").await;
    at.clock.advance(Duration::from_secs(6 * 60));
    sams.press("Save").await;
    sams.until_headed("Log in").await;
    sams.press("Use a passkey or security key").await;
    sams.until_shown("How people will see it").await;
    sams.press("Save").await;
    sams.until_shown("Saved. People see it at once.").await;
    sams.until_shown("01632 960 777").await;
    let anybody = sams.another().await;
    at.clock.advance(Duration::from_secs(3));
    anybody.open(at.at("/help/get-help?organisation=northgate")).await;
    anybody.until_shown("01632 960 777").await;
    sams.open(at.at("/admin/organisations/new")).await;
    sams.until_headed("Your role does not allow this").await;
}

/// Makes somebody an administrator of the whole platform.
pub(super) async fn promote(at: &Installation, username: &str) {
    let person = at.person(username).await.person;
    let origin = Origin { actor: Actor::Cli, address: None, at: at.clock.now() };
    let role = Role::PlatformAdministrator;
    grant_role(&at.app, &origin, &person, role, Some("northgate")).await.expect("granted");
}

#[tokio::test]
async fn a_platform_administrator_gives_a_role_and_ends_it_but_never_their_own() {
    let at = Installation::start().await;
    let sams = Browser::start().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    sams.press("Roles").await;
    sams.until_headed("Roles").await;
    assert!(!sams.offers("Give a role").await, "that is for the platform");
    promote(&at, "sam.desk").await;
    sams.press("Roles").await;
    sams.until_shown("This is you").await;
    look(&sams, "console-roles").await;
    sams.press("Give a role").await;
    sams.fill("Whom?", "amy").await;
    sams.press("Find").await;
    sams.until_shown("amy.ward").await;
    click(&sams, ".results a").await;
    sams.until_headed("Give Amy Ward a role").await;
    look(&sams, "console-role").await;
    click(&sams, "#role-auditor").await;
    sams.press("See what will change").await;
    sams.until_shown("read who did what, and when").await;
    look(&sams, "console-role-preview").await;
    at.clock.advance(Duration::from_secs(6 * 60));
    sams.press("Give the role").await;
    sams.until_headed("Log in").await;
    sams.press("Use a passkey or security key").await;
    sams.until_shown("read who did what, and when").await;
    assert!(
        !at.person("amy.ward").await.person.standing.administrator,
        "nothing happens by itself"
    );
    sams.press("Give the role").await;
    sams.until_shown("The role is given").await;
    assert!(at.person("amy.ward").await.person.standing.administrator);
    sams.until_shown("Amy Ward").await;
    let ends = "return [...document.querySelectorAll('tr')]\
                .find((row) => row.textContent.includes('Amy Ward')).querySelector('td a').click()";
    sams.run(ends, vec![]).await;
    sams.until_headed("End a role of Amy Ward").await;
    look(&sams, "console-role-end").await;
    sams.press("End the role").await;
    sams.until_shown("The role is ended").await;
    assert!(!at.person("amy.ward").await.person.standing.administrator);
    let own = at.person("sam.desk").await.person.id;
    sams.open(at.at(&format!("/admin/roles/give?person={own}"))).await;
    sams.until_headed("You cannot do this for yourself").await;
}

#[tokio::test]
async fn an_application_is_added_changed_given_another_secret_and_removed() {
    let at = Installation::start().await;
    let sams = Browser::start().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    assert!(!sams.offers("Applications").await, "a local administrator sees none");
    promote(&at, "sam.desk").await;
    sams.open(at.at("/admin/applications")).await;
    sams.until_headed("Applications").await;
    sams.until_shown("rota").await;
    look(&sams, "console-applications").await;
    sams.press("Add an application").await;
    sams.until_shown("What is it?").await;
    look(&sams, "console-application-kinds").await;
    let web = "//a[contains(., 'A web application on a server')]";
    let link = sams.web().find(thirtyfour::By::XPath(web)).await.expect("a kind");
    link.click().await.expect("a click");
    sams.fill("Name", "Porters <b>").await;
    sams.fill("Identifier", "porters/1").await;
    sams.fill("Where people go after they log in", "http://porters.example/cb#x").await;
    sams.press("See what will change").await;
    sams.press("Add the application").await;
    sams.until_shown("Type full https addresses without a #").await;
    look(&sams, "console-application-wrong").await;
    sams.fill("Where people go after they log in", "https://porters.example/cb").await;
    sams.press("See what will change").await;
    sams.until_shown("A secret is made and shown to you once").await;
    look(&sams, "console-application-preview").await;
    sams.press("Add the application").await;
    sams.until_headed("Secret of Porters <b>").await;
    look(&sams, "console-application-secret").await;
    let first = sams.text_of(".facts-of div:last-child code").await;
    assert!(first.len() >= 43, "{first}");
    sams.press("Done, hide it").await;
    sams.until_headed("Porters <b>").await;
    assert!(!sams.shows(&first).await, "it is shown once");
    click(&sams, "main summary").await;
    look(&sams, "console-application").await;
    sams.press("Change it").await;
    sams.fill("Name", "Porters").await;
    sams.press("See what will change").await;
    sams.until_shown("Porters <b>").await;
    sams.press("Save").await;
    sams.until_shown("Saved. It counts within two seconds.").await;
    sams.until_headed("Porters").await;
    sams.press("Make another secret").await;
    sams.until_shown("The old one stops working at once").await;
    sams.press("Make another secret").await;
    sams.until_headed("Secret of Porters").await;
    let second = sams.text_of(".facts-of div:last-child code").await;
    assert_ne!(first, second);
    sams.press("Done, hide it").await;
    sams.press("Remove it").await;
    sams.until_headed("Remove Porters").await;
    look(&sams, "console-application-delete").await;
    at.clock.advance(Duration::from_secs(6 * 60));
    sams.press("Remove the application").await;
    sams.until_headed("Log in").await;
    sams.press("Use a passkey or security key").await;
    sams.until_headed("Remove Porters").await;
    sams.press("Remove the application").await;
    sams.until_shown("The application is gone").await;
    sams.open(at.at("/admin/applications/porters%2F1")).await;
    sams.until_headed("There is nobody like that").await;
}

#[tokio::test]
async fn a_platform_administrator_reads_how_all_is_and_publishes_a_signing_key() {
    let at = Installation::start().await;
    let sams = Browser::start().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    for place in ["Signing keys", "Health"] {
        assert!(!sams.offers(place).await, "{place} is for the platform");
    }
    promote(&at, "sam.desk").await;
    sams.open(at.at("/admin/health")).await;
    sams.until_headed("How this server is").await;
    look(&sams, "console-health").await;
    sams.press("Signing keys").await;
    sams.until_shown("Signs now").await;
    let before = at.app.store.view().list_signing_keys().await.expect("read").len();
    sams.press("Publish a new signing key").await;
    look(&sams, "console-key-new").await;
    click(&sams, "#algorithm-ES256").await;
    sams.press("See what will change").await;
    sams.until_shown("A new ES256 key is published at once").await;
    look(&sams, "console-key-preview").await;
    sams.press("Publish the key").await;
    sams.until_shown("The new key is published").await;
    sams.until_shown("Waits").await;
    look(&sams, "console-keys").await;
    let after = at.app.store.view().list_signing_keys().await.expect("read").len();
    assert_eq!(after, before + 1);
    sams.press("Publish a new signing key").await;
    click(&sams, "#algorithm-ES256").await;
    sams.press("See what will change").await;
    sams.press("Publish the key").await;
    sams.until_shown("A new key waits already").await;

    at.app.keys.saml(&at.app.store, &*at.app.rng, at.clock.now()).await.expect("the first");
    sams.open(at.at("/admin/keys/new")).await;
    click(&sams, "#algorithm-ECDSA-SHA256").await;
    sams.press("See what will change").await;
    sams.until_shown("Applications that speak OpenID Connect notice nothing.").await;
    sams.press("Publish the key").await;
    sams.until_shown("For applications that speak SAML").await;
    let stored = at.app.store.view().list_saml_keys().await.expect("read");
    assert_eq!(stored.len(), 2);
    click(&sams, "section[aria-labelledby=saml] details:last-of-type summary").await;
    sams.until_shown("-----BEGIN CERTIFICATE-----").await;
    look(&sams, "console-keys-saml").await;
    // Health says until when our metadata has to be read again.
    sams.open(at.at("/admin/health")).await;
    sams.until_shown("Another certificate takes over for SAML").await;
    look(&sams, "console-health-saml").await;
    sams.open(at.at("/admin/keys/new")).await;
    click(&sams, "#algorithm-RSA-SHA256").await;
    sams.press("See what will change").await;
    sams.press("Publish the key").await;
    sams.until_shown("A new key waits already").await;
}
