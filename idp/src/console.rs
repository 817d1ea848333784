//! The admin console, served by this program: below our own address, where it reaches us in process,
//! or on a host of its own, over the network. It is given no more in the one case than in the other.

use std::sync::Arc;

use axum::Router;
use latchkey_console::{InProcess, OverHttp, Settings};
use latchkey_core::clock::SystemClock;
use latchkey_core::rng::SystemRng;
use latchkey_core::secrets::Digest;
use latchkey_web::Theme;
use tower_http::catch_panic::CatchPanicLayer;

use crate::App;
use crate::config::{Console, ConsoleHost};
use crate::oidc::{embedded_secret, secret_of};

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

/// A console that is all that is served.
///
/// # Errors
/// When a secret or the theme cannot be read.
pub fn on_its_own(host: &ConsoleHost) -> anyhow::Result<Router> {
    let key = secret_of(&host.key_file)?;
    let console = latchkey_console::standalone(Settings {
        issuer: host.issuer.as_str().to_owned(),
        url: host.url.as_str().to_owned(),
        api: host.api.clone(),
        client_secret: secret_of(&host.client_secret_file)?,
        cookie_key: *Digest::of(key.expose().as_bytes()).as_bytes(),
        theme: Arc::new(Theme::load(host.theme.folder.as_deref())?),
        zone: host.time_zone.clone(),
        clock: Arc::new(SystemClock),
        rng: Arc::new(SystemRng),
        transport: Arc::new(OverHttp::new()?),
    })?;
    Ok(console.layer(CatchPanicLayer::new()))
}
