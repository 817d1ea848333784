//! Many people at once, and what else happens to them, in a real browser.

use std::time::Duration;

use latchkey::documents::import::COLUMNS;
use latchkey::documents::{Documents, Mode};
use latchkey::source::Source;
use latchkey_core::Clock as _;
use latchkey_core::ids::ImportId;
use latchkey_store::{Error, ImportRecord, ImportState, Tx};

use super::{click, enter, find, pass_on, remove_and_issue_pass};
use crate::browser::{
    enter_with_first_key, log_out, look, no_autofill, set_up, to_log_in, type_password,
};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::Installation;

/// Chooses a file with this in it, and sends it.
async fn choose(browser: &Browser, text: &str) {
    let file = tempfile::NamedTempFile::with_suffix(".csv").expect("a file");
    std::fs::write(file.path(), text).expect("written");
    let path = file.path().to_str().expect("a path");
    browser.field("Table").await.send_keys(path).await.expect("chosen");
    browser.press("See what would change").await;
    // The browser reads it when it sends it.
    browser.until_headed("Table for Northgate Trust").await;
}

#[tokio::test]
async fn a_table_is_looked_at_put_right_and_taken_in_without_being_chosen_again() {
    let at = Installation::start().await;
    let sams = Browser::start().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    sams.press("Imports").await;
    sams.until_headed("Import people").await;
    look(&sams, "console-imports").await;
    click(&sams, "summary:not(.menu summary)").await;
    look(&sams, "console-imports-columns").await;

    choose(&sams, "username,name,email\nzoe.new,Zoe New,nowhere\n,<b>Nobody</b>,\n").await;
    sams.until_shown("Something is wrong in the table").await;
    sams.until_shown("2 things are wrong").await;
    look(&sams, "console-import-wrong").await;
    assert!(!sams.offers("Take them in").await);
    sams.press("Choose the file again").await;

    // The table that is offered to begin with is one that is taken.
    let example = "const done = arguments[0]; fetch('/admin/imports/people.csv')\
                   .then((answer) => answer.text()).then(done)";
    let example = sams.run_async(example, vec![]).await.as_str().expect("text").to_owned();
    let header: Vec<&str> = example.lines().next().expect("a header").split(',').collect();
    assert!(header.iter().all(|name| COLUMNS.iter().any(|(known, _)| known == name)), "{header:?}");
    choose(&sams, &example).await;
    sams.until_shown("What would change").await;
    sams.until_shown("Nothing has changed yet").await;
    look(&sams, "console-import-looked").await;
    click(&sams, "#invite").await;

    // The log-in is too old by now: the key again, and back to the same page, to press again.
    at.clock.advance(Duration::from_secs(6 * 60));
    sams.press("Take them in").await;
    sams.until_headed("Log in").await;
    sams.press("Use a passkey or security key").await;
    sams.until_headed("Table for Northgate Trust").await;
    let ticked = sams.run("return document.querySelector('#invite').checked", vec![]).await;
    assert_eq!(ticked, true, "what was ticked is kept");
    sams.press("Take them in").await;
    sams.until_shown("The table was taken in").await;
    look(&sams, "console-import-done").await;
    let letters = at.letters().await;
    for address in ["ann.example@hospital.example", "dai.esiampl@hospital.example"] {
        assert!(letters.iter().any(|letter| letter.to.contains(address)), "{address} is invited");
    }
    sams.press("See the people").await;
    sams.until_shown("dai.esiampl").await;
    sams.press("Imports").await;
    sams.until_shown("2 new, 0 changed, 0 the same").await;
    look(&sams, "console-imports-listed").await;
}

#[tokio::test]
async fn how_far_a_table_is_is_seen_in_any_tab_and_goes_on_by_itself() {
    let at = Installation::start().await;
    let sams = Browser::start().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    let now = at.clock.now();
    let record = ImportRecord {
        id: ImportId::new(&*at.app.rng, now),
        organisation: at.person("sam.desk").await.person.organisation,
        dry_run: false,
        invite: false,
        state: ImportState::Running,
        rows: 100_000,
        done: 41_200,
        added: 41_200,
        changed: 0,
        wrong: 0,
        errors: None,
        started_at: now,
        heard_at: now,
        ended_at: None,
        table_until: None,
        taken_in: None,
    };
    // As another node writes it.
    let begun = record.clone();
    let write = async move |tx: &Tx| tx.insert_import(&begun).await;
    at.app.store.write::<(), Error, _>(write).await.expect("written");
    let address = at.at(&format!("/admin/imports/{}", record.id));
    sams.open(&address).await;
    sams.until_shown("41,200 of 100,000 people").await;
    look(&sams, "console-import-running").await;
    let value = sams.run("return document.querySelector('progress').value", vec![]).await;
    assert_eq!(value, 41_200.0);
    let anew = sams.run("return document.querySelector('noscript').textContent", vec![]).await;
    assert!(anew.as_str().is_some_and(|it| it.contains("refresh")), "without a script: {anew}");
    let further = ImportRecord { done: 80_000, added: 80_000, ..record.clone() };
    let write = async move |tx: &Tx| tx.update_import(&further).await;
    at.app.store.write::<(), Error, _>(write).await.expect("written");
    sams.until_shown("80,000 of 100,000 people").await;
    assert_eq!(sams.text_of("[data-told]").await, "75 percent done", "seldom said");
    let done = ImportRecord {
        state: ImportState::Done,
        done: 100_000,
        added: 100_000,
        ended_at: Some(now),
        ..record
    };
    let ended = done.clone();
    let write = async move |tx: &Tx| tx.update_import(&ended).await;
    at.app.store.write::<(), Error, _>(write).await.expect("written");
    sams.until_shown("The table was taken in").await;
    assert_eq!(sams.text_of("[data-told]").await, "The table was taken in");

    // What is of another organisation is not there.
    let elsewhere = ImportRecord {
        id: ImportId::new(&*at.app.rng, now),
        organisation: at.person("dan.quay").await.person.organisation,
        ..done
    };
    let id = elsewhere.id;
    let write = async move |tx: &Tx| tx.insert_import(&elsewhere).await;
    at.app.store.write::<(), Error, _>(write).await.expect("written");
    sams.open(at.at(&format!("/admin/imports/{id}"))).await;
    sams.until_headed("There is nobody like that").await;
}

/// Adds documents to what the installation has.
async fn apply(at: &Installation, text: &str) {
    let read = Documents::read(&[Source::from_text("more.toml", text)]);
    let read = read.unwrap_or_else(|problems| panic!("{problems}"));
    read.apply_to(&at.app, Mode::Keep).await.expect("applied");
}

const WARD: &str = "[[organisation]]\nid = \"tywi\"\nname = \"Tywi Hospital\"\n\
                    parent = \"northgate\"\npreset = \"hospital\"\n";

#[tokio::test]
async fn somebody_moves_to_another_ward_and_is_erased_when_their_name_is_typed() {
    let at = Installation::start().await;
    apply(&at, WARD).await;
    let sams = Browser::start().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    find(&sams, "elin", "elin.vaughan").await;
    sams.press("Move to another organisation").await;
    sams.until_headed("Move Elin Vaughan to another organisation").await;
    look(&sams, "console-move").await;
    sams.fill("Case number", "NG-9").await;
    sams.press("See what will change").await;
    sams.until_headed("Move Elin Vaughan to Tywi Hospital").await;
    look(&sams, "console-move-preview").await;
    let northgate = at.person("sam.desk").await.person.organisation;
    assert_eq!(at.person("elin.vaughan").await.person.organisation, northgate, "only shown");
    sams.press("Move them").await;
    sams.until_shown("Moved to Tywi Hospital").await;
    assert_ne!(at.person("elin.vaughan").await.person.organisation, northgate);
    sams.press("Erase").await;
    sams.until_headed("Erase Elin Vaughan").await;
    look(&sams, "console-erase").await;
    sams.fill("Their user name", "elin").await;
    sams.press("Erase for good").await;
    sams.until_shown("That is not their user name").await;
    look(&sams, "console-erase-wrong").await;
    sams.fill("Their user name", "elin.vaughan").await;
    sams.press("Erase for good").await;
    sams.until_headed("Elin Vaughan is erased").await;
    look(&sams, "console-erased").await;
    sams.press("Go to the people").await;
    sams.until_shown("amy.ward").await;
    assert!(!sams.shows("elin.vaughan").await);
}

#[tokio::test]
async fn many_are_ticked_looked_at_by_name_and_helped_at_once() {
    let at = Installation::start().await;
    let theirs = Browser::start().await;
    no_autofill(&theirs).await;
    let _blue = theirs.plug_in(Authenticator::key()).await;
    enter_with_first_key(&at, &theirs, "amy.ward", "Blue key").await;
    let sams = theirs.another().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    sams.press("People").await;
    sams.until_shown("amy.ward").await;
    click(&sams, "#everybody").await;
    let ticks = "return [...document.querySelectorAll('[name=person]')].every((it) => it.checked)";
    assert_eq!(sams.run(ticks, vec![]).await, true);
    look(&sams, "console-people-ticked").await;
    let choose = "document.querySelector('#action').value = 'reset'";
    sams.run(choose, vec![]).await;
    sams.press("Go on").await;
    sams.until_shown("How do you know each of them?").await;
    click(&sams, "#check").await;
    click(&sams, "#reason-other").await;
    sams.fill("In your words", "New cards for the ward").await;
    look(&sams, "console-bulk").await;
    sams.press("See what will change").await;
    sams.until_shown("could not log in afterwards").await;
    sams.until_shown("That is you").await;
    // Elin has her app and Amy her key; the others could not log in before either.
    sams.until_shown("2 people could not log in afterwards").await;
    look(&sams, "console-bulk-preview").await;
    assert_eq!(at.keys("amy.ward").await.len(), 1, "only shown");

    at.clock.advance(Duration::from_secs(6 * 60));
    click(&sams, "[value=lock-out]").await;
    sams.until_headed("Log in").await;
    sams.press("Use a passkey or security key").await;
    sams.until_shown("could not log in afterwards").await;
    assert_eq!(at.keys("amy.ward").await.len(), 1, "nothing is done by itself");
    click(&sams, "[value=lock-out]").await;
    sams.until_shown("Enrolment reset.").await;
    look(&sams, "console-bulk-done").await;
    assert!(at.keys("amy.ward").await.is_empty());
    assert_eq!(at.keys("sam.desk").await.len(), 1, "nobody resets themselves");
    sams.press("Cymraeg").await;
    sams.until_headed("Pobl").await;
    look(&sams, "console-people-welsh").await;
}

#[tokio::test]
async fn a_pass_for_an_administrator_waits_for_a_second_one_who_is_told_it() {
    let at = Installation::start().await;
    let ward = format!(
        "{WARD}[[person]]\nusername = \"tia.tywi\"\norganisation = \"tywi\"\n\
        name = \"Tia Tywi\"\n[[person]]\nusername = \"sue.desk\"\norganisation = \"northgate\"\n\
        name = \"Sue Desk\"\n"
    );
    apply(&at, &ward).await;
    apply(
        &at,
        "[[role]]\nperson = \"tia.tywi\"\nrole = \"local-administrator\"\n\
        organisation = \"tywi\"\n",
    )
    .await;
    let sams = Browser::start().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    sams.press("Approvals").await;
    sams.until_shown("Nothing waits.").await;
    find_from(&at, &sams, "tia.tywi").await;
    click(&sams, "#check").await;
    sams.press("Record this check").await;
    sams.until_shown("Caller checked").await;
    sams.press("Issue a pass").await;
    click(&sams, "#reason").await;
    sams.fill("Case number", "NG-9").await;
    sams.press("See what will change").await;
    sams.press("Issue the pass").await;
    sams.until_shown("Waits for a second administrator to agree").await;
    sams.press("Approvals").await;
    sams.until_shown("NG-9").await;
    sams.press("Pass").await;
    sams.until_shown("You asked for this").await;
    assert!(!sams.offers("Agree, and do it now").await);
    look(&sams, "console-approval-own").await;

    // Whoever asked it of her: here she did.
    let asked = at.app.store.view().list_approvals(at.clock.now(), 9).await.expect("read");
    let sue = at.person("sue.desk").await.person.id;
    let mut hers = asked[0].clone();
    let (old, now) = (hers.id, at.clock.now());
    hers.asked_by = sue;
    let write = async move |tx: &Tx| {
        tx.decide_approval(old, now).await?;
        tx.put_approval(&hers).await
    };
    at.app.store.write::<(), Error, _>(write).await.expect("written");
    sams.press("Approvals").await;
    sams.until_shown("Sue Desk").await;
    sams.until_shown("waiting for you").await;
    look(&sams, "console-approvals").await;
    sams.press("Pass").await;
    sams.until_headed("Pass for Tia Tywi").await;
    look(&sams, "console-approval").await;
    at.clock.advance(Duration::from_secs(6 * 60));
    sams.press("Agree, and do it now").await;
    sams.until_headed("Log in").await;
    sams.press("Use a passkey or security key").await;
    sams.until_headed("Pass for Tia Tywi").await;
    sams.press("Agree, and do it now").await;
    sams.until_shown("Read this out, row by row").await;
    sams.press("Approvals").await;
    sams.until_shown("Nothing waits.").await;
}

/// Goes to somebody by the page of calls.
async fn find_from(at: &Installation, browser: &Browser, username: &str) {
    browser.open(at.at("/admin")).await;
    browser.until_headed("Call").await;
    find(browser, username, username).await;
}

#[tokio::test]
async fn whoever_issued_a_pass_sees_it_used_and_its_owner_back_or_cancels_it() {
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
    find(&sams, "amy", "amy.ward").await;
    let first = remove_and_issue_pass(&sams, "Amy Ward", "Blue key").await;
    sams.until_shown("Waiting for their user name").await;
    sams.until_shown("0 of 5 tries used.").await;
    look(&sams, "console-watch-waits").await;
    sams.press("Cancel this pass").await;
    sams.until_headed("Cancel the pass of Amy Ward").await;
    sams.press("See what will change").await;
    sams.until_shown("The pass that they have stops working.").await;
    look(&sams, "console-cancel-pass").await;
    sams.press("Cancel the pass").await;
    sams.until_shown("The pass was cancelled").await;
    let told = at.letters().await;
    assert!(told.iter().any(|it| it.subject == "Your one-time pass was cancelled"));

    // The next one is used, and he sees it without a press.
    let pass = next_pass(&sams).await;
    look(&sams, "console-watch-told").await;
    let _new = theirs.plug_in(Authenticator::key()).await;
    to_log_in(&theirs, &at.addresses.rota).await;
    type_password(&theirs, "amy.ward").await;
    theirs.until_headed("Call your helpdesk to go on").await;
    theirs.press("Use a pass").await;
    theirs.fill("Pass", &first).await;
    theirs.press("Continue").await;
    theirs.until_shown("There is a problem").await;
    sams.until_shown("1 of 5 tries used.").await;
    theirs.fill("Pass", &pass).await;
    theirs.press("Continue").await;
    theirs.until_headed("Set up your security key").await;
    sams.until_shown("The pass was used").await;
    sams.until_shown("They are setting up how they log in").await;
    set_up(&theirs, "Red key").await;
    theirs.until_at(&at.addresses.rota).await;
    sams.until_shown("New key ‘Red key’ set up").await;
    sams.until_shown("Logged in").await;
    look(&sams, "console-watch-in").await;
}

/// Issues another pass, and stays where it is shown.
async fn next_pass(browser: &Browser) -> String {
    browser.press("Issue a pass").await;
    click(browser, "#reason").await;
    browser.press("See what will change").await;
    browser.press("Issue the pass").await;
    browser.until_headed("Pass for Amy Ward").await;
    pass_on(browser).await
}
