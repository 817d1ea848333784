//! People who log in, look after their keys and use an application, one thing after the other, until
//! the server stops answering. Each keeps a journal; none of them judges.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use latchkey::authn::software::SoftwareKey;
use latchkey_core::clock::SystemClock;
use latchkey_core::rng::{SeededRng, SystemRng};
use latchkey_core::{Clock as _, Rng as _};
use latchkey_saml::messages::MessageId;
use latchkey_saml::metadata::write::{ServiceProvider, UiInfo};
use latchkey_saml::names::NameIdFormat;
use latchkey_saml::redirect::{self, Parameter};
use tokio::sync::mpsc::UnboundedSender;

use super::journal::{Act, Journal, Told};
use super::ledger::{Key, Ledger};
use crate::application::{Application, ORGANISATIONS, Reply};
use crate::browser::{Answer, Browser, Form, Site};
use crate::hostile;

/// The application that everybody uses.
pub const APPLICATION: Application<'static> = Application { id: "rota" };
/// The service provider that everybody uses.
const PROVIDER: &str = "https://ledger.example/saml";
/// Everybody's password.
pub const PASSWORD: &str = "paper boats in the harbour";
/// Somebody with so many keys removes one before they add another.
const KEYS: usize = 4;

/// How somebody logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// With a password, always.
    Password,
    /// With keys, alone or after the password.
    Keys,
}

/// The documents of `people` people, who log in by turns with keys and with passwords.
#[must_use]
pub fn documents(people: usize) -> String {
    let mut text = ORGANISATIONS.to_owned();
    for number in 0..people {
        let (username, means) = person(number);
        let organisation = match means {
            Means::Password => "harbour",
            Means::Keys => "northgate",
        };
        text.push_str(&format!(
            "\n[[person]]\nusername = \"{username}\"\norganisation = \"{organisation}\"\n\
             name = \"Person {number}\"\nemail = \"{username}@{organisation}.example\"\n\
             password = \"{PASSWORD}\"\n"
        ));
    }
    text.push_str(&APPLICATION.document("ES256", &["authorization_code", "refresh_token"]));
    let metadata = ServiceProvider {
        id: MessageId::random(&SystemRng),
        entity_id: PROVIDER.to_owned(),
        consumers: vec![format!("{PROVIDER}/consumer")],
        certificates: Vec::new(),
        single_logout: Vec::new(),
        name_id_formats: vec![NameIdFormat::Persistent],
        ui: UiInfo::default(),
    };
    let metadata = metadata.write(None).unwrap_or_default();
    text.push_str(&format!(
        "\n[[service_provider]]\nname = \"Ledger\"\nmetadata = '''\n{metadata}'''\n"
    ));
    text
}

/// Two of three have keys: more can go wrong for them.
fn person(number: usize) -> (String, Means) {
    if number % 3 == 2 {
        (format!("word.{number:03}"), Means::Password)
    } else {
        (format!("key.{number:03}"), Means::Keys)
    }
}

/// Repeatable choices.
pub struct Chance(SeededRng);

impl Chance {
    /// The same choices for the same seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(SeededRng::new(seed))
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        usize::try_from(u32::from_be_bytes(bytes)).unwrap_or(0) % end.max(1)
    }
}

/// A key on the account, as far as its holder knows.
#[derive(Clone, Debug)]
pub struct Held {
    /// What its credential is called.
    pub key: Key,
    /// Where its pages are.
    pub id: String,
}

/// One person with everything that is theirs.
pub struct Client {
    /// Their place in the documents.
    pub number: usize,
    /// Their name.
    pub username: String,
    /// How they log in.
    pub means: Means,
    /// Every key that they ever had in their hands, each a device of its own.
    pub pocket: BTreeMap<Key, SoftwareKey>,
    /// The keys on their account.
    pub held: Vec<Held>,
    /// What held when this life of the server began.
    pub ledger: Ledger,
    /// What they did in it.
    pub journal: Journal,
    /// How many audit events of each kind told of them when it began.
    pub before: BTreeMap<String, usize>,
    /// When it was killed, if it was.
    pub killed_at: Option<Instant>,
    chance: Chance,
    browser: Browser,
    named: usize,
}

impl Client {
    /// Somebody of [`documents`] who was never here.
    #[must_use]
    pub fn new(
        number: usize,
        seed: u64,
        site: Arc<Site>,
        pulse: UnboundedSender<&'static str>,
    ) -> Self {
        let (username, means) = person(number);
        let own = u64::try_from(number).unwrap_or(0);
        Self {
            number,
            username,
            means,
            pocket: BTreeMap::new(),
            held: Vec::new(),
            ledger: Ledger::default(),
            journal: Journal::new(pulse),
            before: BTreeMap::new(),
            killed_at: None,
            chance: Chance::new(seed.wrapping_mul(1000).wrapping_add(own)),
            browser: Browser::new(site),
            named: 0,
        }
    }

    /// Goes on in a new life of the server with an empty journal.
    pub fn revive(&mut self, site: Arc<Site>, pulse: UnboundedSender<&'static str>) {
        self.browser = Browser::new(site);
        self.journal = Journal::new(pulse);
        self.killed_at = None;
    }

    /// Does one thing after the other until that fails. Never returns otherwise.
    pub async fn live(&mut self) -> Result<()> {
        loop {
            self.log_in().await?;
            for _ in 0..=self.chance.below(4) {
                match self.chance.below(7) {
                    0 if self.held.len() < KEYS => self.register().await?,
                    1 => self.rename().await?,
                    2 | 0 => self.remove().await?,
                    3 => drop(self.open().await?),
                    4 => self.sign_on().await?,
                    _ => self.use_application().await?,
                }
            }
            // Who closes the browser instead leaves the session open.
            if self.chance.below(2) == 0 {
                self.log_out().await?;
            }
        }
    }

    /// Logs in, in a new browser, in one of the ways that they have.
    pub async fn log_in(&mut self) -> Result<()> {
        self.browser = Browser::new(Arc::clone(&self.browser.site));
        let alone = self.means == Means::Keys && !self.held.is_empty() && self.chance.below(3) > 0;
        let page = self.browser.open("/login").await?;
        let answer = if alone {
            let key = self.any_key()?;
            self.show_key(&page.form("/key")?, &key).await?
        } else {
            let form = page.form("/identify")?;
            let username = self.username.clone();
            self.prove(&form, &[("username", &*username), ("password", PASSWORD)], None).await?
        };
        self.go_on(answer).await
    }

    /// Does what the pages ask for until the account is there.
    async fn go_on(&mut self, answer: Answer) -> Result<()> {
        let mut page = self.browser.follow(answer).await?;
        let mut made = None;
        while page.path != "/account" {
            let answer = match (page.path.rsplit('/').next(), &made) {
                (Some("passkey"), None) if page.path.ends_with("/enrol/passkey") => {
                    let (key, answer) = self.create(&page.form("/enrol/passkey")?).await?;
                    made = Some(key);
                    answer
                }
                (Some("name"), Some(key)) => {
                    let key = key.clone();
                    self.name(&key, &page.form("/name")?).await?
                }
                (Some("passkey"), made) => {
                    let key = made.clone().map_or_else(|| self.any_key(), Ok)?;
                    self.show_key(&page.form("/factor/passkey")?, &key).await?
                }
                (Some("ready"), _) => {
                    let keeps = self.browser.session().map(str::to_owned);
                    self.prove(&page.form("/ready")?, &[], keeps).await?
                }
                _ => bail!("not on the way in: {}", page.told()),
            };
            page = self.browser.follow(answer).await?;
        }
        ensure!(page.status == 200, "no account: {}", page.told());
        if let Some(key) = made {
            let list = self.browser.open("/account/keys").await?;
            let listed = list.body.split_once("id=\"name-");
            let (_, rest) = listed.with_context(|| format!("no key is listed: {}", list.told()))?;
            let id = rest.split('"').next().unwrap_or_default().to_owned();
            self.held.push(Held { key, id });
        }
        Ok(())
    }

    fn any_key(&mut self) -> Result<Key> {
        let at = self.chance.below(self.held.len());
        Ok(self.held.get(at).context("nobody knows a key of theirs")?.key.clone())
    }

    /// Shows a key as a step of a log-in.
    async fn show_key(&mut self, form: &Form, key: &Key) -> Result<Answer> {
        let device = self.pocket.get_mut(key).context("a key that nobody has")?;
        let credential = self.browser.ceremony(form, device).await?.to_string();
        self.prove(form, &[("credential", &credential)], None).await
    }

    /// Sends the form of a step with which the log-in may be done.
    async fn prove(
        &mut self,
        form: &Form,
        typed: &[(&str, &str)],
        keeps: Option<String>,
    ) -> Result<Answer> {
        let proof = keeps.is_none().then(|| self.browser.sending(form, typed));
        self.journal.begin(Act::LogIn { keeps, proof });
        let answer = self.browser.post(form, typed).await?;
        let next = answer.location.as_deref().unwrap_or_default();
        ensure!(
            next.starts_with("/login/"),
            "{} gets no further: {}",
            self.username,
            answer.told()
        );
        let secret = self.browser.session().context("no session")?.to_owned();
        let done = next.starts_with("/login/resume?");
        self.journal.told(if done { Told::Session(secret) } else { Told::Half(secret) });
        Ok(answer)
    }

    /// Makes a credential on a new device and sends it.
    async fn create(&mut self, form: &Form) -> Result<(Key, Answer)> {
        let mut device = SoftwareKey::new();
        let credential = self.browser.ceremony(form, &mut device).await?;
        let key = credential["id"].as_str().context("a credential without an id")?.to_owned();
        self.pocket.insert(key.clone(), device);
        self.journal.begin(Act::Register { key: key.clone() });
        let typed = credential.to_string();
        let answer = self.browser.post(form, &[("credential", &typed)]).await?;
        ensure!(answer.location.is_some(), "a key is not registered: {}", answer.told());
        self.journal.told(Told::Done);
        Ok((key, answer))
    }

    /// Sends a new name for a key.
    async fn name(&mut self, key: &Key, form: &Form) -> Result<Answer> {
        self.named += 1;
        let nickname = format!("Key number {}", self.named);
        let act = Act::Rename { key: key.clone(), nickname: nickname.clone() };
        self.journal.begin(act);
        let answer = self.browser.post(form, &[("nickname", &nickname)]).await?;
        ensure!(answer.location.is_some(), "a key has no new name: {}", answer.told());
        self.journal.told(Told::Done);
        Ok(answer)
    }

    /// Adds a key to the account, and names it half of the time.
    pub async fn register(&mut self) -> Result<()> {
        if self.means == Means::Password {
            return Ok(());
        }
        let page = self.browser.open("/account/keys/new").await?;
        let (key, answer) = self.create(&page.form("/account/keys/new")?).await?;
        let location = answer.location.as_deref().unwrap_or_default();
        let id = location.split('/').nth(3);
        let id = id.with_context(|| format!("no id of the key: {}", answer.told()))?.to_owned();
        self.held.push(Held { key: key.clone(), id });
        if self.chance.below(2) == 0 {
            let page = self.browser.follow(answer).await?;
            self.name(&key, &page.form("/name")?).await?;
        }
        Ok(())
    }

    /// Renames a key.
    pub async fn rename(&mut self) -> Result<()> {
        let at = self.chance.below(self.held.len());
        let Some(Held { key, id }) = self.held.get(at).cloned() else { return Ok(()) };
        let page = self.browser.open(&format!("/account/keys/{id}/edit")).await?;
        self.name(&key, &page.form("/edit")?).await?;
        Ok(())
    }

    /// Removes a key, unless it is the only one.
    pub async fn remove(&mut self) -> Result<()> {
        if self.held.len() < 2 {
            return Ok(());
        }
        let Held { key, id } = self.held.remove(self.chance.below(self.held.len()));
        let page = self.browser.open(&format!("/account/keys/{id}/remove")).await?;
        let form = page.form("/remove")?;
        self.journal.begin(Act::Remove { key });
        let answer = self.browser.post(&form, &[]).await?;
        ensure!(answer.location.is_some(), "a key is not removed: {}", answer.told());
        self.journal.told(Told::Done);
        Ok(())
    }

    /// Opens the application: it has a code now.
    pub async fn open(&mut self) -> Result<String> {
        let session = self.browser.session().context("not logged in")?.to_owned();
        self.journal.begin(Act::Open { session });
        let code = APPLICATION.code(&mut self.browser).await?;
        self.journal.told(Told::Code(code.clone()));
        Ok(code)
    }

    /// Opens the application, which redeems its code and rotates what it got, up to twice.
    pub async fn use_application(&mut self) -> Result<()> {
        let code = self.open().await?;
        self.journal.begin(Act::Redeem { code: code.clone() });
        let mut reply = APPLICATION.redeem(&self.browser.site, &code).await?;
        let mut token = self.tokens(&reply)?;
        for _ in 0..self.chance.below(3) {
            self.journal.begin(Act::Refresh { token: token.clone() });
            reply = APPLICATION.refresh(&self.browser.site, &token).await?;
            token = self.tokens(&reply)?;
        }
        Ok(())
    }

    fn tokens(&mut self, reply: &Reply) -> Result<String> {
        let access = reply.text("access_token")?.to_owned();
        let refresh = reply.text("refresh_token")?.to_owned();
        self.journal.told(Told::Tokens { access, refresh: refresh.clone() });
        Ok(refresh)
    }

    /// Is logged in to the service provider.
    pub async fn sign_on(&mut self) -> Result<()> {
        let (session, request) = self.asked()?;
        self.journal.begin(Act::SignOn { session, request: request.clone() });
        let answer = self.browser.load(&request).await?;
        ensure!(is_answered(&answer)?, "not logged in to a provider: {}", answer.told());
        self.journal.told(Told::Asserted { at: Instant::now() });
        Ok(())
    }

    /// A new request of the service provider, as a path, and the session that it would be answered in.
    pub fn asked(&self) -> Result<(String, String)> {
        let session = self.browser.session().context("not logged in")?.to_owned();
        let to = format!("{}/saml/sso", self.browser.site.issuer);
        let xml = hostile::plain(PROVIDER, &to, SystemClock.now()).write(None)?;
        Ok((session, format!("/saml/sso?{}", redirect::write(Parameter::Request, &xml, None))))
    }

    /// Logs out.
    pub async fn log_out(&mut self) -> Result<()> {
        let session = self.browser.session().context("not logged in")?.to_owned();
        let page = self.browser.open("/logout").await?;
        let form = page.form("/logout")?;
        self.journal.begin(Act::LogOut { session });
        let answer = self.browser.post(&form, &[]).await?;
        // To the service providers next, where there are any in the session.
        let goes_round = |to: &str| answer.status == 303 && to.starts_with("/saml/slo/");
        let done = answer.status == 200 || answer.location.as_deref().is_some_and(goes_round);
        let out = done && self.browser.session().is_none();
        ensure!(out, "{} is not logged out: {}", self.username, answer.told());
        self.journal.told(Told::Done);
        Ok(())
    }
}

/// Whether a request of a service provider got its answer. Without one it was answered before, or
/// somebody has to log in first; anything else is an error.
pub fn is_answered(answer: &Answer) -> Result<bool> {
    let leads = answer.location.as_deref().unwrap_or_default();
    match answer.status {
        200 if answer.body.contains("name=\"SAMLResponse\"") => Ok(true),
        400 if answer.body.contains("answered before") => Ok(false),
        303 if leads.starts_with("/login/") => Ok(false),
        _ => bail!("neither an answer nor a refusal: {}", answer.told()),
    }
}
