//! latchkey-saml
