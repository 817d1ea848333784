//! Tries every target, or the named ones, with ever new inputs for some minutes. An input that
//! fails is kept in the target's corpus.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use latchkey_core::Clock as _;
use latchkey_core::clock::SystemClock;
use latchkey_fuzz::mutation::Choices;
use latchkey_fuzz::rounds::Failure;
use latchkey_fuzz::{TARGETS, corpus};

/// Inputs between two looks at the clock.
const ROUNDS: usize = 500;

struct Plan {
    time: Duration,
    seed: u64,
    names: BTreeSet<String>,
}

#[allow(clippy::print_stdout, clippy::print_stderr, reason = "a command speaks to the terminal")]
fn main() -> ExitCode {
    // Panics are what is looked for; each is told once, with its input.
    std::panic::set_hook(Box::new(|_| {}));
    match plan(std::env::args().skip(1)).and_then(|plan| run(&plan)) {
        Ok(lines) if lines.is_empty() => ExitCode::SUCCESS,
        Ok(lines) => {
            println!("{}", lines.join("\n"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("latchkey-fuzz: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn plan(mut arguments: impl Iterator<Item = String>) -> anyhow::Result<Plan> {
    let seed = u64::try_from(SystemClock.now().millis())?;
    let mut plan = Plan { time: Duration::from_secs(60), seed, names: BTreeSet::new() };
    while let Some(argument) = arguments.next() {
        let mut number = || {
            arguments
                .next()
                .context("a number is missing")?
                .parse::<u64>()
                .map_err(anyhow::Error::from)
        };
        match argument.as_str() {
            "--minutes" => plan.time = Duration::from_secs(60 * number()?),
            "--seed" => plan.seed = number()?,
            name if TARGETS.iter().any(|target| target.name == name) => {
                plan.names.insert(argument);
            }
            _ => bail!("usage: run [--minutes N] [--seed N] [TARGET…]"),
        }
    }
    Ok(plan)
}

#[allow(clippy::print_stdout, reason = "a command speaks to the terminal")]
fn run(plan: &Plan) -> anyhow::Result<Vec<String>> {
    println!("seed {}", plan.seed);
    let chosen = |name: &str| plan.names.is_empty() || plan.names.contains(name);
    let mut targets = Vec::new();
    for target in TARGETS.iter().filter(|target| chosen(target.name)) {
        let kept = corpus::read(target.name).with_context(|| target.name)?;
        targets.push((target, kept, Choices::new(plan.seed), 0_usize));
    }
    let mut failures = Vec::new();
    let began = Instant::now();
    while began.elapsed() < plan.time && !targets.is_empty() {
        let mut failed = Vec::new();
        for (target, kept, choices, tried) in &mut targets {
            let rounds = ROUNDS / target.cost;
            *tried += rounds;
            if let Err(Failure { input, said }) = target.mutate(kept, choices, rounds) {
                let path = corpus::keep(target.name, &input)?;
                failures.push(format!("{} FAILED: {said} ({})", target.name, path.display()));
                failed.push(target.name);
            }
        }
        targets.retain(|(target, ..)| !failed.contains(&target.name));
    }
    for (target, _, _, tried) in &targets {
        println!("{}: {tried} inputs, nothing found", target.name);
    }
    Ok(failures)
}
