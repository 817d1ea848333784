//! Letters that did not leave, as the platform's administrators see to them: over SMTP to a server
//! that refuses first and takes later. None is sent twice for it.

use std::sync::Arc;
use std::time::Duration;

use latchkey::App;
use latchkey::actions::links;
use latchkey::audit::Origin;
use latchkey::config::Console;
use latchkey::mail::{self, Delivered, Letter, deliver};
use latchkey_api::AdminScope;
use latchkey_core::Clock as _;
use latchkey_core::audit::{Handling, What};
use latchkey_core::codes::LinkKind;
use latchkey_core::people::Username;
use latchkey_core::rng::SystemRng;
use latchkey_core::roles::{Actor, Role};
use latchkey_store::{Error, PersonRecord, Tx};
use serde_json::{Value, json};

use super::changes::wrong;
use super::{At, Desk, NELL, PIA, problem};
use crate::mail::{send_all, settings};
use crate::support::smtp::{Manner, Sink};

const NOBODY: &str = "018f0000-0000-7000-8000-000000000000";

/// A desk whose letters go to a server that asks to come again later.
async fn desk() -> (Sink, Desk) {
    let sink = Sink::start().await;
    sink.behave(Manner::Answers(451));
    let mail = settings(&sink.url());
    (sink, Desk::open_with(|config| config.mail = Some(mail)).await)
}

/// Has the server take what was written so far, and nothing from now on. How much it took.
async fn settle(sink: &Sink, desk: &Desk) -> usize {
    sink.behave(Manner::Takes);
    send_all(&desk.site.app).await;
    sink.behave(Manner::Answers(451));
    sink.taken().len()
}

fn operator(desk: &Desk) -> Origin {
    Origin { actor: Actor::Cli, address: None, at: desk.site.clock.now() }
}

async fn waiting(desk: &Desk) -> u64 {
    desk.site.app.store.view().count_messages().await.expect("read")
}

/// Queues letters to Nell.
async fn queue(desk: &Desk, letters: &[Letter]) {
    let nell = desk.record(NELL).await.person.id;
    for letter in letters {
        let origin = operator(desk);
        let drafts = mail::write(&desk.site.app, &origin, nell, None, letter.clone()).await;
        let drafts = drafts.expect("written");
        let write = async move |tx: &Tx| drafts.queue(tx).await;
        desk.site.app.store.write::<(), Error, _>(write).await.expect("kept");
    }
}

async fn failing(at: &At<'_>) -> Vec<Value> {
    at.get("/health").await.json()["mail"]["failing"].as_array().expect("letters").clone()
}

fn path(letter: &Value, what: &str) -> String {
    format!("/health/letters/{}/{what}", letter["id"].as_str().expect("an id"))
}

async fn happened(desk: &Desk) -> Vec<What> {
    let events = desk.site.app.store.view().list_events(1000).await.expect("read");
    let of_letters = |what: &What| {
        matches!(
            what,
            What::LetterRetried { .. } | What::LettersRetried { .. } | What::LetterWithdrawn { .. }
        )
    };
    events.into_iter().map(|(_, what)| what).filter(of_letters).collect()
}

fn sent(sent: u64) -> Delivered {
    Delivered { sent, ..Delivered::default() }
}

#[tokio::test]
async fn letters_that_did_not_leave_are_listed_page_by_page_and_counted() {
    let (sink, desk) = desk().await;
    let pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    settle(&sink, &desk).await;
    queue(&desk, &vec![Letter::PasswordChanged; 53]).await;
    send_all(&desk.site.app).await;
    let mail = pia.get("/health").await.json()["mail"].clone();
    assert_eq!((&mail["failed"], &mail["waiting"]), (&json!(53), &json!(53)));
    assert_eq!(mail["failing"].as_array().map(Vec::len), Some(50), "the first of them");
    let ids = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().expect("letters").iter();
        items.map(|it| it["id"].as_str().expect("an id").to_owned()).collect()
    };
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = pia.get(&format!("/health/letters?limit=20{after}")).await.json();
        seen.extend(ids(&page));
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    let mut once = seen.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!((seen.len(), once.len()), (53, 53), "none twice and none left out");
    let last = pia.get(&format!("/health/letters/{}", seen[52])).await;
    assert_eq!((last.status, &last.json()["to"]), (200, &json!("n…@riverside.example")));
    assert_eq!(pia.get(&format!("/health/letters/{NOBODY}")).await.status, 404);
    // One that leaves meanwhile takes nobody's place.
    let after = format!("&after={}", seen[19]);
    pia.post(&format!("/health/letters/{}/withdraw", seen[19]), json!({})).await;
    let page = pia.get(&format!("/health/letters?limit=20{after}")).await.json();
    assert_eq!(ids(&page), seen[20..40]);
    let wrong = pia.get("/health/letters?after=x").await;
    assert_eq!(wrong.status, 422, "{wrong:?}");
}

#[tokio::test]
async fn a_letter_that_did_not_leave_is_told_with_its_cause_and_is_tried_again_when_asked() {
    let (sink, desk) = desk().await;
    let pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    let before = settle(&sink, &desk).await;
    queue(&desk, &[Letter::PasswordChanged]).await;
    assert_eq!(failing(&pia).await, Vec::<Value>::new(), "it was not tried yet");
    assert_eq!(send_all(&desk.site.app).await.put_off, 1);
    let letter = failing(&pia).await.remove(0);
    for (member, told) in [
        ("kind", json!("password-changed")),
        ("to", json!("n…@riverside.example")),
        ("cause", json!("later")),
        ("on_its_way", json!(false)),
        ("link", json!(false)),
        ("attempts", json!(1)),
    ] {
        assert_eq!(letter[member], told, "{member}");
    }
    // A dry run, and somebody who may only look, do nothing.
    let retry = path(&letter, "retry");
    let tried = pia.post(&retry, json!({ "dry_run": true })).await.json();
    assert_eq!((&tried["done"], &tried["letters"]), (&json!(false), &json!(1)));
    assert_eq!(send_all(&desk.site.app).await, Delivered::default(), "not before its time");

    sink.behave(Manner::Takes);
    let done = pia.post(&retry, json!({})).await;
    assert_eq!((done.status, &done.json()["done"]), (200, &json!(true)), "{done:?}");
    assert_eq!(pia.post(&retry, json!({})).await.status, 200, "twice is the same as once");
    assert_eq!(send_all(&desk.site.app).await, sent(1));
    assert_eq!((sink.taken().len(), waiting(&desk).await), (before + 1, 0));

    // It was sent meanwhile.
    for what in ["retry", "withdraw"] {
        let late = pia.post(&path(&letter, what), json!({})).await;
        assert_eq!((late.status, &*problem(&late)), (404, "not-found"), "{what}");
    }
    let retried = || What::LetterRetried { letter: "password-changed".into() };
    assert_eq!(happened(&desk).await, [retried(), retried()]);
}

#[tokio::test]
async fn all_that_did_not_leave_are_tried_at_once_by_two_nodes_and_each_is_sent_once() {
    let (sink, desk) = desk().await;
    let pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    let before = settle(&sink, &desk).await;
    let letters = [Letter::PasswordChanged, Letter::CodesMade, Letter::PassIssued];
    queue(&desk, &letters).await;
    assert_eq!(send_all(&desk.site.app).await.put_off, 3);
    let dry = pia.post("/health/letters/retry", json!({ "dry_run": true })).await.json();
    assert_eq!((&dry["done"], &dry["letters"]), (&json!(false), &json!(3)));
    sink.behave(Manner::Takes);
    let done = pia.post("/health/letters/retry", json!({})).await.json();
    assert_eq!((&done["done"], &done["letters"]), (&json!(true), &json!(3)));
    let (mut config, clock) = (desk.site.app.config.clone(), desk.site.clock.clone());
    config.console = Console::Nowhere;
    let other = App::open(config, clock, Arc::new(SystemRng)).await.expect("up");
    let again = pia.post("/health/letters/retry", json!({}));
    let (one, two, _) = tokio::join!(send_all(&desk.site.app), send_all(&other), again);
    assert_eq!(one.sent + two.sent, 3, "{one:?} {two:?}");
    assert_eq!((sink.taken().len(), waiting(&desk).await), (before + 3, 0));
    let none = pia.post("/health/letters/retry", json!({})).await.json();
    assert_eq!((&none["done"], &none["letters"]), (&json!(true), &json!(0)));
    assert_eq!(happened(&desk).await[0], What::LettersRetried { letters: 3 });
}

#[tokio::test]
async fn a_letter_that_is_being_tried_is_nobodys_until_that_is_over() {
    let (sink, desk) = desk().await;
    let pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    let before = settle(&sink, &desk).await;
    sink.behave(Manner::Hangs);
    queue(&desk, &[Letter::PasswordChanged]).await;
    let app = Arc::clone(&desk.site.app);
    let node = tokio::spawn(async move { deliver(&app).await });
    sink.wait_for(before + 1).await;
    let letter = failing(&pia).await.remove(0);
    assert_eq!((&letter["on_its_way"], &letter["cause"]), (&json!(true), &Value::Null));
    for what in ["retry", "withdraw"] {
        let refused = pia.post(&path(&letter, what), json!({})).await;
        assert_eq!((refused.status, &*problem(&refused)), (409, "on-its-way"), "{what}");
    }
    let all = pia.post("/health/letters/retry", json!({})).await.json();
    assert_eq!(all["letters"], 0, "none is sent twice");
    assert_eq!(happened(&desk).await, []);

    // Its node dies, and after a while nobody can be trying it any more.
    node.abort();
    desk.site.clock.advance(Duration::from_secs(119));
    assert_eq!(failing(&pia).await[0]["on_its_way"], true);
    desk.site.clock.advance(Duration::from_secs(1));
    assert_eq!(pia.post(&path(&letter, "retry"), json!({})).await.status, 200);
    sink.behave(Manner::Takes);
    assert_eq!(send_all(&desk.site.app).await, sent(1));
}

/// Somebody who has nothing yet.
async fn newcomer(desk: &Desk) -> PersonRecord {
    desk.apply(
        "[[person]]\nusername = \"new.nia\"\norganisation = \"riverside\"\nname = \"Nia New\"\n\
         email = \"nia@riverside.example\"\n",
    )
    .await;
    let name = Username::parse("new.nia").expect("a user name");
    let found = desk.site.app.store.view().find_person_by_username(&name).await;
    found.expect("the database answers").expect("there")
}

#[tokio::test]
async fn a_letter_that_is_given_up_never_arrives_and_its_link_ends_with_it_but_no_later_one() {
    let (sink, desk) = desk().await;
    let mut pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    let before = settle(&sink, &desk).await;
    let nia = newcomer(&desk).await;
    let invite = async || {
        let (origin, none) = (operator(&desk), Handling::default());
        let issued = links::invite(&desk.site.app, &origin, &nia, &none).await;
        issued.expect("the database answers").expect("she is new")
    };
    let link = async || {
        let view = desk.site.app.store.view();
        view.find_last_link(nia.person.id, LinkKind::Invitation).await.expect("read")
    };
    invite().await;
    assert_eq!(send_all(&desk.site.app).await.put_off, 1);
    let letter = failing(&pia).await.remove(0);
    assert_eq!((&letter["kind"], &letter["link"]), (&json!("invitation"), &json!(true)));
    let withdraw = path(&letter, "withdraw");
    let long = pia.post(&withdraw, json!({ "note": "x".repeat(501) })).await;
    assert_eq!(wrong(&long), [("note".into(), "too-long".into())]);
    let dry = pia.post(&withdraw, json!({ "dry_run": true })).await.json();
    assert_eq!((&dry["done"], &dry["link"]), (&json!(false), &json!(true)));
    assert!(link().await.is_some() && waiting(&desk).await == 1, "nothing was done");
    let why = json!({ "note": "She starts elsewhere", "case": "NG-7" });
    let done = pia.post(&withdraw, why).await.json();
    assert_eq!((&done["done"], &done["link"]), (&json!(true), &json!(true)));
    assert!(link().await.is_none(), "nobody knows its secret");
    assert_eq!(pia.post(&withdraw, json!({})).await.status, 404, "once");
    sink.behave(Manner::Takes);
    desk.site.clock.advance(Duration::from_secs(3600));
    assert_eq!(send_all(&desk.site.app).await, Delivered::default());
    assert_eq!(sink.taken().len(), before, "she never gets it");
    let withdrawn =
        What::LetterWithdrawn { letter: "invitation".into(), link: Some(LinkKind::Invitation) };
    assert_eq!(happened(&desk).await, [withdrawn]);
    pia.step_up(PIA).await;
    let history = pia.get(&format!("/people/{}/history", nia.person.id)).await.json();
    let event = &history["items"][0];
    for (member, told) in
        [("kind", "letter_withdrawn"), ("case", "NG-7"), ("reason", "She starts elsewhere")]
    {
        assert_eq!(event[member], told, "{member}");
    }
    settle(&sink, &desk).await;

    // The link of an invitation that was made later stays when the letter of the one before goes.
    invite().await;
    send_all(&desk.site.app).await;
    let older = failing(&pia).await.remove(0);
    desk.site.clock.advance(Duration::from_secs(1));
    invite().await;
    assert_eq!(pia.post(&path(&older, "withdraw"), json!({})).await.status, 200);
    assert!(link().await.is_some(), "the later one counts");
}

#[tokio::test]
async fn letters_are_seen_to_by_whoever_has_that_scope_and_while_letters_are_sent() {
    let (_sink, desk) = desk().await;
    queue(&desk, &[Letter::PasswordChanged]).await;
    send_all(&desk.site.app).await;
    let looks = desk.with_scopes(PIA, &[AdminScope::HealthRead]).await;
    desk.grant(PIA, Role::PlatformAdministrator, "valley").await;
    let letter = failing(&looks).await.remove(0);
    for path in ["/health/letters/retry", &path(&letter, "retry"), &path(&letter, "withdraw")] {
        let refused = looks.post(path, json!({})).await;
        let challenge = refused.header("www-authenticate").unwrap_or_default();
        assert_eq!(refused.status, 403, "{path}");
        assert!(challenge.contains("insufficient_scope"), "{challenge}");
        assert!(challenge.contains("health:write"), "{challenge}");
    }
    assert!(happened(&desk).await.is_empty());

    let silent = Desk::open().await;
    let pia = silent.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    let refused = pia.post("/health/letters/retry", json!({})).await;
    assert_eq!((refused.status, &*problem(&refused)), (409, "no-mail"));
    for what in ["retry", "withdraw"] {
        let none = pia.post(&format!("/health/letters/{NOBODY}/{what}"), json!({})).await;
        assert_eq!((none.status, &*problem(&none)), (404, "not-found"), "{what}");
        let odd = pia.post(&format!("/health/letters/..%2Fkeys/{what}"), json!({})).await;
        assert_eq!(odd.status, 404, "{what}");
    }
}
