//! The last way in, reported lost with a password alone: the link of a letter suspends it, once, and
//! nothing else does.

use std::time::Duration;

use latchkey_core::Clock as _;
use latchkey_core::codes::{AuthenticatorApp, LinkKind};
use latchkey_core::credentials::{Cause, Credential, CredentialState, Nickname};
use latchkey_core::ids::{CodeId, CredentialId};
use latchkey_core::secrets::Sealed;
use latchkey_store::{Error, Tx};

use super::{amy, apply, events, record, send_all, sink_and_site};
use crate::support::http::{AMY, Answer, DAN, Person, ROTA, Request, Site};
use crate::support::smtp::Sink;

const ASKED: &str = "Look in your e-mail";
const SUSPENDED: &str = "‘Blue key’ is suspended";
const OVER: &str = "This link does not work any more";

/// Whoever knows Amy's password and nothing else, where she would show her key.
async fn after_the_password(site: &Site) -> (Person<'_>, String) {
    let mut somebody = site.person();
    let page = somebody.open(&Request::new(ROTA).path()).await;
    let page = somebody.type_password(&page, AMY).await;
    let flow = page.url.split('/').take(5).collect::<Vec<_>>().join("/");
    (somebody, format!("{flow}/lost"))
}

/// They report the one thing that is there.
async fn report(site: &Site, loss: &str, end_sessions: &str) -> Answer {
    let (mut somebody, lost) = after_the_password(site).await;
    let form = somebody.open(&lost).await.form("/lost").with("loss", loss);
    somebody.submit(&form.with("end_sessions", end_sessions)).await
}

/// The path of the link in the last letter that has one.
async fn link(sink: &Sink, site: &Site) -> String {
    send_all(&site.app).await;
    let letters = sink.letters();
    let plain = letters.iter().rev().map(|letter| letter.plain.as_str());
    let (plain, start) =
        plain.into_iter().find_map(|plain| Some((plain, plain.find("/link/")?))).expect("a link");
    plain[start..].split_whitespace().next().expect("a link").to_owned()
}

/// Amy has one key, which is reported; the letter's link follows.
async fn reported(sink: &Sink, site: &Site, end_sessions: &str) -> String {
    amy(site).await;
    let page = report(site, "stolen", end_sessions).await;
    assert_eq!((page.status, page.heading().as_str()), (200, ASKED));
    link(sink, site).await
}

/// Presses the button in a browser of its own.
async fn press(site: &Site, path: &str) -> Answer {
    let mut anybody = site.person();
    let page = anybody.open(path).await;
    assert_eq!(page.heading(), "Report ‘Blue key’ lost");
    let done = anybody.submit(&page.form(path)).await;
    assert!(anybody.session().is_none(), "it lets nobody in");
    done
}

async fn keys(site: &Site) -> Vec<Credential> {
    let amy = record(site, "amy.ward").await.person.id;
    site.app.store.view().list_credentials(amy).await.expect("the database answers")
}

async fn state(site: &Site, nickname: &str) -> CredentialState {
    let all = keys(site).await;
    let key = all.iter().find(|key| key.nickname.as_str() == nickname);
    key.expect("a key of that name").state
}

async fn happened(site: &Site, what: &str) -> usize {
    let all = events(site).await;
    all.iter().filter(|event| format!("{event:?}").starts_with(what)).count()
}

/// Another key like the one she has.
async fn add(site: &Site, nickname: &str) -> Credential {
    let mut key = keys(site).await.remove(0);
    key.id = CredentialId::new(&*site.app.rng, site.clock.now());
    key.credential_id = nickname.as_bytes().to_vec();
    key.nickname = Nickname::parse(nickname).expect("a nickname");
    let row = key.clone();
    let write = async move |tx: &Tx| tx.insert_credential(&row).await;
    site.app.store.write::<_, Error, _>(write).await.expect("kept");
    key
}

async fn remove(site: &Site, nickname: &str) {
    let all = keys(site).await;
    let key = all.iter().find(|key| key.nickname.as_str() == nickname).expect("that key").id;
    let write = async move |tx: &Tx| tx.delete_credential(key).await;
    site.app.store.write::<_, Error, _>(write).await.expect("removed");
}

#[tokio::test]
async fn the_last_way_in_works_until_the_button_behind_a_letters_link_suspends_it() {
    let (sink, site) = sink_and_site().await;
    let mut amy = amy(&site).await;
    let page = report(&site, "stolen", "yes").await;
    assert_eq!((page.status, page.heading().as_str()), (200, ASKED));
    assert!(page.body.contains("01632 960 001"), "the helpdesk is named: {}", page.body);
    let path = link(&sink, &site).await;
    let letters = sink.letters();
    let subject = "Confirm that your security key is lost";
    assert!(letters.iter().any(|letter| letter.subject == subject));
    // A mail scanner opens it.
    for _ in 0..3 {
        let page = site.person().open(&path).await;
        assert_eq!((page.status, page.heading().as_str()), (200, "Report ‘Blue key’ lost"));
        assert!(page.body.contains("It is your last way to log in."), "{}", page.body);
        assert!(page.body.contains("It also logs you out everywhere."), "{}", page.body);
    }
    assert_eq!(state(&site, "Blue key").await, CredentialState::Active);
    assert_eq!(amy.open("/account").await.heading(), "Your account");

    let done = press(&site, &path).await;
    assert_eq!((done.status, done.heading().as_str()), (200, SUSPENDED));
    assert!(done.body.contains("You are logged out everywhere."), "{}", done.body);
    let cause = state(&site, "Blue key").await.suspension().map(|it| it.cause);
    assert_eq!(cause, Some(Cause::ReportedLost));
    assert_eq!(amy.open("/account").await.heading(), "Log in");
    for (what, times) in [("LinkIssued", 1), ("LinkUsed", 1), ("CredentialSuspended", 1)] {
        assert_eq!(happened(&site, what).await, times, "{what}");
    }
    assert!(happened(&site, "LoggedOut").await > 0);
    let told = events(&site).await;
    let told = told.iter().map(|event| format!("{event:?}"));
    assert!(told.into_iter().any(|event| event.contains("loss: Some(Stolen)")));
    send_all(&site.app).await;
    let letter = sink.letters().pop().expect("a letter");
    assert_eq!(letter.subject, "A security key was reported lost");
}

#[tokio::test]
async fn sessions_stay_where_that_was_not_wanted() {
    let (sink, site) = sink_and_site().await;
    let mut amy = amy(&site).await;
    report(&site, "misplaced", "").await;
    let done = press(&site, &link(&sink, &site).await).await;
    assert_eq!(done.heading(), SUSPENDED);
    assert!(!done.body.contains("You are logged out everywhere."), "{}", done.body);
    assert_eq!(amy.open("/account").await.heading(), "Your account");
    assert_eq!(happened(&site, "LoggedOut").await, 0);
}

#[tokio::test]
async fn a_link_that_was_used_suspends_nothing_again() {
    let (sink, site) = sink_and_site().await;
    let path = reported(&sink, &site, "").await;
    let mut anybody = site.person();
    let form = anybody.open(&path).await.form(&path);
    assert_eq!(anybody.submit(&form).await.heading(), SUSPENDED);
    assert_eq!(anybody.submit(&form).await.heading(), SUSPENDED, "sent twice it says the same");
    assert_eq!(site.person().open(&path).await.heading(), SUSPENDED);
    // The helpdesk lets it work again.
    let key = keys(&site).await.remove(0);
    let reinstate =
        async move |tx: &Tx| tx.reinstate_credential(key.person, key.id, Cause::ReportedLost).await;
    assert!(site.app.store.write::<_, Error, _>(reinstate).await.expect("written"));
    let again = anybody.submit(&form).await;
    assert_eq!((again.status, again.heading().as_str()), (410, OVER));
    assert_eq!(site.person().open(&path).await.status, 410);
    assert_eq!(state(&site, "Blue key").await, CredentialState::Active);
    assert_eq!(happened(&site, "CredentialSuspended").await, 1);
}

#[tokio::test]
async fn of_many_who_press_the_button_at_once_one_suspends_it() {
    let (sink, site) = sink_and_site().await;
    let path = reported(&sink, &site, "yes").await;
    let mut waiting = Vec::new();
    for _ in 0..20 {
        let mut browser = site.person();
        let form = browser.open(&path).await.form(&path);
        waiting.push((browser, form));
    }
    let sent = waiting
        .into_iter()
        .map(|(mut browser, form)| async move { browser.submit(&form).await.heading() });
    let headings = futures_util::future::join_all(sent).await;
    assert!(headings.iter().all(|heading| heading == SUSPENDED), "{headings:?}");
    for what in ["CredentialSuspended", "LinkUsed"] {
        assert_eq!(happened(&site, what).await, 1, "{what}");
    }
    let before = sink.letters().len();
    send_all(&site.app).await;
    assert_eq!(sink.letters().len(), before + 1, "one letter tells of it");
}

#[tokio::test]
async fn a_link_suspends_what_was_reported_and_nothing_that_took_its_place() {
    let (sink, site) = sink_and_site().await;
    let path = reported(&sink, &site, "yes").await;
    let mut anybody = site.person();
    let form = anybody.open(&path).await.form(&path);
    let blue = keys(&site).await.remove(0);
    let red = add(&site, "Red key").await;
    remove(&site, "Blue key").await;
    let answer = anybody.submit(&form).await;
    assert_eq!((answer.status, answer.heading().as_str()), (410, OVER));
    // Nor does a link that was changed to name the other.
    let moved = path.replace(&blue.id.0.simple().to_string(), &red.id.0.simple().to_string());
    assert_ne!(moved, path);
    for path in [path.as_str(), moved.as_str()] {
        assert_eq!(site.person().open(path).await.status, 410, "{path}");
        let mut form = form.clone();
        path.clone_into(&mut form.action);
        assert_eq!(anybody.submit(&form).await.status, 410, "{path}");
    }
    assert_eq!(state(&site, "Red key").await, CredentialState::Active);
    for what in ["CredentialSuspended", "LinkUsed", "LoggedOut"] {
        assert_eq!(happened(&site, what).await, 0, "{what}");
    }
}

#[tokio::test]
async fn it_is_suspended_also_when_another_way_in_was_found_meanwhile() {
    let (sink, site) = sink_and_site().await;
    let path = reported(&sink, &site, "").await;
    add(&site, "Red key").await;
    let page = site.person().open(&path).await;
    assert!(page.body.contains("You can still log in with your other key."), "{}", page.body);
    assert_eq!(press(&site, &path).await.heading(), SUSPENDED);
    assert_eq!(state(&site, "Red key").await, CredentialState::Active);
}

#[tokio::test]
async fn a_link_works_for_an_hour_and_there_is_one_a_day() {
    let (sink, site) = sink_and_site().await;
    let path = reported(&sink, &site, "").await;
    let again = report(&site, "stolen", "").await;
    assert_eq!((again.status, again.heading().as_str()), (200, ASKED), "it says the same");
    let sent = sink.letters().len();
    send_all(&site.app).await;
    assert_eq!((sink.letters().len(), happened(&site, "LinkIssued").await), (sent, 1));
    let mut anybody = site.person();
    let form = anybody.open(&path).await.form(&path);
    site.clock.advance(LinkKind::Lost.lives());
    assert_eq!(anybody.submit(&form).await.status, 410);
    assert_eq!(site.person().open(&path).await.heading(), OVER);
    assert_eq!(state(&site, "Blue key").await, CredentialState::Active);
    assert_eq!(report(&site, "stolen", "").await.heading(), ASKED);
    assert_eq!(happened(&site, "LinkIssued").await, 1, "still the same day");
    site.clock.advance(Duration::from_secs(24 * 3600));
    report(&site, "stolen", "").await;
    assert_eq!(press(&site, &link(&sink, &site).await).await.heading(), SUSPENDED);
}

#[tokio::test]
async fn of_many_reports_at_once_one_sends_a_letter() {
    let (sink, site) = sink_and_site().await;
    amy(&site).await;
    send_all(&site.app).await;
    let before = sink.letters().len();
    let (mut somebody, lost) = after_the_password(&site).await;
    let form = somebody.open(&lost).await.form("/lost");
    let posts = (0..20).map(|_| {
        let request = somebody
            .request(reqwest::Method::POST, &form.action)
            .header(reqwest::header::ORIGIN, &site.issuer)
            .header(reqwest::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.body());
        site.send(request)
    });
    let answers = futures_util::future::join_all(posts).await;
    assert!(answers.iter().all(|answer| answer.heading() == ASKED));
    send_all(&site.app).await;
    assert_eq!((sink.letters().len(), happened(&site, "LinkIssued").await), (before + 1, 1));
}

#[tokio::test]
async fn whether_there_is_an_address_is_not_told() {
    let (sink, site) = sink_and_site().await;
    amy(&site).await;
    send_all(&site.app).await;
    let mut unreachable = record(&site, "amy.ward").await;
    let reachable = unreachable.clone();
    unreachable.person.email = None;
    let (taken, given) = (unreachable, reachable);
    let write = async move |tx: &Tx| tx.update_person(&taken).await;
    site.app.store.write::<_, Error, _>(write).await.expect("written");
    let before = sink.letters().len();
    let without = report(&site, "stolen", "yes").await;
    send_all(&site.app).await;
    assert_eq!((sink.letters().len(), happened(&site, "LinkIssued").await), (before, 0));
    let write = async move |tx: &Tx| tx.update_person(&given).await;
    site.app.store.write::<_, Error, _>(write).await.expect("written");
    let with = report(&site, "stolen", "yes").await;
    send_all(&site.app).await;
    assert_eq!(sink.letters().len(), before + 1);
    assert_eq!((without.status, without.heading()), (with.status, with.heading()));
    assert_eq!(without.body.len(), with.body.len());
}

/// Dan logged in with his password when that was enough. He has a key like Amy's.
async fn dan_with_a_key(site: &Site) -> (Person<'_>, Credential) {
    amy(site).await;
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    let key = Credential {
        id: CredentialId::new(&*site.app.rng, site.clock.now()),
        person: record(site, DAN.username).await.person.id,
        credential_id: vec![7; 32],
        ..keys(site).await.remove(0)
    };
    let row = key.clone();
    let write = async move |tx: &Tx| tx.insert_credential(&row).await;
    site.app.store.write::<_, Error, _>(write).await.expect("kept");
    (dan, key)
}

async fn is_active(site: &Site, key: &Credential) -> bool {
    let found = site.app.store.view().find_credential(key.person, key.id).await;
    found.expect("the database answers").expect("it is there").state == CredentialState::Active
}

#[tokio::test]
async fn the_last_way_in_is_asked_about_in_the_account_too_when_a_session_rests_on_a_password() {
    let (sink, site) = sink_and_site().await;
    let (mut dan, key) = dan_with_a_key(&site).await;
    apply(
        &site,
        "[[group]]\nid = \"theatre\"\norganisation = \"harbour\"\nname = \"Theatre\"\n\
         members = [\"dan.quay\"]\npolicy = { required = \"mfa\" }\n",
    )
    .await;
    let page = dan.open(&format!("/account/keys/{}/lost", key.id)).await;
    assert!(page.body.contains("it keeps working until you confirm"), "{}", page.body);
    let asked = dan.submit(&page.form("/lost").with("loss", "stolen")).await;
    assert_eq!((asked.status, asked.heading().as_str()), (200, ASKED));
    assert!(asked.body.contains("you have shown only your password"), "{}", asked.body);
    assert!(asked.links().iter().any(|link| link == "/account/keys"), "a way back to the list");
    assert!(is_active(&site, &key).await, "whoever knows a password locks nobody out");

    let path = link(&sink, &site).await;
    let to_dan = "Dan Quay <dan@harbour.example>";
    let letters = sink.letters();
    assert!(letters.iter().any(|it| it.to == to_dan && it.plain.contains(&path)));
    assert_eq!(press(&site, &path).await.heading(), SUSPENDED);
    assert!(!is_active(&site, &key).await);
}

#[tokio::test]
async fn a_link_that_went_to_an_address_of_before_is_void() {
    let (sink, site) = sink_and_site().await;
    let path = reported(&sink, &site, "").await;
    apply(
        &site,
        "[[person]]\nusername = \"amy.ward\"\norganisation = \"northgate\"\n\
         name = \"Amy Ward\"\nemail = \"amy.new@northgate.example\"\n",
    )
    .await;
    assert_eq!(site.person().open(&path).await.status, 410);
    assert_eq!(state(&site, "Blue key").await, CredentialState::Active);
}

#[tokio::test]
async fn an_authenticator_app_that_is_the_last_way_in_is_confirmed_too() {
    let (sink, site) = sink_and_site().await;
    amy(&site).await;
    let blue = keys(&site).await.remove(0);
    let app = AuthenticatorApp {
        id: CodeId::new(&*site.app.rng, site.clock.now()),
        seed: Sealed::from_bytes(vec![1; 48]),
        last_step: 0,
        state: CredentialState::Active,
        added_at: site.clock.now(),
        last_used_at: None,
    };
    let now = site.clock.now();
    let write = async move |tx: &Tx| {
        tx.put_app(blue.person, &app).await?;
        tx.suspend_credential(blue.person, blue.id, Cause::Administrator, now).await
    };
    assert!(site.app.store.write::<_, Error, _>(write).await.expect("written"));
    assert_eq!(report(&site, "stolen", "").await.heading(), ASKED);
    let path = link(&sink, &site).await;
    let mut anybody = site.person();
    let page = anybody.open(&path).await;
    assert_eq!(page.heading(), "Report your authenticator app lost");
    let done = anybody.submit(&page.form(&path)).await;
    assert_eq!(done.heading(), "Your authenticator app is suspended");
    assert_eq!(happened(&site, "AppSuspended").await, 1);
    send_all(&site.app).await;
    let letter = sink.letters().pop().expect("a letter");
    assert_eq!(letter.subject, "Your authenticator app was reported lost");
}
