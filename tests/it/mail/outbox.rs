//! Letters on their way: a server that is down, refuses, hangs or breaks off, a node that dies, two
//! nodes. Nothing is lost, nothing is sent for ever, and nobody who logs in waits.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use latchkey::App;
use latchkey::mail::{Delivered, deliver, spawn};
use latchkey_core::audit::What;
use latchkey_core::letters::Undelivered;
use latchkey_core::rng::SystemRng;
use latchkey_core::roles::Scope;
use latchkey_store::{Error, Tx};

use super::{amy, events, operator, record, send_all, settings, sink_and_site, site, waiting};
use crate::support::http::{DAN, PHONE, Request, Site};
use crate::support::smtp::{Manner, Sink};

const MINUTE: u64 = 60;
const DAY: u64 = 24 * 60 * MINUTE;

fn sent(sent: u64) -> Delivered {
    Delivered { sent, ..Delivered::default() }
}

fn put_off(put_off: u64) -> Delivered {
    Delivered { put_off, ..Delivered::default() }
}

/// Queues letters to Amy without her doing anything.
async fn queue(site: &Site, count: usize) {
    let person = record(site, "amy.ward").await.person.id;
    for _ in 0..count {
        let letter = latchkey::mail::Letter::PasswordChanged;
        let origin = operator(site);
        let drafts = latchkey::mail::write(&site.app, &origin, person, None, letter).await;
        let drafts = drafts.expect("written");
        let write = async move |tx: &Tx| drafts.queue(tx).await;
        site.app.store.write::<(), Error, _>(write).await.expect("kept");
    }
}

#[tokio::test]
async fn what_a_server_that_is_down_did_not_take_arrives_when_it_is_up_again() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    drop(listener);
    let site = site(&format!("smtp://{address}")).await;
    queue(&site, 6).await;
    assert_eq!(send_all(&site.app).await, put_off(6));
    assert_eq!(send_all(&site.app).await, Delivered::default(), "not again at once");

    let sink = Sink::start_at(address).await;
    assert_eq!(send_all(&site.app).await, Delivered::default(), "not before its time");
    site.clock.advance(Duration::from_secs(2 * MINUTE + 1));
    assert_eq!(send_all(&site.app).await, sent(6));
    assert_eq!(waiting(&site.app).await, 0);
    let ids: BTreeSet<_> = sink.letters().into_iter().map(|letter| letter.id).collect();
    assert_eq!(ids.len(), 6, "each once");
}

#[tokio::test]
async fn a_letter_that_is_refused_for_good_is_given_up_at_once_and_that_is_told() {
    let (sink, site) = sink_and_site().await;
    sink.behave(Manner::Answers(550));
    queue(&site, 1).await;
    assert_eq!(send_all(&site.app).await, Delivered { given_up: 1, ..Delivered::default() });
    assert_eq!(waiting(&site.app).await, 0);
    let told = events(&site).await.into_iter().find_map(|what| match what {
        What::LetterGivenUp { letter, reason } => Some((letter, reason)),
        _ => None,
    });
    // Not the server's own words: they name whom the letter was for.
    let expected = ("password-changed".to_owned(), "the mail server answered 550".to_owned());
    assert_eq!(told, Some(expected));
    let text = site.app.metrics.render(&site.app);
    assert!(text.contains("latchkey_letters_given_up_total 1"), "{text}");
    assert!(text.contains("latchkey_letters_waiting 0"), "{text}");
}

#[tokio::test]
async fn a_letter_that_is_refused_for_now_is_tried_for_three_days_and_less_and_less_often() {
    let (sink, site) = sink_and_site().await;
    sink.behave(Manner::Answers(451));
    queue(&site, 1).await;
    let (mut tries, mut given_up, mut passed) = (0, 0, 0);
    while given_up == 0 && passed < 4 * DAY {
        let Delivered { put_off, given_up: lost, .. } = send_all(&site.app).await;
        tries += put_off + lost;
        given_up += lost;
        site.clock.advance(Duration::from_secs(10 * MINUTE));
        passed += 10 * MINUTE;
    }
    assert_eq!((given_up, waiting(&site.app).await), (1, 0));
    assert!((15..30).contains(&tries), "{tries} tries");
    assert!((2 * DAY..3 * DAY + MINUTE).contains(&passed), "after {passed} s");
    assert!(sink.taken().is_empty());
}

#[tokio::test]
async fn a_password_that_the_server_does_not_take_costs_nobody_a_letter() {
    let sink = Sink::start().await;
    sink.behave(Manner::WantsLogin);
    for (password, expected) in [("wrong", put_off(1)), ("right", sent(1))] {
        let url = format!("smtp://user:{password}@{}", sink.address);
        let site = site(&url).await;
        queue(&site, 1).await;
        assert_eq!(send_all(&site.app).await, expected, "{password}");
    }
    let without = site(&sink.url()).await;
    queue(&without, 1).await;
    assert_eq!(send_all(&without.app).await, put_off(1), "it wants a log-in");
}

/// Why letters did not leave, as far as that was noted.
async fn causes(site: &Site) -> Vec<Option<Undelivered>> {
    let view = site.app.store.view();
    let outbox = view.within(&Scope::Platform).find_outbox(None, 10).await.expect("read");
    outbox.expect("all is seen").failed.into_iter().map(|it| it.last_failure).collect()
}

#[tokio::test]
async fn why_a_letter_did_not_leave_is_noted_as_a_cause_and_never_in_the_servers_words() {
    let (sink, site) = sink_and_site().await;
    queue(&site, 1).await;
    for (manner, cause) in [
        (Manner::Answers(450), Undelivered::Address),
        (Manner::Answers(451), Undelivered::Later),
        (Manner::Answers(452), Undelivered::MailboxFull),
        (Manner::WantsLogin, Undelivered::Credentials),
        (Manner::Breaks, Undelivered::NotSmtp),
    ] {
        sink.behave(manner);
        assert_eq!(send_all(&site.app).await, put_off(1), "{manner:?}");
        assert_eq!(causes(&site).await, [Some(cause)], "{manner:?}");
        site.clock.advance(Duration::from_secs(2 * 60 * MINUTE));
    }
    sink.behave(Manner::Takes);
    assert_eq!((send_all(&site.app).await, causes(&site).await), (sent(1), vec![]));
}

#[tokio::test]
async fn a_letter_whose_answer_was_lost_is_sent_again_under_its_own_message_id() {
    let (sink, site) = sink_and_site().await;
    sink.behave(Manner::Breaks);
    queue(&site, 1).await;
    assert_eq!(send_all(&site.app).await, put_off(1));
    sink.behave(Manner::Takes);
    site.clock.advance(Duration::from_secs(5 * MINUTE));
    assert_eq!(send_all(&site.app).await, sent(1));
    let taken = sink.taken();
    assert_eq!(taken.len(), 2);
    assert_eq!(taken[0], taken[1], "the same letter to the last byte");
}

#[tokio::test]
async fn a_node_that_dies_between_sending_and_noting_it_loses_nothing() {
    let (sink, site) = sink_and_site().await;
    sink.behave(Manner::Hangs);
    queue(&site, 1).await;
    let app = Arc::clone(&site.app);
    let node = tokio::spawn(async move { deliver(&app).await });
    sink.wait_for(1).await;
    node.abort();
    assert!(node.await.is_err_and(|error| error.is_cancelled()), "it died on the way");
    assert_eq!(waiting(&site.app).await, 1, "it is there still");
    sink.behave(Manner::Takes);
    assert_eq!(send_all(&site.app).await, Delivered::default(), "it was claimed");
    site.clock.advance(Duration::from_secs(2 * MINUTE + 1));
    assert_eq!(send_all(&site.app).await, sent(1));
    let ids: Vec<_> = sink.letters().into_iter().map(|letter| letter.id).collect();
    assert_eq!((ids.len(), &ids[0]), (2, &ids[1]));
}

#[tokio::test]
async fn two_nodes_send_each_letter_once() {
    let (sink, site) = sink_and_site().await;
    let clock = site.clock.clone();
    let other = App::open(site.app.config.clone(), clock, Arc::new(SystemRng)).await.expect("up");
    queue(&site, 20).await;
    let (one, two) = tokio::join!(send_all(&site.app), send_all(&other));
    assert_eq!(one.sent + two.sent, 20, "{one:?} {two:?}");
    assert_eq!((one.put_off + two.put_off, waiting(&site.app).await), (0, 0));
    let ids: BTreeSet<_> = sink.letters().into_iter().map(|letter| letter.id).collect();
    assert_eq!((ids.len(), sink.taken().len()), (20, 20));
}

#[tokio::test]
async fn a_server_that_says_nothing_makes_nobody_wait_who_logs_in() {
    let (sink, site) = sink_and_site().await;
    sink.behave(Manner::Silent);
    let worker = spawn(Arc::clone(&site.app)).expect("letters are sent");
    amy(&site).await;
    let mut dan = site.person();
    dan.log_in(&Request::new(PHONE), DAN).await.code();
    assert_eq!(waiting(&site.app).await, 1, "it waits, and they do not");
    drop(worker);
}

#[tokio::test]
async fn a_worker_sends_at_once_what_is_queued_beside_it_and_ends_when_told() {
    let (sink, site) = sink_and_site().await;
    let worker = spawn(Arc::clone(&site.app)).expect("letters are sent");
    amy(&site).await;
    let taken = sink.wait_for(1).await;
    assert_eq!(taken[0].from, "login@latchkey.example");
    worker.finish().await;
    assert_eq!(waiting(&site.app).await, 0, "it noted what it had sent before it ended");
    queue(&site, 1).await;
    latchkey::mail::wake(&site.app);
    assert_eq!(waiting(&site.app).await, 1, "nobody sends it any more");
}

#[tokio::test]
async fn a_letter_that_waits_outlives_a_new_master_key_and_is_kept_sealed() {
    let (sink, site) = sink_and_site().await;
    queue(&site, 1).await;
    let due = async || {
        let now = latchkey_core::Clock::now(&*site.clock);
        site.app.store.view().list_due_messages(now, 10).await.expect("read").remove(0)
    };
    let before = due().await;
    let stored = String::from_utf8_lossy(before.sealed.as_bytes()).into_owned();
    for part in ["amy@northgate", "password", "not-me"] {
        assert!(!stored.contains(part), "{part} is stored in the clear");
    }
    let origin = operator(&site);
    let (store, rng) = (&site.app.store, &*site.app.rng);
    let rotated = site.app.keys.rotate_master(store, rng, &origin).await.expect("rotated");
    assert_eq!((rotated.version, due().await), (2, before));
    assert_eq!(send_all(&site.app).await, sent(1));
    assert_eq!(sink.letters()[0].subject, "Your password was changed");
}

#[test]
fn settings_tell_no_password() {
    let mail = settings("smtps://user:hunter2@mail.example.org");
    assert!(!format!("{mail:?}{}", mail.post).contains("hunter2"));
}
