//! The product as its operators run it: the real binary on a folder of its own, with documents that
//! `latchkey apply` put there. Owns its processes, how they end, and nothing of what they serve.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;

/// How long the server may take to answer for the first time.
const UP_WITHIN: Duration = Duration::from_secs(15);

/// The server's binary: it lies beside this one, or above it when this one is a test.
///
/// # Errors
/// When the system does not tell where this one lies.
pub fn binary() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let folder = own.parent().context("a binary in no folder")?;
    let tests = folder.file_name().is_some_and(|name| name == "deps");
    let folder = if tests { folder.parent().context("no folder above")? } else { folder };
    Ok(folder.join("latchkey"))
}

/// A folder with settings, documents and a database.
pub struct Installation {
    folder: TempDir,
    binary: PathBuf,
    address: SocketAddr,
    /// What everybody calls the server.
    pub issuer: String,
    /// Where it remembers everything.
    pub database: String,
}

impl Installation {
    /// A new one with `documents` applied. It lives in `database`, or in a file of its own; `more`
    /// stands at the end of its settings.
    ///
    /// # Errors
    /// When the binary does not take them.
    pub fn new(binary: &Path, documents: &str, database: Option<&str>, more: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        // Free now, and nobody else's by the time the server asks for it, most likely.
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let data = folder.path().display().to_string();
        let installation = Self {
            binary: binary.to_owned(),
            address: free,
            issuer: format!("http://localhost:{}", free.port()),
            database: database.map_or(format!("sqlite:{data}/latchkey.db"), str::to_owned),
            folder,
        };
        let settings = format!(
            "issuer = \"{}\"\n\
             [listen]\naddress = \"{free}\"\n\
             [database]\nurl = \"{}\"\n\
             [master_key]\nfile = \"{data}/master.key\"\n{more}",
            installation.issuer, installation.database
        );
        fs::write(installation.path("latchkey.toml"), settings)?;
        fs::write(installation.path("documents.toml"), documents)?;
        let applied = installation
            .command("apply")
            .arg(installation.path("documents.toml"))
            .output()
            .with_context(|| format!("{} cannot be started: build it first", binary.display()))?;
        ensure!(
            applied.status.success(),
            "the documents were not applied: {}",
            String::from_utf8_lossy(&applied.stderr)
        );
        Ok(installation)
    }

    /// A file in its folder.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A command about this installation, not started yet.
    #[must_use]
    pub fn command(&self, name: &str) -> Command {
        let mut command = Command::new(&self.binary);
        command.arg(name).arg("--config").arg(self.path("latchkey.toml"));
        command
    }

    /// Where the server listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Starts the server and waits for its first answer.
    ///
    /// # Errors
    /// When it has none.
    pub fn start(&self) -> Result<Server> {
        let began = Instant::now();
        let server = self.spawn()?;
        self.up(server, began, self.address)
    }

    /// Starts another node, which listens at `address`, and waits for its first answer.
    ///
    /// # Errors
    /// When it has none.
    pub fn start_node(&self, address: SocketAddr) -> Result<Server> {
        let began = Instant::now();
        let log = File::create(self.path(&format!("log-{}", address.port())))?;
        let mut command = self.command("serve");
        command.env("LATCHKEY__LISTEN__ADDRESS", address.to_string());
        let child = command.stdout(Stdio::null()).stderr(log).spawn()?;
        self.up(Server { child, started_in: Duration::ZERO }, began, address)
    }

    fn up(&self, mut server: Server, began: Instant, address: SocketAddr) -> Result<Server> {
        while !self.answers(address) {
            if server.child.try_wait()?.is_some() || began.elapsed() > UP_WITHIN {
                bail!("the server does not answer: {}", self.log());
            }
            std::thread::sleep(Duration::from_micros(100));
        }
        server.started_in = began.elapsed();
        Ok(server)
    }

    /// Starts the server, whether it will answer or not.
    ///
    /// # Errors
    /// When there is no such program.
    pub fn spawn(&self) -> Result<Server> {
        let log = File::create(self.path("log"))?;
        let child = self.command("serve").stdout(Stdio::null()).stderr(log).spawn()?;
        Ok(Server { child, started_in: Duration::ZERO })
    }

    /// What the server wrote last.
    #[must_use]
    pub fn log(&self) -> String {
        let text = fs::read_to_string(self.path("log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(5)..].join("\n")
    }

    fn answers(&self, address: SocketAddr) -> bool {
        let ask = || -> std::io::Result<bool> {
            let mut stream = TcpStream::connect(address)?;
            let host = self.issuer.trim_start_matches("http://");
            write!(
                stream,
                "GET /.well-known/openid-configuration HTTP/1.1\r\nHost: {host}\r\n\
                 Connection: close\r\n\r\n"
            )?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            Ok(answer.starts_with("HTTP/1.1 200 "))
        };
        ask().unwrap_or(false)
    }
}

/// A running server. It ends with this value, whatever happens.
pub struct Server {
    child: Child,
    /// From its start to its first answer.
    pub started_in: Duration,
}

impl Server {
    /// The number of its process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it ends by itself; tells whether it says that all was well.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn wait(mut self) -> Result<bool> {
        Ok(self.child.wait()?.success())
    }

    /// Stops it as a service manager would, so that its database is closed in order.
    ///
    /// # Errors
    /// When it does not end well.
    pub fn stop(mut self) -> Result<()> {
        let asked = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status()?;
        ensure!(asked.success(), "the server cannot be told to stop");
        let ended = self.child.wait()?;
        ensure!(ended.success(), "the server ended badly: {ended}");
        Ok(())
    }

    /// Ends it as a power cut or the kernel would (SIGKILL): it gets to do nothing more.
    ///
    /// # Errors
    /// When it had ended by itself.
    pub fn kill(mut self) -> Result<()> {
        if let Some(ended) = self.child.try_wait()? {
            bail!("the server had ended by itself: {ended}");
        }
        self.child.kill()?;
        let ended = self.child.wait()?;
        ensure!(!ended.success(), "the server ended well before it was killed");
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail when it has ended already, and that is what is wanted.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
