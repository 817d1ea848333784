//! A pass or a link, told once. It is in the answer to the form that asked for it and nowhere else.

use latchkey_api::credentials::LivePass;
use latchkey_api::help;
use latchkey_core::Timestamp;
use latchkey_web::{Help, Page, Text, Tone};
use serde::Serialize;

use super::act::{About, Action};
use super::shell::{Place, Shell};
use super::watch::{TRIES, Watch};
use super::{at, samples};

/// The page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Told {
    shell: Shell,
    about: About,
    /// A pass, letter by letter; nothing when it is a link.
    letters: Vec<Letter>,
    /// A link.
    link: Option<String>,
    /// What a pass or link is, in the keys of its messages.
    what: &'static str,
    expires_at: Timestamp,
    /// How many seconds it counts from now on.
    left: i64,
    /// The same when it was made, in minutes.
    minutes: i64,
    /// What becomes of a pass.
    watch: Option<Watch>,
}

/// A letter and the word that it is read out with.
#[derive(Clone, Debug, Serialize)]
struct Letter {
    letter: char,
    word: Text,
}

impl Told {
    pub(crate) fn new(shell: Shell, about: About, secret: &help::Told, now: Timestamp) -> Self {
        let expires_at = at(secret.expires_at);
        let left = (expires_at.millis() - now.millis()).max(0) / 1000;
        let is_link = secret.secret.contains("://");
        let letters =
            secret.secret.chars().filter(|_| !is_link).filter(char::is_ascii_alphanumeric);
        Self {
            shell,
            letters: letters
                .map(|letter| Letter {
                    letter,
                    word: Text::new(format!("console-letter-{}", letter.to_ascii_lowercase())),
                })
                .collect(),
            what: match (is_link, about.invites()) {
                (false, _) => "pass",
                (true, false) => "link",
                (true, true) => "invitation",
            },
            link: is_link.then(|| secret.secret.clone()),
            watch: about.person.filter(|_| !is_link).and_then(|person| {
                let (issued_at, expires_at) = (secret.expires_at, secret.expires_at);
                let pass = LivePass { issued_at, expires_at, tries_left: TRIES };
                Watch::of(person, Some(&pass), &[], &[], now)
            }),
            expires_at,
            left,
            minutes: (left + 59) / 60,
            about,
        }
    }

    /// A link, made for this.
    pub(crate) fn link_sample(action: Action) -> Self {
        let secret = help::Told {
            secret: "https://login.example.org/link/AbC-_1".into(),
            expires_at: jiff::Timestamp::UNIX_EPOCH,
        };
        let now = Timestamp::from_millis(-3_600_000);
        Self::new(samples::shell(Place::Calls), About::told_sample(action), &secret, now)
    }
}

impl Page for Told {
    const TEMPLATE: &'static str = "console/told.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let secret = help::Told {
            secret: "ABCD-EFGH-IJKL-MNOP-QRST-UVWX-YZ23-4567".into(),
            expires_at: jiff::Timestamp::UNIX_EPOCH,
        };
        let now = Timestamp::from_millis(-600_000);
        Self::new(samples::shell(Place::Calls), About::told_sample(Action::Pass), &secret, now)
    }

    fn tone(&self) -> Tone {
        Tone::Good
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}
