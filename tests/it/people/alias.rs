//! An e-mail address in place of a user name: only one that is somebody's alone, and that they have
//! shown to read.

use std::collections::BTreeSet;

use super::{EASTMOOR, INVITE, KEEP, imported};
use crate::factors::{apply, record};
use crate::mail::{send_all, sink_and_site};
use crate::support::http::{Account, Answer, ROTA, Request, Site, Tokens};

const PASSWORD: &str = "nine grey herons by the weir";

/// Somebody of Harbour Clinic, where a password is enough.
fn person(username: &str, more: &str) -> String {
    format!(
        "[[person]]\nusername = \"{username}\"\norganisation = \"harbour\"\nname = \"Somebody\"\n\
         password = \"{PASSWORD}\"\n{more}\n"
    )
}

async fn log_in(site: &Site, username: &'static str, password: &'static str) -> Answer {
    let mut browser = site.person();
    let page = browser.open(&Request::new(ROTA).path()).await;
    browser.type_password(&page, Account { username, password }).await
}

/// The page of a name that nobody has, whatever was typed.
fn refused(answer: &Answer, typed: &str) -> String {
    assert_eq!(answer.status, 422, "{typed}");
    let main = answer.body.split_once("<main").expect("a page").1.replace(typed, "");
    main.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text.trim()).collect()
}

#[tokio::test]
async fn a_verified_address_of_one_person_logs_them_in_however_it_is_typed() {
    let site = Site::start().await;
    apply(&site, &person("ivy.lane", "email = \"Ivy@Harbour.example\"\nemail_verified = true"))
        .await;
    for typed in ["ivy@harbour.example", "IVY@HARBOUR.EXAMPLE", "ivy.lane"] {
        let code = log_in(&site, typed, PASSWORD).await.callback().code();
        let tokens = Tokens::of(&site.redeem(ROTA, &code).await);
        let told = site.userinfo(&tokens.access).await.json();
        assert_eq!(told["preferred_username"], "ivy.lane");
        assert_eq!(told["email_verified"], true);
    }
}

#[tokio::test]
async fn an_address_that_is_unverified_shared_or_unknown_is_as_a_name_that_nobody_has() {
    let site = Site::start().await;
    apply(
        &site,
        &[
            person("ivy.lane", "email = \"unverified@harbour.example\""),
            person("joe.reed", "email = \"shared@harbour.example\"\nemail_verified = true"),
            person("kay.moss", "email = \"Shared@harbour.example\"\nemail_verified = true"),
            person("lou.fell", "email = \"half@harbour.example\"\nemail_verified = true"),
            person("mia.dale", "email = \"half@harbour.example\""),
        ]
        .concat(),
    )
    .await;
    let mut pages = BTreeSet::new();
    for typed in [
        "unverified@harbour.example",
        "shared@harbour.example",
        "half@harbour.example",
        "nobody@harbour.example",
        "%@harbour.example",
        "nobody.here",
    ] {
        pages.insert(refused(&log_in(&site, typed, PASSWORD).await, typed));
    }
    assert_eq!(pages.len(), 1, "{pages:#?}");
}

#[tokio::test]
async fn a_user_name_that_looks_like_somebodys_address_is_its_owners() {
    let site = Site::start().await;
    apply(
        &site,
        &[
            person("ivy.lane", "email = \"ivy@harbour.example\"\nemail_verified = true"),
            person("ivy@harbour.example", "").replace(PASSWORD, "another one altogether"),
        ]
        .concat(),
    )
    .await;
    let page = log_in(&site, "ivy@harbour.example", PASSWORD).await;
    refused(&page, "ivy@harbour.example");
    log_in(&site, "ivy@harbour.example", "another one altogether").await.callback().code();
    log_in(&site, "ivy.lane", PASSWORD).await.callback().code();
}

#[tokio::test]
async fn an_address_stops_logging_in_when_it_is_somebodys_no_more() {
    let site = Site::start().await;
    apply(&site, &person("ivy.lane", "email = \"ivy@harbour.example\"\nemail_verified = true"))
        .await;
    // A document that says nothing about it leaves it as it is.
    apply(&site, &person("ivy.lane", "email = \"ivy@harbour.example\"")).await;
    log_in(&site, "ivy@harbour.example", PASSWORD).await.callback().code();
    apply(&site, &person("ivy.lane", "email = \"lane@harbour.example\"")).await;
    for typed in ["ivy@harbour.example", "lane@harbour.example"] {
        refused(&log_in(&site, typed, PASSWORD).await, typed);
    }
}

#[tokio::test]
async fn wrong_passwords_at_an_address_count_against_its_owner() {
    let site = Site::start().await;
    apply(&site, &person("ivy.lane", "email = \"ivy@harbour.example\"\nemail_verified = true"))
        .await;
    for _ in 0..5 {
        log_in(&site, "ivy@harbour.example", "wrong").await;
    }
    let page = log_in(&site, "ivy.lane", PASSWORD).await;
    assert_eq!(page.status, 429, "{}", page.body);
}

#[tokio::test]
async fn an_invitation_verifies_the_address_that_its_letter_went_to() {
    let (sink, site) = sink_and_site().await;
    apply(&site, EASTMOOR).await;
    imported(&site, INVITE, "username,name,email\nivy.lane,Ivy Lane,ivy@eastmoor.example\n").await;
    assert!(!record(&site, "ivy.lane").await.person.has_verified_email(), "it was only sent");
    send_all(&site.app).await;
    let letter = sink.letters().pop().expect("a letter").plain;
    let path = letter[letter.find("/link/").expect("a link")..].split_whitespace().next();
    let path = path.expect("a link").to_owned();
    let mut ivy = site.person();
    let form = ivy.open(&path).await.form(&path).with("new_password", PASSWORD);
    ivy.submit(&form).await;
    assert!(record(&site, "ivy.lane").await.person.has_verified_email());
    let page = log_in(&site, "ivy@eastmoor.example", PASSWORD).await;
    assert_ne!(page.status, 422, "the password is hers: {}", page.body);

    // Another address is another matter.
    let table = "username,name,email\nivy.lane,Ivy Lane,lane@eastmoor.example\n";
    imported(&site, KEEP, table).await;
    assert!(!record(&site, "ivy.lane").await.person.has_verified_email());
}

#[tokio::test]
async fn a_link_that_was_handed_over_verifies_no_address() {
    use latchkey::actions::links;
    let site = Site::start().await;
    apply(&site, EASTMOOR).await;
    imported(&site, KEEP, "username,name,email\nivy.lane,Ivy Lane,ivy@eastmoor.example\n").await;
    let ivy = record(&site, "ivy.lane").await;
    let issued =
        links::invite(&site.app, &crate::mail::operator(&site), &ivy, &Default::default()).await;
    let issued = issued.expect("asked").expect("she is new");
    assert!(!issued.sent);
    let path = issued.url.expose().split_once("/link/").expect("a link").1;
    let path = format!("/link/{path}");
    let mut browser = site.person();
    let form = browser.open(&path).await.form(&path).with("new_password", PASSWORD);
    browser.submit(&form).await;
    let ivy = record(&site, "ivy.lane").await;
    assert!(ivy.password_hash.is_some() && !ivy.person.has_verified_email());
}
