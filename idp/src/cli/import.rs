//! `latchkey import`

use std::fs::File;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use latchkey_core::clock::SystemClock;
use latchkey_core::rng::SystemRng;
use latchkey_core::roles::Actor;

use super::apply::WOULD_CHANGE;
use super::log::{self, Shape};
use crate::App;
use crate::audit::Origin;
use crate::config::Config;
use crate::documents::Mode;
use crate::documents::import::{COLUMNS, ImportError, Problem, Problems, Progress, Wish, import};

/// Which table is imported as what.
#[derive(clap::Args)]
#[command(after_help = columns())]
pub(super) struct Arguments {
    /// The settings of the installation
    #[arg(long, value_name = "FILE", default_value = "latchkey.toml")]
    config: PathBuf,
    /// The organisation whose people the table lists
    #[arg(long, value_name = "ID")]
    organisation: String,
    /// Tell what would change, and keep nothing; the exit code is 3 if something would
    #[arg(long)]
    dry_run: bool,
    /// Invite those by e-mail who have nothing to log in with and no invitation that counts
    #[arg(long)]
    invite: bool,
    /// The table, as CSV in UTF-8
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// What a table can say, for `--help`.
fn columns() -> String {
    let mut text = "The first line names the columns:\n".to_owned();
    for (name, meaning) in COLUMNS {
        text.push_str(&format!("  {name:<13} {meaning}\n"));
    }
    text.push_str(
        "An empty cell leaves things as they are; a cell with - says that there is nothing.",
    );
    text
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    log::start(Shape::Human)?;
    let name = arguments.file.display().to_string();
    let file = File::open(&arguments.file).with_context(|| name.clone())?;
    let config = Config::load(&arguments.config, std::env::vars_os())?;
    let app = App::open(config, Arc::new(SystemClock), Arc::new(SystemRng)).await?;
    let slug = &arguments.organisation;
    let found = app.store.view().find_organisation_by_slug(slug).await?;
    let organisation = found.with_context(|| format!("there is no organisation {slug:?}"))?;
    let origin = Origin { actor: Actor::Cli, address: None, at: app.clock.now() };
    let wish = Wish {
        organisation: organisation.id,
        mode: if arguments.dry_run { Mode::DryRun } else { Mode::Keep },
        invite: arguments.invite,
    };
    let mut out = io::stdout();
    let mut told = Ok(());
    let mut tell = |progress: Progress<'_>| {
        for change in progress.changes {
            if told.is_ok() {
                told = writeln!(out, "{change}");
            }
        }
    };
    let outcome = match import(&app, &origin, wish, file, &mut tell).await {
        Ok(outcome) => outcome,
        Err(ImportError::Table(problems)) => {
            return Err(anyhow!("nothing was kept:\n{}", lines(&name, &problems)));
        }
        Err(error) => return Err(anyhow::Error::from(error).context(name)),
    };
    told?;
    writeln!(io::stdout(), "{outcome}")?;
    Ok(match wish.mode {
        Mode::DryRun if outcome.is_something() => ExitCode::from(WOULD_CHANGE),
        Mode::DryRun | Mode::Keep => ExitCode::SUCCESS,
    })
}

/// The mistakes of a table as editors and people look them up: file, line, what.
fn lines(name: &str, problems: &Problems) -> String {
    let told = problems.told().iter();
    let mut lines: Vec<String> =
        told.map(|Problem { line, fault }| format!("{name}:{line}: {fault}")).collect();
    if problems.more() > 0 {
        lines.push(format!("and {} more", problems.more()));
    }
    lines.join("\n")
}
