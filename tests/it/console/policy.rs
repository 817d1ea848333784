//! Policies, groups and models of keys in the console, as a local administrator sees them.

use std::time::Duration;

use latchkey::actions::people::grant_role;
use latchkey::audit::Origin;
use latchkey_core::Clock as _;
use latchkey_core::policy::Overrides;
use latchkey_core::roles::{Actor, Role};

use super::{click, enter};
use crate::browser::{
    MODEL, enter_with_first_key, happened, log_out, look, no_autofill, to_log_in, type_password,
};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::Installation;

/// What an organisation says.
async fn says(at: &Installation, organisation: &str) -> Overrides {
    let found = at.app.store.view().find_organisation_by_slug(organisation).await;
    found.expect("the database answers").expect("there").overrides
}

/// Answers a setting's page with a day.
async fn choose_day(browser: &Browser, day: &str) {
    let script = "document.querySelector('#value').value = arguments[0]";
    browser.run(script, vec![day.into()]).await;
    browser.press("See who could not log in").await;
}

/// Opens the page of a setting.
async fn change(browser: &Browser, setting: &str) {
    click(browser, &format!("#{setting} .change a")).await;
}

/// Makes a setting stricter for everybody, as the platform may.
async fn demand(at: &Installation, policy: &str) {
    at.apply(&format!("[[platform]]\npolicy = {policy}\n")).await;
}

#[tokio::test]
async fn a_change_is_tried_before_it_is_saved_and_waits_through_a_reload_and_a_log_in() {
    let at = Installation::start().await;
    demand(&at, "{ step_up_minutes = 5, keys_nudged = 2 }").await;
    let sams = Browser::start().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    sams.press("Policy").await;
    sams.until_headed("Policy of Northgate Trust").await;
    sams.until_shown("Set by the platform. You cannot weaken it.").await;
    look(&sams, "policy").await;

    change(&sams, "grace-until").await;
    sams.until_headed("Grace until").await;
    look(&sams, "policy-setting").await;
    // The end of the grace locks out whoever has nothing yet.
    choose_day(&sams, "2020-01-01").await;
    sams.until_headed("Policy of Northgate Trust").await;
    sams.until_shown("1 Jan 2020").await;
    sams.until_shown("1 change is not saved.").await;
    sams.until_shown("In grace, which would end").await;
    sams.until_shown("could still log in").await;
    look(&sams, "policy-changed").await;
    let before = says(&at, "northgate").await;
    sams.open(at.at("/admin/people")).await;
    sams.until_headed("People").await;
    sams.press("Policy").await;
    sams.until_shown("1 change is not saved.").await;

    sams.press("See the names").await;
    sams.until_shown("amy.ward").await;
    sams.until_shown("These 2 are all.").await;
    look(&sams, "policy-who").await;
    let script = "const done = arguments[0];\
                  fetch(document.querySelector('a[href*=\".csv\"]').href)\
                  .then((answer) => answer.text()).then(done)";
    let table = sams.run_async(script, vec![]).await;
    let table = table.as_str().expect("a table").to_owned();
    assert!(table.starts_with("username,") && table.contains("amy.ward,Amy Ward"), "{table}");
    sams.press("Policy").await;

    // A date that locks nobody out is one press away, and saving asks for the key.
    sams.press("Choose another date").await;
    sams.until_headed("Grace until").await;
    choose_day(&sams, "2098-12-31").await;
    sams.until_shown("31 Dec 2098").await;
    change(&sams, "keys-nudged").await;
    sams.until_headed("Keys suggested").await;
    sams.fill("Number of keys", "many").await;
    sams.press("See who could not log in").await;
    sams.until_shown("Write a whole number, such as 2.").await;
    sams.fill("Number of keys", "3").await;
    sams.press("See who could not log in").await;
    sams.until_shown("2 changes are not saved.").await;
    at.clock.advance(Duration::from_secs(6 * 60));
    sams.open(at.at("/admin/policy")).await;
    sams.until_shown("Saving asks you to touch your key.").await;
    look(&sams, "policy-nobody").await;
    sams.press("Save the 2 changes").await;
    sams.until_headed("Log in").await;
    assert_eq!(says(&at, "northgate").await, before, "nothing is saved by itself");
    sams.press("Use a passkey or security key").await;
    sams.until_shown("2 changes are not saved.").await;
    assert_eq!(says(&at, "northgate").await, before, "nothing is saved by itself");
    sams.press("Save the 2 changes").await;
    sams.until_shown("It holds from each person’s next log-in on.").await;
    look(&sams, "policy-saved").await;
    let after = says(&at, "northgate").await;
    assert_eq!(after.grace_until.map(|day| day.to_string()).as_deref(), Some("2098-12-31"));
    assert_eq!(after.keys_nudged, Some(3));
}

#[tokio::test]
async fn locking_people_out_names_the_number_and_what_somebody_else_saved_is_shown_first() {
    let at = Installation::start().await;
    let sams = Browser::start().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    sams.open(at.at("/admin/policy")).await;
    change(&sams, "grace-until").await;
    choose_day(&sams, "2020-01-01").await;
    sams.until_shown("Save and lock out").await;

    // A colleague of theirs is quicker, in another window.
    let record = at.app.store.view().find_organisation_by_slug("northgate").await;
    let record = record.expect("the database answers").expect("there");
    let settings = Overrides { keys_nudged: Some(4), ..record.overrides.clone() };
    let new = latchkey_core::policy::Stated { preset: record.preset, settings };
    let origin = Origin { actor: Actor::Cli, address: None, at: at.clock.now() };
    let changed = latchkey::actions::policies::change(&at.app, &origin, &record, new).await;
    assert!(changed.expect("changed"));
    let save = sams.element(".trial .button.danger").await;
    save.click().await.expect("a click");
    sams.until_shown("Nothing was saved: somebody else saved a change just before you.").await;
    sams.until_shown("Keys suggested: 4 keys").await;
    look(&sams, "policy-stale").await;
    assert_eq!(says(&at, "northgate").await.keys_nudged, Some(4));

    // The number is named on the button, and is what is agreed to.
    let text = sams.text_of(".trial .button.danger").await;
    assert_eq!(text, "Save and lock out 2 people");
    sams.press(&text).await;
    sams.until_shown("It holds from each person’s next log-in on.").await;
    let after = says(&at, "northgate").await;
    assert_eq!(after.grace_until.map(|day| day.to_string()).as_deref(), Some("2020-01-01"));
    assert_eq!(after.keys_nudged, Some(4), "what the other one saved is kept");
}

#[tokio::test]
async fn a_preset_and_lists_are_changed_with_their_own_controls_and_changes_can_be_discarded() {
    let at = Installation::start().await;
    let sams = Browser::start().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    sams.open(at.at("/admin/policy")).await;
    change(&sams, "preset").await;
    sams.until_headed("Preset").await;
    click(&sams, "#value").await;
    sams.press("See who could not log in").await;
    sams.until_shown("Small organisation").await;
    sams.until_shown("Was: Hospital").await;

    change(&sams, "session-limits").await;
    sams.until_headed("Shorter sessions").await;
    sams.fill("Networks", "10.1.0.0/16, nowhere").await;
    sams.fill("Minutes when idle", "15").await;
    sams.press("See who could not log in").await;
    sams.until_shown("‘nowhere’ is no network.").await;
    look(&sams, "policy-limits").await;
    sams.fill("Networks", "10.1.0.0/16").await;
    sams.press("See who could not log in").await;
    sams.until_shown("10.1.0.0/16").await;
    sams.until_shown("15 minutes when idle").await;

    change(&sams, "models-denied").await;
    sams.until_headed("Models denied").await;
    sams.fill("Other models", "2fc0579f-8113-47ea-b116-bb5a8db9202a").await;
    look(&sams, "policy-models").await;
    sams.press("See who could not log in").await;
    sams.until_shown("3 changes are not saved.").await;
    look(&sams, "policy-three").await;
    sams.press("Cymraeg").await;
    sams.until_headed("Polisi Northgate Trust").await;
    look(&sams, "policy-welsh").await;
    sams.press("Gollwng pob un o’r 3 newid").await;
    sams.until_shown("Newidiwch osodiad, a bydd yr ateb yma").await;
    assert!(says(&at, "northgate").await.models_denied.is_none());
}

#[tokio::test]
async fn who_needs_a_model_is_named_and_its_denial_becomes_a_change_of_the_policy() {
    let at = Installation::start().await;
    let theirs = Browser::start().await;
    no_autofill(&theirs).await;
    let _key = theirs.plug_in(Authenticator::key()).await;
    enter_with_first_key(&at, &theirs, "amy.ward", "Blue key").await;
    log_out(&at, &theirs).await;
    let sams = theirs.another().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    sams.press("Key models").await;
    sams.until_headed("Key models of Northgate Trust").await;
    look(&sams, "key-models").await;
    click(&sams, "table a.name").await;
    sams.until_shown("If it were denied at log-in").await;
    sams.until_shown("amy.ward").await;
    look(&sams, "key-model").await;
    sams.press("Deny it at log-in too").await;
    sams.until_headed("Policy of Northgate Trust").await;
    sams.until_shown("2 changes are not saved.").await;
    sams.until_shown("You could not log in yourself.").await;
    sams.until_shown("A key that would no longer do").await;
    look(&sams, "policy-denied").await;
    assert!(says(&at, "northgate").await.models_denied.is_none(), "it is only tried");
}

#[tokio::test]
async fn a_group_is_added_filled_tried_renamed_and_removed() {
    let at = Installation::start().await;
    let sams = Browser::start().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    sams.press("Groups").await;
    sams.until_headed("Groups of Northgate Trust").await;
    look(&sams, "groups").await;
    sams.press("Add a group").await;
    sams.until_headed("Add a group").await;
    sams.fill("Name", "Theatre <b>staff</b>").await;
    look(&sams, "group-add").await;
    sams.press("Add the group").await;
    sams.until_headed("Theatre <b>staff</b>").await;
    sams.fill("Add a member", "amy").await;
    sams.press("Find").await;
    sams.until_shown("amy.ward").await;
    look(&sams, "group-found").await;
    sams.press("Add Amy Ward").await;
    sams.until_shown("1 member").await;

    sams.press("Change what is demanded").await;
    sams.until_headed("What the group Theatre <b>staff</b> demands").await;
    change(&sams, "grace-until").await;
    choose_day(&sams, "2020-01-01").await;
    sams.until_shown("Save and lock out 1 person").await;
    look(&sams, "group-policy").await;
    sams.press("Save and lock out 1 person").await;
    sams.until_shown("It holds from each person’s next log-in on.").await;
    sams.press("Theatre <b>staff</b>").await;
    sams.until_shown("1 Jan 2020").await;
    look(&sams, "group").await;

    sams.press("Rename").await;
    sams.until_headed("Rename ‘Theatre <b>staff</b>’").await;
    sams.fill("Name", "Theatre").await;
    sams.press("Rename the group").await;
    sams.until_headed("Theatre").await;
    sams.press("Take out Amy Ward").await;
    sams.until_shown("Nobody is in it yet.").await;

    // It locks her out by now: she is put in again only when that was said and agreed to.
    let add = async || {
        sams.fill("Add a member", "amy").await;
        sams.press("Find").await;
        sams.until_shown("amy.ward").await;
        sams.press("Add Amy Ward").await;
        sams.until_shown("Amy Ward could not log in tomorrow").await;
    };
    add().await;
    look(&sams, "group-join").await;
    sams.press("Go back").await;
    sams.until_shown("Nobody is in it yet.").await;
    add().await;
    sams.press("Add them all the same").await;
    sams.until_shown("1 member").await;
    sams.press("Take out Amy Ward").await;
    sams.until_shown("Nobody is in it yet.").await;

    sams.press("Remove the group").await;
    sams.until_headed("Remove ‘Theatre’?").await;
    look(&sams, "group-remove").await;
    sams.press("Remove the group").await;
    sams.until_shown("There are no groups yet.").await;
}

#[tokio::test]
async fn whoever_may_only_look_is_offered_no_change_and_nobody_reaches_outside() {
    let at = Installation::start().await;
    let sams = Browser::start().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    for outside in [
        "/admin/policy?organisation=harbour",
        "/admin/policy/set/required?organisation=harbour",
        "/admin/policy/who?organisation=harbour",
        "/admin/policy/who.csv?organisation=harbour",
        "/admin/key-models?organisation=harbour",
        "/admin/groups?organisation=harbour",
        "/admin/groups/harbour/theatre",
        "/admin/policy?organisation=../people",
        "/admin/policy?group=nobody",
    ] {
        sams.open(at.at(outside)).await;
        sams.until_headed("There is nobody like that").await;
    }
    sams.open(at.at("/admin/policy/set/colour")).await;
    sams.until_headed("There is no such page").await;

    // Elin has her key, and reads from now on.
    let elins = sams.another().await;
    no_autofill(&elins).await;
    let _key = elins.plug_in(Authenticator::key()).await;
    enter_with_first_key(&at, &elins, "amy.ward", "Blue key").await;
    let person = at.person("amy.ward").await.person;
    let origin = Origin { actor: Actor::Cli, address: None, at: at.clock.now() };
    let granted = grant_role(&at.app, &origin, &person, Role::Auditor, Some("northgate")).await;
    granted.expect("granted");
    elins.open(at.at("/admin/policy")).await;
    elins.until_headed("Policy of Northgate Trust").await;
    assert!(!elins.offers("Change").await);
    look(&elins, "policy-read").await;
    elins.open(at.at("/admin/policy/set/grace_until")).await;
    elins.until_headed("Grace until").await;
    choose_day(&elins, "2020-01-01").await;
    elins.until_shown("Go to the start").await;
    assert!(says(&at, "northgate").await.grace_until.is_some_and(|day| day.year() > 2020));
}

// Checks 20 and 21.
#[tokio::test]
async fn what_an_administrator_no_longer_allows_is_refused_to_whoever_sets_it_up() {
    let at = Installation::start().await;
    let sams = Browser::start().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    let hers = sams.another().await;
    no_autofill(&hers).await;
    to_log_in(&hers, &at.addresses.rota).await;
    type_password(&hers, "amy.ward").await;
    hers.until_headed("Set up your security key").await;

    sams.open(at.at("/admin/policy")).await;
    change(&sams, "synced-passkeys").await;
    sams.until_headed("Synced passkeys").await;
    let not_allowed = "//label[normalize-space() = 'Not allowed']";
    let label = sams.web().find(thirtyfour::By::XPath(not_allowed)).await.expect("a choice");
    label.click().await.expect("a click");
    sams.press("See who could not log in").await;
    sams.until_shown("1 change is not saved.").await;
    sams.press("Save the change").await;
    sams.until_shown("It holds from each person’s next log-in on.").await;
    let synced = hers.plug_in(Authenticator::synced_passkey()).await;
    hers.press("Set up your security key").await;
    let why = "Your organisation does not allow passkeys that are copied between devices";
    hers.until_shown(why).await;
    synced.unplug().await;

    change(&sams, "models-denied").await;
    sams.until_headed("Models denied").await;
    sams.fill("Other models", MODEL).await;
    sams.press("See who could not log in").await;
    sams.until_shown("1 change is not saved.").await;
    sams.press("Save the change").await;
    sams.until("it is saved", async || says(&at, "northgate").await.models_denied.is_some()).await;
    let _denied = hers.plug_in(Authenticator::key()).await;
    hers.press("Set up your security key").await;
    hers.until_shown("is not allowed by your organisation").await;
    assert!(at.keys("amy.ward").await.is_empty());
    assert_eq!(happened(&at, "RegistrationRefused").await, 2, "both are audited");
}
