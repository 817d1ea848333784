//! Service accounts on libraries that others wrote: they sign with a key of their own, in the way
//! of their library, and act at the admin API.

use latchkey::documents::{Documents, Mode};
use latchkey::source::Source;
use serde_json::json;

use crate::support::http::Site;
use crate::support::relying_party::{Kind, ServiceAccount, ServiceSetup};

/// A service account that may count people, with this key.
async fn apply(site: &Site, jwk: &serde_json::Value, algorithm: &str) {
    let documents = json!({ "client": [{
        "client_id": "payroll",
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": algorithm,
        "jwks": { "keys": [jwk] },
        "grant_types": ["client_credentials"],
        "latchkey_service_account": { "scopes": ["people:read"], "organisation": "harbour" },
    }] });
    let source = Source::from_text("keys.json", &documents.to_string());
    let read = Documents::read(&[source]).unwrap_or_else(|problems| panic!("{problems}"));
    read.apply_to(&site.app, Mode::Keep).await.expect("applied");
}

#[tokio::test]
async fn a_library_that_signs_with_its_own_key_acts_at_the_admin_api() {
    for (kind, algorithm) in [
        (Kind::OpenidClient, "ES256"),
        (Kind::OpenidClient, "RS256"),
        (Kind::OpenidClient, "PS256"),
        (Kind::Authlib, "ES256"),
        (Kind::Authlib, "RS256"),
    ] {
        let site = Site::start().await;
        let setup = ServiceSetup {
            issuer: site.issuer.clone(),
            client_id: "payroll".to_owned(),
            algorithm,
            scope: "people:read".to_owned(),
            resource: site.url(latchkey_api::PATH),
        };
        let account = ServiceAccount::start(kind, &setup).await;
        apply(&site, &account.jwk, algorithm).await;
        let token = account.go_on().await;
        let token = token.unwrap_or_else(|refusal| panic!("{kind:?} {algorithm}: {refusal:?}"));
        assert_eq!(token["scope"], "people:read");
        let url = site.url(&format!("{}/people", latchkey_api::PATH));
        let request = site.http.get(url).bearer_auth(token["access_token"].as_str().expect("one"));
        let people = site.send(request).await;
        assert_eq!(people.status, 200, "{people:?}");
        let items = people.json()["items"].as_array().expect("a list").clone();
        assert!(items.iter().any(|item| item["username"] == "dan.quay"), "{items:?}");
        assert!(items.iter().all(|item| item["organisation"]["id"] == "harbour"), "{items:?}");
    }
}

#[tokio::test]
async fn a_library_whose_key_is_not_the_registered_one_gets_nothing() {
    for kind in Kind::ALL {
        let site = Site::start().await;
        let setup = ServiceSetup {
            issuer: site.issuer.clone(),
            client_id: "payroll".to_owned(),
            algorithm: "ES256",
            scope: "people:read".to_owned(),
            resource: site.url(latchkey_api::PATH),
        };
        let other = ServiceAccount::start(kind, &setup).await;
        apply(&site, &other.jwk, "ES256").await;
        let account = ServiceAccount::start(kind, &setup).await;
        let refusal = account.go_on().await.expect_err("another key");
        assert!(format!("{refusal:?}").contains("invalid_client"), "{kind:?}: {refusal:?}");
    }
}
