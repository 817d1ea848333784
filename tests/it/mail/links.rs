//! Links in letters: an invitation and a forgotten password, from the letter to the account.

use std::time::Duration;

use latchkey::actions::links::{self, NotInvited};
use latchkey::actions::wanted;
use latchkey_core::audit::What;
use latchkey_core::codes::LinkKind;
use latchkey_core::people::PersonState;

use super::{amy, apply, operator, record, send_all, sink_and_site};
use crate::support::http::{Account, Answer, Person, ROTA, Request, Site};
use crate::support::smtp::Sink;

const PASSWORD: &str = "nine grey herons by the weir";

/// A small organisation whose people have nothing yet.
const SMALL: &str = r#"
[[organisation]]
id = "eastmoor"
name = "Eastmoor Hospice"
preset = "small"

[[person]]
username = "ivy.lane"
organisation = "eastmoor"
name = "Ivy Lane"
email = "ivy@eastmoor.example"

[[person]]
username = "joe.reed"
organisation = "eastmoor"
name = "Joe Reed"
"#;

/// The path of the link in the last letter.
fn link(sink: &Sink) -> String {
    let letters = sink.letters();
    let letter = letters.last().expect("a letter");
    let start = letter.plain.find("/link/").expect("a link");
    letter.plain[start..].split_whitespace().next().expect("a link").to_owned()
}

async fn invited(sink: &Sink, site: &Site) -> String {
    apply(site, SMALL).await;
    let ivy = record(site, "ivy.lane").await;
    let issued =
        links::invite(&site.app, &operator(site), &ivy, &Default::default()).await.expect("asked");
    assert!(issued.expect("she is new").sent);
    assert_eq!(record(site, "ivy.lane").await.person.state, PersonState::Invited);
    send_all(&site.app).await;
    link(sink)
}

async fn accept(ivy: &mut Person<'_>, path: &str, password: &str) -> Answer {
    let page = ivy.open(path).await;
    assert_eq!(page.heading(), "Welcome, Ivy Lane");
    let form = page.form(path).with("new_password", password);
    ivy.submit(&form).await
}

#[tokio::test]
async fn an_invitation_sets_a_password_and_goes_straight_on_to_enrolment() {
    let (sink, site) = sink_and_site().await;
    let path = invited(&sink, &site).await;
    let mut ivy = site.person();
    for weak in ["", "short", "password1234", "Eastmoor Hospice", "aaaaaaaaaaaaaaaa"] {
        let page = accept(&mut ivy, &path, weak).await;
        assert_eq!(page.status, 422, "{weak}");
    }
    let page = accept(&mut ivy, &path, PASSWORD).await;
    assert_eq!(page.heading(), "Set up your security key");
    let named = ivy.use_key(&page.form("/enrol/passkey")).await.form("/name");
    let tried = ivy.submit(&named.with("nickname", "Blue key")).await.form("/factor/passkey");
    let ready = ivy.use_key(&tried).await.form("/ready");
    let page = ivy.submit(&ready).await;
    assert_eq!(page.heading(), "Your account");
    // And from then on she logs in with both.
    let account = Account { username: "ivy.lane", password: PASSWORD };
    let mut again = site.person();
    std::mem::swap(&mut again.key, &mut ivy.key);
    again.log_in(&Request::new(ROTA), account).await.code();
}

#[tokio::test]
async fn an_invitation_is_accepted_with_a_key_and_no_password() {
    let (sink, site) = sink_and_site().await;
    let path = invited(&sink, &site).await;
    let mut ivy = site.person();
    let page = ivy.open(&path).await;
    let form = page.forms().into_iter().find(|form| form.field("decision") == Some("key"));
    let page = ivy.submit(&form.expect("a key alone is offered")).await;
    let named = ivy.use_key(&page.form("/enrol/passkey")).await.form("/name");
    let tried = ivy.submit(&named.with("nickname", "Blue key")).await.form("/factor/passkey");
    let ready = ivy.use_key(&tried).await.form("/ready");
    assert_eq!(ivy.submit(&ready).await.heading(), "Your account");
    assert!(record(&site, "ivy.lane").await.password_hash.is_none());
}

#[tokio::test]
async fn a_mail_scanner_that_opens_an_invitation_uses_nothing_up() {
    let (sink, site) = sink_and_site().await;
    let path = invited(&sink, &site).await;
    for _ in 0..3 {
        let page = site.person().open(&path).await;
        assert_eq!(page.heading(), "Welcome, Ivy Lane");
    }
    assert_eq!(record(&site, "ivy.lane").await.person.state, PersonState::Invited);
}

#[tokio::test]
async fn an_invitation_counts_once_and_leads_its_own_browser_back_to_where_it_was() {
    let (sink, site) = sink_and_site().await;
    let path = invited(&sink, &site).await;
    let mut ivy = site.person();
    let page = accept(&mut ivy, &path, PASSWORD).await;
    assert_eq!(page.heading(), "Set up your security key");
    assert_eq!(ivy.open(&path).await.heading(), "Set up your security key");
    let page = site.person().open(&path).await;
    assert_eq!((page.status, page.heading().as_str()), (410, "This link does not work any more"));
}

#[tokio::test]
async fn an_old_a_replaced_and_a_made_up_link_get_one_and_the_same_page() {
    let (sink, site) = sink_and_site().await;
    let first = invited(&sink, &site).await;
    let ivy = record(&site, "ivy.lane").await;
    let again =
        links::invite(&site.app, &operator(&site), &ivy, &Default::default()).await.expect("asked");
    assert!(again.is_ok());
    send_all(&site.app).await;
    let second = link(&sink);
    assert_eq!(site.person().open(&second).await.heading(), "Welcome, Ivy Lane");
    site.clock.advance(LinkKind::Invitation.lives());
    let mut pages = Vec::new();
    for path in [first, second, "/link/made-up".to_owned()] {
        let answer = site.person().open(&path).await;
        assert_eq!(answer.status, 410, "{path}");
        pages.push(answer.heading());
    }
    pages.dedup();
    assert_eq!(pages, ["This link does not work any more"]);
}

#[tokio::test]
async fn of_many_browsers_that_accept_one_invitation_at_once_one_does() {
    let (sink, site) = sink_and_site().await;
    let path = invited(&sink, &site).await;
    let mut waiting = Vec::new();
    for number in 0..20 {
        let mut browser = site.person();
        let form = browser.open(&path).await.form(&path);
        waiting.push((browser, form.with("new_password", &format!("{PASSWORD} {number}"))));
    }
    let sent = waiting.into_iter().map(|(mut browser, form)| async move {
        browser.submit(&form).await.heading() == "Set up your security key"
    });
    let sent = futures_util::future::join_all(sent).await;
    assert_eq!(sent.into_iter().filter(|accepted| *accepted).count(), 1);
}

#[tokio::test]
async fn nobody_who_has_something_to_log_in_with_is_invited() {
    let (_sink, site) = sink_and_site().await;
    amy(&site).await;
    let found = record(&site, "amy.ward").await;
    let asked = links::invite(&site.app, &operator(&site), &found, &Default::default())
        .await
        .expect("asked");
    assert_eq!(asked.err(), Some(NotInvited::NotNew));
}

/// Asks for a link for a forgotten password.
async fn forget(site: &Site, username: &str) -> Answer {
    let mut person = site.person();
    let form = person.open("/forgotten-password").await.form("/forgotten-password");
    let page = person.submit(&form.with("username", username)).await;
    assert_eq!(page.heading(), "Look in your e-mail");
    page
}

async fn until_sent(site: &Site, sink: &Sink, count: usize) {
    while sink.taken().len() < count {
        wanted::send(&site.app).await;
        send_all(&site.app).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn an_address_that_asks_for_many_links_has_to_wait_whoever_they_are_for() {
    let (sink, site) = sink_and_site().await;
    let _amy = amy(&site).await;
    for number in 0..20 {
        forget(&site, &format!("nobody.{number}")).await;
    }
    for username in ["nobody.0", "amy.ward"] {
        let mut person = site.person();
        let form = person.open("/forgotten-password").await.form("/forgotten-password");
        let answer = person.post(&form.with("username", username)).await;
        assert_eq!(answer.status, 429, "{username}");
        assert!(answer.body.contains("Too many links were asked for from here"));
        let wait: u64 = answer.header("retry-after").expect("when").parse().expect("seconds");
        assert!((1..=3600).contains(&wait), "{wait}");
    }
    wanted::send(&site.app).await;
    let events = site.app.store.view().list_events(100).await.expect("the trail");
    assert!(!events.iter().any(|(_, what)| matches!(what, What::LinkIssued { .. })));
    let before = sink.taken().len();
    site.clock.advance(Duration::from_secs(3600));
    forget(&site, "amy.ward").await;
    until_sent(&site, &sink, before + 1).await;
}

#[tokio::test]
async fn a_forgotten_password_takes_the_link_and_an_enrolled_factor() {
    let (sink, site) = sink_and_site().await;
    let mut amy = amy(&site).await;
    send_all(&site.app).await;
    let before = sink.taken().len();
    forget(&site, "amy.ward").await;
    until_sent(&site, &sink, before + 1).await;
    let path = link(&sink);
    amy.jar.clear();
    let page = amy.open(&path).await;
    assert_eq!(page.heading(), "Choose a new password");
    let page = amy.submit(&page.form(&path)).await;
    assert_eq!(page.heading(), "Now use your key", "the letter alone opens nothing");
    let flow = page.url.clone();
    let early = amy.open(&flow.replace("factor/passkey", "new-password")).await;
    assert_eq!(early.heading(), "Now use your key");
    let page = amy.use_key(&early.form("/factor/passkey")).await;
    assert_eq!(page.heading(), "Choose a new password");
    let page = amy.submit(&page.form("/new-password").with("new_password", PASSWORD)).await;
    assert_eq!(page.heading(), "Your account");
    let account = Account { username: "amy.ward", password: PASSWORD };
    let mut again = site.person();
    std::mem::swap(&mut again.key, &mut amy.key);
    again.log_in(&Request::new(ROTA), account).await.code();
    let told = sink.letters().len();
    send_all(&site.app).await;
    let letters = sink.letters();
    let told: Vec<&str> = letters[told..].iter().map(|letter| letter.subject.as_str()).collect();
    assert_eq!(told, ["Your password was changed"]);
}

#[tokio::test]
async fn with_nothing_enrolled_a_link_for_the_password_leads_to_the_helpdesk() {
    let (sink, site) = sink_and_site().await;
    let before = sink.taken().len();
    forget(&site, "amy.ward").await;
    until_sent(&site, &sink, before + 1).await;
    let path = link(&sink);
    let mut amy = site.person();
    let page = amy.open(&path).await;
    let page = amy.submit(&page.form(&path)).await;
    assert_eq!(page.heading(), "Call your helpdesk to go on");
}

#[tokio::test]
async fn asking_for_a_link_looks_the_same_for_every_name_and_sends_none_twice_in_a_row() {
    let (sink, site) = sink_and_site().await;
    apply(&site, SMALL).await;
    let known = forget(&site, "amy.ward").await;
    until_sent(&site, &sink, 1).await;
    let again = forget(&site, "amy.ward").await;
    let unknown = forget(&site, "nobody.here").await;
    let without_address = forget(&site, "joe.reed").await;
    for other in [&again, &unknown, &without_address] {
        assert_eq!((other.status, other.heading()), (known.status, known.heading()));
        assert_eq!(other.body.len(), known.body.len());
    }
    wanted::send(&site.app).await;
    send_all(&site.app).await;
    assert_eq!(sink.taken().len(), 1);
}
