//! Keys that do not check, do not count or are not what they were.

use latchkey::authn::software::{Behaviour, SoftwareKey};
use latchkey_core::credentials::{Cause, CredentialState};
use serde_json::json;

use super::{amy, assert_refused, asserted, happened, honest, key_form, keys, log_in, send};
use crate::support::http::{AMY, ROTA, Request, Site};

const UNKNOWN: &str = "That key is not registered";

#[tokio::test]
async fn a_key_that_checks_nobody_is_not_registered() {
    let site = Site::start().await;
    let mut amy = site.person();
    let page = amy.open(&Request::new(ROTA).path()).await;
    let page = amy.type_password(&page, AMY).await;
    let cases = [
        (Behaviour { verified: false, ..honest(&site) }, "This key cannot check a PIN"),
        (Behaviour { present: false, ..honest(&site) }, "Your key did not answer"),
        (Behaviour::honest("https://phish.example"), "Keys do not work at this address"),
    ];
    let mut form = page.form("/enrol/passkey");
    for (behaviour, words) in cases {
        let options = amy.options(&form).await;
        let made = amy.key.create(&options, &behaviour).expect("a credential");
        let answer = send(&mut amy, &form, &made).await;
        assert_eq!(answer.status, 422, "{words}");
        assert!(answer.body.contains(words), "{words}: {}", answer.body);
        assert!(answer.body.contains("Nothing was stored."), "{words}");
        form = answer.form("/enrol/passkey");
    }
    assert!(keys(&site, "amy.ward").await.is_empty());
}

#[tokio::test]
async fn an_assertion_without_pin_or_touch_or_from_another_address_logs_nobody_in() {
    let site = Site::start().await;
    let mut amy = amy(&site).await;
    let elsewhere = Behaviour::honest("https://phish.example");
    let other_party = Behaviour { rp_id: Some("phish.example".into()), ..honest(&site) };
    let cases = [
        (Behaviour { verified: false, ..honest(&site) }, "did not ask for its PIN or fingerprint"),
        (Behaviour { present: false, ..honest(&site) }, "Your key did not answer"),
        (elsewhere, "Keys do not work at this address"),
        (other_party, UNKNOWN),
    ];
    for (behaviour, words) in cases {
        let answer = log_in(&mut amy, &behaviour).await;
        assert_refused(&amy, &answer, words);
    }
    log_in(&mut amy, &honest(&site)).await.callback().code();
}

#[tokio::test]
async fn a_wrong_signature_is_answered_as_an_unknown_key_is() {
    let site = Site::start().await;
    let mut amy = amy(&site).await;
    let form = key_form(&mut amy).await;
    let other = asserted(&mut amy, &form, &honest(&site)).await;
    let mut forged = asserted(&mut amy, &form, &honest(&site)).await;
    forged["response"]["signature"] = other["response"]["signature"].clone();
    let bogus = send(&mut amy, &form, &forged).await;
    assert_refused(&amy, &bogus, UNKNOWN);

    let mut stranger = SoftwareKey::new();
    let options = json!({
        "rp": { "id": "localhost" }, "user": { "id": "AAAA" }, "challenge": "AAAA",
        "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }],
        "authenticatorSelection": { "residentKey": "preferred" },
    });
    stranger.create(&options, &honest(&site)).expect("a credential");
    amy.key = stranger;
    let unknown = log_in(&mut amy, &honest(&site)).await;
    assert_refused(&amy, &unknown, UNKNOWN);
    assert_eq!(problem(&bogus.body), problem(&unknown.body));
    assert!(unknown.body.contains("unknownCredential"), "the browser is told: {}", unknown.body);
    assert!(!bogus.body.contains("unknownCredential"), "the key is known");
}

#[tokio::test]
async fn a_counter_that_goes_back_is_refused_and_told_and_the_second_time_suspends_the_key() {
    let site = Site::start().await;
    let mut amy = amy(&site).await;
    let back = Behaviour { counter: Some(1), ..honest(&site) };
    let answer = log_in(&mut amy, &back).await;
    assert_refused(&amy, &answer, "This key may have been copied");
    assert_eq!(happened(&site, "CounterAlert").await, 1);
    assert_eq!(keys(&site, "amy.ward").await[0].state, CredentialState::Active);

    let answer = log_in(&mut amy, &back).await;
    assert_refused(&amy, &answer, "This key is suspended");
    assert_eq!(happened(&site, "CounterAlert").await, 2);
    let suspension = keys(&site, "amy.ward").await[0].state.suspension();
    assert_eq!(suspension.map(|it| it.cause), Some(Cause::Copied));

    // The right counter does not bring it back, and its suspension lowers nothing.
    let ahead = Behaviour { counter: Some(1000), ..honest(&site) };
    let answer = log_in(&mut amy, &ahead).await;
    assert_refused(&amy, &answer, "This key is suspended");
    let page = amy.open(&Request::new(ROTA).path()).await;
    let answer = amy.type_password(&page, AMY).await;
    assert_eq!(answer.heading(), "Call your helpdesk to go on");
}

#[tokio::test]
async fn a_key_that_can_suddenly_be_copied_is_refused() {
    let site = Site::start().await;
    let mut amy = amy(&site).await;
    let flipped = Behaviour { backup_eligible: true, ..honest(&site) };
    let answer = log_in(&mut amy, &flipped).await;
    assert_refused(&amy, &answer, "This key is not the one that was registered");
    assert_eq!(happened(&site, "BackupEligibilityChanged").await, 1);
    log_in(&mut amy, &honest(&site)).await.callback().code();
}

/// The summary of what went wrong.
fn problem(page: &str) -> &str {
    let (_, rest) = page.split_once("data-focus").expect("a summary");
    rest.split("</div>").next().unwrap_or_default()
}
