//! What letters tell, one variant each.
//!
//! Nothing secret fits in: no code, no pass, no password, no session. The one exception is a link
//! that a letter is for. Says nothing about how a letter leaves the house.

mod written;

use latchkey_core::Timestamp;
use latchkey_core::codes::LinkKind;
use latchkey_core::credentials::Authenticator;
use latchkey_core::ids::{CodeId, CredentialId};
use latchkey_core::roles::Role;
use latchkey_web::{Link, Text};

pub(super) use written::rendered;
pub use written::{Happened, Written, all, write};

/// What a letter tells its reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Letter {
    /// They are invited.
    Invitation {
        /// The organisation's name.
        organisation: String,
        /// Where they accept.
        link: String,
        /// Until when.
        until: Timestamp,
    },
    /// They may choose another password.
    PasswordLink {
        /// Where.
        link: String,
        /// Until when.
        until: Timestamp,
    },
    /// A link was made with which they set up a key in the presence of whoever made it, who hands
    /// it over: the link is not in it.
    SupervisedLink,
    /// They may confirm that a key is lost, without which they cannot log in.
    KeyLostLink {
        /// Its nickname.
        key: String,
        /// Where.
        link: String,
        /// Until when.
        until: Timestamp,
    },
    /// They may confirm that their authenticator app is lost, without which they cannot log in.
    AppLostLink {
        /// Where.
        link: String,
        /// Until when.
        until: Timestamp,
    },
    /// A key was added.
    KeyAdded {
        /// Its model's name: it has no other yet.
        key: String,
        /// Which: the link suspends it.
        credential: CredentialId,
    },
    /// A key was removed.
    KeyRemoved {
        /// Its nickname.
        key: String,
    },
    /// An administrator renamed a key.
    KeyRenamed {
        /// Its nickname before.
        before: String,
        /// Its nickname after.
        after: String,
    },
    /// A key was reinstated.
    KeyReinstated {
        /// Its nickname.
        key: String,
        /// Which: the link suspends it again.
        credential: CredentialId,
    },
    /// A key was reported lost, which suspends it.
    KeyLost {
        /// Its nickname.
        key: String,
    },
    /// An administrator suspended a key.
    KeySuspended {
        /// Its nickname.
        key: String,
    },
    /// A key's counter did not rise: there may be two of it.
    KeyCopied {
        /// Its nickname.
        key: String,
        /// Whether it was suspended for it.
        suspended: bool,
    },
    /// An authenticator app was added.
    AppAdded {
        /// Which: the link suspends it.
        app: CodeId,
    },
    /// An authenticator app was removed.
    AppRemoved,
    /// An authenticator app was reported lost, which suspends it.
    AppLost,
    /// An administrator suspended an authenticator app.
    AppSuspended,
    /// An authenticator app was reinstated.
    AppReinstated {
        /// Which: the link suspends it again.
        app: CodeId,
    },
    /// Recovery codes were made.
    CodesMade,
    /// An administrator removed the recovery codes.
    CodesRemoved,
    /// A recovery code was used.
    CodeUsed {
        /// How many are left.
        left: u32,
    },
    /// A pass was issued.
    PassIssued,
    /// A pass was used.
    PassUsed,
    /// An administrator cancelled a pass.
    PassCancelled,
    /// The password was changed.
    PasswordChanged,
    /// Letters go elsewhere from now on; to the address of before.
    EmailChanged,
    /// Letters come here from now on; to the new address.
    EmailTaken,
    /// An administrator ended all sessions.
    SessionsEnded,
    /// They have a role that they did not have.
    RoleGiven {
        /// Which.
        role: Role,
        /// The name of the organisation in which it starts.
        organisation: String,
    },
    /// They do not have a role any more.
    RoleEnded {
        /// Which.
        role: Role,
        /// The name of the organisation in which it started.
        organisation: String,
    },
    /// To a helpdesk: somebody says that a change was not them.
    NotMe {
        /// Their name.
        person: String,
        /// Their user name.
        username: String,
        /// What they had been told.
        told: Text,
        /// What was suspended for it.
        suspended: Option<Authenticator>,
    },
}

impl Letter {
    /// What it tells of, in one word. The stem of its messages.
    #[must_use]
    pub fn slug(&self) -> &'static str {
        match self {
            Self::Invitation { .. } => "invitation",
            Self::PasswordLink { .. } => "password-link",
            Self::SupervisedLink => "supervised-link",
            Self::KeyLostLink { .. } => "key-lost-link",
            Self::AppLostLink { .. } => "app-lost-link",
            Self::KeyAdded { .. } => "key-added",
            Self::KeyRemoved { .. } => "key-removed",
            Self::KeyRenamed { .. } => "key-renamed",
            Self::KeyReinstated { .. } => "key-reinstated",
            Self::KeyLost { .. } => "key-lost",
            Self::KeySuspended { .. } => "key-suspended",
            Self::KeyCopied { .. } => "key-copied",
            Self::AppAdded { .. } => "app-added",
            Self::AppRemoved => "app-removed",
            Self::AppLost => "app-lost",
            Self::AppSuspended => "app-suspended",
            Self::AppReinstated { .. } => "app-reinstated",
            Self::CodesMade => "codes-made",
            Self::CodesRemoved => "codes-removed",
            Self::CodeUsed { .. } => "code-used",
            Self::PassIssued => "pass-issued",
            Self::PassUsed => "pass-used",
            Self::PassCancelled => "pass-cancelled",
            Self::PasswordChanged => "password-changed",
            Self::EmailChanged => "email-changed",
            Self::EmailTaken => "email-taken",
            Self::SessionsEnded => "sessions-ended",
            Self::RoleGiven { .. } => "role-given",
            Self::RoleEnded { .. } => "role-ended",
            Self::NotMe { .. } => "not-me",
        }
    }

    /// The line in a list of letters.
    #[must_use]
    pub fn subject(&self) -> Text {
        let text = Text::new(format!("mail-{}-subject", self.slug()));
        match self {
            Self::NotMe { person, .. } => text.with("person", person.as_str()),
            _ => text,
        }
    }

    /// The sentence that tells it.
    #[must_use]
    pub fn lede(&self) -> Text {
        let text = Text::new(format!("mail-{}-lede", self.slug()));
        match self {
            Self::Invitation { organisation, .. } => {
                text.with("organisation", organisation.as_str())
            }
            Self::KeyAdded { key, .. }
            | Self::KeyRemoved { key }
            | Self::KeyReinstated { key, .. }
            | Self::KeyLost { key }
            | Self::KeySuspended { key }
            | Self::KeyLostLink { key, .. }
            | Self::KeyCopied { key, .. } => text.with("key", key.as_str()),
            Self::KeyRenamed { before, after } => {
                text.with("before", before.as_str()).with("after", after.as_str())
            }
            Self::RoleGiven { role, organisation } | Self::RoleEnded { role, organisation } => {
                text.with("role", role.as_str()).with("organisation", organisation.as_str())
            }
            Self::CodeUsed { left } => text.with("left", *left),
            Self::NotMe { person, username, .. } => {
                text.with("person", person.as_str()).with("username", username.as_str())
            }
            _ => text,
        }
    }

    /// Whether its reader may say that what it tells was not them. A letter that is for a link
    /// changes nothing; the new address of an account may be whoever changed it.
    #[must_use]
    pub fn may_be_denied(&self) -> bool {
        !matches!(
            self,
            Self::Invitation { .. }
                | Self::PasswordLink { .. }
                | Self::KeyLostLink { .. }
                | Self::AppLostLink { .. }
                | Self::EmailTaken
                | Self::NotMe { .. }
        )
    }

    /// Whether it is for a link, which whoever reads it can open.
    #[must_use]
    pub fn carries_link(&self) -> bool {
        self.link().is_some()
    }

    /// What the link opens that a letter with this slug is for, if it is for one.
    #[must_use]
    pub fn link_of(slug: &str) -> Option<LinkKind> {
        match slug {
            "invitation" => Some(LinkKind::Invitation),
            "password-link" => Some(LinkKind::Password),
            "key-lost-link" | "app-lost-link" => Some(LinkKind::Lost),
            _ => None,
        }
    }

    /// The key or app that is suspended when its reader says that this was not them.
    #[must_use]
    pub fn about(&self) -> Option<Authenticator> {
        match self {
            Self::KeyAdded { credential, .. } | Self::KeyReinstated { credential, .. } => {
                Some(Authenticator::Key(*credential))
            }
            Self::AppAdded { app } | Self::AppReinstated { app } => Some(Authenticator::App(*app)),
            _ => None,
        }
    }

    fn more(&self) -> Vec<Text> {
        match self {
            Self::KeyCopied { suspended: true, .. } => vec!["mail-key-copied-suspended".into()],
            Self::NotMe { told, suspended, .. } => {
                let mut more = vec!["mail-not-me-told".into(), told.clone()];
                match suspended {
                    Some(Authenticator::Key(_)) => more.push("mail-not-me-key".into()),
                    Some(Authenticator::App(_)) => more.push("mail-not-me-app".into()),
                    None => {}
                }
                more.push("mail-not-me-next".into());
                more
            }
            _ => Vec::new(),
        }
    }

    fn link(&self) -> Option<(Link, Timestamp)> {
        match self {
            Self::Invitation { link, until, .. }
            | Self::PasswordLink { link, until }
            | Self::KeyLostLink { link, until, .. }
            | Self::AppLostLink { link, until } => {
                let label = format!("mail-{}-link", self.slug());
                Some((Link::new(Text::new(label), link.as_str()), *until))
            }
            _ => None,
        }
    }

    fn unexpected(&self) -> Option<Text> {
        match self {
            Self::NotMe { .. } => None,
            Self::EmailTaken => Some("mail-unexpected-contact".into()),
            _ => Some("mail-unexpected-link".into()),
        }
    }

    /// One of each, with everything in it that it can have.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let until = Timestamp::from_millis(1_788_506_400_000);
        let key = || "Blue <key>".to_owned();
        let link = || "https://login.example.org/invitation/AbC-_1".to_owned();
        let credential = CredentialId(uuid::Uuid::nil());
        let app = CodeId(uuid::Uuid::nil());
        let not_me = |suspended, told: Self| Self::NotMe {
            person: "Amy <Ward>".into(),
            username: "amy.ward".into(),
            told: told.lede(),
            suspended: Some(suspended),
        };
        vec![
            Self::Invitation { organisation: "Northgate <Trust>".into(), link: link(), until },
            Self::PasswordLink { link: link(), until },
            Self::SupervisedLink,
            Self::KeyLostLink { key: key(), link: link(), until },
            Self::AppLostLink { link: link(), until },
            Self::KeyAdded { key: key(), credential },
            Self::KeyRemoved { key: key() },
            Self::KeyRenamed { before: key(), after: "Ward phone".into() },
            Self::KeyReinstated { key: key(), credential },
            Self::KeyLost { key: key() },
            Self::KeySuspended { key: key() },
            Self::KeyCopied { key: key(), suspended: true },
            Self::AppAdded { app },
            Self::AppRemoved,
            Self::AppLost,
            Self::AppSuspended,
            Self::AppReinstated { app },
            Self::CodesMade,
            Self::CodesRemoved,
            Self::CodeUsed { left: 0 },
            Self::CodeUsed { left: 1 },
            Self::CodeUsed { left: 7 },
            Self::PassIssued,
            Self::PassUsed,
            Self::PassCancelled,
            Self::PasswordChanged,
            Self::EmailChanged,
            Self::RoleGiven { role: Role::LocalAdministrator, organisation: "<Trust>".into() },
            Self::RoleEnded { role: Role::Helpdesk, organisation: "<Trust>".into() },
            Self::EmailTaken,
            Self::SessionsEnded,
            not_me(Authenticator::Key(credential), Self::KeyAdded { key: key(), credential }),
            not_me(Authenticator::App(app), Self::AppAdded { app }),
        ]
    }
}
