//! `latchkey person`

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use clap::Subcommand;
use latchkey_core::Clock as _;
use latchkey_core::audit::Handling;
use latchkey_core::clock::SystemClock;
use latchkey_core::ids::{OrganisationId, PersonId};
use latchkey_core::people::Username;
use latchkey_core::rng::SystemRng;
use latchkey_core::roles::Actor;
use latchkey_store::Store;

use super::log::{self, Shape};
use crate::actions::lifecycle::{self, Outcome};
use crate::audit::Origin;
use crate::config::Config;
use crate::keys::Keys;

/// What is done with whom.
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// The settings of the installation
    #[arg(long, value_name = "FILE", default_value = "latchkey.toml", global = true)]
    config: PathBuf,
    /// Why, for the audit trail; without names, which would stay when people are erased
    #[arg(long, value_name = "TEXT", global = true)]
    reason: Option<String>,
    /// The number of the case, for the audit trail
    #[arg(long, value_name = "NUMBER", global = true)]
    case: Option<String>,
}

#[derive(clap::Args)]
struct Who {
    /// The user names
    #[arg(required = true, value_name = "USERNAME")]
    people: Vec<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Let people who left log in no more
    Disable(Who),
    /// Let people who were disabled log in again
    Enable(Who),
    /// Move people to another organisation
    Move {
        #[command(flatten)]
        who: Who,
        /// The organisation
        #[arg(long, value_name = "SLUG")]
        to: String,
    },
    /// Remove people and everything that is kept about them, for good
    Erase {
        #[command(flatten)]
        who: Who,
        /// They are erased for good, and that is meant
        #[arg(long)]
        yes: bool,
    },
}

/// What is done to each.
enum Step {
    Disable,
    Enable,
    Move(OrganisationId),
    Erase,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    log::start(Shape::Human)?;
    if let Command::Erase { yes, .. } = &arguments.command {
        ensure!(*yes, "what is erased does not come back; with --yes it is done");
    }
    let config = Config::load(&arguments.config, std::env::vars_os())?;
    let store = Store::open(&config.database.url).await?;
    let by = Origin { actor: Actor::Cli, address: None, at: SystemClock.now() };
    Keys::open(&config.master_key, &store, &SystemRng, by.at).await?;
    let (who, step) = match arguments.command {
        Command::Disable(who) => (who, Step::Disable),
        Command::Enable(who) => (who, Step::Enable),
        Command::Erase { who, .. } => (who, Step::Erase),
        Command::Move { who, to } => {
            let found = store.view().find_organisation_by_slug(&to).await?;
            let found = found.with_context(|| format!("there is no organisation {to}"))?;
            (who, Step::Move(found.id))
        }
    };
    let handling = Handling { reason: arguments.reason, case: arguments.case, checks: Vec::new() };
    let mut code = ExitCode::SUCCESS;
    for name in &who.people {
        let found = match Username::parse(name) {
            Ok(username) => store.view().find_person_by_username(&username).await?,
            Err(_) => None,
        };
        let (text, done) = match found {
            Some(record) => carry_out(&store, &by, &handling, record.person.id, &step).await?,
            None => ("there is no such person".to_owned(), false),
        };
        writeln!(io::stdout(), "{name}: {text}")?;
        if !done {
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}

/// Does it to one person; what came of it, and whether it is so now.
async fn carry_out(
    store: &Store,
    by: &Origin,
    handling: &Handling,
    person: PersonId,
    step: &Step,
) -> anyhow::Result<(String, bool)> {
    let rng = &SystemRng;
    Ok(match step {
        Step::Disable => told(
            lifecycle::disable(store, rng, by, handling, person).await?,
            "disabled already",
            |done| format!("disabled; {} sessions ended, {} keys rest", done.sessions, done.keys),
        ),
        Step::Enable => told(
            lifecycle::enable(store, rng, by, handling, person).await?,
            "not disabled",
            |done| format!("enabled; {} keys work again", done.keys),
        ),
        Step::Move(to) => told(
            lifecycle::transfer(store, rng, by, handling, person, *to).await?,
            "there already",
            |ended| match ended.as_slice() {
                [] => "moved".to_owned(),
                ended => {
                    let names: Vec<_> = ended.iter().map(|role| role.as_str()).collect();
                    format!("moved; these roles ended: {}", names.join(", "))
                }
            },
        ),
        Step::Erase => told(
            lifecycle::erase(store, rng, by, handling, person).await?,
            "erased already",
            |()| "erased".to_owned(),
        ),
    })
}

fn told<T>(outcome: Outcome<T>, already: &str, done: impl FnOnce(T) -> String) -> (String, bool) {
    match outcome {
        Outcome::Done(value) => (done(value), true),
        Outcome::Already => (already.to_owned(), true),
        Outcome::Unknown => ("there is no such person".to_owned(), false),
        Outcome::NoOrganisation => ("there is no such organisation".to_owned(), false),
        Outcome::LastAdministrator => {
            ("refused: nobody else looks after the platform".to_owned(), false)
        }
    }
}
