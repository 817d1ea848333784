//! How far somebody is with their enrolment, and who needs help first, as numbers that are kept.

use std::time::Duration;

use latchkey_core::Timestamp;
use latchkey_core::ids::OrganisationId;

use crate::enrolment::{Class, Numbers};

/// How far somebody is with their enrolment. Only what works counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Enrolled {
    /// They have nothing beside a password, and need help or an invitation to begin.
    Nothing,
    /// They have nothing yet, and a password suffices for them to begin, by the policy of their
    /// organisation: one of their groups may ask for more.
    InGrace,
    /// They have an authenticator app and no key.
    AppOnly,
    /// They have one key.
    OneKey,
    /// They have two keys or more.
    TwoKeys,
}

impl Enrolled {
    /// Every one, from the least.
    pub const ALL: [Self; 5] =
        [Self::Nothing, Self::InGrace, Self::AppOnly, Self::OneKey, Self::TwoKeys];

    /// The numbers of whoever is so far, in an organisation that is in grace or is not.
    pub(super) fn numbers(self, in_grace: bool) -> Numbers {
        let stuck = [Class::Stuck, Class::StuckUnreached];
        let newcomers = [Class::Newcomer, Class::NewcomerUnreached];
        match self {
            Self::Nothing if in_grace => Numbers::of(&stuck),
            Self::Nothing => Numbers::of(&[stuck, newcomers].concat()),
            Self::InGrace if in_grace => Numbers::of(&newcomers),
            Self::InGrace => Numbers::of(&[]),
            Self::AppOnly => Numbers::of(&[Class::AppOnly]),
            Self::OneKey => Numbers::of(&[Class::OneKeyAlone, Class::OneKey]),
            Self::TwoKeys => Numbers::of(&[Class::TwoKeys]),
        }
    }
}

/// The numbers of whoever has a key that works, or has none.
pub(super) fn numbers_by_keys(has_keys: bool) -> Numbers {
    match has_keys {
        true => Numbers::of(&[Class::OneKeyAlone, Class::OneKey, Class::TwoKeys]),
        false => Numbers::of(&[
            Class::Stuck,
            Class::StuckUnreached,
            Class::Newcomer,
            Class::NewcomerUnreached,
            Class::AppOnly,
        ]),
    }
}

/// Why somebody needs help before others do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// They have nothing, and no e-mail address that an invitation could go to.
    Unreached,
    /// A password suffices for them to begin, and that ends within [`GRACE_ENDS_WITHIN`].
    GraceEnds,
    /// They have one key that stays on its device and nothing beside it: once it is lost they are
    /// locked out.
    OneKeyAlone,
}

/// How soon grace ends for whoever needs help first.
pub const GRACE_ENDS_WITHIN: Duration = Duration::from_secs(7 * 86_400);

/// An organisation in which a password suffices to begin, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Grace {
    pub(crate) organisation: OrganisationId,
    pub(crate) until: Timestamp,
}

impl Grace {
    /// Whether it is over soon.
    pub(crate) fn ends_soon(&self, now: Timestamp) -> bool {
        self.until <= now.plus(GRACE_ENDS_WITHIN)
    }
}

impl Need {
    /// The numbers of whoever needs it, in an organisation with this grace or with none. Whoever may
    /// not log in needs nothing.
    pub(super) fn numbers(self, grace: Option<&Grace>, now: Timestamp) -> Numbers {
        let numbers = match self {
            Self::Unreached if grace.is_some() => Numbers::of(&[Class::StuckUnreached]),
            Self::Unreached => Numbers::of(&[Class::StuckUnreached, Class::NewcomerUnreached]),
            Self::GraceEnds => {
                let soon = grace.is_some_and(|grace| grace.ends_soon(now));
                Enrolled::InGrace.numbers(soon)
            }
            Self::OneKeyAlone => Numbers::of(&[Class::OneKeyAlone]),
        };
        numbers.and(Numbers::not_disabled())
    }
}
