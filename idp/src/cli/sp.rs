//! `latchkey sp`: applications that speak SAML, one at a time.

mod doctor;

use std::fmt::Write as _;
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
use crate::saml::providers::Provider;
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
    /// Let people log in to an application that speaks SAML; all else that can be said of one is
    /// said in a document (see `latchkey apply --help-documents`)
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
    /// Tell which there are
    List,
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
            let mut text = "[[service_provider]]\n".to_owned();
            let members = [
                ("metadata", Some(metadata)),
                ("entity_id", entity_id),
                ("organisation", organisation),
                ("name", name),
            ];
            for (member, value) in members {
                if let Some(value) = value {
                    writeln!(text, "{member} = {}", toml::Value::from(value))?;
                }
            }
            let documents = Documents::read(&[Source::from_text("what was typed", &text)])?;
            let mode = if dry_run { Mode::DryRun } else { Mode::Keep };
            let outcome = documents.apply_to(&app, mode).await?;
            writeln!(io::stdout(), "{outcome}")?;
            Ok(exit_code(&outcome))
        }
        Command::List => {
            for stored in app.store.view().list_providers().await? {
                let provider = Provider::open(stored)?;
                writeln!(io::stdout(), "{}  {}", provider.id, provider.name())?;
            }
            Ok(ExitCode::SUCCESS)
        }
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
