//! Answers to requests for a log-in: an assertion, or a status that says why there is none. What is
//! to be remembered is written before the answer goes out.

use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_core::Timestamp;
use latchkey_core::assurance::Level;
use latchkey_core::audit::What;
use latchkey_core::ids::SessionId;
use latchkey_core::people::Person;
use latchkey_core::release::{Facts, Source};
use latchkey_core::roles::Actor;
use latchkey_core::secrets::Digest;
use latchkey_saml::Binding;
use latchkey_saml::encrypt::Recipient;
use latchkey_saml::messages::{
    Assertion, Attribute, AuthnStatement, BearerConfirmation, Header, MessageId, NameId,
    Response as Message, Status,
};
use latchkey_saml::names::{NameIdFormat, SecondStatus, TopStatus};
use latchkey_saml::write::Signing;
use latchkey_store::{Claimed, Error, SamlParticipant, SamlRequest, Tx, UsedRequest};

use super::bindings::{self, Answer, Sent};
use super::names::{Namer, NotToBeHad, SubjectIdentifier};
use super::providers::{Consumer, Provider};
use super::refused::{self, Refused};
use super::release;
use super::request::{self, Request, SKEW};
use super::settings::Signed;
use crate::App;
use crate::audit::Origin;
use crate::flow::Authenticated;
use crate::keys::saml::SamlKeys;
use crate::pages::login::FormPost;
use crate::visitor::{Visitor, see_other};

/// How long an assertion may be shown after it was made.
const SHOWN_WITHIN: Duration = Duration::from_secs(5 * 60);
/// What a provider asks a subject identifier by (Subject Identifier profile §4).
const SUBJECT_ID_REQUIREMENT: &str = "urn:oasis:names:tc:SAML:profiles:subject-id:req";

/// Answers with a status.
pub(super) async fn status(
    app: &App,
    visitor: &Visitor,
    provider: &Provider,
    request: &Request,
    status: Status,
) -> Result<Response, Refused> {
    let consumer = consumer(provider, request)?;
    let keys = app.keys.saml(&app.store, &*app.rng, app.clock.now()).await?;
    let message = message(app, &consumer, request, status, None);
    let signing = Signing { response: Some(&keys.signing), ..Signing::default() };
    let xml = message.write(&signing, &*app.rng)?;
    deliver(app, visitor, &consumer, request, &xml).await
}

/// Answers with an assertion of whoever logged in, or with a status when it cannot be made of them.
pub(super) async fn assertion(
    app: &Arc<App>,
    visitor: &Visitor,
    provider: &Provider,
    request: &Request,
    authenticated: &Authenticated,
) -> Result<Response, Refused> {
    let consumer = consumer(provider, request)?;
    if provider.lacks_encryption() {
        return Err(Refused::of(provider, &refused::Message::NoEncryption));
    }
    let now = app.clock.now();
    let keys = app.keys.saml(&app.store, &*app.rng, now).await?;
    let made = match make(app, &consumer, request, authenticated, now).await? {
        Ok(made) => made,
        Err(second) => {
            let refused = request::status(TopStatus::Responder, second);
            return status(app, visitor, provider, request, refused).await;
        }
    };
    match remember(app, visitor, request, authenticated, &made, now).await? {
        Remembered::Now => {}
        Remembered::Answered => return Err(Refused::of(provider, &refused::Message::Answered)),
        Remembered::Ended => {
            let refused = request::status(TopStatus::Responder, SecondStatus::AuthnFailed);
            return status(app, visitor, provider, request, refused).await;
        }
    }
    let success = Status { top: TopStatus::Success, nested: Vec::new(), message: None };
    let message = message(app, &consumer, request, success, Some(made.assertion));
    let xml = message.write(&signing(provider, &keys), &*app.rng)?;
    deliver(app, visitor, &consumer, request, &xml).await
}

/// Where an answer goes, which metadata has to say still.
fn consumer<'p>(provider: &'p Provider, request: &Request) -> Result<Consumer<'p>, Refused> {
    let binding = Binding::parse(&request.binding);
    provider.consumer(&request.consumer, binding).ok_or_else(|| Refused::consumer_gone(provider))
}

/// Which parts of an answer are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SignedParts {
    pub(super) assertion: bool,
    pub(super) response: bool,
}

impl SignedParts {
    /// Those of answers to a provider.
    pub(super) fn of(provider: &Provider) -> Self {
        // What changes cannot be seen in is covered by the signature around it.
        let authenticated = |to: &Recipient| to.encryption().data.is_authenticated();
        let open = provider.recipient.as_ref().is_some_and(|to| !authenticated(to));
        let (assertion, response) = match provider.settings.sign {
            Signed::Both => (true, true),
            Signed::Assertion => (true, open),
            // A provider that says what it wants gets it, whatever an operator thinks.
            Signed::Response => (provider.metadata.wants_assertions_signed, true),
        };
        Self { assertion, response }
    }
}

fn signing<'a>(provider: &'a Provider, keys: &'a SamlKeys) -> Signing<'a> {
    let credential = Some(&*keys.signing);
    let parts = SignedParts::of(provider);
    Signing {
        assertion: credential.filter(|_| parts.assertion),
        response: credential.filter(|_| parts.response),
        encryption: provider.recipient.as_ref(),
    }
}

fn message(
    app: &App,
    consumer: &Consumer<'_>,
    request: &Request,
    status: Status,
    assertion: Option<Assertion>,
) -> Message {
    Message {
        header: Header {
            id: MessageId::random(&*app.rng),
            issued_at: app.clock.now(),
            destination: Some(consumer.location().to_owned()),
            issuer: super::entity_id(app),
        },
        in_response_to: in_response_to(request),
        status,
        assertion,
    }
}

fn in_response_to(request: &Request) -> Option<MessageId> {
    request.id.as_deref().and_then(MessageId::parse)
}

/// An assertion with what is to be remembered of it.
struct Made {
    assertion: Assertion,
    name: NameId,
    session_index: String,
}

/// Makes an assertion of whoever logged in; else says which status there is for why not.
async fn make(
    app: &App,
    consumer: &Consumer<'_>,
    request: &Request,
    authenticated: &Authenticated,
    now: Timestamp,
) -> anyhow::Result<Result<Made, SecondStatus>> {
    let provider = consumer.provider();
    let person = &authenticated.person().person;
    let assurance = authenticated.assurance();
    let told = match tell(app, provider, request, person, assurance.level).await? {
        Ok(told) => told,
        Err(status) => return Ok(Err(status)),
    };
    let Told { name, attributes, class } = told;
    let session = authenticated.session();
    let session_index = session_index(app, session.id, &provider.id.0);
    let until = now.plus(SHOWN_WITHIN);
    let assertion = Assertion {
        id: MessageId::random(&*app.rng),
        issued_at: now,
        issuer: super::entity_id(app),
        name_id: Some(name.clone()),
        confirmation: BearerConfirmation {
            in_response_to: in_response_to(request),
            recipient: consumer.location().to_owned(),
            not_on_or_after: until,
        },
        not_before: now.minus(SKEW),
        not_on_or_after: until,
        audiences: vec![provider.id.0.clone()],
        authn: AuthnStatement {
            instant: assurance.auth_time,
            session_index: Some(session_index.clone()),
            session_not_on_or_after: Some(session.expires_at),
            class,
        },
        attributes,
    };
    Ok(Ok(Made { assertion, name, session_index }))
}

/// Who names people to a provider. `ours` is our entity ID.
pub(super) fn namer<'a>(app: &'a App, provider: &'a Provider, ours: &'a str) -> Namer<'a> {
    Namer {
        mac: &app.keys.mac,
        rng: &*app.rng,
        ours,
        theirs: &provider.id.0,
        supported: &provider.metadata.name_id_formats,
        chosen: provider.settings.name_id(),
        unspecified: provider.settings.name_id_from.as_ref().unwrap_or(&Source::Username),
    }
}

/// What an assertion says of a person.
pub(super) struct Told {
    /// What the provider will know them by.
    pub(super) name: NameId,
    /// What it is told of them.
    pub(super) attributes: Vec<Attribute>,
    /// How they logged in.
    pub(super) class: String,
}

/// What an assertion says of a person who logged in so strongly; else which status there is for why
/// there can be none.
pub(super) async fn tell(
    app: &App,
    provider: &Provider,
    request: &Request,
    person: &Person,
    level: Level,
) -> anyhow::Result<Result<Told, SecondStatus>> {
    let context = request.requested_context();
    let classes = request::classes(provider);
    let Ok(class) = classes.answer(level, context.as_ref()) else {
        return Ok(Err(SecondStatus::NoAuthnContext));
    };
    let organisation = app.organisation(person.organisation).await?;
    let groups = match person.standing.grouped && release::asks_for_groups(&provider.rules) {
        true => app.store.view().list_groups_of(person.id).await?,
        false => Vec::new(),
    };
    let facts = Facts { person, organisation: &organisation, groups: &groups };
    let ours = super::entity_id(app);
    let namer = namer(app, provider, &ours);
    let name = match name(&namer, request, &facts) {
        Ok(name) => name,
        Err(status) => return Ok(Err(status)),
    };
    let mut attributes = release::attributes(&provider.rules, &facts);
    let kind = provider.settings.subject_id.unwrap_or_else(|| asked_identifier(provider));
    attributes.extend(namer.subject_identifier(kind, person.subject, super::scope(app)));
    Ok(Ok(Told { name, attributes, class }))
}

/// What the provider will know the person by: as it asks, and where it asks for somebody, them.
fn name(namer: &Namer<'_>, request: &Request, facts: &Facts<'_>) -> Result<NameId, SecondStatus> {
    let invalid = |NotToBeHad| SecondStatus::InvalidNameIdPolicy;
    let asked = request.subject.as_ref();
    let policy = request.name_policy();
    let name = namer
        .format(policy.as_ref())
        .and_then(|format| namer.name(format, facts))
        .map_err(invalid)?;
    // A transient name was another one; who was meant by it the flow saw to.
    let Some(asked) = asked else { return Ok(name) };
    let same = |format: NameIdFormat| {
        namer.name(format, facts).is_ok_and(|name| name.value == asked.value)
    };
    let format =
        asked.format.as_deref().map_or(Some(NameIdFormat::Unspecified), NameIdFormat::parse);
    match format {
        Some(NameIdFormat::Transient) => Ok(name),
        Some(NameIdFormat::Unspecified) if NameIdFormat::ALL.into_iter().any(same) => Ok(name),
        Some(format) if same(format) => Ok(name),
        _ => Err(SecondStatus::UnknownPrincipal),
    }
}

fn asked_identifier(provider: &Provider) -> SubjectIdentifier {
    let mut attributes = provider.metadata.entity_attributes.iter();
    let asked = attributes.find(|(name, _)| name == SUBJECT_ID_REQUIREMENT);
    asked.map_or(SubjectIdentifier::None, |(_, values)| SubjectIdentifier::asked(values))
}

/// What a provider tells a log-out by. The same for the whole session, another one at each
/// provider: a database key would tell when it began.
fn session_index(app: &App, session: SessionId, provider: &str) -> String {
    let data = [session.0.as_bytes(), provider.as_bytes()].concat();
    let derived = app.keys.mac.derive("saml session index", &data);
    format!("_{}", URL_SAFE_NO_PAD.encode(&derived[..20]))
}

enum Remembered {
    /// And this is the one answer.
    Now,
    /// The request was answered before.
    Answered,
    /// The session ended, or the person was closed out, meanwhile.
    Ended,
}

/// Uses a request up, and notes that somebody was logged in to a provider.
async fn remember(
    app: &App,
    visitor: &Visitor,
    request: &Request,
    authenticated: &Authenticated,
    made: &Made,
    now: Timestamp,
) -> anyhow::Result<Remembered> {
    let used = request.id.as_ref().map(|id| {
        let named = format!("saml request\0{}\0{id}", request.provider);
        let asked_at = request.asked_at.unwrap_or(Timestamp::from_millis(0));
        SamlRequest { asked_at, digest: Digest::of(named.as_bytes()) }
    });
    let session = authenticated.session().id;
    let opened = SamlParticipant {
        session,
        provider: request.provider.clone(),
        session_index: made.session_index.clone(),
        name_id: made.name.value.clone(),
        name_id_format: made.name.format.clone().unwrap_or_default(),
        opened_at: now,
    };
    // Held until it is written.
    let _claim = match used {
        Some(request) => match app.store.claim_request(request, &opened).await? {
            Claimed::Settled(UsedRequest::Before) => return Ok(Remembered::Answered),
            Claimed::Settled(UsedRequest::Ended) => return Ok(Remembered::Ended),
            Claimed::Settled(UsedRequest::Now { .. }) => return Ok(Remembered::Now),
            Claimed::Open(claim) => Some(claim),
        },
        None => None,
    };
    let person = &authenticated.person().person;
    let actor = Actor::Person { person: person.id, session: Some(session) };
    let origin = Origin { actor, address: visitor.address(), at: now };
    let what = What::ProviderOpened { provider: request.provider.clone() };
    let event = origin.event(&*app.rng, person, Some(session), what);
    let write = async move |tx: &Tx| {
        let used = match used {
            Some(request) => tx.use_request(request, &opened).await?,
            None if tx.is_usable(session, now).await? => UsedRequest::Now { known: false },
            None => UsedRequest::Ended,
        };
        match used {
            UsedRequest::Now { known: true } => return Ok(Remembered::Now),
            UsedRequest::Now { known: false } => {}
            UsedRequest::Before => return Ok(Remembered::Answered),
            UsedRequest::Ended => return Ok(Remembered::Ended),
        }
        if tx.open_provider(&opened).await? {
            tx.insert_event(&event).await?;
        }
        Ok(Remembered::Now)
    };
    Ok(app.store.write::<_, Error, _>(write).await?)
}

/// Sends an answer on its way: by a page that posts it, or by a reference to it.
async fn deliver(
    app: &App,
    visitor: &Visitor,
    consumer: &Consumer<'_>,
    request: &Request,
    xml: &str,
) -> Result<Response, Refused> {
    let relay_state = request.relay_state.as_deref();
    let binding = bindings::find(consumer.binding());
    let answer = binding.and_then(|binding| binding.answer(app, consumer, xml, relay_state));
    let gone = || Refused::consumer_gone(consumer.provider());
    let Answer { kept, sent } = answer.ok_or_else(gone)?;
    if let Some(kept) = kept {
        let write = async move |tx: &Tx| tx.insert_artifact(&kept).await;
        app.store.write::<(), Error, _>(write).await?;
    }
    match sent {
        Sent::Address(address) => Ok(see_other(&address)?),
        Sent::Form(form) => {
            let path = visitor.uri().path();
            Ok(app.theme.render_form::<FormPost>(&visitor.frame(app, path), form))
        }
        Sent::Envelope(_) => Err(gone()),
    }
}
