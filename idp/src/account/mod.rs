//! Self-service at `/account`: who you are, your keys, logging out.
//!
//! Owns its pages and the gate before them. Log-in and step-up are the flow's, changes of several
//! steps are `actions`'; the store is only read here, but for the use of a key that is tried out.

mod enrol;
mod keys;
mod log_out;
mod profile;
mod receipt;
mod session;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::App;

/// The account's addresses.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/account", get(profile::show))
        .route("/account/self-service", get(profile::self_service))
        .route(session::RESUME, get(session::resume))
        .route("/account/keys", get(keys::list))
        .route("/account/keys/new", get(enrol::show).post(enrol::submit))
        .route("/account/keys/new/options", post(enrol::options))
        .route("/account/keys/{id}/name", get(enrol::show_name).post(enrol::submit_name))
        .route("/account/keys/{id}/try", get(enrol::show_try).post(enrol::submit_try))
        .route("/account/keys/{id}/try/options", post(enrol::try_options))
        .route("/account/keys/{id}/ready", get(enrol::show_ready).post(enrol::submit_ready))
        .route("/account/keys/{id}/edit", get(keys::show_edit).post(keys::submit_edit))
        .route("/account/keys/{id}/remove", get(keys::show_remove).post(keys::submit_remove))
        .route("/logout", get(log_out::show).post(log_out::submit))
}
