//! chromedriver and the Chromiums that it starts, ended with the test whatever its outcome.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::json;
use tempfile::TempDir;
use thirtyfour::prelude::*;

use super::PATIENCE;

/// What a headless Chromium needs as root, and what keeps it from calling home.
const FLAGS: [&str; 13] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--password-store=basic",
    "--window-size=1280,900",
    "--lang=en-GB",
];

/// How often chromedriver is started before the machine is to blame.
const TRIES: usize = 5;

pub(super) struct Driver {
    process: Child,
    address: String,
    home: TempDir,
}

impl Driver {
    /// Starts chromedriver on a free port of its own choice.
    pub(super) fn start() -> Self {
        let home =
            tempfile::Builder::new().prefix("latchkey-browser-").tempdir().expect("a folder");
        // It chooses on IPv4 and takes the same port on IPv6, where another may have it by then:
        // it then ends without a word.
        let started = (0..TRIES).find_map(|_| listening(home.path()));
        let (process, port) = started.expect("chromedriver listens, at one port or another");
        Self { process, address: format!("http://127.0.0.1:{port}"), home }
    }

    /// A new empty profile.
    pub(super) fn profile(&self) -> TempDir {
        TempDir::new_in(self.home.path()).expect("a folder")
    }

    /// A new Chromium.
    pub(super) async fn session(&self, profile: &Path) -> WebDriver {
        let mut wanted = DesiredCapabilities::chrome();
        for flag in FLAGS {
            wanted.add_arg(flag).expect("a flag");
        }
        wanted.add_arg(&format!("--user-data-dir={}", profile.display())).expect("a flag");
        let quiet = json!({
            "credentials_enable_service": false,
            "profile.password_manager_enabled": false,
            "intl.accept_languages": "en-GB,en",
        });
        wanted.add_experimental_option("prefs", quiet).expect("preferences");
        let web = WebDriver::new(&self.address, wanted).await.expect("Chromium starts");
        web.set_script_timeout(PATIENCE).await.expect("a timeout");
        web
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        // The Chromiums that it started are known by their profiles, which nobody else has.
        let own = self.home.path().to_string_lossy().into_owned();
        let _ = Command::new("kill")
            .arg("-9")
            .args(processes_with(&own))
            .stderr(Stdio::null())
            .status();
    }
}

/// A new chromedriver and its port, unless it ended before it had one.
fn listening(home: &Path) -> Option<(Child, u16)> {
    let mut process = Command::new("chromedriver")
        .args(["--port=0", "--log-level=SEVERE"])
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home)
        .env("XDG_CACHE_HOME", home)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver starts; tests/run installs it");
    let mut lines = BufReader::new(process.stdout.take().expect("piped")).lines();
    let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse::<u16>().ok()
    });
    let Some(port) = port else {
        let _ = process.kill();
        let _ = process.wait();
        return None;
    };
    // A full pipe would stop it.
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    Some((process, port))
}

fn processes_with(argument: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return vec![] };
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    names
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
        .filter(|pid| {
            let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).contains(argument)
        })
        .collect()
}
