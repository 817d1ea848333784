//! `latchkey serve`

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use latchkey_core::clock::SystemClock;
use latchkey_core::rng::SystemRng;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::log::{self, Shape};
use crate::config::{Config, IN_THE_CLEAR};
use crate::serving::tls::Certificate;
use crate::serving::{self, Server, Signals};
use crate::telemetry::traces::{self, Collector};
use crate::waiting::{self, Door};
use crate::{App, build, jobs, management};

/// So long the database may take to answer before people are told that it does not.
const OPEN_WITHIN: Duration = Duration::from_secs(1);

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
    if config.speaks_in_the_clear() {
        tracing::warn!(address = %config.listen.address, "{IN_THE_CLEAR}");
    }
    let served = serve(config, &mut signals, collector.is_some()).await;
    if let Some(collector) = collector {
        collector.finish().await;
    }
    served
}

async fn serve(config: Config, signals: &mut Signals, traced: bool) -> anyhow::Result<()> {
    let listen = config.listen.clone();
    let tls = listen.tls.as_ref().map(|tls| Certificate::open(&tls.cert, &tls.key)).transpose()?;
    let listener = serving::bind(listen.address).await?;
    let management = match listen.management {
        Some(address) => Some(serving::bind(address).await?),
        None => None,
    };
    let issuer = config.issuer.to_string();
    let strict = config.issuer.scheme() == "https";
    let (clock, rng) = (Arc::new(SystemClock), Arc::new(SystemRng));
    let mut opening = pin!(waiting::open(config.clone(), clock.clone(), rng.clone()));
    // Whoever asks in the first moment waits, and is not sent away.
    let opened = tokio::select! {
        opened = tokio::time::timeout(OPEN_WITHIN, &mut opening) => opened,
        () = signals.next() => return Ok(()),
    };
    let counted = management.is_some();
    // Up, or doors that it will be behind.
    let standing = match opened {
        Ok(app) => Ok(app?),
        Err(_) => Err(Doors {
            people: Door::new(waiting::answers(&config, clock, rng)?),
            operators: Door::new(management::waiting()),
        }),
    };
    let (router, operators) = match &standing {
        Ok(app) => (wired(app, traced, counted), management::router(Arc::clone(app))),
        Err(doors) => (doors.people.router(), doors.operators.router()),
    };

    let mut beside = JoinSet::new();
    if let Some(listener) = management {
        beside.spawn(manage(listener, operators));
    }
    let (stop, stopped) = oneshot::channel::<()>();
    let server = Server::new(vec![listener], router)
        .trusting(listen.trusted_proxies)
        .strict(strict)
        .presenting(tls)?;
    let mut serving = tokio::spawn(server.run(async {
        drop(stopped.await);
    }));
    let app = match standing {
        Ok(app) => app,
        Err(doors) => {
            let app = tokio::select! {
                opened = opening => opened?,
                () = signals.next() => return Ok(()),
            };
            doors.people.open(wired(&app, traced, counted));
            doors.operators.open(management::router(Arc::clone(&app)));
            app
        }
    };
    let work = jobs::start(&app);
    if counted {
        beside.spawn(Arc::clone(&app.metrics).keep());
    }
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
    work.finish(&app).await;
    if let Err(error) = app.store.settle().await {
        tracing::error!(%error, "which requests were answered last was not written");
    }
    drop(beside);
    tracing::info!("stopped");
    Ok(())
}

/// What stands before an installation that waits for its database.
struct Doors {
    people: Door,
    operators: Door,
}

/// What an installation serves, with what is told of it.
fn wired(app: &Arc<App>, traced: bool, counted: bool) -> Router {
    let mut router = build(Arc::clone(app));
    if traced {
        router = traces::observe(router);
    }
    if counted {
        router = app.metrics.observe(router);
    }
    router
}

/// Answers operators until the very end.
async fn manage(listener: TcpListener, router: Router) {
    serving::serve(vec![listener], router, Vec::new(), std::future::pending()).await;
}
