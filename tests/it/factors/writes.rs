//! What a log-in costs the disk: each write transaction is a sync, so their number is kept. Counted
//! where they can be, in SQLite's log.

use super::{amy, happened, honest};
use crate::support::http::{Account, DAN, Person, ROTA, Request, Site, Tokens};

/// How many transactions were committed since the write-ahead log began (SQLite file format §4.1):
/// the frames of this round whose header tells the size of the database.
fn commits(site: &Site) -> usize {
    let url = site.app.config.database.url.clone();
    let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
    let log = std::fs::read(format!("{path}-wal")).expect("a write-ahead log");
    let number = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().expect("four bytes"));
    let frame = 24 + usize::try_from(number(8)).expect("a page's size");
    let salt = &log[16..24];
    let frames = (32..log.len().saturating_sub(frame - 1)).step_by(frame);
    frames.take_while(|at| &log[at + 8..at + 16] == salt).filter(|at| number(at + 4) != 0).count()
}

/// Tells how many commits there were since it was asked before.
struct Counted<'s>(&'s Site, usize);

impl<'s> Counted<'s> {
    fn from_here(site: &'s Site) -> Self {
        Self(site, commits(site))
    }

    fn since(&mut self) -> usize {
        let before = std::mem::replace(&mut self.1, commits(self.0));
        self.1.checked_sub(before).expect("the log began again")
    }
}

#[tokio::test]
async fn a_log_in_with_a_key_writes_five_times() {
    let site = Site::start_in_file().await;
    let mut amy = amy(&site).await;
    let mut counted = Counted::from_here(&site);
    let form = amy.open(&Request::new(ROTA).path()).await.form("/key");
    assert_eq!(counted.since(), 1, "the way begins");
    let options = amy.options(&form).await;
    assert_eq!(counted.since(), 1, "the challenge is kept");
    let told = amy.key.get(&options, &honest(&site)).expect("the key answers");
    let form = form.with("credential", &told.to_string()).without("failure");
    let answer = amy.post(&form).await;
    assert_eq!(counted.since(), 2, "the challenge is taken; the proof counts and the way ends");
    amy.follow(answer).await.callback().code();
    assert_eq!(counted.since(), 1, "the way goes back to its protocol, once");
}

#[tokio::test]
async fn a_log_in_with_a_password_writes_three_times() {
    let site = Site::start_in_file().await;
    let mut dan = site.person();
    let mut counted = Counted::from_here(&site);
    let page = dan.open(&Request::new(ROTA).path()).await;
    assert_eq!(counted.since(), 1, "the way begins");
    let form = page.form("/identify").with("username", DAN.username).with("password", DAN.password);
    let answer = dan.post(&form).await;
    assert_eq!(counted.since(), 1, "the proof counts and the way ends");
    dan.follow(answer).await.callback().code();
    assert_eq!(counted.since(), 1, "the way goes back to its protocol, once");
}

#[tokio::test]
async fn a_code_flow_of_somebody_who_is_logged_in_writes_once() {
    let site = Site::start_in_file().await;
    let mut dan = site.person();
    flow(&mut dan).await;
    let mut counted = Counted::from_here(&site);
    let tokens = flow(&mut dan).await;
    assert_eq!(counted.since(), 1, "the grant");
    assert_eq!(site.userinfo(&tokens.access).await.status, 200);
    assert_eq!(counted.since(), 0);
}

#[tokio::test]
async fn a_wrong_password_costs_the_same_for_every_name_and_the_name_is_not_kept() {
    let site = Site::start_in_file().await;
    let mut counted = Counted::from_here(&site);
    for username in [DAN.username, "nobody.here", "not a user name at all"] {
        let mut person = site.person();
        let page = person.open(&Request::new(ROTA).path()).await;
        counted.since();
        let answer = person.type_password(&page, Account { username, password: "wrong" }).await;
        assert_eq!((answer.status, counted.since()), (422, 1), "{username}");
    }
    assert_eq!(happened(&site, "LoginRefused").await, 3);
    let events = site.app.store.view().list_events(100).await.expect("the database answers");
    assert!(!format!("{events:?}").contains("nobody.here"));
}

async fn flow(person: &mut Person<'_>) -> Tokens {
    let answer = person.open(&Request::new(ROTA).path()).await;
    let answer =
        if answer.status == 200 { person.type_password(&answer, DAN).await } else { answer };
    Tokens::of(&person.site.redeem(ROTA, &answer.callback().code()).await)
}
