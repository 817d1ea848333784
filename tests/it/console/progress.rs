//! How far people are, as whoever looks after them sees it.

use std::time::Duration;

use latchkey::jobs::counting;
use latchkey_core::Clock as _;
use latchkey_core::ids::OrganisationId;
use latchkey_store::{Error, OrganisationRecord, Tx};

use super::{click, enter};
use crate::browser::{enter_with_first_key, look, no_autofill};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::Installation;

const DAY: Duration = Duration::from_secs(86_400);

/// Adds a ward below Sam's organisation, with nobody in it.
async fn add_ward(at: &Installation) {
    let view = at.app.store.view();
    let northgate = view.find_organisation_by_slug("northgate").await.expect("read");
    let northgate = northgate.expect("Sam's organisation");
    let ward = OrganisationRecord {
        id: OrganisationId::new(&*at.app.rng, at.clock.now()),
        slug: "therapy".to_owned(),
        parent: Some(northgate.id),
        name: "Ffisiotherapi a therapi <b>galwedigaethol</b>".to_owned(),
        ..northgate
    };
    let now = at.clock.now();
    let write = async move |tx: &Tx| tx.insert_organisation(&ward, now).await;
    at.app.store.write::<(), Error, _>(write).await.expect("added");
}

async fn count(at: &Installation, days_ago: u32) {
    let then = at.clock.now().minus(DAY * days_ago);
    counting::round(&at.app.store, then, "a node").await.expect("counted");
}

#[tokio::test]
async fn progress_is_a_sentence_a_picture_a_table_and_whom_to_help_first() {
    let at = Installation::start().await;
    add_ward(&at).await;
    count(&at, 23).await;
    let theirs = Browser::start().await;
    no_autofill(&theirs).await;
    let _key = theirs.plug_in(Authenticator::key()).await;
    enter_with_first_key(&at, &theirs, "amy.ward", "Blue key").await;
    count(&at, 9).await;

    let sams = theirs.another().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    sams.press("Progress").await;
    sams.until_headed("Progress").await;
    sams.until_shown("can log in with a key: 2 of").await;
    sams.until_shown("and 1 below").await;
    sams.until_shown("One key only, and it stays on that key").await;
    let line = sams.element("svg.line").await.attr("aria-label").await.expect("read");
    assert!(line.expect("words").contains("today"), "the picture is told in words");
    let drawn = sams.run("return document.querySelectorAll('.way').length", vec![]).await;
    assert_eq!(drawn, 2, "three weeks are known");
    look(&sams, "console-progress").await;
    click(&sams, ".weeks summary").await;
    sams.until_shown("With a key").await;
    look(&sams, "console-progress-table").await;

    // Whoever needs help first is listed, and the list is as long as it was said.
    sams.press("One key only, and it stays on that key").await;
    sams.until_headed("People").await;
    sams.until_shown("amy.ward").await;
    sams.until_shown("sam.desk").await;
    assert!(!sams.shows("elin.vaughan").await, "she has no key");
    look(&sams, "console-people-needed").await;

    // An organisation below, where nobody is.
    sams.press("Progress").await;
    sams.press("Ffisiotherapi a therapi <b>galwedigaethol</b>").await;
    sams.until_shown("Nobody is counted here.").await;
    look(&sams, "console-progress-nobody").await;
    sams.press("Cymraeg").await;
    sams.until_headed("Cynnydd").await;
    sams.open(at.at("/admin/progress")).await;
    sams.until_shown("Pwy sydd eich angen gyntaf").await;
    look(&sams, "console-progress-welsh").await;
}

#[tokio::test]
async fn progress_of_an_organisation_outside_or_by_a_hostile_name_is_not_there() {
    let at = Installation::start().await;
    let sams = Browser::start().await;
    no_autofill(&sams).await;
    let _desk = sams.plug_in(Authenticator::key()).await;
    enter(&at, &sams, &at.at("/admin")).await;
    for asked in ["harbour", "..%2F..%2Fpeople", "northgate%2Fpolicy", "%3Cscript%3E"] {
        for page in ["progress", "progress.csv"] {
            sams.open(at.at(&format!("/admin/{page}?organisation={asked}"))).await;
            sams.until_headed("There is nobody like that").await;
        }
    }
    let fetched = "return await (await fetch('/admin/progress.csv')).text()";
    let table = sams.run(fetched, vec![]).await;
    let table = table.as_str().expect("a table");
    assert!(table.starts_with("organisation,name,people,two_keys,"), "{table}");
    assert!(table.contains("\r\nnorthgate,Northgate Trust,"), "{table}");
}

#[tokio::test]
async fn whoever_has_no_role_is_shown_no_progress() {
    let at = Installation::start().await;
    let theirs = Browser::start().await;
    no_autofill(&theirs).await;
    let _key = theirs.plug_in(Authenticator::key()).await;
    enter_with_first_key(&at, &theirs, "amy.ward", "Blue key").await;
    theirs.open(at.at("/admin")).await;
    theirs.until_shown("You have no role here.").await;
    assert!(!theirs.offers("Progress").await);
    for page in ["progress", "progress.csv"] {
        theirs.open(at.at(&format!("/admin/{page}"))).await;
        theirs.until_headed("Your role does not allow this").await;
        theirs.open(at.at(&format!("/admin/{page}?organisation=northgate"))).await;
        theirs.until_headed("Your role does not allow this").await;
    }
}
