//! `latchkey sp`: applications that speak SAML, one at a time.

mod add;
mod doctor;
mod list;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::ensure;
use latchkey_core::clock::SystemClock;
use latchkey_core::ids::EntityId;
use latchkey_core::rng::SystemRng;
use latchkey_core::roles::Actor;

use super::apply::exit_code;
use super::log::{self, Shape};
use crate::App;
use crate::actions::providers;
use crate::audit::Origin;
use crate::config::Config;
use crate::documents::{Documents, Mode};
use crate::saml::refresh::{self, Outcome};
use crate::source::Source;

/// What is done with them.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The settings of the installation
    #[arg(long, value_name = "FILE", default_value = "latchkey.toml", global = true)]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Let people log in to an application that speaks SAML, or replace the metadata of one that is
    /// known: what is not given here stays as it is. All else that can be said of one is said in a
    /// document (see `latchkey apply --help-documents`)
    Add {
        /// Its metadata: a file, or the address of one
        #[arg(long, value_name = "FILE|URL")]
        metadata: String,
        /// Which is meant, where the metadata describes several
        #[arg(long, value_name = "ID")]
        entity_id: Option<String>,
        /// The organisation that it belongs to
        #[arg(long, value_name = "ID")]
        organisation: Option<String>,
        /// What people know it by; else what its metadata says
        #[arg(long, value_name = "TEXT")]
        name: Option<String>,
        /// Tell what would change, and keep nothing; the exit code is 3 if something would
        #[arg(long)]
        dry_run: bool,
    },
    /// Tell which there are, where their metadata is from, whether it can be read, and what ends soon
    List,
    /// Read the metadata of those again whose metadata is at an address, and tell what changed; the
    /// exit code is 1 if some could not be read
    Refresh {
        /// The entity ID of one of them; else all are read
        #[arg(value_name = "ID")]
        entity_id: Option<String>,
    },
    /// Tell what is wrong with a message or a registration, and what to change; the exit code is
    /// 1 if something is
    Doctor {
        /// The entity ID of the application that it concerns; without a message its registration
        /// is tested
        #[arg(long, value_name = "ID", required_unless_present = "file")]
        provider: Option<String>,
        /// Of whom to show what the application would be told
        #[arg(long, value_name = "USERNAME", requires = "provider", conflicts_with = "file")]
        person: Option<String>,
        /// The message: an address, a form's field, XML or an artifact; - is the standard input
        #[arg(value_name = "FILE|-")]
        file: Option<PathBuf>,
    },
    /// Let nobody log in to one any more
    Remove {
        /// Its entity ID
        #[arg(value_name = "ID")]
        entity_id: String,
    },
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    log::start(Shape::Human)?;
    let config = Config::load(&arguments.config, std::env::vars_os())?;
    let app = App::open(config, Arc::new(SystemClock), Arc::new(SystemRng)).await?;
    match arguments.command {
        Command::Add { metadata, entity_id, organisation, name, dry_run } => {
            let typed = add::Typed { metadata, entity_id, organisation, name };
            let text = add::document(&app, typed).await?;
            let documents = Documents::read(&[Source::from_text("what was typed", &text)])?;
            let mode = if dry_run { Mode::DryRun } else { Mode::Keep };
            let outcome = documents.apply_to(&app, mode).await?;
            writeln!(io::stdout(), "{outcome}")?;
            Ok(exit_code(&outcome))
        }
        Command::List => list::run(&app).await,
        Command::Refresh { entity_id } => refresh(&app, entity_id.map(EntityId)).await,
        Command::Doctor { provider, person, file } => {
            doctor::run(&app, provider.as_deref(), person.as_deref(), file.as_deref()).await
        }
        Command::Remove { entity_id } => {
            let by = Origin { actor: Actor::Cli, address: None, at: app.clock.now() };
            let id = EntityId(entity_id);
            let gone = providers::remove(&app, &by, &id).await?;
            ensure!(gone, "there is no service provider {id}");
            writeln!(io::stdout(), "{id} is removed")?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn refresh(app: &App, only: Option<EntityId>) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    let mut has_failed = false;
    for address in refresh::wanted(app, only.as_ref()).await?.addresses {
        let by = Origin { actor: Actor::Cli, address: None, at: app.clock.now() };
        for report in refresh::read(app, &by, address).await? {
            let id = report.provider;
            match report.outcome {
                Outcome::Read(changes) if changes.is_empty() => writeln!(out, "{id}: unchanged")?,
                Outcome::Read(changes) => {
                    writeln!(out, "{id}: changed")?;
                    for change in changes {
                        writeln!(out, "    {}", change.message)?;
                    }
                }
                Outcome::Failed(reason) => {
                    has_failed = true;
                    writeln!(out, "{id}: not read, what is kept stays: {reason}")?;
                }
            }
        }
    }
    Ok(if has_failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
