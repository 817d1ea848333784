//! A PostgreSQL server that one test has for itself: stopped, started again, gone at its end.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A cluster of its own, running or not. It ends with this value.
pub struct Cluster {
    folder: TempDir,
    port: u16,
}

impl Cluster {
    /// A new one that runs.
    ///
    /// # Panics
    /// When Debian's PostgreSQL is not installed, or does not start.
    #[must_use]
    pub fn start() -> Self {
        let cluster = Self::new();
        cluster.resume();
        cluster
    }

    /// A new one that does not run yet.
    ///
    /// # Panics
    /// When Debian's PostgreSQL is not installed.
    #[must_use]
    pub fn new() -> Self {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = free.local_addr().expect("bound").port();
        let cluster = Self { folder: tempfile::tempdir().expect("a folder"), port };
        cluster.command(&["make"], &[]);
        cluster
    }

    /// A new one that runs and speaks TLS, with a certificate that nobody else trusts.
    ///
    /// # Panics
    /// As [`Cluster::start`].
    #[must_use]
    pub fn encrypted() -> Self {
        let cluster = Self::new();
        cluster.command(&["certify"], &[]);
        cluster.resume();
        cluster
    }

    /// Where its certificate is, if it has one. Made for 127.0.0.1.
    #[must_use]
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("server.crt")
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Where it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Starts it, again or for the first time.
    pub fn resume(&self) {
        self.command(&["start"], &[&self.port.to_string()]);
    }

    /// Stops it in the middle of everything, as a crash does.
    pub fn crash(&self) {
        self.command(&["stop"], &["immediate"]);
    }

    fn command(&self, before: &[&str], after: &[&str]) {
        let output = Command::new(script())
            .args(before)
            .arg(self.folder.path())
            .args(after)
            .output()
            .expect("tests/cluster");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "tests/cluster {before:?}: {told}");
    }
}

impl Default for Cluster {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Fails when it does not run, and that is what is wanted.
        drop(Command::new(script()).arg("stop").arg(self.folder.path()).arg("immediate").output());
    }
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../cluster")
}
