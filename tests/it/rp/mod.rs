//! Relying parties that others wrote.

mod artifacts;
mod logins;
mod logouts;
mod refusals;
mod rollover;
mod samael;
mod saml;
mod services;
