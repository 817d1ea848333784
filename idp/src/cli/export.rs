//! `latchkey export`

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use latchkey_store::Store;

use super::log::{self, Shape};
use crate::config::Config;
use crate::documents::export;

/// What is written where.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The settings of the installation
    #[arg(long, value_name = "FILE", default_value = "latchkey.toml")]
    config: PathBuf,
    /// The file that is made, instead of standard output
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

pub(super) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    log::start(Shape::Human)?;
    let config = Config::load(&arguments.config, std::env::vars_os())?;
    let store = Store::open(&config.database.url).await?;
    match &arguments.to {
        Some(path) => {
            let mut file =
                BufWriter::new(create(path).with_context(|| path.display().to_string())?);
            export(&store, &mut file).await?;
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync_all()?;
        }
        None => export(&store, &mut BufWriter::new(io::stdout())).await?,
    }
    Ok(())
}

/// A new file that nobody else on the machine may read: it holds password hashes.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
