//! What is chosen and typed for many people at once.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_api::bulk::{Bulk, BulkAction};
use latchkey_api::help::{CallerCheck, Handling, Reason};
use latchkey_web::limits::Params;
use latchkey_web::{Form, Problem};
use serde::Serialize;
use uuid::Uuid;

use super::ADDRESS;
use crate::pages::act::{REASONS, too_long};
use crate::pages::call::CHECKS;
use crate::pages::people;
use crate::visitor::Forms;

/// What can be done for many, and its key.
pub(crate) const ACTIONS: [(BulkAction, &str); 6] = [
    (BulkAction::Invite, "invite"),
    (BulkAction::EndSessions, "end-sessions"),
    (BulkAction::Move, "move"),
    (BulkAction::Reset, "reset"),
    (BulkAction::Disable, "disable"),
    (BulkAction::Enable, "enable"),
];

pub(super) fn key(action: BulkAction) -> &'static str {
    ACTIONS.iter().find(|(known, _)| *known == action).map_or("", |(_, key)| key)
}

/// Whether a reason is chosen, or only told.
pub(super) fn has_reasons(action: BulkAction) -> bool {
    matches!(action, BulkAction::Disable | BulkAction::Reset | BulkAction::EndSessions)
}

/// The checks that count when they were done with each of many.
pub(super) fn checks() -> impl Iterator<Item = (CallerCheck, &'static str)> {
    let seen = [CallerCheck::InPerson, CallerCheck::BadgeOnVideo];
    CHECKS.into_iter().filter(move |(check, _)| seen.contains(check))
}

/// People in few letters: what waits for a log-in has to be short.
pub(crate) fn packed(people: impl IntoIterator<Item = Uuid>) -> String {
    let bytes: Vec<u8> = people.into_iter().flat_map(Uuid::into_bytes).collect();
    URL_SAFE_NO_PAD.encode(bytes)
}

fn unpacked(text: &str) -> Option<Vec<Uuid>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (ids, rest) = bytes.as_chunks::<16>();
    rest.is_empty().then(|| ids.iter().map(|id| Uuid::from_bytes(*id)).collect())
}

/// What somebody chose and typed.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Fields {
    #[serde(skip)]
    pub(super) action: Option<BulkAction>,
    #[serde(skip)]
    pub(super) people: Vec<Uuid>,
    #[serde(skip)]
    pub(super) reason: Option<Reason>,
    pub(super) note: String,
    pub(super) case: String,
    pub(super) organisation: String,
    #[serde(skip)]
    pub(super) check: Option<CallerCheck>,
    #[serde(skip)]
    pub(super) step: String,
    #[serde(skip)]
    pub(super) lock_out: bool,
    #[serde(skip)]
    pub(super) once: String,
}

impl Fields {
    /// `None` when the choice of people is not one of ours.
    pub(super) fn read(form: &Params) -> Option<Self> {
        let of = |name: &str| form.one(name).ok().flatten().unwrap_or_default().trim().to_owned();
        let mut people = unpacked(&of("people"))?;
        if of("everybody").is_empty() {
            for ticked in form.all("person") {
                people.push(Uuid::parse_str(ticked).ok()?);
            }
        } else {
            people.extend(unpacked(&of("shown"))?);
        }
        let (named, reason, check) = (of("action"), of("reason"), of("check"));
        Some(Self {
            action: ACTIONS.iter().find(|(_, key)| *key == named).map(|(action, _)| *action),
            people: (people.len() <= usize::from(people::SHOWN)).then_some(people)?,
            reason: REASONS.iter().find(|(_, key)| *key == reason).map(|(reason, _)| *reason),
            note: of("note").replace("\r\n", "\n"),
            case: of("case"),
            organisation: of("organisation"),
            check: checks().find(|(_, key)| *key == check).map(|(check, _)| check),
            step: of("step"),
            lock_out: of("with") == "lock-out",
            once: of("once"),
        })
    }

    /// What is wrong with it, before the API looks at it.
    pub(super) fn problem(&self, action: BulkAction) -> Option<Problem> {
        if has_reasons(action) && self.reason.is_none() {
            return Some(Problem::at("reason", "console-reason-none"));
        }
        if self.reason == Some(Reason::Other) && self.note.is_empty() {
            return Some(Problem::at("note", "console-note-none"));
        }
        if action == BulkAction::Reset && self.check.is_none() {
            return Some(Problem::at("check", "console-bulk-check-none"));
        }
        too_long(&self.note, &self.case)
    }

    pub(super) fn wish(&self, action: BulkAction, dry_run: bool) -> Bulk {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let reset = action == BulkAction::Reset;
        let moves = action == BulkAction::Move;
        Bulk {
            action,
            people: self.people.clone(),
            organisation: moves.then(|| self.organisation.clone()),
            handling: Handling {
                reason: self.reason.filter(|_| has_reasons(action)),
                note: some(&self.note),
                case: some(&self.case),
                checks: self.check.filter(|_| reset).into_iter().collect(),
                call: None,
            },
            dry_run,
            lock_out: self.lock_out,
        }
    }

    pub(super) fn reason_key(&self) -> &'static str {
        let named = REASONS.iter().find(|(reason, _)| Some(*reason) == self.reason);
        named.map_or("", |(_, key)| key)
    }

    pub(super) fn check_key(&self) -> &'static str {
        checks().find(|(check, _)| Some(*check) == self.check).map_or("", |(_, key)| key)
    }

    /// A form that carries who is meant and what for.
    pub(super) fn form(&self, forms: &Forms, action: BulkAction, step: &str) -> Form {
        forms
            .form(ADDRESS)
            .with("step", step)
            .with("action", key(action))
            .with("people", packed(self.people.iter().copied()))
    }
}

pub(super) fn sample_fields() -> Fields {
    Fields {
        action: None,
        people: vec![Uuid::nil()],
        reason: None,
        note: "<script>alert(1)</script>".into(),
        case: "NG-9".into(),
        organisation: "tywi".into(),
        check: None,
        step: String::new(),
        lock_out: false,
        once: "once".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_people_fits_into_what_waits_for_a_log_in_and_comes_back() {
        let people: Vec<Uuid> = (0..50_u128).map(Uuid::from_u128).collect();
        let text = packed(people.clone());
        assert!(text.len() < 1100, "{}", text.len());
        assert_eq!(unpacked(&text), Some(people));
        assert_eq!(unpacked(""), Some(vec![]));
        for broken in ["A", "AAAA", "!", "=="] {
            assert_eq!(unpacked(broken), None, "{broken}");
        }
    }
}
