//! Relying parties that others wrote.

mod logins;
mod refusals;
mod services;
