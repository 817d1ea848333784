//! The settings: their types, and the one table that names them with how two of each combine.
//!
//! A line of the table is all that a new setting needs to be read, written, combined and walked by
//! the tests; without its way to combine it does not compile.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::presets::{self, Preset};
use super::strictest::{all, both, common, either, largest, smallest};
use crate::assurance::Level;
use crate::clock::Timestamp;
use crate::network::Network;

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

/// How far an organisation's roll-out of keys is. Ordered by what is asked of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rollout {
    /// Nobody enrols a key yet.
    NotStarted,
    /// Only members of groups whose own policy says `available` or `required`.
    Pilot,
    /// Keys can be enrolled.
    Available,
    /// Keys have to be enrolled. From a date on: [`Policy::rollout_required_from`].
    Required,
}

/// How much a key is asked to tell about itself (WebAuthn Level 3 §5.4.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attestation {
    /// Nothing. Older browsers then zero the model as well.
    None,
    /// Everything that it will tell.
    Direct,
}

/// What a second administrator has to agree to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FourEyes {
    /// Nothing.
    Off,
    /// That somebody with a role gets their factors reset.
    AdministratorResets,
}

/// How much less long sessions last in some networks, as on a ward's shared computers, or after
/// weaker log-ins. It only ever shortens.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SessionLimit {
    /// Where it holds; everywhere when none is named.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub networks: BTreeSet<Network>,
    /// It holds for log-ins weaker than this only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weaker_than: Option<Level>,
    /// How long a session lasts at most, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absolute_minutes: Option<u32>,
    /// How long it lasts unused, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_minutes: Option<u32>,
}

impl SessionLimit {
    /// Whether it holds. An address that nobody knows lies in every network.
    fn holds(&self, level: Level, address: Option<IpAddr>) -> bool {
        let inside = |address| self.networks.iter().any(|network| network.contains(address));
        (self.networks.is_empty() || address.is_none_or(inside))
            && self.weaker_than.is_none_or(|stronger| level < stronger)
    }
}

/// How long a session lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLasts {
    /// From its log-in on, at most.
    pub absolute: Duration,
    /// Unused.
    pub idle: Duration,
}

/// Makes [`Overrides`] out of the table: a setting, its type, and which of two is the stricter.
macro_rules! settings {
    ($($(#[$doc:meta])* $name:ident: $type:ty => $strictest:path,)*) => {
        /// What an organisation sets otherwise than its preset, or a group, an organisation above
        /// or the platform demands on top. What is not said demands nothing.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default, rename_all = "snake_case")]
        pub struct Overrides {
            $(
                $(#[$doc])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $name: Option<$type>,
            )*
        }

        impl Overrides {
            /// The name of every setting, as documents write it.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),*];

            /// What both demand together.
            #[must_use]
            pub fn strictest(self, other: Self) -> Self {
                Self {
                    $($name: match (self.$name, other.$name) {
                        (Some(one), Some(other)) => Some($strictest(one, other)),
                        (one, other) => one.or(other),
                    },)*
                }
            }

            /// These settings, and `defaults` for what they do not say.
            #[must_use]
            pub fn or(self, defaults: Self) -> Self {
                Self { $($name: self.$name.or(defaults.$name),)* }
            }

            /// Settings out of samples, each chosen by `pick` out of so many.
            #[cfg(test)]
            pub(super) fn sample(mut pick: impl FnMut(usize) -> usize) -> Self {
                use super::tests::Samples;
                Self { $($name: {
                    let mut samples = <$type as Samples>::samples();
                    match pick(samples.len() + 1) {
                        0 => None,
                        chosen => Some(samples.swap_remove(chosen - 1)),
                    }
                },)* }
            }
        }
    };
}

settings! {
    /// See [`Policy::required`].
    required: Level => largest,
    /// See [`Policy::methods`].
    methods: BTreeSet<MethodKind> => common,
    /// See [`Policy::bootstrap`].
    bootstrap: Bootstrap => largest,
    /// See [`Policy::grace_until`], as a date `YYYY-MM-DD` whose end (UTC) is meant.
    grace_until: Date => smallest,
    /// See [`Policy::rollout`].
    rollout: Rollout => largest,
    /// See [`Policy::rollout_required_from`], as a date `YYYY-MM-DD` whose start (UTC) is meant.
    rollout_required_from: Date => smallest,
    /// See [`Policy::key_as_primary`].
    key_as_primary: bool => both,
    /// See [`Policy::attestation`].
    attestation: Attestation => largest,
    /// See [`Policy::attestation_required`].
    attestation_required: Attestation => largest,
    /// See [`Policy::models_allowed`].
    models_allowed: BTreeSet<Uuid> => common,
    /// See [`Policy::models_denied`].
    models_denied: BTreeSet<Uuid> => all,
    /// See [`Policy::models_at_login`].
    models_at_login: bool => either,
    /// See [`Policy::synced_passkeys`].
    synced_passkeys: bool => both,
    /// See [`Policy::keys_required`].
    keys_required: u32 => largest,
    /// See [`Policy::keys_nudged`].
    keys_nudged: u32 => largest,
    /// See [`Policy::second_key_within`], in days.
    second_key_days: u32 => smallest,
    /// See [`Policy::session_lasts`], in minutes.
    session_absolute_minutes: u32 => smallest,
    /// See [`Policy::session_lasts`], in minutes.
    session_idle_minutes: u32 => smallest,
    /// See [`Policy::session_lasts`].
    session_limits: BTreeSet<SessionLimit> => all,
    /// See [`Policy::step_up_age`], in minutes.
    step_up_minutes: u32 => smallest,
    /// See [`Policy::four_eyes`].
    four_eyes: FourEyes => largest,
}

/// What an organisation itself says: the preset that it starts from, and what it sets otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stated {
    /// The preset.
    pub preset: Preset,
    /// Its own settings.
    pub settings: Overrides,
}

/// What is asked of somebody, all resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// What this was made of, to be combined with what is demanded on top.
    settings: Overrides,
    /// How strong every log-in is at least.
    pub required: Level,
    /// What may be enrolled and counts. A password always does.
    pub methods: BTreeSet<MethodKind>,
    /// What lets somebody enrol their very first factor.
    pub bootstrap: Bootstrap,
    /// Until when a password suffices to enrol the first factor of somebody who never had one.
    pub grace_until: Option<Timestamp>,
    /// How far the roll-out of keys is.
    pub rollout: Rollout,
    /// From when keys are required where they are available.
    pub rollout_required_from: Option<Timestamp>,
    /// Whether a key alone logs in.
    pub key_as_primary: bool,
    /// Whether keys are asked to tell what they are.
    pub attestation: Attestation,
    /// Whether keys have to tell what they are.
    pub attestation_required: Attestation,
    /// The only models allowed, if there is such a list.
    pub models_allowed: Option<BTreeSet<Uuid>>,
    /// Models not allowed.
    pub models_denied: BTreeSet<Uuid>,
    /// Models that are marked revoked or broken by what is published of them, which no setting
    /// allows. A key that does not tell its model is none of them.
    pub models_marked: Arc<BTreeSet<Uuid>>,
    /// Whether the lists of models hold for keys that are enrolled already.
    pub models_at_login: bool,
    /// Whether passkeys that are copied between devices are allowed.
    pub synced_passkeys: bool,
    /// How many keys a person has to have once keys are required.
    pub keys_required: u32,
    /// Up to how many keys a person is reminded to have.
    pub keys_nudged: u32,
    /// How long after the first key a second one has to follow.
    pub second_key_within: Option<Duration>,
    /// How long a session lasts where no limit of its own holds.
    session: SessionLasts,
    /// Where and after what it lasts less long.
    session_limits: BTreeSet<SessionLimit>,
    /// How old the last factor may be when somebody changes their credentials.
    pub step_up_age: Duration,
    /// What a second administrator has to agree to.
    pub four_eyes: FourEyes,
}

impl Overrides {
    /// The settings, by name, that give no time at all: sessions of no length lock everybody out.
    #[must_use]
    pub fn without_time(&self) -> Vec<&'static str> {
        let minutes = [
            ("session_absolute_minutes", self.session_absolute_minutes),
            ("session_idle_minutes", self.session_idle_minutes),
            ("step_up_minutes", self.step_up_minutes),
        ];
        let none = minutes.into_iter().filter(|(_, minutes)| *minutes == Some(0));
        let mut names: Vec<_> = none.map(|(name, _)| name).collect();
        let limits = self.session_limits.iter().flatten();
        let limits = limits.flat_map(|limit| [limit.absolute_minutes, limit.idle_minutes]);
        if limits.flatten().any(|minutes| minutes == 0) {
            names.push("session_limits");
        }
        names
    }
}

impl Policy {
    /// Every setting as it holds.
    #[must_use]
    pub fn settings(&self) -> &Overrides {
        &self.settings
    }

    /// A preset's settings with an organisation's own laid over them.
    #[must_use]
    pub fn resolve(preset: Preset, overrides: &Overrides) -> Self {
        Self::of(overrides.clone().or(preset.settings()))
    }

    /// This policy and what is demanded on top: by the platform, an organisation above, a group.
    #[must_use]
    pub fn with(&self, demanded: &Overrides) -> Self {
        let models_marked = Arc::clone(&self.models_marked);
        let settings = self.settings.clone().strictest(demanded.clone());
        Self { models_marked, ..Self::of(settings) }
    }

    /// This policy where these models are marked revoked or broken.
    #[must_use]
    pub fn knowing(&self, marked: &Arc<BTreeSet<Uuid>>) -> Self {
        Self { models_marked: Arc::clone(marked), ..self.clone() }
    }

    /// This policy for somebody with a role.
    #[must_use]
    pub fn for_administrators(&self) -> Self {
        self.with(&presets::administrators())
    }

    /// How long a session lasts that a log-in of this strength began, used from this address.
    #[must_use]
    pub fn session_lasts(&self, level: Level, address: Option<IpAddr>) -> SessionLasts {
        let minutes = |value: u32| Duration::from_secs(60 * u64::from(value));
        let holding = self.session_limits.iter().filter(|limit| limit.holds(level, address));
        holding.fold(self.session, |lasts, limit| SessionLasts {
            absolute: limit
                .absolute_minutes
                .map(minutes)
                .unwrap_or(lasts.absolute)
                .min(lasts.absolute),
            idle: limit.idle_minutes.map(minutes).unwrap_or(lasts.idle).min(lasts.idle),
        })
    }

    fn of(settings: Overrides) -> Self {
        let given = settings.clone().or(Preset::default().settings());
        let seconds = |of: u64, value: Option<u32>| {
            Duration::from_secs(of * u64::from(value.unwrap_or_default()))
        };
        let mut methods = given.methods.unwrap_or_default();
        methods.insert(MethodKind::Password);
        Self {
            required: given.required.unwrap_or_default(),
            methods,
            bootstrap: given.bootstrap.unwrap_or(Bootstrap::Pass),
            grace_until: given.grace_until.and_then(end_of_day),
            rollout: given.rollout.unwrap_or(Rollout::NotStarted),
            rollout_required_from: given.rollout_required_from.and_then(start_of_day),
            key_as_primary: given.key_as_primary.unwrap_or_default(),
            attestation: given.attestation.unwrap_or(Attestation::Direct),
            attestation_required: given.attestation_required.unwrap_or(Attestation::None),
            models_allowed: given.models_allowed,
            models_denied: given.models_denied.unwrap_or_default(),
            models_marked: Arc::default(),
            models_at_login: given.models_at_login.unwrap_or_default(),
            synced_passkeys: given.synced_passkeys.unwrap_or_default(),
            keys_required: given.keys_required.unwrap_or_default(),
            keys_nudged: given.keys_nudged.unwrap_or_default(),
            second_key_within: given.second_key_days.map(|days| seconds(86_400, Some(days))),
            session: SessionLasts {
                absolute: seconds(60, given.session_absolute_minutes),
                idle: seconds(60, given.session_idle_minutes),
            },
            session_limits: given.session_limits.unwrap_or_default(),
            step_up_age: seconds(60, given.step_up_minutes),
            four_eyes: given.four_eyes.unwrap_or(FourEyes::Off),
            settings,
        }
    }
}

fn start_of_day(date: Date) -> Option<Timestamp> {
    let start = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Timestamp::from_millis(start.timestamp().as_millisecond()))
}

fn end_of_day(date: Date) -> Option<Timestamp> {
    start_of_day(date.tomorrow().ok()?)
}
