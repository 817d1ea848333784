//! OpenID Connect and OAuth 2 as a provider speaks them: requests parsed and judged, responses and
//! tokens built.
//!
//! Protocol only. It does no IO, reads no clock and knows neither pages nor storage: clients are
//! looked up by the caller, `now` is a parameter, and an HTTP answer is a value that the caller
//! sends.

pub mod assertion;
pub mod authorize;
pub mod bearer;
pub mod claims;
pub mod client;
pub mod credentials;
mod described;
pub mod discovery;
pub mod error;
mod facade;
pub mod idtoken;
pub mod issuer;
pub mod keys;
pub mod logout;
pub mod metadata;
pub mod params;
pub mod pkce;
pub mod redirect;
pub mod requirement;
pub mod resource;
pub mod scopes;
pub mod service;
pub mod token;
mod uri;

#[cfg(test)]
mod samples;

pub use authorize::AuthorizationRequest;
pub use client::{Client, VerifiedClient};
pub use issuer::Issuer;
pub use keys::{Algorithm, KeySet, SigningKey};
pub use metadata::ClientMetadata;
pub use params::Parameters;
pub use redirect::VerifiedRedirectUri;
pub use scopes::{Scope, Scopes};
pub use service::ServiceAccount;
