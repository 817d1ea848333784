//! What entities publish about themselves (SAML Metadata).

pub mod identity;
pub mod provider;
pub mod read;
pub mod write;
