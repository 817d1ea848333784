//! The log, on standard error. What it holds at its usual level tells nobody about a person.

use std::io::{self, IsTerminal as _};

use anyhow::anyhow;
use tracing_subscriber::EnvFilter;

/// The variable that says what is logged, e.g. `latchkey=debug`.
const VARIABLE: &str = "LATCHKEY_LOG";
const USUAL: &str = "warn,latchkey=info";

/// How a line looks.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// For people.
    Human,
    /// For log collectors.
    Json,
}

/// Starts the log.
///
/// # Errors
/// When the variable cannot be read, or a log was started before.
pub(super) fn start(shape: Shape) -> anyhow::Result<()> {
    let said = std::env::var(VARIABLE).unwrap_or_default();
    let directives = if said.is_empty() { USUAL } else { &said };
    let filter = EnvFilter::try_new(directives)
        .map_err(|error| anyhow!("{VARIABLE} cannot be read ({error}); write e.g. {USUAL}"))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let started = match shape {
        Shape::Human => log.compact().with_ansi(io::stderr().is_terminal()).try_init(),
        Shape::Json => log.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| anyhow!("the log cannot be started: {error}"))
}
