//! The admin console below our own address: an application like others, which reaches us in process
//! instead of over the network. It is given no more than an application on another host has.

use std::sync::Arc;

use axum::Router;
use latchkey_console::{InProcess, Settings};

use crate::App;
use crate::config::Console;
use crate::oidc::embedded_secret;

/// The console's pages, when they are to be served here. `provider` is what it asks.
pub fn router(app: &Arc<App>, provider: Router) -> Router<Arc<App>> {
    if !matches!(app.config.console, Console::Embedded) {
        return Router::new();
    }
    let issuer = app.issuer.as_str().to_owned();
    let console = latchkey_console::router(Settings {
        url: issuer.clone(),
        issuer,
        api: None,
        client_secret: embedded_secret(&app.keys),
        cookie_key: app.keys.mac.derive("console cookies", b""),
        theme: Arc::clone(&app.theme),
        zone: app.config.time_zone.clone(),
        clock: Arc::clone(&app.clock),
        rng: Arc::clone(&app.rng),
        transport: Arc::new(InProcess::new(provider)),
    });
    console.unwrap_or_else(|error| {
        tracing::error!("the console cannot be served: {error:#}");
        Router::new()
    })
}
