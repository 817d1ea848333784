//! "This wasn't me": what the button does, once, and what nobody reaches by opening, guessing,
//! repeating or forging it.

use std::time::Duration;

use latchkey_core::audit::What;
use latchkey_core::codes::AuthenticatorApp;
use latchkey_core::credentials::{Cause, CredentialState};
use latchkey_core::ids::CodeId;
use latchkey_core::secrets::Sealed;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, ORIGIN};

use super::{amy, enrolled, events, operator, record, send_all, sink_and_site};
use crate::support::http::{AMY, Answer, Person, ROTA, Request, Site};
use crate::support::smtp::Sink;

const DAY: u64 = 86_400;

/// Amy with her first key, and the link in the letter about it.
async fn told<'s>(sink: &Sink, site: &'s Site) -> (Person<'s>, String) {
    let amy = amy(site).await;
    send_all(&site.app).await;
    let link = sink.letters().pop().expect("a letter").not_me();
    (amy, link)
}

async fn state(site: &Site) -> CredentialState {
    let person = record(site, "amy.ward").await.person.id;
    site.app.store.view().list_credentials(person).await.expect("read")[0].state
}

async fn is_logged_in(person: &mut Person<'_>) -> bool {
    person.get("/account").await.status == 200
}

async fn denials(site: &Site) -> Vec<What> {
    let all = events(site).await.into_iter();
    all.filter(|what| matches!(what, What::NotMe { .. })).collect()
}

/// Presses the button in a browser where nobody is logged in.
async fn press(site: &Site, link: &str) -> Answer {
    let mut reader = site.person();
    let page = reader.open(link).await;
    reader.post(&page.form(link)).await
}

#[tokio::test]
async fn the_button_suspends_the_key_ends_every_session_and_tells_the_helpdesk() {
    let (sink, site) = sink_and_site().await;
    let (mut thief, link) = told(&sink, &site).await;
    assert!(is_logged_in(&mut thief).await);
    let mut reader = site.person();
    let page = reader.open(&link).await;
    assert_eq!((page.status, page.heading().as_str()), (200, "Was this you?"));
    assert!(page.body.contains("A security key or passkey was added"), "{}", page.body);
    for unsaid in ["Amy", "amy.ward", "127.0.0.1"] {
        assert!(!page.body.contains(unsaid), "no more than the letter said: {unsaid}");
    }
    let done = reader.post(&page.form(&link)).await;
    assert_eq!((done.status, done.heading().as_str()), (200, "Thank you for telling us"));
    assert!(done.body.contains("01632 960 001"), "whom to call: {}", done.body);
    let suspension = state(&site).await.suspension();
    assert_eq!(suspension.map(|it| it.cause), Some(Cause::NotMe));
    assert!(!is_logged_in(&mut thief).await);
    let [What::NotMe { credential: Some(_), app: None, suspended: true, sessions: 1 }] =
        denials(&site).await[..]
    else {
        panic!("{:?}", denials(&site).await);
    };

    assert_eq!(send_all(&site.app).await.sent, 1);
    let report = sink.letters().pop().expect("a letter");
    assert_eq!(report.to, "Northgate helpdesk <help@northgate.example>");
    assert_eq!(report.subject, "Amy Ward says: this wasn’t me");
    assert!(report.plain.contains("A security key or passkey was added"), "{}", report.plain);
    assert!(!report.plain.contains("/not-me/"), "{}", report.plain);

    // The key that was suspended and the password together lead nowhere but to the helpdesk.
    let mut again = site.person();
    let page = again.open(&Request::new(ROTA).path()).await;
    let answer = again.type_password(&page, AMY).await;
    assert_eq!(answer.heading(), "Call your helpdesk to go on");
}

#[tokio::test]
async fn an_app_that_somebody_else_added_is_suspended_and_not_one_that_took_its_place() {
    for replaced in [false, true] {
        let (sink, site) = sink_and_site().await;
        amy(&site).await;
        let person = record(&site, "amy.ward").await.person;
        let app = |number: u128| AuthenticatorApp {
            id: CodeId(uuid::Uuid::from_u128(number)),
            seed: Sealed::from_bytes(vec![1; 48]),
            last_step: 0,
            state: CredentialState::Active,
            added_at: site.app.clock.now(),
            last_used_at: None,
        };
        let by = operator(&site);
        latchkey::actions::codes::enrol_app(&site.app, &by, &person, None, app(1))
            .await
            .expect("enrolled");
        send_all(&site.app).await;
        // Those of one round are sent side by side.
        let subject = "An authenticator app was added";
        let letter = sink.letters().into_iter().find(|letter| letter.subject == subject);
        let link = letter.expect("a letter").not_me();
        if replaced {
            let id = person.id;
            let newer = app(2);
            let write = async move |tx: &latchkey_store::Tx| tx.put_app(id, &newer).await;
            site.app.store.write::<(), latchkey_store::Error, _>(write).await.expect("kept");
        }
        let mut reader = site.person();
        let page = reader.open(&link).await;
        assert!(page.body.contains("the authenticator app is suspended"), "{}", page.body);
        assert_eq!(reader.post(&page.form(&link)).await.status, 200);
        let codes = site.app.store.view().list_codes(person.id).await.expect("read");
        let state = codes.app.expect("an app").state;
        let cause = state.suspension().map(|suspension| suspension.cause);
        assert_eq!(cause, (!replaced).then_some(Cause::NotMe));
        let [What::NotMe { credential: None, app: Some(_), suspended, .. }] =
            denials(&site).await[..]
        else {
            panic!("{:?}", denials(&site).await);
        };
        assert_eq!(suspended, !replaced);
    }
}

#[tokio::test]
async fn a_scanner_that_opens_the_link_and_posts_to_it_does_nothing() {
    let (sink, site) = sink_and_site().await;
    let (mut amy, link) = told(&sink, &site).await;
    for _ in 0..3 {
        let scanner = site.person();
        assert_eq!(site.send(scanner.request(Method::GET, &link)).await.status, 200);
        assert_eq!(site.send(scanner.request(Method::HEAD, &link)).await.status, 200);
        let form = site.send(scanner.request(Method::GET, &link)).await.form(&link);
        // It keeps no cookies: the button belongs to the browser that was shown it.
        let post = scanner
            .request(Method::POST, &link)
            .header(ORIGIN, &site.issuer)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.body());
        let answer = site.send(post).await;
        assert_eq!((answer.status, answer.heading().as_str()), (409, "Press the button again"));
    }
    assert_eq!(state(&site).await, CredentialState::Active);
    assert!(is_logged_in(&mut amy).await);
    assert!(denials(&site).await.is_empty());
}

#[tokio::test]
async fn another_site_or_another_browsers_form_presses_no_button() {
    let (sink, site) = sink_and_site().await;
    let (mut amy, link) = told(&sink, &site).await;
    let mut reader = site.person();
    let form = reader.open(&link).await.form(&link);
    let post = reader
        .request(Method::POST, &link)
        .header(ORIGIN, "https://evil.example")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form.body());
    assert_eq!(site.send(post).await.status, 403);
    let mut other = site.person();
    other.open(&link).await;
    assert_eq!(other.post(&form).await.status, 409, "the step of another browser");
    for step in ["", "guessed"] {
        assert_eq!(reader.post(&form.clone().with("step", step)).await.status, 409);
    }
    assert!(is_logged_in(&mut amy).await);
    assert!(denials(&site).await.is_empty());
}

#[tokio::test]
async fn pressed_again_it_says_the_same_and_does_nothing_more() {
    let (sink, site) = sink_and_site().await;
    let (_, link) = told(&sink, &site).await;
    let mut reader = site.person();
    let form = reader.open(&link).await.form(&link);
    let first = reader.post(&form).await;
    // The helpdesk reinstates the key, and Amy logs in again.
    let person = record(&site, "amy.ward").await.person;
    let key = site.app.store.view().list_credentials(person.id).await.expect("read").remove(0);
    let again =
        latchkey_core::credentials::Credential { state: CredentialState::Active, ..key.clone() };
    let write = async move |tx: &latchkey_store::Tx| {
        tx.delete_credential(key.id).await?;
        tx.insert_credential(&again).await
    };
    site.app.store.write::<(), latchkey_store::Error, _>(write).await.expect("kept");
    let second = reader.post(&form).await;
    assert_eq!((second.status, second.heading()), (first.status, first.heading()));
    let shown = reader.open(&link).await;
    assert!(!shown.has_form(&link), "no button any more");
    assert_eq!(shown.heading(), first.heading());
    assert_eq!(state(&site).await, CredentialState::Active, "it was not suspended again");
    assert_eq!(denials(&site).await.len(), 1);
    assert_eq!(send_all(&site.app).await.sent, 1, "the helpdesk is told once");
}

#[tokio::test]
async fn of_many_that_press_it_at_once_one_counts() {
    let (sink, site) = sink_and_site().await;
    let (_, link) = told(&sink, &site).await;
    let mut reader = site.person();
    let form = reader.open(&link).await.form(&link);
    let posts = (0..20).map(|_| {
        let request = reader
            .request(Method::POST, &link)
            .header(ORIGIN, &site.issuer)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.body());
        site.send(request)
    });
    let answers = futures_util::future::join_all(posts).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(denials(&site).await.len(), 1);
    assert_eq!(send_all(&site.app).await.sent, 1);
}

#[tokio::test]
async fn an_expired_link_and_one_that_never_was_have_the_same_answer() {
    let (sink, site) = sink_and_site().await;
    let (_, link) = told(&sink, &site).await;
    let mut reader = site.person();
    let form = reader.open(&link).await.form(&link);
    site.clock.advance(Duration::from_secs(30 * DAY - 60));
    assert!(reader.open(&link).await.has_form(&link), "it works for thirty days");
    site.clock.advance(Duration::from_secs(61));
    let expired = reader.open(&link).await;
    assert_eq!(
        (expired.status, expired.heading().as_str()),
        (410, "This link does not work any more")
    );
    assert_eq!(reader.post(&form).await.status, 410);
    let too_long = format!("/not-me/{}", "x".repeat(5000));
    for unknown in ["/not-me/x", &format!("{link}x"), "/not-me/%ff%fe", &too_long, "/not-me/%00"] {
        let answer = reader.open(unknown).await;
        assert!(matches!(answer.status, 400 | 410), "{unknown}: {}", answer.status);
        assert!(!answer.body.contains("01632"), "nobody's helpdesk");
    }
    assert_eq!(state(&site).await, CredentialState::Active);
    assert!(denials(&site).await.is_empty());
    latchkey::jobs::tidy(&site.app).await.expect("tidied");
    let token = link.trim_start_matches("/not-me/");
    let digest = latchkey_core::secrets::Digest::of(token.as_bytes());
    let alert = site.app.store.view().find_alert(digest).await.expect("read");
    assert_eq!(alert, None, "it is removed");
}

#[tokio::test]
async fn a_link_touches_nobody_but_whom_its_letter_was_for() {
    let (sink, site) = sink_and_site().await;
    super::apply(
        &site,
        "[[person]]\nusername = \"zoe\"\norganisation = \"northgate\"\nname = \"Zoe\"\n\
         email = \"zoe@northgate.example\"\npassword = \"grey heron over the weir\"\n",
    )
    .await;
    let (_, amys) = told(&sink, &site).await;
    let zoe =
        crate::support::http::Account { username: "zoe", password: "grey heron over the weir" };
    let mut zoe = enrolled(&site, &Request::new(ROTA), zoe).await;
    let mut reader = site.person();
    let form = reader.open(&amys).await.form(&amys);
    send_all(&site.app).await;
    let zoes = sink.letters().pop().expect("a letter").not_me();
    assert_ne!(amys, zoes);
    // The form of one link does not press the button of another.
    let mut moved = form.clone();
    moved.action = zoes;
    assert_eq!(reader.post(&moved).await.status, 409);
    assert_eq!(press(&site, &amys).await.status, 200);
    assert!(is_logged_in(&mut zoe).await);
    let zoe = record(&site, "zoe").await.person.id;
    let keys = site.app.store.view().list_credentials(zoe).await.expect("read");
    assert_eq!(keys[0].state, CredentialState::Active);
}
