//! Self-service at `/account`: who you are, your keys, logging out.
//!
//! Owns its pages and the gate before them. Log-in and step-up are the flow's, changes of several
//! steps are `actions`'; the store is only read here, but for the use of a key that is tried out.

mod app;
mod enrol;
mod gate;
mod keys;
mod log_out;
mod lost;
mod not_me;
mod password;
mod profile;
mod receipt;
mod recovery;
mod resume;
mod sessions;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::App;
use enrol::{Name, New, Ready, Try};
use gate::Place;
use keys::{Edit, List, Remove};
use lost::{FoundApp, FoundKey, LostApp, LostKey};
use profile::{ProfileTab, SelfServiceTab};

/// The account's addresses.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route(ProfileTab::PATH, get(profile::show))
        .route(SelfServiceTab::PATH, get(profile::self_service))
        .route(resume::PATH, get(resume::show))
        .route(List::PATH, get(keys::list))
        .route(New::PATH, get(enrol::show).post(enrol::submit))
        .route(&options_of::<New>(), post(enrol::options))
        .route(Name::PATH, get(enrol::show_name).post(enrol::submit_name))
        .route(Try::PATH, get(enrol::show_try).post(enrol::submit_try))
        .route(&options_of::<Try>(), post(enrol::try_options))
        .route(Ready::PATH, get(enrol::show_ready).post(enrol::submit_ready))
        .route(Edit::PATH, get(keys::show_edit).post(keys::submit_edit))
        .route(Remove::PATH, get(keys::show_remove).post(keys::submit_remove))
        .route(password::Change::PATH, get(password::show).post(password::submit))
        .route(sessions::LIST, get(sessions::show).post(sessions::submit))
        .route(app::NewApp::PATH, get(app::show).post(app::submit))
        .route(app::Remove::PATH, get(app::show_remove).post(app::submit_remove))
        .route(LostKey::PATH, get(lost::show::<LostKey>).post(lost::submit::<LostKey>))
        .route(LostApp::PATH, get(lost::show::<LostApp>).post(lost::submit::<LostApp>))
        .route(
            FoundKey::PATH,
            get(lost::show_found::<FoundKey>).post(lost::submit_found::<FoundKey>),
        )
        .route(
            FoundApp::PATH,
            get(lost::show_found::<FoundApp>).post(lost::submit_found::<FoundApp>),
        )
        .route(recovery::Codes::PATH, get(recovery::show).post(recovery::submit))
        .route(not_me::PATH, get(not_me::show).post(not_me::submit))
        .route(log_out::PATH, get(log_out::show).post(log_out::submit))
}

/// Where a page's script asks for a ceremony's options.
fn options_of<P: Place>() -> String {
    format!("{}/options", P::PATH)
}
