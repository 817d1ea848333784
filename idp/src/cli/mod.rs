//! The command line: one file a command, each handing over to the module that does it.
//!
//! Exit codes: 0 done, 1 failed or something is wrong, 2 wrongly called, 3 a dry run would change
//! something. A failure is a sentence on standard error.

mod admin;
mod apply;
mod audit;
mod backup;
mod check;
mod console;
mod demo;
mod export;
mod import;
mod keys;
mod log;
mod person;
mod serve;
mod smoke;
mod sp;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Latchkey: logs people in with security keys.
#[derive(Parser)]
#[command(name = "latchkey", version, about, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Start the demo (the same as no command at all)
    Demo(demo::Arguments),
    /// Serve people and applications
    Serve(serve::Arguments),
    /// Serve the admin console on a host of its own
    Console(console::Arguments),
    /// Put organisations, people, roles and applications into the database
    Apply(apply::Arguments),
    /// Add and change the people of an organisation by a table (CSV), and invite them
    Import(import::Arguments),
    /// Write what `apply` reads
    Export(export::Arguments),
    /// Add, list and remove applications that speak SAML
    Sp(sp::Arguments),
    /// Help the first administrator, or one who is locked out
    Admin(admin::Arguments),
    /// The settings
    #[command(subcommand)]
    Config(check::Settings),
    /// The look of the pages
    #[command(subcommand)]
    Theme(check::Look),
    /// Tell which keys there are, and put new ones in their place
    Keys(keys::Arguments),
    /// Verify, read and sign the audit trail
    Audit(audit::Arguments),
    /// Disable, enable, move and erase people
    Person(person::Arguments),
    /// Try out a server that runs on this machine, with a person who is deleted afterwards
    Smoke(smoke::Arguments),
    /// Copy the database to a file, while it is used
    Backup(backup::BackupArguments),
    /// Put a backup in the database's place
    Restore(backup::RestoreArguments),
}

/// Does what the command line says.
#[must_use]
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are "errors" with code 0 that go to standard output.
            drop(error.print());
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    let command = cli.command.unwrap_or_else(|| Command::Demo(demo::Arguments::default()));
    let done = runtime.block_on(async {
        match command {
            Command::Demo(arguments) => demo::run(arguments).await?,
            Command::Serve(arguments) => serve::run(arguments).await?,
            Command::Console(arguments) => console::run(arguments).await?,
            Command::Smoke(arguments) => smoke::run(arguments).await?,
            Command::Audit(arguments) => return audit::run(arguments).await,
            Command::Person(arguments) => return person::run(arguments).await,
            Command::Apply(arguments) => return apply::run(arguments).await,
            Command::Import(arguments) => return import::run(arguments).await,
            Command::Sp(arguments) => return sp::run(arguments).await,
            Command::Export(arguments) => export::run(arguments).await?,
            Command::Admin(arguments) => admin::run(arguments).await?,
            Command::Config(command) => return check::settings(command).await,
            Command::Theme(command) => return check::theme(command),
            Command::Keys(arguments) => keys::run(arguments).await?,
            Command::Backup(arguments) => backup::save(arguments).await?,
            Command::Restore(arguments) => backup::restore(arguments).await?,
        }
        Ok(ExitCode::SUCCESS)
    });
    done.unwrap_or_else(|error: anyhow::Error| failed(&error))
}

/// Tells what failed and why, on standard error.
fn failed(error: &anyhow::Error) -> ExitCode {
    // Nobody is left to tell when even this fails.
    drop(writeln!(io::stderr(), "latchkey: {error:#}"));
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn no_command_is_the_demo() {
        assert!(Cli::try_parse_from(["latchkey"]).expect("read").command.is_none());
        let read = Cli::try_parse_from(["latchkey", "demo", "--reset"]).expect("read");
        assert!(matches!(read.command, Some(Command::Demo(_))));
    }

    #[test]
    fn wrong_calls_have_a_code_of_their_own() {
        for line in ["latchkey x", "latchkey apply", "latchkey demo --port 0", "latchkey --x"] {
            let error = Cli::try_parse_from(line.split(' ')).err().expect("refused");
            assert_eq!(error.exit_code(), 2, "{line}");
        }
    }
}
