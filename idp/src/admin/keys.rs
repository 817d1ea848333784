//! Signing keys, without what they sign with: shown, and followed by new ones. Those of tokens and
//! those for SAML stand beside each other, and are told apart by what they sign with.

use std::sync::Arc;

use latchkey_api::platform::{KeyCertificate, NewSigningKey, SigningKey};
use latchkey_core::Timestamp;
use latchkey_oidc::keys::Algorithm;
use latchkey_saml::keys::SignatureAlgorithm;
use latchkey_store::{StoredKey, StoredSamlKey};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Created, Json, Problems};
use super::caller::{Admin, KeysRead, KeysWrite};
use super::failure::Failure;
use super::input::Sent;
use super::shape;
use crate::App;
use crate::keys::rotation::{PUBLISHED_AFTER, Rotated};
use crate::keys::saml::{self, algorithm_of, certificate_of};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list, publish))
}

/// The signing keys: those of tokens before those for SAML, of each the oldest first
#[utoipa::path(get, path = "/keys", tag = "platform", security(("bearer" = ["keys:read"])),
    responses((status = 200, body = Vec<SigningKey>), Problems))]
async fn list(admin: Admin<KeysRead>) -> Result<Json<Vec<SigningKey>>, Failure> {
    admin.acting_everywhere()?;
    Ok(Json(all(&admin.app, admin.app.clock.now()).await?))
}

/// Publishes a new signing key, which signs once applications know it
///
/// The one before signs until then, and is published until the last that it signed is over.
#[utoipa::path(post, path = "/keys", tag = "platform", request_body = NewSigningKey,
    security(("bearer" = ["keys:write"])),
    responses((status = 201, body = SigningKey), Problems))]
async fn publish(
    admin: Admin<KeysWrite>,
    Sent(sent): Sent<NewSigningKey>,
) -> Result<Created<SigningKey>, Failure> {
    let (app, origin) = (&admin.app, admin.acting_everywhere()?);
    let (lifetimes, rng) = (&app.config.lifetimes, &*app.rng);
    let token = Algorithm::ALL.into_iter().find(|it| it.as_str() == sent.algorithm);
    let rotated = match (token, SignatureAlgorithm::named(&sent.algorithm)) {
        (Some(algorithm), _) => {
            let lead = lifetimes.key_lead;
            app.keys.rotate_signing(&app.store, rng, algorithm, &origin, lead).await?
        }
        (None, Some(algorithm)) => {
            let lead = lifetimes.saml_key_lead;
            app.keys.rotate_saml(&app.store, rng, Some(algorithm), &origin, lead).await?
        }
        (None, None) => {
            let known = Algorithm::ALL.map(Algorithm::as_str).into_iter();
            let known = known.chain(SignatureAlgorithm::ALL.map(SignatureAlgorithm::as_str));
            let known = known.collect::<Vec<_>>().join(", ");
            return Err(Failure::field("algorithm", "unknown", format!("is one of {known}")));
        }
    };
    let Rotated::From(from) = rotated else {
        return Err(Failure::Conflict("waiting", "A new one waits already, and signs soon"));
    };
    let from = shape::time(from);
    let new = all(app, origin.at).await?.into_iter();
    let new = new.rev().find(|it| it.algorithm == sent.algorithm && it.signs_from == from);
    // Whoever withdrew all keys in this moment put another one in their place.
    let new =
        new.ok_or(Failure::Conflict("overtaken", "Something changed meanwhile: look again"))?;
    Ok(Created(new))
}

async fn all(app: &App, now: Timestamp) -> anyhow::Result<Vec<SigningKey>> {
    let view = app.store.view();
    let tokens = view.list_signing_keys().await?;
    let mut keys: Vec<_> = tokens.iter().map(|key| shown(key, now)).collect();
    for key in view.list_saml_keys().await? {
        keys.push(shown_saml(&key, now)?);
    }
    Ok(keys)
}

fn shown(key: &StoredKey, now: Timestamp) -> SigningKey {
    SigningKey {
        kid: key.kid.clone(),
        algorithm: key.algorithm.clone(),
        published_at: shape::time(key.created_at),
        signs_from: shape::time(key.signs_from),
        until: key.signs_until.map(|until| shape::time(until.plus(PUBLISHED_AFTER))),
        signs: key.signs(now),
        certificate: None,
    }
}

fn shown_saml(key: &StoredSamlKey, now: Timestamp) -> anyhow::Result<SigningKey> {
    let certificate = certificate_of(key)?;
    Ok(SigningKey {
        kid: key.id.clone(),
        algorithm: algorithm_of(key)?.as_str().to_owned(),
        published_at: shape::time(key.created_at),
        signs_from: shape::time(key.signs_from),
        until: key.signs_until.map(|until| shape::time(until.plus(saml::PUBLISHED_AFTER))),
        signs: key.signs(now),
        certificate: Some(KeyCertificate {
            ends_at: shape::time(certificate.not_after()),
            fingerprint: certificate.fingerprint(),
            pem: certificate.pem(),
        }),
    })
}
