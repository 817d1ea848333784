//! The master key: where its versions come from, and what seals and opens with them.
//!
//! Its text holds one version a word, `2:` and 32 bytes in base64; lines that begin with `#` are
//! comments. Words may stand on one line. Bytes without a number are version 1. The newest seals.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_core::Rng;
use latchkey_core::secrets::{KeyRing, Unopened, Versioned};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use crate::config::MasterKey;

/// How long a command may take to print the key.
const PRINTED_WITHIN: Duration = Duration::from_secs(30);
/// What a file begins with.
const HEADING: &str = "# Latchkey's master key. The newest version seals, older ones open.\n";

/// The bytes of every version.
pub type Versions = BTreeMap<u32, Zeroizing<[u8; 32]>>;

/// The master key of an installation that is up.
pub(super) struct Master {
    source: MasterKey,
    ring: RwLock<Arc<KeyRing>>,
}

impl Master {
    /// Reads the key; makes it, if it is a file that is not there and the database is new.
    pub(super) async fn open(
        source: &MasterKey,
        needed: bool,
        rng: &dyn Rng,
    ) -> anyhow::Result<Self> {
        let versions = match (read(source).await?, source, needed) {
            (Some(versions), ..) => versions,
            (None, MasterKey::File(file), false) => make(file, rng)?,
            (None, MasterKey::File(_), true) => bail!(
                "{} is not there; the database was made with it and cannot be read without it. \
                 Restore the file from where you keep it",
                described(source)
            ),
            (None, ..) => bail!(
                "{} is not there; it is \"1:\" and 32 random bytes in base64",
                described(source)
            ),
        };
        Ok(Self { source: source.clone(), ring: RwLock::new(Arc::new(ring(&versions, source)?)) })
    }

    pub(super) fn described(&self) -> String {
        described(&self.source)
    }

    pub(super) fn newest(&self) -> u32 {
        self.ring().newest()
    }

    /// The versions, as text.
    pub(super) fn versions(&self) -> String {
        let versions: Vec<String> = self.ring().versions().map(|v| v.to_string()).collect();
        versions.join(", ")
    }

    pub(super) fn seal(&self, rng: &dyn Rng, purpose: &str, plaintext: &[u8]) -> Versioned {
        self.ring().seal(rng, purpose, plaintext)
    }

    /// The keys, if a version is among them. The source is read again when it is not: another node
    /// may have rotated the key.
    pub(super) async fn find(&self, version: u32) -> anyhow::Result<Option<Arc<KeyRing>>> {
        let known = self.ring();
        if known.has(version) {
            return Ok(Some(known));
        }
        let Some(versions) = read(&self.source).await? else { return Ok(None) };
        let again = Arc::new(ring(&versions, &self.source)?);
        if !again.has(version) {
            return Ok(None);
        }
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&again);
        Ok(Some(again))
    }

    /// Opens what was sealed under any version that is there.
    pub(super) async fn unseal(
        &self,
        purpose: &str,
        stored: &Versioned,
    ) -> anyhow::Result<Zeroizing<Vec<u8>>> {
        let ring = self.find(stored.version).await?;
        let ring = ring.ok_or(Unopened::UnknownVersion(stored.version))?;
        Ok(ring.open(purpose, stored)?)
    }

    /// Adds a version to the file that the key is kept in.
    pub(super) async fn add_version(&self, rng: &dyn Rng) -> anyhow::Result<u32> {
        let MasterKey::File(file) = &self.source else {
            bail!(
                "{} can only be added to by you: put \"{}:\" and 32 random bytes in base64 beside \
                 what is there, for every node, and run this again",
                self.described(),
                self.newest().saturating_add(1)
            );
        };
        let mut versions =
            read(&self.source).await?.with_context(|| format!("{} is gone", self.described()))?;
        let newest = versions.last_key_value().map_or(0, |(version, _)| *version);
        let next = newest.checked_add(1).context("there are no more versions")?;
        versions.insert(next, Zeroizing::new(rng.bytes::<32>()));
        replace(file, &text(&versions))
            .with_context(|| format!("{} cannot be written", self.described()))?;
        let again = Arc::new(ring(&versions, &self.source)?);
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = again;
        Ok(next)
    }

    fn ring(&self) -> Arc<KeyRing> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }
}

fn described(source: &MasterKey) -> String {
    match source {
        MasterKey::File(file) => format!("the master key {}", file.display()),
        MasterKey::Env(name) => format!("the master key in the variable {name}"),
        MasterKey::Command(words) => {
            let program = words.first().map(String::as_str).unwrap_or_default();
            format!("the master key that {program} prints")
        }
    }
}

fn ring(versions: &Versions, source: &MasterKey) -> anyhow::Result<KeyRing> {
    let keys = versions.iter().map(|(version, bytes)| (*version, &**bytes));
    KeyRing::new(keys).with_context(|| format!("{} is empty", described(source)))
}

/// The versions at a source; `None` when there is nothing at it.
async fn read(source: &MasterKey) -> anyhow::Result<Option<Versions>> {
    let text = match source {
        MasterKey::File(file) => match std::fs::read_to_string(file) {
            Ok(text) => Some(Zeroizing::new(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(error).context(described(source)),
        },
        MasterKey::Env(name) => std::env::var(name).ok().map(Zeroizing::new),
        MasterKey::Command(words) => Some(printed(words).await.context(described(source))?),
    };
    text.map(|text| parse(&text).with_context(|| described(source))).transpose()
}

/// What a command prints. A thread of its own waits for it, so that one that never ends keeps
/// neither requests nor the program's end.
async fn printed(words: &[String]) -> anyhow::Result<Zeroizing<String>> {
    let Some((program, arguments)) = words.split_first() else { bail!("there is no command") };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stderr(Stdio::inherit());
    let (told, answer) = oneshot::channel();
    std::thread::Builder::new().name("latchkey-master".into()).spawn(move || {
        // Nobody waits any more when this fails.
        drop(told.send(command.output()));
    })?;
    let Ok(answer) = tokio::time::timeout(PRINTED_WITHIN, answer).await else {
        bail!("{program} printed nothing within {} seconds", PRINTED_WITHIN.as_secs());
    };
    let output = answer?.with_context(|| format!("{program} cannot be started"))?;
    ensure!(output.status.success(), "{program} failed: {}", output.status);
    let text = String::from_utf8(output.stdout).ok();
    Ok(Zeroizing::new(text.context("what it prints is not text")?))
}

/// Reads a key's text.
///
/// # Errors
/// What is wrong with it, without quoting it.
pub fn parse(text: &str) -> anyhow::Result<Versions> {
    let mut versions = Versions::new();
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    for word in lines.flat_map(str::split_whitespace) {
        let (version, bytes) = word.split_once(':').unwrap_or(("1", word));
        let version: u32 = version.parse().ok().filter(|version| *version > 0).context(
            "a version is a number from 1, a colon and 32 bytes in base64, such as \"1:…\"",
        )?;
        let decoded = STANDARD.decode(bytes).map(Zeroizing::new).ok();
        let decoded = decoded.and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok());
        let bytes =
            decoded.with_context(|| format!("version {version} is not 32 bytes in base64"))?;
        ensure!(
            versions.insert(version, Zeroizing::new(bytes)).is_none(),
            "version {version} is there twice"
        );
    }
    ensure!(!versions.is_empty(), "it is empty");
    Ok(versions)
}

/// Writes a key's text, as files hold it.
#[must_use]
pub fn text(versions: &Versions) -> Zeroizing<String> {
    let mut text = Zeroizing::new(HEADING.to_owned());
    for (version, bytes) in versions {
        let encoded = Zeroizing::new(STANDARD.encode(**bytes));
        text.push_str(&version.to_string());
        text.push(':');
        text.push_str(&encoded);
        text.push('\n');
    }
    text
}

fn make(file: &Path, rng: &dyn Rng) -> anyhow::Result<Versions> {
    let versions = Versions::from([(1, Zeroizing::new(rng.bytes::<32>()))]);
    let context = || format!("the master key {}", file.display());
    create(file, &text(&versions)).with_context(context)?;
    Ok(versions)
}

/// Makes a private file that is not there yet, durably.
fn create(file: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut made = options.open(file)?;
    made.write_all(text.as_bytes())?;
    made.sync_all()
}

/// Puts a new text in a file's place: whoever reads it finds the old one or the new one, whole.
fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    let beside = file.with_extension("new");
    match std::fs::remove_file(&beside) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    create(&beside, text)?;
    std::fs::rename(&beside, file)?;
    match file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => std::fs::File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        parse(text).map(|_| ()).expect_err("refused").to_string()
    }

    #[test]
    fn a_bare_key_is_version_one_and_versions_survive_their_text() {
        let bare = parse(&format!(" {}\n", STANDARD.encode([7; 32]))).expect("read");
        assert_eq!(*bare[&1], [7; 32]);
        let mut versions = bare;
        versions.insert(12, Zeroizing::new([12; 32]));
        let written = text(&versions);
        assert_eq!(parse(&written).expect("read"), versions);
        let windows = written.replace('\n', "\r\n");
        assert_eq!(parse(&windows).expect("read"), versions);
        let words: Vec<&str> = written.lines().skip(1).collect();
        assert_eq!(parse(&words.join(" ")).expect("one line"), versions);
    }

    #[test]
    fn what_is_no_key_is_told_without_telling_it() {
        let key = STANDARD.encode([7; 32]);
        assert_eq!(told("# nothing\n"), "it is empty");
        assert_eq!(told("2:c2hvcnQ="), "version 2 is not 32 bytes in base64");
        assert_eq!(told(&format!("2:{key}\n2:{key}")), "version 2 is there twice");
        for text in [format!("0:{key}"), format!("x:{key}"), format!("-1:{key}")] {
            assert!(told(&text).starts_with("a version is a number from 1"));
        }
        assert!(!told(&format!("1:{key}!")).contains(&key));
    }

    #[tokio::test]
    async fn a_key_comes_from_a_command_and_a_failing_one_is_named() {
        let words = |text: String| vec!["sh".to_owned(), "-c".to_owned(), text];
        let key = STANDARD.encode([7; 32]);
        let source = MasterKey::Command(words(format!("echo '1:{key}'")));
        assert_eq!(read(&source).await.expect("read").expect("there").len(), 1);
        for (text, part) in [("exit 3", "sh failed"), ("true", "it is empty")] {
            let error = read(&MasterKey::Command(words(text.into()))).await.expect_err("refused");
            let told = format!("{error:#}");
            assert!(told.contains("the master key that sh prints"), "{told}");
            assert!(told.contains(part), "{told}");
        }
        let missing = MasterKey::Command(vec!["/nowhere/vault".into()]);
        let told = format!("{:#}", read(&missing).await.expect_err("refused"));
        assert!(told.contains("/nowhere/vault cannot be started"), "{told}");
    }
}
