use std::collections::BTreeSet;
use std::time::Duration;

use latchkey_core::audit::What;
use latchkey_core::{Clock as _, Timestamp};

use super::{attempt, guess, status};
use crate::support::http::{AMY, DAN, ROBIN, ROTA, Request, Site};

const QUARTER: Duration = Duration::from_secs(15 * 60 + 1);

/// Ten wrong ones, with the waits between them.
async fn ten_wrong(site: &Site, username: &str) {
    let mut stranger = site.person();
    assert_eq!(guess(&mut stranger, username).await, 5, "five cost nothing");
    for wait in [5, 10, 20, 40, 80] {
        assert_eq!(attempt(&mut stranger, username, "x").await.status, 429, "{wait}");
        site.clock.advance(Duration::from_secs(wait));
        assert_eq!(attempt(&mut stranger, username, "x").await.status, 422, "{wait}");
    }
    site.clock.advance(Duration::from_secs(160));
    assert_eq!(attempt(&mut stranger, username, "x").await.status, 429, "now a quarter of an hour");
}

#[tokio::test]
async fn after_ten_wrong_passwords_a_known_browser_gets_in_and_a_stranger_does_not() {
    let site = Site::start().await;
    let mut known = site.person();
    known.log_in(&Request::new(ROTA), DAN).await.code();
    known.jar.remove("latchkey-session");
    let mut stranger = site.person();
    ten_wrong(&site, DAN.username).await;
    let answer = attempt(&mut stranger, DAN.username, DAN.password).await;
    assert_eq!(answer.status, 429);
    assert!(answer.body.contains("or use your key"), "it says what still works");
    let wait: u64 = answer.header("retry-after").and_then(|it| it.parse().ok()).expect("a wait");
    assert!((1..=900).contains(&wait), "{wait}");
    assert_eq!(status(&mut known, DAN).await, 303);
    known.jar.remove("latchkey-session");
    assert_eq!(status(&mut stranger, DAN).await, 429, "another's log-in opens nothing for it");
    assert_eq!(status(&mut site.person(), ROBIN).await, 303, "nor does it shut anybody else out");
    site.clock.advance(QUARTER);
    assert_eq!(status(&mut stranger, DAN).await, 303);
    stranger.jar.clear();
    assert_eq!(guess(&mut stranger, DAN.username).await, 5, "a right one begins anew");
}

#[tokio::test]
async fn a_browser_of_somebody_else_is_no_known_one_and_a_known_one_is_throttled_too() {
    let site = Site::start().await;
    let mut robin = site.person();
    robin.log_in(&Request::new(ROTA), ROBIN).await.code();
    robin.jar.remove("latchkey-session");
    ten_wrong(&site, DAN.username).await;
    assert_eq!(status(&mut robin, DAN).await, 429, "known for Robin only");
    assert_eq!(guess(&mut robin, ROBIN.username).await, 5, "from a known browser as well");
    assert_eq!(status(&mut site.person(), ROBIN).await, 303, "which does not count elsewhere");
}

// Check 40.
#[tokio::test]
async fn after_ten_wrong_passwords_the_key_logs_in() {
    let site = Site::start().await;
    let mut amy = site.person();
    amy.log_in(&Request::new(ROTA), AMY).await.code();
    amy.jar.clear();
    ten_wrong(&site, AMY.username).await;
    assert_eq!(status(&mut amy, AMY).await, 429);
    let form = amy.open(&Request::new(ROTA).path()).await.form("/key");
    let named = form.with("username", AMY.username);
    amy.use_key(&named).await.callback().code();
}

#[tokio::test]
async fn a_throttled_name_is_answered_alike_whether_anybody_has_it_or_not() {
    let site = Site::start().await;
    let mut answers = BTreeSet::new();
    for username in [DAN.username, "nobody.here"] {
        let mut person = site.person();
        assert_eq!(guess(&mut person, username).await, 5, "{username}");
        let answer = attempt(&mut person, username, "not the right one").await;
        let headers: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
        let text = answer.body.find("<h1").map(|from| &answer.body[from..]).expect("a page");
        let flow = answer.url.split('/').nth(4).unwrap_or_default();
        let step = answer.form("/identify").field("step").unwrap_or_default().to_owned();
        let said = text.replace(username, "…").replace(flow, "…").replace(&step, "…");
        answers.insert((answer.status, headers, said));
    }
    assert_eq!(answers.len(), 1, "{answers:#?}");
}

#[tokio::test]
async fn spraying_over_many_names_from_one_address_ends_and_known_browsers_go_on() {
    let site = Site::start().await;
    let mut known = site.person();
    known.log_in(&Request::new(ROTA), DAN).await.code();
    known.jar.remove("latchkey-session");
    let mut sprayer = site.person();
    for again in 0..4 {
        let answer = attempt(&mut sprayer, "nobody.0", "Summer2026").await;
        assert_eq!(answer.status, 422, "one name is one, the {again}. time too");
    }
    for number in 0..30 {
        let name = format!("nobody.{number}");
        assert_eq!(attempt(&mut sprayer, &name, "Summer2026").await.status, 422, "{name}");
    }
    // The thirtieth name again: it counts once, and it is too late.
    assert_eq!(attempt(&mut sprayer, "nobody.29", "Autumn2026").await.status, 429);
    assert_eq!(attempt(&mut sprayer, "nobody.31", "Summer2026").await.status, 429);
    assert_eq!(status(&mut sprayer, ROBIN).await, 429, "right or wrong is not told");
    assert_eq!(status(&mut known, DAN).await, 303);
    site.clock.advance(Duration::from_secs(3600));
    assert_eq!(status(&mut sprayer, ROBIN).await, 303);
}

#[tokio::test]
async fn an_exempt_network_is_not_counted_and_its_accounts_are() {
    let networks = || ["127.0.0.0/8", "::1"].map(|it| it.parse().expect("a network")).to_vec();
    let site = Site::start_with(|config| config.throttle.exempt = networks()).await;
    let mut person = site.person();
    for number in 0..35 {
        let name = format!("nobody.{number}");
        assert_eq!(attempt(&mut person, &name, "Summer2026").await.status, 422, "{name}");
    }
    assert_eq!(guess(&mut person, DAN.username).await, 5);
    let site = Site::start_with(|config| config.throttle.registered = networks()).await;
    let mut person = site.person();
    for number in 0..35 {
        let name = format!("nobody.{number}");
        assert_eq!(attempt(&mut person, &name, "Summer2026").await.status, 422, "{name}");
    }
}

#[tokio::test]
async fn of_two_hundred_tries_at_once_no_more_are_looked_at_than_one_after_the_other() {
    let site = Site::start().await;
    let mut forms = Vec::new();
    for _ in 0..20 {
        let mut person = site.person();
        let page = person.open(&Request::new(ROTA).path()).await;
        let form = page.form("/identify").with("username", DAN.username).with("password", "x");
        forms.push((person, form));
    }
    let tries = forms.iter_mut().map(|(person, form)| async move {
        let mut looked_at = 0;
        for _ in 0..10 {
            let answer = person.post(form).await;
            looked_at += usize::from(answer.status == 422);
            assert!([422, 429].contains(&answer.status), "{}", answer.status);
        }
        looked_at
    });
    let looked_at: usize = futures_util::future::join_all(tries).await.into_iter().sum();
    assert!((1..=6).contains(&looked_at), "{looked_at} were looked at");
    assert_eq!(status(&mut site.person(), DAN).await, 429);
}

#[tokio::test]
async fn two_nodes_have_one_count_and_a_clock_that_goes_wrong_shuts_nobody_out() {
    let one = Site::start().await;
    let (url, key) = (one.app.config.database.url.clone(), one.app.config.master_key.clone());
    let two = Site::start_with(|config| {
        config.database.url = url;
        config.master_key = key;
    });
    let two = two.await;
    assert_eq!(guess(&mut one.person(), DAN.username).await, 5);
    assert_eq!(status(&mut two.person(), DAN).await, 429);
    // A year ahead, ten more: whoever's clock is right does not wait for a year.
    one.clock.advance(Duration::from_secs(365 * 86_400));
    ten_wrong(&one, ROBIN.username).await;
    assert!(one.clock.now() > two.clock.now());
    assert_eq!(status(&mut two.person(), ROBIN).await, 303);
}

#[tokio::test]
async fn the_audit_trail_is_told_of_a_storm_once_a_minute() {
    let site = Site::start().await;
    let mut stranger = site.person();
    assert_eq!(guess(&mut stranger, DAN.username).await, 5);
    for _ in 0..30 {
        assert_eq!(attempt(&mut stranger, DAN.username, "x").await.status, 429);
    }
    let told = async || {
        let events = site.app.store.view().list_events(100).await.expect("the trail");
        let refused = |(_, what): &(Timestamp, What)| match what {
            What::LoginRefused { reason, .. } => Some(reason.clone()),
            _ => None,
        };
        let mut told: Vec<_> = events.iter().filter_map(refused).collect();
        told.sort();
        told
    };
    let mut wanted = vec!["the password is wrong"; 5];
    wanted.push("too many were wrong: 5 in a row");
    assert_eq!(told().await, wanted);
    site.clock.advance(Duration::from_secs(61));
    assert_eq!(attempt(&mut stranger, DAN.username, "x").await.status, 422);
    assert_eq!(attempt(&mut stranger, DAN.username, "x").await.status, 429);
    assert_eq!(told().await.len(), wanted.len() + 1);
}

#[tokio::test]
async fn refused_answers_of_keys_count_by_address_and_never_by_key() {
    let site = Site::start().await;
    let mut amy = site.person();
    amy.log_in(&Request::new(ROTA), AMY).await.code();
    amy.jar.clear();
    let mut stranger = site.person();
    let refused = async |person: &mut crate::support::http::Person<'_>| {
        let form = person.open(&Request::new(ROTA).path()).await.form("/key");
        let form = form.with("credential", "{}").without("failure");
        person.submit(&form).await.body
    };
    for number in 0..60 {
        let body = refused(&mut stranger).await;
        assert!(!body.contains("Too many keys were refused here"), "{number}");
    }
    assert!(refused(&mut stranger).await.contains("Too many keys were refused here"));
    assert_eq!(status(&mut site.person(), DAN).await, 303, "passwords are another matter");
    site.clock.advance(QUARTER);
    let form = amy.open(&Request::new(ROTA).path()).await.form("/key");
    amy.use_key(&form).await.callback().code();
}
