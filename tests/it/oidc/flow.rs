//! The pages of a log-in as somebody would abuse them: other browsers, other sites, old forms; and
//! as people use them: the back button, two tabs, a long lunch.

use std::time::Duration;

use latchkey::authn::software::Behaviour;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, ORIGIN};

use crate::support::http::{
    AMY, Account, Answer, DAN, NOTES, Person, ROBIN, ROTA, Request, STOCK, Site, Tokens,
};

const FORM: &str = "application/x-www-form-urlencoded";

async fn log_in_page(person: &mut Person<'_>) -> Answer {
    person.open(&Request::new(ROTA).path()).await
}

/// A page that says what happened, with a way on that is ours.
fn says(answer: &Answer, heading: &str) {
    assert_eq!(answer.heading(), heading, "{} {}", answer.status, answer.url);
    assert!((400..500).contains(&answer.status), "{}", answer.status);
    assert!(!answer.links().is_empty() || !answer.forms().is_empty(), "a dead end: {heading}");
}

fn way_on(answer: &Answer, part: &str) -> String {
    let is_language = |link: &String| link.contains("ui_locales=");
    let mut links = answer.links().into_iter().filter(|link| !is_language(link));
    let found = links.find(|link| link.contains(part));
    found.unwrap_or_else(|| panic!("no way on in {:?}", answer.links()))
}

#[tokio::test]
async fn a_flow_belongs_to_the_browser_that_began_it() {
    let site = Site::start().await;
    let mut dan = site.person();
    let page = log_in_page(&mut dan).await;
    let filled =
        page.form("/identify").with("username", DAN.username).with("password", DAN.password);
    let mut none = site.person();
    let mut other = site.person();
    log_in_page(&mut other).await;
    let mut forged = site.person();
    forged.jar.insert("latchkey-browser".into(), "guessed".into());
    for mallory in [&mut none, &mut other, &mut forged] {
        says(&mallory.open(&page.url).await, "This page belongs to another browser");
        says(&mallory.submit(&filled).await, "This page belongs to another browser");
        assert_eq!(mallory.session(), None);
    }
    assert!(!dan.submit(&filled).await.callback().code().is_empty());
}

#[tokio::test]
async fn the_way_back_to_the_application_works_once_and_in_its_own_browser() {
    let site = Site::start().await;
    let mut dan = site.person();
    let page = log_in_page(&mut dan).await;
    let form = page.form("/identify").with("username", DAN.username).with("password", DAN.password);
    let answer = dan.post(&form).await;
    let resume = answer.location().expect("the way back").to_owned();
    assert!(resume.contains("/oauth2/authorize/resume"), "{resume}");
    let mut mallory = site.person();
    says(&mallory.open(&resume).await, "This page belongs to another browser");
    mallory.tokens(ROTA, ROBIN).await;
    says(&mallory.open(&resume).await, "This page belongs to another browser");
    assert!(!dan.get(&resume).await.callback().code().is_empty());
    let again = dan.get(&resume).await;
    says(&again, "This log-in is finished");
    let restart = way_on(&again, "restart");
    assert!(!dan.open(&restart).await.callback().code().is_empty());
}

#[tokio::test]
async fn a_form_counts_once() {
    let site = Site::start().await;
    let mut amy = site.person();
    let page = log_in_page(&mut amy).await;
    let form = page.form("/identify").with("username", AMY.username).with("password", AMY.password);
    let before = amy.jar.clone();
    let enrol = amy.submit(&form).await;
    assert!(enrol.url.ends_with("/enrol/passkey"));
    let again = amy.submit(&form).await;
    says(&again, "You have done this step already");
    let onward = amy.open(&way_on(&again, "/login/")).await;
    assert!(onward.url.ends_with("/enrol/passkey"), "{}", onward.url);
    let after = std::mem::replace(&mut amy.jar, before);
    let stolen = amy.submit(&form).await;
    assert_eq!(stolen.status, 410, "without the new cookie: {}", stolen.heading());
    assert_eq!(amy.session(), None);
    amy.jar = after;
    let wrong = enrol.form("/enrol/passkey").with("step", "guessed").with("credential", "{}");
    says(&amy.submit(&wrong).await, "You have done this step already");
}

#[tokio::test]
async fn a_form_sent_twice_at_once_counts_once() {
    let site = Site::start().await;
    let mut dan = site.person();
    let page = log_in_page(&mut dan).await;
    let form = page.form("/identify").with("username", DAN.username).with("password", DAN.password);
    let post = || {
        let request = dan.request(Method::POST, &form.action).header(ORIGIN, &site.issuer);
        site.send(request.header(CONTENT_TYPE, FORM).body(form.body()))
    };
    let (a, b, c) = tokio::join!(post(), post(), post());
    let answers = [a, b, c];
    assert_eq!(answers.iter().filter(|answer| answer.status == 303).count(), 1);
    assert!(answers.iter().all(|answer| answer.status == 303 || answer.status < 500));
}

#[tokio::test]
async fn a_page_of_somebody_else_goes_on_as_who_is_logged_in_or_logs_them_out() {
    let site = Site::start().await;
    let mut browser = site.person();
    let page = log_in_page(&mut browser).await;
    let enrol = browser.type_password(&page, AMY).await;
    let again = Request::new(ROTA).with("prompt", "login");
    let page = browser.open(&again.path()).await;
    browser.type_password(&page, DAN).await.callback();
    let other = browser.open(&enrol.url).await;
    says(&other, "You are logged in as somebody else");
    assert!(other.body.contains(">Go on as Dan Quay</a>"), "{}", other.body);
    assert!(other.links().contains(&"/logout".to_owned()), "{}", other.body);
    let restart = way_on(&other, "restart");
    assert!(!browser.open(&restart).await.callback().code().is_empty());
}

#[tokio::test]
async fn the_back_button_after_a_log_in_leads_on() {
    let site = Site::start().await;
    let mut dan = site.person();
    let page = log_in_page(&mut dan).await;
    dan.type_password(&page, DAN).await.callback();
    for path in [page.url.clone(), page.url.trim_end_matches("/identify").to_owned()] {
        let back = dan.open(&path).await;
        says(&back, "This log-in is finished");
        let restart = way_on(&back, "restart");
        assert!(!dan.open(&restart).await.callback().code().is_empty());
    }
    let sent = dan.type_password(&page, DAN).await;
    says(&sent, "This log-in is finished");
}

#[tokio::test]
async fn the_back_button_in_the_middle_leads_to_the_present_step() {
    let site = Site::start().await;
    let mut amy = site.person();
    let page = log_in_page(&mut amy).await;
    let enrol = amy.type_password(&page, AMY).await;
    for step in ["identify", "ready", "consent", "factor/passkey", "help-needed", ""] {
        let path = page.url.replace("identify", step);
        let back = amy.open(path.trim_end_matches('/')).await;
        assert_eq!(back.url, enrol.url, "{step}");
    }
}

#[tokio::test]
async fn two_flows_in_one_browser_do_not_mix() {
    let site = Site::start().await;
    let mut dan = site.person();
    let rota = dan.open(&Request::new(ROTA).with("state", "rota").path()).await;
    let stock = dan.open(&Request::new(STOCK).with("state", "stock").path()).await;
    assert_ne!(rota.url, stock.url);
    let step = rota.form("/identify").field("step").expect("a step").to_owned();
    let mixed = stock.form("/identify").with("step", &step);
    let mixed = mixed.with("username", DAN.username).with("password", DAN.password);
    says(&dan.submit(&mixed).await, "You have done this step already");
    let back = dan.type_password(&stock, DAN).await.callback();
    assert_eq!(back.one("state"), Some("stock"));
    let code = back.code();
    assert_eq!(site.redeem(ROTA, &code).await.error(), "invalid_grant");
    let back = dan.type_password(&rota, DAN).await.callback();
    assert_eq!(back.one("state"), Some("rota"));
    Tokens::of(&site.redeem(ROTA, &back.code()).await);
}

#[tokio::test]
async fn an_expired_flow_is_a_page_that_starts_the_same_request_again() {
    let site = Site::start().await;
    let mut dan = site.person();
    let page = dan.open(&Request::new(ROTA).with("state", "kept").path()).await;
    site.clock.advance(site.app.config.lifetimes.flow);
    let late = dan.type_password(&page, DAN).await;
    says(&late, "This page has expired");
    assert_eq!(dan.session(), None);
    says(&dan.open(&page.url).await, "This page has expired");
    let again = dan.open(&way_on(&late, "restart")).await;
    let back = dan.type_password(&again, DAN).await.callback();
    assert_eq!(back.one("state"), Some("kept"));
    assert!(!back.code().is_empty());
}

#[tokio::test]
async fn forms_from_other_sites_are_refused() {
    let site = Site::start().await;
    let mut dan = site.person();
    let page = log_in_page(&mut dan).await;
    let form = page.form("/identify").with("username", DAN.username).with("password", DAN.password);
    let evil: [&[(&str, &str)]; 6] = [
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site"), ("origin", &site.issuer)],
        &[("sec-fetch-site", "cross-site"), ("origin", &site.issuer)],
        &[],
    ];
    let paths = [&*form.action, "/logout", "/oauth2/logout/confirm"];
    for headers in evil {
        for path in paths {
            let mut request = dan.request(Method::POST, path).header(CONTENT_TYPE, FORM);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let answer = dan.send(request.body(form.body())).await;
            assert_eq!(answer.status, 403, "{headers:?} at {path}");
            assert_eq!(answer.heading(), "This came from another site");
            assert_eq!(dan.session(), None);
        }
    }
    assert!(!dan.submit(&form).await.callback().code().is_empty(), "the form is still good");
}

#[tokio::test]
async fn every_proof_changes_the_secret_and_the_old_one_is_worth_nothing() {
    let site = Site::start().await;
    let mut amy = site.person();
    amy.jar.insert("latchkey-session".into(), "planted".into());
    let page = log_in_page(&mut amy).await;
    let enrol = amy.type_password(&page, AMY).await;
    let after_password = amy.session().expect("a session").to_owned();
    assert_ne!(after_password, "planted");
    let name = amy.use_key(&enrol.form("/enrol/passkey")).await;
    let named = name.form("/name").with("nickname", "Blue");
    let factor = amy.submit(&named).await;
    let ready = amy.use_key(&factor.form("/factor/passkey")).await;
    let after_key = amy.session().expect("a session").to_owned();
    assert_ne!(after_password, after_key);
    amy.submit(&ready.form("/ready")).await.callback();
    let page = amy.open(&Request::new(ROTA).with("prompt", "login").path()).await;
    let factor = amy.type_password(&page, AMY).await;
    let again = amy.session().expect("a session").to_owned();
    assert!(![&after_password, &after_key].contains(&&again));
    amy.use_key(&factor.form("/factor/passkey")).await.callback();
    let last = amy.session().expect("a session").to_owned();
    assert_ne!(last, again);
    let silent = Request::new(ROTA).with("prompt", "none").path();
    for old in ["planted", &after_password, &after_key, &again] {
        let mut mallory = site.person();
        mallory.jar.insert("latchkey-session".into(), old.to_owned());
        assert_eq!(mallory.get(&silent).await.callback().error(), "login_required");
    }
    assert!(!amy.get(&silent).await.callback().code().is_empty());
}

#[tokio::test]
async fn somebody_else_in_the_same_browser_ends_the_first_session() {
    let site = Site::start().await;
    let mut dan = site.person();
    let first = dan.tokens(ROTA, DAN).await;
    let old = dan.jar.clone();
    let page = dan.open(&Request::new(ROTA).with("prompt", "login").path()).await;
    dan.type_password(&page, ROBIN).await.callback();
    assert_eq!(site.userinfo(&first.access).await.status, 401);
    dan.jar = old;
    let silent = Request::new(ROTA).with("prompt", "none").path();
    assert_eq!(dan.get(&silent).await.callback().error(), "login_required");
}

#[tokio::test]
async fn a_consent_form_of_one_flow_says_nothing_for_another() {
    let site = Site::start().await;
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    let one = dan.open(&Request::new(NOTES).with("scope", "openid").path()).await;
    let two = dan.open(&Request::new(NOTES).path()).await;
    let step = one.form("/consent").field("step").expect("a step").to_owned();
    let mixed = two.form("/consent").with("step", &step).with("decision", "allow");
    says(&dan.submit(&mixed).await, "You have done this step already");
}

/// A page without what differs between any two: nonces, addresses of the flow, what was typed.
fn blank(answer: &Answer, typed: &str) -> String {
    let form = answer.form("/identify");
    let flow = form.action.trim_start_matches("/login/").trim_end_matches("/identify");
    let mut text = answer.body.replace(flow, "FLOW").replace(typed, "TYPED");
    text = text.replace(form.field("step").expect("a step"), "STEP");
    let mut blanked = String::new();
    let mut parts = text.split("nonce=\"");
    blanked.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (_, rest) = part.split_once('"').expect("an end");
        blanked.push_str("nonce=\"\"");
        blanked.push_str(rest);
    }
    blanked
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_look_the_same() {
    let site = Site::start().await;
    let mut seen = Vec::new();
    for username in [DAN.username, "no.body", AMY.username, "not a name at all"] {
        let mut person = site.person();
        let page = log_in_page(&mut person).await;
        let wrong = Account { username, password: "a wrong password" };
        let answer = person.type_password(&page, wrong).await;
        assert_eq!(answer.status, 422);
        assert_eq!(person.session(), None);
        let names: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
        seen.push((names, blank(&answer, username)));
    }
    for other in &seen[1..] {
        assert_eq!(&seen[0], other);
    }
    assert!(seen[0].1.contains("do not match"));
}

#[tokio::test]
async fn what_a_key_signed_counts_once_for_its_own_page_and_its_own_flow() {
    let site = Site::start().await;
    let mut amy = site.person();
    amy.tokens(ROTA, AMY).await;
    amy.jar.clear();
    let page = log_in_page(&mut amy).await;
    let form = page.form("/key").without("failure");
    let sign = async |origin: &str, amy: &mut Person<'_>| {
        let options = amy.options(&form).await;
        amy.key.get(&options, &Behaviour::honest(origin)).expect("signed").to_string()
    };
    let phished = sign("https://login.evil.example", &mut amy).await;
    let answer = amy.submit(&form.clone().with("credential", &phished)).await;
    assert_eq!((answer.status, amy.session()), (422, None));
    let caught = sign(&site.issuer, &mut amy).await;
    let mut mallory = site.person();
    let theirs = log_in_page(&mut mallory).await.form("/key").without("failure");
    mallory.options(&theirs).await;
    let answer = mallory.submit(&theirs.with("credential", &caught)).await;
    assert_eq!((answer.status, mallory.session()), (422, None));
    let late = sign(&site.issuer, &mut amy).await;
    site.clock.advance(site.app.config.lifetimes.ceremony);
    let answer = amy.submit(&form.clone().with("credential", &late)).await;
    assert_eq!((answer.status, amy.session()), (422, None));
    let good = sign(&site.issuer, &mut amy).await;
    let signed = form.clone().with("credential", &good);
    assert!(!amy.submit(&signed).await.callback().code().is_empty());
    let mut robin = site.person();
    let page = log_in_page(&mut robin).await.form("/key").without("failure");
    let answer = robin.submit(&page.with("credential", &good)).await;
    assert_eq!((answer.status, robin.session()), (422, None));
}

#[tokio::test]
async fn options_for_a_key_have_one_shape_for_people_with_and_without_keys() {
    let site = Site::start().await;
    let mut amy = site.person();
    amy.tokens(ROTA, AMY).await;
    for username in [AMY.username, DAN.username, "no.body"] {
        let mut counts = Vec::new();
        for _ in 0..2 {
            let mut mallory = site.person();
            let page = log_in_page(&mut mallory).await;
            let options = mallory.options(&page.form("/key").with("username", username)).await;
            let allowed = options["allowCredentials"].clone();
            assert!(allowed.as_array().is_some_and(|list| !list.is_empty()), "{username}");
            counts.push(allowed);
        }
        assert_eq!(counts[0], counts[1], "decoys stay the same: {username}");
    }
}

#[tokio::test]
async fn a_storm_of_log_ins_is_told_to_wait_and_stalls_nobody_else() {
    let site = Site::start_with(|config| {
        config.passwords.memory_kib = 32 * 1024;
        config.passwords.iterations = 2;
        config.passwords.parallel = 1;
        config.passwords.queue = 2;
    })
    .await;
    let mut robin = site.person();
    let tokens = robin.tokens(ROTA, ROBIN).await;
    let mut storm = Vec::new();
    for _ in 0..20 {
        let mut person = site.person();
        let page = log_in_page(&mut person).await;
        let form = page.form("/identify").with("username", DAN.username).with("password", "wrong");
        storm.push(
            person
                .request(Method::POST, &form.action)
                .header(ORIGIN, &site.issuer)
                .header(CONTENT_TYPE, FORM)
                .body(form.body()),
        );
    }
    let tasks: Vec<_> = storm
        .into_iter()
        .map(|request| {
            tokio::spawn(async move { Answer::of(request.send().await.expect("an answer")).await })
        })
        .collect();
    let refreshed =
        tokio::time::timeout(Duration::from_secs(10), site.refresh(ROTA, &tokens.refresh));
    let refreshed = refreshed.await.expect("in time");
    assert_eq!(refreshed.status, 200);
    let unfinished = tasks.iter().filter(|task| !task.is_finished()).count();
    assert!(unfinished > 0, "the token request waited for the whole storm");
    let mut busy = 0;
    for task in tasks {
        let answer = task.await.expect("no panic");
        assert!(answer.status < 500, "{}", answer.status);
        if answer.body.contains("Many people are logging in") {
            assert!(answer.has_form("/identify"), "the form is there to try again");
            busy += 1;
        }
    }
    assert!(busy > 0, "nobody was told to wait");
}
