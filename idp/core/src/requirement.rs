//! What a protocol asks of a log-in, in the domain's words.
//!
//! A protocol translates its request into a [`Requirement`]; the log-in flow knows nothing else
//! of it. How the flow answers is the flow's own type, which only it can make.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::assurance::Level;
use crate::ids::{ClientId, OrganisationId, Subject};
use crate::release::Source;

/// Who has to log in, how strongly, how freshly, and whether they may be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// The person that it must be, if the protocol knows.
    pub subject: Option<Subject>,
    /// A user name to fill in.
    pub username_hint: Option<String>,
    /// The strengths that would do, beside what policy demands; empty when any would.
    pub levels: Vec<Level>,
    /// Whether one of `levels` must be reached (else it is tried for where the person can).
    pub essential: bool,
    /// How old the log-in may be.
    pub max_age: Option<Duration>,
    /// A new log-in is wanted whatever the session's age.
    pub again: bool,
    /// A fresh proof by one permitted factor, no older than this, is wanted on top.
    pub step_up: Option<Duration>,
    /// That proof has to be by a key or an authenticator app that works now: a password is none, nor
    /// is what was suspended since it was shown.
    #[serde(default)]
    pub by_authenticator: bool,
    /// Whether the person may be asked anything at all.
    pub may_ask: bool,
    /// What the person must agree to.
    pub consent: Option<Consent>,
    /// The languages that the protocol asked for, best first.
    pub locales: Vec<String>,
    /// The application that the person is on the way to; `None` for our own pages.
    pub application: Option<Application>,
}

/// An application as people see it named while they log in to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Its name.
    pub name: String,
    /// The host that it is at, which says more than a name.
    pub host: String,
    /// The organisation that it belongs to: its helpdesk is shown before anybody is known.
    pub organisation: Option<OrganisationId>,
}

impl Requirement {
    /// Whoever it is, as strongly as their organisation asks.
    #[must_use]
    pub fn anyone() -> Self {
        Self {
            subject: None,
            username_hint: None,
            levels: Vec::new(),
            essential: false,
            max_age: None,
            again: false,
            step_up: None,
            by_authenticator: false,
            may_ask: true,
            consent: None,
            locales: Vec::new(),
            application: None,
        }
    }
}

/// What a person agrees to when an application is to receive their data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// The application.
    pub client: ClientId,
    /// What it wants to know or do, as the protocol names it.
    pub scopes: Vec<String>,
    /// What it is told of the person beside that, by name, and from what.
    #[serde(default)]
    pub released: BTreeMap<String, Source>,
    /// Ask even when the person agreed before.
    pub always: bool,
    /// Whether what they say is kept: of a log-in that is only tried, nothing is.
    #[serde(default = "kept")]
    pub kept: bool,
}

/// What was asked before there were tests is kept.
fn kept() -> bool {
    true
}

/// Why the log-in flow did not produce what was required.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// Nobody is logged in strongly or freshly enough, and nobody may be asked.
    LoginRequired,
    /// The person has not agreed, and may not be asked.
    ConsentRequired,
    /// Something else would have to be asked.
    InteractionRequired,
    /// The person said no.
    Denied,
    /// This person has nothing to reach the required strength with.
    Unmet,
    /// Somebody else than the required person is logged in.
    WrongPerson,
}
