//! `latchkey backup` and `latchkey restore`

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use latchkey_core::Clock as _;
use latchkey_core::clock::SystemClock;
use latchkey_core::rng::SystemRng;
use latchkey_core::roles::Actor;
use latchkey_store::Store;
use latchkey_store::backup::{self, Restore};

use super::log::{self, Shape};
use crate::App;
use crate::actions::restored;
use crate::audit::Origin;
use crate::config::Config;
use crate::keys::Keys;

/// What is copied where.
#[derive(clap::Args)]
pub(super) struct BackupArguments {
    /// The settings of the installation
    #[arg(long, value_name = "FILE", default_value = "latchkey.toml")]
    config: PathBuf,
    /// The file that is made
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

/// What is put back.
#[derive(clap::Args)]
pub(super) struct RestoreArguments {
    /// The settings of the installation
    #[arg(long, value_name = "FILE", default_value = "latchkey.toml")]
    config: PathBuf,
    /// The backup
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// Put it in the place of what is there
    #[arg(long)]
    replace: bool,
    /// An audit export: security keys that were removed after the backup are told
    #[arg(long, value_name = "FILE")]
    audit: Option<PathBuf>,
    /// Remove those again
    #[arg(long, requires = "audit")]
    remove: bool,
}

pub(super) async fn save(arguments: BackupArguments) -> anyhow::Result<()> {
    log::start(Shape::Human)?;
    let config = Config::load(&arguments.config, std::env::vars_os())?;
    backup::copy(&config.database.url, &arguments.to)?;
    writeln!(
        io::stdout(),
        "{} is whole. It needs the master key, which is not in it.",
        arguments.to.display()
    )?;
    Ok(())
}

pub(super) async fn restore(arguments: RestoreArguments) -> anyhow::Result<()> {
    log::start(Shape::Human)?;
    let config = Config::load(&arguments.config, std::env::vars_os())?;
    // Before anything changes: an export that cannot be read is found now.
    let removed = arguments.audit.as_deref().map(restored::removed).transpose()?;
    let begun = Restore::begin(&config.database.url, &arguments.from, arguments.replace)?;
    let store = Store::open(&begun.address()).await?;
    let (rng, by) =
        (&SystemRng, Origin { actor: Actor::Cli, address: None, at: SystemClock.now() });
    let voided = restored::void(&store, rng, &by).await?;
    Keys::open(&config.master_key, &store, rng, by.at).await?;
    let back = restored::back(&store, removed.as_deref().unwrap_or_default()).await?;
    drop(store);
    if arguments.remove && !back.is_empty() {
        // What writes letters, on the data that is not in its place yet.
        let mut config = config;
        config.database.url = begun.address();
        let app = App::open(config, Arc::new(SystemClock), Arc::new(SystemRng)).await?;
        restored::remove(&app, &back, &by).await?;
    }
    begun.finish()?;

    let mut out = io::stdout();
    writeln!(out, "{} is restored. Everybody logs in again.", arguments.from.display())?;
    writeln!(out, "Ended: {} sessions, {} grants.", voided.sessions, voided.grants)?;
    match (&removed, arguments.remove) {
        (None, _) => writeln!(
            out,
            "Security keys that were removed after the backup work again. With --audit FILE they \
             are told."
        )?,
        (Some(_), _) if back.is_empty() => {
            writeln!(out, "No security key of the audit export's removed ones is back.")?;
        }
        (Some(_), true) => writeln!(out, "Removed again:")?,
        (Some(_), false) => writeln!(
            out,
            "These security keys were removed after the backup and work again. Remove them, or \
             restore with --remove:"
        )?,
    }
    for (credential, record) in &back {
        let (who, name) = (&record.person.username, credential.nickname.as_str());
        writeln!(out, "  {who}: {name} ({})", credential.id)?;
    }
    Ok(())
}
