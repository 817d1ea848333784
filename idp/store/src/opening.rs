//! Opening a database at its address.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::embedded::{self, WriteLine};
use crate::requests::Claims;
use crate::schema::{self, Target};
use crate::writer::Writer;
use crate::{Audit, Error, Readers, Result, Store, server};

impl Store {
    /// Opens the database at `url` (`sqlite:PATH` or `postgres://…`), makes an embedded one if need
    /// be and brings its schema up to date.
    ///
    /// # Errors
    /// When it cannot be opened or its schema cannot be brought up to date, in words for an
    /// operator.
    pub async fn open(url: &str) -> Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return open_embedded(&file(path)).await;
        }
        if server::is_server_address(url) {
            return open_server(url).await;
        }
        // Not the address itself: it may hold a password.
        Err(Error::Configuration(format!(
            "the database address begins with {:?}, and only sqlite: and postgres: are known",
            url.split(':').next().unwrap_or_default()
        )))
    }
}

pub(crate) fn file(path: &str) -> PathBuf {
    PathBuf::from(path.trim_start_matches("//"))
}

async fn open_embedded(path: &Path) -> Result<Store> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        create_private_folder(folder)?;
    }
    let line = WriteLine::open(path).await?;
    schema::of_embedded(&line, Target::Newest).await?;
    let readers = Readers::Embedded(embedded::readers(path)?);
    let audit = Audit::default();
    let writer = Arc::new(Writer::grouped(line, Arc::clone(&audit))?);
    let claims = Some(Claims::new(Arc::clone(&writer)));
    Ok(Store { readers, writer, claims, audit })
}

async fn open_server(url: &str) -> Result<Store> {
    server::reach(url).await?;
    let once = server::schema(url)?;
    let changed = schema::of_server(&once, Target::Newest).await;
    once.close().await?;
    changed?;
    let audit = Audit::default();
    let writer = Arc::new(Writer::apart(server::writers(url)?, Arc::clone(&audit))?);
    Ok(Store { readers: Readers::Server(server::readers(url)?), writer, claims: None, audit })
}

/// The folder holds password hashes and keys: nobody else on the machine may look.
pub(crate) fn create_private_folder(folder: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| {
        Error::Configuration(format!("cannot make the folder {}: {error}", folder.display()))
    })
}
