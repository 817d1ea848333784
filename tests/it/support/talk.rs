//! Programs of other languages that are spoken with line by line, and end with the test.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Deserialize;
use serde_json::Value;

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/it/rp");
const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/.cache/venv/bin/python");
/// Where `tests/run` builds what is no member of the workspace.
const BUILT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/.cache/samael-sp/debug");

/// What a program is written in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Language {
    Node,
    Python,
    Rust,
}

/// What it said instead.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Refusal {
    /// The provider's error code, or the library's own.
    pub(crate) error: String,
    /// In words.
    pub(crate) message: String,
}

/// A program that is spoken with.
pub(crate) struct Talk {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Talk {
    /// Starts a script of `rp`, or a program that was built, with what it is told at first.
    pub(crate) fn start(language: Language, script: &str, setup: &str) -> Self {
        let mut command = match language {
            Language::Node => Command::new("node"),
            Language::Python => Command::new(PYTHON),
            Language::Rust => Command::new(format!("{BUILT}/{script}")),
        };
        match language {
            Language::Node => command.arg(format!("{HERE}/node/{script}.mjs")),
            Language::Python => command.arg(format!("{HERE}/python/{script}.py")),
            Language::Rust => &mut command,
        };
        let mut process = command
            .arg(setup)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{script} (tests/run installs it): {error}"));
        let input = process.stdin.take().expect("piped");
        let output = BufReader::new(process.stdout.take().expect("piped"));
        Self { process, input, output }
    }

    /// Says a line, and hears one.
    pub(crate) fn say<T: for<'de> Deserialize<'de>>(&mut self, line: &str) -> Result<T, Refusal> {
        writeln!(self.input, "{line}").expect("it listens");
        self.hear()
    }

    /// Hears a line.
    pub(crate) fn hear<T: for<'de> Deserialize<'de>>(&mut self) -> Result<T, Refusal> {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("the other party answers");
        let value: Value = serde_json::from_str(&line)
            .unwrap_or_else(|error| panic!("the other party said '{line}': {error}"));
        match serde_json::from_value::<Refusal>(value.clone()) {
            Ok(refusal) => Err(refusal),
            Err(_) => Ok(serde_json::from_value(value).expect("an answer")),
        }
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
