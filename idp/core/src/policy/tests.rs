//! Policy, one sentence each; and that the strictest wins, over many made-up policies.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::assurance::Level;
use crate::clock::Timestamp;
use crate::credentials::{Asserted, Credential, CredentialState, Nickname, Registered, Trust};
use crate::ids::{CredentialId, PersonId};

const MODEL: Uuid = Uuid::from_u128(1);

fn registered() -> Registered {
    Registered {
        credential_id: vec![1],
        public_key: String::new(),
        aaguid: MODEL,
        counter: 1,
        user_verified: true,
        backup_eligible: false,
        backed_up: false,
        transports: vec![],
        discoverable: None,
        attestation_format: "none".into(),
        attestation_chain: vec![],
        trust: Trust::Unjudged,
    }
}

fn credential(counter: u32, backup_eligible: bool) -> Credential {
    Credential {
        id: CredentialId(Uuid::nil()),
        person: PersonId(Uuid::nil()),
        credential_id: vec![1],
        public_key: String::new(),
        nickname: Nickname::parse("Blue").expect("valid"),
        asset_tag: None,
        aaguid: MODEL,
        counter,
        counter_alerts: 0,
        backup_eligible,
        backed_up: false,
        transports: vec![],
        discoverable: None,
        attestation_format: "none".into(),
        hardware: false,
        state: CredentialState::Active,
        added_at: Timestamp::from_seconds(0),
        last_used_at: None,
    }
}

fn asserted(counter: u32, backup_eligible: bool) -> Asserted {
    Asserted {
        credential_id: vec![1],
        user_handle: None,
        counter,
        user_verified: true,
        backup_eligible,
        backed_up: false,
    }
}

fn on_wards() -> SessionLimit {
    SessionLimit {
        networks: ["10.20.0.0/16".parse().expect("a network")].into(),
        absolute_minutes: Some(90),
        idle_minutes: Some(4),
        ..SessionLimit::default()
    }
}

fn policy(overrides: &Overrides) -> Policy {
    Policy::resolve(Preset::Small, overrides)
}

#[test]
fn a_key_without_user_verification_is_never_registered() {
    let key = Registered { user_verified: false, ..registered() };
    let refusal = policy(&Overrides::default()).judge_registration(&key);
    assert_eq!(refusal, Err(RegistrationRefusal::NotVerified));
}

#[test]
fn a_denied_model_and_one_off_the_list_are_refused() {
    let denied = Overrides { models_denied: Some([MODEL].into()), ..Overrides::default() };
    assert_eq!(
        policy(&denied).judge_registration(&registered()),
        Err(RegistrationRefusal::Model { allowed: None })
    );
    let list: BTreeSet<Uuid> = [Uuid::from_u128(2)].into();
    let allowed = Overrides { models_allowed: Some(list.clone()), ..Overrides::default() };
    assert_eq!(
        policy(&allowed).judge_registration(&registered()),
        Err(RegistrationRefusal::Model { allowed: Some(list) })
    );
    assert_eq!(policy(&allowed).attestation_asked(), Attestation::Direct);
}

#[test]
fn a_key_that_hides_its_model_does_not_slip_past_a_list_of_models() {
    let denied = Overrides { models_denied: Some([MODEL].into()), ..Overrides::default() };
    let key = Registered { aaguid: Uuid::nil(), ..registered() };
    assert_eq!(policy(&denied).judge_registration(&key), Err(RegistrationRefusal::ModelUnknown));
    assert_eq!(policy(&Overrides::default()).judge_registration(&key), Ok(()));
}

#[test]
fn a_counter_that_does_not_increase_is_refused_on_device_bound_keys_only() {
    assert_eq!(judge_assertion(&credential(5, false), &asserted(6, false)), Ok(()));
    for counter in [0, 4, 5] {
        assert_eq!(
            judge_assertion(&credential(5, false), &asserted(counter, false)),
            Err(AssertionRefusal::Counter { again: false })
        );
        assert_eq!(judge_assertion(&credential(5, true), &asserted(counter, true)), Ok(()));
    }
    assert_eq!(judge_assertion(&credential(0, false), &asserted(0, false)), Ok(()));
}

#[test]
fn a_changed_backup_eligibility_is_refused_both_ways() {
    for (stored, told) in [(false, true), (true, false)] {
        assert_eq!(
            judge_assertion(&credential(0, stored), &asserted(1, told)),
            Err(AssertionRefusal::BackupEligibility)
        );
    }
}

#[test]
fn grace_ends_with_its_day_and_never_serves_who_once_had_a_factor() {
    let grace = Overrides { grace_until: Some(date(2026, 11, 24)), ..Overrides::default() };
    let policy = policy(&grace);
    let last = Timestamp::from_seconds(1_795_564_799);
    let newcomer = Newcomer::default();
    assert_eq!(policy.enrolment(last, newcomer), Enrolment::InGrace);
    let once = Newcomer { ever_had_factor: true, ..newcomer };
    assert_eq!(policy.enrolment(last, once), Enrolment::NeedsHelp);
    let administrator = Newcomer { administrator: true, ..newcomer };
    assert_eq!(policy.enrolment(last, administrator), Enrolment::NeedsHelp);
    let after = last.plus(Duration::from_secs(1));
    assert_eq!(policy.enrolment(after, newcomer), Enrolment::NeedsHelp);
}

#[test]
fn a_pass_starts_anybody_and_an_invitation_only_who_is_new_where_it_is_said() {
    let now = Timestamp::from_seconds(0);
    let small = policy(&Overrides::default());
    let strict = Overrides { bootstrap: Some(Bootstrap::Pass), ..Overrides::default() };
    let strict = policy(&strict);
    let invited = Newcomer { permit: Some(Permit::Invitation), ..Newcomer::default() };
    assert_eq!(small.enrolment(now, invited), Enrolment::Permitted);
    assert_eq!(strict.enrolment(now, invited), Enrolment::NeedsHelp);
    let once = Newcomer { ever_had_factor: true, ..invited };
    assert_eq!(small.enrolment(now, once), Enrolment::NeedsHelp);
    let with_pass = Newcomer { ever_had_factor: true, permit: Some(Permit::Pass), ..invited };
    for policy in [small, strict] {
        assert_eq!(policy.enrolment(now, with_pass), Enrolment::Permitted);
        assert_eq!(policy.enrolment(now, Newcomer::default()), Enrolment::NeedsHelp);
    }
}

#[test]
fn a_roll_out_that_has_not_started_closes_the_enrolment_of_keys_even_with_a_pass() {
    let keys = [MethodKind::Key, MethodKind::Passkey].into();
    let overrides = Overrides {
        rollout: Some(Rollout::NotStarted),
        grace_until: Some(date(2030, 1, 1)),
        methods: Some(keys),
        ..Overrides::default()
    };
    let now = Timestamp::from_seconds(0);
    let keys_only = policy(&overrides);
    let with_pass = Newcomer { permit: Some(Permit::Pass), ..Newcomer::default() };
    assert_eq!(keys_only.enrolment(now, Newcomer::default()), Enrolment::NotStarted);
    assert_eq!(keys_only.enrolment(now, with_pass), Enrolment::NotStarted);
    let with_app = policy(&Overrides { methods: None, ..overrides });
    assert_eq!(with_app.enrolment(now, with_pass), Enrolment::Permitted);
    assert_eq!(with_app.enrollable(), [MethodKind::AuthenticatorApp].into());
}

#[test]
fn a_method_that_is_not_allowed_is_not_enrolled() {
    let app =
        Overrides { methods: Some([MethodKind::AuthenticatorApp].into()), ..Overrides::default() };
    let policy = policy(&app);
    let synced = Registered { backup_eligible: true, ..registered() };
    assert_eq!(policy.judge_registration(&synced), Err(RegistrationRefusal::Synced));
    assert_eq!(policy.judge_registration(&registered()), Err(RegistrationRefusal::Method));
    assert!(policy.allows(MethodKind::Password), "a password is implied");
}

/// Values of a setting's type that differ in what they demand.
pub(super) trait Samples: Sized {
    fn samples() -> Vec<Self>;
}

macro_rules! samples {
    ($($type:ty: [$($sample:expr),* $(,)?];)*) => {
        $(impl Samples for $type {
            fn samples() -> Vec<Self> {
                vec![$($sample),*]
            }
        })*
    };
}

samples! {
    Level: [Level::Password, Level::Mfa, Level::PhishingResistant, Level::Hardware];
    bool: [false, true];
    u32: [1, 5, 60];
    BTreeSet<SessionLimit>: [
        [].into(),
        [on_wards()].into(),
        [on_wards(), SessionLimit { weaker_than: Some(Level::Mfa), ..on_wards() }].into(),
        [SessionLimit { absolute_minutes: Some(3), ..SessionLimit::default() }].into(),
    ];
    Bootstrap: [Bootstrap::Invitation, Bootstrap::Pass];
    Rollout: [Rollout::NotStarted, Rollout::Pilot, Rollout::Available, Rollout::Required];
    Attestation: [Attestation::None, Attestation::Direct];
    FourEyes: [FourEyes::Off, FourEyes::AdministratorResets];
    Date: [date(2026, 1, 1), date(2027, 1, 1), date(2028, 1, 1)];
    BTreeSet<MethodKind>: [
        BTreeSet::new(),
        [MethodKind::Key].into(),
        [MethodKind::Passkey, MethodKind::AuthenticatorApp].into(),
        MethodKind::ALL.into(),
    ];
    BTreeSet<Uuid>: [
        BTreeSet::new(),
        [MODEL].into(),
        [Uuid::from_u128(2)].into(),
        [MODEL, Uuid::from_u128(2)].into(),
    ];
}

fn overrides() -> impl Strategy<Value = Overrides> {
    prop::collection::vec(any::<prop::sample::Index>(), Overrides::NAMES.len()).prop_map(|picks| {
        let mut picks = picks.into_iter();
        Overrides::sample(|of| picks.next().expect("one for each setting").index(of))
    })
}

fn keys() -> impl Strategy<Value = Registered> {
    let model = prop::sample::select(vec![Uuid::nil(), MODEL, Uuid::from_u128(2)]);
    let format = prop::sample::select(vec!["none", "packed"]);
    (model, any::<bool>(), any::<bool>(), format).prop_map(
        |(aaguid, backup_eligible, user_verified, format)| Registered {
            aaguid,
            backup_eligible,
            user_verified,
            attestation_format: format.into(),
            ..registered()
        },
    )
}

proptest! {
    #[test]
    fn it_does_not_matter_in_which_order_demands_are_combined_or_how_often(
        one in overrides(),
        two in overrides(),
        three in overrides(),
    ) {
        let both = one.clone().strictest(two.clone());
        prop_assert_eq!(&both, &two.clone().strictest(one.clone()));
        prop_assert_eq!(&one, &one.clone().strictest(one.clone()));
        prop_assert_eq!(&one, &one.clone().strictest(Overrides::default()));
        let left = both.strictest(three.clone());
        let right = one.strictest(two.strictest(three));
        prop_assert_eq!(left, right);
    }

    #[test]
    fn what_is_combined_is_never_weaker_than_either_side(
        one in overrides(),
        two in overrides(),
        key in keys(),
        seconds in 1_760_000_000_i64..1_860_000_000,
    ) {
        let now = Timestamp::from_seconds(seconds);
        let plain = Policy::resolve(Preset::Small, &one);
        let strict = plain.with(&two);
        let enrolled = Credential {
            aaguid: key.aaguid,
            backup_eligible: key.backup_eligible,
            ..credential(1, key.backup_eligible)
        };
        // The other side lies below whatever has both, so it is combined with nothing but itself.
        let lowest = Overrides {
            required: Some(Level::Password),
            session_absolute_minutes: Some(u32::MAX),
            session_idle_minutes: Some(u32::MAX),
            step_up_minutes: Some(u32::MAX),
            methods: Some(MethodKind::ALL.into()),
            attestation: Some(Attestation::None),
            rollout: Some(Rollout::NotStarted),
            ..Overrides::default()
        };
        let other = Policy::resolve(Preset::Small, &lowest).with(&two);
        for side in [&plain, &other] {
            prop_assert!(strict.judge_registration(&key).is_err() || side.judge_registration(&key).is_ok());
            prop_assert!(strict.judge_use(&enrolled).is_err() || side.judge_use(&enrolled).is_ok());
            prop_assert!(strict.required >= side.required);
            for address in ["10.20.0.7", "192.0.2.1"].map(|text| text.parse().ok()) {
                for level in Level::samples() {
                    let [short, long] = [&strict, side].map(|it| it.session_lasts(level, address));
                    prop_assert!(short.absolute <= long.absolute && short.idle <= long.idle);
                }
            }
            prop_assert!(strict.step_up_age <= side.step_up_age);
            prop_assert!(strict.four_eyes >= side.four_eyes);
            prop_assert!(side.key_as_primary || !strict.key_as_primary);
            prop_assert!(strict.attestation_asked() >= side.attestation_asked());
            let demanded = |policy: &Policy| policy.keys_due(now, []) == KeysDue::Demand;
            prop_assert!(demanded(&strict) || !demanded(side));
        }
    }
}

#[test]
fn a_session_is_shorter_in_a_network_or_after_a_weaker_log_in_where_policy_says_so() {
    let weak = SessionLimit {
        weaker_than: Some(Level::PhishingResistant),
        idle_minutes: Some(15),
        absolute_minutes: Some(100_000),
        ..SessionLimit::default()
    };
    let limits =
        Overrides { session_limits: Some([on_wards(), weak].into()), ..Overrides::default() };
    let policy = policy(&limits);
    let minutes = |level, address: Option<&str>| {
        let address = address.map(|text| text.parse().expect("an address"));
        let lasts = policy.session_lasts(level, address);
        (lasts.absolute.as_secs() / 60, lasts.idle.as_secs() / 60)
    };
    assert_eq!(minutes(Level::PhishingResistant, Some("192.0.2.1")), (720, 60));
    assert_eq!(minutes(Level::Hardware, Some("10.20.3.4")), (90, 4));
    assert_eq!(minutes(Level::Mfa, Some("192.0.2.1")), (720, 15), "no limit makes longer");
    assert_eq!(minutes(Level::Mfa, Some("::ffff:10.20.3.4")), (90, 4));
    assert_eq!(minutes(Level::Hardware, None), (90, 4), "an unknown address is no way round");
}

#[test]
fn the_preset_names_every_setting_but_the_dates_terms_and_lists() {
    let named = serde_json::to_value(Preset::Small.settings()).expect("settings");
    let absent: Vec<&str> =
        Overrides::NAMES.iter().filter(|name| named.get(name).is_none()).copied().collect();
    let open = [
        "grace_until",
        "rollout_required_from",
        "models_allowed",
        "models_denied",
        "second_key_days",
        "session_limits",
    ];
    assert_eq!(absent, open);
}

#[test]
fn whoever_has_a_role_keeps_what_no_organisation_can_weaken() {
    let lax = Overrides {
        required: Some(Level::Password),
        rollout: Some(Rollout::NotStarted),
        ..Overrides::default()
    };
    let policy = policy(&lax).for_administrators();
    assert_eq!(policy.required, Level::PhishingResistant);
    assert!(!policy.allows(MethodKind::AuthenticatorApp));
    let attested = Registered { attestation_format: "packed".into(), ..registered() };
    assert_eq!(policy.judge_registration(&attested), Ok(()));
    assert_eq!(policy.judge_registration(&registered()), Err(RegistrationRefusal::NotAttested));
    let synced = Registered { backup_eligible: true, ..attested };
    assert_eq!(policy.judge_registration(&synced), Err(RegistrationRefusal::Synced));
    assert!(policy.keys_open(), "their key does not wait for the roll-out");
}

#[test]
fn a_second_key_of_somebody_with_a_role_is_due_after_fourteen_days() {
    let policy = policy(&Overrides::default());
    let only = [credential(1, false)];
    let day = |days: u64| Timestamp::from_seconds(0).plus(Duration::from_secs(86_400 * days));
    assert_eq!(policy.keys_due(day(99), &only), KeysDue::Nudge, "an ordinary person is reminded");
    let policy = policy.for_administrators();
    assert_eq!(policy.keys_due(day(14), &only), KeysDue::Nudge);
    assert_eq!(policy.keys_due(day(15), &only), KeysDue::Demand);
    let two = [credential(1, false), credential(1, false)];
    assert_eq!(policy.keys_due(day(15), &two), KeysDue::Enough);
}

#[test]
fn keys_are_demanded_from_the_day_on_and_never_while_they_are_only_available() {
    let required =
        Overrides { rollout_required_from: Some(date(2027, 1, 1)), ..Overrides::default() };
    let at_once = Overrides { rollout: Some(Rollout::Required), ..required.clone() };
    let closed = Overrides { rollout: Some(Rollout::NotStarted), ..required.clone() };
    let required = policy(&required);
    let first = Timestamp::from_seconds(1_798_761_600);
    assert_eq!(required.keys_due(first.minus(Duration::from_millis(1)), []), KeysDue::Enough);
    assert_eq!(required.keys_due(first, []), KeysDue::Demand);
    assert_eq!(policy(&at_once).keys_due(Timestamp::from_seconds(0), []), KeysDue::Demand);
    assert_eq!(policy(&closed).keys_due(first, []), KeysDue::Enough, "nobody could");
    let many = Overrides { keys_required: Some(3), ..Overrides::default() };
    assert_eq!(policy(&many).keys_due(first, []), KeysDue::Enough);
    let synced = Overrides { synced_passkeys: Some(false), ..Overrides::default() };
    let strict = required.with(&synced);
    assert_eq!(
        strict.keys_due(first, &[credential(1, true)]),
        KeysDue::Demand,
        "it does not count"
    );
}

#[test]
fn a_pilot_is_open_to_the_groups_that_say_so_and_to_nobody_else() {
    let pilot = policy(&Overrides { rollout: Some(Rollout::Pilot), ..Overrides::default() });
    assert!(!pilot.keys_open());
    let group = Overrides { rollout: Some(Rollout::Available), ..Overrides::default() };
    assert!(pilot.with(&group).keys_open());
}

#[test]
fn an_enrolled_key_of_a_denied_model_works_unless_the_list_holds_at_log_in() {
    let denied = Overrides { models_denied: Some([MODEL].into()), ..Overrides::default() };
    assert_eq!(policy(&denied).judge_use(&credential(1, false)), Ok(()));
    let at_login = Overrides { models_at_login: Some(true), ..denied };
    let refusal = Err(AssertionRefusal::Policy);
    assert_eq!(policy(&at_login).judge_use(&credential(1, false)), refusal);
}

#[test]
fn a_proof_counts_when_somebody_vouches_for_it_once_it_is_known_who_may() {
    let required =
        Overrides { attestation_required: Some(Attestation::Direct), ..Overrides::default() };
    let required = policy(&required);
    let key = |trust| Registered { attestation_format: "packed".into(), trust, ..registered() };
    let judged = |trust| required.judge_registration(&key(trust));
    assert_eq!(judged(Trust::Unjudged), Ok(()));
    assert_eq!(judged(Trust::Unproven), Err(RegistrationRefusal::NotAttested));
    assert_eq!(judged(Trust::Vouched { hardware: false }), Ok(()));
    let unproven = key(Trust::Unproven);
    assert_eq!(policy(&Overrides::default()).judge_registration(&unproven), Ok(()), "not asked");
    assert!(Trust::Vouched { hardware: true }.proves_hardware(false));
    assert!(!Trust::Vouched { hardware: true }.proves_hardware(true), "it is copied");
    for trust in [Trust::Unjudged, Trust::Unproven, Trust::Vouched { hardware: false }] {
        assert!(!trust.proves_hardware(false));
    }
}

#[test]
fn a_marked_model_is_not_registered_and_logs_in_unless_that_holds_at_log_in() {
    let marked = Arc::new(BTreeSet::from([MODEL]));
    let lax = policy(&Overrides::default()).knowing(&marked);
    assert_eq!(lax.judge_registration(&registered()), Err(RegistrationRefusal::Marked));
    assert_eq!(lax.judge_use(&credential(1, false)), Ok(()));
    let at_login = Overrides { models_at_login: Some(true), ..Overrides::default() };
    let strict = lax.with(&at_login);
    assert_eq!(strict.judge_use(&credential(1, false)), Err(AssertionRefusal::Marked));
    assert_eq!(policy(&at_login).judge_use(&credential(1, false)), Ok(()), "nothing is marked");
    // It is about models that are told, and asks for nothing more.
    let hidden = Registered { aaguid: Uuid::nil(), ..registered() };
    assert_eq!(lax.judge_registration(&hidden), Ok(()));
    assert_eq!(lax.attestation_asked(), Attestation::None);
    let administrators = lax.for_administrators();
    let attested = Registered { attestation_format: "packed".into(), ..registered() };
    let refusal = Err(RegistrationRefusal::Marked);
    assert_eq!(administrators.judge_registration(&attested), refusal);
}
