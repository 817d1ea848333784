//! `latchkey keys`

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::Subcommand;
use jiff::tz::TimeZone;
use latchkey_core::clock::SystemClock;
use latchkey_core::rng::SystemRng;
use latchkey_core::roles::Actor;
use latchkey_core::{Clock as _, Timestamp};
use latchkey_oidc::Algorithm;
use latchkey_saml::keys::SignatureAlgorithm;
use latchkey_store::{Store, StoredKey, StoredSamlKey};

use super::log::{self, Shape};
use crate::audit::Origin;
use crate::config::{Config, STALE};
use crate::keys::Keys;
use crate::keys::rotation::{PUBLISHED_AFTER, Rotated};
use crate::keys::saml::{self, algorithm_of, certificate_of};

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
    /// Publish a new key for applications that speak SAML, which signs when they know it
    RotateSaml {
        /// By which it signs, RSA-SHA256 or ECDSA-SHA256; else as the present one
        #[arg(long, value_parser = saml_algorithm)]
        algorithm: Option<SignatureAlgorithm>,
        /// Withdraw the present key at once, for when somebody else may have it: applications
        /// refuse what it signed as soon as they read our metadata again
        #[arg(long)]
        now: bool,
    },
    /// Print the certificate that applications know our SAML messages by, in PEM
    SamlCertificate {
        /// That of the key that waits to sign
        #[arg(long)]
        next: bool,
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

fn saml_algorithm(text: &str) -> Result<SignatureAlgorithm, String> {
    SignatureAlgorithm::named(text).ok_or_else(|| "it is RSA-SHA256 or ECDSA-SHA256".to_owned())
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
        Command::RotateSaml { algorithm, now: true } => {
            let withdrawn = keys.withdraw_saml(&store, &rng, algorithm, &by).await?;
            writeln!(
                out,
                "SAML: a new key signs now; withdrawn: {}\n\
                 Every node follows within {} seconds. Applications refuse log-ins until they read \
                 our metadata again; to those that do not read it by themselves give what latchkey \
                 keys saml-certificate prints, and have the old certificate removed from all.",
                withdrawn.join(", "),
                STALE.as_secs()
            )?;
        }
        Command::RotateSaml { algorithm, now: false } => {
            let lead = config.lifetimes.saml_key_lead;
            let rotated = keys.rotate_saml(&store, &rng, algorithm, &by, lead).await?;
            let (what, from) = match rotated {
                Rotated::From(from) => ("a new key is published and signs from", from),
                Rotated::Waiting(from) => ("a new key waits already and signs from", from),
            };
            writeln!(out, "SAML: {what} {}", shown(from, &config.time_zone))?;
            if now < from {
                writeln!(
                    out,
                    "Applications have to read our metadata until then; to those that do not by \
                     themselves give what latchkey keys saml-certificate --next prints."
                )?;
            }
        }
        Command::SamlCertificate { next: true } => {
            let stored = store.view().list_saml_keys().await?;
            let waiting = stored.iter().find(|row| now < row.signs_from);
            let waiting = waiting.context("no SAML key waits: latchkey keys rotate-saml")?;
            write!(out, "{}", certificate_of(waiting)?.pem())?;
        }
        Command::SamlCertificate { next: false } => {
            let keys = keys.saml(&store, &rng, now).await?;
            write!(out, "{}", keys.signing.certificate().pem())?;
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
    let stored = store.view().list_saml_keys().await?;
    if !stored.is_empty() {
        writeln!(out, "SAML keys:")?;
    }
    for key in stored {
        let certificate = certificate_of(&key)?;
        writeln!(
            out,
            "  {} {}: {}; its certificate ends {}\n    SHA-256 {}",
            algorithm_of(&key)?.as_str(),
            key.id,
            saml_state(&key, zone, now),
            shown(certificate.not_after(), zone),
            certificate.fingerprint()
        )?;
    }
    Ok(())
}

fn state(key: &StoredKey, zone: &TimeZone, now: Timestamp) -> String {
    doing(key.signs_from, key.signs_until, PUBLISHED_AFTER, zone, now)
}

fn saml_state(key: &StoredSamlKey, zone: &TimeZone, now: Timestamp) -> String {
    doing(key.signs_from, key.signs_until, saml::PUBLISHED_AFTER, zone, now)
}

/// What a key does at a time, which is published for so long after it signed.
fn doing(
    from: Timestamp,
    until: Option<Timestamp>,
    after: Duration,
    zone: &TimeZone,
    now: Timestamp,
) -> String {
    match until {
        _ if now < from => format!("published, signs from {}", shown(from, zone)),
        Some(until) if until <= now => {
            format!("verifies until {}", shown(until.plus(after), zone))
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
