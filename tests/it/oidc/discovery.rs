//! The published documents (OpenID Connect Discovery §4, RFC 7517 §5, RFC 8414 §2).

use reqwest::Method;

use crate::support::http::Site;

const CONFIGURATION: &str = "/.well-known/openid-configuration";

#[tokio::test]
async fn the_configuration_says_what_is_there_and_nothing_else() {
    let site = Site::start().await;
    let answer = site.get(CONFIGURATION).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    let told = answer.json();
    assert_eq!(told["issuer"], site.issuer.as_str());
    for (name, path) in [
        ("authorization_endpoint", "/oauth2/authorize"),
        ("token_endpoint", "/oauth2/token"),
        ("userinfo_endpoint", "/oauth2/userinfo"),
        ("jwks_uri", "/oauth2/jwks"),
        ("end_session_endpoint", "/oauth2/logout"),
    ] {
        let address = told[name].as_str().expect("an address");
        assert_eq!(address, site.url(path), "{name}");
        assert_ne!(site.get(address).await.status, 404, "{name}");
    }
    let list = |name: &str| {
        let list = told[name].as_array().unwrap_or_else(|| panic!("{name}: {told}"));
        let mut list: Vec<_> =
            list.iter().map(|it| it.as_str().expect("a text").to_owned()).collect();
        list.sort();
        list
    };
    assert_eq!(list("response_types_supported"), ["code"]);
    assert_eq!(
        list("grant_types_supported"),
        ["authorization_code", "client_credentials", "refresh_token"]
    );
    assert_eq!(list("code_challenge_methods_supported"), ["S256"]);
    assert_eq!(list("response_modes_supported"), ["form_post", "query"]);
    assert_eq!(
        list("token_endpoint_auth_methods_supported"),
        ["client_secret_basic", "client_secret_post", "none", "private_key_jwt"]
    );
    assert_eq!(
        list("token_endpoint_auth_signing_alg_values_supported"),
        ["ES256", "EdDSA", "PS256", "RS256"]
    );
    assert_eq!(list("id_token_signing_alg_values_supported"), ["ES256", "EdDSA", "RS256"]);
    assert_eq!(list("protected_resources"), [site.url("/api/admin/v1")]);
    assert!(list("scopes_supported").contains(&"openid".to_owned()));
    assert!(list("ui_locales_supported").contains(&"cy".to_owned()));
    assert_eq!(told["authorization_response_iss_parameter_supported"], true);
    // Its default is true (OpenID Connect Discovery §3).
    assert_eq!(told["request_uri_parameter_supported"], false);
}

#[tokio::test]
async fn the_keys_are_public_and_named() {
    let site = Site::start().await;
    let answer = site.get("/oauth2/jwks").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/jwk-set+json"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    let told = answer.json();
    let keys = told["keys"].as_array().expect("keys");
    assert!(keys.len() >= 3);
    for key in keys {
        assert_eq!(key["use"], "sig");
        assert!(key["kid"].is_string() && key["alg"].is_string());
        for secret in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert!(key.get(secret).is_none(), "{secret} is published");
        }
    }
}

#[tokio::test]
async fn other_sites_may_read_what_is_made_for_them_and_no_page() {
    let site = Site::start().await;
    for path in [CONFIGURATION, "/oauth2/jwks", "/oauth2/token", "/oauth2/userinfo"] {
        let ask = site
            .http
            .request(Method::OPTIONS, site.url(path))
            .header("origin", "https://spa.example")
            .header("access-control-request-method", "POST");
        let answer = site.send(ask).await;
        assert_eq!(answer.status, 204, "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), None, "{path}");
    }
    for path in ["/oauth2/authorize", "/oauth2/logout", "/login", "/account"] {
        let ask = site.http.get(site.url(path)).header("origin", "https://spa.example");
        let answer = site.send(ask).await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
    }
}
