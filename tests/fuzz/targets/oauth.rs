//! What applications and browsers send to the protocol's endpoints (RFC 6749, RFC 7636, RFC 6750,
//! RFC 7591, OpenID Connect Core and RP-Initiated Logout).

use std::sync::LazyLock;

use latchkey_core::Timestamp;
use latchkey_oidc::authorize::{AuthorizationRequest, client_id, identify};
use latchkey_oidc::bearer;
use latchkey_oidc::credentials::{At, Judged};
use latchkey_oidc::idtoken::HintVerifier;
use latchkey_oidc::logout::LogoutRequest;
use latchkey_oidc::pkce::{Verifier, verify};
use latchkey_oidc::redirect::Delivery;
use latchkey_oidc::resource::Resource;
use latchkey_oidc::token::TokenRequest;
use latchkey_oidc::{
    Algorithm, Client, ClientMetadata, Issuer, KeySet, Parameters, SigningKey, VerifiedRedirectUri,
};
use latchkey_web::limits::Params;
use url::{Host, Url};

use crate::Target;

static ISSUER: LazyLock<Issuer> =
    LazyLock::new(|| Issuer::parse("https://login.example.org").expect("an issuer"));
static KEYS: LazyLock<KeySet> = LazyLock::new(|| {
    KeySet::new(vec![SigningKey::generate(Algorithm::Es256).expect("a key")]).expect("a set")
});
const API: Resource<'static> = Resource {
    identifier: "https://login.example.org/api/admin/v1",
    scopes: &["people:read", "people:write"],
};
/// One with a key, one with a secret, and one on people's devices, whose loopback port may be any.
static CLIENTS: LazyLock<[Client; 3]> = LazyLock::new(|| {
    [
        client(
            r#"{"client_id": "rota", "client_secret": "rota secret!",
                "redirect_uris": ["https://rota.example/cb", "https://rota.example/cb?tenant=1"],
                "post_logout_redirect_uris": ["https://rota.example/bye"],
                "grant_types": ["authorization_code", "refresh_token"]}"#,
        ),
        client(
            r#"{"client_id": "phone", "token_endpoint_auth_method": "none",
                "application_type": "native",
                "redirect_uris": ["http://127.0.0.1/cb", "http://[::1]:1/cb?a=b",
                                  "org.example.phone:/cb"]}"#,
        ),
        client(&format!(
            r#"{{"client_id": "payroll", "token_endpoint_auth_method": "private_key_jwt",
                "redirect_uris": ["https://payroll.example/cb"], "jwks": {}}}"#,
            str::from_utf8(KEYS.jwks()).expect("JSON")
        )),
    ]
});

fn client(metadata: &str) -> Client {
    let metadata = serde_json::from_str::<ClientMetadata>(metadata).expect("metadata");
    Client::register(metadata).expect("a client")
}

/// A form or a query as the endpoints get it.
fn with_pairs(bytes: &[u8], work: impl FnOnce(&Parameters<'_>)) {
    let Ok(params) = Params::parse(bytes) else { return };
    let pairs: Vec<(String, String)> =
        params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    if let Ok(parameters) = Parameters::new(&pairs) {
        work(&parameters);
    }
}

/// Whether an address is one of the client's, by a judgement of our own.
fn is_registered(client: &Client, uri: &str) -> bool {
    let loopback = |url: &Url| match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        _ => false,
    };
    let same_but_port = |registered: &str| {
        let (Ok(mut one), Ok(mut other)) = (Url::parse(registered), Url::parse(uri)) else {
            return false;
        };
        let ports = one.set_port(None).and_then(|()| other.set_port(None));
        ports.is_ok() && one == other && loopback(&one) && one.scheme() == "http"
    };
    let any_port = client.id.0 == "phone";
    client.redirect_uris.iter().any(|one| one == uri || (any_port && same_but_port(one)))
}

/// Where an answer goes, without what is added to it.
fn assert_goes_to(delivery: &Delivery, uri: &str) {
    match delivery {
        Delivery::Location(to) => {
            let more = to.strip_prefix(uri.trim_end_matches(['?', '&'])).expect("begins so");
            assert!(more.starts_with(['?', '&', '#']), "{to} is another address than {uri}");
            assert!(to.bytes().all(|byte| byte > 0x20 && byte < 0x7f), "no header: {to}");
        }
        Delivery::FormPost { action, .. } => assert_eq!(action, uri),
    }
}

const WORDS: &[&str] = &[
    "client_id",
    "redirect_uri",
    "response_type",
    "code",
    "scope",
    "openid",
    "offline_access",
    "state",
    "nonce",
    "prompt",
    "none",
    "login",
    "consent",
    "max_age",
    "acr_values",
    "claims",
    "id_token_hint",
    "login_hint",
    "ui_locales",
    "response_mode",
    "form_post",
    "query",
    "fragment",
    "code_challenge",
    "code_challenge_method",
    "S256",
    "plain",
    "request",
    "request_uri",
    "rota",
    "phone",
    "https%3A%2F%2Frota.example%2Fcb",
    "http%3A%2F%2F127.0.0.1%3A9%2Fcb",
    "grant_type",
    "authorization_code",
    "refresh_token",
    "code_verifier",
    "client_secret",
    "%00",
    "%0d%0a",
    "&",
    "=",
    "4294967296",
    "-1",
    "essential",
    "values",
    "client_assertion",
    "client_assertion_type",
    "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer",
    // {"alg":"ES256"} and {"sub":"payroll"}.
    "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJwYXlyb2xsIn0.",
    "resource",
    "https%3A%2F%2Flogin.example.org%2Fapi%2Fadmin%2Fv1",
    "people:read",
];

/// An authorization request, on its way to an answer.
pub(super) const AUTHORIZE: Target = Target {
    name: "authorize",
    cost: 1,
    words: WORDS,
    run: |bytes| {
        with_pairs(bytes, |parameters| {
            let named = client_id(parameters).ok();
            let client = CLIENTS.iter().find(|client| Some(&*client.id.0) == named);
            let Ok(identified) = identify(parameters, client) else { return };
            let client = client.expect("only a client is identified");
            match identified.judge(HintVerifier { issuer: &ISSUER, keys: &KEYS }, &[API]) {
                Ok(request) => {
                    assert!(is_registered(client, &request.redirect_uri));
                    assert!(request.target.is_none(), "nobody here may have anything of it");
                    let written = serde_json::to_string(&request).expect("written");
                    let read: AuthorizationRequest = serde_json::from_str(&written).expect("read");
                    assert_eq!(read, request, "what is kept for the log-in is what was asked");
                    let back = request.return_path(client).expect("a way back");
                    assert_goes_to(&back.code(&ISSUER, "code"), &request.redirect_uri);
                }
                Err(refused) => {
                    let uri = refused.back.redirect_uri.as_str();
                    assert!(is_registered(client, uri), "{uri}");
                    assert_goes_to(&refused.deliver(&ISSUER), uri);
                }
            }
        });
    },
};

/// An address that an application wants its answer at.
pub(super) const REDIRECT: Target = Target {
    name: "redirect",
    cost: 1,
    words: &[
        "https://",
        "http://",
        "127.0.0.1",
        "[::1]",
        "localhost",
        ":65535",
        ":0",
        "@",
        "#",
        "?",
        "..",
        "\\",
        "//",
        "%2f",
        "/cb",
        "rota.example",
        "0x7f.1",
        "\t",
    ],
    run: |bytes| {
        let Ok(text) = std::str::from_utf8(bytes) else { return };
        for client in &*CLIENTS {
            if let Some(verified) = VerifiedRedirectUri::verify(client, text) {
                assert_eq!(verified.as_str(), text);
                assert!(is_registered(client, text), "{text:?} for {}", client.id.0);
            }
        }
    },
};

/// A token request: the `Authorization` header up to a line end, then the form.
pub(super) const TOKEN: Target = Target {
    name: "token",
    cost: 1,
    words: WORDS,
    run: |bytes| {
        let at = bytes.iter().position(|byte| *byte == b'\n');
        let (header, form) = at.map_or((&b""[..], bytes), |at| (&bytes[..at], &bytes[at + 1..]));
        let Ok(header) = std::str::from_utf8(header) else { return };
        let header = Some(header).filter(|header| !header.is_empty());
        with_pairs(form, |parameters| {
            let Ok(request) = TokenRequest::parse(header, parameters) else { return };
            let now = Timestamp::from_seconds(1_800_000_000);
            let at =
                At { issuer: &ISSUER, endpoint: "https://login.example.org/oauth2/token", now };
            assert!(request.credentials.authenticate(None, at).is_err(), "nobody is somebody");
            for client in &*CLIENTS {
                if let Ok(judged) = request.credentials.authenticate(Some(client), at) {
                    let Judged::Proved(verified) = judged else { panic!("a forged signature") };
                    assert_eq!(request.credentials.client_id, verified.client().id.0);
                    let secret = header.is_some() || parameters.one("client_secret") != Ok(None);
                    assert!(client.is_public() || secret, "a secret client without its secret");
                }
            }
        });
    },
};

/// An `Authorization` header at a resource.
pub(super) const BEARER: Target = Target {
    name: "bearer",
    cost: 1,
    words: &["Bearer ", "bearer", " ", "=", "Basic ", "~", "\t", ","],
    run: |bytes| {
        let Ok(header) = std::str::from_utf8(bytes) else { return };
        if let Ok(token) = bearer::access_token(Some(header), None) {
            assert!(!token.expose().is_empty() && header.ends_with(token.expose()));
            assert!(token.expose().bytes().all(|byte| byte.is_ascii_graphic()));
        }
    },
};

/// A code verifier.
pub(super) const PKCE: Target = Target {
    name: "pkce",
    cost: 1,
    words: &["-", "_", "~", ".", "=", "+", "/"],
    run: |bytes| {
        let Ok(text) = std::str::from_utf8(bytes) else { return };
        let honest = Verifier::parse("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").expect("one");
        let challenge = honest.challenge();
        if let Some(verifier) = Verifier::parse(text) {
            assert!((43..=128).contains(&text.len()));
            assert!(verify(Some(&verifier.challenge()), Some(&verifier)).is_ok());
            let same = text == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
            assert_eq!(verify(Some(&challenge), Some(&verifier)).is_ok(), same);
            assert!(verify(None, Some(&verifier)).is_err(), "a downgrade");
        }
    },
};

/// A request to log out.
pub(super) const LOGOUT: Target = Target {
    name: "logout",
    cost: 1,
    words: &[
        "client_id",
        "rota",
        "phone",
        "post_logout_redirect_uri",
        "state",
        "id_token_hint",
        "ui_locales",
        "https%3A%2F%2Frota.example%2Fbye",
        "%0d%0a",
        "&",
        "=",
        "?",
        "#",
    ],
    run: |bytes| {
        with_pairs(bytes, |parameters| {
            let hints = HintVerifier { issuer: &ISSUER, keys: &KEYS };
            let Ok(request) = LogoutRequest::parse(parameters, hints) else { return };
            for client in CLIENTS.iter().map(Some).chain([None]) {
                let Ok(Some(redirect)) = request.redirect(client) else { continue };
                let to = redirect.location();
                let own = &client.expect("an application").post_logout_redirect_uris;
                let more = own.iter().find_map(|uri| to.strip_prefix(uri.as_str()));
                let more = more.expect("an address of the application");
                assert!(more.is_empty() || more.starts_with("?state="), "{to}");
                assert!(to.bytes().all(|byte| byte > 0x20 && byte < 0x7f), "no header: {to}");
            }
        });
    },
};

/// A client's metadata, in a document or a registration.
pub(super) const METADATA: Target = Target {
    name: "metadata",
    cost: 1,
    words: &[
        "client_id",
        "client_secret",
        "redirect_uris",
        "grant_types",
        "response_types",
        "jwks",
        "token_endpoint_auth_method",
        "none",
        "client_secret_basic",
        "private_key_jwt",
        "scope",
        "post_logout_redirect_uris",
        "application_type",
        "native",
        "web",
        "null",
        "true",
        "[",
        "]",
        "{",
        "}",
        "\"",
        ":",
        ",",
        "http://127.0.0.1/",
        "https://",
        "latchkey_trusted",
        "#",
        "*",
    ],
    run: |bytes| {
        let Ok(metadata) = serde_json::from_slice::<ClientMetadata>(bytes) else { return };
        let written = serde_json::to_string(&metadata).expect("written");
        let again: ClientMetadata = serde_json::from_str(&written).expect("what we write we read");
        assert_eq!(serde_json::to_string(&again).expect("written"), written);
        let Ok(client) = Client::register(metadata) else { return };
        let written = serde_json::to_string(&client).expect("written");
        assert_eq!(serde_json::from_str::<Client>(&written).expect("read"), client);
        for uri in &client.redirect_uris {
            assert!(VerifiedRedirectUri::verify(&client, uri).is_some(), "{uri}");
            assert!(!uri.contains(['#', '\r', '\n']), "{uri}");
        }
    },
};
