//! What can be done for a person, why, and where the API does it.

use latchkey_api::help::Reason;
use uuid::Uuid;

use crate::pages::call::{address, person_id};
use crate::pages::message::Kind;
use crate::visitor::Stop;

/// Something that is done for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Remove a key.
    RemoveKey,
    /// Suspend a key.
    SuspendKey,
    /// Let a suspended key work again.
    RestoreKey,
    /// Remove the authenticator app.
    RemoveApp,
    /// Suspend it.
    SuspendApp,
    /// Let it work again.
    RestoreApp,
    /// Remove the recovery codes.
    RemoveCodes,
    /// Remove everything but the password.
    Reset,
    /// Issue a pass.
    Pass,
    /// A link to set up a key in the administrator's presence.
    SupervisedLink,
    /// Log them out everywhere.
    EndSessions,
    /// Invite somebody who never began.
    Invite,
    /// Let somebody who leaves log in no more.
    Disable,
    /// Let somebody who is back log in again.
    Enable,
    /// Cancel a pass that counts.
    CancelPass,
}

impl Action {
    pub(crate) const ALL: [Self; 15] = [
        Self::RemoveKey,
        Self::SuspendKey,
        Self::RestoreKey,
        Self::RemoveApp,
        Self::SuspendApp,
        Self::RestoreApp,
        Self::RemoveCodes,
        Self::Reset,
        Self::Pass,
        Self::SupervisedLink,
        Self::EndSessions,
        Self::Invite,
        Self::Disable,
        Self::Enable,
        Self::CancelPass,
    ];

    /// Its last path segment, and the stem of its messages.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::RemoveKey => "remove-key",
            Self::SuspendKey => "suspend-key",
            Self::RestoreKey => "restore-key",
            Self::RemoveApp => "remove-app",
            Self::SuspendApp => "suspend-app",
            Self::RestoreApp => "restore-app",
            Self::RemoveCodes => "remove-codes",
            Self::Reset => "reset",
            Self::Pass => "pass",
            Self::SupervisedLink => "supervised-link",
            Self::EndSessions => "end-sessions",
            Self::Invite => "invite",
            Self::Disable => "disable",
            Self::Enable => "enable",
            Self::CancelPass => "cancel-pass",
        }
    }

    fn parse(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.slug() == slug)
    }

    /// What only makes the account safer may be done before the caller was checked; and what is
    /// done for nobody's call.
    pub(crate) fn needs_check(self) -> bool {
        let safe = matches!(
            self,
            Self::SuspendKey | Self::SuspendApp | Self::EndSessions | Self::CancelPass
        );
        !safe && !self.is_of_person()
    }

    /// Whether it is about the person, and not about what they log in with.
    pub(super) fn is_of_person(self) -> bool {
        matches!(self, Self::Invite | Self::Disable | Self::Enable)
    }

    pub(super) fn is_of_key(self) -> bool {
        matches!(self, Self::RemoveKey | Self::SuspendKey | Self::RestoreKey)
    }

    /// Whether there is a reason to choose, or only a note.
    pub(super) fn has_reasons(self) -> bool {
        !matches!(
            self,
            Self::RestoreKey | Self::RestoreApp | Self::Invite | Self::Enable | Self::CancelPass
        )
    }

    /// Whether it is a choice that their sessions end.
    pub(super) fn may_end_sessions(self) -> bool {
        let of_credentials = self.has_reasons() && !self.is_of_person();
        of_credentials && !matches!(self, Self::SupervisedLink | Self::EndSessions)
    }

    /// Where the API does it, below the person.
    pub(super) fn path(self, key: Option<Uuid>) -> Option<String> {
        let of_key = |what: &str| Some(format!("credentials/{}/{what}", key?));
        let of_person = |what: &str| Some(what.to_owned());
        match self {
            Self::RemoveKey => of_key("remove"),
            Self::SuspendKey => of_key("suspend"),
            Self::RestoreKey => of_key("restore"),
            Self::RemoveApp => of_person("app/remove"),
            Self::SuspendApp => of_person("app/suspend"),
            Self::RestoreApp => of_person("app/restore"),
            Self::RemoveCodes => of_person("recovery-codes/remove"),
            Self::Reset => of_person("reset"),
            Self::Pass => of_person("pass"),
            Self::SupervisedLink => of_person("supervised-link"),
            Self::EndSessions => of_person("sessions/end"),
            Self::Invite => of_person("invite"),
            Self::Disable => of_person("disable"),
            Self::Enable => of_person("enable"),
            Self::CancelPass => of_person("pass/cancel"),
        }
    }
}

/// The reasons, and their keys.
pub(crate) const REASONS: [(Reason, &str); 7] = [
    (Reason::Lost, "lost"),
    (Reason::Stolen, "stolen"),
    (Reason::Phished, "phished"),
    (Reason::Broken, "broken"),
    (Reason::ForgottenPin, "forgotten-pin"),
    (Reason::Leaver, "leaver"),
    (Reason::Other, "other"),
];

/// What is done for whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    pub(crate) person: Uuid,
    pub(crate) action: Action,
    pub(crate) key: Option<Uuid>,
}

impl Subject {
    pub(super) fn parse(id: &str, slug: &str, key: Option<&str>) -> Result<Self, Stop> {
        let person = person_id(id)?;
        let action = Action::parse(slug).ok_or(Kind::NotFound)?;
        let key = key.map(person_id).transpose()?;
        if action.is_of_key() != key.is_some() {
            return Err(Kind::NotFound.into());
        }
        Ok(Self { person, action, key })
    }

    pub(crate) fn url(&self) -> String {
        let url = format!("{}/do/{}", address(self.person), self.action.slug());
        match self.key {
            Some(key) => format!("{url}?key={key}"),
            None => url,
        }
    }
}
