//! The log, on standard error. What it holds at its usual level tells nobody about a person.

use std::io::{self, IsTerminal as _};

use anyhow::anyhow;

use crate::telemetry::{self, traces::Collector};

/// The variable that says what is logged, e.g. `latchkey=debug`.
const VARIABLE: &str = "LATCHKEY_LOG";
/// The variable that says how a line looks: `json` or `text`.
const FORMAT: &str = "LATCHKEY_LOG_FORMAT";

/// How a line looks, where the variable does not say.
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
/// When a variable cannot be read, or a log was started before.
pub(super) fn start(shape: Shape) -> anyhow::Result<()> {
    start_with(shape, None)
}

/// Starts the log, and sends what is traced to a collector.
///
/// # Errors
/// When a variable cannot be read, or a log was started before.
pub(super) fn start_with(shape: Shape, collector: Option<&Collector>) -> anyhow::Result<()> {
    let said = std::env::var(VARIABLE).unwrap_or_default();
    let directives = if said.is_empty() { telemetry::USUAL } else { &said };
    let shape = match (std::env::var(FORMAT).unwrap_or_default().as_str(), shape) {
        ("json", _) | ("", Shape::Json) => telemetry::Shape::Json,
        ("text", _) | ("", Shape::Human) => {
            telemetry::Shape::Human { colour: io::stderr().is_terminal() }
        }
        (other, _) => return Err(anyhow!("{FORMAT} is json or text, not {other}")),
    };
    let log = telemetry::subscriber(directives, shape, io::stderr, collector).map_err(|error| {
        anyhow!("{VARIABLE} cannot be read ({error}); write e.g. {}", telemetry::USUAL)
    })?;
    tracing::subscriber::set_global_default(log)
        .map_err(|error| anyhow!("the log cannot be started: {error}"))
}
