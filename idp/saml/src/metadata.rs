//! What entities publish about themselves (SAML Metadata).

pub mod provider;
pub mod read;
pub mod write;
