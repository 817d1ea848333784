//! A service provider that asks as one does by HTTP-Redirect, and what it costs to answer and to
//! verify it.

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_core::Clock as _;
use latchkey_core::clock::SystemClock;
use latchkey_core::rng::SystemRng;
use latchkey_saml::keys::{Certificate, Credential, SignatureAlgorithm, SigningKey};
use latchkey_saml::messages::{AuthnRequest, MessageId};
use latchkey_saml::metadata::write::{ServiceProvider, UiInfo};
use latchkey_saml::names::NameIdFormat;
use latchkey_saml::post::Form;
use latchkey_saml::redirect::{self, Parameter, Query};
use latchkey_saml::verify::Key;
use latchkey_tests::browser::Browser;
use latchkey_tests::hostile::{self, Sent, Victim};

use crate::measure::thread_time;
use crate::table::{Budget, Table};

/// What an answer is signed as.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Signed {
    /// The assertion alone.
    Once,
    /// The assertion, and the response around it.
    Twice,
}

impl Signed {
    const ALL: [Self; 2] = [Self::Once, Self::Twice];

    fn entity(self) -> &'static str {
        match self {
            Self::Once => "https://once.example/saml",
            Self::Twice => "https://twice.example/saml",
        }
    }

    fn signatures(self) -> usize {
        match self {
            Self::Once => 1,
            Self::Twice => 2,
        }
    }
}

/// Service providers for both, as documents with their metadata in a folder.
pub(crate) struct Providers {
    folder: tempfile::TempDir,
}

impl Providers {
    pub(crate) fn new() -> Result<Self> {
        let this = Self { folder: tempfile::tempdir()? };
        for signed in Signed::ALL {
            let entity_id = signed.entity().to_owned();
            let metadata = ServiceProvider {
                id: MessageId::random(&SystemRng),
                consumers: vec![format!("{entity_id}/consumer")],
                entity_id,
                certificates: Vec::new(),
                single_logout: Vec::new(),
                name_id_formats: vec![NameIdFormat::Persistent],
                ui: UiInfo::default(),
            };
            std::fs::write(this.file(signed), metadata.write(None)?)?;
        }
        Ok(this)
    }

    fn file(&self, signed: Signed) -> PathBuf {
        self.folder.path().join(format!("{signed:?}.xml"))
    }

    /// What makes them known.
    pub(crate) fn documents(&self) -> String {
        let document = |signed| {
            let sign = match signed {
                Signed::Once => "assertion",
                Signed::Twice => "both",
            };
            let file = self.file(signed);
            format!(
                "\n[[service_provider]]\nmetadata = '{}'\nname = \"Signed {signed:?}\"\n\
                 sign = \"{sign}\"\n",
                file.display()
            )
        };
        Signed::ALL.map(document).concat()
    }
}

/// A log-in to a service provider for somebody who is logged in: a request, and the page that
/// carries the answer.
pub(crate) async fn sso(mut browser: Browser, signed: Signed) -> Result<Browser> {
    let to = format!("{}/saml/sso", browser.site.issuer);
    let xml = hostile::plain(signed.entity(), &to, SystemClock.now()).write(None)?;
    let query = redirect::write(Parameter::Request, &xml, Some("kept"));
    let page = browser.load(&format!("/saml/sso?{query}")).await?;
    let field = page.body.split_once("name=\"SAMLResponse\" value=\"");
    let (_, rest) = field.with_context(|| format!("no answer: {}", page.told()))?;
    let value = rest.split('"').next().unwrap_or_default();
    let answer = String::from_utf8(STANDARD.decode(value)?)?;
    ensure!(answer.contains(":status:Success\""), "{answer}");
    let signatures = answer.matches("<ds:Signature ").count();
    ensure!(signatures == signed.signatures(), "{signatures} signatures: {answer}");
    Ok(browser)
}

/// A service provider's key, made now.
pub(crate) fn credential() -> Result<Credential> {
    let key = SigningKey::generate(SignatureAlgorithm::RsaSha256)?;
    let day = Duration::from_secs(86_400);
    let now = SystemClock.now();
    let certificate = Certificate::self_signed(&key, "Service provider", now, day, &SystemRng)?;
    Ok(Credential::new(key, certificate)?)
}

/// Measures so often what it takes to verify a signed request, from the address to its fields, and
/// to refuse the hostile message that costs most.
pub(crate) fn messages(times: u32, table: &mut Table) -> Result<()> {
    let (credential, stranger) = (credential()?, credential()?);
    let keys = [Key::from_certificate(credential.certificate().der())?];
    let to = "https://idp.example/saml/sso";
    let request = hostile::plain("https://sp.example", to, SystemClock.now());
    let xml = request.write(None)?;
    let (key, uri) = (credential.key(), credential.key().algorithm().uri());
    let sign = |octets: &[u8]| key.sign(octets);
    let query = redirect::write_signed(Parameter::Request, &xml, Some("kept"), uri, sign)?;
    let honest = Sent::Query(query);
    ensure!(is_verified(&honest, &keys), "a signed request is not verified");
    let each = time(times, || is_verified(&honest, &keys))?;
    table.part("a signed AuthnRequest verified", Budget::Micros(100.0), each);

    let victim = Victim::logging_in(&request, &credential, &stranger, "https://evil.example")?;
    let mut worst = Duration::ZERO;
    for hostile in victim.all() {
        let name = hostile.name;
        ensure!(!is_verified(&hostile.sent, &keys), "{name} is verified");
        worst = worst.max(time(times.div_ceil(100), || is_verified(&hostile.sent, &keys))?);
    }
    table.part("worst hostile SAML message refused", Budget::Micros(50_000.0), worst);
    Ok(())
}

/// Whether a message is what a service provider asked and signed.
fn is_verified(sent: &Sent, keys: &[Key]) -> bool {
    let screened = match sent {
        Sent::Query(query) => Query::parse(black_box(query)).ok().and_then(|it| it.screen().ok()),
        Sent::Form(body) => Form::parse(black_box(body)).ok().and_then(|it| it.screen().ok()),
    };
    screened.is_some_and(|screened| screened.verify::<AuthnRequest>(keys).is_ok())
}

/// CPU time of one of so many.
fn time(times: u32, each: impl Fn() -> bool) -> Result<Duration> {
    let before = thread_time()?;
    for _ in 0..times {
        black_box(each());
    }
    Ok(thread_time()?.saturating_sub(before) / times)
}
