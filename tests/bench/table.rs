//! What was measured beside what was meant, as one table. Judges; measures nothing.

use std::fmt;
use std::time::Duration;

use crate::measure::Cost;

/// What an operation, or the server at rest, may cost at most.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Budget {
    /// CPU time as a multiple of one RSA signature.
    Signatures(f64),
    /// CPU time in microseconds.
    Micros(f64),
    /// CPU time as so many microseconds beside something that was measured in the same run.
    Beside(Duration, f64),
    /// The slowest in a hundred, in milliseconds.
    Slowest(f64),
    /// At least this share of something else that was measured.
    Share(f64),
    /// Time in milliseconds.
    Millis(f64),
    /// Memory in MiB.
    Mebibytes(f64),
    /// Measured to know it, not to judge it.
    Open,
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signatures(most) => write!(f, "<= {most} x"),
            Self::Micros(most) => write!(f, "<= {most} us"),
            Self::Beside(base, more) => {
                write!(f, "<= {:.0} us + {more} us", micros(*base))
            }
            Self::Slowest(most) => write!(f, "p99 <= {most} ms"),
            Self::Share(least) => write!(f, ">= {least}"),
            Self::Millis(most) => write!(f, "<= {most} ms"),
            Self::Mebibytes(most) => write!(f, "<= {most} MiB"),
            Self::Open => f.write_str("-"),
        }
    }
}

enum Measured {
    Operation(Box<Cost>),
    Time(Duration),
    Memory(u64),
    Share(f64),
    Part(Duration),
}

struct Row {
    name: &'static str,
    budget: Budget,
    measured: Measured,
}

/// Everything that was measured.
pub(crate) struct Table {
    signature: Duration,
    /// Whether enough was measured to say what is over.
    judges: bool,
    rows: Vec<Row>,
}

impl Table {
    /// For operations that are compared with one RSA signature, and judged if that is wanted.
    pub(crate) fn new(signature: Duration, judges: bool) -> Self {
        Self { signature, judges, rows: Vec::new() }
    }

    /// An operation under load.
    pub(crate) fn operation(&mut self, name: &'static str, budget: Budget, cost: Cost) {
        self.rows.push(Row { name, budget, measured: Measured::Operation(Box::new(cost)) });
    }

    /// Something that takes time once.
    pub(crate) fn time(&mut self, name: &'static str, budget: Budget, time: Duration) {
        self.rows.push(Row { name, budget, measured: Measured::Time(time) });
    }

    /// Resident memory, in KiB.
    pub(crate) fn memory(&mut self, name: &'static str, budget: Budget, kibibytes: u64) {
        self.rows.push(Row { name, budget, measured: Measured::Memory(kibibytes) });
    }

    /// CPU time of a part of an operation.
    pub(crate) fn part(&mut self, name: &'static str, budget: Budget, cpu: Duration) {
        self.rows.push(Row { name, budget, measured: Measured::Part(cpu) });
    }

    /// How one thing compares with another.
    pub(crate) fn share(&mut self, name: &'static str, budget: Budget, share: f64) {
        self.rows.push(Row { name, budget, measured: Measured::Share(share) });
    }

    /// What costs more than it may.
    pub(crate) fn over(&self) -> Vec<&'static str> {
        let over = self.rows.iter().filter(|row| self.judges && !row.keeps(self.signature));
        over.map(|row| row.name).collect()
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[allow(clippy::cast_precision_loss, reason = "no memory is so large that a MiB would matter")]
fn mebibytes(kibibytes: u64) -> f64 {
    kibibytes as f64 / 1024.0
}

impl Row {
    fn keeps(&self, signature: Duration) -> bool {
        match (self.budget, &self.measured) {
            (Budget::Signatures(most), Measured::Operation(cost)) => {
                micros(cost.each()) <= most * micros(signature)
            }
            (Budget::Micros(most), Measured::Operation(cost)) => micros(cost.each()) <= most,
            (Budget::Micros(most), Measured::Part(cpu)) => micros(*cpu) <= most,
            (Budget::Beside(base, more), Measured::Operation(cost)) => {
                micros(cost.each()) <= micros(base) + more
            }
            (Budget::Slowest(most), Measured::Operation(cost)) => {
                millis(cost.percentile(99)) <= most
            }
            (Budget::Share(least), Measured::Share(share)) => *share >= least,
            (Budget::Millis(most), Measured::Time(time)) => millis(*time) <= most,
            (Budget::Mebibytes(most), Measured::Memory(kibibytes)) => mebibytes(*kibibytes) <= most,
            _ => true,
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rsa = micros(self.signature);
        writeln!(f, "One RSA-2048 signature: {rsa:.0} us of CPU.")?;
        writeln!(
            f,
            "{:<40} {:>9} {:>7} {:>7} {:>8} {:>8} {:>7} {:>5}  {:<10}",
            "operation", "CPU", "x RSA", "kernel", "p50 ms", "p99 ms", "per s", "busy", "budget"
        )?;
        for row in &self.rows {
            let budget = row.budget.to_string();
            let verdict = if self.judges && !row.keeps(self.signature) { "  over" } else { "" };
            match &row.measured {
                Measured::Operation(cost) => {
                    let each = micros(cost.each());
                    let kernel = 100.0 * cost.cpu.system.as_secs_f64()
                        / cost.cpu.total().as_secs_f64().max(f64::EPSILON);
                    writeln!(
                        f,
                        "{:<40} {:>6.0} us {:>7.2} {:>5.0} % {:>8.2} {:>8.2} {:>7.0} {:>5.2}  {budget}{verdict}",
                        row.name,
                        each,
                        each / rsa,
                        kernel,
                        millis(cost.percentile(50)),
                        millis(cost.percentile(99)),
                        cost.throughput(),
                        cost.busy(),
                    )?;
                }
                Measured::Time(time) => {
                    let value = format!("{:.1} ms", millis(*time));
                    writeln!(f, "{:<40} {value:>9} {:>52}  {budget}{verdict}", row.name, "")?;
                }
                Measured::Part(cpu) => {
                    let value = format!("{:.0} us", micros(*cpu));
                    writeln!(f, "{:<40} {value:>9} {:>52}  {budget}{verdict}", row.name, "")?;
                }
                Measured::Share(share) => {
                    let value = format!("{share:.2}");
                    writeln!(f, "{:<40} {value:>9} {:>52}  {budget}{verdict}", row.name, "")?;
                }
                Measured::Memory(kibibytes) => {
                    let value = format!("{:.1} MiB", mebibytes(*kibibytes));
                    writeln!(f, "{:<40} {value:>9} {:>52}  {budget}{verdict}", row.name, "")?;
                }
            }
        }
        Ok(())
    }
}
