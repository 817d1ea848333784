//! What an organisation asks of its people, as typed settings, and the judgements that follow.
//!
//! Pure functions over facts. Where a setting is enforced is said at its judgement.

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
        let (rollout, attestation) = match preset {
            Preset::Small => (Rollout::Available, Attestation::None),
            Preset::Hospital => (Rollout::NotStarted, Attestation::Direct),
        };
        Self {
            required: overrides.required.unwrap_or(Level::Mfa),
            rollout: overrides.rollout.unwrap_or(rollout),
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

    /// How somebody without a second factor may get the first one. Enforced before the enrolment
    /// page is shown and again when the ceremony starts and ends.
    #[must_use]
    pub fn enrolment(&self, now: Timestamp, ever_had_factor: bool) -> Enrolment {
        if self.rollout == Rollout::NotStarted {
            return Enrolment::NotStarted;
        }
        match self.grace_until {
            Some(until) if now < until && !ever_had_factor => Enrolment::InGrace,
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
        if key.backup_eligible && !self.synced_passkeys {
            return Err(RegistrationRefusal::Synced);
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
        assert_eq!(policy.enrolment(last, false), Enrolment::InGrace);
        assert_eq!(policy.enrolment(last, true), Enrolment::NeedsHelp);
        let after = last.plus(Duration::from_secs(1));
        assert_eq!(policy.enrolment(after, false), Enrolment::NeedsHelp);
    }

    #[test]
    fn a_roll_out_that_has_not_started_closes_enrolment_even_in_grace() {
        let overrides = Overrides {
            rollout: Some(Rollout::NotStarted),
            grace_until: Some(jiff::civil::date(2030, 1, 1)),
            ..Overrides::default()
        };
        let enrolment = policy(&overrides).enrolment(Timestamp::from_seconds(0), false);
        assert_eq!(enrolment, Enrolment::NotStarted);
    }
}
