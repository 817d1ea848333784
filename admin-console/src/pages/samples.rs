//! What pages are tried out with: somebody who has everything that there can be, and somebody who
//! looks after them.

use jiff::Timestamp;
use latchkey_api::applications::{Application, ApplicationSummary};
use latchkey_api::credentials::{
    App, Attempt, Cause, Credentials, Demanded, Key, LivePass, NextStep, Suspension,
};
use latchkey_api::doctor::{
    AssertionPreview, DoctorCheck, DoctorOutcome, DoctorRemedy, DoctorReport, DoctorSide,
    PreviewedAttribute,
};
use latchkey_api::help::{Receipt, Told};
use latchkey_api::log_in_tests::{self, Hint, HintKind, LogInTest};
use latchkey_api::organisations::{Branded, Helpdesk, Organisation, OrganisationRef};
use latchkey_api::people::{
    May, Me, Person, PersonState, PersonSummary, Role, RoleGrant, Session, Untouchable,
};
use latchkey_api::platform::{
    AilingProvider, CertificateChange, FailingLetter, Health, KeyCertificate, MailQueue,
    ProvidersHealth, SigningKey,
};
use latchkey_api::providers::{
    EndingKind, IdentityProvider, ProviderCertificate, ProviderEnding, ProviderEndpoint,
    ProviderReading, ReleasedAttribute, ServiceProvider, ServiceProviderSummary,
};
use latchkey_api::{AdminScope, Page};
use serde_json::json;
use uuid::Uuid;

use super::application_form::Kind;
use super::shell::{Place, Shell};
use crate::visitor::Forms;

/// The time of everything.
pub(crate) const THEN: Timestamp = Timestamp::UNIX_EPOCH;

fn northgate() -> OrganisationRef {
    OrganisationRef { id: "northgate".into(), name: "Northgate <Trust>".into() }
}

pub(crate) fn forms() -> Forms {
    Forms::new("token".into())
}

/// As whoever may be there sees it.
pub(crate) fn shell(place: Place) -> Shell {
    let me = if place.is_for(&me()) { me() } else { platform() };
    Shell::new(&me, place, &forms())
}

/// A local administrator of two organisations.
pub(crate) fn me() -> Me {
    let scopes = [
        AdminScope::PeopleRead,
        AdminScope::PeopleWrite,
        AdminScope::CredentialsRead,
        AdminScope::CredentialsHelp,
        AdminScope::AuditRead,
        AdminScope::ApprovalsWrite,
    ];
    let may = |scope| May { scope, platform: false, organisations: vec![northgate()], count: 2 };
    Me {
        person: Some(PersonSummary { name: "Sam Desk".into(), ..person().summary }),
        client_id: None,
        organisation: Some(Branded {
            named: northgate(),
            colour: Some("#1f4e96".into()),
            logo: true,
        }),
        roles: vec![RoleGrant { role: Role::LocalAdministrator, organisation: northgate() }],
        auth_time: Some(THEN),
        fresh_until: Some(THEN),
        may: scopes.map(may).to_vec(),
        approvals: 3,
    }
}

/// Everywhere that Sam may do something.
pub(crate) fn places() -> Vec<OrganisationRef> {
    let tywi = OrganisationRef { id: "tywi".into(), name: "Tywi Community Hospital".into() };
    vec![northgate(), tywi]
}

/// Sam, as pages know him on which an organisation is chosen.
pub(crate) fn me_with_places() -> Me {
    let mut me = me();
    me.may.iter_mut().for_each(|may| may.organisations = places());
    me
}

/// Somebody who may do everything everywhere.
pub(crate) fn platform() -> Me {
    let may = |scope| May { scope, platform: true, organisations: vec![], count: 0 };
    Me { may: AdminScope::ALL.map(may).to_vec(), ..me() }
}

pub(crate) fn organisation() -> Organisation {
    Organisation {
        named: northgate(),
        parent: None,
        preset: "hospital".into(),
        helpdesk: Helpdesk {
            name: Some("Northgate <Trust> helpdesk".into()),
            phone: Some("01632 960 001".into()),
            hours: Some("Every day, 07:00 to 21:00".into()),
            email: Some("helpdesk@northgate.example".into()),
            reporting: Some("Tell security on 01632 960 002".into()),
        },
        rollout: "available".into(),
        updated_at: THEN,
    }
}

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

/// A letter that did not leave, and is not being tried.
pub(crate) fn failing_letter() -> FailingLetter {
    FailingLetter {
        id: Uuid::nil(),
        kind: "key-added".into(),
        to: Some("b…@northgate.example".into()),
        cause: Some("unreachable".into()),
        on_its_way: false,
        link: false,
        queued_at: THEN,
        attempts: 4,
        next_at: THEN,
    }
}

/// Some that did not leave, and more after them.
pub(crate) fn letters() -> Page<FailingLetter> {
    let mut items = vec![failing_letter(); 4];
    items[1].kind = "<script>alert(1)</script>".into();
    (items[1].to, items[1].cause) = (None, Some("<script>alert(1)</script>".into()));
    (items[2].on_its_way, items[3].cause) = (true, None);
    Page { items, next: Some("<next>".into()) }
}

/// An installation where everything is the matter.
pub(crate) fn health() -> Health {
    let failing = letters().items;
    Health {
        issuer: "https://login.example.org".into(),
        version: "0.1.0".into(),
        database: "postgresql".into(),
        people: 1204,
        audit_sequence: 2_184_306,
        audit_unsealed: 1000,
        mail: MailQueue { configured: true, waiting: 70, failed: 54, failing },
        metadata: None,
        providers: ProvidersHealth {
            count: 12,
            expired: 1,
            failing: 2,
            ending: 61,
            ailing: ailing_providers(),
        },
        saml_certificate: Some(CertificateChange {
            ends_at: Timestamp::MAX,
            next_from: Some(THEN),
        }),
    }
}

/// Applications that speak SAML, with all that can be the matter.
fn ailing_providers() -> Vec<AilingProvider> {
    let one = |host: &str| AilingProvider {
        entity_id: format!("https://{host}.example/saml/metadata"),
        name: format!("The {host}"),
        error: None,
        failing_since: None,
        metadata_ends: None,
        certificate_ends: None,
    };
    let failing = AilingProvider {
        name: "<script>alert(1)</script>".into(),
        error: Some("<script>alert(1)</script>".into()),
        failing_since: Some(THEN),
        metadata_ends: Some(THEN),
        ..one("ledger")
    };
    let ending = AilingProvider { certificate_ends: Some(Timestamp::MAX), ..one("rota") };
    let unread =
        AilingProvider { error: Some("the host did not answer in time".into()), ..one("x") };
    vec![failing, ending, AilingProvider { failing_since: Some(THEN), ..unread }]
}

pub(crate) fn person() -> Person {
    Person {
        summary: PersonSummary {
            id: Uuid::nil(),
            username: "bethan.price".into(),
            name: "Bethan Price <script>alert(1)</script>".into(),
            email: Some("bethan@northgate.example".into()),
            staff_number: Some("NG 004 118".into()),
            organisation: northgate(),
            state: PersonState::Active,
            enrolment: None,
            found_by: None,
        },
        email_verified: true,
        claims: serde_json::Map::new(),
        roles: vec![RoleGrant { role: Role::Helpdesk, organisation: northgate() }],
        groups: vec![],
        updated_at: THEN,
        untouchable: Some(Untouchable::Peer),
    }
}

fn key(number: u128, suspended: Option<Cause>, refused: Option<&str>) -> Key {
    Key {
        id: Uuid::from_u128(number),
        nickname: "Blue <script>alert(1)</script>".into(),
        asset_tag: (number == 1).then(|| "NG-77".into()),
        model: "Tern Key 2 NFC".into(),
        aaguid: None,
        synced: number == 2,
        hardware: true,
        suspended: suspended.map(|cause| Suspension { cause, at: Some(THEN) }),
        refused_by_policy: refused.map(str::to_owned),
        added_at: THEN,
        last_used_at: (number == 1).then_some(THEN),
        last_failure: refused.map(|word| Attempt { at: THEN, refused: Some(word.into()) }),
    }
}

pub(crate) fn credentials() -> Credentials {
    let causes =
        [Cause::ReportedLost, Cause::Copied, Cause::NotMe, Cause::Administrator, Cause::Closed];
    let mut keys = vec![
        key(1, None, Some("policy")),
        key(2, None, Some("marked")),
        key(3, None, Some("counter")),
        key(4, None, Some("backup-eligibility")),
        key(5, None, Some("something new")),
        key(6, None, None),
    ];
    let suspended = causes.iter().zip(7..);
    keys.extend(suspended.map(|(cause, number)| key(number, Some(*cause), None)));
    Credentials {
        keys,
        app: Some(App {
            suspended: Some(Suspension { cause: Cause::Administrator, at: None }),
            allowed: true,
            added_at: THEN,
            last_used_at: Some(THEN),
        }),
        password: true,
        recovery_codes: Some(3),
        pass: Some(LivePass { issued_at: THEN, expires_at: THEN, tries_left: 5 }),
        invited_until: Some(THEN),
        can_log_in: false,
        demanded: Demanded {
            required: "phishing-resistant".into(),
            keys_required: true,
            keys: 2,
            keys_open: false,
            bootstrap: "pass".into(),
        },
        next_step: NextStep::IssuePass,
    }
}

pub(crate) fn session() -> Session {
    Session {
        id: Uuid::nil(),
        agent: None,
        address: None,
        started_at: THEN,
        last_seen_at: THEN,
        expires_at: THEN,
        amr: vec![],
        applications: vec!["Rota <script>alert(1)</script>".into()],
    }
}

/// What everything at once comes to.
pub(crate) fn receipt() -> Receipt {
    Receipt {
        done: true,
        approval: None,
        keys: vec!["Blue <script>alert(1)</script>".into()],
        app: true,
        recovery_codes: true,
        sessions: 2,
        sessions_of_keys: 1,
        locked_out: true,
        pass_voided: true,
        told: Some("b…@northgate.example".into()),
        secret: Some(Told { secret: "K7QD-M2XR-T4HN".into(), expires_at: THEN }),
        at: THEN,
    }
}

/// A message with something wrong, and markup in what it quotes.
pub(crate) fn doctor_report() -> DoctorReport {
    let check = |name: &str, outcome, found: &str| DoctorCheck {
        name: name.to_owned(),
        outcome,
        found: found.to_owned(),
        remedies: Vec::new(),
    };
    let remedies = vec![
        DoctorRemedy { side: DoctorSide::Here, words: "Register its metadata again.".to_owned() },
        DoctorRemedy { side: DoctorSide::Provider, words: "Sign with the old key.".to_owned() },
    ];
    let signature = check("signature", DoctorOutcome::Failed, "“<b>” signed it.");
    DoctorReport {
        about: "an AuthnRequest".to_owned(),
        provider: Some("https://app.example/saml/metadata".to_owned()),
        failed: true,
        checks: vec![
            check("xml", DoctorOutcome::Passed, "It is well-formed and within bounds."),
            DoctorCheck { remedies, ..signature },
            check("replay", DoctorOutcome::NotApplicable, "It is not judged."),
            check("of-tomorrow", DoctorOutcome::Passed, "Something new."),
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
