//! The product as its operators run it: the real binary on a folder of its own, with the documents
//! that the benchmark needs. Owns its processes and what `/proc` tells of them (proc(5)).

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;

use crate::measure::Cpu;

/// How long the server may take to answer for the first time.
const UP_WITHIN: Duration = Duration::from_secs(15);

/// A folder with settings, documents and a database.
pub(crate) struct Installation {
    folder: TempDir,
    binary: PathBuf,
    ticks: u64,
    address: SocketAddr,
    /// What everybody calls the server.
    pub(crate) issuer: String,
}

impl Installation {
    /// A new one with `documents` applied.
    pub(crate) fn new(binary: &Path, documents: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        // Free now, and nobody else's by the time the server asks for it, most likely.
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let installation = Self {
            folder,
            binary: binary.to_owned(),
            ticks: clock_ticks()?,
            address: free,
            issuer: format!("http://localhost:{}", free.port()),
        };
        let data = installation.folder.path().display();
        let settings = format!(
            "issuer = \"{}\"\n\
             [listen]\naddress = \"{free}\"\n\
             [database]\nurl = \"sqlite:{data}/latchkey.db\"\n\
             [master_key]\nfile = \"{data}/master.key\"\n",
            installation.issuer
        );
        fs::write(installation.path("latchkey.toml"), settings)?;
        fs::write(installation.path("documents.toml"), documents)?;
        let applied = installation
            .command("apply")
            .arg(installation.path("documents.toml"))
            .output()
            .with_context(|| format!("{} cannot be started", binary.display()))?;
        ensure!(
            applied.status.success(),
            "the documents were not applied: {}",
            String::from_utf8_lossy(&applied.stderr)
        );
        Ok(installation)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(&self.binary);
        command.arg(name).arg("--config").arg(self.path("latchkey.toml"));
        command
    }

    /// Where the server listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Starts the server and waits for its first answer.
    pub(crate) fn start(&self) -> Result<Server> {
        let log = File::create(self.path("log"))?;
        let began = Instant::now();
        let child = self.command("serve").stdout(Stdio::null()).stderr(log).spawn()?;
        let mut server = Server { child, ticks: self.ticks, started_in: Duration::ZERO };
        while !self.answers() {
            if server.child.try_wait()?.is_some() || began.elapsed() > UP_WITHIN {
                bail!("the server does not answer: {}", self.log());
            }
            std::thread::sleep(Duration::from_micros(100));
        }
        server.started_in = began.elapsed();
        Ok(server)
    }

    /// What the server wrote last.
    pub(crate) fn log(&self) -> String {
        let text = fs::read_to_string(self.path("log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(5)..].join("\n")
    }

    fn answers(&self) -> bool {
        let ask = || -> std::io::Result<bool> {
            let mut stream = TcpStream::connect(self.address)?;
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
pub(crate) struct Server {
    child: Child,
    ticks: u64,
    /// From its start to its first answer.
    pub(crate) started_in: Duration,
}

impl Server {
    /// The processor time that it has had so far.
    pub(crate) fn cpu(&self) -> Result<Cpu> {
        let text = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The second field is a name in parentheses that may hold spaces; utime is the 14th.
        let (_, rest) = text.rsplit_once(')').context("a stat without a name")?;
        let mut fields = rest.split_whitespace().skip(11);
        let mut time = || -> Result<Duration> {
            let ticks: u64 = fields.next().context("a short stat")?.parse()?;
            Ok(Duration::from_millis(ticks * 1000 / self.ticks))
        };
        Ok(Cpu { user: time()?, system: time()? })
    }

    /// Its resident memory, in KiB.
    pub(crate) fn resident(&self) -> Result<u64> {
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next());
        Ok(number.context("no VmRSS")?.parse()?)
    }

    /// Stops it as a service manager would, so that its database is closed in order.
    pub(crate) fn stop(mut self) -> Result<()> {
        let asked = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status()?;
        ensure!(asked.success(), "the server cannot be told to stop");
        let ended = self.child.wait()?;
        ensure!(ended.success(), "the server ended badly: {ended}");
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

/// How many of the units of `/proc/PID/stat` a second has.
fn clock_ticks() -> Result<u64> {
    let output = Command::new("getconf").arg("CLK_TCK").output()?;
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}
