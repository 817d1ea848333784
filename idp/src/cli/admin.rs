//! `latchkey admin`: what an installation's first administrator, or one who is locked out, needs from
//! whoever has the server itself.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::Subcommand;
use latchkey_core::audit::Handling;
use latchkey_core::clock::SystemClock;
use latchkey_core::people::Username;
use latchkey_core::rng::SystemRng;
use latchkey_core::roles::{Actor, Role};
use latchkey_store::PersonRecord;

use super::log::{self, Shape};
use crate::App;
use crate::actions::help::{self, Task, Wish};
use crate::actions::{codes, links, people};
use crate::audit::Origin;
use crate::config::Config;

/// What is done for whom.
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
    /// Give a person a role
    Grant {
        /// Who gets it
        username: String,
        /// Which: helpdesk, local-administrator, auditor or platform-administrator
        #[arg(value_parser = role)]
        role: Role,
        /// Where it starts; it holds below too. Left out: the person's own organisation
        #[arg(long, value_name = "ID")]
        organisation: Option<String>,
    },
    /// Remove all keys, the authenticator app and the recovery codes of a person, who needs a pass
    /// to set up new ones
    Reset {
        /// Whose
        username: String,
        /// Leave their sessions open
        #[arg(long)]
        keep_sessions: bool,
    },
    /// Invite people who have nothing to log in with yet: by e-mail, or with a link that is printed
    Invite {
        /// Whom
        #[arg(required = true)]
        usernames: Vec<String>,
    },
    /// Print a link with which a person sets up a key while you are with them
    Supervise {
        /// Whom
        username: String,
    },
    /// Issue a pass, which lets a person set up a key, once
    Pass {
        /// For whom
        username: String,
        /// How many minutes it lives: at most 480
        #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=480))]
        minutes: u64,
    },
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| {
        "it is helpdesk, local-administrator, auditor or platform-administrator".to_owned()
    })
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    log::start(Shape::Human)?;
    let config = Config::load(&arguments.config, std::env::vars_os())?;
    let app = App::open(config, std::sync::Arc::new(SystemClock), std::sync::Arc::new(SystemRng));
    let app = app.await?;
    let origin = Origin { actor: Actor::Cli, address: None, at: app.clock.now() };
    let mut out = io::stdout();
    match arguments.command {
        Command::Grant { username, role, organisation } => {
            let found = find(&app, &username).await?;
            let granted =
                people::grant_role(&app, &origin, &found.person, role, organisation.as_deref());
            let done = granted.await?;
            let name = found.person.username;
            let (role, place) = (role.as_str(), done.organisation);
            if done.new {
                writeln!(out, "{name} is {role} of {place} now")?;
            } else {
                writeln!(out, "{name} was {role} of {place} already")?;
            }
        }
        Command::Reset { username, keep_sessions } => {
            let found = find(&app, &username).await?;
            let wish = Wish {
                task: Task::Reset,
                handling: Handling::default(),
                end_sessions: !keep_sessions,
                pass: None,
                lock_out: true,
            };
            let done = help::run(&app, &origin, &found, &wish).await?;
            let effects =
                done.map_err(|refused| anyhow::anyhow!("not reset: {refused:?}"))?.effects;
            let apps = if effects.app.is_some() { "the authenticator app and " } else { "" };
            writeln!(
                out,
                "Removed {apps}{} keys of {}, and ended {} sessions. They need a pass to set up a \
                 key: latchkey admin pass {}",
                effects.removed.len(),
                found.person.username,
                effects.sessions.len(),
                found.person.username
            )?;
        }
        Command::Invite { usernames } => {
            for username in usernames {
                let found = find(&app, &username).await?;
                let issued = links::invite(&app, &origin, &found, &Handling::default()).await?;
                let issued = issued.with_context(|| username.clone())?;
                if issued.sent {
                    writeln!(out, "{}: a letter is on its way", found.person.username)?;
                } else {
                    writeln!(out, "{}: {}", found.person.username, issued.url.expose())?;
                }
            }
        }
        Command::Supervise { username } => {
            let found = find(&app, &username).await?;
            let issued =
                links::supervise(&app, &origin, &found.person, &Handling::default()).await?;
            writeln!(out, "{}", issued.url.expose())?;
        }
        Command::Pass { username, minutes } => {
            let found = find(&app, &username).await?;
            let lives = Duration::from_secs(60 * minutes);
            let issued = codes::issue_pass(&app, &origin, &found.person, lives).await?;
            writeln!(out, "{}", issued.pass.expose())?;
            writeln!(
                io::stderr(),
                "The pass of {} for {minutes} minutes. It is shown only now, and works once.",
                found.person.username
            )?;
        }
    }
    Ok(())
}

async fn find(app: &App, username: &str) -> anyhow::Result<PersonRecord> {
    let name = Username::parse(username).with_context(|| format!("{username:?}"))?;
    let found = app.store.view().find_person_by_username(&name).await?;
    found.with_context(|| format!("there is nobody with the user name {name}"))
}
