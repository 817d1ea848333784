//! Log-outs that we ask of applications, and answers to those that they ask of us.

use std::time::Duration;

use anyhow::Context as _;
use axum::response::Response;
use futures_util::future::join_all;
use latchkey_core::ids::SessionId;
use latchkey_saml::Binding;
use latchkey_saml::keys::Credential;
use latchkey_saml::messages::{Header, LogoutRequest, LogoutResponse, MessageId, NameId, Status};
use latchkey_saml::names::{NameIdFormat, SecondStatus, TopStatus};
use latchkey_saml::read::Kind;
use latchkey_saml::redirect::Parameter;
use latchkey_saml::soap;
use latchkey_saml::verify::Demand;
use latchkey_saml::write::WriteError;
use latchkey_store::{Farewell, Told};
use latchkey_web::fetch::Bounds;

use crate::App;
use crate::actions::logouts::{self, Answer, Outcome};
use crate::pages::login::LogOutPost;
use crate::saml::bindings::{self, Outgoing, Sent};
use crate::saml::providers::{self, Provider};
use crate::saml::refused::{Message, Refused};
use crate::visitor::{Visitor, see_other};

/// How long an application may take that is asked without a browser, and how much it may say.
const BOUNDS: Bounds = Bounds { size: 256 * 1024, time: Duration::from_secs(5) };
/// For how long a request of ours may be acted on.
const ACTED_ON_WITHIN: Duration = Duration::from_secs(5 * 60);
/// Why (SAML Core §3.7.3).
const REASON: &str = "urn:oasis:names:tc:SAML:2.0:logout:user";
/// After how long an application that could not be told is tried again, until it is given up.
const AGAIN_AFTER: [Duration; 4] = [
    Duration::from_secs(60),
    Duration::from_secs(5 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(2 * 3600),
];

/// All is well.
pub(super) fn success() -> Status {
    Status { top: TopStatus::Success, nested: Vec::new(), message: None }
}

/// What an application is told that asked for sessions to end (SAML Core §3.7.3.2).
pub(super) async fn outcome(app: &App, sessions: &[SessionId]) -> anyhow::Result<Status> {
    for session in sessions {
        let farewells = app.store.view().list_farewells(*session).await?;
        if !farewells.iter().all(Farewell::is_confirmed) {
            let nested = vec![SecondStatus::PartialLogout.uri().to_owned()];
            return Ok(Status { nested, ..success() });
        }
    }
    Ok(success())
}

fn header(app: &App, to: Option<&str>) -> Header {
    Header {
        id: MessageId::random(&*app.rng),
        issued_at: app.clock.now(),
        destination: to.map(str::to_owned),
        issuer: crate::saml::entity_id(app),
    }
}

/// A request to end what an application has of a session.
fn request(app: &App, farewell: &Farewell, to: &str) -> LogoutRequest {
    let participant = &farewell.participant;
    let header = header(app, Some(to));
    let format = NameIdFormat::parse(&participant.name_id_format);
    // As the name was given: see `names::Namer::name`.
    let qualified = matches!(format, Some(NameIdFormat::Persistent | NameIdFormat::Transient));
    LogoutRequest {
        name_id: NameId {
            value: participant.name_id.clone(),
            format: format.map(|format| format.uri().to_owned()),
            name_qualifier: qualified.then(|| header.issuer.clone()),
            sp_name_qualifier: qualified.then(|| participant.provider.0.clone()),
        },
        session_indexes: vec![participant.session_index.clone()],
        not_on_or_after: Some(header.issued_at.plus(ACTED_ON_WITHIN)),
        reason: Some(REASON.to_owned()),
        header,
    }
}

/// Sends the browser to an application with a request; `None` when it cannot be, or was before.
pub(super) async fn hop(
    app: &App,
    visitor: &Visitor,
    farewell: &Farewell,
) -> Result<Option<Response>, Refused> {
    let participant = &farewell.participant;
    let provider = providers::registered(app, &participant.provider.0).await?;
    let Some(provider) = provider.filter(|it| it.is_current(app.clock.now())) else {
        return Ok(None);
    };
    let Some((by, service)) = provider.logout_hop() else { return Ok(None) };
    let request = request(app, farewell, &service.location);
    if !logouts::ask(app, participant.session, &provider.id, request.header.id.as_str()).await? {
        return Ok(None);
    }
    let write = |credential: Option<&Credential>| request.write(credential);
    let message = Outgoing { parameter: Parameter::Request, write: &write, relay_state: None };
    send(app, visitor, by, &service.location, &message).await.map(Some)
}

async fn send(
    app: &App,
    visitor: &Visitor,
    by: Binding,
    to: &str,
    message: &Outgoing<'_>,
) -> Result<Response, Refused> {
    let keys = app.keys.saml(&app.store, &*app.rng, app.clock.now()).await?;
    let binding = bindings::find(by).ok_or(Refused::wrong(Message::OtherKind))?;
    match binding.send(to, message, &keys.signing)? {
        Some(Sent::Address(address)) => Ok(see_other(&address)?),
        Some(Sent::Form(form)) => {
            let frame = visitor.frame(app, logouts::PATH);
            Ok(app.theme.render(&frame, &LogOutPost { form }))
        }
        Some(Sent::Envelope(_)) | None => Err(Refused::wrong(Message::OtherKind)),
    }
}

/// Answers an application by the browser, the way that it asked if its metadata has that; shows a
/// page where it has no place for an answer.
pub(super) async fn answer(
    app: &App,
    visitor: &Visitor,
    answer: &Answer,
    status: Status,
) -> Result<Response, Refused> {
    let provider = providers::registered(app, &answer.provider.0).await?;
    let provider = provider.ok_or(Refused::unknown())?;
    let same = Binding::parse(&answer.binding);
    let same = same.and_then(|by| Some((by, provider.logout_service(by)?)));
    let Some((by, service)) = same.or_else(|| provider.logout_hop()) else {
        return Ok(super::round::page_alone(app, visitor, &provider, &status));
    };
    let to = service.response_location.as_deref().unwrap_or(&service.location);
    let response = LogoutResponse {
        header: header(app, Some(to)),
        in_response_to: MessageId::parse(&answer.request),
        status,
    };
    let write = |credential: Option<&Credential>| response.write(credential);
    let relay_state = answer.relay_state.as_deref();
    let message = Outgoing { parameter: Parameter::Response, write: &write, relay_state };
    send(app, visitor, by, to, &message).await
}

/// An answer to an application that asked without a browser.
pub(super) async fn envelope(
    app: &App,
    request: &LogoutRequest,
    status: Status,
) -> Result<String, Refused> {
    let response = LogoutResponse {
        header: header(app, None),
        in_response_to: Some(request.header.id.clone()),
        status,
    };
    Ok(enveloped(app, Parameter::Response, &|credential| response.write(credential)).await?)
}

/// A signed message for a SOAP exchange.
async fn enveloped(
    app: &App,
    parameter: Parameter,
    write: &(dyn Fn(Option<&Credential>) -> Result<String, WriteError> + Sync),
) -> anyhow::Result<String> {
    let keys = app.keys.saml(&app.store, &*app.rng, app.clock.now()).await?;
    let message = Outgoing { parameter, write, relay_state: None };
    let binding = bindings::find(Binding::Soap).context("SOAP is not served")?;
    match binding.send("", &message, &keys.signing)? {
        Some(Sent::Envelope(envelope)) => Ok(envelope),
        _ => anyhow::bail!("SOAP needs a browser"),
    }
}

/// Tells the applications of a session that can be told without a browser, all at once.
pub(super) async fn by_soap(app: &App, session: SessionId) -> anyhow::Result<()> {
    let farewells = app.store.view().list_farewells(session).await?;
    let waiting = farewells.iter().filter(|it| it.told.is_none() && it.due_at.is_some());
    let told = join_all(waiting.map(|farewell| without_browser(app, farewell, Left::ToBrowser)));
    told.await.into_iter().collect()
}

/// Whether a browser may still go where nothing came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// One is on its way.
    ToBrowser,
    /// None is.
    Alone,
}

/// Tells one application without a browser, and notes what came of it.
pub(super) async fn without_browser(
    app: &App,
    farewell: &Farewell,
    left: Left,
) -> anyhow::Result<()> {
    let participant = &farewell.participant;
    let provider = providers::registered(app, &participant.provider.0).await?;
    let now = app.clock.now();
    let service = provider.as_deref().filter(|it| it.is_current(now)).and_then(|provider| {
        Some((provider, provider.logout_service(Binding::Soap)?.location.as_str()))
    });
    let outcome = match service {
        None if left == Left::ToBrowser => return Ok(()),
        None => Outcome::Settled(Told::Failed),
        Some((provider, to)) => match exchange(app, provider, farewell, to).await {
            Ok(true) => Outcome::Settled(Told::Confirmed),
            Ok(false) => Outcome::Settled(Told::Failed),
            Err(error) => {
                tracing::info!(provider = %provider.id, "not told of a log-out: {error:#}");
                if left == Left::ToBrowser && provider.logout_hop().is_some() {
                    return Ok(());
                }
                let tries = farewell.tries.saturating_add(1);
                match AGAIN_AFTER.get(farewell.tries as usize) {
                    Some(after) => Outcome::Again(tries, now.plus(*after)),
                    None => Outcome::Settled(Told::Failed),
                }
            }
        },
    };
    logouts::note(app, participant.session, &participant.provider, outcome).await
}

/// Asks an application, and tells whether it says that the person is logged out.
async fn exchange(
    app: &App,
    provider: &Provider,
    farewell: &Farewell,
    to: &str,
) -> anyhow::Result<bool> {
    let request = request(app, farewell, to);
    let write = |credential: Option<&Credential>| request.write(credential);
    let envelope = enveloped(app, Parameter::Request, &write).await?;
    let fetcher = app.fetcher.bounded(BOUNDS);
    let answer = fetcher.post(to, "text/xml; charset=utf-8", envelope.into()).await?;
    let screened = soap::screen(&answer.body)?;
    anyhow::ensure!(screened.kind() == Some(Kind::LogoutResponse), "it answers something else");
    // Whoever answers over TLS is the host of their metadata; without it only a signature tells.
    let demand = if to.starts_with("https:") { Demand::Either } else { Demand::Signed };
    let answer = screened.receive::<LogoutResponse>(&provider.keys, demand)?;
    anyhow::ensure!(answer.header.issuer == provider.id.0, "somebody else answers");
    let theirs = answer.in_response_to.as_ref() == Some(&request.header.id);
    anyhow::ensure!(theirs, "it answers another request");
    Ok(answer.status.top == TopStatus::Success)
}
