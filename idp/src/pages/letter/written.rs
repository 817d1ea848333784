//! Letters in words: a template of the theme, filled with what a letter tells.

use latchkey_core::Timestamp;
use latchkey_web::{Frame, Link, TemplateError, Text, Theme};
use serde::Serialize;

use super::super::check;
use super::Letter;

/// The plain half.
const PLAIN: &str = "mail/letter.txt";
/// The half with a layout.
const LAID_OUT: &str = "mail/letter.html";

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
    let frames = check::frames(theme).into_iter().filter(|frame| frame.person.is_some());
    frames.flat_map(|frame| rendered(theme, &frame)).collect()
}

/// Writes one of each, with as little and with as much as can be in it.
pub(in crate::pages) fn rendered(
    theme: &Theme,
    frame: &Frame,
) -> Vec<(String, Result<Written, TemplateError>)> {
    let at = check::NOW;
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
    use super::check::frames;
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
            for part in ["/not-me/AbC-_1", "/invitation/AbC-_1", "192.0.2.7", "help@north"] {
                assert_eq!(plain.contains(part), html.contains(part), "{name}: {part}");
                found += usize::from(plain.contains(part));
            }
        }
        assert!(found > 0);
    }

    #[test]
    fn that_a_letter_is_for_a_link_is_known_by_its_slug() {
        for letter in Letter::samples() {
            let kind = Letter::link_of(letter.slug());
            assert_eq!(kind.is_some(), letter.carries_link(), "{}", letter.slug());
        }
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
