//! `latchkey config check` and `latchkey theme check`: one line a finding.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use clap::Subcommand;
use latchkey_core::Clock as _;
use latchkey_core::clock::SystemClock;
use latchkey_core::rng::SystemRng;
use latchkey_store::Store;

use super::log::{self, Shape};
use crate::config::{Config, Console, IN_THE_CLEAR, MasterKey, Metadata, MetadataSource};
use crate::keys::Keys;
use crate::serving::tls::Certificate;
use crate::{jobs, oidc, pages};

/// How long a database may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// `latchkey config`
#[derive(Subcommand)]
pub(super) enum Settings {
    /// Tell whether an installation can be served with its settings
    ///
    /// A database that is there is opened as `serve` opens it, which brings its schema up to date.
    /// One that is not there yet is not made.
    Check {
        /// The settings of the installation
        #[arg(long, value_name = "FILE", default_value = "latchkey.toml")]
        config: PathBuf,
    },
}

/// `latchkey theme`
#[derive(Subcommand)]
pub(super) enum Look {
    /// Render every page in every language, and tell what is wrong with a theme
    Check {
        /// The theme's folder; without one, the built-in theme
        #[arg(long, value_name = "DIR")]
        theme: Option<PathBuf>,
    },
}

/// What was found out.
#[derive(Default)]
struct Report {
    lines: Vec<String>,
    wrong: usize,
}

impl Report {
    fn add(&mut self, what: &str, found: anyhow::Result<String>) {
        match found {
            Ok(text) => self.lines.push(format!("ok     {what}: {text}")),
            Err(error) => {
                for line in format!("{error:#}").lines() {
                    self.lines.push(format!("wrong  {what}: {line}"));
                }
                self.wrong += 1;
            }
        }
    }

    fn tell(self) -> anyhow::Result<ExitCode> {
        let mut out = io::stdout().lock();
        for line in &self.lines {
            writeln!(out, "{line}")?;
        }
        Ok(if self.wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Does `latchkey theme …`.
pub(super) fn theme(command: Look) -> anyhow::Result<ExitCode> {
    let Look::Check { theme } = command;
    let findings = pages::check(theme.as_deref())?;
    let mut out = io::stdout().lock();
    for finding in &findings {
        // A place that an editor can jump to.
        match &theme {
            Some(folder) => writeln!(out, "{}", folder.join(finding.to_string()).display())?,
            None => writeln!(out, "{finding}")?,
        }
    }
    if findings.is_empty() {
        writeln!(out, "Nothing is wrong.")?;
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

/// Does `latchkey config …`.
pub(super) async fn settings(command: Settings) -> anyhow::Result<ExitCode> {
    log::start(Shape::Human)?;
    let Settings::Check { config: path } = command;
    let mut report = Report::default();
    let config = match Config::load(&path, std::env::vars_os()) {
        Ok(config) => config,
        Err(problems) => {
            report.add("settings", Err(problems.into()));
            return report.tell();
        }
    };
    report.add("settings", Ok(path.display().to_string()));
    report.add("address", address(&config));
    if config.speaks_in_the_clear() {
        report.lines.push(format!("note   address: {IN_THE_CLEAR}"));
    }
    if let Some(tls) = &config.listen.tls {
        let opened = Certificate::open(&tls.cert, &tls.key);
        let told = opened.map(|_| tls.cert.display().to_string());
        report.add("certificate", told.map_err(Into::into));
    }
    let there = database_is_there(&config);
    let is_new = matches!(there, Ok(false));
    match there {
        Ok(true) => match tokio::time::timeout(PATIENCE, database(&config)).await {
            Ok(found) => found.into_iter().for_each(|(what, found)| report.add(what, found)),
            Err(_) => report.add("database", Err(anyhow::anyhow!("it does not answer"))),
        },
        Ok(false) => report.add("database", Ok("not there yet; the first start makes it".into())),
        Err(error) => report.add("database", Err(error)),
    }
    if is_new {
        report.add("master key", master_of_new(&config.master_key));
    }
    if let Some(settings) = &config.metadata {
        report.add("metadata", metadata(settings));
    }
    if let Console::Elsewhere { origin, secret_file } = &config.console {
        let found = oidc::secret_of(secret_file);
        report.add("console", found.map(|_| origin.to_string()));
    }
    match &config.mail {
        Some(mail) => report.add("mail", Ok(format!("from {}, {}", mail.from, mail.post))),
        None => report.lines.push("note   mail: not set, so nobody is told of changes".to_owned()),
    }
    report.add("theme", look(config.theme.folder.as_deref()));
    report.tell()
}

/// Whether the address can be listened on.
fn address(config: &Config) -> anyhow::Result<String> {
    let address = config.listen.address;
    match std::net::TcpListener::bind(address) {
        Ok(_) => Ok(address.to_string()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            Ok(format!("{address} is in use; by this installation, if it is up"))
        }
        Err(error) => Err(error).with_context(|| address.to_string()),
    }
}

/// Whether what makers publish can be relied on, as far as it is here.
fn metadata(settings: &Metadata) -> anyhow::Result<String> {
    let trusted = jobs::metadata::trusted(settings)?;
    match &settings.blob {
        MetadataSource::Address(url) => Ok(format!("from {url}, once it is served")),
        MetadataSource::File(path) => {
            let now = SystemClock.now();
            let read = jobs::metadata::read_file(path, &trusted, now);
            let read = read.with_context(|| path.display().to_string())?;
            let (number, promised) = (read.number(), read.next_update());
            let late = if read.is_overdue(now) { ", which did not come" } else { "" };
            Ok(format!("number {number}, a later one promised by {promised}{late}"))
        }
    }
}

/// Whether there is a database to open, as far as files tell.
fn database_is_there(config: &Config) -> anyhow::Result<bool> {
    let Some(path) = config.database.url.strip_prefix("sqlite:") else { return Ok(true) };
    let path = Path::new(path);
    let mut head = [0; 16];
    match File::options().read(true).write(true).open(path) {
        Ok(mut file) => {
            let read = file.read(&mut head).with_context(|| path.display().to_string())?;
            // An empty file is a database that nothing was written to.
            let fits = read == 0 || head == *b"SQLite format 3\0";
            ensure!(fits, "{} is no SQLite database", path.display());
            Ok(read > 0)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let above = path.ancestors().skip(1).find(|folder| folder.exists());
            let folder = above.unwrap_or(Path::new("/"));
            let about = folder.metadata().with_context(|| folder.display().to_string())?;
            ensure!(about.is_dir(), "{} is no folder", folder.display());
            ensure!(!about.permissions().readonly(), "{} is read-only", folder.display());
            Ok(false)
        }
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

/// Opens the database, and what is sealed in it.
async fn database(config: &Config) -> Vec<(&'static str, anyhow::Result<String>)> {
    let store = match Store::open(&config.database.url).await {
        Ok(store) => store,
        Err(error) => return vec![("database", Err(error.into()))],
    };
    let host = config.issuer.host_str().unwrap_or_default();
    match store.view().find_setting("rp_id").await {
        Err(error) => vec![("database", Err(error.into()))],
        Ok(None) => vec![
            ("database", Ok("it answers, and is new".to_owned())),
            ("master key", master_of_new(&config.master_key)),
        ],
        Ok(Some(owner)) => {
            let owner = String::from_utf8_lossy(&owner);
            let found = if owner == host {
                Ok("it answers".to_owned())
            } else {
                Err(anyhow::anyhow!(
                    "it belongs to {owner}: its security keys work there and nowhere else, so it \
                     cannot be served as {host}"
                ))
            };
            let now = SystemClock.now();
            let keys = Keys::open(&config.master_key, &store, &SystemRng, now).await;
            vec![("database", found), ("master key", keys.map(|_| "it opens the database".into()))]
        }
    }
}

/// Whether a new installation will have a master key.
fn master_of_new(source: &MasterKey) -> anyhow::Result<String> {
    match source {
        MasterKey::File(path) if path.exists() => {
            let text = std::fs::read(path).with_context(|| path.display().to_string())?;
            ensure!(!text.is_empty(), "{} is empty", path.display());
            Ok(path.display().to_string())
        }
        MasterKey::File(path) => {
            Ok(format!("{} is not there yet; the first start makes it", path.display()))
        }
        MasterKey::Env(name) => {
            ensure!(std::env::var_os(name).is_some(), "the variable {name} is not set");
            Ok(format!("the variable {name} is set"))
        }
        MasterKey::Command(words) => Ok(format!("{} is run at the first start", words.join(" "))),
    }
}

fn look(folder: Option<&Path>) -> anyhow::Result<String> {
    let findings = pages::check(folder)?;
    if findings.is_empty() {
        return Ok(folder.map_or_else(|| "built in".to_owned(), |it| it.display().to_string()));
    }
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    Err(anyhow::anyhow!(lines.join("\n")))
}
