//! What the platform's administrators look after: signing keys, and how the installation is.

use std::time::Duration;

use latchkey::jobs::{self, renewal};
use latchkey::keys::saml::{LASTS, RENEWED_BEFORE};
use latchkey_core::Clock as _;
use latchkey_core::roles::Role;
use latchkey_store::{Error, Tx};
use serde_json::{Value, json};

use super::changes::wrong;
use super::{Desk, PIA, SAM, UMA, problem, providers};

#[tokio::test]
async fn a_new_signing_key_is_published_before_it_signs_and_only_one_waits() {
    let desk = Desk::open().await;
    let pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    let before = pia.get("/keys").await.json();
    let of = |keys: &Value, algorithm: &str| {
        let keys = keys.as_array().expect("keys").clone();
        keys.into_iter().filter(|key| key["algorithm"] == algorithm).collect::<Vec<_>>()
    };
    assert_eq!(of(&before, "ES256").len(), 1);
    assert_eq!(of(&before, "ES256")[0]["signs"], true);

    let new = pia.post("/keys", json!({ "algorithm": "ES256" })).await;
    assert_eq!((new.status, &new.json()["signs"]), (201, &false.into()), "{new:?}");
    assert!(new.json()["signs_from"].as_str() > new.json()["published_at"].as_str());
    let keys = of(&pia.get("/keys").await.json(), "ES256");
    assert_eq!((keys.len(), &keys[1]), (2, &new.json()));
    assert!(keys[0]["until"].as_str() > new.json()["signs_from"].as_str());
    let kid = new.json()["kid"].as_str().expect("a name").to_owned();
    let is_published = async || desk.site.get("/oauth2/jwks").await.body.contains(&kid);
    for _ in 0..50 {
        if is_published().await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(is_published().await);
    for secret in ["\"d\"", "sealed", "PRIVATE"] {
        assert!(!pia.get("/keys").await.body.contains(secret), "{secret}");
    }

    let again = pia.post("/keys", json!({ "algorithm": "ES256" })).await;
    assert_eq!((again.status, &*problem(&again)), (409, "waiting"));
    let none = pia.post("/keys", json!({ "algorithm": "none" })).await;
    assert_eq!(wrong(&none), [("algorithm".into(), "unknown".into())]);
    assert_eq!(pia.post("/keys", json!({ "algorithm": "RS256", "now": true })).await.status, 422);
}

#[tokio::test]
async fn keys_for_saml_stand_beside_the_others_with_their_certificates() {
    let desk = Desk::open().await;
    let pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    let list = async || pia.get("/keys").await.json().as_array().expect("keys").clone();
    assert!(list().await.iter().all(|key| key.get("certificate").is_none()));
    desk.site.get("/saml/metadata").await;
    let saml = async || {
        let keys = list().await.into_iter();
        keys.filter(|key| key.get("certificate").is_some()).collect::<Vec<_>>()
    };
    let keys = saml().await;
    assert_eq!((keys.len(), &keys[0]["signs"]), (1, &true.into()));
    assert_eq!(keys[0]["algorithm"], "RSA-SHA256");

    let new = pia.post("/keys", json!({ "algorithm": "ECDSA-SHA256" })).await;
    assert_eq!((new.status, &new.json()["signs"]), (201, &false.into()), "{new:?}");
    let keys = saml().await;
    assert_eq!((keys.len(), &keys[1]), (2, &new.json()));
    assert!(keys[0]["until"].as_str() > new.json()["signs_from"].as_str());
    let certificate = &new.json()["certificate"];
    assert!(certificate["ends_at"].as_str() > new.json()["signs_from"].as_str());
    let pem = certificate["pem"].as_str().expect("PEM");
    let inner: Vec<_> = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    desk.site.clock.advance(Duration::from_secs(2));
    let metadata = desk.site.get("/saml/metadata").await.body;
    assert!(metadata.contains(&inner.concat()), "it is published");
    for secret in ["sealed", "PRIVATE"] {
        assert!(!pia.get("/keys").await.body.contains(secret), "{secret}");
    }
    for algorithm in ["RSA-SHA256", "ECDSA-SHA256"] {
        let again = pia.post("/keys", json!({ "algorithm": algorithm })).await;
        assert_eq!((again.status, &*problem(&again)), (409, "waiting"));
    }
    let token = pia.post("/keys", json!({ "algorithm": "EdDSA" })).await;
    assert_eq!(token.status, 201, "keys of tokens wait by themselves: {token:?}");
}

#[tokio::test]
async fn health_tells_until_when_our_metadata_has_to_be_read_for_another_certificate() {
    let desk = Desk::open().await;
    let pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    let health = async || pia.get("/health").await.json()["saml_certificate"].clone();
    assert_eq!(health().await, Value::Null, "nobody speaks SAML");
    desk.site.get("/saml/metadata").await;
    assert_eq!(health().await, Value::Null, "it has years to go");
    let new = pia.post("/keys", json!({ "algorithm": "ECDSA-SHA256" })).await.json();
    let told = health().await;
    assert_eq!(told["next_from"], new["signs_from"], "{told}");
    assert!(told["ends_at"].as_str() > new["signs_from"].as_str(), "{told}");
}

#[tokio::test]
async fn health_tells_that_our_certificate_for_saml_ends_until_the_next_one_signs() {
    let desk = Desk::open().await;
    desk.site.get("/saml/metadata").await;
    let lead = desk.site.app.config.lifetimes.saml_key_lead;
    let minute = Duration::from_secs(60);
    desk.site.clock.advance(LASTS - RENEWED_BEFORE - lead - minute);
    let pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    let health = async || pia.get("/health").await.json()["saml_certificate"].clone();
    assert_eq!(health().await, Value::Null, "it is not time");
    desk.site.clock.advance(minute);
    let due = health().await;
    assert!(due["ends_at"].is_string() && due.get("next_from").is_none(), "{due}");

    let from = renewal::round(&desk.site.app).await.expect("a round").expect("it is time");
    let told = health().await;
    assert_eq!(told["ends_at"], due["ends_at"]);
    let from = jiff::Timestamp::from_millisecond(from.millis()).expect("a time");
    assert_eq!(told["next_from"], json!(from), "until then our metadata has to be read again");
}

#[tokio::test]
async fn health_counts_every_application_of_which_something_ends_though_it_lists_fifty() {
    let desk = Desk::open().await;
    let pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    let until = desk.site.clock.now().plus(Duration::from_secs(5 * 86_400));
    let until = jiff::Timestamp::from_millisecond(until.millis()).expect("a time");
    let provider = |number: usize| {
        let entity = format!("https://{number}.example/saml");
        let metadata = providers::metadata(&entity);
        let holds = format!(" validUntil=\"{until}\" entityID=");
        format!(
            "[[service_provider]]\nmetadata = '''\n{}'''\n",
            metadata.replace(" entityID=", &holds)
        )
    };
    let all: String = (0..53).map(provider).collect();
    desk.apply(&all).await;
    jobs::providers::round(&desk.site.app, "one").await.expect("a round");
    let health = pia.get("/health").await.json()["providers"].clone();
    let listed = health["ailing"].as_array().expect("a list").len();
    assert_eq!((listed, &health["ending"]), (50, &json!(53)), "{health}");
    assert_eq!((&health["count"], &health["expired"]), (&json!(53), &json!(0)));
}

#[tokio::test]
async fn health_tells_the_platform_what_waits_and_nobody_else() {
    let desk = Desk::open().await;
    let pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    let health = pia.get("/health").await.json();
    let database = match std::env::var("LATCHKEY_TEST_BACKEND").as_deref() {
        Ok("postgresql") => "postgresql",
        _ => "sqlite",
    };
    assert_eq!(health["database"], database);
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(
        (&health["issuer"], &health["people"]),
        (&desk.site.issuer.as_str().into(), &13.into())
    );
    assert_eq!(
        health["mail"],
        json!({ "configured": false, "waiting": 0, "failed": 0, "failing": [] })
    );
    let none = json!({ "count": 0, "expired": 0, "failing": 0, "ending": 0, "ailing": [] });
    assert_eq!(health["providers"], none);
    assert!(health["audit_unsealed"].as_u64().is_some_and(|many| many > 0), "{health}");
    let seal = async |tx: &Tx| tx.seal_events().await;
    let sealed = desk.site.app.store.write::<u64, Error, _>(seal).await;
    assert!(sealed.expect("sealed") > 0);
    let health = pia.get("/health").await.json();
    assert_eq!(health["audit_unsealed"], 0);
    assert!(health["audit_sequence"].as_i64().is_some_and(|last| last > 0), "{health}");
    for (who, role) in [(SAM, Role::LocalAdministrator), (UMA, Role::Auditor)] {
        let at = desk.administrator(who, role, "riverside").await;
        for path in ["/health", "/keys"] {
            assert_eq!(at.get(path).await.status, 403, "{path}");
        }
    }
}
