//! `latchkey audit`

use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use latchkey_core::clock::SystemClock;
use latchkey_core::people::Username;
use latchkey_core::rng::SystemRng;
use latchkey_core::{Clock as _, Timestamp};
use latchkey_store::{Selection, Store};

use super::log::{self, Shape};
use crate::config::Config;
use crate::jobs::chain::{self, Checkpoints};
use crate::keys::Keys;

/// What is done with the audit trail.
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
    /// Find what was changed, removed, put in or moved
    Verify {
        /// Checkpoints that were kept elsewhere, one a line
        #[arg(long, value_name = "FILE")]
        checkpoints: Option<PathBuf>,
    },
    /// Write the events, one a line, as JSON
    Export {
        /// From this time on, such as 2026-11-24T00:00:00Z
        #[arg(long, value_name = "TIME", value_parser = time)]
        since: Option<Timestamp>,
        /// Before this time
        #[arg(long, value_name = "TIME", value_parser = time)]
        until: Option<Timestamp>,
        /// Of this person only
        #[arg(long, value_name = "USERNAME")]
        person: Option<String>,
        /// Of this organisation only, without those below it
        #[arg(long, value_name = "SLUG")]
        organisation: Option<String>,
    },
    /// Sign where the audit trail ends now
    Checkpoint,
}

fn time(text: &str) -> Result<Timestamp, String> {
    let parsed: Result<jiff::Timestamp, _> = text.parse();
    let time = parsed.map_err(|_| "it is a time such as 2026-11-24T00:00:00Z".to_owned())?;
    Ok(Timestamp::from_millis(time.as_millisecond()))
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    log::start(Shape::Human)?;
    let config = Config::load(&arguments.config, std::env::vars_os())?;
    let now = SystemClock.now();
    let store = Store::open(&config.database.url).await?;
    let keys = Keys::open(&config.master_key, &store, &SystemRng, now).await?;
    match arguments.command {
        Command::Verify { checkpoints } => {
            let mut read = Checkpoints::default();
            let published = keys.signing(&store, now).await;
            if let Some(file) = checkpoints {
                let name = file.display().to_string();
                let text = std::fs::read_to_string(&file).with_context(|| name.clone())?;
                read.read(&name, &text, &published.set);
            }
            read.read_kept(&store, &published.set).await?;
            verify(&store, &read).await
        }
        Command::Export { since, until, person, organisation } => {
            let mut selection = Selection { since, until, ..Selection::default() };
            if let Some(name) = person {
                let username = Username::parse(&name)?;
                let found = store.view().find_person_by_username(&username).await?;
                let found = found.with_context(|| format!("there is no person {username}"))?;
                selection.person = Some(found.person.id);
            }
            if let Some(slug) = organisation {
                let found = store.view().find_organisation_by_slug(&slug).await?;
                let found = found.with_context(|| format!("there is no organisation {slug}"))?;
                selection.organisation = Some(found.id);
            }
            export(&store, &selection).await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Checkpoint => {
            let checkpoint = chain::sign(&store, &keys, now).await?;
            writeln!(io::stdout(), "{}", checkpoint.signed)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn verify(store: &Store, read: &Checkpoints) -> anyhow::Result<ExitCode> {
    let mut wrong = 0_u64;
    let mut told = Ok(());
    for refused in &read.refused {
        wrong += 1;
        writeln!(io::stdout(), "{refused}")?;
    }
    for place in read.doubtful() {
        wrong += 1;
        let why = "signed by a key that is not known here, and no known key signed a later one";
        writeln!(io::stdout(), "the checkpoint of event {place} is refused: {why}")?;
    }
    let mut tell = |fault| {
        wrong += 1;
        if told.is_ok() {
            told = writeln!(io::stdout(), "{fault}");
        }
    };
    let walked = store.view().walk_audit(&read.signed, &mut tell).await?;
    told?;
    let mut out = io::stdout();
    writeln!(
        out,
        "{} events from {} to {}; {} not sealed yet.",
        walked.events,
        walked.anchor + 1,
        walked.last,
        walked.unsealed
    )?;
    writeln!(
        out,
        "Compared with {} checkpoints; {} of keys that are not known, {} of events before the first.",
        read.signed.len(),
        read.unproven.len(),
        walked.too_old
    )?;
    if wrong > 0 {
        writeln!(out, "The audit trail cannot be trusted: {wrong} findings.")?;
        return Ok(ExitCode::FAILURE);
    }
    writeln!(out, "The audit trail is whole.")?;
    Ok(ExitCode::SUCCESS)
}

async fn export(store: &Store, selection: &Selection) -> anyhow::Result<()> {
    let mut out = BufWriter::new(io::stdout());
    let mut after = None;
    loop {
        let portion = store.view().list_kept_events(selection, after).await?;
        let Some(last) = portion.last() else { break };
        after = Some((last.at, last.id));
        for event in &portion {
            serde_json::to_writer(&mut out, event)?;
            out.write_all(b"\n")?;
        }
    }
    Ok(out.flush()?)
}
