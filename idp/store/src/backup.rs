//! Copies of a whole database while it is used, and what a restore makes void.
//!
//! A copy is verified before it stands at its place, and a restore is all or nothing. Knows nothing
//! of master keys: what is sealed stays sealed, in the copy as well.

mod embedded;
mod server;
#[cfg(test)]
mod tests;

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use latchkey_core::Timestamp;
use latchkey_core::credentials::Credential;
use latchkey_core::ids::{CredentialId, PersonId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use crate::entity::{
    calls, ceremonies, credentials, flows, grants, leases, links, outbox, refresh_tokens, sessions,
};
use crate::people::PersonRecord;
use crate::{Error, Result, Store, Tx, View};

/// The setting that changes with every restore.
const EPOCH: &str = "epoch";
/// The setting that stands while restored data still has what is to be made void.
const UNFINISHED: &str = "restoring";

/// Copies the database at `url` to a new file while it is used.
///
/// # Errors
/// Why there is no copy, in words for an operator; nothing stands at `to` then.
pub fn copy(url: &str, to: &Path) -> Result<()> {
    if to.exists() {
        return Err(told(format!("there is a file {} already", to.display())));
    }
    let partial = Partial::make(beside(to, "partial"))?;
    match Place::of(url)? {
        Place::Embedded(database) => {
            if !database.exists() {
                return Err(told(format!("there is no database at {}", database.display())));
            }
            embedded::copy(&database, &partial.path)?;
        }
        Place::Server => server::dump(url, &partial.path)?,
    }
    partial.stand_at(to)
}

/// A backup on its way into the database's place.
pub struct Restore {
    url: String,
    prepared: Option<Partial>,
}

impl Restore {
    /// Reads a backup. An embedded one is made ready beside the database, which is not touched yet;
    /// a server's is put in the database's place at once, where no node serves it until
    /// [`Tx::void`].
    ///
    /// # Errors
    /// When a server uses the database, there is data and not to be replaced, or the file is no
    /// whole backup; the database is as it was then.
    pub fn begin(url: &str, from: &Path, replace: bool) -> Result<Self> {
        if !from.is_file() {
            return Err(told(format!("there is no file {}", from.display())));
        }
        let prepared = match Place::of(url)? {
            Place::Embedded(database) => {
                embedded::vacant(&database, replace)?;
                if let Some(folder) = database.parent() {
                    crate::opening::create_private_folder(folder)?;
                }
                let partial = Partial::make(beside(&database, "restoring"))?;
                embedded::copy(from, &partial.path)?;
                Some(partial)
            }
            Place::Server => {
                server::restore(url, from, replace)?;
                None
            }
        };
        Ok(Self { url: url.to_owned(), prepared })
    }

    /// Where the restored data is at present.
    #[must_use]
    pub fn address(&self) -> String {
        match &self.prepared {
            Some(partial) => format!("sqlite:{}", partial.path.display()),
            None => self.url.clone(),
        }
    }

    /// Puts what was made ready in the database's place, whole or not at all. Whoever opened
    /// [`address`](Self::address) has to have let go of it.
    ///
    /// # Errors
    /// When it cannot be; the database is as it was then.
    pub fn finish(self) -> Result<()> {
        match (self.prepared, Place::of(&self.url)?) {
            (Some(partial), Place::Embedded(database)) => {
                embedded::flatten(&partial.path)?;
                embedded::replace(&partial.path, &database)
            }
            _ => Ok(()),
        }
    }
}

/// What a restore made void.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Voided {
    /// Sessions that were open.
    pub sessions: u64,
    /// Grants that were not revoked.
    pub grants: u64,
}

impl View<'_> {
    /// What changes with every restore; empty before the first.
    pub async fn find_epoch(&self) -> Result<Vec<u8>> {
        Ok(self.find_setting(EPOCH).await?.unwrap_or_default())
    }

    /// Whether restored data still has what is to be made void.
    pub async fn restore_is_unfinished(&self) -> Result<bool> {
        Ok(self.find_setting(UNFINISHED).await?.is_some())
    }

    /// Anybody's key by its own key, with whose it is.
    pub async fn find_credential_with_person(
        &self,
        id: CredentialId,
    ) -> Result<Option<(Credential, PersonRecord)>> {
        let Some(row) = credentials::Entity::find_by_id(id.0).one(&self.conn).await? else {
            return Ok(None);
        };
        let person = PersonId(row.person_id);
        let found = (self.find_credential(person, id).await?, self.find_person(person).await?);
        Ok(found.0.zip(found.1))
    }
}

impl Tx {
    /// Makes void what a backup remembers of log-ins: time has gone on since, and what was ended
    /// then must not be alive again. Codes and tokens are made void by the new epoch.
    pub async fn void(&self, epoch: &[u8], now: Timestamp) -> Result<Voided> {
        let conn = self.conn();
        let ended = sessions::Entity::update_many()
            .col_expr(sessions::Column::EndedAt, Expr::value(now.millis()))
            .filter(sessions::Column::EndedAt.is_null())
            .exec(&conn)
            .await?;
        let revoked = grants::Entity::update_many()
            .col_expr(grants::Column::RevokedAt, Expr::value(now.millis()))
            .filter(grants::Column::RevokedAt.is_null())
            .exec(&conn)
            .await?;
        refresh_tokens::Entity::delete_many().exec(&conn).await?;
        ceremonies::Entity::delete_many().exec(&conn).await?;
        flows::Entity::delete_many().exec(&conn).await?;
        leases::Entity::delete_many().exec(&conn).await?;
        links::Entity::delete_many().exec(&conn).await?;
        calls::Entity::delete_many().exec(&conn).await?;
        self.void_codes(now).await?;
        // They were sent long ago, or tell of what is no more.
        outbox::Entity::delete_many().exec(&conn).await?;
        self.replace_setting(EPOCH, epoch.to_vec()).await?;
        self.delete_setting(UNFINISHED).await?;
        Ok(Voided { sessions: ended.rows_affected, grants: revoked.rows_affected })
    }
}

impl Store {
    /// Whether `url` is of a file, which one program at a time restores.
    #[must_use]
    pub fn is_embedded(url: &str) -> bool {
        matches!(Place::of(url), Ok(Place::Embedded(_)))
    }
}

enum Place {
    Embedded(PathBuf),
    Server,
}

impl Place {
    fn of(url: &str) -> Result<Self> {
        match url.strip_prefix("sqlite:") {
            Some(path) => Ok(Self::Embedded(crate::opening::file(path))),
            None if crate::server::is_server_address(url) => Ok(Self::Server),
            None => Err(told("only sqlite: and postgres: databases can be copied".to_owned())),
        }
    }
}

fn told(text: String) -> Error {
    Error::Configuration(text)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ending);
    path.with_file_name(name)
}

/// A private file under construction, which goes unless it is put in its place. One that a killed
/// program left is made anew.
struct Partial {
    path: PathBuf,
}

impl Partial {
    fn make(path: PathBuf) -> Result<Self> {
        let this = Self { path };
        this.clear();
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let made = options.open(&this.path);
        made.map_err(|error| told(format!("cannot make {}: {error}", this.path.display())))?;
        Ok(this)
    }

    /// Renames it, durably.
    fn stand_at(self, place: &Path) -> Result<()> {
        let stand = || {
            File::open(&self.path)?.sync_all()?;
            fs::rename(&self.path, place)?;
            match place.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                Some(folder) => File::open(folder)?.sync_all(),
                None => Ok(()),
            }
        };
        stand().map_err(|error| told(format!("cannot write {}: {error}", place.display())))
    }

    fn clear(&self) {
        for ending in ["", "-wal", "-shm", "-journal"] {
            let mut name = self.path.clone().into_os_string();
            name.push(ending);
            if let Err(error) = fs::remove_file(&name)
                && error.kind() != ErrorKind::NotFound
            {
                tracing::warn!(%error, file = %name.display(), "cannot be removed");
            }
        }
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        self.clear();
    }
}
