//! SAML 2.0's endpoints over `latchkey-saml`: they hand a requirement to the flow and take an
//! authenticated person back, and never meet OpenID Connect's (SAML 2.0 Profiles §4.1).

pub mod bindings;
