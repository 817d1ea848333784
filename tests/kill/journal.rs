//! What one person did and what they were told about it. An act stands here before its request is
//! sent; what was told, only once the whole answer was read. What is left without is unknown.

use std::fmt;
use std::time::Instant;

use tokio::sync::mpsc::UnboundedSender;

use super::ledger::Key;
use crate::browser::Sent;

/// Something that changes what the server remembers, or that it promises.
#[derive(Clone, Debug)]
pub enum Act {
    /// Takes a step with which a log-in may be done.
    LogIn {
        /// The secret that the session has already and keeps, where this step proves nothing.
        keeps: Option<String>,
        /// What is sent, where it proves something.
        proof: Option<Sent>,
    },
    /// Registers a key.
    Register {
        /// Which.
        key: Key,
    },
    /// Gives a key another name.
    Rename {
        /// Which.
        key: Key,
        /// The new name.
        nickname: String,
    },
    /// Removes a key.
    Remove {
        /// Which.
        key: Key,
    },
    /// Opens the application, which gets a code.
    Open {
        /// In which session.
        session: String,
    },
    /// The application redeems a code.
    Redeem {
        /// Which.
        code: String,
    },
    /// The application rotates a refresh token.
    Refresh {
        /// Which.
        token: String,
    },
    /// A service provider asks for whoever is logged in.
    SignOn {
        /// In which session.
        session: String,
        /// The request: the path that the browser is sent to.
        request: String,
    },
    /// Logs out.
    LogOut {
        /// Of which session.
        session: String,
    },
}

/// What was told.
#[derive(Clone, Debug)]
pub enum Told {
    /// That it is done.
    Done,
    /// The secret of a log-in that is half done: it opens nothing.
    Half(String),
    /// The secret of a session.
    Session(String),
    /// A code.
    Code(String),
    /// Tokens.
    Tokens {
        /// The access token.
        access: String,
        /// The refresh token.
        refresh: String,
    },
    /// An answer for a service provider.
    Asserted {
        /// When.
        at: Instant,
    },
}

/// An act, and what was told about it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What was done.
    pub act: Act,
    /// What was told; nothing when no answer came.
    pub told: Option<Told>,
}

impl Act {
    /// The acts at which the server is killed.
    pub const AIMS: [&'static str; 8] =
        ["log in", "register", "rename", "remove", "redeem", "refresh", "sign on", "log out"];

    /// What kind of act it is.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::LogIn { .. } => "log in",
            Self::Register { .. } => "register",
            Self::Rename { .. } => "rename",
            Self::Remove { .. } => "remove",
            Self::Open { .. } => "open",
            Self::Redeem { .. } => "redeem",
            Self::Refresh { .. } => "refresh",
            Self::SignOn { .. } => "sign on",
            Self::LogOut { .. } => "log out",
        }
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.act)?;
        match &self.told {
            Some(told) => write!(f, " -> {told:?}"),
            None => f.write_str(" -> no answer"),
        }
    }
}

/// One person's journal of one life of the server.
pub struct Journal {
    entries: Vec<Entry>,
    pulse: UnboundedSender<&'static str>,
}

impl Journal {
    /// An empty one. Every act is told to `pulse` as it begins.
    #[must_use]
    pub fn new(pulse: UnboundedSender<&'static str>) -> Self {
        Self { entries: Vec::new(), pulse }
    }

    /// Notes an act whose request is about to be sent.
    pub fn begin(&mut self, act: Act) {
        // Nobody listens any more once the server is to be killed.
        self.pulse.send(act.kind()).ok();
        self.entries.push(Entry { act, told: None });
    }

    /// Notes what was told about the act that began last.
    pub fn told(&mut self, told: Told) {
        if let Some(last) = self.entries.last_mut() {
            last.told = Some(told);
        }
    }

    /// Everything, in the order in which it was done.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The same, to be falsified: what a checker is checked with.
    pub fn entries_mut(&mut self) -> &mut Vec<Entry> {
        &mut self.entries
    }
}
