//! What the platform's administrators look after: signing keys, and how the installation is.

use std::time::Duration;

use latchkey_core::roles::Role;
use latchkey_store::{Error, Tx};
use serde_json::{Value, json};

use super::changes::wrong;
use super::{Desk, PIA, SAM, UMA, problem};

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
    assert_eq!(health["mail"], json!({ "configured": false, "waiting": 0, "failed": 0, "failing": [] }));
    let none = json!({ "count": 0, "expired": 0, "failing": 0, "ailing": [] });
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
