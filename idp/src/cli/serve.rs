//! `latchkey serve`

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::sync::Arc;

use latchkey_core::clock::SystemClock;
use latchkey_core::rng::SystemRng;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::log::{self, Shape};
use crate::config::Config;
use crate::serving::tls::Certificate;
use crate::serving::{self, Server, Signals};
use crate::telemetry::traces::{self, Collector};
use crate::{App, build, jobs, management};

/// What is served.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The settings; each can be set as LATCHKEY__SECTION__KEY as well
    #[arg(long, value_name = "FILE", default_value = "latchkey.toml")]
    config: PathBuf,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let human = io::stderr().is_terminal();
    let mut signals = Signals::new()?;
    let config = Config::load(&arguments.config, std::env::vars_os())?;
    let collector = config.traces.as_ref().map(Collector::new).transpose()?;
    log::start_with(if human { Shape::Human } else { Shape::Json }, collector.as_ref())?;
    if !config.unused.is_empty() {
        let settings = config.unused.join(", ");
        tracing::warn!(settings, "set, but not used by this version");
    }
    let listen = config.listen.clone();
    let tls = listen.tls.as_ref().map(|tls| Certificate::open(&tls.cert, &tls.key)).transpose()?;
    let listener = serving::bind(listen.address).await?;
    let management = match listen.management {
        Some(address) => Some(serving::bind(address).await?),
        None => None,
    };
    let issuer = config.issuer.to_string();
    let strict = config.issuer.scheme() == "https";
    let app = tokio::select! {
        app = App::open(config, Arc::new(SystemClock), Arc::new(SystemRng)) => app?,
        () = signals.next() => return Ok(()),
    };

    let mut beside = JoinSet::new();
    let housekeeping = jobs::spawn(Arc::clone(&app));
    let mut router = build(Arc::clone(&app));
    if collector.is_some() {
        router = traces::observe(router);
    }
    if let Some(listener) = management {
        router = app.metrics.observe(router);
        beside.spawn(manage(listener, Arc::clone(&app)));
        beside.spawn(Arc::clone(&app.metrics).keep());
    }
    let (stop, stopped) = oneshot::channel::<()>();
    let server = Server::new(vec![listener], router)
        .trusting(listen.trusted_proxies)
        .strict(strict)
        .presenting(tls)?;
    let mut serving = tokio::spawn(server.run(async {
        drop(stopped.await);
    }));
    tracing::info!(issuer, address = %listen.address, "ready");

    tokio::select! {
        () = signals.next() => {}
        ended = &mut serving => return Ok(ended?),
    }
    // First, so that whoever sends requests here sends them elsewhere before nobody takes them.
    app.readiness.deny();
    tracing::info!("stopping");
    let finished = async {
        tokio::time::sleep(listen.drain).await;
        drop(stop);
        serving.await
    };
    tokio::select! {
        finished = finished => finished?,
        () = signals.next() => tracing::warn!("stopped at once, as a second signal asked"),
    }
    housekeeping.abort();
    drop(beside);
    if let Some(collector) = collector {
        collector.finish().await;
    }
    tracing::info!("stopped");
    Ok(())
}

/// Answers operators until the very end.
async fn manage(listener: TcpListener, app: Arc<App>) {
    let router = management::router(app);
    serving::serve(vec![listener], router, Vec::new(), std::future::pending()).await;
}
