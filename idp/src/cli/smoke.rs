//! `latchkey smoke`

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use latchkey_core::clock::SystemClock;
use latchkey_core::rng::SystemRng;

use super::log::{self, Shape};
use crate::config::Config;
use crate::smoke::Target;
use crate::{App, serving};

/// Which server is tried.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The settings of the server, which runs on this machine
    #[arg(long, value_name = "FILE", default_value = "latchkey.toml")]
    config: PathBuf,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    log::start(Shape::Human)?;
    let stop = serving::signal()?;
    let config = Config::load(&arguments.config, std::env::vars_os())?;
    // First, so that nothing is made where no server runs.
    let target = Target::find(&config).await?;
    let app = App::open(config, Arc::new(SystemClock), Arc::new(SystemRng)).await?;
    // Who reads along may be gone; what was begun is finished all the same.
    let told = |line: &str| drop(writeln!(io::stdout(), "{line}"));
    target.run(&app, told, stop).await.map_err(|error| error.context("FAIL"))?;
    writeln!(io::stdout(), "PASS")?;
    Ok(())
}
