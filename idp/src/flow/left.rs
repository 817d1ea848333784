//! The page on which a log-out ends, whoever asked for it.

use latchkey_web::{Link, Text};

use crate::actions::logouts::{Back, Leaving};
use crate::pages::login::{LoggedOut, Told};

/// What became of a log-out at the applications that could be told, before those that cannot be.
#[must_use]
pub fn logged_out(leaving: Leaving, mut told: Vec<Told>) -> LoggedOut {
    told.extend(leaving.applications.into_iter().map(Told::never));
    let back = match leaving.back {
        Back::Link { name, url } => {
            Some(Link::new(Text::new("back-to").with("application", name), url))
        }
        Back::Page | Back::Address(_) | Back::Answer(_) => None,
    };
    LoggedOut { applications: told, back, login_url: "/login".to_owned() }
}
