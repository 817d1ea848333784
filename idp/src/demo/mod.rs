//! The demo: Latchkey, three sample applications and people in different states, on the loopback.
//!
//! Owns its folder and nothing else; refuses a folder that is not the demo's. What the people and
//! applications are stands in `latchkey-demo`.

mod folder;
mod lost_key;
mod welcome;

use std::io::Write;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use latchkey_core::clock::SystemClock;
use latchkey_core::rng::SystemRng;
use latchkey_core::{Clock, Rng};
use latchkey_demo::documents::{self, Addresses};
use latchkey_demo::samples;
use tokio::net::TcpListener;

use crate::config::Config;
use crate::documents::{Documents, Mode};
use crate::serving::{self, BindError};
use crate::source::Source;
use crate::{App, build, jobs};

/// How the demo is started.
pub struct Demo {
    /// The folder that holds its data.
    pub data: PathBuf,
    /// Its port; the sample applications have the three after it.
    pub port: u16,
    /// Whether it starts over.
    pub reset: bool,
}

impl Demo {
    /// Runs the demo until a signal.
    ///
    /// # Errors
    /// Why it cannot run.
    pub async fn run(self, mut out: impl Write) -> anyhow::Result<()> {
        let stop = serving::signal()?;
        let listeners = listen(self.port).await?;
        folder::prepare(&self.data, self.reset)?;
        let data = std::path::absolute(&self.data)?;
        let config = Config::demo(&data, self.port)?;

        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let rng: Arc<dyn Rng> = Arc::new(SystemRng);
        let app = App::open(config, Arc::clone(&clock), Arc::clone(&rng)).await?;
        let addresses = Addresses::from_port(self.port);

        // Before the documents: one of the applications is described by what it tells itself.
        let mut tasks = tokio::task::JoinSet::new();
        let settings = documents::samples(&addresses, &clock, &rng)?;
        for (listener, settings) in listeners.samples.into_iter().zip(settings) {
            tasks.spawn(async move {
                let name = settings.application().name.clone();
                if let Err(error) = samples::serve(listener, settings).await {
                    tracing::error!(application = name, "stopped: {error:#}");
                }
            });
        }
        apply(&app, &addresses).await?;
        lost_key::give(&app).await?;
        welcome::write(&mut out, &app, &addresses, &self.data).await?;
        let work = jobs::start(&app);
        serving::serve(listeners.own, build(Arc::clone(&app)), Vec::new(), stop).await;
        work.finish(&app).await;
        // Dropping the set ends the sample applications.
        Ok(())
    }
}

struct Listeners {
    own: Vec<TcpListener>,
    samples: Vec<TcpListener>,
}

/// Takes the ports before anything is written, so that a second demo does not touch the first's
/// data.
async fn listen(port: u16) -> anyhow::Result<Listeners> {
    let mut own = vec![bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?];
    // `localhost` is both addresses. A system without IPv6 has only the other one.
    match serving::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))).await {
        Ok(listener) => own.push(listener),
        Err(error @ BindError::Busy(_)) => return Err(busy(&error)),
        Err(error @ BindError::Other(..)) => tracing::debug!(%error, "IPv4 only"),
    }
    let mut samples = Vec::new();
    for offset in 1..=3 {
        let port = port.checked_add(offset).context("the port is too high")?;
        samples.push(bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?);
    }
    Ok(Listeners { own, samples })
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    serving::bind(address).await.map_err(|error| busy(&error))
}

fn busy(error: &BindError) -> anyhow::Error {
    match error {
        BindError::Busy(_) => anyhow!(
            "{error}; the demo needs four ports in a row, choose others with --port, such as \
             `latchkey demo --port 9080`"
        ),
        BindError::Other(..) => anyhow!("{error}"),
    }
}

async fn apply(app: &App, addresses: &Addresses) -> anyhow::Result<()> {
    let text = documents::documents(addresses);
    let read = Documents::read(&[Source::from_text("demo.toml", &text)])?;
    let applied = read.apply_to(app, Mode::Keep).await?;
    tracing::debug!(changes = applied.changes.len(), "the demo's documents were applied");
    Ok(())
}
