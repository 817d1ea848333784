//! Answers to a challenge that is used, too old, somebody else's or for something else.

use std::time::Duration;

use latchkey::authn::software::Behaviour;
use serde_json::json;

use super::{amy, apply, assert_refused, asserted, honest, key_form, keys, log_in, send};
use crate::support::http::{AMY, Account, ROTA, Request, Site};

const UNKNOWN: &str = "That key is not registered";
const LATE: &str = "The time for this ran out";

#[tokio::test]
async fn an_assertion_counts_once() {
    let site = Site::start().await;
    let mut amy = amy(&site).await;
    let form = key_form(&mut amy).await;
    let credential = asserted(&mut amy, &form, &honest(&site)).await;
    send(&mut amy, &form, &credential).await.callback().code();

    // The same form again, in the browser that it belongs to.
    let again = form.clone().with("credential", &credential.to_string()).without("failure");
    let answer = amy.post(&again).await;
    assert_eq!(answer.status, 409, "{}", answer.heading());

    // The same answer at another log-in, before and after that has asked for one itself.
    amy.jar.clear();
    let form = key_form(&mut amy).await;
    let answer = send(&mut amy, &form, &credential).await;
    assert_refused(&amy, &answer, LATE);
    let form = answer.form("/key");
    amy.options(&form).await;
    let answer = send(&mut amy, &form, &credential).await;
    assert_refused(&amy, &answer, UNKNOWN);
}

#[tokio::test]
async fn of_two_hundred_that_send_the_same_assertion_at_once_one_logs_in() {
    let site = Site::start().await;
    let mut amy = amy(&site).await;
    let form = key_form(&mut amy).await;
    let credential = asserted(&mut amy, &form, &honest(&site)).await;
    let form = form.with("credential", &credential.to_string()).without("failure");
    let sent = (0..200).map(|_| {
        let (mut browser, jar, form) = (site.person(), amy.jar.clone(), &form);
        async move {
            browser.jar = jar;
            let answer = browser.post(form).await;
            assert!([303, 409, 422].contains(&answer.status), "{}", answer.status);
            answer.status == 303 && browser.session().is_some()
        }
    });
    let logged_in = futures_util::future::join_all(sent).await;
    assert_eq!(logged_in.into_iter().filter(|logged_in| *logged_in).count(), 1);
}

#[tokio::test]
async fn a_refused_answer_uses_its_challenge_up() {
    let site = Site::start().await;
    let mut amy = amy(&site).await;
    let form = key_form(&mut amy).await;
    let options = amy.options(&form).await;
    let unverified = Behaviour { verified: false, ..honest(&site) };
    let first = amy.key.get(&options, &unverified).expect("an answer");
    let second = amy.key.get(&options, &honest(&site)).expect("an answer");
    let answer = send(&mut amy, &form, &first).await;
    assert_refused(&amy, &answer, "did not ask for its PIN");
    let form = answer.form("/key");
    let answer = send(&mut amy, &form, &second).await;
    assert_refused(&amy, &answer, LATE);
}

#[tokio::test]
async fn a_challenge_lives_for_ten_minutes() {
    let site = Site::start().await;
    let mut amy = amy(&site).await;
    for (seconds, counts) in [(601, false), (590, true)] {
        let form = key_form(&mut amy).await;
        let credential = asserted(&mut amy, &form, &honest(&site)).await;
        site.clock.advance(Duration::from_secs(seconds));
        let answer = send(&mut amy, &form, &credential).await;
        if counts {
            answer.callback().code();
        } else {
            assert_refused(&amy, &answer, LATE);
        }
    }
}

#[tokio::test]
async fn a_challenge_belongs_to_one_way_of_one_browser() {
    let site = Site::start().await;
    let mut amy = amy(&site).await;
    let theirs = key_form(&mut amy).await;
    let credential = asserted(&mut amy, &theirs, &honest(&site)).await;

    // Somebody who got hold of the answer, in a browser of their own.
    let mut other = site.person();
    let own = key_form(&mut other).await;
    other.options(&own).await;
    let answer = send(&mut other, &own, &credential).await;
    assert_refused(&other, &answer, UNKNOWN);
    let form = theirs.clone().with("credential", &credential.to_string()).without("failure");
    let answer = other.post(&form).await;
    assert_eq!(answer.status, 403, "{}", answer.heading());
    assert!(other.session().is_none());

    // Another way of the same browser is another way.
    let elsewhere = key_form(&mut amy).await;
    amy.options(&elsewhere).await;
    let answer = send(&mut amy, &elsewhere, &credential).await;
    assert_refused(&amy, &answer, UNKNOWN);
    // None of this took anything from where it belongs.
    send(&mut amy, &theirs, &credential).await.callback().code();
}

#[tokio::test]
async fn a_challenge_for_a_registration_logs_nobody_in_and_the_other_way_round() {
    let site = Site::start().await;
    let mut amy = amy(&site).await;
    log_in(&mut amy, &honest(&site)).await.callback().code();
    let new = amy.open("/account/keys/new").await.form("/account/keys/new");
    let mut registration = amy.options(&new).await;
    registration["rpId"] = registration["rp"]["id"].clone();
    let told = amy.key.get(&registration, &honest(&site)).expect("an answer");
    let mut other = site.person();
    let form = key_form(&mut other).await;
    other.options(&form).await;
    let answer = send(&mut other, &form, &told).await;
    assert_refused(&other, &answer, UNKNOWN);

    // The challenge of a log-in, signed as one of a registration.
    let mut wrong = honest(&site);
    wrong.client_data.insert("type".into(), "webauthn.create".into());
    std::mem::swap(&mut amy.key, &mut other.key);
    let answer = log_in(&mut other, &wrong).await;
    assert_refused(&other, &answer, UNKNOWN);

    // A new key made for the challenge of trying another.
    let id = keys(&site, "amy.ward").await[0].id;
    let path = format!("/account/keys/{id}/try");
    let tried = amy.open(&path).await.form("/try");
    let assertion = amy.options(&tried).await;
    let mut options = registration.clone();
    options["challenge"] = assertion["challenge"].clone();
    options["excludeCredentials"] = json!([]);
    let made = amy.key.create(&options, &honest(&site)).expect("a credential");
    let answer = send(&mut amy, &new, &made).await;
    assert_eq!(answer.status, 422, "{}", answer.heading());
    assert!(answer.body.contains("Nothing was stored."), "{}", answer.body);
    assert_eq!(keys(&site, "amy.ward").await.len(), 1);
}

#[tokio::test]
async fn a_second_factor_is_the_persons_own() {
    let site = Site::start().await;
    let mut amy = amy(&site).await;
    // Somebody else with a key.
    apply(&site, COLLEAGUE).await;
    let mut sam = site.person();
    let account = Account { username: "sam.desk", password: "quiet phone ringing at noon" };
    sam.log_in(&Request::new(ROTA), account).await.code();
    assert_eq!(keys(&site, "sam.desk").await.len(), 1);

    let page = amy.open(&Request::new(ROTA).path()).await;
    let form = amy.type_password(&page, AMY).await.form("/factor/passkey");
    let mut options = amy.options(&form).await;
    options["allowCredentials"] = json!([]);
    let told = sam.key.get(&options, &honest(&site)).expect("an answer");
    let answer = send(&mut amy, &form, &told).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains(UNKNOWN), "{}", answer.body);
    assert!(!answer.body.contains("unknownCredential"));
}

const COLLEAGUE: &str = r#"
[[person]]
username = "sam.desk"
organisation = "northgate"
name = "Sam Desk"
password = "quiet phone ringing at noon"
"#;
