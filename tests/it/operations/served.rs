//! The real binary with settings from its environment, and everything that it writes to its log.

use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use latchkey_tests::server::{self, Installation};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How long the server may take for anything that it is asked: far more than it needs.
pub(super) const WITHIN: Duration = Duration::from_secs(30);

/// A folder with `documents` applied.
pub(crate) fn installation(documents: &str) -> Installation {
    let binary = server::binary().expect("a folder of binaries");
    Installation::new(&binary, documents, None, "").expect("an installation")
}

/// An address that nobody listens at.
pub(super) fn free() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("an address")
}

/// A server that runs. It ends with this value.
pub(crate) struct Served {
    child: Child,
    lines: Receiver<String>,
    /// What was logged so far, line by line.
    pub(super) log: Vec<String>,
}

impl Served {
    /// Starts one and waits until it says that it is ready.
    pub(crate) fn start(installation: &Installation, settings: &[(&str, &str)]) -> Self {
        let mut command = installation.command("serve");
        command.envs(settings.iter().copied()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("started");
        let log = BufReader::new(child.stderr.take().expect("a log"));
        let (tell, lines) = channel();
        std::thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                drop(tell.send(line));
            }
        });
        let mut served = Self { child, lines, log: Vec::new() };
        served.until("ready");
        served
    }

    /// Reads the log until a line has this message.
    pub(super) fn until(&mut self, message: &str) -> Value {
        loop {
            let line = self.lines.recv_timeout(WITHIN);
            let line = line.unwrap_or_else(|_| panic!("no {message:?} in {:#?}", self.log));
            let told: Value = serde_json::from_str(&line).unwrap_or_default();
            self.log.push(line);
            if told["message"] == message {
                return told;
            }
        }
    }

    /// The line with this message, whether it was logged before the server was ready or comes now.
    pub(crate) fn told(&mut self, message: &str) -> Value {
        let lines = self.log.iter().map(|line| serde_json::from_str(line).unwrap_or_default());
        let before = lines.into_iter().find(|told: &Value| told["message"] == message);
        before.unwrap_or_else(|| self.until(message))
    }

    /// Asks it to stop, as a service manager would.
    pub(crate) fn terminate(&self) {
        let pid = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status().expect("kill");
        assert!(told.success());
    }

    /// How it ended, with the rest of its log.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        let status = self.child.wait().expect("it ends");
        self.log.extend(self.lines.iter());
        status
    }

    /// Whether the log has a line with this message.
    pub(super) fn said(&self, message: &str) -> bool {
        self.log.iter().any(|line| line.contains(message))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Both fail when it has ended already, and that is what is wanted.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A connection on which requests are written as they are.
pub(super) struct Wire(TcpStream);

impl Wire {
    pub(super) async fn to(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.expect("connected"))
    }

    pub(super) async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.expect("sent");
    }

    /// What comes until the other side closes.
    pub(super) async fn rest(&mut self) -> String {
        let mut all = String::new();
        let read = self.0.read_to_string(&mut all);
        tokio::time::timeout(WITHIN, read).await.expect("closed in time").expect("text");
        all
    }

    /// What comes until `end`, which must come.
    pub(super) async fn until(&mut self, end: &str) -> String {
        let mut all = Vec::new();
        while !all.ends_with(end.as_bytes()) {
            let byte = tokio::time::timeout(WITHIN, self.0.read_u8()).await.expect("in time");
            all.push(byte.expect("more to come"));
        }
        String::from_utf8(all).expect("text")
    }
}
