//! What pages are tried out with: somebody who has everything that there can be, and somebody who
//! looks after them.

mod applications;

use jiff::Timestamp;
use latchkey_api::credentials::{
    App, Attempt, Cause, Credentials, Demanded, Key, LivePass, NextStep, Suspension,
};
use latchkey_api::help::{Receipt, Told};
use latchkey_api::organisations::{Branded, Helpdesk, Organisation, OrganisationRef};
use latchkey_api::people::{
    May, Me, Person, PersonState, PersonSummary, Role, RoleGrant, Session, Untouchable,
};
use latchkey_api::platform::{
    AilingProvider, CertificateChange, FailingLetter, Health, MailQueue, ProvidersHealth,
};
use latchkey_api::{AdminScope, Page};
use uuid::Uuid;

use super::shell::{Place, Shell};
use crate::visitor::Forms;

pub(crate) use applications::{
    application, doctor_report, doctor_test, finished_log_in_test, log_in_test, provider,
    signing_keys,
};

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
