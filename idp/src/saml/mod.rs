//! SAML 2.0's endpoints over `latchkey-saml`: they hand a requirement to the flow and take an
//! authenticated person back, and never meet OpenID Connect's (SAML 2.0 Profiles §4.1).

mod answer;
mod artifact;
mod bindings;
mod context;
pub mod doctor;
pub mod logout;
mod metadata;
pub mod names;
pub mod providers;
mod refused;
pub mod release;
mod request;
pub mod settings;
mod sso;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;

use crate::App;
use providers::Providers;
use refused::Told;

/// The most that a posted message may be, with what base64 and percent-encoding make of it.
const LARGEST_BODY: usize = 1024 * 1024;

/// What SAML keeps in memory.
#[derive(Default)]
pub struct Federation {
    providers: Providers,
    metadata: metadata::Signed,
    told: Told,
}

/// Every endpoint.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .merge(artifact::router())
        .merge(metadata::router())
        .merge(sso::router())
        .merge(logout::router())
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
}

/// Our entity ID: the address of our metadata.
#[must_use]
pub fn entity_id(app: &App) -> String {
    app.issuer.address(metadata::PATH)
}
