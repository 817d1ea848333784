//! What the program tells of itself while it runs: the shape of its log, and how much of it.
//!
//! Owns the filter and the format. What a line says is its writer's; at the usual level it tells
//! nothing about a person, and an integration test holds everybody to that.

pub mod traces;

use anyhow::anyhow;
use tracing::Subscriber;
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, registry};

use traces::Collector;

/// What is logged when nothing else is asked for.
pub const USUAL: &str = "warn,latchkey=info";

/// How a line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// For people, in colour where that can be seen.
    Human {
        /// Whether it can.
        colour: bool,
    },
    /// For log collectors: one JSON object a line, with the request that it belongs to.
    Json,
}

/// What takes the log's lines as `directives` ask for them, and writes them; and what is traced, for
/// a collector if there is one.
///
/// # Errors
/// When the directives cannot be read.
pub fn subscriber<W>(
    directives: &str,
    shape: Shape,
    writer: W,
    collector: Option<&Collector>,
) -> anyhow::Result<impl Subscriber + Send + Sync + 'static>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(directives).map_err(|error| anyhow!("{error}"))?;
    let lines = fmt::layer().with_writer(writer);
    let lines = match shape {
        Shape::Human { colour } => lines.compact().with_ansi(colour).boxed(),
        Shape::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
    };
    Ok(registry().with(collector.map(Collector::layer)).with(lines.with_filter(filter)))
}
