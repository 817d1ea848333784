//! Every setting of policy against every way of logging in, of registering a key and of staying
//! logged in: a row tells all that happens, and a setting without a row fails.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use latchkey_core::assurance::{Level, Method, Proof, Ticket};
use latchkey_core::codes::{AuthenticatorApp, Codes, RecoveryCode};
use latchkey_core::credentials::{Credential, CredentialState, Registered, Trust};
use latchkey_core::ids::CodeId;
use latchkey_core::policy::{
    Attestation, FourEyes, KeysDue, MethodKind, Overrides, Policy, Preset,
};
use latchkey_core::requirement::Requirement;
use latchkey_core::secrets::Sealed;
use uuid::Uuid;

use super::dispatcher::{Known, Step, decide};
use super::tests::{NOW, key, key_proof, password, person};
use super::way::Progress;
use crate::authn::Means;

const MODEL: &str = "00000000-0000-0000-0000-000000000001";
const DAY: u64 = 86_400;
/// A shared computer, that minutes are told for.
const WARD: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 20, 0, 7));

/// What happens under preset `small`, or to somebody with a role, when one setting is said.
#[derive(Clone, Copy)]
struct Row {
    setting: &'static str,
    policy: &'static str,
    /// For each of [`WAYS`] where it ends: `1` logged in by one factor, `2` by two, `P`
    /// phishing-resistant, `W` in hardware; `E` at enrolment, `N` told that nothing has started,
    /// `H` sent to the helpdesk, `R` refused the key.
    ways: &'static str,
    /// For each of [`keys`] whether it is registered, and whether it is asked what it is (`d`).
    keys: &'static str,
    /// What follows for somebody with one key: `-` nothing, `n` a reminder, `d` a demand.
    due: char,
    /// Minutes of a session, unused, and until a step-up, and whether a second administrator has
    /// to agree.
    rest: (u64, u64, u64, bool),
}

/// Every way of logging in: what somebody has, and all of what they show.
const WAYS: [Way; 9] = [
    Way::Password,
    Way::PasswordAndApp,
    Way::PasswordAndKey,
    Way::Key,
    Way::SyncedPasskey,
    Way::KeyInHardware,
    Way::PasswordAndRecoveryCode,
    Way::PasswordAndPass,
    Way::Invitation,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Password,
    PasswordAndApp,
    PasswordAndKey,
    Key,
    SyncedPasskey,
    KeyInHardware,
    PasswordAndRecoveryCode,
    PasswordAndPass,
    Invitation,
}

const REST: (u64, u64, u64, bool) = (720, 60, 5, false);

const fn row(setting: &'static str, policy: &'static str, ways: &'static str) -> Row {
    Row { setting, policy, ways, keys: "++++", due: 'n', rest: REST }
}

const fn keys_too(row: Row, keys: &'static str, due: char) -> Row {
    Row { keys, due, ..row }
}

const fn rest_too(row: Row, rest: (u64, u64, u64, bool)) -> Row {
    Row { rest, ..row }
}

/// What happens when nothing is said.
const PLAIN: &str = "H2PPPWHEE";

const ROWS: &[Row] = &[
    row("required", r#"{"required":"password"}"#, "12PPPW111"),
    row("required", r#"{"required":"mfa"}"#, PLAIN),
    row("required", r#"{"required":"phishing-resistant"}"#, "HHPPPWHEE"),
    row("required", r#"{"required":"hardware"}"#, "HHHHHWHEE"),
    keys_too(row("methods", r#"{"methods":["key"]}"#, "HHPPRWHEE"), "++-+", 'n'),
    keys_too(row("methods", r#"{"methods":["passkey"]}"#, "HHHRPRHEE"), "--+-", '-'),
    keys_too(row("methods", r#"{"methods":["authenticator-app"]}"#, "H2HRRRHEE"), "----", '-'),
    keys_too(row("methods", r#"{"methods":["key","recovery-code"]}"#, "HHPPRWEEE"), "++-+", 'n'),
    keys_too(row("methods", r#"{"methods":[]}"#, "HHHRRRHHH"), "----", '-'),
    row("bootstrap", r#"{"bootstrap":"invitation"}"#, PLAIN),
    row("bootstrap", r#"{"bootstrap":"pass"}"#, "H2PPPWHEH"),
    row("grace_until", r#"{"grace_until":"2099-12-31"}"#, "E2PPPWEEE"),
    row("grace_until", r#"{"grace_until":"2020-12-31"}"#, PLAIN),
    keys_too(row("rollout", r#"{"rollout":"not-started"}"#, "N2PPPWNEE"), "++++", '-'),
    keys_too(row("rollout", r#"{"rollout":"pilot"}"#, "N2PPPWNEE"), "++++", '-'),
    keys_too(
        row("rollout", r#"{"rollout":"not-started","methods":["key"]}"#, "NNPPRWNNN"),
        "++-+",
        '-',
    ),
    row("rollout", r#"{"rollout":"available"}"#, PLAIN),
    row("rollout", r#"{"rollout":"required"}"#, "HEPPPWHEE"),
    row("rollout", r#"{"rollout":"required","required":"password"}"#, "HEPPPWHEE"),
    row("rollout_required_from", r#"{"rollout_required_from":"2020-01-01"}"#, "HEPPPWHEE"),
    row("rollout_required_from", r#"{"rollout_required_from":"2099-01-01"}"#, PLAIN),
    row("key_as_primary", r#"{"key_as_primary":false}"#, "H2PRRRHEE"),
    keys_too(row("attestation", r#"{"attestation":"direct"}"#, PLAIN), "++++d", 'n'),
    keys_too(
        row("attestation_required", r#"{"attestation_required":"direct"}"#, PLAIN),
        "+-++d",
        'n',
    ),
    keys_too(row("models_allowed", r#"{"models_allowed":[]}"#, PLAIN), "----d", 'n'),
    keys_too(
        row(
            "models_denied",
            r#"{"models_denied":["00000000-0000-0000-0000-000000000001"]}"#,
            PLAIN,
        ),
        "----d",
        'n',
    ),
    keys_too(
        row("models_at_login", r#"{"models_at_login":true,"models_allowed":[]}"#, "H2HRRRHEE"),
        "----d",
        '-',
    ),
    row("models_at_login", r#"{"models_at_login":true}"#, PLAIN),
    keys_too(row("synced_passkeys", r#"{"synced_passkeys":false}"#, "H2PPRWHEE"), "++-+", 'n'),
    row("keys_required", r#"{"keys_required":2}"#, PLAIN),
    keys_too(
        row("keys_required", r#"{"keys_required":2,"rollout":"required"}"#, "HEEEEEHEE"),
        "++++",
        'd',
    ),
    keys_too(row("keys_nudged", r#"{"keys_nudged":1}"#, PLAIN), "++++", '-'),
    keys_too(row("second_key_days", r#"{"second_key_days":29}"#, "H2EEEEHEE"), "++++", 'd'),
    row("second_key_days", r#"{"second_key_days":30}"#, PLAIN),
    rest_too(
        row("session_absolute_minutes", r#"{"session_absolute_minutes":30}"#, PLAIN),
        (30, 60, 5, false),
    ),
    rest_too(
        row("session_idle_minutes", r#"{"session_idle_minutes":7}"#, PLAIN),
        (720, 7, 5, false),
    ),
    rest_too(
        row(
            "session_limits",
            r#"{"session_limits":[{"networks":["10.20.0.0/16"],"absolute_minutes":90}]}"#,
            PLAIN,
        ),
        (90, 60, 5, false),
    ),
    rest_too(
        row(
            "session_limits",
            r#"{"session_limits":[{"networks":["10.21.0.0/16"],"absolute_minutes":90},
                {"weaker_than":"phishing-resistant","idle_minutes":9},
                {"weaker_than":"mfa","idle_minutes":3}]}"#,
            PLAIN,
        ),
        (720, 9, 5, false),
    ),
    rest_too(row("step_up_minutes", r#"{"step_up_minutes":1}"#, PLAIN), (720, 60, 1, false)),
    rest_too(
        row("four_eyes", r#"{"four_eyes":"administrator-resets"}"#, PLAIN),
        (720, 60, 5, true),
    ),
];

/// What whoever has a role keeps whatever their organisation says: no authenticator app, no
/// passkey that is copied, nothing by an invitation, a pass as everybody.
const ADMINISTRATORS: &[Row] = &[
    keys_too(row("", "{}", "HHEEREHEH"), "+--+d", 'd'),
    keys_too(
        row(
            "",
            r#"{"required":"password","rollout":"not-started","grace_until":"2099-12-31",
                "methods":["key","passkey","authenticator-app","recovery-code"]}"#,
            "HHEEREHEH",
        ),
        "+--+d",
        'd',
    ),
];

/// Keys that somebody may try to register: of a known model, without a proof of it, one that is
/// copied, and one that hides its model.
fn keys() -> [Registered; 4] {
    let plain = Registered {
        credential_id: vec![1],
        public_key: String::new(),
        aaguid: Uuid::parse_str(MODEL).expect("a model"),
        counter: 0,
        user_verified: true,
        backup_eligible: false,
        backed_up: false,
        transports: Vec::new(),
        discoverable: None,
        attestation_format: "packed".into(),
        attestation_chain: vec![],
        trust: Trust::Unjudged,
    };
    [
        plain.clone(),
        Registered { attestation_format: "none".into(), ..plain.clone() },
        Registered { backup_eligible: true, ..plain.clone() },
        Registered { aaguid: Uuid::nil(), ..plain },
    ]
}

impl Way {
    fn key(self) -> Option<Credential> {
        let plain = Credential {
            aaguid: Uuid::parse_str(MODEL).expect("a model"),
            added_at: NOW.minus(Duration::from_secs(30 * DAY)),
            ..key(CredentialState::Active)
        };
        match self {
            Self::PasswordAndKey | Self::Key => Some(plain),
            Self::SyncedPasskey => Some(Credential { backup_eligible: true, ..plain }),
            Self::KeyInHardware => Some(Credential { hardware: true, ..plain }),
            _ => None,
        }
    }

    fn means(self) -> Means {
        let id = CodeId(Uuid::from_u128(5));
        let mut codes = Codes::default();
        if self == Self::PasswordAndApp {
            codes.app = Some(AuthenticatorApp {
                id,
                seed: Sealed::from_bytes(Vec::new()),
                last_step: 0,
                state: CredentialState::Active,
                added_at: NOW,
                last_used_at: None,
            });
        }
        if self == Self::PasswordAndRecoveryCode {
            codes.recovery.push(RecoveryCode { id, digest: [0; 32] });
        }
        Means { password: true, keys: self.key().into_iter().collect(), codes }
    }
}

/// Goes a way to its end, by what guards it: the ceremony, the log-in page, the dispatcher.
fn walk(policy: &Policy, way: Way, administrator: bool) -> char {
    let means = way.means();
    let mut person = person();
    person.standing.administrator = administrator;
    person.ever_had_factor = way.key().is_some() || way == Way::PasswordAndApp;
    let step = |proofs: &[Proof]| {
        let known = Known {
            person: &person,
            policy,
            means: &means,
            proofs,
            of_flow: proofs.len(),
            consented: true,
        };
        decide(&Requirement::anyone(), &Progress::default(), Some(&known), NOW)
    };
    let ticket = |ticket| Proof { at: NOW, method: Method::Ticket { ticket } };
    let last = match way {
        Way::Password => step(&[password(NOW)]),
        Way::PasswordAndApp => {
            let method = Method::Code { app: CodeId(Uuid::from_u128(5)) };
            asked(&step, "totp", Proof { at: NOW, method })
        }
        Way::PasswordAndKey => asked(&step, "passkey", key_proof(NOW)),
        Way::Key | Way::SyncedPasskey | Way::KeyInHardware => {
            let key = way.key().expect("a key");
            if policy.judge_use(&key).is_err() || !policy.key_as_primary {
                return 'R';
            }
            let method =
                Method::Key { credential: key.id, user_verified: true, hardware: key.hardware };
            step(&[Proof { at: NOW, method }])
        }
        Way::PasswordAndRecoveryCode if !policy.allows(MethodKind::RecoveryCode) => {
            step(&[password(NOW)])
        }
        Way::PasswordAndRecoveryCode => step(&[password(NOW), ticket(Ticket::RecoveryCode)]),
        Way::PasswordAndPass => step(&[password(NOW), ticket(Ticket::Pass)]),
        Way::Invitation => {
            // An invitation sets a password first.
            step(&[ticket(Ticket::Invitation), password(NOW)])
        }
    };
    match last {
        Step::Return(reached) => match reached.level {
            Level::Password => '1',
            Level::Mfa => '2',
            Level::PhishingResistant => 'P',
            Level::Hardware => 'W',
        },
        Step::Enrol => 'E',
        Step::NotStarted => 'N',
        Step::HelpNeeded => 'H',
        other => panic!("{way:?} ends at {other:?}"),
    }
}

/// After a password the factor is shown only where it is asked for, or would do anyhow.
fn asked(step: &dyn Fn(&[Proof]) -> Step, factor: &str, proof: Proof) -> Step {
    match step(&[password(NOW)]) {
        Step::Factor(names) if names.contains(&factor) => step(&[password(NOW), proof]),
        Step::Return(_) => step(&[password(NOW), proof]),
        other => other,
    }
}

fn check(row: &Row, policy: &Policy, administrator: bool) {
    let said = row.policy;
    let ways: String = WAYS.iter().map(|way| walk(policy, *way, administrator)).collect();
    assert_eq!(ways, row.ways, "{said}: ways of logging in");
    let mut taken: String = keys()
        .iter()
        .map(|key| if policy.judge_registration(key).is_ok() { '+' } else { '-' })
        .collect();
    if policy.attestation_asked() == Attestation::Direct {
        taken.push('d');
    }
    assert_eq!(taken, row.keys, "{said}: keys that are registered");
    let due = match policy.keys_due(NOW, &Way::Key.key()) {
        KeysDue::Enough => '-',
        KeysDue::Nudge => 'n',
        KeysDue::Demand => 'd',
    };
    assert_eq!(due, row.due, "{said}: what follows for one key");
    let minutes = |time: Duration| time.as_secs() / 60;
    let lasts = policy.session_lasts(Level::Mfa, Some(WARD));
    let (absolute, idle) = (minutes(lasts.absolute), minutes(lasts.idle));
    let four_eyes = policy.four_eyes == FourEyes::AdministratorResets;
    assert_eq!((absolute, idle, minutes(policy.step_up_age), four_eyes), row.rest, "{said}");
}

fn read(said: &str) -> Overrides {
    serde_json::from_str(said).expect(said)
}

#[test]
fn every_setting_against_every_way_of_logging_in() {
    check(&row("", "{}", PLAIN), &Policy::resolve(Preset::Small, &Overrides::default()), false);
    for row in ROWS {
        check(row, &Policy::resolve(Preset::Small, &read(row.policy)), false);
    }
}

#[test]
fn whoever_has_a_role_is_never_asked_for_less() {
    for row in ADMINISTRATORS {
        let policy = Policy::resolve(Preset::Small, &read(row.policy)).for_administrators();
        check(row, &policy, true);
    }
}

#[test]
fn every_setting_has_a_row_that_says_it() {
    let rows: BTreeSet<&str> = ROWS.iter().map(|row| row.setting).collect();
    assert_eq!(rows, Overrides::NAMES.iter().copied().collect());
    for row in ROWS {
        assert!(row.policy.contains(&format!("\"{}\":", row.setting)), "{}", row.setting);
    }
}

#[test]
fn a_step_up_is_asked_for_when_the_last_proof_is_older_than_the_policy_says() {
    let proofs = [key_proof(NOW.minus(Duration::from_secs(180)))];
    for (minutes, again) in [(1, true), (2, true), (3, false), (5, false)] {
        let said = Overrides { step_up_minutes: Some(minutes), ..Overrides::default() };
        let policy = Policy::resolve(Preset::Small, &said);
        let known = Known {
            person: &person(),
            policy: &policy,
            means: &Way::Key.means(),
            proofs: &proofs,
            of_flow: 0,
            consented: true,
        };
        let asked = Requirement { step_up: Some(policy.step_up_age), ..Requirement::anyone() };
        let step = decide(&asked, &Progress::default(), Some(&known), NOW);
        assert_eq!(matches!(step, Step::Factor(_)), again, "{minutes}: {step:?}");
    }
}
