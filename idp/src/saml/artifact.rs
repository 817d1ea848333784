//! Messages that are fetched by reference (SAML 2.0 Bindings §3.6, Core §3.5): kept sealed for a
//! minute under the digest of the reference, and handed once, by SOAP, to the one provider that they
//! are for.
//!
//! Who asks proves by a signature who they are. Whoever is denied learns no more than that.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_core::secrets::{Digest, Plain};
use latchkey_saml::artifact::{Artifact, SourceId};
use latchkey_saml::messages::{ArtifactResolve, ArtifactResponse, Header, MessageId, Status};
use latchkey_saml::names::{SecondStatus, TopStatus};
use latchkey_saml::read::Kind;
use latchkey_saml::soap;
use latchkey_saml::verify::{Demand, Received};
use latchkey_saml::write::soap_envelope;
use latchkey_store::{Error, StoredArtifact, Tx};

use super::bindings;
use super::providers::{self, Provider};
use super::refused::{Message, Refused, enveloped};
use super::request::{self, Came};
use crate::App;
use crate::pages::message::Failure;
use crate::visitor::Visitor;

pub(super) const PATH: &str = "/saml/artifact";
/// The index of the one service that resolves them.
pub(super) const INDEX: u16 = 0;
/// How long a message waits: a browser carries its reference meanwhile.
const WAITS: Duration = Duration::from_secs(60);

pub(super) fn router() -> Router<Arc<App>> {
    Router::new().route(PATH, post(resolve))
}

/// A reference to a message for a provider, and what has to be kept before it is handed out.
pub(super) fn issue(app: &App, provider: &Provider, xml: &str) -> (Plain, StoredArtifact) {
    let artifact = Artifact::random(&*app.rng, &super::entity_id(app), INDEX).text();
    let digest = Digest::of(artifact.expose().as_bytes());
    let sealed = app.keys.seal_data(&*app.rng, &purpose(digest), xml.as_bytes());
    let expires_at = app.clock.now().plus(WAITS);
    (artifact, StoredArtifact { digest, provider: provider.id.clone(), sealed, expires_at })
}

fn purpose(digest: Digest) -> String {
    format!("saml artifact {}", URL_SAFE_NO_PAD.encode(digest.as_bytes()))
}

async fn resolve(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let Ok(body) = body else { return visitor.failure(&app, Failure::TooLarge) };
    if !bindings::is_envelope(&headers) {
        return visitor.failure(&app, Failure::ContentType);
    }
    match answer(&app, &visitor, &body).await {
        Ok(envelope) => enveloped(StatusCode::OK, envelope),
        Err(refused) => refused.fault(&app, &visitor).await,
    }
}

/// The envelope for whoever asks under the name of a provider.
async fn answer(app: &App, visitor: &Visitor, body: &[u8]) -> Result<String, Refused> {
    let screened = soap::screen(body).map_err(|error| Refused::unreadable(&error))?;
    if screened.kind() != Some(Kind::ArtifactResolve) {
        return Err(Refused::wrong(Message::NoResolve));
    }
    let issuer = screened.claimed_issuer().ok_or(Refused::wrong(Message::NoIssuer))?;
    let provider = providers::registered(app, &issuer).await?.ok_or(Refused::unknown())?;
    let now = app.clock.now();
    if !provider.is_current(now) {
        return Err(Refused::of(&provider, &Message::Expired));
    }
    let received: Received<ArtifactResolve> = screened
        .receive(&provider.keys, Demand::Either)
        .map_err(|error| Refused::of(&provider, &error))?;
    if received.header.issuer != provider.id.0 {
        return Err(Refused::wrong(Message::NoIssuer));
    }
    // By SOAP a Destination is not demanded even of what is signed.
    let came = Came { at: now, to: &app.issuer.address(PATH), signed: false };
    let fresh = request::check_header(&received.header, came);
    let denied = match (&received, fresh) {
        (Received::Unsigned(_), _) => Some(Refused::of(&provider, &Message::UnsignedResolve)),
        (Received::Verified(_), Err(error)) => Some(Refused::of(&provider, &error)),
        (Received::Verified(_), Ok(())) => None,
    };
    if let Some(denied) = denied {
        denied.tell(app, visitor).await?;
        let status = request::status(TopStatus::Requester, SecondStatus::RequestDenied);
        let answer = response(app, received.header.id.clone(), status, None);
        // Anybody may ask so: nothing is signed for them.
        return Ok(soap_envelope(&answer.write(None)?)?);
    }
    let message = take(app, &provider, &received.artifact).await?;
    if message.is_none() {
        Refused::of(&provider, &Message::NoArtifact).tell(app, visitor).await?;
    }
    // Core §3.5.3: a success even so.
    let status = Status { top: TopStatus::Success, nested: Vec::new(), message: None };
    let answer = response(app, received.header.id.clone(), status, message);
    let keys = app.keys.saml(&app.store, &*app.rng, now).await?;
    Ok(soap_envelope(&answer.write(Some(&keys.signing))?)?)
}

fn response(
    app: &App,
    in_response_to: MessageId,
    status: Status,
    message: Option<String>,
) -> ArtifactResponse {
    let header = Header {
        id: MessageId::random(&*app.rng),
        issued_at: app.clock.now(),
        destination: None,
        issuer: super::entity_id(app),
    };
    ArtifactResponse { header, in_response_to, status, message }
}

/// Takes the message out that a reference of ours stands for.
async fn take(app: &App, provider: &Provider, text: &str) -> anyhow::Result<Option<String>> {
    let ours = SourceId::of(&super::entity_id(app));
    let is_ours =
        |artifact: &Artifact| artifact.source() == ours && artifact.endpoint_index() == INDEX;
    let Some(artifact) = Artifact::parse(text).ok().filter(is_ours) else { return Ok(None) };
    let digest = Digest::of(artifact.text().expose().as_bytes());
    let (provider, now) = (provider.id.clone(), app.clock.now());
    let write = async move |tx: &Tx| tx.consume_artifact(digest, &provider, now).await;
    let Some(sealed) = app.store.write::<_, Error, _>(write).await? else { return Ok(None) };
    let opened = app.keys.open_data(&purpose(digest), &sealed)?;
    Ok(Some(String::from_utf8(opened.to_vec())?))
}
