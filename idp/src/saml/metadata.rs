//! Our metadata (SAML Metadata §2.4.3): who we are, where messages go, and by which keys answers are
//! verified: the one that signs, the one that is to follow and the one that was before.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use bytes::Bytes;
use latchkey_core::Timestamp;
use latchkey_saml::messages::MessageId;
use latchkey_saml::metadata::write::{Endpoint, IdentityProvider, Localized, UiInfo};
use latchkey_saml::names::NameIdFormat;

use super::{artifact, bindings, sso};
use crate::App;
use crate::actions::logouts;
use crate::keys::saml::SamlKeys;
use crate::visitor::Visitor;

pub(super) const PATH: &str = "/saml/metadata";
/// How long it may be relied on at most. It is never longer than a new key waits, so that whoever
/// reads it again in time has every key before it signs.
const VALID: Duration = Duration::from_secs(14 * 86_400);
/// After how long it should be read again.
const READ_AGAIN: Duration = Duration::from_secs(6 * 3600);
/// How long one that was signed is sent again.
const SENT_AGAIN: Duration = Duration::from_secs(3600);

/// The document as it was last signed.
#[derive(Default)]
pub(super) struct Signed(Mutex<Option<Last>>);

struct Last {
    document: Bytes,
    keys: Arc<SamlKeys>,
    at: Timestamp,
}

pub(super) fn router() -> Router<Arc<App>> {
    Router::new().route(PATH, get(show))
}

async fn show(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    match document(&app).await {
        Ok(document) => {
            let headers = [
                (header::CONTENT_TYPE, "application/samlmetadata+xml"),
                (header::CACHE_CONTROL, "public, max-age=300"),
                (header::CONTENT_DISPOSITION, "inline; filename=\"latchkey-metadata.xml\""),
            ];
            (headers, document).into_response()
        }
        Err(error) => visitor.our_failure(&app, &error),
    }
}

/// The document, signed.
async fn document(app: &App) -> anyhow::Result<Bytes> {
    let now = app.clock.now();
    let keys = app.keys.saml(&app.store, &*app.rng, now).await?;
    let last = || app.saml.metadata.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(last) = &*last() {
        let same = last.keys.published.len() == keys.published.len()
            && last.keys.published.iter().zip(&keys.published).all(|(a, b)| Arc::ptr_eq(a, b));
        if same && last.at <= now && now < last.at.plus(SENT_AGAIN) {
            return Ok(last.document.clone());
        }
    }
    let document = Bytes::from(describe(app, &keys, now).write(Some(&keys.signing))?);
    *last() = Some(Last { document: document.clone(), keys, at: now });
    Ok(document)
}

fn describe<'k>(app: &App, keys: &'k SamlKeys, now: Timestamp) -> IdentityProvider<'k> {
    let endpoint = |binding, path| Endpoint {
        binding,
        location: app.issuer.address(path),
        response_location: None,
    };
    let log_ins = bindings::ALL.iter().filter(|binding| binding.asks_for_log_ins());
    let log_outs = bindings::ALL.iter().filter(|binding| binding.carries_log_outs());
    let name = Localized { language: "en".to_owned(), text: "Latchkey".to_owned() };
    IdentityProvider {
        id: MessageId::random(&*app.rng),
        entity_id: super::entity_id(app),
        valid_until: now.plus(VALID.min(app.config.lifetimes.saml_key_lead)),
        cache_duration: READ_AGAIN,
        // Else a provider that signs is held to it; one that does not can log people in all the same.
        want_authn_requests_signed: app.config.saml.require_signed_requests,
        certificates: keys.published.iter().map(|credential| credential.certificate()).collect(),
        single_sign_on: log_ins.map(|binding| endpoint(binding.kind(), sso::PATH)).collect(),
        single_logout: log_outs.map(|it| endpoint(it.kind(), logouts::PATH)).collect(),
        artifact_resolution: vec![(artifact::INDEX, app.issuer.address(artifact::PATH))],
        name_id_formats: NameIdFormat::ALL.to_vec(),
        scopes: super::scopes(app).into_iter().map(str::to_owned).collect(),
        error_url: None,
        ui: UiInfo { display_names: vec![name], ..UiInfo::default() },
        organization: None,
        contacts: Vec::new(),
        entity_attributes: Vec::new(),
    }
}
