//! The dispatcher's decisions, one sentence each.

use std::collections::BTreeMap;
use std::time::Duration;

use latchkey_core::Timestamp;
use latchkey_core::assurance::{Level, Method, Proof, Ticket};
use latchkey_core::codes::{AuthenticatorApp, Codes, Pass, RecoveryCode};
use latchkey_core::credentials::{Cause, Credential, CredentialState, Suspension};
use latchkey_core::ids::{
    ClientId, CodeId, CredentialId, OrganisationId, PersonId, Subject, UserHandle,
};
use latchkey_core::people::{Person, PersonState, Reminder, Username};
use latchkey_core::policy::{Bootstrap, MethodKind, Overrides, Policy, Preset, Rollout};
use latchkey_core::requirement::{Consent, Refusal, Requirement};
use latchkey_core::secrets::Sealed;
use uuid::Uuid;

use super::dispatcher::{Known, Step, decide};
use super::way::{Progress, Spare};
use crate::authn::{self, Means};

pub(super) use crate::authn::samples::{KEY, NOW, key};

const APP: CodeId = CodeId(Uuid::from_u128(8));

pub(super) fn person() -> Person {
    Person {
        id: PersonId(Uuid::from_u128(1)),
        organisation: OrganisationId(Uuid::from_u128(2)),
        subject: Subject(Uuid::from_u128(3)),
        user_handle: UserHandle([4; 64]),
        username: Username::parse("amy.ward").expect("a user name"),
        name: "Amy Ward".into(),
        email: None,
        verified_email: None,
        staff_number: None,
        state: PersonState::Active,
        ever_had_factor: false,
        interested_at: None,
        claims: serde_json::Map::new(),
        updated_at: NOW,
        standing: latchkey_core::people::Standing::default(),
        reminder: Reminder { put_off: Reminder::MOST, until: None },
    }
}

pub(super) fn password(at: Timestamp) -> Proof {
    Proof { at, method: Method::Password }
}

pub(super) fn key_proof(at: Timestamp) -> Proof {
    let method = Method::Key { credential: KEY, user_verified: true, hardware: false };
    Proof { at, method }
}

/// A situation, changed field by field.
struct Situation {
    requirement: Requirement,
    progress: Progress,
    person: Person,
    policy: Policy,
    keys: Vec<Credential>,
    codes: Codes,
    proofs: Vec<Proof>,
    of_flow: usize,
    consented: bool,
}

impl Situation {
    fn with(proofs: Vec<Proof>, keys: Vec<Credential>) -> Self {
        let overrides = Overrides { rollout: Some(Rollout::Available), ..Overrides::default() };
        Self {
            requirement: Requirement::anyone(),
            progress: Progress::default(),
            person: person(),
            policy: Policy::resolve(Preset::Hospital, &overrides),
            of_flow: proofs.len(),
            keys,
            codes: Codes::default(),
            proofs,
            consented: false,
        }
    }

    fn step(&self) -> Step {
        let means = Means { password: true, keys: self.keys.clone(), codes: self.codes.clone() };
        let known = Known {
            person: &self.person,
            policy: &self.policy,
            means: &means,
            proofs: &self.proofs,
            of_flow: self.of_flow,
            consented: self.consented,
        };
        decide(&self.requirement, &self.progress, Some(&known), NOW)
    }
}

#[test]
fn a_password_leads_to_the_key_and_the_key_to_the_end() {
    let keys = vec![key(CredentialState::Active)];
    let situation = Situation::with(vec![password(NOW)], keys.clone());
    assert_eq!(situation.step(), Step::Factor(vec!["passkey"]));
    let situation = Situation::with(vec![password(NOW), key_proof(NOW)], keys);
    assert!(matches!(situation.step(), Step::Return(_)));
}

#[test]
fn a_verified_key_alone_is_enough_and_nobody_is_asked_for_a_password() {
    let situation = Situation::with(vec![key_proof(NOW)], vec![key(CredentialState::Active)]);
    let Step::Return(assurance) = situation.step() else { panic!("not at its end") };
    assert_eq!(assurance.level, Level::PhishingResistant);
}

#[test]
fn a_first_key_is_enrolled_after_the_password_in_grace_only() {
    let mut situation = Situation::with(vec![password(NOW)], Vec::new());
    assert_eq!(situation.step(), Step::HelpNeeded);
    situation.policy.grace_until = Some(NOW.plus(Duration::from_secs(1)));
    assert_eq!(situation.step(), Step::Enrol);
    situation.person.ever_had_factor = true;
    assert_eq!(situation.step(), Step::HelpNeeded, "a removed key does not reopen enrolment");
    situation.policy.rollout = Rollout::NotStarted;
    assert_eq!(situation.step(), Step::NotStarted);
}

fn suspended() -> CredentialState {
    CredentialState::Suspended(Suspension { cause: Cause::ReportedLost, at: Some(NOW) })
}

#[test]
fn a_proof_by_another_authenticator_is_neither_a_password_nor_what_was_suspended_since() {
    let other = CredentialId(Uuid::from_u128(44));
    let spare = |state| Credential { id: other, ..key(state) };
    let keys = vec![key(suspended()), spare(CredentialState::Active)];
    let mut situation = Situation::with(vec![password(NOW), key_proof(NOW)], keys);
    situation.of_flow = 0;
    situation.policy.required = Level::Password;
    situation.requirement.step_up = Some(Duration::from_secs(300));
    situation.requirement.by_authenticator = true;
    assert_eq!(situation.step(), Step::Factor(vec!["passkey"]));
    let method = Method::Key { credential: other, user_verified: true, hardware: false };
    situation.proofs.push(Proof { at: NOW, method });
    situation.of_flow = 1;
    assert!(matches!(situation.step(), Step::Return(_)));
    // With nothing that works, nobody is asked for ever.
    situation.keys[1].state = suspended();
    assert_eq!(situation.step(), Step::Refuse(Refusal::Unmet));
    situation.codes = app();
    assert_eq!(situation.step(), Step::Factor(vec!["totp"]));
    let method = Method::Code { app: APP };
    situation.proofs.push(Proof { at: NOW, method });
    situation.of_flow = 2;
    assert!(matches!(situation.step(), Step::Return(_)));
}

#[test]
fn a_suspended_key_neither_counts_nor_lowers_what_is_required() {
    let mut situation = Situation::with(vec![password(NOW)], vec![key(suspended())]);
    situation.person.ever_had_factor = true;
    situation.policy.grace_until = Some(NOW.plus(Duration::from_secs(1)));
    assert_eq!(situation.step(), Step::HelpNeeded);
}

#[test]
fn a_level_out_of_reach_is_refused_when_essential_and_passed_over_when_wished() {
    let mut situation = Situation::with(vec![key_proof(NOW)], vec![key(CredentialState::Active)]);
    situation.requirement.levels = vec![Level::Hardware];
    assert!(matches!(situation.step(), Step::Return(_)));
    situation.requirement.essential = true;
    assert_eq!(situation.step(), Step::Refuse(Refusal::Unmet));
}

#[test]
fn a_step_up_wants_a_fresh_proof_even_of_a_strong_session() {
    let old = NOW.minus(Duration::from_secs(301));
    let mut situation = Situation::with(vec![key_proof(old)], vec![key(CredentialState::Active)]);
    situation.of_flow = 0;
    situation.requirement.step_up = Some(Duration::from_secs(300));
    assert_eq!(situation.step(), Step::Factor(vec!["passkey"]));
    situation.proofs.push(key_proof(NOW));
    situation.of_flow = 1;
    assert!(matches!(situation.step(), Step::Return(_)));
}

#[test]
fn where_a_password_does_a_change_wants_the_key_that_was_there_before_and_not_the_one_it_adds() {
    let shown = NOW.minus(Duration::from_secs(60));
    let mut newer = key(CredentialState::Active);
    newer.added_at = shown.plus(Duration::from_secs(30));
    let mut situation = Situation::with(vec![password(shown)], vec![newer]);
    situation.policy.required = Level::Password;
    situation.of_flow = 0;
    situation.requirement.step_up = Some(Duration::from_secs(300));
    situation.requirement.levels = vec![Level::Mfa];
    assert!(matches!(situation.step(), Step::Return(_)), "its own first key");
    situation.keys[0].added_at = shown.minus(Duration::from_secs(1));
    assert_eq!(situation.step(), Step::Factor(vec!["passkey"]));
    // With the proof grown old, the new one is as good as any.
    situation.proofs = vec![password(NOW.minus(Duration::from_secs(301)))];
    situation.keys[0].added_at = shown;
    assert_eq!(situation.step(), Step::Factor(vec!["passkey"]));
}

#[test]
fn whoever_hangs_on_one_key_is_reminded_of_a_spare_at_a_log_in_and_not_while_they_put_it_off() {
    let with = |change: &dyn Fn(&mut Situation)| {
        let proofs = vec![key_proof(NOW)];
        let mut situation = Situation::with(proofs, vec![key(CredentialState::Active)]);
        situation.person.reminder = Reminder::default();
        change(&mut situation);
        situation.step()
    };
    let until = |seconds| Some(NOW.plus(Duration::from_secs(seconds)));
    assert_eq!(with(&|_| {}), Step::Spare);
    assert_eq!(with(&|it| it.person.reminder.until = Some(NOW)), Step::Spare);
    assert_eq!(with(&|it| it.progress.spare = Some(Spare::Adding)), Step::AddSpare);
    type Change<'a> = (&'a str, &'a dyn Fn(&mut Situation));
    let over: [Change<'_>; 9] = [
        ("put off", &|it| it.person.reminder.until = until(1)),
        ("put off three times", &|it| it.person.reminder.put_off = 3),
        ("said already", &|it| it.progress.spare = Some(Spare::Settled)),
        ("no log-in", &|it| it.of_flow = 0),
        ("a step-up", &|it| it.progress.keep = true),
        ("copied elsewhere", &|it| it.keys[0].backup_eligible = true),
        ("a second one", &|it| it.keys.push(key(CredentialState::Active))),
        ("nobody is to be reminded", &|it| it.policy.keys_nudged = 1),
        ("a password alone", &|it| {
            it.policy.required = Level::Password;
            it.proofs = vec![password(NOW)];
        }),
    ];
    for (why, change) in over {
        assert!(matches!(with(change), Step::Return(_)), "{why}");
    }
}

#[test]
fn a_person_whom_the_application_did_not_mean_is_refused() {
    let mut situation = Situation::with(vec![key_proof(NOW)], vec![key(CredentialState::Active)]);
    situation.requirement.subject = Some(Subject(Uuid::from_u128(77)));
    assert_eq!(situation.step(), Step::Refuse(Refusal::WrongPerson));
}

#[test]
fn consent_is_asked_once_unless_it_is_asked_always() {
    let mut situation = Situation::with(vec![key_proof(NOW)], vec![key(CredentialState::Active)]);
    let asked = Consent {
        client: ClientId("notes".into()),
        scopes: vec![],
        released: BTreeMap::new(),
        always: false,
        kept: true,
    };
    situation.requirement.consent = Some(asked.clone());
    assert_eq!(situation.step(), Step::Consent);
    situation.consented = true;
    assert!(matches!(situation.step(), Step::Return(_)));
    situation.requirement.consent = Some(Consent { always: true, ..asked });
    assert_eq!(situation.step(), Step::Consent);
    situation.progress.agreed = true;
    assert!(matches!(situation.step(), Step::Return(_)));
}

#[test]
fn a_new_key_is_named_tried_and_shown_before_the_way_goes_on() {
    let keys = vec![key(CredentialState::Active)];
    let mut situation = Situation::with(vec![password(NOW)], keys);
    situation.progress.naming = Some(KEY);
    situation.progress.enrolled = Some(KEY);
    assert_eq!(situation.step(), Step::Name(KEY));
    situation.progress.naming = None;
    assert_eq!(situation.step(), Step::Factor(vec!["passkey"]));
    situation.proofs.push(key_proof(NOW));
    situation.of_flow = 2;
    assert_eq!(situation.step(), Step::Ready(KEY));
}

#[test]
fn a_new_key_that_was_removed_meanwhile_holds_nobody_up() {
    let mut situation = Situation::with(vec![password(NOW)], Vec::new());
    situation.person.ever_had_factor = true;
    situation.progress.naming = Some(KEY);
    situation.progress.enrolled = Some(KEY);
    assert_eq!(situation.step(), Step::HelpNeeded);
    situation.proofs = vec![key_proof(NOW)];
    assert!(matches!(situation.step(), Step::Return(_)));
}

fn app() -> Codes {
    let app = AuthenticatorApp {
        id: APP,
        seed: Sealed::from_bytes(vec![1; 48]),
        last_step: 0,
        state: CredentialState::Active,
        added_at: NOW,
        last_used_at: None,
    };
    Codes { app: Some(app), ..Codes::default() }
}

fn pass() -> Pass {
    Pass {
        id: APP,
        digest: [1; 32],
        issued_at: NOW,
        expires_at: NOW.plus(Duration::from_secs(600)),
        tries_left: 5,
        used_at: None,
    }
}

fn code(at: Timestamp) -> Proof {
    Proof { at, method: Method::Code { app: APP } }
}

fn ticket(at: Timestamp, ticket: Ticket) -> Proof {
    Proof { at, method: Method::Ticket { ticket } }
}

#[test]
fn another_way_is_what_the_person_has_and_never_more() {
    let keys = vec![key(CredentialState::Active)];
    let mut situation = Situation::with(vec![password(NOW)], keys);
    assert_eq!(situation.step(), Step::Factor(vec!["passkey"]));
    situation.codes = app();
    assert_eq!(situation.step(), Step::Factor(vec!["passkey", "totp"]));
    situation.codes.pass = Some(pass());
    assert_eq!(situation.step(), Step::Factor(vec!["passkey", "totp", "pass"]));
    situation.codes.pass = Some(Pass { used_at: Some(NOW), ..pass() });
    assert_eq!(situation.step(), Step::Factor(vec!["passkey", "totp"]));
    situation.codes.recovery = vec![RecoveryCode { id: APP, digest: [0; 32] }];
    assert_eq!(situation.step(), Step::Factor(vec!["passkey", "totp"]), "policy leaves them out");
    situation.policy.methods.insert(MethodKind::RecoveryCode);
    assert_eq!(situation.step(), Step::Factor(vec!["passkey", "totp", "recovery-code"]));
}

#[test]
fn a_code_is_a_second_factor_where_policy_allows_it_and_it_suffices() {
    let mut situation = Situation::with(vec![password(NOW)], Vec::new());
    situation.codes = app();
    assert_eq!(situation.step(), Step::Factor(vec!["totp"]));
    situation.policy.required = Level::PhishingResistant;
    assert_eq!(situation.step(), Step::HelpNeeded, "a dead end is not offered");
    situation.policy.required = Level::Mfa;
    situation.policy.methods.remove(&MethodKind::AuthenticatorApp);
    assert_eq!(situation.step(), Step::HelpNeeded, "policy no longer allows it");
    situation.policy.methods.insert(MethodKind::AuthenticatorApp);
    situation.proofs.push(code(NOW));
    situation.of_flow = 2;
    let Step::Return(assurance) = situation.step() else { panic!("not at its end") };
    assert_eq!(assurance.amr, ["pwd", "otp", "mfa"]);
}

#[test]
fn what_the_application_would_not_take_is_not_offered_beside_what_it_would() {
    let keys = vec![key(CredentialState::Active)];
    let mut situation = Situation::with(vec![password(NOW)], keys);
    situation.codes = app();
    situation.requirement.levels = vec![Level::PhishingResistant];
    assert_eq!(situation.step(), Step::Factor(vec!["passkey"]));
}

#[test]
fn a_ticket_opens_enrolment_for_ten_minutes_and_logs_nobody_in() {
    for opener in [Ticket::Pass, Ticket::RecoveryCode, Ticket::Supervised] {
        let shown = vec![password(NOW), ticket(NOW, opener)];
        let mut situation = Situation::with(shown, Vec::new());
        situation.person.ever_had_factor = true;
        situation.codes = app();
        assert_eq!(situation.step(), Step::Enrol, "before what else there is");
        situation.codes = Codes::default();
        let late = NOW.minus(Duration::from_secs(600));
        situation.proofs[1] = ticket(late, opener);
        assert_eq!(situation.step(), Step::HelpNeeded);
        situation.proofs = vec![ticket(NOW, opener)];
        situation.of_flow = 1;
        assert_eq!(situation.step(), Step::Enrol, "nothing else is left to show");
        situation.proofs = vec![ticket(late, opener)];
        assert_eq!(situation.step(), Step::Identify);
    }
}

#[test]
fn after_enrolling_with_a_ticket_the_new_key_is_what_logs_in() {
    let keys = vec![key(CredentialState::Active)];
    let shown = vec![password(NOW), ticket(NOW, Ticket::Pass)];
    let mut situation = Situation::with(shown, keys);
    situation.person.ever_had_factor = true;
    situation.progress.enrolled = Some(KEY);
    assert_eq!(situation.step(), Step::Factor(vec!["passkey"]));
    situation.proofs.push(key_proof(NOW));
    situation.of_flow = 3;
    assert_eq!(situation.step(), Step::Ready(KEY));
}

#[test]
fn a_ticket_of_an_earlier_way_opens_nothing() {
    let shown = vec![ticket(NOW, Ticket::Pass), password(NOW)];
    let mut situation = Situation::with(shown, Vec::new());
    situation.person.ever_had_factor = true;
    situation.of_flow = 1;
    assert_eq!(situation.step(), Step::HelpNeeded);
}

#[test]
fn an_invitation_starts_who_is_new_only_where_policy_says_so() {
    let mut situation = Situation::with(vec![ticket(NOW, Ticket::Invitation)], Vec::new());
    situation.policy.bootstrap = Bootstrap::Invitation;
    assert_eq!(situation.step(), Step::Enrol);
    situation.person.ever_had_factor = true;
    assert_eq!(situation.step(), Step::HelpNeeded);
    situation.person.ever_had_factor = false;
    situation.policy.bootstrap = Bootstrap::Pass;
    assert_eq!(situation.step(), Step::HelpNeeded);
}

#[test]
fn a_link_for_the_password_wants_an_enrolled_factor_first_and_is_no_factor() {
    let mut situation = Situation::with(vec![ticket(NOW, Ticket::PasswordLink)], Vec::new());
    assert_eq!(situation.step(), Step::HelpNeeded);
    situation.codes = app();
    assert_eq!(situation.step(), Step::Factor(vec!["totp"]));
    situation.codes.pass = Some(pass());
    assert_eq!(situation.step(), Step::Factor(vec!["totp"]), "a pass is no factor either");
    situation.proofs.push(code(NOW));
    situation.of_flow = 2;
    assert_eq!(situation.step(), Step::NewPassword);
    situation.progress.password_set = true;
    situation.proofs.push(password(NOW));
    situation.of_flow = 3;
    assert!(matches!(situation.step(), Step::Return(_)));
}

#[test]
fn every_factor_but_the_password_has_a_page_and_none_is_proved_by_anothers_proof() {
    let means = Means {
        password: true,
        keys: vec![key(CredentialState::Active)],
        codes: Codes {
            recovery: vec![RecoveryCode { id: APP, digest: [0; 32] }],
            pass: Some(pass()),
            ..app()
        },
    };
    for factor in authn::ALL {
        let method = factor.could_prove(&means, NOW).expect("they have everything");
        let proved = authn::ALL.iter().filter(|other| other.proved(&method)).count();
        assert_eq!((factor.proved(&method), proved), (true, 1), "{}", factor.name());
        assert!(factor.could_prove(&Means::default(), NOW).is_none(), "{}", factor.name());
        assert_eq!(factor.second(), factor.name() != "password");
    }
}

#[test]
fn nobody_known_and_nothing_proven_is_the_log_in_page() {
    let requirement = Requirement::anyone();
    assert_eq!(decide(&requirement, &Progress::default(), None, NOW), Step::Identify);
    assert_eq!(Situation::with(Vec::new(), Vec::new()).step(), Step::Identify);
}
