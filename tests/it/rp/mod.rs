//! Relying parties that others wrote.

mod logins;
mod refusals;
mod saml;
mod services;
