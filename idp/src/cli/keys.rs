//! `latchkey keys`

use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::Subcommand;
use jiff::tz::TimeZone;
use latchkey_core::clock::SystemClock;
use latchkey_core::rng::SystemRng;
use latchkey_core::roles::Actor;
use latchkey_core::{Clock as _, Timestamp};
use latchkey_oidc::Algorithm;
use latchkey_store::{Store, StoredKey};

use super::log::{self, Shape};
use crate::audit::Origin;
use crate::config::{Config, STALE};
use crate::keys::Keys;
use crate::keys::rotation::{PUBLISHED_AFTER, Rotated};

/// What is done with which keys.
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// The settings of the installation
    #[arg(long, value_name = "FILE", default_value = "latchkey.toml", global = true)]
    config: PathBuf,
}

#[derive(Subcommand)]
enum Command {
    /// Tell which keys there are
    List,
    /// Publish new signing keys, which sign when applications know them
    RotateSigning {
        /// Of this algorithm only: RS256, ES256 or EdDSA
        #[arg(long, value_parser = algorithm)]
        algorithm: Option<Algorithm>,
        /// Withdraw the present keys at once, for when somebody else may have them: what they
        /// signed is refused from now on
        #[arg(long)]
        now: bool,
    },
    /// Seal everything with a new version of the master key
    RotateMaster {
        /// Only add the version, to copy the file to other nodes first
        #[arg(long)]
        add_only: bool,
    },
}

fn algorithm(text: &str) -> Result<Algorithm, String> {
    Algorithm::parse(text).ok_or_else(|| "it is RS256, ES256 or EdDSA".to_owned())
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    log::start(Shape::Human)?;
    let config = Config::load(&arguments.config, std::env::vars_os())?;
    let (rng, now) = (SystemRng, SystemClock.now());
    let store = Store::open(&config.database.url).await?;
    let keys = Keys::open(&config.master_key, &store, &rng, now).await?;
    let by = Origin { actor: Actor::Cli, address: None, at: now };
    let mut out = io::stdout();
    match arguments.command {
        Command::List => list(&store, &keys, &config.time_zone, now).await?,
        Command::RotateSigning { algorithm, now: true } => {
            let chosen = algorithm.map_or(Algorithm::ALL.to_vec(), |only| vec![only]);
            for algorithm in chosen {
                let withdrawn = keys.withdraw_signing(&store, &rng, algorithm, &by).await?;
                let withdrawn = withdrawn.join(", ");
                writeln!(
                    out,
                    "{}: a new key signs now; withdrawn: {withdrawn}",
                    algorithm.as_str()
                )?;
            }
            writeln!(
                out,
                "Every node follows within {} seconds. Applications that keep the old keys refuse \
                 new tokens until they ask for the keys again.",
                STALE.as_secs()
            )?;
        }
        Command::RotateSigning { algorithm, now: false } => {
            let chosen = algorithm.map_or(Algorithm::ALL.to_vec(), |only| vec![only]);
            for algorithm in chosen {
                let lead = config.lifetimes.key_lead;
                let rotated = keys.rotate_signing(&store, &rng, algorithm, &by, lead).await?;
                let (what, from) = match rotated {
                    Rotated::From(from) => ("a new key is published and signs from", from),
                    Rotated::Waiting(from) => ("a new key waits already and signs from", from),
                };
                let from = shown(from, &config.time_zone);
                writeln!(out, "{}: {what} {from}", algorithm.as_str())?;
            }
        }
        Command::RotateMaster { add_only: true } => {
            let version = keys.add_master(&rng).await?;
            writeln!(
                out,
                "Version {version} is added. Copy the file to every node and to where you keep it, \
                 then run latchkey keys rotate-master."
            )?;
        }
        Command::RotateMaster { add_only: false } => {
            let resealed = keys.rotate_master(&store, &rng, &by).await?;
            writeln!(
                out,
                "Everything is sealed with version {} now ({} anew). Keep older versions for as \
                 long as you keep backups from before.",
                resealed.version, resealed.rows
            )?;
        }
    }
    Ok(())
}

async fn list(store: &Store, keys: &Keys, zone: &TimeZone, now: Timestamp) -> anyhow::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "Master key: version {}", keys.master_versions())?;
    for (name, sealed) in store.view().list_sealed_settings().await? {
        writeln!(out, "  {name}: sealed with version {}", sealed.version)?;
    }
    writeln!(out, "Signing keys:")?;
    for key in store.view().list_signing_keys().await? {
        writeln!(
            out,
            "  {:5} {}: {}; sealed with version {}",
            key.algorithm,
            key.kid,
            state(&key, zone, now),
            key.sealed.version
        )?;
    }
    Ok(())
}

fn state(key: &StoredKey, zone: &TimeZone, now: Timestamp) -> String {
    match key.signs_until {
        _ if now < key.signs_from => {
            format!("published, signs from {}", shown(key.signs_from, zone))
        }
        Some(until) if until <= now => {
            format!("verifies until {}", shown(until.plus(PUBLISHED_AFTER), zone))
        }
        Some(until) => format!("signs until {}", shown(until, zone)),
        None => "signs".to_owned(),
    }
}

fn shown(time: Timestamp, zone: &TimeZone) -> String {
    match jiff::Timestamp::from_millisecond(time.millis()) {
        Ok(time) => time.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string(),
        Err(_) => time.millis().to_string(),
    }
}
