//! Many people at once, and what else happens to them, in a real browser.

use std::time::Duration;

use latchkey::documents::import::COLUMNS;
use latchkey_core::Clock as _;
use latchkey_core::ids::ImportId;
use latchkey_store::{Error, ImportRecord, ImportState, Tx};

use super::{click, enter};
use crate::browser::{look, no_autofill};
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
