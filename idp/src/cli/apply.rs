//! `latchkey apply`

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use latchkey_core::clock::SystemClock;
use latchkey_core::rng::SystemRng;

use super::log::{self, Shape};
use crate::App;
use crate::config::Config;
use crate::documents::{Documents, Mode, Outcome, reference};
use crate::source::{Problems, Source};

/// What a dry run ends with when something would change.
pub(super) const WOULD_CHANGE: u8 = 3;

/// What is applied to which installation.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The settings of the installation
    #[arg(long, value_name = "FILE", default_value = "latchkey.toml")]
    config: PathBuf,
    /// Tell what would change, and keep nothing; the exit code is 3 if something would
    #[arg(long)]
    dry_run: bool,
    /// Tell what documents can say
    #[arg(long)]
    help_documents: bool,
    /// The documents, as TOML or JSON
    #[arg(required_unless_present = "help_documents", value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    log::start(Shape::Human)?;
    if arguments.help_documents {
        write!(io::stdout(), "{}", reference())?;
        return Ok(ExitCode::SUCCESS);
    }
    let config = Config::load(&arguments.config, std::env::vars_os())?;
    let documents = read(&arguments.files)?;
    let app = App::open(config, Arc::new(SystemClock), Arc::new(SystemRng)).await?;
    let mode = if arguments.dry_run { Mode::DryRun } else { Mode::Keep };
    let outcome = documents.apply_to(&app, mode).await?;
    writeln!(io::stdout(), "{outcome}")?;
    Ok(exit_code(&outcome))
}

/// Reads every file, and tells what is wrong with all of them at once.
fn read(files: &[PathBuf]) -> Result<Documents, Problems> {
    let mut sources = Vec::new();
    let mut problems = Problems::default();
    for path in files {
        match Source::read(path) {
            Ok(source) => sources.push(source),
            Err(problem) => problems.push(problem),
        }
    }
    match Documents::read(&sources) {
        Ok(documents) => problems.or(documents),
        Err(wrong) => {
            problems.append(wrong);
            Err(problems)
        }
    }
}

/// What was kept is done; what would be kept is worth a code, for scripts that watch for it.
pub(super) fn exit_code(outcome: &Outcome) -> ExitCode {
    match outcome.mode {
        Mode::DryRun if !outcome.changes.is_empty() => ExitCode::from(WOULD_CHANGE),
        Mode::DryRun | Mode::Keep => ExitCode::SUCCESS,
    }
}
