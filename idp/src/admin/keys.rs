//! Signing keys, without what they sign with: shown, and followed by new ones.

use std::sync::Arc;

use latchkey_api::platform::{NewSigningKey, SigningKey};
use latchkey_core::Timestamp;
use latchkey_oidc::keys::Algorithm;
use latchkey_store::StoredKey;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Created, Json, Problems};
use super::caller::{Admin, KeysRead, KeysWrite};
use super::failure::Failure;
use super::input::Sent;
use super::shape;
use crate::App;
use crate::keys::rotation::{PUBLISHED_AFTER, Rotated};

pub(super) fn router() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list, publish))
}

/// The signing keys, the oldest first
#[utoipa::path(get, path = "/keys", tag = "platform", security(("bearer" = ["keys:read"])),
    responses((status = 200, body = Vec<SigningKey>), Problems))]
async fn list(admin: Admin<KeysRead>) -> Result<Json<Vec<SigningKey>>, Failure> {
    admin.acting_everywhere()?;
    let now = admin.app.clock.now();
    let stored = admin.app.store.view().list_signing_keys().await?;
    Ok(Json(stored.iter().map(|key| shown(key, now)).collect()))
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
    let named = Algorithm::ALL.into_iter().find(|it| it.as_str() == sent.algorithm);
    let algorithm = named.ok_or_else(|| {
        let known = Algorithm::ALL.map(Algorithm::as_str).join(", ");
        Failure::field("algorithm", "unknown", format!("is one of {known}"))
    })?;
    let lead = app.config.lifetimes.key_lead;
    let rotated = app.keys.rotate_signing(&app.store, &*app.rng, algorithm, &origin, lead).await?;
    let Rotated::From(from) = rotated else {
        return Err(Failure::Conflict("waiting", "A new one waits already, and signs soon"));
    };
    let stored = app.store.view().list_signing_keys().await?;
    let new = stored.iter().find(|it| it.algorithm == sent.algorithm && it.signs_from == from);
    // Whoever withdrew all keys in this moment put another one in their place.
    let new =
        new.ok_or(Failure::Conflict("overtaken", "Something changed meanwhile: look again"))?;
    Ok(Created(shown(new, origin.at)))
}

fn shown(key: &StoredKey, now: Timestamp) -> SigningKey {
    SigningKey {
        kid: key.kid.clone(),
        algorithm: key.algorithm.clone(),
        published_at: shape::time(key.created_at),
        signs_from: shape::time(key.signs_from),
        until: key.signs_until.map(|until| shape::time(until.plus(PUBLISHED_AFTER))),
        signs: key.signs(now),
    }
}
