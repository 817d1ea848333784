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
pub mod refresh;
mod refused;
pub mod release;
mod request;
pub mod settings;
mod sso;
pub mod told;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use latchkey_core::ids::EntityId;

use crate::App;
use providers::Providers;
use refused::Told;
pub(crate) use request::KEPT as REQUESTS_KEPT;

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

/// Where requests for a log-in go.
#[must_use]
pub fn sso_address(app: &App) -> String {
    app.issuer.address(sso::PATH)
}

/// Where log-outs go.
#[must_use]
pub fn slo_address(app: &App) -> String {
    app.issuer.address(crate::actions::logouts::PATH)
}

/// Where a log-in to a service provider begins here, for those that allow it.
#[must_use]
pub fn start_address(app: &App, provider: &EntityId) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("sp", &provider.0)
        .finish();
    format!("{}?{query}", app.issuer.address(sso::START_PATH))
}

/// The scope of the subject identifiers that we make: the issuer's host.
fn scope(app: &App) -> &str {
    app.config.issuer.host_str().unwrap_or_default()
}

/// Every scope that our metadata vouches for; Shibboleth discards what is of another.
fn scopes(app: &App) -> Vec<&str> {
    let own = scope(app);
    let more = app.config.saml.scopes.iter().map(String::as_str).filter(|it| *it != own);
    std::iter::once(own).chain(more).collect()
}

/// Our entity ID: the address of our metadata.
#[must_use]
pub fn entity_id(app: &App) -> String {
    app.issuer.address(metadata::PATH)
}
