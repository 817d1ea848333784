//! `latchkey console`

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use super::log::{self, Shape};
use crate::config::ConsoleHost;
use crate::console;
use crate::serving::tls::Certificate;
use crate::serving::{self, Server, Signals};

/// What is served.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The console's settings; each can be set as LATCHKEY__SECTION__KEY as well
    #[arg(long, value_name = "FILE", default_value = "console.toml")]
    config: PathBuf,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let human = io::stderr().is_terminal();
    let mut signals = Signals::new()?;
    let host = ConsoleHost::load(&arguments.config, std::env::vars_os())?;
    log::start(if human { Shape::Human } else { Shape::Json })?;
    let router = console::on_its_own(&host)?;
    let tls = host.tls.as_ref().map(|tls| Certificate::open(&tls.cert, &tls.key)).transpose()?;
    let listener = serving::bind(host.address).await?;
    let server = Server::new(vec![listener], router)
        .trusting(host.trusted_proxies)
        .strict(host.url.as_str().starts_with("https:"))
        .presenting(tls)?;
    tracing::info!(url = host.url.as_str(), address = %host.address, "ready");
    server.run(async { signals.next().await }).await;
    tracing::info!("stopped");
    Ok(())
}
