//! What somebody's key is worth by what its maker publishes: at registration, at log-in, and again
//! when something later is published.

use std::time::Duration;

use latchkey::authn::software::{Attestation, SoftwareKey};
use latchkey_core::audit::What;
use latchkey_test_metadata::{Model, Party};

use super::{Press, look, number};
use crate::factors::{apply, assert_refused, honest, keys, log_in};
use crate::support::http::{AMY, Answer, Page, Person, ROTA, Request, Site, Tokens, VAULT};

/// The vault, which opens only with a key that is proven to be in hardware.
const HARDWARE: &str = r#"
[[client]]
client_id = "vault"
client_name = "The vault"
client_secret = "a secret: with/marks+and 32 bytes or more"
redirect_uris = ["https://app.example/callback?kept=1"]
token_endpoint_auth_method = "client_secret_basic"
grant_types = ["authorization_code", "refresh_token"]
response_types = ["code"]
scope = "openid profile email offline_access"
latchkey_trusted = true
latchkey_require_acr = "phrh"
"#;

/// A group of Northgate with Amy in it.
fn theatre(policy: &str) -> String {
    format!(
        "[[group]]\nid = \"theatre\"\norganisation = \"northgate\"\nname = \"Theatre\"\n\
         members = [\"amy.ward\"]\npolicy = {{ {policy} }}\n"
    )
}

/// What is remembered of organisations is that old at most.
const STALE: Duration = Duration::from_secs(2);

/// A key that attests with a certificate by `maker`.
fn attesting(maker: &Party) -> SoftwareKey {
    let with = maker.attesting();
    let chain = vec![with.certificate.clone()];
    let private_key = with.private_key().to_vec();
    let mut key = SoftwareKey::new();
    key.attestation = Some(Attestation { private_key, chain });
    key
}

/// Somebody about to set a first key up.
async fn about_to_enrol(amy: &mut Person<'_>) -> Page {
    let page = amy.open(&Request::new(ROTA).path()).await;
    amy.type_password(&page, AMY).await.form("/enrol/passkey")
}

/// What somebody is told who tries to set a first key up.
async fn enrol(site: &Site, key: SoftwareKey) -> Answer {
    let mut amy = site.person();
    amy.key = key;
    let form = about_to_enrol(&mut amy).await;
    amy.use_key(&form).await
}

/// Everything of a kind that the audit trail tells, the latest first.
async fn told(site: &Site, of: impl Fn(&What) -> bool) -> Vec<What> {
    let events = site.app.store.view().list_events(1000).await.expect("the database answers");
    events.into_iter().map(|(_, what)| what).filter(of).collect()
}

#[tokio::test]
async fn a_key_whose_maker_vouches_for_its_hardware_opens_what_asks_for_that() {
    let press = Press::new();
    press.publish(7, press.model());
    let site = press.site().await;
    look(&site.app).await;
    apply(&site, HARDWARE).await;
    let mut amy = site.person();
    amy.key = attesting(&press.maker);
    amy.log_in(&Request::new(ROTA), AMY).await.code();
    assert!(keys(&site, AMY.username).await[0].hardware);
    amy.jar.clear();
    let code = amy.log_in(&Request::new(VAULT), AMY).await.code();
    let tokens = Tokens::of(&site.redeem(VAULT, &code).await);
    let claims = site.verified(&tokens.id).await.claims;
    assert_eq!(claims["acr"], "phrh");
    assert_eq!(claims["amr"], serde_json::json!(["pwd", "hwk", "user", "mfa"]));
}

#[tokio::test]
async fn a_key_that_nobody_vouches_for_is_in_no_hardware_whatever_it_says() {
    let press = Press::new();
    press.publish(7, press.model());
    let mut other_model = attesting(&press.maker);
    other_model.aaguid = uuid::Uuid::from_u128(0x77);
    let mut stolen = attesting(&Party::maker());
    if let Some(with) = &mut stolen.attestation {
        // The right root beside a stranger's certificate.
        with.chain.push(press.maker.certificate.clone());
    }
    let liars = [
        ("by a stranger", attesting(&Party::maker())),
        ("by a stranger, beside the right root", stolen),
        ("by the maker of another model", other_model),
        ("by nobody but itself", SoftwareKey::new()),
    ];
    for (what, key) in liars {
        let site = press.site().await;
        look(&site.app).await;
        apply(&site, HARDWARE).await;
        let mut amy = site.person();
        amy.key = key;
        let page = amy.open(&Request::new(VAULT).path()).await;
        let form = amy.type_password(&page, AMY).await;
        let form = form.form("/enrol/passkey");
        let answer = amy.use_key(&form).await;
        assert!(answer.has_form("/name"), "{what}: it is a key: {}", answer.body);
        assert!(!keys(&site, AMY.username).await[0].hardware, "{what}");
    }
}

#[tokio::test]
async fn a_key_that_has_to_prove_what_it_is_needs_somebody_who_vouches_for_it() {
    let press = Press::new();
    let site = press.site().await;
    apply(&site, &theatre("attestation_required = \"direct\"")).await;
    // As long as nobody knows who may vouch, a proof of any kind will do.
    press.publish(7, press.model());
    look(&site.app).await;
    for key in [SoftwareKey::new(), attesting(&Party::maker())] {
        let answer = enrol(&site, key).await;
        assert_eq!(answer.status, 422, "{}", answer.heading());
        assert!(answer.body.contains("This key does not prove what it is"), "{}", answer.body);
        assert!(keys(&site, AMY.username).await.is_empty());
    }
    let refused = |what: &What| matches!(what, What::RegistrationRefused { .. });
    assert_eq!(told(&site, refused).await.len(), 2, "it is audited");
    assert!(enrol(&site, attesting(&press.maker)).await.has_form("/name"));
}

#[tokio::test]
async fn what_its_maker_says_later_is_held_against_a_key_that_is_enrolled() {
    let press = Press::new();
    let site = press.site().await;
    let mut amy = site.person();
    amy.key = attesting(&press.maker);
    apply(&site, &theatre("attestation = \"direct\"")).await;
    amy.log_in(&Request::new(ROTA), AMY).await.code();
    let hardware = async || keys(&site, AMY.username).await[0].hardware;
    assert!(!hardware().await, "nobody knows yet");
    let id = keys(&site, AMY.username).await[0].id;
    let again = |what: &What| matches!(what, What::KeyJudgedAgain { .. });
    let judged = |hardware| What::KeyJudgedAgain { credential: id, hardware };

    press.publish(7, press.model());
    look(&site.app).await;
    assert!(hardware().await, "what it told is judged as soon as it can be");
    look(&site.app).await;
    assert_eq!(told(&site, again).await, [judged(true)], "once");

    for (number, model) in [
        (8, Model { protection: "software", ..press.model() }),
        (9, press.model()),
        (10, Model { status: "ATTESTATION_KEY_COMPROMISE", ..press.model() }),
    ] {
        press.publish(number, model);
        look(&site.app).await;
        assert_eq!(hardware().await, number == 9, "{number}");
    }
    let all = [judged(false), judged(true), judged(false), judged(true)];
    assert_eq!(told(&site, again).await, all);
    assert_eq!(number(&site.app), Some(10));
}

#[tokio::test]
async fn a_marked_model_is_not_registered_and_its_page_says_why() {
    let press = Press::new();
    for (at, status) in ["REVOKED", "USER_VERIFICATION_BYPASS"].into_iter().enumerate() {
        press.publish(7 + at as u64, Model { status, ..press.model() });
        let site = press.site().await;
        look(&site.app).await;
        let answer = enrol(&site, attesting(&press.maker)).await;
        assert_eq!(answer.status, 422, "{}", answer.heading());
        let words = "Tern Key 7 is reported to be unsafe, so it is not allowed";
        assert!(answer.body.contains(words), "{}", answer.body);
        assert!(answer.body.contains("Nothing was stored."), "{}", answer.body);
        assert!(keys(&site, AMY.username).await.is_empty());
        let refused = |what: &What| matches!(what, What::RegistrationRefused { .. });
        let reason = "the model is marked revoked or broken".to_owned();
        assert_eq!(told(&site, refused).await, [What::RegistrationRefused { reason }]);
    }
}

#[tokio::test]
async fn a_marked_model_that_is_enrolled_logs_in_until_that_holds_at_log_in() {
    let press = Press::new();
    press.publish(7, press.model());
    let site = press.site().await;
    look(&site.app).await;
    let mut amy = crate::factors::amy(&site).await;
    press.publish(8, Model { status: "USER_KEY_REMOTE_COMPROMISE", ..press.model() });
    look(&site.app).await;
    tokio::time::sleep(STALE).await;
    log_in(&mut amy, &honest(&site)).await.callback().code();
    let page = amy.open("/account/keys").await;
    let words = "Its model is reported to be unsafe.";
    assert!(page.body.contains(words), "its owner is told: {}", page.body);
    amy.jar.clear();

    apply(&site, &theatre("models_at_login = true")).await;
    let answer = log_in(&mut amy, &honest(&site)).await;
    assert_refused(&amy, &answer, "model is reported to be unsafe, so it is not allowed any more");
    let refused = |what: &What| matches!(what, What::KeyRefused { .. });
    let credential = keys(&site, AMY.username).await[0].id;
    let reason = "the model is marked revoked or broken".to_owned();
    assert_eq!(told(&site, refused).await, [What::KeyRefused { credential, reason }]);
    // Nor does a password and the key: it is not even asked for.
    let page = amy.open(&Request::new(ROTA).path()).await;
    let answer = amy.type_password(&page, AMY).await;
    assert_eq!(answer.heading(), "Call your helpdesk to go on");
    amy.jar.clear();

    // Without a restart, and whatever was decided before.
    press.publish(9, press.model());
    look(&site.app).await;
    tokio::time::sleep(STALE).await;
    log_in(&mut amy, &honest(&site)).await.callback().code();
    let page = amy.open("/account/keys").await;
    assert!(!page.body.contains(words), "{}", page.body);
}
