//! Security keys and passkeys: what a ceremony told us, and what we keep.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::ids::{CodeId, CredentialId, PersonId};

/// What a verified registration ceremony told (WebAuthn Level 3 §7.1). Facts only; whether they
/// are good enough is for [`Policy::judge_registration`](crate::policy::Policy::judge_registration).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The credential id that the authenticator chose.
    pub credential_id: Vec<u8>,
    /// The public key, as the one module that verifies signatures stores it.
    pub public_key: String,
    /// The authenticator's model; all zeroes when it did not tell.
    pub aaguid: Uuid,
    /// The signature counter.
    pub counter: u32,
    /// The authenticator checked a PIN, a finger or a face.
    pub user_verified: bool,
    /// The credential may be copied to other devices (BE).
    pub backup_eligible: bool,
    /// The credential is copied at present (BS).
    pub backed_up: bool,
    /// How the authenticator can be reached, as the browser named it.
    pub transports: Vec<String>,
    /// Whether it can be found without a user name (`credProps.rk`), if the browser told.
    pub discoverable: Option<bool>,
    /// The attestation statement's format (`none`, `packed`, …).
    pub attestation_format: String,
    /// The certificates of the attestation statement (DER), the attesting one first.
    pub attestation_chain: Vec<Vec<u8>>,
    /// Whether somebody vouches for the attestation, judged where that is known.
    pub trust: Trust,
}

/// What an attestation proves by what makers publish of their keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// Nobody could tell: nothing that is published is known here.
    #[default]
    Unjudged,
    /// Nobody vouches for it.
    Unproven,
    /// The model's maker vouches for it.
    Vouched {
        /// The key never leaves its hardware.
        hardware: bool,
    },
}

impl Trust {
    /// Whether it is proven that a key is in hardware. One that may be copied to other devices (BE)
    /// is not, whatever holds its copies.
    #[must_use]
    pub fn proves_hardware(self, backup_eligible: bool) -> bool {
        self == Self::Vouched { hardware: true } && !backup_eligible
    }
}

/// What a verified assertion told (WebAuthn Level 3 §7.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asserted {
    /// The credential that signed.
    pub credential_id: Vec<u8>,
    /// The user handle that the authenticator returned, if any.
    pub user_handle: Option<Vec<u8>>,
    /// The signature counter.
    pub counter: u32,
    /// The authenticator checked a PIN, a finger or a face.
    pub user_verified: bool,
    /// BE as of now.
    pub backup_eligible: bool,
    /// BS as of now.
    pub backed_up: bool,
}

/// An enrolled security key or passkey.
#[derive(Clone, Debug)]
pub struct Credential {
    /// Its database key.
    pub id: CredentialId,
    /// Whose it is.
    pub person: PersonId,
    /// What the authenticator calls it.
    pub credential_id: Vec<u8>,
    /// Its public key, as the one module that verifies signatures stores it.
    pub public_key: String,
    /// What the person calls it.
    pub nickname: Nickname,
    /// What its organisation wrote on it, if that is known.
    pub asset_tag: Option<AssetTag>,
    /// The authenticator's model; all zeroes when unknown.
    pub aaguid: Uuid,
    /// The highest signature counter seen.
    pub counter: u32,
    /// How often the counter failed to increase.
    pub counter_alerts: u32,
    /// BE, as registered. It never changes.
    pub backup_eligible: bool,
    /// BS, as last seen.
    pub backed_up: bool,
    /// How the authenticator can be reached.
    pub transports: Vec<String>,
    /// Whether it can be found without a user name, if the browser told.
    pub discoverable: Option<bool>,
    /// The attestation statement's format.
    pub attestation_format: String,
    /// The attestation verified up to a trust anchor that says the key is in hardware.
    pub hardware: bool,
    /// Whether it works.
    pub state: CredentialState,
    /// When it was registered.
    pub added_at: Timestamp,
    /// When it last logged somebody in.
    pub last_used_at: Option<Timestamp>,
}

/// Whether a credential works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialState {
    /// It works.
    Active,
    /// It does not, until somebody reinstates it.
    Suspended(Suspension),
}

impl CredentialState {
    /// The state as it is stored; why and when stand beside it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended(_) => "suspended",
        }
    }

    /// Why and since when it does not work, if it does not.
    #[must_use]
    pub fn suspension(self) -> Option<Suspension> {
        match self {
            Self::Active => None,
            Self::Suspended(suspension) => Some(suspension),
        }
    }
}

/// Something of a person's that logs them in beside a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authenticator {
    /// A security key or passkey.
    Key(CredentialId),
    /// An authenticator app.
    App(CodeId),
}

impl Authenticator {
    /// The key, if it is one.
    #[must_use]
    pub fn key(self) -> Option<CredentialId> {
        match self {
            Self::Key(id) => Some(id),
            Self::App(_) => None,
        }
    }

    /// The authenticator app, if it is one.
    #[must_use]
    pub fn app(self) -> Option<CodeId> {
        match self {
            Self::App(id) => Some(id),
            Self::Key(_) => None,
        }
    }
}

/// Why and since when a key or an authenticator app does not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// Why.
    pub cause: Cause,
    /// Since when; not known of what was suspended before that was kept.
    pub at: Option<Timestamp>,
}

/// Why a key or an authenticator app was suspended. It decides who may undo that: what its owner
/// reported, its owner; everything else, the helpdesk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Its owner reported it lost.
    ReportedLost,
    /// Its counter did not rise a second time: there may be two of it.
    Copied,
    /// Its owner said of a letter about it that this was not them.
    NotMe,
    /// An administrator suspended it.
    Administrator,
    /// It rests while its owner's account is closed, and works again with it.
    Closed,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 5] =
        [Self::ReportedLost, Self::Copied, Self::NotMe, Self::Administrator, Self::Closed];

    /// As it is stored. Also the stem of its message.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReportedLost => "reported-lost",
            Self::Copied => "copied",
            Self::NotMe => "not-me",
            Self::Administrator => "administrator",
            Self::Closed => "closed",
        }
    }

    /// From how it is stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.as_str() == text)
    }
}

/// What became of a key or an authenticator app that is reported lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// It cannot be found.
    Misplaced,
    /// It was stolen.
    Stolen,
    /// Somebody else may know its PIN.
    PinKnown,
}

impl Loss {
    /// Every one, in the order in which people are asked.
    pub const ALL: [Self; 3] = [Self::Misplaced, Self::Stolen, Self::PinKnown];

    /// As forms carry it. Also the stem of its message.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Misplaced => "misplaced",
            Self::Stolen => "stolen",
            Self::PinKnown => "pin-known",
        }
    }

    /// From how forms carry it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|loss| loss.as_str() == text)
    }
}

/// What a person calls their key: 1 to 40 characters, unique for that person, always shown as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Nickname(String);

/// Why a text is no nickname.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NicknameError {
    /// Nothing was typed.
    #[error("a nickname is empty")]
    Empty,
    /// Longer than [`Nickname::MAX_CHARS`].
    #[error("a nickname has at most {} characters", Nickname::MAX_CHARS)]
    TooLong,
    /// A character that nobody can see, which could make one name look like another.
    #[error("a nickname has no control characters")]
    Character,
}

impl Nickname {
    /// The most characters that a nickname has.
    pub const MAX_CHARS: usize = 40;

    /// Reads a nickname as somebody typed it: trimmed, composed, inner white space made one space.
    ///
    /// # Errors
    /// When it is empty, too long, or has characters that nobody can see.
    pub fn parse(typed: &str) -> Result<Self, NicknameError> {
        tidied(typed, Self::MAX_CHARS).map(Self).map_err(|untidy| match untidy {
            Untidy::Empty => NicknameError::Empty,
            Untidy::TooLong => NicknameError::TooLong,
            Untidy::Character => NicknameError::Character,
        })
    }

    /// A nickname made from a model's name, cut to fit.
    #[must_use]
    pub fn from_model(model: &str, number: usize) -> Self {
        let suffix = if number > 1 { format!(" {number}") } else { String::new() };
        let room = Self::MAX_CHARS - suffix.chars().count();
        let stem: String = model.chars().take(room).collect();
        Self::parse(&format!("{}{suffix}", stem.trim()))
            .unwrap_or_else(|_| Self(format!("Key{suffix}")))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two nicknames are compared by: a person sees no difference between `Blue` and `blue`.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.nfkc().flat_map(char::to_lowercase).collect()
    }
}

/// What an organisation writes on a key to know it by: 1 to 40 characters, always shown as text.
/// WebAuthn tells no serial number, so somebody types it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AssetTag(String);

/// Why a text is no asset tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssetTagError {
    /// Nothing was typed.
    #[error("an asset tag is empty")]
    Empty,
    /// Longer than [`AssetTag::MAX_CHARS`].
    #[error("an asset tag has at most {} characters", AssetTag::MAX_CHARS)]
    TooLong,
    /// A character that nobody can see.
    #[error("an asset tag has no control characters")]
    Character,
}

impl AssetTag {
    /// The most characters that an asset tag has.
    pub const MAX_CHARS: usize = 40;

    /// Reads an asset tag as somebody typed it, as a [`Nickname`] is read.
    ///
    /// # Errors
    /// When it is empty, too long, or has characters that nobody can see.
    pub fn parse(typed: &str) -> Result<Self, AssetTagError> {
        tidied(typed, Self::MAX_CHARS).map(Self).map_err(|untidy| match untidy {
            Untidy::Empty => AssetTagError::Empty,
            Untidy::TooLong => AssetTagError::TooLong,
            Untidy::Character => AssetTagError::Character,
        })
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What keeps a short text from being shown in one line.
enum Untidy {
    Empty,
    TooLong,
    Character,
}

/// A short text as somebody typed it: trimmed, composed, inner white space made one space.
fn tidied(typed: &str, most: usize) -> Result<String, Untidy> {
    if typed.len() > most * 64 {
        return Err(Untidy::TooLong);
    }
    let text = typed.nfc().collect::<String>();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return Err(Untidy::Empty);
    }
    if text.chars().count() > most {
        return Err(Untidy::TooLong);
    }
    if text.chars().any(|c| c.is_control() || is_unseen(c)) {
        return Err(Untidy::Character);
    }
    Ok(text)
}

/// Characters that turn the direction of others or show nothing (Unicode `Bidi_Control`,
/// `Default_Ignorable_Code_Point` without the variation selectors of emoji, and the blank ones that
/// are no white space): with them, two names could look the same.
pub(crate) fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_of_a_suspension_is_read_as_itself() {
        for cause in Cause::ALL {
            assert_eq!(Cause::parse(cause.as_str()), Some(cause));
            assert_eq!(serde_json::to_value(cause).expect("JSON"), cause.as_str());
        }
        for loss in Loss::ALL {
            assert_eq!(Loss::parse(loss.as_str()), Some(loss));
            assert_eq!(serde_json::to_value(loss).expect("JSON"), loss.as_str());
        }
        assert_eq!((Cause::parse("lost"), Loss::parse("")), (None, None));
    }

    #[test]
    fn a_nickname_is_trimmed_and_keeps_what_was_meant() {
        let name = |typed| Nickname::parse(typed).map(|name| name.as_str().to_owned());
        assert_eq!(name("  Blue   key "), Ok("Blue key".into()));
        assert_eq!(name("<script>"), Ok("<script>".into()));
        assert_eq!(name("Allwedd sbâr"), Ok("Allwedd sbâr".into()));
    }

    #[test]
    fn a_nickname_that_cannot_be_seen_or_does_not_fit_is_refused() {
        assert_eq!(Nickname::parse(" \t "), Err(NicknameError::Empty));
        assert_eq!(Nickname::parse(&"é".repeat(41)), Err(NicknameError::TooLong));
        assert!(Nickname::parse(&"é".repeat(40)).is_ok());
        assert_eq!(Nickname::parse("Blue\u{202e}key"), Err(NicknameError::Character));
        assert_eq!(Nickname::parse("Blue\u{0}key"), Err(NicknameError::Character));
        for blank in ['\u{61c}', '\u{ad}', '\u{3164}', '\u{2800}', '\u{e0041}', '\u{180e}'] {
            assert_eq!(Nickname::parse(&format!("Blue{blank}")), Err(NicknameError::Character));
        }
        assert!(Nickname::parse("\u{2764}\u{fe0f} key").is_ok());
    }

    #[test]
    fn an_asset_tag_is_one_short_line_that_can_be_seen() {
        let tag = |typed: &str| AssetTag::parse(typed).map(|tag| tag.as_str().to_owned());
        assert_eq!(tag("  IT  0042 "), Ok("IT 0042".into()));
        assert_eq!(tag("%_'"), Ok("%_'".into()));
        assert_eq!(tag("\n"), Err(AssetTagError::Empty));
        assert_eq!(tag(&"9".repeat(41)), Err(AssetTagError::TooLong));
        assert_eq!(tag("00\u{200b}42"), Err(AssetTagError::Character));
    }

    #[test]
    fn a_models_name_always_makes_a_nickname() {
        let long = "A very long model name that no vendor would print";
        assert_eq!(Nickname::from_model(long, 12).as_str().chars().count(), 40);
        assert_eq!(Nickname::from_model("Tern Key", 2).as_str(), "Tern Key 2");
        assert_eq!(Nickname::from_model("\u{202e}", 1).as_str(), "Key");
    }
}
