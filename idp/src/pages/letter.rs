//! What letters tell, one variant each, and what their template is given.
//!
//! Nothing secret fits in: no code, no pass, no password, no session. The one exception is a link
//! that a letter is for. Says nothing about how a letter leaves the house.

use latchkey_core::Timestamp;
use latchkey_core::credentials::Authenticator;
use latchkey_core::ids::{CodeId, CredentialId};
use latchkey_web::{Frame, Link, TemplateError, Text, Theme};
use serde::Serialize;

/// The plain half.
const PLAIN: &str = "mail/letter.txt";
/// The half with a layout.
const LAID_OUT: &str = "mail/letter.html";

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
    /// The password was changed.
    PasswordChanged,
    /// Letters go elsewhere from now on; to the address of before.
    EmailChanged,
    /// Letters come here from now on; to the new address.
    EmailTaken,
    /// An administrator ended all sessions.
    SessionsEnded,
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
            Self::PasswordChanged => "password-changed",
            Self::EmailChanged => "email-changed",
            Self::EmailTaken => "email-taken",
            Self::SessionsEnded => "sessions-ended",
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
            Self::PasswordChanged,
            Self::EmailChanged,
            Self::EmailTaken,
            Self::SessionsEnded,
            not_me(Authenticator::Key(credential), Self::KeyAdded { key: key(), credential }),
            not_me(Authenticator::App(app), Self::AppAdded { app }),
        ]
    }
}

/// When and where what a letter tells happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// When.
    pub at: Timestamp,
    /// By whom, if not by the reader.
    pub by: Option<Text>,
    /// In which browser, by its family.
    pub browser: Option<String>,
    /// At which network address.
    pub address: Option<String>,
}

/// A letter in words, ready to be put into an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The line in a list of letters.
    pub subject: String,
    /// As plain text.
    pub plain: String,
    /// With a layout.
    pub html: String,
}

/// What the templates are given.
#[derive(Serialize)]
struct Content<'l> {
    subject: Text,
    name: &'l str,
    lede: Text,
    more: Vec<Text>,
    link: Option<Link>,
    until: Option<Timestamp>,
    at: Timestamp,
    by: Option<&'l Text>,
    browser: Option<&'l str>,
    address: Option<&'l str>,
    not_me_url: Option<&'l str>,
    unexpected: Option<Text>,
}

/// Writes a letter to somebody of this name, in the frame's language and organisation.
///
/// # Errors
/// When a template of the theme asks for something that is not there.
pub fn write(
    theme: &Theme,
    frame: &Frame,
    name: &str,
    letter: &Letter,
    happened: &Happened,
    not_me_url: Option<&str>,
) -> Result<Written, TemplateError> {
    let (link, until) = letter.link().unzip();
    let content = Content {
        subject: letter.subject(),
        name,
        lede: letter.lede(),
        more: letter.more(),
        link,
        until,
        at: happened.at,
        by: happened.by.as_ref(),
        browser: happened.browser.as_deref(),
        address: happened.address.as_deref(),
        not_me_url,
        unexpected: letter.unexpected(),
    };
    Ok(Written {
        subject: theme.say(frame.locale, &content.subject)?,
        plain: theme.fill(PLAIN, frame, &content)?,
        html: theme.fill(LAID_OUT, frame, &content)?,
    })
}

/// Writes one of each in every language, to find out whether a theme can.
#[must_use]
pub fn all(theme: &Theme) -> Vec<(String, Result<Written, TemplateError>)> {
    // In each language the one frame that has everything.
    let frames = super::check::frames(theme).into_iter().filter(|frame| frame.person.is_some());
    frames.flat_map(|frame| rendered(theme, &frame)).collect()
}

/// Writes one of each, with as little and with as much as can be in it.
pub(super) fn rendered(
    theme: &Theme,
    frame: &Frame,
) -> Vec<(String, Result<Written, TemplateError>)> {
    let at = super::check::NOW;
    let bare = Happened { at, by: None, browser: None, address: None };
    let full = Happened {
        at,
        by: Some("mail-by-administrator".into()),
        browser: Some("Firefox <1>".into()),
        address: Some("192.0.2.7".into()),
    };
    let mut all = Vec::new();
    for letter in Letter::samples() {
        let url = letter.may_be_denied().then_some("https://login.example.org/not-me/AbC-_1");
        for happened in [&bare, &full] {
            let written = write(theme, frame, "Amy <Ward>", &letter, happened, url);
            all.push((format!("letter, {}", letter.slug()), written));
        }
    }
    for by in ["mail-by-helpdesk", "mail-by-operator", "mail-by-rule"] {
        let happened = Happened { by: Some(by.into()), ..bare.clone() };
        let letter = Letter::PasswordChanged;
        let written = write(theme, frame, "Amy", &letter, &happened, None);
        all.push((format!("letter, {by}"), written));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::check::frames;
    use super::*;

    /// Every letter in every frame: its language, its name, its text.
    fn letters() -> Vec<(String, String, Written)> {
        let theme = Theme::load(None).expect("the built-in theme");
        let mut all = Vec::new();
        for frame in frames(&theme) {
            let tag = theme.strings().tag(frame.locale);
            for (name, written) in rendered(&theme, &frame) {
                all.push((tag.to_owned(), name.clone(), written.expect(&name)));
            }
        }
        all
    }

    #[test]
    fn every_letter_is_written_in_every_language_and_escapes_what_people_are_called() {
        let mut languages = std::collections::BTreeSet::new();
        for (tag, name, Written { subject, plain, html }) in letters() {
            languages.insert(tag);
            assert!(!subject.is_empty() && !subject.contains('\n'), "{name}: {subject}");
            assert!(!html.contains("<key>") && !html.contains("<Ward>"), "{name}: {html}");
            assert!(!plain.contains("&lt;") && !plain.contains("&#"), "{name}: {plain}");
            assert!(plain.contains(" 2026, ") && plain.contains(" UTC"), "{name}: {plain}");
            assert!(!plain.contains("\n\n\n"), "{name}: {plain:?}");
            let loads = html.contains("<script") || html.contains("<img");
            assert!(!loads, "{name}: something that a mail program would load");
        }
        assert_eq!(languages.len(), 2);
    }

    #[test]
    fn both_halves_have_the_same_links_and_facts() {
        let mut found = 0;
        for (_, name, Written { plain, html, .. }) in letters() {
            let html = html.replace("&#x2f;", "/");
            for part in ["/not-me/AbC-_1", "/invitation/AbC-_1", "192.0.2.7", "help@north"] {
                assert_eq!(plain.contains(part), html.contains(part), "{name}: {part}");
                found += usize::from(plain.contains(part));
            }
        }
        assert!(found > 0);
    }

    #[test]
    fn a_letter_that_is_for_a_link_cannot_be_denied_and_every_change_can() {
        let denied: Vec<_> = Letter::samples()
            .iter()
            .filter(|letter| !letter.may_be_denied())
            .map(Letter::slug)
            .collect();
        let expected = [
            "invitation",
            "password-link",
            "key-lost-link",
            "app-lost-link",
            "email-taken",
            "not-me",
            "not-me",
        ];
        assert_eq!(denied, expected);
    }
}
