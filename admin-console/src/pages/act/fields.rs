//! What somebody types and chooses before something is done for a person.

use latchkey_api::help::{Handling, Help, PassWish, Reason};
use latchkey_web::{Problem, Text};

use super::action::{Action, REASONS, Subject};
use crate::cookies::Calls;

/// The longest note (as the API takes it).
pub(crate) const LONGEST_NOTE: usize = 500;
/// The longest case number.
const LONGEST_CASE: usize = 60;

/// What somebody typed and chose.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    pub(super) reason: Option<Reason>,
    pub(super) note: String,
    pub(super) case: String,
    pub(super) written: bool,
    pub(super) end_sessions: bool,
    pub(super) with_pass: bool,
    pub(super) lock_out: bool,
    /// It was to be done, after it was shown.
    pub(super) confirmed: bool,
    pub(super) once: String,
}

impl Fields {
    pub(super) fn read<'f>(of: impl Fn(&str) -> Option<&'f str>) -> Self {
        let text = |name| of(name).unwrap_or_default().trim().to_owned();
        let with = text("with");
        let named = text("reason");
        Self {
            reason: REASONS.iter().find(|(_, key)| *key == named).map(|(reason, _)| *reason),
            note: text("note").replace("\r\n", "\n"),
            case: text("case"),
            written: text("delivery") == "written",
            end_sessions: of("end_sessions").is_some(),
            with_pass: with == "pass",
            lock_out: with == "lock-out",
            confirmed: of("step") == Some("do"),
            once: text("once"),
        }
    }

    /// What is wrong with it, before anybody else looks at it.
    pub(super) fn problem(&self, action: Action) -> Option<Problem> {
        if action.has_reasons() && self.reason.is_none() {
            return Some(Problem::at("reason", "console-reason-none"));
        }
        if self.reason == Some(Reason::Other) && self.note.is_empty() {
            return Some(Problem::at("note", "console-note-none"));
        }
        too_long(&self.note, &self.case)
    }

    pub(super) fn help(&self, subject: &Subject, calls: &Calls) -> Help {
        let call = calls.find(subject.person);
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let spoken = if self.written { PassWish::Written } else { PassWish::Spoken };
        let passes = subject.action == Action::Pass || self.with_pass;
        Help {
            handling: Handling {
                reason: self.reason,
                note: some(&self.note),
                case: some(&self.case),
                checks: call
                    .map(|call| call.checks.iter().map(|(check, _)| *check).collect())
                    .unwrap_or_default(),
                call: call.and_then(|call| call.number.clone()),
            },
            dry_run: false,
            end_sessions: subject.action.may_end_sessions().then_some(self.end_sessions),
            pass: passes.then_some(spoken),
            lock_out: self.lock_out,
        }
    }

    pub(super) fn reason_key(&self) -> &'static str {
        let named = REASONS.iter().find(|(reason, _)| Some(*reason) == self.reason);
        named.map_or("", |(_, key)| key)
    }
}

/// Whether a note or a case number is longer than the API takes.
pub(crate) fn too_long(note: &str, case: &str) -> Option<Problem> {
    if note.chars().count() > LONGEST_NOTE {
        let text = Text::new("console-note-long").with("longest", LONGEST_NOTE);
        return Some(Problem::at("note", text));
    }
    if case.chars().count() > LONGEST_CASE {
        let text = Text::new("console-case-long").with("longest", LONGEST_CASE);
        return Some(Problem::at("case", text));
    }
    None
}
