//! Relying parties that others wrote.

mod logins;
mod logouts;
mod refusals;
mod samael;
mod saml;
mod services;
