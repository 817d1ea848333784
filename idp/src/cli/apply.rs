//! `latchkey apply`

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use latchkey_core::clock::SystemClock;
use latchkey_core::rng::SystemRng;

use super::log::{self, Shape};
use crate::App;
use crate::config::Config;
use crate::documents::{Documents, Mode};
use crate::source::{Problems, Source};

/// What is applied to which installation.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The settings of the installation
    #[arg(long, value_name = "FILE", default_value = "latchkey.toml")]
    config: PathBuf,
    /// Tell what would change, and keep nothing
    #[arg(long)]
    dry_run: bool,
    /// The documents, as TOML or JSON
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    log::start(Shape::Human)?;
    let config = Config::load(&arguments.config, std::env::vars_os())?;
    let mut sources = Vec::new();
    let mut problems = Problems::default();
    for path in &arguments.files {
        match Source::read(path) {
            Ok(source) => sources.push(source),
            Err(problem) => problems.push(problem),
        }
    }
    problems.or(())?;
    let documents = Documents::read(&sources)?;
    let app = App::open(config, Arc::new(SystemClock), Arc::new(SystemRng)).await?;
    let mode = if arguments.dry_run { Mode::DryRun } else { Mode::Keep };
    let outcome = documents.apply_to(&app, mode).await?;
    writeln!(io::stdout(), "{outcome}")?;
    Ok(())
}
