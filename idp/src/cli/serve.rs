//! `latchkey serve`

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::sync::Arc;

use latchkey_core::clock::SystemClock;
use latchkey_core::rng::SystemRng;

use super::log::{self, Shape};
use crate::config::Config;
use crate::{App, build, jobs, serving};

/// What is served.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The settings; each can be set as LATCHKEY__SECTION__KEY as well
    #[arg(long, value_name = "FILE", default_value = "latchkey.toml")]
    config: PathBuf,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let human = io::stderr().is_terminal();
    log::start(if human { Shape::Human } else { Shape::Json })?;
    let stop = serving::signal()?;
    let config = Config::load(&arguments.config, std::env::vars_os())?;
    if !config.unused.is_empty() {
        let settings = config.unused.join(", ");
        tracing::warn!(settings, "set, but not used by this version");
    }
    let listener = serving::bind(config.listen.address).await?;
    let proxies = config.listen.trusted_proxies.clone();
    let (issuer, address) = (config.issuer.to_string(), config.listen.address);
    let app = App::open(config, Arc::new(SystemClock), Arc::new(SystemRng)).await?;
    let housekeeping = jobs::spawn(Arc::clone(&app));
    tracing::info!(issuer, %address, "ready");
    serving::serve(vec![listener], build(app), proxies, stop).await;
    housekeeping.abort();
    tracing::info!("stopped");
    Ok(())
}
