//! Where policies start from: the presets of organisations, and what everybody with a role has to
//! keep whatever their organisation says.

use serde::{Deserialize, Serialize};

use super::settings::{Attestation, Bootstrap, FourEyes, MethodKind, Overrides, Rollout};
use crate::assurance::Level;

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

impl Preset {
    /// What it says of each setting.
    #[must_use]
    pub fn settings(self) -> Overrides {
        let (rollout, bootstrap, attestation, keys) = match self {
            Self::Small => (Rollout::Available, Bootstrap::Invitation, Attestation::None, 0),
            Self::Hospital => (Rollout::NotStarted, Bootstrap::Pass, Attestation::Direct, 1),
        };
        let methods = [MethodKind::Key, MethodKind::Passkey, MethodKind::AuthenticatorApp];
        Overrides {
            required: Some(Level::Mfa),
            methods: Some(methods.into()),
            bootstrap: Some(bootstrap),
            grace_until: None,
            rollout: Some(rollout),
            rollout_required_from: None,
            key_as_primary: Some(true),
            attestation: Some(attestation),
            attestation_required: Some(Attestation::None),
            models_allowed: None,
            models_denied: None,
            models_at_login: Some(false),
            synced_passkeys: Some(true),
            keys_required: Some(keys),
            keys_nudged: Some(2),
            second_key_days: None,
            session_absolute_minutes: Some(12 * 60),
            session_idle_minutes: Some(60),
            session_limits: None,
            step_up_minutes: Some(5),
            four_eyes: Some(FourEyes::Off),
        }
    }
}

/// What everybody with a role keeps on top: a key that stays on its device, tells what it is and
/// checks its user, and a second one soon. Their key does not wait for the roll-out.
pub(super) fn administrators() -> Overrides {
    Overrides {
        required: Some(Level::PhishingResistant),
        methods: Some([MethodKind::Key].into()),
        bootstrap: Some(Bootstrap::Pass),
        rollout: Some(Rollout::Available),
        attestation: Some(Attestation::Direct),
        attestation_required: Some(Attestation::Direct),
        synced_passkeys: Some(false),
        keys_required: Some(1),
        second_key_days: Some(14),
        step_up_minutes: Some(5),
        ..Overrides::default()
    }
}
