//! The doctor: says in plain words which check a message or a registration fails, and what to
//! change where.
//!
//! Judges by the functions that the endpoints judge by, and goes on where they stop, so that all
//! that is wrong is said at once. It never acts, fetches or writes, and what it quotes of a message
//! is text that nobody vouches for. Whoever asks sees the providers of their own scope alone.

mod answers;
mod asked;
mod known;
mod pasted;
mod preview;
mod registration;
mod said;
mod signature;
pub(super) mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use latchkey_core::ids::EntityId;
use latchkey_core::people::Person;
use latchkey_core::roles::Scope;
use latchkey_saml::artifact::SourceId;
use latchkey_saml::read::Kind;

use super::providers::Provider;
use crate::App;
use pasted::Pasted;
pub use preview::{Preview, PreviewedAttribute};
use said::{About, Advice, Element, OfMessage, Said, quoted};
use words::wrong_kind;

/// What was looked at, in the order in which it is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// What was pasted.
    Pasted,
    /// How it travelled.
    Encoding,
    /// The XML.
    Xml,
    /// Which message it is.
    Kind,
    /// The way that it came.
    Binding,
    /// Who sent it.
    Issuer,
    /// Whether the sender's metadata holds.
    Metadata,
    /// Who signed it.
    Signature,
    /// What it says.
    Content,
    /// When it was made.
    Time,
    /// For which address.
    Destination,
    /// Where the answer goes.
    Consumer,
    /// What a person is called.
    NameId,
    /// How strong the log-in has to be.
    Context,
    /// Who has to log in, and where else.
    Subject,
    /// Whether it was used before.
    Replay,
    /// What became of the request.
    Status,
    /// Whom an assertion is for.
    Audience,
    /// Where an assertion may be shown.
    Recipient,
    /// From when until when it holds.
    Validity,
    /// Who can read it.
    Encryption,
    /// The sessions that it ends.
    Session,
    /// What an artifact stands for.
    Artifact,
    /// Certificates that end.
    Certificates,
    /// Whether requests are signed.
    Requests,
    /// Whether log-outs get there.
    LogOut,
    /// What would be said of a person.
    Preview,
}

impl Name {
    /// Every one, with its name in the API and in English.
    pub const ALL: [(Self, &'static str, &'static str); 27] = [
        (Self::Pasted, "pasted", "What was pasted"),
        (Self::Encoding, "encoding", "Encoding"),
        (Self::Xml, "xml", "XML"),
        (Self::Kind, "kind", "Kind of message"),
        (Self::Binding, "binding", "Binding"),
        (Self::Issuer, "issuer", "Issuer"),
        (Self::Metadata, "metadata", "Metadata"),
        (Self::Signature, "signature", "Signature"),
        (Self::Content, "content", "Content"),
        (Self::Time, "time", "IssueInstant"),
        (Self::Destination, "destination", "Destination"),
        (Self::Consumer, "consumer", "AssertionConsumerService"),
        (Self::NameId, "name-id", "NameID"),
        (Self::Context, "context", "Authentication context"),
        (Self::Subject, "subject", "Subject and Scoping"),
        (Self::Replay, "replay", "Replay"),
        (Self::Status, "status", "Status"),
        (Self::Audience, "audience", "Audience"),
        (Self::Recipient, "recipient", "Recipient"),
        (Self::Validity, "validity", "Validity"),
        (Self::Encryption, "encryption", "Encryption"),
        (Self::Session, "session", "Session"),
        (Self::Artifact, "artifact", "Artifact"),
        (Self::Certificates, "certificates", "Certificates"),
        (Self::Requests, "requests", "Signed requests"),
        (Self::LogOut, "log-out", "Single logout"),
        (Self::Preview, "preview", "What is said of a person"),
    ];

    fn line(self) -> (&'static str, &'static str) {
        let found = Self::ALL.iter().find(|(name, ..)| *name == self);
        found.map_or(("", ""), |(_, key, title)| (*key, *title))
    }

    /// Its name in the API.
    #[must_use]
    pub fn key(self) -> &'static str {
        self.line().0
    }

    /// Its name in English.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.line().1
    }
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is as it has to be.
    Passed,
    /// It is not.
    Failed,
    /// There is nothing to judge, or it cannot be judged from what is there.
    NotApplicable,
}

/// On which side something is to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Here.
    Here,
    /// At the service provider.
    Provider,
}

/// What to change, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// Where.
    pub side: Side,
    /// What, as a word that programs know, whose values have these names.
    pub code: &'static str,
    /// What the words are about.
    pub values: BTreeMap<String, String>,
    /// What, in plain English.
    pub words: String,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Of what.
    pub name: Name,
    /// What came of it.
    pub outcome: Outcome,
    /// What was found, as a word that programs know, whose values have these names.
    pub code: &'static str,
    /// What the words are about.
    pub values: BTreeMap<String, String>,
    /// What was found, in plain English, with what the message says in quotes.
    pub found: String,
    /// What to change; there is something for every failed one.
    pub remedies: Vec<Remedy>,
}

impl Check {
    fn new(name: Name, outcome: Outcome, found: impl Into<Said>) -> Self {
        let Said { code, values, words } = found.into();
        Self { name, outcome, code, values, found: words, remedies: Vec::new() }
    }

    fn passed(name: Name, found: impl Into<Said>) -> Self {
        Self::new(name, Outcome::Passed, found)
    }

    fn failed(name: Name, found: impl Into<Said>) -> Self {
        Self::new(name, Outcome::Failed, found)
    }

    fn not_applicable(name: Name, found: impl Into<Said>) -> Self {
        Self::new(name, Outcome::NotApplicable, found)
    }

    fn here(self, advice: Advice) -> Self {
        self.advised(Side::Here, advice)
    }

    fn at_provider(self, advice: Advice) -> Self {
        self.advised(Side::Provider, advice)
    }

    fn advised(mut self, side: Side, advice: Advice) -> Self {
        let Said { code, values, words } = advice.into();
        self.remedies.push(Remedy { side, code, values, words });
        self
    }
}

/// What the doctor says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What was looked at, as a word that programs know, whose values have these names.
    pub about_code: &'static str,
    /// What the words are about.
    pub about_values: BTreeMap<String, String>,
    /// What was looked at, in plain English.
    pub about: String,
    /// The service provider that it concerns, where that is known.
    pub provider: Option<EntityId>,
    /// Every check, in the order in which the endpoints make them.
    pub checks: Vec<Check>,
    /// What would be said of a person.
    pub preview: Option<Preview>,
}

impl Report {
    fn new(about: About, provider: Option<EntityId>, checks: Vec<Check>) -> Self {
        let Said { code, values, words } = about.into();
        Self {
            about_code: code,
            about_values: values,
            about: words,
            provider,
            checks,
            preview: None,
        }
    }

    /// Whether anything failed.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.checks.iter().any(|check| check.outcome == Outcome::Failed)
    }
}

/// Looks at a message as people paste it: an address, a query, a form's body, base64, XML, a SOAP
/// envelope or an artifact. `expected` is the provider that it is thought to concern.
///
/// # Errors
/// When the database fails, or what it has is damaged.
pub async fn examine(
    app: &App,
    scope: &Scope,
    text: &str,
    expected: Option<&str>,
) -> anyhow::Result<Report> {
    let (mut checks, pasted) = pasted::read(text);
    let found = match pasted {
        None => return Ok(Report::new(About::Nothing, None, checks)),
        Some(Pasted::Artifact(source, index)) => {
            return artifact(app, scope, checks, source, index).await;
        }
        Some(Pasted::Message(found)) => found,
    };
    let seen = found.screened.seen();
    let Some(kind) = found.screened.kind() else {
        checks.push(wrong_kind(seen));
        let about = About::Other { name: quoted(seen.name()) };
        return Ok(Report::new(about, None, checks));
    };
    checks.push(words::kind(kind, found.parameter));
    checks.extend(words::binding(kind, found.way));
    let ours = super::entity_id(app);
    let issuer = found.screened.claimed_issuer();
    let ask = Ask { app, scope, expected, ours: &ours };
    let is_ours = issuer.as_deref() == Some(ours.as_str());
    let answers = matches!(kind, Kind::Response | Kind::ArtifactResponse);
    let provider = if is_ours || answers {
        answers::judge(&ask, &found, kind, &mut checks).await?
    } else {
        asked::judge(&ask, &found, kind, &mut checks).await?
    };
    let provider = provider.map(|provider| provider.id.clone());
    Ok(Report::new(About::Message { kind: Element(kind) }, provider, checks))
}

/// Tests a service provider without a message, and shows what would be said of a person. Nothing
/// when there is none of that entity ID in the scope.
///
/// # Errors
/// When the database fails, or what it has is damaged.
pub async fn test(
    app: &App,
    scope: &Scope,
    id: &str,
    person: Option<&Person>,
) -> anyhow::Result<Option<Report>> {
    let Some(provider) = known::find(app, scope, id).await? else { return Ok(None) };
    let mut checks = registration::judge(app, scope, &provider).await?;
    let preview = match person {
        Some(person) => {
            let (check, preview) = preview::of(app, &provider, person).await?;
            checks.push(check);
            preview
        }
        None => None,
    };
    let about = About::Registration { name: quoted(&provider.name()) };
    let report = Report::new(about, Some(provider.id.clone()), checks);
    Ok(Some(Report { preview, ..report }))
}

/// Who asks for what.
struct Ask<'a> {
    app: &'a App,
    scope: &'a Scope,
    expected: Option<&'a str>,
    /// Our entity ID.
    ours: &'a str,
}

impl Ask<'_> {
    /// The check of whether it concerns the provider that it is thought to, where it does not.
    fn another(&self, provider: &Provider) -> Option<Check> {
        let expected = self.expected.filter(|expected| *expected != provider.id.0)?;
        let (provider, expected) = (quoted(&provider.id.0), quoted(expected));
        let found = OfMessage::Another { provider, expected };
        Some(Check::failed(Name::Issuer, found).at_provider(Advice::SendOfThis))
    }
}

async fn artifact(
    app: &App,
    scope: &Scope,
    mut checks: Vec<Check>,
    source: SourceId,
    index: u16,
) -> anyhow::Result<Report> {
    let mut provider = None;
    let check = if source == SourceId::of(&super::entity_id(app)) {
        Check::passed(Name::Artifact, OfMessage::ArtifactOfOurs { index })
    } else {
        let all = known::list(app, scope).await?;
        provider = all.into_iter().find(|known| SourceId::of(&known.id.0) == source);
        match &provider {
            Some(known) => {
                let found = OfMessage::ArtifactOfProvider { provider: quoted(&known.id.0) };
                Check::failed(Name::Artifact, found).at_provider(Advice::SendNoArtifact)
            }
            None => Check::failed(Name::Artifact, OfMessage::ArtifactOfNobody)
                .at_provider(Advice::CompareEntityIds),
        }
    };
    checks.push(check);
    let provider = provider.map(|known: Arc<Provider>| known.id.clone());
    Ok(Report::new(About::Artifact, provider, checks))
}
