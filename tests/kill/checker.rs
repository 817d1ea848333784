//! Compares what people were told with what the server does and what its database holds. Finds
//! fault; mends nothing. It uses up what it tries: codes, refresh tokens, sessions.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey::authn::software::MODEL;
use latchkey_core::audit::What;
use latchkey_core::credentials::{Credential, CredentialState};

use super::clients::{APPLICATION, Client, Held, is_answered};
use super::database::{Database, Stored};
use super::ledger::{CodeFacts, Count, GrantFacts, Key, KeyFacts, Ledger, RequestFacts, Truth};
use crate::application::userinfo;
use crate::browser::{Browser, Site};

/// How many sessions and removed keys of earlier lives are looked at again each time.
const REMEMBERED: usize = 4;
/// How long after an answer the embedded database certainly knows that its request was answered: it
/// is written within 50 milliseconds, and this machine may be slow.
const WRITTEN_WITHIN: Duration = Duration::from_secs(1);

/// What nobody was told about, by what was found. Only with both have kills hit either side of a
/// commit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unknown {
    /// It is so.
    pub yes: usize,
    /// It is not.
    pub no: usize,
}

/// A checker of one life of the server.
pub struct Checker<'a> {
    site: Arc<Site>,
    database: &'a Database,
    faults: Vec<String>,
    /// What was found of what nobody was told about.
    pub unknown: Unknown,
    /// Who is looked at.
    username: String,
}

impl Unknown {
    fn count(&mut self, is: bool) {
        if is { self.yes += 1 } else { self.no += 1 }
    }
}

impl<'a> Checker<'a> {
    /// Looks at the server of `site` and its `database`.
    #[must_use]
    pub fn new(site: Arc<Site>, database: &'a Database) -> Self {
        Self {
            site,
            database,
            faults: Vec::new(),
            unknown: Unknown::default(),
            username: String::new(),
        }
    }

    /// Everything that is wrong for one person, in words. They know where they stand afterwards.
    ///
    /// # Errors
    /// When server or database do not answer.
    pub async fn check(&mut self, client: &mut Client) -> Result<Vec<String>> {
        self.username.clone_from(&client.username);
        let mut ledger = std::mem::take(&mut client.ledger).after(client.journal.entries());
        let stored = self.database.person(&client.username).await?;
        self.events(&ledger, client, &stored)?;
        self.keys(&mut ledger, &stored);
        self.sessions(&mut ledger).await?;
        self.proofs(&ledger).await?;
        self.codes(&ledger).await?;
        self.grants(&ledger).await?;
        self.used_codes(&ledger).await?;
        self.requests(&ledger, client.killed_at).await?;
        self.log_ins(&ledger, client, &stored).await?;

        client.held = stored.keys.iter().map(held).collect();
        client.ledger = remembered(ledger);
        client.before = self.database.person(&client.username).await?.tally()?;
        Ok(std::mem::take(&mut self.faults))
    }

    fn fault(&mut self, what: impl std::fmt::Display) {
        self.faults.push(format!("{}: {what}", self.username));
    }

    fn expect(&mut self, must: Truth, is: bool, what: impl std::fmt::Display) {
        match (must, is) {
            (Truth::Either, _) => self.unknown.count(is),
            (Truth::Yes, false) => self.fault(format_args!("{what}: told so, and it is not so")),
            (Truth::No, true) => self.fault(format_args!("{what}: it must not be so, and is")),
            _ => {}
        }
    }

    /// Everything that was acknowledged is on record, and nothing that never was.
    fn events(&mut self, ledger: &Ledger, client: &Client, stored: &Stored) -> Result<()> {
        let now = stored.tally()?;
        let kinds = ledger.events.keys().copied().chain(now.keys().map(String::as_str));
        let mut kinds: Vec<&str> = kinds.collect();
        kinds.sort_unstable();
        kinds.dedup();
        // What documents said of them is nothing that they asked for.
        kinds.retain(|kind| *kind != "person_described");
        for kind in kinds {
            let of = |tally: &std::collections::BTreeMap<String, usize>| {
                tally.get(kind).copied().unwrap_or_default()
            };
            let new = of(&now).saturating_sub(of(&client.before));
            let Count { least, most } = ledger.events.get(kind).copied().unwrap_or_default();
            if !(least..=most).contains(&new) {
                self.fault(format_args!("{new} audit events {kind}, and not {least} to {most}"));
            }
        }
        Ok(())
    }

    /// A key is wholly there or not at all. The ledger knows afterwards which.
    fn keys(&mut self, ledger: &mut Ledger, stored: &Stored) {
        for key in &stored.keys {
            let name = encode(&key.credential_id);
            match ledger.keys.get(&name) {
                Some(facts) => self.whole(key, facts, stored),
                None => self.fault(format_args!("a key that nobody registered: {name}")),
            }
        }
        for (name, facts) in &mut ledger.keys {
            let found = stored.keys.iter().find(|key| encode(&key.credential_id) == *name);
            self.expect(facts.there, found.is_some(), format_args!("key {name} is on the account"));
            facts.there = Truth::seen(found.is_some());
            facts.names = found.map(|key| vec![key.nickname.as_str().to_owned()]);
        }
    }

    /// Every part of a key that a registration writes.
    fn whole(&mut self, key: &Credential, facts: &KeyFacts, stored: &Stored) {
        let name = encode(&key.credential_id);
        let nickname = key.nickname.as_str();
        if let Some(names) = &facts.names
            && !names.iter().any(|known| known == nickname)
        {
            self.fault(format_args!("key {name} is called '{nickname}', and not {names:?}"));
        }
        let registered = |what: &&What| matches!(what, What::CredentialRegistered { credential, .. } if *credential == key.id);
        let removed = |what: &&What| matches!(what, What::CredentialRemoved { credential, .. } if *credential == key.id);
        for (whole, what) in [
            (key.person == stored.record.person.id, "its person"),
            (!key.public_key.is_empty(), "its public key"),
            (!nickname.is_empty(), "its nickname"),
            (key.aaguid == MODEL, "its model"),
            (key.counter > 0, "its counter"),
            (key.transports == ["usb"], "its transports"),
            (key.discoverable == Some(true), "that it is discoverable"),
            (!key.attestation_format.is_empty(), "its attestation format"),
            (key.state == CredentialState::Active, "that it works"),
            (key.counter_alerts == 0, "that its counter was always right"),
            (!key.backup_eligible && !key.backed_up, "that it stays on its device"),
            (stored.events.iter().filter(registered).count() == 1, "the event of its registration"),
            (stored.events.iter().filter(removed).count() == 0, "that it was never removed"),
            (stored.record.person.ever_had_factor, "that its person had a factor"),
        ] {
            if !whole {
                self.fault(format_args!("key {name} is half there: not {what}"));
            }
        }
    }

    /// Who was logged in is, who was logged out is out. The ledger knows afterwards which.
    async fn sessions(&mut self, ledger: &mut Ledger) -> Result<()> {
        for (secret, must) in &mut ledger.sessions {
            let mut browser = Browser::with_session(Arc::clone(&self.site), secret);
            let answer = browser.load("/account").await?;
            let open = match (answer.status, answer.location.as_deref()) {
                (200, None) => true,
                (303, Some(to)) if to.starts_with("/login/") => false,
                _ => bail!("neither the account nor the way to log in: {}", answer.told()),
            };
            self.expect(*must, open, format_args!("session {secret} is logged in"));
            *must = Truth::seen(open);
        }
        Ok(())
    }

    /// A password or an answer of a key that was taken proves nothing when it is sent again; one
    /// that perhaps was, once at most.
    async fn proofs(&mut self, ledger: &Ledger) -> Result<()> {
        for (number, (proof, must)) in ledger.proofs.iter().enumerate() {
            let first = proof.again(Arc::clone(&self.site)).await?;
            self.expect(*must, first, format_args!("step {number} of a log-in counts again"));
            if first {
                let second = proof.again(Arc::clone(&self.site)).await?;
                let what = format_args!("step {number} of a log-in counts a third time");
                self.expect(Truth::No, second, what);
            }
        }
        Ok(())
    }

    /// A code that was not used works once; one that perhaps was, once at most.
    async fn codes(&mut self, ledger: &Ledger) -> Result<()> {
        for CodeFacts { code, session, unused } in &ledger.codes {
            let must = open(ledger, session).and(*unused);
            if must == Truth::No {
                continue;
            }
            let first = self.redeem(code).await?;
            self.expect(must, first, format_args!("code {code} can be redeemed"));
            let second = self.redeem(code).await?;
            self.expect(Truth::No, second, format_args!("code {code} can be redeemed again"));
        }
        Ok(())
    }

    /// Tokens work as long as their session does, and each refresh token once.
    async fn grants(&mut self, ledger: &Ledger) -> Result<()> {
        for (number, grant) in ledger.grants.iter().enumerate() {
            let alive = open(ledger, &grant.session);
            let known = userinfo(&self.site, &grant.access).await?.status == 200;
            self.expect(alive, known, format_args!("access token {} works", grant.access));
            self.stored_tokens(grant).await?;
            // A token that is used again ends its whole family, so that only one kind of them can
            // be tried first.
            let (used, live): (Vec<_>, Vec<_>) =
                grant.refresh.iter().partition(|(_, unused)| *unused == Truth::No);
            if let Some((token, _)) = used.first().filter(|_| number % 2 == 1) {
                let again = self.refresh(token).await?;
                self.expect(Truth::No, again, format_args!("token {token} can be used again"));
                continue;
            }
            for (token, unused) in live {
                let must = alive.and(*unused);
                let first = self.refresh(token).await?;
                self.expect(must, first, format_args!("token {token} can be used"));
                let second = self.refresh(token).await?;
                self.expect(Truth::No, second, format_args!("token {token} can be used again"));
            }
        }
        Ok(())
    }

    /// Each refresh token that was told of is stored, and so is whether it was used.
    async fn stored_tokens(&mut self, grant: &GrantFacts) -> Result<()> {
        for (token, unused) in &grant.refresh {
            match self.database.refresh(token).await? {
                Some(found) => {
                    let what = format_args!("token {token} is stored as unused");
                    self.expect(*unused, found.used_at.is_none(), what);
                }
                None => self.fault(format_args!("token {token} is not stored")),
            }
        }
        Ok(())
    }

    /// A code that was used, or whose session ended, does not work.
    async fn used_codes(&mut self, ledger: &Ledger) -> Result<()> {
        for CodeFacts { code, session, unused } in &ledger.codes {
            if open(ledger, session).and(*unused) == Truth::No {
                let again = self.redeem(code).await?;
                self.expect(Truth::No, again, format_args!("code {code} can be redeemed again"));
            }
        }
        Ok(())
    }

    /// A request of a service provider that was answered is not answered again, unless the kill came
    /// in the moment that the embedded database has for writing it; then once at most.
    async fn requests(&mut self, ledger: &Ledger, killed_at: Option<Instant>) -> Result<()> {
        let embedded = self.database.is_embedded();
        let lost =
            |at: Instant| embedded && killed_at.is_some_and(|killed| killed < at + WRITTEN_WITHIN);
        for RequestFacts { request, session, answered_at } in &ledger.requests {
            let new = match answered_at {
                Some(at) if !lost(*at) => Truth::No,
                Some(_) | None => Truth::Either,
            };
            let must = open(ledger, session).and(new);
            let mut browser = Browser::with_session(Arc::clone(&self.site), session);
            let first = is_answered(&browser.load(request).await?)?;
            self.expect(must, first, format_args!("request {request} is answered again"));
            if first {
                let second = is_answered(&browser.load(request).await?)?;
                let what = format_args!("request {request} is answered a third time");
                self.expect(Truth::No, second, what);
            }
        }
        Ok(())
    }

    /// Whoever's key is on the account logs in with it and finds all of them listed; with one that
    /// is not, nobody logs in.
    async fn log_ins(
        &mut self,
        ledger: &Ledger,
        client: &mut Client,
        stored: &Stored,
    ) -> Result<()> {
        for (key, facts) in &ledger.keys {
            let Some(device) = client.pocket.get_mut(key) else { continue };
            let mut browser = Browser::new(Arc::clone(&self.site));
            let page = browser.open("/login").await?;
            let form = page.form("/key")?;
            let credential = browser.ceremony(&form, device).await?.to_string();
            let answer = browser.post(&form, &[("credential", &credential)]).await?;
            let done = match (answer.status, answer.location.as_deref()) {
                (303, Some(to)) if to.starts_with("/login/resume?") => browser.session().is_some(),
                (422, None) => browser.session().is_some(),
                _ => bail!("neither logged in nor refused: {}", answer.told()),
            };
            self.expect(facts.there, done, format_args!("key {key} logs in"));
            if !done {
                continue;
            }
            browser.follow(answer).await?;
            let list = browser.open("/account/keys").await?;
            let listed = list.body.matches("id=\"name-").count();
            if listed != stored.keys.len() {
                let keys = stored.keys.len();
                self.fault(format_args!("{listed} keys are listed, and not {keys}"));
            }
            for key in &stored.keys {
                let (id, nickname) = (key.id, key.nickname.as_str());
                if !list.body.contains(&format!("id=\"name-{id}\">{nickname}</span>")) {
                    self.fault(format_args!("key {id} is not listed as '{nickname}'"));
                }
            }
        }
        Ok(())
    }

    async fn redeem(&self, code: &str) -> Result<bool> {
        granted(&APPLICATION.redeem(&self.site, code).await?)
    }

    async fn refresh(&self, token: &str) -> Result<bool> {
        granted(&APPLICATION.refresh(&self.site, token).await?)
    }
}

/// Whether there are tokens. Any answer but that and the specification's refusal is an error.
fn granted(reply: &crate::application::Reply) -> Result<bool> {
    match (reply.status, reply.json["error"].as_str()) {
        (200, None) => Ok(reply.text("access_token").is_ok()),
        (400, Some("invalid_grant")) => Ok(false),
        _ => bail!("neither tokens nor a refusal: {} {}", reply.status, reply.json),
    }
}

/// Whether a session is open.
fn open(ledger: &Ledger, secret: &str) -> Truth {
    ledger.sessions.get(secret).copied().unwrap_or(Truth::No)
}

fn held(key: &Credential) -> Held {
    Held { key: encode(&key.credential_id), id: key.id.to_string() }
}

fn encode(raw: &[u8]) -> Key {
    URL_SAFE_NO_PAD.encode(raw)
}

/// What must still hold in the next life of the server.
fn remembered(mut ledger: Ledger) -> Ledger {
    let mut gone = 0;
    ledger.keys.retain(|_, facts| {
        gone += usize::from(facts.there == Truth::No);
        facts.there == Truth::Yes || gone <= REMEMBERED
    });
    for kind in [Truth::Yes, Truth::No] {
        let mut kept = 0;
        ledger.sessions.retain(|_, open| {
            kept += usize::from(*open == kind);
            *open != kind || kept <= REMEMBERED
        });
    }
    ledger.forget_the_life()
}

/// What is wrong with the database as a whole.
///
/// # Errors
/// When it cannot be read.
pub fn damage(database: &Database) -> Result<Vec<String>> {
    let found = database.damage().context("the database cannot be checked")?;
    Ok(found.into_iter().map(|line| format!("database: {line}")).collect())
}
