//! What is told of an import: what came of it, what is wrong in a table, or why it was not done.

use std::fmt;
use std::io;

use super::Fault;
use super::plan::Plan;
use crate::documents::Mode;

/// How many mistakes are told one by one: nobody reads more.
const TOLD: usize = 1000;

/// What came of an import. Displayed as a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Rows that the table has.
    pub rows: u64,
    /// People who are new.
    pub added: u64,
    /// People who are different now.
    pub changed: u64,
    /// People to whom an invitation went.
    pub invited: u64,
    /// People who would have been invited, and have no address.
    pub without_address: u64,
    /// Whether it was kept.
    pub mode: Mode,
}

impl Outcome {
    /// Whether anything changed, or would.
    #[must_use]
    pub fn is_something(&self) -> bool {
        self.added + self.changed + self.invited > 0
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rows, added, changed, invited, without_address, mode } = self;
        if !self.is_something() {
            write!(f, "Nothing changes: all {rows} rows are as the table says.")?;
        } else if *mode == Mode::Keep {
            write!(f, "{rows} rows: {added} added, {changed} changed, {invited} invited.")?;
        } else {
            write!(
                f,
                "{rows} rows: {added} would be added, {changed} changed, {invited} invited. \
                 Nothing was kept."
            )?;
        }
        if *without_address > 0 {
            write!(
                f,
                " {without_address} have no e-mail address: `latchkey admin invite` prints a link."
            )?;
        }
        Ok(())
    }
}

impl Outcome {
    pub(super) fn count(&mut self, plan: &Plan) {
        for planned in &plan.people {
            match &planned.change {
                Some(change) if change.added => self.added += 1,
                Some(_) => self.changed += 1,
                None => {}
            }
            self.invited += u64::from(planned.invite);
            self.without_address += u64::from(planned.no_address);
        }
    }
}

/// Something wrong in a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// In which line of the file, from 1.
    pub line: u64,
    /// What.
    pub fault: Fault,
}

/// Everything that is wrong in a table, the first thousand in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    pub(super) told: Vec<Problem>,
    more: u64,
}

impl Problems {
    pub(super) fn at(&mut self, line: u64, fault: Fault) {
        if self.told.len() < TOLD {
            self.told.push(Problem { line, fault });
        } else {
            self.more += 1;
        }
    }

    /// Whether all is well.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// The mistakes that are told one by one.
    #[must_use]
    pub fn told(&self) -> &[Problem] {
        &self.told
    }

    /// How many more there are.
    #[must_use]
    pub fn more(&self) -> u64 {
        self.more
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Problem { line, fault }) in self.told.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "line {line}: {fault}")?;
        }
        if self.more > 0 {
            write!(f, "\nand {} more", self.more)?;
        }
        Ok(())
    }
}

/// Why a table was not imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is wrong; nothing of it was kept.
    #[error("{0}")]
    Table(Problems),
    /// What it is about changed under it. The rows before were kept; the same table can be
    /// imported again.
    #[error(
        "{kept} rows were carried out, then somebody else changed the same people:\n{problems}"
    )]
    Overtaken {
        /// How many rows were.
        kept: u64,
        /// What is wrong now.
        problems: Problems,
    },
    /// Whoever asks may not import people of this organisation.
    #[error("who imports people is a local administrator of their organisation")]
    Forbidden,
    /// People of the organisation are imported by somebody else: two at once would invite twice.
    #[error("somebody else imports people of this organisation now; try again in a minute")]
    Busy,
    /// People cannot be invited.
    #[error("nobody can be invited by e-mail: [mail] is not set")]
    NoMail,
    /// The table could not be read.
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] latchkey_store::Error),
    /// Anything else.
    #[error(transparent)]
    Internal(#[from] anyhow::Error),
}
