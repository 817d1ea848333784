//! What follows from a policy for a key, a person without one, and an assertion.
//!
//! Pure judgements over facts; the words that people read about them are not here.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::settings::{Attestation, Bootstrap, MethodKind, Policy, Rollout};
use crate::assurance::Level;
use crate::clock::Timestamp;
use crate::credentials::{Asserted, Credential, CredentialState, Registered, Trust};

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
        allowed: Option<BTreeSet<Uuid>>,
    },
    /// Its model is marked revoked or broken.
    #[error("the model is marked revoked or broken")]
    Marked,
    /// It tells nothing that proves what it is.
    #[error("the key does not prove what it is")]
    NotAttested,
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
    /// Policy does not take it any more.
    #[error("policy does not take the key")]
    Policy,
    /// Its model is marked revoked or broken.
    #[error("the model is marked revoked or broken")]
    Marked,
}

/// How many keys somebody lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeysDue {
    /// None.
    Enough,
    /// Another one would be good to have.
    Nudge,
    /// Another one before anything else.
    Demand,
}

impl Policy {
    /// Whether a method may be enrolled and counts. Enforced at registration and at log-in.
    #[must_use]
    pub fn allows(&self, kind: MethodKind) -> bool {
        match kind {
            MethodKind::Passkey => self.synced_passkeys && self.methods.contains(&kind),
            _ => self.methods.contains(&kind),
        }
    }

    /// Whether keys may be enrolled. Somebody whose group lets them has a roll-out of their own.
    #[must_use]
    pub fn keys_open(&self) -> bool {
        self.rollout >= Rollout::Available
    }

    /// Whether another key is due for somebody whose working keys are these. An available
    /// roll-out never forces; a second key with a term of its own does after that.
    #[must_use]
    pub fn keys_due<'k>(
        &self,
        now: Timestamp,
        keys: impl IntoIterator<Item = &'k Credential>,
    ) -> KeysDue {
        let counting = keys.into_iter().filter(|key| self.judge_use(key).is_ok());
        self.keys_due_beside(now, counting.map(|key| key.added_at))
    }

    /// The same for somebody whose keys that count were added at these times.
    #[must_use]
    pub fn keys_due_beside(
        &self,
        now: Timestamp,
        added: impl IntoIterator<Item = Timestamp>,
    ) -> KeysDue {
        let added: Vec<Timestamp> = added.into_iter().collect();
        let dated = self.rollout_required_from.is_some_and(|from| from <= now);
        let forced = self.rollout == Rollout::Required || (self.keys_open() && dated);
        let required = if forced { self.keys_required.max(1) } else { 0 };
        let late = |within| matches!(added[..], [only] if now.since(only) > within);
        let has = u32::try_from(added.len()).unwrap_or(u32::MAX);
        if has < required || self.second_key_within.is_some_and(late) {
            KeysDue::Demand
        } else if self.keys_open() && has > 0 && has < self.keys_nudged {
            KeysDue::Nudge
        } else {
            KeysDue::Enough
        }
    }

    /// Whether it matters how many keys somebody has who logged in strongly enough.
    #[must_use]
    pub fn counts_keys(&self, now: Timestamp) -> bool {
        self.second_key_within.is_some() || self.keys_due(now, []) == KeysDue::Demand
    }

    /// Whether keys of some kind are among the [`Policy::enrollable`].
    #[must_use]
    pub fn keys_enrollable(&self) -> bool {
        self.enrollable().range(MethodKind::Key..=MethodKind::Passkey).next().is_some()
    }

    /// The factors that somebody who may enrol can choose from now. Codes for recovery are no way
    /// to start.
    #[must_use]
    pub fn enrollable(&self) -> BTreeSet<MethodKind> {
        let open = |kind: &MethodKind| match kind {
            MethodKind::Password | MethodKind::RecoveryCode => false,
            MethodKind::Key | MethodKind::Passkey => self.keys_open(),
            MethodKind::AuthenticatorApp => true,
        };
        MethodKind::ALL.into_iter().filter(|kind| open(kind) && self.allows(*kind)).collect()
    }

    /// Whether somebody can come to log in as strongly as this: with what they may set up now.
    #[must_use]
    pub fn reaches(&self, level: Level) -> bool {
        match level {
            Level::Password => true,
            Level::Mfa => !self.enrollable().is_empty(),
            Level::PhishingResistant => self.keys_enrollable(),
            Level::Hardware => {
                self.attestation == Attestation::Direct
                    && self.enrollable().contains(&MethodKind::Key)
            }
        }
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
            (_, Rollout::NotStarted | Rollout::Pilot) => Enrolment::NotStarted,
            _ => Enrolment::NeedsHelp,
        }
    }

    /// Whether the policy needs to know a key's model.
    #[must_use]
    pub fn names_models(&self) -> bool {
        self.models_allowed.is_some() || !self.models_denied.is_empty()
    }

    /// What keys are asked to tell: a list of models needs `direct`, and so does a proof.
    #[must_use]
    pub fn attestation_asked(&self) -> Attestation {
        let needed = self.names_models() || self.attestation_required == Attestation::Direct;
        if needed { Attestation::Direct } else { self.attestation }
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
        if self.models_marked.contains(&key.aaguid) {
            return Err(RegistrationRefusal::Marked);
        }
        let attested = match key.trust {
            Trust::Unjudged => key.attestation_format != "none",
            Trust::Unproven => false,
            Trust::Vouched { .. } => true,
        };
        if self.attestation_required == Attestation::Direct && !attested {
            return Err(RegistrationRefusal::NotAttested);
        }
        if self.names_models() && key.aaguid.is_nil() {
            return Err(RegistrationRefusal::ModelUnknown);
        }
        if !self.takes_model(&key.aaguid) {
            return Err(RegistrationRefusal::Model { allowed: self.models_allowed.clone() });
        }
        Ok(())
    }

    /// Whether an enrolled key still counts. Enforced at every log-in with it; the lists of models,
    /// and what marks them, only where the policy says so, and an unknown model is on none.
    ///
    /// # Errors
    /// When it does not.
    pub fn judge_use(&self, key: &Credential) -> Result<(), AssertionRefusal> {
        if key.state != CredentialState::Active {
            return Err(AssertionRefusal::Suspended);
        }
        self.judge_working(&key.aaguid, key.backup_eligible)
    }

    /// Whether a working key counts of which this is known: its model, and whether it may be copied.
    ///
    /// # Errors
    /// When it does not.
    pub fn judge_working(
        &self,
        model: &Uuid,
        backup_eligible: bool,
    ) -> Result<(), AssertionRefusal> {
        if self.models_at_login && self.models_marked.contains(model) {
            return Err(AssertionRefusal::Marked);
        }
        let taken = !self.models_at_login || self.takes_model(model);
        if taken && self.allows(MethodKind::of_key(backup_eligible)) {
            Ok(())
        } else {
            Err(AssertionRefusal::Policy)
        }
    }

    /// Whether the lists of models let a model be registered.
    #[must_use]
    pub fn takes_model(&self, model: &Uuid) -> bool {
        !self.models_denied.contains(model)
            && self.models_allowed.as_ref().is_none_or(|list| list.contains(model))
    }
}

/// Whether a rightly signed assertion may count (WebAuthn Level 3 §7.2 steps 17–22). Enforced at
/// every log-in, whatever the policy.
///
/// # Errors
/// Why not.
pub fn judge_assertion(key: &Credential, told: &Asserted) -> Result<(), AssertionRefusal> {
    if key.state != CredentialState::Active {
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
