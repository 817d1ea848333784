//! Pages: what a template is given, and the response that carries it.
//!
//! A [`Page`] is what one page says; a [`Frame`] is what every page of one request has. The theme
//! turns both into HTML. Nothing here reads a store or a request.

use std::sync::Arc;

use jiff::tz::TimeZone;
use latchkey_core::organisations::{self, Helpdesk};
use latchkey_core::{Rng, Timestamp};
use minijinja::value::{Enumerator, Object, Serde, Value};
use serde::Serialize;

use crate::headers::Nonce;
use crate::i18n::Locale;
use crate::parts::{Form, Help, Problem, Signal, Tone};

/// What one page says. Its fields are the template's `page`.
pub trait Page: Serialize {
    /// The template, relative to the theme.
    const TEMPLATE: &'static str;
    /// A form of this page may lead to another site (a relying application), so the policy that
    /// keeps forms in the house is left out.
    const FORMS_LEAD_OUT: bool = false;

    /// An example, with everything on it that the page can have.
    fn sample() -> Self
    where
        Self: Sized;

    /// The latch beside the heading, unless there is a problem.
    fn tone(&self) -> Tone {
        Tone::Normal
    }

    /// What went wrong, shown above the heading and at its field.
    fn problem(&self) -> Option<&Problem> {
        None
    }

    /// What "Need help?" offers beside "Get help".
    fn help(&self) -> Vec<Help> {
        vec![Help::KeyNotWorking]
    }
}

/// A page on which nothing but a form differs from one request to the next.
pub trait FormPage: Page {
    /// The page with a form.
    fn new(form: Form) -> Self;
}

/// The organisation whose page it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Organisation {
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its colour as `#rrggbb`. Anything else is ignored.
    pub colour: Option<String>,
    /// Where its picture is, if it has one.
    pub logo: Option<String>,
    /// Whom its people call.
    pub helpdesk: Helpdesk,
}

impl From<&organisations::Organisation> for Organisation {
    fn from(organisation: &organisations::Organisation) -> Self {
        Self {
            slug: organisation.slug.clone(),
            name: organisation.name.clone(),
            colour: organisation.brand.colour.clone(),
            logo: organisation.brand.logo.as_ref().map(|_| logo_path(&organisation.slug)),
            helpdesk: organisation.helpdesk.clone(),
        }
    }
}

/// Where an organisation's picture is served.
fn logo_path(slug: &str) -> String {
    format!("/organisations/{slug}/logo")
}

/// What every page of one request has.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The reader's language.
    pub locale: Locale,
    /// The present time, for dates.
    pub now: Timestamp,
    /// The reader's time zone.
    pub zone: TimeZone,
    /// This response's nonce.
    pub nonce: Nonce,
    /// Whose page it is, if that is known.
    pub organisation: Option<Organisation>,
    /// The name of who is logged in, if somebody is; "Log out" is shown with it.
    pub person: Option<String>,
    /// The address of this page, with its query, for the link to the other language. For a page
    /// that answers a `POST`: an address that shows the same page again.
    pub path: String,
    /// We are reached by https.
    pub https: bool,
    /// What to tell the browser's passkey store.
    pub signal: Option<Signal>,
}

impl Frame {
    /// The least that a page needs.
    #[must_use]
    pub fn new(rng: &dyn Rng, now: Timestamp, path: impl Into<String>) -> Self {
        Self {
            locale: Locale::FIRST,
            now,
            zone: TimeZone::UTC,
            nonce: Nonce::new(rng),
            organisation: None,
            person: None,
            path: path.into(),
            https: false,
            signal: None,
        }
    }
}

/// A frame as templates and their functions see it.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) frame: Frame,
    /// The BCP 47 tag of its language.
    pub(crate) language: Value,
    /// The other languages: `tag`, `name`, `url`.
    pub(crate) languages: Value,
}

impl Object for Shown {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        Some(match key.as_str()? {
            "language" => self.language.clone(),
            "languages" => self.languages.clone(),
            "nonce" => Value::from(self.frame.nonce.as_str()),
            "organisation" => Value::from(Serde(&self.frame.organisation)),
            "colour" => {
                let organisation = self.frame.organisation.as_ref();
                Value::from(organisation.and_then(|it| colour(it.colour.as_deref()?)))
            }
            "person" => Value::from(self.frame.person.as_deref()),
            "path" => Value::from(self.frame.path.as_str()),
            "signal" => Value::from(Serde(&self.frame.signal)),
            _ => return None,
        })
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }
}

/// A colour that is exactly `#rrggbb`: it is written into a style sheet.
fn colour(text: &str) -> Option<&str> {
    let digits = text.strip_prefix('#')?;
    (digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(text)
}

/// A page's address with another language asked for.
pub(crate) fn in_language(path: &str, tag: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let kept = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("ui_locales="));
    let asked = format!("ui_locales={tag}");
    let query: Vec<&str> = kept.chain([asked.as_str()]).collect();
    format!("{path}?{}", query.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_cannot_carry_a_style_sheet() {
        assert_eq!(colour("#1d4f91"), Some("#1d4f91"));
        for text in ["#1d4f9", "red", "#12345g", "#123456;}", "#1234567", "", "#éé"] {
            assert_eq!(colour(text), None, "{text}");
        }
    }

    #[test]
    fn the_other_language_is_asked_for_once() {
        assert_eq!(in_language("/login/1", "cy"), "/login/1?ui_locales=cy");
        assert_eq!(in_language("/a?b=c&ui_locales=en", "cy"), "/a?b=c&ui_locales=cy");
        assert_eq!(in_language("/a?ui_locales=en&d", "cy"), "/a?d&ui_locales=cy");
    }
}
