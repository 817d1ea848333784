//! Kills the server many times under load and checks after each what is left. `run` builds what it
//! needs and starts it.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::str::FromStr;

use anyhow::{Context as _, Result, bail};
use latchkey_tests::kill::checker::Unknown;
use latchkey_tests::kill::{self, Plan};
use latchkey_tests::server;

const USAGE: &str = "usage: tests/kill/run [--kills N] [--seed N] [--people N] [--database URL]

  --kills N        how often the server is killed (100)
  --seed N         repeats what people do and where the kills are aimed (random)
  --people N       how many people are at it at the same time (12)
  --database URL   an empty database, in place of an SQLite file of its own";

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    let mut plan = Plan {
        binary: server::binary()?,
        kills: 100,
        seed: any_seed(),
        people: 12,
        database: None,
    };
    while let Some(name) = arguments.next() {
        let mut value = || arguments.next().with_context(|| format!("{name} what?\n{USAGE}"));
        match &*name {
            "--kills" => plan.kills = number(&value()?)?,
            "--seed" => plan.seed = number(&value()?)?,
            "--people" => plan.people = number(&value()?)?,
            "--database" => plan.database = Some(value()?),
            "--help" => {
                writeln!(io::stdout(), "{USAGE}")?;
                return Ok(ExitCode::SUCCESS);
            }
            _ => bail!("{name} is unknown\n{USAGE}"),
        }
    }
    let mut out = io::stdout();
    writeln!(out, "seed {}", plan.seed)?;
    let report = kill::run(&plan, |line| drop(writeln!(io::stdout(), "{line}"))).await?;
    writeln!(
        out,
        "{} kills, {} acts acknowledged, cut off: {:?}",
        report.kills, report.answered, report.cut_off
    )?;
    let Unknown { yes, no } = report.unknown;
    writeln!(out, "Of what nobody was told about, {yes} was found to be so and {no} not.")?;
    if report.faults.is_empty() {
        writeln!(out, "Nothing that was acknowledged is lost, and nothing works twice.")?;
        return Ok(ExitCode::SUCCESS);
    }
    for fault in &report.faults {
        writeln!(out, "{fault}")?;
    }
    writeln!(out, "Faults with seed {}.", plan.seed)?;
    Ok(ExitCode::FAILURE)
}

fn number<T: FromStr>(text: &str) -> Result<T>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    text.parse().with_context(|| format!("{text} is no number\n{USAGE}"))
}

fn any_seed() -> u64 {
    use latchkey_core::Rng as _;
    let mut bytes = [0; 4];
    latchkey_core::rng::SystemRng.fill(&mut bytes);
    u32::from_be_bytes(bytes).into()
}
