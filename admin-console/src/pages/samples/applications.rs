//! Applications of every kind, and what is found out about them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use latchkey_api::applications::{Application, ApplicationSummary};
use latchkey_api::doctor::{
    AssertionPreview, DoctorCheck, DoctorOutcome, DoctorRemedy, DoctorReport, DoctorSide,
    PreviewedAttribute,
};
use latchkey_api::log_in_tests::{self, Hint, HintKind, LogInTest};
use latchkey_api::platform::{KeyCertificate, SigningKey};
use latchkey_api::providers::{
    EndingKind, IdentityProvider, ProviderCertificate, ProviderEnding, ProviderEndpoint,
    ProviderReading, ReleasedAttribute, ServiceProvider, ServiceProviderSummary,
};
use serde_json::json;
use uuid::Uuid;

use super::{THEN, northgate};
use crate::pages::application_kinds::Kind;

/// An application of a kind, with everything that its fields can say.
pub(crate) fn application(kind: Kind) -> Application {
    let named = json!({ "client_id": "rota/<b>", "client_name": "Rota <script>alert(1)</script>" });
    let more = match kind {
        Kind::Web | Kind::Spa | Kind::Native => json!({
            "redirect_uris": ["https://rota.example/cb", "https://rota.example/<Trust>"],
            "post_logout_redirect_uris": ["https://rota.example/"],
            "latchkey_organisation": "northgate",
            "latchkey_trusted": kind == Kind::Web,
            "latchkey_require_acr": "phr",
            "latchkey_claims": { "ward": "claim:ward", "<b>": "groups" },
            "token_endpoint_auth_method":
                if kind == Kind::Web { "client_secret_basic" } else { "none" },
            "application_type": if kind == Kind::Native { "native" } else { "web" },
        }),
        Kind::ServiceKey => json!({
            "grant_types": ["client_credentials"],
            "token_endpoint_auth_method": "private_key_jwt",
            "latchkey_service_account":
                { "scopes": ["audit:read", "people:read"], "organisation": "northgate" },
            "jwks": { "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": "<Trust>" }] },
        }),
        Kind::ServiceSecret => json!({
            "grant_types": ["client_credentials"],
            "token_endpoint_auth_method": "client_secret_basic",
            "latchkey_service_account": { "scopes": ["<script>alert(1)</script>"], "platform": true },
        }),
    };
    let mut all = serde_json::Map::new();
    for members in [named, more] {
        all.extend(members.as_object().cloned().unwrap_or_default());
    }
    all.retain(|_, value| value != false);
    Application {
        summary: ApplicationSummary {
            client_id: "rota/<b>".into(),
            name: "Rota <script>alert(1)</script>".into(),
            organisation: Some(northgate()),
            service_account: matches!(kind, Kind::ServiceKey | Kind::ServiceSecret),
            updated_at: THEN,
        },
        metadata: all,
    }
}

/// An application that speaks SAML, with everything that its fields can say.
pub(crate) fn provider() -> ServiceProvider {
    let endpoint = |location: &str, binding: &str| ProviderEndpoint {
        location: location.into(),
        binding: format!("urn:oasis:names:tc:SAML:2.0:bindings:{binding}"),
    };
    let attribute = |name: &str, friendly: Option<&str>, from: &str| ReleasedAttribute {
        name: name.into(),
        friendly_name: friendly.map(str::to_owned),
        format: "uri".into(),
        from: from.into(),
    };
    let certificate = |not_after, signing, encryption| ProviderCertificate {
        sha256: ["AB"; 32].join(":"),
        not_after,
        signing,
        encryption,
    };
    let ending = |what, over| ProviderEnding {
        what,
        sha256: (what == EndingKind::Certificate).then(|| ["AB"; 32].join(":")),
        until: THEN,
        over,
    };
    let document = json!({
        "metadata": "https://payroll.example/saml?<Trust>",
        "metadata_certificates": ["MIIC", "MIID"],
        "name": "Payroll <script>alert(1)</script>",
        "organisation": "northgate",
        "sign": "assertion",
        "encrypt_assertions": "always",
        "requests": "signed",
        "require_acr": "phr",
        "name_id": "persistent",
        "subject_id": "pairwise-id",
        "idp_initiated": true,
        "allow_cbc": true,
        "attributes": [
            { "name": "urn:oid:0.9.2342.19200300.100.1.3", "friendly_name": "mail", "format": "uri", "from": "email" },
            { "name": "<Trust>", "format": "basic", "from": "always:<b>" },
        ],
    });
    let later = Timestamp::from_second(86_400 * 365).unwrap_or(Timestamp::MAX);
    ServiceProvider {
        summary: ServiceProviderSummary {
            key: "aHR0cHM6Ly9wYXlyb2xsLmV4YW1wbGU".into(),
            entity_id: "https://payroll.example/<b>".into(),
            name: "Payroll <script>alert(1)</script>".into(),
            organisation: Some(northgate()),
            valid_until: Some(later),
            updated_at: THEN,
        },
        document: document.as_object().cloned().unwrap_or_default(),
        attributes: vec![
            attribute("urn:oid:0.9.2342.19200300.100.1.3", Some("mail"), "email"),
            attribute("<Trust>", None, "always:<b>"),
        ],
        consumers: vec![
            endpoint("https://payroll.example/saml/<consume>", "HTTP-POST"),
            endpoint("https://payroll.example/artifact", "HTTP-Artifact"),
        ],
        logout: vec![endpoint("https://payroll.example/<slo>", "HTTP-Redirect")],
        certificates: vec![
            certificate(THEN, true, false),
            certificate(later, false, true),
            certificate(later, true, true),
        ],
        must_sign: false,
        encrypts: false,
        start: Some("https://login.example.org/saml/start?sp=https%3A%2F%2Fpayroll.example".into()),
        reading: Some(ProviderReading {
            read_at: Some(THEN),
            failing_since: Some(THEN),
            error: Some("the host answers with the status <404>".into()),
        }),
        endings: vec!["its certificate <b> ends".into()],
        ends: vec![
            ending(EndingKind::Certificate, true),
            ending(EndingKind::Certificate, false),
            ending(EndingKind::Metadata, false),
            ending(EndingKind::Metadata, true),
        ],
        ours: IdentityProvider {
            entity_id: "https://login.example.org/saml/metadata".into(),
            metadata: "https://login.example.org/saml/metadata".into(),
            sso: "https://login.example.org/saml/sso".into(),
            slo: "https://login.example.org/saml/slo".into(),
        },
    }
}

/// Of both kinds, one that signs, one that rests and one that waits.
pub(crate) fn signing_keys() -> Vec<SigningKey> {
    let key = |kid: &str, signs, signs_from| SigningKey {
        kid: kid.into(),
        algorithm: "RS256".into(),
        published_at: THEN,
        signs_from,
        until: (kid == "rests").then_some(THEN),
        signs,
        certificate: None,
    };
    let keys = [
        key("rests", false, THEN),
        key("<script>alert(1)</script>", true, THEN),
        key("waits", false, Timestamp::MAX),
    ];
    let saml = keys.clone().map(|key| SigningKey {
        algorithm: "RSA-SHA256".into(),
        certificate: Some(KeyCertificate {
            ends_at: THEN,
            fingerprint: ["5E"; 32].join(":"),
            pem: format!("-----BEGIN CERTIFICATE-----\n{}\n", "M".repeat(64)),
        }),
        ..key
    });
    keys.into_iter().chain(saml).collect()
}

/// A message with something wrong, and markup in what it quotes.
pub(crate) fn doctor_report() -> DoctorReport {
    let check = |name: &str, outcome, code: &str, found: &str| DoctorCheck {
        name: name.to_owned(),
        outcome,
        code: code.to_owned(),
        values: BTreeMap::new(),
        found: found.to_owned(),
        remedies: Vec::new(),
    };
    let remedy = |side, code: &str, words: &str| DoctorRemedy {
        side,
        code: code.to_owned(),
        values: BTreeMap::new(),
        words: words.to_owned(),
    };
    let remedies = vec![
        remedy(DoctorSide::Here, "register-it-again", "Register its metadata again."),
        remedy(DoctorSide::Provider, "of-tomorrow", "Sign with the <b>old</b> key."),
    ];
    let signature = DoctorCheck {
        values: [("reason", "<b>"), ("why", "digest"), ("names", ""), ("algorithms", "“<b>”")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        ..check("signature", DoctorOutcome::Failed, "signature-algorithm-refused", "“<b>”")
    };
    DoctorReport {
        about_code: "message".to_owned(),
        about_values: [("kind".to_owned(), "AuthnRequest".to_owned())].into(),
        about: "an AuthnRequest".to_owned(),
        provider: Some("https://app.example/saml/metadata".to_owned()),
        failed: true,
        checks: vec![
            check("xml", DoctorOutcome::Passed, "well-formed", "It is well-formed."),
            DoctorCheck { remedies, ..signature },
            check("replay", DoctorOutcome::NotApplicable, "replay-unjudged", "Not judged."),
            check("of-tomorrow", DoctorOutcome::Passed, "of-tomorrow", "Something <b>new</b>."),
            // A value that its words need is missing.
            check("issuer", DoctorOutcome::Passed, "issuer-registered", "<b> is registered."),
        ],
        preview: None,
    }
}

/// A registration with nothing wrong.
pub(crate) fn doctor_test() -> DoctorReport {
    let mail = PreviewedAttribute {
        name: "urn:oid:0.9.2342.19200300.100.1.3".to_owned(),
        format: "urn:oasis:names:tc:SAML:2.0:attrname-format:uri".to_owned(),
        friendly_name: Some("mail".to_owned()),
        values: vec!["<b>@northgate.example".to_owned(), "amy@northgate.example".to_owned()],
    };
    let mut report = doctor_report();
    report.failed = false;
    report.checks.retain(|check| check.outcome != DoctorOutcome::Failed);
    report.preview = Some(AssertionPreview {
        name_id: "_5f2a".to_owned(),
        name_id_format: "urn:oasis:names:tc:SAML:2.0:nameid-format:transient".to_owned(),
        transient: true,
        class: "https://refeds.org/profile/mfa".to_owned(),
        attributes: vec![mail],
        signed_assertion: true,
        signed_response: true,
        encrypted: Some("http://www.w3.org/2009/xmlenc11#aes256-gcm".to_owned()),
    });
    report
}

/// A test of a log-in that was not begun, with everything that can be amiss.
pub(crate) fn log_in_test() -> LogInTest {
    let hint = |kind| Hint { kind, words: "groups <b>".into() };
    LogInTest {
        id: Uuid::nil(),
        client_id: "rota/<b>".into(),
        begin: Some("https://login.example.org/oauth2/authorize/test?test=0".into()),
        expires_at: THEN,
        told: log_in_tests::Outcome {
            asked: Some(log_in_tests::Asked {
                redirect_uri: "https://rota.example/<Trust>".into(),
                scope: "openid profile".into(),
                acr_values: vec!["urn:<gold>".into(), "phr".into()],
                required_acr: Some("phr".into()),
                max_age: Some(3600),
            }),
            hints: HintKind::ALL.map(hint).to_vec(),
            ..log_in_tests::Outcome::default()
        },
    }
}

/// The same when it is over.
pub(crate) fn finished_log_in_test() -> LogInTest {
    let object = |value: serde_json::Value| value.as_object().cloned().unwrap_or_default();
    let mut test = log_in_test();
    test.begin = None;
    test.told.hints.truncate(1);
    test.told.released = Some(log_in_tests::Released {
        scope: "openid profile".into(),
        id_token: object(json!({
            "iss": "https://login.example.org", "sub": "5b0e", "aud": ["rota/<b>"],
            "exp": 300, "iat": 0, "auth_time": 0, "nonce": "<n>", "acr": "phr",
            "amr": ["pop", "mfa"], "sid": "s",
        })),
        signed_with: "RS256".into(),
        userinfo: object(json!({
            "sub": "5b0e", "name": "Sam <script>alert(1)</script>", "updated_at": 0,
            "address": { "locality": "<b>" },
        })),
        lasts: log_in_tests::Lasts {
            code: 60,
            access_token: 900,
            id_token: 300,
            refresh_token: Some(2_592_000),
        },
    });
    test
}
