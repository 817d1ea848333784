//! People, their user names and their states.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use crate::clock::Timestamp;
use crate::ids::{OrganisationId, PersonId, Subject, UserHandle};

/// A person. Belongs to one organisation, which alone manages their credentials.
#[derive(Clone, Debug)]
pub struct Person {
    /// Their database key.
    pub id: PersonId,
    /// Their home organisation.
    pub organisation: OrganisationId,
    /// What relying applications know them by.
    pub subject: Subject,
    /// What their security keys know them by.
    pub user_handle: UserHandle,
    /// What they type to log in.
    pub username: Username,
    /// Their name as people read it.
    pub name: String,
    /// Their e-mail address, if known.
    pub email: Option<String>,
    /// The address that they have shown to read: it counts as long as it is `email`.
    pub verified_email: Option<String>,
    /// What their organisation's payroll knows them by; unique at most within it.
    pub staff_number: Option<String>,
    /// Whether they may log in.
    pub state: PersonState,
    /// Whether they ever had a factor beside the password: removing the last one never reopens
    /// password-only enrolment.
    pub ever_had_factor: bool,
    /// When they said that they would like a key before their organisation hands any out.
    pub interested_at: Option<Timestamp>,
    /// Further claims about them, by standard claim name (OpenID Connect Core §5.1).
    pub claims: serde_json::Map<String, serde_json::Value>,
    /// When the row was last changed.
    pub updated_at: Timestamp,
    /// What else decides the policy that holds for them. Kept by who grants roles and fills groups.
    pub standing: Standing,
    /// Whether they are reminded of a spare key.
    pub reminder: Reminder,
}

/// How somebody put off adding a spare key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reminder {
    /// How often.
    pub put_off: u32,
    /// Until when.
    pub until: Option<Timestamp>,
}

impl Reminder {
    /// So often it is put off; after that nobody is reminded at log-in any more.
    pub const MOST: u32 = 3;
    /// For how long.
    pub const PAUSE: Duration = Duration::from_secs(7 * 86_400);

    /// Whether they are reminded now.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.put_off < Self::MOST && self.until.is_none_or(|until| until <= now)
    }

    /// Whether putting it off once more is the last time.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.put_off + 1 >= Self::MOST
    }
}

impl Person {
    /// Whether they have shown that they read their e-mail address.
    #[must_use]
    pub fn has_verified_email(&self) -> bool {
        self.email.is_some() && self.email == self.verified_email
    }
}

/// Whether a person's policy is more than their organisation's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// They have a role.
    pub administrator: bool,
    /// They are in groups.
    pub grouped: bool,
}

/// Whether a person may log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonState {
    /// Known, and has not accepted the invitation.
    Invited,
    /// May log in.
    Active,
    /// A leaver: may not log in, can be enabled again.
    Disabled,
}

impl PersonState {
    /// The state as it is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }

    /// The state from how it is stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "invited" => Some(Self::Invited),
            "active" => Some(Self::Active),
            "disabled" => Some(Self::Disabled),
            _ => None,
        }
    }
}

/// The most characters that a staff number has.
pub const LONGEST_STAFF_NUMBER: usize = 40;

/// Whether a text can be an e-mail address: something on both sides of the last `@`, nothing that
/// is no address in any mail system, and no longer than RFC 5321 §4.5.3.1 allows.
#[must_use]
pub fn is_email_address(text: &str) -> bool {
    let (user, host) = text.rsplit_once('@').unwrap_or_default();
    let plain = !text.chars().any(|letter| letter.is_whitespace() || letter.is_control());
    plain && !user.is_empty() && !host.is_empty() && text.len() <= 254
}

/// A user name: unique across the platform, compared without regard to case, width or composition.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Username(String);

/// Why a text is no user name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsernameError {
    /// Nothing was typed.
    #[error("a user name is empty")]
    Empty,
    /// Longer than [`Username::MAX_CHARS`] characters.
    #[error("a user name has at most {} characters", Username::MAX_CHARS)]
    TooLong,
    /// White space inside, or a control character.
    #[error("a user name has neither spaces nor control characters")]
    Character,
}

impl Username {
    /// The most characters that a user name has.
    pub const MAX_CHARS: usize = 100;

    /// Reads a user name as somebody typed it: trimmed, NFKC, lower case.
    ///
    /// # Errors
    /// When the text cannot be anybody's user name.
    pub fn parse(typed: &str) -> Result<Self, UsernameError> {
        if typed.len() > Self::MAX_CHARS * 8 {
            return Err(UsernameError::TooLong);
        }
        let typed = typed.trim();
        let folded: String = match typed.is_ascii() {
            // Which is what becomes of it below, for much less: every row of a person is read here.
            true => typed.to_ascii_lowercase(),
            false => typed.nfkc().flat_map(char::to_lowercase).nfkc().collect(),
        };
        if folded.is_empty() {
            return Err(UsernameError::Empty);
        }
        if folded.chars().count() > Self::MAX_CHARS {
            return Err(UsernameError::TooLong);
        }
        if folded.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(UsernameError::Character);
        }
        Ok(Self(folded))
    }

    /// The folded text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_names_are_compared_without_case_width_or_composition() {
        let name = |typed| Username::parse(typed).map(|name| name.as_str().to_owned());
        assert_eq!(name(" Amy.Ward "), Ok("amy.ward".into()));
        assert_eq!(name("ＡＭＹ"), Ok("amy".into()));
        assert_eq!(name("Zoe\u{308}"), name("zo\u{eb}"));
    }

    #[test]
    fn what_nobody_can_be_called_is_refused() {
        assert_eq!(Username::parse("  "), Err(UsernameError::Empty));
        assert_eq!(Username::parse("amy ward"), Err(UsernameError::Character));
        assert_eq!(Username::parse("amy\u{0}"), Err(UsernameError::Character));
        assert_eq!(Username::parse(&"a".repeat(101)), Err(UsernameError::TooLong));
        assert_eq!(Username::parse(&"a".repeat(100_000)), Err(UsernameError::TooLong));
    }
}
