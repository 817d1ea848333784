//! `latchkey demo`

use std::io;
use std::path::PathBuf;

use super::log::{self, Shape};
use crate::demo::Demo;

/// Where the demo listens and keeps its data.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The folder that holds the demo's data
    #[arg(long, value_name = "DIR", default_value = "data/demo")]
    data: PathBuf,
    /// The port of Latchkey; the sample applications have the three after it
    #[arg(long, default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1..=65_532))]
    port: u16,
    /// Remove the demo's data first
    #[arg(long)]
    reset: bool,
}

impl Default for Arguments {
    fn default() -> Self {
        Self { data: PathBuf::from("data/demo"), port: 8080, reset: false }
    }
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    log::start(Shape::Human)?;
    let Arguments { data, port, reset } = arguments;
    Demo { data, port, reset }.run(io::stdout()).await
}
