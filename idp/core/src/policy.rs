//! What an organisation asks of its people, as typed settings, and the judgements that follow.
//!
//! Pure functions over facts. Where a setting is enforced is said at its judgement.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::assurance::Level;
use crate::clock::Timestamp;
use crate::credentials::{Asserted, Credential, CredentialState, Registered};

/// An organisation's settings, all resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How strong every log-in is at least.
    pub required: Level,
    /// How far the roll-out of keys is.
    pub rollout: Rollout,
    /// What may be enrolled and counts. A password always does.
    pub methods: BTreeSet<MethodKind>,
    /// What lets somebody enrol their very first factor.
    pub bootstrap: Bootstrap,
    /// Until when a password suffices to enrol the first key of somebody who never had a factor.
    pub grace_until: Option<Timestamp>,
    /// Whether a key alone logs in.
    pub key_as_primary: bool,
    /// Whether keys are asked to tell what they are.
    pub attestation: Attestation,
    /// The only models allowed, if there is such a list.
    pub models_allowed: Option<Vec<Uuid>>,
    /// Models not allowed.
    pub models_denied: Vec<Uuid>,
    /// Whether passkeys that are copied between devices are allowed.
    pub synced_passkeys: bool,
    /// How long a session lasts at most.
    pub session_absolute: Duration,
    /// How long a session lasts unused.
    pub session_idle: Duration,
    /// How old the last factor may be when somebody changes their credentials.
    pub step_up_age: Duration,
}

/// A way to prove who one is, as policy tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MethodKind {
    /// A password. Always allowed: what it is worth alone is for [`Policy::required`].
    Password,
    /// A key that stays on its device.
    Key,
    /// A passkey that is copied between devices.
    Passkey,
    /// Codes of an authenticator app.
    AuthenticatorApp,
    /// Codes from a printed list.
    RecoveryCode,
}

impl MethodKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Password, Self::Key, Self::Passkey, Self::AuthenticatorApp, Self::RecoveryCode];

    /// The kind of a key, by whether it may be copied (BE).
    #[must_use]
    pub fn of_key(backup_eligible: bool) -> Self {
        if backup_eligible { Self::Passkey } else { Self::Key }
    }
}

/// What lets somebody enrol their very first factor. A pass does everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bootstrap {
    /// The e-mailed invitation, or a pass.
    Invitation,
    /// A pass only.
    Pass,
}

/// What somebody was handed that may let them enrol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permit {
    /// The invitation that they came by.
    Invitation,
    /// A one-time pass.
    Pass,
}

/// Somebody without a second factor, as far as enrolment asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Newcomer {
    /// They had a factor before, whatever became of it.
    pub ever_had_factor: bool,
    /// They have a role.
    pub administrator: bool,
    /// What they were handed.
    pub permit: Option<Permit>,
}

/// How far an organisation's roll-out of keys is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rollout {
    /// Nobody enrols a key yet.
    NotStarted,
    /// Keys can be enrolled.
    Available,
}

/// How much a key is asked to tell about itself (WebAuthn Level 3 §5.4.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attestation {
    /// Nothing. Older browsers then zero the model as well.
    None,
    /// Everything that it will tell.
    Direct,
}

/// The settings that a new organisation starts from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// Multi-factor with whatever is at hand; keys are welcome.
    #[default]
    Small,
    /// Keys are handed out by the organisation.
    Hospital,
}

/// What an organisation sets otherwise than its preset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "snake_case")]
pub struct Overrides {
    /// See [`Policy::required`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<Level>,
    /// See [`Policy::rollout`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollout: Option<Rollout>,
    /// See [`Policy::methods`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub methods: Option<BTreeSet<MethodKind>>,
    /// See [`Policy::bootstrap`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bootstrap: Option<Bootstrap>,
    /// See [`Policy::grace_until`], as a date `YYYY-MM-DD` whose end (UTC) is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grace_until: Option<jiff::civil::Date>,
    /// See [`Policy::key_as_primary`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_as_primary: Option<bool>,
    /// See [`Policy::attestation`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attestation: Option<Attestation>,
    /// See [`Policy::models_allowed`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub models_allowed: Option<Vec<Uuid>>,
    /// See [`Policy::models_denied`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub models_denied: Option<Vec<Uuid>>,
    /// See [`Policy::synced_passkeys`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub synced_passkeys: Option<bool>,
    /// See [`Policy::session_absolute`], in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_absolute_minutes: Option<u32>,
    /// See [`Policy::session_idle`], in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_idle_minutes: Option<u32>,
    /// See [`Policy::step_up_age`], in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step_up_minutes: Option<u32>,
}

/// How somebody without a second factor may get the first one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enrolment {
    /// Now: what they were handed allows it.
    Permitted,
    /// Now, after the password: the organisation is in grace and they never had a factor.
    InGrace,
    /// Not yet: the organisation has not started.
    NotStarted,
    /// Only with the helpdesk's help.
    NeedsHelp,
}

/// Why a key may not be registered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationRefusal {
    /// It checked neither PIN nor finger nor face.
    #[error("the key did not verify its user")]
    NotVerified,
    /// It is copied between devices, and those are not allowed.
    #[error("passkeys that are copied between devices are not allowed")]
    Synced,
    /// It stays on its device, and those are not allowed.
    #[error("keys that stay on one device are not allowed")]
    Method,
    /// Its model is not allowed; these are, if there is a list.
    #[error("the model is not allowed")]
    Model {
        /// The models that are allowed.
        allowed: Option<Vec<Uuid>>,
    },
    /// It does not tell its model, and the policy names models.
    #[error("the key does not tell its model")]
    ModelUnknown,
}

/// Why an assertion does not log in, although its signature is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssertionRefusal {
    /// The key is suspended.
    #[error("the key is suspended")]
    Suspended,
    /// It checked neither PIN nor finger nor face.
    #[error("the key did not verify its user")]
    NotVerified,
    /// The counter did not increase on a key that cannot be copied: perhaps it was.
    #[error("the signature counter did not increase")]
    Counter {
        /// Whether this is not the first time.
        again: bool,
    },
    /// The key's backup eligibility is not what was registered.
    #[error("the backup eligibility changed")]
    BackupEligibility,
}

impl Policy {
    /// A preset's settings with an organisation's own laid over them.
    #[must_use]
    pub fn resolve(preset: Preset, overrides: &Overrides) -> Self {
        let minutes = |value: Option<u32>, default: u64| {
            Duration::from_secs(60 * value.map_or(default, u64::from))
        };
        let (rollout, bootstrap, attestation) = match preset {
            Preset::Small => (Rollout::Available, Bootstrap::Invitation, Attestation::None),
            Preset::Hospital => (Rollout::NotStarted, Bootstrap::Pass, Attestation::Direct),
        };
        let mut methods = overrides.methods.clone().unwrap_or_else(|| {
            [MethodKind::Key, MethodKind::Passkey, MethodKind::AuthenticatorApp].into()
        });
        methods.insert(MethodKind::Password);
        Self {
            required: overrides.required.unwrap_or(Level::Mfa),
            rollout: overrides.rollout.unwrap_or(rollout),
            methods,
            bootstrap: overrides.bootstrap.unwrap_or(bootstrap),
            grace_until: overrides.grace_until.and_then(end_of_day),
            key_as_primary: overrides.key_as_primary.unwrap_or(true),
            attestation: overrides.attestation.unwrap_or(attestation),
            models_allowed: overrides.models_allowed.clone(),
            models_denied: overrides.models_denied.clone().unwrap_or_default(),
            synced_passkeys: overrides.synced_passkeys.unwrap_or(true),
            session_absolute: minutes(overrides.session_absolute_minutes, 12 * 60),
            session_idle: minutes(overrides.session_idle_minutes, 60),
            step_up_age: minutes(overrides.step_up_minutes, 5),
        }
    }

    /// Whether a method may be enrolled and counts. Enforced at registration and at log-in.
    #[must_use]
    pub fn allows(&self, kind: MethodKind) -> bool {
        match kind {
            MethodKind::Passkey => self.synced_passkeys && self.methods.contains(&kind),
            _ => self.methods.contains(&kind),
        }
    }

    /// The factors that somebody who may enrol can choose from now. Codes for recovery are no way
    /// to start.
    #[must_use]
    pub fn enrollable(&self) -> BTreeSet<MethodKind> {
        let open = |kind: &MethodKind| match kind {
            MethodKind::Password | MethodKind::RecoveryCode => false,
            MethodKind::Key | MethodKind::Passkey => self.rollout == Rollout::Available,
            MethodKind::AuthenticatorApp => true,
        };
        MethodKind::ALL.into_iter().filter(|kind| open(kind) && self.allows(*kind)).collect()
    }

    /// How somebody without a second factor may get the first one, out of
    /// [`enrollable`](Self::enrollable). Enforced before the enrolment page is shown and again when
    /// a ceremony starts and ends.
    #[must_use]
    pub fn enrolment(&self, now: Timestamp, who: Newcomer) -> Enrolment {
        let invited = who.permit == Some(Permit::Invitation)
            && self.bootstrap == Bootstrap::Invitation
            && !who.ever_had_factor
            && !who.administrator;
        let in_grace = self.grace_until.is_some_and(|until| now < until)
            && !who.ever_had_factor
            && !who.administrator;
        let may_start = !self.enrollable().is_empty();
        match (who.permit, self.rollout) {
            (Some(Permit::Pass), _) if may_start => Enrolment::Permitted,
            _ if invited && may_start => Enrolment::Permitted,
            _ if in_grace && may_start => Enrolment::InGrace,
            (_, Rollout::NotStarted) => Enrolment::NotStarted,
            _ => Enrolment::NeedsHelp,
        }
    }

    /// Whether the policy needs to know a key's model.
    #[must_use]
    pub fn names_models(&self) -> bool {
        self.models_allowed.is_some() || !self.models_denied.is_empty()
    }

    /// What keys are asked to tell: a list of models needs `direct`.
    #[must_use]
    pub fn attestation_asked(&self) -> Attestation {
        if self.names_models() { Attestation::Direct } else { self.attestation }
    }

    /// Whether a key may be registered. Enforced once, at registration.
    ///
    /// # Errors
    /// Why not.
    pub fn judge_registration(&self, key: &Registered) -> Result<(), RegistrationRefusal> {
        if !key.user_verified {
            return Err(RegistrationRefusal::NotVerified);
        }
        let kind = MethodKind::of_key(key.backup_eligible);
        if !self.allows(kind) {
            return Err(match kind {
                MethodKind::Passkey => RegistrationRefusal::Synced,
                _ => RegistrationRefusal::Method,
            });
        }
        if self.names_models() && key.aaguid.is_nil() {
            return Err(RegistrationRefusal::ModelUnknown);
        }
        let allowed = self.models_allowed.as_ref();
        if self.models_denied.contains(&key.aaguid)
            || allowed.is_some_and(|list| !list.contains(&key.aaguid))
        {
            return Err(RegistrationRefusal::Model { allowed: allowed.cloned() });
        }
        Ok(())
    }
}

/// Whether a rightly signed assertion may count (WebAuthn Level 3 §7.2 steps 17–22). Enforced at
/// every log-in, whatever the policy.
///
/// # Errors
/// Why not.
pub fn judge_assertion(key: &Credential, told: &Asserted) -> Result<(), AssertionRefusal> {
    if key.state == CredentialState::Suspended {
        return Err(AssertionRefusal::Suspended);
    }
    if !told.user_verified {
        return Err(AssertionRefusal::NotVerified);
    }
    if told.backup_eligible != key.backup_eligible {
        return Err(AssertionRefusal::BackupEligibility);
    }
    let counts = told.counter != 0 || key.counter != 0;
    if counts && told.counter <= key.counter && !key.backup_eligible {
        return Err(AssertionRefusal::Counter { again: key.counter_alerts > 0 });
    }
    Ok(())
}

fn end_of_day(date: jiff::civil::Date) -> Option<Timestamp> {
    let next = date.tomorrow().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Timestamp::from_millis(next.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::Nickname;
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
        }
    }

    fn credential(counter: u32, backup_eligible: bool) -> Credential {
        Credential {
            id: CredentialId(Uuid::nil()),
            person: PersonId(Uuid::nil()),
            credential_id: vec![1],
            public_key: String::new(),
            nickname: Nickname::parse("Blue").expect("valid"),
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
        let denied = Overrides { models_denied: Some(vec![MODEL]), ..Overrides::default() };
        assert_eq!(
            policy(&denied).judge_registration(&registered()),
            Err(RegistrationRefusal::Model { allowed: None })
        );
        let list = vec![Uuid::from_u128(2)];
        let allowed = Overrides { models_allowed: Some(list.clone()), ..Overrides::default() };
        assert_eq!(
            policy(&allowed).judge_registration(&registered()),
            Err(RegistrationRefusal::Model { allowed: Some(list) })
        );
        assert_eq!(policy(&allowed).attestation_asked(), Attestation::Direct);
    }

    #[test]
    fn a_key_that_hides_its_model_does_not_slip_past_a_list_of_models() {
        let denied = Overrides { models_denied: Some(vec![MODEL]), ..Overrides::default() };
        let key = Registered { aaguid: Uuid::nil(), ..registered() };
        assert_eq!(
            policy(&denied).judge_registration(&key),
            Err(RegistrationRefusal::ModelUnknown)
        );
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
        let grace = Overrides {
            grace_until: Some(jiff::civil::date(2026, 11, 24)),
            ..Overrides::default()
        };
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
            grace_until: Some(jiff::civil::date(2030, 1, 1)),
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
        let app = Overrides {
            methods: Some([MethodKind::AuthenticatorApp].into()),
            ..Overrides::default()
        };
        let policy = policy(&app);
        let synced = Registered { backup_eligible: true, ..registered() };
        assert_eq!(policy.judge_registration(&synced), Err(RegistrationRefusal::Synced));
        assert_eq!(policy.judge_registration(&registered()), Err(RegistrationRefusal::Method));
        assert!(policy.allows(MethodKind::Password), "a password is implied");
    }
}
