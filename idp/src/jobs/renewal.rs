//! The certificate that applications know our SAML messages by, renewed before it ends: a new key is
//! published, and signs while the old certificate still has months to go.

use latchkey_core::Timestamp;
use latchkey_core::roles::Actor;

use crate::App;
use crate::audit::Origin;
use crate::keys::rotation::Rotated;
use crate::keys::saml;

/// Begins with a new key if it is time; tells from when it signs.
///
/// # Errors
/// When the database fails, or the key cannot be made.
pub async fn round(app: &App) -> anyhow::Result<Option<Timestamp>> {
    let now = app.clock.now();
    let stored = app.store.view().list_saml_keys().await?;
    let lead = app.config.lifetimes.saml_key_lead;
    if !saml::is_to_be_renewed(&stored, now, lead)? {
        return Ok(None);
    }
    let by = Origin { actor: Actor::System, address: None, at: now };
    match app.keys.rotate_saml(&app.store, &*app.rng, None, &by, lead).await? {
        Rotated::From(from) => {
            let signs_from = jiff::Timestamp::from_millisecond(from.millis())?;
            tracing::warn!(
                %signs_from,
                "the certificate for SAML ends, so that a new key is in the metadata; applications \
                 that do not read it need the new certificate before it signs"
            );
            Ok(Some(from))
        }
        // Somebody was quicker.
        Rotated::Waiting(_) => Ok(None),
    }
}
