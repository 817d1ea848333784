//! How the installation is, in plain words, and what to do where something is the matter.

use axum::response::Response;
use latchkey_api::platform::{FailingLetter, Health};
use latchkey_core::Timestamp;
use latchkey_web::{Help, Page, Text};
use serde::Serialize;

use super::shell::{Place, Shell};
use super::{at, samples};
use crate::visitor::Asked;

/// The address.
pub(crate) const ADDRESS: &str = "/admin/health";
/// So many events without a place in the chain are more than a moment's.
const MANY_UNSEALED: u64 = 1000;

/// The letters that there are, by what they tell of: each has a subject.
const LETTERS: [&str; 29] = [
    "invitation",
    "password-link",
    "supervised-link",
    "key-lost-link",
    "app-lost-link",
    "key-added",
    "key-removed",
    "key-renamed",
    "key-reinstated",
    "key-lost",
    "key-suspended",
    "key-copied",
    "app-added",
    "app-removed",
    "app-lost",
    "app-suspended",
    "app-reinstated",
    "codes-made",
    "codes-removed",
    "code-used",
    "pass-issued",
    "pass-used",
    "password-changed",
    "email-changed",
    "email-taken",
    "sessions-ended",
    "role-given",
    "role-ended",
    "not-me",
];

/// The page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Shown {
    shell: Shell,
    checks: Vec<Check>,
    letters: Vec<Letter>,
    issuer: String,
    version: String,
    database: Text,
    people: u64,
}

/// One thing that can be the matter.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Check {
    /// `good`, `warn` or `bad`.
    tone: &'static str,
    what: Text,
    /// What to do.
    advice: Option<Text>,
}

/// A letter that could not be sent yet.
#[derive(Clone, Debug, Serialize)]
struct Letter {
    subject: Option<Text>,
    kind: String,
    to: Option<String>,
    attempts: u32,
    queued_at: Timestamp,
    next_at: Timestamp,
}

impl Check {
    fn good(key: &str) -> Self {
        Self { tone: "good", what: Text::new(key), advice: None }
    }

    /// Something is the matter: what to do about it is told under the same key.
    fn matter(tone: &'static str, key: &str) -> Self {
        let advice = Some(Text::new(format!("{key}-advice")));
        Self { tone, what: Text::new(key), advice }
    }

    fn count(self, count: u64) -> Self {
        Self { what: self.what.with("count", count), ..self }
    }
}

fn checks(health: &Health) -> Vec<Check> {
    let failing = u64::try_from(health.mail.failing.len()).unwrap_or(u64::MAX);
    let mail = match (&health.mail, failing) {
        (mail, _) if !mail.configured => Check::matter("warn", "console-health-no-mail"),
        (_, 1..) => Check::matter("bad", "console-health-mail-fails").count(failing),
        (mail, _) => Check::good("console-health-mail").count(mail.waiting),
    };
    let trail = match health.audit_unsealed {
        MANY_UNSEALED.. => Check::matter("bad", "console-health-unsealed"),
        _ => Check::good("console-health-sealed"),
    };
    let models = match health.metadata {
        None => Check::matter("warn", "console-health-no-models"),
        Some(number) => Check::good("console-health-models").count(number.into()),
    };
    vec![mail, trail.count(health.audit_unsealed), models]
}

impl Letter {
    fn new(letter: &FailingLetter) -> Self {
        let known = LETTERS.contains(&letter.kind.as_str());
        let subject = || Text::new(format!("mail-{}-subject", letter.kind)).with("person", "…");
        Self {
            subject: known.then(subject),
            kind: letter.kind.clone(),
            to: letter.to.clone(),
            attempts: letter.attempts,
            queued_at: at(letter.queued_at),
            next_at: at(letter.next_at),
        }
    }
}

impl Shown {
    fn new(shell: Shell, health: &Health) -> Self {
        Self {
            shell,
            checks: checks(health),
            letters: health.mail.failing.iter().map(Letter::new).collect(),
            issuer: health.issuer.clone(),
            version: health.version.clone(),
            database: Text::new(match health.database.as_str() {
                "postgresql" => "console-health-postgresql",
                _ => "console-health-sqlite",
            }),
            people: health.people,
        }
    }

    /// All is well.
    pub(crate) fn well_sample() -> Self {
        let mut health = samples::health();
        (health.mail.failing, health.audit_unsealed, health.metadata) = (vec![], 3, Some(141));
        health.database = "sqlite".into();
        Self::new(samples::shell(Place::Health), &health)
    }

    /// No letters are sent.
    pub(crate) fn silent_sample() -> Self {
        let mut health = samples::health();
        health.mail.configured = false;
        Self::new(samples::shell(Place::Health), &health)
    }
}

impl Page for Shown {
    const TEMPLATE: &'static str = "console/health.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self::new(samples::shell(Place::Health), &samples::health())
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// `GET /admin/health`
pub(crate) async fn show(asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        let health = admin.api.health().await?;
        Ok(asked.page(&Shown::new(admin.shell(Place::Health), &health)))
    };
    asked.shown(work).await
}

#[cfg(test)]
mod tests {
    use latchkey_web::Theme;

    use super::*;

    #[test]
    fn every_letter_has_a_subject_in_every_language() {
        let theme = Theme::load(None).expect("the built-in theme");
        for locale in theme.strings().locales() {
            for letter in LETTERS {
                let args = [("person", "x".into())].into_iter().collect();
                let said = theme.strings().say(locale, &format!("mail-{letter}-subject"), &args);
                said.unwrap_or_else(|error| panic!("{letter}: {error:?}"));
            }
        }
    }

    #[test]
    fn what_is_the_matter_is_told_with_what_to_do_and_what_is_well_without() {
        let mut health = samples::health();
        let tones = |health: &Health| {
            let all = checks(health).into_iter();
            all.map(|it| (it.tone, it.advice.is_some())).collect::<Vec<_>>()
        };
        assert_eq!(tones(&health), [("bad", true), ("bad", true), ("warn", true)]);
        (health.mail.failing, health.audit_unsealed, health.metadata) = (vec![], 999, Some(1));
        assert_eq!(tones(&health), [("good", false); 3]);
        health.mail.configured = false;
        assert_eq!(tones(&health)[0], ("warn", true));
    }
}
