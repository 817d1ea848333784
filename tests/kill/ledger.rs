//! What must hold for one person, as far as they were told: the journal, added up. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use super::journal::{Act, Entry, Told};
use crate::browser::Sent;

/// A security key, by the credential id that it tells (base64url).
pub type Key = String;

/// Whether something must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It was told.
    Yes,
    /// The contrary was told.
    No,
    /// Nothing was told.
    Either,
}

impl Truth {
    /// Both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Either,
        }
    }

    /// What was seen.
    #[must_use]
    pub fn seen(is: bool) -> Self {
        if is { Self::Yes } else { Self::No }
    }

    fn told(answered: bool) -> Self {
        if answered { Self::Yes } else { Self::Either }
    }

    fn undone(answered: bool) -> Self {
        if answered { Self::No } else { Self::Either }
    }
}

/// A key.
#[derive(Clone, Debug)]
pub struct KeyFacts {
    /// Whether it is on the account.
    pub there: Truth,
    /// Under one of these names; `None` while the name is the server's own.
    pub names: Option<Vec<String>>,
}

/// A code.
#[derive(Clone, Debug)]
pub struct CodeFacts {
    /// The code itself.
    pub code: String,
    /// The secret of the session that it came from.
    pub session: String,
    /// Whether it can still be redeemed, if the session is open.
    pub unused: Truth,
}

/// What hangs on a code that was redeemed.
#[derive(Clone, Debug)]
pub struct GrantFacts {
    /// The secret of the session that it hangs on.
    pub session: String,
    /// The latest access token.
    pub access: String,
    /// Its refresh tokens from the first to the last, and whether each is still to be used.
    pub refresh: Vec<(String, Truth)>,
}

/// A request of a service provider.
#[derive(Clone, Debug)]
pub struct RequestFacts {
    /// The path that it is sent to.
    pub request: String,
    /// The secret of the session that it is answered in.
    pub session: String,
    /// When it was answered, if it is known to have been.
    pub answered_at: Option<Instant>,
}

/// How many events of a kind there must be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// At least.
    pub least: usize,
    /// At most.
    pub most: usize,
}

/// Everything that must hold for one person.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Their keys, those that were removed too.
    pub keys: BTreeMap<Key, KeyFacts>,
    /// Secrets of sessions, and whether they open the account.
    pub sessions: BTreeMap<String, Truth>,
    /// What proved something in this life of the server, and whether it can do so still.
    pub proofs: Vec<(Sent, Truth)>,
    /// Codes of this life of the server.
    pub codes: Vec<CodeFacts>,
    /// Grants of this life of the server.
    pub grants: Vec<GrantFacts>,
    /// Requests of service providers in this life of the server.
    pub requests: Vec<RequestFacts>,
    /// Audit events of this life of the server, by kind.
    pub events: BTreeMap<&'static str, Count>,
    opened: BTreeSet<String>,
    signed_on: BTreeSet<String>,
}

impl Ledger {
    /// What holds once all that was done, too.
    #[must_use]
    pub fn after(mut self, entries: &[Entry]) -> Self {
        for Entry { act, told } in entries {
            self.add(act, told.as_ref());
        }
        self
    }

    /// What still holds when the server has started anew and its codes, grants and requests are used
    /// up.
    #[must_use]
    pub fn forget_the_life(self) -> Self {
        Self { keys: self.keys, sessions: self.sessions, ..Self::default() }
    }

    fn add(&mut self, act: &Act, told: Option<&Told>) {
        let answered = told.is_some();
        match act {
            Act::LogIn { keeps, proof } => self.log_in(keeps.as_ref(), proof.as_ref(), told),
            Act::Register { key } => {
                let facts = KeyFacts { there: Truth::told(answered), names: None };
                self.keys.insert(key.clone(), facts);
                self.count("credential_registered", answered);
            }
            Act::Rename { key, nickname } => {
                if let Some(facts) = self.keys.get_mut(key) {
                    match &mut facts.names {
                        Some(names) if !answered => names.push(nickname.clone()),
                        names if answered => *names = Some(vec![nickname.clone()]),
                        // The server's own name, or the new one.
                        _ => {}
                    }
                }
                self.count("credential_renamed", answered);
            }
            Act::Remove { key } => {
                if let Some(facts) = self.keys.get_mut(key) {
                    facts.there = Truth::undone(answered);
                }
                self.count("credential_removed", answered);
            }
            Act::Open { session } => {
                if let Some(Told::Code(code)) = told {
                    let (code, session) = (code.clone(), session.clone());
                    self.codes.push(CodeFacts { code, session, unused: Truth::Yes });
                }
            }
            Act::Redeem { code } => self.redeem(code, told),
            Act::Refresh { token } => self.refresh(token, told),
            Act::SignOn { session, request } => self.sign_on(session, request, told),
            Act::LogOut { session } => {
                self.sessions.insert(session.clone(), Truth::undone(answered));
                self.count("logged_out", answered);
            }
        }
    }

    fn log_in(&mut self, keeps: Option<&String>, proof: Option<&Sent>, told: Option<&Told>) {
        if let Some(proof) = proof {
            self.proofs.push((proof.clone(), Truth::undone(told.is_some())));
        }
        match (told, keeps) {
            (Some(Told::Half(secret)), _) => {
                self.sessions.insert(secret.clone(), Truth::No);
                return;
            }
            (Some(Told::Session(secret)), _) => {
                self.sessions.insert(secret.clone(), Truth::Yes);
            }
            (_, Some(secret)) => {
                self.sessions.insert(secret.clone(), Truth::Either);
            }
            (_, None) => {}
        }
        self.count("logged_in", told.is_some());
    }

    fn redeem(&mut self, code: &str, told: Option<&Told>) {
        let Some(facts) = self.codes.iter_mut().find(|facts| facts.code == code) else { return };
        facts.unused = Truth::undone(told.is_some());
        let session = facts.session.clone();
        // The first time in a session is an event.
        if !self.opened.contains(&session) {
            self.count("application_opened", told.is_some());
        }
        if let Some(Told::Tokens { access, refresh }) = told {
            self.opened.insert(session.clone());
            let refresh = vec![(refresh.clone(), Truth::Yes)];
            self.grants.push(GrantFacts { session, access: access.clone(), refresh });
        }
    }

    fn sign_on(&mut self, session: &str, request: &str, told: Option<&Told>) {
        let answered_at = match told {
            Some(Told::Asserted { at }) => Some(*at),
            _ => None,
        };
        let (request, session) = (request.to_owned(), session.to_owned());
        // The first time in a session is an event.
        if !self.signed_on.contains(&session) {
            self.count("provider_opened", answered_at.is_some());
        }
        if answered_at.is_some() {
            self.signed_on.insert(session.clone());
        }
        self.requests.push(RequestFacts { request, session, answered_at });
    }

    fn refresh(&mut self, token: &str, told: Option<&Told>) {
        for grant in &mut self.grants {
            let Some(at) = grant.refresh.iter().position(|(known, _)| known == token) else {
                continue;
            };
            grant.refresh[at].1 = Truth::undone(told.is_some());
            if let Some(Told::Tokens { access, refresh }) = told {
                grant.access.clone_from(access);
                grant.refresh.push((refresh.clone(), Truth::Yes));
            }
        }
    }

    fn count(&mut self, kind: &'static str, answered: bool) {
        let count = self.events.entry(kind).or_default();
        count.least += usize::from(answered);
        count.most += 1;
    }
}
